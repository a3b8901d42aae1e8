"""What differs between the rows of a file and those that it should hold, in sentences with keys and columns.

Values are not said: they may be what a private report says.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

SHOWN = 5
"""Rows named of each kind of difference: enough to find them."""


def differences(expected: pl.DataFrame, found: pl.DataFrame, key: Sequence[str]) -> list[str]:
    """One sentence for each kind of difference; empty when every row and cell is the same, in the same order.

    Args:
        expected, found: rows with every cell as text.
        key: columns that identify a row.
    """
    said = []
    if missing := [name for name in expected.columns if name not in found.columns]:
        said.append(f"Columns missing: {', '.join(missing)}.")
    if added := [name for name in found.columns if name not in expected.columns]:
        said.append(f"Columns added: {', '.join(added)}.")
    held = [name for name in key if name in found.columns]
    if len(held) < len(key):
        return [*said, f"The rows cannot be compared without {', '.join(n for n in key if n not in held)}."]
    said += _rows("missing", expected.join(found, on=held, how="anti", nulls_equal=True), held)
    said += _rows("added", found.join(expected, on=held, how="anti", nulls_equal=True), held)
    said += _rows("there more than once", found.filter(~pl.struct(held).is_first_distinct()), held)
    said += _changed(expected, found.unique(held, keep="first", maintain_order=True), held)
    if not said and not expected.select(held).equals(found.select(held)):
        said.append("The rows are in another order.")
    return said


def _rows(what: str, rows: pl.DataFrame, key: Sequence[str]) -> list[str]:
    if rows.is_empty():
        return []
    return [f"{_count(rows.height)} {what}: {_named([_label(row, key) for row in _first(rows)], rows.height)}."]


def _changed(expected: pl.DataFrame, found: pl.DataFrame, key: Sequence[str]) -> list[str]:
    common = [name for name in expected.columns if name in found.columns and name not in key]
    both = expected.join(found, on=list(key), how="inner", suffix=" found", nulls_equal=True, maintain_order="left")
    changed = pl.concat_list(
        pl.when(pl.col(name).ne_missing(pl.col(f"{name} found"))).then(pl.lit(name)) for name in common
    ).list.drop_nulls()
    if not common:
        return []
    rows = both.select(*key, columns=changed.list.join(", ")).filter(pl.col("columns") != "")
    if rows.is_empty():
        return []
    labels = [f"{_label(row, key)} ({row['columns']})" for row in _first(rows)]
    return [f"{_count(rows.height)} changed: {_named(labels, rows.height)}."]


def _first(rows: pl.DataFrame) -> list[dict[str, object]]:
    return rows.head(SHOWN).to_dicts()


def _label(row: dict[str, object], key: Sequence[str]) -> str:
    return " ".join(str(row[name]) for name in key)


def _count(rows: int) -> str:
    return "1 row is" if rows == 1 else f"{rows:,} rows are"


def _named(labels: Sequence[str], total: int) -> str:
    more = total - len(labels)
    return "; ".join(labels) + (f"; and {more:,} more" if more > 0 else "")
