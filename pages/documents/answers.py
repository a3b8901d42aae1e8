"""What a briefing says, asked from one build: a plain object of frames and rows, before any of it becomes words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from pages import wording_briefing as words
from warehouse import queries
from warehouse.changes import Ask, Changes
from warehouse.changes import since as changes_since
from warehouse.connection import Reader
from warehouse.engine import Question, ask
from warehouse.errors import CivharmError
from warehouse.filters import Filters
from warehouse.funnel import funnel

LISTED = 10
"""Incidents in each of the two tables: what a meeting can go through."""
BACKLOG_MONTHS = 18
"""Most months of the backlog's history: the bars of more cannot be told apart on half a page."""
MOST_MONTHS = 36
"""Of a longer time than this, civilians killed are given by year."""

OPEN = [stage.value for stage in queries.OPEN_STAGES]


class BriefingError(CivharmError):
    """A briefing cannot be made of what was asked for."""


@dataclass(frozen=True)
class Answers:
    """The figures of a briefing; each frame or row is the answer to the question of `warehouse.queries` named.

    Attributes:
        as_of: the filter's day of knowledge, or the latest of the data sets; waits are counted to it, not to today.
        build, datasets: of the whole build.
        publishers: of the data sets that have incidents.
        all_incidents: in the whole build, as known on the day.
        totals, reports, left_out, irregular, waits: rows of `totals`, `report_count`, `left_out_unknown` (where the
            filter compares unknowns), `irregular_steps`, `time_in_stage`.
        standing: stage -> incidents that stand in it on the last day, from `by_stage_on`.
        funnel: `warehouse.funnel.funnel` of `progress`.
        stays, bands, medians, overdue, reasons: `stays`, `backlog`, `median_days_in_stage`, `overdue_by_country`,
            `waiting_on`.
        history: day (the ends of months, then `as_of`), stage, incidents, from `by_stage_on`; open stages only.
        killed: `over_time` by month, or by year if `by_year`; without the incidents that have no period.
        not_placed: these: row of `not_in_period` for the same period.
        countries: `counts` by country.
        places: latitude, longitude, geo_radius_m, country, incidents, from `located`.
        longest, newest: rows of `longest_waiting` and `listed`.
        changes: what changed since a day, if one was given.
    """

    filters: Filters
    as_of: date
    build: dict[str, Any]
    datasets: pl.DataFrame
    publishers: str
    all_incidents: int
    totals: dict[str, Any]
    reports: dict[str, Any]
    left_out: dict[str, Any]
    irregular: dict[str, Any]
    waits: dict[str, Any]
    standing: dict[str, int]
    funnel: pl.DataFrame
    stays: pl.DataFrame
    bands: pl.DataFrame
    medians: pl.DataFrame
    overdue: pl.DataFrame
    reasons: pl.DataFrame
    history: pl.DataFrame
    killed: pl.DataFrame
    by_year: bool
    not_placed: dict[str, Any]
    countries: pl.DataFrame
    places: pl.DataFrame
    longest: pl.DataFrame
    newest: pl.DataFrame
    changes: Changes | None

    @property
    def waiting(self) -> int:
        """Incidents in an open stage."""
        return sum(self.standing.get(stage, 0) for stage in OPEN)

    @property
    def reviewed(self) -> int:
        """Incidents with a step of the review by the last day."""
        return sum(self.standing.values())


