"""Horizontal bars whose label and value stand above the bar: long names stay readable on a phone."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import plotly.graph_objects as go

from pages.charts import style
from pages.charts.style import Caption
from warehouse.vocabulary import GREY

_BAR_PX, _GAP_PX, _LABEL_PX, _DETAIL_PX = 14, 12, 13, 12
_LINE = 1.3
_LEFT_PX = 4
"""Half of the axis label 0."""


def bar_rows(
    labels: Sequence[str],
    values: Sequence[str],
    details: Sequence[str],
    parts: Sequence[tuple[str, str, Sequence[int]]],
    caption: Caption,
    *,
    track: bool = False,
    whole: int | None = None,
) -> go.Figure:
    """A row for each label, top to bottom: label and value, details, and a bar stacked from `parts`.

    Args:
        labels, values, details: one text a row; details may be empty.
        parts: (name, colour, counts a row) of each part of the bars, from the left. A count of 0 leaves no bar, so the
            value says it in words or figures.
        track: draw a faint bar as long as the longest one behind each.
        whole: the first row has a scale of its own, from 0 to this, which a faint bar behind it shows; the axis is that
            of the other rows. Parts that the first row has are its alone.
    """
    texts = [
        style.labelled(label, value, _LABEL_PX)
        + (f'<br><span style="font-size:{_DETAIL_PX}px">{style.wrap(detail, _DETAIL_PX)}</span>' if detail else "")
        for label, value, detail in zip(labels, values, details, strict=True)
    ]
    # The vertical axis counts pixels downwards, so that rows may differ in height.
    heights = [round(_LABEL_PX * _LINE * (text.count("<br>") + 1)) + _BAR_PX + _GAP_PX for text in texts]
    bottoms = list(accumulate(heights))
    middles = [bottom - _GAP_PX - _BAR_PX / 2 for bottom in bottoms]
    longest = max(sum(part[2][row] for part in parts) for row in range(whole is not None, len(labels)))
    bar = {"type": "bar", "orientation": "h", "y": middles, "width": _BAR_PX}
    traces: list[dict[str, Any]] = []
    if track:
        # Its offset takes it out of the stack.
        behind = {"x": [longest] * len(labels), "base": 0, "offset": -_BAR_PX / 2, "name": "track"}
        traces.append(bar | behind | {"marker": {"color": style.TRACK}, "hoverinfo": "skip"})
    apart: dict[str, Any] = {}
    if whole is not None:
        apart = {"xaxis2": {"overlaying": "x", "range": [0, max(whole, 1) * 1.06], "visible": False}}
        behind = {"x": [whole], "y": middles[:1], "base": 0, "offset": -_BAR_PX / 2, "name": "track", "xaxis": "x2"}
        traces.append(bar | behind | {"marker": {"color": style.TRACK}, "hoverinfo": "skip"})
    for name, colour, counts in parts:
        traces.append(
            bar
            | {
                "x": counts,
                "name": name,
                "marker": {"color": colour, "line": {"color": GREY, "width": 1}},
                "customdata": [html.escape(label, quote=False) for label in labels],
                "hovertemplate": f"%{{customdata}}<br>{name}: %{{x:,d}}<extra></extra>",
                "xaxis": "x2" if whole is not None and counts[0] else "x",
            }
        )
    above = {"yref": "y", "yanchor": "bottom", "yshift": _BAR_PX / 2 + 1, "xshift": -_LEFT_PX}
    return style.figure(
        traces,
        caption,
        bottoms[-1],
        left_px=_LEFT_PX,
        series=[("■", name, colour) for name, colour, _ in parts] if len(parts) > 1 else (),
        notes=[style.note(text, _LABEL_PX, y=y, **above) for y, text in zip(middles, texts, strict=True)],
        barmode="stack",
        xaxis=style.count_axis(longest, zerolinecolor=style.TEXT, zerolinewidth=1, zerolinelayer="above traces"),
        yaxis=style.axis(range=[bottoms[-1], 0], showticklabels=False, showgrid=False, zeroline=False),
        **apart,
    )
