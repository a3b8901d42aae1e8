"""Answers from memory are those of the database: for random filters and days of knowledge, and on made-up corners."""

from __future__ import annotations

import inspect
import time
import weakref
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import intake
from polars.testing import assert_frame_equal
from questions import asked

from transforms.pipeline import Source, build
from warehouse import queries
from warehouse import vocabulary as v
from warehouse.connection import Reader, reader
from warehouse.cubes import ANSWERS, Held, NotHeldError
from warehouse.cubes.incidents import TOTALS
from warehouse.cubes.sums import each, sums_of
from warehouse.engine import Question, ask, remember, run
from warehouse.filters import UNATTRIBUTED, Filters

EXAMPLES = 2
"""Of each question; there are many questions, and each is asked with other arguments too."""
WAIT_S = 60


def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """None of the values mostly, for each leaves fewer incidents."""
    return st.one_of(st.just(()), st.just(()), st.lists(st.sampled_from(values), min_size=1, max_size=3).map(tuple))


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    """Any combination, of values that the demo holds and of some that it does not."""
    day = st.one_of(st.none(), st.dates(date(2023, 6, 1), date(2024, 12, 31)))
    first, last = draw(day), draw(day)
    if first and last and first > last:
        first, last = last, first
    return Filters(
        date_from=first,
        date_to=last,
        country=draw(some(["PSE", "YEM", "LBN", "COL", "USA"])),
        weapon_system=draw(some(v.WeaponSystem.values())),
        munition=draw(some(["MK-84", "GBU-39", UNATTRIBUTED])),
        us_origin_confidence=draw(some(v.Confidence.values())),
        source_type=draw(some(v.SourceType.values())),
        harm_status=draw(some(v.HarmStatus.values())),
        strike_type=draw(some(v.StrikeType.values())),
        stage=draw(some(v.Stage.values())),
        minimum_civilians_killed=draw(st.sampled_from([None, None, None, 0, 1, 5])),
        geo_precision=draw(some(v.GeoPrecision.values())),
        text=draw(st.sampled_from(["", "", "", "strike", "حي", "no such word"])),
    )


def on_one_column(chosen: Filters) -> st.SearchStrategy[Filters]:
    """One part of the filter, or its dates, or one beside the dates: for such filters sums are kept."""
    dates = {"date_from": chosen.date_from, "date_to": chosen.date_to}
    others = [{name: value} for name, value in asdict(chosen).items() if value and name not in {*dates, "text"}]
    alone = [Filters(**part) for part in (dates, *others)]
    return st.sampled_from([*alone, *(replace(part, **dates) for part in alone)])


KNOWN_ON = st.sampled_from([None, None, date(2024, 9, 30), date(2024, 3, 1), date(2020, 1, 1)])
"""Days of knowledge; on the last one nothing was known."""


@pytest.mark.parametrize("question", ANSWERS, ids=lambda question: question.__name__)
def test_an_answer_from_memory_is_that_of_the_database(question: Question, demo_reader: Reader) -> None:
    cases = [case.arguments for case in asked(question, demo_reader)]

    @settings(max_examples=EXAMPLES)
    @given(chosen=st.one_of(filters(), filters().flatmap(on_one_column)), day=KNOWN_ON, case=st.sampled_from(cases))
    def same(chosen: Filters, day: date | None, case: dict[str, Any]) -> None:
        arguments = inspect.signature(question).bind(**case | {"filters": chosen}).args
        from_memory = remember(question, arguments, demo_reader, day)
        assert_frame_equal(from_memory, run(question(*arguments), demo_reader, day))

    same()


OF_OVERVIEW = (
    queries.totals, queries.left_out_unknown, queries.report_count, queries.open_review, queries.by_stage,
    queries.by_stage_on, queries.review_over_time, queries.over_time, queries.not_in_period, queries.progress,
    queries.counts, queries.oldest_by_place, queries.change_counts, queries.places, queries.listed,
)  # fmt: skip
CHOSEN_ON_ONE_COLUMN = (
    Filters(country=("PSE", "YEM")),
    Filters(date_from=date(2023, 12, 1), date_to=date(2024, 2, 28)),
    Filters(date_from=date(2024, 2, 1), stage=(v.Stage.CLOSED.value,)),
    Filters(strike_type=(v.StrikeType.AIRSTRIKE.value,)),
)


@pytest.mark.parametrize("question", OF_OVERVIEW, ids=lambda question: question.__name__)
def test_what_the_overview_asks_is_the_same_with_sums_by_a_column(question: Question, demo_reader: Reader) -> None:
    case = next(iter(asked(question, demo_reader))).arguments
    for chosen in CHOSEN_ON_ONE_COLUMN:
        arguments = inspect.signature(question).bind(**case | {"filters": chosen}).args
        assert_frame_equal(remember(question, arguments, demo_reader), run(question(*arguments), demo_reader))


