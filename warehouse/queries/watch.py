"""What the rules of `civharm watch` look for among what is known now.

Each question gives a row per match with the incident's columns (incident_id, public_code, country, place, stage,
civilians_killed_{low,best,high}), `key` (what makes it this match and no other) and `day` (of knowledge, from which it
holds), the newest first.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse.filters import Filters
from warehouse.queries.base import incidents, table
from warehouse.queries.changed_incidents import Kind
from warehouse.queries.changes import step_kind
from warehouse.queries.revisions import all_versions
from warehouse.queries.steps import OPEN_STAGES

_INCIDENT = (
    *("incident_id", "public_code", "country", "place", "stage"),
    *(f"civilians_killed_{part}" for part in ("low", "best", "high")),
)


def overdue(filters: Filters, as_of: date, days: int, *, from_receipt: bool) -> Table:
    """Open incidents that have waited for more than `days`, since their receipt or since they entered their stage.

    Adds since (day of receipt, or of entering the stage) and days_waiting. An incident without such a day is not among
    them, see `unjudged_wait`. `day` is the first day on which the wait was too long.
    """
    rows = _waiting(filters, from_receipt=from_receipt)
    rows = rows.mutate(days_waiting=ibis.literal(as_of).delta(rows.since, unit="day"))
    rows = rows.filter(rows.days_waiting > days)
    first_day = ibis.literal(as_of) - (rows.days_waiting - (days + 1)).as_interval("D")
    return _newest_first(
        rows.mutate(key=rows.incident_id + ibis.literal("|") + rows.since.cast("string"), day=first_day.cast("date")),
        "since",
        "days_waiting",
    )


def unjudged_wait(filters: Filters, *, from_receipt: bool) -> Table:
    """One row: open incidents whose wait began on a day that is not on record. Columns: incidents."""
    rows = _waiting(filters, from_receipt=from_receipt)
    return rows.aggregate(incidents=rows.since.isnull().sum().fill_null(0))


def many_killed(filters: Filters, at_least: int, *, by_highest: bool) -> Table:
    """Incidents with at least so many civilians reported killed, by the lowest or the highest estimate.

    Where only the lowest is known ("at least 12"), it counts as the highest too. `day` is the first on which it was so.
    """
    chosen = incidents(filters)
    versions = all_versions("incident")
    first = versions.filter(_reaches(versions, at_least, by_highest=by_highest))
    first = first.group_by("incident_id").aggregate(day=first.known_from.min())
    rows = chosen.filter(_reaches(chosen, at_least, by_highest=by_highest)).inner_join(first, "incident_id")
    return _newest_first(rows.mutate(key=rows.incident_id))


def unjudged_killed(filters: Filters, *, by_highest: bool) -> Table:
    """One row: incidents without such an estimate, which cannot be judged. Columns: incidents."""
    chosen = incidents(filters)
    return chosen.aggregate(incidents=_estimate(chosen, by_highest=by_highest).isnull().sum().fill_null(0))


def steps_back(filters: Filters) -> Table:
    """Steps to an earlier stage, and from closed to an open one. Adds from_stage, to_stage, occurred_on."""
    steps = table("stage_transition")
    steps = steps.filter(step_kind(steps).isin([Kind.BACK.value, Kind.REOPENED.value]))
    steps = steps.select(
        "incident_id", "from_stage", "to_stage", "occurred_on", key=steps.transition_id, day=steps.known_from
    )
    rows = incidents(filters).select(*_INCIDENT).inner_join(steps, "incident_id")
    return _newest_first(rows, "from_stage", "to_stage", "occurred_on")


def with_finding(filters: Filters, findings: tuple[str, ...]) -> Table:
    """Assessments with one of these findings. Adds assessed_as (the principle), finding, assessed_on."""
    rows = table("assessment")
    rows = rows.filter(rows.finding.isin(findings))
    rows = rows.select(
        *("incident_id", "finding", "assessed_on"),
        assessed_as=rows.kind,
        key=rows.assessment_id + ibis.literal("|") + rows.finding,
        day=rows.known_from,
    )
    joined = incidents(filters).select(*_INCIDENT).inner_join(rows, "incident_id")
    return _newest_first(joined, "assessed_as", "finding", "assessed_on")


def with_response(filters: Filters, statuses: tuple[str, ...]) -> Table:
    """Responses with one of these statuses. Adds response_type, target, status, recommended_on."""
    rows = table("response")
    rows = rows.filter(rows.status.isin(statuses))
    rows = rows.select(
        *("incident_id", "response_type", "target", "status", "recommended_on"),
        key=rows.response_id + ibis.literal("|") + rows.status,
        day=rows.known_from,
    )
    joined = incidents(filters).select(*_INCIDENT).inner_join(rows, "incident_id")
    return _newest_first(joined, "response_type", "target", "status", "recommended_on")


def _waiting(filters: Filters, *, from_receipt: bool) -> Table:
    """Open incidents with `since`, null where the day is not on record."""
    chosen = incidents(filters)
    chosen = chosen.filter(chosen.stage.isin([stage.value for stage in OPEN_STAGES]))
    return chosen.mutate(since=chosen.received_on if from_receipt else chosen.stage_entered_on)


def _estimate(rows: Table, *, by_highest: bool) -> Any:
    low, high = rows.civilians_killed_low, rows.civilians_killed_high
    return ibis.coalesce(high, low) if by_highest else low


def _reaches(rows: Table, at_least: int, *, by_highest: bool) -> Any:
    return (_estimate(rows, by_highest=by_highest) >= at_least).fill_null(False)


def _newest_first(rows: Table, *more: str) -> Table:
    return rows.select("key", "day", *_INCIDENT, *more).order_by(ibis.desc("day"), "key")
