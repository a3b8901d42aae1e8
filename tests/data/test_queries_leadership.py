"""What the overview asks of the review, against cases worked out by hand and other code on the demo's tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import step, warehouse
from questions import answered

from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.filters import Filters

EVERYTHING = Filters()
AS_OF = date(2024, 6, 30)
DEMO_AS_OF = date(2024, 10, 30)
R, A, P, D, C = (
    "received",
    "incident_analysis",
    "policy_impact_assessment",
    "department_response_coordination",
    "closed",
)
ORDER = pl.Enum([R, A, P, D, C])
CASES = {
    # In the third stage from 1 March on; closed on 1 April.
    "whole": [(None, R, "2024-01-01"), (R, A, "2024-01-11"), (A, P, "2024-01-31"), (P, D, "2024-03-01"),
              (D, C, "2024-04-01")],
    # Leaves out the analysis.
    "skipped": [(None, R, "2024-02-01"), (R, P, "2024-02-21")],
    # Closed from 29 February to 19 June: not waiting then, overdue again since its first receipt.
    "reopened": [(None, R, "2024-01-01"), (R, A, "2024-01-31"), (A, C, "2024-02-29"), (C, A, "2024-06-20")],
    # Both steps on one day: in the analysis by the end of it.
    "same-day": [(None, R, "2024-06-25"), (R, A, "2024-06-25")],
    # No receipt on record: waits, and nobody can say whether it is overdue.
    "no-receipt": [(None, A, "2024-01-02")],
    # 60 days by the day of knowledge, within the norm; the next one a day more.
    "on-the-norm": [(None, R, "2024-05-01")],
    "past-the-norm": [(None, R, "2024-04-30")],
    "no-record": [],
}  # fmt: skip
COUNTRY = {"on-the-norm": "NGA", "past-the-norm": "NGA", "no-receipt": ""}
RESPONSES = [
    {"response_id": "r1", "incident_id": "whole", "response_type": "training", "target": "government",
     "status": "recommended", "recommended_on": "2024-03-10"},
    {"response_id": "r2", "incident_id": "skipped", "response_type": "training", "target": "government",
     "status": "declined", "recommended_on": "2024-03-10", "decided_on": "2024-05-01"},
]  # fmt: skip


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    """The cases as a warehouse."""

    def make(folder: Path) -> None:
        steps = [
            step(case, n, start or "", end, day)
            for case, rows in CASES.items()
            for n, (start, end, day) in enumerate(rows)
        ]
        incidents = [{"incident_id": case, "country": COUNTRY.get(case, "KEN")} for case in CASES]
        warehouse(folder, incident=incidents, stage_transition=steps, response=RESPONSES)

    return reader(once("leadership-cases", make))


def test_open_review_of_the_cases(cases: Reader) -> None:
    assert answered(queries.open_review, (EVERYTHING, AS_OF), cases).row(0, named=True) == {
        "waiting": 6,  # all but the closed one and the one without a record
        "overdue": 3,  # skipped, reopened, past-the-norm
        "without_receipt": 1,
        "median_days": 60.5,  # of 5, 10, 60, 61, 130 and 180
    }


def test_where_the_oldest_of_the_cases_wait(cases: Reader) -> None:
    columns = ("stage", "country", "waiting", "overdue", "longest_days", "incident_id")
    found = answered(queries.oldest_by_place, (EVERYTHING, AS_OF, 10), cases).select(columns).rows()
    assert found == [
        (A, None, 1, 0, 180, "made-up:no-receipt"),
        (P, "KEN", 1, 1, 130, "made-up:skipped"),
        (R, "NGA", 2, 1, 61, "made-up:past-the-norm"),
        (A, "KEN", 2, 1, 10, "made-up:reopened"),
    ]
    assert answered(queries.oldest_by_place, (EVERYTHING, AS_OF, 2), cases).height == 2


def test_the_review_of_the_cases_over_time(cases: Reader) -> None:
    days = (date(2023, 12, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 5, 31), AS_OF)
    found = run(queries.review_over_time(EVERYTHING, days), cases)
    names = ("day", "reviewed", "reached_third_stage", "with_response", "waiting", "overdue", "without_receipt",
             "median_days")  # fmt: skip
    assert tuple(found.columns) == names
    assert found.rows() == [
        (date(2023, 12, 31), 0, 0, 0, 0, 0, 0, None),
        # 29 days in the second stage (whole), 8 (skipped), 58 (no-receipt); reopened was closed that day.
        (date(2024, 2, 29), 4, 0, 0, 3, 0, 1, 29),
        # 30, 39 and 89 days; the first has been open for 90 days, the second for 59.
        (date(2024, 3, 31), 4, 1, 2, 3, 1, 1, 39),
        # 100, 150, 30 and 31 days; the second response has been declined.
        (date(2024, 5, 31), 6, 1, 1, 4, 1, 1, 65.5),
        (AS_OF, 7, 1, 1, 6, 3, 1, 60.5),
    ]


def standing_on(found: Reader, own: pl.DataFrame, day: date) -> pl.DataFrame:
    """The latest step of each incident by a day, with the day of receipt."""
    steps = found.frame("SELECT * FROM stage_transition WHERE known_to IS NULL")
    steps = steps.join(own, on="incident_id", how="semi").with_columns(pl.col("to_stage").cast(ORDER))
    received = steps.group_by("incident_id").agg(
        first=pl.col("occurred_on").min(), received=pl.col("occurred_on").filter(pl.col("to_stage") == R).min()
    )
    received = received.filter(pl.col("first") == pl.col("received")).drop("first")
    steps = steps.filter(pl.col("occurred_on") <= day).sort("occurred_on", "to_stage")
    return steps.group_by("incident_id").last().join(received, on="incident_id", how="left")


FILTERS = (EVERYTHING, Filters(country=("PSE",)), Filters(date_from=date(2024, 3, 1), harm_status=("fair",)))
INCIDENTS = "SELECT incident_id, country, date_end, harm_status FROM incident WHERE known_to IS NULL"


def chosen(found: Reader, filters: Filters) -> pl.DataFrame:
    """The demo's incidents under one of `FILTERS`."""
    rows = found.frame(INCIDENTS)
    if filters.country:
        rows = rows.filter(pl.col("country").is_in(filters.country))
    if filters.date_from:
        rows = rows.filter(pl.col("date_end") >= filters.date_from, pl.col("harm_status").is_in(filters.harm_status))
    return rows.select("incident_id", "country")


@pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
def test_the_demo_s_review_over_time(demo_reader: Reader, filters: Filters) -> None:
    own = chosen(demo_reader, filters)
    days = (date(2023, 9, 30), date(2024, 2, 29), date(2024, 7, 31), DEMO_AS_OF)
    found = run(queries.review_over_time(filters, days), demo_reader)
    for row in found.rows(named=True):
        waits = standing_on(demo_reader, own, row["day"]).filter(pl.col("to_stage") != C)
        open_days = (pl.lit(row["day"]) - pl.col("received")).dt.total_days()
        assert row["waiting"] == waits.height
        assert row["overdue"] == waits.filter(open_days > 60).height
        assert row["without_receipt"] == waits["received"].null_count()
        in_stage = (pl.lit(row["day"]) - pl.col("occurred_on")).dt.total_days().median()
        assert row["median_days"] == waits.select(in_stage).item()
    assert found["waiting"].to_list()[-1] > 0


@pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
def test_what_waits_in_the_demo(demo_reader: Reader, filters: Filters) -> None:
    own = chosen(demo_reader, filters)
    waits = standing_on(demo_reader, own, DEMO_AS_OF).filter(pl.col("to_stage") != C).join(own, on="incident_id")
    waits = waits.with_columns(
        days=(pl.lit(DEMO_AS_OF) - pl.col("occurred_on")).dt.total_days(),
        late=(pl.lit(DEMO_AS_OF) - pl.col("received")).dt.total_days() > 60,
    )
    row = run(queries.open_review(filters, DEMO_AS_OF), demo_reader).row(0, named=True)
    assert row == {
        "waiting": waits.height,
        "overdue": waits["late"].sum(),
        "without_receipt": waits["received"].null_count(),
        "median_days": waits["days"].median(),
    }
    expected: list[dict[str, Any]] = (
        waits.group_by(stage=pl.col("to_stage").cast(pl.String), country="country")
        .agg(waiting=pl.len(), overdue=pl.col("late").sum(), longest_days=pl.col("days").max())
        .sort("longest_days", "stage", "country", descending=[True, False, False])
        .head(5)
        .to_dicts()
    )
    found = run(queries.oldest_by_place(filters, DEMO_AS_OF, 5), demo_reader)
    assert found.drop("incident_id", "public_code").to_dicts() == expected
    oldest = waits.filter(incident_id=found["incident_id"][0]).row(0, named=True)
    assert oldest["days"] == expected[0]["longest_days"]
