"""One incident and what belongs to it: weapons, units, responses, reports."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.queries.access import shown, without_private
from warehouse.queries.base import table
from warehouse.schema import TABLE


def incident(incident_id: str) -> Table:
    """One incident, all columns; no row if there is none."""
    current = table("incident")
    return current.filter(current.incident_id == incident_id)


def incidents_named(text: str) -> Table:
    """Incidents with this identifier or this public code. Columns: incident_id."""
    known = table("incident")
    named = known.filter((known.incident_id == text) | (known.public_code == text).fill_null(False))
    return named.select("incident_id").order_by("incident_id")


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
    return _attributed("incident_weapon", TABLE["weapon"].ibis_table(), incident_id, show_private)


def units_of_incident(incident_id: str, show_private: bool) -> Table:
    """Units that are named for an incident, with unit_name and unit_country.

    Adds from_private_report; what a private report says of the unit (raw_text) is null unless private reports may be
    shown.
    """
    units = TABLE["unit"].ibis_table().select("unit_id", unit_name="name", unit_country="country")
    return _attributed("incident_unit", units, incident_id, show_private)


def _attributed(name: str, named: Table, incident_id: str, show_private: bool) -> Table:
    """Attributions of an incident beside what they name; the first column of `named` is its key."""
    attributions = table(name)
    attributions = attributions.filter(attributions.incident_id == incident_id)
    accesses = table("report").select("report_id", "access")
    rows = attributions.left_join(named, named.columns[0]).left_join(accesses, "report_id")
    rows = rows.mutate(from_private_report=(rows.access == v.Access.PRIVATE.value).fill_null(False))
    return without_private(rows, ("raw_text",), show_private).order_by("attribution_id")


def responses_of_incident(incident_id: str) -> Table:
    """Responses with unit_name, the name of the unit they are aimed at."""
    units = TABLE["unit"].ibis_table().select("unit_id", unit_name="name")
    return of_incident("response", incident_id).left_join(units, "unit_id").order_by("recommended_on", "response_id")


def reports_of_incident(incident_id: str, show_private: bool) -> Table:
    """Reports linked to an incident as they may be shown, oldest first, undated last.

    Adds method and match_probability of the link, and linked_known_from, the day from which it was known.
    """
    links = table("incident_report")
    links = links.filter(links.incident_id == incident_id)
    links = links.select("report_id", "method", "match_probability", linked_known_from="known_from")
    return shown(table("report").inner_join(links, "report_id"), show_private).order_by(
        ibis.asc("published_on", nulls_first=False), "report_id"
    )
