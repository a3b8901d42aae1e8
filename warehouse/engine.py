"""Runs a question (an Ibis expression). DuckDB answers today; the expression itself is portable."""

from __future__ import annotations

import ibis
import polars as pl

from warehouse.connection import Reader


def to_sql(question: ibis.expr.types.Table) -> str:
    """The question as DuckDB SQL; every value is a literal that Ibis escaped."""
    return str(ibis.to_sql(question, dialect="duckdb"))


def run(question: ibis.expr.types.Table, reader: Reader) -> pl.DataFrame:
    """Answer a question from one build, with the types that the question declares.

    DuckDB sums whole numbers to 128 bits, which arrive as decimals, and truncates dates to timestamps.

    Raises:
        WarehouseError: the warehouse could not answer.
    """
    frame = reader.frame(to_sql(question))
    declared = question.schema()
    return frame.with_columns(
        [pl.col(name).cast(pl.Int64) for name, kind in declared.items() if kind.is_integer()]
        + [pl.col(name).cast(pl.Date) for name, kind in declared.items() if kind.is_date()]
    )
