"""What changed between two days, as bars."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl

from pages.charts.formatting import counted, number
from pages.charts.rows import bar_rows
from pages.charts.style import Caption
from warehouse.revisions import LABELS
from warehouse.vocabulary import BLUE, GREY

ADDED, RETRACTED = "Added", "Retracted"
SINGLE, WIDE = "single incidents", "publisher-wide change"
Band = tuple[int, int | None]


def by_field(added: int, retracted: int, changed: pl.DataFrame) -> pl.DataFrame:
    """Incidents by what changed, most single changes first below added and retracted.

    Args:
        changed: of `warehouse.revisions.with_scope`.

    Returns:
        Columns label, single, wide (incidents whose change is publisher-wide).
    """
    is_wide = pl.col("is_publisher_wide")
    fields = (
        changed.group_by("field")
        .agg(single=(~is_wide).sum().cast(pl.Int64), wide=is_wide.sum().cast(pl.Int64))
        .sort("single", "wide", "field", descending=[True, True, False])
        .select(pl.col("field").replace_strict(LABELS).alias("label"), "single", "wide")
    )
    ends = pl.DataFrame({"label": [ADDED, RETRACTED], "single": [added, retracted], "wide": [0, 0]})
    return pl.concat([ends, fields])


def bars(rows: pl.DataFrame, caption: Caption) -> go.Figure:
    """A bar for each row of `by_field`."""
    single, wide = rows["single"].to_list(), rows["wide"].to_list()
    parts: list[tuple[str, str, list[int]]] = [(SINGLE, BLUE, single)]
    if any(wide):
        parts.append((WIDE, GREY, wide))
    values = [number(n) + (f", and {number(w)} publisher-wide" if w else "") for n, w in zip(single, wide, strict=True)]
    return bar_rows(rows["label"].to_list(), values, [""] * rows.height, parts, caption)


def alt(rows: pl.DataFrame) -> str:
    """For `bars`, from the same rows."""
    parts = [
        f"{label} {number(n)}" + (f" and {number(w)} publisher-wide" if w else "") for label, n, w in rows.iter_rows()
    ]
    return f"Bar chart. Incidents by what changed: {', '.join(parts)}."


def move_bands(moved: pl.DataFrame, bands: Sequence[Band]) -> pl.DataFrame:
    """Moves by distance. Columns: label, incidents."""
    rows = []
    for first, last in bands:
        inside = pl.col("distance_m") >= first if last is None else pl.col("distance_m").is_between(first, last, "left")
        rows.append((_band(first, last), moved.filter(inside).height))
    return pl.DataFrame(rows, schema={"label": pl.String, "incidents": pl.Int64}, orient="row")


def distances(bands: pl.DataFrame, moved: pl.DataFrame, caption: Caption) -> go.Figure:
    """A bar for each band of `move_bands`."""
    counts = bands["incidents"].to_list()
    caption = Caption(**(vars(caption) | {"subtitle": f"{caption.subtitle} {_middle(moved)}"}))
    labels = bands["label"].to_list()
    return bar_rows(
        labels, [counted(n, "incident") for n in counts], [""] * len(labels), [("Incidents", BLUE, counts)], caption
    )


def distances_alt(moved: pl.DataFrame) -> str:
    """For `distances`."""
    return f"Bar chart. {counted(moved.height, 'place')} moved. {_middle(moved)}"


def _middle(moved: pl.DataFrame) -> str:
    distance = moved["distance_m"]
    median, most = (round(float(value)) for value in (distance.quantile(0.5) or 0, distance.max()))  # type: ignore[arg-type]
    return f"Median {number(median)} m, farthest {number(most)} m."


def _band(first: int, last: int | None) -> str:
    def text(metres: int) -> str:
        return f"{number(metres // 1_000)} km" if metres >= 1_000 else f"{metres} m"

    if last is None:
        return f"{text(first)} or more"
    return f"under {text(last)}" if first == 0 else f"{text(first)} to {text(last)}"
