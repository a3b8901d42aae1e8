"""How far the review of incidents has come: stages reached, waits, what is overdue."""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.components import review, shell
from pages.components.data import answer
from warehouse import queries

view = shell.heading(wording.PIPELINE)
incidents, closed, without_record = (view.totals[n] for n in ("incidents", "closed", "without_review_record"))
waiting = incidents - closed - without_record

if not incidents:
    shell.empty("incidents")
elif without_record == incidents:
    st.info(wording.NO_REVIEW_RECORDS)
else:
    left, right = st.columns(2)
    with left:
        review.stages(view)
    with right:
        if waiting:
            review.waits(view)
        else:
            st.info(wording.NOBODY_WAITS)
    unjudged = answer(queries.overdue_by_country, view.filters, view.as_of)["without_receipt"].sum()
    for note in wording.review_notes(
        incidents=incidents,
        waiting=waiting,
        closed=closed,
        without_record=without_record,
        without_receipt=int(unjudged),
        norm_days=queries.NORM_DAYS,
        **answer(queries.irregular_steps, view.filters).row(0, named=True),
    ):
        st.text(note)
    if waiting:
        left, right = st.columns(2)
        with left:
            review.overdue(view)
        with right:
            review.reasons(view)
        review.longest(view, waiting)
