"""Numbers of people as sources write them, to a lowest and a highest estimate."""

from __future__ import annotations

import polars as pl

_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d{1,9})"
_RANGE = rf"^{_NUMBER}(?:\s*[-‐‑‒–—−]\s*{_NUMBER})?$"
_UNKNOWN = ("", "unknown")
"""What a source writes where it gives no number. It stays unknown; it is never zero."""


def estimate(text: pl.Expr) -> pl.Expr:
    """Parse "9–11", "1 – 2", "3", "1,200", "Unknown" or nothing.

    A single number is a range from itself to itself; it is no best estimate, for the source does not call it one. The
    order of the two numbers is left as written: a row rule refuses a low above its high.

    Returns:
        A struct: `low` and `high` (people, null where unknown), and `is_readable`, false for any other text; the
        caller must refuse such a row.
    """
    stripped = text.fill_null("").str.strip_chars()
    low = _number(stripped, 1)
    return pl.struct(
        low=low,
        high=pl.coalesce(_number(stripped, 2), low),
        is_readable=low.is_not_null() | stripped.str.to_lowercase().is_in(_UNKNOWN),
    )


def _number(text: pl.Expr, group: int) -> pl.Expr:
    return text.str.extract(_RANGE, group).str.replace_all(",", "", literal=True).cast(pl.Int64)
