"""What the questions of every group share: tables, the filtered incidents, sums."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.schema import TABLE

LIST_DIMENSIONS = ("weapon_system", "munition", "source_type", "strike_type")
"""Dimensions of which an incident may have several values; it then counts in each."""


AS_KNOWN_ON = date(1, 2, 3)
"""Stands in a question for the day of knowledge, which `warehouse.engine` puts in when it runs: no table forgets it."""


def table(name: str) -> Table:
    """The declared table; where it has versions, those that were known on the day for which the question is run."""
    return known(TABLE[name].ibis_table())


def known(rows: Table) -> Table:
    """Of rows that have versions, those that were known on the day for which the question is run."""
    if "known_to" not in rows.columns:
        return rows
    day = ibis.literal(AS_KNOWN_ON)
    return rows.filter(rows.known_from <= day, rows.known_to.isnull() | (rows.known_to > day))


NUMBER = "number_of_row"
"""Where a row is stored, in DuckDB only; a build's file never changes, so that it stays."""


def numbered(name: str) -> Table:
    """The declared table, those of its versions that were known, with `NUMBER`."""
    rows = TABLE[name].ibis_table()
    return known(rows.mutate(**{NUMBER: rows.rowid()}))


class Later:
    """Stands for a filter that is put in later, so that a question is compiled once for all filters."""


LATER = Later()
CHOSEN = "chosen_incident"
"""Name of the filtered incidents in a question that was asked with `LATER`; with "_" and a day, as known on that."""


def incidents(filters: Filters | Later) -> Table:
    """Incidents that meet the filter, all columns of the incident table."""
    if isinstance(filters, Later):
        return TABLE["incident"].ibis_table(CHOSEN)
    current = table("incident")
    return current.filter(filters.predicate(current))


def chosen_later(day: date) -> Table:
    """Stands for the incidents that meet a filter, as known by the end of a day, in a question asked with `LATER`."""
    return TABLE["incident"].ibis_table(f"{CHOSEN}_{day.isoformat()}")


def with_coordinates(filters: Filters) -> Table:
    """Incidents that meet the filter and have coordinates."""
    chosen = incidents(filters)
    return chosen.filter(chosen.latitude.notnull(), chosen.longitude.notnull())


def with_category(chosen: Table, dimension: str) -> Table:
    """Adds `category`; one row per value for a list dimension."""
    category = chosen[dimension].unnest() if dimension in LIST_DIMENSIONS else chosen[dimension]
    return chosen.mutate(category=category).mutate(category=ibis._.category.fill_null("unknown"))


def once_per_event(chosen: Table, keys: tuple[str, ...] = ()) -> Table:
    """Casualty figures with incidents that are likely one and the same event put together within `keys`.

    Columns: keys, civilians_{killed,injured}_{low,best,high} (the lowest low, the highest high; best only of an event
    with one incident), incidents (how many the event has here).
    """
    figures = [f"civilians_{harm.value}_{part}" for harm in v.Harm for part in ("low", "best", "high")]
    alone = chosen.filter(chosen.cluster_id.isnull())
    alone = alone.select(*keys, *figures, incidents=ibis.literal(1, "int64"))
    several = chosen.filter(chosen.cluster_id.notnull())
    merged: dict[str, Any] = {}
    for name in figures:
        column = several[name]
        if name.endswith("_best"):
            merged[name] = ibis.ifelse(several.count() == 1, column.max(), ibis.null("int64"))
        else:
            merged[name] = column.min() if name.endswith("_low") else column.max()
    together = several.group_by([*dict.fromkeys([*keys, "cluster_id"])]).aggregate(**merged, incidents=several.count())
    return ibis.union(alone, together.select(*keys, *figures, "incidents"))


def estimate(rows: Table, name: str) -> dict[str, Any]:
    """Sums of low, best and high, and the number of incidents whose figure is unknown.

    A null sum means that no incident states a figure. Where only the lowest is known ("at least 5") it counts for the
    highest too, so that the range never ends below its start; the incident is among the unknown.
    """
    low, best, high = (rows[f"{name}_{part}"] for part in ("low", "best", "high"))
    return {
        f"{name}_low": low.sum(),
        # Best estimates of some incidents only would add up to less than the lowest estimates of all.
        f"{name}_best": ibis.ifelse(best.count() == low.count(), best.sum(), ibis.null("int64")),
        f"{name}_high": ibis.coalesce(high, low).sum(),
        f"{name}_unknown": (low.isnull() | high.isnull()).sum().fill_null(0),
    }
