"""Links inside tables to an incident's own page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from pages import wording
from pages.components import incident_link
from pages.components.incident_table import address
from pages.components.plain import escaped
from warehouse.filters import MULTIPLE, Filters


def incident_addresses(rows: pl.DataFrame) -> pl.Series:
    """Addresses of the pages of `incident_id`, shown by `public_code` where the frame has it; they keep the filters.

    Null stays null.
    """
    codes = rows["public_code"] if "public_code" in rows.columns else [None] * rows.height
    ids, kept = rows["incident_id"], incident_link.filter_parameters()
    return pl.Series(
        "incident", [i and address(i, code, kept) for i, code in zip(ids, codes, strict=True)], dtype=pl.String
    )


def incident_column(label: str) -> Any:
    """Column configuration for these addresses: shows the code, opens the page."""
    return st.column_config.LinkColumn(
        label, display_text="#(.+)$", help=wording.LINK_HELP, alignment="left", width=120
    )


def filtered(path: str, label: str, filters: Filters) -> None:
    """Draw a link that opens a page anew under another filter than the one that is set.

    Within a visit the filters' widgets keep what the reader chose, whatever a link says.

    Args:
        path: the page's path, such as "incidents".
    """
    labels = {name: known() for name, (_, known) in MULTIPLE.items()}
    parameters = [
        (name, labels[name].get(value, value) if name in labels else value)
        for name, values in filters.to_params().items()
        for value in values
    ]
    st.markdown(f"[{escaped(label)}](/{path}?{urlencode(parameters)})")
