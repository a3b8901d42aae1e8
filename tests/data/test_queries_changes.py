"""What changed between two days: hand-made exports, and the demo against plain Polars code on its tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import polars as pl
import pytest
import review_versions
from made_up import intake
from review_versions import AFTER, BEFORE

from transforms.pipeline import Source, build
from warehouse import queries
from warehouse.changes import Changes, Kind, What, since
from warehouse.connection import Reader, reader
from warehouse.engine import ask, run
from warehouse.filters import Filters

NOBODY = Filters()
STAGES = ["received", "incident_analysis", "policy_impact_assessment", "department_response_coordination", "closed"]


def found(opened: Reader, filters: Filters, before: date, after: date) -> Changes:
    return since(lambda question, *arguments: ask(question, arguments, opened), filters, before, after)


@pytest.fixture(scope="module")
def versions(once: Callable[..., object]) -> Reader:
    return reader(once("review-versions", review_versions.make))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def changed(versions: Reader) -> Changes:
    return found(versions, NOBODY, BEFORE, AFTER)


def ids(rows: pl.DataFrame) -> list[str]:
    return sorted(i.removeprefix("made-up:") for i in rows["incident_id"])


class TestMadeUp:
    def test_new_and_retracted(self, changed: Changes) -> None:
        assert ids(changed.added) == ["new"]
        assert changed.added.select("kind", "known_from", "stage", "civilians_killed_low").row(0) == (
            Kind.NEW, AFTER, "received", 12,
        )  # fmt: skip
        assert ids(changed.retracted) == ["gone"]
        assert changed.retracted.select("place", "known_to").row(0) == ("Nowhere", AFTER)

    def test_steps_back_come_first_and_each_has_its_kind(self, changed: Changes) -> None:
        rows = changed.steps.select("incident_id", "kind").rows()
        assert [(i.removeprefix("made-up:"), kind) for i, kind in rows] == [
            ("reopened", Kind.REOPENED),
            ("back", Kind.BACK),
            ("decided", Kind.CLOSED),
            ("new", Kind.ENTERED),
            ("forward", Kind.FORWARD),
        ]
        forward = changed.steps.row(by_predicate=pl.col("kind") == Kind.FORWARD.value, named=True)
        # It was taken before the first day, and became known after it.
        assert (forward["occurred_on"], forward["known_from"], forward["waiting_on"]) == (
            date(2024, 6, 20), AFTER, "the embassy",
        )  # fmt: skip

    def test_revised_estimates(self, changed: Changes) -> None:
        columns = ("incident_id", "harm", "low_before", "high_before", "low", "high", "kind")
        assert sorted(changed.casualties.select(columns).rows()) == [
            ("made-up:injured", "injured", 5, 9, 5, 7, Kind.DOWN),
            ("made-up:known", "killed", None, None, 7, None, Kind.KNOWN),
            ("made-up:up", "killed", 2, 3, 2, 5, Kind.UP),
        ]

    def test_findings_that_were_made_and_taken_back(self, changed: Changes) -> None:
        columns = ("assessed_as", "finding_before", "finding", "kind")
        assert sorted(changed.findings.select(columns).rows()) == [
            ("distinction", "pending", "likely_violation", Kind.NEW),
            ("precautions", "possible_violation", "pending", Kind.CHANGED),
        ]

    def test_responses_and_engagements(self, changed: Changes) -> None:
        columns = ("response_id", "status_before", "status", "kind")
        assert sorted(changed.responses.select(columns).rows()) == [
            ("made-up:p1", "recommended", "approved", Kind.CHANGED),
            ("made-up:p2", None, "recommended", Kind.NEW),
        ]
        columns = ("engagement_id", "outcome_before", "outcome", "kind")
        assert sorted(changed.engagements.select(columns).rows()) == [
            ("made-up:e1", "No answer", "They answered", Kind.CHANGED),
            ("made-up:e2", None, None, Kind.NEW),
        ]

    def test_a_withdrawn_step_is_told_and_those_of_a_retracted_incident_are_not(self, changed: Changes) -> None:
        assert changed.withdrawn.rows() == [("step", 1)]

    def test_counts(self, changed: Changes) -> None:
        assert {what: (changed.rows(what), changed.incidents(what)) for what in What} == {
            What.ADDED: (1, 1), What.RETRACTED: (1, 1), What.STEP: (5, 5), What.KILLED: (2, 2), What.INJURED: (1, 1),
            What.FINDING: (2, 1), What.RESPONSE: (2, 1), What.ENGAGEMENT: (2, 1),
        }  # fmt: skip
        assert changed.rows(What.STEP, Kind.BACK, Kind.REOPENED) == 2
        assert changed.incidents(What.STEP, Kind.CLOSED) == 1
        assert changed.incidents(What.STEP, Kind.SAME) == 0
        assert not changed.is_empty

    def test_sums_on_both_days(self, changed: Changes) -> None:
        names = ("incidents", "civilians_killed_low", "civilians_killed_high", "civilians_killed_unknown")
        assert [tuple(s[n] for n in names) for s in (changed.state_before, changed.state_after)] == [
            # up 2-3, injured 1, gone 4; seven without a figure.
            (10, 7, 8, 7),
            # up 2-5, known at least 7, injured 1, new 12-14; "known" has no highest figure.
            (10, 22, 27, 7),
        ]

    def test_a_filter_takes_an_incident_that_meets_it_on_either_day(self, versions: Reader) -> None:
        analysis = found(versions, Filters(stage=("incident_analysis",)), BEFORE, AFTER)
        # "same" was in it before; "forward", "back" and "reopened" are in it now.
        assert ids(analysis.steps) == ["back", "forward", "reopened"]
        assert analysis.withdrawn.rows() == [("step", 1)]
        nigeria = found(versions, Filters(country=("NGA",)), BEFORE, AFTER)
        assert ids(nigeria.added) == ids(nigeria.steps) == ["new"]
        assert (nigeria.state_before["incidents"], nigeria.state_after["incidents"]) == (0, 2)

    def test_nothing_changed_between_days_without_news(self, versions: Reader) -> None:
        quiet = found(versions, NOBODY, BEFORE, date(2024, 7, 30))
        assert quiet.is_empty
        assert quiet.state_before == quiet.state_after
        assert run(queries.record_days(), versions)["day"].to_list() == [BEFORE, AFTER]

    def test_before_everything_all_is_new_to_the_warehouse(self, versions: Reader) -> None:
        everything = found(versions, NOBODY, date(2020, 1, 1), AFTER)
        assert everything.rows(What.ADDED, Kind.NEW_DATASET) == everything.rows(What.ADDED) == 10
        assert everything.rows(What.RETRACTED) == 0
        # What an incident stated from its first day on is no revision.
        assert everything.casualties.is_empty()


def test_half_of_all_estimates_changed_at_once_is_coding_not_news(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("coding") / "warehouse"

    def export(day: date, killed: str, single: str) -> Source:
        rows = [{"incident_id": f"m{n}"} for n in range(30)]
        figures = [
            {"incident_id": row["incident_id"], "group": "civilians", "harm": "killed", "low": killed, "high": "9"}
            for row in rows
        ] + [{"incident_id": "m0", "group": "civilians", "harm": "injured", "low": single, "high": "9"}]
        dataset = {"known_on": str(day), "retrieved_on": str(day)}
        return Source("chirg_intake", intake(folder.with_name(str(day)), dataset, incident=rows, casualty=figures))

    build(folder, [export(BEFORE, "1", "1"), export(AFTER, "2", "2")], lambda _: None, validate=False)
    changed = found(reader(folder), Filters(text="m0"), BEFORE, AFTER)
    everything = found(reader(folder), NOBODY, BEFORE, AFTER)
    assert everything.rows(What.KILLED, Kind.WIDE) == everything.rows(What.KILLED) == 30
    assert everything.rows(What.INJURED, Kind.UP) == everything.rows(What.INJURED) == 1
    # A filter does not turn the publisher's habits into news.
    assert changed.rows(What.KILLED) == changed.rows(What.KILLED, Kind.WIDE)


# The demo, by other code on its tables


def held(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    return rows.filter(pl.col("known_from") <= day, pl.col("known_to").is_null() | (pl.col("known_to") > day))


@pytest.mark.parametrize("chosen", [NOBODY, Filters(country=("PSE",)), Filters(stage=("incident_analysis", "closed"))])
@pytest.mark.parametrize("days", [(date(2024, 10, 23), date(2024, 10, 30)), (date(2024, 2, 1), date(2024, 5, 1))])
def test_the_demo(chosen: Filters, days: tuple[date, date], demo_reader: Reader) -> None:
    before, after = days
    tables = {
        name: demo_reader.frame(f"SELECT * FROM {name}")
        for name in ("incident", "stage_transition", "assessment", "response", "engagement")
    }

    def met(rows: pl.DataFrame) -> pl.DataFrame:
        for column in ("country", "stage"):
            if values := getattr(chosen, column):
                rows = rows.filter(pl.col(column).is_in(values))
        return rows

    earlier, later = (held(tables["incident"], day) for day in days)
    old, new = set(met(earlier)["incident_id"]), set(met(later)["incident_id"])
    mine = old | new
    changed = found(demo_reader, chosen, before, after)
    assert set(changed.added["incident_id"]) == new - set(earlier["incident_id"])
    assert set(changed.retracted["incident_id"]) == old - set(later["incident_id"]) == set()

    def came(name: str) -> pl.DataFrame:
        rows = tables[name].filter(pl.col("incident_id").is_in(list(mine)))
        key = rows.columns[0]
        return held(rows, after).join(held(rows, before), on=key, how="anti")

    steps = came("stage_transition")
    assert set(changed.steps["transition_id"]) == set(steps["transition_id"])
    assert changed.rows(What.STEP) == steps.height > 0
    place = {stage: number for number, stage in enumerate(STAGES)}
    backwards = [
        (old_stage, new_stage)
        for old_stage, new_stage in steps.select("from_stage", "to_stage").iter_rows()
        if old_stage and place[new_stage] < place[old_stage]
    ]
    assert changed.rows(What.STEP, Kind.BACK, Kind.REOPENED) == len(backwards)
    assert changed.rows(What.STEP, Kind.CLOSED) == steps.filter(to_stage="closed").height
    assert changed.rows(What.STEP, Kind.ENTERED) == steps["from_stage"].null_count()

    findings = came("assessment").filter(pl.col("finding") != "pending")
    assert set(changed.findings["assessment_id"]) == set(findings["assessment_id"])
    for what, name in ((What.RESPONSE, "response"), (What.ENGAGEMENT, "engagement")):
        rows = came(name)
        assert (changed.rows(what), changed.incidents(what)) == (rows.height, rows["incident_id"].n_unique())
    assert changed.withdrawn.is_empty()

    both = earlier.join(later, on="incident_id", suffix="_after").filter(pl.col("incident_id").is_in(list(mine)))
    for what in (What.KILLED, What.INJURED):
        names = [f"civilians_{what.value}_{part}" for part in ("low", "best", "high")]
        revised = both.filter(pl.any_horizontal(pl.col(n).ne_missing(pl.col(f"{n}_after")) for n in names))
        assert changed.rows(what) == revised.height

    for rows, state in ((earlier, changed.state_before), (later, changed.state_after)):
        events = met(rows).with_columns(event=pl.coalesce("cluster_id", "incident_id")).group_by("event").agg(
            low=pl.col("civilians_killed_low").min(), high=pl.col("civilians_killed_high").max(), n=pl.len()
        )  # fmt: skip
        low, high = pl.col("low"), pl.coalesce("high", "low")
        sums = events.select(pl.col("n").sum(), low.sum(), high.sum().alias("top")).row(0)
        assert sums == (state["incidents"], state["civilians_killed_low"], state["civilians_killed_high"])
        unknown = events.filter(pl.col("low").is_null() | pl.col("high").is_null()).height
        assert state["civilians_killed_unknown"] == unknown


def test_the_newest_rows_are_listed_and_all_are_counted(demo_reader: Reader) -> None:
    changed = found(demo_reader, NOBODY, date(2023, 1, 1), date(2024, 10, 30))
    assert changed.steps.height == 500 < changed.rows(What.STEP) == 1_567
    assert changed.steps["kind"][0] in (Kind.BACK, Kind.REOPENED)
    assert changed.added["known_from"].is_sorted(descending=True)


def test_the_day_of_knowledge_that_is_asked_for_plays_no_part(demo_reader: Reader) -> None:
    days = (date(2024, 10, 23), date(2024, 10, 30))
    asked = partial(run, queries.change_counts(NOBODY, *days), demo_reader)
    assert asked().equals(asked(date(2024, 1, 1)))


@pytest.mark.parametrize("chosen", [NOBODY, Filters(country=("PSE",))])
def test_counts_of_whole_lists_and_of_the_question_agree(
    chosen: Filters, demo_reader: Reader, versions: Reader
) -> None:
    for opened, days in ((demo_reader, (date(2024, 10, 23), date(2024, 10, 30))), (versions, (BEFORE, AFTER))):
        counted = found(opened, chosen, *days).counts
        asked = run(queries.change_counts(chosen, *days), opened)
        order = ["what", "kind"]
        assert counted.sort(order).equals(asked.sort(order))
