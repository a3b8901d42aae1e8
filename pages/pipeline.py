"""How far the review of incidents has come: stages reached, waits, what is overdue."""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.components import review, shell
from pages.components.data import answer
from warehouse import funnel, queries
from warehouse.vocabulary import Stage

view = shell.heading(wording.PIPELINE)
incidents, without_record = (view.totals[name] for name in ("incidents", "without_review_record"))

if not incidents:
    shell.empty("incidents")
    st.stop()
if without_record == incidents:
    st.info(wording.NO_REVIEW_RECORDS)
    st.stop()

standing = dict(answer(queries.by_stage_on, view.filters, view.as_of).iter_rows())
closed = standing.get(Stage.CLOSED.value, 0)
waiting = sum(standing.values()) - closed
if not standing:
    st.info(wording.NOTHING_HAPPENED)
    st.stop()

figures, notes, groups = st.container(), st.container(), st.container()
with groups:
    group = review.choose_group(view)
# One answer for the funnel and those of the groups.
funnels = funnel.funnel(answer(queries.progress, view.filters, view.as_of, group.by, group.named))
with groups:
    review.compared_stages(view, group, funnels)
with figures:
    left, right = st.columns(2)
    with left:
        review.stages(view, funnels)
    with right:
        if waiting:
            review.ageing(view)
        else:
            st.info(wording.NOBODY_WAITS)
unjudged = answer(queries.overdue_by_country, view.filters, view.as_of)["without_receipt"].sum()
for note in wording.review_notes(
    incidents=incidents,
    waiting=waiting,
    closed=closed,
    without_record=without_record,
    not_begun=incidents - without_record - waiting - closed,
    without_receipt=int(unjudged),
    norm_days=queries.NORM_DAYS,
    **answer(queries.irregular_steps, view.filters, view.as_of).row(0, named=True),
):
    notes.text(note)
if waiting:
    left, right = st.columns(2)
    with left:
        review.overdue(view)
    with right:
        review.reasons(view)
    review.longest(view, waiting)
