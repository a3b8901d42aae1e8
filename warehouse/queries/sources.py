"""On what the filtered incidents rest: their reports, how soon these came, what became of the incidents.

A report counts once, however many of the incidents it is about. Reports that belong to no incident are out of reach of
every filter; `reports_without_incident` counts them.
"""

from __future__ import annotations

from typing import Any, Literal

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.access import shown
from warehouse.queries.base import incidents, table, with_category

ReportDimension = Literal["source_type", "account_kind", "language", "platform"]
Outcome = Literal["harm_status", "stage", "response"]
Band = tuple[int, int | None]

REPORT_BANDS: tuple[Band, ...] = ((0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, None))
"""Reports of one incident."""
LAG_BANDS_DAYS: tuple[Band, ...] = ((0, 0), (1, 1), (2, 7), (8, 30), (31, 90), (91, 365), (366, None))
"""Days from the event; a date before the event has a band of its own, `BEFORE_EVENT`."""
BEFORE_EVENT, NO_EVENT_DAY, NO_DAY = "before_event", "no_event_day", "no_day"
LAGS = {"first_report": "first_reported_on", "assessment": "published_on"}
"""What follows an event -> the incident's column with its day."""
WITH_RESPONSE, WITHOUT_RESPONSE = "with_response", "without_response"


def reports_by(filters: Filters, dimension: ReportDimension) -> Table:
    """Reports of the filtered incidents by one of their columns, most reports first.

    Columns: category (null: not stated), reports, archived (of these, with an archived copy), dated (with a day of
    publication), private, incidents (that at least one of them is about).
    """
    rows = _linked(filters)
    rows = rows.mutate(
        category=rows[dimension],
        is_archived=rows.archive_url.notnull(),
        is_dated=rows.published_on.notnull(),
        is_private=rows.access == v.Access.PRIVATE.value,
    )
    conditions = {"reports": ibis.literal(True), "archived": rows.is_archived, "dated": rows.is_dated,
                  "private": rows.is_private}  # fmt: skip
    counted = {name: rows.count(where=~rows.is_shared & condition) for name, condition in conditions.items()}
    # An incident and a category once, then the categories: counting distinct incidents takes four times as long.
    of_incident = rows.group_by("incident_id", "category").aggregate(**counted)
    sums = {name: of_incident[name].sum() for name in counted}
    alone = of_incident.group_by("category").aggregate(**sums, incidents=of_incident.count())
    several = rows.filter(rows.is_shared)
    several = several.select("report_id", "category", "is_archived", "is_dated", "is_private").distinct()
    again = several.group_by("category").aggregate(
        reports=several.count(),
        archived=several.is_archived.sum(),
        dated=several.is_dated.sum(),
        private=several.is_private.sum(),
        incidents=ibis.literal(0, "int64"),
    )
    both = ibis.union(*(part.select("category", *counted, "incidents") for part in (alone, again)))
    return (
        both.group_by("category")
        .aggregate(**{name: both[name].sum() for name in (*counted, "incidents")})
        .order_by(ibis.desc("reports"), ibis.asc("category", nulls_first=False))
    )


def reports_by_month(filters: Filters) -> Table:
    """Columns: period_start (month of publication; null: not dated), category (source type), reports."""
    links = _links(filters)
    reports = table("report").semi_join(links, "report_id")
    return (
        reports.group_by(period_start=reports.published_on.truncate("M"), category=reports.source_type)
        .aggregate(reports=reports.count())
        .order_by(ibis.asc("period_start", nulls_first=False), "category")
    )


