"""Where incidents happened: points, hexagons or heat, played through time, with a table of the same incidents."""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.components import map_panel, shell
from pages.components.map_picture import COLOURED_BY, HEAT, HEXAGONS, POINTS
from warehouse.schema import TABLE

view = shell.heading(wording.MAP)
if view.totals["incidents"] == 0:
    shell.empty("incidents")
    st.stop()
if view.totals["incidents"] == view.totals["without_coordinates"]:
    st.info(wording.NO_COORDINATES_AT_ALL)
    st.stop()

left, right = st.columns([3, 2], vertical_alignment="bottom")
style = left.segmented_control(
    wording.MAP_STYLE,
    [POINTS, HEXAGONS, HEAT],
    format_func=wording.MAP_STYLES.__getitem__,
    default=POINTS,
    required=True,
    key="map",
    bind="query-params",
)
colour = right.selectbox(
    wording.COLOUR_BY,
    COLOURED_BY,
    format_func=lambda name: TABLE["incident"][name].label,
    key="colour",
    bind="query-params",
    disabled=style != POINTS,
)
map_panel.show(view, style, colour)
