"""The days that the map shows: a window that the reader sets, and that can be played through time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import streamlit as st

from pages import wording
from warehouse.filters import Filters

WINDOW = "window"
PLAY = "map_play"
TICK_S = 1.5
"""Slow enough to read a window before it moves on."""
PLAYED_DAYS = 30
"""Length of the window if the reader has set none."""
STEPS = 5
"""A window moves by this part of its length, so that the eye can follow what leaves and what comes."""

Window = tuple[date, date]


def choose(limits: Window, *, ticking: bool) -> Window:
    """Draw slider and switch; returns the chosen days, all of `limits` by default.

    Args:
        limits: first and last day that can be chosen.
        ticking: whether this fragment runs by the clock; the whole page runs again when the switch says otherwise,
            because only it can start or stop the clock.
    """
    if limits[0] == limits[1]:
        return limits
    playing = bool(st.session_state.get(PLAY))
    if playing and ticking:
        after = moved(st.session_state.get(WINDOW, limits), limits)
        if after is None:
            st.session_state[PLAY] = playing = False
        else:
            st.session_state[WINDOW] = after
    if playing != ticking:
        st.rerun()
    chosen: Window = st.slider(
        wording.WINDOW,
        *limits,
        value=limits,
        format="D MMM YYYY",
        key=WINDOW,
        bind="query-params",
        help=wording.WINDOW_HELP,
    )
    st.toggle(wording.PLAY, key=PLAY, help=wording.PLAY_HELP)
    return chosen


def moved(window: Window, limits: Window) -> Window | None:
    """The next window of the same length; the first one if all days were shown; None at the end."""
    if window == limits:
        return limits[0], min(limits[0] + timedelta(days=PLAYED_DAYS - 1), limits[1])
    if window[1] >= limits[1]:
        return None
    days = (window[1] - window[0]).days + 1
    step = timedelta(days=min(max(1, days // STEPS), (limits[1] - window[1]).days))
    return window[0] + step, window[1] + step


def limits_of(filters: Filters, first_day: date | None, last_day: date | None) -> Window | None:
    """Days that a window can have: those of the filtered incidents, within the filter's own; None without dates."""
    if first_day is None or last_day is None:
        return None
    first = max(first_day, filters.date_from or first_day)
    last = min(last_day, filters.date_to or last_day)
    return (first, last) if first <= last else None


def narrowed(filters: Filters, window: Window | None, limits: Window | None) -> Filters:
    """The filter within the window; unchanged, unknown dates included, while the window leaves nothing out."""
    if window is None or window == limits:
        return filters
    return replace(filters, date_from=window[0], date_to=window[1])
