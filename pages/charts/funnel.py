"""How far the review has come: incidents that reached each stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.formatting import counted, number, share
from pages.charts.rows import bar_rows
from pages.charts.style import Caption, Category
from warehouse.vocabulary import Stage

NOT_REACHED = "Not yet reached by any incident."
NOT_BY_HALF = "not reached by half so far"
ENTERED, PASSED = "a step led into it", "passed without one"
PASSED_OPACITY = 0.45
"""A paler bar for what the record only shows to have been passed."""

_BAR_PX, _HEAD_PX, _GAP_PX = 15, 20, 12
_LEFT_PX = 62


def stage_funnel(frame: pl.DataFrame, caption: Caption, median_of: str = "in this stage") -> go.Figure:
    """One bar for each stage, in the frame's order, a stage that nothing reached included.

    Args:
        frame: rows of `stage` (the first is the widest, usually received), `reached` (incidents), `median_days` (null
            where none can be computed) and `timed` (incidents that the median covers); optionally `skipped` (of the
            reached ones, without a step into the stage: a paler part of the bar) and `stepped_back` (of these, in an
            earlier stage now). Shares are computed from `reached`; other columns are not used.
        median_of: completes "median 41 days ...".
    """
    stages = frame["stage"].to_list()
    colours = [Stage.colours()[stage] for stage in stages]
    reached = frame["reached"].to_list()
    skipped, stepped_back = (
        frame[name].to_list() if name in frame.columns else [0] * frame.height for name in ("skipped", "stepped_back")
    )
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
            covers = f" (over {counted(timed, 'incident')})" if timed > count else covers
            parts.append(f"median {counted_days(median)} {median_of}{covers}")
        elif count and timed:
            parts.append(NOT_BY_HALF)
        parts += _irregular(skipped[row], stepped_back[row])
        text = "; ".join(parts)
        details.append(f"{text[0].upper()}{text[1:]}." if text else "" if count else NOT_REACHED)
    parts_of_bars = [(ENTERED, colours[0], [n - without for n, without in zip(reached, skipped, strict=True)])]
    if any(skipped):
        parts_of_bars.append((PASSED, _paler(colours[0]), skipped))
    else:
        parts_of_bars = [("Incidents that reached it", colours[0], reached)]
    figure = bar_rows(
        [Stage.labels()[stage] for stage in stages],
        [number(count) if count == 0 else counted(count, "incident") for count in reached],
        details,
        parts_of_bars,
        caption,
        track=True,
    )
    figure.update_traces(marker_color=colours, selector={"name": parts_of_bars[0][0]})
    return figure.update_traces(marker_color=[_paler(colour) for colour in colours], selector={"name": PASSED})


def stage_funnels(frame: pl.DataFrame, caption: Caption, categories: Sequence[Category]) -> go.Figure:
    """A small funnel for each category, all on one scale: the share of the category's incidents that reached a stage.

    Args:
        frame: rows of `category`, `stage`, `reached`, `median_days`, `timed`, as `stage_funnel` takes them.
        categories: those that are drawn, in order; one without incidents under review is not.
    """
    stages = frame["stage"].unique(maintain_order=True).to_list()
    rows = {(c, s): (n, days, timed) for c, s, n, days, timed in
            frame.select("category", "stage", "reached", "median_days", "timed").iter_rows()}  # fmt: skip
    shown = [category for category in categories if rows.get((category.value, stages[0]), (0,))[0]]
    block_px = _HEAD_PX + _BAR_PX * len(stages) + _GAP_PX
    plot_px = block_px * len(shown)
    traces: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    tick_at: list[float] = []
    for block, category in enumerate(shown):
        top = block * block_px
        everything = rows[category.value, stages[0]][0]
        head = f"<b>{category.label}</b>  {counted(everything, 'incident')} under review or closed"
        notes.append(style.note(head, 13, yref="y", y=top + _HEAD_PX, yanchor="bottom", xshift=-_LEFT_PX))
        middles = [top + _HEAD_PX + _BAR_PX * (row + 0.5) for row in range(len(stages))]
        tick_at += middles
        counts = [rows[category.value, stage][0] for stage in stages]
        texts = [
            _reached(row, n, everything) + _pace(row, *rows[category.value, stage])
            for row, (n, stage) in enumerate(zip(counts, stages, strict=True))
        ]
        bar = {"type": "bar", "orientation": "h", "y": middles, "width": _BAR_PX - 3, "name": category.label}
        traces.append(
            bar
            | {
                "x": [n / everything for n in counts],
                "marker": {"color": [Stage.colours()[stage] for stage in stages]},
                "customdata": texts,
                "hovertemplate": f"{category.label}<br>%{{customdata}}<extra></extra>",
            }
        )
        notes += [
            style.note(text, 11, name="count", xref="x", x=n / everything, yref="y", y=y, yanchor="middle", xshift=4)
            for text, n, y in zip(texts, counts, middles, strict=True)
        ]
    return style.figure(
        traces,
        caption,
        plot_px,
        left_px=_LEFT_PX,
        ticks_px=24,
        notes=notes,
        # Room on the right for the text beside a full bar.
        xaxis=style.axis(range=[0, 1.7], tickvals=[0, 0.5, 1], tickformat=".0%"),
        yaxis=style.axis(
            range=[plot_px, 0],
            tickvals=tick_at,
            ticktext=[SHORT[stage] for stage in stages] * len(shown),
            showgrid=False,
            zeroline=False,
        ),
    )


SHORT = {
    Stage.RECEIVED.value: "Received",
    Stage.INCIDENT_ANALYSIS.value: "Stage 1",
    Stage.POLICY_IMPACT_ASSESSMENT.value: "Stage 2",
    Stage.DEPARTMENT_RESPONSE_COORDINATION.value: "Stage 3",
}
"""Names of the open stages where there is little room."""


def _paler(colour: str) -> str:
    red, green, blue = bytes.fromhex(colour[1:])
    return f"rgba({red},{green},{blue},{PASSED_OPACITY})"


def _reached(row: int, count: int, everything: int) -> str:
    """ "30 (94%)", "18 of 19"."""
    part = share(count, everything)
    if not row or not count:
        return number(count)
    return f"{number(count)} ({part})" if part.endswith("%") else part


def _pace(row: int, reached: int, median: float | None, timed: int) -> str:
    """How fast the stage is reached, for a short text."""
    if not row or not timed or not reached:
        return ""
    return f", {counted_days(median)}" if median is not None else ", half not yet"


def _irregular(skipped: int, stepped_back: int) -> list[str]:
    parts = [f"{number(skipped)} passed it without a step into it"] if skipped else []
    return parts + ([f"{number(stepped_back)} went back and now stand before it"] if stepped_back else [])


def counted_days(days: float) -> str:
    """ "1 day", "41 days", "2.5 days"."""
    return "1 day" if days == 1 else f"{number(days)} days"
