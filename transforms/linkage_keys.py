"""Which pairs are compared at all: two records are a candidate pair when they share a key.

A key holds a day and a cell of a grid, a day and a rare word of the place name, or an address that few cite. Pairs that
people decided have a key of their own and are compared whatever they state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import polars as pl

from transforms.linkage_places import beside

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

PART_DAYS = 500_000
"""Days of records whose keys are made at a time: with ten keys a day about 200 MB."""
CELLS = 4_096
"""More than there are cells from pole to pole or around the Earth."""

_ROW = "_row"
_KIND = pl.Enum(("incident", "report"))

Parts = Callable[[], Iterable[pl.DataFrame]]
"""Makes the keys part by part, again with each call: all at once take gigabytes. No key stands in two parts."""


def block_keys(frame: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Add `block_key` and `decided_key`, lists; null where nothing of the record can be compared; and `is_crowded`.

    A `block_key` is a hash: as a number it takes a fifth of the memory of a text, and two keys of one hash only add a
    pair to compare. The list is empty where the record shares none of its keys with another one. `is_crowded`: one of
    its keys was left out, since too many share it.

    Args:
        frame: records with kind, day_from, day_to, latitude, longitude, rare_words, rare_consonants and rare_addresses.
        decided: left_id, right_id; each pair gets a key of its own.
    """
    numbered = frame.with_row_index(_ROW)
    shared, compared, crowded = [], [], []
    for keys in with_crowded(_parts(numbered)):
        kept = keys.filter(~pl.col("is_crowded"))
        shared.append(kept.filter(pl.col("pairs") > 0).select(_ROW, "block_key"))
        compared.append(kept.select(_ROW).unique())
        crowded.append(keys.filter("is_crowded").select(_ROW).unique())
    lists = pl.concat(shared).group_by(_ROW).agg(pl.col("block_key").sort())
    nothing_shared = pl.concat(compared).unique().join(lists, on=_ROW, how="anti")
    nothing_shared = nothing_shared.with_columns(block_key=pl.lit([], dtype=pl.List(pl.UInt64)))
    numbered = numbered.with_columns(is_crowded=pl.col(_ROW).is_in(pl.concat(crowded)[_ROW].unique().implode()))
    decisions = _decided_keys(frame, decided).group_by("unique_id").agg(pl.col("decided_key").unique().sort())
    keyed = beside(numbered, pl.concat([lists, nothing_shared]), _ROW)
    return beside(keyed.drop(_ROW), decisions, "unique_id")


def _parts(numbered: pl.DataFrame) -> Parts:
    """The keys of records that are numbered in `_row`: columns _row, kind, block_key; each once."""
    span = pl.col("day_to") - pl.col("day_from")
    around = pl.when(pl.col("kind") == "incident").then(NEAR_DAYS).otherwise(0)
    by_day = (
        numbered.filter(span <= LONGEST_PERIOD_DAYS, span >= 0)
        .select(
            _ROW,
            pl.col("kind").cast(_KIND),
            north=(pl.col("latitude") / NEAR_DEGREES).floor().cast(pl.Int32),
            east=(pl.col("longitude") / NEAR_DEGREES).floor().cast(pl.Int32),
            day=pl.int_ranges(pl.col("day_from") - around, pl.col("day_to") + around + 1),
        )
        .explode("day")
    )
    words = {
        column: numbered.select(_ROW, word=column).explode("word").drop_nulls()
        for column in ("rare_words", "rare_consonants")
    }
    count = 1 + by_day.height // PART_DAYS

    def parts() -> Iterator[pl.DataFrame]:
        for number in range(count):
            days = by_day.filter(pl.col("day") % count == number)
            yield pl.concat([*_near(days), *(_worded(days, name, of) for name, of in words.items())])
        yield (
            numbered.select(_ROW, pl.col("kind").cast(_KIND), block_key="rare_addresses")
            .explode("block_key")
            .drop_nulls("block_key")
        )

    return parts


def _near(days: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """A day and a cell: of an incident also those around it."""
    located = days.filter(pl.col("north").is_not_null() & pl.col("east").is_not_null())
    for north in (-1, 0, 1):
        for east in (-1, 0, 1):
            around = located if (north, east) == (0, 0) else located.filter(pl.col("kind") == "incident")
            cell = (pl.col("day").cast(pl.Int64) * CELLS + pl.col("north") + north) * CELLS + pl.col("east") + east
            yield around.select(_ROW, "kind", block_key=cell.hash())


def _worded(days: pl.DataFrame, name: str, words: pl.DataFrame) -> pl.DataFrame:
    """A day and a word of the place."""
    key = pl.concat_str(pl.lit(name), "day", "word", separator="|").hash()
    return days.join(words, on=_ROW).select(_ROW, "kind", block_key=key)


def with_crowded(parts: Parts, most_pairs: int = MOST_PAIRS) -> Iterator[pl.DataFrame]:
    """The keys, the most crowded ones marked so that at most `most_pairs` pairs share another, part by part.

    Keys of one size stay or go together: neither the order of rows nor that of parts matters.

    Args:
        parts: make frames with kind and block_key; one row per record and key.
        most_pairs: pairs are counted in each key.

    Returns:
        The frames with `pairs`, how many share the key, and `is_crowded`.
    """
    sizes = pl.concat([_sizes(keys).group_by("pairs").agg(all=pl.col("pairs").sum()) for keys in parts()])
    total = sizes.group_by("pairs").agg(pl.col("all").sum()).sort("pairs").with_columns(pl.col("all").cum_sum())
    largest = total.filter(pl.col("all") <= most_pairs)["pairs"].max() or 0
    for keys in parts():
        yield keys.join(_sizes(keys), on="block_key").with_columns(is_crowded=pl.col("pairs") > largest)


def _sizes(keys: pl.DataFrame) -> pl.DataFrame:
    """block_key and its pairs of records, an incident in each."""
    incidents = (pl.col("kind") == "incident").sum().cast(pl.Int64)
    return keys.group_by("block_key").agg(
        pairs=incidents * (incidents - 1) // 2 + incidents * (pl.len().cast(pl.Int64) - incidents)
    )


def _decided_keys(frame: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    pairs = decided.select("left_id", "right_id", decided_key=pl.concat_str("left_id", "right_id", separator="|"))
    sides = [pairs.select("decided_key", record_id=side) for side in ("left_id", "right_id")]
    return (
        frame.select("unique_id", "record_id").join(pl.concat(sides), on="record_id").select("unique_id", "decided_key")
    )
