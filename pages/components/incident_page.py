"""The parts of an incident's page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from pages import wording, wording_revisions
from pages.charts import maps
from pages.charts.formatting import day
from pages.components import incident_facts, incident_reports, incident_text, settings
from pages.components.data import answer
from pages.components.incident_text import directed
from pages.components.plain import escaped
from pages.components.shell import View
from warehouse import queries
from warehouse import vocabulary as v
from warehouse.revision_texts import corrections_labelled
from warehouse.revisions import LABELS, history

_MAP_PX = 320

_RECORDS = {
    "assessment": ("kind", "finding", "assessed_on", "bureau"),
    "response": ("response_type", "target", "status", "recommended_on", "decided_on", "implemented_on"),
    "engagement": ("held_on", "post", "counterpart", "channel", "outcome"),
}
"""Table -> columns shown."""


def top(incident: Mapping[str, Any]) -> None:
    """Title, place and date, people harmed, summary."""
    incident_text.style()
    st.title(escaped(incident["public_code"] or incident["incident_id"]), anchor=False)
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


def facts(incident: Mapping[str, Any]) -> None:
    """Each value beside the source's words."""
    st.header(wording.PARTS["facts"], anchor=False)
    _table(incident_facts.facts(incident), wording.FACT_HEADINGS)
    if (url := incident["url"]) and str(url).lower().startswith(("http://", "https://")):
        st.link_button(wording.AT_PUBLISHER, url)


def casualties(incident_id: str) -> None:
    """Every estimate, civilians and others apart."""
    st.header(wording.PARTS["casualties"], anchor=False)
    estimates = answer(queries.of_incident, "casualty", incident_id)
    if estimates.is_empty():
        st.text(wording.NO_CASUALTIES)
    else:
        _table(incident_facts.casualties(estimates), wording.CASUALTY_HEADINGS)


def reports(incident: Mapping[str, Any]) -> None:
    """Reports with links; private ones are counted."""
    st.header(wording.PARTS["reports"], anchor=False)
    st.text(wording.report_counts(incident["report_count"], incident["private_report_count"]))
    if incident["report_count"]:
        allowed = settings.shows_private()
        found = answer(queries.reports_of_incident, incident["incident_id"], allowed)
        incident_reports.show(found, show_private=allowed)


def weapons(incident_id: str) -> None:
    """Attributions with confidence and basis."""
    st.header(wording.PARTS["weapons"], anchor=False)
    found = answer(queries.weapons_of_incident, incident_id, settings.shows_private())
    if not found["confidence"].is_in([v.Confidence.UNATTRIBUTED, v.Confidence.EXCLUDED]).not_().any():
        st.text(wording.UNATTRIBUTED)
    if not found.is_empty():
        _table(incident_facts.weapons(found), wording.WEAPON_HEADINGS)


def review(incident: Mapping[str, Any], view: View) -> None:
    """Stage history, assessments, responses and engagements."""
    st.header(wording.PARTS["history"], anchor=False)
    incident_id = incident["incident_id"]
    steps = answer(queries.of_incident, "stage_transition", incident_id)
    records = {
        "assessment": answer(queries.of_incident, "assessment", incident_id),
        "response": answer(queries.responses_of_incident, incident_id),
        "engagement": answer(queries.of_incident, "engagement", incident_id),
    }
    if steps.is_empty() and all(found.is_empty() for found in records.values()):
        st.text(wording.NO_REVIEW)
        return
    if steps.is_empty():
        st.text(wording.NO_STEPS)
    else:
        _table(incident_facts.history(steps, view.as_of), wording.HISTORY_HEADINGS)
    for table, columns in _RECORDS.items():
        found = records[table]
        st.header(wording.PARTS[table], anchor=False)
        if found.is_empty():
            st.text(wording.NONE_ON_RECORD)
            continue
        shown = incident_facts.records(table, found, columns)
        if table == "response" and found["unit_name"].null_count() < found.height:
            shown = shown.with_columns(found["unit_name"].fill_null(wording.NOT_STATED).alias(wording.UNIT))
        _table(shown, {})


def knowledge(incident: Mapping[str, Any], known_on: date | None) -> None:
    """How what is known of it changed from day to day, and which values were corrected; up to a day if one is given."""
    st.header(wording_revisions.HISTORY, anchor=False)
    versions = answer(queries.versions_of_incident, incident["incident_id"])
    versions = versions.filter(pl.col("known_from") <= incident["known_from"])
    changed = history(versions)
    if changed.is_empty():
        st.text(wording_revisions.never_revised(min(versions["known_from"].to_list())))
    else:
        shown = changed.select(
            pl.col("known_from").map_elements(day, return_dtype=pl.String),
            pl.col("field").replace_strict(LABELS),
            pl.col("before", "after").fill_null(wording_revisions.NO_VALUE),
        )
        _table(shown, wording_revisions.HISTORY_COLUMNS)
    corrections = answer(queries.corrections_of_incident, incident["incident_id"])
    if known_on is not None:
        corrections = corrections.filter(pl.col("corrected_on") <= known_on)
    if not corrections.is_empty():
        st.header(wording_revisions.CORRECTIONS, anchor=False)
        shown = corrections_labelled(corrections).select(list(wording_revisions.CORRECTION_COLUMNS))
        shown = shown.with_columns(
            pl.col("field").replace(LABELS),
            pl.col("expected_value", "corrected_value").fill_null(wording_revisions.NO_VALUE),
            pl.col("corrected_on").map_elements(day, return_dtype=pl.String),
        )
        _table(shown, wording_revisions.CORRECTION_COLUMNS)


def dataset(incident: Mapping[str, Any]) -> None:
    """Where it comes from, and under what licence."""
    st.header(wording.PARTS["data"], anchor=False)
    row = answer(queries.datasets).row(by_predicate=pl.col("dataset_id") == incident["dataset_id"], named=True)
    st.text(
        wording.dataset_line(
            row["title"], row["publisher"], row["licence"], row["known_on"], redistributable=row["redistributable"]
        )
    )


def _cell(text: str) -> str:
    return directed(escaped(text))


def _table(frame: pl.DataFrame, headings: Mapping[str, str]) -> None:
    """A table whose cells wrap and are shown as text. A column without any text is left out."""
    cells = frame.select(pl.all().map_elements(_cell, return_dtype=pl.String, skip_nulls=True))
    filled = [name for name in cells.columns if cells[name].str.len_bytes().max() or name not in ("raw", "waiting_on")]
    st.table(cells.select(filled).rename({name: headings.get(name, name) for name in filled}), border="horizontal")
