"""Rows that break an error rule are refused one by one, so that one bad row never stops the others.

Rules come from the declaration (required, vocabulary, bounds, key, references) and from `warehouse.row_rules`; they
carry the same names as the expectations that check the finished tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import polars as pl

from transforms.source import FILE, REFUSED_SCHEMA, ROW, Canonical
from warehouse.row_rules import ROW_RULES
from warehouse.schema import TABLE, Column, Table
from warehouse.vocabulary import Severity

Frames = dict[str, pl.DataFrame]


def refuse(canonical: Canonical, today: date, known: Mapping[str, pl.DataFrame]) -> tuple[Frames, pl.DataFrame]:
    """Split a data set into the rows that may be loaded and the input rows that are refused.

    An input row is refused whole: nothing that came from it is loaded. Rows that refer to a refused one are refused
    too, each with that reason.

    Args:
        canonical: a source module's result.
        today: no date of an event may be later.
        known: table name -> rows that references may also point to (the reference list of weapons).

    Returns:
        Table name -> frame (FILE and ROW kept, repeated keys reduced to their first row), and a frame with
        `REFUSED_SCHEMA`, one line per refused input row.
    """
    tables = {name: frame for name, frame in canonical.tables.items() if frame.height}
    faults = [canonical.refused]
    for name, frame in tables.items():
        faults.append(row_faults(TABLE[name], frame, today))
        if name not in canonical.repeated:
            faults.append(key_faults(TABLE[name], frame))
    refused = pl.concat(faults)
    tables = _without(tables, refused)
    while (dangling := _dangling(tables, known)).height:
        refused = pl.concat([refused, dangling])
        tables = _without(tables, dangling)
    for name in canonical.repeated & tables.keys():
        key = [c for c in TABLE[name].key if c in tables[name].columns]
        tables[name] = tables[name].sort(FILE, ROW).unique(key, keep="first", maintain_order=True)
    return tables, per_row(refused)


def per_row(faults: pl.DataFrame) -> pl.DataFrame:
    """One line per refused row, with `REFUSED_SCHEMA`: the first rule it breaks and all reasons."""
    lines = faults.group_by(FILE, ROW, maintain_order=True).agg(
        pl.col("rule").first(), pl.col("reason").unique(maintain_order=True).str.join(" ")
    )
    return lines.sort(FILE, ROW).cast(REFUSED_SCHEMA)  # type: ignore[arg-type]


def row_faults(table: Table, frame: pl.DataFrame, today: date) -> pl.DataFrame:
    """A line with `REFUSED_SCHEMA` for each rule about one row that a row breaks.

    All rules are asked in one pass; only the rows that break any are then asked for each of them.
    """
    rules = _row_rules(table, frame, today)
    faulty = frame.filter(pl.any_horizontal(pl.lit(value=False), *(rule.broken for rule in rules)))
    return pl.concat([pl.DataFrame(schema=REFUSED_SCHEMA), *(_faulty(faulty, *rule) for rule in rules)])


class _Rule(NamedTuple):
    """True where a row breaks the rule (null counts as not broken), its name, the row's values, what is wrong."""

    broken: pl.Expr
    name: str
    values: pl.Expr
    what: str


