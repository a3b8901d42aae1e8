"""Runs every expectation on a DuckDB file; the outcome is a frame for the table validation_result.

Importing this module imports Great Expectations, which takes seconds: the build and the command line do it when they
need it, the app never.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from expectations.derived import derived_rules
from expectations.engine import Tables, open_tables, suite_of
from expectations.rule import QUERY, Rule
from expectations.rules import hand_written_rules
from warehouse.schema import TABLE, TABLES
from warehouse.vocabulary import Severity

SAMPLE_ROWS = 10
"""Keys kept of the rows that break a rule: enough to look them up, few enough to read."""
SHOWN_KEYS = 3
"""Of these, how many a sentence names."""


def all_rules(today: date) -> tuple[Rule, ...]:
    """Every expectation, in the order of the tables, derived ones first."""
    rules = (*derived_rules(), *hand_written_rules(today))
    return tuple(rule for table in TABLES for rule in rules if rule.table == table.name)


def run(database: Path, today: date, progress: Callable[[str], None] | None = None) -> pl.DataFrame:
    """Check every table of a DuckDB file.

    Args:
        database: the file; opened read only and released afterwards.
        today: the day of the build (UTC); nothing that has happened can be dated later.
        progress: called with a line of text after each table.

    Returns:
        One row per rule with the columns of validation_result. Where a rule could not be evaluated, because its
        column is missing, it is not met and `evaluated` is 0.

    Raises:
        WarehouseError: the file does not hold every declared table.
    """
    results: list[dict[str, Any]] = []
    rules = all_rules(today)
    with open_tables(database) as tables:
        for table in TABLES:
            of_table = tuple(rule for rule in rules if rule.table == table.name)
            rows = _check(tables, table.name, of_table)
            results += rows
            if progress is not None:
                unmet = sum(not row["is_met"] for row in rows)
                progress(f"  {table.name}: {len(rows)} expectations, {unmet} not met")
    return pl.DataFrame(results, schema=TABLE["validation_result"].polars_schema())


def problems(results: pl.DataFrame) -> tuple[str, ...]:
    """One sentence for each error that is not met, with the rule, how many rows break it, and which.

    Args:
        results: as `run` returns them.
    """
    broken = results.filter(~pl.col("is_met"), pl.col("severity") == Severity.ERROR.value)
    return tuple(_sentence(row) for row in broken.iter_rows(named=True))


def _sentence(row: Mapping[str, Any]) -> str:
    keys = json.loads(row["sample"] or "[]")[:SHOWN_KEYS]
    shown = "; ".join(" ".join(f"{name} {value}" for name, value in key.items()) for key in keys)
    if not row["evaluated"] and not row["unexpected"]:
        return f"{row['expectation']} could not be checked: {shown or 'no reason given'}."
    count = f"{row['unexpected']:,} of {row['evaluated']:,}"
    return f"{row['expectation']}: {row['description']} Broken by {count}" + (f", such as {shown}." if shown else ".")


def _check(tables: Tables, table: str, rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    batch = tables.batches[table].get_batch()

    def outcomes(asked: tuple[Rule, ...], result_format: Mapping[str, Any]) -> dict[str, Any]:
        results = batch.validate(suite_of(table, asked), result_format=dict(result_format)).results
        return {result.expectation_config.meta["rule"]: result for result in results}

    found = outcomes(rules, {"result_format": "BOOLEAN_ONLY"})
    # Counts and keys cost a query each, so only what is not met is asked for them.
    unmet = tuple(rule for rule in rules if not found[rule.name].success)
    for kind, result_format in ((True, {"result_format": "COMPLETE"}), (False, _with_keys(table))):
        if asked := tuple(rule for rule in unmet if (rule.expectation == QUERY) == kind):
            found |= outcomes(asked, result_format)
    return [_result_row(rule, found[rule.name], tables.rows[table]) for rule in rules]


def _with_keys(table: str) -> dict[str, Any]:
    """Names the offending rows of an expectation on a column, a sample of them only."""
    return {
        "result_format": "SUMMARY",
        "unexpected_index_column_names": list(TABLE[table].key),
        "partial_unexpected_count": SAMPLE_ROWS,
    }


def _result_row(rule: Rule, outcome: Any, rows: int) -> dict[str, Any]:
    unexpected, sample, evaluated = _unexpected(rule, outcome, rows)
    return {
        "suite": rule.table,
        "expectation": rule.name,
        "description": rule.description,
        "reason": rule.reason,
        "severity": rule.severity.value,
        "is_met": bool(outcome.success),
        "evaluated": evaluated,
        "unexpected": unexpected,
        "sample": json.dumps(sample, ensure_ascii=False, default=str) if sample else None,
    }


def _unexpected(rule: Rule, outcome: Any, rows: int) -> tuple[int, list[dict[str, Any]], int]:
    """(how many break the rule, keys of the first of them, how many were checked)."""
    if message := _exception(outcome.exception_info):
        return 0, [{"error": message}], 0
    result = outcome.result
    if outcome.success:
        return 0, [], len(rule.arguments.get("column_list", ())) or rows
    if rule.expectation == QUERY:
        found = result.get("details", {}).get("unexpected_rows", [])
        return int(result["observed_value"]), found[:SAMPLE_ROWS], rows
    if "column_list" in rule.arguments:
        wrong = sorted(set(rule.arguments["column_list"]) ^ set(result["observed_value"]))
        mismatched = [m["Found"] or m["Expected"] for m in result.get("details", {}).get("mismatched", [])]
        names = wrong or mismatched
        return len(names), [{"column": name} for name in names[:SAMPLE_ROWS]], len(rule.arguments["column_list"])
    keys = TABLE[rule.table].key
    sample = [{k: row[k] for k in keys} for row in result.get("partial_unexpected_index_list") or []]
    return int(result["unexpected_count"]), sample[:SAMPLE_ROWS], rows


def _exception(info: Mapping[str, Any]) -> str | None:
    """First line of what went wrong in an expectation; Great Expectations nests it per metric where several failed."""
    if "raised_exception" not in info:
        return next((message for part in info.values() if (message := _exception(part))), None)
    return str(info["exception_message"]).splitlines()[0] if info["raised_exception"] else None