def publishers(filters: Filters, show_private: bool, limit: int) -> Table:
    """Publishers that may be named, most reports first. Columns: publisher, account_kind, reports, archived, incidents.

    Personal accounts are never named, publishers of private reports only where these may be shown.
    """
    rows = _named(filters, show_private)
    rows = rows.filter(rows.name.notnull()).rename(publisher="name")
    keys = ("publisher", "account_kind")
    order = (ibis.desc("reports"), *keys)
    alone = rows.group_by(*keys).aggregate(
        reports=rows.count(where=~rows.is_shared), archived=rows.count(where=~rows.is_shared & rows.has_archive)
    )
    several = rows.filter(rows.is_shared).select("report_id", "has_archive", *keys).distinct()
    again = several.group_by(*keys).aggregate(reports=several.count(), archived=several.has_archive.sum())
    both = ibis.union(alone, again)
    first = both.group_by(*keys).aggregate(reports=both.reports.sum(), archived=both.archived.sum())
    first = first.order_by(*order).limit(limit)
    # Distinct incidents take long to count, so only those of the few that are listed are.
    about = rows.semi_join(first, keys)
    about = about.group_by(*keys).aggregate(incidents=about.incident_id.nunique())
    return (
        first.inner_join(about, keys)
        .select("publisher", "account_kind", "reports", "archived", "incidents")
        .order_by(*order)
    )


def publisher_totals(filters: Filters, show_private: bool) -> Table:
    """One row. Columns: publishers (named), reports, personal (reports of personal accounts), unnamed (other reports
    without a publisher that may be named), archived, incidents (with at least one report)."""
    rows = _named(filters, show_private)
    rows = rows.mutate(is_personal=rows.account_kind == v.AccountKind.PERSONAL.value, is_named=rows.name.notnull())
    several = rows.filter(rows.is_shared).select("report_id", "has_archive", "is_personal", "is_named").distinct()
    counted = {}
    for name, of in (("alone", rows.filter(~rows.is_shared)), ("again", several)):
        counted[name] = of.aggregate(
            reports=of.count(),
            personal=of.count(where=of.is_personal),
            unnamed=of.count(where=~of.is_personal & ~of.is_named),
            archived=of.count(where=of.has_archive),
        )
    both = ibis.union(*counted.values())
    names = ("reports", "personal", "unnamed", "archived")
    sums = both.aggregate(**{name: both[name].sum() for name in names})
    by_name = rows.filter(rows.is_named).group_by("name").aggregate(rows=ibis._.count())
    chosen = incidents(filters)
    found = chosen.aggregate(incidents=chosen.count(where=chosen.report_count > 0))
    joined = sums.cross_join(by_name.aggregate(publishers=by_name.count())).cross_join(found)
    return joined.select("publishers", *names, "incidents")


def reports_without_incident() -> Table:
    """One row: reports of the whole build that belong to no incident. Columns: reports."""
    alone = table("report").anti_join(table("incident_report"), "report_id")
    return alone.aggregate(reports=alone.count())


def resting_on(filters: Filters) -> Table:
    """Incidents by the number of their reports, in order. Columns: band (index in REPORT_BANDS), incidents."""
    chosen = incidents(filters)
    rows = chosen.mutate(band=_band(chosen.report_count, REPORT_BANDS))
    return rows.group_by("band").aggregate(incidents=rows.count()).order_by("band")


def narrow_base(filters: Filters) -> Table:
    """One row. Columns: no_report, one_report, one_type (several reports, all of one type of source), incidents."""
    chosen = incidents(filters)
    is_one_type = (chosen.report_count > 1) & (chosen.source_type.length() == 1)
    return chosen.aggregate(
        no_report=chosen.count(where=chosen.report_count == 0),
        one_report=chosen.count(where=chosen.report_count == 1),
        one_type=chosen.count(where=is_one_type),
        incidents=chosen.count(),
    )


def lags(filters: Filters) -> Table:
    """How many days after the event the first report and the assessment came.

    Columns: kind (a key of LAGS), band (index in LAG_BANDS_DAYS as text, or BEFORE_EVENT, NO_EVENT_DAY, NO_DAY),
    incidents. Only an event known to the day has a lag: of a longer time nobody knows from which day to count.
    """
    rows = _lags(filters)
    return rows.group_by("kind", "band").aggregate(incidents=rows.count()).order_by("kind", "band")


