"""Answers about what assessments found. See the questions of the same names."""

from __future__ import annotations

import polars as pl
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.cubes.frames import in_order
from warehouse.cubes.held import Held
from warehouse.filters import Filters
from warehouse.queries import findings
from warehouse.queries.base import NUMBER, table

STANDING = ("stage", "kind", "finding")
MADE = ("period_start", "kind", "finding")


def standing_rows() -> Table:
    """The standing finding of each incident and kind, as `findings.standing` gives it, with the incident's stage."""
    every = table("incident")
    return findings.standing(every).inner_join(every.select("incident_id", "stage"), "incident_id")


def made_rows() -> Table:
    """Every assessment. Columns: incident_id, period_start (month of its day), kind, finding."""
    rows = table("assessment")
    return rows.select("incident_id", "kind", "finding", period_start=rows.assessed_on.truncate("M"))


def standing_findings(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.standing_findings`."""
    number = pl.col("incidents")
    ones = held.of(filters, standing_rows).group_by(STANDING)
    found = ones.agg(incidents=pl.len().cast(pl.Int64), also_pending=pl.col("also_pending").sum().cast(pl.Int64))
    kinds = pl.LazyFrame({"kind": v.Principle.values()}, schema={"kind": pl.Categorical})
    every = held.chosen(filters).group_by("stage").agg(every=pl.len().cast(pl.Int64)).join(kinds, how="cross")
    judged = found.group_by("stage", "kind").agg(judged=number.sum())
    missing = every.join(judged, on=["stage", "kind"], how="left").select(
        "stage",
        "kind",
        finding=pl.lit(findings.NO_FINDING).cast(pl.Categorical),
        incidents=pl.col("every") - pl.col("judged").fill_null(0),
        also_pending=pl.lit(0, pl.Int64),
    )
    return in_order(pl.concat([found, missing.filter(number > 0)]), STANDING)


def findings_made(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.findings_made`."""
    rows = held.of(filters, made_rows).group_by(MADE)
    return in_order(rows.agg(findings=pl.len(), incidents=pl.col(NUMBER).n_unique()), MADE)
