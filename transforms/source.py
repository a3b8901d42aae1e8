"""What every source module provides, and what it hands on.

A source module has `read(path, known_on) -> Raw` (files to text frames, no judgement) and
`transform(raw) -> Canonical` (text to typed rows, pure). Rows keep `FILE` and `ROW`, so that a refused row can be named
and read = loaded + quarantined can be proved.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.schema import TABLE

FILE = "_file"
"""Column: file name below the given path that a row came from."""
ROW = "_row"
"""Column: row in that file; the first after the header (or the first record) is 1."""

REFUSED_SCHEMA = {
    FILE: pl.String(),
    ROW: pl.Int64(),
    "rule": pl.String(),
    "reason": pl.String(),
}
RETRACTED_SCHEMA = {
    "incident_id": pl.String(),
    "retracted_on": pl.Date(),
    FILE: pl.String(),
    ROW: pl.Int64(),
}


@dataclass(frozen=True)
class Dataset:
    """The declared part of a row of the dataset table.

    `is_snapshot` says that each export of the data set is whole: a row that a newer one lacks was retracted. Without
    it an export only adds rows and renews them, and only what it declares retracted ends.
    """

    dataset_id: str
    source_module: str
    title: str
    publisher: str
    url: str | None
    licence: str
    redistributable: bool
    retrieved_on: date
    known_on: date
    synthetic: bool = False
    is_snapshot: bool = True


@dataclass(frozen=True)
class RawFile:
    """One file as read: every column text, one row per record.

    Attributes:
        frame: text columns plus ROW; nested values of JSON files are JSON text.
        restricted: columns that must not be copied into quarantine (personal accounts, private text).
    """

    name: str
    sha256: str
    size_bytes: int
    frame: pl.DataFrame
    restricted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Raw:
    """A data set as read."""

    dataset: Dataset
    files: tuple[RawFile, ...]

    def frame(self, name: str) -> pl.DataFrame:
        """The frame of the named file."""
        return next(f.frame for f in self.files if f.name == name)


@dataclass(frozen=True)
class Canonical:
    """A data set in the warehouse's own terms, before checks.

    Attributes:
        dataset, files: as read.
        tables: table name -> frame with the table's columns (derived ones, dataset_id and data_origin may be
            missing; the pipeline adds them) plus FILE and ROW.
        repeated: tables whose rows may repeat a key because several input rows state the same thing (a web page
            cited by two incidents); the first one is kept after the checks.
        refused: rows the source module itself refused, with REFUSED_SCHEMA.
        retracted: incidents that the source withdraws: incident_id, retracted_on (day), FILE and ROW.
    """

    dataset: Dataset
    files: tuple[RawFile, ...]
    tables: dict[str, pl.DataFrame]
    repeated: frozenset[str] = frozenset()
    refused: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REFUSED_SCHEMA))
    retracted: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RETRACTED_SCHEMA))


def raw_file(path: Path, frame: pl.DataFrame, *, name: str = "", restricted: frozenset[str] = frozenset()) -> RawFile:
    """Describe a file that was read; adds ROW counting from 1 if the frame lacks it."""
    if ROW not in frame.columns:
        frame = frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
    return RawFile(name or path.name, sha256_of(path), path.stat().st_size, frame, restricted)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def export_dates(folder: Path, known_on: date | None) -> tuple[date, date]:
    """(retrieved_on, known_on) of an export, from `known_on` if given, else from the folder's SOURCE.txt.

    SOURCE.txt lines read: `known_on: 2025-02-07`, `commit: <hash> <ISO time>`, `obtained: 2026-11-24`. The day of
    knowledge is the export's own date, never the day of the load.

    Raises:
        InputError: neither states the export's date.
    """
    text = ""
    source = folder / "SOURCE.txt"
    if source.is_file():
        text = source.read_text(encoding="utf-8", errors="replace")

    def stated(pattern: str) -> date | None:
        found = re.search(pattern, text, flags=re.MULTILINE)
        return date.fromisoformat(found.group(1)) if found else None

    day = r"(\d{4}-\d{2}-\d{2})"
    known = known_on or stated(rf"^known_on:\s*{day}") or stated(rf"^commit:\s*\S+\s+{day}")
    if known is None:
        raise InputError(
            f"{folder} does not say of which day the export is; add a file SOURCE.txt with a line "
            "'known_on: YYYY-MM-DD', or give --known-on."
        )
    return stated(rf"^obtained:\s*{day}") or known, known


def canonical_columns(table: str) -> dict[str, pl.DataType]:
    """Columns and types that a source module fills for a table: all but those the pipeline adds."""
    added = {"dataset_id", "data_origin", "known_from", "known_to"}
    schema = TABLE[table].polars_schema()
    return {c.name: schema[c.name] for c in TABLE[table].columns if not c.derived and c.name not in added}
