"""An extract as a file with its manifest, or as a stream of bytes of the same."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import IO

import polars as pl

from warehouse.connection import Reader
from warehouse.errors import ExtractError
from warehouse.extracts.disarm import flat
from warehouse.extracts.excel import Excel
from warehouse.extracts.formats import Csv, Format, JsonLines
from warehouse.extracts.geojson import GeoJson
from warehouse.extracts.manifest import Manifest, facts, file_name, marks, written
from warehouse.extracts.package import ZIP_LEVEL, DataPackage
from warehouse.extracts.parquet import GeoParquet, Parquet
from warehouse.extracts.pieces import Pieces
from warehouse.extracts.request import Counts, Request

FORMATS: dict[str, Format] = {
    f.suffix: f for f in (Csv(), Parquet(), Excel(), JsonLines(), GeoJson(), GeoParquet(), DataPackage())
}
"""Suffix -> format."""


def formats_of(contents: str) -> tuple[Format, ...]:
    """The formats that can hold these contents."""
    return tuple(f for f in FORMATS.values() if contents in f.contents)


def format_for(path: Path, contents: str = "incidents") -> Format:
    """The format of a file name.

    Raises:
        ExtractError: the suffix is not one of `FORMATS`, or the format cannot hold these contents.
    """
    chosen = FORMATS.get(path.suffix.lower())
    if chosen is None or contents not in chosen.contents:
        offered = ", ".join(f.suffix for f in formats_of(contents))
        what = "" if chosen is None else f" for {contents}"
        raise ExtractError(f"{path.name}: the suffix must be one of {offered}{what}.")
    return chosen


def _hash_and_write(piece: bytes, digest: hashlib._Hash, target: IO[bytes]) -> None:
    digest.update(piece)
    target.write(piece)


def manifest_path(path: Path) -> Path:
    """Where the manifest of a file lies that does not carry it."""
    return path.with_name(path.name + ".manifest.json")


def write_files(request: Request, reader: Reader, path: Path) -> Manifest:
    """Write the extract to `path` and its manifest beside it (`<path>.manifest.json`), unless the format carries it.

    Written aside and renamed, so that a failure leaves no half file. What private reports say, and rows that may not
    be passed on, are marked in front of the file's name. Returns the manifest; its `file` is the name.

    Raises:
        ExtractError: unknown suffix, the folder does not exist, or more rows than the format holds.
    """
    chosen = format_for(path, request.contents)
    if not path.parent.is_dir():
        raise ExtractError(f"The folder {path.parent} does not exist; make it first.")
    request = _with_needed(request, chosen)
    held = facts(request, reader)
    path = path.with_name(marks(request, synthetic=False, restricted=held["rows_not_to_be_passed_on"] > 0) + path.name)
    aside = path.with_name(f".{path.name}.part")
    digest = hashlib.sha256()
    try:
        # Hashing and writing need no Python: they run beside the making of the next piece.
        with aside.open("wb") as target, ThreadPoolExecutor(1) as beside:
            behind: Future[None] | None = None
            for piece in chosen.chunks(request, reader, held):
                if behind is not None:
                    behind.result()
                behind = beside.submit(_hash_and_write, piece, digest, target)
            if behind is not None:
                behind.result()
        aside.replace(path)
    except OSError as error:
        raise ExtractError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        aside.unlink(missing_ok=True)
    manifest = written(held, file=path.name, sha256=digest.hexdigest())
    if not chosen.carries_manifest:
        manifest_path(path).write_text(_text(manifest), encoding="utf-8")
    return manifest


def download_name(request: Request, held: Counts, build_id: str, chosen: Format, *, synthetic: bool) -> tuple[str, str]:
    """(file name, media type) of `stream`, known before it is made: a zip, unless the format carries its manifest."""
    name = file_name(request, build_id, chosen.suffix, synthetic=synthetic, restricted=held.restricted > 0)
    return (name, chosen.media_type) if chosen.carries_manifest else (f"{name}.zip", "application/zip")


def stream(request: Request, reader: Reader, chosen: Format) -> Iterator[bytes]:
    """The download, in pieces that are made as they are taken: memory does not grow with the rows (Excel apart).

    A zip of data, manifest and data dictionary, unless the format carries its manifest. Closing the iterator ends the
    query and leaves nothing behind.

    Raises:
        ExtractError: more than the format holds, or the warehouse could not answer.
    """
    request = _with_needed(request, chosen)
    held = facts(request, reader)
    pieces = chosen.chunks(request, reader, held)
    if chosen.carries_manifest:
        yield from pieces
        return
    restricted = held["rows_not_to_be_passed_on"] > 0
    name = file_name(request, reader.build_id, chosen.suffix, synthetic=held["synthetic"], restricted=restricted)
    yield from _bundled(name, pieces, held)


def download(request: Request, reader: Reader, chosen: Format) -> bytes:
    """The whole of `stream`, for those who take it at once."""
    return b"".join(stream(request, reader, chosen))


def _bundled(name: str, pieces: Iterable[bytes], held: Manifest) -> Iterator[bytes]:
    sink, digest = Pieces(), hashlib.sha256()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=ZIP_LEVEL) as bundle:
        with bundle.open(name, "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                member.write(piece)
                yield sink.taken()
        manifest = written(held, file=name, sha256=digest.hexdigest())
        bundle.writestr(manifest_path(Path(name)).name, _text(manifest))
        columns = flat(pl.DataFrame(manifest["columns"], infer_schema_length=None))
        bundle.writestr(f"{name}.dictionary.csv", columns.write_csv(include_bom=True))
    yield sink.taken()


def _with_needed(request: Request, chosen: Format) -> Request:
    """The request with the columns that the format has in any case.

    Raises:
        ExtractError: the format cannot hold these contents.
    """
    if request.contents not in chosen.contents:
        offered = ", ".join(f.title for f in formats_of(request.contents))
        raise ExtractError(f"{chosen.title} cannot hold {request.contents}; choose from {offered}.")
    return replace(request, columns=(*request.columns, *chosen.needs)) if request.columns else request


def _text(manifest: Manifest) -> str:
    return json.dumps(manifest, indent=1, ensure_ascii=False)
