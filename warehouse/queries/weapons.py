"""Which weapons incidents name, how surely and on what basis; and arms transfers on record, as context.

An attribution that is excluded or unattributed names no weapon. Transfers are never joined to incidents: that a country
received a weapon does not prove that it was used.
"""

from __future__ import annotations

from typing import Literal

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import UNATTRIBUTED, Filters
from warehouse.queries.base import Later, incidents, table
from warehouse.schema import TABLE

Dimension = Literal["weapon_system", "munition", "basis", "confidence"]

SUREST_FIRST = tuple(c for c in v.Confidence if c not in (v.Confidence.EXCLUDED, v.Confidence.UNATTRIBUTED))
"""Confidences of an attribution that names a weapon."""


def attributed(filters: Filters | Later, dimension: Dimension) -> Table:
    """Incidents by what their attributions name, and by the surest confidence with which they do.

    Columns: category, confidence, incidents. An incident counts once in each category that it has, so that categories
    do not add up to the total but for `confidence`, where the surest one of the incident is the category. Incidents
    that name none are in the category `unknown` of weapon_system, else `unattributed`, with confidence `unattributed`:
    every filtered incident is in the answer.
    """
    chosen = incidents(filters)
    named = surest(table("incident_weapon").semi_join(chosen, "incident_id"), dimension)
    counted = named.group_by("category", "confidence").aggregate(incidents=named.count())
    without = chosen.anti_join(named, "incident_id")
    rest = without.aggregate(incidents=without.count()).mutate(
        category=ibis.literal(nothing(dimension)), confidence=ibis.literal(v.Confidence.UNATTRIBUTED.value)
    )
    rest = rest.filter(rest.incidents > 0)
    columns = ("category", "confidence", "incidents")
    return counted.select(*columns).union(rest.select(*columns)).order_by("category", "confidence")


def attributions(filters: Filters | Later) -> Table:
    """Incidents by weapon, confidence and basis, weapons that were ruled out too.

    Columns: designation (null: only the system is named), weapon_system, us_origin, confidence, basis, incidents.
    """
    chosen = incidents(filters).select("incident_id")
    rows = with_weapon(table("incident_weapon").semi_join(chosen, "incident_id"))
    keys = ("designation", "weapon_system", "us_origin", "confidence", "basis")
    return (
        rows.group_by(keys)
        .aggregate(incidents=rows.incident_id.nunique())
        .order_by(ibis.desc("incidents"), *(ibis.asc(key, nulls_first=False) for key in keys))
    )


def ruled_out(filters: Filters | Later) -> Table:
    """One row: incidents of which a weapon was examined and ruled out. Columns: incidents."""
    excluded = table("incident_weapon")
    excluded = excluded.filter(excluded.confidence == v.Confidence.EXCLUDED.value)
    chosen = incidents(filters).semi_join(excluded, "incident_id")
    return chosen.aggregate(incidents=chosen.count())


def transferred() -> Table:
    """Munitions of which transfers, notices or licences are on record. Columns: designation, records."""
    rows = _transfers()
    return (
        rows.group_by("munition").aggregate(records=rows.count()).rename(designation="munition").order_by("designation")
    )


def recipients(designation: str) -> Table:
    """Who is on record as the recipient of a munition. Columns: recipient_key, recipient, records.

    `recipient_key` is the code of the country (then also in `recipient`), else the recipient in the source's words.
    """
    rows = _transfers()
    rows = rows.filter(rows.munition == designation)
    return (
        rows.group_by("recipient_key", "recipient")
        .aggregate(records=rows.count())
        .order_by("recipient_key", "recipient")
    )


def transfers(designation: str, recipient_key: str | None) -> Table:
    """Records of a munition, of one recipient or all, the newest first.

    Columns of the transfer table, recipient_key, munition, and title, publisher and known_on of the data set.
    """
    rows = _transfers()
    rows = rows.filter(rows.munition == designation)
    if recipient_key is not None:
        rows = rows.filter(rows.recipient_key == recipient_key)
    datasets = TABLE["dataset"].ibis_table().select("dataset_id", "title", "publisher", "known_on")
    year = ibis.coalesce(rows.order_year, rows.notified_on.year().cast("int64"))
    return (
        rows.mutate(_year=year)
        .left_join(datasets, "dataset_id")
        .order_by(ibis.desc("_year", nulls_first=False), "recipient_key", "supplier_raw", "transfer_id")
        .drop("_year", "dataset_id_right")
    )


def _transfers() -> Table:
    """Transfers of weapons on the reference list, with `munition` (its designation there) and `recipient_key`."""
    weapons = TABLE["weapon"].ibis_table()
    weapons = weapons.filter(weapons.designation.notnull()).select("weapon_id", munition="designation")
    rows = table("transfer").inner_join(weapons, "weapon_id")
    return rows.mutate(recipient_key=ibis.coalesce(rows.recipient, rows.recipient_raw))


def with_weapon(rows: Table) -> Table:
    """Attributions with the weapon's designation, weapon_system and us_origin."""
    weapons = TABLE["weapon"].ibis_table().select("weapon_id", "designation", "weapon_system", "us_origin")
    return rows.inner_join(weapons, "weapon_id")


def surest(rows: Table, dimension: Dimension) -> Table:
    """What the attributions among `rows` name. Columns: incident_id, category, confidence (the surest)."""
    rows = with_weapon(rows)
    rows = rows.filter(rows.confidence.isin([c.value for c in SUREST_FIRST]))
    category = {
        "weapon_system": rows.weapon_system,
        "munition": rows.designation,
        "basis": rows.basis,
        "confidence": ibis.literal(""),
    }[dimension]
    places = ((c.value, place) for place, c in enumerate(SUREST_FIRST))
    rows = rows.mutate(category=category, place=rows.confidence.cases(*places))
    rows = rows.filter(rows.category.notnull())
    first = rows.group_by("incident_id", "category").aggregate(place=rows.place.min())
    first = first.mutate(confidence=first.place.cases(*((at, c.value) for at, c in enumerate(SUREST_FIRST))))
    if dimension == "confidence":
        first = first.mutate(category=first.confidence)
    return first.drop("place")


def nothing(dimension: Dimension) -> str:
    """The category of incidents that name none."""
    return v.WeaponSystem.UNKNOWN.value if dimension == "weapon_system" else UNATTRIBUTED
