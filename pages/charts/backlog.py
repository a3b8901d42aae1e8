"""Incidents that wait: how long, and where."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from pages.charts.formatting import counted, number, share
from pages.charts.rows import bar_rows
from pages.charts.style import OTHER_COLOUR, Caption
from warehouse.vocabulary import BLUE, GREY, SKY, VERMILION

MOST_ANSWERS = 7
"""Answers with a bar of their own; free text may have any number."""


def overdue_by_country(frame: pl.DataFrame, caption: Caption, labels: Mapping[str, str]) -> go.Figure:
    """Incidents under review by country, how many of them are overdue, and how many cannot be judged.

    Args:
        frame: at least one row of `country` (null is unknown), `incidents`, and as parts of these `overdue` and
            `without_receipt` (no date of receipt).
        labels: country -> name.
    """
    rows = frame.sort(pl.col("country").is_null(), maintain_order=True)
    incidents, overdue, unjudged = (rows[c].to_list() for c in ("incidents", "overdue", "without_receipt"))
    parts: list[tuple[str, str, list[int]]] = [
        ("overdue", VERMILION, overdue),
        ("within the norm", SKY, [n - late - no for n, late, no in zip(incidents, overdue, unjudged, strict=True)]),
    ]
    if any(unjudged):
        parts.append(("no date of receipt", GREY, unjudged))
    return bar_rows(
        [labels.get(c, c) if c else "Country unknown" for c in rows["country"]],
        [
            f"{number(late)} of {number(n)} overdue" + (f" ({share(late, n)})" if share(late, n).endswith("%") else "")
            for late, n in zip(overdue, incidents, strict=True)
        ],
        [f"{number(no)} without a date of receipt cannot be judged." if no else "" for no in unjudged],
        parts,
        caption,
    )


def waiting_on(frame: pl.DataFrame, caption: Caption) -> go.Figure:
    """What incidents under review wait for: the most frequent answers, then all others, then not stated.

    Args:
        frame: at least one row of `waiting_on` (null is not stated), `incidents`, the most frequent first.
    """
    stated = frame.filter(pl.col("waiting_on").is_not_null())
    named, rest = stated.head(MOST_ANSWERS), stated.slice(MOST_ANSWERS)
    rows = [(_sentence(text), n, BLUE) for text, n in named.select("waiting_on", "incidents").iter_rows()]
    if rest.height:
        rows.append((f"Other answers ({rest.height})", rest["incidents"].sum(), OTHER_COLOUR))
    if not_stated := frame.filter(pl.col("waiting_on").is_null())["incidents"].sum():
        rows.append(("Not stated", not_stated, GREY))
    counts = [n for _, n, _ in rows]
    figure = bar_rows(
        [label for label, _, _ in rows],
        [counted(n, "incident") for n in counts],
        [""] * len(rows),
        [("Incidents", BLUE, counts)],
        caption,
    )
    return figure.update_traces(marker_color=[colour for _, _, colour in rows])


def _sentence(text: str, most: int = 45) -> str:
    """A free text as a label: on one line, its start where it is long."""
    line = " ".join(text.split())
    line = line if len(line) <= most else f"{line[: most - 1]}…"
    return line[:1].upper() + line[1:]
