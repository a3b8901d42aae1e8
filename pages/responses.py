"""What was done about incidents: responses, engagements with partners, and licences and transfers as context."""

from __future__ import annotations

import streamlit as st

from pages import wording, wording_responses
from pages.components import engagements, licences, responses, shell

view = shell.heading(wording_responses.PAGE)

if not view.totals["incidents"]:
    shell.empty("incidents")
elif not responses.any_made(view) and not engagements.any_held(view):
    silent = view.totals["without_review_record"] == view.totals["incidents"]
    st.info(wording.NO_REVIEW_RECORDS if silent else wording_responses.NOTHING)
else:
    left, right = st.columns(2)
    with left:
        responses.ladder(view)
    with right:
        responses.decisions(view)
    responses.behind(view)
    engagements.show(view)
    licences.show(view)
