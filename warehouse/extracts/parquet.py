"""Parquet and GeoParquet: typed columns, lists as lists, text as it is; pages carry checksums."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.connection import Reader
from warehouse.extracts.formats import Manifest
from warehouse.extracts.pieces import Pieces
from warehouse.extracts.request import Request
from warehouse.extracts.rows import Batches, opened
from warehouse.queries import CONTENTS

GEO_METADATA = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}
"""GeoParquet 1.1.0; without a coordinate system it is longitude and latitude in WGS 84 (OGC:CRS84)."""

GROUP_ROWS = 50_000
"""Rows of a group: smaller ones take longer and more bytes; a group of wide rows takes 30 MB."""
WHERE = ("latitude", "longitude", "geo_precision", "geo_radius_m")
"""Columns without which a point would look more exact than it is known."""


class Parquet:
    """Typed columns, lists as lists, text as it is; pages carry checksums."""

    title = "Parquet"
    suffix = ".parquet"
    media_type = "application/vnd.apache.parquet"
    contents = tuple(CONTENTS)
    needs: tuple[str, ...] = ()
    carries_manifest = False

    def chunks(self, request: Request, reader: Reader, manifest: Manifest) -> Iterator[bytes]:
        """The manifest is in the file's metadata too."""
        with opened(request, reader) as batches:
            yield from _written(batches, {"manifest": _text(manifest)}, batches.schema, lambda table: table)


class GeoParquet:
    """Parquet whose incidents are points with the radius of their precision, null without coordinates."""

    title = "GeoParquet"
    suffix = ".geoparquet"
    media_type = "application/vnd.apache.parquet"
    contents = ("incidents",)
    needs = WHERE
    carries_manifest = False

    def chunks(self, request: Request, reader: Reader, manifest: Manifest) -> Iterator[bytes]:
        """The manifest is in the file's metadata too."""
        metadata = {"geo": json.dumps(GEO_METADATA), "manifest": _text(manifest)}
        with opened(request, reader) as batches:
            schema = batches.schema.append(pa.field("geometry", pa.binary()))
            yield from _written(batches, metadata, schema, _with_points)


def _written(
    batches: Batches, metadata: dict[str, str], schema: pa.Schema, made: Callable[[pa.Table], pa.Table]
) -> Iterator[bytes]:
    schema = schema.with_metadata(metadata)
    sink = Pieces()
    with pq.ParquetWriter(sink, schema, compression="zstd", write_page_checksum=True) as writer:
        waiting = batches.schema.empty_table()
        for batch in batches.arrow:
            waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch])])
            while waiting.num_rows >= GROUP_ROWS:
                writer.write_table(made(waiting.slice(0, GROUP_ROWS)).cast(schema))
                waiting = waiting.slice(GROUP_ROWS)
            yield sink.taken()
        writer.write_table(made(waiting).cast(schema))
    yield sink.taken()


def _with_points(table: pa.Table) -> pa.Table:
    """Adds `geometry`, each point as well-known binary, null where a coordinate is."""
    x, y = (table["longitude"].to_numpy(), table["latitude"].to_numpy())
    points = np.zeros(table.num_rows, dtype=[("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
    points["order"], points["kind"], points["x"], points["y"] = 1, 1, x, y
    size = points.dtype.itemsize
    held = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(size), len(points), [None, pa.py_buffer(points.tobytes())]
    ).cast(pa.binary())
    unknown = pa.array(np.isnan(x) | np.isnan(y))
    return table.append_column("geometry", pa.compute.if_else(unknown, pa.scalar(None, pa.binary()), held))


def _text(manifest: Manifest) -> str:
    return json.dumps(manifest, ensure_ascii=False)
