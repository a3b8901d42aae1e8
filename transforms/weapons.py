"""The weapon reference list, and exact matching of a source's words to it.

`us_origin` speaks of the weapon as designed and made, never of one item: a MK-84 dropped somewhere may be a copy made
elsewhere. Each fact's public source is in `reference`; USML categories follow 22 CFR 121.1 and stand only with weapons
of US origin. Generic entries (`system:<weapon_system>`) are for sources that name only the kind of weapon.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from transforms import reference_lists
from warehouse.schema import TABLE

REFERENCE = Path(__file__).parent / "reference" / "weapons.csv"
"""Columns of the weapon table, and `spellings`: other ways to write the designation, separated by "; "."""


def reference_list() -> pl.DataFrame:
    """All weapons of the reference list, with the columns of the weapon table."""
    return reference_lists.listed(REFERENCE).select(TABLE["weapon"].column_names)


def system_id(weapon_system: pl.Expr) -> pl.Expr:
    """weapon_id of the generic entry for a value of the weapon_system vocabulary."""
    return pl.lit("system:") + weapon_system


def match(text: pl.Expr) -> pl.Expr:
    """weapon_id of the weapon that a text names; null where the text is not exactly a listed spelling.

    Case, spaces and hyphens do not count ("Gbu 39", "GBU-39", "GBU39"). Nothing is guessed: "2 x GBU-39" is no match.
    """
    return reference_lists.match(text, REFERENCE, "weapon_id", "designation")


def spellings() -> dict[str, str]:
    """Normalised spelling -> weapon_id, for every named weapon."""
    return reference_lists.spellings(REFERENCE, "weapon_id", "designation")
