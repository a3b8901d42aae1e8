"""Everything that belongs to the filtered incidents as one zip: a Frictionless data package in the intake format.

A folder per data set, which `civharm build chirg_intake=PATH` reads back, and the manifest.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import ibis
import polars as pl

from warehouse import queries
from warehouse.connection import Reader
from warehouse.datapackage import Descriptor
from warehouse.engine import run, to_sql
from warehouse.extracts.disarm import flat
from warehouse.extracts.formats import Manifest
from warehouse.extracts.manifest import written
from warehouse.extracts.pieces import Pieces
from warehouse.extracts.request import ALL, Request
from warehouse.extracts.rows import streamed
from warehouse.intake_format import DESCRIPTOR, DISARMED, descriptor
from warehouse.schema import INTAKE_TABLES, Table

MANIFEST = "manifest.json"
ZIP_LEVEL = 1
"""Of compression: higher levels take several times as long and save some percent."""


class DataPackage:
    """A zip with a folder per data set, each a Frictionless data package in the intake format, and the manifest."""

    title = "Data package"
    suffix = ".zip"
    media_type = "application/zip"
    contents = (ALL,)
    needs: tuple[str, ...] = ()
    carries_manifest = True

    def chunks(self, request: Request, reader: Reader, manifest: Manifest) -> Iterator[bytes]:
        """All tables, then the manifest with rows and hash of each file."""
        sink = Pieces()
        files: dict[str, dict[str, Any]] = {}
        elsewhere = 0
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=ZIP_LEVEL) as bundle:
            for dataset in included(manifest):
                folder = folder_of(dataset["dataset_id"])
                described = json.dumps(_descriptor(dataset), indent=1, ensure_ascii=False).encode()
                bundle.writestr(f"{folder}/{DESCRIPTOR}", described)
                files[f"{folder}/{DESCRIPTOR}"] = {"sha256": hashlib.sha256(described).hexdigest()}
                for table in INTAKE_TABLES:
                    name = f"{folder}/{table.name}.csv"
                    digest, rows = hashlib.sha256(), 0
                    with bundle.open(name, "w", force_zip64=True) as member:
                        for piece, height in table_chunks(table, dataset["dataset_id"], request, reader, manifest):
                            digest.update(piece)
                            rows += height
                            member.write(piece)
                            yield sink.taken()
                    files[name] = {"rows": rows, "sha256": digest.hexdigest()}
                count = queries.packaged_elsewhere(dataset["dataset_id"], request.filters)
                elsewhere += run(count, reader, request.filters.as_known_on).item() or 0
            said = written(manifest, files=files) | {"rows_that_refer_to_another_data_set_left_out": elsewhere}
            bundle.writestr(MANIFEST, json.dumps(said, indent=1, ensure_ascii=False))
        yield sink.taken()


def included(manifest: Manifest) -> list[dict[str, str]]:
    """The data sets that the package holds."""
    return [source for source in manifest["sources"] if source["is_included"]]


def folder_of(dataset_id: str) -> str:
    """Folder of a data set: its identifier, with what a file name may not hold replaced."""
    return re.sub(r"[^\w.-]|^\.+", "_", dataset_id)


def table_question(table: Table, dataset_id: str, request: Request, manifest: Manifest) -> ibis.expr.types.Table:
    """The rows of a table's file."""
    every = tuple(source["dataset_id"] for source in manifest["sources"])
    return queries.packaged(table.name, dataset_id, request.filters, request.show_private, every)


def table_chunks(
    table: Table, dataset_id: str, request: Request, reader: Reader, manifest: Manifest
) -> Iterator[tuple[bytes, int]]:
    """A table's file in pieces, each with its number of rows."""
    sql = to_sql(table_question(table, dataset_id, request, manifest), request.filters.as_known_on)
    with streamed(sql, table.name, reader) as batches:
        for number, frame in enumerate(batches.frames):
            piece = io.BytesIO()
            flat(_lists_or_null(frame)).write_csv(piece, include_header=number == 0, include_bom=number == 0)
            yield piece.getvalue(), frame.height


def _lists_or_null(frame: pl.DataFrame) -> pl.DataFrame:
    lists = pl.col(pl.List(pl.String))
    return frame.with_columns(pl.when(lists.list.len() > 0).then(lists))


def _descriptor(dataset: dict[str, str]) -> Descriptor:
    # The licence is free text, which the standard has no place for: dataset.csv and the manifest state it.
    return descriptor() | {
        DISARMED: True,
        "sources": [{"title": dataset["title"]} | ({"path": dataset["url"]} if dataset["url"] else {})],
    }
