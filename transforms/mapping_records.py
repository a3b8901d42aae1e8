"""Nested records (JSON, Parquet) as a flat frame of text: one column for every leaf."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from transforms.mapping_formats import LIST_ITEM
from warehouse.errors import InputError


def records(name: str, text: str, place: str, *, lines: bool = False) -> list[Any]:
    """The records of a JSON text: the list at the dotted path `place` (of GeoJSON: its features), or its lines.

    Raises:
        InputError: it is no JSON, or there is no list of objects at that place.
    """
    try:
        found: Any = [_json(line) for line in text.splitlines() if line.strip()] if lines else _json(text)
    except ValueError as error:
        raise InputError(f"{name} is not JSON: {error}.") from error
    if isinstance(found, dict) and found.get("type") == "FeatureCollection" and not place:
        found = [_properties(feature) for feature in found.get("features") or []]
    for key in place.split(".") if place else ():
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, list) or not found or not all(isinstance(r, dict) for r in found):
        where = f"at {place!r}" if place else "at its top"
        raise InputError(f"{name} holds no list of records {where}; state where it is: [file] records.")
    return found


def _properties(feature: Any) -> Any:
    """A GeoJSON feature as a record: its properties, its id and its geometry."""
    if not isinstance(feature, dict):
        return feature
    own = feature.get("properties") or {}
    return {**{k: feature[k] for k in ("id", "geometry") if k in feature}, **own}


def _json(text: str) -> Any:
    """JSON with numbers kept as they are written."""
    return json.loads(text, parse_float=str, parse_int=str)


def from_records(name: str, text: str, place: str, *, lines: bool = False) -> pl.DataFrame:
    """The same as a frame of text, one column for every leaf of a record; see `transforms.mapping_files.read_file`."""
    rows = [dict(_flat("", record)) for record in records(name, text, place, lines=lines)]
    leaves = dict.fromkeys(leaf for row in rows for leaf in row)
    return pl.DataFrame(
        {leaf: [row.get(leaf) for row in rows] for leaf in leaves}, schema=dict.fromkeys(leaves, pl.String)
    )


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str | None]]:
    """(column, text) of every leaf of a record."""
    if isinstance(value, dict):
        spot = value.get("coordinates")
        if isinstance(spot, list) and spot and isinstance(value.get("type"), str):  # a GeoJSON geometry
            is_point = value["type"] == "Point" and len(spot) > 1
            yield prefix, f"POINT ({spot[0]} {spot[1]})" if is_point else json.dumps(value)
            return
        for key, inner in value.items():
            yield from _flat(f"{prefix}.{key}" if prefix else str(key), inner)
    elif isinstance(value, list):
        lists: dict[str, list[str]] = {}
        for item in value:
            for name, text in _flat(f"{prefix}[]", item):
                lists.setdefault(name, []).append(" ".join((text or "").split("\n")))
        yield from ((name, LIST_ITEM.join(items)) for name, items in lists.items())
    else:
        yield (
            prefix,
            {True: "true", False: "false", None: None}[value] if isinstance(value, bool | None) else str(value),
        )


def from_parquet(path: Path) -> pl.DataFrame:
    """A Parquet file as a frame of text.

    Raises:
        InputError: it is none.
    """
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{path.name} cannot be read as Parquet: {str(error).splitlines()[0]}.") from error
    while nested := [name for name, kind in frame.schema.items() if isinstance(kind, pl.Struct)]:
        frame = _unnested(frame, nested)
    return frame.select(_as_text(name, kind) for name, kind in frame.schema.items())


def _unnested(frame: pl.DataFrame, nested: list[str]) -> pl.DataFrame:
    columns: list[pl.Expr] = []
    for name, kind in frame.schema.items():
        if name in nested and isinstance(kind, pl.Struct):
            columns += [pl.col(name).struct.field(f.name).alias(f"{name}.{f.name}") for f in kind.fields]
        else:
            columns.append(pl.col(name))
    return frame.select(columns)


def _as_text(name: str, kind: pl.DataType) -> pl.Expr:
    cell = pl.col(name)
    if isinstance(kind, pl.List):
        inner = pl.element()
        item = inner.struct.json_encode() if isinstance(kind.inner, pl.Struct) else inner.cast(pl.String)
        return cell.list.eval(item.str.replace_all("\n", " ")).list.join(LIST_ITEM, ignore_nulls=True)
    if kind.is_float():
        # Whole numbers with gaps are stored as floats by common tools.
        whole = cell.cast(pl.Int64, strict=False).cast(pl.String)
        return pl.when(cell == cell.floor()).then(whole).otherwise(cell.fill_nan(None).cast(pl.String)).alias(name)
    if isinstance(kind, pl.Binary):
        return cell.bin.encode("hex")
    return cell.cast(pl.String)
