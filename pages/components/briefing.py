"""The briefing of the current filter, made on the click."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages import wording_briefing as words
from pages.components.data import reader
from pages.components.shell import View
from warehouse.connection import Reader
from warehouse.filters import Filters


def section(view: View) -> None:
    """Draw the buttons; the page has incidents to brief on."""
    st.header(words.SECTION, anchor=False)
    st.text(words.SECTION_NOTE)
    for column, (suffix, label) in zip(st.columns(len(words.BUTTONS)), words.BUTTONS.items(), strict=True):
        column.download_button(
            label,
            data=_made_on_click(reader(), view.filters, suffix),
            file_name=words.file_name(f"briefing-{view.build_id}{suffix}", synthetic=view.synthetic),
            mime=words.MEDIA_TYPES[suffix],
            key=f"briefing_{suffix.lstrip('.')}",
            on_click="ignore",
            help=words.BUTTON_HELP,
            width="stretch",
        )


def _made_on_click(opened: Reader, filters: Filters, suffix: str) -> Callable[[], bytes]:
    """The build is the one that the page shows, even if a newer one is published before the click."""

    def made() -> bytes:
        # Matplotlib and Typst take a second to load, which no other page needs.
        from pages.documents.briefing import briefing

        return briefing(opened, filters, suffix)

    return made
