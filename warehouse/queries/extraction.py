"""What an extract holds: rows of one table that belong to the filtered incidents."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse.errors import FilterError
from warehouse.filters import Filters
from warehouse.queries.access import shown, without_private
from warehouse.queries.base import Later, incidents, table
from warehouse.schema import TABLE

CONTENTS: Mapping[str, str] = MappingProxyType(
    {
        "incidents": "incident",
        "reports": "report",
        "links": "incident_report",
        "weapons": "incident_weapon",
        "casualties": "casualty",
        "stages": "stage_transition",
        "responses": "response",
    }
)
"""What an extract may hold -> the table whose rows it holds."""

NOT_EXTRACTED = frozenset({"search_text"})
"""Columns that exist only for the app's own use."""


def always_extracted(contents: str = "incidents") -> tuple[str, ...]:
    """Columns that every extract of these contents has: what identifies the row, and whether it is synthetic."""
    return (*(name for name in TABLE[CONTENTS[contents]].key if name != "known_from"), "data_origin")


def extractable_columns(contents: str = "incidents") -> tuple[str, ...]:
    """Columns that may be extracted, in the table's order.

    Raises:
        FilterError: there are no such contents.
    """
    if contents not in CONTENTS:
        raise FilterError(f"{contents!r} cannot be extracted; choose from {', '.join(CONTENTS)}.")
    return tuple(c.name for c in TABLE[CONTENTS[contents]].columns if c.name not in NOT_EXTRACTED and not c.restricted)


def extract(
    filters: Filters | Later,
    columns: tuple[str, ...] = (),
    contents: str = "incidents",
    with_restricted: bool = False,
    show_private: bool = False,
) -> Table:
    """Rows for an extract: incidents that meet the filter, or what belongs to them, in the table's declared order.

    A filter that restricts nothing gives all rows, reports that are linked to no incident included.

    Args:
        filters: of the incidents.
        columns: the chosen columns, in the table's order; all when empty.
        contents: a name of `CONTENTS`.
        with_restricted: also rows of data sets that may not be passed on.
        show_private: what private reports say and who sent them; null otherwise.

    Raises:
        FilterError: there are no such contents, or a column may not be extracted.
    """
    order = [ibis.asc(name, nulls_first=False) for name in TABLE[CONTENTS[contents]].sort]
    chosen = extract_as_stored(filters, columns, contents, with_restricted, show_private).columns
    return extract_as_stored(filters, (), contents, with_restricted, show_private).order_by(*order).select(*chosen)


def extract_as_stored(
    filters: Filters | Later,
    columns: tuple[str, ...] = (),
    contents: str = "incidents",
    with_restricted: bool = False,
    show_private: bool = False,
) -> Table:
    """The same rows without asking for an order, for a stream: sorting ten million rows would hold them all.

    The build stores every table in its declared order, and DuckDB keeps the order of what it scans.
    """
    available = extractable_columns(contents)
    if wrong := [c for c in columns if c not in available]:
        raise FilterError(f"{wrong[0]!r} is no column of an extract; choose from {', '.join(available)}.")
    wanted = {*columns, *always_extracted(contents)} if columns else set(available)
    name = CONTENTS[contents]
    rows = _belonging(name, filters)
    if not with_restricted:
        rows = _free(rows)
    if name == "report":
        rows = shown(rows, show_private)
    elif not show_private and (private := tuple(c.name for c in TABLE[name].columns if c.private_content)):
        accesses = table("report").select("report_id", "access")
        rows = without_private(rows.left_join(accesses, "report_id"), private, show_private)
    return rows.select(*(c for c in available if c in wanted))


def extract_counts(filters: Filters, contents: str = "incidents") -> Table:
    """How many rows an extract holds, known before it is made.

    Columns: rows (of data sets that may be passed on), rows_restricted (further rows of those that may not),
    without_coordinates, without_coordinates_restricted (incidents among these that have none; 0 of other contents).
    """
    extractable_columns(contents)
    name = CONTENTS[contents]
    rows = _belonging(name, filters)
    nowhere: Any = rows.latitude.isnull() if name == "incident" else ibis.literal(False)
    rows = rows.select("dataset_id", nowhere=nowhere)
    free = _free_datasets().mutate(free=ibis.literal(True))
    marked = rows.left_join(free, "dataset_id").mutate(free=ibis._.free.fill_null(False))
    return marked.aggregate(
        rows=marked.free.sum().fill_null(0),
        rows_restricted=(~marked.free).sum().fill_null(0),
        without_coordinates=(marked.free & marked.nowhere).sum().fill_null(0),
        without_coordinates_restricted=(~marked.free & marked.nowhere).sum().fill_null(0),
    )


def _belonging(name: str, filters: Filters | Later) -> Table:
    """Rows of a table that belong to the filtered incidents; all where nothing is filtered."""
    chosen = incidents(filters)
    if name == "incident":
        return chosen
    rows = table(name)
    if isinstance(filters, Filters) and not filters.restricts:
        return rows
    if name != "report":
        return rows.filter(rows.incident_id.isin(chosen.incident_id))
    links = table("incident_report")
    links = links.filter(links.incident_id.isin(chosen.incident_id))
    return rows.filter(rows.report_id.isin(links.report_id))


def _free(rows: Table) -> Table:
    """Rows of data sets that may be passed on."""
    return rows.filter(rows.dataset_id.isin(_free_datasets().dataset_id))


def _free_datasets() -> Table:
    datasets = TABLE["dataset"].ibis_table()
    return datasets.filter(datasets.redistributable).select("dataset_id")
