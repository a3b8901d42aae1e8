"""Somebody's file as a frame of text: CSV, TSV, Excel, JSON, JSON lines, GeoJSON or Parquet; nothing is judged."""

from __future__ import annotations

import io
from pathlib import Path

import fastexcel
import polars as pl
import pyarrow as pa
import pyarrow.csv

from transforms.delimited import ragged_rows
from transforms.mapping import FORMATS, FileFormat
from transforms.mapping_records import from_parquet, from_records
from warehouse.errors import InputError

OTHER_LAYOUT = "put text with the separator in double quotes, or state another [file] separator or header_row"
"""What to do about rows of the wrong length."""


def read_file(path: Path, form: FileFormat) -> pl.DataFrame:
    """Every cell as text, blanks at both ends removed, empty ones null; rows behind the last filled one are none.

    A column without a name is called "column 3", the second of a name "name (2)". An object within a record of JSON or
    Parquet gives columns "outer.inner"; a list gives one column whose items are separated by line breaks ("tags[]",
    "sources[].url"); a GeoJSON point is WKT.

    Raises:
        InputError: the file is missing, empty, damaged, or not of the stated format, encoding or separator.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist; [file] path is relative to the mapping file.")
    if path.stat().st_size == 0:
        raise InputError(f"{path.name} is empty.")
    match kind_of(path, form):
        case "xlsx":
            frame = _sheet(path, form)
        case "parquet":
            frame = from_parquet(path)
        case "json" | "jsonl" as kind:
            frame = from_records(path.name, decoded(path, form.encoding), form.records, lines=kind == "jsonl")
        case kind:
            frame = _delimited(path, form, form.separator or ("\t" if kind == "tsv" else ","))
    text = pl.all().str.strip_chars()
    frame = frame.with_columns(pl.when(text != "").then(text).name.keep())
    is_filled = pl.any_horizontal(pl.all().is_not_null())
    filled = frame.select(is_filled).to_series().arg_true().to_list() if frame.width else []
    return frame.head(int(filled[-1]) + 1 if len(filled) else 0)


def kind_of(path: Path, form: FileFormat) -> str:
    """The format, as stated or by the ending of the file's name.

    Raises:
        InputError: neither tells.
    """
    kind = form.format or FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InputError(
            f"{path.name}: its ending tells no format; state [file] format as one of "
            f"{', '.join(dict.fromkeys(FORMATS.values()))}."
        )
    return kind


def decoded(path: Path, encoding: str) -> str:
    """The text of a file; a byte order mark is removed.

    Raises:
        InputError: there is no such encoding, or a byte does not fit it.
    """
    content = path.read_bytes()
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except LookupError as error:
        raise InputError(
            f"[file] encoding {encoding!r} is not known; common ones are utf-8, latin-1, cp1252, cp1256."
        ) from error
    except UnicodeError as error:
        at = content[: error.start].count(b"\n") + 1 if isinstance(error, UnicodeDecodeError) else 1
        raise InputError(
            f"{path.name}, line {at}: not text in {encoding}; state its encoding, such as cp1252 (Western), cp1256 "
            "(Arabic), cp1251 (Cyrillic)."
        ) from error


def named(header: list[str | None]) -> list[str]:
    """Names of columns, each once: blanks at the ends removed, nameless ones numbered, repeated ones counted."""
    names: list[str] = []
    for place, cell in enumerate(header, 1):
        base = (cell or "").strip() or f"column {place}"
        name, copy = base, 1
        while name in names:
            copy += 1
            name = f"{base} ({copy})"
        names.append(name)
    return names


def _sheet(path: Path, form: FileFormat) -> pl.DataFrame:
    try:
        book = fastexcel.read_excel(path)
        if form.sheet is None and len(book.sheet_names) > 1:
            raise InputError(
                f"{path.name} has the sheets {', '.join(map(repr, book.sheet_names))}; state which one: [file] sheet."
            )
        sheet = form.sheet or book.sheet_names[0]
        if sheet not in book.sheet_names:
            raise InputError(f"{path.name} has no sheet {sheet!r}; it has {', '.join(map(repr, book.sheet_names))}.")
        frame = book.load_sheet(sheet, header_row=None, dtypes="string", skip_rows=0).to_polars()
    except fastexcel.FastExcelError as error:
        raise InputError(f"{path.name} cannot be read as a spreadsheet: {str(error).splitlines()[0]}.") from error
    if frame.height < form.header_row:
        raise InputError(f"{path.name}, sheet {sheet!r}: there is no row {form.header_row} for a header.")
    header = frame.row(form.header_row - 1)
    frame = frame.slice(form.header_row)
    # Columns to the right that are empty throughout are formatting, not data.
    used = [i for i, name in enumerate(frame.columns) if header[i] or frame[name].is_not_null().any()]
    last = used[-1] + 1 if used else 0
    return frame.select(frame.columns[:last]).rename(
        dict(zip(frame.columns[:last], named(list(header[:last])), strict=True))
    )


def _delimited(path: Path, form: FileFormat, separator: str) -> pl.DataFrame:
    if len(separator.encode()) != 1:
        raise InputError(f"[file] separator is {separator!r}; it is one mark, such as a comma, a semicolon or a tab.")
    text = decoded(path, form.encoding)
    if "\0" in text:
        raise InputError(f"{path.name} is not a text file in {form.encoding} (it holds null characters).")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n", form.header_row - 1)
    body = lines[form.header_row - 1].rstrip("\n") if len(lines) >= form.header_row else ""
    if not body.strip():
        raise InputError(f"{path.name}: there is no line {form.header_row} for a header.")
    content = (body + "\n").encode()
    if problems := ragged_rows(path.name, pa.BufferReader(content), OTHER_LAYOUT, separator):
        raise InputError(problems)
    try:
        frame = pl.read_csv(io.BytesIO(content), separator=separator, has_header=False, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path.name} cannot be read as CSV: {str(error).splitlines()[0]}.") from error
    names = named(list(frame.row(0)))
    return frame.slice(1).rename(dict(zip(frame.columns, names, strict=True)))
