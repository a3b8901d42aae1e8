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
from warehouse.queries.base import NUMBER, Later, incidents, numbered, table
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
    rows = _belonging(contents, filters)
    if not with_restricted:
        free = TABLE["dataset"].ibis_table()
        rows = rows.filter(rows.dataset_id.isin(free.filter(free.redistributable).dataset_id))
    return _chosen(_ordered(_shown(rows, CONTENTS[contents], show_private), contents), columns, contents)


def extract_first(
    filters: Filters | Later,
    limit: int,
    columns: tuple[str, ...] = (),
    contents: str = "incidents",
    with_restricted: bool = False,
    show_private: bool = False,
) -> Table:
    """The first rows of `extract`."""
    return extract(filters, columns, contents, with_restricted, show_private).limit(limit)


def extract_streamed(
    filters: Filters | Later,
    columns: tuple[str, ...] = (),
    contents: str = "incidents",
    left_out: tuple[str, ...] = (),
    show_private: bool = False,
) -> Table:
    """The same rows for a stream, sorted only where a join may have mixed them: a sort holds all rows at once.

    The build stores every table in its declared order, and a scan keeps it. `left_out` are data sets to leave out.
    """
    rows = _free(_belonging(contents, filters), left_out)
    is_joined = is_filtered(filters, contents) or _needs_reports(contents, show_private)
    rows = _shown(rows, CONTENTS[contents], show_private)
    return _chosen(_ordered(rows, contents) if is_joined else rows, columns, contents)


def can_be_numbered(filters: Filters, contents: str, show_private: bool) -> bool:
    """Whether the rows of `extract_streamed`, which a filter would mix, can be told by their numbers instead."""
    return is_filtered(filters, contents) and not _needs_reports(contents, show_private)


def numbers(filters: Filters, contents: str, left_out: tuple[str, ...] = ()) -> Table:
    """The numbers of the rows of `extract_streamed`, in no order."""
    return _free(_belonging(contents, filters, numbered(CONTENTS[contents])), left_out).select(NUMBER)


def numbered_between(columns: tuple[str, ...], contents: str, show_private: bool, first: int, last: int) -> Table:
    """All rows with a number in between, filtered or not, in their stored order: as `extract_streamed`, and NUMBER."""
    rows = numbered(CONTENTS[contents])
    rows = _shown(rows.filter(rows[NUMBER].between(first, last)), CONTENTS[contents], show_private)
    return rows.select(*_wanted(columns, contents), NUMBER)


def is_filtered(filters: Filters | Later, contents: str) -> bool:
    """Whether the rows are found through the incidents that they belong to."""
    return contents != "incidents" and _restricts(filters)


def _needs_reports(contents: str, show_private: bool) -> bool:
    """Whether what to hide of a row depends on its report."""
    return (
        contents != "reports" and not show_private and any(c.private_content for c in TABLE[CONTENTS[contents]].columns)
    )


def _free(rows: Table, left_out: tuple[str, ...]) -> Table:
    return rows.filter(rows.dataset_id.notin(left_out)) if left_out else rows


def extract_counts(filters: Filters | Later, contents: str = "incidents") -> Table:
    """How many rows an extract holds, known before it is made.

    Columns: rows (of data sets that may be passed on), rows_restricted (further rows of those that may not),
    without_coordinates, without_coordinates_restricted (incidents among these that have none; 0 of other contents).
    """
    rows = _belonging(contents, filters)
    nowhere: Any = rows.latitude.isnull() if contents == "incidents" else ibis.literal(False)
    rows = rows.select("dataset_id", nowhere=nowhere)
    free = TABLE["dataset"].ibis_table().select("dataset_id", free="redistributable")
    marked = rows.left_join(free, "dataset_id").mutate(free=ibis._.free.fill_null(False))
    return marked.aggregate(
        rows=marked.free.sum().fill_null(0),
        rows_restricted=(~marked.free).sum().fill_null(0),
        without_coordinates=(marked.free & marked.nowhere).sum().fill_null(0),
        without_coordinates_restricted=(~marked.free & marked.nowhere).sum().fill_null(0),
    )


def _belonging(contents: str, filters: Filters | Later, rows: Table | None = None) -> Table:
    """Rows that belong to the filtered incidents; all where nothing is filtered. `rows` in place of the whole table."""
    extractable_columns(contents)
    name = CONTENTS[contents]
    chosen = incidents(filters)
    if name == "incident":
        return chosen
    rows = table(name) if rows is None else rows
    if not _restricts(filters):
        return rows
    if name != "report":
        return rows.filter(rows.incident_id.isin(chosen.incident_id))
    links = table("incident_report")
    links = links.filter(links.incident_id.isin(chosen.incident_id))
    return rows.filter(rows.report_id.isin(links.report_id))


def _restricts(filters: Filters | Later) -> bool:
    """One that is put in later is one that restricts: see `warehouse.engine`."""
    return not isinstance(filters, Filters) or filters.restricts


def _shown(rows: Table, name: str, show_private: bool) -> Table:
    """Rows without what may not be shown."""
    if name == "report":
        return shown(rows, show_private)
    private = tuple(c.name for c in TABLE[name].columns if c.private_content)
    if show_private or not private:
        return rows
    return without_private(rows.left_join(table("report").select("report_id", "access"), "report_id"), private, False)


def _ordered(rows: Table, contents: str) -> Table:
    return rows.order_by(*(ibis.asc(name, nulls_first=False) for name in TABLE[CONTENTS[contents]].sort))


def _chosen(rows: Table, columns: tuple[str, ...], contents: str) -> Table:
    return rows.select(*_wanted(columns, contents))


def _wanted(columns: tuple[str, ...], contents: str) -> list[str]:
    available = extractable_columns(contents)
    if wrong := [c for c in columns if c not in available]:
        raise FilterError(f"{wrong[0]!r} is no column of an extract; choose from {', '.join(available)}.")
    wanted = {*columns, *always_extracted(contents)} if columns else set(available)
    return [c for c in available if c in wanted]
