"""How far the review had come by the end of each of some days. See `queries.review_over_time`."""

from __future__ import annotations

from datetime import date

import polars as pl
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.cubes.held import Held
from warehouse.filters import Filters
from warehouse.queries import leadership
from warehouse.queries.base import NUMBER, incidents
from warehouse.queries.durations import EPOCH

THIRD_REACHED_ON = f"{v.Stage.DEPARTMENT_RESPONSE_COORDINATION.value}_reached_on"
COUNTS = ("reviewed", "reached_third_stage", "with_response", "waiting", "overdue", "without_receipt")


def stay_rows(days: tuple[date, ...]) -> Table:
    """Stays that hold at the end of at least one of the days, as `leadership.stays_over` gives them."""
    return leadership.stays_over(incidents(Filters()), days)


def third_stage_rows() -> Table:
    """Columns: incident_id, day (on which the third stage was reached)."""
    reached = incidents(Filters())
    rows = reached.select("incident_id", day=reached[THIRD_REACHED_ON])
    return rows.filter(rows.day.notnull())


def response_rows() -> Table:
    """Columns: incident_id, first, last: days from recommendation until a response was declined."""
    return leadership.response_spans(incidents(Filters()))


def review_over_time(held: Held, filters: Filters, days: tuple[date, ...]) -> pl.DataFrame:
    """See `queries.review_over_time`."""
    calendar = pl.LazyFrame({"index": range(len(days)), "day": days}, schema={"index": pl.Int64, "day": pl.Date})
    keys = ["first", "last", "is_open", "overdue_from", "entered_day"]
    alike = held.of(filters, stay_rows, days).group_by(keys).agg(stays=pl.len().cast(pl.Int64))
    stays = alike.join_where(calendar, pl.col("index") >= pl.col("first"), pl.col("index") < pl.col("last"))
    number, is_open = pl.col("stays"), pl.col("is_open")
    is_overdue = (pl.col("index") >= pl.col("overdue_from")).fill_null(value=False)
    counts = stays.group_by("day").agg(
        reviewed=number.sum(),
        waiting=number.filter(is_open).sum(),
        overdue=number.filter(is_open & is_overdue).sum(),
        without_receipt=number.filter(is_open & pl.col("overdue_from").is_null()).sum(),
    )
    third = held.of(filters, third_stage_rows).join_where(calendar, pl.col("day_right") >= pl.col("day"))
    responses = held.of(filters, response_rows).join_where(
        calendar, pl.col("day") >= pl.col("first"), pl.col("day") < pl.col("last")
    )
    parts = (
        counts,
        _medians(stays.filter(is_open)),
        third.group_by(day="day_right").agg(reached_third_stage=pl.len()),
        responses.group_by("day").agg(with_response=pl.col(NUMBER).n_unique()),
    )
    rows = calendar
    for part in parts:
        rows = rows.join(part, on="day", how="left")
    return rows.with_columns(pl.col(COUNTS).fill_null(0)).sort("day").collect()


def _medians(stays: pl.LazyFrame) -> pl.LazyFrame:
    """Columns: day, median_days since entry; of an even number of stays, between both in the middle."""
    rows = stays.group_by("day", "entered_day").agg(pl.col("stays").sum()).sort("entered_day")
    up_to, whole = pl.col("stays").cum_sum() * 2, pl.col("stays").sum()
    lower = pl.col("entered_day").filter(up_to >= whole).first()
    upper = pl.col("entered_day").filter(up_to >= whole + 2 - whole % 2).first()
    since_epoch = (pl.col("day") - EPOCH).dt.total_days()
    middle = rows.group_by("day", maintain_order=True).agg(middle=(lower + upper) / 2)
    return middle.select("day", median_days=since_epoch - pl.col("middle"))
