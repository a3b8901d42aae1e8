"""The overview as most people would write it: pandas in the cache, plotly.express, stock pydeck, bytes to download.

It imports nothing of the dashboard, and reads what `server_load.export` has written: streamlit run naive.py -- FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import h3
import pandas as pd  # type: ignore[import-untyped]  # the app does not use it
import plotly.express as px
import pydeck as pdk
import streamlit as st

# Streamlit would show a text that stands alone: comments here.
MOST_POINTS = 20_000  # above it hexagons, as on the dashboard's own map
RESOLUTION = 7  # of the hexagons, about 5 km² each
NEWEST = 10
CSV = "text/csv"


@st.cache_data
def load(folder: str) -> pd.DataFrame:
    """All incidents, each with its hexagon."""
    frame = pd.read_parquet(Path(folder) / "incidents.parquet")
    frame["date_start"] = pd.to_datetime(frame["date_start"])
    points = zip(frame["latitude"], frame["longitude"], strict=True)
    frame["cell"] = [h3.latlng_to_cell(y, x, RESOLUTION) if y == y else None for y, x in points]
    return frame


def deck(frame: pd.DataFrame) -> pdk.Deck:
    """Points, or hexagons where they are many."""
    located = frame.dropna(subset=["latitude", "longitude"])
    if len(located) <= MOST_POINTS:
        shown = located[
            ["latitude", "longitude", "place", "public_code", "civilians_killed_low", "civilians_killed_high"]
        ]
        layer = pdk.Layer(
            "ScatterplotLayer", data=shown, get_position="[longitude, latitude]", get_radius=500,
            get_fill_color=[213, 94, 0, 160], pickable=True,
        )  # fmt: skip
    else:
        cells = located.groupby("cell", as_index=False).agg(
            incidents=("incident_id", "count"),
            killed_low=("civilians_killed_low", "sum"),
            killed_high=("civilians_killed_high", "sum"),
        )
        cells["share"] = cells["incidents"] / cells["incidents"].max()
        layer = pdk.Layer(
            "H3HexagonLayer", data=cells, get_hexagon="cell", get_fill_color="[255, 255 * (1 - share), 0, 200]",
            extruded=False, pickable=True,
        )  # fmt: skip
    middle = located[["latitude", "longitude"]].mean() if len(located) else {"latitude": 31.5, "longitude": 34.5}
    view = pdk.ViewState(latitude=middle["latitude"], longitude=middle["longitude"], zoom=6)
    return pdk.Deck(layers=[layer], initial_view_state=view, map_style=None, tooltip=True)


def filtered(frame: pd.DataFrame) -> pd.DataFrame:
    """What the widgets leave of the incidents; labels as on the dashboard."""
    with st.sidebar:
        first = st.date_input("First day", value=None, min_value="1990-01-01", max_value="2100-12-31")
        last = st.date_input("Last day", value=None, min_value="1990-01-01", max_value="2100-12-31")
        countries = st.multiselect("Country", sorted(frame["country"].dropna().unique()))
        text = st.text_input("Text in place or summary")
    if first:
        frame = frame[frame["date_start"] >= pd.Timestamp(first)]
    if last:
        frame = frame[frame["date_start"] <= pd.Timestamp(last)]
    if countries:
        frame = frame[frame["country"].isin(countries)]
    for word in text.split():
        frame = frame[frame["search_text"].str.contains(word.lower(), regex=False)]
    return frame


def main(folder: str) -> None:
    """The page."""
    st.set_page_config(layout="wide")
    frame = filtered(load(folder))
    st.title("Civilian harm")
    killed = (frame["civilians_killed_low"].sum(), frame["civilians_killed_high"].sum())
    injured = (frame["civilians_injured_low"].sum(), frame["civilians_injured_high"].sum())
    cards = {
        "Incidents": f"{len(frame):,}",
        "Civilians killed": f"{killed[0]:,.0f}–{killed[1]:,.0f}",
        "Civilians injured": f"{injured[0]:,.0f}–{injured[1]:,.0f}",
        "Closed": f"{(frame['stage'] == 'closed').mean():.0%}",
        "With a response": f"{(frame['response_count'] > 0).mean():.0%}",
    }
    for column, (label, value) in zip(st.columns(len(cards)), cards.items(), strict=True):
        column.metric(label, value)
    weeks = (
        frame.assign(week=frame["date_start"].dt.to_period("W").dt.start_time)
        .groupby(["week", "harm_status"], as_index=False)
        .agg(incidents=("incident_id", "count"))
    )
    st.plotly_chart(px.bar(weeks, x="week", y="incidents", color="harm_status", title="Incidents by week"))
    months = (
        frame.assign(month=frame["date_start"].dt.to_period("M").dt.start_time)
        .groupby("month", as_index=False)[["civilians_killed_low", "civilians_killed_high"]]
        .sum()
    )
    left, right = st.columns(2)
    left.plotly_chart(px.line(months, x="month", y=["civilians_killed_low", "civilians_killed_high"], title="Killed"))
    stages = frame.groupby("stage", as_index=False).agg(incidents=("incident_id", "count"))
    right.plotly_chart(px.funnel(stages, x="incidents", y="stage", title="Review"))
    st.pydeck_chart(deck(frame))
    newest = frame.sort_values("date_start", ascending=False).head(NEWEST)
    st.dataframe(newest[["public_code", "date_start", "place", "country", "stage", "civilians_killed_low"]])
    st.download_button("Download", frame.drop(columns="cell").to_csv(index=False).encode(), "incidents.csv", CSV)


if __name__ == "__main__":
    main(sys.argv[1])
