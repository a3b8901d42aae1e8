"""Legends of maps (deck.gl draws none), and what a map function hands on."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Literal

from pages.charts.deck import FastDeck

Symbol = Literal["dot", "ring", "circle", "question", "hexagon"]


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend. `size_px` is the diameter, for entries that explain a size."""

    label: str
    colour: str
    symbol: Symbol
    size_px: float = 12


@dataclass(frozen=True)
class Map:
    """A map and what must be said beside it.

    Attributes:
        deck: for `st.pydeck_chart`. Selected objects of the layers "points", "coarse" and "precision-unknown" hold
            `incident_ids`, a list; those of "hexagons" hold `cell` and `incidents`.
        legend: deck.gl draws none.
        drawn: incidents that are in the picture.
        too_coarse: incidents that are left out because their location is too coarse for it, or of unknown precision.
            Incidents without coordinates are never given to a map; the page counts them beside it.
    """

    deck: FastDeck
    legend: tuple[LegendEntry, ...]
    drawn: int
    too_coarse: int


def legend_html(entries: tuple[LegendEntry, ...]) -> str:
    """The legend as one flowing line of HTML, for `st.html`; labels are escaped."""
    parts = []
    for entry in entries:
        size = f"width:{entry.size_px:.0f}px;height:{entry.size_px:.0f}px"
        look = {
            "dot": f"{size};border-radius:50%;background:{entry.colour}",
            "ring": f"{size};border-radius:50%;border:2px solid {entry.colour}",
            "circle": f"{size};border-radius:50%;border:1.5px solid {entry.colour};background:{entry.colour}22",
            "hexagon": f"{size};background:{entry.colour};border:1px solid #5a5a5aa0",
            "question": "font-weight:700",
        }[entry.symbol]
        mark = "?" if entry.symbol == "question" else ""
        parts.append(
            '<span style="display:inline-flex;align-items:center;gap:6px;margin:0 14px 4px 0">'
            f'<span aria-hidden="true" style="display:inline-block;box-sizing:border-box;{look}">{mark}</span>'
            f"{html.escape(html.unescape(entry.label))}</span>"
        )
    return f'<div style="display:flex;flex-wrap:wrap;align-items:center;font-size:0.85rem">{"".join(parts)}</div>'