def gather(reader: Reader, filters: Filters, since: date | None = None) -> Answers:
    """Ask everything a briefing says, as known on the filter's day; what changed since the end of another on request.

    Raises:
        BriefingError: no incident meets the filter, or nothing can be compared since that day.
        WarehouseError: the warehouse could not answer.
    """

    def answer(question: Question, *arguments: Any) -> pl.DataFrame:
        return ask(question, arguments, reader, filters.as_known_on)

    def row(question: Question, *arguments: Any) -> dict[str, Any]:
        return answer(question, *arguments).row(0, named=True)

    totals = row(queries.totals, filters)
    if not totals["incidents"]:
        raise BriefingError(f"No incident meets the filter ({filters.sentence()}); widen it to make a briefing.")
    datasets = answer(queries.datasets)
    latest = max(datasets["known_on"].to_list())
    as_of = min(filters.as_known_on or latest, latest)
    by_year = _months(totals["first_day"], totals["last_day"]) > MOST_MONTHS
    located = answer(queries.located, filters, "country")
    return Answers(
        filters=filters,
        as_of=as_of,
        build=row(queries.build),
        datasets=datasets,
        publishers=_publishers(datasets, answer(queries.distinct_values, "dataset_id")["value"]),
        all_incidents=row(queries.totals, Filters())["incidents"],
        totals=totals,
        reports=row(queries.report_count, filters),
        left_out=row(queries.left_out_unknown, filters) if filters.compares_unknowns else {},
        irregular=row(queries.irregular_steps, filters, as_of),
        waits=row(queries.time_in_stage, filters, as_of),
        standing=dict(answer(queries.by_stage_on, filters, as_of).iter_rows()),
        funnel=funnel(answer(queries.progress, filters, as_of)),
        stays=answer(queries.stays, filters, as_of),
        bands=answer(queries.backlog, filters, as_of),
        medians=answer(queries.median_days_in_stage, filters, as_of),
        overdue=answer(queries.overdue_by_country, filters, as_of),
        reasons=answer(queries.waiting_on, filters, as_of),
        history=_history({day: dict(answer(queries.by_stage_on, filters, day).iter_rows()) for day in _ends(as_of)}),
        killed=answer(queries.over_time, filters, "year" if by_year else "month").drop_nulls("period_start"),
        by_year=by_year,
        not_placed=row(queries.not_in_period, filters, "year" if by_year else "month"),
        countries=answer(queries.counts, filters, "country"),
        places=located.group_by("latitude", "longitude", "geo_radius_m", country="category")
        .agg(incidents=pl.len().cast(pl.Int64))
        .sort("latitude", "longitude", "geo_radius_m", "country"),
        longest=answer(queries.longest_waiting, filters, as_of, LISTED),
        newest=answer(queries.listed, filters, "date_start", True, LISTED),
        changes=None if since is None else _changes(answer, filters, since, as_of),
    )


def compared_until(filters: Filters, as_of: date, days: Sequence[date]) -> date:
    """The later of the two days compared: the newest of `queries.record_days`, or the filter's if that is earlier."""
    newest = max([as_of, *days])
    return min(filters.as_known_on or newest, newest)


def _changes(answer: Ask, filters: Filters, since: date, as_of: date) -> Changes:
    """From the end of `since` to the filter's day of knowledge, or to the newest day on which anything became known."""
    days = answer(queries.record_days)["day"].to_list()
    after = compared_until(filters, as_of, days)
    if problem := words.not_comparable(since, min(days), after):
        raise BriefingError(problem)
    return changes_since(answer, filters, since, after)


def _history(standing: Mapping[date, Mapping[str, int]]) -> pl.DataFrame:
    """Day, stage, incidents: every open stage on every day since the first one on which any incident stood in one."""
    rows = [(day, stage, counts.get(stage, 0)) for day, counts in standing.items() for stage in OPEN]
    frame = pl.DataFrame(rows, schema={"day": pl.Date, "stage": pl.String, "incidents": pl.Int64}, orient="row")
    began = frame.filter(pl.col("incidents") > 0)["day"].min()
    return frame.filter(pl.col("day") >= pl.lit(began, pl.Date))


def _publishers(datasets: pl.DataFrame, present: pl.Series) -> str:
    with_incidents = datasets.filter(pl.col("dataset_id").is_in(present.implode()))
    return ", ".join(with_incidents["publisher"].unique(maintain_order=True))


def _months(first: date | None, last: date | None) -> int:
    """Months that the days touch; 0 without any."""
    return 0 if first is None or last is None else (last.year - first.year) * 12 + last.month - first.month + 1


def _ends(as_of: date) -> list[date]:
    """The last days of the months before `as_of`, oldest first, then `as_of` itself."""
    ends = [as_of]
    while len(ends) < BACKLOG_MONTHS:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return ends[::-1]
