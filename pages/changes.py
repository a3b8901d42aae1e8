"""What changed since a chosen day: incidents, steps of the review, findings, responses, revised estimates."""

from __future__ import annotations

import streamlit as st

from pages import wording_changes as wording
from pages.components import changes, revisions, shell
from pages.components.changes_lists import lists
from pages.components.data import answer
from warehouse.changes import since
from warehouse.filters import Filters
from warehouse.queries import totals

view = shell.heading(wording.PAGE)
days = changes.chosen_days(view)
if days is not None:
    found = since(answer, view.filters, *days)
    everything = answer(totals, Filters()).row(0, named=True)
    has_review = everything["without_review_record"] < everything["incidents"]
    if not has_review:
        st.info(wording.NO_REVIEW)
    changes.counts(found, has_review=has_review)
    revisions.new_datasets(view, *days)
    if found.is_empty:
        st.info(wording.nothing(*days))
    else:
        left, right = st.columns(2)
        with left:
            changes.by_what(view, found, has_review=has_review)
        with right:
            changes.state(found)
        if found.withdrawn.height:
            st.warning(wording.withdrawn(dict(found.withdrawn.iter_rows())))
        lists(found)
