"""The questions the dashboard asks, one function each: Filters -> Ibis expression.

Every question starts from `incidents(filters)`, so that all pages, figures and files answer for the same rows.
Questions are portable: no SQL text, no function that only DuckDB has.
Casualties are carried as low, best and high; a sum of `best` is null unless every incident that states a figure
states one, and the number of incidents whose figure is unknown goes with every sum.
"""

from warehouse.queries.access import shown
from warehouse.queries.base import CHOSEN, LATER, LIST_DIMENSIONS, Later, incidents, table
from warehouse.queries.counting import (
    Period,
    by_stage,
    counts,
    distinct_values,
    left_out_unknown,
    not_in_period,
    over_time,
    report_count,
    totals,
)
from warehouse.queries.extraction import ALWAYS_EXTRACTED, NOT_EXTRACTED, extract, extractable_columns
from warehouse.queries.geography import PLACE_DECIMALS, SEVERAL, extent, located, places
from warehouse.queries.listing import LISTED_COLUMNS, incidents_by_id, listed
from warehouse.queries.one_incident import (
    incident,
    of_incident,
    reports_of_incident,
    responses_of_incident,
    weapons_of_incident,
)
from warehouse.queries.open_incidents import (
    AGE_BANDS_DAYS,
    NORM_DAYS,
    age_band_label,
    backlog,
    longest_waiting,
    median_days_in_stage,
    overdue_by_country,
    time_in_stage,
    waiting,
    waiting_on,
)
from warehouse.queries.quality import (
    build,
    datasets,
    expectation_suites,
    expectations,
    incidents_of_rows,
    input_files,
    quarantine_counts,
    quarantined,
    unmet_expectations,
)
from warehouse.queries.review import by_stage_on, irregular_steps, review_on, stage_funnel
from warehouse.queries.steps import OPEN_STAGES, reached

__all__ = [
    "AGE_BANDS_DAYS",
    "ALWAYS_EXTRACTED",
    "CHOSEN",
    "LATER",
    "LISTED_COLUMNS",
    "LIST_DIMENSIONS",
    "NORM_DAYS",
    "NOT_EXTRACTED",
    "OPEN_STAGES",
    "PLACE_DECIMALS",
    "SEVERAL",
    "Later",
    "Period",
    "age_band_label",
    "backlog",
    "build",
    "by_stage",
    "by_stage_on",
    "counts",
    "datasets",
    "distinct_values",
    "expectation_suites",
    "expectations",
    "extent",
    "extract",
    "extractable_columns",
    "incident",
    "incidents",
    "incidents_by_id",
    "incidents_of_rows",
    "input_files",
    "irregular_steps",
    "left_out_unknown",
    "listed",
    "located",
    "longest_waiting",
    "median_days_in_stage",
    "not_in_period",
    "of_incident",
    "over_time",
    "overdue_by_country",
    "places",
    "quarantine_counts",
    "quarantined",
    "reached",
    "report_count",
    "reports_of_incident",
    "responses_of_incident",
    "review_on",
    "shown",
    "stage_funnel",
    "table",
    "time_in_stage",
    "totals",
    "unmet_expectations",
    "waiting",
    "waiting_on",
    "weapons_of_incident",
]
