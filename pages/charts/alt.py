"""One sentence for each figure, for those who do not see it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pages.charts.formatting import Period, casualty_range, counted, number, period_name
from pages.charts.legend import Map
from pages.charts.periods import complete
from warehouse.vocabulary import Harm, Stage


def incidents_over_time(frame: pl.DataFrame, period: Period) -> str:
    """For `timeseries.incidents_bars`, from the same frame.

    "Bar chart. Incidents by week, week of 2 Oct 2023 to week of 28 Oct 2024: highest 41 in the week of 9 Oct 2023,
    last 3."
    """
    totals = complete(frame.group_by("period_start").agg(pl.col("incidents").sum()), period)
    rows = totals.select("period_start", "incidents").rows()
    when, most = max(rows, key=lambda row: row[1])
    span = f"{period_name(rows[0][0], period)} to {period_name(rows[-1][0], period)}"
    return (
        f"Bar chart. Incidents by {period}, {span}: highest {number(most)} {_in(period)}{period_name(when, period)}, "
        f"last {number(rows[-1][1])}."
    )


def casualties_over_time(
    frame: pl.DataFrame, period: Period, harm: Harm = Harm.KILLED, *, cumulative: bool = False
) -> str:
    """For `timeseries.casualty_band`, from the same frame."""
    low, high, unknown = (f"civilians_{harm.value}_{part}" for part in ("low", "high", "unknown"))
    first, last = (period_name(frame["period_start"].sort()[at], period) for at in (0, -1))
    known = frame.drop_nulls([low, high])
    total = casualty_range(*(None, None, None) if known.is_empty() else (known[low].sum(), None, known[high].sum()))
    what = f"Civilians {harm.label.lower()}{', running total' if cumulative else ''} by {period}"
    text = f"Band chart. {what}, {first} to {last}: {total} in all"
    if not cumulative and not known.is_empty():
        when, least, most = known.sort(high, descending=True).select("period_start", low, high).row(0)
        text += f", highest {casualty_range(least, None, most)} {_in(period)}{period_name(when, period)}"
    return f"{text}; number unknown in {counted(int(frame[unknown].sum()), 'incident')}."


def stage_funnel(frame: pl.DataFrame) -> str:
    """For `funnel.stage_funnel`, from the same frame."""
    labels = Stage.labels()
    parts = [f"{labels[stage]} {number(reached)}" for stage, reached in frame.select("stage", "reached").iter_rows()]
    return f"Bar chart. Incidents that reached each stage of the review: {', '.join(parts)}."


def overdue_by_country(frame: pl.DataFrame, labels: Mapping[str, str]) -> str:
    """For `backlog.overdue_by_country`, from the same frame."""
    rows = frame.select("country", "incidents", "overdue").iter_rows()
    parts = [f"{labels.get(c, c) if c else 'country unknown'} {number(late)} of {number(n)}" for c, n, late in rows]
    return f"Bar chart. Overdue incidents by country: {', '.join(parts)}."


def waiting_on(frame: pl.DataFrame) -> str:
    """For `backlog.waiting_on`, from the same frame."""
    rows = frame.select("waiting_on", "incidents").iter_rows()
    parts = [f"{' '.join(text.split()) if text else 'not stated'} {number(n)}" for text, n in rows]
    return f"Bar chart. What incidents under review wait for: {', '.join(parts)}."


def counts(frame: pl.DataFrame, labels: Mapping[str, str]) -> str:
    """For `bars.counts`, from the same frame."""
    rows = frame.select("category", "incidents").iter_rows()
    parts = [f"{labels.get(c, c) if c else 'unknown'} {number(n)}" for c, n in rows]
    return f"Bar chart. Incidents: {', '.join(parts)}."


def incident_map(picture: Map, without_coordinates: int) -> str:
    """For what `maps.points`, `density.hexagons` and `density.heat` give."""
    parts = [f"{counted(picture.drawn, 'incident')} drawn"]
    if picture.too_coarse:
        parts.append(f"{number(picture.too_coarse)} left out because their location is too coarse or not stated")
    parts.append(f"{number(without_coordinates)} without coordinates")
    return f"Map. {', '.join(parts)}. The incidents page lists the same incidents as a table."


def _in(period: Period) -> str:
    return {"day": "on ", "week": "in the ", "month": "in "}[period]
