"""Which pairs are compared at all: two records are a candidate pair when they share a key.

A key holds a day and a cell of a grid, a day and a rare word of the place name, or an address that few cite. Pairs that
people decided have a key of their own and are compared whatever they state.
"""

from __future__ import annotations

import polars as pl

NEAR_DEGREES = 0.1
"""Points whose latitudes and longitudes both differ by at most this share a cell: about 11 km north to south, 9 km east
to west at the latitude of Syria. Beyond it two exact places are not the same event. The antimeridian is not crossed."""
NEAR_DAYS = 1
"""Each record has the days from one before to one after: dates up to two days apart are compared."""
LONGEST_PERIOD_DAYS = 92
"""A record that may have happened within more than a quarter of a year is not compared by its date: nearly everything
nearby would match it."""


def block_keys(frame: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Add `block_key` and `decided_key`, lists of texts; null where nothing of the record can be compared.

    Args:
        frame: records with day_from, day_to, latitude, longitude, rare_words, rare_consonants and rare_addresses.
        decided: left_id, right_id; each pair gets a key of its own.
    """
    span = pl.col("day_to") - pl.col("day_from")
    days = frame.filter(span <= LONGEST_PERIOD_DAYS, span >= 0).select(
        "unique_id",
        "latitude",
        "longitude",
        "rare_words",
        "rare_consonants",
        day=pl.int_ranges(pl.col("day_from") - NEAR_DAYS, pl.col("day_to") + NEAR_DAYS + 1),
    )
    by_day = days.explode("day")
    cells = by_day.filter(pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null())
    keys = [
        *(
            cells.select(
                "unique_id",
                block_key=pl.concat_str(pl.lit(f"near{north}{east}"), "day", *_cell(north, east), separator="|"),
            )
            for north in (0, 1)
            for east in (0, 1)
        ),
        *(
            by_day.select("unique_id", "day", word=column)
            .explode("word")
            .drop_nulls()
            .select("unique_id", block_key=pl.concat_str(pl.lit(column), "day", "word", separator="|"))
            for column in ("rare_words", "rare_consonants")
        ),
        frame.select("unique_id", "rare_addresses")
        .explode("rare_addresses")
        .drop_nulls()
        .select("unique_id", block_key="address|" + pl.col("rare_addresses")),
    ]
    # As numbers they take a fifth of the memory; two texts with one number would only add a pair to compare.
    numbered = pl.concat(keys).with_columns(pl.col("block_key").hash(seed=0)).unique()
    lists = numbered.group_by("unique_id").agg(pl.col("block_key").sort())
    decisions = _decided_keys(frame, decided).group_by("unique_id").agg(pl.col("decided_key").unique().sort())
    for part in (lists, decisions):
        frame = frame.join(part, on="unique_id", how="left", validate="1:1")
    return frame


def _cell(north: int, east: int) -> tuple[pl.Expr, pl.Expr]:
    """Row and column in one of four grids, each moved by half a cell: two near points share a cell of at least one."""
    size = 2 * NEAR_DEGREES
    return (
        ((pl.col("latitude") + north * NEAR_DEGREES) / size).floor().cast(pl.Int32).alias("_north"),
        ((pl.col("longitude") + east * NEAR_DEGREES) / size).floor().cast(pl.Int32).alias("_east"),
    )


def _decided_keys(frame: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    pairs = decided.select("left_id", "right_id", decided_key=pl.concat_str("left_id", "right_id", separator="|"))
    sides = [pairs.select("decided_key", record_id=side) for side in ("left_id", "right_id")]
    return (
        frame.select("unique_id", "record_id").join(pl.concat(sides), on="record_id").select("unique_id", "decided_key")
    )
