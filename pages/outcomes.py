"""What became of incidents, from who reported them to the response."""

from __future__ import annotations

import streamlit as st

from pages import wording, wording_outcomes
from pages.components import outcomes, shell

view = shell.heading(wording_outcomes.PAGE)
if not view.totals["incidents"]:
    shell.empty("incidents")
elif view.totals["without_review_record"] == view.totals["incidents"]:
    st.info(wording.NO_REVIEW_RECORDS)
else:
    outcomes.flow(view)
    outcomes.by_source(view)
