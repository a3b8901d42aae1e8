"""Answers that are counted in memory instead of by the database: the same, sooner.

A question that is not in `ANSWERS` is asked of the database; so is every question on another engine than DuckDB. A test
asks all of `ANSWERS` both ways, with random filters and days.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import polars as pl

from warehouse import queries
from warehouse.cubes import (
    actions,
    changes,
    durations,
    findings,
    history,
    incidents,
    licences,
    listing,
    record,
    reports,
    review,
    revisions,
    units,
    weapons,
)
from warehouse.cubes.held import Held, NotHeldError, Rows, incident_rows

ANSWERS: dict[Callable[..., Any], Callable[..., pl.DataFrame]] = {
    queries.totals: incidents.totals,
    queries.by_stage: incidents.by_stage,
    queries.counts: incidents.counts,
    queries.over_time: incidents.over_time,
    queries.not_in_period: incidents.not_in_period,
    queries.left_out_unknown: incidents.left_out_unknown,
    queries.resting_on: incidents.resting_on,
    queries.narrow_base: incidents.narrow_base,
    queries.lags: incidents.lags,
    queries.lag_medians: incidents.lag_medians,
    queries.outcomes: incidents.outcomes,
    queries.places: incidents.places,
    queries.extent: incidents.extent,
    queries.listed: listing.listed,
    queries.incidents_without_response: listing.incidents_without_response,
    **{
        question: listing.from_list(question)
        for question in (
            queries.changed_findings,
            queries.engagements,
            queries.named_with_recommendation,
            queries.responses_to_licences,
        )
    },
    queries.review_over_time: history.review_over_time,
    queries.by_stage_on: history.by_stage_on,
    queries.change_counts: changes.change_counts,
    queries.withdrawn: changes.withdrawn,
    queries.listed_changes: changes.listed_changes,
    queries.state_on: changes.state_on,
    queries.of_new_datasets: changes.of_new_datasets,
    queries.report_count: reports.report_count,
    queries.reports_by: reports.reports_by,
    queries.reports_by_month: reports.reports_by_month,
    queries.publishers: reports.publishers,
    queries.publisher_totals: reports.publisher_totals,
    queries.attributed: weapons.attributed,
    queries.attributions: weapons.attributions,
    queries.ruled_out: weapons.ruled_out,
    queries.standing_findings: findings.standing_findings,
    queries.findings_made: findings.findings_made,
    queries.response_ladder: actions.response_ladder,
    queries.without_response: actions.without_response,
    queries.decision_days: actions.decision_days,
    queries.engagements_by_post: actions.engagements_by_post,
    queries.raised: actions.raised,
    queries.records_of_named: licences.records_of_named,
    queries.records_checked: record.records_checked,
    queries.gap_counts: record.gap_counts,
    queries.incidents_with_gaps: record.incidents_with_gaps,
    queries.gaps_of_rule: record.gaps_of_rule,
    queries.revised_counts: revisions.revised_counts,
    queries.came_and_went: revisions.came_and_went,
    queries.revised_on_both: revisions.revised_on_both,
    queries.known_on_both: revisions.known_on_both,
    queries.units_listed: units.units_listed,
    queries.naming_a_unit: units.naming_a_unit,
    queries.unit_totals: units.unit_totals,
    queries.open_review: review.open_review,
    queries.time_in_stage: review.time_in_stage,
    queries.median_days_in_stage: review.median_days_in_stage,
    queries.backlog: review.backlog,
    queries.overdue_by_country: review.overdue_by_country,
    queries.waiting_on: review.waiting_on,
    queries.oldest_by_place: review.oldest_by_place,
    queries.longest_waiting: review.longest_waiting,
    queries.stays: durations.stays,
    queries.progress: durations.progress,
    queries.moves_by_month: durations.moves_by_month,
    queries.dated_later: durations.dated_later,
    queries.courses: durations.courses,
    queries.courses_by_source_type: durations.courses_by_source_type,
    queries.irregular_steps: durations.irregular_steps,
}
"""Question -> the function `(held, *arguments)` that answers it."""

FIRST: tuple[tuple[Rows, tuple[Hashable, ...]], ...] = (
    (incident_rows, ()),
    (history.stay_rows, ()),
    (history.third_stage_rows, ()),
    (history.response_rows, ()),
    (reports.link_rows, (True,)),
)
"""Rows that most pages count from, with their arguments."""

__all__ = ["ANSWERS", "FIRST", "Held", "NotHeldError"]
