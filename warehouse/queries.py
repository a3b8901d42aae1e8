"""The questions the dashboard asks, one function each: Filters -> Ibis expression.

Every question starts from `incidents(filters)`, so that all pages, figures and files answer for the same rows.
Questions are portable: no SQL text, no function that only DuckDB has.
Casualties are carried as low, best and high; a sum of `best` is null unless every incident that states a figure
states one, and the number of incidents whose figure is unknown goes with every sum.
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

SEVERAL = "several"
"""Category of an incident that has more than one value of a list dimension, where it can be drawn only once."""

PLACE_DECIMALS = 3
"""Decimals of a degree to which `places` puts incidents together: about 110 m."""

HIDDEN = "hidden"
"""What stands in place of the text of a private report or a personal account."""


def table(name: str) -> Table:
    """The declared table, restricted to rows known today where the table has versions."""
    unbound = TABLE[name].ibis_table()
    return unbound.filter(unbound.known_to.isnull()) if "known_to" in unbound.columns else unbound


class Later:
    """Stands for a filter that is put in later, so that a question is compiled once for all filters."""


LATER = Later()
CHOSEN = "chosen_incident"
"""Name of the filtered incidents in a question that was asked with `LATER`."""


def incidents(filters: Filters | Later) -> Table:
    """Incidents that meet the filter, all columns of the incident table."""
    if isinstance(filters, Later):
        return TABLE["incident"].ibis_table(CHOSEN)
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

    Only to be asked where `filters.compares_unknowns`, and never with `LATER`: it looks into the filter.
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
    """Incidents and civilians killed and injured by period of the incident's first day.

    Columns: period_start (null: no date, or one that is known less exactly than the period, see `not_in_period`),
    category (if a dimension is given), incidents, civilians_{killed,injured}_{low,best,high,unknown}. A range of days
    stands at its first day; an incident known only to the month is in no day and no week.
    """
    chosen = incidents(filters)
    keys = ["period_start"]
    if dimension is not None:
        chosen = _with_category(chosen, dimension)
        keys.append("category")
    unit = {"day": "D", "week": "W", "month": "M", "year": "Y"}[period]
    start = chosen.date_start.truncate(unit)
    chosen = chosen.mutate(period_start=ibis.ifelse(_too_coarse(chosen, period), ibis.null("date"), start))
    estimates = _estimate(chosen, "civilians_killed") | _estimate(chosen, "civilians_injured")
    return chosen.group_by(keys).aggregate(incidents=chosen.count(), **estimates).order_by(keys)


def not_in_period(filters: Filters, period: Period) -> Table:
    """One row: filtered incidents that `over_time` cannot place. Columns: without_date, too_coarse."""
    chosen = incidents(filters)
    return chosen.aggregate(
        without_date=chosen.date_start.isnull().sum().fill_null(0),
        too_coarse=(chosen.date_start.notnull() & _too_coarse(chosen, period)).sum().fill_null(0),
    )


def stage_funnel(filters: Filters) -> Table:
    """How many incidents reached or passed each open stage, and how fast; in the order of the process.

    Columns: stage, reached (also when a later step shows that the stage was passed), median_days (from receipt to the
    first day in the stage, null for receipt itself), timed (incidents that the median covers: they reached the stage
    on a recorded day, and their receipt is on record). Incidents that still wait for the stage are not in the median,
    which makes it a lower bound of the wait.
    """
    chosen = incidents(filters)
    entered = _first_entries(chosen)
    timed = entered.filter(entered.stage != v.Stage.RECEIVED.value).inner_join(_receipts(chosen), "incident_id")
    days = timed.first_entered_on.delta(timed.received_on, unit="day")
    medians = timed.group_by("stage").aggregate(median_days=days.median(), timed=timed.count())
    rows = ibis.union(
        *(
            chosen.aggregate(reached=reached(chosen, stage).sum().fill_null(0)).mutate(
                stage=ibis.literal(stage.value), step=ibis.literal(step)
            )
            for step, stage in enumerate(OPEN_STAGES)
        )
    ).left_join(medians, "stage")
    return rows.order_by("step").select("stage", "reached", "median_days", timed=rows.timed.fill_null(0))


def irregular_steps(filters: Filters) -> Table:
    """One row: incidents whose record of the review is out of order, by the rules that the build checks.

    Columns: skipped (left out a stage, or were closed before the analysis), stepped_back (reopened ones among them),
    reopened (moved on from closed).
    """
    steps = table("stage_transition").semi_join(incidents(filters).select("incident_id"), "incident_id")
    is_closing = steps.to_stage == v.Stage.CLOSED.value
    steps = steps.mutate(
        is_skip=ibis.ifelse(
            is_closing,
            _position(steps.from_stage) <= 1,
            # An incident may enter with the analysis, without a step that says "received".
            _position(steps.to_stage) > ibis.greatest(_position(steps.from_stage), 1) + 1,
        ),
        is_back=_position(steps.to_stage) < _position(steps.from_stage),
        is_reopening=(steps.from_stage == v.Stage.CLOSED.value).fill_null(False) & ~is_closing,
    )
    return steps.aggregate(
        skipped=steps.incident_id.nunique(where=steps.is_skip),
        stepped_back=steps.incident_id.nunique(where=steps.is_back),
        reopened=steps.incident_id.nunique(where=steps.is_reopening),
    )


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


def time_in_stage(filters: Filters, as_of: date) -> Table:
    """One row: incidents that wait in an open stage. Columns: waiting, median_days (null when none waits)."""
    rows = waiting(filters, as_of)
    return rows.aggregate(waiting=rows.count(), median_days=rows.days_in_stage.median())


def review_on(filters: Filters, day: date) -> Table:
    """One row: how far the review of the filtered incidents had come by the end of a day, as far as is known today.

    Columns: reviewed (incidents with a step by then), reached_third_stage, with_response (recommended by then and not
    declined by then), waiting (in an open stage), median_days (in that stage; null when none waits).
    """
    chosen = incidents(filters)
    steps = _steps(chosen)
    steps = steps.filter(steps.occurred_on <= ibis.literal(day))
    third = v.Stage.DEPARTMENT_RESPONSE_COORDINATION.value
    reached_third = steps.filter((steps.to_stage == third) | (steps.from_stage == third).fill_null(False))
    responses = table("response").semi_join(chosen.select("incident_id"), "incident_id")
    is_declined = (responses.status == v.ResponseStatus.DECLINED.value) & (
        responses.decided_on.isnull() | (responses.decided_on <= ibis.literal(day))
    )
    responses = responses.filter(responses.recommended_on <= ibis.literal(day), ~is_declined)
    standing = _latest(steps)
    is_open = standing.to_stage.isin([s.value for s in OPEN_STAGES])
    days = ibis.ifelse(is_open, ibis.literal(day).delta(standing.occurred_on, unit="day"), ibis.null("int64"))
    return (
        standing.aggregate(reviewed=standing.count(), waiting=is_open.sum().fill_null(0), median_days=days.median())
        .cross_join(reached_third.aggregate(reached_third_stage=reached_third.incident_id.nunique()))
        .cross_join(responses.aggregate(with_response=responses.incident_id.nunique()))
    )


def by_stage_on(filters: Filters, day: date) -> Table:
    """Incidents by the stage they stood in at the end of a day. Columns: stage, incidents; only those with a step."""
    steps = _steps(incidents(filters))
    standing = _latest(steps.filter(steps.occurred_on <= ibis.literal(day)))
    return standing.group_by(stage=standing.to_stage).aggregate(incidents=standing.count()).order_by("stage")


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

    Columns: country, incidents (open), overdue (of these, open for longer than the norm), without_receipt (of these, no
    date of receipt on record: cannot be judged).
    """
    chosen = incidents(filters)
    chosen = chosen.filter(chosen.stage.isin([s.value for s in OPEN_STAGES]))
    rows = chosen.left_join(_receipts(chosen), "incident_id")
    days = ibis.literal(as_of).delta(rows.received_on, unit="day")
    return (
        rows.group_by("country")
        .aggregate(
            incidents=rows.count(),
            overdue=(days > NORM_DAYS).sum().fill_null(0),
            without_receipt=rows.received_on.isnull().sum().fill_null(0),
        )
        .order_by(ibis.desc("overdue"), ibis.desc("incidents"), "country")
    )


