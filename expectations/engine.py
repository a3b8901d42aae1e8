"""Great Expectations on the DuckDB file itself: how its tables are reached, and let go of again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.interfaces import TestConnectionError
from sqlalchemy import URL, text

from expectations.rule import Rule
from warehouse.connection import BUILD_MEMORY_LIMIT
from warehouse.errors import WarehouseError
from warehouse.schema import TABLES
from warehouse.vocabulary import Severity

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "warning"}
"""Our severities in Great Expectations' words."""


@dataclass(frozen=True)
class Tables:
    """A database that is open for validation.

    Attributes:
        context: Great Expectations' ephemeral context; writes no files.
        batches: table name -> batch definition of the whole table.
        rows: table name -> number of rows.
    """

    context: Any
    batches: dict[str, Any]
    rows: dict[str, int]


@contextmanager
def open_tables(database: Path) -> Iterator[Tables]:
    """Open every declared table of a DuckDB file, read only; the file is released afterwards.

    Raises:
        WarehouseError: the file is missing, no database, or does not hold every declared table.
    """
    if not database.is_file():
        raise WarehouseError(f"{database} does not exist.")
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),  # else a folder is left
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )
    url = URL.create("duckdb", database=str(database.resolve())).render_as_string()
    try:
        source = context.data_sources.add_sql(
            "warehouse",
            connection_string=url.replace("$", r"\$"),  # a dollar sign would name a configuration variable
            create_temp_table=False,
            # Great Expectations reads results after it handed its connection back; DuckDB keeps them only without the
            # reset and rollback in between (great_expectations issues 10738 and 11579).
            kwargs={
                "isolation_level": "AUTOCOMMIT",
                "pool_reset_on_return": None,
                "skip_autocommit_rollback": True,
                "connect_args": {"read_only": True, "config": {"memory_limit": BUILD_MEMORY_LIMIT}},
            },
        )
    except TestConnectionError as error:
        raise WarehouseError(
            f"{database} is no readable DuckDB database, or another program is writing to it."
        ) from error
    try:
        rows = _row_counts(source.get_execution_engine(), database)
        batches = {
            table.name: source.add_table_asset(table.name, table_name=table.name).add_batch_definition_whole_table(
                "all"
            )
            for table in TABLES
        }
        yield Tables(context, batches, rows)
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def suite_of(name: str, rules: tuple[Rule, ...]) -> gx.ExpectationSuite:
    """A suite with one expectation for each rule; the rule's name stands in its metadata."""
    return gx.ExpectationSuite(
        name=name,
        expectations=[
            getattr(gxe, rule.expectation)(
                **rule.arguments,
                description=rule.description,
                notes=f"{rule.name}: {rule.reason}",
                severity=SEVERITIES[rule.severity],
                meta={"rule": rule.name},
            )
            for rule in rules
        ],
    )


def _row_counts(engine: Any, database: Path) -> dict[str, int]:
    present = {row[0] for row in _all(engine, "SELECT table_name FROM duckdb_tables() WHERE NOT internal")}
    if missing := [table.name for table in TABLES if table.name not in present]:
        raise WarehouseError(f"{database} lacks the tables {', '.join(missing)}; build it anew with 'civharm build'.")
    counts = " UNION ALL ".join(f"SELECT '{t.name}', count(*) FROM \"{t.name}\"" for t in TABLES)  # noqa: S608
    return dict(_all(engine, counts))


def _all(engine: Any, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in engine.execute_query(text(query)).fetchall()]
