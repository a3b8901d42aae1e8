"""The parts of an incident's page: each draws a part of its dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from pages import wording, wording_dossier, wording_figures, wording_revisions
from pages.charts import incident_timeline, maps
from pages.components import figure, incident_evidence, incident_facts, incident_reports, incident_text
from pages.components.incident_tables import link, table
from pages.components.incident_text import directed
from pages.components.plain import escaped
from pages.components.shell import View
from pages.components.unit_link import unit_addresses
from warehouse import vocabulary as v
from warehouse.dossier import Dossier
from warehouse.dossier_timeline import Kind

_MAP_PX = 320


def top(dossier: Dossier) -> None:
    """Title, place and date, people harmed, summary."""
    incident = dossier.incident
    incident_text.style()
    st.title(escaped(dossier.code), anchor=False)
    if dossier.shows_private_content:
        st.warning(wording_dossier.PRIVATE_CONTENT)
    st.text(directed(incident["place"] or wording.PLACE_UNKNOWN))
    when = incident_facts.when(incident)
    st.text(wording.DATE_UNKNOWN if when == wording.UNKNOWN else when)
    st.text(wording.harmed(*incident_facts.killed_and_injured(incident)))
    if incident["summary"]:
        st.text(directed(incident["summary"]))


def location(incident: Mapping[str, Any], view: View) -> None:
    """A small map with the circle in which the incident lies."""
    st.header(wording.PARTS["location"], anchor=False)
    precision = incident_facts.where(incident)
    st.text(precision)
    if incident["latitude"] is None:
        st.text(wording.NO_PLACE_ON_MAP)
        return
    code, place = incident["public_code"] or incident["incident_id"], incident["place"] or wording.UNKNOWN
    st.pydeck_chart(
        maps.incident(
            incident["latitude"],
            incident["longitude"],
            incident["geo_radius_m"],
            v.HarmStatus.colours()[incident["harm_status"]],
            f"{code}\n{place}\n{precision}",
            dark=st.context.theme.type == "dark",
            synthetic=view.synthetic,
        ),
        height=_MAP_PX,
        key="incident_map",
        alt=wording.one_map(code, place, precision),
    )
    drawn = pl.DataFrame([{name: value for name, value in incident.items() if name in wording_figures.MAP_COLUMNS}])
    footer = view.caption(code, shown=1).footer
    st.caption(escaped(footer))
    figure.save_map("incident_map", drawn, footer)


def facts(dossier: Dossier) -> None:
    """Each value beside the source's words, and who states it."""
    incident, corrected = dossier.incident, dossier.corrections["field"].to_list()
    st.header(wording.PARTS["facts"], anchor=False)
    st.text(wording_dossier.stated_by(dossier.dataset["publisher"]))
    table(
        incident_facts.facts(incident, corrected, incident_evidence.first_report(dossier)),
        wording.FACT_HEADINGS,
        "facts",
    )
    if (url := incident["url"]) and str(url).lower().startswith(("http://", "https://")):
        st.link_button(wording.AT_PUBLISHER, url)


def timeline(dossier: Dossier, view: View) -> None:
    """Everything in one list, oldest first, and as a figure."""
    st.header(wording_dossier.TIMELINE, anchor=False)
    st.text(wording_dossier.TIMELINE_NOTE)
    if note := wording_dossier.undated(dossier.timeline["day"].null_count()):
        st.text(note)
    shown = incident_evidence.timeline(dossier.timeline)
    table(shown, wording_dossier.TIMELINE_HEADINGS, "timeline")
    labels, colours = Kind.labels(), Kind.colours()
    caption = view.caption(wording_dossier.figure_title(dossier.code), wording_dossier.FIGURE_SUBTITLE, shown=1)
    figure.show(
        incident_timeline.lanes(dossier.timeline, caption, labels, colours),
        incident_timeline.alt(dossier.timeline, labels),
        "incident_lanes",
        shown.rename(wording_dossier.TIMELINE_HEADINGS),
    )