def waiting_on(filters: Filters) -> Table:
    """What open incidents wait for, as their latest step says. Columns: waiting_on (null: not stated), incidents."""
    chosen = incidents(filters)
    chosen = chosen.filter(chosen.stage.isin([s.value for s in OPEN_STAGES]))
    rows = chosen.left_join(_latest_steps(chosen), "incident_id")
    return (
        rows.group_by("waiting_on")
        .aggregate(incidents=rows.count())
        .order_by(ibis.desc("incidents"), ibis.asc("waiting_on", nulls_first=False))
    )


def longest_waiting(filters: Filters, as_of: date, limit: int) -> Table:
    """Open incidents, the longest in their stage first.

    Columns: those of `waiting`, days_since_receipt (null: receipt not on record), waiting_on (null: not stated).
    """
    rows = waiting(filters, as_of)
    rows = rows.left_join(_receipts(rows), "incident_id").drop("incident_id_right")
    rows = rows.left_join(_latest_steps(rows), "incident_id").drop("incident_id_right")
    rows = rows.mutate(days_since_receipt=ibis.literal(as_of).delta(rows.received_on, unit="day"))
    return rows.drop("received_on").order_by(ibis.desc("days_in_stage"), "incident_id").limit(limit)


def age_band_label(first: int, last: int | None) -> str:
    """Label of an age band."""
    return f"over {first - 1} days" if last is None else f"{first}–{last} days"


