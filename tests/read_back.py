"""Extracts read back from their files, for comparison with the question that they answer."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import polars as pl

from warehouse.schema import LIST_SEPARATOR, TABLE


def typed(frame: pl.DataFrame) -> pl.DataFrame:
    """A flat file's rows in the declared types again."""
    schema = TABLE["incident"].polars_schema()
    expressions = []
    for name in frame.columns:
        column = pl.col(name)
        if isinstance(schema[name], pl.List):
            expressions.append(column.cast(pl.String).str.split(LIST_SEPARATOR))
        elif schema[name] == pl.String:
            expressions.append(column.cast(pl.String).str.strip_prefix("'"))
        else:
            expressions.append(column.cast(schema[name]))
    return frame.with_columns(expressions)


def from_json(objects: list[dict[str, object]]) -> pl.DataFrame:
    """JSON objects in the declared types."""
    schema = TABLE["incident"].polars_schema()
    held = {name: schema[name] for name in (objects[0] if objects else ())}
    frame = pl.DataFrame(objects, schema={n: pl.String() if t == pl.Date else t for n, t in held.items()})
    return frame.with_columns(pl.col(name).str.to_date() for name, kind in held.items() if kind == pl.Date)


def rows(name: str, content: bytes) -> pl.DataFrame:
    """Rows of the data file `name`, by its suffix."""
    match Path(name).suffix:
        case ".csv":
            return typed(pl.read_csv(content, try_parse_dates=True, infer_schema_length=None))
        case ".parquet":
            return pl.read_parquet(io.BytesIO(content))
        case ".geoparquet":
            return pl.read_parquet(io.BytesIO(content)).drop("geometry")
        case ".jsonl":
            return from_json([json.loads(line) for line in content.splitlines()])
        case ".geojson":
            return from_json([feature["properties"] for feature in json.loads(content)["features"]])
        case ".xlsx":
            return typed(pl.read_excel(io.BytesIO(content), sheet_name="incidents", infer_schema_length=None))
        case suffix:
            raise AssertionError(f"no extract ends in {suffix}")


def unpacked(content: bytes) -> dict[str, bytes]:
    """File name -> content of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}
