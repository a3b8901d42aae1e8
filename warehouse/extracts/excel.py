"""Excel: numbers as numbers, dates as dates, with dictionary, manifest and a count of what is unknown."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import datetime

import polars as pl
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from warehouse.connection import Reader
from warehouse.errors import ExtractError
from warehouse.extracts.disarm import flat
from warehouse.extracts.formats import Manifest
from warehouse.extracts.manifest import written
from warehouse.extracts.request import Request
from warehouse.extracts.rows import BATCH_ROWS, opened
from warehouse.queries import CONTENTS
from warehouse.schema import TABLE

MAXIMUM_ROWS = 1_048_575
"""Rows below the header that an Excel sheet holds (1,048,576 in all)."""
MAXIMUM_CHARACTERS = 32_767
"""Characters that an Excel cell holds."""
HASHED = "the rows as a CSV extract of the same build, filter and columns"


class Excel:
    """Sheets: the rows, dictionary, manifest, unknowns. Memory grows with the rows, which a sheet bounds."""

    title = "Excel"
    suffix = ".xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    contents = tuple(CONTENTS)
    needs: tuple[str, ...] = ()
    carries_manifest = True

    def chunks(self, request: Request, reader: Reader, manifest: Manifest) -> Iterator[bytes]:
        """All rows in one sheet, its header frozen.

        Raises:
            ExtractError: more rows than a sheet or more text than a cell holds, or no room for its temporary files.
        """
        rows = manifest["row_count"]
        if rows > MAXIMUM_ROWS:
            raise ExtractError(
                f"{rows:,} rows are more than an Excel sheet holds ({MAXIMUM_ROWS:,}); "
                "narrow the filter, or take Parquet or CSV."
            )
        with opened(request, reader) as batches:
            whole = pl.concat(list(batches.frames))
        frame = flat(whole)
        _check_lengths(frame)
        # A workbook cannot hold its own hash, so its rows' is taken, as the CSV format would write them.
        rows_as_csv = io.BytesIO()
        frame.write_csv(rows_as_csv, include_bom=True)
        digest = hashlib.sha256(rows_as_csv.getvalue()).hexdigest()
        manifest = written(manifest, sha256=digest, sha256_of=HASHED)
        yield _workbook(
            {
                manifest["contents"]: frame,
                "dictionary": pl.DataFrame(manifest["columns"], infer_schema_length=None),
                "manifest": as_rows(manifest),
                "unknowns": unknowns(whole, CONTENTS[request.contents]),
            },
            manifest["built_at"],
        )


def unknowns(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """How many rows say nothing in a column: column, label, unknown (rows), rows. An empty cell is never zero."""
    return pl.DataFrame(
        [(name, TABLE[table][name].label, frame[name].null_count(), frame.height) for name in frame.columns],
        schema={"column": pl.String, "label": pl.String, "unknown": pl.Int64, "rows": pl.Int64},
        orient="row",
    )


def as_rows(manifest: Manifest) -> pl.DataFrame:
    """The manifest as key and value, without the columns, which have a sheet of their own."""
    rows = [
        {"key": key, "value": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}
        for key, value in manifest.items()
        if key != "columns"
    ]
    return flat(pl.DataFrame(rows))


def _check_lengths(frame: pl.DataFrame) -> None:
    texts = frame.select(pl.col(pl.String).str.len_chars().max())
    for name, longest in texts.row(0, named=True).items() if texts.width else ():
        if longest is not None and longest > MAXIMUM_CHARACTERS:
            raise ExtractError(
                f"A text of the column {name} has {longest:,} characters, an Excel cell holds {MAXIMUM_CHARACTERS:,}; "
                "leave the column out, or take Parquet or CSV."
            )


def _workbook(sheets: dict[str, pl.DataFrame], built_at: str) -> bytes:
    content = io.BytesIO()
    try:
        with xlsxwriter.Workbook(
            content, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        ) as book:
            book.set_properties({"created": datetime.fromisoformat(built_at).replace(tzinfo=None)})
            for name, sheet in sheets.items():
                sheet.write_excel(book, name, autofit=sheet.height < BATCH_ROWS, freeze_panes=(1, 0))
    except FileCreateError as error:
        raise ExtractError(f"The Excel file cannot be written: {error}.") from error
    return content.getvalue()
