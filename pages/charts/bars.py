"""Incidents and civilians reported killed by one category."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from pages.charts.formatting import casualty_range, counted
from pages.charts.rows import bar_rows
from pages.charts.style import Caption, is_unknown
from warehouse.vocabulary import BLUE, GREY, Harm


def counts(
    frame: pl.DataFrame,
    caption: Caption,
    labels: Mapping[str, str],
    colours: Mapping[str, str] | None = None,
    harm: Harm = Harm.KILLED,
) -> go.Figure:
    """One bar of incidents for each category, in the frame's order but unknown ones last; casualties in words.

    Args:
        frame: at least one row of `category` (null is unknown), `incidents`, `civilians_killed_low`, `_high` (null
            where no incident states a number), `_unknown` (incidents whose number is unknown); for injured likewise.
        labels, colours: value -> label, value -> colour. One colour for all known values when no colours are given.
    """
    low, high, unknown = (f"civilians_{harm.value}_{part}" for part in ("low", "high", "unknown"))
    shades = colours or {}
    rows = frame.with_columns(pl.col("category").fill_null("unknown")).with_columns(
        _last=pl.col("category").map_elements(lambda c: is_unknown(c, shades), return_dtype=pl.Boolean)
    )
    rows = rows.sort("_last", maintain_order=True)
    categories = rows["category"].to_list()
    incidents = rows["incidents"].to_list()
    bar_colours = [GREY if last else shades.get(c, BLUE) for c, last in rows.select("category", "_last").iter_rows()]
    figure = bar_rows(
        [labels.get(c, "Unknown" if c == "unknown" else c) for c in categories],
        [counted(n, "incident") for n in incidents],
        [
            f"Civilians {harm.label.lower()}: {casualty_range(lo, None, hi)}"
            + (f"; {counted(un, 'incident')} unknown" if un and lo is not None else "")
            for lo, hi, un in rows.select(low, high, unknown).iter_rows()
        ],
        [("Incidents", BLUE, incidents)],
        caption,
    )
    figure.update_traces(marker_color=bar_colours)
    return figure
