"""Gaps and contradictions in the record of the review: the list that an inspector would ask for."""

from __future__ import annotations

import streamlit as st

from pages import wording, wording_record
from pages.components import record, shell

view = shell.heading(wording_record.PAGE)

if not view.totals["incidents"]:
    shell.empty("incidents")
elif not record.any_checked(view):
    st.info(wording.NO_REVIEW_RECORDS)
else:
    st.text(wording_record.WHY)
    record.rules(view)
    record.listed(view)
    record.download(view)
