"""What one expectation is, whether derived from the declaration or written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from warehouse.schema import TABLE
from warehouse.vocabulary import Severity

QUERY = "UnexpectedRowsExpectation"
"""Great Expectations' name for 'this query finds no rows'."""


@dataclass(frozen=True)
class Rule:
    """One expectation on one table.

    Attributes:
        name: `<table>.<what must hold>`; stable, so that builds can be compared.
        table: table that is checked; also the name of the suite.
        description: what is expected, a sentence.
        reason: why, a sentence.
        severity: error stops the build, warning is stored and shown.
        expectation: name of the class in `great_expectations.expectations`.
        arguments: its arguments.
    """

    name: str
    table: str
    description: str
    reason: str
    severity: Severity
    expectation: str = QUERY
    arguments: Mapping[str, Any] = field(default_factory=dict)


def no_rows(name: str, description: str, reason: str, severity: Severity, query: str) -> Rule:
    """A rule that holds when a query finds nothing.

    Args:
        query: selects what breaks the rule, one row each, only the columns that identify it. `{batch}` stands for the
            table; a colon before a letter or a brace for anything else must not occur.
    """
    table = name.partition(".")[0]
    return Rule(
        name, table, description, reason, severity, arguments={"unexpected_rows_query": query + " ORDER BY ALL"}
    )


def rows_where(name: str, description: str, reason: str, severity: Severity, broken: str) -> Rule:
    """A rule that no row of its table breaks.

    Args:
        broken: SQL condition that is true for a row that breaks it; the row is called `t`.
    """
    table = name.partition(".")[0]
    query = f"SELECT {key_list(table, 't.')} FROM {{batch}} AS t WHERE {broken}"  # noqa: S608 (declared names only)
    return no_rows(name, description, reason, severity, query)


def key_list(table: str, prefix: str = "") -> str:
    """The table's key columns as a SQL list."""
    return ", ".join(f'{prefix}"{column}"' for column in TABLE[table].key)
