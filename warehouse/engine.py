"""Runs a question (an Ibis expression). DuckDB answers today; the expression itself is portable."""

from __future__ import annotations

import ibis
import polars as pl

from warehouse.connection import Reader


def to_sql(question: ibis.expr.types.Table) -> str:
    """The question as DuckDB SQL; every value is a literal that Ibis escaped."""
    return str(ibis.to_sql(question, dialect="duckdb"))


def run(question: ibis.expr.types.Table, reader: Reader) -> pl.DataFrame:
    """Answer a question from one build.

    Raises:
        WarehouseError: the warehouse could not answer.
    """
    return reader.frame(to_sql(question))
