"""Answers from memory about what was known on two days are those of the database: made-up versions of incidents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from made_up import intake, step
from polars.testing import assert_frame_equal

from transforms.pipeline import Source, build
from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import ask, remember
from warehouse.filters import Filters

DAYS = (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31))
NOTHING = date(2023, 1, 1)
PAIRS = ((DAYS[0], DAYS[2]), (NOTHING, DAYS[1]), (DAYS[2], date(2025, 1, 1)))
FILTERS = (
    Filters(),
    Filters(country=("KEN",)),
    Filters(text="moved", stage=("received",)),
    Filters(date_from=date(2024, 1, 1), minimum_civilians_killed=1),
    Filters(dataset_id=("nowhere",)),
)


def exported(folder: Path, name: str, day: date, *rows: dict[str, str]) -> Source:
    """An export of one data set: all that its source knew on the day."""
    dataset = {"dataset_id": name, "title": name, "known_on": str(day), "retrieved_on": str(day)}
    steps = [step(row["incident_id"], 1, "", "received", "2024-01-05") for row in rows if "place" in row]
    harm = [
        {"incident_id": row["incident_id"], "group": "civilians", "harm": "killed", "low": "1", "high": "2"}
        for row in rows
        if row["incident_id"] != "again"
    ]
    made = folder.with_name(f"{folder.name}-{name}-{day}")
    return Source("chirg_intake", intake(made, dataset, incident=rows, stage_transition=steps, casualty=harm))


@pytest.fixture(scope="module")
def versions(once: Callable[..., Path]) -> Reader:
    """Of incidents that are there on all days, went, came, came back, have several versions, or met a filter once."""

    def make(folder: Path) -> None:
        same = {"incident_id": "same", "place": "Here"}
        again = {"incident_id": "again", "date_start": "", "date_end": "", "date_precision": "unknown"}
        sources = [
            exported(
                folder, "first", DAYS[0], same, again, {"incident_id": "gone", "place": "Moved"},
                {"incident_id": "often", "place": "Moved"}, {"incident_id": "left", "country": "KEN"},
            ),
            exported(
                folder, "first", DAYS[1], same, {"incident_id": "often", "place": "Elsewhere"},
                {"incident_id": "left", "country": "SOM"}, {"incident_id": "short", "place": "Moved"},
            ),
            exported(
                folder, "first", DAYS[2], same, again, {"incident_id": "often", "place": "Moved"},
                {"incident_id": "left", "country": "SOM", "place": "Moved"}, {"incident_id": "new", "place": "Moved"},
            ),
            exported(folder, "second", DAYS[2], {"incident_id": "other", "country": "SOM"}),
        ]  # fmt: skip
        build(folder, sources, lambda _: None, validate=False)

    return reader(once("cubes-versions", make))


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_versions_between_two_days(versions: Reader, pair: tuple[date, date]) -> None:
    questions = [
        (queries.revised_counts, ()), (queries.revised_on_both, ()), (queries.known_on_both, ()),
        (queries.of_new_datasets, ()), (queries.came_and_went, (queries.AFTER, 9)),
        (queries.came_and_went, (queries.BEFORE, 9)), (queries.came_and_went, (queries.AFTER, 1)),
    ]  # fmt: skip
    for filters in FILTERS:
        for question, more in questions:
            arguments = (filters, *pair, *more)
            # The build is small, so that the database is asked.
            assert_frame_equal(remember(question, arguments, versions), ask(question, arguments, versions))


@pytest.mark.parametrize("day", [NOTHING, *DAYS, None], ids=str)
def test_the_record_of_incidents_that_went_or_came_back(versions: Reader, day: date | None) -> None:
    questions = [
        (queries.gap_counts, ()), (queries.incidents_with_gaps, ()), (queries.records_checked, ()),
        (queries.gaps_of_rule, ("step_without_bureau", 3)), (queries.gaps_of_rule, ("finding_without_day", 3)),
    ]  # fmt: skip
    for filters in FILTERS:
        for question, more in questions:
            arguments = (filters, *more)
            assert_frame_equal(remember(question, arguments, versions, day), ask(question, arguments, versions, day))


def test_the_corners_are_there(versions: Reader) -> None:
    counts = [remember(queries.revised_counts, (FILTERS[n], *pair), versions).row(0) for pair in PAIRS for n in (0, 1)]
    # The one that moved from Kenya to Somalia meets the second filter on the first day alone.
    assert counts == [(2, 1, 3), (1, 1, 3), (4, 0, 0), (3, 0, 0), (0, 0, 0), (0, 0, 0)]
    gaps = [remember(queries.gap_counts, (FILTERS[0],), versions, day) for day in (NOTHING, *DAYS)]
    assert [rows.filter(rule="step_without_bureau")["records"].to_list() for rows in gaps] == [[], [3], [3], [4]]
