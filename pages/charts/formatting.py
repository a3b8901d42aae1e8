"""Numbers, ranges and dates as people read them: unknown in words, ranges with an en dash, thousands with a comma."""

from __future__ import annotations

from datetime import date
from typing import Literal

Period = Literal["day", "week", "month"]
"""Length of one step of a time series; a week starts on Monday."""

UNKNOWN = "unknown"

SHARE_FROM = 20
"""Of fewer than this, a share is given as counts: one more or less would move a percentage by over five points."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float | None) -> str:
    """`8379` -> "8,379", `2.5` -> "2.5"; null is "unknown", never 0."""
    if value is None:
        return UNKNOWN
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def counted(value: int, singular: str, plural: str | None = None) -> str:
    """`1, "incident"` -> "1 incident"; `2` -> "2 incidents"."""
    return f"{number(value)} {singular if value == 1 else plural or singular + 's'}"


def share(part: int, whole: int) -> str:
    """A percentage, or "3 of 12" where the whole is under SHARE_FROM. Never 0% of some or 100% of not all."""
    if whole < SHARE_FROM:
        return f"{number(part)} of {number(whole)}"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "<1%"
    if 99 < percent < 100:
        return ">99%"
    return f"{percent:.0f}%"


def casualty_range(low: int | None, best: int | None, high: int | None) -> str:
    """ "8,379–11,217", "4" where both ends agree, "8–12 (best 10)" where a best estimate lies between, or "unknown"."""
    if low is None and high is None:
        return UNKNOWN if best is None else number(best)
    if low is None:
        text = f"up to {number(high)}"
    elif high is None:
        text = f"at least {number(low)}"
    else:
        text = number(low) if low == high else f"{number(low)}–{number(high)}"
    return text if best is None or best in (low, high) else f"{text} (best {number(best)})"


def day(value: date) -> str:
    """ "9 Oct 2023"."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def date_range(start: date | str | None, end: date | str | None, precision: str = "day") -> str:
    """Dates for people: "9–10 Oct 2023", "30 Sep – 1 Oct 2023", "Oct 2023" for a month, "unknown" without a start.

    Args:
        start, end: dates or ISO texts; an `end` of null means the start's own day.
        precision: a value of `DatePrecision`; month and year hide the days that nobody stated.
    """
    first = date.fromisoformat(start) if isinstance(start, str) else start
    last = date.fromisoformat(end) if isinstance(end, str) else end
    if first is None:
        return UNKNOWN if last is None else f"until {day(last)}"
    last = last or first
    if precision == "year" and first.year == last.year:
        return str(first.year)
    month = _MONTHS[first.month - 1]
    if precision == "month" and (first.year, first.month) == (last.year, last.month):
        return f"{month} {first.year}"
    if first == last:
        return day(first)
    if first.year != last.year:
        return f"{day(first)} – {day(last)}"
    if first.month != last.month:
        return f"{first.day} {month} – {day(last)}"
    return f"{first.day}–{day(last)}"


def period_name(start: date, period: Period) -> str:
    """One step of a time series: "9 Oct 2023", "week of 9 Oct 2023", "Oct 2023"."""
    if period == "month":
        return f"{_MONTHS[start.month - 1]} {start.year}"
    return f"week of {day(start)}" if period == "week" else day(start)
