"""The build of a large intake against what DuckDB alone needs for the same tables; every figure from its own process.

`python -m benchmarks.building [incidents]`. Compared, interleaved over some rounds:

- copy: DuckDB alone reads the finished tables, in random order, from Parquet and writes them sorted into a new file;
- build: the same tables made from the intake's Parquet files, without validation; the comparison of records with each
  other (the linkage) is a line of its own;
- hand-written: one query for each table with the checks of all its expectations that are conditions on a row;
- validation: all expectations by Great Expectations;
- a year of incidents counted in the build's table, and in a copy of it that is not sorted.

Seconds are those of the processor, which other programs disturb less than the clock; memory is the process's peak.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table as Shown

from transforms import large_intake, pipeline
from transforms.sources.chirg_intake import large_tables
from transforms.sources.demo import write
from warehouse.connection import BUILD_MEMORY_LIMIT, writer
from warehouse.ddl import create_all, in_order
from warehouse.schema import TABLES

INCIDENTS = 100_000
"""Synthetic ones, with about ten times as many reports; another number may be given on the command line."""
ROUNDS = 2
YEAR = "date_start BETWEEN DATE '2024-01-01' AND DATE '2024-12-31'"
# Queries are made of declared names only.
# ruff: noqa: S608


def copy(folder: Path) -> None:
    """DuckDB alone: Parquet to sorted tables."""
    file = folder / "copy.duckdb"
    file.unlink(missing_ok=True)
    with writer(file) as connection:
        for table in TABLES:
            connection.execute(
                f'CREATE TABLE "{table.name}" AS SELECT * FROM read_parquet($file) ORDER BY {in_order(table)}',
                {"file": str(folder / "finished" / f"{table.name}.parquet")},
            )


def build(folder: Path) -> None:
    """The build's own part: read, check, refuse, derive, write."""
    file = folder / "built.duckdb"
    file.unlink(missing_ok=True)
    found = large_tables(folder / "intake", 0)
    if found is None:
        raise RuntimeError("the intake is not sound")
    with writer(file) as connection:
        create_all(connection)
        pipeline.fill_in_blocks(
            connection, file, lambda _: None, dataset=found[0], files=found[1], today=datetime.now(UTC).date(),
            people=pipeline.Declared(), is_linked=False,
        )  # fmt: skip


def linkage(folder: Path) -> None:
    """The comparison of all records, on a build's tables."""
    from transforms.decisions import no_decisions
    from transforms.linkage import link

    with duckdb.connect(str(folder / "built.duckdb"), read_only=True) as connection:
        names = ("incident", "report", "incident_report")
        frames = {name: connection.sql(f"SELECT * FROM {name} WHERE known_to IS NULL").pl() for name in names}
    link(frames, no_decisions())


def validation(folder: Path) -> None:
    """All expectations on the built file."""
    from expectations.run import run

    run(folder / "built.duckdb", datetime.now(UTC).date())


def by_hand(folder: Path) -> None:
    """The same checks, one query for each table with a sum per check, and what needs a query of its own."""
    from expectations.by_hand import queries

    with _reader(folder / "built.duckdb") as connection:
        for query in queries(datetime.now(UTC).date()):
            connection.sql(query).fetchall()


def year(folder: Path) -> None:
    """A year of the sorted and of the unsorted table, printed as seconds."""
    with _reader(folder / "built.duckdb") as connection:
        connection.execute(f"ATTACH '{folder / 'unsorted.duckdb'}' AS other (READ_ONLY)")
        times: dict[str, list[float]] = {"incident": [], "other.incident": []}
        for _ in range(7):
            for name, taken in times.items():
                started = time.perf_counter()
                connection.sql(
                    f"SELECT country, count(*), sum(civilians_killed_best), sum(report_count) FROM {name}"
                    f" WHERE {YEAR} AND known_to IS NULL GROUP BY country"
                ).fetchall()
                taken.append(time.perf_counter() - started)
    print(json.dumps([statistics.median(taken) for taken in times.values()]))


STEPS: dict[str, Callable[[Path], None]] = {
    "copy": copy, "build": build, "linkage": linkage, "validation": validation, "by_hand": by_hand, "year": year,
}  # fmt: skip


def _reader(file: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(file), read_only=True, config={"memory_limit": BUILD_MEMORY_LIMIT})
