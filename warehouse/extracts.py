"""Extracts: exactly the filtered rows as a file, with a manifest that includes the data dictionary.

One small class per format. Rows are streamed in batches, so that memory does not grow with them (Excel apart, whose
rows are few by nature).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from warehouse import queries
from warehouse.connection import Reader
from warehouse.datapackage import dictionary
from warehouse.engine import run, to_sql
from warehouse.errors import ExtractError
from warehouse.filters import Filters
from warehouse.publish import record_of
from warehouse.schema import LIST_SEPARATOR, TABLE
from warehouse.version import code_version

BATCH_ROWS = 50_000
EXCEL_MAXIMUM_ROWS = 1_048_575
"""Rows below the header that an Excel sheet holds (1,048,576 in all)."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""First characters that make a spreadsheet read text as a formula (OWASP, CSV Injection), their full-width forms, and
the apostrophe itself, so that removing one leading apostrophe always restores the text."""

DISARMED_NOTE = (
    "Text that a spreadsheet could read as a formula starts with an added apostrophe; removing one leading apostrophe "
    "restores it. Parquet holds the text as it is."
)


@dataclass(frozen=True)
class Request:
    """What an extract holds: incidents that meet the filter, the chosen columns (all when empty)."""

    filters: Filters
    columns: tuple[str, ...] = ()


class Format(Protocol):
    """A download format."""

    @property
    def title(self) -> str:
        """Name for people."""

    @property
    def suffix(self) -> str:
        """File name suffix with its dot."""

    @property
    def media_type(self) -> str:
        """Media type (RFC 6838)."""

    def write(self, batches: Batches, target: IO[bytes], manifest: dict[str, Any]) -> None:
        """Write all batches."""


@dataclass(frozen=True)
class Batches:
    """Rows of an extract in batches, with their Arrow schema."""

    schema: pa.Schema
    frames: Iterator[pl.DataFrame]


class Csv:
    """UTF-8 with a byte order mark, so that spreadsheets show Arabic and Hebrew right; lists joined by "; "."""

    title = "CSV"
    suffix = ".csv"
    media_type = "text/csv"

    def write(self, batches: Batches, target: IO[bytes], manifest: dict[str, Any]) -> None:
        """Write all batches; text that could be a formula is disarmed."""
        for number, frame in enumerate(batches.frames):
            flat(frame).write_csv(target, include_header=number == 0, include_bom=number == 0)


class Parquet:
    """Typed columns, lists as lists, text as it is; pages carry checksums."""

    title = "Parquet"
    suffix = ".parquet"
    media_type = "application/vnd.apache.parquet"

    def write(self, batches: Batches, target: IO[bytes], manifest: dict[str, Any]) -> None:
        """Write all batches; the manifest, but for the file's own hash, is in the file's metadata too."""
        schema = batches.schema.with_metadata({"manifest": json.dumps(manifest, ensure_ascii=False)})
        with pq.ParquetWriter(target, schema, compression="zstd", write_page_checksum=True) as writer:
            for frame in batches.frames:
                writer.write_table(frame.to_arrow().cast(schema))


class Excel:
    """Sheets incidents, dictionary and manifest."""

    title = "Excel"
    suffix = ".xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def write(self, batches: Batches, target: IO[bytes], manifest: dict[str, Any]) -> None:
        """Write all batches to one sheet.

        Raises:
            ExtractError: more rows than a sheet holds, or no room for its temporary files.
        """
        rows = manifest["row_count"]
        if rows > EXCEL_MAXIMUM_ROWS:
            raise ExtractError(
                f"{rows:,} rows are more than an Excel sheet holds ({EXCEL_MAXIMUM_ROWS:,}); "
                "narrow the filter, or take Parquet or CSV."
            )
        frame = flat(pl.concat(list(batches.frames)))
        # A workbook cannot hold its own hash, so its rows' is taken, as the CSV format would write them.
        rows_as_csv = io.BytesIO()
        frame.write_csv(rows_as_csv, include_bom=True)
        manifest["sha256"] = hashlib.sha256(rows_as_csv.getvalue()).hexdigest()
        manifest["sha256_of"] = "the rows as a CSV extract of the same build, filter and columns"
        content = io.BytesIO()
        try:
            with xlsxwriter.Workbook(
                content, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
            ) as book:
                book.set_properties({"created": datetime.fromisoformat(manifest["written_at"]).replace(tzinfo=None)})
                for name, sheet in (
                    ("incidents", frame),
                    ("dictionary", pl.DataFrame(manifest["columns"], infer_schema_length=None)),
                    ("manifest", _as_rows(manifest)),
                ):
                    sheet.write_excel(book, name, autofit=frame.height < BATCH_ROWS, freeze_panes=(1, 0))
        except FileCreateError as error:
            raise ExtractError(f"The Excel file cannot be written: {error}.") from error
        target.write(content.getbuffer())


FORMATS: dict[str, Format] = {f.suffix: f for f in (Csv(), Parquet(), Excel())}
"""Suffix -> format."""


def format_for(path: Path) -> Format:
    """The format of a file name.

    Raises:
        ExtractError: the suffix is not one of `FORMATS`.
    """
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError as error:
        raise ExtractError(f"{path.name}: the suffix must be one of {', '.join(FORMATS)}.") from error


def write_files(request: Request, reader: Reader, path: Path) -> dict[str, Any]:
    """Write the extract to `path` and its manifest beside it (`<path>.manifest.json`; Excel carries it as sheets).

    Written aside and renamed, so that a failure leaves no half file. Returns the manifest.

    Raises:
        ExtractError: unknown suffix, the folder does not exist, or more rows than the format holds.
    """
    chosen = format_for(path)
    if not path.parent.is_dir():
        raise ExtractError(f"The folder {path.parent} does not exist; make it first.")
    aside = path.with_name(f".{path.name}.part")
    try:
        with aside.open("wb") as target:
            manifest = _write(request, reader, chosen, target)
        manifest["file"] = path.name
        if not isinstance(chosen, Excel):
            manifest["sha256"] = hashlib.sha256(aside.read_bytes()).hexdigest()
        aside.replace(path)
    except OSError as error:
        raise ExtractError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        aside.unlink(missing_ok=True)
    if not isinstance(chosen, Excel):
        _manifest_path(path).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
    return manifest


def download_name(build_id: str, synthetic: bool, chosen: Format) -> tuple[str, str]:
    """(file name, media type) of a download, known before it is built: Excel as it is, others as a zip."""
    name = _data_name(build_id, synthetic, chosen)
    return (name, chosen.media_type) if isinstance(chosen, Excel) else (f"{name}.zip", "application/zip")


def download(request: Request, reader: Reader, chosen: Format) -> tuple[str, str, bytes]:
    """(file name, media type, content) for the app: Excel as it is, others as a zip with the manifest inside.

    Raises:
        ExtractError: more rows than the format holds, or the warehouse could not answer.
    """
    data = io.BytesIO()
    manifest = _write(request, reader, chosen, data)
    named = download_name(reader.build_id, manifest["synthetic"], chosen)
    if isinstance(chosen, Excel):
        return *named, data.getvalue()
    name = _data_name(reader.build_id, manifest["synthetic"], chosen)
    manifest["file"] = name
    manifest["sha256"] = hashlib.sha256(data.getvalue()).hexdigest()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(name, data.getvalue())
        bundle.writestr(f"{name}.manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False))
        bundle.writestr(
            f"{name}.dictionary.csv", flat(pl.DataFrame(manifest["columns"], infer_schema_length=None)).write_csv()
        )
    return *named, archive.getvalue()


def _data_name(build_id: str, synthetic: bool, chosen: Format) -> str:
    return f"{'SYNTHETIC-' if synthetic else ''}incidents-{build_id}{chosen.suffix}"


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists joined, and text that a spreadsheet could take for a formula disarmed, headers included."""
    joined = frame.with_columns(pl.col(pl.List(pl.String)).list.join(LIST_SEPARATOR))
    disarmed = joined.with_columns(_disarmed(name) for name, kind in joined.schema.items() if kind == pl.String)
    return disarmed.rename({name: f"'{name}" for name in frame.columns if name.startswith(FORMULA_STARTS)})


