"""Ways to an incident's own page, with the filters kept."""

from __future__ import annotations

from dataclasses import fields

import streamlit as st

from pages import wording
from pages.components.plain import escaped
from warehouse.filters import Filters

PAGE = "incident.py"
PARAMETER = "id"


def filter_parameters() -> list[tuple[str, str]]:
    """The filters as they stand in the URL: for links that start a new visit."""
    names = {f.name for f in fields(Filters)}
    return [(name, value) for name in st.query_params if name in names for value in st.query_params.get_all(name)]


def page_link(incident_id: str, code: str | None) -> None:
    """Draw a link to the incident's page, for a reader who may want to come back.

    `st.switch_page` leaves addresses without the filters in the browser's history, to which Back would return.
    """
    st.page_link(
        PAGE, label=wording.open_incident(escaped(code or incident_id)), query_params={PARAMETER: incident_id}, help=""
    )


def to_incidents() -> None:
    """Draw a link back to the table."""
    st.page_link("incidents.py", label=wording.TO_INCIDENTS, help="")
