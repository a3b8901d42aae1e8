"""Incidents and civilians reported harmed over time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.formatting import Period, casualty_range, counted, period_name
from pages.charts.style import Caption, Category
from warehouse.vocabulary import BLUE, GREY, Harm

PLOT_PX = 260
UNKNOWN_PANEL = 0.16
"""Part of the plot's height that the counts of unknown numbers take, below the band."""

_STEP: dict[Period, str] = {"day": "1d", "week": "1w", "month": "1mo"}
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
_MS = 86_400_000
_HOVER_DATE: dict[Period, str] = {"day": "%-d %b %Y", "week": "week of %-d %b %Y", "month": "%b %Y"}


def incidents_bars(
    frame: pl.DataFrame,
    period: Period,
    caption: Caption,
    labels: Mapping[str, str] | None = None,
    colours: Mapping[str, str] | None = None,
    *,
    stacked: bool = True,
    rolling: int | None = None,
    events: pl.DataFrame | None = None,
) -> go.Figure:
    """Incidents by period: stacked bars, or one line for each category.

    Args:
        frame: at least one row of `period_start` (date), `incidents`, and optionally `category` (null is unknown).
        labels, colours: of the categories; at most seven are drawn, the rest as other, unknown ones grey and last.
        rolling: also draw the mean of all incidents over this many periods up to each.
        events: `date`, `label`; those within the plotted time are marked.
    """
    if "category" not in frame.columns:
        frame = frame.with_columns(category=pl.lit("incidents"))
        labels, colours = {"incidents": "Incidents"}, {"incidents": BLUE}
    rows, categories = style.categorise(frame, labels or {}, colours or {})
    limited = rows.group_by("period_start", "category").agg(pl.col("incidents").sum())
    figure = go.Figure()
    draw = _bar if stacked else _line
    for index, category in enumerate(categories):
        drawn = complete(limited.filter(pl.col("category") == category.value), period, within=frame)
        figure.add_trace(draw(drawn, period, category, index))
    totals = complete(frame.group_by("period_start").agg(pl.col("incidents").sum()), period)
    series = [(_SQUARE if stacked else _dash(i)[1], c.label, c.colour) for i, c in enumerate(categories)]
    if rolling:
        name = f"Mean of {counted(rolling, period)}"
        mean = totals["incidents"].rolling_mean(rolling)
        figure.add_trace(
            go.Scatter(
                x=totals["period_start"], y=mean, name=name, mode="lines",
                line={"color": style.TEXT, "width": 2, "dash": "dot"},
                hovertemplate=f"{name}: %{{y:.1f}}<extra></extra>",
            )
        )  # fmt: skip
        series.append((_DOTTED, name, style.TEXT))
    highest = _highest(totals["incidents"] if stacked else limited["incidents"])
    _mark_events(figure, events, frame, period)
    return style.finish(
        figure,
        caption,
        PLOT_PX,
        left_px=style.axis_width_px(highest),
        ticks_px=_TICKS_PX,
        series=series if len(series) > 1 else (),
        barmode="stack",
        hovermode="x unified",
        xaxis=_time_axis(frame, period),
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
    band = complete(_plain_names(frame, harm), period)
    if cumulative:
        # A period in which no number is known adds nothing to what is known so far; it adds to the unknown.
        band = band.with_columns(
            pl.col("low", "high", "unknown").fill_null(0).cum_sum(),
            best=pl.when(pl.col("best").is_not_null().all()).then(pl.col("best").cum_sum()),
        )
    ends = band["period_start"].dt.offset_by(_STEP[period])
    band = band.with_columns(period_end=ends, middle=_middle(band["period_start"], ends))
    colour = harm.colour
    figure = go.Figure([*_band_traces(band, colour), _hover(band, period, cumulative)])
    unknown = _highest(band["unknown"])
    highest = _highest(band["high"])
    series = [(_SQUARE, "lowest to highest estimate", colour)]
    if band["best"].is_not_null().any():
        series.append((_DASHED, "best estimate", style.TEXT))
    axes: dict[str, Any] = {"yaxis": style.count_axis(highest)}
    if unknown:
        figure.add_trace(
            go.Bar(
                x=band["period_start"], y=band["unknown"], yaxis="y2", offset=0, width=_widths(band, period),
                marker={"color": GREY}, hoverinfo="skip", name="unknown",
            )
        )  # fmt: skip
        axes["yaxis"] |= {"domain": [UNKNOWN_PANEL + 0.14, 1]}
        axes["yaxis2"] = style.count_axis(unknown, domain=[0, UNKNOWN_PANEL], nticks=3)
        figure.add_annotation(
            text=f"Not in the band: incidents with an unknown number {harm.value}", x=0, y=UNKNOWN_PANEL, xref="paper",
            yref="paper", yanchor="bottom", xanchor="left", showarrow=False, font={"size": 11, "color": style.TEXT},
        )  # fmt: skip
    _mark_events(figure, events, frame, period)
    return style.finish(
        figure,
        caption,
        PLOT_PX + (70 if unknown else 0),
        left_px=style.axis_width_px(highest),
        ticks_px=_TICKS_PX,
        series=series,
        hovermode="x",
        xaxis=_time_axis(frame, period) | ({"anchor": "y2"} if unknown else {}),
        yaxis=axes["yaxis"],
        yaxis2=axes.get("yaxis2"),
    )


def complete(frame: pl.DataFrame, period: Period, within: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row for each period from the first to the last; counts of periods without incidents are 0.

    A null in a row that is there stays null: the number is unknown. `best` is 0 in a new row only if the frame has
    best estimates at all.
    """
    extent = frame if within is None else within
    first, last = _extent(extent)
    every = pl.select(period_start=pl.date_range(first, last, _STEP[period]))
    joined = every.join(frame.with_columns(_there=True), on="period_start", how="left")
    counts = [c for c in frame.columns if frame.schema[c].is_numeric() and (c != "best" or frame["best"].count() > 0)]
    filled = [pl.when(pl.col("_there").is_null()).then(0).otherwise(pl.col(c)).alias(c) for c in counts]
    return joined.with_columns(filled).drop("_there").sort("period_start")


def _plain_names(frame: pl.DataFrame, harm: Harm) -> pl.DataFrame:
    prefix = f"civilians_{harm.value}_"
    return frame.select("period_start", *(pl.col(f"{prefix}{p}").alias(p) for p in ("low", "best", "high", "unknown")))


def _bar(rows: pl.DataFrame, period: Period, category: Category, index: int) -> go.Bar:
    return go.Bar(
        x=rows["period_start"], y=rows["incidents"], name=category.label, offset=0, width=_widths(rows, period),
        marker={"color": category.colour,
                "line": {"color": style.BACKGROUND, "width": 0.5 if rows.height < 120 else 0}},
        hovertemplate=f"{category.label}: %{{y:,d}}<extra></extra>",
    )  # fmt: skip


def _line(rows: pl.DataFrame, period: Period, category: Category, index: int) -> go.Scatter:
    return go.Scatter(
        x=rows["period_start"], y=rows["incidents"], name=category.label,
        mode="lines" if rows.height > 1 else "markers",
        line={"color": category.colour, "width": 2, "dash": _dash(index)[0]},
        hovertemplate=f"{category.label}: %{{y:,d}}<extra></extra>",
    )  # fmt: skip


def _dash(index: int) -> tuple[str, str]:
    return _DASHES[index % len(_DASHES)]


def _widths(rows: pl.DataFrame, period: Period) -> list[float]:
    """Width of each period's bar in milliseconds, with a gap of a twelfth."""
    starts = rows["period_start"]
    return ((starts.dt.offset_by(_STEP[period]) - starts).dt.total_days() * _MS * 11 / 12).to_list()


def _middle(starts: pl.Series, ends: pl.Series) -> pl.Series:
    return starts.cast(pl.Datetime("ms")) + (ends - starts) / 2


def _band_traces(band: pl.DataFrame, colour: str) -> list[go.Scatter]:
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
    quiet = {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
    edge = {"color": colour, "width": 1.5}
    traces = [
        go.Scatter(
            x=fill_x, y=fill_y, fill="toself", fillcolor=colour, opacity=style.BAND_OPACITY, line={"width": 0}, **quiet
        ),
        go.Scatter(x=edge_x, y=low, line=edge, name="low", **quiet),
        go.Scatter(x=edge_x, y=high, line=edge, name="high", **quiet),
    ]
    if any(value is not None for value in best):
        dashed = {"color": style.TEXT, "width": 2, "dash": "dash"}
        traces.append(go.Scatter(x=edge_x, y=best, line=dashed, name="best", **quiet))
    return traces


def _hover(band: pl.DataFrame, period: Period, cumulative: bool) -> go.Scatter:
    """One invisible point a period that carries the hover text."""
    texts = []
    for start, low, best, high, unknown in band.select("period_start", "low", "best", "high", "unknown").iter_rows():
        name = period_name(start, period)
        head = f"up to {name}" if cumulative else name
        more = f"<br>number unknown in {counted(unknown, 'incident')}" if unknown else ""
        texts.append(f"<b>{head[0].upper()}{head[1:]}</b><br>{casualty_range(low, best, high)}{more}")
    return go.Scatter(
        x=band["middle"], y=band["high"].fill_null(0), mode="markers", marker={"opacity": 0, "size": 12},
        text=texts, hovertemplate="%{text}<extra></extra>", name="estimates", showlegend=False,
    )  # fmt: skip


def _time_axis(frame: pl.DataFrame, period: Period) -> dict[str, object]:
    """From the first period's start to the last one's end."""
    first, last = _extent(frame)
    end = _end(last, period)
    ticks = "%-d %b<br>%Y" if last - first < timedelta(days=120) else "%b<br>%Y"
    # Zooming in time is left on: it is how a box selection sets the dates.
    return style.axis(
        type="date",
        range=[first, end],
        tickformat=ticks,
        hoverformat=_HOVER_DATE[period],
        showgrid=False,
        fixedrange=False,
    )


def _extent(frame: pl.DataFrame) -> tuple[date, date]:
    """Start of the first and of the last period."""
    starts: list[date] = frame["period_start"].to_list()
    return min(starts), max(starts)


def _end(start: date, period: Period) -> date:
    """The day after the period's last."""
    after: date = pl.Series([start]).dt.offset_by(_STEP[period])[0]
    return after


def _highest(values: pl.Series) -> float:
    """The largest value, 0 where all are null."""
    return max((float(value) for value in values.drop_nulls()), default=0.0)


def _mark_events(figure: go.Figure, events: pl.DataFrame | None, frame: pl.DataFrame, period: Period) -> None:
    """A dotted line with its label for each event within the plotted time."""
    if events is None:
        return
    first, last = _extent(frame)
    within = events.filter(pl.col("date").is_between(first, _end(last, period), closed="left"))
    for when, label in within.select("date", "label").iter_rows():
        figure.add_shape(
            type="line",
            x0=when,
            x1=when,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": style.TEXT, "width": 1, "dash": "dot"},
        )
        figure.add_annotation(
            text=style.wrap(label, 11), x=when, y=1, yref="paper", textangle=-90, xanchor="right", yanchor="top",
            showarrow=False, font={"size": 11, "color": style.TEXT},
        )  # fmt: skip
