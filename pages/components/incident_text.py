"""How texts and their tables stand on the page: Arabic and Hebrew run from right to left."""

from __future__ import annotations

import unicodedata

import streamlit as st

_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = "\u200e", "\u200f"
_STYLE = """<style>
[data-testid="stText"], [data-testid="stText"] *, [data-testid="stTable"] :is(td, td *) {unicode-bidi: plaintext}
[data-testid="stTable"] td {vertical-align: top}
[data-testid="stTable"] :is(td, td *) {overflow-wrap: anywhere}
/* Days and kinds stay on one line, sentences keep a width to be read in; a narrow screen scrolls the table. */
.st-key-incident_timeline td:is(:nth-child(1), :nth-child(3), :nth-child(5)) p,
.st-key-incident_nearby td:is(:nth-child(-n+3), :nth-child(5)) p,
:is(.st-key-incident_reports, .st-key-incident_engagement) td:nth-child(-n+2) p,
:is(.st-key-incident_history, .st-key-incident_revisions) td:first-child p {white-space: nowrap}
.st-key-incident_timeline td:nth-child(2), .st-key-incident_reports td:nth-child(3) {min-width: 14rem}
.st-key-incident_reports td:nth-child(n+4) {min-width: 9rem}
</style>"""


def style() -> None:
    """Let the browser choose each text's direction by its first letter, and keep tables readable."""
    st.html(_STYLE)


def directed(text: str) -> str:
    """The text, led by an invisible mark where its first letter runs against most of its letters.

    "رفح, Rafah, the Gaza Strip" is an English text that begins with an Arabic word.
    """
    runs = [unicodedata.bidirectional(letter) in ("R", "AL") for letter in text if letter.isalpha()]
    leftward = sum(runs) > len(runs) / 2
    if not runs or runs[0] == leftward:
        return text
    return (_RIGHT_TO_LEFT if leftward else _LEFT_TO_RIGHT) + text
