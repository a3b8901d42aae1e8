"""The filtered incidents as rows of an extract."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from warehouse.errors import FilterError
from warehouse.filters import Filters
from warehouse.queries.base import incidents
from warehouse.schema import TABLE

NOT_EXTRACTED = frozenset({"search_text"})
"""Columns of the incident table that exist only for the app's own use."""

ALWAYS_EXTRACTED = ("incident_id", "data_origin")
"""Columns that every extract has: what the row is, and whether it is synthetic."""


def extractable_columns() -> tuple[str, ...]:
    """Columns of the incident table that may be extracted, in order."""
    return tuple(c.name for c in TABLE["incident"].columns if c.name not in NOT_EXTRACTED and not c.restricted)


def extract(filters: Filters, columns: tuple[str, ...] = ()) -> Table:
    """The filtered incidents for an extract, by date; the chosen columns (all when empty) in the table's order.

    Raises:
        FilterError: a column that may not be extracted.
    """
    available = extractable_columns()
    if wrong := [c for c in columns if c not in available]:
        raise FilterError(f"{wrong[0]!r} is no column of an extract; choose from {', '.join(available)}.")
    wanted = {*columns, *ALWAYS_EXTRACTED} if columns else set(available)
    ordered = incidents(filters).order_by(ibis.asc("date_start", nulls_first=False), "incident_id")
    return ordered.select(*(c for c in available if c in wanted))
