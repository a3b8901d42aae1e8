"""How the backlog grew, and what may become of it."""

from __future__ import annotations

import streamlit as st

from pages import wording, wording_outlook
from pages.components import flow, outlook, shell
from pages.components.data import answer
from warehouse import queries

view = shell.heading(wording_outlook.PAGE)
moves = answer(queries.moves_by_month, view.filters, view.as_of)
if not view.totals["incidents"]:
    shell.empty("incidents")
elif view.totals["without_review_record"] == view.totals["incidents"]:
    st.info(wording.NO_REVIEW_RECORDS)
elif moves.is_empty():
    st.info(wording_outlook.NOT_STARTED)
else:
    flow.cumulative(view, moves)
    flow.changes(view, moves)
    flow.notes(view, moves)
    outlook.show(view, moves)
