"""Incidents and civilians reported harmed over time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.formatting import Period, casualty_range, counted, period_name
from pages.charts.periods import STEP, complete, event_marks, time_axis, widths
from pages.charts.style import Caption, Category
from warehouse.vocabulary import BLUE, GREY, Harm

PLOT_PX = 260
UNKNOWN_PANEL = 0.16
"""Part of the plot's height that the counts of unknown numbers take, below the band."""

_TICKS_PX = 38
_SQUARE, _LINE, _DASHED, _DOTTED = "■", "——", "– –", "····"
_DASHES = (
    ("solid", _LINE),
    ("dash", _DASHED),
    ("dot", _DOTTED),
    ("dashdot", "–·–"),
    ("longdash", "— —"),
    ("longdashdot", "—·—"),
    ("5px 2px", "---"),
)
"""Dash of a line and how the key shows it; the last two categories, other and unknown, repeat the first."""


def incidents_bars(
    frame: pl.DataFrame,
    period: Period,
    caption: Caption,
    labels: Mapping[str, str] | None = None,
    colours: Mapping[str, str] | None = None,
    *,
    stacked: bool = True,
    rolling: int | None = None,
    totals: pl.DataFrame | None = None,
    events: pl.DataFrame | None = None,
) -> go.Figure:
    """Incidents by period: stacked bars, or one line for each category.

    Args:
        frame: at least one row of `period_start` (date), `incidents`, and optionally `category` (null is unknown).
        labels, colours: of the categories; at most seven are drawn, the rest as other, unknown ones grey and last.
        rolling: also draw the mean of all incidents over this many periods up to each.
        totals: `period_start`, `incidents` for that mean; needed where an incident counts in several categories.
        events: `date`, `label`; those within the plotted time are marked.
    """
    if "category" not in frame.columns:
        frame = frame.with_columns(category=pl.lit("incidents"))
        labels, colours = {"incidents": "Incidents"}, {"incidents": BLUE}
    rows, categories = style.categorise(frame, labels or {}, colours or {})
    limited = rows.group_by("period_start", "category").agg(pl.col("incidents").sum())
    draw = _bar if stacked else _line
    traces = []
    for index, category in enumerate(categories):
        drawn = complete(limited.filter(pl.col("category") == category.value), period, within=frame)
        traces.append(draw(drawn, period, category, index))
    series = [(_SQUARE if stacked else _dash(i)[1], c.label, c.colour) for i, c in enumerate(categories)]
    each = complete(rows.group_by("period_start").agg(pl.col("incidents").sum()), period)
    highest = _highest(each["incidents"] if stacked else limited["incidents"])
    if rolling:
        whole = each if totals is None else complete(totals, period, within=frame)
        name = f"Mean of {counted(rolling, period)}"
        mean = whole["incidents"].rolling_mean(rolling)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": whole["period_start"],
                "y": mean,
                "line": {"color": style.TEXT, "width": 2, "dash": "dot"},
                "hovertemplate": f"{name}: %{{y:.1f}}<extra></extra>",
            }
        )
        series.append((_DOTTED, name, style.TEXT))
        highest = max(highest, _highest(mean))
    lines, names = event_marks(events, frame, period)
    return style.figure(
        traces,
        caption,
        PLOT_PX,
        left_px=style.axis_width_px(highest),
        ticks_px=_TICKS_PX,
        series=series if len(series) > 1 else (),
        notes=names,
        shapes=lines,
        barmode="stack",
        hovermode="x unified",
        xaxis=time_axis(frame, period),
        yaxis=style.count_axis(highest),
    )


def casualty_band(
    frame: pl.DataFrame,
    period: Period,
    caption: Caption,
    harm: Harm = Harm.KILLED,
    *,
    cumulative: bool = False,
    events: pl.DataFrame | None = None,
) -> go.Figure:
    """Civilians reported killed or injured by period: a stepped band from lowest to highest estimate.

    A line of best estimates runs only where there are any. Incidents whose number is unknown are not in the band; they
    are counted in a panel below it.

    Args:
        frame: at least one row of `period_start` (date), and `civilians_killed_low`, `_best`, `_high` (null where no
            incident of the period states a number) and `_unknown` (incidents whose number is unknown); for injured
            likewise.
        cumulative: running totals instead.
    """
    band = band_of(frame, period, harm, cumulative=cumulative)
    colour = harm.colour
    traces = [*band_traces(band, colour), band_hover(band, period, cumulative)]
    unknown, highest = _highest(band["unknown"]), _highest(band["high"])
    series = [(_SQUARE, "lowest to highest estimate", colour)]
    if band["best"].is_not_null().any():
        series.append((_DASHED, "best estimate", style.TEXT))
    across, axis = time_axis(frame, period), style.count_axis(highest)
    lines, notes = event_marks(events, frame, period)
    if unknown:
        traces.append(_panel_bars(band, period))
        across["anchor"] = "y2"
        axis["domain"] = [UNKNOWN_PANEL + 0.14, 1]
        text = f"Not in the band: incidents with an unknown number {harm.value}"
        notes.append(style.note(text, 11, y=UNKNOWN_PANEL, yanchor="bottom"))
    return style.figure(
        traces,
        caption,
        PLOT_PX + (70 if unknown else 0),
        left_px=style.axis_width_px(highest),
        ticks_px=_TICKS_PX,
        series=series,
        notes=notes,
        shapes=lines,
        hovermode="x",
        xaxis=across,
        yaxis=axis,
        yaxis2=style.count_axis(unknown, domain=[0, UNKNOWN_PANEL], nticks=3) if unknown else None,
    )


