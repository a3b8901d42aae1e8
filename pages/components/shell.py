"""What all pages share: the build they read, the filter, and the lines above each page."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages import wording, wording_matches
from pages.charts.style import Caption
from pages.components import filters as filter_widgets
from pages.components.data import answer, as_known_on, open_reader
from warehouse import queries
from warehouse.filters import Filters

_VIEW = "_view"
_SEEN = "_seen"
SKELETON_PX = 400
"""About what a page shows first."""

# The primary colour as text, on its own tint or on the page, is 3.8:1 in the dark theme, below AA (4.5:1).
# Narrower margins and closer lines leave more of a small screen to what the page is about.
_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-inline: clamp(1rem, 3vw, 2.5rem); }
[data-testid="stMain"] h1 { padding-block: 0.25rem 0.5rem; }
:is(.st-key-synthetic, .st-key-known) [data-testid="stAlertContainer"] { padding-block: 0.375rem; }
.st-key-known { margin-block: -0.75rem -1rem; }
[data-testid="stSliderThumbValue"], [data-testid="stSliderThumbValue"] * { color: inherit; }
[data-testid="stButtonGroup"] button[aria-checked="true"] { color: inherit !important; }
</style>"""


@dataclass(frozen=True)
class View:
    """What a page shows: one build under one filter.

    Attributes:
        as_of: the chosen day of knowledge, or the latest of the data sets; ages are counted to it, not to today.
        totals: the answer to `queries.totals` under the filter.
        all_incidents: incidents in the whole build.
        publishers: who published the data, for captions.
    """

    filters: Filters
    build_id: str
    synthetic: bool
    as_of: date
    totals: dict[str, Any]
    all_incidents: int
    publishers: str

    def caption(self, title: str, subtitle: str = "", shown: int | None = None) -> Caption:
        """The lines around a figure: source, as of, build, n of N."""
        return Caption(
            title=title,
            subtitle=subtitle,
            source=self.publishers,
            as_of=self.as_of,
            build_id=self.build_id,
            shown=self.totals["incidents"] if shown is None else shown,
            total=self.all_incidents,
            synthetic=self.synthetic,
        )


def prepare() -> View:
    """Open the current build, draw banner, freshness and filters, and remember the view for the page.

    Raises:
        WarehouseError: there is no warehouse, or it cannot be read.
    """
    st.html(_STYLE)
    reader = open_reader()
    datasets = answer(queries.datasets)
    build = answer(queries.build).row(0, named=True)
    if build["synthetic"]:
        with st.container(key="synthetic"):
            st.warning(wording.SYNTHETIC_BANNER)
    filters = filter_widgets.sidebar()
    as_known_on(filters.as_known_on)
    present = answer(queries.distinct_values, "dataset_id")["value"]
    with_incidents = datasets.filter(pl.col("dataset_id").is_in(present.implode())) if present.len() else datasets
    latest = max(datasets["known_on"].to_list())
    if filters.as_known_on:
        # A correction may be younger than the newest export.
        newest = max([latest, *answer(queries.knowledge_days)["day"]])
        with st.container(key="known"):
            st.info(wording.as_known_on(filters.as_known_on, newest))
    view = View(
        filters=filters,
        build_id=reader.build_id,
        synthetic=build["synthetic"],
        as_of=min(filters.as_known_on or latest, latest),
        totals=answer(queries.totals, filters).row(0, named=True),
        all_incidents=answer(queries.totals, Filters()).item(0, "incidents"),
        publishers=", ".join(with_incidents["publisher"].unique(maintain_order=True)),
    )
    st.sidebar.caption(wording.freshness(view.as_of, build["built_at"], reader.build_id))
    st.session_state[_VIEW] = view
    return view


def draw(page: StreamlitPage) -> None:
    """Run a page; on the first visit of a session, what is still to come is marked below what is there."""
    seen: set[str] = st.session_state.setdefault(_SEEN, set())
    is_new = page.url_path not in seen
    seen.add(page.url_path)
    body = st.container()
    # Later, what was drawn before stays until it is replaced.
    with st.skeleton(height=SKELETON_PX) if is_new else nullcontext(), body:
        page.run()


def view() -> View:
    """What the page shows, as the router prepared it."""
    prepared: View = st.session_state[_VIEW]
    return prepared


def heading(title: str) -> View:
    """Title, the filter as a sentence, how many incidents that is, and what it leaves out as unknown."""
    shown = view()
    with st.container(gap="xsmall"):
        st.title(title, anchor=False)
        st.text(wording.filter_line(shown.filters.sentence(), shown.totals["incidents"], shown.all_incidents))
        if note := left_out(shown.filters):
            st.text(note)
        if shown.totals["events"] < shown.totals["incidents"]:
            st.text(wording_matches.same_events(shown.totals["incidents"], shown.totals["events"]))
    return shown


def left_out(filters: Filters) -> str:
    """What the filter leaves out only because a value is unknown, in words; empty when nothing."""
    if not filters.compares_unknowns:
        return ""
    return wording.left_out(**answer(queries.left_out_unknown, filters).row(0, named=True))


def empty(what: str) -> None:
    """Say why there is nothing to draw."""
    shown = view()
    st.info(wording.empty_state(what, has_filter=not shown.filters.is_empty))
