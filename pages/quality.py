"""What was checked, what failed, which rows were refused and why, and how fresh the data is."""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.components import expectations, intake, matches, shell

view = shell.view()
st.title(wording.QUALITY, anchor=False)
st.text(wording.WHOLE_BUILD)

left, right = st.columns(2)
with left:
    expectations.overall(view)
with right:
    expectations.broken()
intake.sources()
intake.quarantine()
expectations.by_suite()
matches.measures()
intake.history(view)
