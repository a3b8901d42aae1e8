"""What must hold between the columns of one row, each rule written once.

The predicate of a broken row is plain SQL that DuckDB and Polars both evaluate: the load refuses such rows by it
(`RowRule.expression`), and the expectations count them in the tables by it (`RowRule.sql`). What one column alone must
hold is declared on the column in `warehouse.schema`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from warehouse.schema import FACT_TABLES
from warehouse.vocabulary import Severity

CLOCK_TOLERANCE_DAYS = 1
"""The day of a build is a UTC day, and the clocks of some places run up to 14 hours ahead of it."""

NOT_YET = "What has not happened yet cannot be known; the year or the order of day and month is probably mistyped."


@dataclass(frozen=True)
class RowRule:
    """One rule about the columns of one row.

    Attributes:
        name: `<table>.<what must hold>`, the same in quarantine and in validation results.
        table: table whose rows it is about.
        columns: the columns it compares.
        description: what is expected, a sentence.
        reason: why, a sentence.
        broken: SQL that is true for a row that breaks the rule; null counts as not broken. `{latest_day}` stands for
            the last day that a date of something past can bear.
        severity: the load refuses rows that break an error rule.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    description: str
    reason: str
    broken: str
    severity: Severity = Severity.ERROR

    def sql(self, today: date) -> str:
        """The predicate of a broken row for DuckDB, as of the given day of build (UTC)."""
        latest_day = today + timedelta(days=CLOCK_TOLERANCE_DAYS)
        return self.broken.format(latest_day=f"CAST('{latest_day.isoformat()}' AS DATE)")

    def expression(self, today: date) -> pl.Expr:
        """The same for Polars: true where the row breaks the rule, else false, never null."""
        return pl.sql_expr(self.sql(today)).fill_null(value=False)


def ordered_estimate(table: str, prefix: str, name: str, what: str) -> RowRule:
    """low <= best <= high, as far as each is known; the columns are `<prefix>low`, `<prefix>best`, `<prefix>high`."""
    low, best, high = columns = (f"{prefix}low", f"{prefix}best", f"{prefix}high")
    return RowRule(
        f"{table}.{name}_ordered",
        table,
        columns,
        f"The lowest estimate of {what} is not above the best, nor the best above the highest.",
        "Sums and charts show a range from low to high; estimates out of order mean that the text was misread.",
        f"{low} > {best} OR {best} > {high} OR {low} > {high}",
    )


def dates_ordered(table: str, name: str, *columns: str) -> RowRule:
    """Every date is on or after each one named before it, as far as both are known."""
    pairs = [(a, b) for i, a in enumerate(columns) for b in columns[i + 1 :]]
    return RowRule(
        f"{table}.{name}",
        table,
        columns,
        f"The dates follow each other: {' <= '.join(columns)}.",
        "Filters by date and time spent in review take the first date for the earlier one.",
        " OR ".join(f"{a} > {b}" for a, b in pairs),
    )


def not_in_future(table: str, name: str, *columns: str, reason: str = NOT_YET) -> RowRule:
    """No date of the columns lies after the day of the build."""
    return RowRule(
        f"{table}.{name}_not_in_future",
        table,
        columns,
        f"{' and '.join(columns)} {'is' if len(columns) == 1 else 'are'} not after the day of the build.",
        reason,
        " OR ".join(f'"{column}" > {{latest_day}}' for column in columns),
    )


ROW_RULES: tuple[RowRule, ...] = (
    ordered_estimate("casualty", "", "low_best_high", "people harmed"),
    dates_ordered("incident", "dates_ordered", "date_start", "date_end"),
    RowRule(
        "incident.date_not_in_future",
        "incident",
        ("date_start", "date_end", "date_precision"),
        "The first day is not after the day of the build, nor the last one where the date is known by the day.",
        NOT_YET,
        # The last day of the current month or year may well lie ahead.
        "date_start > {latest_day} OR date_end > {latest_day} AND date_precision IN ('day', 'range')",
    ),
    not_in_future("incident", "published_on", "published_on"),
    RowRule(
        "incident.latitude_and_longitude_both_or_none",
        "incident",
        ("latitude", "longitude"),
        "Latitude and longitude are both given or both empty.",
        "One of them alone is no place; the other one was lost or could not be read.",
        "latitude IS NULL AND longitude IS NOT NULL OR latitude IS NOT NULL AND longitude IS NULL",
    ),
    not_in_future("report", "published_on", "published_on"),
    not_in_future("stage_transition", "occurred_on", "occurred_on"),
    RowRule(
        "stage_transition.stages_belong_to_the_process",
        "stage_transition",
        ("from_stage", "to_stage"),
        "A step names stages of the process only.",
        "'No review record' says that the data is silent; no step can lead from it or to it.",
        "from_stage = 'no_review_record' OR to_stage = 'no_review_record'",
    ),
    not_in_future("assessment", "assessed_on", "assessed_on"),
    RowRule(
        "assessment.finding_answers_kind",
        "assessment",
        ("kind", "finding"),
        "Avoidability is answered by how avoidable the harm was, a principle of law by whether it was kept.",
        "A finding that answers another question than the one asked was entered in the wrong row.",
        "kind <> 'avoidability'"
        " AND finding IN ('avoidable', 'could_have_been_mitigated', 'unavoidable', 'undetermined')"
        " OR kind = 'avoidability' AND finding IN ('consistent', 'possible_violation', 'likely_violation')",
    ),
    RowRule(
        "incident_unit.names_a_unit",
        "incident_unit",
        ("confidence",),
        "An attribution to a unit is not 'unattributed': the row names a unit.",
        "An incident that no unit is named for has no row at all.",
        "confidence = 'unattributed'",
    ),
    dates_ordered("response", "dates_ordered", "recommended_on", "decided_on", "implemented_on"),
    not_in_future("response", "dates", "recommended_on", "decided_on", "implemented_on"),
    not_in_future("engagement", "held_on", "held_on"),
    dates_ordered("engagement", "dates_ordered", "held_on", "answered_on"),
    not_in_future("engagement", "answered_on", "answered_on"),
    not_in_future("context_series", "date", "date"),
    not_in_future("transfer", "notified_on", "notified_on"),
    *(
        RowRule(
            f"{table.name}.known_to_after_known_from",
            table.name,
            ("known_from", "known_to"),
            "A version of a row ceases to hold only after it began to.",
            "Between both days the row counts in 'as known on'; the other way round it would never count.",
            "known_to <= known_from",
        )
        for table in FACT_TABLES
    ),
    *(not_in_future(table.name, "known", "known_from", "known_to") for table in FACT_TABLES),
)
"""The load applies them to each row, the expectations to each table."""
