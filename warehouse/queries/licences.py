"""Transfers and licences on record beside incidents with a recommendation: context, never proof of use."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import Later, incidents, table
from warehouse.queries.weapons import SUREST_FIRST
from warehouse.schema import TABLE


def named_with_recommendation(filters: Filters | Later) -> Table:
    """Munitions that incidents with a response name, and the partner whose forces are named.

    Columns: incident_id, public_code, recipient (ISO 3166-1 alpha-3; null: no partner is named), munition, confidence
    (the surest), responses (of any type and status).
    """
    counted = table("response")
    counted = counted.group_by("incident_id").aggregate(responses=counted.count())
    chosen = incidents(filters).select("incident_id", "public_code", recipient="partner_country")
    chosen = chosen.inner_join(counted, "incident_id")
    rows = table("incident_weapon")
    rows = rows.filter(rows.confidence.isin([c.value for c in SUREST_FIRST]))
    weapons = TABLE["weapon"].ibis_table()
    weapons = weapons.filter(weapons.designation.notnull()).select("weapon_id", munition="designation")
    rows = rows.inner_join(weapons, "weapon_id").select("incident_id", "munition", "confidence")
    rows = rows.mutate(place=rows.confidence.cases(*((c.value, place) for place, c in enumerate(SUREST_FIRST))))
    surest = rows.group_by("incident_id", "munition").aggregate(place=rows.place.min())
    surest = surest.mutate(confidence=surest.place.cases(*((place, c.value) for place, c in enumerate(SUREST_FIRST))))
    named = chosen.inner_join(surest.drop("place"), "incident_id")
    columns = ("incident_id", "public_code", "recipient", "munition", "confidence", "responses")
    return named.select(*columns).order_by("recipient", "munition", "incident_id")


def records_of_named(filters: Filters | Later) -> Table:
    """What is on record of each munition and recipient of `named_with_recommendation`; open records first.

    A transfer is open until what was ordered is delivered as far as is stated; a notice or licence says nothing of
    deliveries and counts as open. A pair without a record has one row, with nothing of a transfer.
    Columns: munition, recipient, incidents, transfer_id, record_type, case_number, order_year, notified_on, number,
    number_delivered, is_open (null: no record), responses (that name this case), publisher, known_on.
    """
    pairs = named_with_recommendation(filters)
    pairs = pairs.group_by("munition", "recipient").aggregate(incidents=pairs.incident_id.nunique())
    rows = on_record()
    joined = pairs.left_join(rows, ("munition", "recipient")).drop("munition_right", "recipient_right")
    joined = joined.mutate(responses=joined.responses.fill_null(0))
    year = ibis.coalesce(joined.order_year, joined.notified_on.year().cast("int64"))
    return (
        joined.mutate(_year=year)
        .order_by(
            ibis.desc("is_open", nulls_first=False),
            "recipient",
            "munition",
            ibis.desc("_year", nulls_first=False),
            "transfer_id",
        )
        .drop("_year")
    )


def on_record() -> Table:
    """Transfers of a known munition to a known recipient.

    Columns: munition, recipient, those of a transfer in `records_of_named`; responses (null: none names its case).
    """
    weapons = TABLE["weapon"].ibis_table()
    weapons = weapons.filter(weapons.designation.notnull()).select("weapon_id", munition="designation")
    rows = table("transfer").inner_join(weapons, "weapon_id")
    rows = rows.filter(rows.recipient.notnull())
    is_whole = (rows.number_delivered >= rows.number).fill_null(False)
    is_order = rows.record_type == v.TransferRecord.TRANSFER.value
    rows = rows.mutate(is_open=~(is_order & is_whole))
    datasets = TABLE["dataset"].ibis_table().select("dataset_id", "publisher", "known_on")
    rows = rows.inner_join(datasets, "dataset_id")
    named = table("response")
    named = named.filter(named.case_number.notnull())
    named = named.group_by("case_number").aggregate(responses=named.count())
    rows = rows.left_join(named, "case_number").drop("case_number_right")
    kept = ("transfer_id", "record_type", "case_number", "order_year", "notified_on", "number", "number_delivered")
    return rows.select("munition", "recipient", *kept, "is_open", "responses", "publisher", "known_on")


def responses_to_licences(filters: Filters | Later) -> Table:
    """Responses that are aimed at a licence, with what is on record under its number.

    Columns: response_id, incident_id, public_code, response_type, status, recommended_on, case_number (null: the
    response names none), records (under this number), designation (where all of them name the same one).
    """
    rows = table("response")
    rows = rows.filter(rows.target == v.ResponseTarget.LICENCE.value)
    chosen = incidents(filters).select("incident_id", "public_code")
    transfers = table("transfer")
    held = (
        transfers.filter(transfers.case_number.notnull())
        .group_by("case_number")
        .aggregate(
            records=lambda t: t.count(),
            designation=lambda t: ibis.ifelse(t.designation.nunique() == 1, t.designation.min(), ibis.null("string")),
        )
    )
    rows = rows.inner_join(chosen, "incident_id").left_join(held, "case_number").drop("case_number_right")
    rows = rows.mutate(records=rows.records.fill_null(0))
    columns = ("response_id", "incident_id", "public_code", "response_type", "status", "recommended_on")
    return rows.select(*columns, "case_number", "records", "designation").order_by(
        ibis.desc("recommended_on", nulls_first=False), "response_id"
    )
