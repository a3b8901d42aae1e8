"""How a key figure of the overview looks."""

from __future__ import annotations

import streamlit as st

from pages import wording_leadership as wording
from pages.components.overview_explain import explain
from pages.components.overview_figures import Card, Figures
from pages.components.overview_trends import Trends
from pages.components.shell import View


def draw(card: Card, trends: Trends, view: View, shown: Figures) -> None:
    """A link to the page behind it, the figure with its change, what is unknown, its trend, and its explanation."""
    st.page_link(card.page, label=card.label, help=wording.OPENS)
    st.metric(card.label, card.value, card.change, delta_color="off", delta_arrow="off", label_visibility="collapsed")
    st.caption(card.note)
    if not card.is_known:
        return
    if trend := trends.of[card.name]:
        st.html(trend)
    explain(card, view, shown)
