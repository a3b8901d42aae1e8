"""Security force units: incidents that they are named for, what was recommended about them, what happened afterwards.

An attribution that is excluded names no unit. A repeated incident is one whose first possible day lies after the first
recommendation about the unit itself, whatever became of that recommendation.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.access import without_private
from warehouse.queries.base import Later, estimate, incidents, once_per_event, table
from warehouse.queries.steps import responded_on
from warehouse.schema import TABLE


def all_units() -> Table:
    """Every unit, by country and name; columns of the unit table."""
    return TABLE["unit"].ibis_table().order_by("country", "name", "unit_id")


def units_listed(filters: Filters | Later) -> Table:
    """Every unit with the filtered incidents that it is named for, subordinate units apart.

    Columns: unit_id, name, country, parent_name, incidents, civilians_killed_low, _best, _high, _unknown (once an
    event), with_response (incidents with a response that is not declined), about_unit (responses aimed at the unit),
    repeated (incidents).
    """
    every = TABLE["unit"].ibis_table()
    counted = once_per_unit(incidents(filters))
    per_unit = counted.group_by("unit_id").aggregate(
        incidents=counted.count(),
        with_response=(counted.response_count > 0).sum(),
        repeated=counted.is_repeated.sum(),
    )
    events = once_per_event(counted, ("unit_id",))
    harm = events.group_by("unit_id").aggregate(**estimate(events, "civilians_killed"))
    about = table("response").semi_join(incidents(filters), "incident_id")
    about = about.filter(about.unit_id.notnull())
    about = about.group_by("unit_id").aggregate(about_unit=about.count())
    parents = every.select(parent_unit_id="unit_id", parent_name="name")
    listed = every.left_join(parents, "parent_unit_id").drop("parent_unit_id_right")
    for part in (per_unit, harm, about):
        listed = listed.left_join(part, "unit_id").drop("unit_id_right")
    counts = ("incidents", "with_response", "repeated", "about_unit", "civilians_killed_unknown")
    listed = listed.mutate(**{name: listed[name].fill_null(0) for name in counts})
    killed = tuple(f"civilians_killed_{part}" for part in ("low", "best", "high", "unknown"))
    columns = ("unit_id", "name", "country", "parent_name", "incidents", *killed, "with_response", "about_unit")
    return listed.select(*columns, "repeated").order_by(
        ibis.desc("incidents"), ibis.desc("about_unit"), "country", "name", "unit_id"
    )


def naming_a_unit(filters: Filters | Later) -> Table:
    """One row: filtered incidents that any unit is named for. Columns: incidents."""
    rows = table("incident_unit")
    rows = rows.filter(rows.confidence != v.Confidence.EXCLUDED.value)
    chosen = incidents(filters).semi_join(rows, "incident_id")
    return chosen.aggregate(incidents=chosen.count())


def unit_totals(filters: Filters | Later, unit_ids: tuple[str, ...]) -> Table:
    """One row: filtered incidents that any of these units is named for, each counted once.

    Columns: incidents, civilians_{killed,injured}_{low,best,high,unknown}, assessed (with a dated finding),
    with_response (not declined), repeated, repeat_unknown (the dates do not say whether it came after the
    recommendation).
    """
    rows = _named(incidents(filters))
    rows = rows.filter(rows.unit_id.isin(unit_ids))
    dated = table("assessment")
    dated = dated.filter(dated.assessed_on.notnull(), dated.finding != v.Finding.PENDING.value)
    # An incident that several of the units are named for is repeated if it is so for one of them.
    each = rows.group_by("incident_id").aggregate(
        is_repeated=rows.is_repeated.max(), is_repeat_unknown=rows.is_repeat_unknown.max()
    )
    chosen = incidents(filters).inner_join(each, "incident_id")
    events = once_per_event(chosen)
    measures: dict[str, Any] = {}
    for harm in v.Harm:
        measures |= estimate(events, f"civilians_{harm.value}")
    assessed = chosen.semi_join(dated, "incident_id")
    counted = chosen.aggregate(
        incidents=chosen.count(),
        with_response=(chosen.response_count > 0).sum().fill_null(0),
        repeated=chosen.is_repeated.sum().fill_null(0),
        repeat_unknown=((chosen.is_repeated == 0) & (chosen.is_repeat_unknown == 1)).sum().fill_null(0),
    )
    return counted.cross_join(assessed.aggregate(assessed=assessed.count())).cross_join(events.aggregate(**measures))


def incidents_of_units(filters: Filters | Later, unit_ids: tuple[str, ...], show_private: bool) -> Table:
    """Attributions of the filtered incidents to these units, the ruled out ones too, the newest incident first.

    Columns: attribution_id, incident_id, public_code, date_start, date_end, date_precision, place,
    civilians_killed_low, _best, _high, stage, response_count, unit_id, unit_name, confidence, basis, raw_text and
    from_private_report (what a private report says is null unless it may be shown), is_repeated (1, 0),
    is_repeat_unknown (1, 0), first_recommended_on (about the unit).
    """
    rows = _attributed(incidents(filters))
    rows = rows.filter(rows.unit_id.isin(unit_ids))
    accesses = table("report").select("report_id", "access")
    names = TABLE["unit"].ibis_table().select("unit_id", unit_name="name")
    rows = rows.left_join(accesses, "report_id").drop("report_id_right")
    rows = rows.inner_join(names, "unit_id")
    rows = rows.mutate(from_private_report=(rows.access == v.Access.PRIVATE.value).fill_null(False))
    rows = without_private(rows, ("raw_text",), show_private)
    harm = ("civilians_killed_low", "civilians_killed_best", "civilians_killed_high")
    of_incident = ("public_code", "date_start", "date_end", "date_precision", "place", *harm, "stage", "response_count")
    of_unit = ("unit_id", "unit_name", "confidence", "basis", "raw_text", "from_private_report")
    repeat = ("is_repeated", "is_repeat_unknown", "first_recommended_on")
    return rows.select("attribution_id", "incident_id", *of_incident, *of_unit, *repeat).order_by(
        ibis.desc("date_start", nulls_first=False), "incident_id", "attribution_id"
    )


def findings_of_units(filters: Filters | Later, unit_ids: tuple[str, ...]) -> Table:
    """Assessments of the filtered incidents that these units are named for, the newest first, pending ones last.

    Columns: those of the assessment table, public_code.
    """
    named = _named(incidents(filters))
    named = named.filter(named.unit_id.isin(unit_ids)).select("incident_id")
    codes = incidents(filters).select("incident_id", "public_code")
    rows = table("assessment").semi_join(named, "incident_id").inner_join(codes, "incident_id")
    return rows.order_by(ibis.desc("assessed_on", nulls_first=False), "incident_id", "kind", "assessment_id")


def responses_about_units(filters: Filters | Later, unit_ids: tuple[str, ...]) -> Table:
    """Responses that are aimed at these units, to the filtered incidents, the oldest recommendation first.

    Columns: those of the response table, public_code, unit_name.
    """
    rows = table("response")
    rows = rows.filter(rows.unit_id.isin(unit_ids))
    codes = incidents(filters).select("incident_id", "public_code")
    names = TABLE["unit"].ibis_table().select("unit_id", unit_name="name")
    rows = rows.inner_join(codes, "incident_id").inner_join(names, "unit_id")
    return rows.order_by(ibis.asc("recommended_on", nulls_first=False), "response_id")


def once_per_unit(chosen: Table) -> Table:
    """Chosen incidents, once for each unit that they name; two sources may name the same unit."""
    rows = _named(chosen)
    first = ibis.window(group_by=[rows.unit_id, rows.incident_id], order_by=rows.attribution_id)
    ranked = rows.mutate(place=ibis.row_number().over(first))
    return ranked.filter(ranked.place == 0).drop("place")


def _attributed(chosen: Table) -> Table:
    """Attributions with all columns of their chosen incident, and whether it is repeated."""
    own = ("attribution_id", "incident_id", "unit_id", "confidence", "basis", "report_id", "raw_text")
    rows = table("incident_unit").select(*own).inner_join(chosen, "incident_id")
    about = table("response")
    about = about.filter(about.unit_id.notnull())
    about = about.mutate(first_step=responded_on(about)).group_by("unit_id")
    rows = rows.left_join(about.aggregate(first_recommended_on=lambda t: t.first_step.min()), "unit_id")
    rows = rows.drop("unit_id_right")
    is_later = (rows.date_start > rows.first_recommended_on).fill_null(False)
    is_earlier = (rows.date_end <= rows.first_recommended_on).fill_null(False)
    counts = rows.confidence != v.Confidence.EXCLUDED.value
    unclear = rows.first_recommended_on.notnull() & ~is_later & ~is_earlier
    return rows.mutate(is_repeated=(is_later & counts).ifelse(1, 0), is_repeat_unknown=(unclear & counts).ifelse(1, 0))


def _named(chosen: Table) -> Table:
    """The attributions that name a unit."""
    rows = _attributed(chosen)
    return rows.filter(rows.confidence != v.Confidence.EXCLUDED.value)
