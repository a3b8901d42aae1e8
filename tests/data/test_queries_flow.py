"""Moves by month and courses from source to response: cases worked out by hand, and other code on the demo's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import Row, step, warehouse
from questions import answered

from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import ask, run
from warehouse.filters import Filters
from warehouse.flow import months_before, per_month, stage_paces, standing_at_month_ends, standing_now, window_of

EVERYTHING = Filters()
AS_OF = date(2024, 6, 30)
R, A, P, D, C = STAGES = (
    "received",
    "incident_analysis",
    "policy_impact_assessment",
    "department_response_coordination",
    "closed",
)
NO_RECORD = "no_review_record"
GOVERNMENTS = {"us_government", "foreign_government"}

CASES: dict[str, list[tuple[str, str]]] = {
    "whole": [(R, "2024-01-01"), (A, "2024-01-11"), (P, "2024-01-31"), (D, "2024-03-01"), (C, "2024-04-01")],
    "skipped": [(R, "2024-02-01"), (P, "2024-02-21")],
    "back": [(R, "2024-01-01"), (A, "2024-01-21"), (P, "2024-03-01"), (A, "2024-06-01")],
    "reopened": [(R, "2024-01-01"), (A, "2024-01-31"), (C, "2024-02-29"), (A, "2024-06-20")],
    # Closed and reopened within one month, and closed again on the last day of knowledge.
    "twice": [(R, "2024-01-05"), (C, "2024-05-02"), (A, "2024-05-20"), (C, "2024-06-30")],
    # The later step first in the file.
    "same-day": [(A, "2024-06-25"), (R, "2024-06-25")],
    "one-day": [(R, "2024-05-05"), (A, "2024-05-05"), (C, "2024-05-05")],
    # Dated after the day of knowledge: it has not happened.
    "ahead": [(R, "2024-05-01"), (D, "2024-07-15")],
    "all-ahead": [(R, "2024-07-01")],
    "no-receipt": [(A, "2024-04-30")],
    # A step that leads to where the incident stands is no move.
    "repeated": [(A, "2024-03-31"), (A, "2024-04-20")],
    "no-record": [],
}
FINDINGS = [
    # The latest one on each principle counts: possible violation, then the graver of two principles.
    ("whole", "distinction", "consistent", "2024-02-01"),
    ("whole", "distinction", "possible_violation", "2024-03-05"),
    ("whole", "precautions", "consistent", "2024-03-05"),
    # A principle that is pending outweighs one that was kept.
    ("back", "distinction", "pending", ""),
    ("back", "proportionality", "consistent", "2024-03-01"),
    # A finding of next month is none yet.
    ("skipped", "distinction", "likely_violation", "2024-07-20"),
    ("skipped", "precautions", "insufficient_information", "2024-03-01"),
    # A dated finding counts before an undated one on the same principle.
    ("reopened", "distinction", "pending", ""),
    ("reopened", "distinction", "consistent", "2024-02-10"),
    # Avoidability is another question.
    ("same-day", "avoidability", "avoidable", "2024-06-26"),
    # No step of its own, but a finding.
    ("all-ahead", "distinction", "consistent", "2024-06-01"),
]
RESPONSES = [
    ("whole", "declined", "2024-03-02", "2024-03-10", ""),
    ("whole", "implemented", "2024-03-02", "2024-03-10", "2024-04-01"),
    # Approved next month, carried out next month, recommended next month: not yet.
    ("back", "approved", "2024-03-02", "2024-07-10", ""),
    ("twice", "implemented", "2024-03-02", "2024-03-10", "2024-07-05"),
    ("skipped", "recommended", "2024-07-05", "", ""),
    ("reopened", "declined", "2024-02-15", "2024-02-20", ""),
]
SOURCES = {
    "whole": ("media", "us_government"),
    "back": ("media",),
    "skipped": ("media", "civil_society"),
    "reopened": ("foreign_government",),
    "twice": ("unknown",),
}
COURSES = {
    "whole": ("several_with_government", D, "possible_violation", "implemented"),
    "skipped": ("several_without_government", P, "insufficient_information", "no_response"),
    "back": ("media", P, "pending", "recommended"),
    "reopened": ("foreign_government", A, "consistent", "declined"),
    "twice": ("unknown", A, "no_finding", "approved"),
    "same-day": ("unknown", A, "no_finding", "no_response"),
    "one-day": ("unknown", A, "no_finding", "no_response"),
    "ahead": ("unknown", R, "no_finding", "no_response"),
    "all-ahead": ("unknown", NO_RECORD, "consistent", "no_response"),
    "no-receipt": ("unknown", A, "no_finding", "no_response"),
    "repeated": ("unknown", A, "no_finding", "no_response"),
    "no-record": ("unknown", NO_RECORD, NO_RECORD, NO_RECORD),
}


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    """The cases as a warehouse."""

    def make(folder: Path) -> None:
        steps = []
        for case, rows in CASES.items():
            before = ""
            for number, (stage, day) in enumerate(rows):
                steps.append(step(case, number, before, stage, day))
                before = stage
        reports, links = [], []
        for case, types in SOURCES.items():
            for kind in types:
                plain = {"source_type": kind, "access": "public", "account_kind": "not_social_media"}
                reports.append({"report_id": f"{case}-{kind}", **plain})
                links.append({"incident_id": case, "report_id": f"{case}-{kind}", "method": "stated"})
        warehouse(
            folder,
            incident=[{"incident_id": case, "country": "NGA" if case == "skipped" else "KEN"} for case in CASES],
            stage_transition=steps,
            report=reports,
            incident_report=links,
            assessment=[_finding(number, *row) for number, row in enumerate(FINDINGS)],
            response=[_response(number, *row) for number, row in enumerate(RESPONSES)],
        )

    return reader(once("flow-cases", make))


def _finding(number: int, case: str, kind: str, finding: str, day: str) -> Row:
    return {
        "assessment_id": f"a{number}",
        "incident_id": case,
        "kind": kind,
        "finding": finding,
        "assessed_on": day,
    }


def _response(number: int, case: str, status: str, recommended: str, decided: str, implemented: str) -> Row:
    return {
        "response_id": f"r{number}",
        "incident_id": case,
        "response_type": "training",
        "target": "government",
        "status": status,
        "recommended_on": recommended,
        "decided_on": decided,
        "implemented_on": implemented,
    }


def test_every_case_is_loaded(cases: Reader) -> None:
    assert cases.frame("SELECT count(*) AS n FROM stage_transition").item() == sum(map(len, CASES.values()))
    assert cases.frame("SELECT count(*) AS n FROM quarantine").item() == 0


def stood(on: date) -> Counter[str]:
    """Where the cases stood at the end of a day, from the list above alone."""
    found: Counter[str] = Counter()
    for rows in CASES.values():
        past = [(day, STAGES.index(stage)) for stage, day in rows if date.fromisoformat(day) <= on]
        if past:
            found[STAGES[max(past)[1]]] += 1
    return found


class TestMonths:
    def test_standing_at_each_month_s_end(self, cases: Reader) -> None:
        moves = answered(queries.moves_by_month, (EVERYTHING, AS_OF), cases)
        rows = standing_at_month_ends(moves, AS_OF)
        ends = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30), date(2024, 5, 31), AS_OF]
        assert rows["month_end"].unique(maintain_order=True).to_list() == ends
        for end in ends:
            found = {stage: n for _, stage, n in rows.filter(month_end=end).iter_rows() if n}
            assert found == stood(end), end
        assert {stage: n for stage, n in standing_now(moves).items() if n} == stood(AS_OF)
        # Worked out by hand for the last day: back, reopened, same-day, no-receipt, repeated; skipped; whole, twice,
        # one-day; ahead.
        assert stood(AS_OF) == {A: 5, P: 1, C: 3, R: 1}

    def test_arrivals_departures_and_net_change(self, cases: Reader) -> None:
        rows = per_month(answered(queries.moves_by_month, (EVERYTHING, AS_OF), cases), AS_OF)
        assert rows.drop("period_start", "month_end").rows() == [
            # arrived, reopened, closed, net, open: whole, back, reopened, twice.
            (4, 0, 0, 4, 4),
            # skipped; reopened is closed.
            (1, 0, 1, 0, 4),
            # repeated.
            (1, 0, 0, 1, 5),
            # no-receipt; whole is closed.
            (1, 0, 1, 0, 5),
            # one-day, ahead; twice and one-day are closed, twice is reopened.
            (2, 1, 2, 1, 6),
            # same-day; reopened is open again, twice is closed.
            (1, 1, 1, 1, 7),
        ]

    def test_a_month_without_a_move_is_there(self, cases: Reader) -> None:
        nigeria = Filters(country=("NGA",))
        moves = answered(queries.moves_by_month, (nigeria, AS_OF), cases)
        rows = per_month(moves, AS_OF)
        assert rows["period_start"].to_list()[0] == date(2024, 2, 1)
        assert rows["open"].to_list() == [1] * 5
        assert standing_at_month_ends(moves, AS_OF).filter(stage=P)["incidents"].to_list() == [1] * 5

    def test_what_lies_ahead_has_not_happened(self, cases: Reader) -> None:
        assert answered(queries.dated_later, (EVERYTHING, AS_OF), cases).rows() == [(2, 2)]
        july = date(2024, 7, 31)
        rows = standing_at_month_ends(answered(queries.moves_by_month, (EVERYTHING, july), cases), july)
        found = {stage: n for _, stage, n in rows.filter(month_end=july).iter_rows() if n}
        assert found == stood(july) == {A: 5, P: 1, C: 3, D: 1, R: 1}
        assert answered(queries.dated_later, (EVERYTHING, july), cases).rows() == [(0, 0)]

    def test_where_incidents_stand_is_the_answer_of_the_review_s_own_question(self, cases: Reader) -> None:
        for day in (date(2024, 2, 29), date(2024, 5, 10), AS_OF):
            assert dict(answered(queries.by_stage_on, (EVERYTHING, day), cases).iter_rows()) == stood(day)

    def test_the_record_begins_with_its_first_step(self, cases: Reader) -> None:
        assert run(queries.review_record(AS_OF), cases).item() == date(2024, 1, 1)
        assert run(queries.review_record(date(2023, 12, 31)), cases).item() is None


class TestWindow:
    def test_months_are_counted_back_from_the_day(self, cases: Reader) -> None:
        moves = answered(queries.moves_by_month, (EVERYTHING, AS_OF), cases)
        window = window_of(moves, 3, 7)
        # 31 May to 30 June: same-day and reopened; 1 to 30 May: one-day, ahead, twice; 31 March to 30 April: repeated,
        # no-receipt.
        assert (window.arrived, window.closed, window.backlog) == ((2, 3, 2), (1, 2, 1), 7)

    def test_a_window_ends_on_its_day_and_begins_after_its_edge(self, cases: Reader) -> None:
        # The month to 20 June begins on 21 May: reopened on its last day is in, twice on 20 May is not.
        moves = answered(queries.moves_by_month, (EVERYTHING, date(2024, 6, 20)), cases)
        assert window_of(moves, 1, 0).arrived == (1,)
        moves = answered(queries.moves_by_month, (EVERYTHING, date(2024, 6, 19)), cases)
        assert window_of(moves, 1, 0).arrived == (1,)
        before = moves.filter(months_back=2).select("from_stage", "to_stage", "moves").rows()
        # 20 April to 19 May: no-receipt arrived, ahead and one-day too, which passed two stages, and twice was closed.
        assert set(before) == {(None, A, 1), (None, R, 2), (R, A, 1), (A, C, 1), (R, C, 1)}

    def test_paces_of_the_stages(self, cases: Reader) -> None:
        moves = answered(queries.moves_by_month, (EVERYTHING, AS_OF), cases)
        paces = stage_paces(moves, 6, dict(stood(AS_OF)))
        assert paces.select("stage", "entered", "onward", "back", "standing").rows() == [
            # Received: whole, skipped, back, reopened, twice, same-day, one-day, ahead; all but ahead went on.
            (R, 8, 7, 0, 1),
            # Analysis: whole, back twice, reopened twice, twice, same-day, one-day, no-receipt, repeated; on: whole,
            # back, reopened, twice, one-day.
            (A, 10, 5, 0, 5),
            (P, 3, 1, 1, 1),
            (D, 1, 1, 0, 0),
        ]
        assert paces["months_of_work"].to_list() == [None] * 4, "no pace from fewer than ten"

    def test_nobody_has_left_a_stage(self, cases: Reader) -> None:
        moves = answered(queries.moves_by_month, (Filters(country=("NGA",)), AS_OF), cases)
        (row,) = stage_paces(moves, 6, {P: 1}).filter(stage=P).to_dicts()
        assert (row["entered"], row["onward"], row["standing"], row["months_of_work"]) == (1, 0, 1, None)


class TestCourses:
    def test_each_incident_once(self, cases: Reader) -> None:
        found = answered(queries.courses, (EVERYTHING, AS_OF), cases)
        columns = ["source", "stage_reached", "finding", "response"]
        counted = found.group_by(columns).agg(pl.col("incidents").sum())
        assert {row[:4]: row[4] for row in counted.iter_rows()} == Counter(COURSES.values())

    def test_later_findings_responses_and_steps_count_on_a_later_day(self, cases: Reader) -> None:
        found = answered(queries.courses, (Filters(country=("NGA",)), date(2024, 7, 31)), cases)
        assert found.rows() == [
            ("several_without_government", False, P, "likely_violation", "recommended", "not_closed", 1)
        ]
        later = answered(queries.courses, (EVERYTHING, date(2024, 7, 31)), cases)
        assert later.filter(stage_reached=D)["incidents"].sum() == 2
        assert dict(later.group_by("response").agg(pl.col("incidents").sum()).iter_rows())["implemented"] == 2

    @pytest.mark.parametrize("outcome", ["stage_reached", "finding", "response"])
    def test_by_source_type_an_incident_counts_in_each(self, cases: Reader, outcome: Any) -> None:
        place = {"stage_reached": 1, "finding": 2, "response": 3}[outcome]
        expected: Counter[tuple[str, str]] = Counter()
        for case, course in COURSES.items():
            for kind in SOURCES.get(case, ("unknown",)):
                expected[kind, course[place]] += 1
        found = answered(queries.courses_by_source_type, (EVERYTHING, AS_OF), cases)
        totals = found.group_by("source_type", outcome).agg(pl.col("incidents").sum())
        assert {(kind, category): n for kind, category, n in totals.iter_rows()} == expected

    def test_closed_or_not(self, cases: Reader) -> None:
        found = answered(queries.courses, (EVERYTHING, AS_OF), cases)
        totals = found.group_by("has_government", "closed").agg(pl.col("incidents").sum())
        assert set(totals.rows()) == {
            # whole; reopened.
            (True, "closed", 1),
            (True, "not_closed", 1),
            # skipped, back.
            (False, "not_closed", 2),
            # twice, one-day; same-day, ahead, no-receipt, repeated; all-ahead, no-record.
            (None, "closed", 2),
            (None, "not_closed", 4),
            (None, NO_RECORD, 2),
        }


# The demo, by other code on its tables


FILTERS = [EVERYTHING, Filters(country=("PSE",)), Filters(source_type=("media",), date_from=date(2024, 3, 1))]


@pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
@pytest.mark.parametrize("as_of", [date(2024, 10, 30), date(2024, 5, 14)])
class TestDemo:
    @pytest.fixture
    def chosen(self, demo_reader: Reader, filters: Filters) -> pl.DataFrame:
        return run(queries.incidents(filters), demo_reader)

    @pytest.fixture
    def steps(self, demo_reader: Reader, chosen: pl.DataFrame, as_of: date) -> pl.DataFrame:
        rows = demo_reader.frame("SELECT * FROM stage_transition").with_columns(
            place=pl.col("to_stage").cast(pl.Enum(STAGES))
        )
        rows = rows.join(chosen, on="incident_id", how="semi").filter(pl.col("occurred_on") <= as_of)
        return rows.sort("incident_id", "occurred_on", "place")

    def test_standing(self, demo_reader: Reader, filters: Filters, as_of: date, steps: pl.DataFrame) -> None:
        rows = standing_at_month_ends(ask(queries.moves_by_month, (filters, as_of), demo_reader), as_of)
        ends = rows["month_end"].unique(maintain_order=True).to_list()
        assert ends[-1] == as_of
        assert len(ends) >= 3
        for end in ends:
            latest = steps.filter(pl.col("occurred_on") <= end).group_by("incident_id").agg(pl.col("to_stage").last())
            expected = dict(latest.group_by("to_stage").len().iter_rows())
            assert {stage: n for _, stage, n in rows.filter(month_end=end).iter_rows() if n} == expected

    def test_months(self, demo_reader: Reader, filters: Filters, as_of: date, steps: pl.DataFrame) -> None:
        rows = per_month(ask(queries.moves_by_month, (filters, as_of), demo_reader), as_of)
        by = steps.with_columns(month=pl.col("occurred_on").dt.month_start())
        firsts = by.group_by("incident_id", maintain_order=True).first()
        for name, events in {
            "arrived": firsts,
            "closed": by.filter(to_stage=C),
            "reopened": by.filter(from_stage=C),
        }.items():
            expected = dict(events.group_by("month").len().iter_rows())
            assert {month: n for month, n in rows.select("period_start", name).iter_rows() if n} == expected, name
        assert rows["open"][-1] == firsts.height - by.filter(to_stage=C).height + by.filter(from_stage=C).height

    def test_window(self, demo_reader: Reader, filters: Filters, as_of: date, steps: pl.DataFrame) -> None:
        found = window_of(ask(queries.moves_by_month, (filters, as_of), demo_reader), 6, 0)
        firsts = steps.group_by("incident_id", maintain_order=True).first()
        for month in range(6):
            first, last = months_before(as_of, month + 1) + timedelta(days=1), months_before(as_of, month)
            within = pl.col("occurred_on").is_between(first, last)
            arrived = firsts.filter(within).height + steps.filter(within, from_stage=C).height
            assert (found.arrived[month], found.closed[month]) == (arrived, steps.filter(within, to_stage=C).height)

    def test_courses(
        self, demo_reader: Reader, filters: Filters, as_of: date, steps: pl.DataFrame, chosen: pl.DataFrame
    ) -> None:
        found = ask(queries.courses, (filters, as_of), demo_reader)
        assert found["incidents"].sum() == chosen.height
        seen = pl.concat([steps.select("incident_id", s=c) for c in ("from_stage", "to_stage")])
        furthest = seen.filter(pl.col("s").is_in(STAGES[:4])).group_by("incident_id")
        reached = furthest.agg(pl.col("s").cast(pl.Enum(STAGES)).max().cast(pl.String))
        stages = chosen.join(reached, on="incident_id", how="left").group_by(pl.col("s").fill_null(NO_RECORD)).len()
        assert node_totals(found, "stage_reached") == dict(stages.iter_rows())

        order = ["likely_violation", "possible_violation", "pending", "insufficient_information", "consistent"]
        findings = demo_reader.frame(
            "SELECT incident_id, kind, finding, assessed_on FROM assessment WHERE kind <> 'avoidability'"
        )
        findings = findings.filter((pl.col("assessed_on") <= as_of).fill_null(True))
        # The latest of a principle stands; a pending one has no day.
        standing = findings.sort("assessed_on", nulls_last=False).group_by("incident_id", "kind").last()
        gravest = standing.group_by("incident_id").agg(pl.col("finding").cast(pl.Enum(order)).min().cast(pl.String))
        kept = gravest.join(chosen, on="incident_id", how="semi")
        for finding, n in kept.group_by("finding").len().iter_rows():
            assert node_totals(found, "finding")[finding] == n
        silent = chosen.join(
            pl.concat([kept.select("incident_id"), steps.select("incident_id")]), on="incident_id", how="anti"
        )
        assert node_totals(found, "finding").get(NO_RECORD, 0) == silent.height

        made = pl.coalesce("recommended_on", "decided_on", "implemented_on", "known_from")
        responses = demo_reader.frame("SELECT * FROM response").filter(made <= as_of)
        ranks = ["implemented", "approved", "recommended", "declined"]
        status = (
            pl.when(pl.col("decided_on") > as_of).then(pl.lit("recommended"))
            .when(pl.col("implemented_on") > as_of).then(pl.lit("approved"))
            .otherwise("status")
        )  # fmt: skip
        furthest_status = responses.group_by("incident_id").agg(
            status=status.cast(pl.Enum(ranks)).min().cast(pl.String)
        )
        expected = furthest_status.join(chosen, on="incident_id", how="semi").group_by("status").len()
        totals = node_totals(found, "response")
        assert {value: n for value, n in totals.items() if value in ranks} == dict(expected.iter_rows())

    def test_sources(
        self, demo_reader: Reader, filters: Filters, as_of: date, chosen: pl.DataFrame, steps: pl.DataFrame
    ) -> None:
        courses = ask(queries.courses, (filters, as_of), demo_reader)
        found = node_totals(courses, "source")
        expected: Counter[str] = Counter()
        for types in chosen["source_type"].to_list():
            several = "several_with_government" if GOVERNMENTS & set(types) else "several_without_government"
            expected[types[0] if len(types) == 1 else several] += 1
        assert found == expected
        with_government = courses.filter("has_government")["incidents"].sum()
        assert with_government == sum(bool(GOVERNMENTS & set(types)) for types in chosen["source_type"].to_list())
        by_type = ask(queries.courses_by_source_type, (filters, as_of), demo_reader)
        each = chosen.explode("source_type")
        assert node_totals(by_type, "source_type") == dict(each.group_by("source_type").len().iter_rows())
        one = chosen.filter(pl.col("source_type").list.contains("media")).select("incident_id")
        stages = steps.join(one, on="incident_id", how="semi").group_by("incident_id", maintain_order=True).last()
        closed = by_type.filter(source_type="media", closed="closed")["incidents"].sum()
        assert closed == stages.filter(to_stage=C).height


def node_totals(courses: pl.DataFrame, column: str) -> dict[str, int]:
    """Incidents of each category of a layer."""
    return dict(courses.group_by(column).agg(pl.col("incidents").sum()).iter_rows())


def test_in_the_demo_s_gaza_nobody_has_left_the_second_stage(demo_reader: Reader) -> None:
    gaza, day = Filters(country=("PSE",)), date(2024, 10, 30)
    moves = ask(queries.moves_by_month, (gaza, day), demo_reader)
    steps = demo_reader.frame(
        "SELECT s.to_stage FROM stage_transition s JOIN incident i USING (incident_id)"
        " WHERE i.known_to IS NULL AND i.country = 'PSE' AND s.from_stage = 'policy_impact_assessment'"
    )
    assert set(steps["to_stage"]) == {A}, "only steps back"
    (row,) = stage_paces(moves, 12, {}).filter(stage=P).to_dicts()
    assert (row["onward"], row["back"]) == (0, steps.height)
    assert sum(window_of(moves, 12, 0).closed) == 0
