"""Published daily series: which there are, and one of them day by day. Context, never summed with incidents."""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Table

from warehouse.queries.base import table


def series_listed() -> Table:
    """Series that have a day on record, by title.

    Columns: those of `series`, publisher and known_on (of its data set), first_day, last_day, days (on record).
    """
    days = table("context_series")
    held = days.group_by("series_id").aggregate(
        dataset_id=days.dataset_id.min(),
        first_day=days.date.min(),
        last_day=days.date.max(),
        days=days.count(),
    )
    datasets = table("dataset").select("dataset_id", "publisher", "known_on")
    listed = table("series").inner_join(held, "series_id").inner_join(datasets, "dataset_id")
    return listed.drop("dataset_id").order_by("title", "series_id")


def series_days(series_id: str, first_day: date, last_day: date) -> Table:
    """One series from day to day, both included, as far as it has days. Columns: date, value (null: none stated)."""
    days = table("context_series")
    chosen = days.filter(
        days.series_id == series_id, days.date.between(ibis.literal(first_day), ibis.literal(last_day))
    )
    return chosen.select("date", "value").order_by("date")
