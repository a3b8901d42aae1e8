"""What changed between two days of knowledge, whatever the day for which it is asked. See `queries.changes`.

All changes between the two days are asked once, and what the incidents concerned looked like on both; a filter then
leaves those of the incidents that met it on either day.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date

import ibis
import numpy as np
import polars as pl
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.cubes.events import estimate, once_per_event
from warehouse.cubes.frames import counted, in_order
from warehouse.cubes.held import COLUMNS, Held, in_categories, incident_rows
from warehouse.cubes.meeting import has_words, predicate
from warehouse.filters import Filters
from warehouse.queries import changes as questions
from warehouse.queries import revisions
from warehouse.schema import TABLE

ALL = Filters()


def change_counts(held: Held, filters: Filters, before: date, after: date) -> pl.DataFrame:
    """See `queries.change_counts`."""
    rows = held.once(_counted, before, after)
    if filters.restricts:
        versions = held.once(_versions, before, after)
        met = np.zeros(versions.height, dtype=np.bool_)
        meeting = versions.lazy().filter(predicate(filters), has_words(filters)).select("place_of_id").collect()
        met[meeting["place_of_id"].to_numpy()] = True
        rows = rows.filter(pl.Series(met).gather(rows["place_of_id"]))
    found = rows.lazy().group_by("what", "kind").agg(pl.col("rows").sum(), incidents=pl.len())
    return in_order(found, ["what", "kind"])


def withdrawn(held: Held, filters: Filters, before: date, after: date) -> pl.DataFrame:
    """See `queries.withdrawn`."""
    return counted(_of(held, filters, _withdrawn, before, after), ["what"], "rows")


def listed_changes(held: Held, name: str, filters: Filters, before: date, after: date) -> pl.DataFrame:
    """See `queries.listed_changes`."""
    return _of(held, filters, _listed, before, after, name).head(questions.MOST_LISTED).collect()


def state_on(held: Held, filters: Filters, day: date) -> pl.DataFrame:
    """See `queries.state_on`."""
    events = once_per_event(held.on(day).chosen(filters), ())
    sums = {name: sum_ for harm in v.Harm for name, sum_ in estimate(harm.value).items()}
    return events.select(incidents=pl.col("incidents").sum(), **sums).collect()


def of_new_datasets(held: Held, filters: Filters, first: date, last: date) -> pl.DataFrame:
    """See `queries.of_new_datasets`."""
    known = held.on(first).everything(incident_rows)["dataset_id"].cast(pl.String).unique()
    rows = held.on(last).chosen(filters).select(pl.col("dataset_id").cast(pl.String))
    counts = rows.filter(~pl.col("dataset_id").is_in(known.implode())).group_by("dataset_id").agg(incidents=pl.len())
    titled = counts.join(held.once(_titles).lazy(), on="dataset_id").group_by("title").agg(pl.col("incidents").sum())
    return in_order(titled, ["title"])


def title_rows() -> Table:
    """Columns: dataset_id, title."""
    return TABLE["dataset"].ibis_table().select("dataset_id", "title")


def _titles(held: Held) -> pl.DataFrame:
    return held.run(title_rows)


def _of(
    held: Held, filters: Filters, make: Callable[..., pl.DataFrame], before: date, after: date, *more: Hashable
) -> pl.LazyFrame:
    """Of the rows that `make` asks for, those of incidents that met the filter on either day."""
    rows = held.once(make, before, after, *more).lazy()
    if not filters.restricts:
        return rows
    versions = held.once(_versions, before, after).lazy().filter(predicate(filters), has_words(filters))
    met = versions.select("incident_id").collect()["incident_id"]
    return rows.filter(pl.col("incident_id").is_in(met.unique().implode()))


def _withdrawn(held: Held, before: date, after: date) -> pl.DataFrame:
    return held.run(questions.withdrawn_records, ALL, before, after)


def _listed(held: Held, before: date, after: date, name: str) -> pl.DataFrame:
    return held.run(questions.LISTS[name], ALL, before, after)


def _versions(held: Held, before: date, after: date) -> pl.DataFrame:
    """The incidents concerned as known on each of the days.

    Columns: incident_id, search_text, what filters look at, and place_of_id (of the key among all, from 0).
    """
    rows = in_categories(held.run(_concerned, before, after))
    return rows.with_columns(place_of_id=pl.col("incident_id").rank("dense") - 1)


def _counted(held: Held, before: date, after: date) -> pl.DataFrame:
    """Each incident with each kind of change, and with each change of any kind (null): rows; place_of_id in place of
    the key, for which a filter is asked sooner.
    """
    keys = held.once(_versions, before, after).select("incident_id", "place_of_id").unique()
    rows = held.run(questions.all_changes, ALL, before, after).join(keys, on="incident_id", how="left")
    whole = rows.with_columns(kind=pl.lit(None, pl.String))
    counts = pl.concat([rows, whole]).group_by("what", "kind", "incident_id", "place_of_id").agg(rows=pl.len())
    return counts.drop("incident_id").cast({"what": pl.Categorical, "kind": pl.Categorical})


def _concerned(before: date, after: date) -> Table:
    both = (questions.all_changes, questions.withdrawn_records)
    changed = (rows(ALL, before, after).select("incident_id") for rows in both)
    ids = ibis.union(*changed, distinct=True)
    known = (revisions.incidents_on(day).semi_join(ids, "incident_id") for day in (before, after))
    return ibis.union(*(rows.select("incident_id", "search_text", *COLUMNS) for rows in known))
