"""On what incidents rest: bars of reports, of bands, and of what became of the incidents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import polars as pl

from pages.charts import style
from pages.charts.formatting import counted, number, share
from pages.charts.rows import bar_rows
from pages.charts.style import Caption
from warehouse.vocabulary import BLUE, GREY


def report_bars(
    frame: pl.DataFrame, caption: Caption, labels: Mapping[str, str], colours: Mapping[str, str] | None = None
) -> go.Figure:
    """One bar of reports for each category, in the frame's order but unknown ones last; the rest in words.

    Args:
        frame: at least one row of `category` (null: not stated), `reports`, `archived`, `incidents`.
        labels, colours: value -> label, value -> colour. One colour for all known values when no colours are given.
    """
    shades = colours or {}
    rows = unknown_last(frame, shades)
    categories, reports = rows["category"].to_list(), rows["reports"].to_list()
    figure = bar_rows(
        [labels.get(c, "Not stated" if c == "unknown" else c) for c in categories],
        [counted(n, "report") for n in reports],
        [
            f"of {counted(n, 'incident')}; archived copy of {part_of(copies, all_)}"
            for copies, all_, n in rows.select("archived", "reports", "incidents").iter_rows()
        ],
        [("Reports", BLUE, reports)],
        caption,
    )
    bar_colours = [GREY if style.is_unknown(c, shades) else shades.get(c, BLUE) for c in categories]
    return figure.update_traces(marker_color=bar_colours)


def part_of(part: int, whole: int) -> str:
    """ "120 (60%)", or "3 of 12" where the whole is too small for a percentage."""
    text = share(part, whole)
    return text if " of " in text else f"{number(part)} ({text})"


def unknown_last(frame: pl.DataFrame, colours: Mapping[str, str]) -> pl.DataFrame:
    """The rows with null categories as "unknown", those that stand for not knowing last."""
    rows = frame.with_columns(pl.col("category").fill_null("unknown"))
    last = pl.Series("_last", [style.is_unknown(c, colours) for c in rows["category"]], dtype=pl.Boolean)
    return rows.with_columns(last).sort("_last", maintain_order=True).drop("_last")


def band_bars(
    labels: Sequence[str], counts: Sequence[int], details: Sequence[str], colours: Sequence[str], caption: Caption
) -> go.Figure:
    """One bar of incidents for each band, in order, those of 0 too; details may be empty."""
    values = [counted(n, "incident") for n in counts]
    figure = bar_rows(labels, values, details, [("Incidents", BLUE, counts)], caption)
    return figure.update_traces(marker_color=list(colours))


def outcome_bars(
    frame: pl.DataFrame,
    caption: Caption,
    rows: Mapping[str, str],
    labels: Mapping[str, str],
    colours: Mapping[str, str],
) -> go.Figure:
    """One stacked bar of incidents for each type of source, the largest first, unknown ones last.

    Args:
        frame: `source_type`, `category`, `incidents`.
        rows: source type -> label.
        labels, colours: category -> label, category -> colour, in stacking order.
    """
    by_type = frame.group_by("source_type").agg(pl.col("incidents").sum()).rename({"source_type": "category"})
    ordered = unknown_last(by_type.sort(["incidents", "category"], descending=[True, False]), {})
    types = ordered["category"].to_list()
    count = {(kind, category): n for kind, category, n in frame.select("source_type", "category", "incidents").rows()}
    return bar_rows(
        [rows.get(kind, kind) for kind in types],
        [counted(n, "incident") for n in ordered["incidents"]],
        [""] * len(types),
        [
            (label, colours[category], [count.get((kind, category), 0) for kind in types])
            for category, label in labels.items()
            if any((kind, category) in count for kind in types)
        ],
        caption,
    )
