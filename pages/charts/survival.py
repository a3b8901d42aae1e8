"""How long incidents stay in a stage: Kaplan-Meier curves with bands, the norm, and the numbers at risk below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.formatting import counted, number
from pages.charts.style import Caption, Category

PLOT_PX = 280
DASHES = (
    ("solid", "——"),
    ("dash", "– –"),
    ("dot", "····"),
    ("dashdot", "–·–"),
    ("longdash", "— —"),
    ("longdashdot", "—·—"),
    ("5px 2px", "---"),
)
"""Dash of a curve and how the key shows it: a second cue beside the colour."""
STEPS_DAYS = (1, 2, 5, 10, 20, 30, 60, 120, 180, 360, 720, 1800, 3600)
"""Distances between the ticks; months from 30 on, so that the norm of 60 days is among them."""
MOST_TICKS = 7

_ROW_PX, _LABEL_PX = 14, 11
_TICKS_PX, _HEAD_PX, _GROUP_PX = 40, 18, 32


@dataclass(frozen=True)
class Curve:
    """One curve of the figure.

    Attributes:
        category: its value, label and colour.
        points: days, share, low, high (null where no limits can be given), one row for each day on which some left, in
            order; none where nobody has left.
        longest_days: the longest stay seen, ended or not; the curve is drawn until then.
        at_risk: stays seen going on just before each of `ticks`.
    """

    category: Category
    points: pl.DataFrame
    longest_days: int
    at_risk: Sequence[int]


def ticks(longest_days: int) -> list[int]:
    """Days at which the axis has a tick and the numbers at risk are given."""
    step = next((s for s in STEPS_DAYS if longest_days / s < MOST_TICKS), STEPS_DAYS[-1])
    return list(range(0, longest_days + 1, step))


def curves(
    shown: Sequence[Curve], caption: Caption, at: Sequence[int], *, norm_days: int, norm: str, days: str, at_risk: str
) -> go.Figure:
    """A falling step line for each group, its band with both edges drawn, and its numbers at risk below.

    Args:
        shown: at least one curve.
        at: the days of the ticks, see `ticks`.
        norm_days, norm: a line at that day, and what it is called.
        days, at_risk: titles of the axis and of the numbers below it.
    """
    longest = max(max(curve.longest_days for curve in shown), 1)
    # A shorter figure would not show the norm at all.
    right = max(longest, norm_days) * 1.03
    traces = [trace for index, curve in enumerate(shown) for trace in _traces(curve, DASHES[index % len(DASHES)][0])]
    line = {
        "type": "line", "x0": norm_days, "x1": norm_days, "y0": 0, "y1": 1, "yref": "paper",
        "line": {"color": style.TEXT, "width": 1.5, "dash": "dot"},
    }  # fmt: skip
    # Beside the line on the side with more room.
    side = {"xanchor": "right", "xshift": -4} if norm_days > right / 2 else {"xanchor": "left", "xshift": 4}
    notes = [
        style.note(norm, _LABEL_PX + 1, xref="x", x=norm_days, y=1, yanchor="bottom", **side),
        style.note(days, _LABEL_PX + 1, y=0, yanchor="top", yshift=-22, x=1, xanchor="right"),
        style.note(at_risk, _LABEL_PX, y=0, yanchor="top", yshift=-_TICKS_PX, xshift=-_LEFT_PX),
    ]
    for index, curve in enumerate(shown):
        top = -(_TICKS_PX + _HEAD_PX + index * _GROUP_PX)
        symbol = DASHES[index % len(DASHES)][1]
        label = f'<span style="color:{curve.category.colour}"><b>{symbol}</b></span> {curve.category.label}'
        notes.append(style.note(label, _LABEL_PX, y=0, yanchor="top", yshift=top, xshift=-_LEFT_PX))
        below = {"y": 0, "yanchor": "top", "yshift": top - _ROW_PX, "xref": "x", "xanchor": "center"}
        notes += [
            style.note(number(n), _LABEL_PX, x=day, name="at_risk", **below)
            for day, n in zip(at, curve.at_risk, strict=True)
        ]
    return style.figure(
        traces,
        caption,
        PLOT_PX,
        left_px=_LEFT_PX,
        ticks_px=_TICKS_PX + _HEAD_PX + _GROUP_PX * len(shown) + 6,
        series=[
            (DASHES[index % len(DASHES)][1], curve.category.label, curve.category.colour)
            for index, curve in enumerate(shown)
        ]
        if len(shown) > 1
        else (),
        notes=notes,
        shapes=[line],
        hovermode="closest",
        xaxis=style.axis(range=[0, right], tickvals=list(at), tickformat=",d"),
        yaxis=style.axis(range=[0, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%"),
    )


_LEFT_PX = 44


def _traces(curve: Curve, dash: str) -> list[dict[str, Any]]:
    """Band, its edges, and the curve."""
    points = curve.points.to_dict(as_series=False)
    x, share = [0, *points["days"]], [1.0, *points["share"]]
    label, colour = curve.category.label, curve.category.colour
    texts = [
        f"<b>{label}</b><br>after {counted(day, 'day')}: {value:.0%} still there" + _limits(low, high)
        for day, value, low, high in zip(points["days"], share[1:], points["low"], points["high"], strict=True)
    ]
    if x[-1] < curve.longest_days:
        x, share = [*x, curve.longest_days], [*share, share[-1]]
        texts.append(f"<b>{label}</b><br>longest stay seen: {counted(curve.longest_days, 'day')}")
    common = {"type": "scatter", "mode": "lines"}
    main = common | {
        "name": label,
        "x": x,
        "y": share,
        "line": {"color": colour, "width": 2.5, "shape": "hv", "dash": dash},
        "text": [f"<b>{label}</b><br>all are there on the day of entry", *texts],
        "hovertemplate": "%{text}<extra></extra>",
    }
    return [*_band(curve), main]


def _band(curve: Curve) -> list[dict[str, Any]]:
    """The 95 % limits as a filled step band with both edges; it ends where no limits can be given."""
    known = curve.points.drop_nulls(["low", "high"])
    if known.is_empty():
        return []
    ends = [*known["days"][1:].to_list(), _end(curve)]
    x = [day for pair in zip(known["days"], ends, strict=True) for day in pair]
    low, high = ([value for value in known[name] for _ in range(2)] for name in ("low", "high"))
    quiet = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    edge = {"color": curve.category.colour, "width": 0.8}
    filled = {"fill": "toself", "fillcolor": curve.category.colour, "opacity": style.BAND_OPACITY, "line": {"width": 0}}
    return [
        quiet | filled | {"x": [*x, *x[::-1]], "y": [*high, *low[::-1]], "name": "band"},
        quiet | {"x": x, "y": low, "line": edge, "name": "low"},
        quiet | {"x": x, "y": high, "line": edge, "name": "high"},
    ]


def _end(curve: Curve) -> int:
    """Where the band ends: with the curve, or where it comes down to nothing."""
    gone = curve.points.filter(pl.col("low").is_null())["days"]
    return int(gone[0]) if len(gone) else curve.longest_days


def _limits(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" (95% limits {low:.0%} to {high:.0%})"
