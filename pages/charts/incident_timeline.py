"""What happened around one incident, a row for each kind of entry: when it happened, and when it became known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.formatting import counted, date_range, day
from pages.charts.style import Caption
from warehouse.vocabulary import GREY

_ROW_PX, _LEFT_PX, _TICKS_PX = 30, 98, 40
_HOVER_CHARACTERS = 60


def lanes(entries: pl.DataFrame, caption: Caption, labels: Mapping[str, str], colours: Mapping[str, str]) -> go.Figure:
    """A dot on the day of each entry, a bar where several days are possible, a line to the day it became known.

    Args:
        entries: at least one row with a `day`: `kind`, `day`, `day_end`, `date_precision`, `known_from`, `what`; rows
            without a day are not drawn.
        labels, colours: of the kinds, in the order of the rows.
    """
    dated = entries.drop_nulls("day").with_columns(pl.col("day_end").fill_null(pl.col("day")))
    present = set(dated["kind"])
    kinds = [kind for kind in labels if kind in present]
    traces: list[dict[str, Any]] = []
    for kind in kinds:
        rows = dated.filter(pl.col("kind") == kind)
        lag = rows.filter(pl.col("known_from") > pl.col("day_end"))
        traces.append(_lines(lag.select("day_end", "known_from"), labels[kind], GREY, 1.5))
        several = rows.filter(pl.col("day_end") > pl.col("day"))
        traces.append(_lines(several.select("day", "day_end"), labels[kind], colours[kind], 7))
        traces.append(_dots(rows, labels[kind], colours[kind]))
    first, last = _extent(dated)
    edge = max(timedelta(days=2), (last - first) * 0.03)
    rows_from_top = [labels[kind] for kind in kinds]
    return style.figure(
        [trace for trace in traces if trace["x"]],
        caption,
        _ROW_PX * len(kinds),
        left_px=_LEFT_PX,
        ticks_px=_TICKS_PX,
        series=(("●", "happened", style.TEXT), ("—", "until it became known", GREY)),
        xaxis=style.axis(type="date", range=[first - edge, last + edge], tickformat="%-d %b<br>%Y", nticks=5),
        yaxis=style.axis(
            type="category",
            categoryorder="array",
            categoryarray=rows_from_top[::-1],
            range=[-0.5, len(kinds) - 0.5],
            nticks=len(kinds),
        ),
        hovermode="closest",
    )


def alt(entries: pl.DataFrame, labels: Mapping[str, str]) -> str:
    """One sentence for those who do not see the figure: how many entries of each kind, from when to when."""
    dated = entries.drop_nulls("day")
    counts = dict(dated["kind"].value_counts().iter_rows())
    told = ", ".join(f"{label.lower()} {counts[kind]}" for kind, label in labels.items() if kind in counts)
    first, last = _extent(dated)
    return f"Timeline of {counted(dated.height, 'entry', 'entries')}, {day(first)} to {day(last)}: {told}."


def _extent(dated: pl.DataFrame) -> tuple[Any, Any]:
    days = [d for name in ("day", "day_end", "known_from") for d in dated[name].drop_nulls()]
    return min(days), max(days)


def _lines(ends: pl.DataFrame, label: str, colour: str, width: float) -> dict[str, Any]:
    x = [value for first, last in ends.iter_rows() for value in (first, last, None)]
    line = {"color": colour, "width": width}
    return {"type": "scatter", "mode": "lines", "x": x, "y": [label] * len(x), "line": line, "hoverinfo": "skip"}


def _dots(rows: pl.DataFrame, label: str, colour: str) -> dict[str, Any]:
    texts = [
        f"{style.wrap(date_range(row['day'], row['day_end'], row['date_precision']), 13)}<br>"
        f"{style.wrap(_short(row['what']), 13)}<br>Known from {day(row['known_from'])}"
        for row in rows.iter_rows(named=True)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": rows["day"].to_list(),
        "y": [label] * rows.height,
        "marker": {"color": colour, "size": 10, "line": {"color": style.BACKGROUND, "width": 1}},
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _short(text: str) -> str:
    return text if len(text) <= 2 * _HOVER_CHARACTERS else f"{text[: 2 * _HOVER_CHARACTERS]} …"
