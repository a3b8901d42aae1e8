"""Everything of the map page that changes with the window of days: it runs again on its own, by the clock too."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages import wording
from pages.components import incident_table, incident_text, map_card, map_picture, map_window, shell
from pages.components.data import answer, asked
from pages.components.map_picture import COLOURED_BY, HEAT, HEXAGONS, POINTS
from pages.components.shell import View
from warehouse import queries
from warehouse.schema import TABLE

TABLE_ROWS = 25


def show(view: View) -> None:
    """Draw controls, map, card and table."""
    ticking = bool(st.session_state.get(map_window.PLAY))
    st.fragment(_panel, run_every=map_window.TICK_S if ticking else None)(view, ticking=ticking)


def _panel(view: View, *, ticking: bool) -> None:
    incident_text.style()
    limits = map_window.limits_of(view.filters, view.totals["first_day"], view.totals["last_day"])
    left, right = st.columns([2, 1])
    with right:
        style, colour = _look()
        window = map_window.choose(limits, ticking=ticking) if limits else None
        filters = map_window.narrowed(view.filters, window, limits)
        seen = replace(view, filters=filters, totals=answer(queries.totals, filters).row(0, named=True))
        if filters != view.filters:
            st.text(wording.filter_line(filters.sentence(), seen.totals["incidents"], view.all_incidents))
            if note := shell.left_out(filters):
                st.text(note)
    with left:
        clicked = map_picture.show(seen, view.filters, style, colour)
    with right:
        map_card.show(clicked)
    if not ticking:
        _table(seen)


def _look() -> tuple[str, str]:
    """Kind of map, and the column that colours its points."""
    style = st.segmented_control(
        wording.MAP_STYLE,
        [POINTS, HEXAGONS, HEAT],
        format_func=wording.MAP_STYLES.__getitem__,
        default=POINTS,
        required=True,
        key="map",
        bind="query-params",
    )
    colour = st.selectbox(
        wording.COLOUR_BY,
        COLOURED_BY,
        format_func=lambda name: TABLE["incident"][name].label,
        key="colour",
        bind="query-params",
        disabled=style != POINTS,
    )
    return style, colour


def _table(view: View) -> None:
    """The incidents of the map for those who cannot point at it."""
    located = view.totals["incidents"] - view.totals["without_coordinates"]
    st.header(wording.ON_THIS_MAP, anchor=False)
    if not located:
        st.text(wording.NOTHING_ON_MAP)
        return
    place = st.container()
    page = st.pagination(min(-(-located // TABLE_ROWS), 1_000), key="map_page")
    first = (page - 1) * TABLE_ROWS
    rows = asked(queries.listed, view.filters, "date_start", True, TABLE_ROWS, first, True)
    with place:
        st.text(wording.table_page(first + 1, first + rows.height, located))
        incident_table.show(rows, "map_table", alt=wording.ON_THIS_MAP)
