"""Incidents on a map, each where it happened.

A location that is known only to a town or coarser is never drawn as if it were exact: it is a circle of its radius.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from pages.charts.deck import POSITION, FastDeck, bounding_box, deck, layer, rgb
from pages.charts.formatting import casualty_range, date_range, number
from pages.charts.legend import LegendEntry, Map
from pages.charts.style import categorise
from warehouse.vocabulary import COARSE_FROM_M, GREY, GeoPrecision

MOST_POINTS = 20_000
"""More make a browser slow; hexagons show any number."""
_LARGEST_POINT_PX, _SMALLEST_POINT_PX, _UNKNOWN_POINT_PX = 26, 3.5, 5
_LARGEST_AT_LEAST = 100
"""Civilians killed that get the largest point when no incident has more: small sets do not look large."""
_SIZES_SHOWN = (1, 10, 50)
"""Civilians killed whose points the legend shows."""

_AROUND_M = 12_000
"""An incident's own map shows at least this far around it: there are no streets to see closer up."""


def points(
    frame: pl.DataFrame,
    labels: Mapping[str, str],
    colours: Mapping[str, str],
    *,
    dark: bool = False,
    synthetic: bool = False,
) -> Map:
    """A point for each incident, its area by civilians killed (highest estimate), its colour by category.

    Unknown numbers are small hollow grey rings. Coarse locations (`COARSE_FROM_M` and more) are circles of their
    radius, one for all incidents that share it. Locations of unknown precision are question marks.

    Args:
        frame: at most `MOST_POINTS` incidents with coordinates: `incident_id`, `public_code`, `place`, `latitude`,
            `longitude`, `geo_precision`, `geo_radius_m`, `date_start`, `date_end`, `date_precision`,
            `civilians_killed_low`, `_best`, `_high`, `category` (null is unknown).
        labels, colours: of the categories; at most seven are told apart.

    Raises:
        ValueError: more than `MOST_POINTS` rows.
    """
    if frame.height > MOST_POINTS:
        raise ValueError(f"{number(frame.height)} points are too many; draw hexagons from {number(MOST_POINTS)} on")
    limited, categories = categorise(frame.with_columns(incidents=pl.lit(1)), labels, colours)
    shades = pl.DataFrame(
        {"category": [c.value for c in categories], "colour": [rgb(c.colour) for c in categories]},
        schema={"category": pl.String, "colour": pl.List(pl.Int64)},
    )
    rows = limited.join(shades, on="category", how="left", maintain_order="left").with_columns(
        tip=_tips(limited),
        incident_ids=pl.concat_list("incident_id"),
    )
    unknown = pl.col("geo_radius_m").is_null()
    coarse = pl.col("geo_radius_m") >= COARSE_FROM_M
    largest = max(_largest(rows), _LARGEST_AT_LEAST)
    exact = rows.filter(~coarse & ~unknown).with_columns(_sizes(largest), stroke=_stroke(dark), fill=_fill(190))
    frames = {
        "coarse": _coarse(rows.filter(coarse)),
        "points": exact.sort("radius", descending=True).select(*POSITION, "radius", "fill", "stroke", *_PICKED),
        "precision-unknown": rows.filter(unknown).select(*POSITION, "colour", *_PICKED, mark=pl.lit("?")),
    }
    layers = [
        layer(
            "ScatterplotLayer", "coarse", get_position="[longitude, latitude]", get_radius="radius",
            get_fill_color="fill", get_line_color="stroke", stroked=True, line_width_min_pixels=1.5,
            pickable=True,
        ),
        layer(
            "ScatterplotLayer", "points", get_position="[longitude, latitude]", get_radius="radius",
            radius_units="'pixels'", get_fill_color="fill", get_line_color="stroke", stroked=True,
            line_width_units="'pixels'", get_line_width=1.5, pickable=True,
        ),
        layer(
            "TextLayer", "precision-unknown", get_position="[longitude, latitude]", get_text="mark",
            get_color="colour", get_size=20, font_weight=700, pickable=True,
        ),
    ]  # fmt: skip
    frames = {name: drawn for name, drawn in frames.items() if not drawn.is_empty()}
    legend = [LegendEntry(category.label, category.colour, "dot") for category in categories]
    if not exact.is_empty():
        sizes = [LegendEntry(number(n), GREY, "dot", 2 * _radius_px(n, largest)) for n in _SIZES_SHOWN]
        sizes[-1] = replace(sizes[-1], label=f"{sizes[-1].label} civilians reported killed (highest estimate)")
        legend += sizes
        legend.append(LegendEntry("number killed unknown", GREY, "ring", 2 * _UNKNOWN_POINT_PX))
    if "coarse" in frames:
        legend.append(LegendEntry("somewhere within the circle", GREY, "circle", 20))
    if "precision-unknown" in frames:
        legend.append(LegendEntry("precision of the location not stated", GREY, "question"))
    picture = deck(
        [one for one in layers if one.id in frames], frames, bounding_box(frame), dark=dark, synthetic=synthetic
    )
    return Map(picture, tuple(legend), frame.height, 0)


