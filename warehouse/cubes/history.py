"""How far the review had come by the end of a day, for any day: where incidents stood, from each step to the next."""

from __future__ import annotations

from datetime import date

import polars as pl
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.cubes.frames import counted
from warehouse.cubes.held import Held
from warehouse.filters import Filters
from warehouse.queries import leadership
from warehouse.queries.base import NUMBER, incidents
from warehouse.queries.durations import EPOCH
from warehouse.queries.open_incidents import NORM_DAYS
from warehouse.queries.steps import OPEN_STAGES

THIRD_REACHED_ON = f"{v.Stage.DEPARTMENT_RESPONSE_COORDINATION.value}_reached_on"
COUNTS = ("reviewed", "reached_third_stage", "with_response", "waiting", "overdue", "without_receipt")


def stay_rows() -> Table:
    """All stays, as `leadership.stays` gives them, in small numbers."""
    rows = leadership.stays(incidents(Filters()))
    days = {name: rows[name].cast("int32") for name in ("entered_day", "left_day", "received_day")}
    return rows.select("incident_id", place=rows.place.cast("int8"), **days)


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
    entered, left, received = pl.col("entered_day"), pl.col("left_day"), pl.col("received_day")
    alike = (
        held.of(filters, stay_rows)
        .select(
            entered,
            first=_index(entered, days),
            last=pl.when(left.is_null()).then(len(days)).otherwise(_index(left, days)),
            is_open=pl.col("place").is_between(1, len(OPEN_STAGES)),
            overdue_from=_index(received + NORM_DAYS + 1, days),
        )
        .filter(pl.col("first") < pl.col("last"))
        .group_by(pl.all())
        .agg(stays=pl.len().cast(pl.Int64))
    )
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


def by_stage_on(held: Held, filters: Filters, day: date) -> pl.DataFrame:
    """See `queries.by_stage_on`."""
    number = (day - EPOCH).days
    by_then, left = pl.col("entered_day") <= number, pl.col("left_day")
    rows = held.of(filters, stay_rows).filter(by_then, left.is_null() | (left > number))
    stages = {place: stage.value for place, stage in enumerate(v.STAGE_ORDER, start=1)}
    stage = pl.col("place").replace_strict(stages, return_dtype=pl.String)
    return counted(rows.select(stage=stage), ["stage"])


def _index(number: pl.Expr, days: tuple[date, ...]) -> pl.Expr:
    """Index of the first of the days (in order) that is not before a day's number; their count if there is none."""
    return pl.sum_horizontal(((number > (day - EPOCH).days).cast(pl.Int8) for day in days), ignore_nulls=False)


def _medians(stays: pl.LazyFrame) -> pl.LazyFrame:
    """Columns: day, median_days since entry; of an even number of stays, between both in the middle."""
    rows = stays.group_by("day", "entered_day").agg(pl.col("stays").sum()).sort("entered_day")
    up_to, whole = pl.col("stays").cum_sum() * 2, pl.col("stays").sum()
    lower = pl.col("entered_day").filter(up_to >= whole).first()
    upper = pl.col("entered_day").filter(up_to >= whole + 2 - whole % 2).first()
    since_epoch = (pl.col("day") - EPOCH).dt.total_days()
    middle = rows.group_by("day", maintain_order=True).agg(middle=(lower + upper) / 2)
    return middle.select("day", median_days=since_epoch - pl.col("middle"))