def located(filters: Filters, dimension: str | None = None) -> Table:
    """Incidents with coordinates, for the map.

    Columns: incident_id, public_code, place, country, latitude, longitude, geo_precision, geo_radius_m, date_start,
    date_end, date_precision, civilians_killed_{low,best,high}, category (of a list dimension: `SEVERAL` where the
    incident has more than one value).
    """
    chosen = _with_coordinates(filters)
    category = ibis.literal("all")
    if dimension in LIST_DIMENSIONS:
        values = chosen[dimension]
        category = ibis.ifelse(values.length() > 1, SEVERAL, values[0])
    elif dimension is not None:
        category = chosen[dimension]
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


def places(filters: Filters) -> Table:
    """Incidents with coordinates by place, for maps of more incidents than a browser can be sent.

    Columns: latitude, longitude (to `PLACE_DECIMALS`), geo_radius_m, incidents, civilians_killed_{low,best,high} (sums)
    and civilians_killed_unknown.
    """
    chosen = _with_coordinates(filters)
    chosen = chosen.mutate(
        latitude=chosen.latitude.round(PLACE_DECIMALS), longitude=chosen.longitude.round(PLACE_DECIMALS)
    )
    return (
        chosen.group_by(["latitude", "longitude", "geo_radius_m"])
        .aggregate(incidents=chosen.count(), **_estimate(chosen, "civilians_killed"))
        .order_by("latitude", "longitude", "geo_radius_m")
    )


def extent(filters: Filters) -> Table:
    """One row: west, south, east, north of the filtered incidents' coordinates; null without any."""
    chosen = _with_coordinates(filters)
    return chosen.aggregate(
        west=chosen.longitude.min(),
        south=chosen.latitude.min(),
        east=chosen.longitude.max(),
        north=chosen.latitude.max(),
    )


def _with_coordinates(filters: Filters) -> Table:
    chosen = incidents(filters)
    return chosen.filter(chosen.latitude.notnull(), chosen.longitude.notnull())


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
    filters: Filters,
    sort: str = "date_start",
    descending: bool = True,
    limit: int = 50,
    offset: int = 0,
    *,
    on_map: bool = False,
) -> Table:
    """One page of incidents, unknown values last; ties by incident_id, so that pages never overlap.

    Only the sorted column and the identifier of all incidents are sorted; the other columns are read for the page.
    `on_map` leaves out incidents without coordinates.
    """
    chosen = _with_coordinates(filters) if on_map else incidents(filters)
    by = ibis.desc(sort, nulls_first=False) if descending else ibis.asc(sort, nulls_first=False)
    page = chosen.order_by(by, "incident_id").select("incident_id").limit(limit, offset=offset)
    return chosen.semi_join(page, "incident_id").order_by(by, "incident_id").select(*LISTED_COLUMNS)


