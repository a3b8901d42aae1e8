"""What changed between two days, as bars of incidents."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl

from pages.charts.rows import bar_rows
from pages.charts.style import Caption
from warehouse.vocabulary import BLUE


def bars(rows: pl.DataFrame, values: Sequence[str], caption: Caption) -> go.Figure:
    """A bar a row, also where nothing changed.

    Args:
        rows: label, incidents.
        values: what stands beside each label.
    """
    return bar_rows(
        rows["label"].to_list(), values, [""] * rows.height, [("Incidents", BLUE, rows["incidents"].to_list())], caption
    )


def alt(rows: pl.DataFrame, values: Sequence[str]) -> str:
    """For `bars`."""
    parts = [f"{label} {value}" for label, value in zip(rows["label"], values, strict=True)]
    return f"Bar chart. Incidents by what changed: {'; '.join(parts)}."
