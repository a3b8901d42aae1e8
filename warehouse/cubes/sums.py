"""Rows that are to be summed, put together beforehand for filters on a few columns.

A filter on one or two columns leaves of a question the same few sums to add up, however many incidents there are: so
many as the columns have values. These sums are made once for a build and a day, by a thread, for each set of columns
that filters look at; a new value of the filter is then asked of some thousand rows instead of all incidents. Where
that would not save much (many columns, columns of many values, a text) the rows themselves are filtered.

What is summed is said in one place for both: a `Part` gives each row's share, and whoever asks for it adds them up.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.cubes.held import Held, incident_rows
from warehouse.cubes.meeting import predicate
from warehouse.filters import MULTIPLE, Filters
from warehouse.queries.base import NUMBER

LEAST = 2
"""Times fewer sums than rows from which on they are kept."""
FEW = 200_000
"""Sums that are kept even so: filtering them takes less time than finding the rows."""


class Part(NamedTuple):
    """What each row of all incidents adds to an answer.

    Attributes:
        rows, arguments: `held.once(rows, *arguments)` are all rows, with `NUMBER`.
        shares: `shares(rows, *more)` adds the columns below, and may take rows apart or leave some out.
        keys: by which columns the answer sums at most.
        sums: columns to be summed.
        least: columns of which the least value counts.
    """

    rows: Callable[..., pl.DataFrame]
    arguments: tuple[Hashable, ...]
    shares: Callable[..., pl.LazyFrame]
    more: tuple[Hashable, ...]
    keys: tuple[str, ...]
    sums: tuple[str, ...]
    least: tuple[str, ...] = ()


def shared(held: Held, filters: Filters, part: Part) -> pl.LazyFrame:
    """The part's columns for the filtered incidents, some rows perhaps put together; to be summed."""
    sums = sums_of(held, filters, part)
    return sums if sums is not None else each(held, filters, part)


def each(held: Held, filters: Filters, part: Part) -> pl.LazyFrame:
    """The same from the rows themselves."""
    rows = held.once(part.rows, *part.arguments)
    is_own = restricted(filters) is not None and _are_incidents(held, rows)
    chosen = rows.lazy().filter(predicate(filters)) if is_own else held.meeting(filters, rows)
    return part.shares(chosen, *part.more)


def sums_of(held: Held, filters: Filters, part: Part) -> pl.LazyFrame | None:
    """The same from sums made beforehand; nothing if there are none, or not yet."""
    columns = restricted(filters)
    if columns is None:
        return None
    found = held.soon(kept, part, columns)
    return found.lazy().filter(predicate(filters)) if found is not None and found.width else None


def restricted(filters: Filters) -> tuple[str, ...] | None:
    """Columns that the filter looks at; None if it looks at the text, or at several columns beside the dates."""
    columns = [name for name in MULTIPLE if getattr(filters, name)]
    if filters.minimum_civilians_killed is not None:
        columns.append("civilians_killed_low")
    if filters.text or len(columns) > 1:
        return None
    if filters.date_from or filters.date_to:
        columns += ["date_start", "date_end"]
    return tuple(columns)


def with_columns(held: Held, rows: pl.DataFrame, columns: tuple[str, ...]) -> pl.LazyFrame:
    """Rows with `NUMBER`, and columns of their incidents beside it, which replace others of the same name."""
    if _are_incidents(held, rows):
        return rows.lazy()
    of_incident = held.everything(incident_rows).lazy().select(NUMBER, *columns)
    return rows.lazy().drop(columns, strict=False).join(of_incident, on=NUMBER, how="left", maintain_order="left")


def _are_incidents(held: Held, rows: pl.DataFrame) -> bool:
    """Whether they are rows of incidents, with all of their columns."""
    return set(held.everything(incident_rows).columns) <= set(rows.columns)


def kept(held: Held, part: Part, columns: tuple[str, ...], *, is_any: bool = False) -> pl.DataFrame:
    """The part's sums by `columns` and its keys; no columns at all if they are many and hardly fewer than the rows."""
    rows = held.once(part.rows, *part.arguments)
    shares = part.shares(with_columns(held, rows, columns), *part.more)
    keys = [*dict.fromkeys((*columns, *part.keys))]
    sums = [pl.col(name).sum() for name in part.sums] + [pl.col(name).min() for name in part.least]
    found = (shares.group_by(keys).agg(sums) if keys else shares.select(sums)).collect()
    return found if is_any or found.height <= max(FEW, rows.height // LEAST) else pl.DataFrame()


def middles(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Of each row of counts, the median of the indices that are counted; of an even number, between both in the middle.

    NaN where nothing is counted.
    """
    up_to = counts.cumsum(axis=1)
    whole = counts.sum(axis=1, keepdims=True)
    lower, upper = ((up_to >= half).argmax(axis=1) for half in ((whole + 1) // 2, whole // 2 + 1))
    return np.where(whole[:, 0] > 0, (lower + upper) / 2, np.nan)
