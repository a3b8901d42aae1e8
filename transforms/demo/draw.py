"""Random draws that every table of the demonstration data is made from.

All draws come from numpy's PCG64, seeded by (seed, block, table), so that the same call gives the same rows on every
machine and a change to one table leaves the others as they are.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.intake_format import columns
from warehouse.schema import TABLE

Ints = npt.NDArray[np.int64]
Weights = dict[str | None, float]

STREAMS: Final = (
    "cast",
    "incident",
    "casualty",
    "breakdown",
    "report",
    "link",
    "weapon",
    "stage",
    "assessment",
    "response",
    "engagement",
    "transfer",
    "series",
    "unit",
    "fault",
    "reassessment",
    "answer",
    "response_target",
    "response_fault",
)
"""Names of the independent streams of random numbers; their order is part of the result."""


def stream(seed: int, block: int, name: str) -> np.random.Generator:
    """The stream of random numbers of one table in one block of incidents."""
    return np.random.Generator(np.random.PCG64([seed, block, STREAMS.index(name)]))


def pick(rng: np.random.Generator, size: int, weights: Weights) -> pl.Series:
    """`size` texts drawn with the given weights (they need not add up to 1); None is a null."""
    shares = np.cumsum(np.fromiter(weights.values(), dtype=np.float64))
    index = np.searchsorted(shares, rng.random(size) * shares[-1], side="right")
    return pl.Series(list(weights), dtype=pl.String).gather(np.minimum(index, len(weights) - 1))


def chance(rng: np.random.Generator, size: int, share: float) -> pl.Series:
    """True with probability `share`."""
    return pl.Series(rng.random(size) < share)


def below(rng: np.random.Generator, limits: pl.Series) -> pl.Series:
    """A whole number from 0 to one less than each limit (limits are 1 or more)."""
    return pl.Series(np.floor(rng.random(len(limits)) * limits.to_numpy()).astype(np.int64))


def log_normal(rng: np.random.Generator, median: npt.ArrayLike, sigma: float, size: int | tuple[int, int]) -> Ints:
    """Whole numbers, at least 0, from a log-normal distribution with the given median."""
    drawn: Ints = np.floor(np.asarray(median) * np.exp(sigma * rng.standard_normal(size))).astype(np.int64)
    return drawn


def day_number(day: date) -> int:
    """Days since 1970-01-01, as Polars stores a date."""
    return (day - date(1970, 1, 1)).days


def to_date(days: pl.Expr) -> pl.Expr:
    """Days since 1970-01-01 as a date."""
    return days.cast(pl.Int32).cast(pl.Date)


def fill(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with exactly the columns of the table's intake file, in order and typed; a column it lacks is null."""
    schema = TABLE[table].polars_schema()
    return frame.select(
        (pl.col(c.name) if c.name in frame.columns else pl.lit(None)).cast(schema[c.name]).alias(c.name)
        for c in columns(TABLE[table])
    )
