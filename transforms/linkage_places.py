"""Places of records: whether a point says more than a town would, and which words of a name tell places apart."""

from __future__ import annotations

import polars as pl

from warehouse.text import fold
from warehouse.vocabulary import COARSE_FROM_M

CROWDED_FROM_RECORDS = 20
CROWDED_SHARE = 0.01
"""A point that at least so many records of one data set share, and at least this share of them, stands for a city and
not for an event: 259 incidents of the published Syria assessments share one point in Raqqa, 29 of Gaza another."""
SHARED_FROM_RECORDS = 5
"""A point that at least so many records of one data set share stands for a named place, a village for example."""
POINT_DECIMALS = 4
"""Two points are the same when they agree to so many decimals of a degree, about 10 m."""

RARE_WORD_SHARE = 0.01
RARE_WORD_RECORDS = 3
"""A word of a place name tells places apart when at most this share of a data set's records (or this number) has it."""
UNUSUAL_WORD_RECORDS = 10
"""A rare word that at most so many records of the data set have, the name of a village for example."""
MIN_CONSONANTS = 3
"""Fewer consonants are the same in too many names."""
MIN_WORD_LETTERS = 3
GENERIC_WORDS = (
    *(
        "and",
        "area",
        "camp",
        "city",
        "countryside",
        "district",
        "eastern",
        "governorate",
        "hospital",
        "house",
        "mosque",
    ),
    *(
        "near",
        "neighborhood",
        "neighbourhood",
        "northern",
        "province",
        "region",
        "road",
        "school",
        "southern",
        "street",
    ),
    *("strip", "subdistrict", "the", "town", "vicinity", "village", "western"),
)
"""Words that name a kind of place, not one; in a small data set they may be rare by chance."""

SCRIPTS = {"latin": r"\p{Latin}", "arabic": r"\p{Arabic}", "cyrillic": r"\p{Cyrillic}", "hebrew": r"\p{Hebrew}"}


def with_coarseness(frame: pl.DataFrame) -> pl.DataFrame:
    """is_coarse and is_shared.

    is_coarse: the location is a town or coarser, or so many records lie on its point that it must be one. Where no
    precision is stated, a shared point is enough: nothing speaks against a town's centre.
    """
    point = pl.struct(pl.col("latitude", "longitude").round(POINT_DECIMALS))
    sharing = pl.len().over("dataset_id", "kind", point)
    crowded = pl.max_horizontal(pl.lit(CROWDED_FROM_RECORDS), pl.len().over("dataset_id", "kind") * CROWDED_SHARE)
    shared = sharing >= SHARED_FROM_RECORDS
    unstated = pl.col("radius_m").is_null() & (pl.col("kind") == "incident")
    coarse = (pl.col("radius_m") >= COARSE_FROM_M).fill_null(value=False) | (sharing >= crowded) | (shared & unstated)
    located = pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()
    return frame.with_columns(is_coarse=coarse & located, is_shared=shared & located)


def consonants(word: pl.Expr) -> pl.Expr:
    """The consonants of a folded word in Latin letters, by which spellings of a name from another script often agree.

    Jenderis and Jindires, Kaljibrin and Kiljbreen: vowels, w and y are dropped but at the beginning, doubled letters
    become one, q is k. Null where fewer than `MIN_CONSONANTS` letters are left or the word is in another script.
    """
    latin = pl.when(word.str.contains(r"^[a-z]+$")).then(word.str.replace_all("q", "k", literal=True))
    kept = pl.concat_str(latin.str.slice(0, 1), latin.str.slice(1).str.replace_all(r"[aeiouwy]", ""))
    for letter in "bcdfghjklmnprstvxz":
        kept = kept.str.replace_all(f"{letter}{letter}+", letter)
    return pl.when(kept.str.len_chars() >= MIN_CONSONANTS).then(kept)


def with_words(frame: pl.DataFrame) -> pl.DataFrame:
    """words, rare_words, unusual_words, rare_consonants and scripts of the place name.

    Words are folded as the search folds text. They are rare by the records of their own data set: a word that two
    records share is rare in both.

    Args:
        frame: unique_id, dataset_id, place.
    """
    words = (
        frame.select("unique_id", "dataset_id", word=fold(pl.col("place")).str.extract_all(r"[\p{L}]+"))
        .explode("word")
        .with_columns(pl.col("word").str.replace(r"^ال(\p{Arabic}{3,})$", "$1"))  # the Arabic article
        .filter(pl.col("word").str.len_chars() >= MIN_WORD_LETTERS, ~pl.col("word").is_in(GENERIC_WORDS))
        .unique()
        .with_columns(consonants=consonants(pl.col("word")))
    )
    size = frame.group_by("dataset_id").agg(size=pl.len())
    limit = pl.max_horizontal(pl.lit(RARE_WORD_RECORDS), pl.col("size") * RARE_WORD_SHARE)
    having = pl.len().over("dataset_id", "word")
    alike = pl.col("unique_id").n_unique().over("dataset_id", "consonants")
    script = pl.coalesce(
        *(pl.when(pl.col("word").str.contains(p)).then(pl.lit(n)) for n, p in SCRIPTS.items()), pl.lit("other")
    )
    lists = (
        words.join(size, on="dataset_id")
        .with_columns(
            script=script,
            rare=pl.when(having <= limit).then("word"),
            unusual=pl.when(having <= limit, having <= UNUSUAL_WORD_RECORDS).then("word"),
            rare_consonants=pl.when(alike <= limit).then("consonants"),
        )
        .group_by("unique_id")
        .agg(
            words=pl.col("word").sort(),
            rare_words=pl.col("rare").drop_nulls().sort(),
            unusual_words=pl.col("unusual").drop_nulls().sort(),
            rare_consonants=pl.col("rare_consonants").drop_nulls().unique().sort(),
            scripts=pl.col("script").unique().sort(),
        )
        .with_columns(
            pl.when(pl.col(c).list.len() > 0).then(c) for c in ("rare_words", "unusual_words", "rare_consonants")
        )
    )
    return beside(frame, lists, "unique_id")


def beside(frame: pl.DataFrame, columns: pl.DataFrame, key: str) -> pl.DataFrame:
    """The frame with the columns of another one that has at most one row for each key: a left join copies no column."""
    found = frame.select(key).join(columns, on=key, how="left", validate="1:1", maintain_order="left")
    return frame.with_columns(found.drop(key))
