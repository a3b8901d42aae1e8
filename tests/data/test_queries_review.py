"""Questions about the review, against cases worked out by hand and against other code on the demo's tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from made_up import step, warehouse
from questions import answered

from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.filters import Filters

NOBODY = Filters()
AS_OF = date(2024, 6, 30)
R, A, P, D, C = (
    "received",
    "incident_analysis",
    "policy_impact_assessment",
    "department_response_coordination",
    "closed",
)
STAGES = (R, A, P, D, C)

CASES = {
    # Through all stages, then closed: 10, 30 and 60 days from receipt.
    "whole": [(None, R, "2024-01-01"), (R, A, "2024-01-11"), (A, P, "2024-01-31"), (P, D, "2024-03-01"),
              (D, C, "2024-04-01")],
    # Skips the analysis: passed it all the same, but on no recorded day.
    "skipped": [(None, R, "2024-02-01"), (R, P, "2024-02-21")],
    # Goes back from the second stage to the first: has been in it since 1 June, had reached the second one.
    "back": [(None, R, "2024-01-01"), (R, A, "2024-01-21"), (A, P, "2024-03-01"), (P, A, "2024-06-01")],
    # Closed, then reopened: open again, overdue since its first receipt.
    "reopened": [(None, R, "2024-01-01"), (R, A, "2024-01-31"), (A, C, "2024-02-29"), (C, A, "2024-06-20")],
    # Closed after the analysis: did not reach the second or third stage.
    "closed-early": [(None, R, "2024-01-01"), (R, A, "2024-02-10"), (A, C, "2024-03-01")],
    # Both steps on one day, the later one first in the file: in the analysis, 0 days from receipt.
    "same-day": [(R, A, "2024-06-25"), (None, R, "2024-06-25")],
    # No receipt on record: cannot be judged against the norm, in no median.
    "no-receipt": [(None, A, "2024-01-01")],
    # Received exactly 60 days before the day of knowledge (within the norm), and one day earlier (overdue).
    "on-the-norm": [(None, R, "2024-05-01")],
    "past-the-norm": [(None, R, "2024-04-30")],
    # A receipt that follows another step is that of a reopened case: the first one is not on record.
    "late-receipt": [(None, A, "2024-01-01"), (A, C, "2024-02-01"), (C, R, "2024-06-01"), (R, A, "2024-06-11")],
    # Nothing says that it is under review.
    "no-record": [],
}  # fmt: skip
COUNTRY = {"on-the-norm": "NGA", "past-the-norm": "NGA", "no-receipt": ""}
WAITS_FOR = {"skipped": "the embassy", "back": "the embassy", "reopened": "legal review"}


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    """The cases as a warehouse."""

    def make(folder: Path) -> None:
        steps = [
            # Only the latest step's answer counts: the others get one that must not show.
            step(case, n, start or "", end, day, WAITS_FOR.get(case, "") if n == len(rows) - 1 else "an old answer")
            for case, rows in CASES.items()
            for n, (start, end, day) in enumerate(rows)
            if case != "same-day"
        ]
        steps += [
            step("same-day", 0, R, A, "2024-06-25", "staff"),
            step("same-day", 1, "", R, "2024-06-25", "an old answer"),
        ]
        incidents = [{"incident_id": case, "country": COUNTRY.get(case, "KEN")} for case in CASES]
        warehouse(folder, incident=incidents, stage_transition=steps)

    return reader(once("review-cases", make))


def test_closed_early_is_no_third_stage_and_closed_ones_do_not_wait(cases: Reader) -> None:
    totals = run(queries.totals(NOBODY), cases).row(0, named=True)
    assert (totals["reached_third_stage"], totals["closed"], totals["without_review_record"]) == (1, 2, 1)
    waiting = run(queries.waiting(NOBODY, AS_OF), cases)
    assert {i.removeprefix("made-up:") for i in waiting["incident_id"]} == set(CASES) - {
        "whole", "closed-early", "no-record",
    }  # fmt: skip


def test_days_in_stage_count_from_the_latest_step(cases: Reader) -> None:
    days = dict(run(queries.waiting(NOBODY, AS_OF), cases).select("incident_id", "days_in_stage").iter_rows())
    assert {i.removeprefix("made-up:"): n for i, n in days.items()} == {
        "skipped": 130,
        "back": 29,
        "reopened": 10,
        "same-day": 5,
        "no-receipt": 181,
        "on-the-norm": 60,
        "past-the-norm": 61,
        "late-receipt": 19,
    }


def test_backlog_bands_end_at_the_norm(cases: Reader) -> None:
    assert set(answered(queries.backlog, (NOBODY, AS_OF), cases).rows()) == {
        (R, "31–60 days", 1),
        (R, "61–120 days", 1),
        (A, "0–30 days", 4),
        (A, "121–240 days", 1),
        (P, "121–240 days", 1),
    }


def test_median_days_of_those_that_wait(cases: Reader) -> None:
    assert answered(queries.median_days_in_stage, (NOBODY, AS_OF), cases).rows() == [
        (A, 5, 19.0),
        (P, 1, 130.0),
        (R, 2, 60.5),
    ]


def test_overdue_counts_from_the_first_receipt_and_keeps_apart_what_cannot_be_judged(cases: Reader) -> None:
    assert answered(queries.overdue_by_country, (NOBODY, AS_OF), cases).rows() == [
        # skipped, back and reopened are overdue, same-day is not, late-receipt cannot be judged.
        ("KEN", 5, 3, 1),
        ("NGA", 2, 1, 0),
        (None, 1, 0, 1),
    ]


def test_irregular_steps(cases: Reader) -> None:
    # Back, reopened and late-receipt go back; the last two after closing.
    assert answered(queries.irregular_steps, (NOBODY, AS_OF), cases).row(0) == (1, 3, 2, 0)
    assert answered(queries.irregular_steps, (Filters(country=("NGA",)), AS_OF), cases).row(0) == (0, 0, 0, 0)


def test_irregular_steps_agree_with_the_build_s_own_check(demo_reader: Reader) -> None:
    unmet = run(queries.unmet_expectations(), demo_reader).select("expectation", "unexpected")
    broken = dict(unmet.iter_rows())
    found = run(queries.irregular_steps(NOBODY, date(2024, 10, 30)), demo_reader).row(0, named=True)
    # In the demo no incident breaks the same rule twice.
    assert found["skipped"] == broken["stage_transition.no_stage_skipped"] > 0
    assert found["stepped_back"] == broken["stage_transition.no_step_back"] > 0


def test_waiting_on_is_the_latest_step_s_answer(cases: Reader) -> None:
    assert answered(queries.waiting_on, (NOBODY, AS_OF), cases).rows() == [
        (None, 4),
        ("the embassy", 2),
        ("legal review", 1),
        ("staff", 1),
    ]


def test_longest_waiting(cases: Reader) -> None:
    found = run(queries.longest_waiting(NOBODY, AS_OF, 3), cases)
    columns = ("incident_id", "days_in_stage", "days_since_receipt", "waiting_on")
    assert found.select(columns).rows() == [
        ("made-up:no-receipt", 181, None, None),
        ("made-up:skipped", 130, 150, "the embassy"),
        ("made-up:past-the-norm", 61, 61, None),
    ]


# The demo, by other code on its tables


@pytest.fixture(scope="module")
def demo(demo_reader: Reader) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Incidents with stage, since, reached and received, worked out from the steps alone; and the steps."""
    steps = demo_reader.frame("SELECT * FROM stage_transition").with_columns(
        place=pl.col("to_stage").map_elements(STAGES.index, return_dtype=pl.Int64)
    )
    latest = steps.sort("occurred_on", "place").group_by("incident_id").last()
    seen = pl.concat([steps.select("incident_id", s=pl.col(c)) for c in ("from_stage", "to_stage")]).filter(
        pl.col("s").is_in(STAGES[:4])
    )
    furthest = seen.with_columns(pl.col("s").map_elements(STAGES.index, return_dtype=pl.Int64))
    incidents = demo_reader.frame("SELECT incident_id, country FROM incident WHERE known_to IS NULL")
    received = steps.filter(to_stage=R).group_by("incident_id").agg(received=pl.col("occurred_on").min())
    return (
        incidents.join(
            latest.select("incident_id", "waiting_on", stage="to_stage", since="occurred_on"), on="incident_id"
        )
        .join(furthest.group_by("incident_id").agg(furthest=pl.col("s").max()), on="incident_id")
        .join(received, on="incident_id", how="left"),
        steps,
    )


