"""Text from sources and readers is shown as text, whatever it looks like."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=\"'])")
"""Punctuation that Streamlit's Markdown may give a meaning: emphasis, links, HTML, LaTeX, emoji and colour codes."""


def escaped(text: str) -> str:
    """The text such that Streamlit's Markdown shows it unchanged, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
