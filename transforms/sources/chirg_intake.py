"""Reader of the intake format: a folder or .zip with datapackage.json and one CSV or Parquet file per table.

Publisher, licence and day of knowledge come from the folder's own dataset file. What the files hold is declared in
`warehouse.schema` and described by `transforms.intake`. Faults of a file stop the load, all of them listed at once;
faults of a cell refuse its row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from transforms.intake import write_template
from transforms.intake_files import (
    ITEM_SEPARATOR,
    descriptor_problems,
    is_disarmed,
    read_table,
    table_files,
    unpacked,
)
from transforms.source import FILE, REFUSED_SCHEMA, ROW, Canonical, Dataset, Raw, RawFile
from warehouse.errors import InputError
from warehouse.intake_format import OPTIONAL, columns, own_identifiers, prefix
from warehouse.schema import FACT_TABLES, POLARS_TYPES, TABLE, Column, Table

__all__ = ["read", "transform", "write_template"]


def read(path: Path, known_on: date | None = None) -> Raw:
    """Read an intake folder or .zip as text.

    Args:
        path: the folder, or a .zip of it.
        known_on: not needed: the dataset file always states the day of knowledge, and what is stated holds.

    Raises:
        InputError: lists every fault of the files, each with file and, where there is one, row and column.
    """
    with unpacked(path) as folder:
        problems = descriptor_problems(folder)
        disarmed = not problems and is_disarmed(folder)
        found, misplaced = table_files(folder)
        problems += misplaced
        files = []
        for table, path_of_table in found.items():
            try:
                files.append(read_table(table, path_of_table, disarmed=disarmed))
            except InputError as error:
                problems += error.problems
        dataset = None
        for file in files:
            if Path(file.name).stem == "dataset":
                try:
                    dataset = _dataset(file)
                except InputError as error:
                    problems += error.problems
    if problems or dataset is None:
        raise InputError(problems)
    return Raw(dataset, tuple(files))


def _dataset(file: RawFile) -> Dataset:
    """The data set from its file, which has exactly one row."""
    if file.frame.height != 1:
        raise InputError(f"{file.name} has {file.frame.height} rows; exactly one row describes the data set.")
    rows, refused = _typed(TABLE["dataset"], file)
    if refused.height:
        raise InputError(refused["reason"].to_list())
    row = rows.select(c.name for c in columns(TABLE["dataset"])).row(0, named=True)
    return Dataset(**row, source_module="chirg_intake")


def transform(raw: Raw) -> Canonical:
    """Text to typed rows; a row with a faulty cell is refused with every fault it has.

    Identifiers get "<dataset_id>:" in front, but for the shared weapon_id. An empty known_from becomes known_on.
    A table without a file is absent.
    """
    tables = {}
    refused = [pl.DataFrame(schema=REFUSED_SCHEMA)]
    for file in raw.files:
        table = TABLE[Path(file.name).stem]
        rows, faulty = _typed(table, file)
        refused.append(faulty)
        own = pl.lit(prefix(raw.dataset.dataset_id))
        rows = rows.with_columns((own + pl.col(name)).alias(name) for name in own_identifiers(table))
        if table in FACT_TABLES and "known_from" in rows.columns:
            rows = rows.with_columns(pl.col("known_from").fill_null(raw.dataset.known_on))
        tables[table.name] = rows
    return Canonical(raw.dataset, raw.files, tables, frozenset({"weapon"}), pl.concat(refused))


@dataclass(frozen=True)
class _Parser:
    """How a type is written: the expression of its value, null where the text is no such value, and the hint."""

    name: str
    hint: str
    pattern: str

    def parse(self, column: Column) -> pl.Expr:
        cell = pl.col(column.name)
        text = pl.when(cell.str.contains(f"^(?:{self.pattern})$")).then(cell)
        match column.type:
            case "boolean":
                return text == "true"
            case "date":
                return text.str.to_date("%Y-%m-%d", strict=False)
            case _:
                return text.cast(POLARS_TYPES[column.type], strict=False)


PARSERS: dict[str, _Parser] = {
    "integer": _Parser("integer", "write digits only", r"[+-]?[0-9]+"),
    "float": _Parser("number", "write it with a decimal point", r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"),
    "boolean": _Parser("boolean", "write true or false", "true|false"),
    # Years before 1000 are typing errors, and year 0 does not exist.
    "date": _Parser("date", "write it as 2024-03-09", r"[1-9][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}"),
}
"""Types that a cell can fail to be; text and lists always succeed."""


def _typed(table: Table, file: RawFile) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(typed rows with FILE and ROW, refused rows) of one file."""
    held = [c for c in columns(table) if c.name in file.frame.columns]
    names = [c.name for c in held]
    rules = {c.name: _faults(table, c) for c in held}
    checked = (
        file.frame.lazy()
        .with_columns(
            pl.lit(file.name).alias(FILE),
            pl.all_horizontal(pl.col(names).is_null()).alias("_blank"),
            *(_value(c).alias(f"_value_{c.name}") for c in held),
        )
        .with_columns(
            pl.when("_blank")
            .then(pl.lit(f"{table.name}.row_blank"))
            .otherwise(pl.coalesce(rule for rule, _ in rules.values()))
            .alias("rule"),
            pl.when("_blank")
            .then(pl.lit("every cell is empty"))
            .otherwise(pl.concat_str((text for _, text in rules.values()), separator="; ", ignore_nulls=True))
            .alias("_faults"),
        )
        .collect()
    )
    refused = checked.filter(pl.col("rule").is_not_null()).select(
        FILE,
        ROW,
        "rule",
        pl.format("{}, row {}: {}.", FILE, ROW, "_faults").alias("reason"),
    )
    rows = checked.filter(pl.col("rule").is_null()).select(
        *(pl.col(f"_value_{name}").alias(name) for name in names), FILE, ROW
    )
    return rows, refused


def _value(column: Column) -> pl.Expr:
    """The typed value of a column; null where the cell is empty or faulty."""
    cell = pl.col(column.name)
    if column.type == "text_list":
        items = cell.str.split(ITEM_SEPARATOR).list.eval(
            pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != "")
        )
        return pl.when(items.list.len() > 0).then(items)
    if column.type in PARSERS:
        return PARSERS[column.type].parse(column)
    return cell


def _faults(table: Table, column: Column) -> tuple[pl.Expr, pl.Expr]:
    """(name of the broken rule, what is wrong in words) of a column; null where nothing is."""
    cell, empty = pl.col(column.name), pl.col(f"_value_{column.name}").is_null()
    name = f"{table.name}.{column.name}"
    required = column.required and column.name not in OPTIONAL
    rule, text = pl.lit(None, pl.String), pl.lit(None, pl.String)
    if required:
        rule = pl.when(empty).then(pl.lit(f"{name}_required"))
        text = pl.when(empty).then(pl.lit(f"{column.name} is empty, but required"))
    if column.type in PARSERS:
        parser = PARSERS[column.type]
        wrong = cell.is_not_null() & empty
        rule = pl.when(wrong).then(pl.lit(f"{name}_is_{parser.name}")).otherwise(rule)
        article = "an" if parser.name[0] in "aeiou" else "a"
        shown = pl.lit("its value") if column.private_content or column.restricted else pl.format('"{}"', cell)
        text = (
            pl.when(wrong)
            .then(pl.format(f"{column.name} {{}} is not {article} {parser.name} ({parser.hint})", shown))
            .otherwise(text)
        )
    return rule, text
