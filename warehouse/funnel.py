"""The funnel of the review from the answer to `queries.progress`. Pure."""

from __future__ import annotations

import polars as pl

from warehouse.queries import OPEN_STAGES
from warehouse.survival import median_days

SCHEMA = {
    "category": pl.String,
    "stage": pl.String,
    "reached": pl.Int64,
    "skipped": pl.Int64,
    "stepped_back": pl.Int64,
    "median_days": pl.Int64,
    "timed": pl.Int64,
}


def funnel(progress: pl.DataFrame) -> pl.DataFrame:
    """One row for each category and open stage, in the order of the process; categories as they come.

    Columns: category, stage, reached (incidents), skipped (of these, no step led into the stage), stepped_back (of
    these, in an earlier open stage now), median_days (first day after receipt by which half or more of all had reached
    it, by Kaplan-Meier; null where fewer than half have, and for receipt itself), timed (incidents in that median,
    those that have not reached the stage included; 0 for receipt).
    """
    rows = []
    for category in progress["category"].unique(maintain_order=True):
        for stage in OPEN_STAGES:
            own = progress.filter(category=category, stage=stage.value)
            reached = own.filter("left")
            timed = own.drop_nulls("days") if stage is not OPEN_STAGES[0] else own.clear()
            rows.append(
                (
                    category,
                    stage.value,
                    reached["waits"].sum(),
                    reached.filter("skipped")["waits"].sum(),
                    reached.filter("stepped_back")["waits"].sum(),
                    median_days(timed),
                    timed["waits"].sum(),
                )
            )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
