"""How far the review has come: stages reached, irregular steps, the state on a day."""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import incidents, table
from warehouse.queries.steps import position, standing


def irregular_steps(filters: Filters, as_of: date) -> Table:
    """One row: incidents whose record of the review is out of order, by the rules that the build checks.

    Columns: skipped (left out a stage, or were closed before the analysis), stepped_back (reopened ones among them),
    reopened (moved on from closed), ahead (with a step dated after the day, which is in none of these).
    """
    steps = irregular(table("stage_transition"), as_of)
    steps = steps.semi_join(incidents(filters).select("incident_id"), "incident_id")
    return steps.aggregate(
        skipped=steps.incident_id.nunique(where=steps.is_skip & ~steps.is_ahead),
        stepped_back=steps.incident_id.nunique(where=steps.is_back & ~steps.is_ahead),
        reopened=steps.incident_id.nunique(where=steps.is_reopening & ~steps.is_ahead),
        ahead=steps.incident_id.nunique(where=steps.is_ahead),
    )


def irregular(steps: Table, as_of: date) -> Table:
    """Steps that are out of order or ahead of the day. Columns: theirs, is_ahead, is_skip, is_back, is_reopening."""
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
    return steps.filter(steps.is_ahead | steps.is_skip | steps.is_back | steps.is_reopening)


def by_stage_on(filters: Filters, day: date) -> Table:
    """Incidents by the stage they stood in at the end of a day. Columns: stage, incidents; only those with a step."""
    rows = standing(incidents(filters), day)
    return rows.group_by("stage").aggregate(incidents=rows.count()).order_by("stage")
