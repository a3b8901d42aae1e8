"""Which weapons incidents name, how surely and on what basis; and transfers on record as context."""

from __future__ import annotations

import streamlit as st

from pages import wording_weapons
from pages.components import shell, weapons_figures, weapons_transfers

view = shell.heading(wording_weapons.WEAPONS)

if view.totals["incidents"]:
    weapons_figures.notes(view)
    left, right = st.columns(2)
    with left:
        weapons_figures.by(view, "weapon_system")
        weapons_figures.by(view, "confidence")
    with right:
        weapons_figures.by(view, "munition")
        weapons_figures.by(view, "basis")
    weapons_figures.table_of_attributions(view)
else:
    shell.empty("incidents")
weapons_transfers.show(view)
