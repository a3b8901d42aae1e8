"""A published series below the chart of the page Trends: the reader's choice, and its panel."""

from __future__ import annotations

from datetime import date, timedelta

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages import wording_series as wording
from pages.charts.captions import CoverageCaption
from pages.charts.series import every_day, series_panel
from pages.components import figure
from pages.components.data import answer
from pages.components.shell import View
from warehouse import queries
from warehouse.vocabulary import SeriesMethod

NONE = "none"


def choose() -> str | None:
    """Offer the series of the build; None where nothing is chosen, no box where there is no series."""
    listed = answer(queries.series_listed)
    if listed.is_empty():
        return None
    titles = dict(listed.select("series_id", "title").iter_rows())
    if listed["title"].is_duplicated().any():
        titles = {name: f"{title} ({name})" for name, title in titles.items()}
    chosen = st.selectbox(
        wording.CHOOSE,
        (NONE, *titles),
        format_func=lambda name: titles.get(name, wording.NONE_CHOSEN),
        key="series",
        bind="query-params",
        persist_state="session",
        help=wording.CHOOSE_HELP,
        width=520,
    )
    return None if chosen in (None, NONE) else str(chosen)


def show(view: View, series_id: str, above: go.Figure) -> None:
    """Draw the series below a chart of incidents, over the same days."""
    (series,) = answer(queries.series_listed).filter(series_id=series_id).to_dicts()
    first, end = (date.fromisoformat(str(edge)[:10]) for edge in above.layout.xaxis.range)
    last = end - timedelta(days=1)
    days = every_day(answer(queries.series_days, series_id, first, last), first, last)
    stated = days.drop_nulls("value")
    if stated.is_empty():
        st.info(wording.nothing_in(series["title"], first, last))
        return
    is_extended = series["method"] == SeriesMethod.EXTENDED.value
    colour = SeriesMethod.colours()[series["method"]]
    title = wording.title(series["title"], series["publisher"])
    caption = CoverageCaption(
        title=title,
        subtitle=wording.subtitle(series["unit"], is_cumulative=series["is_cumulative"], is_extended=is_extended),
        source=series["publisher"],
        as_of=min(view.as_of, series["known_on"]),
        build_id=view.build_id,
        shown=0,
        total=0,
        synthetic=view.synthetic,
        coverage=wording.coverage(stated.height, days.height),
    )
    drawn = series_panel(days, caption, above, colour, is_dashed=is_extended)
    numbers = stated.select(pl.col(name).alias(heading) for name, heading in wording.COLUMNS.items())
    key = f"series_{view.filters.date_from}_{view.filters.date_to}"
    figure.show(drawn, wording.alt(title, stated.select("date", "value").rows()), key, numbers, f"series_{series_id}")
