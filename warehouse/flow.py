"""Stages over time from moves between them: who stands where at each month's end, arrivals, departures, paces.

Pure: the frames are answers of `warehouse.queries.moves_by_month`, whose columns they name.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import polars as pl

from warehouse.outlook import LEAST_EVENTS, Window
from warehouse.vocabulary import STAGE_ORDER, Stage

OPEN = [stage.value for stage in STAGE_ORDER if stage is not Stage.CLOSED]
ORDER = [stage.value for stage in STAGE_ORDER]
_CLOSED = Stage.CLOSED.value


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def window_edges(as_of: date, months: int) -> list[date]:
    """Last days of the window's months, the latest first, and at the end the day before the window begins."""
    return [months_before(as_of, number) for number in range(months + 1)]


def whole_months(first: date, as_of: date) -> int:
    """Months counted back from `as_of` that begin on or after the first day."""
    months = 0
    while months_before(as_of, months + 1) + timedelta(days=1) >= first:
        months += 1
    return months


def standing_at_month_ends(moves: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Incidents in each stage at the end of each month, from the first month with a move to the month of `as_of`.

    Args:
        moves: `period_start`, `from_stage` (null: arrival), `to_stage`, `moves`; at least one row.
        as_of: last day of knowledge: the last month ends there.

    Returns:
        `month_end`, `stage`, `incidents`, for every month and each stage of the process.
    """
    change = pl.concat(
        [
            moves.select("period_start", stage="to_stage", change="moves"),
            moves.drop_nulls("from_stage").select("period_start", stage="from_stage", change=-pl.col("moves")),
        ]
    )
    change = change.group_by("period_start", "stage").agg(pl.col("change").sum())
    every = _months(moves, as_of).join(pl.DataFrame({"stage": ORDER}), how="cross")
    rows = every.join(change, on=["period_start", "stage"], how="left", maintain_order="left")
    incidents = pl.col("change").fill_null(0).cum_sum().over("stage")
    return rows.select("month_end", "stage", incidents=incidents)


def standing_now(moves: pl.DataFrame) -> dict[str, int]:
    """Stage -> incidents that stand in it after all moves; every stage of the process is there."""
    came, left = (dict(moves.group_by(c).agg(pl.col("moves").sum()).iter_rows()) for c in ("to_stage", "from_stage"))
    return {stage: came.get(stage, 0) - left.get(stage, 0) for stage in ORDER}


def per_month(moves: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """What the months brought, from the first month with a move to the month of `as_of`.

    Args:
        moves: as in `standing_at_month_ends`.

    Returns:
        `period_start`, `month_end`, `arrived` (first steps), `reopened` (moves from closed), `closed`, `net` (change of
        the incidents under review: arrived + reopened - closed), `open` (under review at the month's end).
    """
    counts = moves.group_by("period_start").agg(**_flows())
    rows = _months(moves, as_of).join(counts, on="period_start", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("arrived", "reopened", "closed").fill_null(0))
    rows = rows.with_columns(net=pl.col("arrived") + pl.col("reopened") - pl.col("closed"))
    return rows.with_columns(open=pl.col("net").cum_sum())


def window_of(moves: pl.DataFrame, months: int, backlog: int) -> Window:
    """What each month of a window brought, the latest first, those without a move too.

    Args:
        moves: `months_back` (1 is the latest month), `from_stage`, `to_stage`, `moves`; may be empty.
        backlog: incidents in an open stage at the window's end.
    """
    counts = moves.group_by("months_back").agg(**_flows())
    every = pl.DataFrame({"months_back": range(1, months + 1)}, schema={"months_back": pl.Int64})
    rows = every.join(counts, on="months_back", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("arrived", "reopened", "closed").fill_null(0))
    return Window(tuple(rows["arrived"] + rows["reopened"]), tuple(rows["closed"]), backlog)


def stage_paces(moves: pl.DataFrame, months: int, standing: dict[str, int]) -> pl.DataFrame:
    """What went through each open stage in a window, and what stands in it at the window's end.

    Args:
        moves: `months_back`, `from_stage`, `to_stage`, `moves`.
        months: length of the window.
        standing: stage -> incidents at the window's end.

    Returns:
        `stage`, `entered`, `onward` (moves to a later stage or to closed), `back` (to an earlier one), `standing`,
        `months_of_work` (months until what stands there has gone on at the window's pace, if nothing came in; null
        where fewer than `LEAST_EVENTS` went on: no pace can be estimated).
    """
    moves = moves.filter(pl.col("months_back") <= months)
    place = {stage: number for number, stage in enumerate(ORDER)}
    at = {name: pl.col(f"{name}_stage").replace_strict(place, return_dtype=pl.Int64) for name in ("from", "to")}
    counts = []
    for stage in OPEN:
        left = pl.col("from_stage") == stage
        counts.append(
            moves.select(
                stage=pl.lit(stage),
                entered=pl.col("moves").filter(pl.col("to_stage") == stage).sum(),
                onward=pl.col("moves").filter(left & (at["to"] > at["from"])).sum(),
                back=pl.col("moves").filter(left & (at["to"] < at["from"])).sum(),
                standing=pl.lit(standing.get(stage, 0), pl.Int64),
            )
        )
    work = pl.when(pl.col("onward") >= LEAST_EVENTS).then(pl.col("standing") * months / pl.col("onward"))
    return pl.concat(counts).with_columns(months_of_work=work)


def _flows() -> dict[str, pl.Expr]:
    moves = pl.col("moves")
    return {
        "arrived": moves.filter(pl.col("from_stage").is_null()).sum(),
        "reopened": moves.filter(pl.col("from_stage") == _CLOSED).sum(),
        "closed": moves.filter(pl.col("to_stage") == _CLOSED).sum(),
    }


def _months(moves: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`period_start` and `month_end` (its last day; for the last month `as_of`), each month of the record."""
    first = min(moves["period_start"].to_list(), default=as_of.replace(day=1))
    starts = pl.select(period_start=pl.date_range(first, as_of.replace(day=1), "1mo"))
    last_day = pl.col("period_start").dt.offset_by("1mo") - timedelta(days=1)
    return starts.with_columns(month_end=pl.min_horizontal(last_day, pl.lit(as_of)))
