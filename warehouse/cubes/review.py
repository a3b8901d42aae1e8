"""Answers about incidents that wait in the review. See the questions of the same names."""

from __future__ import annotations

from datetime import date

import polars as pl
from ibis.expr.types import Table

from warehouse.cubes.frames import in_order
from warehouse.cubes.held import Held, incident_rows
from warehouse.filters import Filters
from warehouse.queries import open_incidents
from warehouse.queries.base import NUMBER
from warehouse.queries.steps import latest_steps

ALL = Filters()
DAYS = pl.col("days_in_stage")


def waiting_rows(as_of: date) -> Table:
    """Columns: incident_id, country, stage, received_on, days_in_stage. See `open_incidents.waiting`."""
    rows = open_incidents.waiting(ALL, as_of)
    return rows.select("incident_id", "country", "stage", "received_on", "days_in_stage")


def reason_rows(as_of: date) -> Table:
    """Each incident that waits. Columns: incident_id, waiting_on (null: not stated)."""
    rows = open_incidents.waiting(ALL, as_of)
    return rows.left_join(latest_steps(rows), "incident_id").select("incident_id", "waiting_on")


def open_review(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.open_review`."""
    rows = held.of(filters, waiting_rows, as_of)
    return rows.select(
        waiting=pl.len(), overdue=_overdue(as_of), without_receipt=_without_receipt(), median_days=DAYS.median()
    ).collect()


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
    rows = held.of(filters, waiting_rows, as_of).group_by("country")
    sums = rows.agg(incidents=pl.len(), overdue=_overdue(as_of), without_receipt=_without_receipt())
    return in_order(sums, ["overdue", "incidents", "country"], descending=[True, True, False])


def waiting_on(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.waiting_on`."""
    rows = held.of(filters, reason_rows, as_of).group_by("waiting_on").agg(incidents=pl.len())
    return in_order(rows, ["incidents", "waiting_on"], descending=[True, False])


def oldest_by_place(held: Held, filters: Filters, as_of: date, limit: int) -> pl.DataFrame:
    """See `queries.oldest_by_place`."""
    is_oldest = DAYS.eq(DAYS.max())
    by_place = held.of(filters, waiting_rows, as_of).group_by("stage", "country")
    rows = by_place.agg(
        waiting=pl.len(), overdue=_overdue(as_of), longest_days=DAYS.max(), oldest=pl.col(NUMBER).filter(is_oldest)
    )
    first = in_order(rows, ["longest_days", "stage", "country"], descending=[True, False, False]).head(limit)
    # Of several that have waited for as long, the first by its key.
    every = held.everything(incident_rows).lazy().select(NUMBER, "id_order")
    alike = first.lazy().explode("oldest").rename({"oldest": NUMBER}).join(every, on=NUMBER, maintain_order="left")
    places = alike.group_by("stage", "country", maintain_order=True).agg(pl.all().sort_by("id_order").first()).collect()
    return places.join(held.look_up(places[NUMBER], "incident_id", "public_code"), on=NUMBER, maintain_order="left")


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


def _days_since_receipt(as_of: date) -> pl.Expr:
    return (pl.lit(as_of) - pl.col("received_on")).dt.total_days()


def _overdue(as_of: date) -> pl.Expr:
    return (_days_since_receipt(as_of) > open_incidents.NORM_DAYS).sum()


def _without_receipt() -> pl.Expr:
    return pl.col("received_on").is_null().sum()
