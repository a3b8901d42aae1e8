"""Everything known about one incident; its address is /incident?id=<incident_id>."""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.components import incident_link, incident_page, matches, shell
from pages.components.data import answer
from warehouse import queries

view = shell.view()
incident_id = st.query_params.get(incident_link.PARAMETER)
found = answer(queries.incident, incident_id) if incident_id else None
if found is None or found.is_empty():
    st.title(wording.INCIDENT, anchor=False)
    st.info(wording.unknown_incident(incident_id) if incident_id else wording.NO_ID)
    incident_link.to_incidents()
    st.stop()

incident = found.row(0, named=True)
incident_page.top(incident)
incident_link.to_incidents()
left, right = st.columns([3, 2])
with left:
    incident_page.facts(incident)
with right:
    incident_page.location(incident, view)
incident_page.casualties(incident["incident_id"])
incident_page.reports(incident)
incident_page.weapons(incident["incident_id"])
incident_page.review(incident, view)
matches.of_incident(incident["incident_id"])
incident_page.knowledge(incident, view.filters.as_known_on)
incident_page.dataset(incident)
