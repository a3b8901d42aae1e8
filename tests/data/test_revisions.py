"""Exports of one data set become versions: what was known on each day, whatever the order of loading."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.revisions import Export, versions
from warehouse.schema import TABLE

UNIT_TABLE, INCIDENT, CASUALTY = "unit", "incident", "casualty"
FIRST = date(2024, 1, 1)


def incidents(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=TABLE[INCIDENT].polars_schema())


def export(
    day: date, *rows: dict[str, object], is_snapshot: bool = True, retracted: dict[str, date] | None = None
) -> Export:
    withdrawn = pl.DataFrame(
        list((retracted or {}).items()),
        schema={"incident_id": pl.String, "retracted_on": pl.Date},
        orient="row",
    )
    return Export(day, is_snapshot, {INCIDENT: incidents(*rows)}, withdrawn)


def history(*exports: Export) -> list[tuple[str, str | None, date, date | None]]:
    """(incident, place, known_from, known_to) of every version, in order."""
    found = versions(exports)[INCIDENT].sort("incident_id", "known_from")
    return found.select("incident_id", "place", "known_from", "known_to").rows()


def known_on(frame: pl.DataFrame, day: date) -> set[tuple[str, str | None]]:
    held = frame.filter(pl.col("known_from") <= day, pl.col("known_to").is_null() | (pl.col("known_to") > day))
    return set(held.select("incident_id", "place").iter_rows())


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_a_newer_export_closes_what_it_changes_ends_what_it_lacks_and_leaves_the_rest() -> None:
    first = export(
        day(0), {"incident_id": "same", "place": "A"}, {"incident_id": "moved", "place": "A"}, {"incident_id": "gone"}
    )
    second = export(
        day(9), {"incident_id": "same", "place": "A"}, {"incident_id": "moved", "place": "B"}, {"incident_id": "new"}
    )
    assert history(second, first) == [
        ("gone", None, day(0), day(9)),
        ("moved", "A", day(0), day(9)),
        ("moved", "B", day(9), None),
        ("new", None, day(9), None),
        ("same", "A", day(0), None),
    ]


def test_what_returns_after_an_absence_has_a_gap() -> None:
    row = {"incident_id": "i", "place": "A"}
    assert history(export(day(0), row), export(day(1)), export(day(2), row)) == [
        ("i", "A", day(0), day(1)),
        ("i", "A", day(2), None),
    ]


def test_an_update_ends_nothing_that_it_lacks_but_what_it_withdraws() -> None:
    whole = export(day(0), {"incident_id": "a"}, {"incident_id": "b", "place": "A"}, is_snapshot=False)
    update = export(day(5), {"incident_id": "b", "place": "B"}, is_snapshot=False, retracted={"a": day(4)})
    assert history(whole, update) == [("a", None, day(0), day(4)), ("b", "A", day(0), day(5)), ("b", "B", day(5), None)]


def test_of_an_update_the_newer_row_wins_though_its_file_is_older() -> None:
    late = {"incident_id": "i", "place": "new", "known_from": day(8)}
    early = {"incident_id": "i", "place": "old", "known_from": day(3)}
    expected = [("i", "old", day(3), day(8)), ("i", "new", day(8), None)]
    assert history(export(day(9), late, is_snapshot=False), export(day(10), early, is_snapshot=False)) == expected


def test_days_that_rows_state_themselves_stand() -> None:
    first = {"incident_id": "i", "place": "A", "known_from": day(1), "known_to": day(4)}
    second = {"incident_id": "i", "place": "B", "known_from": day(4)}
    assert history(export(day(10), first, second)) == [("i", "A", day(1), day(4)), ("i", "B", day(4), None)]


def test_a_table_without_versions_is_what_the_newest_export_says() -> None:
    def units(name: str) -> dict[str, pl.DataFrame]:
        row = {"unit_id": "u", "name": name, "country": "ISR"}
        return {UNIT_TABLE: pl.DataFrame([row], schema=TABLE[UNIT_TABLE].polars_schema())}

    nothing = pl.DataFrame(schema={"incident_id": pl.String, "retracted_on": pl.Date})
    old, new = Export(day(0), True, units("old"), nothing), Export(day(1), True, units("new"), nothing)
    assert versions([new, old])[UNIT_TABLE]["name"].to_list() == ["new"]


CONTENT = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["A", "B", None]), max_size=3)


@given(st.lists(CONTENT, min_size=1, max_size=4))
def test_on_the_day_of_each_export_exactly_its_rows_are_known(contents: list[dict[str, str | None]]) -> None:
    exports = [
        export(day(number), *({"incident_id": key, "place": place} for key, place in content.items()))
        for number, content in enumerate(contents)
    ]
    frame = versions(exports)[INCIDENT]
    for number, content in enumerate(contents):
        assert known_on(frame, day(number)) == set(content.items())
    current = frame.filter(pl.col("known_to").is_null())
    assert set(current.select("incident_id", "place").iter_rows()) == set(contents[-1].items())
    assert frame.select("incident_id", "known_from").is_unique().all()


@given(st.lists(CONTENT, min_size=2, max_size=3), st.booleans())
def test_any_order_of_loading_gives_the_same_history(contents: list[dict[str, str | None]], is_snapshot: bool) -> None:
    exports = [
        export(
            day(number),
            *({"incident_id": key, "place": place} for key, place in content.items()),
            is_snapshot=is_snapshot,
        )
        for number, content in enumerate(contents)
    ]
    histories = {tuple(history(*order)) for order in permutations(exports)}
    assert len(histories) == 1


@pytest.mark.parametrize("table", [CASUALTY])
def test_rows_of_a_withdrawn_incident_end_with_it(table: str) -> None:
    row = {"incident_id": "i", "group": "civilians", "harm": "killed", "low": 1}
    rows = pl.DataFrame([row], schema=TABLE[table].polars_schema())
    withdrawn = pl.DataFrame({"incident_id": ["i"], "retracted_on": [day(3)]})
    found = versions([Export(day(0), False, {table: rows}, withdrawn)])[table]
    assert found.select("known_from", "known_to").rows() == [(day(0), day(3))]
