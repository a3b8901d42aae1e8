"""Incidents that wait in an open stage: how long, where, for what."""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Table

from warehouse.filters import Filters
from warehouse.queries.base import incidents
from warehouse.queries.steps import OPEN_STAGES, latest_steps, standing

NORM_DAYS = 60
"""A finding is expected within two months of receipt (the norm reported in the press); counted as 60 days."""

AGE_BANDS_DAYS = ((0, 30), (31, 60), (61, 120), (121, 240), (241, None))
"""Bands of days in the current stage; the second ends at the norm."""


def waiting(filters: Filters, as_of: date) -> Table:
    """Incidents that wait in an open stage, with days in it on the given day.

    Columns: incident_id, public_code, country, place, received_on (null: not on record), stage, stage_entered_on,
    days_in_stage.
    """
    rows = standing(incidents(filters), as_of)
    rows = rows.filter(rows.stage.isin([s.value for s in OPEN_STAGES]))
    return rows.mutate(days_in_stage=ibis.literal(as_of).delta(rows.stage_entered_on, unit="day"))


def median_days_in_stage(filters: Filters, as_of: date) -> Table:
    """Columns: stage, incidents, median_days of those that wait in it now."""
    rows = waiting(filters, as_of)
    return (
        rows.group_by("stage")
        .aggregate(incidents=rows.count(), median_days=rows.days_in_stage.median())
        .order_by("stage")
    )


def time_in_stage(filters: Filters, as_of: date) -> Table:
    """One row: incidents that wait in an open stage. Columns: waiting, median_days (null when none waits)."""
    rows = waiting(filters, as_of)
    return rows.aggregate(waiting=rows.count(), median_days=rows.days_in_stage.median())


def backlog(filters: Filters, as_of: date) -> Table:
    """Columns: stage, age_band (such as "61–120 days"), incidents."""
    rows = waiting(filters, as_of)
    cases = [
        (rows.days_in_stage <= last, age_band_label(first, last)) for first, last in AGE_BANDS_DAYS if last is not None
    ]
    rows = rows.mutate(age_band=ibis.cases(*cases, else_=age_band_label(*AGE_BANDS_DAYS[-1])))
    return rows.group_by(["stage", "age_band"]).aggregate(incidents=rows.count()).order_by("stage", "age_band")


def overdue_by_country(filters: Filters, as_of: date) -> Table:
    """Open incidents against the norm of `NORM_DAYS` since receipt.

    Columns: country, incidents (open), overdue (of these, open for longer than the norm), without_receipt (of these, no
    date of receipt on record: cannot be judged).
    """
    rows = waiting(filters, as_of)
    days = ibis.literal(as_of).delta(rows.received_on, unit="day")
    return (
        rows.group_by("country")
        .aggregate(
            incidents=rows.count(),
            overdue=(days > NORM_DAYS).sum().fill_null(0),
            without_receipt=rows.received_on.isnull().sum().fill_null(0),
        )
        .order_by(ibis.desc("overdue"), ibis.desc("incidents"), "country")
    )


def waiting_on(filters: Filters, as_of: date) -> Table:
    """What open incidents wait for, as their latest step says. Columns: waiting_on (null: not stated), incidents."""
    rows = waiting(filters, as_of)
    rows = rows.left_join(latest_steps(rows), "incident_id")
    return (
        rows.group_by("waiting_on")
        .aggregate(incidents=rows.count())
        .order_by(ibis.desc("incidents"), ibis.asc("waiting_on", nulls_first=False))
    )


def longest_waiting(filters: Filters, as_of: date, limit: int) -> Table:
    """Open incidents, the longest in their stage first.

    Columns: those of `waiting` but received_on; days_since_receipt (null: receipt not on record), waiting_on (null:
    not stated).
    """
    rows = waiting(filters, as_of).order_by(ibis.desc("days_in_stage"), "incident_id").limit(limit)
    rows = rows.left_join(latest_steps(rows), "incident_id").drop("incident_id_right")
    rows = rows.mutate(days_since_receipt=ibis.literal(as_of).delta(rows.received_on, unit="day"))
    return rows.drop("received_on").order_by(ibis.desc("days_in_stage"), "incident_id")


def age_band_label(first: int, last: int | None) -> str:
    """Label of an age band."""
    return f"over {first - 1} days" if last is None else f"{first}–{last} days"
