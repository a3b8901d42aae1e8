"""The weapon reference list, and exact matching of a source's words to it.

`us_origin` speaks of the weapon as designed and made, never of one item: a MK-84 dropped somewhere may be a copy made
elsewhere. Each fact's public source is in `reference`; USML categories follow 22 CFR 121.1 and stand only with weapons
of US origin. Generic entries (`system:<weapon_system>`) are for sources that name only the kind of weapon.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.schema import LIST_SEPARATOR, TABLE

REFERENCE = Path(__file__).parent / "reference" / "weapons.csv"
"""Columns of the weapon table, and `spellings`: other ways to write the designation, separated by "; "."""


def reference_list() -> pl.DataFrame:
    """All weapons of the reference list, with the columns of the weapon table."""
    return _read().select(TABLE["weapon"].column_names)


def system_id(weapon_system: pl.Expr) -> pl.Expr:
    """weapon_id of the generic entry for a value of the weapon_system vocabulary."""
    return pl.lit("system:") + weapon_system


def match(text: pl.Expr) -> pl.Expr:
    """weapon_id of the weapon that a text names; null where the text is not exactly a listed spelling.

    Case, spaces and hyphens do not count ("Gbu 39", "GBU-39", "GBU39"). Nothing is guessed: "2 x GBU-39" is no match.
    """
    return _normalised(text).replace_strict(spellings(), default=None, return_dtype=pl.String)


@cache
def spellings() -> dict[str, str]:
    """Normalised spelling -> weapon_id, for every named weapon.

    Raises:
        InputError: the reference list gives one spelling to two weapons.
    """
    pairs = (
        _read()
        .filter(pl.col("designation").is_not_null())
        .select(
            "weapon_id",
            spelling=pl.concat_list(
                "weapon_id", "designation", pl.col("spellings").fill_null("").str.split(LIST_SEPARATOR)
            ),
        )
        .explode("spelling")
        .with_columns(_normalised(pl.col("spelling")))
        .filter(pl.col("spelling") != "")
        .unique(maintain_order=True)
    )
    twice = pairs.filter(pl.col("spelling").is_duplicated())
    if twice.height:
        raise InputError(
            [
                f"{REFERENCE.name}: the spelling {spelling} stands for {weapon_id} and for another weapon; keep one."
                for spelling, weapon_id in zip(twice["spelling"], twice["weapon_id"], strict=True)
            ]
        )
    return dict(zip(pairs["spelling"], pairs["weapon_id"], strict=True))


def _normalised(text: pl.Expr) -> pl.Expr:
    return text.str.to_uppercase().str.replace_all(r"[\s\p{Pd}]+", "")


@cache
def _read() -> pl.DataFrame:
    return pl.read_csv(REFERENCE, infer_schema=False)
