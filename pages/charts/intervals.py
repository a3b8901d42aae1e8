"""Shares with their intervals: a dot and a line for each row, labels above."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import plotly.graph_objects as go

from pages.charts import style
from pages.charts.formatting import number, share
from pages.charts.style import Caption

_ROW_PX, _LABEL_PX = 38, 13
_LEFT_PX = 10


@dataclass(frozen=True)
class Share:
    """One row: `part` of `whole`, its interval in shares from 0 to 1, and a colour. Without cases there is no dot."""

    label: str
    part: int
    whole: int
    interval: tuple[float, float] | None
    colour: str

    @property
    def words(self) -> str:
        """ "120 of 480: 25% (21–29%)", "3 of 12", "none with a review record"."""
        if self.interval is None:
            return "none with a review record"
        text = f"{number(self.part)} of {number(self.whole)}"
        percent = share(self.part, self.whole)
        if " of " in percent:
            return text
        low, high = (round(100 * end) for end in self.interval)
        return f"{text}: {percent} ({low}–{high}%)"


def share_rows(rows: Sequence[Share], caption: Caption) -> go.Figure:
    """A row for each share, top to bottom, on one scale from 0 to the ten per cent above the highest interval."""
    bottoms = list(accumulate([_ROW_PX] * len(rows)))
    middles = [bottom - 9 for bottom in bottoms]
    traces = []
    for row, y in zip(rows, middles, strict=True):
        if row.interval is None:
            continue
        low, high = (100 * end for end in row.interval)
        label = html.escape(f"{row.label}: {row.words}", quote=False)
        plain = {"type": "scatter", "hovertemplate": f"{label}<extra></extra>"}
        traces.append(
            plain
            | {
                "mode": "lines",
                "x": [low, high],
                "y": [y, y],
                "line": {"color": row.colour, "width": 3},
                "opacity": 0.6,
            }
        )
        marker = {"color": row.colour, "size": 10, "line": {"color": style.BACKGROUND, "width": 1}}
        x = [100 * row.part / row.whole]
        traces.append(plain | {"mode": "markers", "name": row.label, "x": x, "y": [y], "marker": marker})
    ends = [100 * row.interval[1] for row in rows if row.interval]
    highest = min(10 * math.ceil(max(ends, default=0) / 10 + 0.1), 100)
    texts = [f"<b>{html.escape(r.label, quote=False)}</b>  {html.escape(r.words, quote=False)}" for r in rows]
    above = {"yref": "y", "yanchor": "bottom", "yshift": 7, "xshift": -_LEFT_PX + 4}
    return style.figure(
        traces,
        caption,
        bottoms[-1],
        left_px=_LEFT_PX,
        notes=[style.note(text, _LABEL_PX, y=y, **above) for y, text in zip(middles, texts, strict=True)],
        hovermode="closest",
        xaxis=style.axis(range=[0, highest], ticksuffix="%", nticks=6, zeroline=True),
        yaxis=style.axis(range=[bottoms[-1], 0], showticklabels=False, showgrid=False, zeroline=False),
    )


def alt(title: str, rows: Sequence[Share]) -> str:
    """One sentence for those who do not see it."""
    return f"Dot chart with 95% intervals. {title}. {'; '.join(f'{row.label} {row.words}' for row in rows)}."
