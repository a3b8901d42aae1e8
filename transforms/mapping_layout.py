"""How an unseen file is stored: its encoding, separator, header row, sheet, or place of its records."""

from __future__ import annotations

import codecs
import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import fastexcel

from transforms.mapping import FileFormat
from transforms.mapping_files import decoded, kind_of
from warehouse.errors import InputError

SAMPLE_LINES = 200
"""Lines that tell separator and header; more change nothing."""
SEPARATORS = (",", ";", "\t", "|")
HEADER_WITHIN = 15
"""Rows in which a header is looked for: titles and notes above a table are shorter."""
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
ALPHABETS = {"cp1256": "اليمونرتبة", "cp1251": "оеаинтсрвл", "cp1255": "יוהלאתרבשמ"}
"""Encodings of one byte for alphabets other than the Latin one, with the ten commonest letters of Arabic, Russian and
Hebrew texts: in the right encoding they make up more than half of a text, in a wrong one some tenth."""
IN_WORDS = 0.5
"""Share of bytes beyond ASCII that stand beside another one: accents stand alone in a Latin word, whole words of
another alphabet consist of such bytes."""


def layout(path: Path) -> tuple[FileFormat, list[str]]:
    """How a file is stored, and sentences on what a person should know of that guess.

    Raises:
        InputError: it does not exist or cannot be read at all.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist; give a CSV, TSV, Excel, JSON or Parquet file.")
    if path.stat().st_size == 0:
        raise InputError(f"{path.name} is empty.")
    form = FileFormat(paths=(path.name,))
    kind = kind_of(path, form)
    if kind == "parquet":
        return form, []
    if kind == "xlsx":
        return _sheet(path, form)
    encoding, notes = encoding_of(path.read_bytes())
    form = FileFormat(paths=(path.name,), encoding=encoding)
    text = decoded(path, encoding)
    if kind in {"json", "jsonl"}:
        return _records(path, text, form, kind, notes)
    lines = text.splitlines()[:SAMPLE_LINES]
    separator, rows = _separator(lines)
    header = _header(rows)
    if header > 1:
        notes.append(f"The header is taken to be line {header}; the lines above it are left out.")
    return FileFormat(paths=(path.name,), encoding=encoding, separator=separator, header_row=header), notes


def encoding_of(content: bytes) -> tuple[str, list[str]]:
    """The encoding of a text, and a sentence where it is a guess."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return encoding, []
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8", []
    high = [i for i, byte in enumerate(content) if byte > 127]
    beside = sum(i + 1 < len(content) and content[i + 1] > 127 for i in high)
    encoding = "cp1252"
    if beside > IN_WORDS * len(high):
        letters = {name: Counter(content.decode(name, "replace").lower()) for name in ALPHABETS}
        encoding = max(ALPHABETS, key=lambda name: sum(letters[name][letter] for letter in ALPHABETS[name]))
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
    return encoding, [f"The file is not UTF-8; {encoding} is a guess. Look whether names of places read right."]


def _separator(lines: list[str]) -> tuple[str, list[list[str]]]:
    """The separator that gives the most rows of one and the same width above one, and the rows."""
    best, best_rows, best_score = ",", [[line] for line in lines], 0
    for separator in SEPARATORS:
        rows = [row for row in csv.reader(lines, delimiter=separator) if row]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            continue
        width, n = max(widths.items(), key=lambda pair: (pair[1] * pair[0], pair[0]))
        if width * n > best_score:
            best, best_rows, best_score = separator, rows, width * n
    return best, best_rows


def _header(rows: list[list[str]]) -> int:
    """Line of the header, from 1: the first row that has as many filled cells as the widest, or nearly."""
    start = rows[:HEADER_WITHIN]
    filled = [sum(bool(cell.strip()) for cell in row) for row in start]
    usual = Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 1
    for number, (row, n) in enumerate(zip(start, filled, strict=True), 1):
        if len(row) == usual and n * 2 > usual:
            return number
    return 1


def _sheet(path: Path, form: FileFormat) -> tuple[FileFormat, list[str]]:
    try:
        book = fastexcel.read_excel(path)
        sizes = {
            name: book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0).to_polars()
            for name in book.sheet_names
        }
    except fastexcel.FastExcelError as error:
        raise InputError(f"{path.name} cannot be read as a spreadsheet: {str(error).splitlines()[0]}.") from error
    sheet = max(sizes, key=lambda name: sizes[name].height * sizes[name].width)
    notes = []
    if len(sizes) > 1:
        others = ", ".join(repr(name) for name in sizes if name != sheet)
        notes.append(f"The largest sheet, {sheet!r}, was taken; left out: {others}.")
    rows = [[cell or "" for cell in row] for row in sizes[sheet].head(SAMPLE_LINES).rows()]
    header = _header(rows)
    if header > 1:
        notes.append(f"The header is taken to be row {header}; the rows above it are left out.")
    return FileFormat(paths=(path.name,), sheet=sheet if len(sizes) > 1 else None, header_row=header), notes


def _records(path: Path, text: str, form: FileFormat, kind: str, notes: list[str]) -> tuple[FileFormat, list[str]]:
    if kind == "jsonl":
        return form, notes
    try:
        content = json.loads(text)
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines):
            return FileFormat(paths=form.paths, format="jsonl", encoding=form.encoding), notes
        raise InputError(f"{path.name} is not JSON: {error}.") from error
    if isinstance(content, list) or (isinstance(content, dict) and content.get("type") == "FeatureCollection"):
        return form, notes
    found = _lists("", content)
    if not found:
        raise InputError(f"{path.name} holds no list of records.")
    place = max(found, key=lambda name: found[name])
    if len(found) > 1:
        others = ", ".join(repr(name) for name in found if name != place)
        notes.append(f"The longest list, {place!r}, was taken; left out: {others}.")
    return FileFormat(paths=form.paths, encoding=form.encoding, records=place), notes


def _lists(prefix: str, value: Any) -> dict[str, int]:
    """Dotted path -> length of every list of objects that only objects hold."""
    found: dict[str, int] = {}
    if isinstance(value, dict):
        for key, inner in value.items():
            found |= _lists(f"{prefix}.{key}" if prefix else str(key), inner)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        found[prefix] = len(value)
    return found
