"""How long incidents stay in a stage, drawn for a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pages.charts.formatting import number
from pages.documents.drawing import DETAIL_PT, GRID, INK, SOFT, bare, draw, key
from warehouse.vocabulary import Stage

_DASHES = ("-", "--", ":", "-.")
"""A second cue beside the colour of a curve."""


@dataclass(frozen=True)
class StageCurve:
    """How long stays in one stage last.

    Attributes:
        points: the answer of `warehouse.survival.curve`.
        longest_days: the longest stay seen, ended or not.
        at_risk: stays seen going on just before each tick.
    """

    stage: Stage
    points: pl.DataFrame
    longest_days: int
    at_risk: Sequence[int]


def waits(curves: Sequence[StageCurve], ticks: Sequence[int], norm_days: int, *, synthetic: bool) -> str:
    """Kaplan-Meier curves with their 95 % bands, the norm, and the numbers at risk below.

    Args:
        curves: at least one.
        ticks: days at which the axis has a tick and the numbers at risk are given.
    """
    right = max(norm_days, *(curve.longest_days for curve in curves)) * 1.03
    below_mm = 9 + 3.3 * len(curves)
    height = 44 + below_mm

    def paint(figure: Figure) -> None:
        axes = bare(figure.add_axes((0.12, below_mm / height, 0.86, 33 / height)))
        axes.set_xlim(0, right)
        axes.set_ylim(0, 1.02)
        axes.grid(axis="y", color=GRID, linewidth=0.5)
        axes.set_xticks(ticks)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
        axes.axvline(norm_days, color=INK, linewidth=0.8, linestyle=":")
        axes.text(norm_days + right * 0.01, 1, f"norm: {norm_days} days", fontsize=DETAIL_PT, va="top")
        axes.text(right, 0.02, "days in the stage", fontsize=DETAIL_PT, ha="right", va="bottom", color=SOFT)
        lines = []
        for curve, dash in zip(curves, _DASHES, strict=False):
            points, colour = curve.points, curve.stage.colour
            days, share = [0, *points["days"]], [1.0, *points["share"]]
            band = points.drop_nulls(["low", "high"])
            if band.height:
                ends = [
                    *band["days"],
                    min(points.filter(pl.col("low").is_null())["days"].to_list() or [curve.longest_days]),
                ]
                low, high = ([*band[name], band[name][-1]] for name in ("low", "high"))
                axes.fill_between(ends, low, high, step="post", color=colour, alpha=0.2, linewidth=0)
                for edge in (low, high):
                    axes.step(ends, edge, where="post", color=colour, linewidth=0.35)
            (line,) = axes.step(
                [*days, max(curve.longest_days, days[-1])], [*share, share[-1]], where="post", color=colour,
                linewidth=1.2, linestyle=dash,
            )  # fmt: skip
            lines.append((line, curve.stage.label))
        key(figure, lines, columns=2)
        row = 1 / height
        figure.text(0, (below_mm - 7.2) * row, "Stays seen to last at least so long:", fontsize=DETAIL_PT, va="center")
        for place, (curve, (line, _)) in enumerate(zip(curves, lines, strict=True)):
            up = (below_mm - 10.4 - 3.3 * place) * row
            figure.add_artist(
                Line2D([0, 0.05], [up, up], color=line.get_color(), linestyle=line.get_linestyle(), linewidth=1.2)
            )
            for day, n in zip(ticks, curve.at_risk, strict=True):
                across = 0.12 + 0.86 * day / right
                figure.text(across, up, number(n), fontsize=DETAIL_PT, ha="center", va="center")

    return draw(paint, height, synthetic=synthetic)
