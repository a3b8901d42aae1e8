"""How many incidents and casualties: totals, by dimension, over time."""

from __future__ import annotations

from typing import Any, Literal

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import LIST_DIMENSIONS, estimate, incidents, once_per_event, table, with_category
from warehouse.queries.steps import reached

Period = Literal["day", "week", "month", "year"]


def totals(filters: Filters) -> Table:
    """One row: counts and sums over the filtered incidents.

    Columns: incidents, events (likely the same ones counted once),
    civilians_{killed,injured}_{low,best,high,unknown}, without_coordinates, without_date, reached_third_stage, closed,
    with_response (recommended or taken), without_review_record, without_report, first_day, last_day.
    Casualties count an event once (`once_per_event`); `_unknown` counts events whose lowest or highest figure is
    unknown.
    """
    chosen = incidents(filters)
    events = once_per_event(chosen)
    measures: dict[str, Any] = {"events": events.count()}
    for harm in v.Harm:
        measures |= estimate(events, f"civilians_{harm.value}")
    counted = chosen.aggregate(
        incidents=chosen.count(),
        without_coordinates=chosen.latitude.isnull().sum().fill_null(0),
        without_date=chosen.date_start.isnull().sum().fill_null(0),
        reached_third_stage=reached(chosen, v.Stage.DEPARTMENT_RESPONSE_COORDINATION).sum().fill_null(0),
        closed=(chosen.stage == v.Stage.CLOSED.value).sum().fill_null(0),
        with_response=(chosen.response_count > 0).sum().fill_null(0),
        without_review_record=(chosen.stage == v.Stage.NO_REVIEW_RECORD.value).sum().fill_null(0),
        without_report=(chosen.report_count == 0).sum().fill_null(0),
        first_day=chosen.date_start.min(),
        last_day=chosen.date_end.max(),
    )
    return counted.cross_join(events.aggregate(**measures))


def report_count(filters: Filters) -> Table:
    """One row: distinct reports linked to the filtered incidents, private ones of them, and links."""
    chosen = incidents(filters)
    links = table("incident_report")
    links = links.filter(links.is_shared).semi_join(chosen.select("incident_id"), "incident_id")
    shared = links.inner_join(table("report").select("report_id", "access"), "report_id")
    is_private = shared.access == v.Access.PRIVATE.value
    # Few reports are about several incidents: only these have to be looked at one by one.
    again = shared.aggregate(
        all=shared.count() - shared.report_id.nunique(),
        private=(shared.count(where=is_private) - shared.report_id.nunique(where=is_private)),
    )
    rows = chosen.aggregate(
        links=chosen.report_count.sum().fill_null(0), private_links=chosen.private_report_count.sum().fill_null(0)
    ).cross_join(again)
    return rows.select(reports=rows.links - rows["all"], private=rows.private_links - rows["private"], links=rows.links)


def left_out_unknown(filters: Filters) -> Table:
    """One row: incidents that meet the rest of the filter but have no date, or no figure, to be compared.

    Only to be asked where `filters.compares_unknowns`, and never with `LATER`: it looks into the filter.
    Columns: without_date (0 unless dates are filtered), without_figure (0 unless a minimum is set).
    """
    rest = incidents(filters.without_unknowns())
    undated, uncounted = rest.date_start.isnull(), rest.civilians_killed_low.isnull()
    dates = Filters(date_from=filters.date_from, date_to=filters.date_to)
    minimum = Filters(minimum_civilians_killed=filters.minimum_civilians_killed)
    nothing = ibis.literal(False)
    # Each is judged by the other part of the filter as far as that can be judged.
    without_date = nothing if dates.is_empty else undated & (uncounted | minimum.predicate(rest))
    without_figure = nothing if minimum.is_empty else uncounted & (undated | dates.predicate(rest))
    return rest.aggregate(
        without_date=rest.count(where=without_date),
        without_figure=rest.count(where=without_figure),
    )


def by_stage(filters: Filters) -> Table:
    """Incidents by current stage. Columns: stage, incidents."""
    chosen = incidents(filters)
    return chosen.group_by("stage").aggregate(incidents=chosen.count()).order_by("stage")


def distinct_values(column: str) -> Table:
    """Values of a column of all incidents, sorted; of a list column, every item. Columns: value."""
    everything = table("incident")
    values = everything[column].unnest() if column in LIST_DIMENSIONS else everything[column]
    rows = everything.select(value=values)
    # Grouped, because of a distinct selection that is ordered Ibis writes another question for Spark.
    grouped = rows.filter(rows.value.notnull()).group_by("value").aggregate(incidents=lambda t: t.count())
    return grouped.select("value").order_by("value")


def counts(filters: Filters, dimension: str) -> Table:
    """Incidents and civilians killed by a dimension.

    Columns: category, incidents, civilians_killed_{low,best,high,unknown}. For a dimension of `LIST_DIMENSIONS` an
    incident counts in each of its values, so that categories do not add up to the total. Casualties count an event
    once in each category.
    """
    chosen = once_per_event(with_category(incidents(filters), dimension), ("category",))
    return (
        chosen.group_by("category")
        .aggregate(incidents=chosen.incidents.sum(), **estimate(chosen, "civilians_killed"))
        .order_by(ibis.desc("incidents"), "category")
    )


def over_time(filters: Filters, period: Period, dimension: str | None = None) -> Table:
    """Incidents and civilians killed and injured by period of the incident's first day.

    Columns: period_start (null: no date, or one that is known less exactly than the period, see `not_in_period`),
    category (if a dimension is given), incidents, civilians_{killed,injured}_{low,best,high,unknown}. A range of days
    stands at its first day; an incident known only to the month is in no day and no week.
    """
    chosen = incidents(filters)
    keys = ["period_start"]
    if dimension is not None:
        chosen = with_category(chosen, dimension)
        keys.append("category")
    unit = {"day": "D", "week": "W", "month": "M", "year": "Y"}[period]
    start = chosen.date_start.truncate(unit)
    chosen = chosen.mutate(period_start=ibis.ifelse(_too_coarse(chosen, period), ibis.null("date"), start))
    chosen = once_per_event(chosen, tuple(keys))
    estimates = estimate(chosen, "civilians_killed") | estimate(chosen, "civilians_injured")
    return chosen.group_by(keys).aggregate(incidents=chosen.incidents.sum(), **estimates).order_by(keys)


def not_in_period(filters: Filters, period: Period) -> Table:
    """One row: filtered incidents that `over_time` cannot place. Columns: without_date, too_coarse."""
    chosen = incidents(filters)
    return chosen.aggregate(
        without_date=chosen.date_start.isnull().sum().fill_null(0),
        too_coarse=(chosen.date_start.notnull() & _too_coarse(chosen, period)).sum().fill_null(0),
    )


def too_coarse(period: Period) -> tuple[v.DatePrecision, ...]:
    """Precisions of a date that is known only to a longer time than the period."""
    coarser = {"month": (v.DatePrecision.YEAR,), "year": ()}
    return coarser.get(period, (v.DatePrecision.MONTH, v.DatePrecision.YEAR))


def _too_coarse(chosen: Table, period: Period) -> Any:
    return chosen.date_precision.isin([precision.value for precision in too_coarse(period)])
