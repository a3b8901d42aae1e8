"""Records that may be about the same event: the pairs, their probability, and why."""

from __future__ import annotations

import streamlit as st

from pages import wording_matches as wording
from pages.components import matches, shell

view = shell.heading(wording.PAGE)
st.text(wording.NOTE)
if matches.counts(view):
    matches.pairs(view)
else:
    st.info(wording.NO_PAIRS)
matches.measures()
