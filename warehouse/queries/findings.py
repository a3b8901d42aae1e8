"""What assessments found: the standing finding of each incident and question, and findings as they were made."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import Later, incidents, table

NO_FINDING = "no_finding"
"""Stands in `finding` for incidents of which no assessment of that kind is on record."""


def standing_findings(filters: Filters | Later) -> Table:
    """The standing finding of every filtered incident on each question, by current stage.

    The latest dated finding stands, else an undated one, else the pending assessment.
    Columns: stage, kind, finding (`NO_FINDING`: no assessment of this kind), incidents, also_pending (of these, another
    assessment of the same kind is pending beside the finding). Each kind adds up to all filtered incidents.
    """
    chosen = incidents(filters).select("incident_id", "stage")
    ones = standing(chosen)
    found = (
        ones.inner_join(chosen, "incident_id")
        .group_by("stage", "kind", "finding")
        .aggregate(
            incidents=lambda t: t.count(),
            also_pending=lambda t: t.also_pending.sum().fill_null(0),
        )
    )
    missing = (_without(chosen, ones, kind.value) for kind in v.Principle)
    columns = ("stage", "kind", "finding", "incidents", "also_pending")
    rows = ibis.union(*(part.select(*columns) for part in (found, *missing)))
    return rows.order_by("stage", "kind", "finding")


def findings_made(filters: Filters | Later) -> Table:
    """Every assessment of the filtered incidents by the month of its day, later ones of the same kind too.

    Columns: period_start (null: pending, or a finding without a day), kind, finding, findings, incidents.
    """
    rows = table("assessment").semi_join(incidents(filters), "incident_id")
    rows = rows.mutate(period_start=rows.assessed_on.truncate("M"))
    keys = ("period_start", "kind", "finding")
    return rows.group_by(keys).aggregate(findings=rows.count(), incidents=rows.incident_id.nunique()).order_by(keys)


def standing(chosen: Table) -> Table:
    """The standing findings of the chosen incidents, one row per incident and kind.

    Columns: incident_id, kind, finding, also_pending.
    """
    rows = table("assessment").semi_join(chosen, "incident_id")
    is_pending = rows.finding == v.Finding.PENDING.value
    rows = rows.mutate(pending=is_pending.ifelse(1, 0))
    keys = [rows.incident_id, rows.kind]
    latest_first: list[Any] = [
        rows.pending,
        ibis.desc(rows.assessed_on, nulls_first=False),
        ibis.desc(rows.assessment_id),
    ]
    ranked = rows.mutate(
        place=ibis.row_number().over(ibis.window(group_by=keys, order_by=latest_first)),
        pending_rows=rows.pending.sum().over(ibis.window(group_by=keys)),
    )
    first = ranked.filter(ranked.place == 0)
    return first.select("incident_id", "kind", "finding", also_pending=(first.pending == 0) & (first.pending_rows > 0))


def _without(chosen: Table, found: Table, kind: str) -> Table:
    """Incidents without an assessment of a kind."""
    rows = chosen.anti_join(found.filter(found.kind == kind), "incident_id")
    counted = rows.group_by("stage").aggregate(incidents=rows.count())
    return counted.mutate(
        kind=ibis.literal(kind), finding=ibis.literal(NO_FINDING), also_pending=ibis.literal(0, "int64")
    )
