"""What a click on the map shows: the incident in short, or the incidents that share the place."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages import wording
from pages.charts.formatting import counted
from pages.components import incident_facts, incident_link
from pages.components.data import answer
from pages.components.incident_text import directed
from warehouse import queries
from warehouse import vocabulary as v

PER_PAGE = 5


def show(incident_ids: tuple[str, ...]) -> None:
    """Draw the card of one incident, or a page of the list of several."""
    if not incident_ids:
        st.text(wording.CLICK_HOW)
        return
    page = 1
    if len(incident_ids) > 1:
        st.text(wording.at_this_place(counted(len(incident_ids), "incident")))
    if (pages := -(-len(incident_ids) // PER_PAGE)) > 1:
        page = st.pagination(pages, key="map_card_page", max_visible_pages=3)
    chosen = incident_ids[(page - 1) * PER_PAGE : page * PER_PAGE]
    for incident in answer(queries.incidents_by_id, chosen).iter_rows(named=True):
        with st.container(border=True):
            _card(incident)


def _card(incident: dict[str, Any]) -> None:
    killed, injured = incident_facts.killed_and_injured(incident)
    lines = (
        directed(incident["place"] or wording.PLACE_UNKNOWN),
        wording.fact("Date", incident_facts.when(incident)),
        wording.fact("Location", incident_facts.where(incident)),
        wording.harmed(killed, injured),
        wording.fact("Harm status", v.HarmStatus.labels()[incident["harm_status"]]),
        wording.fact("Strike type", "; ".join(v.StrikeType.labels()[x] for x in incident["strike_type"])),
        wording.fact("Weapon system", "; ".join(v.WeaponSystem.labels()[x] for x in incident["weapon_system"])),
        wording.fact("Stage", v.Stage.labels()[incident["stage"]]),
    )
    st.text("\n".join(lines))
    incident_link.page_link(incident["incident_id"], incident["public_code"])
