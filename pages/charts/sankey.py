"""How incidents flow through layers of categories: ribbons as wide as the number of incidents."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.formatting import counted, number
from pages.charts.style import Caption

FLOW_PX, NODE_PX, _GAP_PX = 260, 12, 28
"""Height of all incidents of a layer together, width of a category, and the gap that a label of two lines needs."""
_HEAD_PX, _LABEL_PX = 22, 11
_LABEL_CHARACTERS, _LAST_CHARACTERS = 15, 11
"""A quarter of a phone's width; nothing may stand out beyond the last layer."""
_RIBBON = "rgba(128,128,128,0.28)"


@dataclass(frozen=True)
class Layer:
    """One step of the flow: a column of the frame, its title, value -> label in order from the top, value -> colour."""

    column: str
    title: str
    labels: Mapping[str, str]
    colours: Mapping[str, str]


def nodes(frame: pl.DataFrame, layers: Sequence[Layer]) -> pl.DataFrame:
    """`column`, `value`, `incidents` of each category that occurs, layer by layer, in the order of its labels."""
    parts = []
    for layer in layers:
        order = pl.Enum(list(layer.labels))
        totals = frame.group_by(value=pl.col(layer.column)).agg(pl.col("incidents").sum())
        totals = totals.sort(pl.col("value").cast(order))
        parts.append(totals.select(pl.lit(layer.column).alias("column"), "value", "incidents"))
    return pl.concat(parts)


def links(frame: pl.DataFrame, layers: Sequence[Layer]) -> pl.DataFrame:
    """`from_column`, `from_value`, `to_column`, `to_value`, `incidents` between neighbouring layers, in their order."""
    parts = []
    for left, right in pairwise(layers):
        totals = frame.group_by(from_value=pl.col(left.column), to_value=pl.col(right.column)).agg(
            pl.col("incidents").sum()
        )
        totals = totals.sort(
            pl.col("from_value").cast(pl.Enum(list(left.labels))), pl.col("to_value").cast(pl.Enum(list(right.labels)))
        )
        columns = {"from_column": pl.lit(left.column), "to_column": pl.lit(right.column)}
        parts.append(totals.with_columns(**columns))
    return pl.concat(parts).select("from_column", "from_value", "to_column", "to_value", "incidents")


def sankey(frame: pl.DataFrame, layers: Sequence[Layer], caption: Caption) -> go.Figure:
    """The flow; the heights of the categories of each layer add up to all incidents.

    Args:
        frame: at least one row of the layers' columns and `incidents`; each incident once.
        layers: at least two, from the left.
    """
    places, ribbons = nodes(frame, layers), links(frame, layers)
    number_of = {key: at for at, key in enumerate(places.select("column", "value").iter_rows())}
    total = int(frame["incidents"].sum())
    flow_px = FLOW_PX + _GAP_PX * (max(part.height for part in places.partition_by("column")) - 1)
    plot_px = flow_px + _HEAD_PX
    # The labels of the last layer stand on its right like all others, and must not stand out on a phone.
    step = 1 / (len(layers) + 0.2)
    node: dict[str, list[Any]] = {name: [] for name in ("x", "y", "color", "customdata")}
    notes = []
    for at, layer in enumerate(layers):
        own = places.filter(column=layer.column)
        left = at * step
        room = _LAST_CHARACTERS if layer is layers[-1] else _LABEL_CHARACTERS
        notes.append(style.note(f"<b>{layer.title}</b>", 12, x=left, y=1, yanchor="top"))
        top = (flow_px - FLOW_PX - _GAP_PX * (own.height - 1)) / 2
        for value, incidents in own.select("value", "incidents").iter_rows():
            height = FLOW_PX * incidents / total
            middle = (top + height / 2) / flow_px
            # Plotly takes an exact 0 or 1 for "not given".
            node["x"].append(min(max(at / (len(layers) - 1), 0.001), 0.999))
            node["y"].append(min(max(middle, 0.001), 0.999))
            node["color"].append(layer.colours[value])
            label = html.escape(f"{layer.labels[value]} {number(incidents)}", quote=False)
            node["customdata"].append(label)
            text = _label(layer.labels[value], number(incidents), room)
            beside = {"y": (1 - middle) * flow_px / plot_px, "yanchor": "middle", "xshift": NODE_PX + 4}
            notes.append(style.note(text, _LABEL_PX, x=left, **beside))
            top += height + _GAP_PX
    trace = {
        "type": "sankey",
        "arrangement": "fixed",
        "domain": {"x": [0, (len(layers) - 1) * step], "y": [0, flow_px / plot_px]},
        "node": node
        | {
            "label": [""] * places.height,
            "pad": _GAP_PX,
            "thickness": NODE_PX,
            "line": {"width": 0},
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        "link": {
            "source": [number_of[key] for key in ribbons.select("from_column", "from_value").iter_rows()],
            "target": [number_of[key] for key in ribbons.select("to_column", "to_value").iter_rows()],
            "value": ribbons["incidents"].to_list(),
            "color": _RIBBON,
            "customdata": [counted(n, "incident") for n in ribbons["incidents"]],
            "hovertemplate": "%{source.customdata} → %{target.customdata}:<br>%{customdata}<extra></extra>",
        },
    }
    return style.figure([trace], caption, plot_px, left_px=4, ticks_px=14, notes=notes)


def _label(name: str, count: str, room: int) -> str:
    """Escaped name and bold count, in lines of so many characters."""
    lines = textwrap.wrap(f"{name} {count}", room)
    text = "<br>".join(html.escape(line, quote=False) for line in lines)
    return f"{text.removesuffix(count)}<b>{count}</b>"


def alt(frame: pl.DataFrame, layers: Sequence[Layer]) -> str:
    """One sentence for those who do not see it: the incidents of each category, layer by layer."""
    parts = []
    for layer in layers:
        own = nodes(frame, [layer]).select("value", "incidents").iter_rows()
        parts.append(", ".join(f"{layer.labels[value]} {number(n)}" for value, n in own))
    return f"Flow chart, from left to right: {'; then '.join(parts)}. Incidents; the table has every ribbon."
