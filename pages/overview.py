"""The overview, for leadership: what a principal reads in a minute on one screen, and below it more."""

from __future__ import annotations

import streamlit as st

from pages import wording, wording_leadership
from pages.components import overview_board as board
from pages.components import overview_pictures as pictures
from pages.components import shell
from pages.components.data import answer
from pages.components.overview_cards import draw
from pages.components.overview_comparison import Comparison, compare, compared
from pages.components.overview_figures import cards, current, of_periods, stage_table
from pages.components.overview_trends import month_ends, trends
from warehouse import queries
from warehouse.filters import Filters

view = shell.heading(wording.OVERVIEW)
if not view.totals["incidents"]:
    shell.empty("incidents")
    st.stop()

everything = answer(queries.totals, Filters()).row(0, named=True)
first_day, last_day = everything["first_day"], everything["last_day"]
comparison = compare(view.filters, first_day, last_day, view.as_of)
shown = current(view.filters, view.as_of)
has_review = shown.review["reviewed"] > 0
days = {*month_ends(view, first_day)}
if isinstance(comparison, Comparison):
    days |= {comparison.now.last_day, comparison.before.last_day}
asked_days = tuple(sorted(days))
periods = of_periods(comparison, asked_days) if isinstance(comparison, Comparison) else None
lines = trends(view, first_day, last_day, asked_days)

st.html(board.STYLE)
with st.container(key="leadership", gap="xsmall"):
    with st.container(key="cards"):
        key_figures = cards(shown, periods, view.as_of)
        for column, card in zip(st.columns(len(key_figures)), key_figures, strict=True):
            with column.container(gap=None):
                draw(card, lines, view, shown)
    st.caption(
        compared(comparison, view) + wording_leadership.trend_note(lines.harm, lines.review if has_review else "")
    )
    left, middle, right = st.columns([34, 37, 22])
    with left.container(gap=None):
        board.funnel(view)
    with middle.container(gap="xxsmall"):
        board.oldest(view)
    with right.container(gap="xxsmall"):
        board.changed(view)

st.header(wording_leadership.MORE, anchor=False)
left, right = st.columns([11, 10], gap="medium")
with left:
    pictures.by_week(view)
with right:
    st.subheader(wording.SHARE_BY_STAGE, anchor=False)
    st.table(stage_table(shown, periods), border="horizontal", hide_index=True)
pictures.small_map(view)
st.subheader(wording.NEWEST, anchor=False)
pictures.newest(view)
