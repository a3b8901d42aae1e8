"""The reference list of security force units, and exact matching of a source's words to it.

It holds forces and units that public sources name; each fact's source is in `reference`. It says that a unit exists and
where it belongs, nothing of what it did.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from transforms import reference_lists
from warehouse.schema import TABLE

REFERENCE = Path(__file__).parent / "reference" / "units.csv"
"""Columns of the unit table, `reference`, and `spellings`: other ways to write the name, separated by "; "."""


def reference_list() -> pl.DataFrame:
    """All units of the reference list, with the columns of the unit table."""
    return reference_lists.listed(REFERENCE).select(TABLE["unit"].column_names)


def match(text: pl.Expr) -> pl.Expr:
    """unit_id of the unit that a text names; null where the text is not exactly a listed spelling.

    Case, spaces and hyphens do not count. Nothing is guessed: "soldiers of the Golani Brigade" is no match.
    """
    return reference_lists.match(text, REFERENCE, "unit_id", "name")


def with_parents(unit_ids: pl.Series) -> pl.DataFrame:
    """Those units of the list and the ones they belong to. Columns of the unit table."""
    units = reference_list()
    wanted = units.filter(pl.col("unit_id").is_in(unit_ids.implode()))
    while (above := units.join(wanted, left_on="unit_id", right_on="parent_unit_id", how="semi")).height:
        grown = pl.concat([wanted, above]).unique("unit_id", maintain_order=True)
        if grown.height == wanted.height:
            break
        wanted = grown
    return wanted
