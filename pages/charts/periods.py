"""Days, weeks and months: the horizontal axis that all time series share."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import polars as pl

from pages.charts import style
from pages.charts.formatting import Period

STEP: dict[Period, str] = {"day": "1d", "week": "1w", "month": "1mo"}
"""Length of a period as Polars writes it."""
CLOSE_MARKS = 0.04
"""Part of the plotted time within which the labels of two events would lie on each other."""
_MS = 86_400_000
_HOVER_DATE: dict[Period, str] = {"day": "%-d %b %Y", "week": "week of %-d %b %Y", "month": "%b %Y"}


def complete(frame: pl.DataFrame, period: Period, within: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row for each period from the first to the last; counts of periods without incidents are 0.

    A null in a row that is there stays null: the number is unknown. `best` is 0 in a new row only if the frame has
    best estimates at all.
    """
    extent = frame if within is None else within
    first, last = _extent(extent)
    every = pl.select(period_start=pl.date_range(first, last, STEP[period]))
    joined = every.join(frame.with_columns(_there=True), on="period_start", how="left")
    counts = [c for c in frame.columns if frame.schema[c].is_numeric() and (c != "best" or frame["best"].count() > 0)]
    filled = [pl.when(pl.col("_there").is_null()).then(0).otherwise(pl.col(c)).alias(c) for c in counts]
    return joined.with_columns(filled).drop("_there").sort("period_start")


def widths(rows: pl.DataFrame, period: Period) -> list[float]:
    """Width of each period's bar in milliseconds, with a gap of a twelfth."""
    starts = rows["period_start"]
    return ((starts.dt.offset_by(STEP[period]) - starts).dt.total_days() * _MS * 11 / 12).to_list()


def time_axis(frame: pl.DataFrame, period: Period) -> dict[str, Any]:
    """From the first period's start to the last one's end."""
    first, last = _extent(frame)
    end = _end(last, period)
    ticks = "%-d %b<br>%Y" if last - first < timedelta(days=120) else "%b<br>%Y"
    # Zooming in time is left on: it is how a box selection sets the dates.
    return style.axis(
        type="date",
        range=[first, end],
        tickformat=ticks,
        hoverformat=_HOVER_DATE[period],
        showgrid=False,
        fixedrange=False,
    )


def _extent(frame: pl.DataFrame) -> tuple[date, date]:
    """Start of the first and of the last period."""
    starts: list[date] = frame["period_start"].to_list()
    return min(starts), max(starts)


def _end(start: date, period: Period) -> date:
    """The day after the period's last."""
    after: date = pl.Series([start]).dt.offset_by(STEP[period])[0]
    return after


def event_marks(
    events: pl.DataFrame | None, frame: pl.DataFrame, period: Period
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Dotted lines and labels of the events within the plotted time."""
    if events is None:
        return [], []
    first, last = _extent(frame)
    within = events.filter(pl.col("date").is_between(first, _end(last, period), closed="left"))
    marks = within.select("date", "label").rows()
    dotted = {
        "type": "line",
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": style.TEXT, "width": 1, "dash": "dot"},
    }
    days = [when for when, _ in marks]
    close = CLOSE_MARKS * (_end(last, period) - first)
    # The label of an event that another one follows at once stands before its line, or it would be written over.
    sides = ["right" if after and after - when < close else "left" for when, after in pairwise([*days, None])]
    upright = {"xref": "x", "y": 1, "yanchor": "top", "textangle": -90, "bgcolor": style.BACKGROUND, "opacity": 0.85}
    return (
        [dotted | {"x0": when, "x1": when} for when, _ in marks],
        [
            style.note(style.wrap(label, 11), 11, **(upright | {"x": when, "xanchor": side}))
            for (when, label), side in zip(marks, sides, strict=True)
        ],
    )