def _row_rules(table: Table, frame: pl.DataFrame, today: date) -> list[_Rule]:
    rules = []
    for column in table.columns:
        if column.name not in frame.columns:
            continue
        value = pl.col(column.name)
        if column.required:
            empty = value.is_null()
            if column.type == "text_list":
                empty |= value.list.len() == 0
            rules.append(_rule(empty, f"{table.name}.{column.name}_required", column, "is empty"))
        if column.allowed:
            broken = (
                value.list.eval(~pl.element().is_in(column.allowed).fill_null(value=False)).list.any()
                if column.type == "text_list"
                else ~value.is_in(column.allowed)
            )
            rules.append(_rule(broken, f"{table.name}.{column.name}_in_vocabulary", column, "is not an allowed value"))
        if column.minimum is not None or column.maximum is not None:
            low, high = column.minimum, column.maximum
            broken = pl.any_horizontal(
                value < low if low is not None else pl.lit(value=False),
                value > high if high is not None else pl.lit(value=False),
            )
            bounds = f"is not within {'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:g}'}"
            if high is None:
                bounds = f"is below {low:g}"
            rules.append(_rule(broken, f"{table.name}.{column.name}_within_bounds", column, bounds))
    for rule in ROW_RULES:
        applies = rule.table == table.name and rule.severity == Severity.ERROR
        if applies and all(c in frame.columns for c in rule.columns):
            values = pl.concat_str(
                [pl.format(f"{c} {{}}", pl.col(c).cast(pl.String).fill_null("empty")) for c in rule.columns],
                separator=", ",
            )
            rules.append(_Rule(rule.expression(today), rule.name, values, f"breaks the rule: {rule.description}"))
    return rules


def _rule(broken: pl.Expr, rule: str, column: Column, what: str) -> _Rule:
    value = pl.col(column.name)
    text = value.list.join("; ") if column.type == "text_list" else value.cast(pl.String)
    return _Rule(broken, rule, pl.format(f"{column.name} {{}}", text.fill_null("")), what)


def _faulty(frame: pl.DataFrame, broken: pl.Expr, rule: str, values: pl.Expr, what: str) -> pl.DataFrame:
    """One line with `REFUSED_SCHEMA` for each row where `broken` is true."""
    return frame.filter(broken.fill_null(value=False)).select(
        pl.col(FILE),
        pl.col(ROW).cast(pl.Int64),
        rule=pl.lit(rule),
        reason=pl.format("{}, row {}: {} {}.", FILE, ROW, values.str.strip_chars(), pl.lit(what.rstrip("."))),
    )


def key_faults(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """A line with `REFUSED_SCHEMA` for each row whose key an earlier one has."""
    key = [c for c in table.key if c in frame.columns]
    later = pl.struct(key).is_first_distinct().not_()
    values = pl.concat_str([pl.format(f"{c} {{}}", pl.col(c).cast(pl.String)) for c in key], separator=", ")
    # In one chunk: Polars 2.1 aborts on columns whose chunks differ.
    held = frame.select(FILE, ROW, *key).rechunk()
    return _faulty(held, later, f"{table.name}.key_is_unique", values, "stands in an earlier row already")


def dangling_faults(table: Table, column: Column, frame: pl.DataFrame, broken: pl.Expr) -> pl.DataFrame:
    """A line with `REFUSED_SCHEMA` for each row where `broken` says that what a column refers to is not there."""
    target = str(column.references).partition(".")[0]
    what = f"is not in the table {target}, or its row there was refused"
    return _faulty(frame, *_rule(broken, f"{table.name}.{column.name}_references_{target}", column, what))


def _dangling(tables: Frames, known: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Lines for rows that refer to something that is not there (any more)."""
    faults = [pl.DataFrame(schema=REFUSED_SCHEMA)]
    for name, frame in tables.items():
        for column in TABLE[name].columns:
            if column.references is None or column.name not in frame.columns:
                continue
            target, target_column = column.references.split(".")
            if target == "dataset":
                continue
            present = pl.concat(
                [f[target].select(target_column) for f in (tables, known) if target in f]
                or [TABLE[target].empty().select(target_column)]
            ).to_series()
            broken = pl.col(column.name).is_not_null() & ~pl.col(column.name).is_in(present.implode())
            faults.append(dangling_faults(TABLE[name], column, frame, broken))
    return pl.concat(faults)


def _without(tables: Frames, refused: pl.DataFrame) -> Frames:
    rows = refused.select(FILE, ROW).unique()
    return {
        name: frame.with_columns(pl.col(ROW).cast(pl.Int64)).join(
            rows, on=[FILE, ROW], how="anti", maintain_order="left"
        )
        for name, frame in tables.items()
    }