def test_backlog_overdue_and_reasons_of_the_demo(demo_reader: Reader, demo: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    as_of = date(2024, 10, 30)
    waiting = (
        demo[0]
        .filter(pl.col("stage") != C)
        .with_columns(
            days=(pl.lit(as_of) - pl.col("since")).dt.total_days(),
            since_receipt=(pl.lit(as_of) - pl.col("received")).dt.total_days(),
        )
    )
    band = (
        pl.when(pl.col("days") <= 30).then(pl.lit("0–30"))
        .when(pl.col("days") <= 60).then(pl.lit("31–60"))
        .when(pl.col("days") <= 120).then(pl.lit("61–120"))
        .when(pl.col("days") <= 240).then(pl.lit("121–240"))
        .otherwise(pl.lit("over 240"))
    )  # fmt: skip
    expected = waiting.group_by("stage", pl.format("{} days", band).alias("band")).len()
    assert set(run(queries.backlog(NOBODY, as_of), demo_reader).rows()) == set(expected.rows())

    by_country = waiting.group_by("country").agg(
        pl.len(), (pl.col("since_receipt") > 60).sum(), pl.col("since_receipt").is_null().sum().alias("unjudged")
    )
    assert set(run(queries.overdue_by_country(NOBODY, as_of), demo_reader).rows()) == set(by_country.rows())

    medians = waiting.group_by("stage").agg(pl.len(), pl.col("days").median()).sort("stage")
    assert run(queries.median_days_in_stage(NOBODY, as_of), demo_reader).rows() == medians.rows()

    reasons = waiting.group_by("waiting_on").len()
    assert set(run(queries.waiting_on(NOBODY, as_of), demo_reader).rows()) == set(reasons.rows())
