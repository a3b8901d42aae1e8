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
    as_text,
    descriptor_problems,
    is_disarmed,
    is_parquet,
    parquet_rows,
    read_table,
    table_files,
    unpacked,
)
from transforms.source import FILE, REFUSED_SCHEMA, ROW, Canonical, Dataset, Raw, RawFile
from warehouse.errors import InputError
from warehouse.intake_format import OPTIONAL, columns, own_identifiers, prefix
from warehouse.schema import FACT_TABLES, POLARS_TYPES, TABLE, Column, Table

__all__ = ["read", "transform", "write_template"]

REPEATED = frozenset({"weapon"})
"""Tables of which the first row of a key stands."""


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


def large_tables(path: Path, rows: int) -> tuple[Dataset, dict[Table, Path]] | None:
    """Data set and files of a folder that holds more than `rows` rows in sound Parquet files; else None.

    None too where something is wrong with the files: `read` says what.
    """
    if not path.is_dir():
        return None
    found, problems = table_files(path)
    if problems or descriptor_problems(path):
        return None
    try:
        held = sum(parquet_rows(table, file) for table, file in found.items() if is_parquet(file))
        dataset = _dataset(read_table(TABLE["dataset"], found[TABLE["dataset"]])) if held > rows else None
    except InputError:
        return None
    return (dataset, found) if dataset else None


def _dataset(file: RawFile) -> Dataset:
    """The data set from its file, which has exactly one row."""
    if file.frame.height != 1:
        raise InputError(f"{file.name} has {file.frame.height} rows; exactly one row describes the data set.")
    rows, refused = _typed(TABLE["dataset"], file.name, file.frame)
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
        tables[table.name], faulty = canonical_rows(table, raw.dataset, file.name, file.frame)
        refused.append(faulty)
    return Canonical(raw.dataset, raw.files, tables, REPEATED, pl.concat(refused))


def canonical_rows(table: Table, dataset: Dataset, file: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(typed rows with FILE and ROW, refused rows) of one file or a part of it.

    Args:
        table: of which the rows are.
        dataset: that they belong to.
        file: its name.
        frame: ROW and the columns of the file, each one text or of the type of a Parquet file.
    """
    rows, faulty = _typed(table, file, frame)
    own = pl.lit(prefix(dataset.dataset_id))
    rows = rows.with_columns((own + pl.col(name)).alias(name) for name in own_identifiers(table))
    if table in FACT_TABLES and "known_from" in rows.columns:
        rows = rows.with_columns(pl.col("known_from").fill_null(dataset.known_on))
    return rows, faulty


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


def _typed(table: Table, file: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(typed rows with FILE and ROW, refused rows) of one file or a part of it."""
    held = [c for c in columns(table) if c.name in frame.columns]
    names = [c.name for c in held]
    # Of another type than declared, such as whole numbers kept as floats: read as a CSV file's would be.
    as_declared = {c.name for c in held if frame.schema[c.name] == POLARS_TYPES[c.type]}
    if others := [name for name in names if name not in as_declared and frame.schema[name] != pl.String]:
        frame = frame.drop(others).hstack(as_text(table, frame.select(*others, ROW)).drop(ROW))
    rules = {c.name: _faults(table, c) for c in held}
    valued = frame.lazy().with_columns(
        pl.all_horizontal(pl.col(names).is_null()).alias("_blank"),
        *(_value(c, is_typed=c.name in as_declared).alias(f"_value_{c.name}") for c in held),
    )
    is_faulty = pl.any_horizontal("_blank", *(broken for broken, _, _ in rules.values()))
    checked = valued.with_columns(_is_faulty=is_faulty).collect()
    faulty = checked.filter("_is_faulty")
    rule = pl.coalesce(rule for _, rule, _ in rules.values())
    text = pl.concat_str((text for _, _, text in rules.values()), separator="; ", ignore_nulls=True)
    refused = faulty.select(
        pl.lit(file).alias(FILE),
        ROW,
        pl.when("_blank").then(pl.lit(f"{table.name}.row_blank")).otherwise(rule).alias("rule"),
        pl.when("_blank").then(pl.lit("every cell is empty")).otherwise(text).alias("_faults"),
    ).select(FILE, ROW, "rule", pl.format("{}, row {}: {}.", FILE, ROW, "_faults").alias("reason"))
    good = checked.filter(~pl.col("_is_faulty")) if faulty.height else checked
    return good.select(
        *(pl.col(f"_value_{name}").alias(name) for name in names), pl.lit(file).alias(FILE), ROW
    ), refused


def _value(column: Column, *, is_typed: bool) -> pl.Expr:
    """The typed value of a column; null where the cell is empty or faulty."""
    cell = pl.col(column.name)
    if column.type == "text_list":
        items = cell if is_typed else cell.str.split(ITEM_SEPARATOR)
        items = items.list.eval(pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != ""))
        return pl.when(items.list.len() > 0).then(items)
    if column.type not in PARSERS:
        return pl.when(cell != "").then(cell)
    if not is_typed:
        return PARSERS[column.type].parse(column)
    match column.type:
        case "date":
            return pl.when(cell.dt.year().is_between(1000, 9999)).then(cell)
        case "float":
            return pl.when(cell.is_finite()).then(cell)
        case _:
            return cell


def _faults(table: Table, column: Column) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """(whether a column is faulty, name of the broken rule, what is wrong in words); the texts are null if not."""
    cell, empty = pl.col(column.name), pl.col(f"_value_{column.name}").is_null()
    name = f"{table.name}.{column.name}"
    required = column.required and column.name not in OPTIONAL
    broken = empty if required else pl.lit(value=False)
    rule, text = pl.lit(None, pl.String), pl.lit(None, pl.String)
    if required:
        rule = pl.when(empty).then(pl.lit(f"{name}_required"))
        text = pl.when(empty).then(pl.lit(f"{column.name} is empty, but required"))
    if column.type in PARSERS:
        parser = PARSERS[column.type]
        wrong = cell.is_not_null() & empty
        broken |= wrong
        rule = pl.when(wrong).then(pl.lit(f"{name}_is_{parser.name}")).otherwise(rule)
        article = "an" if parser.name[0] in "aeiou" else "a"
        shown = pl.lit("its value") if column.private_content or column.restricted else pl.format('"{}"', cell)
        text = (
            pl.when(wrong)
            .then(pl.format(f"{column.name} {{}} is not {article} {parser.name} ({parser.hint})", shown))
            .otherwise(text)
        )
    return broken, rule, text
