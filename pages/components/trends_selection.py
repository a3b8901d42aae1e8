"""A box drawn over a chart sets the dates of the filter."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import streamlit as st

from pages.charts.formatting import Period
from pages.components import filters


def is_phone() -> bool:
    """Whether a finger that is drawn over a chart means to scroll the page, by what the browser says of itself."""
    return "Mobi" in st.context.headers.get("User-Agent", "")


def apply(key: str, period: Period) -> None:
    """Callback of the chart with this key: set the date filter to what is selected; nothing when it is cleared."""
    if days := selected_days(st.session_state[key], period):
        filters.set_dates(*days)


def selected_days(state: Mapping[str, Any], period: Period) -> tuple[date, date] | None:
    """First and last day of the periods that the selected boxes touch, None without a box.

    Args:
        state: as Streamlit gives it; a box's `x` holds its edges as ISO text, in any order.
    """
    edges = [date.fromisoformat(str(edge)[:10]) for box in state["selection"]["box"] for edge in box["x"]]
    if not edges:
        return None
    return _first_day(min(edges), period), _last_day(max(edges), period)


def _first_day(day: date, period: Period) -> date:
    if period == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if period == "week" else day


def _last_day(day: date, period: Period) -> date:
    if period == "month":
        return day.replace(day=monthrange(day.year, day.month)[1])
    return day + timedelta(days=6 - day.weekday()) if period == "week" else day