def casualties(dossier: Dossier) -> None:
    """Every estimate, civilians and others apart."""
    st.header(wording.PARTS["casualties"], anchor=False)
    if dossier.casualties.is_empty():
        st.text(wording.NO_CASUALTIES)
    else:
        st.text(wording_dossier.CASUALTIES_SOURCE)
        table(incident_facts.casualties(dossier.casualties), wording.CASUALTY_HEADINGS, "casualties")


def reports(dossier: Dossier) -> None:
    """Reports with links; private ones are counted."""
    incident = dossier.incident
    st.header(wording.PARTS["reports"], anchor=False)
    st.text(wording.report_counts(incident["report_count"], incident["private_report_count"]))
    if dossier.reports.height:
        shown = incident_reports.rows(dossier.reports, show_private=dossier.wanted.show_private)
        addresses = [
            " ".join(
                link(text, address)
                for text, address in ((wording_dossier.short(url or ""), url), (wording_dossier.ARCHIVED, archive))
                if address
            )
            for url, archive in shown.select("url", "archive_url").iter_rows()
        ]
        shown = shown.with_columns(pl.Series("address", addresses, dtype=pl.String))
        headings = wording_dossier.REPORT_HEADINGS
        table(shown.select(list(headings)), headings, "reports", links=("address",))


def weapons(dossier: Dossier) -> None:
    """Weapons and units that are named, with confidence and basis."""
    st.header(wording.PARTS["weapons"], anchor=False)
    found = dossier.weapons
    if not found["confidence"].is_in([v.Confidence.UNATTRIBUTED, v.Confidence.EXCLUDED]).not_().any():
        st.text(wording.UNATTRIBUTED)
    if not found.is_empty():
        table(incident_evidence.weapons(found), wording.WEAPON_HEADINGS, "weapons")
    st.header(wording_dossier.UNITS, anchor=False)
    if dossier.units.is_empty():
        st.text(wording_dossier.NO_UNIT)
    else:
        shown = incident_evidence.units(dossier.units)
        pages = [address.partition("#")[0] for address in unit_addresses(dossier.units, "unit_name")]
        links = [link(name, address) for name, address in zip(shown["unit"], pages, strict=True)]
        shown = shown.with_columns(pl.Series("unit", links, dtype=pl.String))
        table(shown, wording_dossier.UNIT_HEADINGS, "units", ("unit",))


def review(dossier: Dossier) -> None:
    """Stage history, assessments, responses and engagements."""
    st.header(wording.PARTS["history"], anchor=False)
    kinds = {"assessment": dossier.assessments, "response": dossier.responses, "engagement": dossier.engagements}
    if dossier.steps.is_empty() and all(found.is_empty() for found in kinds.values()):
        st.text(wording.NO_REVIEW)
        return
    if dossier.steps.is_empty():
        st.text(wording.NO_STEPS)
    else:
        table(incident_facts.history(dossier.steps, dossier.as_of), wording.HISTORY_HEADINGS, "history")
    for name, found in kinds.items():
        st.header(wording.PARTS[name], anchor=False)
        if found.is_empty():
            st.text(wording.NONE_ON_RECORD)
        else:
            table(incident_evidence.records(name, found), {}, name)


def knowledge(dossier: Dossier) -> None:
    """How what is known of it changed from day to day, and which values were corrected."""
    st.header(wording_revisions.HISTORY, anchor=False)
    changed = incident_evidence.revisions(dossier)
    if changed.is_empty():
        st.text(wording_revisions.never_revised(dossier.first_known))
    else:
        table(changed, wording_revisions.HISTORY_COLUMNS, "revisions")
    if not dossier.corrections.is_empty():
        st.header(wording_revisions.CORRECTIONS, anchor=False)
        table(incident_evidence.corrections(dossier), wording_revisions.CORRECTION_COLUMNS, "corrections")


def datasets(dossier: Dossier) -> None:
    """Where it comes from, and under what licence."""
    st.header(wording.PARTS["data"], anchor=False)
    for row in dossier.datasets.iter_rows(named=True):
        st.text(
            wording.dataset_line(
                row["title"], row["publisher"], row["licence"], row["known_on"], redistributable=row["redistributable"]
            )
        )