def _disarmed(name: str) -> pl.Expr:
    text = pl.col(name)
    dangerous = pl.any_horizontal(text.str.starts_with(start) for start in FORMULA_STARTS)
    return pl.when(dangerous).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)


def _write(request: Request, reader: Reader, chosen: Format, target: IO[bytes]) -> dict[str, Any]:
    question = queries.extract(request.filters, request.columns)
    manifest = _manifest(request, reader, tuple(question.columns))
    cursor = reader.cursor()
    try:
        stream = cursor.sql(to_sql(question, request.filters.as_known_on)).to_arrow_reader(BATCH_ROWS)
        chosen.write(Batches(stream.schema, _frames(stream)), target, manifest)
    except duckdb.Error as error:
        raise ExtractError(f"The warehouse could not answer: {str(error).splitlines()[0]}") from error
    finally:
        cursor.close()
    return manifest


def _frames(stream: pa.RecordBatchReader) -> Iterator[pl.DataFrame]:
    """Batches as frames; an extract without rows still has its header."""
    any_rows = False
    for batch in stream:
        any_rows = True
        yield pl.DataFrame(pl.from_arrow(batch))
    if not any_rows:
        yield pl.DataFrame(pl.from_arrow(stream.schema.empty_table()))


def _manifest(request: Request, reader: Reader, columns: tuple[str, ...]) -> dict[str, Any]:
    total = run(queries.totals(request.filters), reader, request.filters.as_known_on).row(0, named=True)
    datasets = run(queries.datasets(), reader)
    record = record_of(reader.folder, reader.build_id)
    described = dictionary(TABLE["incident"]).filter(pl.col("column").is_in(columns))
    return {
        "contents": "incidents",
        "filter": request.filters.sentence(),
        "as_known_on": str(request.filters.as_known_on) if request.filters.as_known_on else "current",
        "filter_values": {name: list(values) for name, values in request.filters.to_params().items()},
        "row_count": total["incidents"],
        "synthetic": record.synthetic,
        "build_id": reader.build_id,
        "built_at": record.built_at,
        "code_version": record.code_version,
        "extract_code_version": code_version(),
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "disarmed": DISARMED_NOTE,
        "sources": [
            {name: str(row[name]) if name.endswith("_on") else row[name] for name in _SOURCE_COLUMNS}
            for row in datasets.iter_rows(named=True)
        ],
        "columns": described.to_dicts(),
    }


_SOURCE_COLUMNS = (
    "dataset_id",
    "title",
    "publisher",
    "url",
    "licence",
    "redistributable",
    "retrieved_on",
    "known_on",
    "sha256",
    "synthetic",
)


def _as_rows(manifest: dict[str, Any]) -> pl.DataFrame:
    """The manifest as key and value, without the columns, which have a sheet of their own."""
    rows = [
        {"key": key, "value": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}
        for key, value in manifest.items()
        if key != "columns"
    ]
    return flat(pl.DataFrame(rows))


def _manifest_path(path: Path) -> Path:
    return path.with_name(path.name + ".manifest.json")