def incidents_by_id(incident_ids: tuple[str, ...]) -> Table:
    """The named incidents, all columns, newest first."""
    current = table("incident")
    chosen = current.filter(current.incident_id.isin(incident_ids))
    return chosen.order_by(ibis.desc("date_start", nulls_first=False), "incident_id")


def incident(incident_id: str) -> Table:
    """One incident, all columns; no row if there is none."""
    current = table("incident")
    return current.filter(current.incident_id == incident_id)


def of_incident(name: str, incident_id: str) -> Table:
    """Rows of casualty, stage_transition, assessment, response or engagement that belong to an incident."""
    rows = table(name)
    rows = rows.filter(rows.incident_id == incident_id)
    return rows.order_by(*TABLE[name].sort)


def weapons_of_incident(incident_id: str, show_private: bool) -> Table:
    """Attributions with the weapon's own columns.

    Adds from_private_report; what a private report says of the weapon (raw_text) is null unless private reports may be
    shown.
    """
    attributions = table("incident_weapon")
    attributions = attributions.filter(attributions.incident_id == incident_id)
    weapons = TABLE["weapon"].ibis_table()
    accesses = table("report").select("report_id", "access")
    rows = attributions.left_join(weapons, "weapon_id").left_join(accesses, "report_id")
    is_private = (rows.access == v.Access.PRIVATE.value).fill_null(False)
    rows = rows.mutate(from_private_report=is_private)
    if not show_private:
        rows = rows.mutate(raw_text=ibis.ifelse(is_private, ibis.null("string"), rows.raw_text))
    return rows.order_by("attribution_id")


def responses_of_incident(incident_id: str) -> Table:
    """Responses with unit_name, the name of the unit they are aimed at."""
    units = TABLE["unit"].ibis_table().select("unit_id", unit_name="name")
    return of_incident("response", incident_id).left_join(units, "unit_id").order_by("recommended_on", "response_id")


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


def input_files() -> Table:
    """Files that the build read, by data set and name."""
    return TABLE["input_file"].ibis_table().order_by("dataset_id", "file")


def expectation_suites() -> Table:
    """Outcomes by suite, that is by table. Columns: suite, expectations, passed, warning, failed."""
    results = TABLE["validation_result"].ibis_table()
    unmet = ~results.is_met
    return (
        results.group_by("suite")
        .aggregate(
            expectations=results.count(),
            passed=results.is_met.sum(),
            warning=(unmet & (results.severity == v.Severity.WARNING.value)).sum(),
            failed=(unmet & (results.severity == v.Severity.ERROR.value)).sum(),
        )
        .order_by("suite")
    )


def unmet_expectations() -> Table:
    """Expectations that some row broke, errors first; columns of validation_result."""
    results = TABLE["validation_result"].ibis_table()
    return results.filter(~results.is_met).order_by("severity", "suite", "expectation")


def expectations(suite: str) -> Table:
    """All expectations of a suite; columns of validation_result, unmet ones first."""
    results = TABLE["validation_result"].ibis_table()
    return results.filter(results.suite == suite).order_by("is_met", "expectation")


def incidents_of_rows(name: str, column: str, values: tuple[str, ...]) -> Table:
    """To which incidents rows of a table with incident_id belong. Columns: the given one, incident_id."""
    rows = TABLE[name].ibis_table()
    return rows.filter(rows[column].isin(values)).select(column, "incident_id").distinct().order_by(column)


def quarantine_counts() -> Table:
    """Refused rows by data set and broken rule. Columns: dataset_id, rule, rows."""
    refused = TABLE["quarantine"].ibis_table()
    return (
        refused.group_by(["dataset_id", "rule"])
        .aggregate(rows=refused.count())
        .order_by(ibis.desc("rows"), "dataset_id", "rule")
    )