def test_sums_are_kept_for_filters_on_one_column_only(demo_reader: Reader) -> None:
    held = Held(lambda rows, *more: run(rows(*more), demo_reader), demo_reader.frame, on=lambda _: held)
    part = TOTALS._replace(keys=("stage",))
    for chosen in CHOSEN_ON_ONE_COLUMN[:2]:
        rows, kept = each(held, chosen, part).collect(), sums_of(held, chosen, part)
        assert kept is not None
        sums = kept.collect()
        assert 0 < sums.height < rows.height
        assert sums.select(pl.col(part.sums).sum()).row(0) == rows.select(pl.col(part.sums).sum()).row(0)
    for chosen in (Filters(text="strike"), Filters(country=("PSE",), stage=(v.Stage.CLOSED.value,))):
        assert sums_of(held, chosen, part) is None


@pytest.fixture(scope="module")
def corners(once: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """What the demo lacks: one event in two data sets, and reports whose publishers must not be named."""
    sources = []
    strike = {"place": "Kirungururu market, Nyahuru", "latitude": "0.0401", "longitude": "36.3601",
              "geo_precision": "exact_location"}  # fmt: skip
    for name, low, high in (("first", "4", "6"), ("second", "5", "9")):
        folder = intake(
            tmp_path_factory.mktemp("corners") / name,
            {"dataset_id": name},
            incident=[
                {"incident_id": "a", **strike},
                {"incident_id": "b", "place": f"Unlike {name[::-1]}", "date_start": f"2023-0{low}-11",
                 "date_end": f"2023-0{low}-11"},
            ],
            casualty=[{"incident_id": "a", "group": "civilians", "harm": "killed", "low": low, "high": high}],
            report=[
                {"report_id": f"{access}-{kind}", "source_type": "media", "access": access, "account_kind": kind,
                 "publisher": publisher, "archive_url": "https://archive.org/1", "published_on": "2024-01-02"}
                for access in ("public", "private")
                for kind, publisher in (("not_social_media", "Gazette"), ("personal", "Jane"), ("organisation", ""))
            ],
            incident_report=[
                {"incident_id": incident, "report_id": report, "method": "stated"}
                for incident, report in (
                    ("a", "public-not_social_media"), ("a", "private-not_social_media"), ("a", "public-personal"),
                    ("b", "private-not_social_media"), ("b", "private-personal"), ("b", "public-organisation"),
                )
            ],
            unit=[{"unit_id": "bn", "name": "Battalion", "country": "KEN"}],
            incident_unit=[
                {"attribution_id": f"n{incident}", "incident_id": incident, "unit_id": "bn", "confidence": "possible",
                 "basis": "imagery"}
                for incident in ("a", "b")
            ],
        )  # fmt: skip
        sources.append(Source("chirg_intake", folder))
    return reader(once("cubes-corners", lambda folder: build(folder, sources, lambda _: None, validate=False)))


@pytest.mark.parametrize(
    "question",
    [
        queries.totals, queries.counts, queries.over_time, queries.report_count, queries.reports_by,
        queries.publishers, queries.publisher_totals, queries.units_listed, queries.unit_totals,
    ],
    ids=lambda question: question.__name__,
)  # fmt: skip
def test_what_the_demo_lacks_is_counted_alike_too(question: Question, corners: Reader) -> None:
    for case in asked(question, corners):
        arguments = inspect.signature(question).bind(**case.arguments).args
        from_memory = remember(question, arguments, corners, case.as_known_on)
        assert_frame_equal(from_memory, run(question(*arguments), corners, case.as_known_on))


def test_the_corners_are_there(corners: Reader) -> None:
    totals = run(queries.totals(Filters()), corners).row(0, named=True)
    assert (totals["incidents"], totals["events"]) == (4, 3)
    named = {
        allowed: remember(queries.publishers, (Filters(), allowed, 9), corners)["reports"].sum()
        for allowed in (False, True)
    }
    assert named == {False: 2, True: 4}


def test_nobody_waits_for_rows_to_be_fetched(demo_reader: Reader) -> None:
    """The database answers until they are in memory; then they are, without anyone having asked for it."""
    own = Reader(demo_reader.folder, demo_reader.build_id)
    chosen = Filters(country=("PSE",))
    with pytest.raises(NotHeldError):
        remember(queries.totals, (chosen,), own, waits=False)
    expected = run(queries.totals(chosen), own)
    assert_frame_equal(ask(queries.totals, (chosen,), own), expected)
    end = time.monotonic() + WAIT_S
    while True:
        try:
            assert_frame_equal(remember(queries.totals, (chosen,), own, waits=False), expected)
            break
        except NotHeldError:
            assert time.monotonic() < end, "the rows were not fetched"
            time.sleep(0.05)
    own.close()


def test_a_build_is_let_go_with_its_reader(demo_reader: Reader) -> None:
    """What is held of it must not hold it: the file of an old build would stay open for good."""
    own = Reader(demo_reader.folder, demo_reader.build_id)
    remember(queries.totals, (Filters(country=("PSE",)),), own)
    gone = weakref.ref(own)
    del own
    assert gone() is None
