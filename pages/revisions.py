"""What changed between two days of knowledge: added, retracted, revised; publisher-wide changes of coding apart."""

from __future__ import annotations

import streamlit as st

from pages import wording_revisions as wording
from pages.components import revisions, revisions_found, shell

view = shell.heading(wording.PAGE)
days = revisions.chosen_days(view)
if days is not None:
    found = revisions_found.between(view.filters, *days)
    revisions.counts(found)
    revisions.new_datasets(view, *days)
    if found.is_empty:
        st.info(wording.NOTHING)
    else:
        left, right = st.columns(2)
        with left:
            revisions.by_field(view, found)
        with right:
            revisions.moves(view, found)
        revisions.publisher_wide(found)
        revisions.single(found)
        revisions.added_and_retracted(found)
