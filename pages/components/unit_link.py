"""Ways to a unit's own page, with the filters kept."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import polars as pl
import streamlit as st

from pages import wording_units as words
from pages.components import incident_link
from pages.components.plain import escaped

PAGE = "unit.py"
PARAMETER = "id"


def unit_addresses(rows: pl.DataFrame, name: str = "name") -> pl.Series:
    """Addresses of the pages of `unit_id`, shown by the column `name`, from where the table's link takes its text."""
    kept = incident_link.filter_parameters()
    return pl.Series(
        "unit",
        [
            f"/unit?{urlencode([*kept, (PARAMETER, unit_id)])}#{quote(label, safe=' ')}"
            for unit_id, label in rows.select("unit_id", name).iter_rows()
        ],
        dtype=pl.String,
    )


def page_link(unit_id: str, label: str) -> None:
    """Draw a link to the unit's page."""
    st.page_link(PAGE, label=escaped(label), query_params={PARAMETER: unit_id}, help="")


def to_units() -> None:
    """Draw a link back to the table."""
    st.page_link("units.py", label=words.TO_UNITS, help="")