def quarantined(dataset_id: str | None, rule: str | None, limit: int, offset: int) -> Table:
    """One page of refused rows, in the order of the files; of one data set or rule where given."""
    refused = TABLE["quarantine"].ibis_table()
    if dataset_id is not None:
        refused = refused.filter(refused.dataset_id == dataset_id)
    if rule is not None:
        refused = refused.filter(refused.rule == rule)
    return refused.order_by("dataset_id", "file", "row_number", "rule", "reason").limit(limit, offset=offset)


def reached(incident_table: Table, stage: v.Stage) -> Any:
    """Boolean expression: the furthest stage is this one or a later one."""
    order = [s.value for s in OPEN_STAGES]
    return incident_table.stage_reached.isin(order[order.index(stage.value) :])


def _first_entries(chosen: Table) -> Table:
    """First day on which each chosen incident entered each stage. Columns: incident_id, stage, first_entered_on."""
    steps = table("stage_transition").semi_join(chosen.select("incident_id"), "incident_id")
    steps = steps.rename(stage="to_stage")
    return steps.group_by(["incident_id", "stage"]).aggregate(first_entered_on=steps.occurred_on.min())


def _receipts(chosen: Table) -> Table:
    """Day of receipt of the chosen incidents where it is on record. Columns: incident_id, received_on.

    A receipt that follows another step is that of a reopened case, not the first one, which is then not on record.
    """
    steps = table("stage_transition").semi_join(chosen.select("incident_id"), "incident_id")
    firsts = steps.group_by("incident_id").aggregate(
        received_on=steps.occurred_on.min(where=steps.to_stage == v.Stage.RECEIVED.value),
        first_step_on=steps.occurred_on.min(),
    )
    return firsts.filter(firsts.received_on == firsts.first_step_on).select("incident_id", "received_on")


def _latest_steps(chosen: Table) -> Table:
    """What the latest step of each chosen incident says. Columns: incident_id, waiting_on."""
    return _latest(_steps(chosen)).select("incident_id", "waiting_on")


def _steps(chosen: Table) -> Table:
    """All steps of the chosen incidents."""
    return table("stage_transition").semi_join(chosen.select("incident_id"), "incident_id")


def _latest(steps: Table) -> Table:
    """The latest of each incident's steps; of several on one day, that to the furthest stage."""
    newest_first = ibis.window(
        group_by=steps.incident_id,
        order_by=[ibis.desc(steps.occurred_on), ibis.desc(_position(steps.to_stage)), ibis.desc(steps.transition_id)],
    )
    ranked = steps.mutate(place=ibis.row_number().over(newest_first))
    return ranked.filter(ranked.place == 0).drop("place")


def _position(stage: Any) -> Any:
    """Place of a stage in the process, received 1, closed 5; 0 for none."""
    return stage.cases(*((s.value, place) for place, s in enumerate(v.STAGE_ORDER, start=1)), else_=0)


def _too_coarse(chosen: Table, period: Period) -> Any:
    """Boolean expression: the date is known only to a longer time than the period."""
    coarser = {"month": [v.DatePrecision.YEAR], "year": []}.get(period, [v.DatePrecision.MONTH, v.DatePrecision.YEAR])
    return chosen.date_precision.isin([p.value for p in coarser])


def _with_category(chosen: Table, dimension: str) -> Table:
    """Adds `category`; one row per value for a list dimension."""
    category = chosen[dimension].unnest() if dimension in LIST_DIMENSIONS else chosen[dimension]
    return chosen.mutate(category=category).mutate(category=ibis._.category.fill_null("unknown"))


def _estimate(rows: Table, name: str) -> dict[str, Any]:
    """Sums of low, best and high, and the number of incidents whose figure is unknown.

    A null sum means that no incident states a figure. Where only the lowest is known ("at least 5") it counts for the
    highest too, so that the range never ends below its start; the incident is among the unknown.
    """
    low, best, high = (rows[f"{name}_{part}"] for part in ("low", "best", "high"))
    return {
        f"{name}_low": low.sum(),
        # Best estimates of some incidents only would add up to less than the lowest estimates of all.
        f"{name}_best": ibis.ifelse(best.count() == low.count(), best.sum(), ibis.null("int64")),
        f"{name}_high": ibis.coalesce(high, low).sum(),
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
