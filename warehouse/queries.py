"""The questions the dashboard asks, one function each: Filters -> Ibis expression.

Every question starts from `incidents(filters)`, so that all pages, figures and files answer for the same rows.
Questions are portable: no SQL text, no function that only DuckDB has.
Casualties are carried as low, best and high; sums of `best` cover only incidents that state one, and the number of
incidents whose figure is unknown goes with every sum.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.errors import FilterError
from warehouse.filters import Filters
from warehouse.schema import TABLE

Period = Literal["day", "week", "month", "year"]

NORM_DAYS = 60
"""A finding is expected within two months of receipt (the norm reported in the press); counted as 60 days."""

AGE_BANDS_DAYS = ((0, 30), (31, 60), (61, 120), (121, 240), (241, None))
"""Bands of days in the current stage; the second ends at the norm."""

OPEN_STAGES = (v.Stage.RECEIVED, *v.REVIEW_STAGES)
"""Stages in which an incident waits."""

LIST_DIMENSIONS = ("weapon_system", "munition", "source_type", "strike_type")
"""Dimensions of which an incident may have several values; it then counts in each."""

HIDDEN = "hidden"
"""What stands in place of the text of a private report or a personal account."""


def table(name: str) -> Table:
    """The declared table, restricted to rows known today where the table has versions."""
    unbound = TABLE[name].ibis_table()
    return unbound.filter(unbound.known_to.isnull()) if "known_to" in unbound.columns else unbound


def incidents(filters: Filters) -> Table:
    """Incidents that meet the filter, all columns of the incident table."""
    current = table("incident")
    return current.filter(filters.predicate(current))


def build() -> Table:
    """The build's own record: one row."""
    return TABLE["build"].ibis_table()


def datasets() -> Table:
    """Data sets by title."""
    return TABLE["dataset"].ibis_table().order_by("title")


