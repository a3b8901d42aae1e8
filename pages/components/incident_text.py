"""Direction of texts: Arabic and Hebrew run from right to left."""

from __future__ import annotations

import unicodedata

import streamlit as st

_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = "\u200e", "\u200f"
_STYLE = """<style>
[data-testid="stText"], [data-testid="stText"] *, [data-testid="stTable"] :is(td, td *) {unicode-bidi: plaintext}
[data-testid="stTable"] td {vertical-align: top; overflow-wrap: anywhere}
</style>"""


def style() -> None:
    """Let the browser choose each text's direction by its first letter."""
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
