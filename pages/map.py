"""Where incidents happened: points, hexagons or heat, played through time, with a table of the same incidents."""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.components import map_panel, shell

view = shell.heading(wording.MAP)
if view.totals["incidents"] == 0:
    shell.empty("incidents")
    st.stop()
if view.totals["incidents"] == view.totals["without_coordinates"]:
    st.info(wording.NO_COORDINATES_AT_ALL)
    st.stop()

map_panel.show(view)
