"""A map without the internet: land and sea served by the app itself, and a deck that is written quickly.

Streamlit asks a tile host for a style unless it is told of one; the style here has only a background, the sea, and the
land is a layer that the browser fetches once from the app.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import polars as pl
import pydeck

STATIC_URL = "/app/static"
_LAND = {False: ([250, 250, 247], [176, 183, 189]), True: ([41, 48, 56], [92, 102, 112])}
"""Dark or not -> fill and outline of the land."""

_TILE_PX = 512
_VIEW_PX = (330, 380)
"""Width and height that the data must fit: a phone's map."""
_WORLD = {"latitude": 20.0, "longitude": 15.0, "zoom": 0.6}
_CLOSEST_ZOOM = 13.0
WIDE_CIRCLE_M = 25_000
"""Radius of a district, by `vocabulary.RADIUS_M`."""
_METRES_PER_DEGREE = 111_195
_MERCATOR_LIMIT = 85.0

POSITION = ("latitude", "longitude")

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


class FastDeck(pydeck.Deck):  # type: ignore[misc]
    """A deck whose rows Polars writes: pydeck's own way takes thirty times as long.

    A layer's data may be given as a frame by `frames[layer id]`; the layer itself then holds a placeholder.
    """

    def __init__(self, layers: Sequence[pydeck.Layer], frames: dict[str, pl.DataFrame], **options: Any) -> None:
        self._rows = {layer_id: frame.write_json() for layer_id, frame in frames.items()}
        super().__init__(layers=list(layers), **options)

    def to_json(self) -> str:
        """The deck's specification, with the rows spliced in."""
        written = self.__dict__.pop("_rows")
        try:
            text = str(super().to_json())
        finally:
            self._rows = written
        for layer_id, rows in written.items():
            text = text.replace(json.dumps(_placeholder(layer_id)), rows)
        return text


def layer(kind: str, layer_id: str, **options: Any) -> pydeck.Layer:
    """A layer whose rows come from `FastDeck`'s frames."""
    return pydeck.Layer(kind, data=_placeholder(layer_id), id=layer_id, **options)


def _placeholder(layer_id: str) -> str:
    return f"rows of {layer_id}"


def deck(
    layers: Sequence[pydeck.Layer], frames: dict[str, pl.DataFrame], box: Box | None, *, dark: bool, synthetic: bool
) -> FastDeck:
    """Layers over land and sea, the view fitted to `box`; SYNTHETIC DATA is written across where it is.

    Rows of pickable layers hold their tooltip in `tip`. It is set as text, not as HTML, so whatever a source wrote
    stays text.
    """
    fill, outline = _LAND[dark]
    land = pydeck.Layer(
        "GeoJsonLayer",
        data=f"{STATIC_URL}/countries.geojson",
        id="land",
        filled=True,
        stroked=True,
        get_fill_color=fill,
        get_line_color=outline,
        line_width_min_pixels=1,
        pickable=False,
    )
    middle = view(box)
    stamp = pydeck.Layer(
        "TextLayer",
        data=[{"latitude": middle.latitude, "longitude": middle.longitude, "text": "SYNTHETIC DATA"}],
        id="synthetic",
        get_position="[longitude, latitude]",
        get_text="text",
        get_size=34,
        get_angle=18,
        get_color=[200, 200, 200, 110] if dark else [60, 60, 60, 90],
        font_weight=700,
        font_family="'sans-serif'",
        pickable=False,
    )
    return FastDeck(
        [land, *layers, *([stamp] if synthetic else [])],
        frames,
        map_provider="carto",
        map_style=f"{STATIC_URL}/base-{'dark' if dark else 'light'}.json",
        initial_view_state=middle,
        tooltip={
            "text": "{tip}",
            "style": {"maxWidth": "280px", "fontSize": "13px", "whiteSpace": "pre-line", "overflowWrap": "anywhere"},
        },
    )


def rgb(colour: str, alpha: int = 255) -> list[int]:
    """ "#0072B2" as the list that deck.gl takes."""
    return [*bytes.fromhex(colour[1:]), alpha]


def bounding_box(frame: pl.DataFrame) -> Box | None:
    """The box around the rows of `latitude`, `longitude`, `geo_radius_m` (null is 0); None without rows.

    Circles of a district and wider count by their centre: one of them would make all the others a dot.
    """
    if frame.is_empty():
        return None
    wide_circle = (pl.col("geo_radius_m") >= WIDE_CIRCLE_M).fill_null(value=False)
    if not frame.filter(~wide_circle).is_empty():
        frame = frame.with_columns(pl.when(wide_circle).then(0).otherwise("geo_radius_m").alias("geo_radius_m"))
    radius = pl.col("geo_radius_m").fill_null(0) / _METRES_PER_DEGREE
    wide = radius / pl.col("latitude").radians().cos().clip(0.1)
    west, south, east, north = frame.select(
        (pl.col("longitude") - wide).min().alias("west"),
        (pl.col("latitude") - radius).min().alias("south"),
        (pl.col("longitude") + wide).max().alias("east"),
        (pl.col("latitude") + radius).max().alias("north"),
    ).row(0)
    return west, south, east, north


def view(box: Box | None) -> pydeck.ViewState:
    """The view that shows all of `box` on a phone; the world without one; never closer than a town's streets."""
    if box is None:
        return pydeck.ViewState(**_WORLD)
    west, south, east, north = box
    bottom, top = _mercator(south), _mercator(north)
    across, up = max(east - west, 1e-9) / 360, max(top - bottom, 1e-9)
    zoom = min(math.log2(_VIEW_PX[0] / _TILE_PX / across), math.log2(_VIEW_PX[1] / _TILE_PX / up), _CLOSEST_ZOOM)
    middle = math.degrees(math.atan(math.sinh((bottom + top) * math.pi)))
    return pydeck.ViewState(longitude=(west + east) / 2, latitude=middle, zoom=max(zoom - 0.2, _WORLD["zoom"]))


def metres_per_pixel(box: Box | None) -> float:
    """Scale at the middle of the view that fits `box`."""
    state = view(box)
    around = 2 * math.pi * 6_378_137 * math.cos(math.radians(state.latitude))
    return float(around / _TILE_PX / 2**state.zoom)


def _mercator(latitude: float) -> float:
    """Web Mercator's y, -0.5 to 0.5."""
    bounded = max(-_MERCATOR_LIMIT, min(_MERCATOR_LIMIT, latitude))
    return math.asinh(math.tan(math.radians(bounded))) / (2 * math.pi)
