"""How far the review has come: stages reached, irregular steps, the state on a day."""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import incidents, table
from warehouse.queries.steps import OPEN_STAGES, latest, position, standing, steps_of


def irregular_steps(filters: Filters, as_of: date) -> Table:
    """One row: incidents whose record of the review is out of order, by the rules that the build checks.

    Columns: skipped (left out a stage, or were closed before the analysis), stepped_back (reopened ones among them),
    reopened (moved on from closed), ahead (with a step dated after the day, which is in none of these).
    """
    steps = table("stage_transition")
    is_closing = steps.to_stage == v.Stage.CLOSED.value
    steps = steps.mutate(
        is_ahead=steps.occurred_on > ibis.literal(as_of),
        is_skip=ibis.ifelse(
            is_closing,
            position(steps.from_stage) <= 1,
            # An incident may enter with the analysis, without a step that says "received".
            position(steps.to_stage) > ibis.greatest(position(steps.from_stage), 1) + 1,
        ),
        is_back=position(steps.to_stage) < position(steps.from_stage),
        is_reopening=(steps.from_stage == v.Stage.CLOSED.value).fill_null(False) & ~is_closing,
    )
    steps = steps.filter(steps.is_ahead | steps.is_skip | steps.is_back | steps.is_reopening)
    steps = steps.semi_join(incidents(filters).select("incident_id"), "incident_id")
    return steps.aggregate(
        skipped=steps.incident_id.nunique(where=steps.is_skip & ~steps.is_ahead),
        stepped_back=steps.incident_id.nunique(where=steps.is_back & ~steps.is_ahead),
        reopened=steps.incident_id.nunique(where=steps.is_reopening & ~steps.is_ahead),
        ahead=steps.incident_id.nunique(where=steps.is_ahead),
    )


def review_on(filters: Filters, day: date) -> Table:
    """One row: how far the review of the filtered incidents had come by the end of a day, as far as is known today.

    Columns: reviewed (incidents with a step by then), reached_third_stage, with_response (recommended by then and not
    declined by then), waiting (in an open stage), median_days (in that stage; null when none waits).
    """
    chosen = incidents(filters)
    steps = steps_of(chosen)
    steps = steps.filter(steps.occurred_on <= ibis.literal(day))
    third = v.Stage.DEPARTMENT_RESPONSE_COORDINATION.value
    reached_third = steps.filter((steps.to_stage == third) | (steps.from_stage == third).fill_null(False))
    responses = table("response").semi_join(chosen.select("incident_id"), "incident_id")
    is_declined = (responses.status == v.ResponseStatus.DECLINED.value) & (
        responses.decided_on.isnull() | (responses.decided_on <= ibis.literal(day))
    )
    # Of some responses only a later step is on record.
    first_step_on = ibis.coalesce(responses.recommended_on, responses.decided_on, responses.implemented_on)
    responses = responses.filter(first_step_on <= ibis.literal(day), ~is_declined)
    last = latest(steps)
    is_open = last.to_stage.isin([s.value for s in OPEN_STAGES])
    days = ibis.ifelse(is_open, ibis.literal(day).delta(last.occurred_on, unit="day"), ibis.null("int64"))
    return (
        last.aggregate(reviewed=last.count(), waiting=is_open.sum().fill_null(0), median_days=days.median())
        .cross_join(reached_third.aggregate(reached_third_stage=reached_third.incident_id.nunique()))
        .cross_join(responses.aggregate(with_response=responses.incident_id.nunique()))
    )


def by_stage_on(filters: Filters, day: date) -> Table:
    """Incidents by the stage they stood in at the end of a day. Columns: stage, incidents; only those with a step."""
    rows = standing(incidents(filters), day)
    return rows.group_by("stage").aggregate(incidents=rows.count()).order_by("stage")
