"""The trend beside each key figure: incidents by month of harm, the review as it stood at the end of each month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from pages import wording_leadership as wording
from pages.charts.formatting import casualty_range, number, period_name
from pages.charts.sparkline import Points, sparkline
from pages.components.data import answer
from pages.components.shell import View
from warehouse import queries

MONTHS = 13
"""A year and the month that it began in."""
FEWEST_POINTS = 2
"""Of one point there is no trend."""


@dataclass(frozen=True)
class Trends:
    """Small pictures.

    Attributes:
        of: name of the card -> HTML, empty where there is no trend.
        harm, review: of which months they are, those of harm and those of the review; empty where there are none.
    """

    of: Mapping[str, str]
    harm: str
    review: str


def month_ends(view: View, first_day: date | None) -> tuple[date, ...]:
    """The days on which trends show the review: the last months' ends, and the day of knowledge.

    Args:
        first_day: first day of all incidents of the build, None if none has a date.
    """
    if first_day is None:
        return ()
    return (*(_month_end(month) for month in _months(first_day, view.as_of)[:-1]), view.as_of)


def trends(view: View, first_day: date | None, last_day: date | None, days: tuple[date, ...]) -> Trends:
    """The trends of what the page shows.

    Args:
        first_day, last_day: first and last day of all incidents of the build, None if none has a date.
        days: for which the review's history is asked, in order, `month_ends` among them.
    """
    if first_day is None or last_day is None:
        return Trends(dict.fromkeys(("incidents", "killed", "third_stage", "waiting", "median_days"), ""), "", "")
    begin = max(first_day, view.filters.date_from or first_day)
    months = _months(begin, min(view.filters.date_to or last_day, last_day, view.as_of))
    reviewed = _months(first_day, view.as_of)
    harm = _harm(view, months)
    shown = month_ends(view, first_day)
    review = answer(queries.review_over_time, view.filters, days).filter(pl.col("day").is_in(shown))
    return Trends(
        {
            "incidents": _counts(months, harm["incidents"].to_list(), wording.TREND_INCIDENTS),
            "killed": _range(months, harm),
            "third_stage": _counts(reviewed, review["reached_third_stage"].to_list(), wording.TREND_THIRD_STAGE),
            "waiting": _counts(
                reviewed, review["waiting"].to_list(), wording.TREND_WAITING, review["overdue"].to_list()
            ),
            "median_days": _counts(reviewed, review["median_days"].to_list(), wording.TREND_MEDIAN),
        },
        _span(months),
        _span(reviewed),
    )


def _months(first: date, last: date) -> list[date]:
    """First days of the latest `MONTHS` months up to `last`, none before that of `first`."""
    months = [last.replace(day=1)]
    while len(months) < MONTHS and months[0] > first.replace(day=1):
        months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
    return months if first <= last else []


def _month_end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _harm(view: View, months: list[date]) -> pl.DataFrame:
    """Incidents and estimates of each month; no incident is 0, estimates that nobody states stay null."""
    found = answer(queries.over_time, view.filters, "month")
    rows = pl.DataFrame({"period_start": months}, schema={"period_start": pl.Date})
    rows = rows.join(found, on="period_start", how="left", maintain_order="left")
    is_empty = pl.col("incidents").is_null()
    return rows.with_columns(
        pl.col("incidents").fill_null(0),
        *(
            pl.when(is_empty).then(0).otherwise(pl.col(name)).alias(name)
            for name in ("civilians_killed_low", "civilians_killed_high")
        ),
    )


def _counts(months: list[date], values: Points, words: str, second: Points | None = None) -> str:
    if len(months) < FEWEST_POINTS:
        return ""
    texts = [number(value) for value in values]
    if second is not None:
        texts = [wording.of_these(*pair) for pair in zip(texts, map(number, second), strict=True)]
    return sparkline(values, second, wording.trend(words, _span(months), texts))


def _range(months: list[date], harm: pl.DataFrame) -> str:
    if len(months) < FEWEST_POINTS:
        return ""
    low, high = (harm[f"civilians_killed_{end}"].to_list() for end in ("low", "high"))
    texts = [casualty_range(least, None, most) for least, most in zip(low, high, strict=True)]
    return sparkline(low, high, wording.trend(wording.TREND_KILLED, _span(months), texts), is_range=True)


def _span(months: list[date]) -> str:
    if not months:
        return ""
    first, last = (period_name(month, "month") for month in (months[0], months[-1]))
    return first if first == last else f"{first} – {last}"