def band_of(
    frame: pl.DataFrame, period: Period, harm: Harm, *, cumulative: bool, within: pl.DataFrame | None = None
) -> pl.DataFrame:
    """`period_start`, `period_end`, `middle`, `low`, `best`, `high`, `unknown`: one row for each period.

    Args:
        frame: as in `casualty_band`.
        within: rows whose first and last period the band covers; the frame's own when None.
    """
    band = complete(_plain_names(frame, harm), period, within)
    if cumulative:
        # A period in which no number is known adds nothing to what is known so far; it adds to the unknown.
        band = band.with_columns(
            pl.col("low", "high", "unknown").fill_null(0).cum_sum(),
            best=pl.when(pl.col("best").is_not_null().all()).then(pl.col("best").cum_sum()),
        )
    ends = band["period_start"].dt.offset_by(STEP[period])
    return band.with_columns(period_end=ends, middle=_middle(band["period_start"], ends))


def _plain_names(frame: pl.DataFrame, harm: Harm) -> pl.DataFrame:
    prefix = f"civilians_{harm.value}_"
    return frame.select("period_start", *(pl.col(f"{prefix}{p}").alias(p) for p in ("low", "best", "high", "unknown")))


def _bar(rows: pl.DataFrame, period: Period, category: Category, index: int) -> dict[str, Any]:
    edge = {"color": style.BACKGROUND, "width": 0.5 if rows.height < 120 else 0}
    return {
        "type": "bar",
        "name": category.label,
        "x": rows["period_start"],
        "y": rows["incidents"],
        "offset": 0,
        "width": widths(rows, period),
        "marker": {"color": category.colour, "line": edge},
        "hovertemplate": f"{category.label}: %{{y:,d}}<extra></extra>",
    }


def _line(rows: pl.DataFrame, period: Period, category: Category, index: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines" if rows.height > 1 else "markers",
        "name": category.label,
        "x": rows["period_start"],
        "y": rows["incidents"],
        "line": {"color": category.colour, "width": 2, "dash": _dash(index)[0]},
        "hovertemplate": f"{category.label}: %{{y:,d}}<extra></extra>",
    }


def _panel_bars(band: pl.DataFrame, period: Period) -> dict[str, Any]:
    """Incidents whose number is unknown, in the panel below the band."""
    return {
        "type": "bar",
        "name": "unknown",
        "x": band["period_start"],
        "y": band["unknown"],
        "yaxis": "y2",
        "offset": 0,
        "width": widths(band, period),
        "marker": {"color": GREY},
        "hoverinfo": "skip",
    }


def _dash(index: int) -> tuple[str, str]:
    return _DASHES[index % len(_DASHES)]


def _middle(starts: pl.Series, ends: pl.Series) -> pl.Series:
    return starts.cast(pl.Datetime("ms")) + (ends - starts) / 2


def band_traces(band: pl.DataFrame, colour: str) -> list[dict[str, Any]]:
    """The filled steps, their two edges, and the best estimates. A gap stands where no number is known."""
    known = band.with_columns(_run=pl.col("low").is_null().rle_id()).filter(pl.col("low").is_not_null())
    fill_x: list[date | None] = []
    edge_x: list[date | None] = []
    fill_y: list[int | None] = []
    low: list[int | None] = []
    high: list[int | None] = []
    best: list[int | None] = []
    for run in known.partition_by("_run", maintain_order=True):
        x = [edge for pair in run.select("period_start", "period_end").iter_rows() for edge in pair]
        lows, highs, bests = ([v for v in run[c] for _ in range(2)] for c in ("low", "high", "best"))
        fill_x += [*x, *x[::-1], None]
        fill_y += [*highs, *lows[::-1], None]
        edge_x += [*x, None]
        low, high, best = [*low, *lows, None], [*high, *highs, None], [*best, *bests, None]
    quiet = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    edge = {"color": colour, "width": 1.5}
    filled = {"fill": "toself", "fillcolor": colour, "opacity": style.BAND_OPACITY, "line": {"width": 0}}
    traces = [
        quiet | filled | {"x": fill_x, "y": fill_y},
        quiet | {"x": edge_x, "y": low, "line": edge, "name": "low"},
        quiet | {"x": edge_x, "y": high, "line": edge, "name": "high"},
    ]
    if any(value is not None for value in best):
        dashed = {"color": style.TEXT, "width": 2, "dash": "dash"}
        traces.append(quiet | {"x": edge_x, "y": best, "line": dashed, "name": "best"})
    return traces


def band_hover(band: pl.DataFrame, period: Period, cumulative: bool) -> dict[str, Any]:
    """One invisible point a period that carries the hover text."""
    texts = []
    for start, low, best, high, unknown in band.select("period_start", "low", "best", "high", "unknown").iter_rows():
        name = period_name(start, period)
        head = f"up to {name}" if cumulative else name
        more = f"<br>number unknown in {counted(unknown, 'incident')}" if unknown else ""
        texts.append(f"<b>{head[0].upper()}{head[1:]}</b><br>{casualty_range(low, best, high)}{more}")
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "estimates",
        "x": band["middle"],
        "y": band["high"].fill_null(0),
        "marker": {"opacity": 0, "size": 12},
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _highest(values: pl.Series) -> float:
    """The largest value, 0 where all are null."""
    return max((float(value) for value in values.drop_nulls()), default=0.0)
