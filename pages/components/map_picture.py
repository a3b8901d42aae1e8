"""The map itself: points, hexagons or heat, with legend and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import h3
import polars as pl
import streamlit as st

from pages import wording
from pages.charts import alt
from pages.charts.deck import POSITION, Box
from pages.charts.deck import view as view_of
from pages.charts.density import heat, hexagons
from pages.charts.legend import Map, legend_html
from pages.charts.maps import MOST_POINTS, points
from pages.charts.style import OTHER_COLOUR, palette
from pages.components import figure
from pages.components.data import answer, fresh
from pages.components.plain import escaped
from pages.components.shell import View
from warehouse import queries
from warehouse import vocabulary as v
from warehouse.countries import country_labels
from warehouse.filters import Filters
from warehouse.schema import TABLE

POINTS, HEXAGONS, HEAT = "points", "hexagons", "heat"
_VOCABULARIES: dict[str, type[v.Vocabulary]] = {
    "harm_status": v.HarmStatus,
    "strike_type": v.StrikeType,
    "strike_status": v.StrikeStatus,
    "weapon_system": v.WeaponSystem,
    "us_origin_confidence": v.Confidence,
    "stage": v.Stage,
    "source_type": v.SourceType,
    "geo_precision": v.GeoPrecision,
}
COLOURED_BY = (*_VOCABULARIES, "country")
"""Columns that can colour the points."""
_HEIGHT_PX = 500


def show(view: View, whole: Filters, style: str, colour: str) -> tuple[str, ...]:
    """Draw the map of the incidents under `view.filters`; returns the incidents of what was clicked.

    Args:
        whole: the filter without the window of days, whose incidents the map's view fits, so that it stays still while
            the window moves.
    """
    located = view.totals["incidents"] - view.totals["without_coordinates"]
    if style == POINTS and located > MOST_POINTS:
        st.info(wording.too_many_points(located, MOST_POINTS))
        style = HEXAGONS
    rows = fresh(queries.located(view.filters, colour)) if located <= MOST_POINTS else None
    picture = _draw(view, rows, style, colour)
    if whole != view.filters and (box := _extent(whole)):
        picture.deck.initial_view_state = view_of(box)
    title = wording.big_map_title(style, view.filters.sentence(), TABLE["incident"][colour].label)
    without = view.totals["without_coordinates"]
    note = wording.map_note(picture.drawn, picture.too_coarse, without)
    st.markdown(f"**{escaped(title)}**")
    if not picture.drawn:
        st.info(wording.NOTHING_ON_MAP)
        st.text(note)
        return ()
    state: Any = st.pydeck_chart(
        picture.deck,
        height=_HEIGHT_PX,
        key=f"map_{style}",
        alt=f"{title}. {alt.incident_map(picture, without)}",
        on_select="rerun",
    )
    st.html(legend_html(picture.legend))
    st.text(note)
    footer = view.caption(title, shown=picture.drawn).footer
    st.caption(escaped(footer))
    figure.save_map(f"map_{style}", fresh(queries.places(view.filters)) if rows is None else rows, footer)
    return picked(state["selection"]["objects"], rows)


def picked(objects: Mapping[str, list[dict[str, Any]]], rows: pl.DataFrame | None) -> tuple[str, ...]:
    """Incidents of the clicked objects that are on the map now, and all others at the same point, newest first.

    Of a hexagon: those drawn in it. Points that share a place hide each other, so all of them are named.

    Args:
        objects: layer -> objects, as Streamlit hands them on.
        rows: incidents on the map, None where they are too many to name.
    """
    if rows is None:
        return ()
    clicked = [one for layer in objects.values() for one in layer]
    cells = [one["cell"] for one in clicked if "cell" in one]
    named = [name for one in clicked for name in one.get("incident_ids", ())]
    places = rows.filter(pl.col("incident_id").is_in(named)).select(POSITION).unique()
    at_places = rows.join(places, on=POSITION, how="semi")["incident_id"]
    chosen = {*at_places, *(name for cell in cells for name in _in_cell(rows, cell))}
    newest_first = rows.sort("date_start", "incident_id", descending=[True, False], nulls_last=True)["incident_id"]
    return tuple(name for name in newest_first if name in chosen)


def _in_cell(rows: pl.DataFrame, cell: str) -> list[str]:
    resolution = h3.get_resolution(cell)
    edge_m = h3.average_hexagon_edge_length(resolution, unit="m")
    fitting = rows.filter(pl.col("geo_radius_m") <= edge_m).select("incident_id", "latitude", "longitude")
    return [name for name, y, x in fitting.iter_rows() if h3.latlng_to_cell(y, x, resolution) == cell]


def _draw(view: View, rows: pl.DataFrame | None, style: str, colour: str) -> Map:
    dark = st.context.theme.type == "dark"
    if style == POINTS and rows is not None:
        return points(rows, *_scale(colour), dark=dark, synthetic=view.synthetic)
    draw = hexagons if style == HEXAGONS else heat
    return draw(fresh(queries.places(view.filters)), dark=dark, synthetic=view.synthetic)


def _scale(colour: str) -> tuple[dict[str, str], dict[str, str]]:
    """Labels and colours of a column's values."""
    if colour == "country":
        codes = answer(queries.distinct_values, "country")["value"].to_list()
        return country_labels(), palette(codes)
    vocabulary = _VOCABULARIES[colour]
    several = {queries.SEVERAL: wording.SEVERAL_VALUES}
    return vocabulary.labels() | several, vocabulary.colours() | dict.fromkeys(several, OTHER_COLOUR)


def _extent(filters: Filters) -> Box | None:
    west, south, east, north = answer(queries.extent, filters).select("west", "south", "east", "north").row(0)
    return None if west is None else (west, south, east, north)
