"""Steps that answers from memory share. Order and unknown values are those of the database."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def is_in(column: str, values: Sequence[str]) -> pl.Expr:
    """Whether a column of categories has one of the values; null where it has none at all."""
    return pl.col(column).is_in(pl.Series(values, dtype=pl.Categorical).implode())


def counted(rows: pl.LazyFrame, keys: Sequence[str], name: str = "incidents") -> pl.DataFrame:
    """Rows by `keys`, counted as `name`, in the order of the keys."""
    return in_order(rows.group_by(keys).agg(pl.len().alias(name)), keys)


def in_order(
    rows: pl.LazyFrame, keys: Sequence[str], descending: bool | Sequence[bool] = False, *, nulls_last: bool = True
) -> pl.DataFrame:
    """Rows sorted by `keys`, texts by their letters."""
    return (
        rows.with_columns(pl.col(pl.Categorical).cast(pl.String))
        .sort(keys, descending=descending, nulls_last=nulls_last)
        .collect()
    )
