"""What every figure of a document shares: size, fonts, axes, and SVG that is the same for the same input.

Figures are drawn for half a page and read at their size on a phone. Title, source and coverage stand beside them as
text, so a figure holds only what is drawn. Text is drawn as outlines: no reader needs the fonts.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, fontManager
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pages.documents.typeset import FONTS

WIDTH_MM = 86.0
TEXT_PT, DETAIL_PT = 7.0, 6.2
INK, SOFT, GRID, TRACK = "#111111", "#595959", "#D9D9D9", "#EDEDED"
HATCHES = ("", "////", "....", "xxxx", "----")
"""A second cue beside the colour, for print without colour."""
MM_PER_INCH = 25.4
_FAMILY = "Civharm Noto Sans"
"""A name of our own, so that a Noto Sans of the machine is never taken for it."""
_LOCK = threading.Lock()
"""Matplotlib's settings are one set for the whole process."""

Painter = Callable[[Figure], None]


def draw(paint: Painter, height_mm: float, *, synthetic: bool) -> str:
    """The figure that `paint` draws, as SVG; the same for the same input. SYNTHETIC DATA stands across where it is."""
    settings = {
        "font.family": _family(),
        "font.size": TEXT_PT,
        "text.color": INK,
        "hatch.linewidth": 0.35,
        "svg.fonttype": "path",
        "svg.hashsalt": "civharm",
        "path.simplify": False,
    }
    target = io.StringIO()
    with _LOCK, mpl.rc_context(settings):
        figure = Figure(figsize=(WIDTH_MM / MM_PER_INCH, height_mm / MM_PER_INCH), facecolor="none")
        paint(figure)
        if synthetic:
            figure.text(
                0.5, 0.45, "SYNTHETIC DATA", rotation=15, fontsize=20, fontweight=700, color=INK, alpha=0.1,
                ha="center", va="center",
            )  # fmt: skip
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    return target.getvalue()


def bare(axes: Axes) -> Axes:
    """The axes without frame and ticks."""
    axes.set_frame_on(False)
    axes.tick_params(length=0, labelsize=DETAIL_PT, labelcolor=INK, pad=1.5)
    axes.set_axisbelow(True)
    return axes


def count_axis(axes: Axes, highest: float) -> None:
    """A vertical axis with a grid of whole numbers from 0, thousands with a comma."""
    axes.set_ylim(0, max(highest, 1) * 1.06)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y", color=GRID, linewidth=0.5)


def key(figure: Figure, entries: list[tuple[Any, str]], *, columns: int, top: float = 1.0) -> None:
    """The legend above the plot, from the left."""
    figure.legend(
        [handle for handle, _ in entries],
        [label for _, label in entries],
        loc="upper left",
        bbox_to_anchor=(0, top),
        ncols=columns,
        fontsize=DETAIL_PT,
        frameon=False,
        borderpad=0.1,
        borderaxespad=0,
        handlelength=1.4,
        handleheight=0.9,
        handletextpad=0.5,
        columnspacing=1.2,
        labelspacing=0.35,
    )


@cache
def _family() -> list[str]:
    """Registers the fonts of the documents and returns their families, Latin first."""
    families = []
    for script in ("", "-arabic", "-hebrew"):
        name = f"{_FAMILY}{script}"
        for weight in (400, 700):
            path = FONTS / f"noto-sans{script}-{weight}.ttf"
            fontManager.ttflist.append(FontEntry(fname=str(path), name=name, weight=weight))
        families.append(name)
    return families
