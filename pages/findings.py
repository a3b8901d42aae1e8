"""What assessments found: by question, by stage, over time; what is pending, and what changed."""

from __future__ import annotations

import streamlit as st

from pages import wording, wording_findings
from pages.components import findings, shell

view = shell.heading(wording_findings.PAGE)

if not view.totals["incidents"]:
    shell.empty("incidents")
elif not findings.any_assessed(view):
    silent = view.totals["without_review_record"] == view.totals["incidents"]
    st.info(wording.NO_REVIEW_RECORDS if silent else wording_findings.NO_FINDINGS)
else:
    st.text(wording_findings.STANDING)
    findings.note(view)
    left, right = st.columns(2)
    with left:
        findings.principles(view)
    with right:
        findings.avoidability(view)
    question = findings.choose()
    left, right = st.columns(2)
    with left:
        findings.by_stage(view, question)
    with right:
        findings.made(view, question)
    findings.changed(view)
