"""Engagements: which post raised which incidents with whom, and what is unanswered."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages import wording
from pages import wording_responses as words
from pages.charts import responses as charts
from pages.components import figure
from pages.components.data import answer
from pages.components.links import incident_addresses, incident_column
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.vocabulary import EngagementChannel

MOST_POSTS = 15
"""Bars of posts; the table behind the figure has them all."""
MOST_LISTED = 500
"""Engagements drawn: more than anybody reads through; a filter narrows them."""


def any_held(view: View) -> bool:
    """Whether any engagement is on record."""
    return not answer(queries.engagements_by_post, view.filters, view.as_of).is_empty()


def show(view: View) -> None:
    """Engagements by post, and each of them, unanswered ones first."""
    st.header(words.ENGAGEMENTS, anchor=False)
    if not any_held(view):
        st.text(words.NO_ENGAGEMENTS)
        return
    raised = answer(queries.raised, view.filters, view.as_of).row(0, named=True)
    st.text(words.raised(raised["incidents"], raised["unanswered"], view.totals["incidents"]))
    posts = answer(queries.engagements_by_post, view.filters, view.as_of)
    drawn = posts.head(MOST_POSTS)
    details = [words.post_detail(*row) for row in drawn.select("incidents", "longest_waiting").iter_rows()]
    caption = view.caption(
        wording.titled(words.POSTS_TITLE, scope(view)), words.posts_subtitle(view.as_of), raised["incidents"]
    )
    columns = ("post", "engagements", "unanswered", "incidents", "longest_waiting")
    figure.show(
        charts.posts(drawn, caption, details),
        charts.posts_text(drawn),
        "engagement_posts",
        posts.select(columns).rename({name: words.COLUMNS[name] for name in columns}),
    )
    _each(view)


def _each(view: View) -> None:
    found = answer(queries.engagements, view.filters, view.as_of)
    shown = found.head(MOST_LISTED)
    st.text(f"{words.listed(shown.height, found.height, 'engagement')} {words.UNANSWERED_FIRST}")
    rows = shown.with_columns(
        incident_addresses(shown),
        pl.col("channel").replace_strict(EngagementChannel.labels()),
        pl.col("counterpart", "outcome").fill_null(wording.NOT_STATED),
    )
    columns = ("incident", "held_on", "days_waiting", "answered_on", "post", "counterpart", "channel", "outcome")
    headings = {name: words.COLUMNS[name] for name in columns}
    config = {"incident": incident_column(headings["incident"])}
    table(rows, headings, "engagements", words.ENGAGEMENTS, config, placeholder="")
