"""Outcomes of the expectations."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from pages.charts.formatting import counted
from pages.charts.rows import bar_rows
from pages.charts.style import Caption
from warehouse.vocabulary import BLUE, Severity

_COLOURS = (BLUE, Severity.WARNING.colour, Severity.ERROR.colour)


def outcomes(labels: Sequence[str], counts: Sequence[int], details: Sequence[str], caption: Caption) -> go.Figure:
    """One bar each for what passed, what is a warning, what failed.

    Args:
        labels, counts, details: of passed, warning and failed, in this order; details may be empty.
    """
    figure = bar_rows(
        labels, [counted(n, "expectation") for n in counts], details, [("Expectations", BLUE, counts)], caption
    )
    return figure.update_traces(marker_color=list(_COLOURS))
