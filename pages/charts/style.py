"""What every plotly figure shares: title, subtitle, footer, watermark, axes, colours.

Sizes are chosen for a phone: plotly does not wrap text, so texts are wrapped here to fit 350 pixels, and nothing stands
beside the plot that could squeeze it. Texts from data are escaped, because plotly reads a subset of HTML.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts.formatting import counted, day, number
from warehouse.vocabulary import BLUE, GREEN, GREY, OLIVE, ORANGE, PURPLE, SKY, VERMILION

TEXT = "#000037"
"""Streamlit puts its theme's strong text colour here, light or dark; elsewhere it is nearly black."""
BACKGROUND = "#000038"
"""Streamlit puts its theme's background colour here."""
GRID = "rgba(128,128,128,0.28)"
TRACK = "rgba(128,128,128,0.16)"
BAND_OPACITY = 0.22

OTHER = "other categories"
OTHER_COLOUR = "#A08C7D"
MOST_CATEGORIES = 7
_PALETTE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, OLIVE)
VALIDATES = False
"""Whether plotly looks up every property of a figure: two thirds of the time of making one. Unit tests have it done."""

_WIDTH_PX = 350
_TITLE_PX, _SUBTITLE_PX, _FOOTER_PX = 16, 13, 11
_LINE = 1.3
"""Height of a line of text over its font size, as plotly sets lines."""
_CHARACTER, _BOLD_CHARACTER, _FOOTER_CHARACTER = 0.48, 0.53, 0.5
"""Width of a character over its font size in Noto Sans, on average; a footer has more digits and capitals."""

SEQUENTIAL = ("#9CC6E4", "#5FA3D0", "#2C7FB8", "#12598F", "#08305C")
"""One hue, light to dark; each differs from white and from a dark page by its outline."""


@dataclass(frozen=True)
class Caption:
    """What stands around a figure.

    Attributes:
        title: what is counted, where, when.
        subtitle: unit and qualifiers.
        source: publishers of the data.
        as_of: day of knowledge.
        build_id: the build that was asked.
        shown, total: incidents in the figure, and incidents that match without the figure's own conditions.
        synthetic: puts SYNTHETIC DATA across the plot.
    """

    title: str
    subtitle: str
    source: str
    as_of: date | None
    build_id: str
    shown: int
    total: int
    synthetic: bool

    @property
    def footer(self) -> str:
        """Source, day of knowledge, build and coverage in one line; SYNTHETIC DATA first where it is."""
        known = f" As of {day(self.as_of)}." if self.as_of else ""
        coverage = f"{number(self.shown)} of {counted(self.total, 'incident')}"
        mark = "SYNTHETIC DATA. " if self.synthetic else ""
        return f"{mark}Source: {self.source.rstrip('.')}.{known} Build {self.build_id}. {coverage}."


@dataclass(frozen=True)
class Category:
    """One series of a figure: `value` is what the frame's `category` column holds, `label` is escaped."""

    value: str
    label: str
    colour: str


def labelled(label: str, value: str, font_px: int) -> str:
    """Escaped label in bold with its value behind it, or below it where a phone has no room for both."""
    width = (len(label) * _BOLD_CHARACTER + (len(value) + 2) * _CHARACTER) * font_px
    bold, plain = f"<b>{html.escape(label, quote=False)}</b>", html.escape(value, quote=False)
    return bold + ("  " if width <= _WIDTH_PX or not value else "<br>") + plain


def wrap(text: str, font_px: int, character: float = _CHARACTER) -> str:
    """Escaped text in lines that fit a phone."""
    return "<br>".join(
        html.escape(line, quote=False) for line in textwrap.wrap(text, int(_WIDTH_PX / font_px / character))
    )


def key(entries: Iterable[tuple[str, str, str]]) -> str:
    """(symbol, escaped label, colour) of each series, in lines that fit a phone."""
    lines: list[str] = []
    room = 0.0
    for symbol, label, colour in entries:
        entry = f'<span style="color:{colour};font-size:16px">{symbol}</span> {label}'
        width = (len(html.unescape(label)) + 5) * _SUBTITLE_PX * _CHARACTER
        if not lines or width > room:
            lines.append(entry)
            room = _WIDTH_PX - width
        else:
            lines[-1] += "   " + entry
            room -= width
    return "<br>".join(lines)


def palette(values: Sequence[str]) -> dict[str, str]:
    """Colours for values without a vocabulary (countries, publishers): the first seven of `values` get one each.

    Give the values of the whole data, not of the filtered rows, so that a colour stays with its value.
    """
    return dict(zip(values, _PALETTE, strict=False))


