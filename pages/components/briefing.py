"""The briefing of the current filter, made on the click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from pages import wording_briefing as words
from pages.components.data import answer, reader
from pages.components.shell import View
from pages.documents.answers import compared_until
from warehouse import queries
from warehouse.connection import Reader
from warehouse.filters import Filters


def section(view: View) -> None:
    """Draw the buttons; the page has incidents to brief on."""
    st.header(words.SECTION, anchor=False)
    st.text(words.SECTION_NOTE)
    since = st.date_input(words.SINCE, None, key="briefing_since", format="YYYY-MM-DD", help=words.SINCE_HELP)
    problem = _problem(view, since)
    if problem:
        st.error(problem)
    for column, (suffix, label) in zip(st.columns(len(words.BUTTONS)), words.BUTTONS.items(), strict=True):
        column.download_button(
            label,
            data=_made_on_click(reader(), view.filters, suffix, since),
            file_name=words.file_name(f"briefing-{view.build_id}{suffix}", synthetic=view.synthetic),
            mime=words.MEDIA_TYPES[suffix],
            key=f"briefing_{suffix.lstrip('.')}",
            on_click="ignore",
            disabled=bool(problem),
            help=words.BUTTON_HELP,
            width="stretch",
        )


def _problem(view: View, since: date | None) -> str:
    """Why the briefing cannot tell what changed since the chosen day; empty where it can, or need not."""
    if since is None:
        return ""
    days = answer(queries.record_days)["day"].to_list()
    return words.not_comparable(since, min(days), compared_until(view.filters, view.as_of, days))


def _made_on_click(opened: Reader, filters: Filters, suffix: str, since: date | None) -> Callable[[], bytes]:
    """The build is the one that the page shows, even if a newer one is published before the click."""

    def made() -> bytes:
        # Matplotlib and Typst take a second to load, which no other page needs.
        from pages.documents.briefing import briefing

        return briefing(opened, filters, suffix, since)

    return made
