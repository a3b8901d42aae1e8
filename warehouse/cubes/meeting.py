"""Which incidents meet a filter, of rows in memory: what `Filters.predicate` says to the database."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.filters import MULTIPLE, Filters
from warehouse.queries.base import NUMBER
from warehouse.schema import TABLE
from warehouse.text import fold_text


def predicate(filters: Filters) -> pl.Expr:
    """What `Filters.predicate` says about the columns of `incident_rows`: all but the text, see `has_words`."""
    parts = [pl.lit(value=True)]
    if filters.date_from:
        parts.append(pl.col("date_end") >= filters.date_from)
    if filters.date_to:
        parts.append(pl.col("date_start") <= filters.date_to)
    for name in MULTIPLE:
        if chosen := getattr(filters, name):
            column = pl.col(name)
            if TABLE["incident"][name].type == "text_list":
                parts.append(pl.any_horizontal(column.list.contains(pl.lit(value, pl.Categorical)) for value in chosen))
            else:
                parts.append(column.is_in(pl.Series(chosen, dtype=pl.Categorical).implode()))
    if filters.minimum_civilians_killed is not None:
        parts.append(pl.col("civilians_killed_low") >= filters.minimum_civilians_killed)
    return pl.all_horizontal(parts)


def has_words(filters: Filters) -> pl.Expr:
    """What `Filters.predicate` says about the column `search_text`."""
    words = fold_text(filters.text).split()
    return pl.all_horizontal(pl.lit(value=True), *(pl.col("search_text").str.contains(w, literal=True) for w in words))


def mask_of(rows: pl.DataFrame, meets: pl.Expr) -> pl.Series:
    """Whether the incident with this number meets something; of all numbers."""
    mask = np.zeros(rows.select(pl.col(NUMBER).max() + 1).item() or 0, dtype=np.bool_)
    is_met = rows.lazy().select(is_met=meets.fill_null(value=False)).collect()["is_met"].to_numpy()
    mask[rows[NUMBER].to_numpy()] = np.broadcast_to(is_met, rows.height)
    return pl.Series(mask)
