"""CSV files as text: nothing guessed, nothing padded, and every fault of a file told at once."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv

from warehouse.errors import InputError

MAX_LISTED = 10
"""Rows named per file when many have the same fault; the rest is counted."""
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs"}
"""What spreadsheets write in place of commas, by the language of their user."""


def read_csv(path: Path, expected: tuple[str, ...], optional: Collection[str] = ()) -> pl.DataFrame:
    """Read a UTF-8 CSV file as text; empty cells become null.

    Args:
        path: the file.
        expected: names of its columns, in any order.
        optional: those of them that may be left out.

    Raises:
        InputError: the file is missing, empty, not UTF-8, not a table, its columns are not the expected ones, or a row
            has more or fewer cells than the header.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist; give the folder that holds {path.name}.")
    content = path.read_bytes()
    if not content.strip():
        raise InputError(f"{path.name} is empty; it needs a header row with the columns {', '.join(expected)}.")
    if b"\0" in content:
        raise InputError(f"{path.name} is not a text file (it holds null bytes); give a CSV file.")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        bad = content[error.start : error.start + 1].hex()
        raise InputError(
            f"{path.name}, line {line}: byte 0x{bad} is not UTF-8; save the file as UTF-8 "
            "(it may be Latin-1 or Windows-1252)."
        ) from error
    try:
        found = tuple(pl.read_csv(content, infer_schema=False, n_rows=0).columns)
        problems = [*column_problems(path.name, found, expected, optional), *ragged_rows(path.name, path, QUOTE_TEXT)]
        if problems:
            raise InputError(problems)
        frame = pl.read_csv(content, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path.name} cannot be read as CSV: {str(error).splitlines()[0]}.") from error
    return frame.with_columns(pl.all().replace("", None))


QUOTE_TEXT = "put text with commas in double quotes"


def column_problems(
    file: str, found: tuple[str, ...], expected: tuple[str, ...], optional: Collection[str] = ()
) -> list[str]:
    """One sentence for the missing columns and one for the unknown ones; empty when a file's columns are right."""
    if len(found) == 1 and (other := next((s for s in OTHER_SEPARATORS if s in found[0]), None)):
        return [f"{file}: its columns are separated by {OTHER_SEPARATORS[other]}; save it with commas."]
    problems = []
    if missing := [c for c in expected if c not in found and c not in optional]:
        problems.append(f"{file}: {_named(missing)} missing.")
    if unknown := [c for c in found if c not in expected]:
        problems.append(f"{file}: {_named(unknown)} not known; the source's format may have changed.")
    return problems


def _named(columns: list[str]) -> str:
    return f"the column {columns[0]} is" if len(columns) == 1 else f"the columns {', '.join(columns)} are"


def ragged_rows(name: str, source: Path | pa.BufferReader, hint: str, separator: str = ",") -> list[str]:
    """Rows with more or fewer cells than the header: their values would land in the wrong columns, or nowhere.

    Args:
        name: of the file, for people.
        source: the file, or its content.
        hint: what to do about it.
    """
    faults: list[pa.csv.InvalidRow] = []

    def note(row: pa.csv.InvalidRow) -> str:
        faults.append(row)
        return "skip"

    try:
        # All at once, not streamed: a stream's reader thread may outlive the refusal and abort the process at its end.
        pa.csv.read_csv(
            source,
            # Latin-1 reads any byte: only cells are counted here.
            read_options=pa.csv.ReadOptions(use_threads=False, encoding="latin-1"),
            parse_options=pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=note),
            convert_options=pa.csv.ConvertOptions(include_columns=["_none_"], include_missing_columns=True),
        )
    except pa.ArrowInvalid:
        return []  # no table at all: the reader says what is wrong
    shown = [
        f"{name}, row {row.number - 1}: {row.actual_columns} cells, the header has {row.expected_columns}; {hint}."
        for row in faults[:MAX_LISTED]
    ]
    more = len(faults) - MAX_LISTED
    return [*shown, f"{name}: {more:,} more rows with the wrong number of cells."] if more > 0 else shown
