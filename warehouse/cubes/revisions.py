"""Answers about versions of incidents between two days of knowledge. See the questions of the same names.

Which incidents have another version is asked once for the two days; a filter then leaves those that met it on either.
"""

from __future__ import annotations

from datetime import date

import ibis
import polars as pl
from ibis.expr.types import Table

from warehouse.cubes.frames import counted
from warehouse.cubes.held import COLUMNS, Held, in_categories
from warehouse.cubes.meeting import has_words, predicate
from warehouse.filters import Filters
from warehouse.queries import revisions
from warehouse.queries.base import NUMBER, numbered

IS_ADDED, IS_RETRACTED = pl.col("before").is_null(), pl.col("after").is_null()


def pair_rows(first: date, last: date) -> Table:
    """Incidents of `queries.revised`, by their keys.

    Columns: before, after (numbers of the versions that differ; null: it was added, or retracted), incident_id (of
    those with both).
    """
    closed = revisions.ended(_versions(first), last).select("incident_id", before=NUMBER)
    opened = revisions.begun(_versions(last), first).select(incident="incident_id", after=NUMBER)
    rows = closed.outer_join(opened, closed.incident_id == opened.incident)
    rows = rows.order_by(ibis.coalesce(rows.incident_id, rows.incident))
    is_both = rows.incident_id.notnull() & rows.incident.notnull()
    return rows.select("before", "after", incident_id=ibis.ifelse(is_both, rows.incident_id, ibis.null("string")))


def ended_rows(first: date, last: date) -> Table:
    """Versions known on the first day and no longer on the last. Columns: `NUMBER`, what filters look at."""
    return revisions.ended(_versions(first), last).select(NUMBER, "search_text", *COLUMNS)


def known_before_rows(first: date) -> Table:
    """Incidents that were known on an earlier day too. Columns: `NUMBER`, dataset_id."""
    return numbered("incident").semi_join(revisions.incidents_on(first), "incident_id").select(NUMBER, "dataset_id")


def revised_counts(held: Held, filters: Filters, first: date, last: date) -> pl.DataFrame:
    """See `queries.revised_counts`."""
    is_alone = IS_ADDED | IS_RETRACTED
    return _pairs(held, filters, first, last).select(
        added=IS_ADDED.sum(), retracted=IS_RETRACTED.sum(), on_both=(~is_alone).sum()
    )


def came_and_went(held: Held, filters: Filters, first: date, last: date, side: str, limit: int) -> pl.DataFrame:
    """See `queries.came_and_went`."""
    is_alone = IS_ADDED if side == revisions.AFTER else IS_RETRACTED
    found = _pairs(held, filters, first, last).filter(is_alone).head(limit)
    return held.look_up(found[side], *revisions.SHOWN)


def revised_on_both(held: Held, filters: Filters, first: date, last: date) -> pl.DataFrame:
    """See `queries.revised_on_both`."""
    return _pairs(held, filters, first, last).select("incident_id").drop_nulls()


def known_on_both(held: Held, filters: Filters, first: date, last: date) -> pl.DataFrame:
    """See `queries.known_on_both`."""
    return counted(held.on(last).of(filters, known_before_rows, first), ["dataset_id"])


def _pairs(held: Held, filters: Filters, first: date, last: date) -> pl.DataFrame:
    """Of `pair_rows`, the incidents that meet the filter on either day, each with its version then."""
    pairs = held.once(_all_pairs, first, last)
    if not filters.restricts:
        return pairs
    before = held.once(_ended, first, last).filter(predicate(filters), has_words(filters))[NUMBER]
    met_later = held.on(last).mask(filters).gather(pairs["after"])
    return pairs.filter(pl.col("before").is_in(before.implode()) | met_later)


def _all_pairs(held: Held, first: date, last: date) -> pl.DataFrame:
    return held.run(pair_rows, first, last).with_columns(pl.col("before", "after").cast(pl.UInt32))


def _ended(held: Held, first: date, last: date) -> pl.DataFrame:
    return in_categories(held.run(ended_rows, first, last).with_columns(pl.col(NUMBER).cast(pl.UInt32)))


def _versions(day: date) -> Table:
    rows = revisions.all_versions("incident")
    return revisions.known_on(rows.mutate(**{NUMBER: rows.rowid()}), day)
