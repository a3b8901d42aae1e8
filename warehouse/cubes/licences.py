"""Transfers and licences beside incidents with a recommendation. See the questions of the same names."""

from __future__ import annotations

import polars as pl

from warehouse.cubes.held import Held
from warehouse.cubes.listing import from_list
from warehouse.filters import Filters
from warehouse.queries import licences

PAIR = ("munition", "recipient")


def records_of_named(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.records_of_named`."""
    named = from_list(licences.named_with_recommendation)(held, filters)
    pairs = named.group_by(PAIR).agg(incidents=pl.col("incident_id").n_unique())
    rows = pairs.join(held.once(_on_record), on=PAIR, how="left").with_columns(pl.col("responses").fill_null(0))
    year = pl.coalesce("order_year", pl.col("notified_on").dt.year())
    return rows.sort(
        "is_open", "recipient", "munition", year, "transfer_id",
        descending=[True, False, False, True, False], nulls_last=True,
    )  # fmt: skip


def _on_record(held: Held) -> pl.DataFrame:
    return held.run(licences.on_record)
