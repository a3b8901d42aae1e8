"""Versions: incidents that were added, retracted or revised between two days of knowledge, findings that changed.

Questions about incidents name their days themselves; the day for which a question is otherwise run does not touch them.
"""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import AS_KNOWN_ON, Later, incidents
from warehouse.schema import TABLE

BEFORE, AFTER = "before", "after"


def all_versions(name: str) -> Table:
    """Every version of every row of a table, current and past."""
    return TABLE[name].ibis_table()


def _versions() -> Table:
    return all_versions("incident")


def known_on(versions: Table, day: date) -> Table:
    """Versions that were known by the end of a day."""
    known = ibis.literal(day)
    return versions.filter(versions.known_from <= known, versions.known_to.isnull() | (versions.known_to > known))


def knowledge_days() -> Table:
    """Days on which an incident became known, changed or was retracted, oldest first. Columns: day, incidents."""
    versions = _versions()
    days = ibis.union(
        versions.select("incident_id", day="known_from"),
        versions.filter(versions.known_to.notnull()).select("incident_id", day="known_to"),
        distinct=True,
    )
    return days.group_by("day").aggregate(incidents=days.count()).order_by("day")


def revised(filters: Filters, first: date, last: date) -> Table:
    """Incidents whose version on the first day differs from that on the last: both versions, where there are two.

    An incident is there when it meets the filter on either day. Never to be asked with `LATER`: it looks into the
    filter. Columns: side (`BEFORE`, `AFTER`), sides (2 for an incident known on both days, 1 for one that was added or
    retracted), all columns of the incident table.
    """
    versions = _versions()
    closed = known_on(versions, first).filter(lambda t: t.known_to <= ibis.literal(last))
    opened = known_on(versions, last).filter(lambda t: t.known_from > ibis.literal(first))
    met = ibis.union(
        *(side.filter(filters.predicate(side)).select("incident_id") for side in (closed, opened)), distinct=True
    )
    rows = ibis.union(
        *(
            side.semi_join(met, "incident_id").mutate(side=ibis.literal(name))
            for name, side in ((BEFORE, closed), (AFTER, opened))
        )
    )
    return rows.mutate(sides=rows.count().over(group_by="incident_id")).order_by("incident_id", "side")


def revised_counts(filters: Filters, first: date, last: date) -> Table:
    """One row: how many incidents of `revised` were added, retracted, and have another version.

    Never to be asked with `LATER`: it looks into the filter. Columns: added, retracted, on_both.
    """
    rows = revised(filters, first, last).select("incident_id", "side", "sides")
    is_alone = rows.sides == 1
    return rows.aggregate(
        added=(is_alone & (rows.side == AFTER)).sum().fill_null(0),
        retracted=(is_alone & (rows.side == BEFORE)).sum().fill_null(0),
        on_both=(~is_alone & (rows.side == AFTER)).sum().fill_null(0),
    )


def known_on_either(first: date, last: date) -> Table:
    """One row: incidents known on one of the days or on both. Columns: incidents."""
    versions = _versions()
    known = ibis.union(*(known_on(versions, day).select("incident_id") for day in (first, last)), distinct=True)
    return known.aggregate(incidents=known.count())


def known_on_both(filters: Filters, first: date, last: date) -> Table:
    """Incidents known on both days that meet the filter on the last. Columns: dataset_id, incidents.

    Never to be asked with `LATER`: it looks into the filter.
    """
    versions = _versions()
    after = known_on(versions, last)
    both = after.filter(filters.predicate(after)).semi_join(known_on(versions, first), "incident_id")
    return both.group_by("dataset_id").aggregate(incidents=both.count()).order_by("dataset_id")


def of_new_datasets(filters: Filters, first: date, last: date) -> Table:
    """Incidents known on the last day, of data sets of which none was known on the first. Columns: title, incidents.

    They were added to this warehouse, and tell nothing of what happened between the days. Never to be asked with
    `LATER`: it looks into the filter.
    """
    versions = _versions()
    after = known_on(versions, last)
    new = after.filter(filters.predicate(after)).anti_join(known_on(versions, first), "dataset_id")
    titles = TABLE["dataset"].ibis_table().select("dataset_id", "title")
    rows = new.inner_join(titles, "dataset_id")
    return rows.group_by("title").aggregate(incidents=rows.count()).order_by("title")


def versions_of_incident(incident_id: str) -> Table:
    """All versions of an incident, oldest first; all columns of the incident table."""
    versions = _versions()
    return versions.filter(versions.incident_id == incident_id).order_by("known_from")


def corrections_of_incident(incident_id: str) -> Table:
    """Declared corrections that were applied to an incident."""
    rows = TABLE["correction"].ibis_table()
    return rows.filter(rows.incident_id == incident_id).order_by("field")


def changed_findings(filters: Filters | Later) -> Table:
    """Findings that differ from the one before on the same incident and question, the newest first.

    A later assessment and a revised version of one are taken alike; pending and undated ones are no findings here.
    Known by the day for which the question is run. Columns: incident_id, public_code, stage, kind, before, before_on,
    after, after_on.
    """
    versions = TABLE["assessment"].ibis_table()
    dated = versions.filter(
        versions.known_from <= ibis.literal(AS_KNOWN_ON),
        versions.assessed_on.notnull(),
        versions.finding != v.Finding.PENDING.value,
    )
    chosen = incidents(filters).select("incident_id", "public_code", "stage")
    dated = dated.inner_join(chosen, "incident_id")
    in_order = ibis.window(
        group_by=[dated.incident_id, dated.kind],
        order_by=[dated.assessed_on, dated.known_from, dated.assessment_id],
    )
    rows = dated.mutate(
        before=dated.finding.lag().over(in_order),
        before_on=dated.assessed_on.lag().over(in_order),
        after=dated.finding,
        after_on=dated.assessed_on,
    )
    columns = ("incident_id", "public_code", "stage", "kind", "before", "before_on", "after", "after_on")
    rows = rows.filter(rows.before.notnull(), rows.before != rows.after).select(*columns)
    return rows.order_by(ibis.desc("after_on"), "incident_id", "kind", "before_on")


def versions_of_rows(name: str, incident_id: str) -> Table:
    """All versions of an incident's rows that had become known by the day for which the question is run, oldest first.

    Unlike the other questions here it keeps to that day. `name` is a table with versions and an incident_id.
    """
    versions = TABLE[name].ibis_table()
    known = versions.filter(versions.incident_id == incident_id, versions.known_from <= ibis.literal(AS_KNOWN_ON))
    return known.drop("known_to").order_by("known_from", *(c for c in TABLE[name].key if c != "known_from"))
