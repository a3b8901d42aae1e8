"""Answers about responses and engagements. See the questions of the same names."""

from __future__ import annotations

from datetime import date

import polars as pl
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.cubes.frames import counted, in_order, is_in
from warehouse.cubes.held import Held
from warehouse.filters import Filters
from warehouse.queries.actions import FURTHEST_FIRST
from warehouse.queries.base import NUMBER, table
from warehouse.queries.steps import OPEN_STAGES


def response_rows() -> Table:
    """Every response. Columns: incident_id, response_type, status, unit_id, recommended_on, decided_on."""
    days = ("recommended_on", "decided_on")
    return table("response").select("incident_id", "response_type", "status", "unit_id", *days)


def engagement_rows() -> Table:
    """Every engagement. Columns: incident_id, post, held_on, answered_on."""
    return table("engagement").select("incident_id", "post", "held_on", "answered_on")


def response_ladder(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.response_ladder`."""
    furthest = pl.col("status").cast(pl.String).cast(pl.Enum([status.value for status in FURTHEST_FIRST])).min()
    first = held.of(filters, response_rows).group_by(NUMBER, "response_type").agg(furthest)
    return counted(first.with_columns(pl.col("status").cast(pl.String)), ["response_type", "status"])


def unanswered(held: Held, filters: Filters) -> pl.LazyFrame:
    """The filtered incidents without any response on record."""
    responded = held.everything(response_rows).lazy().select(NUMBER)
    return held.chosen(filters).join(responded, on=NUMBER, how="anti")


def without_response(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.without_response`."""
    third = v.Stage.DEPARTMENT_RESPONSE_COORDINATION
    from_third = [stage.value for stage in OPEN_STAGES[OPEN_STAGES.index(third) :]]
    silent, closed = (is_in("stage", [stage.value]) for stage in (v.Stage.NO_REVIEW_RECORD, v.Stage.CLOSED))
    is_third = is_in("stage_reached", from_third) & ~closed
    return (
        unanswered(held, filters)
        .select(
            incidents=pl.len(),
            closed=closed.sum(),
            third_stage=is_third.sum(),
            earlier=(~(silent | closed | is_third)).sum(),
            no_review_record=silent.sum(),
        )
        .collect()
    )


def decision_days(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.decision_days`."""
    later = (pl.col("decided_on") > as_of).fill_null(value=False)
    is_decided = ~is_in("status", [v.ResponseStatus.RECOMMENDED.value]) & ~later
    until = pl.when(is_decided).then(pl.col("decided_on")).otherwise(pl.lit(as_of))
    days = (until - pl.col("recommended_on")).dt.total_days()
    rows = held.of(filters, response_rows).select(
        "response_type", is_decided=is_decided, days=pl.when(days >= 0).then(days)
    )
    return counted(rows, ["response_type", "is_decided", "days"], "responses")


def engagements_by_post(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.engagements_by_post`."""
    unanswered = pl.col("answered_on").is_null()
    waiting = (pl.lit(as_of) - pl.col("held_on")).dt.total_days()
    rows = _held_by(held, filters, as_of).group_by("post").agg(
        engagements=pl.len(),
        unanswered=unanswered.sum(),
        incidents=pl.col(NUMBER).n_unique(),
        longest_waiting=waiting.filter(unanswered).max(),
    )  # fmt: skip
    return in_order(rows, ["engagements", "post"], descending=[True, False])


def raised(held: Held, filters: Filters, as_of: date) -> pl.DataFrame:
    """See `queries.raised`."""
    answers = _held_by(held, filters, as_of).group_by(NUMBER).agg(answers=pl.col("answered_on").count())
    return answers.select(incidents=pl.len(), unanswered=(pl.col("answers") == 0).sum()).collect()


def _held_by(held: Held, filters: Filters, as_of: date) -> pl.LazyFrame:
    """Engagements held by a day; an answer after that day has not come yet."""
    rows = held.of(filters, engagement_rows).filter(pl.col("held_on") <= as_of)
    return rows.with_columns(answered_on=pl.when(pl.col("answered_on") <= as_of).then(pl.col("answered_on")))
