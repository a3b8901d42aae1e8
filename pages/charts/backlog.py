"""Incidents that wait: how long, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import polars as pl

from pages.charts.formatting import counted, number, share
from pages.charts.rows import bar_rows
from pages.charts.style import SEQUENTIAL, Caption
from warehouse.vocabulary import GREY, SKY, VERMILION, Stage

UNKNOWN_AGE = "unknown"


def age_bands(frame: pl.DataFrame, caption: Caption, bands: Sequence[str]) -> go.Figure:
    """Incidents now in each stage, by how long they have been there.

    Args:
        frame: at least one row of `stage`, `age_band`, `incidents`; a null `age_band` is unknown: grey, last.
        bands: all age bands from the shortest, as they are shown; at most five.
    """
    filled = frame.with_columns(pl.col("age_band").fill_null(UNKNOWN_AGE))
    if strange := set(filled["age_band"]) - {*bands, UNKNOWN_AGE}:
        raise ValueError(f"age bands {sorted(strange)} are not among {list(bands)}")
    present = set(filled["stage"])
    stages = [stage for stage in Stage if stage.value in present]
    count = {(stage, band): n for stage, band, n in filled.select("stage", "age_band", "incidents").iter_rows()}
    shown = [*zip(bands, _shades(len(bands)), strict=True)]
    if UNKNOWN_AGE in set(filled["age_band"]):
        shown.append((UNKNOWN_AGE, GREY))
    parts = [(band, colour, [count.get((stage.value, band), 0) for stage in stages]) for band, colour in shown]
    totals = [sum(part[2][row] for part in parts) for row in range(len(stages))]
    return bar_rows(
        [stage.label for stage in stages], [counted(n, "incident") for n in totals], [""] * len(stages), parts, caption
    )


def overdue_by_country(frame: pl.DataFrame, caption: Caption, labels: Mapping[str, str]) -> go.Figure:
    """Incidents under review by country, and how many of them are overdue.

    Args:
        frame: at least one row of `country` (null is unknown), `incidents`, `overdue` (part of incidents).
        labels: country -> name.
    """
    rows = frame.sort(pl.col("country").is_null(), maintain_order=True)
    incidents, overdue = rows["incidents"].to_list(), rows["overdue"].to_list()
    return bar_rows(
        [labels.get(c, c) if c else "Country unknown" for c in rows["country"]],
        [
            f"{number(late)} of {number(n)} overdue" + (f" ({share(late, n)})" if share(late, n).endswith("%") else "")
            for late, n in zip(overdue, incidents, strict=True)
        ],
        [""] * rows.height,
        [
            ("overdue", VERMILION, overdue),
            ("within the norm", SKY, [n - late for late, n in zip(overdue, incidents, strict=True)]),
        ],
        caption,
    )


def _shades(number_of_bands: int) -> list[str]:
    """Colours from light to dark, spread over the scale."""
    last = len(SEQUENTIAL) - 1
    return [SEQUENTIAL[round(i * last / max(number_of_bands - 1, 1))] for i in range(number_of_bands)]