def totals(filters: Filters) -> Table:
    """One row: counts and sums over the filtered incidents.

    Columns: incidents, civilians_{killed,injured}_{low,best,high,unknown}, without_coordinates, without_date,
    reached_third_stage, closed, with_response (recommended or taken), without_review_record, without_report, first_day,
    last_day.
    `_unknown` counts incidents whose lowest or highest figure is unknown.
    """
    chosen = incidents(filters)
    measures: dict[str, Any] = {"incidents": chosen.count()}
    for harm in v.Harm:
        measures |= _estimate(chosen, f"civilians_{harm.value}")
    return chosen.aggregate(
        **measures,
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


def report_count(filters: Filters) -> Table:
    """One row: distinct reports linked to the filtered incidents, private ones of them, and links."""
    chosen = incidents(filters).select("incident_id")
    links = table("incident_report").semi_join(chosen, "incident_id")
    reports = table("report").semi_join(links, "report_id")
    counted = reports.aggregate(
        reports=reports.count(), private=(reports.access == v.Access.PRIVATE.value).sum().fill_null(0)
    )
    return counted.cross_join(links.aggregate(links=links.count()))


def left_out_unknown(filters: Filters) -> Table:
    """One row: incidents that meet the rest of the filter but have no date, or no figure, to be compared.

    Columns: without_date (0 unless dates are filtered), without_figure (0 unless a minimum is set).
    """
    rest = incidents(filters.without_unknowns())
    by_date = ibis.literal(filters.date_from is not None or filters.date_to is not None)
    by_number = ibis.literal(filters.minimum_civilians_killed is not None)
    return rest.aggregate(
        without_date=(rest.date_start.isnull() & by_date).sum().fill_null(0),
        without_figure=(rest.civilians_killed_low.isnull() & by_number).sum().fill_null(0),
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
    return rows.filter(rows.value.notnull()).distinct().order_by("value")


def counts(filters: Filters, dimension: str) -> Table:
    """Incidents and civilians killed by a dimension.

    Columns: category, incidents, civilians_killed_{low,best,high,unknown}. For a dimension of `LIST_DIMENSIONS` an
    incident counts in each of its values, so that categories do not add up to the total.
    """
    chosen = _with_category(incidents(filters), dimension)
    return (
        chosen.group_by("category")
        .aggregate(incidents=chosen.count(), **_estimate(chosen, "civilians_killed"))
        .order_by(ibis.desc("incidents"), "category")
    )


def over_time(filters: Filters, period: Period, dimension: str | None = None) -> Table:
    """Incidents and civilians killed by period of the incident's first day.

    Columns: period_start (null: the date is unknown), category (if a dimension is given), incidents,
    civilians_killed_{low,best,high,unknown}. Incidents known only to the month or year stand at its first day.
    """
    chosen = incidents(filters)
    keys = ["period_start"]
    if dimension is not None:
        chosen = _with_category(chosen, dimension)
        keys.append("category")
    unit = {"day": "D", "week": "W", "month": "M", "year": "Y"}[period]
    chosen = chosen.mutate(period_start=chosen.date_start.truncate(unit))
    return (
        chosen.group_by(keys)
        .aggregate(incidents=chosen.count(), **_estimate(chosen, "civilians_killed"))
        .order_by(keys)
    )


def stage_funnel(filters: Filters) -> Table:
    """How many incidents reached or passed each open stage, and how fast.

    Columns: stage, reached, median_days (from receipt to the stage, over incidents that reached it and whose receipt
    is on record; those still waiting are not in it, which makes it a lower bound of the wait).
    """
    chosen = incidents(filters)
    entered = _first_entries(chosen)
    received = entered.filter(entered.stage == v.Stage.RECEIVED.value).select(
        "incident_id", received_on="first_entered_on"
    )
    timed = entered.left_join(received, "incident_id")
    days = timed.first_entered_on.delta(timed.received_on, unit="day")
    medians = timed.group_by("stage").aggregate(median_days=days.median())
    frames = [
        chosen.aggregate(reached=reached(chosen, stage).sum().fill_null(0)).mutate(stage=ibis.literal(stage.value))
        for stage in OPEN_STAGES
    ]
    return ibis.union(*frames).left_join(medians, "stage").select("stage", "reached", "median_days")


def waiting(filters: Filters, as_of: date) -> Table:
    """Incidents that wait in an open stage, with days in it on the given day.

    Columns: incident_id, public_code, country, place, stage, stage_entered_on, days_in_stage.
    """
    chosen = incidents(filters)
    chosen = chosen.filter(chosen.stage.isin([s.value for s in OPEN_STAGES]), chosen.stage_entered_on.notnull())
    return chosen.select(
        "incident_id",
        "public_code",
        "country",
        "place",
        "stage",
        "stage_entered_on",
        days_in_stage=ibis.literal(as_of).delta(chosen.stage_entered_on, unit="day"),
    )


def median_days_in_stage(filters: Filters, as_of: date) -> Table:
    """Columns: stage, incidents, median_days of those that wait in it now."""
    rows = waiting(filters, as_of)
    return (
        rows.group_by("stage")
        .aggregate(incidents=rows.count(), median_days=rows.days_in_stage.median())
        .order_by("stage")
    )


def backlog(filters: Filters, as_of: date) -> Table:
    """Columns: stage, age_band (such as "61–120 days"), incidents."""
    rows = waiting(filters, as_of)
    cases = [
        (rows.days_in_stage <= last, age_band_label(first, last)) for first, last in AGE_BANDS_DAYS if last is not None
    ]
    rows = rows.mutate(age_band=ibis.cases(*cases, else_=age_band_label(*AGE_BANDS_DAYS[-1])))
    return rows.group_by(["stage", "age_band"]).aggregate(incidents=rows.count()).order_by("stage", "age_band")


def overdue_by_country(filters: Filters, as_of: date) -> Table:
    """Open incidents against the norm of `NORM_DAYS` since receipt.

    Columns: country, incidents (open), overdue (of these, open for longer than the norm), without_receipt (no date of
    receipt on record: cannot be judged).
    """
    chosen = incidents(filters)
    chosen = chosen.filter(chosen.stage.isin([s.value for s in OPEN_STAGES]))
    entered = _first_entries(chosen)
    received = entered.filter(entered.stage == v.Stage.RECEIVED.value).select(
        "incident_id", received_on="first_entered_on"
    )
    rows = chosen.left_join(received, "incident_id")
    days = ibis.literal(as_of).delta(rows.received_on, unit="day")
    return (
        rows.group_by("country")
        .aggregate(
            incidents=rows.count(),
            overdue=(days > NORM_DAYS).sum().fill_null(0),
            without_receipt=rows.received_on.isnull().sum().fill_null(0),
        )
        .order_by(ibis.desc("overdue"), "country")
    )


def age_band_label(first: int, last: int | None) -> str:
    """Label of an age band."""
    return f"over {first - 1} days" if last is None else f"{first}–{last} days"


def located(filters: Filters, dimension: str | None = None) -> Table:
    """Incidents with coordinates, for the map.

    Columns: incident_id, public_code, place, country, latitude, longitude, geo_precision, geo_radius_m, date_start,
    date_end, date_precision, civilians_killed_{low,best,high}, category (of a list dimension: its first value).
    """
    chosen = incidents(filters)
    chosen = chosen.filter(chosen.latitude.notnull(), chosen.longitude.notnull())
    category = ibis.literal("all")
    if dimension is not None:
        category = chosen[dimension][0] if dimension in LIST_DIMENSIONS else chosen[dimension]
    return chosen.select(
        "incident_id",
        "public_code",
        "place",
        "country",
        "latitude",
        "longitude",
        "geo_precision",
        "geo_radius_m",
        "date_start",
        "date_end",
        "date_precision",
        "civilians_killed_low",
        "civilians_killed_best",
        "civilians_killed_high",
        category=category,
    ).order_by("incident_id")


LISTED_COLUMNS = (
    "incident_id",
    "public_code",
    "country",
    "place",
    "date_start",
    "date_end",
    "date_precision",
    "civilians_killed_low",
    "civilians_killed_best",
    "civilians_killed_high",
    "civilians_injured_low",
    "civilians_injured_best",
    "civilians_injured_high",
    "strike_type",
    "harm_status",
    "weapon_system",
    "munition",
    "us_origin_confidence",
    "stage",
    "stage_entered_on",
    "report_count",
    "summary",
    "data_origin",
)
"""Columns of the incident table page."""


def listed(
    filters: Filters, sort: str = "date_start", descending: bool = True, limit: int = 50, offset: int = 0
) -> Table:
    """One page of incidents, unknown values last; ties by incident_id, so that pages never overlap."""
    chosen = incidents(filters)
    by = ibis.desc(sort, nulls_first=False) if descending else ibis.asc(sort, nulls_first=False)
    return chosen.order_by(by, "incident_id").select(*LISTED_COLUMNS).limit(limit, offset=offset)


def incident(incident_id: str) -> Table:
    """One incident, all columns; no row if there is none."""
    current = table("incident")
    return current.filter(current.incident_id == incident_id)


def of_incident(name: str, incident_id: str) -> Table:
    """Rows of casualty, stage_transition, assessment, response or engagement that belong to an incident."""
    rows = table(name)
    rows = rows.filter(rows.incident_id == incident_id)
    return rows.order_by(*TABLE[name].sort)


def weapons_of_incident(incident_id: str) -> Table:
    """Attributions with the weapon's own columns."""
    attributions = table("incident_weapon")
    attributions = attributions.filter(attributions.incident_id == incident_id)
    weapons = TABLE["weapon"].ibis_table()
    return attributions.left_join(weapons, "weapon_id").order_by("attribution_id")


def reports_of_incident(incident_id: str, show_private: bool) -> Table:
    """Reports linked to an incident as they may be shown, oldest first, undated last."""
    links = table("incident_report")
    links = links.filter(links.incident_id == incident_id).select("report_id", "method", "match_probability")
    return shown(reports_with_links(links), show_private).order_by(
        ibis.asc("published_on", nulls_first=False), "report_id"
    )


def reports_with_links(links: Table) -> Table:
    """Report columns beside the link's."""
    return table("report").inner_join(links, "report_id")


def shown(reports: Table, show_private: bool) -> Table:
    """Reports as they may be shown or exported: the one place that hides.

    Restricted columns are left out. What a private report says and who sent it becomes null unless allowed. The
    address of a personal account names its owner, so it is null always, and so is an archived copy whose own address
    contains it.
    """
    hidden = TABLE["report"]
    reports = reports.drop(*(c.name for c in hidden.columns if c.restricted))
    is_private = reports.access == v.Access.PRIVATE.value
    is_personal = reports.account_kind == v.AccountKind.PERSONAL.value
    nothing = ibis.null("string")
    changed: dict[str, Any] = {}
    for column in hidden.columns:
        if column.private_content and not show_private:
            changed[column.name] = ibis.ifelse(is_private, nothing, reports[column.name])
    url = changed.get("url", reports.url)
    archive = changed.get("archive_url", reports.archive_url)
    changed["url"] = ibis.ifelse(is_personal, nothing, url)
    inner = archive.length() > 10
    embeds_address = inner & (archive.substr(10).contains("http") | archive.substr(10).contains("www."))
    changed["archive_url"] = ibis.ifelse(is_personal & embeds_address.fill_null(False), nothing, archive)
    return reports.mutate(**changed)


def reached(incident_table: Table, stage: v.Stage) -> Any:
    """Boolean expression: the furthest stage is this one or a later one."""
    order = [s.value for s in OPEN_STAGES]
    return incident_table.stage_reached.isin(order[order.index(stage.value) :])


def _first_entries(chosen: Table) -> Table:
    """First day on which each chosen incident entered each stage. Columns: incident_id, stage, first_entered_on."""
    steps = table("stage_transition").semi_join(chosen.select("incident_id"), "incident_id")
    steps = steps.rename(stage="to_stage")
    return steps.group_by(["incident_id", "stage"]).aggregate(first_entered_on=steps.occurred_on.min())


def _with_category(chosen: Table, dimension: str) -> Table:
    """Adds `category`; one row per value for a list dimension."""
    category = chosen[dimension].unnest() if dimension in LIST_DIMENSIONS else chosen[dimension]
    return chosen.mutate(category=category).mutate(category=ibis._.category.fill_null("unknown"))


def _estimate(rows: Table, name: str) -> dict[str, Any]:
    """Sums of low, best and high, and the number of incidents whose figure is unknown."""
    low, best, high = (rows[f"{name}_{part}"] for part in ("low", "best", "high"))
    return {
        # A null sum means that no incident states a figure.
        f"{name}_low": low.sum(),
        f"{name}_best": best.sum(),
        f"{name}_high": high.sum(),
        f"{name}_unknown": (low.isnull() | high.isnull()).sum().fill_null(0),
    }


NOT_EXTRACTED = frozenset({"search_text"})
"""Columns of the incident table that exist only for the app's own use."""

ALWAYS_EXTRACTED = ("incident_id", "data_origin")
"""Columns that every extract has: what the row is, and whether it is synthetic."""


def extractable_columns() -> tuple[str, ...]:
    """Columns of the incident table that may be extracted, in order."""
    return tuple(c.name for c in TABLE["incident"].columns if c.name not in NOT_EXTRACTED and not c.restricted)


def extract(filters: Filters, columns: tuple[str, ...] = ()) -> Table:
    """The filtered incidents for an extract, by date; the chosen columns (all when empty) in the table's order.

    Raises:
        FilterError: a column that may not be extracted.
    """
    available = extractable_columns()
    if wrong := [c for c in columns if c not in available]:
        raise FilterError(f"{wrong[0]!r} is no column of an extract; choose from {', '.join(available)}.")
    wanted = {*columns, *ALWAYS_EXTRACTED} if columns else set(available)
    ordered = incidents(filters).order_by(ibis.asc("date_start", nulls_first=False), "incident_id")
    return ordered.select(*(c for c in available if c in wanted))
