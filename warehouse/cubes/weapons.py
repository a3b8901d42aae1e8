"""Answers about the weapons that incidents name. See the questions of the same names."""

from __future__ import annotations

import polars as pl
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.cubes.frames import in_order
from warehouse.cubes.held import Held
from warehouse.filters import Filters
from warehouse.queries import weapons
from warehouse.queries.base import NUMBER, table

KEYS = ("designation", "weapon_system", "us_origin", "confidence", "basis")


def named_rows(dimension: weapons.Dimension) -> Table:
    """What attributions name, as `weapons.surest` gives it."""
    return weapons.surest(table("incident_weapon"), dimension)


def attribution_rows() -> Table:
    """Attributions, alike ones of an incident once. Columns: incident_id, those of `KEYS`."""
    rows = weapons.with_weapon(table("incident_weapon"))
    return rows.select("incident_id", *KEYS).distinct()


def ruled_out_rows() -> Table:
    """Incidents of which a weapon was ruled out. Columns: incident_id."""
    rows = table("incident_weapon")
    return rows.filter(rows.confidence == v.Confidence.EXCLUDED.value).select("incident_id").distinct()


def attributed(held: Held, filters: Filters, dimension: weapons.Dimension) -> pl.DataFrame:
    """See `queries.attributed`."""
    keys = ["category", "confidence"]
    named = held.of(filters, named_rows, dimension)
    rows = named.group_by(keys).agg(incidents=pl.len().cast(pl.Int64)).with_columns(pl.col(keys).cast(pl.String))
    every = held.chosen(filters).select(pl.len().cast(pl.Int64)).collect().item()
    rest = every - named.select(pl.col(NUMBER).n_unique()).collect().item()
    without = {
        "category": [weapons.nothing(dimension)],
        "confidence": [v.Confidence.UNATTRIBUTED.value],
        "incidents": [rest],
    }
    return in_order(pl.concat([rows, pl.LazyFrame(without).filter(pl.col("incidents") > 0)]), keys)


def attributions(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.attributions`."""
    rows = held.of(filters, attribution_rows).group_by(KEYS).agg(incidents=pl.len())
    return in_order(rows, ["incidents", *KEYS], descending=[True, *[False] * len(KEYS)])


def ruled_out(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.ruled_out`."""
    return held.of(filters, ruled_out_rows).select(incidents=pl.len()).collect()
