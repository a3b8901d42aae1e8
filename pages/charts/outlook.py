"""The backlog so far, and the band of simulated ones after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.formatting import day, number
from pages.charts.style import Caption
from warehouse.vocabulary import BLUE, GREY, ORANGE

PLOT_PX = 300
SO_FAR, BAND, MEDIAN = "Backlog so far", "5 to 95% of runs", "Median run"


def backlog_band(
    past: pl.DataFrame, future: pl.DataFrame, caption: Caption, *, is_assumed: bool, mark: str
) -> go.Figure:
    """A line of the past, and from the day of knowledge on a band with both edges and the median run.

    Args:
        past: `day`, `open`; the last row is the day of knowledge.
        future: `day`, `low`, `median`, `high`; the first row is the day of knowledge.
        is_assumed: the band follows from numbers set by hand: another colour, and `mark` across the plot's top.
        mark: says so.
    """
    colour = ORANGE if is_assumed else BLUE
    days = future["day"].to_list()
    edge: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "x": days,
        "hoverinfo": "skip",
        "line": {"color": colour, "width": 1.5},
    }
    filled = {"fill": "toself", "fillcolor": colour, "opacity": style.BAND_OPACITY, "line": {"width": 0}}
    texts = [
        f"<b>{day(when)}</b><br>{number(round(low))}–{number(round(high))}, median {number(round(median))}"
        for when, low, median, high in future.select("day", "low", "median", "high").iter_rows()
    ]
    traces: list[dict[str, Any]] = [
        edge | filled | {"x": [*days, *days[::-1]], "y": [*future["high"], *future["low"][::-1]], "name": BAND},
        edge | {"y": future["low"], "name": "low"},
        edge | {"y": future["high"], "name": "high"},
        edge
        | {
            "y": future["median"],
            "name": MEDIAN,
            "line": {"color": colour, "width": 2, "dash": "dash"},
            "hoverinfo": "text",
            "hovertext": texts,
        },
        edge
        | {
            "x": past["day"],
            "y": past["open"],
            "name": SO_FAR,
            "mode": "lines+markers",
            "marker": {"size": 4},
            "line": {"color": style.TEXT, "width": 2},
            "hoverinfo": "text",
            "hovertext": [f"<b>{day(when)}</b><br>{number(n)} under review" for when, n in past.iter_rows()],
        },
    ]
    highest = max(*past["open"].to_list(), *future["high"].to_list())
    upright = {"x": days[0], "xref": "x", "y": 1, "yanchor": "top", "xshift": 4}
    return style.figure(
        traces,
        caption,
        PLOT_PX,
        left_px=style.axis_width_px(highest),
        ticks_px=38,
        series=[("—●—", SO_FAR, style.TEXT), ("■", BAND, colour), ("– –", MEDIAN, colour)],
        notes=[style.note(f"<b>{style.wrap(mark, 12)}</b>", 12, **upright)] if is_assumed else (),
        shapes=[{"type": "line", "x0": days[0], "x1": days[0], "y0": 0, "y1": 1, "yref": "paper",
                 "line": {"color": GREY, "width": 1, "dash": "dot"}}],
        hovermode="closest",
        xaxis=style.axis(type="date", range=[past["day"].min(), days[-1]], tickformat="%b<br>%Y", showgrid=False),
        yaxis=style.count_axis(highest),
    )  # fmt: skip


def alt(now: int, months: Sequence[tuple[date, float, float, float]], *, is_assumed: bool) -> str:
    """One sentence for those who do not see the band: (day, low, median, high) of the months to name."""
    parts = [
        f"on {day(when)} {number(round(low))} to {number(round(high))}, median {number(round(median))}"
        for when, low, median, high in months
    ]
    kind = "assumed staffing, not an estimate" if is_assumed else "if the pace goes on"
    return f"Band chart. Incidents under review, {kind}: now {number(now)}; {'; '.join(parts)}."
