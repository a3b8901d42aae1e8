"""Filters: one value gives the predicate, the sentence and the URL."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse import vocabulary as v
from warehouse.errors import FilterError
from warehouse.filters import MULTIPLE, Filters


def some_of(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=4).map(tuple)


days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    first, last = sorted([draw(days), draw(days)])
    return Filters(
        date_from=draw(st.sampled_from([None, first])),
        date_to=draw(st.sampled_from([None, last])),
        country=draw(some_of(("PSE", "EGY", "NGA", "COL"))),
        weapon_system=draw(some_of(v.WeaponSystem.values())),
        munition=draw(st.lists(texts.filter(lambda t: t.strip()), max_size=3).map(tuple)),
        us_origin_confidence=draw(some_of(v.Confidence.values())),
        source_type=draw(some_of(v.SourceType.values())),
        harm_status=draw(some_of(v.HarmStatus.values())),
        strike_type=draw(some_of(v.StrikeType.values())),
        stage=draw(some_of(v.Stage.values())),
        minimum_civilians_killed=draw(st.none() | st.integers(0, 10_000)),
        geo_precision=draw(some_of(v.GeoPrecision.values())),
        dataset_id=draw(st.lists(texts.filter(lambda t: t.strip()), max_size=3).map(tuple)),
        text=draw(texts),
    )


@given(filters())
def test_filters_survive_the_url(chosen: Filters) -> None:
    query = urlencode(chosen.to_params(), doseq=True)
    assert Filters.from_params(parse_qs(query, keep_blank_values=True)) == chosen


@given(filters())
def test_only_the_empty_filter_has_no_parameters(chosen: Filters) -> None:
    assert (chosen.to_params() == {}) == chosen.is_empty
    assert (chosen.sentence() == "All incidents") == chosen.is_empty


def test_labels_are_understood_as_values() -> None:
    by_label = Filters.from_params({"harm_status": ["Fair", "weak"], "stage": ["Stage 1: incident analysis"]})
    assert by_label == Filters(harm_status=("fair", "weak"), stage=("incident_analysis",))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"harm_status": ["fine"]}, "'fine' is no harm status; choose from confirmed, fair,"),
        ({"date_from": ["31/01/2024"]}, "date_from: '31/01/2024' is no date; write it as 2024-01-31."),
        ({"minimum_civilians_killed": ["many"]}, "'many' is no whole number"),
        ({"minimum_civilians_killed": ["-1"]}, "cannot be negative"),
        ({"colour": ["red"]}, "'colour' is no filter; choose from as_known_on, country, dataset_id, date_from"),
        ({"text": ["a", "b"]}, "text takes one value, not 2"),
        ({"date_from": ["2024-02-01"], "date_to": ["2024-01-01"]}, "is after the last day"),
        ({"country": ["XXX"]}, "'XXX' is no country"),
    ],
)
def test_a_wrong_filter_is_named(params: dict[str, list[str]], said: str) -> None:
    with pytest.raises(FilterError, match=".*") as caught:
        Filters.from_params(params)
    assert said in str(caught.value)


def test_the_sentence_names_every_restriction() -> None:
    sentence = Filters(
        date_from=date(2024, 1, 1),
        date_to=date(2024, 3, 31),
        strike_type=("airstrike", "artillery"),
        minimum_civilians_killed=1000,
        text="Rafah",
    ).sentence()
    assert sentence == (
        "1 Jan 2024 to 31 Mar 2024; strike type: Airstrike or Artillery; "
        "at least 1,000 civilians reported killed (lowest estimate); text: “Rafah”"
    )


def test_every_multiple_field_is_a_column_of_incidents() -> None:
    from warehouse.schema import TABLE

    assert set(MULTIPLE) <= set(TABLE["incident"].column_names)
