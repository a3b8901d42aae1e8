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


def open_page(incident_id: str) -> None:
    """Go to the incident's page; ends this run.

    The URL keeps all that it says of this page. Without it Streamlit leaves half-made addresses in the browser's
    history, and Back would return to a page without filters, sorting and page number.
    """
    here = [(name, value) for name in st.query_params for value in st.query_params.get_all(name) if name != PARAMETER]
    st.switch_page(PAGE, query_params=[*here, (PARAMETER, incident_id)])


def page_link(incident_id: str, code: str | None) -> None:
    """Draw a link to the incident's page."""
    st.page_link(
        PAGE, label=wording.open_incident(escaped(code or incident_id)), query_params={PARAMETER: incident_id}, help=""
    )


def to_incidents() -> None:
    """Draw a link back to the table."""
    st.page_link("incidents.py", label=wording.TO_INCIDENTS, help="")
