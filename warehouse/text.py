"""Folding text for search: what a person types and what a source wrote meet in one form."""

from __future__ import annotations

import polars as pl

_DROPPED = r"[\p{Mn}\p{Cf}\x{0640}]"
"""Accents and Arabic vowel signs (after decomposition also hamza and madda above a letter), invisible marks of
direction, and the tatweel that only stretches a word."""

_UNIFIED = {
    "ٱ": "ا",  # alef wasla; the other alefs decompose
    "ى": "ي",  # alef maksura, written for a final yaa
    "ی": "ي",  # Persian yaa
    "ک": "ك",  # Persian kaf
    "ة": "ه",  # taa marbuta, often written as haa
    "ء": "",  # hamza on the line, often left out
    "ß": "ss",
    "ς": "σ",
}
"""Letters that writers use for one another. Two words may fold to one: search finds rather too much than too little."""


def fold(text: pl.Expr) -> pl.Expr:
    """Text in the form that search compares: no accents, one form per Arabic letter, lower case, single spaces.

    Folding twice changes nothing. Null stays null.
    """
    return (
        text.str.normalize("NFKD")
        .str.to_lowercase()
        .str.normalize("NFKD")
        .str.replace_all(_DROPPED, "")
        .str.replace_many(list(_UNIFIED), list(_UNIFIED.values()))
        .str.replace_all(r"\s+", " ")
        .str.strip_chars(" ")
    )


def fold_text(text: str) -> str:
    """`fold` of one string."""
    return str(pl.select(fold(pl.lit(text, dtype=pl.String))).item())
