"""How incidents move through the review, and what became of them: moves by month, courses from source to response.

All of it as it stood at the end of a day: a step, a finding or a response that is dated later has not happened. So
these answers differ from the incident's own stage where a record holds a date after the day of knowledge;
`dated_later` counts such steps.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.flow import window_edges
from warehouse.outlook import WINDOWS_MONTHS
from warehouse.queries.actions import FURTHEST_FIRST
from warehouse.queries.base import incidents, table, with_category
from warehouse.queries.findings import NO_FINDING
from warehouse.queries.steps import OPEN_STAGES, position, responded_on, steps_of

COURSE_OUTCOMES = ("stage_reached", "finding", "response", "closed")
"""Columns of `courses` that say what became of an incident."""

NO_RESPONSE = "no_response"
NO_RECORD = v.Stage.NO_REVIEW_RECORD.value
CLOSED, NOT_CLOSED = "closed", "not_closed"
WITH_GOVERNMENT, WITHOUT_GOVERNMENT = "several_with_government", "several_without_government"
GOVERNMENTS = (v.SourceType.US_GOVERNMENT, v.SourceType.FOREIGN_GOVERNMENT)

_PLACES = 10
"""More than there are stages or findings: a place is the last digit of `_place_on`."""

LEGAL_KINDS = (v.Principle.DISTINCTION, v.Principle.PROPORTIONALITY, v.Principle.PRECAUTIONS)
"""The principles of international humanitarian law; avoidability is another question."""
GRAVEST_FIRST = (
    v.Finding.LIKELY_VIOLATION,
    v.Finding.POSSIBLE_VIOLATION,
    v.Finding.PENDING,
    v.Finding.INSUFFICIENT_INFORMATION,
    v.Finding.CONSISTENT,
)
"""Which finding stands for an incident with several: "consistent" only if no principle says otherwise, and a principle
that is still pending outweighs those that could not be decided or were kept."""


def moves_by_month(filters: Filters, as_of: date) -> Table:
    """Moves of the filtered incidents from one stage to another, by month, until the end of a day.

    Columns: period_start (first day of the calendar month), months_back (whole months counted back from the day: 1 ends
    on it, 2 a month before; null before the longest window of `warehouse.outlook`), from_stage (where the incident
    stood before; null for its first step, which is its arrival), to_stage, moves. A step that leads to where the
    incident stands is no move. Of several steps on one day the furthest stage counts as the last one.
    """
    moves = moves_of(steps_of(incidents(filters)), as_of)
    keys = ["period_start", "months_back", "from_stage", "to_stage"]
    return moves.group_by(keys).aggregate(moves=moves.count()).order_by(keys)


def moves_of(steps: Table, as_of: date) -> Table:
    """Each of the moves that `moves_by_month` counts. Columns: incident_id, and those of its columns but the count."""
    steps = steps.filter(steps.occurred_on <= ibis.literal(as_of))
    # The same order as `steps.latest`, so that moves add up to where incidents stand.
    in_order = ibis.window(
        group_by=steps.incident_id, order_by=[steps.occurred_on, position(steps.to_stage), steps.transition_id]
    )
    moves = steps.select("incident_id", "occurred_on", "to_stage", from_stage=steps.to_stage.lag().over(in_order))
    moves = moves.filter(moves.from_stage.isnull() | (moves.from_stage != moves.to_stage))
    edges = window_edges(as_of, max(WINDOWS_MONTHS))
    within = [(moves.occurred_on > ibis.literal(edge), number) for number, edge in enumerate(edges[1:], start=1)]
    return moves.mutate(period_start=moves.occurred_on.truncate("M"), months_back=ibis.cases(*within))


def review_record(as_of: date) -> Table:
    """One row about the whole build, whatever the filter: from when on it has steps of the review.

    Columns: first_step_on (null: it has none by that day).
    """
    steps = table("stage_transition")
    return steps.filter(steps.occurred_on <= ibis.literal(as_of)).aggregate(first_step_on=steps.occurred_on.min())


def dated_later(filters: Filters, as_of: date) -> Table:
    """One row: what lies ahead of the day. Columns: steps, incidents (that have such a step)."""
    steps = steps_of(incidents(filters))
    later = steps.filter(steps.occurred_on > ibis.literal(as_of))
    return later.aggregate(steps=later.count(), incidents=later.incident_id.nunique())


def courses(filters: Filters, as_of: date) -> Table:
    """Each filtered incident once: from who reported it to what came of it.

    Columns: source (its type of source; of several, `several_with_government` or `several_without_government`),
    has_government (among its types of source; null: no report, or the type of no source is known), then the outcomes:
    stage_reached (the furthest, or `no_review_record`), finding (the gravest of the latest ones on each principle of
    law, see `GRAVEST_FIRST`, or `no_finding`), response (the furthest status, see `FURTHEST_FIRST`, or `no_response`),
    closed (`closed`, `not_closed` or `no_review_record`), and incidents. Finding and response are `no_review_record`
    where there is no step, finding or response at all.
    """
    rows = each_course(incidents(filters), as_of)
    keys = ["source", "has_government", *COURSE_OUTCOMES]
    return rows.group_by(keys).aggregate(incidents=rows.count()).order_by(keys)


def courses_by_source_type(filters: Filters, as_of: date) -> Table:
    """The outcomes of `courses` for each type of source; an incident counts in each of its types.

    Columns: source_type, stage_reached, finding, response, closed, incidents.
    """
    rows = (
        with_category(each_course(incidents(filters), as_of), "source_type")
        .drop("source_type")
        .rename(source_type="category")
    )
    keys = ["source_type", *COURSE_OUTCOMES]
    return rows.group_by(keys).aggregate(incidents=rows.count()).order_by(keys)


def each_course(chosen: Table, as_of: date) -> Table:
    """The chosen incidents with what `courses` counts.

    Columns: incident_id, source_type, stage, source, has_government, and `COURSE_OUTCOMES`.
    """
    chosen = chosen.select("incident_id", "source_type")
    rows = _joined(chosen, _standing(chosen, as_of), _findings(chosen, as_of), _responses(chosen, as_of))
    is_silent = rows.stage.isnull() & rows.finding.isnull() & rows.response.isnull()
    return rows.mutate(
        stage=rows.stage.fill_null(NO_RECORD),
        stage_reached=rows.stage_reached.fill_null(NO_RECORD),
        closed=ibis.cases(
            (rows.stage.isnull(), NO_RECORD), (rows.stage == v.Stage.CLOSED.value, CLOSED), else_=NOT_CLOSED
        ),
        finding=rows.finding.fill_null(ibis.ifelse(is_silent, NO_RECORD, NO_FINDING)),
        response=rows.response.fill_null(ibis.ifelse(is_silent, NO_RECORD, NO_RESPONSE)),
        **_sources(rows.source_type),
    )


def _joined(rows: Table, *parts: Table) -> Table:
    for part in parts:
        rows = rows.left_join(part, "incident_id").drop("incident_id_right")
    return rows


def _standing(chosen: Table, as_of: date) -> Table:
    """Where each incident with a step by the day stands, and the furthest open stage that a step names."""
    steps = steps_of(chosen)
    steps = steps.filter(steps.occurred_on <= ibis.literal(as_of))
    open_stages = [stage.value for stage in OPEN_STAGES]
    places = [ibis.ifelse(stage.isin(open_stages), position(stage), 1) for stage in (steps.from_stage, steps.to_stage)]
    rows = steps.group_by("incident_id").aggregate(
        latest=_place_on(steps.occurred_on, position(steps.to_stage)).max(), furthest=ibis.greatest(*places).max()
    )
    return rows.select(
        "incident_id",
        stage=(rows.latest % _PLACES).cases(
            *((place, stage.value) for place, stage in enumerate(v.STAGE_ORDER, start=1))
        ),
        stage_reached=rows.furthest.cases(*enumerate(open_stages, start=1)),
    )


def _findings(chosen: Table, as_of: date) -> Table:
    """The gravest of the latest findings on each principle of law; of several on one day, the gravest.

    An undated finding counts where there is no dated one on the principle.
    """
    rows = table("assessment").semi_join(chosen, "incident_id")
    is_due = rows.assessed_on.isnull() | (rows.assessed_on <= ibis.literal(as_of))
    rows = rows.filter(rows.kind.isin([kind.value for kind in LEGAL_KINDS]), is_due)
    gravity = rows.finding.cases(
        *((f.value, place) for place, f in enumerate(reversed(GRAVEST_FIRST), start=1)), else_=0
    )
    on_principle = rows.group_by("incident_id", "kind").aggregate(latest=_place_on(rows.assessed_on, gravity).max())
    gravest = on_principle.group_by("incident_id").aggregate(place=(on_principle.latest % _PLACES).max())
    finding = gravest.place.cases(*((place, f.value) for place, f in enumerate(reversed(GRAVEST_FIRST), start=1)))
    return gravest.select("incident_id", finding=finding)


def _place_on(day: Any, place: Any) -> Any:
    """A number whose largest is that of the latest day, and on it of the highest place; an unknown day is the first.

    A maximum over it takes half of the time of ranking rows.
    """
    return day.delta(ibis.literal(date(1, 1, 1)), unit="day").fill_null(0) * _PLACES + place


def _responses(chosen: Table, as_of: date) -> Table:
    """The furthest status that each incident's responses had by the day."""
    rows = table("response").semi_join(chosen, "incident_id")
    day = ibis.literal(as_of)
    rows = rows.filter(responded_on(rows) <= day)
    status = v.ResponseStatus
    by_then = ibis.cases(
        ((rows.decided_on > day).fill_null(False), status.RECOMMENDED.value),
        ((rows.implemented_on > day).fill_null(False), status.APPROVED.value),
        else_=rows.status,
    )
    places = by_then.cases(*((s.value, place) for place, s in enumerate(FURTHEST_FIRST)))
    furthest = rows.group_by("incident_id").aggregate(place=places.min())
    response = furthest.place.cases(*((place, s.value) for place, s in enumerate(FURTHEST_FIRST)))
    return furthest.select("incident_id", response=response)


def _sources(types: Any) -> dict[str, Any]:
    unknown = v.SourceType.UNKNOWN.value
    has_government = ibis.or_(*(types.contains(government.value) for government in GOVERNMENTS))
    is_unknown = (types.length() == 1) & types.contains(unknown)
    several = ibis.ifelse(has_government, WITH_GOVERNMENT, WITHOUT_GOVERNMENT)
    return {
        "has_government": ibis.ifelse(is_unknown, ibis.null("boolean"), has_government),
        "source": ibis.ifelse(types.length() == 1, types[0], several),
    }
