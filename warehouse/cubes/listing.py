"""Rows with texts: which incidents they are about is found in memory. See the questions of the same names."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import ibis
import polars as pl
from ibis.expr.types import Table

from warehouse.cubes.actions import unanswered
from warehouse.cubes.held import COLUMNS, Held, incident_rows
from warehouse.cubes.meeting import predicate
from warehouse.cubes.sums import restricted, with_columns
from warehouse.filters import Filters
from warehouse.queries.base import NUMBER, numbered
from warehouse.queries.listing import LISTED_COLUMNS
from warehouse.schema import TABLE

FIRST = 10
"""Incidents of each value of a filter that are held with their texts, as many as a page may show of the newest."""
MOST_FIRST = 20_000


def order_rows(column: str) -> Table:
    """Place of every incident in the order of a column that is not among `COLUMNS`. Columns: place (null: unknown)."""
    every = numbered("incident").select(NUMBER, column)
    rank = ibis.dense_rank().over(order_by=every[column])
    return every.select(NUMBER, place=ibis.ifelse(every[column].isnull(), ibis.null("int64"), rank))


def number_rows(question: Callable[..., Table], *arguments: Hashable) -> Table:
    """`NUMBER` and incident_id of the incidents that a question lists."""
    ids = question(Filters(), *arguments).select("incident_id")
    return numbered("incident").select(NUMBER, "incident_id").semi_join(ids, "incident_id")


def whole_list(held: Held, question: Callable[..., Table], *arguments: Hashable) -> pl.DataFrame:
    """The answer to a question about all incidents, in its order, with the incident's `NUMBER` beside its key."""
    found = held.run(question, Filters(), *arguments)
    numbers = held.run(number_rows, question, *arguments)
    return found.join(numbers.with_columns(pl.col(NUMBER).cast(pl.UInt32)), on="incident_id", maintain_order="left")


def from_list(question: Callable[..., Table]) -> Callable[..., pl.DataFrame]:
    """Answers a question `(filters, *arguments)` that lists a few records of each incident, some of them or none."""

    def answered(held: Held, filters: Filters, *arguments: Hashable) -> pl.DataFrame:
        rows = held.once(whole_list, question, *arguments)
        return rows.filter(held.mask(filters).gather(rows[NUMBER])) if filters.restricts else rows

    answered.__name__ = question.__name__
    return answered


def incidents_without_response(held: Held, filters: Filters, limit: int) -> pl.DataFrame:
    """See `queries.incidents_without_response`."""
    found = unanswered(held, filters).select(NUMBER, "stage_entered_on", "id_order")
    first = found.sort("stage_entered_on", "id_order", nulls_last=True).head(limit).collect()
    harm = ("civilians_killed_low", "civilians_killed_best", "civilians_killed_high")
    return held.look_up(first[NUMBER], "incident_id", "public_code", "country", "stage", "stage_entered_on", *harm)


def listed(
    held: Held,
    filters: Filters,
    sort: str = "date_start",
    descending: bool = True,
    limit: int = 50,
    offset: int = 0,
    on_map: bool = False,
) -> pl.DataFrame:
    """See `queries.listed`."""
    columns = restricted(filters)
    if columns is not None and offset + limit <= FIRST:
        first = held.soon(_first, columns, sort, descending, on_map)
        if first is not None and first.width:
            return first.lazy().filter(predicate(filters)).sort("rank").slice(offset, limit).collect()
    page = held.meeting(filters, held.once(_in_order, sort, descending, on_map)).slice(offset, limit).collect()
    return held.look_up(page[NUMBER], *LISTED_COLUMNS)


def _in_order(held: Held, sort: str, descending: bool, on_map: bool) -> pl.DataFrame:
    """`NUMBER` of all incidents that `listed` may list, in its order."""
    rows = held.everything(incident_rows).lazy()
    if on_map:
        rows = rows.filter(pl.col("latitude").is_not_null(), pl.col("longitude").is_not_null())
    by = pl.col(sort)
    if sort not in COLUMNS:
        rows = rows.join(held.everything(order_rows, sort).lazy(), on=NUMBER)
        by = pl.col("place")
    elif TABLE["incident"][sort].type == "text":
        by = by.cast(pl.String)
    ordered = rows.select(NUMBER, "id_order", by=by).sort(
        "by", "id_order", descending=[descending, False], nulls_last=True
    )
    return ordered.select(NUMBER).collect()


def _first(held: Held, columns: tuple[str, ...], sort: str, descending: bool, on_map: bool) -> pl.DataFrame:
    """What `listed` lists first of each value of the columns, whichever of them a filter leaves; with its rank.

    Without columns if that were many rows.
    """
    ordered = with_columns(held, held.once(_in_order, sort, descending, on_map).with_row_index("rank"), columns)
    first = (ordered.group_by(columns).head(FIRST) if columns else ordered.head(FIRST)).collect()
    if first.height > MOST_FIRST:
        return pl.DataFrame()
    texts = held.look_up(first[NUMBER], *(name for name in LISTED_COLUMNS if name not in columns))
    return pl.concat([first.drop(NUMBER), texts], how="horizontal")
