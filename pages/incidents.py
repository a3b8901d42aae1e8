"""All incidents that match the filters, as a table in pages of rows.

The database sorts all rows and hands out one page: `st.dataframe(lazy=True)` would need all rows in memory, has no row
selection, and would sort only what it holds. Pages are counted from the start (not continued from the last row) so that
each has its number and its address; beyond `MOST_PAGES` counting gets slow, so the table ends there and says so.
"""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.components import incident_table, shell
from pages.components.data import asked
from warehouse import queries

ROWS_PER_PAGE = 50
MOST_PAGES = 1_000
"""50,000 rows: more than anybody pages through, and still quick at 10 million incidents."""
HEADINGS = {
    "link": "public_code",
    "date": "date_start",
    "country": "country",
    "place": "place",
    "killed": "civilians_killed_high",
    "injured": "civilians_injured_high",
    "reports": "report_count",
}
"""Column of the table -> column it is sorted by."""

view = shell.heading(wording.INCIDENTS)
total = view.totals["incidents"]
if total == 0:
    shell.empty("incidents")
    st.stop()

left, right = st.columns([2, 1], vertical_alignment="bottom")
sort = left.selectbox(
    wording.SORT_BY, list(wording.SORTS), format_func=wording.SORTS.__getitem__, key="sort", bind="query-params"
)
direction = right.segmented_control(
    wording.DIRECTION,
    list(wording.DIRECTIONS),
    format_func=wording.DIRECTIONS.__getitem__,
    default="down",
    required=True,
    key="order",
    bind="query-params",
)
pages = min(-(-total // ROWS_PER_PAGE), MOST_PAGES)
order = (view.build_id, view.filters, sort, direction)
if st.session_state.setdefault("_listed_order", order) != order:
    # Another order or filter: what was page 3 is another page now.
    st.session_state["_listed_order"] = order
    st.session_state["page"] = 1


def by_heading(column: str) -> None:
    """Sort by a clicked heading; a second click turns the order round."""
    if chosen := HEADINGS.get(column):
        flip = st.session_state["sort"] == chosen and st.session_state["order"] == "down"
        st.session_state["sort"] = chosen
        st.session_state["order"] = "up" if flip else "down"


place = st.container()
page = st.pagination(pages, key="page", bind="query-params")
first = (page - 1) * ROWS_PER_PAGE
listed = asked(queries.listed, view.filters, sort, direction == "down", ROWS_PER_PAGE, first)
with place:
    st.text(wording.table_page(first + 1, first + listed.height, total))
    incident_table.show(listed, "incidents", alt=wording.INCIDENTS_HELP, sort=by_heading)
st.text(wording.TABLE_HOW)
if total > pages * ROWS_PER_PAGE:
    st.text(wording.table_end(pages * ROWS_PER_PAGE))
