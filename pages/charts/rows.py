"""Horizontal bars whose label and value stand above the bar: long names stay readable on a phone."""

from __future__ import annotations

import html
from collections.abc import Sequence

import plotly.graph_objects as go

from pages.charts import style
from pages.charts.style import Caption

_PITCH_PX, _BAR_PX, _TEXT_PX = 46, 14, 13
_DETAIL_LINE_PX = 15


def bar_rows(
    labels: Sequence[str],
    values: Sequence[str],
    details: Sequence[str],
    parts: Sequence[tuple[str, str, Sequence[int]]],
    caption: Caption,
    *,
    track: bool = False,
) -> go.Figure:
    """A row for each label, top to bottom: label and value, details, and a bar stacked from `parts`.

    Args:
        labels, values, details: one text a row; details may be empty.
        parts: (name, colour, counts a row) of each part of the bars, from the left. A count of 0 leaves no bar, so the
            value says it in words or figures.
        track: draw a faint bar as long as the longest one behind each.
    """
    wrapped = [style.wrap(detail, 12) for detail in details]
    lines = max((detail.count("<br>") + 1 if detail else 0) for detail in wrapped)
    pitch = _PITCH_PX + lines * _DETAIL_LINE_PX
    positions = list(range(len(labels)))
    totals = [sum(part[2][row] for part in parts) for row in positions]
    width = [_BAR_PX / pitch] * len(labels)
    figure = go.Figure()
    if track:
        figure.add_trace(
            go.Bar(
                x=[max(totals)] * len(labels), y=positions, width=width, orientation="h", showlegend=False,
                marker={"color": style.TRACK}, hoverinfo="skip", base=0, offset=-_BAR_PX / pitch / 2,
            )
        )  # fmt: skip
    for name, colour, counts in parts:
        figure.add_trace(
            go.Bar(
                x=counts, y=positions, width=width, orientation="h", name=name,
                marker={"color": colour, "line": {"color": style.BACKGROUND, "width": 0.5}},
                customdata=[html.escape(label, quote=False) for label in labels],
                hovertemplate=f"%{{customdata}}<br>{name}: %{{x:,d}}<extra></extra>",
            )
        )  # fmt: skip
    for row, (label, value, detail) in enumerate(zip(labels, values, wrapped, strict=True)):
        text = f"<b>{html.escape(label, quote=False)}</b>  {html.escape(value, quote=False)}"
        if detail:
            text += f'<br><span style="font-size:12px">{detail}</span>'
        figure.add_annotation(
            text=text, x=0, y=row, xref="paper", yshift=_BAR_PX / 2 + 1, xanchor="left", yanchor="bottom", align="left",
            showarrow=False, borderpad=0, font={"size": _TEXT_PX, "color": style.TEXT},
        )  # fmt: skip
    several = len(parts) > 1
    few = len(parts) <= style.DIRECT_LABELS
    top = 1 - (_BAR_PX + 6) / pitch
    return style.finish(
        figure,
        caption,
        pitch * len(labels),
        series=[("■", name, colour) for name, colour, _ in parts] if several and few else (),
        legend=[name for name, _, _ in parts] if several and not few else (),
        barmode="stack",
        xaxis=style.count_axis(max(totals), zerolinecolor=style.TEXT, zerolinewidth=1),
        yaxis=style.axis(
            range=[len(labels) - 1 + (1 - top), -top], showticklabels=False, showgrid=False, zeroline=False
        ),
    )
