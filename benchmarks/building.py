"""The build of a large intake against what DuckDB alone needs for the same tables; every figure from its own process.

`python -m benchmarks.building [incidents]`. Compared, interleaved over some rounds:

- copy: DuckDB alone reads the finished tables, in random order, from Parquet and writes them sorted into a new file;
- build: the same tables made from the intake's Parquet files, without validation; the comparison of records with each
  other (the linkage) is a line of its own;
- hand-written: one query for each table with the checks of all its expectations;
- validation: all expectations by Great Expectations;
- a tenth of the incidents' days, as one year of ten, counted in the build's table and in a copy that is not sorted.

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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
from rich.console import Console
from rich.table import Table as Shown

from expectations.rule import Rule
from transforms import pipeline
from transforms.sources.chirg_intake import large_tables
from transforms.sources.demo import write
from warehouse.connection import BUILD_MEMORY_LIMIT, writer
from warehouse.ddl import create_all, in_order
from warehouse.schema import TABLES

INCIDENTS = 100_000
"""Synthetic ones, with about ten times as many reports; another number may be given on the command line."""
ROUNDS = 2
YEARS = 10
"""A tenth of the days stands for one of so many years: the demo covers little more than one."""
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
    from transforms.large_incidents import records
    from transforms.linkage import link

    with _reader(folder / "built.duckdb") as connection:
        frames = records(connection, folder / "incidents", no_decisions())
    linked = link(frames, no_decisions())
    print(f"{linked.pairs.height:,} pairs")


def validation(folder: Path) -> None:
    """All expectations on the built file."""
    from expectations.run import run

    run(folder / "built.duckdb", datetime.now(UTC).date())


def by_hand(folder: Path) -> None:
    """The same checks in one query for each table, as a person would write them: a sum for each condition on a row."""
    from expectations.rule import QUERY
    from expectations.run import all_rules

    rules = all_rules(datetime.now(UTC).date())
    with _reader(folder / "built.duckdb") as connection:
        for table in TABLES:
            of_table = [rule for rule in rules if rule.table == table.name]
            sums = [f"count(*) FILTER (WHERE {broken})" for rule in of_table if (broken := _condition(rule))]
            queries = [
                str(rule.arguments["unexpected_rows_query"]).replace("{batch}", f'"{table.name}"')
                for rule in of_table
                if rule.expectation == QUERY
            ]
            counts = ", ".join([*sums, *(f"(SELECT count(*) FROM ({query}))" for query in queries)])
            connection.sql(f'SELECT {counts} FROM "{table.name}"').fetchall()


def _condition(rule: Rule) -> str:
    """An expectation on a column as a condition that is true for a row that breaks it; empty for other kinds."""
    asked = rule.arguments
    match rule.expectation:
        case "ExpectColumnValuesToNotBeNull":
            return f'"{asked["column"]}" IS NULL'
        case "ExpectColumnValuesToBeInSet":
            values = ", ".join(f"'{value}'" for value in asked["value_set"])
            return f'"{asked["column"]}" NOT IN ({values})'
        case "ExpectColumnValuesToBeBetween":
            bounds = ((asked["min_value"], "<"), (asked["max_value"], ">"))
            return " OR ".join(f'"{asked["column"]}" {sign} {bound}' for bound, sign in bounds if bound is not None)
        case _:
            return ""


def year(folder: Path) -> None:
    """A tenth of the days of the sorted and of the unsorted table, as the pages filter; printed as seconds."""
    with _reader(folder / "built.duckdb") as connection:
        connection.execute(f"ATTACH '{folder / 'unsorted.duckdb'}' AS other (READ_ONLY)")
        ((first, days),) = connection.sql(
            "SELECT min(date_start), max(date_start) - min(date_start) FROM incident"
        ).fetchall()
        limits = {"first": first + timedelta(days // 2), "last": first + timedelta(days // 2 + days // YEARS)}
        times: dict[str, list[float]] = {"incident": [], "other.incident": []}
        for _ in range(7):
            for name, taken in times.items():
                started = time.perf_counter()
                connection.sql(
                    f"SELECT country, count(*), sum(civilians_killed_best), sum(report_count) FROM {name}"
                    " WHERE date_end >= $first AND date_start <= $last AND known_to IS NULL GROUP BY country",
                    params=limits,
                ).fetchall()
                taken.append(time.perf_counter() - started)
    print(json.dumps([statistics.median(taken) for taken in times.values()]))


STEPS: dict[str, Callable[[Path], None]] = {
    "copy": copy,
    "build": build,
    "linkage": linkage,
    "by_hand": by_hand,
    "validation": validation,
    "year": year,
}


def main() -> None:
    """Measure every step and print the ratios."""
    out = Console(markup=False, highlight=False)
    incidents = int(sys.argv[1]) if len(sys.argv) > 1 else INCIDENTS
    with tempfile.TemporaryDirectory(prefix="civharm-building-") as name:
        folder = Path(name)
        write(folder / "intake", incidents, form="parquet")
        step("build", folder)
        _finished(folder)
        rounds = [{name: step(name, folder) for name in STEPS if name != "linkage"} for _ in range(ROUNDS)]
        linked = step("linkage", folder)
    seconds = {name: statistics.median(one[name].seconds for one in rounds) for name in rounds[0]}
    memory = {name: max(one[name].memory_mb for one in rounds) for name in rounds[0]}
    sorted_s, unsorted_s = json.loads(rounds[-1]["year"].said)
    table = Shown("what", "measured", "must reach", title=f"{incidents:,} incidents, processor seconds")
    table.add_row("build", f"{seconds['build']:.1f} s, {memory['build']:,} MB", "under 2,000 MB")
    table.add_row("copy by DuckDB", f"{seconds['copy']:.1f} s, {memory['copy']:,} MB", "")
    table.add_row("build / copy", f"{seconds['build'] / seconds['copy']:.2f}", "2.5")
    table.add_row("validation", f"{seconds['validation']:.1f} s, {memory['validation']:,} MB", "")
    table.add_row("hand-written", f"{seconds['by_hand']:.1f} s", "")
    table.add_row("validation / hand-written", f"{seconds['validation'] / seconds['by_hand']:.2f}", "3")
    table.add_row(f"one of {YEARS} years, sorted / unsorted", f"{sorted_s / unsorted_s:.2f}", "0.4")
    table.add_row("linkage", f"{linked.seconds:.1f} s, {linked.memory_mb:,} MB", "under 2,000 MB")
    out.print(table)


class Taken(NamedTuple):
    """What a step took, and what it printed."""

    seconds: float
    memory_mb: int
    said: str


def step(name: str, folder: Path) -> Taken:
    """Run one step in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.building", "--step", name, str(folder)]
    said, _, taken = subprocess.run(command, check=True, capture_output=True, text=True).stdout.rpartition("TAKEN ")
    seconds, memory_mb = json.loads(taken)
    return Taken(seconds, memory_mb, said)


