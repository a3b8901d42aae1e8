"""Answers about incidents that wait in the review. See the questions of the same names."""

from __future__ import annotations

from datetime import date

import ibis
import numpy as np
import polars as pl
from ibis.expr.types import Table

from warehouse.cubes.frames import in_order
from warehouse.cubes.held import Held, asked_rows, incident_rows
from warehouse.cubes.sums import Part, middles, shared
from warehouse.filters import Filters
from warehouse.queries import open_incidents
from warehouse.queries.base import NUMBER
from warehouse.queries.steps import latest_steps

ALL = Filters()
DAYS = pl.col("days_in_stage")


def waiting_rows(as_of: date) -> Table:
    """Columns: incident_id, country, stage, received_on, days_in_stage, rank (0: waits longest, by its key the first).

    See `open_incidents.waiting`.
    """
    rows = open_incidents.waiting(ALL, as_of)
    rank = ibis.row_number().over(order_by=[ibis.desc(rows.days_in_stage), rows.incident_id])
    return rows.select("incident_id", "country", "stage", "received_on", "days_in_stage", rank=rank.cast("int32"))


def name_rows(as_of: date) -> Table:
    """What is told of those that wait, in the order of their rank. Columns: incident_id, public_code, longest_days."""
    rows = open_incidents.waiting(ALL, as_of)
    rows = rows.order_by(ibis.desc(rows.days_in_stage), rows.incident_id)
    return rows.select("incident_id", "public_code", longest_days="days_in_stage")


def reason_rows(as_of: date) -> Table:
    """Each incident that waits. Columns: incident_id, waiting_on (null: not stated)."""
    rows = open_incidents.waiting(ALL, as_of)
    return rows.left_join(latest_steps(rows), "incident_id").select("incident_id", "waiting_on")


def open_review(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.open_review`."""
    rows = shared(held, filters, _waiting(as_of, "days_in_stage")).group_by("days_in_stage").agg(_SUMS).collect()
    sums = rows.select(_SUMS)
    known = rows.drop_nulls("days_in_stage")
    days = known["days_in_stage"].to_numpy()
    first = int(days.min()) if days.size else 0
    median = middles(
        np.bincount(days - first, weights=known["waiting"].to_numpy(), minlength=1).astype(np.int64)[np.newaxis]
    )
    return sums.with_columns(median_days=pl.Series(median + first).fill_nan(None))


def time_in_stage(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.time_in_stage`."""
    return held.of(filters, waiting_rows, as_of).select(waiting=pl.len(), median_days=DAYS.median()).collect()


def median_days_in_stage(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.median_days_in_stage`."""
    rows = held.of(filters, waiting_rows, as_of).group_by("stage")
    return in_order(rows.agg(incidents=pl.len(), median_days=DAYS.median()), ["stage"])


def backlog(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.backlog`."""
    label = open_incidents.age_band_label
    *bands, open_band = open_incidents.AGE_BANDS_DAYS
    band = pl.lit(label(*open_band))
    for first, last in reversed(bands):
        band = pl.when(last >= DAYS).then(pl.lit(label(first, last))).otherwise(band)
    rows = held.of(filters, waiting_rows, as_of).group_by("stage", "days_in_stage").agg(incidents=pl.len())
    bands_of = rows.group_by("stage", age_band=band).agg(pl.col("incidents").sum())
    return in_order(bands_of, ["stage", "age_band"])


def overdue_by_country(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.overdue_by_country`."""
    rows = shared(held, filters, _waiting(as_of, "country")).group_by("country").agg(*_SUMS)
    sums = rows.rename({"waiting": "incidents"})
    return in_order(sums, ["overdue", "incidents", "country"], descending=[True, True, False])


def waiting_on(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.waiting_on`."""
    rows = held.of(filters, reason_rows, as_of).group_by("waiting_on").agg(incidents=pl.len())
    return in_order(rows, ["incidents", "waiting_on"], descending=[True, False])


def oldest_by_place(held: Held, filters: Filters, as_of: date, limit: int) -> pl.DataFrame:
    """See `queries.oldest_by_place`."""
    by_place = shared(held, filters, _waiting(as_of, "stage", "country")).group_by("stage", "country")
    rows = by_place.agg(*_SUMS, pl.col("rank").min()).collect()
    # Of several that have waited for as long, the first by its key.
    oldest = held.once(_names, as_of)[rows["rank"]]
    found = pl.concat([rows, oldest], how="horizontal").lazy()
    return in_order(found, ["longest_days", "stage", "country"], descending=[True, False, False]).head(limit)


def longest_waiting(held: Held, filters: Filters, as_of: date, limit: int) -> pl.DataFrame:
    """See `queries.longest_waiting`."""
    order = held.everything(incident_rows).lazy().select(NUMBER, "id_order")
    rows = held.of(filters, waiting_rows, as_of).join(order, on=NUMBER)
    first = rows.sort("days_in_stage", "id_order", descending=[True, False]).head(limit)
    reasons = held.everything(reason_rows, as_of).lazy()
    first = first.join(reasons, on=NUMBER, how="left", maintain_order="left").with_columns(
        days_since_receipt=_days_since_receipt(as_of),
        stage_entered_on=pl.lit(as_of) - pl.duration(days=DAYS),
    )
    found = first.collect()
    return found.join(
        held.look_up(found[NUMBER], "incident_id", "public_code", "place"), on=NUMBER, maintain_order="left"
    )


_COUNTED = ("waiting", "overdue", "without_receipt")
_SUMS = tuple(pl.col(name).sum() for name in _COUNTED)


def _waiting(as_of: date, *keys: str) -> Part:
    return Part(asked_rows, (waiting_rows, as_of), _waiting_shares, (as_of,), keys, _COUNTED, ("rank",))


def _waiting_shares(rows: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    is_overdue = _days_since_receipt(as_of) > open_incidents.NORM_DAYS
    return rows.with_columns(
        waiting=pl.lit(1, pl.Int64), overdue=is_overdue, without_receipt=pl.col("received_on").is_null()
    )


def _names(held: Held, as_of: date) -> pl.DataFrame:
    return held.run(name_rows, as_of)


def _days_since_receipt(as_of: date) -> pl.Expr:
    return (pl.lit(as_of) - pl.col("received_on")).dt.total_days()
