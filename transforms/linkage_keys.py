"""Which pairs are compared at all: two records are a candidate pair when they share a key.

A key holds a day and a cell of a grid, a day and a rare word of the place name, or an address that few cite. Pairs that
people decided have a key of their own and are compared whatever they state.
"""

from __future__ import annotations

import polars as pl

NEAR_DEGREES = 0.1
"""Size of a cell. An incident has the keys of its cell and of the eight around it, a report that of its own: points up
to 11 km apart north to south, 9 km east to west at the latitude of Syria, always meet. Exact places farther apart are
not the same event. The antimeridian is not crossed."""
NEAR_DAYS = 1
"""An incident has the days from one before to one after, a report its own: two incidents up to two days apart meet, an
incident and a report up to one."""
LONGEST_PERIOD_DAYS = 92
"""A record that may have happened within more than a quarter of a year is not compared by its date: nearly everything
nearby would match it."""

MOST_PAIRS = 10_000_000
"""Pairs, counted in each key, that one build compares at the most: four times those of all published data sets. They
fit into the build's memory. Beyond it the most crowded keys are left out first: among hundreds of records of one day
and place nothing tells two of them apart."""


def block_keys(frame: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Add `block_key` and `decided_key`, lists; null where nothing of the record can be compared.

    A `block_key` is the hash of a text: as a number it takes a fifth of the memory, and two texts of one hash only add
    a pair to compare.

    Args:
        frame: records with kind, day_from, day_to, latitude, longitude, rare_words, rare_consonants and rare_addresses.
        decided: left_id, right_id; each pair gets a key of its own.
    """
    span = pl.col("day_to") - pl.col("day_from")
    is_incident = pl.col("kind") == "incident"
    around = pl.when(is_incident).then(NEAR_DAYS).otherwise(0)
    by_day = (
        frame.filter(span <= LONGEST_PERIOD_DAYS, span >= 0)
        .select(
            "unique_id",
            "kind",
            "rare_words",
            "rare_consonants",
            north=(pl.col("latitude") / NEAR_DEGREES).floor().cast(pl.Int32),
            east=(pl.col("longitude") / NEAR_DEGREES).floor().cast(pl.Int32),
            day=pl.int_ranges(pl.col("day_from") - around, pl.col("day_to") + around + 1),
        )
        .explode("day")
    )
    located = by_day.filter(pl.col("north").is_not_null() & pl.col("east").is_not_null())
    keys = [
        *(
            (located if (north, east) == (0, 0) else located.filter(is_incident)).select(
                "unique_id",
                block_key=pl.concat_str(
                    pl.lit("near"), "day", pl.col("north") + north, pl.col("east") + east, separator="|"
                ).hash(),
            )
            for north in (-1, 0, 1)
            for east in (-1, 0, 1)
        ),
        *(
            by_day.select("unique_id", "day", word=column)
            .explode("word")
            .drop_nulls()
            .select("unique_id", block_key=pl.concat_str(pl.lit(column), "day", "word", separator="|").hash())
            for column in ("rare_words", "rare_consonants")
        ),
        frame.select("unique_id", "rare_addresses")
        .explode("rare_addresses")
        .drop_nulls()
        .select("unique_id", block_key=("address|" + pl.col("rare_addresses")).hash()),
    ]
    every = pl.concat(keys).join(frame.select("unique_id", "kind"), on="unique_id", validate="m:1").unique()
    lists = without_crowded(every).group_by("unique_id").agg(pl.col("block_key").unique().sort())
    decisions = _decided_keys(frame, decided).group_by("unique_id").agg(pl.col("decided_key").unique().sort())
    for part in (lists, decisions):
        frame = frame.join(part, on="unique_id", how="left", validate="1:1")
    return frame


def without_crowded(keys: pl.DataFrame, most_pairs: int = MOST_PAIRS) -> pl.DataFrame:
    """The keys without the most crowded ones, so that at most `most_pairs` pairs share one.

    Keys of one size stay or go together: the order of rows does not matter.

    Args:
        keys: unique_id, kind, block_key; one row per record and key.
    """
    incidents = (pl.col("kind") == "incident").sum().cast(pl.Int64)
    sizes = keys.group_by("block_key").agg(
        pairs=incidents * (incidents - 1) // 2 + incidents * (pl.len().cast(pl.Int64) - incidents)
    )
    total = sizes.group_by("pairs").agg(all=pl.col("pairs").sum()).sort("pairs").with_columns(pl.col("all").cum_sum())
    largest = total.filter(pl.col("all") <= most_pairs)["pairs"].max()
    return keys.join(sizes.filter(pl.col("pairs") <= (largest or 0)), on="block_key", how="semi")


def _decided_keys(frame: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    pairs = decided.select("left_id", "right_id", decided_key=pl.concat_str("left_id", "right_id", separator="|"))
    sides = [pairs.select("decided_key", record_id=side) for side in ("left_id", "right_id")]
    return (
        frame.select("unique_id", "record_id").join(pl.concat(sides), on="record_id").select("unique_id", "decided_key")
    )
