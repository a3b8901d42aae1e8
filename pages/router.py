"""The script that runs on every visit: page settings, what all pages share, navigation, then the chosen page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages import (
    wording,
    wording_changes,
    wording_findings,
    wording_matches,
    wording_outcomes,
    wording_outlook,
    wording_record,
    wording_responses,
    wording_revisions,
    wording_sources,
    wording_units,
    wording_waits,
    wording_weapons,
)
from pages.components import shell
from warehouse.errors import CivharmError

page = st.navigation(
    {
        "": [
            st.Page("overview.py", title=wording.OVERVIEW, help=wording.OVERVIEW_HELP, default=True),
            st.Page("incident.py", title=wording.INCIDENT, help=wording.INCIDENT_HELP, visibility="hidden"),
        ],
        wording.SECTION_HARM: [
            st.Page("map.py", title=wording.MAP, help=wording.MAP_HELP),
            st.Page("trends.py", title=wording.TRENDS, help=wording.TRENDS_HELP),
            st.Page("weapons.py", title=wording_weapons.WEAPONS, help=wording_weapons.WEAPONS_HELP),
            st.Page("incidents.py", title=wording.INCIDENTS, help=wording.INCIDENTS_HELP),
        ],
        wording.SECTION_REVIEW: [
            st.Page("pipeline.py", title=wording.PIPELINE, help=wording.PIPELINE_HELP),
            st.Page("waits.py", title=wording_waits.PAGE, help=wording_waits.PAGE_HELP),
            st.Page("outlook.py", title=wording_outlook.PAGE, help=wording_outlook.PAGE_HELP),
            st.Page("outcomes.py", title=wording_outcomes.PAGE, help=wording_outcomes.PAGE_HELP),
            st.Page("findings.py", title=wording_findings.PAGE, help=wording_findings.PAGE_HELP),
            st.Page("responses.py", title=wording_responses.PAGE, help=wording_responses.PAGE_HELP),
            st.Page("units.py", title=wording_units.PAGE, help=wording_units.PAGE_HELP),
            st.Page("unit.py", title=wording_units.UNIT, help=wording_units.UNIT_HELP, visibility="hidden"),
            st.Page("record.py", title=wording_record.PAGE, help=wording_record.PAGE_HELP),
            st.Page("changes.py", title=wording_changes.PAGE, help=wording_changes.PAGE_HELP),
        ],
        wording.SECTION_EVIDENCE: [
            st.Page("sources.py", title=wording_sources.PAGE, help=wording_sources.PAGE_HELP),
            st.Page("matches.py", title=wording_matches.PAGE, help=wording_matches.PAGE_HELP),
            st.Page("revisions.py", title=wording_revisions.PAGE, help=wording_revisions.PAGE_HELP),
        ],
        wording.SECTION_DATA: [
            st.Page("extract.py", title=wording.EXTRACT, help=wording.EXTRACT_HELP),
            st.Page("quality.py", title=wording.QUALITY, help=wording.QUALITY_HELP),
            st.Page("method.py", title=wording.METHOD, help=wording.METHOD_HELP),
        ],
    },
    position="top",
    expanded=True,  # on a phone it stands in the sidebar
)
st.set_page_config(
    page_title=f"{page.title} · {wording.TITLE}",
    # A file of our own: a Material or emoji icon here, or on a page, is fetched from the internet.
    page_icon=str(Path(__file__).parent / "static" / "icon.svg"),
    layout="wide",
    initial_sidebar_state=320,  # pixels, so that dates fit; closed on a phone
    menu_items={"About": wording.ABOUT},
)

try:
    shell.prepare()
    shell.draw(page)
except CivharmError as error:
    st.error(str(error))
