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
        query: selects what breaks the rule from `t`, the table, one row each, only the columns that identify it.
            It must hold no brace, nor a colon before a letter: both mean parameters to those who pass it on.
    """
    table = name.partition(".")[0]
    whole = f"WITH t AS (SELECT * FROM {{batch}}) {query} ORDER BY ALL"  # noqa: S608 (declared names and constants)
    return Rule(name, table, description, reason, severity, arguments={"unexpected_rows_query": whole})


def rows_where(name: str, description: str, reason: str, severity: Severity, broken: str) -> Rule:
    """A rule that no row of its table breaks.

    Args:
        broken: SQL condition that is true for a row that breaks it; the row is called `t`.
    """
    table = name.partition(".")[0]
    query = f"SELECT {key_list(table, 't.')} FROM t WHERE {broken}"  # noqa: S608 (declared names only)
    return no_rows(name, description, reason, severity, query)


def key_list(table: str, prefix: str = "") -> str:
    """The table's key columns as a SQL list."""
    return ", ".join(f'{prefix}"{column}"' for column in TABLE[table].key)
