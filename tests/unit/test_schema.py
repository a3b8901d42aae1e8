"""The declaration is sound: what everything else is derived from contradicts itself nowhere."""

from __future__ import annotations

import re

import duckdb
import pytest

from warehouse.ddl import create_all
from warehouse.schema import (
    DUCKDB_TYPES,
    FACT_COLUMNS,
    FACT_TABLES,
    IBIS_TYPES,
    INTAKE_TABLES,
    POLARS_TYPES,
    TABLE,
    TABLES,
    Column,
    Table,
)

COLUMNS = [(table, column) for table in TABLES for column in table.columns]
OF_TABLE = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)

SUFFIXES = {"m": "_m", "bytes": "_bytes", "days": "_days", "US dollars": "_usd"}
"""Unit -> suffix of the name. Counted things name the thing instead, degrees and years are in the name's own sense."""
COUNTED = {
    *("people", "rows", "reports", "responses", "items", "exports", "pairs", "degrees", "year"),
    "million TIV",  # SIPRI's own unit; the names begin with tiv_
}
BOOLEANS_AS_PUBLISHED = {"synthetic", "redistributable"}
"""Booleans without is_ or has_: the data model names them so."""


@OF_TABLE
def test_names_are_lower_case_words_and_given_once(table: Table) -> None:
    names = table.column_names
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) for name in (table.name, *names))


@OF_TABLE
def test_the_key_is_made_of_columns_that_are_always_there(table: Table) -> None:
    assert table.key
    for name in table.key:
        assert table[name].required, f"{table.name}.{name} is part of the key, but may be empty"


@OF_TABLE
def test_rows_are_sorted_by_columns_that_end_in_the_key(table: Table) -> None:
    assert set(table.sort) <= set(table.column_names)
    identity = set(table.key) - {"known_from"}
    assert identity <= set(table.sort), "equal input gives equal files only if the order of rows is fixed"


@OF_TABLE
def test_a_reference_points_to_a_declared_identifier_of_the_same_type(table: Table) -> None:
    for column in table.columns:
        if column.references is None:
            continue
        target, name = column.references.split(".")
        assert TABLE[target][name].type == column.type
        assert TABLE[target].key[0] == name


@OF_TABLE
def test_a_closed_set_has_values_and_stands_on_text(table: Table) -> None:
    for column in table.columns:
        assert not (column.vocabulary and column.codes), "one closed set per column"
        if column.allowed is not None:
            assert column.allowed
            assert len(set(column.allowed)) == len(column.allowed)
            assert column.type in {"text", "text_list"}


@OF_TABLE
def test_a_value_of_a_vocabulary_has_label_meaning_and_colour(table: Table) -> None:
    for column in table.columns:
        for member in column.vocabulary or ():
            assert member.label
            assert member.meaning.endswith("."), f"{member!r}"
            assert re.fullmatch(r"#[0-9A-F]{6}", member.colour)


@OF_TABLE
def test_bounds_stand_on_numbers_in_order(table: Table) -> None:
    for column in table.columns:
        if column.minimum is not None or column.maximum is not None:
            assert column.type in {"integer", "float"}
        if column.minimum is not None and column.maximum is not None:
            assert column.minimum < column.maximum


@OF_TABLE
def test_a_description_is_a_sentence_and_a_label_is_short(table: Table) -> None:
    for column in table.columns:
        assert column.description.endswith(".")
        assert column.description == column.description.strip()
        assert column.label
        assert len(column.label) <= 40
        assert not column.label.endswith(".")


@OF_TABLE
def test_the_name_carries_the_unit(table: Table) -> None:
    for column in table.columns:
        if column.unit in SUFFIXES:
            assert column.name.endswith(SUFFIXES[column.unit])
        elif column.unit is not None:
            assert column.unit in COUNTED, f"{column.unit!r} is a new unit: give it a suffix"
        for unit, suffix in SUFFIXES.items():
            assert not column.name.endswith(suffix) or column.unit == unit


