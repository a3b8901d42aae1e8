"""A map for print: land from the app's own base map, hexagons of incidents, circles for coarse locations.

A location that is known only to a town or coarser is never drawn as if it were exact: it is the outline of a circle of
its radius. One of unknown precision is a question mark.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import h3
import polars as pl
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, Patch, Polygon
from matplotlib.patheffects import withStroke

from pages.charts.deck import Box, bounding_box
from pages.charts.formatting import number
from pages.charts.style import SEQUENTIAL
from pages.documents.drawing import DETAIL_PT, INK, MM_PER_INCH, SOFT, WIDTH_MM, draw, key
from warehouse.vocabulary import COARSE_FROM_M, VERMILION

LAND = Path(__file__).parents[1] / "static" / "countries.geojson"
_HEIGHT_MM = (46.0, 76.0)
"""Least and greatest height of the map itself, by the extent of the data."""
_KEY_MM = 9.0
_METRES_PER_DEGREE = 111_195
_MARGIN = 0.08
"""Of the extent, on each side."""
_SMALLEST_DEGREES = 0.12
"""About 13 km: closer up the base map has nothing to show."""
_CELL_MM = 1.1
"""Edge of a hexagon that can be told apart in print."""
_WORLD = (-180.0, -60.0, 180.0, 75.0)
_LAND_COLOUR, _COAST, _SEA = "#F7F5F0", "#9AA3AB", "#E3EBF0"
_NAMED = 8
"""Most countries with a name in the picture."""
_NAMES_FROM = 0.08
"""Of the width, on each side: no name there."""


@dataclass(frozen=True)
class DrawnMap:
    """A map as SVG, and how many incidents it shows as hexagons, circles and question marks."""

    svg: str
    in_hexagons: int
    in_circles: int
    of_unknown_precision: int


def incident_map(frame: pl.DataFrame, *, synthetic: bool) -> DrawnMap:
    """Where incidents happened.

    Args:
        frame: one row a place, at least one: `latitude`, `longitude`, `geo_radius_m` (null is unknown), `incidents`.
    """
    box, height_mm = _fitted(bounding_box(frame))
    resolution = _resolution((box[3] - box[1]) * _METRES_PER_DEGREE / height_mm)
    fits = min(h3.average_hexagon_edge_length(resolution, unit="m"), COARSE_FROM_M - 1)
    unknown = frame.filter(pl.col("geo_radius_m").is_null())
    fine, coarse = frame.filter(pl.col("geo_radius_m") <= fits), frame.filter(pl.col("geo_radius_m") > fits)
    cells = _cells(fine, resolution)

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0, 0, 1, height_mm / (height_mm + _KEY_MM)))
        _base(axes, box)
        for row in coarse.select("latitude", "longitude", "geo_radius_m").unique().sort(pl.all()).iter_rows():
            axes.add_patch(_circle(*row))
        shades = _shades(cells)
        for cell, n in sorted(cells.items()):
            corners = [(x, y) for y, x in h3.cell_to_boundary(cell)]
            # A cell across the date line would be drawn around the whole world.
            if max(x for x, _ in corners) - min(x for x, _ in corners) < 180:
                colour = next(colour for _, high, colour in shades if n <= high)
                axes.add_patch(Polygon(corners, facecolor=colour, edgecolor=INK, linewidth=0.3, zorder=3))
        for latitude, longitude in unknown.select("latitude", "longitude").iter_rows():
            axes.text(longitude, latitude, "?", ha="center", va="center", fontweight=700, clip_on=True, zorder=4)
        _scale_bar(axes, box)
        _legend(figure, shades, has_circles=coarse.height > 0, has_unknown=unknown.height > 0)

    counts = [int(part["incidents"].sum()) for part in (fine, coarse, unknown)]
    return DrawnMap(draw(paint, height_mm + _KEY_MM, synthetic=synthetic), *counts)


@cache
def _land() -> list[tuple[str, Any]]:
    """Name and shape of each country."""
    text = LAND.read_text(encoding="utf-8")
    names = [(feature["properties"]["name"] or "").split(",")[0] for feature in json.loads(text)["features"]]
    return list(zip(names, shapely.from_geojson(text).geoms, strict=True))


def _base(axes: Axes, box: Box) -> None:
    """Sea, land, borders and names of the largest countries in view."""
    west, south, east, north = box
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect(1 / math.cos(math.radians((south + north) / 2)), adjustable="box")
    axes.set_facecolor(_SEA)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(color=_COAST, linewidth=0.5)
    view = shapely.box(*box)
    fineness = (east - west) / 1200
    rings: list[Any] = []
    named: list[tuple[float, str, Any]] = []
    for name, shape in _land():
        if shapely.intersects(shape, view):
            part = shapely.clip_by_rect(shapely.make_valid(shapely.simplify(shape, fineness)), *box)
            rings += _rings(part, smallest=fineness**2)
            named.append((part.area, name, part))
    axes.add_collection(PolyCollection(rings, facecolors=_LAND_COLOUR, edgecolors=_COAST, linewidths=0.4))
    for area, name, part in sorted(named, key=lambda item: (-item[0], item[1]))[:_NAMED]:
        if area > view.area / 150:
            middle = part.representative_point()
            across, up = (middle.x - west) / (east - west), (middle.y - south) / (north - south)
            # A name near an edge would be cut, and the scale stands in the lower left corner.
            if _NAMES_FROM < across < 1 - _NAMES_FROM and (up > 0.15 or across > 0.45):
                axes.text(
                    middle.x, middle.y, name, fontsize=DETAIL_PT - 0.7, color=SOFT, ha="center", va="center",
                    clip_on=True, zorder=5, path_effects=[withStroke(linewidth=1.4, foreground="#FFFFFF")],
                )  # fmt: skip


def _rings(shape: Any, smallest: float) -> list[Any]:
    """Outer rings; the base map's lakes and enclaves are countries of their own or too small for print."""
    parts = getattr(shape, "geoms", [shape])
    return [part.exterior.coords for part in parts if part.geom_type == "Polygon" and part.area > smallest]


