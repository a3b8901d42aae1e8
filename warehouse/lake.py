"""The lake: the tables of a build as Parquet files by month, for engines that run on several machines.

A lake folder holds `lake-<build_id>/<table>/month=2024-03/part-0.parquet` for the last builds, each with a
`manifest.json`, and `current.json` (the pointer). As with the database file (see `publish`), a build is written aside,
synced and renamed, then the pointer is replaced: who reads sees the old build or the new one, whole. Tables whose rows
are sorted by a date have a folder for each of its months, and one for rows of unknown date; the others have none.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.connection import Reader
from warehouse.errors import WarehouseError
from warehouse.publish import ASIDE_PREFIX, KEPT_BUILDS, build_lock, current_build_id, point_to, sync, write_synced
from warehouse.schema import TABLES, Table
from warehouse.version import code_version

MANIFEST = "manifest.json"
MONTH = "month"
NO_MONTH = "__HIVE_DEFAULT_PARTITION__"
"""Name of the folder for rows of unknown date, as Hive, Spark, DuckDB and Polars read it."""
BATCH_ROWS = 100_000
"""Rows held in memory at once, and of a row group: engines skip whole groups by their lowest and highest values."""
FILE_ROWS = 20 * BATCH_ROWS
"""Most rows of a file, so that several workers share a table that has no months."""


@dataclass(frozen=True)
class LakeFile:
    """A file of a lake. `path` is relative to the build's folder; `month` is empty where the table has no months."""

    path: str
    table: str
    month: str
    rows: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a build's folder holds; `tables` gives the rows of each, empty ones too."""

    build_id: str
    code_version: str
    synthetic: bool
    tables: dict[str, int]
    files: tuple[LakeFile, ...]


def folder_of(lake: Path, build_id: str) -> Path:
    """Folder of a build."""
    return lake / f"lake-{build_id}"


def month_column(table: Table) -> str | None:
    """The date by whose months a table is partitioned: the first that its rows are sorted by."""
    return next((name for name in table.sort if table[name].type == "date"), None)


def manifest(lake: Path, build_id: str) -> Manifest:
    """What a build's folder holds.

    Raises:
        WarehouseError: it is gone or damaged.
    """
    path = folder_of(lake, build_id) / MANIFEST
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(**{**found, "files": tuple(LakeFile(**file) for file in found["files"])})
    except FileNotFoundError as error:
        raise WarehouseError(
            f"The lake {lake} has no build {build_id}; publish it with 'civharm build --lake'."
        ) from error
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise WarehouseError(f"{path} is damaged; publish the lake again with 'civharm build --lake'.") from error


def differences(lake: Path, build_id: str) -> list[str]:
    """What a build's files have that its manifest has not, or otherwise than it says; a sentence each, none if whole.

    Raises:
        WarehouseError: there is no manifest.
    """
    folder, stated = folder_of(lake, build_id), {file.path: file for file in manifest(lake, build_id).files}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}
    missing = [f"{path} is missing." for path in stated.keys() - present]
    added = [f"{path} is not in the manifest." for path in present - stated.keys()]
    changed = [
        f"{path} was changed." for path in stated.keys() & present if stated[path].sha256 != _sha256(folder / path)
    ]
    return sorted([*missing, *added, *changed])


def current_build(lake: Path) -> str:
    """The published build.

    Raises:
        WarehouseError: there is none, or the pointer cannot be read.
    """
    try:
        return current_build_id(lake)
    except WarehouseError as error:
        raise WarehouseError(
            f"There is no readable lake in {lake}; publish one with 'civharm build --lake {lake}'."
        ) from error


def publish_lake(reader: Reader, lake: Path, say: Callable[[str], None]) -> Manifest:
    """Write the reader's build to the lake, make it the current one and drop all but the last `KEPT_BUILDS`.

    Rows stream in batches, so that memory does not grow with their number. A build that is there already is written
    anew.

    Raises:
        WarehouseError: the database cannot be read.
        OSError: the disk is full or the folder cannot be written; the old build keeps serving.
    """
    with build_lock(lake, say):
        for leftover in lake.glob(f"{ASIDE_PREFIX}*"):
            shutil.rmtree(leftover)
        aside = lake / f"{ASIDE_PREFIX}{reader.build_id}"
        aside.mkdir()
        files = tuple(file for table in TABLES for file in _written(reader, table, aside))
        build = reader.frame("SELECT synthetic FROM build")
        rows = {table.name: sum(file.rows for file in files if file.table == table.name) for table in TABLES}
        written = Manifest(reader.build_id, code_version(), bool(build["synthetic"][0]), rows, files)
        write_synced(aside / MANIFEST, json.dumps(asdict(written), indent=1))
        for folder in sorted({(aside / file.path).parent for file in files}):
            sync(folder)
        target = folder_of(lake, reader.build_id)
        if target.exists():
            shutil.rmtree(target)
        aside.replace(target)
        point_to(lake, reader.build_id)
        newest_first = sorted(lake.glob("lake-*"), key=lambda folder: folder.name, reverse=True)
        for old in [folder for folder in newest_first if folder != target][KEPT_BUILDS - 1 :]:
            shutil.rmtree(old)
    say(f"Published {sum(rows.values()):,} rows in {len(files):,} Parquet files to {lake}.")
    return written


def _written(reader: Reader, table: Table, folder: Path) -> Iterator[LakeFile]:
    """Writes a table month by month, unknown dates last; a table without rows is one empty file."""
    column = month_column(table)
    if column is None:
        yield from _written_where(reader, table, "TRUE", {}, folder, "")
        return
    # Rows are sorted by the date, so that a month is read by itself: no sort, no more memory than a batch.
    months = reader.frame(f'SELECT DISTINCT date_trunc(\'month\', "{column}")::DATE AS day FROM "{table.name}"')["day"]  # noqa: S608
    for first in sorted(months.drop_nulls()):
        params = {"first": first, "next": _next_month(first)}
        where = f'"{column}" >= $first AND "{column}" < $next'
        yield from _written_where(reader, table, where, params, folder, f"{first:%Y-%m}")
    if months.null_count() or months.is_empty():
        yield from _written_where(reader, table, f'"{column}" IS NULL', {}, folder, NO_MONTH)


def _written_where(
    reader: Reader, table: Table, where: str, params: dict[str, date], folder: Path, month: str
) -> Iterator[LakeFile]:
    below = folder / table.name / f"{MONTH}={month}" if month else folder / table.name
    below.mkdir(parents=True)
    schema = table.ibis_table().schema().to_pyarrow()
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    cursor = reader.cursor()
    try:
        sql = f'SELECT {columns} FROM "{table.name}" WHERE {where}'  # noqa: S608 (declared names)
        stream = cursor.sql(sql, params=params or None).to_arrow_reader(BATCH_ROWS)
        batch = next(stream, None)
        number = 0
        while batch is not None or number == 0:
            path = below / f"part-{number}.parquet"
            rows = 0
            with pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as writer:
                while batch is not None and rows < FILE_ROWS:
                    writer.write_batch(batch.cast(schema))
                    rows += batch.num_rows
                    batch = next(stream, None)
            sync(path)
            name = path.relative_to(folder).as_posix()
            yield LakeFile(name, table.name, month, rows, path.stat().st_size, _sha256(path))
            number += 1
    except (duckdb.Error, pa.ArrowInvalid) as error:
        raise WarehouseError(f"The table {table.name} could not be read: {str(error).splitlines()[0]}") from error
    finally:
        cursor.close()


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
