"""Rows that a source module cannot read, refused with every fault they have."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.source import FILE, REFUSED_SCHEMA, ROW

Fault = tuple[pl.Expr, pl.Expr]
"""(true where a row is at fault, what is wrong in words)."""


def unreadable(column: str, value: pl.Expr, what: str) -> Fault:
    """The fault of a cell that holds text of which `value` makes nothing; `what` completes 'column "text" is not'."""
    return pl.col(column).is_not_null() & value.is_null(), pl.format(f'{column} "{{}}" is not {what}', column)


def split(rows: pl.DataFrame, faults: Mapping[str, Fault]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(rows without a fault; the others, with `REFUSED_SCHEMA`: the first rule broken and all reasons).

    Args:
        rows: any columns, with FILE and ROW.
        faults: name of the rule -> fault.
    """
    checked = rows.with_columns(
        rule=pl.coalesce(pl.when(broken).then(pl.lit(rule)) for rule, (broken, _) in faults.items()),
        reason=pl.concat_str(
            (pl.when(broken).then(text) for broken, text in faults.values()), separator="; ", ignore_nulls=True
        ),
    )
    refused = checked.filter(pl.col("rule").is_not_null()).select(
        FILE, ROW, "rule", reason=pl.format("{}, row {}: {}.", FILE, ROW, "reason")
    )
    good = checked.filter(pl.col("rule").is_null()).drop("rule", "reason")
    return good, refused.cast(REFUSED_SCHEMA)  # type: ignore[arg-type]
