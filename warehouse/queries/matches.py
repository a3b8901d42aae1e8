"""Pairs of records that may be about the same event, and what the linkage is worth."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import incidents, table
from warehouse.schema import TABLE

SIDES = ("public_code", "place", "date_start", "date_end", "date_precision")
"""Columns of both sides of a pair; of a report only those that it has."""


def pairs(filters: Filters, limit: int) -> Table:
    """Candidate pairs of which an incident meets the filter, the likeliest first.

    Columns: those of candidate_pair; of the incident, and with `left_` in front of the first record, `SIDES` and
    civilians_killed_{low,best,high} (null for a report). Of a private report the distance, the days and the reasons are
    left out: beside a public incident they would tell where and when it is about.
    """
    found = _met(filters)
    known = table("incident").select("incident_id", *_shown())
    left = known.rename(left_id="incident_id", **{f"left_{name}": name for name in _shown()})
    rows = found.inner_join(known, "incident_id").left_join(left, "left_id").drop("left_id_right")
    accesses = table("report").select("access", left_id="report_id")
    rows = rows.left_join(accesses, "left_id").drop("left_id_right")
    is_private = (rows.access == v.Access.PRIVATE.value).fill_null(False)
    rows = rows.mutate(
        distance_m=ibis.ifelse(is_private, ibis.null("float64"), rows.distance_m),
        apart_days=ibis.ifelse(is_private, ibis.null("int64"), rows.apart_days),
        reasons=ibis.ifelse(is_private, "[]", rows.reasons),
    ).drop("access")
    return rows.order_by(ibis.desc("match_probability"), "left_id", "incident_id").limit(limit)


def pair_counts(filters: Filters) -> Table:
    """One row: candidate pairs of which an incident meets the filter. Columns: pairs, linked, decided."""
    found = _met(filters)
    return found.aggregate(
        pairs=found.count(),
        linked=found.is_linked.sum().fill_null(0),
        decided=(found.decision != "undecided").sum().fill_null(0),
    )


def pairs_of_incident(incident_id: str) -> Table:
    """Candidate pairs with this incident.

    Columns: other_id, public_code, place, match_probability, decision, decided_on, is_linked.
    """
    found = table("candidate_pair")
    one = found.filter((found.incident_id == incident_id) | (found.left_id == incident_id))
    one = one.mutate(other_id=ibis.ifelse(one.left_id == incident_id, one.incident_id, one.left_id))
    known = table("incident").select("public_code", "place", other_id="incident_id")
    return (
        one.inner_join(known, "other_id")
        .select("other_id", "public_code", "place", "match_probability", "decision", "decided_on", "is_linked")
        .order_by(ibis.desc("match_probability"), "other_id")
    )


def linkage_measures() -> Table:
    """Precision and recall of the linkage, by truth and sample."""
    return TABLE["linkage_measure"].ibis_table().order_by("truth", "sample")


def _met(filters: Filters) -> Table:
    """Candidate pairs of which an incident meets the filter."""
    chosen = incidents(filters).select("incident_id")
    found = table("candidate_pair")
    met = ibis.union(
        found.semi_join(chosen, "incident_id").select("left_id", "incident_id"),
        found.semi_join(chosen, found.left_id == chosen.incident_id).select("left_id", "incident_id"),
        distinct=True,
    )
    return found.semi_join(met, ["left_id", "incident_id"])


def _shown() -> tuple[str, ...]:
    return (*SIDES, *(f"civilians_killed_{part}" for part in ("low", "best", "high")))
