"""From the declaration to SQL: tables with comments, keys and types."""

from __future__ import annotations

import duckdb
import polars as pl

from warehouse.schema import DUCKDB_TYPES, TABLES, Table


def create_table_sql(table: Table) -> str:
    """CREATE TABLE with every column's type. Keys are held by expectations: a constraint stops at the first fault."""
    columns = ", ".join(f'"{c.name}" {DUCKDB_TYPES[c.type]}' for c in table.columns)
    return f'CREATE TABLE "{table.name}" ({columns})'


def comment_sql(table: Table) -> list[str]:
    """COMMENT ON statements for the table and each column."""
    statements = [f"COMMENT ON TABLE \"{table.name}\" IS '{_quoted('One row is ' + table.row_is + '.')}'"]
    for column in table.columns:
        text = column.description + (f" Unit: {column.unit}." if column.unit else "")
        statements.append(f'COMMENT ON COLUMN "{table.name}"."{column.name}" IS \'{_quoted(text)}\'')
    return statements


def create_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every declared table in an empty database."""
    for table in TABLES:
        connection.execute(create_table_sql(table))
        for statement in comment_sql(table):
            connection.execute(statement)


def insert(connection: duckdb.DuckDBPyConnection, table: Table, frame: pl.DataFrame) -> None:
    """Append a frame to a table, sorted by the table's sort columns so that equal input gives equal files.

    What is current stands first: a question about it then skips the rest.

    Args:
        frame: exactly the table's columns, in any order.

    Raises:
        ValueError: a column is missing or unknown.
    """
    if set(frame.columns) != set(table.column_names):
        difference = sorted(set(frame.columns) ^ set(table.column_names))
        raise ValueError(f"{table.name}: columns differ from the declaration: {', '.join(difference)}")
    ordered = frame.select(pl.col(c.name).cast(table.polars_schema()[c.name]) for c in table.columns)
    order = [pl.col(name) for name in table.sort or table.key]
    if "known_to" in table.column_names:
        order.insert(0, pl.col("known_to").is_not_null())
    rows = ordered.sort(order, nulls_last=True, maintain_order=True).to_arrow()
    connection.register("rows_to_insert", rows)
    connection.execute(f'INSERT INTO "{table.name}" SELECT * FROM rows_to_insert')  # noqa: S608 (declared name)
    connection.unregister("rows_to_insert")


def in_order(table: Table, prefix: str = "") -> str:
    """The table's order of rows as SQL, the same as `insert` gives them; several versions of a row by their day."""
    columns = dict.fromkeys((*(table.sort or table.key), *table.key))
    current_first = [f'{prefix}"known_to" IS NOT NULL'] if "known_to" in table.column_names else []
    return ", ".join([*current_first, *(f'{prefix}"{c}" NULLS LAST' for c in columns)])


def declared_differences(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What differs between the database and the declaration, both ways, one sentence each; empty when nothing."""
    found = connection.sql(
        "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    actual = {(t, c): (kind, comment) for t, c, kind, comment in found}
    declared = {
        (t.name, c.name): (
            DUCKDB_TYPES[c.type],
            c.description + (f" Unit: {c.unit}." if c.unit else ""),
        )
        for t in TABLES
        for c in t.columns
    }
    differences = [f"{t}.{c} is declared but not in the database" for t, c in declared.keys() - actual.keys()]
    differences += [f"{t}.{c} is in the database but not declared" for t, c in actual.keys() - declared.keys()]
    differences += [
        f"{t}.{c} is {actual[t, c]} in the database, declared as {declared[t, c]}"
        for t, c in declared.keys() & actual.keys()
        if declared[t, c] != actual[t, c]
    ]
    return sorted(differences)


def _quoted(text: str) -> str:
    return text.replace("'", "''")