@OF_TABLE
def test_the_name_tells_the_type(table: Table) -> None:
    for column in table.columns:
        if column.type == "boolean":
            assert column.name.startswith(("is_", "has_")) or column.name in BOOLEANS_AS_PUBLISHED
        if column.name.endswith("_on"):
            assert column.type == "date" or column.name == "waiting_on"
        if column.name.endswith("_at"):
            assert column.type == "timestamp"
        if column.name.endswith("_id"):
            assert column.type == "text"


def test_the_same_name_has_the_same_type_and_unit_everywhere() -> None:
    """A list where an incident has several of what a report or a weapon has one of."""
    first: dict[str, Column] = {}
    for table, column in COLUMNS:
        other = first.setdefault(column.name, column)
        item, other_item = column.type.removesuffix("_list"), other.type.removesuffix("_list")
        assert (other_item, other.unit) == (item, column.unit), f"{table.name}.{column.name}"


def test_fact_tables_end_with_what_every_fact_row_carries() -> None:
    for table in FACT_TABLES:
        assert table.columns[-len(FACT_COLUMNS) :] == FACT_COLUMNS
        assert table.key[-1] == "known_from"
    assert {t.name for t in TABLES} - {t.name for t in FACT_TABLES} == {
        *("dataset", "input_file", "weapon", "unit", "series", "quarantine", "validation_result", "build"),
        *("candidate_pair", "linkage_measure", "correction"),
    }


def test_the_intake_has_a_file_for_everything_a_team_knows() -> None:
    assert {t.name for t in INTAKE_TABLES} == {
        *("dataset", "incident", "casualty", "report", "incident_report", "weapon", "incident_weapon"),
        *(
            "incident_unit",
            "stage_transition",
            "assessment",
            "unit",
            "response",
            "engagement",
            "transfer",
            "series",
            "context_series",
        ),
    }
    for table in INTAKE_TABLES:
        known = {t.name for t in INTAKE_TABLES}
        for column in table.intake_columns:
            assert not column.derived
            assert column.references is None or column.references.split(".")[0] in known
        needed = {name for name in table.key if name not in {"known_from", "dataset_id"}}
        assert needed <= {c.name for c in table.intake_columns}, "a person cannot write the key"


def test_what_names_a_person_or_a_private_source_is_marked() -> None:
    assert [f"{t.name}.{c.name}" for t, c in COLUMNS if c.restricted] == ["report.account_name"]
    hidden = {c.name for c in TABLE["report"].columns if c.private_content}
    assert hidden == {"submitted_by", "publisher", "title", "url", "archive_url", "raw_text"} | {
        *("place", "latitude", "longitude", "reviewed_latitude", "reviewed_longitude"),
    }
    assert not any("victim" in c.name for _, c in COLUMNS), "names of victims are never loaded"


def test_every_type_is_known_to_every_engine() -> None:
    assert DUCKDB_TYPES.keys() == POLARS_TYPES.keys() == IBIS_TYPES.keys()


def test_the_database_s_comments_are_the_descriptions() -> None:
    with duckdb.connect() as connection:
        create_all(connection)
        columns = connection.sql("SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal")
        tables = connection.sql("SELECT table_name, comment FROM duckdb_tables() WHERE NOT internal")
        found = {(table, column): comment for table, column, comment in columns.fetchall()}
        about = dict(tables.fetchall())
    assert found == {(t.name, c.name): c.description + (f" Unit: {c.unit}." if c.unit else "") for t, c in COLUMNS}
    assert about == {t.name: f"One row is {t.row_is}." for t in TABLES}


def test_a_frame_without_rows_has_the_declared_columns() -> None:
    for table in TABLES:
        assert table.empty().columns == list(table.column_names)
        assert list(table.ibis_table().columns) == list(table.column_names)
