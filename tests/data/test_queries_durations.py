"""Stays in a stage and times to reach one, against cases worked out by hand and other code on the demo's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from made_up import step, warehouse
from questions import answered

from warehouse import funnel, queries, survival
from warehouse.connection import Reader, reader
from warehouse.engine import ask, run
from warehouse.filters import Filters
from warehouse.queries import EVERY, OTHER_CATEGORIES, UNKNOWN, Ending

NOBODY = Filters()
AS_OF = date(2024, 6, 30)
DEMO_AS_OF = date(2024, 10, 30)
R, A, P, D, C = (
    "received",
    "incident_analysis",
    "policy_impact_assessment",
    "department_response_coordination",
    "closed",
)
STAGES = (R, A, P, D, C)

CASES = {
    # Censored: received 60 days before the day of knowledge and still there.
    "waiting": [(None, R, "2024-05-01")],
    "whole": [(None, R, "2024-01-01"), (R, A, "2024-01-11"), (A, P, "2024-01-31"), (P, D, "2024-03-01"),
              (D, C, "2024-04-01")],
    "skipped": [(None, R, "2024-02-01"), (R, P, "2024-02-21")],
    "back": [(None, R, "2024-01-01"), (R, A, "2024-01-21"), (A, P, "2024-03-01"), (P, A, "2024-06-01")],
    # Two stays in the analysis.
    "reopened": [(None, R, "2024-01-01"), (R, A, "2024-01-31"), (A, C, "2024-02-29"), (C, A, "2024-06-20")],
    "same-day": [(R, A, "2024-06-25"), (None, R, "2024-06-25")],
    # Moved on only in July: on 30 June it waits in the analysis.
    "future": [(None, R, "2024-06-01"), (R, A, "2024-06-11"), (A, P, "2024-07-15")],
    # Nothing has happened yet.
    "only-future": [(None, R, "2024-07-20")],
    # The step into the analysis is missing: received until nobody knows when, in the analysis since nobody knows when.
    "unconnected": [(None, R, "2024-03-01"), (A, P, "2024-03-31")],
    # The office states no stage that was left.
    "plain": [(None, R, "2024-04-01"), (None, A, "2024-04-11"), (None, P, "2024-05-11")],
    # Only an answer changes on 10 April: the stay goes on.
    "updated": [(None, A, "2024-04-01"), (A, A, "2024-04-10"), (A, P, "2024-04-21")],
    # Received twice, and no stage left is stated: the first stay has no end on record.
    "twice": [(None, R, "2024-04-01"), (None, R, "2024-04-21")],
    "closed-only": [(None, C, "2024-04-01")],
    "no-record": [],
}  # fmt: skip
COUNTRY = {"whole": "NGA", "waiting": "NGA", "back": "EGY", "plain": ""}
WAITS, FORWARD, CLOSED, BACK = Ending.WAITS, Ending.FORWARD, Ending.CLOSED, Ending.BACK
STAYS = [
    (R, 60, WAITS), (R, 10, FORWARD), (A, 20, FORWARD), (P, 30, FORWARD), (D, 31, CLOSED), (R, 20, FORWARD),
    (P, 130, WAITS), (R, 20, FORWARD), (A, 40, FORWARD), (P, 92, BACK), (A, 29, WAITS), (R, 30, FORWARD),
    (A, 29, CLOSED), (A, 10, WAITS), (R, 0, FORWARD), (A, 5, WAITS), (R, 10, FORWARD), (A, 19, WAITS),
    (R, None, Ending.LEAVING_UNKNOWN), (A, None, Ending.ENTRY_UNKNOWN), (P, 91, WAITS), (R, 10, FORWARD),
    (A, 30, FORWARD), (P, 50, WAITS), (A, 20, FORWARD), (P, 70, WAITS), (R, None, Ending.LEAVING_UNKNOWN),
    (R, 70, WAITS),
]  # fmt: skip
"""In the order of the cases."""


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
        # Two source types: counts in both.
        reports = [
            {"report_id": kind, "source_type": kind, "access": "public", "account_kind": "not_social_media"}
            for kind in ("media", "civil_society", "medical")
        ]
        links = [
            {"incident_id": case, "report_id": kind, "method": "stated"}
            for case, kinds in SOURCES.items()
            for kind in kinds
        ]
        warehouse(folder, incident=incidents, stage_transition=steps, report=reports, incident_report=links)

    return reader(once("duration-cases", make))


SOURCES = {"whole": ["media", "civil_society"], "waiting": ["civil_society", "medical"]}


def stays_of(frame: pl.DataFrame, category: str = EVERY) -> Counter[tuple[str, int | None, str]]:
    """How many stays of each stage, length and ending."""
    rows = frame.filter(category=category).select("stage", "days", "ending", "waits").iter_rows()
    return Counter({(stage, days, ending): n for stage, days, ending, n in rows})


def test_stays_of_the_cases(cases: Reader) -> None:
    found = answered(queries.stays, (NOBODY, AS_OF), cases)
    assert stays_of(found) == Counter((stage, days, str(ending)) for stage, days, ending in STAYS)
    assert set(found["category"]) == {EVERY}


def test_waiting_incidents_are_the_stays_that_go_on(cases: Reader, demo_reader: Reader) -> None:
    for warehouse_, day in ((cases, AS_OF), (demo_reader, DEMO_AS_OF), (demo_reader, date(2024, 3, 1))):
        going_on = answered(queries.stays, (NOBODY, day), warehouse_).filter(ending=WAITS)
        waiting = run(queries.waiting(NOBODY, day), warehouse_)
        expected = waiting.group_by("stage", "days_in_stage").len()
        assert set(going_on.select("stage", "days", "waits").rows()) == set(expected.rows())
        assert (waiting["days_in_stage"] >= 0).all()


def test_a_step_that_lies_ahead_has_not_happened(cases: Reader) -> None:
    waiting = run(queries.waiting(NOBODY, AS_OF), cases)
    columns = ("incident_id", "stage", "days_in_stage")
    by_id = {i.removeprefix("made-up:"): (s, d) for i, s, d in waiting.select(columns).iter_rows()}
    assert by_id["future"] == (A, 19)
    assert "only-future" not in by_id
    # On the day itself it has.
    later = run(queries.waiting(NOBODY, date(2024, 7, 15)), cases)
    moved = later.filter(pl.col("incident_id") == "made-up:future").row(0, named=True)
    assert (moved["stage"], moved["days_in_stage"]) == (P, 0)
    assert answered(queries.irregular_steps, (NOBODY, AS_OF), cases).item(0, "ahead") == 2
    stages = dict(answered(queries.by_stage_on, (NOBODY, AS_OF), cases).iter_rows())
    assert stages == {R: 2, A: 4, P: 4, C: 2}
    assert answered(queries.waiting_on, (NOBODY, AS_OF), cases)["incidents"].sum() == 10
    assert answered(queries.overdue_by_country, (NOBODY, AS_OF), cases)["incidents"].sum() == 10
    assert run(queries.longest_waiting(NOBODY, AS_OF, 99), cases).height == 10


def test_of_a_past_day_waits_are_cut_off_on_it(cases: Reader) -> None:
    found = stays_of(answered(queries.stays, (NOBODY, date(2024, 1, 20)), cases))
    assert found == Counter({(R, 10, FORWARD): 1, (A, 9, WAITS): 1, (R, 19, WAITS): 2})


def test_categories_named_other_and_unknown(cases: Reader) -> None:
    found = answered(queries.stays, (NOBODY, AS_OF, "country", ("NGA",)), cases)
    assert stays_of(found, "NGA") == Counter(
        {(R, 60, WAITS): 1, (R, 10, FORWARD): 1, (A, 20, FORWARD): 1, (P, 30, FORWARD): 1, (D, 31, CLOSED): 1}
    )
    assert stays_of(found, UNKNOWN) == Counter({(R, 10, FORWARD): 1, (A, 30, FORWARD): 1, (P, 50, WAITS): 1})
    assert stays_of(found) == stays_of(found, "NGA") + stays_of(found, UNKNOWN) + stays_of(found, OTHER_CATEGORIES)
    assert stays_of(found) == stays_of(answered(queries.stays, (NOBODY, AS_OF), cases))


def test_an_incident_counts_in_each_named_category_and_once_in_the_others(cases: Reader) -> None:
    found = answered(queries.stays, (NOBODY, AS_OF, "source_type", ("media",)), cases)
    assert stays_of(found, "media")[(D, 31, "closed")] == stays_of(found, OTHER_CATEGORIES)[(D, 31, "closed")] == 1
    # Civil society and medical: one incident, once in the others.
    assert stays_of(found, OTHER_CATEGORIES)[(R, 60, "waits")] == 1
    assert stays_of(found, UNKNOWN)[(P, 130, "waits")] == 1
    assert stays_of(found) == Counter((stage, days, str(ending)) for stage, days, ending in STAYS)


def test_the_filter_holds(cases: Reader) -> None:
    nigeria = Filters(country=("NGA",))
    every = answered(queries.stays, (NOBODY, AS_OF, "country", ("NGA",)), cases)
    assert stays_of(ask(queries.stays, (nigeria, AS_OF), cases)) == stays_of(every, "NGA")
    reached = answered(queries.progress, (NOBODY, AS_OF, "country", ("NGA",)), cases).filter(category="NGA")
    assert ask(queries.progress, (nigeria, AS_OF), cases).drop("category").equals(reached.drop("category"))


def test_progress_of_the_cases(cases: Reader) -> None:
    found = answered(queries.progress, (NOBODY, AS_OF), cases)
    table = funnel.funnel(found)
    assert table.select("stage", "reached", "skipped", "stepped_back").rows() == [
        # All with a step but the one of which nothing has happened. No receipt: updated, closed-only.
        (R, 12, 2, 0),
        # Not: waiting, twice, closed-only. Skipped, and unconnected, whose step into it is missing.
        (A, 9, 2, 0),
        # whole, skipped, back (now in the analysis), unconnected, plain, updated.
        (P, 6, 0, 1),
        (D, 1, 0, 0),
    ]
    analysis = found.filter(stage=A)
    # Days to the analysis: whole 10, skipped 20 (passed), back 20, reopened 30, same-day 0, future 10, unconnected 30,
    # plain 10; waiting is cut off after 60, twice after 90; no receipt: updated, closed-only.
    assert Counter(
        {(d, left): n for d, left, n in analysis.group_by("days", "left").agg(pl.col("waits").sum()).iter_rows()}
    ) == Counter({(0, True): 1, (10, True): 3, (20, True): 2, (30, True): 2, (60, False): 1, (90, False): 1,
                  (None, True): 1, (None, False): 1})  # fmt: skip
    assert table.row(1, named=True) | {"timed": 10, "median_days": 20} == table.row(1, named=True)
    # The second stage: 30, 20, 60, 30, 40 of ten; five of ten by day 60, with cut-offs before: 5, 29, 60.
    assert table.row(2, named=True) | {"timed": 10, "median_days": 60} == table.row(2, named=True)
    # The third: one of ten.
    assert table.row(3, named=True) | {"timed": 10, "median_days": None} == table.row(3, named=True)


def test_a_closed_incident_that_did_not_reach_a_stage_is_not_left_out(cases: Reader) -> None:
    """Reopened, it was closed in February and has not reached the second stage in 181 days."""
    second = answered(queries.progress, (NOBODY, AS_OF), cases).filter(stage=P, left=False)
    assert 181 in second["days"].to_list()


# The demo, by other code on its tables


def stays_by_hand(steps: pl.DataFrame, as_of: date) -> Counter[tuple[str, int | None, str]]:
    """Row by row, in plain Python."""
    found: Counter[tuple[str, int | None, str]] = Counter()
    by_incident: dict[str, list[tuple[date, int, str]]] = {}
    for incident, to, day in steps.select("incident_id", "to_stage", "occurred_on").iter_rows():
        if day <= as_of:
            by_incident.setdefault(incident, []).append((day, STAGES.index(to), to))
    for rows in by_incident.values():
        rows.sort()
        for (entered, place, stage), (left, next_place, _) in pairwise(rows):
            if stage != C:
                ending = CLOSED if next_place == 4 else FORWARD if next_place > place else BACK
                found[stage, (left - entered).days, ending] += 1
        entered, _, stage = rows[-1]
        if stage != C:
            found[stage, (as_of - entered).days, WAITS] += 1
    return found


@pytest.mark.parametrize("day", [DEMO_AS_OF, date(2024, 9, 30), date(2024, 1, 15)])
@pytest.mark.parametrize("chosen", [NOBODY, Filters(country=("PSE",)), Filters(country=("EGY", "NGA"))])
def test_stays_of_the_demo(chosen: Filters, day: date, demo_reader: Reader) -> None:
    """As known on a day: what became known later is not there, and waits are cut off on the day."""
    incidents = demo_reader.frame(
        "SELECT incident_id, country FROM incident WHERE known_from <= $day AND (known_to IS NULL OR known_to > $day)",
        {"day": day},
    )
    if chosen.country:
        incidents = incidents.filter(pl.col("country").is_in(chosen.country))
    steps = demo_reader.frame(
        "SELECT * FROM stage_transition WHERE known_from <= $day AND known_to IS NULL", {"day": day}
    )
    steps = steps.join(incidents, on="incident_id", how="semi")
    found = run(queries.stays(chosen, day), demo_reader, day)
    assert stays_of(found) == stays_by_hand(steps, day)
    # The curve's first point, by counting.
    analysis = found.filter(stage=A).with_columns(left=pl.col("ending") != WAITS)
    single = [(d, e) for (s, d, e), n in stays_by_hand(steps, day).items() if s == A for _ in range(n)]
    first = min((d for d, e in single if e != WAITS and d is not None), default=None)
    if first is not None:
        at_risk = sum(d is not None and d >= first for d, _ in single)
        gone = sum(d == first and e != WAITS for d, e in single)
        assert survival.curve(analysis)["share"][0] == pytest.approx(1 - gone / at_risk)


@pytest.mark.parametrize("chosen", [NOBODY, Filters(country=("PSE",))])
def test_funnel_of_the_demo_by_category(chosen: Filters, demo_reader: Reader) -> None:
    incidents = demo_reader.frame("SELECT incident_id, country, source_type FROM incident WHERE known_to IS NULL")
    if chosen.country:
        incidents = incidents.filter(pl.col("country").is_in(chosen.country))
    steps = demo_reader.frame("SELECT * FROM stage_transition WHERE known_to IS NULL").with_columns(
        place=pl.col("to_stage").map_elements(STAGES.index, return_dtype=pl.Int64),
        left_place=pl.col("from_stage").map_elements(STAGES.index, return_dtype=pl.Int64),
    )
    table = funnel.funnel(run(queries.progress(chosen, DEMO_AS_OF, "source_type", ("media",)), demo_reader))
    groups = {
        EVERY: incidents,
        "media": incidents.filter(pl.col("source_type").list.contains("media")),
        UNKNOWN: incidents.filter(pl.col("source_type").list.contains("unknown")),
        OTHER_CATEGORIES: incidents.filter(
            pl.col("source_type").list.set_difference(["media", "unknown"]).list.len() > 0
        ),
    }
    for category, own in groups.items():
        mine = steps.join(own, on="incident_id", how="semi")
        current = mine.sort("occurred_on", "place").group_by("incident_id").agg(now=pl.col("place").last())
        received = mine.filter(to_stage=R).group_by("incident_id").agg(received=pl.col("occurred_on").min())
        for place, stage in enumerate(STAGES[:4]):
            open_place = pl.max_horizontal(
                pl.when(pl.col(c) < 4).then(pl.col(c)).otherwise(0) for c in ("place", "left_place")
            )
            reached = mine.filter(open_place >= place).group_by("incident_id").agg(on=pl.col("occurred_on").min())
            skipped = reached.join(mine.filter(to_stage=stage), on="incident_id", how="anti").height
            stepped_back = reached.join(current, on="incident_id").filter(pl.col("now") < place).height
            row = table.filter(category=category, stage=stage).row(0, named=True)
            assert (row["reached"], row["skipped"], row["stepped_back"]) == (reached.height, skipped, stepped_back)
            if place == 0:
                continue
            waits = received.join(reached, on="incident_id", how="left").select(
                days=(pl.col("on").fill_null(DEMO_AS_OF) - pl.col("received")).dt.total_days(),
                left=pl.col("on").is_not_null(),
            )
            assert row["timed"] == waits.height
            assert row["median_days"] == median_by_hand(waits)


def median_by_hand(waits: pl.DataFrame) -> int | None:
    """Kaplan-Meier with a loop over the days."""
    share = 1.0
    rows = waits.rows()
    for day in sorted({days for days, left in rows if left}):
        at_risk = sum(days >= day for days, _ in rows)
        share *= 1 - sum(days == day and left for days, left in rows) / at_risk
        if share <= 0.5 + 1e-12:
            return day
    return None
