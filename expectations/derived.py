"""Expectations that follow from the declaration of each table, all of severity error."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rule import Rule, key_list, no_rows, rows_where
from warehouse.schema import DUCKDB_TYPES, TABLES, Column, Table
from warehouse.vocabulary import Severity

ERROR = Severity.ERROR
# Queries are made of declared names and values only, never of data.
# ruff: noqa: S608


def derived_rules() -> tuple[Rule, ...]:
    """Every expectation that the declaration implies, table by table."""
    return tuple(rule for table in TABLES for rule in _table_rules(table))


def _table_rules(table: Table) -> Iterator[Rule]:
    yield Rule(
        f"{table.name}.columns_match_declaration",
        table.name,
        "The columns are the declared ones, in the declared order.",
        "Pages, extracts and questions are written against the declaration; drift would show wrong columns.",
        ERROR,
        "ExpectTableColumnsToMatchOrderedList",
        {"column_list": list(table.column_names)},
    )
    yield _types(table)
    yield _key(table)
    if "known_from" in table.key:
        yield _versions(table)
    for column in table.columns:
        yield from _column_rules(table, column)


def _types(table: Table) -> Rule:
    declared = ", ".join(f"('{c.name}', '{DUCKDB_TYPES[c.type]}')" for c in table.columns)
    return no_rows(
        f"{table.name}.types_match_declaration",
        "Each column has the declared type.",
        "A number kept as text sorts and sums wrongly.",
        ERROR,
        "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM t)"
        f" WHERE (column_name, column_type) NOT IN ({declared})",
    )


def _key(table: Table) -> Rule:
    key = key_list(table.name)
    return no_rows(
        f"{table.name}.key_is_unique",
        f"No two rows share the key {', '.join(table.key)}; counted are the keys that occur more than once.",
        "A repeated row is counted twice in every figure.",
        ERROR,
        f"SELECT {key} FROM t GROUP BY {key} HAVING count(*) > 1",
    )


def _versions(table: Table) -> Rule:
    identity = ", ".join(f'"{c}"' for c in table.key if c != "known_from")
    return no_rows(
        f"{table.name}.versions_do_not_overlap",
        "A version of a row ends before or when the next one begins.",
        "Two versions that hold on the same day are counted twice in every figure of that day.",
        ERROR,
        f"SELECT {key_list(table.name)} FROM (SELECT {key_list(table.name)}, known_to,"
        f" lead(known_from) OVER (PARTITION BY {identity} ORDER BY known_from) AS next_from FROM t)"
        " WHERE next_from IS NOT NULL AND (known_to IS NULL OR known_to > next_from)",
    )


def _column_rules(table: Table, column: Column) -> Iterator[Rule]:
    name = f"{table.name}.{column.name}"
    if column.required:
        yield _required(table, column, f"{name}_required")
    if column.allowed is not None:
        yield _in_vocabulary(table, column, f"{name}_in_vocabulary", column.allowed)
    if column.minimum is not None or column.maximum is not None:
        unit = f" {column.unit}" if column.unit else ""
        bounds = [
            f"at {which} {bound:g}{unit}"
            for which, bound in (("least", column.minimum), ("most", column.maximum))
            if bound is not None
        ]
        yield Rule(
            f"{name}_within_bounds",
            table.name,
            f"{column.label} is {' and '.join(bounds)} where it is known.",
            "A value out of bounds cannot be true; it was mistyped or misread.",
            ERROR,
            "ExpectColumnValuesToBeBetween",
            {"column": column.name, "min_value": column.minimum, "max_value": column.maximum},
        )
    if column.references is not None:
        yield _references(table, column, column.references)


def _required(table: Table, column: Column, name: str) -> Rule:
    reason = "Without it the row cannot be told apart, filtered or dated as every page takes for granted."
    if column.type == "text_list":
        description = f"{column.label} names at least one value in every row."
        return rows_where(name, description, reason, ERROR, f'coalesce(len(t."{column.name}"), 0) = 0')
    return Rule(
        name,
        table.name,
        f"{column.label} is filled in every row.",
        reason,
        ERROR,
        "ExpectColumnValuesToNotBeNull",
        {"column": column.name},
    )


def _in_vocabulary(table: Table, column: Column, name: str, allowed: tuple[str, ...]) -> Rule:
    description = f"{column.label} holds only values of its declared set of {len(allowed)}, where it is known."
    reason = "A value outside the set has no label, no colour and no filter, and would drop out of sums by category."
    if column.type == "text_list":
        values = ", ".join(f"'{value}'" for value in allowed)
        column_sql = f't."{column.name}"'
        # list_has_all passes over null elements, so those are counted apart.
        broken = f"NOT list_has_all([{values}], {column_sql}) OR list_count({column_sql}) < len({column_sql})"
        return rows_where(name, description, reason, ERROR, broken)
    return Rule(
        name,
        table.name,
        description,
        reason,
        ERROR,
        "ExpectColumnValuesToBeInSet",
        {"column": column.name, "value_set": list(allowed)},
    )


def _references(table: Table, column: Column, target: str) -> Rule:
    target_table, target_column = target.split(".")
    return no_rows(
        f"{table.name}.{column.name}_references_{target_table}",
        f"Where {column.label} is given, the table {target_table} holds it, in some version.",
        "A row that points nowhere is left out of every joined figure without a trace.",
        ERROR,
        f"SELECT {key_list(table.name, 't.')} FROM t"
        f' LEFT JOIN (SELECT DISTINCT "{target_column}" AS target FROM "{target_table}") AS r'
        f' ON t."{column.name}" = r.target WHERE t."{column.name}" IS NOT NULL AND r.target IS NULL',
    )
