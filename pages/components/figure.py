"""Shows a figure with its text for screen readers, the numbers behind it, and both to take away."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages import wording
from pages import wording_figures as words
from pages.components import shell
from warehouse.extracts import FORMATS, flat

PICTURE_SCALE = 2
"""Pixels of a PNG for each of the screen, so that it can be printed."""


def show(figure: go.Figure, alt: str, key: str, numbers: pl.DataFrame, name: str = "", **options: Any) -> Any:
    """Draw a plotly figure, and below it a closed box with the table behind it and what saves both.

    The box is filled when it is opened: on most pages the tables together cost as much as the figures.

    Args:
        alt: one sentence for screen readers.
        key: of the chart; also of the table.
        numbers: the frame behind the figure, with headings for people.
        name: what files of it are called, the key unless stated.
        options: further arguments of `st.plotly_chart`, such as `on_select`.
    """
    selected = draw(figure, alt, key, name, **options)
    box = st.expander(wording.NUMBERS_BEHIND, key=f"{key}_behind", on_change="rerun")
    if box.open:
        with box:
            save(figure, key, numbers, name)
            st.dataframe(numbers, hide_index=True, key=f"{key}_numbers", alt=alt, placeholder=wording.UNKNOWN)
    return selected


def draw(figure: go.Figure, alt: str, key: str, name: str = "", **options: Any) -> Any:
    """Draw the figure alone; its camera saves the format that `save`, drawn with the same key, lets readers choose."""
    config = {
        "displaylogo": False,
        # Its words are too pale to read; the browser says itself what it saves.
        "displayNotifier": False,
        "modeBarButtonsToRemove": ["lasso2d"],
        "scrollZoom": False,
        "toImageButtonOptions": {
            "format": st.session_state.get(_format_key(key)) or next(iter(words.PICTURE_FORMATS)),
            "filename": _file_name(name or key),
            "scale": PICTURE_SCALE,
        },
    }
    return st.plotly_chart(figure, key=key, alt=alt, config=config, **options)


def save(figure: go.Figure, key: str, numbers: pl.DataFrame, name: str = "") -> None:
    """Draw what saves a figure: the format of its picture, and a button for the table behind it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            words.PICTURE_FORMAT,
            list(words.PICTURE_FORMATS),
            format_func=words.PICTURE_FORMATS.__getitem__,
            default=next(iter(words.PICTURE_FORMATS)),
            required=True,
            key=_format_key(key),
            width="content",
        )
        _table_button(key, numbers, name, lambda: footer(figure))
    st.caption(words.PICTURE_HOW)


def save_map(key: str, rows: pl.DataFrame, source: str) -> None:
    """Draw the button for the table behind a map.

    Args:
        rows: what is drawn, columns of `words.MAP_COLUMNS` and others, which are left out.
        source: the line below the map.
    """
    names = {name: label for name, label in words.MAP_COLUMNS.items() if name in rows.columns}
    _table_button(key, rows.select(list(names)).rename(names), "", lambda: source)


def table_file(numbers: pl.DataFrame, source: str) -> bytes:
    """The table behind a figure as CSV, with what its footer says in the last column; formulas are disarmed."""
    stated = numbers.with_columns(pl.lit(source).alias(words.SOURCE_COLUMN))
    return flat(stated).write_csv(include_bom=True).encode()


def footer(figure: go.Figure) -> str:
    """What the figure's footer says, in one line without markup; empty without a footer."""
    lines = [note.text for note in figure.layout.annotations if note.name == "footer"]
    return html.unescape(" ".join(lines).replace("<br>", " "))


def _table_button(key: str, numbers: pl.DataFrame, name: str, source: Callable[[], str]) -> None:
    st.download_button(
        words.TABLE_BUTTON,
        data=lambda: table_file(numbers, source()),
        file_name=f"{_file_name(name or key)}.csv",
        mime=FORMATS[".csv"].media_type,
        key=f"{key}_table_file",
        on_click="ignore",
    )


def _file_name(name: str) -> str:
    view = shell.view()
    return f"{'SYNTHETIC-' if view.synthetic else ''}{name.replace('_', '-')}-{view.build_id}"


def _format_key(key: str) -> str:
    return f"{key}_picture"
