"""The figures of a document: frame in, SVG out, in the colours of the app and with a second cue for print."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import polars as pl
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from pages.charts.formatting import counted, number, share
from pages.charts.periods import complete
from pages.charts.style import SEQUENTIAL
from pages.documents.drawing import DETAIL_PT, HATCHES, INK, SOFT, TRACK, bare, count_axis, draw, key
from warehouse.vocabulary import BLUE, GREY, Stage

_ROW_MM = 11.5
_MOST_TICKS = 6


def funnel(frame: pl.DataFrame, *, synthetic: bool) -> str:
    """A bar for each stage that incidents reached or passed, also for a stage that none has; who skipped it is paler.

    Args:
        frame: rows of `warehouse.funnel.funnel` of one category: stage, reached, skipped, stepped_back, median_days,
            timed.
    """
    rows = frame.select("stage", "reached", "skipped", "stepped_back", "median_days", "timed").rows()
    everything = max(rows[0][1], 1)

    def paint(figure: Figure) -> None:
        axes = bare(figure.add_axes((0.005, 0.01, 0.99, 0.98)))
        axes.set_axis_off()
        axes.set_xlim(0, everything)
        axes.set_ylim(len(rows), 0)
        for at, (value, reached, skipped, back, median, timed) in enumerate(rows):
            stage = next(stage for stage in Stage if stage.value == value)
            axes.barh(at + 0.74, everything, 0.3, color=TRACK)
            axes.barh(at + 0.74, reached - skipped, 0.3, color=stage.colour, edgecolor=INK, linewidth=0.4)
            axes.barh(
                at + 0.74, skipped, 0.3, left=reached - skipped, color=_pale(stage.colour), hatch="/////",
                edgecolor=INK, linewidth=0.4,
            )  # fmt: skip
            axes.text(0, at + 0.16, stage.label, fontweight=700, va="center")
            axes.text(everything, at + 0.16, counted(reached, "incident"), va="center", ha="right")
            before = rows[at - 1][1] if at > 1 else 0
            detail = _funnel_detail(reached, everything, before, median, timed) if at else ""
            odd = [f"{number(n)} {what}" for n, what in ((skipped, "skipped it"), (back, "went back")) if n]
            text = "; ".join(part for part in (detail, *odd) if part)
            axes.text(0, at + 0.42, text, fontsize=DETAIL_PT, color=SOFT, va="center")

    return draw(paint, len(rows) * _ROW_MM, synthetic=synthetic)


def ages(frame: pl.DataFrame, bands: Sequence[str], *, synthetic: bool) -> str:
    """Incidents that wait in each stage, by how long they have.

    Args:
        frame: the answer to `queries.backlog`: stage, age_band, incidents; at least one row.
        bands: all age bands, the shortest first; at most five.
    """
    count = {(stage, band): n for stage, band, n in frame.select("stage", "age_band", "incidents").iter_rows()}
    stages = [stage for stage in Stage if stage.value in set(frame["stage"])]
    totals = [sum(count.get((stage.value, band), 0) for band in bands) for stage in stages]
    height = len(stages) * 9.5 + 9

    def paint(figure: Figure) -> None:
        axes = bare(figure.add_axes((0.005, 0.01, 0.99, 1 - 9.5 / height)))
        axes.set_axis_off()
        axes.set_xlim(0, max(totals))
        axes.set_ylim(len(stages), 0)
        for at, (stage, total) in enumerate(zip(stages, totals, strict=True)):
            axes.text(0, at + 0.22, stage.label, fontweight=700, va="center")
            axes.text(max(totals), at + 0.22, counted(total, "incident"), va="center", ha="right")
            left = 0
            for band, colour in zip(bands, SEQUENTIAL, strict=False):
                n = count.get((stage.value, band), 0)
                axes.barh(at + 0.7, n, 0.5, left=left, color=colour, edgecolor="#FFFFFF", linewidth=0.5)
                if n > max(totals) * 0.05:
                    ink = "#FFFFFF" if SEQUENTIAL.index(colour) > 1 else INK
                    axes.text(left + n / 2, at + 0.71, number(n), color=ink, ha="center", va="center")
                left += n
        key(figure, [(Patch(color=c), b) for b, c in zip(bands, SEQUENTIAL, strict=False)], columns=3)

    return draw(paint, height, synthetic=synthetic)


def backlog(frame: pl.DataFrame, as_of: date, *, synthetic: bool) -> str:
    """Incidents in each open stage at the end of each month, and on the last day.

    Args:
        frame: day (the last of each month, then `as_of`), stage, incidents; only open stages.
    """
    days = frame["day"].unique().sort().to_list()
    count = {(day, stage): n for day, stage, n in frame.select("day", "stage", "incidents").iter_rows()}
    stages = [stage for stage in Stage if stage.value in set(frame["stage"])]
    totals = [sum(count.get((day, stage.value), 0) for stage in stages) for day in days]

    def paint(figure: Figure) -> None:
        axes = bare(figure.add_axes((0.075, 0.11, 0.915, 0.68)))
        below = [0] * len(days)
        for hatch, stage in zip(HATCHES, stages, strict=False):
            heights = [count.get((day, stage.value), 0) for day in days]
            axes.bar(
                range(len(days)), heights, 0.86, bottom=below, color=stage.colour, hatch=hatch,
                edgecolor="#FFFFFF", linewidth=0.3, label=stage.label,
            )  # fmt: skip
            below = [a + b for a, b in zip(below, heights, strict=True)]
        count_axis(axes, max(totals) * 1.04)
        axes.text(len(days) - 1, totals[-1], number(totals[-1]), ha="center", va="bottom", fontweight=700)
        axes.set_xlim(-0.6, len(days) - 0.4)
        _ticks(axes, [f"{d.day} {d:%b}\n{d:%Y}" if d == as_of else f"{d:%b}\n{d:%Y}" for d in days])
        handles, labels = axes.get_legend_handles_labels()
        key(figure, list(zip(handles, labels, strict=True)), columns=1 if len(stages) < 3 else 2)

    return draw(paint, 56, synthetic=synthetic)


def killed(frame: pl.DataFrame, *, by_year: bool, synthetic: bool) -> str:
    """Civilians reported killed by month or year, lowest to highest estimate, and the incidents of unknown number.

    Args:
        frame: the answer to `queries.over_time` without the row that has no period: period_start,
            civilians_killed_low, _high, _unknown; at least one row.
    """
    rows = frame.sort("period_start").select("period_start", *_KILLED)
    rows = _every_year(rows) if by_year else complete(rows, "month")
    days, low, high, unknown = (rows[name].to_list() for name in ("period_start", *_KILLED))
    at = range(len(days))

    def paint(figure: Figure) -> None:
        axes = bare(figure.add_axes((0.09, 0.34, 0.9, 0.55)))
        known = [i for i in at if low[i] is not None]
        heights = [high[i] - low[i] for i in known]
        axes.bar(known, [low[i] for i in known], 0.86, color=BLUE, label="lowest estimate")
        axes.bar(
            known, heights, 0.86, bottom=[low[i] for i in known], color="#FFFFFF", edgecolor=BLUE, hatch="/////",
            linewidth=0.7, label="up to the highest estimate",
        )  # fmt: skip
        for i in (i for i in at if low[i] is None):
            axes.text(i, 0, "?", ha="center", va="bottom", color=SOFT)
        count_axis(axes, max((high[i] for i in known), default=0))
        axes.set_xlim(-0.6, len(days) - 0.4)
        axes.set_xticks([])
        handles, labels = axes.get_legend_handles_labels()
        key(figure, list(zip(handles, labels, strict=True)), columns=2)
        lower = bare(figure.add_axes((0.09, 0.115, 0.9, 0.12)))
        lower.bar(at, unknown, 0.86, color=GREY)
        count_axis(lower, max(unknown))
        lower.set_yticks([0, max(*unknown, 1)])
        lower.set_xlim(-0.6, len(days) - 0.4)
        lower.set_title("Incidents whose number is unknown (in no bar above)", loc="left", fontsize=DETAIL_PT, pad=2)
        _ticks(lower, [f"{d:%Y}" if by_year else f"{d:%b}\n{d:%Y}" for d in days])

    return draw(paint, 62, synthetic=synthetic)


_KILLED = tuple(f"civilians_killed_{part}" for part in ("low", "high", "unknown"))


def _pale(colour: str) -> tuple[float, float, float]:
    red, green, blue = (1 - (1 - part) * 0.35 for part in to_rgb(colour))
    return red, green, blue


def _funnel_detail(reached: int, everything: int, before: int, median: float | None, timed: int) -> str:
    if not reached:
        return "Not yet reached by any incident."
    parts = [f"{share(reached, everything)} of all"]
    if before:
        parts.append(f"{share(reached, before)} of the stage before")
    if median is not None:
        days = "1 day" if median == 1 else f"{number(median)} days"
        covers = "" if timed == everything else f" ({number(timed)} timed)"
        parts.append(f"median {days} from receipt{covers}")
    return "; ".join(parts)


def _every_year(frame: pl.DataFrame) -> pl.DataFrame:
    """One row for each year from the first to the last; counts of years without incidents are 0."""
    first, last = (frame["period_start"][at].year for at in (0, -1))
    every = pl.DataFrame({"period_start": [date(year, 1, 1) for year in range(first, last + 1)]})
    absent = every.join(frame, on="period_start", how="anti")
    zeros = absent.with_columns(pl.lit(0, pl.Int64).alias(name) for name in _KILLED)
    return pl.concat([frame, zeros]).sort("period_start")


def _ticks(axes: Axes, labels: Sequence[str]) -> None:
    """A label below every bar, or below so many that they stay apart; the last one always."""
    step = math.ceil(len(labels) / _MOST_TICKS)
    shown = list(range(len(labels) - 1, -1, -step))[::-1]
    axes.set_xticks(shown, [labels[at] for at in shown])