def run_step(name: str, folder: Path) -> None:
    """Run a step here, then print its processor seconds and the peak of memory."""
    started = time.process_time()
    STEPS[name](folder)
    used = time.process_time() - started
    print(f"TAKEN {json.dumps([used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024])}")


def _finished(folder: Path) -> None:
    """The built tables as Parquet, in random order, and the incidents in that order in a file of their own."""
    (folder / "finished").mkdir()
    with _reader(folder / "built.duckdb") as connection:
        for table in TABLES:
            file = folder / "finished" / f"{table.name}.parquet"
            connection.execute(
                f'COPY (SELECT * FROM "{table.name}" ORDER BY hash("{table.key[0]}")) TO \'{file}\' (COMPRESSION zstd)'
            )
    (folder / "incidents").mkdir()
    (folder / "incidents" / "all.parquet").hardlink_to(folder / "finished" / "incident.parquet")
    with writer(folder / "unsorted.duckdb") as connection:
        connection.execute(
            "CREATE TABLE incident AS SELECT * FROM read_parquet($file)",
            {"file": str(folder / "finished" / "incident.parquet")},
        )


def _reader(file: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(file), read_only=True, config={"memory_limit": BUILD_MEMORY_LIMIT})


if __name__ == "__main__":
    if "--step" in sys.argv:
        run_step(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
