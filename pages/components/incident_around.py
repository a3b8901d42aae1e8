"""What the page of an incident shows of others: likely the same event, nearby ones; and the files of its dossier."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from pages import wording_dossier as wording
from pages import wording_matches
from pages.components import incident_evidence, incident_link
from pages.components.incident_table import address
from pages.components.incident_tables import link, table
from pages.documents.dossier import FILES
from pages.wording import not_redistributable
from warehouse.dossier import WITHIN_DAYS, WITHIN_M, Dossier
from warehouse.dossier_json import file_name

NEAR_M, NEAR_DAYS = "near_m", "near_days"
"""URL parameters of the distance and the time of nearby incidents."""


def choose_nearby() -> tuple[int, int]:
    """Draw heading and choices of the nearby incidents. Returns metres and days."""
    st.header(wording.NEARBY, anchor=False)
    with st.container(horizontal=True, key="nearby_choices"):
        metres = st.selectbox(
            wording.WITHIN_M,
            wording.CHOICES_M,
            index=wording.CHOICES_M.index(WITHIN_M),
            format_func=wording.within,
            key=NEAR_M,
            bind="query-params",
            width=180,
        )
        days = st.selectbox(
            wording.WITHIN_DAYS,
            wording.CHOICES_DAYS,
            index=wording.CHOICES_DAYS.index(WITHIN_DAYS),
            format_func=wording.days,
            key=NEAR_DAYS,
            bind="query-params",
            width=180,
        )
    return metres, days


def nearby(dossier: Dossier) -> None:
    """Incidents that are, or may be, near in space and time."""
    for line in incident_evidence.nearby_lines(dossier):
        st.text(line)
    if not dossier.nearby.is_empty():
        shown = incident_evidence.nearby(dossier.nearby)
        table(_linked(shown, dossier.nearby["incident_id"]), wording.NEARBY_HEADINGS, "nearby", ("incident",))


def same_event(dossier: Dossier) -> None:
    """Incidents of other data sets that are likely the same event."""
    st.header(wording_matches.INCIDENT_HEADING, anchor=False)
    found = dossier.same_event
    if found is None:
        st.text(wording.SAME_EVENT_WITHHELD)
    elif found.is_empty():
        st.text(wording.NO_SAME_EVENT)
    else:
        shown = _linked(incident_evidence.same_event(found), found["other_id"])
        table(shown, wording_matches.INCIDENT_COLUMNS, "same_event", ("incident",))


def files(dossier: Dossier) -> None:
    """Buttons that make the dossier's files when they are pressed."""
    forbidden = dossier.datasets.filter(~pl.col("redistributable"))["title"].to_list()
    if forbidden:
        st.warning(not_redistributable(forbidden))
    with st.container(horizontal=True, key="dossier_files"):
        for suffix, (media_type, make) in FILES.items():
            label = wording.FILES[suffix]
            st.download_button(
                label,
                partial(make, dossier),
                file_name(dossier, suffix),
                media_type,
                on_click="ignore",
                help=wording.FILE_HELP[suffix],
                key=f"dossier{suffix}",
            )


def _linked(shown: pl.DataFrame, incident_ids: pl.Series) -> pl.DataFrame:
    """The codes as links to the incidents' pages, with the filters kept."""
    kept = incident_link.filter_parameters()
    pairs = zip(shown["incident"], incident_ids, strict=True)
    links = [link(code, address(incident_id, None, kept).partition("#")[0]) for code, incident_id in pairs]
    return shown.with_columns(pl.Series("incident", links, dtype=pl.String))
