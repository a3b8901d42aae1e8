"""Shows a figure with its text for screen readers and the numbers behind it."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages import wording

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d"], "scrollZoom": False}


def show(figure: go.Figure, alt: str, key: str, numbers: pl.DataFrame, **options: Any) -> Any:
    """Draw a plotly figure, and below it a closed box with the table behind it.

    Args:
        alt: one sentence for screen readers.
        key: of the chart; also of the table.
        numbers: the frame behind the figure, with headings for people.
        options: further arguments of `st.plotly_chart`, such as `on_select`.
    """
    selected = st.plotly_chart(figure, key=key, alt=alt, config=CONFIG, **options)
    with st.expander(wording.NUMBERS_BEHIND):
        st.dataframe(numbers, hide_index=True, key=f"{key}_numbers", alt=alt, placeholder=wording.UNKNOWN)
    return selected
