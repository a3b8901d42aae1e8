"""The declaration in the words of others: a Frictionless Data Package and a data dictionary.

The intake format, the extracts' data dictionary and the Method page are generated here from `warehouse.schema`.
Specification: https://datapackage.org (Data Package and Table Schema, version 2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import polars as pl

from warehouse.countries import country_codes
from warehouse.schema import LIST_SEPARATOR, Column, Table

Descriptor = dict[str, Any]
"""A JSON object as the specification describes it."""

FIELD_TYPES: dict[str, str] = {
    "text": "string",
    "integer": "integer",
    "float": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "datetime",
    "text_list": "string",
}
"""Our types -> Table Schema types. A list is one text, its items joined by `LIST_SEPARATOR`."""

TYPE_WORDS: dict[str, str] = {
    "text": "text",
    "integer": "whole number",
    "float": "number",
    "boolean": "true or false",
    "date": "date (YYYY-MM-DD)",
    "timestamp": "time (UTC)",
    "text_list": f'list, items joined by "{LIST_SEPARATOR}"',
}
"""Our types in words."""


def package(
    tables: Iterable[Table],
    *,
    name: str,
    title: str,
    version: str,
    columns: Callable[[Table], tuple[Column, ...]] = lambda table: table.columns,
    optional: frozenset[str] = frozenset(),
    path: Callable[[Table], str] = lambda table: f"{table.name}.csv",
) -> Descriptor:
    """A data package descriptor: one resource per table.

    Args:
        tables: tables to describe, in order.
        name, title, version: of the package.
        columns: the columns of each table that its file holds.
        optional: columns that a file may leave empty or out, whatever the declaration says; no part of the keys.
        path: the file of each table, below the descriptor.
    """
    held = {table: tuple(columns(table)) for table in tables}
    fields_held = {f"{table.name}.{column.name}" for table, chosen in held.items() for column in chosen}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name,
        "title": title,
        "version": version,
        "resources": [
            {
                "name": table.name,
                "type": "table",
                "path": path(table),
                "title": table.name.replace("_", " ").capitalize(),
                "description": f"One row is {table.row_is}.",
                "scheme": "file",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": _schema(table, chosen, optional, fields_held),
            }
            for table, chosen in held.items()
        ],
    }


def _schema(table: Table, chosen: tuple[Column, ...], optional: frozenset[str], fields_held: set[str]) -> Descriptor:
    schema: Descriptor = {"fields": [_field(c, required=c.required and c.name not in optional) for c in chosen]}
    names = {c.name for c in chosen}
    key = [name for name in table.key if name not in optional]
    if names.issuperset(key):
        schema["primaryKey"] = key
    references = [_foreign_key(table, c) for c in chosen if c.references in fields_held]
    if references:
        schema["foreignKeys"] = references
    return schema | {"missingValues": [""]}


def _field(column: Column, *, required: bool) -> Descriptor:
    is_list = column.type == "text_list"
    description = column.description
    if is_list:
        description += f' Several items are joined by "{LIST_SEPARATOR}".'
    field: Descriptor = {
        "name": column.name,
        "type": FIELD_TYPES[column.type],
        "title": column.label,
        "description": description,
    }
    if column.type == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.unit:
        field["unit"] = column.unit
    constraints: Descriptor = {}
    if required:
        constraints["required"] = True
    if column.allowed and is_list:
        item = "|".join(re.escape(value) for value in column.allowed)
        constraints["pattern"] = rf"\s*({item})\s*(;\s*({item})\s*)*"
    elif column.allowed:
        constraints["enum"] = list(column.allowed)
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    if column.maximum is not None:
        constraints["maximum"] = column.maximum
    return field | ({"constraints": constraints} if constraints else {})


def _foreign_key(table: Table, column: Column) -> Descriptor:
    resource, field = str(column.references).split(".")
    # An empty resource name means the resource itself.
    return {
        "fields": [column.name],
        "reference": {"resource": "" if resource == table.name else resource, "fields": [field]},
    }


def dictionary(table: Table, columns: Iterable[Column] | None = None) -> pl.DataFrame:
    """The data dictionary of a table.

    Args:
        table: the table.
        columns: columns to describe; all of the table's if not given.

    Returns:
        One row per column: column, label, type, unit (null without one), description, required (boolean),
        allowed (values or bounds in words, null where anything may stand).
    """
    return pl.DataFrame(
        [
            (c.name, c.label, TYPE_WORDS[c.type], c.unit, c.description, c.required, allowed(c))
            for c in (table.columns if columns is None else columns)
        ],
        schema={
            "column": pl.String,
            "label": pl.String,
            "type": pl.String,
            "unit": pl.String,
            "description": pl.String,
            "required": pl.Boolean,
            "allowed": pl.String,
        },
        orient="row",
    )


def allowed(column: Column) -> str | None:
    """What may stand in a column, in words; None where anything may."""
    if column.codes == country_codes():
        return "ISO 3166-1 alpha-3 code"
    if column.allowed:
        return LIST_SEPARATOR.join(column.allowed)
    match column.minimum, column.maximum:
        case None, None:
            return None
        case low, None:
            return f"{low} or more"
        case None, high:
            return f"{high} or less"
        case low, high:
            return f"{low} to {high}"
