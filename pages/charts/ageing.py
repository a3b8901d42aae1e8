"""Incidents that wait, by stage and days in it: a heat map with the number in each cell."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.formatting import counted, number, share
from pages.charts.style import Caption
from warehouse.vocabulary import Stage

_CELL_PX, _LABEL_PX, _DETAIL_PX, _GAP_PX = 32, 13, 12, 12
_LEFT_PX = 4
_DARK_FROM = 3
"""Index in the scale from which white figures are read better than dark ones."""


def heat_map(frame: pl.DataFrame, caption: Caption, bands: Sequence[str], *, over: Mapping[str, bool]) -> go.Figure:
    """A row for each stage, a column for each band of days, the darker the more incidents.

    Args:
        frame: at least one row of `stage`, `age_band`, `incidents`.
        bands: all bands from the shortest, as they are shown without their unit.
        over: band -> whether all of its days are over the norm; a line parts both.
    """
    if strange := set(frame["age_band"]) - set(bands):
        raise ValueError(f"age bands {sorted(strange)} are not among {list(bands)}")
    count = {(stage, band): n for stage, band, n in frame.select("stage", "age_band", "incidents").iter_rows()}
    stages = [stage for stage in Stage if stage.value in set(frame["stage"])]
    most = max(count.values())
    step_px = _CELL_PX + _GAP_PX + round((_LABEL_PX + _DETAIL_PX) * 1.35)
    edge = next((column for column, band in enumerate(bands) if over[band]), None)
    plot_px = step_px * len(stages)
    shapes, notes, traces = [], [], []
    for row, stage in enumerate(stages):
        bottom = (row + 1) * step_px - _GAP_PX
        counts = [count.get((stage.value, band), 0) for band in bands]
        late = sum(n for n, band in zip(counts, bands, strict=True) if over[band])
        name = html.escape(stage.label, quote=False)
        detail = f"{counted(sum(counts), 'incident')}, {_part(late, sum(counts))} over the norm"
        head = f'<b>{name}</b><br><span style="font-size:{_DETAIL_PX}px">{detail}</span>'
        notes.append(_row_note(head, bottom - _CELL_PX))
        if edge is not None:
            line = {"color": style.TEXT, "width": 2, "dash": "dot"}
            ends = {"x0": edge, "x1": edge, "y0": bottom - _CELL_PX - 4, "y1": bottom + 4}
            shapes.append({"type": "line", "line": line, **ends})
        for column, n in enumerate(counts):
            shade = _shade(n, most)
            colour = style.TRACK if shade is None else style.SEQUENTIAL[shade]
            shapes.append(
                {
                    "type": "rect",
                    "x0": column,
                    "x1": column + 1,
                    "y0": bottom - _CELL_PX,
                    "y1": bottom,
                    "fillcolor": colour,
                    "line": {"color": style.BACKGROUND, "width": 2},
                    "layer": "below",
                }
            )
        traces.append(_cells(stage, bottom - _CELL_PX / 2, bands, counts, most))
    return style.figure(
        traces,
        caption,
        plot_px,
        left_px=_LEFT_PX,
        ticks_px=24,
        notes=notes,
        shapes=shapes,
        xaxis=style.axis(
            range=[0, len(bands)],
            tickvals=[column + 0.5 for column in range(len(bands))],
            ticktext=[html.escape(band, quote=False) for band in bands],
            showgrid=False,
            zeroline=False,
        ),
        yaxis=style.axis(range=[plot_px, 0], showticklabels=False, showgrid=False, zeroline=False),
    )


def _cells(stage: Stage, middle: float, bands: Sequence[str], counts: Sequence[int], most: int) -> dict[str, Any]:
    """The numbers of one row, in a colour that its cells let one read."""
    colours = []
    for n in counts:
        shade = _shade(n, most)
        colours.append(style.TEXT if shade is None else "#FFFFFF" if shade >= _DARK_FROM else "#000000")
    return {
        "type": "scatter",
        "mode": "text",
        "name": stage.label,
        "x": [column + 0.5 for column in range(len(bands))],
        "y": [middle] * len(bands),
        "text": [number(n) for n in counts],
        "textfont": {"size": 14, "color": colours},
        "customdata": [html.escape(band, quote=False) for band in bands],
        "hovertemplate": f"{html.escape(stage.label, quote=False)}<br>%{{customdata}} days: %{{text}}<extra></extra>",
    }


def _shade(count: int, most: int) -> int | None:
    """Index in the sequential scale; None for no incident."""
    if not count:
        return None
    return min(int(count / most * len(style.SEQUENTIAL)), len(style.SEQUENTIAL) - 1)


def _row_note(text: str, y: float) -> dict[str, Any]:
    return style.note(text, _LABEL_PX, yref="y", y=y, yanchor="bottom", yshift=1, xshift=-_LEFT_PX)


def _part(part: int, whole: int) -> str:
    """ "12 of 40 (30%)"; a share of few is given as counts alone."""
    if not part:
        return "none"
    percent = share(part, whole)
    return f"{number(part)} ({percent})" if percent.endswith("%") else number(part)
