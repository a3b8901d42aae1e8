"""Figures that a principal reads in a minute."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from pages.charts.formatting import SHARE_FROM, number, share
from pages.charts.rows import bar_rows
from pages.charts.style import Caption
from warehouse.vocabulary import Stage

TICKS_PX = 24
"""What tick labels below a plot take."""
REACHED = "Incidents that reached it"


def short_funnel(frame: pl.DataFrame, caption: Caption) -> go.Figure:
    """One bar for each stage with count and share of all, in the frame's order, a stage that nothing reached included.

    Args:
        frame: rows of `stage` (the first is the widest) and `reached` (incidents).
    """
    stages, reached = frame["stage"].to_list(), frame["reached"].to_list()
    values = [_value(count, reached[0]) if row else number(count) for row, count in enumerate(reached)]
    labels, colours = Stage.labels(), Stage.colours()
    figure = bar_rows(
        [labels[stage] for stage in stages],
        values,
        [""] * len(stages),
        [(REACHED, colours[stages[0]], reached)],
        caption,
        track=True,
    )
    figure.update_traces(marker_color=[colours[stage] for stage in stages], selector={"name": REACHED})
    # Every bar has its number, and the overview has no room for more.
    height = figure.layout.height - TICKS_PX
    figure.update_layout(height=height, margin_b=figure.layout.margin.b - TICKS_PX, xaxis_showticklabels=False)
    figure.update_annotations(yshift=0, selector={"name": "footer"})
    return figure


def _value(count: int, whole: int) -> str:
    """ "75 (12%)", "4 of 8" where a percentage would be too fine."""
    if not count:
        return number(count)
    return share(count, whole) if whole < SHARE_FROM else f"{number(count)} ({share(count, whole)})"
