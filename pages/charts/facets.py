"""Civilians reported killed or injured over time, a row for each category: ranges cannot be stacked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.formatting import Period, casualty_range, counted
from pages.charts.periods import event_marks, time_axis
from pages.charts.style import Caption, Category
from pages.charts.timeseries import band_hover, band_of, band_traces
from warehouse.vocabulary import Harm

_ROW_PX, _LABEL_PX, _GAP_PX = 64, 12, 14
_TICKS_PX = 38


def casualty_facets(
    frame: pl.DataFrame,
    period: Period,
    caption: Caption,
    labels: Mapping[str, str],
    colours: Mapping[str, str],
    harm: Harm = Harm.KILLED,
    *,
    cumulative: bool = False,
    events: pl.DataFrame | None = None,
) -> go.Figure:
    """A band from lowest to highest estimate for each category, all on one scale; totals and unknown in words.

    Args:
        frame: at least one row of `period_start`, `category` (null is unknown), `incidents`, and
            `civilians_killed_low`, `_best`, `_high` (null where no incident states a number) and `_unknown` (incidents
            whose number is unknown); for injured likewise.
        labels, colours: of the categories; at most seven have a row, the rest share one; unknown ones grey and last.
        cumulative: running totals instead.
        events: `date`, `label`; those within the plotted time are marked by a dotted line without its label.
    """
    rows, categories = style.categorise(frame, labels, colours)
    summed = _summed(rows, harm)
    bands = [
        band_of(summed.filter(pl.col("category") == c.value), period, harm, cumulative=cumulative, within=frame)
        for c in categories
    ]
    highest = max((float(n) for band in bands for n in band["high"].drop_nulls()), default=0.0)
    step_px = _ROW_PX + _GAP_PX + round(_LABEL_PX * 1.5)
    plot_px = step_px * len(categories)
    traces, notes = [], []
    axes: dict[str, Any] = {}
    for index, (category, band) in enumerate(zip(categories, bands, strict=True)):
        bottom = 1 - ((index + 1) * step_px - _GAP_PX) / plot_px
        top = bottom + _ROW_PX / plot_px
        axis = "" if index == 0 else str(index + 1)
        drawn = [*band_traces(band.with_columns(best=pl.lit(None, pl.Int64)), category.colour)]
        traces += [trace | {"yaxis": f"y{axis}"} for trace in (*drawn, band_hover(band, period, cumulative))]
        notes.append(style.note(_heading(category, summed, harm), _LABEL_PX, y=top, yanchor="bottom", yshift=2))
        axes[f"yaxis{axis}"] = style.count_axis(highest, domain=[max(bottom, 0), top], nticks=3)
    # Their labels would lie across the rows' headings.
    lines, _ = event_marks(events, frame, period)
    across = time_axis(frame, period) | {"anchor": f"y{len(categories)}" if len(categories) > 1 else "y"}
    return style.figure(
        traces,
        caption,
        plot_px,
        left_px=style.axis_width_px(highest),
        ticks_px=_TICKS_PX,
        notes=notes,
        shapes=lines,
        hovermode="x",
        xaxis=across,
        **axes,
    )


def _summed(rows: pl.DataFrame, harm: Harm) -> pl.DataFrame:
    """One row for each period and category; a sum over rows that state no number stays null."""
    estimates = [f"civilians_{harm.value}_{part}" for part in ("low", "best", "high")]
    known = [pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in estimates]
    return rows.group_by("period_start", "category").agg(*known, pl.col(f"civilians_{harm.value}_unknown").sum())


def _heading(category: Category, summed: pl.DataFrame, harm: Harm) -> str:
    """The category's name, its total range, and how many of its incidents state no number."""
    own = summed.filter(pl.col("category") == category.value)
    low, high = (f"civilians_{harm.value}_{end}" for end in ("low", "high"))
    known = own.drop_nulls([low, high])
    total = casualty_range(*(None, None, None) if known.is_empty() else (known[low].sum(), None, known[high].sum()))
    unknown = int(own[f"civilians_{harm.value}_unknown"].sum())
    more = f"; unknown in {counted(unknown, 'incident')}" if unknown and not known.is_empty() else ""
    return f"<b>{category.label}</b>  {total}{more}"