def lag_medians(filters: Filters) -> Table:
    """Columns: kind, incidents, timed (both days known), median_days (negative ones included; null when none is
    timed), before_event (negative ones), no_event_day, no_day (event known to the day, the other day not stated)."""
    rows = _lags(filters)
    return (
        rows.group_by("kind")
        .aggregate(
            incidents=rows.count(),
            timed=rows.days.count(),
            median_days=rows.days.median(),
            before_event=rows.count(where=rows.band == BEFORE_EVENT),
            no_event_day=rows.count(where=rows.band == NO_EVENT_DAY),
            no_day=rows.count(where=rows.band == NO_DAY),
        )
        .order_by("kind")
    )


def outcomes(filters: Filters, outcome: Outcome) -> Table:
    """What the incidents of each type of source became; an incident counts in each of its types.

    Columns: source_type, category, incidents. For "response" the category is WITH_RESPONSE (recommended or taken),
    WITHOUT_RESPONSE, or no_review_record, where the data is silent.
    """
    chosen = incidents(filters)
    silent = v.Stage.NO_REVIEW_RECORD.value
    answered = ibis.cases(
        (chosen.response_count > 0, WITH_RESPONSE), (chosen.stage == silent, silent), else_=WITHOUT_RESPONSE
    )
    became = answered if outcome == "response" else chosen[outcome]
    rows = with_category(chosen.mutate(became=became), "source_type")
    return (
        rows.group_by(source_type=rows.category, category=rows.became)
        .aggregate(incidents=rows.count())
        .order_by("source_type", "category")
    )


def band_label(first: int, last: int | None) -> str:
    """Label of a band of whole numbers: "1", "2–7", "over 365"."""
    if last is None:
        return f"over {first - 1}"
    return str(first) if first == last else f"{first}–{last}"


def with_name(reports: Table, show_private: bool) -> Table:
    """Reports as they may be shown, with the publisher's `name` where it may be, and has_archive."""
    reports = shown(reports.mutate(has_archive=reports.archive_url.notnull()), show_private)
    is_personal = reports.account_kind == v.AccountKind.PERSONAL.value
    return reports.mutate(name=ibis.ifelse(is_personal, ibis.null("string"), reports.publisher))


def _links(filters: Filters) -> Table:
    chosen = incidents(filters).select("incident_id")
    return table("incident_report").semi_join(chosen, "incident_id").select("incident_id", "report_id", "is_shared")


def _linked(filters: Filters) -> Table:
    """One row for each link of a filtered incident, with the report's columns."""
    return _links(filters).inner_join(table("report"), "report_id")


def _named(filters: Filters, show_private: bool) -> Table:
    """One row for each link, with the report as `with_name` gives it."""
    return _links(filters).inner_join(with_name(table("report"), show_private), "report_id")


def _lags(filters: Filters) -> Table:
    """Each filtered incident once for each kind of lag: kind, days (null: cannot be told), band."""
    chosen = incidents(filters)
    event = ibis.ifelse(chosen.date_precision == v.DatePrecision.DAY.value, chosen.date_start, ibis.null("date"))
    kinds = []
    for kind, column in LAGS.items():
        days = chosen[column].delta(event, unit="day")
        index = _band(days, LAG_BANDS_DAYS).cast("string")
        band = ibis.cases(
            (event.isnull(), NO_EVENT_DAY), (chosen[column].isnull(), NO_DAY), (days < 0, BEFORE_EVENT), else_=index
        )
        kinds.append(chosen.select(kind=ibis.literal(kind), days=days, band=band))
    return ibis.union(*kinds)


def _band(value: Any, bands: tuple[Band, ...]) -> Any:
    """Index of the first band whose end is not below the value."""
    cases = [(value <= last, index) for index, (_, last) in enumerate(bands) if last is not None]
    return ibis.cases(*cases, else_=len(bands) - 1)