def _circle(latitude: float, longitude: float, radius_m: float) -> Ellipse:
    """A circle on the ground, as the map's projection draws it."""
    tall = 2 * radius_m / _METRES_PER_DEGREE
    wide = tall / math.cos(math.radians(latitude))
    return Ellipse((longitude, latitude), wide, tall, fill=False, edgecolor=VERMILION, linewidth=0.45, zorder=2)


def _fitted(box: Box | None) -> tuple[Box, float]:
    """The box with a margin, in the proportions of the picture, and the height of the picture in millimetres."""
    west, south, east, north = box or _WORLD
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    squeeze = math.cos(math.radians(middle_y))
    tall = max((north - south) * (1 + 2 * _MARGIN), _SMALLEST_DEGREES)
    wide = max((east - west) * squeeze * (1 + 2 * _MARGIN), _SMALLEST_DEGREES)
    height_mm = min(max(WIDTH_MM * tall / wide, _HEIGHT_MM[0]), _HEIGHT_MM[1])
    wide, tall = max(wide, tall * WIDTH_MM / height_mm), max(tall, wide * height_mm / WIDTH_MM)
    half_x, half_y = wide / squeeze / 2, tall / 2
    return (middle_x - half_x, middle_y - half_y, middle_x + half_x, middle_y + half_y), height_mm


def _resolution(metres_per_mm: float) -> int:
    """The H3 resolution whose cells have edges nearest to `_CELL_MM` in print."""
    wanted = metres_per_mm * _CELL_MM
    return min(range(1, 8), key=lambda r: abs(math.log(h3.average_hexagon_edge_length(r, unit="m") / wanted)))


def _cells(rows: pl.DataFrame, resolution: int) -> dict[str, int]:
    """H3 cell -> incidents."""
    counted: dict[str, int] = {}
    for latitude, longitude, n in rows.select("latitude", "longitude", "incidents").iter_rows():
        cell = h3.latlng_to_cell(latitude, longitude, resolution)
        counted[cell] = counted.get(cell, 0) + n
    return counted


def _shades(cells: dict[str, int]) -> list[tuple[int, int, str]]:
    """Lowest and highest count and colour of up to five classes, each about as many times wider as the one before."""
    if not cells:
        return []
    most, steps = max(cells.values()), len(SEQUENTIAL)
    starts = sorted({max(1, round(most ** (step / steps))) for step in range(steps)})
    ends = [start - 1 for start in starts[1:]] + [most]
    colours = [SEQUENTIAL[round(at * (steps - 1) / max(len(starts) - 1, 1))] for at in range(len(starts))]
    return list(zip(starts, ends, colours, strict=True))


def _legend(figure: Figure, shades: list[tuple[int, int, str]], *, has_circles: bool, has_unknown: bool) -> None:
    """Classes of hexagons in the first line, other marks in the second."""
    spans = [number(low) if low == high else f"{number(low)}–{number(high)}" for low, high, _ in shades]
    if spans:
        spans[-1] += " incidents"
        patches = [Patch(facecolor=colour, edgecolor=INK, linewidth=0.3) for *_, colour in shades]
        key(figure, list(zip(patches, spans, strict=True)), columns=len(spans))
    marks: list[tuple[Any, str]] = []
    if has_circles:
        ring = Line2D([], [], marker="o", linestyle="", markerfacecolor="none", markeredgecolor=VERMILION)
        marks.append((ring, "somewhere in this circle"))
    if has_unknown:
        marks.append((Line2D([], [], marker="$?$", linestyle="", color=INK), "precision unknown"))
    if marks:
        line_mm = _KEY_MM / 2.1
        key(figure, marks, columns=2, top=1 - line_mm / (figure.get_figheight() * MM_PER_INCH))


def _scale_bar(axes: Axes, box: Box) -> None:
    """A bar of a round length in kilometres, at the map's middle latitude."""
    west, south, east, north = box
    across_km = (east - west) * math.cos(math.radians((south + north) / 2)) * _METRES_PER_DEGREE / 1000
    length = max(n * 10**power for power in range(-1, 5) for n in (1, 2, 5) if n * 10**power <= across_km / 4)
    degrees = (east - west) * length / across_km
    x, y = west + (east - west) * 0.03, south + (north - south) * 0.04
    axes.plot([x, x + degrees], [y, y], color=INK, linewidth=1.2, solid_capstyle="butt")
    axes.text(x, y + (north - south) * 0.012, f"{number(length)} km", fontsize=DETAIL_PT, va="bottom")
