"""One unit: incidents, findings, recommendations and what became of them; its address is /unit?id=<unit_id>."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages import wording_units
from pages.components import shell, unit_link, units
from pages.components.data import answer
from pages.components.plain import escaped
from warehouse import queries
from warehouse.countries import country_labels

unit_id = st.query_params.get(unit_link.PARAMETER)
every = answer(queries.all_units)
found = every.filter(pl.col("unit_id") == (unit_id or ""))
if found.is_empty():
    st.title(wording_units.UNIT, anchor=False)
    st.info(wording_units.unknown_unit(unit_id) if unit_id else wording_units.NO_ID)
    unit_link.to_units()
    st.stop()

unit = found.row(0, named=True)
view = shell.heading(escaped(unit["name"]))
st.text(country_labels().get(unit["country"], unit["country"]))
unit_link.to_units()
subtree = units.place_in_hierarchy(unit["unit_id"], every)
units.summary(view, unit["unit_id"], subtree)
units.first_recommendation(view, unit["unit_id"])
units.incidents(view, subtree)
units.recommendations(view, subtree)
units.findings(view, subtree)
