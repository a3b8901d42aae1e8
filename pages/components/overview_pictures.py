"""The overview's pictures: incidents by week, a small map, and the newest incidents."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from pages import wording
from pages.charts import alt
from pages.charts.density import hexagons
from pages.charts.formatting import casualty_range, date_range, number
from pages.charts.legend import legend_html
from pages.charts.timeseries import incidents_bars
from pages.components import figure
from pages.components.data import answer, fresh
from pages.components.plain import escaped
from pages.components.scope import scope
from pages.components.shell import View
from warehouse import queries

NEWEST_ROWS = 8
MAP_PX = 380


def by_week(view: View) -> None:
    """Incidents by week, and beside it those that no week can be told of."""
    rows = answer(queries.over_time, view.filters, "week")
    placed = rows.drop_nulls("period_start")
    left_out = answer(queries.not_in_period, view.filters, "week").row(0, named=True)
    if placed.is_empty():
        st.info(wording.no_dates_to_draw("week"))
    else:
        title = wording.over_time_title(wording.INCIDENTS_COUNTED, "week", scope(view))
        shown = int(placed["incidents"].sum())
        drawn = incidents_bars(placed, "week", view.caption(title, wording.BY_WEEK_SUBTITLE, shown))
        numbers = placed.select(
            pl.col("period_start").alias(wording.PERIOD_COLUMNS["week"]),
            pl.col("incidents").alias(wording.INCIDENTS_COUNTED),
        )
        figure.show(drawn, f"{title}. {alt.incidents_over_time(placed, 'week')}", "overview_weeks", numbers)
    if note := wording.not_in_chart("week", **left_out):
        st.text(note)


def small_map(view: View) -> None:
    """Incidents by hexagon over the offline base map; what it cannot show is counted below."""
    rows = fresh(queries.places(view.filters))
    picture = hexagons(rows, dark=st.context.theme.type == "dark", synthetic=view.synthetic)
    title = wording.map_title(scope(view))
    note = wording.hexagon_note(picture.drawn, picture.too_coarse, view.totals["without_coordinates"])
    st.markdown(f"**{escaped(title)}**")
    st.text(note)
    if picture.drawn:
        st.pydeck_chart(picture.deck, height=MAP_PX, key="overview_map", alt=f"{title}. {note}")
        st.html(legend_html(picture.legend))
    else:
        st.info(wording.NOTHING_FOR_HEXAGONS)
    footer = view.caption(title, shown=picture.drawn).footer
    st.caption(escaped(footer))
    if picture.drawn:
        figure.save_map("overview_map", rows, footer)


def newest(view: View) -> None:
    """The newest incidents by date, each with a link to its page that keeps the filters."""
    rows = answer(queries.listed, view.filters, "date_start", True, NEWEST_ROWS)
    kept = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]

    def link(row: dict[str, Any]) -> str:
        parameters = urlencode([*kept, ("id", row["incident_id"])])
        return f"[{escaped(row['public_code'] or row['incident_id'])}](/incident?{parameters})"

    columns = zip(
        *(
            (
                link(row),
                date_range(row["date_start"], row["date_end"], row["date_precision"]),
                escaped(row["place"] or wording.UNKNOWN),
                casualty_range(*(row[f"civilians_killed_{part}"] for part in ("low", "best", "high"))),
            )
            for row in rows.iter_rows(named=True)
        ),
        strict=True,
    )
    st.table(dict(zip(wording.NEWEST_COLUMNS, map(list, columns), strict=True)), border="horizontal", hide_index=True)
    st.text(wording.newest_of(number(rows.height), number(view.totals["incidents"])))
