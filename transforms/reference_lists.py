"""Lists of names with their other spellings, and exact matching of a source's words to them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.schema import LIST_SEPARATOR


@cache
def listed(path: Path) -> pl.DataFrame:
    """The list as text: an identifier, a name, further columns, and `spellings` separated by "; "."""
    return pl.read_csv(path, infer_schema=False)


def normalised(text: pl.Expr) -> pl.Expr:
    """A text without what does not count: case, spaces, hyphens and dashes."""
    return text.str.to_uppercase().str.replace_all(r"[\s\p{Pd}]+", "")


@cache
def spellings(path: Path, identifier: str, name: str) -> dict[str, str]:
    """Normalised spelling -> identifier, for every line that has a name; the identifier is a spelling too.

    Raises:
        InputError: the list gives one spelling to two lines.
    """
    others = pl.col("spellings").fill_null("").str.split(LIST_SEPARATOR)
    pairs = (
        listed(path)
        .filter(pl.col(name).is_not_null())
        .select(identifier, spelling=pl.concat_list(identifier, name, others))
        .explode("spelling")
        .with_columns(normalised(pl.col("spelling")))
        .filter(pl.col("spelling") != "")
        .unique(maintain_order=True)
    )
    twice = pairs.filter(pl.col("spelling").is_duplicated())
    if twice.height:
        raise InputError(
            [
                f"{path.name}: the spelling {spelling} stands for {value} and for another line; keep one."
                for spelling, value in zip(twice["spelling"], twice[identifier], strict=True)
            ]
        )
    return dict(zip(pairs["spelling"], pairs[identifier], strict=True))


def match(text: pl.Expr, path: Path, identifier: str, name: str) -> pl.Expr:
    """Identifier of the line that a text names; null where the text is not exactly a listed spelling."""
    found = spellings(path, identifier, name)
    return normalised(text).replace_strict(found, default=None, return_dtype=pl.String)
