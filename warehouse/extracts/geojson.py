"""GeoJSON (RFC 7946): a point per incident with the radius of its precision."""

from __future__ import annotations

import json
from collections.abc import Iterator

import polars as pl

from warehouse.connection import Reader
from warehouse.extracts.formats import Manifest
from warehouse.extracts.parquet import WHERE
from warehouse.extracts.request import Request
from warehouse.extracts.rows import opened


class GeoJson:
    """A feature per incident; one without coordinates is kept with a null geometry, as the standard says."""

    title = "GeoJSON"
    suffix = ".geojson"
    media_type = "application/geo+json"
    contents = ("incidents",)
    needs = WHERE
    carries_manifest = False

    def chunks(self, request: Request, reader: Reader, manifest: Manifest) -> Iterator[bytes]:
        """The manifest is a member of the collection, before the features."""
        about = json.dumps(manifest, ensure_ascii=False)
        yield f'{{"type":"FeatureCollection","manifest":{about},"features":['.encode()
        first = True
        with opened(request, reader) as batches:
            for frame in batches.frames:
                if frame.height:
                    text = ",\n".join(_features(frame))
                    yield f"{'' if first else ','}\n{text}".encode()
                    first = False
        yield b"\n]}\n"


def _features(frame: pl.DataFrame) -> pl.Series:
    longitude, latitude = (pl.col(name).cast(pl.String) for name in ("longitude", "latitude"))
    point = pl.concat_str(pl.lit('{"type":"Point","coordinates":['), longitude, pl.lit(","), latitude, pl.lit("]}"))
    identifier = pl.struct("incident_id").struct.json_encode().str.strip_prefix('{"incident_id":').str.strip_suffix("}")
    return frame.select(
        pl.concat_str(
            pl.lit('{"type":"Feature","id":'),
            identifier,
            pl.lit(',"geometry":'),
            point.fill_null("null"),
            pl.lit(',"properties":'),
            pl.struct(pl.all()).struct.json_encode(),
            pl.lit("}"),
        )
    ).to_series()
