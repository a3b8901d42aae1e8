"""What each month brought to the review and what it closed."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.formatting import day, number, period_name
from pages.charts.periods import time_axis, widths
from pages.charts.style import Caption
from warehouse.vocabulary import BLUE, ORANGE, Stage

PLOT_PX = 260
ARRIVED, REOPENED, CLOSED, NET = "Arrived", "Reopened", "Closed", "Net change"
COLOURS = {ARRIVED: BLUE, REOPENED: ORANGE, CLOSED: Stage.CLOSED.colour}


def arrivals_and_departures(frame: pl.DataFrame, caption: Caption) -> go.Figure:
    """Bars up for what came under review, bars down for what was closed, and a line of the difference.

    Args:
        frame: at least one row of `period_start` (first of a month), `arrived`, `reopened`, `closed`, `net`.
    """
    up = {ARRIVED: frame["arrived"], REOPENED: frame["reopened"]}
    drawn = {
        name: counts for name, counts in (up | {CLOSED: -frame["closed"]}).items() if name != REOPENED or any(counts)
    }
    bars = [_bars(frame, name, counts) for name, counts in drawn.items()]
    middle = frame["period_start"].dt.offset_by("14d")
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": NET,
        "x": middle,
        "y": frame["net"],
        "line": {"color": style.TEXT, "width": 2},
        "marker": {"size": 5},
        "customdata": [_signed(net) for net in frame["net"]],
        "hovertemplate": f"{NET}: %{{customdata}}<extra></extra>",
    }
    highest = max((frame["arrived"] + frame["reopened"]).to_list())
    lowest = max(frame["closed"].to_list())
    room = 1.06 * max(highest, 1)
    across = time_axis(frame, "month")
    return style.figure(
        [*bars, line],
        caption,
        PLOT_PX,
        left_px=style.axis_width_px(highest),
        ticks_px=38,
        series=[*(("■", name, COLOURS[name]) for name in drawn), ("—●—", NET, style.TEXT)],
        barmode="relative",
        hovermode="x unified",
        xaxis=across,
        yaxis=style.axis(
            tickformat=",d",
            range=[-max(lowest * 1.06, 0.12 * room), room],
            zerolinecolor=style.TEXT,
            zerolinewidth=1,
            **({"dtick": 1} if max(highest, lowest) <= 4 else {}),
        ),
    )


def _bars(frame: pl.DataFrame, name: str, counts: pl.Series) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": frame["period_start"],
        "y": counts,
        "offset": 0,
        "width": widths(frame, "month"),
        "marker": {"color": COLOURS[name]},
        "customdata": counts.abs(),
        "hovertemplate": f"{name}: %{{customdata:,d}}<extra></extra>",
    }


def _signed(net: int) -> str:
    return f"+{number(net)}" if net > 0 else f"−{number(-net)}" if net < 0 else "0"


def alt_standing(frame: pl.DataFrame) -> str:
    """One sentence for the stacked bars of `month_end`, `stage`, `incidents`."""
    first, last = frame["month_end"].to_list()[0], frame["month_end"].to_list()[-1]
    labels = Stage.labels()
    now = frame.filter(month_end=last).select("stage", "incidents").iter_rows()
    listed = ", ".join(f"{labels[stage]} {number(n)}" for stage, n in now)
    return (
        f"Stacked bar chart. Incidents by stage at each month's end, {day(first)} to {day(last)}; at the end {listed}."
    )


def alt_changes(frame: pl.DataFrame) -> str:
    """One sentence for those who do not see the bars."""
    first, last = (period_name(frame["period_start"].to_list()[at], "month") for at in (0, -1))
    totals = {name: int(frame[name].sum()) for name in ("arrived", "reopened", "closed", "net")}
    return (
        f"Bar chart by month, {first} to {last}: {number(totals['arrived'])} incidents arrived, "
        f"{number(totals['reopened'])} reopened, {number(totals['closed'])} closed, "
        f"net change {_signed(totals['net'])}."
    )
