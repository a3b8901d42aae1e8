"""What changed between two days under the filter, as the page Revisions needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pages.components.data import answer, asked, kept
from warehouse import queries
from warehouse.filters import Filters
from warehouse.revisions import changes, with_scope

MOST_COMPARED = 20_000
"""Incidents whose fields are compared: a second of work at most."""
MOST_LISTED = 500
"""Rows of a table on the page; the file holds all."""
EVERYTHING = Filters()


@dataclass(frozen=True)
class Found:
    """What changed.

    Attributes:
        changed: of `warehouse.revisions.with_scope`; `of` counts under the filter.
        added, retracted: of `queries.came_and_went`, the first `MOST_LISTED`.
        n_added, n_retracted, n_on_both: all incidents; of those with another version, `n_compared` were compared.
        known: incidents known on one of the days, whatever the filter.
    """

    first: date
    last: date
    changed: pl.DataFrame
    added: pl.DataFrame
    retracted: pl.DataFrame
    n_added: int
    n_retracted: int
    n_on_both: int
    n_compared: int
    known: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return self.changed.is_empty() and not self.n_added and not self.n_retracted

    @property
    def single(self) -> pl.DataFrame:
        """Changes of single incidents."""
        return self.changed.filter(~pl.col("is_publisher_wide"))

    @property
    def shown(self) -> int:
        """Incidents in the figure of what changed."""
        return self.n_added + self.n_retracted + self.changed["incident_id"].n_unique()


def between(filters: Filters, first: date, last: date) -> Found:
    """What changed from the first to the last day under the filter."""
    counts = _counts(filters, first, last)
    added, retracted = (
        asked(queries.came_and_went, filters, first, last, side, MOST_LISTED)
        for side in (queries.AFTER, queries.BEFORE)
    )
    return Found(
        first,
        last,
        _changed(filters, first, last),
        added,
        retracted,
        counts["added"],
        counts["retracted"],
        counts["on_both"],
        min(counts["on_both"], MOST_COMPARED),
        answer(queries.known_on_either, first, last).item(),
    )


def _counts(filters: Filters, first: date, last: date) -> dict[str, int]:
    counts: dict[str, int] = answer(queries.revised_counts, filters, first, last).row(0, named=True)
    return counts


def _changed(filters: Filters, first: date, last: date) -> pl.DataFrame:
    """Changed fields of the filtered incidents.

    Whether a change is publisher-wide is a matter of the whole data set: a filter on one district must not turn the
    publisher's habits into news of single incidents. Only where the whole is too much is it judged under the filter.
    """
    on_both = answer(queries.known_on_both, filters, first, last)
    if _counts(EVERYTHING, first, last)["on_both"] > MOST_COMPARED:
        return with_scope(_compared(filters, first, last), on_both)
    whole = kept(_whole, first, last)
    if not filters.restricts:
        return whole
    mine = asked(queries.revised_on_both, filters, first, last)
    filtered = whole.join(mine, on="incident_id", how="semi", maintain_order="left").drop("of")
    return filtered.join(on_both.rename({"incidents": "of"}), on="dataset_id", how="left", maintain_order="left")


def _whole(first: date, last: date) -> pl.DataFrame:
    on_both = answer(queries.known_on_both, EVERYTHING, first, last)
    return with_scope(_compared(EVERYTHING, first, last), on_both)


def _compared(filters: Filters, first: date, last: date) -> pl.DataFrame:
    rows = asked(queries.revised_versions, filters, first, last, MOST_COMPARED)
    before, after = (rows.filter(side=side).drop("side") for side in (queries.BEFORE, queries.AFTER))
    return changes(before, after)
