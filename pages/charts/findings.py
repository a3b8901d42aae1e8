"""What assessments found, by question and by stage."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from pages.charts.formatting import number, share
from pages.charts.rows import bar_rows
from pages.charts.style import Caption
from warehouse.vocabulary import Finding

NO_ASSESSMENT_COLOUR = "#C4C4C4"
"""Lighter than the grey of what is pending: nothing has begun."""
_PENDING = Finding.PENDING.value


def standing(frame: pl.DataFrame, caption: Caption, rows: Mapping[str, str], none: tuple[str, str]) -> go.Figure:
    """One bar for each row, stacked by finding; what is pending and what has no assessment last, both grey.

    Args:
        frame: `row`, `finding`, `incidents`; one row at least.
        rows: row -> label, in order; those without an incident are left out.
        none: value and label of the finding of incidents without an assessment.
    """
    count, present = _counts(frame, rows)
    labels = Finding.labels() | dict([none])
    colours = Finding.colours() | {none[0]: NO_ASSESSMENT_COLOUR}
    parts = [
        (labels[finding], colours[finding], [count.get((row, finding), 0) for row in present])
        for finding in labels
        if any((row, finding) in count for row in present)
    ]
    values, details = [], []
    for row in present:
        total = sum(n for (of, _), n in count.items() if of == row)
        pending, without = count.get((row, _PENDING), 0), count.get((row, none[0]), 0)
        found = total - pending - without
        values.append(f"{number(found)} of {number(total)}{_percent(found, total)}")
        details.append(f"{number(pending)} pending; {number(without)} without an assessment")
    return bar_rows([rows[row] for row in present], values, details, parts, caption)


def alt_text(frame: pl.DataFrame, rows: Mapping[str, str], none: tuple[str, str]) -> str:
    """One sentence for `standing`, from the same frame."""
    count, present = _counts(frame, rows)
    labels = Finding.labels() | dict([none])
    parts = [
        f"{rows[row]}: "
        + ", ".join(f"{labels[f].lower()} {number(count[row, f])}" for f in labels if (row, f) in count)
        for row in present
    ]
    return f"Stacked bar chart. Incidents by finding. {'; '.join(parts)}."


def _counts(frame: pl.DataFrame, rows: Mapping[str, str]) -> tuple[dict[tuple[str, str], int], list[str]]:
    """((row, finding) -> incidents, rows that have any, in order)."""
    count = {(row, finding): n for row, finding, n in frame.select("row", "finding", "incidents").iter_rows() if n}
    return count, [row for row in rows if any(of == row for of, _ in count)]


def _percent(part: int, whole: int) -> str:
    text = share(part, whole)
    return f" ({text})" if text.endswith("%") else ""
