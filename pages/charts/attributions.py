"""How many incidents name a weapon, a munition or a basis, and how surely."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from pages.charts.formatting import counted, number
from pages.charts.rows import bar_rows
from pages.charts.style import Caption
from warehouse.vocabulary import Confidence


def attributed(rows: pl.DataFrame, caption: Caption, labels: Mapping[str, str]) -> go.Figure:
    """One bar for each category, stacked by confidence; the most incidents first, unattributed ones last and grey.

    Args:
        rows: at least one row of `category`, `confidence`, `incidents`.
        labels: category -> label.
    """
    ordered = in_order(rows)
    categories = ordered["category"].unique(maintain_order=True).to_list()
    held = {(c, k): n for c, k, n in ordered.select("category", "confidence", "incidents").iter_rows()}
    shown = [k for k in Confidence if any((c, k.value) in held for c in categories)]
    totals = [sum(held.get((c, k.value), 0) for k in shown) for c in categories]
    return bar_rows(
        [labels.get(c, c) for c in categories],
        [counted(n, "incident") for n in totals],
        ["" for _ in categories],
        [(k.label, k.colour, [held.get((c, k.value), 0) for c in categories]) for k in shown],
        caption,
    )


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows by size of their category, those that name nothing last; within one by confidence."""
    nothing = pl.col("confidence") == Confidence.UNATTRIBUTED.value
    return rows.sort(
        nothing.all().over("category"),
        -pl.col("incidents").sum().over("category"),
        "category",
        pl.col("confidence").cast(pl.Enum(Confidence.values())),
    )


def alt_text(rows: pl.DataFrame, labels: Mapping[str, str]) -> str:
    """One sentence for `attributed`, from the same frame."""
    sure = Confidence.labels()
    parts = []
    for category, confidence, incidents in in_order(rows).select("category", "confidence", "incidents").iter_rows():
        says_it = category == confidence or confidence == Confidence.UNATTRIBUTED
        parts.append(
            f"{labels.get(category, category)} {number(incidents)}"
            + ("" if says_it else f" {sure[confidence].lower()}")
        )
    return f"Bar chart. Incidents: {', '.join(parts)}."