def incident(
    latitude: float,
    longitude: float,
    geo_radius_m: int | None,
    colour: str,
    tip: str,
    *,
    dark: bool = False,
    synthetic: bool = False,
) -> FastDeck:
    """One incident: the circle in which it lies, with a dot in the middle only where the location is not coarse."""
    row = pl.DataFrame({"latitude": [latitude], "longitude": [longitude], "geo_radius_m": [geo_radius_m], "tip": [tip]})
    layers, frames = [], {}
    if geo_radius_m is not None:
        layers.append(
            layer(
                "ScatterplotLayer", "radius", get_position="[longitude, latitude]", get_radius="geo_radius_m",
                get_fill_color=rgb(colour, 45), get_line_color=rgb(colour), stroked=True, line_width_min_pixels=1.5,
                pickable=True,
            )
        )  # fmt: skip
        frames["radius"] = row
    if geo_radius_m is None or geo_radius_m < COARSE_FROM_M:
        layers.append(
            layer(
                "ScatterplotLayer", "centre", get_position="[longitude, latitude]", get_radius=5,
                radius_units="'pixels'", get_fill_color=rgb(colour), pickable=True,
            )
            if geo_radius_m is not None
            else layer(
                "TextLayer", "centre", get_position="[longitude, latitude]", get_text="mark", get_color=rgb(colour),
                get_size=22, font_weight=700, pickable=True,
            )
        )  # fmt: skip
        frames["centre"] = row.with_columns(mark=pl.lit("?"))
    around = row.with_columns(geo_radius_m=pl.max_horizontal(pl.col("geo_radius_m").fill_null(0) * 2, _AROUND_M))
    return deck(layers, frames, bounding_box(around), dark=dark, synthetic=synthetic)


_PICKED = ("incident_ids", "tip")


def _largest(rows: pl.DataFrame) -> int:
    return max(rows["civilians_killed_high"].drop_nulls().to_list(), default=0)


def _tips(rows: pl.DataFrame) -> pl.Series:
    """Code, place, date, civilians killed, precision, one a line."""
    precision = GeoPrecision.labels()
    columns = (
        "incident_id", "public_code", "place", "date_start", "date_end", "date_precision", "civilians_killed_low",
        "civilians_killed_best", "civilians_killed_high", "geo_precision",
    )  # fmt: skip
    return pl.Series(
        [
            f"{code or incident_id}\n{place or 'place unknown'}\nDate: {date_range(start, end, exact_to)}\n"
            f"Civilians reported killed: {casualty_range(low, best, high)}\n"
            f"Location precision: {precision[known_to].lower()}"
            for incident_id, code, place, start, end, exact_to, low, best, high, known_to in rows.select(
                columns
            ).iter_rows()
        ],
        dtype=pl.String,
    )


def _radius_px(killed: float, largest: int) -> float:
    """Radius by area: the number over the largest one, as an area."""
    return max(_SMALLEST_POINT_PX, _LARGEST_POINT_PX * math.sqrt(killed / largest))


def _sizes(largest: int) -> pl.Expr:
    killed = pl.col("civilians_killed_high")
    area = _LARGEST_POINT_PX * (killed / largest).sqrt()
    return area.clip(_SMALLEST_POINT_PX).fill_null(_UNKNOWN_POINT_PX).round(1).alias("radius")


def _stroke(dark: bool) -> pl.Expr:
    """Outline of a point: the page's own colour, or grey for the ring of an unknown number."""
    known = pl.lit([20, 24, 30, 255] if dark else [255, 255, 255, 255])
    return pl.when(pl.col("civilians_killed_high").is_null()).then(pl.lit(rgb(GREY))).otherwise(known)


def _fill(alpha: int) -> pl.Expr:
    """The category's colour, nothing where the number is unknown."""
    filled = pl.concat_list(pl.col("colour").list.head(3), pl.lit(alpha, pl.Int64))
    return pl.when(pl.col("civilians_killed_high").is_null()).then(pl.lit([0, 0, 0, 0])).otherwise(filled)


def _coarse(rows: pl.DataFrame) -> pl.DataFrame:
    """One circle for all incidents that share a centre and a radius; grey where their categories differ."""
    several = pl.len() > 1
    return (
        rows.group_by(*POSITION, "geo_radius_m", "place", maintain_order=True)
        .agg(
            pl.col("incident_id").alias("incident_ids"),
            colour=pl.when(pl.col("category").n_unique() == 1)
            .then(pl.col("colour").first())
            .otherwise(pl.lit(rgb(GREY))),
            tip=pl.when(several).then(pl.format("{} incidents", pl.len())).otherwise(pl.col("tip").first()),
            several=several,
        )
        .with_columns(
            tip=pl.when("several")
            .then(
                pl.format(
                    "{} in {},\nknown only to within {} km",
                    "tip",
                    pl.col("place").fill_null("a place unknown"),
                    (pl.col("geo_radius_m") / 1000).round(1),
                )
            )
            .otherwise("tip"),
            fill=pl.concat_list(pl.col("colour").list.head(3), pl.lit(28, pl.Int64)),
        )
        .sort("geo_radius_m", descending=True)
        .select(*POSITION, pl.col("geo_radius_m").alias("radius"), "fill", pl.col("colour").alias("stroke"), *_PICKED)
    )
