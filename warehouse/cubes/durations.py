"""Answers about how long the review takes and which ways incidents go. See the questions of the same names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import polars as pl
from ibis.expr.types import Table

from warehouse.cubes.alike import counted, counted_in_categories, rows_alike
from warehouse.cubes.frames import in_order
from warehouse.cubes.held import Held
from warehouse.filters import Filters
from warehouse.queries import durations, flow, review
from warehouse.queries.base import NUMBER, incidents, table
from warehouse.queries.durations import CLOSED_PLACE, PLACES, Ending
from warehouse.queries.steps import OPEN_STAGES

ALL = Filters()
STAY = ["stage", "days", "ending"]
REACHED = ["stage", "days", "left", "skipped", "stepped_back"]
MOVE = ["period_start", "months_back", "from_stage", "to_stage"]
COURSE = ["source", "has_government", *flow.COURSE_OUTCOMES]


def later_rows(as_of: date) -> Table:
    """Each step dated after the day. Column: incident_id."""
    steps = table("stage_transition")
    return steps.filter(steps.occurred_on > ibis.literal(as_of)).select("incident_id")


def irregular_rows(as_of: date) -> Table:
    """Columns: incident_id, is_ahead, is_skip, is_back, is_reopening. See `review.irregular`."""
    steps = review.irregular(table("stage_transition"), as_of)
    return steps.select("incident_id", "is_ahead", "is_skip", "is_back", "is_reopening")


def stay_rows(as_of: date) -> Table:
    """Each stay, see `durations.each_stay`."""
    return durations.each_stay(incidents(ALL).mutate(categories=ibis.literal(1)), as_of).drop("categories")


def reached_rows(as_of: date) -> Table:
    """Each incident with each open stage, see `durations.each_reached`."""
    by_place = durations.each_reached(incidents(ALL).mutate(categories=ibis.literal(1)), as_of)
    return ibis.union(*(rows.drop("categories") for rows in by_place))


def move_rows(as_of: date) -> Table:
    """Columns: incident_id, and those of `MOVE`."""
    return flow.moves_of(table("stage_transition"), as_of).select("incident_id", *MOVE)


def course_rows(as_of: date) -> Table:
    """Columns: incident_id, source_type (a list), and those of `COURSE`."""
    return flow.each_course(incidents(ALL), as_of).select("incident_id", "source_type", *COURSE)


def stays(
    held: Held, filters: Filters, as_of: date, by: str | None = None, named: tuple[str, ...] = ()
) -> pl.DataFrame:
    """See `queries.stays`."""
    return _by_stage(counted_in_categories(held, filters, _stays, as_of, by, named))


def progress(
    held: Held, filters: Filters, as_of: date, by: str | None = None, named: tuple[str, ...] = ()
) -> pl.DataFrame:
    """See `queries.progress`."""
    return _by_stage(counted_in_categories(held, filters, _reached, as_of, by, named))


def moves_by_month(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.moves_by_month`."""
    return counted(held.once(_moves, as_of), held.mask(filters), "moves")


def dated_later(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.dated_later`."""
    later = held.of(filters, later_rows, as_of)
    return later.select(steps=pl.len(), incidents=pl.col(NUMBER).n_unique()).collect()


def irregular_steps(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.irregular_steps`."""
    number, is_ahead = pl.col(NUMBER), pl.col("is_ahead")
    return (
        held.of(filters, irregular_rows, as_of)
        .select(
            skipped=number.filter(pl.col("is_skip") & ~is_ahead).n_unique(),
            stepped_back=number.filter(pl.col("is_back") & ~is_ahead).n_unique(),
            reopened=number.filter(pl.col("is_reopening") & ~is_ahead).n_unique(),
            ahead=number.filter(is_ahead).n_unique(),
        )
        .collect()
    )


def courses(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.courses`."""
    return _summed(counted(held.once(_courses, as_of), held.mask(filters), "incidents"), COURSE)


def courses_by_source_type(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.courses_by_source_type`."""
    rows = counted(held.once(_courses, as_of), held.mask(filters), "incidents")
    # An empty list has no row in SQL, and a missing one neither.
    rows = rows.filter(pl.col("source_type").list.len() > 0).explode("source_type")
    return _summed(rows, ["source_type", *flow.COURSE_OUTCOMES])


def _stays(held: Held, as_of: date) -> pl.DataFrame:
    """Stays in open stages as `rows_alike`, with the columns of `STAY` and in their order."""
    alike = rows_alike(held, stay_rows, as_of)
    place, next_place = pl.col("place"), pl.col("next_place")
    ending = (
        pl.when(next_place == 0)
        .then(pl.lit(Ending.WAITS.value))
        .when(pl.col("days").is_null())
        .then(pl.lit(Ending.LEAVING_UNKNOWN.value))
        .when(next_place == CLOSED_PLACE)
        .then(pl.lit(Ending.CLOSED.value))
        .when(next_place > place)
        .then(pl.lit(Ending.FORWARD.value))
        .otherwise(pl.lit(Ending.BACK.value))
    )
    recorded = alike.select("place", "days", NUMBER, ending=ending)
    unentered = alike.filter(pl.col("unentered_place") > 0).select(
        pl.lit(None, pl.Int64).alias("days"), NUMBER, place="unentered_place", ending=pl.lit(Ending.ENTRY_UNKNOWN.value)
    )
    both = pl.concat([recorded, unentered.select(recorded.columns)])
    both = both.filter(place.is_between(1, CLOSED_PLACE - 1)).with_columns(stage=_open_stage())
    return both.group_by(STAY).agg(pl.col(NUMBER).explode()).sort(STAY, nulls_last=True)


def _reached(held: Held, as_of: date) -> pl.DataFrame:
    """How long incidents took to each open stage as `rows_alike`, with the columns of `REACHED` and in their order."""
    alike = rows_alike(held, reached_rows, as_of)
    return alike.select(*REACHED[1:], NUMBER, stage=_open_stage()).sort(REACHED, nulls_last=True)


def _moves(held: Held, as_of: date) -> pl.DataFrame:
    """Moves as `rows_alike`, with the columns of `MOVE` and in their order."""
    return rows_alike(held, move_rows, as_of).sort(MOVE, nulls_last=True)


def _courses(held: Held, as_of: date) -> pl.DataFrame:
    """Incidents as `rows_alike`, with the columns of `COURSE` and source_type (a list)."""
    return rows_alike(held, course_rows, as_of)


def _open_stage() -> pl.Expr:
    stages = {place: stage.value for place, stage in zip(PLACES, OPEN_STAGES, strict=True)}
    return pl.col("place").replace_strict(stages, return_dtype=pl.String)


def _by_stage(of_category: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows by stage, category and the rest, which is in order already."""
    parts = [rows.with_columns(category=pl.lit(category)) for category, rows in of_category.items()]
    return pl.concat(parts).sort("stage", "category", maintain_order=True)


def _summed(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    return in_order(rows.lazy().group_by(keys).agg(pl.col("incidents").sum()), keys)
