"""The dossier of one incident; its address is /incident?id=<incident_id>."""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.components import incident_around, incident_link, incident_page, incident_print, settings, shell
from pages.components.data import answer
from warehouse import queries
from warehouse.dossier import Wanted, gather

view = shell.view()
incident_id = st.query_params.get(incident_link.PARAMETER)
if not incident_id or answer(queries.incident, incident_id).is_empty():
    st.title(wording.INCIDENT, anchor=False)
    known_on = view.filters.as_known_on
    st.info(wording.unknown_incident(incident_id, known_on) if incident_id else wording.NO_ID)
    incident_link.to_incidents()
    st.stop()

above, below = st.container(), st.container()
with below:
    metres, days = incident_around.choose_nearby()
dossier = gather(answer, Wanted(incident_id, view.filters.as_known_on, metres, days, settings.shows_private()))
if dossier is None:  # Never: the incident was there a moment ago, in the same build.
    st.stop()

incident_print.style(dossier)
with above:
    incident_page.top(dossier)
    incident_link.to_incidents()
    incident_around.files(dossier)
    left, right = st.columns([3, 2])
    with left:
        incident_page.facts(dossier)
    with right:
        incident_page.location(dossier.incident, view)
    incident_page.timeline(dossier, view)
    incident_page.casualties(dossier)
    incident_page.reports(dossier)
    incident_page.weapons(dossier)
    incident_page.review(dossier)
    incident_around.same_event(dossier)
with below:
    incident_around.nearby(dossier)
    incident_page.knowledge(dossier)
    incident_page.datasets(dossier)
