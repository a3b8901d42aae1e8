"""Security force units that sources name, with their incidents and what was recommended about them."""

from __future__ import annotations

import streamlit as st

from pages import wording_units
from pages.components import shell, units
from pages.components.data import answer
from warehouse import queries

view = shell.heading(wording_units.PAGE)

if answer(queries.all_units).is_empty():
    st.info(wording_units.NO_UNITS)
else:
    units.listed(view)
