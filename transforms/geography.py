"""How far a point lies from the country that its row states.

Borders are Natural Earth's 1:10m countries (public domain) in `pages/static/countries.geojson`: the one copy, which the
app also serves as its base map. They follow Natural Earth's de facto view, but for Crimea (Ukraine).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from warehouse.revision_texts import EARTH_RADIUS_M

BORDERS = Path(__file__).resolve().parents[1] / "pages" / "static" / "countries.geojson"
"""GeoJSON features with the properties `iso` (ISO 3166-1 alpha-3, null where there is none) and `name`."""

BAND_DEGREES = 0.5
"""Points of one band of latitude share one scale of longitude when the nearest border is looked for."""

Floats = npt.NDArray[np.float64]


@cache
def borders() -> dict[str, Any]:
    """ISO alpha-3 code -> polygon in degrees, for the countries that the base map draws."""
    features = json.loads(BORDERS.read_text(encoding="utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    codes = [feature["properties"]["iso"] for feature in features]
    return {code: shape for code, shape in zip(codes, shapes, strict=True) if code}


def country_distance_m(frame: pl.DataFrame) -> pl.Series:
    """Distance in metres of each point from its stated country, 0 inside.

    Null where latitude, longitude or country is missing, or the base map has no polygon for the country (a few
    territories that Natural Earth counts to another country, such as Réunion). Borders hold to about 1 km, beyond 53
    degrees north or south to about 3 km. The distance is that on a sphere to the nearest point of the border, which is
    looked for on a plane scaled at the point's latitude: within 1 % up to some hundred kilometres, rougher beyond; the
    antimeridian is not crossed.

    Args:
        frame: `latitude` and `longitude` in degrees WGS 84, `country` as ISO 3166-1 alpha-3.

    Returns:
        Float64 series `country_distance_m`, one value a row.
    """
    points = frame.select("country", pl.col("latitude", "longitude").cast(pl.Float64)).with_row_index("_row")
    distance = np.full(frame.height, np.nan)
    known = points.filter(pl.col("country").is_in(list(borders()))).drop_nulls().drop_nans()
    for (country,), rows in known.partition_by("country", as_dict=True).items():
        x, y = rows["longitude"].to_numpy(), rows["latitude"].to_numpy()
        distance[rows["_row"].to_numpy()] = _distances(borders()[str(country)], x, y)
    return pl.Series("country_distance_m", distance).fill_nan(None)


def _distances(polygon: Any, x: Floats, y: Floats) -> Floats:
    """Metres from the polygon, 0 inside."""
    shapely.prepare(polygon)
    distance = np.zeros(len(x))
    outside = ~shapely.intersects_xy(polygon, x, y)
    bands = np.floor(y / BAND_DEGREES)
    for band in np.unique(bands[outside]):
        chosen = outside & (bands == band)
        scale = np.array([np.cos(np.radians((band + 0.5) * BAND_DEGREES)), 1.0])
        border = shapely.transform(polygon.boundary, lambda coordinates, scale=scale: coordinates * scale)
        pairs = shapely.points(np.column_stack([x[chosen], y[chosen]]) * scale)
        nearest = shapely.get_point(shapely.shortest_line(border, pairs), 0)
        distance[chosen] = _haversine_m(x[chosen], y[chosen], shapely.get_x(nearest) / scale[0], shapely.get_y(nearest))
    return distance


def _haversine_m(x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> Floats:
    """Great-circle distance in metres between points in degrees."""
    half = (
        np.sin(np.radians(y2 - y1) / 2) ** 2
        + np.cos(np.radians(y1)) * np.cos(np.radians(y2)) * np.sin(np.radians(x2 - x1) / 2) ** 2
    )
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half))
    return metres
