"""First day, last day and precision of every row, from the columns that a mapping gives for them."""

from __future__ import annotations

import polars as pl

from transforms.mapping import Mapping
from transforms.mapping_faults import Fault
from warehouse.vocabulary import DatePrecision


def dated(rows: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Add date_start, date_end and date_precision; a stated month or year widens the dates to it."""
    start = "date" if "date" in mapping.filled else "date_start"
    if start not in mapping.filled:
        unknown = pl.lit(DatePrecision.UNKNOWN.value)
        nothing = pl.lit(None, pl.Date)
        return rows.with_columns(
            date_start=nothing, date_end=nothing, date_precision=unknown, stated_precision=pl.lit(None, pl.String)
        )
    first = pl.col(f"{start}.value").struct
    last = pl.col("date_end.value").struct if "date_end" in mapping.filled else first
    begin = first.field("date_start")
    end = pl.coalesce(last.field("date_end"), first.field("date_end"))
    read = (
        pl.when(begin.is_null())
        .then(pl.lit(DatePrecision.UNKNOWN.value))
        .when(begin == end)
        .then(pl.lit(DatePrecision.DAY.value))
        .when((first.field("date_end") == end) | last.field("date_end").is_null())
        .then(first.field("date_precision"))
        .otherwise(pl.lit(DatePrecision.RANGE.value))
    )
    stated = pl.col("date_precision") if "date_precision" in mapping.filled else pl.lit(None, pl.String)
    is_month, is_year = stated == DatePrecision.MONTH.value, stated == DatePrecision.YEAR.value
    return rows.with_columns(
        date_start=pl.when(is_month)
        .then(begin.dt.month_start())
        .when(is_year)
        .then(begin.dt.truncate("1y"))
        .otherwise(begin),
        date_end=pl.when(is_month)
        .then(end.dt.month_end())
        .when(is_year)
        .then(end.dt.truncate("1y").dt.offset_by("1y").dt.offset_by("-1d"))
        .otherwise(end),
        date_precision=pl.when(begin.is_null()).then(read).otherwise(pl.coalesce(stated, read)),
        stated_precision=stated,
    )


def dates_agree(mapping: Mapping) -> list[Fault]:
    """What must hold between the dates and a stated precision."""
    several = (pl.col("stated_precision") == DatePrecision.DAY.value) & (pl.col("date_start") != pl.col("date_end"))
    text = pl.format('date_precision says "day", but the dates run from {} to {}', "date_start", "date_end")
    faults = [Fault("date_precision_agrees", several, text)]
    if "date_end" in mapping.filled:
        alone = pl.col("date_end.value").struct.field("date_start").is_not_null() & pl.col("date_start").is_null()
        faults.append(Fault("date_start_stated", alone, pl.lit("a last day is given without a first one")))
    return faults
