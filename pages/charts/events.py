"""Dated public milestones of the review process, to be marked in charts over time."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

import polars as pl


@cache
def milestones() -> pl.DataFrame:
    """All milestones by date. Columns: date, label, country (null: about every country), source."""
    return pl.read_csv(Path(__file__).with_name("events.csv"), try_parse_dates=True).sort("date")


def milestones_of(countries: Collection[str]) -> pl.DataFrame:
    """The milestones that are about one of the countries (ISO 3166-1 alpha-3), or about all. Columns as above."""
    country = pl.col("country")
    return milestones().filter(country.is_null() | country.is_in(list(countries)))
