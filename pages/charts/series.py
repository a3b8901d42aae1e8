"""A published daily series below a chart of incidents: the same time axis, an axis and a unit of its own."""

from __future__ import annotations

from datetime import date

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.captions import CoverageCaption

PLOT_PX = 170
LONE_DAY_PX = 5
"""Diameter of a day whose neighbours have no value: a line alone would not show it."""


def every_day(frame: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """`date`, `value`, `is_lone` for each day; null where there is no value, and nothing in between is made up."""
    days = pl.select(date=pl.date_range(first, last, "1d"))
    has_value = pl.col("value").is_not_null()
    beside = has_value.shift(1, fill_value=False) | has_value.shift(-1, fill_value=False)
    return days.join(frame, on="date", how="left", maintain_order="left").with_columns(is_lone=has_value & ~beside)


def series_panel(
    frame: pl.DataFrame, caption: CoverageCaption, above: go.Figure, colour: str, *, is_dashed: bool
) -> go.Figure:
    """One line through the days that have a value, broken where there is none.

    Args:
        frame: `date`, `value`, `is_lone`, as `every_day` gives it; at least one value.
        above: the chart whose time axis and left edge the panel takes, so that days stand below each other.
    """
    rows = frame.to_dict(as_series=False)
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "series",
        "x": rows["date"],
        "y": rows["value"],
        "connectgaps": False,
        "line": {"color": colour, "width": 2, "dash": "dash" if is_dashed else "solid"},
        "marker": {"color": colour, "size": [LONE_DAY_PX if lone else 0 for lone in rows["is_lone"]], "opacity": 1},
        "hovertemplate": "%{x|%-d %b %Y}: %{y:,}<extra></extra>",
    }
    highest = max(value for value in rows["value"] if value is not None)
    across = above.layout.xaxis
    # Labels inside the plot need no room on the left, which belongs to the chart above.
    inside = {"ticklabelposition": "inside top", "nticks": 6}
    return style.figure(
        [line],
        caption,
        PLOT_PX,
        left_px=int(above.layout.margin.l),
        ticks_px=38,
        hovermode="x",
        xaxis=style.axis(
            type="date", range=list(across.range), tickformat=across.tickformat, hoverformat="%-d %b %Y", showgrid=False
        ),
        yaxis=style.count_axis(highest, **inside),
    )