def categorise(
    frame: pl.DataFrame, labels: Mapping[str, str], colours: Mapping[str, str]
) -> tuple[pl.DataFrame, list[Category]]:
    """At most seven categories, then other; unknown ones grey and last.

    Args:
        frame: `category` (text, null means unknown), `incidents` (which decide who is among the seven), anything else.
        labels, colours: value -> label, value -> colour; the order of `labels` is the order of the categories.

    Returns:
        the same rows with the small categories' values replaced by OTHER, and the categories in stacking order.
    """
    frame = frame.with_columns(pl.col("category").fill_null("unknown"))
    totals: dict[str, int] = dict(frame.group_by("category").agg(pl.col("incidents").sum()).iter_rows())
    place = {value: index for index, value in enumerate(labels)}

    def in_order(values: Iterable[str]) -> list[str]:
        return sorted(values, key=lambda value: (place.get(value, len(place)), value))

    unknown = {value for value in totals if is_unknown(value, colours)}
    by_size = sorted(in_order(totals.keys() - unknown), key=lambda value: -totals[value])
    named, rest = in_order(by_size[:MOST_CATEGORIES]), by_size[MOST_CATEGORIES:]
    taken = {colours.get(value) for value in named}
    spare = iter([colour for colour in _PALETTE if colour not in taken])

    def label(value: str) -> str:
        return html.escape(labels.get(value, "Unknown" if value == "unknown" else value), quote=False)

    categories = [Category(value, label(value), colours.get(value) or next(spare)) for value in named]
    if rest:
        categories.append(Category(OTHER, f"Other ({len(rest)})", OTHER_COLOUR))
    categories += [Category(value, label(value), GREY) for value in in_order(unknown)]
    return frame.with_columns(pl.col("category").replace(rest, [OTHER] * len(rest))), categories


def is_unknown(value: str, colours: Mapping[str, str]) -> bool:
    """Whether a category stands for not knowing: such are grey in every vocabulary."""
    return value == "unknown" or colours.get(value) == GREY


def axis(**more: Any) -> dict[str, Any]:
    """An axis in the common style: three to six ticks, readable text, a faint grid."""
    common = {
        "tickfont": {"color": TEXT, "size": 12},
        "gridcolor": GRID,
        "zerolinecolor": GRID,
        "nticks": 6,
        "title": {"text": ""},
        "automargin": False,
        "fixedrange": True,
    }
    return common | more


def count_axis(highest: float, **more: Any) -> dict[str, Any]:
    """An axis of counts from 0: whole numbers, thousands with a comma."""
    # An explicit range keeps plotly from drawing an all-zero figure with negative counts.
    whole = {"dtick": 1} if highest <= 4 else {}
    return axis(tickformat=",d", range=[0, max(highest, 1) * 1.06], **whole) | more


def axis_width_px(highest: float) -> int:
    """Room that the tick labels of a count axis take on its left."""
    return 16 + 8 * len(number(round(max(highest, 1) * 1.06)))


def note(text: str, size: int, **more: Any) -> dict[str, Any]:
    """A text in the figure, without an arrow; left-aligned unless told otherwise."""
    font = {"size": size, "color": TEXT}
    common = {"text": text, "font": font, "showarrow": False, "borderpad": 0, "xref": "paper", "yref": "paper"}
    return common | {"x": 0, "xanchor": "left", "align": "left"} | more


def figure(
    traces: Sequence[dict[str, Any]],
    caption: Caption,
    plot_px: int,
    *,
    left_px: int,
    ticks_px: int = 24,
    series: Iterable[tuple[str, str, str]] = (),
    notes: Sequence[dict[str, Any]] = (),
    **layout: Any,
) -> go.Figure:
    """The traces with title, subtitle, key, footer and watermark around them, and a fixed height.

    The texts are annotations named "title", "subtitle", "footer" and "watermark": plotly's own title cuts the first of
    several lines off, and its legend squeezes the plot of a phone. Everything is handed to plotly at once, which takes
    a third of the time of adding part by part.

    Args:
        traces: as dictionaries with `type`.
        plot_px, left_px, ticks_px: height of the plot itself, room on its left, room for tick labels below.
        series: (symbol, label, colour) of the series in stacking order.
        notes: more annotations, see `note`.
        layout: anything else of plotly's layout.
    """
    title, footer = wrap(caption.title, _TITLE_PX, _BOLD_CHARACTER), wrap(caption.footer, _FOOTER_PX, _FOOTER_CHARACTER)
    subtitle = "<br>".join(part for part in (wrap(caption.subtitle, _SUBTITLE_PX), key(series)) if part)
    below_title = _height_px(title, _TITLE_PX) + 6
    top = below_title + _height_px(subtitle, _SUBTITLE_PX + 1) + 14
    bottom = ticks_px + _height_px(footer, _FOOTER_PX) + 8
    edge = {"xshift": -left_px, "yanchor": "top"}
    around = [
        note(f"<b>{title}</b>", _TITLE_PX, name="title", y=1, yshift=top, **edge),
        note(subtitle, _SUBTITLE_PX, name="subtitle", y=1, yshift=top - below_title, **edge),
        note(footer, _FOOTER_PX, name="footer", y=0, yshift=-ticks_px, **edge),
    ]
    if caption.synthetic:
        across = {"x": 0.5, "y": 0.5, "xanchor": "center", "textangle": -18, "opacity": 0.18}
        around.append(note("SYNTHETIC DATA", 34, name="watermark", **across))
    common = {
        "annotations": [*notes, *around],
        "height": top + plot_px + bottom,
        "margin": {"l": left_px, "r": 6, "t": top, "b": bottom, "autoexpand": False},
        # The page's own colour, so that a saved picture can be read on whatever it is laid on.
        "paper_bgcolor": BACKGROUND,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": TEXT},
        "hoverlabel": {"font": {"size": 13}, "align": "left"},
        "showlegend": False,
        # Otherwise a finger that lands on the figure cannot scroll a phone's page.
        "dragmode": False,
    }
    return go.Figure(data=list(traces), layout=common | layout, _validate=VALIDATES)


def _height_px(text: str, font_px: int) -> int:
    """Height of wrapped text."""
    return round((text.count("<br>") + 1) * font_px * _LINE) if text else 0
