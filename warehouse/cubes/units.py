"""Answers about security force units. See the questions of the same names."""

from __future__ import annotations

import polars as pl
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.cubes.actions import response_rows
from warehouse.cubes.events import estimate, once_per_event
from warehouse.cubes.findings import made_rows
from warehouse.cubes.frames import in_order, is_in
from warehouse.cubes.held import Held, incident_rows
from warehouse.filters import Filters
from warehouse.queries import units
from warehouse.queries.base import NUMBER, table

UNIT = ("unit_id", "name", "country", "parent_name")


def unit_rows() -> Table:
    """Incidents, once for each unit that they name. Columns: incident_id, unit_id, is_repeated, is_repeat_unknown."""
    rows = units.once_per_unit(table("incident"))
    repeat = {name: rows[name] == 1 for name in ("is_repeated", "is_repeat_unknown")}
    return rows.select("incident_id", "unit_id", **repeat)


def units_listed(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.units_listed`."""
    named = _with_incident(held, held.of(filters, unit_rows))
    by_unit = named.group_by("unit_id").agg(
        incidents=pl.len(), with_response=(pl.col("response_count") > 0).sum(), repeated=pl.col("is_repeated").sum()
    )
    harm = once_per_event(named, ["unit_id"]).group_by("unit_id").agg(**estimate("killed"))
    about = held.of(filters, response_rows).group_by("unit_id").agg(about_unit=pl.len())
    rows = held.once(_every_unit).lazy()
    for part in (by_unit, harm, about):
        rows = rows.join(part.with_columns(pl.col("unit_id").cast(pl.String)), on="unit_id", how="left")
    counts = ("incidents", "with_response", "repeated", "about_unit", "civilians_killed_unknown")
    keys = ["incidents", "about_unit", "country", "name", "unit_id"]
    return in_order(rows.with_columns(pl.col(counts).fill_null(0)), keys, descending=[True, True, False, False, False])


def naming_a_unit(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.naming_a_unit`."""
    return held.of(filters, unit_rows).select(incidents=pl.col(NUMBER).n_unique()).collect()


def unit_totals(held: Held, filters: Filters, unit_ids: tuple[str, ...]) -> pl.DataFrame:
    """See `queries.unit_totals`."""
    is_repeated, is_unknown = pl.col("is_repeated"), pl.col("is_repeat_unknown")
    named = held.of(filters, unit_rows).filter(is_in("unit_id", unit_ids))
    each = named.group_by(NUMBER).agg(is_repeated.any(), is_unknown.any())
    chosen = _with_incident(held, each)
    counts = chosen.select(
        incidents=pl.len(),
        with_response=(pl.col("response_count") > 0).sum(),
        repeated=is_repeated.sum(),
        repeat_unknown=(~is_repeated & is_unknown).sum(),
    )
    is_dated = pl.col("period_start").is_not_null() & ~is_in("finding", [v.Finding.PENDING.value])
    dated = held.everything(made_rows).lazy().filter(is_dated)
    assessed = each.join(dated, on=NUMBER, how="semi").select(assessed=pl.len())
    figures = once_per_event(chosen, ()).select(**estimate("killed"), **estimate("injured"))
    return pl.concat(pl.collect_all([counts, assessed, figures]), how="horizontal")


def _with_incident(held: Held, rows: pl.LazyFrame) -> pl.LazyFrame:
    """The same with the columns of their incidents."""
    return rows.join(held.everything(incident_rows).lazy(), on=NUMBER)


def _every_unit(held: Held) -> pl.DataFrame:
    """Every unit. Columns: those of `UNIT`."""
    every = held.run(units.all_units)
    parents = every.select(parent_unit_id="unit_id", parent_name="name")
    return every.join(parents, on="parent_unit_id", how="left").select(UNIT)
