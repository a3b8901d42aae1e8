"""What a benchmark says: rows of a table, each a ratio beside what must be reached."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        what: what is divided by what.
        must: what must be reached, in words; empty where nothing is asked for.
        reached: the ratio.
        seen: the two figures behind it, with units.
    """

    what: str
    must: str
    reached: str
    seen: str


class Part(NamedTuple):
    """What one benchmark found: its rows, and a table behind them (empty if there is none)."""

    title: str
    rows: Sequence[Row]
    heads: Sequence[str] = ()
    details: Sequence[Sequence[str]] = ()


def milliseconds(seconds: float) -> str:
    """Seconds as whole milliseconds, with a decimal below 10."""
    return f"{seconds * 1000:,.{1 if seconds < 0.01 else 0}f} ms"


def p95(values: Sequence[float]) -> float:
    """The value that 95 % of the values stay under."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]
