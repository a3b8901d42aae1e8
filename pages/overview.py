"""The overview, for leadership: key figures with their change, where incidents stand, and the newest of them."""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.components import overview_pictures as pictures
from pages.components import shell
from pages.components.data import answer
from pages.components.overview_comparison import Comparison, compare
from pages.components.overview_figures import cards, current, of_periods, stage_table
from warehouse import queries
from warehouse.filters import Filters

CARDS_IN_A_ROW = 2

view = shell.heading(wording.OVERVIEW)
if not view.totals["incidents"]:
    shell.empty("incidents")
    st.stop()

everything = answer(queries.totals, Filters()).row(0, named=True)
comparison = compare(view.filters, everything["first_day"], everything["last_day"], view.as_of)
shown = current(view.filters, view.as_of)
has_review = shown.review["reviewed"] > 0
periods = None
if isinstance(comparison, Comparison):
    periods = of_periods(comparison)
    st.caption(
        wording.comparison(
            comparison.now.words,
            comparison.before.words,
            chosen=view.filters.date_from is not None,
            dated=comparison.now.review == comparison.now.harm,
            reviewed=has_review,
            unknown_date=view.totals["without_date"],
        )
    )
else:
    st.caption(comparison)

key_figures = cards(shown, periods)
left, right = st.columns([11, 10], gap="medium")
with left:
    for start in range(0, len(key_figures), CARDS_IN_A_ROW):
        row = key_figures[start : start + CARDS_IN_A_ROW]
        for column, card in zip(st.columns(CARDS_IN_A_ROW), row, strict=True):
            with column.container(gap=None):
                st.metric(card.label, card.value, card.change, delta_color="off", delta_arrow="off", help=card.help)
                st.caption(card.note)
    pictures.by_week(view)
with right:
    st.header(wording.SHARE_BY_STAGE, anchor=False)
    st.table(stage_table(shown, periods), border="horizontal", hide_index=True)
    pictures.funnel(view)
    if not has_review:
        pictures.small_map(view)
if has_review:
    pictures.small_map(view)
st.header(wording.NEWEST, anchor=False)
pictures.newest(view)
