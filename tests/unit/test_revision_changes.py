"""What changed between two versions of an incident: every kind of change, the thresholds, and an incident's history."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from warehouse import vocabulary as v
from warehouse.revision_texts import corrections_labelled
from warehouse.revisions import (
    ANY_CHANGE_SHARE,
    LABELS,
    PLAIN,
    SAME_CHANGE_SHARE,
    SCHEMA,
    WIDE_FROM,
    changes,
    history,
    with_scope,
)
from warehouse.schema import TABLE

DAY = date(2024, 1, 1)
BASE: dict[str, Any] = {
    "incident_id": "i1",
    "dataset_id": "d",
    "data_origin": "recorded",
    "public_code": "I1",
    "place": "Somewhere",
    "geo_precision": "town",
    "latitude": 30.0,
    "longitude": 10.0,
    "date_start": DAY,
    "date_end": DAY,
    "date_precision": "day",
    "strike_type": ["airstrike"],
    "harm_status": "weak",
    "report_count": 2,
    "known_from": DAY,
}
ESTIMATE = ("civilians_killed_low", "civilians_killed_best", "civilians_killed_high")
Estimate = tuple[int | None, int | None, int | None]


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([BASE | row for row in rows], schema=TABLE["incident"].polars_schema())


def between(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str | None, str | None, str]]:
    """(field, before, after, change) of one incident."""
    return changes(frame(before), frame(after)).select("field", "before", "after", "change").rows()


class TestEstimates:
    @pytest.mark.parametrize(
        ("before", "after", "change", "texts"),
        [
            ((2, None, 3), (4, None, 5), "up", ("2–3", "4–5")),
            ((2, None, 3), (2, None, 5), "up", ("2–3", "2–5")),
            ((2, None, 3), (1, None, 1), "down", ("2–3", "1")),
            ((2, None, 3), (1, None, 3), "down", ("2–3", "1–3")),
            ((None, None, None), (0, None, 0), "became known", (None, "0")),
            ((None, None, None), (None, 5, None), "became known", (None, "best 5")),
            ((2, None, 2), (None, None, None), "became unknown", ("2", None)),
            ((2, None, 5), (3, None, 4), "another range", ("2–5", "3–4")),
            ((2, None, 5), (2, None, None), "another range", ("2–5", "at least 2")),
            ((None, None, 5), (2, None, 5), "another range", ("up to 5", "2–5")),
            ((2, 2, 5), (2, 5, 5), "up", ("2–5 (best 2)", "2–5 (best 5)")),
            ((2, 5, 5), (2, 3, 5), "down", ("2–5 (best 5)", "2–5 (best 3)")),
            ((2, None, 5), (2, 3, 5), "another range", ("2–5", "2–5 (best 3)")),
        ],
    )
    @pytest.mark.parametrize("harm", ["killed", "injured"])
    def test_each_kind(
        self, before: Estimate, after: Estimate, change: str, texts: tuple[str | None, str | None], harm: str
    ) -> None:
        columns = [name.replace("killed", harm) for name in ESTIMATE]
        sides = (dict(zip(columns, side, strict=True)) for side in (before, after))
        assert between(*sides) == [(f"civilians_{harm}", *texts, change)]

    ENDS = st.tuples(*[st.none() | st.integers(0, 4)] * 3)

    @given(ENDS, ENDS)
    def test_different_estimates_are_written_differently(self, before: Estimate, after: Estimate) -> None:
        sides = [dict(zip(ESTIMATE, side, strict=True)) for side in (before, after)]
        found = between(*sides)
        assert len(found) == (before != after)
        for _, old, new, change in found:
            assert old != new
            assert (change == "became known") == (old is None)
            assert (change == "became unknown") == (new is None)


class TestPlacesAndDates:
    @pytest.mark.parametrize(
        ("latitude", "change", "metres"),
        [
            (30.0 + 999 / 111_195.08, "moved by less than 1 km", 999),
            (30.0 + 1_001 / 111_195.08, "moved by 1 km or more", 1_001),
            (-30.0, "moved by 1 km or more", 6_671_705),
        ],
    )
    def test_a_move_with_its_distance(self, latitude: float, change: str, metres: float) -> None:
        (row,) = changes(frame({}), frame({"latitude": latitude})).iter_rows(named=True)
        assert (row["field"], row["change"]) == ("location", change)
        assert row["distance_m"] == pytest.approx(metres, rel=1e-4)
        assert row["before"] == "30.0, 10.0"

    def test_the_other_side_of_the_earth_has_a_distance(self) -> None:
        far = changes(frame({"latitude": 0.1, "longitude": 0.3}), frame({"latitude": -0.1, "longitude": -179.7}))
        assert far["distance_m"].item() == pytest.approx(20_015_115, abs=1)

    def test_a_point_that_came_or_went_has_no_distance(self) -> None:
        nowhere = {"latitude": None, "longitude": None}
        assert between(nowhere, {}) == [("location", None, "30.0, 10.0", "filled in")]
        assert between({}, nowhere) == [("location", "30.0, 10.0", None, "emptied")]
        assert changes(frame({}), frame(nowhere))["distance_m"].to_list() == [None]

    @pytest.mark.parametrize(
        ("changed", "old", "new", "change"),
        [
            ({"date_start": date(2023, 12, 31)}, "2024-01-01", "2023-12-31 to 2024-01-01", "changed"),
            ({"date_end": date(2024, 1, 3)}, "2024-01-01", "2024-01-01 to 2024-01-03", "changed"),
            ({"date_end": date(2024, 1, 31), "date_precision": "month"}, "2024-01-01 (day)",
             "2024-01-01 to 2024-01-31 (month)", "changed"),
            ({"date_precision": "range"}, "2024-01-01 (day)", "2024-01-01 (range of days)", "changed"),
            ({"date_start": None, "date_end": None, "date_precision": "unknown"}, "2024-01-01", None, "emptied"),
        ],
    )  # fmt: skip
    def test_dates(self, changed: dict[str, Any], old: str, new: str | None, change: str) -> None:
        assert between({}, changed) == [("dates", old, new, change)]
        turned = {"emptied": "filled in"}.get(change, change)
        assert between(changed, {}) == [("dates", new, old, turned)]

    @pytest.mark.parametrize(("field", "kind"), [("published_on", "later"), ("first_reported_on", "later")])
    def test_single_days(self, field: str, kind: str) -> None:
        later = date(2024, 1, 5)
        assert between({field: DAY}, {field: later}) == [(field, "2024-01-01", "2024-01-05", kind)]
        assert between({field: later}, {field: DAY})[0][3] == "earlier"
        assert between({field: None}, {field: DAY})[0][3] == "filled in"
        assert between({field: DAY}, {field: None})[0][3] == "emptied"


class TestLists:
    @pytest.mark.parametrize(
        ("before", "after", "change"),
        [
            (["airstrike"], ["airstrike", "artillery"], "+Artillery"),
            (["airstrike", "unknown"], ["airstrike"], "−Unknown"),
            (["airstrike"], ["drone_strike", "artillery"], "+Artillery +Drone strike −Airstrike"),
            (["airstrike", "artillery"], ["artillery", "airstrike"], "another order"),
            (["airstrike"], ["airstrike", "airstrike"], "an item given more or less often"),
        ],
    )
    def test_what_came_and_went_by_label(self, before: list[str], after: list[str], change: str) -> None:
        labels = v.StrikeType.labels()
        texts = ("; ".join(labels[item] for item in side) for side in (before, after))
        assert between({"strike_type": before}, {"strike_type": after}) == [("strike_type", *texts, change)]

    def test_raw_lists_are_compared_item_by_item_in_the_source_s_words(self) -> None:
        before, after = "Unknown; Air strike", "Air strike; Cluster munitions"
        found = between({"strike_type_raw": before}, {"strike_type_raw": after})
        assert found == [("strike_type_raw", before, after, "+Cluster munitions −Unknown")]
        assert between({"strike_type_raw": None}, {"strike_type_raw": "Mortar"})[0][3] == "+Mortar"
        assert between({"strike_type_raw": "Mortar"}, {"strike_type_raw": None})[0][3] == "−Mortar"

    def test_free_lists_keep_their_words_and_no_list_is_no_value(self) -> None:
        assert between({"infrastructure": None}, {"infrastructure": ["unknown"]}) == [
            ("infrastructure", None, "unknown", "+unknown")
        ]
        assert between({"infrastructure": None}, {"infrastructure": []}) == []


class TestTextsAndCodes:
    @pytest.mark.parametrize(
        ("before", "after", "change", "is_same_wording"),
        [
            ("A wall fell.", " A  wall\nfell. ", "spacing only", True),
            ("A wall fell.", "A wall stands.", "reworded", False),
            (None, "A wall fell.", "filled in", False),
            ("A wall fell.", None, "emptied", False),
        ],
    )
    def test_texts(self, before: str | None, after: str | None, change: str, is_same_wording: bool) -> None:
        (row,) = changes(frame({"summary": before}), frame({"summary": after})).iter_rows(named=True)
        assert (row["field"], row["before"], row["after"], row["change"]) == ("summary", before, after, change)
        assert row["is_same_wording"] is is_same_wording

    @pytest.mark.parametrize(
        ("field", "codes", "texts", "change"),
        [
            ("harm_status", ("weak", "fair"), ("Weak", "Fair"), "Weak → Fair"),
            ("stage", ("incident_analysis", "closed"), ("Stage 1: incident analysis", "Closed"),
             "Stage 1: incident analysis → Closed"),
            ("country", ("UKR", None), ("Ukraine", None), "Ukraine → none"),
            ("partner_country", (None, "KEN"), (None, "Kenya"), "none → Kenya"),
        ],
    )  # fmt: skip
    def test_codes_by_their_labels(
        self, field: str, codes: tuple[str | None, str | None], texts: tuple[str | None, str | None], change: str
    ) -> None:
        (row,) = changes(frame({field: codes[0]}), frame({field: codes[1]})).iter_rows(named=True)
        assert (row["field"], row["before"], row["after"], row["change"]) == (field, *texts, change)
        assert row["is_same_wording"] is True

    def test_every_code_of_every_vocabulary_has_a_label_here(self) -> None:
        for column in PLAIN:
            if column.vocabulary is None:
                continue
            values = column.vocabulary.values()
            for value in values[1:]:
                a, b = ([x] if column.type == "text_list" else x for x in (values[0], value))
                (found,) = between({column.name: a}, {column.name: b})
                labels = column.vocabulary.labels()
                assert found[1:3] == (labels[values[0]], labels[value])

    def test_counts(self) -> None:
        assert between({}, {"report_count": 3}) == [("report_count", "2", "3", "up")]
        assert between({}, {"report_count": 0}) == [("report_count", "2", "0", "down")]

    def test_what_follows_from_other_fields_is_no_change_of_its_own(self) -> None:
        follows = {"search_text": "x", "geo_radius_m": 5, "cluster_id": "c", "stage_reached": "received"}
        assert between({}, follows | {"known_from": date(2025, 1, 1), "stage_entered_on": DAY}) == []


class TestScope:
    def scoped(self, n: int, of: int, before: dict[str, Any], after: dict[str, Any]) -> list[bool]:
        ids = [{"incident_id": f"i{number}"} for number in range(n)]
        found = changes(frame(*(before | i for i in ids)), frame(*(after | i for i in ids)))
        scoped = with_scope(found, pl.DataFrame({"dataset_id": ["d"], "incidents": [of]}))
        assert scoped["incidents"].to_list() == [n] * n
        assert scoped["of"].to_list() == [of] * n
        return scoped["is_publisher_wide"].unique().to_list()

    TAG = ({"strike_type_raw": "Unknown; Mortar"}, {"strike_type_raw": "Mortar"})
    TEXT = ({"summary": "a"}, {"summary": "b"})
    MOVE: tuple[dict[str, Any], dict[str, Any]] = ({}, {"latitude": 30.0001})
    SPACE = ({"summary": "a b"}, {"summary": "a  b"})

    @pytest.mark.parametrize(
        ("change", "share"),
        [(TAG, SAME_CHANGE_SHARE), (SPACE, SAME_CHANGE_SHARE), (TEXT, ANY_CHANGE_SHARE), (MOVE, ANY_CHANGE_SHARE)],
    )
    def test_the_share_from_which_a_change_is_the_publisher_s(
        self, change: tuple[dict[str, Any], dict[str, Any]], share: float
    ) -> None:
        n = 30
        of = round(n / share)
        assert self.scoped(n, of, *change) == [True]
        assert self.scoped(n, of + 1, *change) == [False]

    @pytest.mark.parametrize("change", [TAG, TEXT, MOVE])
    def test_few_incidents_never_are(self, change: tuple[dict[str, Any], dict[str, Any]]) -> None:
        assert self.scoped(WIDE_FROM, WIDE_FROM, *change) == [True]
        assert self.scoped(WIDE_FROM - 1, WIDE_FROM - 1, *change) == [False]

    @pytest.mark.parametrize(
        "after", [{"stage": "incident_analysis"}, {"response_count": 1}], ids=["stage", "response_count"]
    )
    def test_steps_of_the_review_never_are(self, after: dict[str, Any]) -> None:
        assert self.scoped(
            40, 40, {"stage": "received", "response_count": 0}, {"stage": "received", "response_count": 0} | after
        ) == [False]

    def test_the_same_tag_counts_apart_from_others_a_text_with_all_texts(self) -> None:
        ids = [{"incident_id": f"i{number}"} for number in range(40)]
        before = [i | {"strike_type_raw": "Unknown; A", "summary": "a"} for i in ids]
        after = [i | {"strike_type_raw": "A", "summary": f"b{n}"} for n, i in enumerate(ids)]
        after[0] |= {"strike_type_raw": "Unknown; A; B"}
        known = pl.DataFrame({"dataset_id": ["d"], "incidents": [40]})
        scoped = with_scope(changes(frame(*before), frame(*after)), known)
        tags = scoped.filter(field="strike_type_raw").group_by("change", "incidents", "is_publisher_wide").len()
        assert set(tags.iter_rows()) == {("−Unknown", 39, True, 39), ("+B", 1, False, 1)}
        assert scoped.filter(field="summary").select("incidents", "is_publisher_wide").unique().rows() == [(40, True)]

    def test_data_sets_are_judged_apart(self) -> None:
        rows = [{"incident_id": f"{d}{n}", "dataset_id": d} for d in ("large", "small") for n in range(WIDE_FROM)]
        found = changes(frame(*rows), frame(*(row | {"place": "Elsewhere"} for row in rows)))
        known = pl.DataFrame({"dataset_id": ["large", "small"], "incidents": [1_000, WIDE_FROM]})
        wide = with_scope(found, known).group_by("dataset_id").agg(pl.col("is_publisher_wide").unique())
        assert dict(wide.iter_rows()) == {"large": [False], "small": [True]}

    def test_a_data_set_of_which_nothing_was_known_on_both_days_has_no_wide_change(self) -> None:
        none_known = pl.DataFrame(schema={"dataset_id": pl.String, "incidents": pl.Int64})
        scoped = with_scope(changes(frame({}), frame({"place": "x"})), none_known)
        assert scoped.select("of", "is_publisher_wide").rows() == [(None, False)]


class TestHistory:
    def test_each_step_with_its_day_oldest_first_whatever_the_order(self) -> None:
        days = [date(2024, month, 1) for month in (1, 2, 3)]
        versions = frame(
            {"known_from": days[2], "place": "B", "harm_status": "fair"},
            {"known_from": days[0]},
            {"known_from": days[1], "place": "B"},
        )
        assert history(versions).select("known_from", "field", "before", "after").rows() == [
            (days[1], "place", "Somewhere", "B"),
            (days[2], "harm_status", "Weak", "Fair"),
        ]

    def test_one_version_or_none_has_no_history(self) -> None:
        for versions in (frame({}), frame({}).clear()):
            assert history(versions).is_empty()
            assert history(versions).columns == ["known_from", *SCHEMA]


def test_corrections_are_shown_by_labels() -> None:
    rows = [
        {"field": "harm_status", "expected_value": "weak", "corrected_value": "fair"},
        {"field": "strike_type", "expected_value": "unknown", "corrected_value": "airstrike; artillery"},
        {"field": "country", "expected_value": None, "corrected_value": "KEN"},
        {"field": "children_killed_low", "expected_value": "2", "corrected_value": "1"},
        {"field": "place", "expected_value": "unknown", "corrected_value": None},
    ]
    shown = corrections_labelled(pl.DataFrame(rows, schema=TABLE["correction"].polars_schema()))
    assert shown.select("field", "expected_value", "corrected_value").rows() == [
        ("harm_status", "Weak", "Fair"),
        ("strike_type", "Unknown", "Airstrike; Artillery"),
        ("country", None, "Kenya"),
        ("children_killed_low", "2", "1"),
        ("place", "unknown", None),
    ]
    assert LABELS["children_killed_low"] == "Children reported killed, low"


TEXT = st.none() | st.sampled_from(["a", "b", "a  b", "a b"])
VERSION = st.fixed_dictionaries(
    {
        "place": TEXT,
        "summary": TEXT,
        "strike_type_raw": TEXT | st.just("a; b"),
        "country": st.sampled_from([None, "KEN", "UKR"]),
        "infrastructure": st.none() | st.lists(st.sampled_from("xyz"), max_size=3),
        "strike_type": st.lists(st.sampled_from(v.StrikeType.values()), min_size=1, max_size=2),
        "harm_status": st.sampled_from(v.HarmStatus.values()),
        "date_start": st.none() | st.dates(DAY, date(2024, 2, 1)),
        "latitude": st.floats(-90, 90),
        "longitude": st.floats(-180, 180),
        "civilians_killed_low": st.none() | st.integers(0, 9),
        "civilians_killed_high": st.none() | st.integers(0, 9),
        "report_count": st.integers(0, 3),
    }
)
TOGETHER = {
    "latitude": "location",
    "longitude": "location",
    "date_start": "dates",
    "civilians_killed_low": "civilians_killed",
    "civilians_killed_high": "civilians_killed",
}


@given(VERSION)
def test_nothing_changes_between_a_version_and_itself(version: dict[str, Any]) -> None:
    assert changes(frame(version), frame(version)).is_empty()
    assert changes(frame(version), frame(version)).schema == SCHEMA


@given(VERSION, VERSION)
def test_every_changed_field_is_named_once_with_another_text(before: dict[str, Any], after: dict[str, Any]) -> None:
    assume(before != after)
    found = changes(frame(before), frame(after))
    changed = {
        TOGETHER.get(name, name)
        for name in before
        if (before[name] or None if name == "infrastructure" else before[name])
        != (after[name] or None if name == "infrastructure" else after[name])
    }
    assert sorted(found["field"]) == sorted(changed)
    assert found.filter(pl.col("before").eq_missing(pl.col("after"))).is_empty()
    assert found["change"].null_count() == 0
    assert found.filter(field="location")["distance_m"].is_nan().sum() == 0


@given(
    st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy")),
    st.dictionaries(st.sampled_from("bcd"), st.just("y")),
)
def test_only_incidents_of_both_days_change(before: dict[str, str], after: dict[str, str]) -> None:
    sides = (frame(*({"incident_id": i, "place": p} for i, p in side.items())) for side in (before, after))
    found = changes(*sides)
    assert found["incident_id"].to_list() == sorted(i for i in before if after.get(i, before[i]) != before[i])
