"""Where incidents are dense: hexagons and heat."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

import h3
import polars as pl

from pages.charts.deck import POSITION, FastDeck, bounding_box, deck, layer, metres_per_pixel, rgb
from pages.charts.formatting import casualty_range, counted, number
from pages.charts.legend import LegendEntry, Map
from pages.charts.style import SEQUENTIAL
from warehouse.vocabulary import COARSE_FROM_M

MOST_CELLS = 1_000
"""About 900 hexagons draw in 0.3 s, 7,500 in 0.9 s."""
CELLS_REMEMBERED = 100_000
"""Of places at a resolution; the same ones come with every filter, and finding their cells is most of the work."""
_CELL_PX = 11
"""Edge of a hexagon that a finger can hit."""


def hexagons(frame: pl.DataFrame, *, dark: bool = False, synthetic: bool = False, resolution: int | None = None) -> Map:
    """Incidents by H3 cell, darker (on a dark page lighter) for more.

    Only locations whose radius fits into a cell are counted; the others, and those of unknown precision, are
    `too_coarse`.

    Args:
        frame: one row a place: `latitude`, `longitude`, `geo_radius_m` (null is unknown), `cluster_id` (null, or the
            event that several incidents are about: counted once in a cell), `incidents`, `civilians_killed_low`,
            `civilians_killed_high` (sums, null where no incident states a number), `civilians_killed_unknown`
            (incidents whose number is unknown).
        resolution: H3 resolution; by the extent of the data when None, coarser until `MOST_CELLS` are enough.
    """
    box = bounding_box(frame.filter(pl.col("geo_radius_m") < COARSE_FROM_M))
    chosen = _resolution(metres_per_pixel(box)) if resolution is None else resolution
    while True:
        edge_m = h3.average_hexagon_edge_length(chosen, unit="m")
        fitting = frame.filter(pl.col("geo_radius_m") <= edge_m)
        cells = _cells(fitting, chosen)
        if cells.height <= MOST_CELLS or chosen == 0 or resolution is not None:
            break
        chosen -= 1
    classes = _classes(max(cells["incidents"].to_list(), default=0))
    ramp = _ramp(len(classes), dark=dark)
    lows = [low for low, _ in classes]
    colours = pl.Series([rgb(colour, 215) for colour in ramp], dtype=pl.List(pl.Int64))
    shaded = cells.with_columns(colour=colours.gather([bisect_right(lows, n) - 1 for n in cells["incidents"]]))
    hexes = layer(
        "H3HexagonLayer", "hexagons", get_hexagon="cell", get_fill_color="colour", extruded=False, stroked=True,
        get_line_color=[90, 90, 90, 160], line_width_min_pixels=0.5, pickable=True,
    )  # fmt: skip
    spans = [number(low) if low == high else f"{number(low)}–{number(high)}" for low, high in classes]
    names = [*spans[:-1], *(f"{span} incidents in a hexagon" for span in spans[-1:])]
    legend = tuple(LegendEntry(name, colour, "hexagon") for name, colour in zip(names, ramp, strict=True))
    picture = deck([hexes], {"hexagons": shaded}, box, dark=dark, synthetic=synthetic)
    return _map(picture, legend, fitting, frame)


def heat(frame: pl.DataFrame, *, dark: bool = False, synthetic: bool = False) -> Map:
    """Density of incidents, relative to the densest place in view; coarse or unknown locations are left out.

    Args:
        frame: one row a place: `latitude`, `longitude`, `geo_radius_m` (null is unknown), `incidents`.
    """
    fine = frame.filter(pl.col("geo_radius_m") < COARSE_FROM_M)
    ramp = _ramp(len(SEQUENTIAL), dark=dark)
    cloud = layer(
        "HeatmapLayer", "heat", get_position="[longitude, latitude]", get_weight="incidents", aggregation="'SUM'",
        radius_pixels=28, color_range=[rgb(colour, 60 + 45 * step) for step, colour in enumerate(ramp)], pickable=False,
    )  # fmt: skip
    legend = (LegendEntry("fewer incidents", ramp[0], "hexagon"), LegendEntry("more incidents", ramp[-1], "hexagon"))
    rows = {"heat": fine.select(*POSITION, "incidents")}
    picture = deck([cloud], rows, bounding_box(fine), dark=dark, synthetic=synthetic)
    return _map(picture, legend, fine, frame)


def _map(picture: FastDeck, legend: tuple[LegendEntry, ...], drawn: pl.DataFrame, given: pl.DataFrame) -> Map:
    shown = int(drawn["incidents"].sum())
    return Map(picture, legend, shown, int(given["incidents"].sum()) - shown)


def _cells(rows: pl.DataFrame, resolution: int) -> pl.DataFrame:
    """`cell`, `incidents`, `tip`: one row for each H3 cell that holds an incident."""
    cells = _remembered(resolution)
    latitude, longitude = (rows[name].to_list() for name in ("latitude", "longitude"))
    found = [cells[place] for place in zip(latitude, longitude, strict=True)]
    placed = rows.with_columns(cell=pl.Series(found, dtype=pl.String))
    events = (
        placed.filter(pl.col("cluster_id").is_not_null())
        .group_by("cell", "cluster_id")
        .agg(
            pl.col("incidents").sum(),
            pl.col("civilians_killed_low", "civilians_killed_unknown").min(),
            pl.col("civilians_killed_high").max(),
        )
    )
    counts = (
        pl.concat([placed.filter(pl.col("cluster_id").is_null()).select(events.columns), events])
        .group_by("cell")
        .agg(
            pl.col("incidents").sum(),
            low=pl.col("civilians_killed_low").sum(),
            high=pl.col("civilians_killed_high").sum(),
            unknown=pl.col("civilians_killed_unknown").sum(),
        )
        .sort("cell")
    )
    tips = [_cell_tip(*row) for row in counts.select("incidents", "low", "high", "unknown").iter_rows()]
    return counts.select("cell", "incidents", tip=pl.Series(tips, dtype=pl.String))


class _Cells(dict[tuple[float, float], str]):
    """Cells by latitude and longitude, each found when it is first asked for."""

    def __init__(self, resolution: int) -> None:
        self._resolution = resolution

    def __missing__(self, place: tuple[float, float]) -> str:
        if len(self) >= CELLS_REMEMBERED:
            self.clear()
        cell = self[place] = str(h3.latlng_to_cell(*place, self._resolution))
        return cell


_remembered = cache(_Cells)


def _cell_tip(incidents: int, low: int, high: int, unknown: int) -> str:
    killed = casualty_range(None, None, None) if unknown == incidents else casualty_range(low, None, high)
    more = f"\nnumber unknown in {counted(unknown, 'incident')}" if 0 < unknown < incidents else ""
    return f"{counted(incidents, 'incident')}\nCivilians reported killed: {killed}{more}"


def _resolution(scale_m_per_px: float) -> int:
    """The H3 resolution whose cells have edges nearest to `_CELL_PX` at this scale."""
    wanted = scale_m_per_px * _CELL_PX
    return min(range(2, 11), key=lambda r: abs(h3.average_hexagon_edge_length(r, unit="m") - wanted))


def _classes(most: int) -> list[tuple[int, int]]:
    """Up to five classes of counts from 1 to `most`, each about as many times wider as the one before."""
    if not most:
        return []
    starts = sorted({max(1, round(most ** (step / len(SEQUENTIAL)))) for step in range(len(SEQUENTIAL))})
    return [(low, high - 1) for low, high in zip(starts, [*starts[1:], most + 1], strict=True)]


def _ramp(steps: int, *, dark: bool) -> list[str]:
    """Colours from few to many: away from the page's own colour."""
    colours = SEQUENTIAL[::-1] if dark else SEQUENTIAL
    last = len(colours) - 1
    return [colours[round(step * last / max(steps - 1, 1))] for step in range(steps)]
