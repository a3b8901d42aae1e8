"""Extracts read back: the manifest and the files of one, and the rows of a file as text."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.errors import ExtractError
from warehouse.extracts.files import manifest_path
from warehouse.extracts.formats import Manifest
from warehouse.extracts.package import MANIFEST
from warehouse.schema import LIST_SEPARATOR

SHEET = "manifest"


@dataclass(frozen=True)
class Found:
    """An extract: its manifest, and its data files by name."""

    manifest: Manifest
    files: dict[str, Path]


def found(path: Path, scratch: Path) -> Found:
    """The extract in a file; a zip is unpacked into `scratch`.

    Raises:
        ExtractError: it does not exist, is damaged, or has no manifest.
    """
    if not path.is_file():
        raise ExtractError(f"{path} does not exist.")
    match path.suffix.lower():
        case ".zip":
            return _unpacked(path, scratch)
        case ".xlsx":
            return Found(_from_sheets(path), {path.name: path})
        case _:
            beside = manifest_path(path)
            if not beside.is_file():
                raise ExtractError(f"{beside.name} is not beside {path.name}; without it nothing says what it holds.")
            return Found(_manifest(beside.read_bytes(), beside.name), {path.name: path})


def rows_as_text(path: Path, sheet: str) -> pl.DataFrame:
    """The rows of a data file, every cell as text, null where it is empty.

    Raises:
        ExtractError: it cannot be read.
    """
    try:
        frame = _READERS[path.suffix.lower()](path, sheet)
    except (pl.exceptions.PolarsError, pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise ExtractError(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from error
    return frame.with_columns(pl.all().replace("", None))


def _unpacked(path: Path, scratch: Path) -> Found:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            stated = next((name for name in names if name == MANIFEST or name.endswith(".manifest.json")), None)
            if stated is None:
                raise ExtractError(f"{path.name} holds no manifest; it is no extract of this program.")
            archive.extractall(scratch)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise ExtractError(f"{path.name} cannot be unpacked: {error}.") from error
    manifest = _manifest((scratch / stated).read_bytes(), stated)
    named = set(manifest["files"]) if "files" in manifest else {manifest.get("file")}
    data = {n for n in names if n != stated and not n.endswith(("/", ".dictionary.csv"))}
    return Found(manifest, {name: scratch / name for name in sorted(n for n in named | data if n)})


def _from_sheets(path: Path) -> Manifest:
    try:
        rows = pl.read_excel(path, sheet_name=SHEET, infer_schema_length=0)
        texts = dict.fromkeys(("column", "label", "type", "unit", "description", "allowed"), "string")
        columns = pl.read_excel(path, sheet_name="dictionary", read_options={"dtypes": texts})
    except Exception as error:
        raise ExtractError(f"{path.name} has no readable manifest: {str(error).splitlines()[0]}") from error
    manifest: Manifest = {}
    for key, value in rows.iter_rows():
        text = (value or "").removeprefix("'")
        manifest[key] = json.loads(text) if text[:1] in ("[", "{") or text in ("true", "false") else text
        if text.isdigit():
            manifest[key] = int(text)
    return manifest | {"columns": columns.to_dicts()}


def _manifest(content: bytes, name: str) -> Manifest:
    try:
        manifest: Any = json.loads(content)
    except ValueError as error:
        raise ExtractError(f"{name} is not JSON: {error}.") from error
    if not isinstance(manifest, dict) or "build_id" not in manifest:
        raise ExtractError(f"{name} is no manifest of an extract.")
    return manifest


def _csv(path: Path, _: str) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def _parquet(path: Path, _: str) -> pl.DataFrame:
    frame = pl.DataFrame(pl.from_arrow(pq.read_table(path, page_checksum_verification=True)))
    return _texts(frame.with_columns(pl.col(pl.Binary).bin.encode("hex")))


def _json_lines(path: Path, _: str) -> pl.DataFrame:
    with path.open(encoding="utf-8") as lines:
        return _objects([json.loads(line) for line in lines if line.strip()])


def _geojson(path: Path, _: str) -> pl.DataFrame:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return _objects([feature["properties"] | {"geometry": feature["geometry"]} for feature in features])


def _excel(path: Path, sheet: str) -> pl.DataFrame:
    return pl.read_excel(path, sheet_name=sheet, read_options={"dtypes": "string"})


def _objects(objects: list[dict[str, Any]]) -> pl.DataFrame:
    names = dict.fromkeys(name for row in objects for name in row)

    def cell(value: Any) -> str | None:
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    return pl.DataFrame(
        {name: [cell(row.get(name)) for row in objects] for name in names}, schema=dict.fromkeys(names, pl.String)
    )


def _texts(frame: pl.DataFrame) -> pl.DataFrame:
    joined = frame.with_columns(pl.col(pl.List(pl.String)).list.join(LIST_SEPARATOR))
    return joined.with_columns(pl.all().cast(pl.String))


_READERS: dict[str, Callable[[Path, str], pl.DataFrame]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".geoparquet": _parquet,
    ".jsonl": _json_lines,
    ".geojson": _geojson,
    ".xlsx": _excel,
}
