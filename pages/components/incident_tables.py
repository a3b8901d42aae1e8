"""Tables of an incident's page: cells wrap, are shown as text, and are printed whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import quote

import polars as pl
import streamlit as st

from pages.components.incident_text import directed
from pages.components.plain import escaped

_ADDRESS_SAFE = ":/?#@!$&'*+,;=%~"
"""Characters that an address may keep inside a Markdown link: no brackets, spaces, backslashes or angle brackets."""

_LEFT_OUT_IF_EMPTY = ("raw", "waiting_on", "address", "note")


def table(frame: pl.DataFrame, headings: Mapping[str, str], key: str, links: Collection[str] = ()) -> None:
    """Draw text; null is an empty cell. Columns of `links` hold what `link` made, all others plain text.

    `key` names the table on the page, for `incident_text.style`.

    A column of texts that not every data set has is left out where it is empty.
    """
    cells = frame.select(
        pl.col(name) if name in links else pl.col(name).map_elements(_cell, return_dtype=pl.String, skip_nulls=True)
        for name in frame.columns
    ).with_columns(pl.all().fill_null(""))
    filled = [name for name in cells.columns if cells[name].str.len_bytes().max() or name not in _LEFT_OUT_IF_EMPTY]
    with st.container(key=f"incident_{key}"):
        st.table(cells.select(filled).rename({name: headings.get(name, name) for name in filled}), border="horizontal")


def link(text: str, address: str) -> str:
    """Markdown of a link; text and address can do nothing else, whatever they hold."""
    return f"[{_cell(text)}]({quote(address, safe=_ADDRESS_SAFE)})"


def _cell(text: str) -> str:
    return directed(escaped(text))
