"""A row rule means the same to the load (Polars) and to the expectations (DuckDB), and is told in full."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.derived import derived_rules
from expectations.rule import QUERY, Rule
from expectations.rules import hand_written_rules
from warehouse.row_rules import ROW_RULES, RowRule
from warehouse.schema import TABLE, TABLES, Column
from warehouse.vocabulary import Severity

TODAY = date(2025, 1, 10)
RULES = (*derived_rules(), *hand_written_rules(TODAY))
BY_NAME = {rule.name: rule for rule in ROW_RULES}


def values(column: Column) -> st.SearchStrategy[Any]:
    """Values of a column that lie close together, so that all orders of them are met."""
    if column.allowed:
        known = st.sampled_from(column.allowed)
    elif column.type == "date":
        known = st.dates(date(2025, 1, 8), date(2025, 1, 13))
    elif column.type == "integer":
        known = st.integers(0, 3)
    else:
        known = st.sampled_from([-1.0, 0.0, 34.5])
    return st.none() | known


def rows(rule: RowRule) -> st.SearchStrategy[list[dict[str, Any]]]:
    columns = {name: values(TABLE[rule.table][name]) for name in rule.columns}
    return st.lists(st.fixed_dictionaries(columns), min_size=1, max_size=12)


def frame(rule: RowRule, given_rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = TABLE[rule.table].polars_schema()
    return pl.DataFrame(given_rows, schema={name: schema[name] for name in rule.columns})


@pytest.mark.parametrize("rule", ROW_RULES, ids=lambda rule: rule.name)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_polars_and_duckdb_agree_on_which_rows_are_broken(rule: RowRule, data: st.DataObject) -> None:
    table = frame(rule, data.draw(rows(rule)))
    by_polars = table.select(rule.expression(TODAY)).to_series().to_list()
    with duckdb.connect() as connection:
        connection.register("t", table.to_arrow())
        relation = connection.table("t")
        by_duckdb = relation.project(f"coalesce({rule.sql(TODAY)}, false)").fetchall()
    assert by_polars == [value for (value,) in by_duckdb]
    assert None not in by_polars


@given(low=st.none() | st.integers(0, 3), best=st.none() | st.integers(0, 3), high=st.none() | st.integers(0, 3))
def test_an_estimate_is_broken_when_its_known_parts_are_not_in_order(
    low: int | None, best: int | None, high: int | None
) -> None:
    rule = BY_NAME["casualty.low_best_high_ordered"]
    known = [part for part in (low, best, high) if part is not None]
    table = frame(rule, [{"low": low, "best": best, "high": high}])
    assert table.select(rule.expression(TODAY)).item() == (known != sorted(known))


@pytest.mark.parametrize(
    ("start", "end", "precision", "broken"),
    [
        (date(2025, 1, 11), date(2025, 1, 11), "day", False),  # the clock of the place is ahead of UTC
        (date(2025, 1, 12), date(2025, 1, 12), "day", True),
        (date(2025, 1, 9), date(2025, 1, 12), "range", True),
        (date(2025, 1, 1), date(2025, 12, 31), "year", False),  # the current year is not over
        (date(2026, 1, 1), date(2026, 12, 31), "year", True),
        (None, None, "unknown", False),
    ],
)
def test_only_what_has_certainly_not_happened_yet_lies_in_the_future(
    start: date | None, end: date | None, precision: str, broken: bool
) -> None:
    rule = BY_NAME["incident.date_not_in_future"]
    table = frame(rule, [{"date_start": start, "date_end": end, "date_precision": precision}])
    assert table.select(rule.expression(TODAY)).item() is broken


def test_row_rules_are_applied_to_the_tables_under_the_same_name_and_severity() -> None:
    applied = {rule.name: rule for rule in RULES}
    for rule in ROW_RULES:
        assert applied[rule.name].severity == rule.severity
        assert rule.sql(TODAY) in applied[rule.name].arguments["unexpected_rows_query"]


def test_rule_names_are_unique_and_begin_with_their_table() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert all(rule.name.startswith(f"{rule.table}.") and rule.table in TABLE for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_told_in_sentences(rule: Rule) -> None:
    for sentence in (rule.description, rule.reason):
        assert re.fullmatch(r"(?s)['A-Za-z_].{15,}\.", sentence), sentence
        assert "  " not in sentence
    assert rule.severity in Severity


@pytest.mark.parametrize("rule", [r for r in RULES if r.expectation == QUERY], ids=lambda rule: rule.name)
def test_a_query_holds_nothing_that_would_be_taken_for_a_parameter(rule: Rule) -> None:
    query = rule.arguments["unexpected_rows_query"]
    assert query.count("{") == query.count("{batch}") == 1
    assert re.search(r":\w", query) is None


def test_every_table_has_a_suite_that_checks_its_columns_types_and_key() -> None:
    names = {rule.name for rule in RULES}
    for table in TABLES:
        assert {
            f"{table.name}.columns_match_declaration",
            f"{table.name}.types_match_declaration",
            f"{table.name}.key_is_unique",
        } <= names
