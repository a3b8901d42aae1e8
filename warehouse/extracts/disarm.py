"""Text that a spreadsheet could read as a formula, disarmed and restored."""

from __future__ import annotations

import polars as pl

from warehouse.schema import LIST_SEPARATOR

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""First characters that make a spreadsheet read text as a formula (OWASP, CSV Injection), their full-width forms, and
the apostrophe itself, so that removing one leading apostrophe always restores the text."""

_DANGEROUS = f"^[{''.join(FORMULA_STARTS).replace('-', chr(92) + '-')}]"


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists joined, and text that a spreadsheet could take for a formula disarmed, headers included."""
    joined = frame.with_columns(pl.col(pl.List(pl.String)).list.join(LIST_SEPARATOR))
    disarmed = joined.with_columns(_disarmed(name) for name, kind in joined.schema.items() if kind == pl.String)
    return disarmed.rename({name: f"'{name}" for name in frame.columns if name.startswith(FORMULA_STARTS)})


def restored(frame: pl.DataFrame) -> pl.DataFrame:
    """The text of a disarmed frame as it was: one leading apostrophe removed, headers included. Lists stay joined."""
    frame = frame.with_columns(pl.col(pl.String).str.strip_prefix("'"))
    return frame.rename({name: name.removeprefix("'") for name in frame.columns})


def _disarmed(name: str) -> pl.Expr:
    text = pl.col(name)
    return pl.when(text.str.contains(_DANGEROUS)).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)
