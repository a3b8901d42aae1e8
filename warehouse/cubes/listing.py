"""Which incidents a page of the table shows. See `queries.listed`."""

from __future__ import annotations

import ibis
import polars as pl
from ibis.expr.types import Table

from warehouse.cubes.held import COLUMNS, Held
from warehouse.filters import Filters
from warehouse.queries.base import NUMBER, numbered_incidents
from warehouse.queries.listing import LISTED_COLUMNS
from warehouse.schema import TABLE


def order_rows(column: str) -> Table:
    """Place of every incident in the order of a column that is not among `COLUMNS`. Columns: place (null: unknown)."""
    every = numbered_incidents().select(NUMBER, column)
    rank = ibis.dense_rank().over(order_by=every[column])
    return every.select(NUMBER, place=ibis.ifelse(every[column].isnull(), ibis.null("int64"), rank))


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
    rows = held.chosen(filters)
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
    page = ordered.slice(offset, limit).select(NUMBER).collect()
    every = numbered_incidents()
    found = held.run(every.filter(every[NUMBER].isin(page[NUMBER].to_list())).select(NUMBER, *LISTED_COLUMNS))
    return page.join(found.with_columns(pl.col(NUMBER).cast(pl.UInt32)), on=NUMBER, maintain_order="left")
