"""The file of SIPRI's trade register as text: its header wherever it stands, its rows whatever their length."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl

from transforms.delimited import column_problems
from transforms.sipri_terms import COLUMNS
from warehouse.errors import InputError

FILE_NAME = "trade-register.csv"
CELLS, LINE = "_cells", "_line"
"""Columns added: cells in the row, and the line of the file on which it ends."""
BEYOND = "_cells_beyond"
"""Column added: cells for which the header has no column, as a CSV line."""
MOST_PREAMBLE_LINES = 100
"""SIPRI's text above the header has about ten lines; a file with so many is none of its registers."""


def register(path: Path) -> tuple[Path, pl.DataFrame]:
    """(the file, its rows as text with `COLUMNS`, CELLS, LINE and BEYOND).

    Lines above the header are text about the export. UTF-8 is tried first, then Latin-1, in which SIPRI writes. Lines
    without any cell are no rows. A short row has null in the columns that it lacks.

    Raises:
        InputError: there is no such file, no header, or its columns are not the known ones.
    """
    file = _file(path)
    lines = io.StringIO(_text(file), newline="").readlines()
    header_at = next((i for i, line in enumerate(lines[:MOST_PREAMBLE_LINES]) if _is_header(line)), None)
    if header_at is None:
        raise InputError(
            f"{file.name} is no trade register: none of its first {MOST_PREAMBLE_LINES} lines is a header with the "
            "columns Recipient and Supplier."
        )
    reader = csv.reader(lines[header_at:])
    names = _named(next(reader))
    problems = column_problems(file.name, names, COLUMNS)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        problems.append(f"{file.name}: the header names {', '.join(twice)} twice.")
    if problems:
        raise InputError(problems)
    records = [(header_at + reader.line_num, cells) for cells in reader if cells]
    width = len(names)
    frame = pl.DataFrame(
        [
            [*cells[:width], *[None] * (width - len(cells)), len(cells), line, _beyond(cells[width:])]
            for line, cells in records
        ],
        schema={
            **dict.fromkeys(names, pl.String),
            **dict.fromkeys((CELLS, LINE), pl.Int64),
            BEYOND: pl.String,
        },
        orient="row",
    )
    return file, frame


def _file(path: Path) -> Path:
    if path.is_file():
        return path
    if not path.is_dir():
        raise InputError(f"{path} does not exist; give the trade register (.csv) or the folder that holds it.")
    if (path / FILE_NAME).is_file():
        return path / FILE_NAME
    found = sorted(path.glob("*.csv"))
    if len(found) != 1:
        raise InputError(f"{path} holds {len(found)} .csv files and none named {FILE_NAME}; name the file.")
    return found[0]


def _text(file: Path) -> str:
    content = file.read_bytes()
    try:
        # Text in Latin-1 with a letter beyond ASCII is practically never valid UTF-8.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _is_header(line: str) -> bool:
    names = {cell.strip() for cell in next(csv.reader([line]), [])}
    return {"Recipient", "Supplier"} <= names


def _named(header: list[str]) -> tuple[str, ...]:
    """Names of the columns; one without a name gets that of the column before it and a "?"."""
    stripped = [name.strip() for name in header]
    return tuple(name or f"{before}?" for name, before in zip(stripped, ["", *stripped], strict=False))


def _beyond(cells: list[str]) -> str | None:
    if not cells:
        return None
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
