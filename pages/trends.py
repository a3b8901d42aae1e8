"""Incidents and civilians reported harmed over time."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages import wording
from pages.components import shell, trends_figure, trends_selection, trends_series
from pages.components.data import answer
from pages.components.trends_controls import controls
from warehouse import queries

EVENT_COLUMNS = wording.EVENT_COLUMNS.items()

view = shell.heading(wording.TRENDS)
choices = controls()
if not view.totals["incidents"]:
    shell.empty("incidents")
    st.stop()

drawn = trends_figure.show(view, choices)
left_out = answer(queries.not_in_period, view.filters, choices.period).row(0, named=True)
if note := wording.not_in_chart(choices.period, **left_out):
    st.text(note)
if not trends_selection.is_phone():
    st.caption(wording.SELECT_DATES)

series = trends_series.choose()
if series and drawn:
    trends_series.show(view, series, drawn)

if choices.events:
    with st.expander(wording.EVENTS_LISTED):
        st.dataframe(
            trends_figure.events_of(view).select(pl.col(name).alias(heading) for name, heading in EVENT_COLUMNS),
            hide_index=True,
            alt=wording.EVENTS_LISTED,
        )
