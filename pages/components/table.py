"""A small table with headings for people: thousands with a comma, dates without a time of day, unknown in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from pages import wording

WHOLE_ROWS = 25
"""Tables up to this length are drawn whole; longer ones scroll."""


def table(
    frame: pl.DataFrame,
    headings: Mapping[str, str],
    key: str,
    alt: str,
    config: Mapping[str, Any] | None = None,
    placeholder: str = wording.UNKNOWN,
) -> None:
    """Draw the columns that have a heading, in the headings' order.

    Args:
        headings: column -> heading.
        key: of the table, unique on the page.
        alt: one phrase for screen readers.
        config: column -> configuration of its own; the others get one by their type.
        placeholder: what stands for null.
    """
    shown = frame.select(list(headings))
    by_type = {name: _by_type(kind, headings[name]) for name, kind in shown.schema.items()}
    st.dataframe(
        shown.to_arrow(),  # Streamlit would go through pandas, which takes longer and has no whole number beside null
        hide_index=True,
        height="content" if shown.height <= WHOLE_ROWS else "auto",
        key=key,
        placeholder=placeholder,
        column_config=by_type | dict(config or {}),
        alt=alt,
    )


def _by_type(kind: pl.DataType, heading: str) -> Any:
    if kind.is_integer() or kind.is_float():
        return st.column_config.NumberColumn(heading, format="localized")
    if kind == pl.Date:
        return st.column_config.DateColumn(heading, format="D MMM YYYY")
    if kind == pl.Datetime:
        return st.column_config.DatetimeColumn(heading, format="D MMM YYYY, HH:mm")
    return st.column_config.Column(heading)
