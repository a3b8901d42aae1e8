"""How long incidents stay in each stage of the review, those that still wait included."""

from __future__ import annotations

import streamlit as st

from pages import wording, wording_waits
from pages.components import shell, waits
from pages.components.data import answer
from warehouse import queries

view = shell.heading(wording_waits.PAGE)
incidents, without_record = (view.totals[name] for name in ("incidents", "without_review_record"))

if not incidents:
    shell.empty("incidents")
elif without_record == incidents:
    st.info(wording.NO_REVIEW_RECORDS)
else:
    figures, controls = st.container(), st.container()
    with controls:
        chosen = waits.controls(view)
    # One answer for all stages and for the groups of one.
    stays = answer(queries.stays, view.filters, view.as_of, chosen.group.by, chosen.group.named)
    if stays["days"].count() == 0:
        st.info(wording_waits.NO_STAYS_YET)
    else:
        with figures:
            waits.stages(view, stays)
        waits.comparison(view, stays, chosen)
        with st.expander(wording_waits.METHOD):
            for paragraph in wording_waits.method(queries.NORM_DAYS):
                st.text(paragraph)
