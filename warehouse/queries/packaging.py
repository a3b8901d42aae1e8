"""The rows of a data package: everything of one data set that belongs to the filtered incidents, with its history."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse.filters import Filters
from warehouse.intake_format import columns, own_identifiers, prefix
from warehouse.queries.access import shown, without_private
from warehouse.queries.base import AS_KNOWN_ON, incidents, table
from warehouse.schema import FACT_TABLES, TABLE

CONTEXT = ("transfer", "series", "context_series")
"""Tables that belong to no incident: in a package of everything, not in one of filtered incidents."""


def packaged(
    name: str, dataset_id: str, filters: Filters, show_private: bool, dataset_ids: Sequence[str] = ()
) -> Table:
    """Rows of a table's file in the intake format: its columns, with the data set's own identifiers.

    Every version that was known by the day of the filter is there, each with the days from and to which it held. Rows
    that refer to another data set's incident or report are left out: a file cannot name them
    (`packaged_elsewhere` counts them). Lists of weapons are whole; so are units, but for those of other data sets.

    Args:
        name: a table of the intake format.
        dataset_id: the data set.
        filters: of the incidents; one that restricts nothing gives also withdrawn incidents and what belongs to none.
        show_private: what private reports say and who sent them; null otherwise.
        dataset_ids: all data sets of the warehouse.
    """
    rows = _known(name)
    if "dataset_id" in rows.columns:
        rows = rows.filter(rows.dataset_id == dataset_id)
    elif own_identifiers(TABLE[name]):
        identifier = TABLE[name].key[0]
        for other in dataset_ids:
            if other != dataset_id:
                rows = rows.filter(~rows[identifier].startswith(prefix(other)))
    if filters.restricts and name in CONTEXT:
        rows = rows.filter(ibis.literal(False))
    rows = _of_the_incidents(rows, name, filters)
    references = _references(name) if len(dataset_ids) > 1 else []
    for column, target in references:
        rows = rows.filter(_is_within(rows, column, target, dataset_id))
    private = (
        () if show_private or name == "report" else tuple(c.name for c in TABLE[name].columns if c.private_content)
    )
    if name == "report":
        rows = shown(rows, show_private)
    elif private:
        accesses = table("report").select("report_id", "access")
        rows = without_private(rows.left_join(accesses, "report_id"), private, show_private)
    if filters.restricts or references or private:  # a join may have mixed the rows; a scan keeps the stored order
        rows = rows.order_by(
            *(ibis.asc(c, nulls_first=False) for c in dict.fromkeys((*TABLE[name].sort, *TABLE[name].key)))
        )
    own = own_identifiers(TABLE[name])
    before = prefix(dataset_id)
    chosen: dict[str, Any] = {}
    for c in columns(TABLE[name]):
        if c.restricted:
            chosen[c.name] = ibis.null("string")
        elif c.name in own:
            value = rows[c.name]
            chosen[c.name] = ibis.ifelse(value.startswith(before), value.substr(len(before)), value)
        else:
            chosen[c.name] = rows[c.name]
    return rows.select(**chosen)


def packaged_elsewhere(dataset_id: str, filters: Filters) -> Table:
    """Rows that a data package leaves out because they refer to a row of another data set. Columns: left_out."""
    counts = []
    for fact in FACT_TABLES:
        if not (references := _references(fact.name)):
            continue
        rows = _known(fact.name)
        rows = _of_the_incidents(rows.filter(rows.dataset_id == dataset_id), fact.name, filters)
        within = [_is_within(rows, *reference, dataset_id) for reference in references]
        outside = rows.filter(~reduce(lambda one, other: one & other, within))
        counts.append(outside.aggregate(left_out=outside.count()))
    every = ibis.union(*counts)
    return every.aggregate(left_out=every.left_out.sum())


def _known(name: str) -> Table:
    """Every version that was known by the day of knowledge; one that ended later had not ended then."""
    rows = TABLE[name].ibis_table()
    if "known_to" not in rows.columns:
        return rows
    day = ibis.literal(AS_KNOWN_ON)
    known = rows.filter(rows.known_from <= day)
    return known.mutate(known_to=ibis.ifelse(known.known_to > day, ibis.null("date"), known.known_to))


def _of_the_incidents(rows: Table, name: str, filters: Filters) -> Table:
    if not filters.restricts:
        return rows
    chosen = incidents(filters)
    if "incident_id" in rows.columns:
        return rows.filter(rows.incident_id.isin(chosen.incident_id))
    if name != "report":
        return rows
    naming = [_known(other) for other in ("incident_report", "incident_weapon", "incident_unit")]
    named = [other.filter(other.incident_id.isin(chosen.incident_id)).select("report_id") for other in naming]
    return rows.filter(rows.report_id.isin(ibis.union(*named).report_id))


def _references(name: str) -> list[tuple[str, str]]:
    """(column, table that it refers to) where that table's rows belong to one data set."""
    found = [(c.name, str(c.references).split(".")[0]) for c in TABLE[name].columns if c.references and not c.derived]
    return [(column, target) for column, target in found if target in ("incident", "report")]


def _is_within(rows: Table, column: str, target: str, dataset_id: str) -> Any:
    """Whether what a row refers to, if anything, is in the same data set."""
    there = _known(target)
    there = there.filter(there.dataset_id == dataset_id)
    return rows[column].isnull() | rows[column].isin(there[column])
