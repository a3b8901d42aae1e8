"""Who reported the incidents, how soon, and what became of them."""

from __future__ import annotations

import streamlit as st

from pages import wording_sources as wording
from pages.components import shell, sources_incidents, sources_reports
from pages.components.data import answer
from warehouse import queries

view = shell.heading(wording.PAGE)
if not view.totals["incidents"]:
    shell.empty("incidents")
    st.stop()

reports = answer(queries.report_count, view.filters).item(0, "reports")
if reports:
    archived = int(answer(queries.reports_by, view.filters, "source_type")["archived"].sum())
    st.text(wording.archived(archived, reports))
else:
    st.info(wording.NO_REPORTS)
if note := wording.unreachable(answer(queries.reports_without_incident).item()):
    st.text(note)

if reports:
    left, right = st.columns(2)
    with left:
        sources_reports.by(view, "source_type")
        sources_reports.by(view, "language")
    with right:
        sources_reports.by(view, "account_kind")
        sources_reports.by(view, "platform")
    sources_reports.by_month(view)
    sources_reports.publishers(view)

left, right = st.columns(2)
with left:
    sources_incidents.base(view)
    sources_incidents.outcome(view, "harm_status")
    sources_incidents.outcome(view, "response")
with right:
    sources_incidents.lag(view, "first_report")
    sources_incidents.lag(view, "assessment")
    sources_incidents.outcome(view, "stage")
