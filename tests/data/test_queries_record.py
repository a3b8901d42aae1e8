"""The rules on the record of the review: each is broken by made-up records, and counted by other code on the demo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from made_up import step as made_step
from made_up import warehouse
from questions import answered

from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import ask, remember, run
from warehouse.filters import Filters

ALL = Filters()
ANALYSIS, POLICY, THIRD = "incident_analysis", "policy_impact_assessment", "department_response_coordination"


def step(incident: str, number: int, left: str, entered: str, day: str, **more: str) -> dict[str, str]:
    return made_step(incident, number, left, entered, day) | {"bureau": "Office"} | more


def finding(number: int, incident: str, found: str, day: str, **more: str) -> dict[str, str]:
    return {"assessment_id": f"a{number}", "incident_id": incident, "kind": "distinction", "finding": found,
            "assessed_on": day, "bureau": "Office"} | more  # fmt: skip


def response(number: int, incident: str, status: str, *days: str, **more: str) -> dict[str, str]:
    dated = dict(zip(("recommended_on", "decided_on", "implemented_on"), days, strict=False))
    return {"response_id": f"p{number}", "incident_id": incident, "response_type": "training", "target": "government",
            "status": status} | dated | more  # fmt: skip


def engagement(number: int, incident: str, held: str, **more: str) -> dict[str, str]:
    return {"engagement_id": f"e{number}", "incident_id": incident, "post": "Post", "held_on": held,
            "channel": "call"} | more  # fmt: skip


def whole(incident: str) -> list[dict[str, str]]:
    """A case without a gap, through all stages."""
    stages = ("", "received", ANALYSIS, POLICY, THIRD, "closed")
    return [
        step(incident, n, left, entered, f"2024-0{n}-05") for n, (left, entered) in enumerate(pairwise(stages), start=1)
    ]


BROKEN = {
    "step_without_bureau": {"made-up:no_bureau-1"},
    "step_skips_stage": {"made-up:skips-2", "made-up:early_close-2"},
    "step_back": {"made-up:back-4"},
    "reopened": {"made-up:reopened-6"},
    "steps_not_connected": {"made-up:gap-2", "made-up:starts_late-1"},
    "step_changes_nothing": {"made-up:stays-2"},
    "no_receipt": {"made-up:no_receipt-1", "made-up:starts_late-1"},
    "step_before_incident": {"made-up:before-1"},
    # On the day of the finding itself the third stage may be entered.
    "third_stage_without_finding": {"made-up:too_early-4"},
    "closed_without_finding": {"made-up:early_close-2"},
    "finding_without_bureau": {"made-up:a3"},
    "finding_without_day": {"made-up:a4"},
    "pending_though_closed": {"made-up:a5"},
    "recommendation_undated": {"made-up:p2"},
    "response_before_third_stage": {"made-up:p3", "made-up:p4"},
    "decision_undated": {"made-up:p5", "made-up:p6"},
    "unit_not_named": {"made-up:p7"},
    "licence_not_named": {"made-up:p8"},
    "engagement_before_incident": {"made-up:e2"},
    "step_dated_ahead": {"made-up:ahead-1"},
    "finding_dated_ahead": {"made-up:a6"},
    "response_dated_ahead": {"made-up:p9"},
    "engagement_dated_ahead": {"made-up:e3"},
}


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    names = ("whole", "no_bureau", "skips", "early_close", "back", "reopened", "gap", "starts_late", "stays",
             "no_receipt", "before", "too_early", "ahead", "open", "silent")  # fmt: skip
    ahead = {"known_from": "2024-03-01"}
    return reader(
        once(
            "record-cases",
            lambda folder: warehouse(
                folder,
                incident=[{"incident_id": name} for name in names],
                unit=[{"unit_id": "u", "name": "Unit", "country": "KEN"}],
                stage_transition=[
                    *whole("whole"),
                    step("no_bureau", 1, "", "received", "2024-01-05", bureau=""),
                    step("skips", 1, "", "received", "2024-01-05"),
                    step("skips", 2, "received", POLICY, "2024-01-06"),
                    step("early_close", 1, "", "received", "2024-01-05"),
                    step("early_close", 2, "received", "closed", "2024-01-06"),
                    *whole("back")[:3],
                    step("back", 4, POLICY, ANALYSIS, "2024-04-05"),
                    *whole("reopened"),
                    step("reopened", 6, "closed", ANALYSIS, "2024-06-05"),
                    step("gap", 1, "", "received", "2024-01-05"),
                    step("gap", 2, ANALYSIS, POLICY, "2024-02-05"),
                    step("starts_late", 1, ANALYSIS, POLICY, "2024-01-05"),
                    step("stays", 1, "", "received", "2024-01-05"),
                    step("stays", 2, "received", "received", "2024-01-06"),
                    step("no_receipt", 1, "", ANALYSIS, "2024-01-05"),
                    step("before", 1, "", "received", "2023-12-31"),
                    *whole("too_early")[:4],
                    step("ahead", 1, "", "received", "2024-03-02", **ahead),
                    step("open", 1, "", "received", "2024-01-05"),
                ],
                assessment=[
                    finding(1, "whole", "consistent", "2024-04-05"),
                    finding(2, "reopened", "consistent", "2024-04-01"),
                    finding(3, "too_early", "consistent", "2024-04-06", bureau=""),
                    finding(4, "open", "consistent", ""),
                    finding(5, "whole", "pending", ""),
                    finding(6, "open", "consistent", "2024-03-02", **ahead),
                    finding(7, "open", "pending", ""),
                ],
                response=[
                    response(1, "whole", "implemented", "2024-04-05", "2024-04-06", "2024-04-07"),
                    response(2, "whole", "approved", "", "2024-04-06"),
                    response(3, "whole", "recommended", "2024-04-04"),
                    response(4, "open", "recommended", "2024-04-05"),
                    response(5, "whole", "declined", "2024-04-05"),
                    response(6, "whole", "implemented", "2024-04-05", "2024-04-06"),
                    response(7, "whole", "recommended", "2024-04-05", target="unit"),
                    response(8, "whole", "recommended", "2024-04-05", target="licence"),
                    response(9, "whole", "approved", "2024-04-05", "2024-05-01", known_from="2024-04-30"),
                    response(10, "whole", "recommended", "2024-04-05", target="unit", unit_id="u"),
                    response(11, "whole", "recommended", "2024-04-05", target="licence", case_number="L"),
                ],
                engagement=[
                    engagement(1, "whole", "2024-02-05"),
                    engagement(2, "whole", "2023-12-31"),
                    engagement(3, "whole", "2024-02-05", answered_on="2024-03-02", **ahead),
                ],
            ),
        )
    )  # fmt: skip


def test_every_rule_is_broken_by_a_case() -> None:
    assert tuple(BROKEN) == queries.RULES


@pytest.mark.parametrize("rule", queries.RULES)
def test_a_rule_finds_the_records_that_break_it_and_no_others(cases: Reader, rule: str) -> None:
    every = run(queries.record_gaps(ALL), cases).filter(rule=rule)
    assert set(every["record_id"]) == BROKEN[rule]
    assert every.height == len(BROKEN[rule])
    counted = remember(queries.gap_counts, (ALL,), cases).filter(rule=rule).row(0)
    assert counted == (rule, every.height, every["incident_id"].n_unique())
    listed = answered(queries.gaps_of_rule, (ALL, rule, 500), cases)
    assert listed.sort("record_id").equals(every.sort("record_id"))
    assert remember(queries.gaps_of_rule, (ALL, rule, 1), cases).equals(listed.head(1))


def test_what_was_checked(cases: Reader) -> None:
    checked = answered(queries.records_checked, (ALL,), cases).row(0, named=True)
    assert checked == {"steps": 33, "incidents": 14, "third_stage": 3, "closings": 3, "findings": 5, "assessments": 7,
                       "responses": 11, "about_units": 2, "about_licences": 2, "engagements": 3}  # fmt: skip


def test_incidents_with_gaps_leave_out_those_that_were_only_reopened(cases: Reader) -> None:
    gaps = run(queries.record_gaps(ALL), cases)
    assert "made-up:reopened" in set(gaps["incident_id"])
    assert answered(queries.incidents_with_gaps, (ALL,), cases).item() == gaps["incident_id"].n_unique() - 1
    assert "made-up:silent" not in set(gaps["incident_id"])


def test_before_a_record_was_known_it_breaks_nothing(cases: Reader) -> None:
    rows = run(queries.record_gaps(ALL), cases, date(2024, 3, 5))
    # All but four records are known from the day of the data set.
    assert set(rows["record_id"]) <= {"made-up:ahead-1", "made-up:a6", "made-up:p9", "made-up:e3"}


@pytest.mark.parametrize(
    "filters",
    [ALL, Filters(country=("PSE",)), Filters(stage=("closed",)), Filters(text="nowhere")],
    ids=Filters.sentence,
)
def test_on_the_demo(demo_reader: Reader, filters: Filters) -> None:
    chosen = run(queries.incidents(filters), demo_reader)

    def of(name: str) -> pl.DataFrame:
        rows = demo_reader.frame(f"SELECT * FROM {name} WHERE known_to IS NULL")
        return rows.join(chosen.select("incident_id", "stage"), on="incident_id").sort("incident_id")

    steps, findings, responses = of("stage_transition"), of("assessment"), of("response")
    order = {"received": 1, ANALYSIS: 2, POLICY: 3, THIRD: 4, "closed": 5}
    first_finding = {
        incident: min(days)
        for incident, days in findings.drop_nulls("assessed_on").group_by("incident_id").agg("assessed_on").iter_rows()
    }
    expected = dict.fromkeys(queries.RULES, 0)
    for row in steps.iter_rows(named=True):
        left, entered = order.get(row["from_stage"], 0), order[row["to_stage"]]
        found = first_finding.get(row["incident_id"])
        is_late = found is None or found > row["occurred_on"]
        closing = row["to_stage"] == "closed"
        expected["step_without_bureau"] += row["bureau"] is None
        expected["step_skips_stage"] += left <= 1 if closing else entered > max(left, 1) + 1
        expected["step_back"] += entered < left < 5
        expected["reopened"] += left == 5 and not closing
        expected["third_stage_without_finding"] += row["to_stage"] == THIRD and is_late
        expected["closed_without_finding"] += closing and is_late
    is_pending = pl.col("finding") == "pending"
    expected["finding_without_bureau"] = findings.filter(~is_pending, pl.col("bureau").is_null()).height
    expected["pending_though_closed"] = findings.filter(is_pending, stage="closed").height
    expected["recommendation_undated"] = responses["recommended_on"].null_count()
    expected["licence_not_named"] = responses.filter(pl.col("case_number").is_null(), target="licence").height
    counted = ask(queries.gap_counts, (filters,), demo_reader)
    assert dict(counted.select("rule", "records").iter_rows()) == {rule: n for rule, n in expected.items() if n}
    gaps = run(queries.record_gaps(filters), demo_reader)
    assert gaps.height == sum(expected.values())
    checked = ask(queries.records_checked, (filters,), demo_reader).row(0, named=True)
    assert checked["steps"] == steps.height
    assert checked["assessments"] == findings.height
    assert checked["responses"] == responses.height
    assert checked["closings"] == steps.filter(to_stage="closed").height
