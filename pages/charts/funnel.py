"""How far the review has come: incidents that reached each stage."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from pages.charts.formatting import counted, number, share
from pages.charts.rows import bar_rows
from pages.charts.style import Caption
from warehouse.vocabulary import Stage

NOT_REACHED = "Not yet reached by any incident."


def stage_funnel(frame: pl.DataFrame, caption: Caption, median_of: str = "in this stage") -> go.Figure:
    """One bar for each stage, in the frame's order, a stage that nothing reached included.

    Args:
        frame: rows of `stage` (the first is the widest, usually received), `reached` (incidents), `median_days` (null
            where none can be computed) and `timed` (incidents that the median covers). Shares are computed from
            `reached`; other columns are not used.
        median_of: completes "median 41 days ...".
    """
    stages = frame["stage"].to_list()
    colours = [Stage.colours()[stage] for stage in stages]
    reached = frame["reached"].to_list()
    everything = reached[0]
    details = []
    for row, (count, median, timed) in enumerate(frame.select("reached", "median_days", "timed").iter_rows()):
        parts = []
        if row and count:
            parts.append(f"{share(count, everything)} of all")
        if row > 1 and 0 < count <= reached[row - 1]:
            parts.append(f"{share(count, reached[row - 1])} of the stage before")
        if median is not None:
            covers = "" if timed == count else f" ({number(timed)} of {number(count)} timed)"
            parts.append(f"median {counted_days(median)} {median_of}{covers}")
        text = "; ".join(parts)
        details.append(f"{text[0].upper()}{text[1:]}." if text else "" if count else NOT_REACHED)
    figure = bar_rows(
        [Stage.labels()[stage] for stage in stages],
        [number(count) if count == 0 else counted(count, "incident") for count in reached],
        details,
        [("Incidents that reached it", colours[0], reached)],
        caption,
        track=True,
    )
    figure.update_traces(marker_color=colours, selector={"name": "Incidents that reached it"})
    return figure


def counted_days(days: float) -> str:
    """ "1 day", "41 days", "2.5 days"."""
    return "1 day" if days == 1 else f"{number(days)} days"
