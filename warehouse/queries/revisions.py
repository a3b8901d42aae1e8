"""Versions: incidents that were added, retracted or revised between two days of knowledge, findings that changed.

Questions about incidents name their days themselves; the day for which a question is otherwise run does not touch them.
"""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import AS_KNOWN_ON, Later, chosen_later, incidents
from warehouse.revisions import COMPARED
from warehouse.schema import TABLE

BEFORE, AFTER = "before", "after"
SHOWN = (
    *("incident_id", "public_code", "place", "date_start", "date_end", "date_precision"),
    *(f"civilians_killed_{part}" for part in ("low", "best", "high")),
)
"""What is listed of an incident that came or went."""


def all_versions(name: str) -> Table:
    """Every version of every row of a table, current and past."""
    return TABLE[name].ibis_table()


def _versions() -> Table:
    return all_versions("incident")


def known_on(versions: Table, day: date) -> Table:
    """Versions that were known by the end of a day."""
    known = ibis.literal(day)
    return versions.filter(versions.known_from <= known, versions.known_to.isnull() | (versions.known_to > known))


def incidents_on(day: date) -> Table:
    """Incidents as known by the end of a day."""
    return known_on(_versions(), day)


def chosen_on(filters: Filters | Later, day: date) -> Table:
    """Incidents that meet the filter, as known by the end of a day."""
    if isinstance(filters, Later):
        return chosen_later(day)
    rows = incidents_on(day)
    return rows.filter(filters.predicate(rows))


def knowledge_days() -> Table:
    """Days on which an incident became known, changed or was retracted, oldest first. Columns: day, incidents."""
    versions = _versions()
    days = ibis.union(
        versions.select("incident_id", day="known_from"),
        versions.filter(versions.known_to.notnull()).select("incident_id", day="known_to"),
        distinct=True,
    )
    return days.group_by("day").aggregate(incidents=days.count()).order_by("day")


def revised(filters: Filters | Later, first: date, last: date) -> Table:
    """Incidents whose version on the first day differs from that on the last: both versions, where there are two.

    An incident is there when it meets the filter on either day. Columns: side (`BEFORE`, `AFTER`), sides (2 for an
    incident known on both days, 1 for one that was added or retracted), all columns of the incident table.
    """
    closed, opened = ended(incidents_on(first), last), begun(incidents_on(last), first)
    meet = (ended(chosen_on(filters, first), last), begun(chosen_on(filters, last), first))
    met = ibis.union(*(side.select("incident_id") for side in meet), distinct=True)
    rows = ibis.union(
        *(
            side.semi_join(met, "incident_id").mutate(side=ibis.literal(name))
            for name, side in ((BEFORE, closed), (AFTER, opened))
        )
    )
    return rows.mutate(sides=rows.count().over(group_by="incident_id")).order_by("incident_id", "side")


def ended(rows: Table, last: date) -> Table:
    """Of versions known on the first day, those that were no longer known on the last."""
    return rows.filter(rows.known_to <= ibis.literal(last))


def begun(rows: Table, first: date) -> Table:
    """Of versions known on the last day, those that were not yet known on the first."""
    return rows.filter(rows.known_from > ibis.literal(first))


def revised_counts(filters: Filters | Later, first: date, last: date) -> Table:
    """One row: how many incidents of `revised` were added, retracted, and have another version.

    Columns: added, retracted, on_both.
    """
    rows = revised(filters, first, last).select("incident_id", "side", "sides")
    is_alone = rows.sides == 1
    return rows.aggregate(
        added=(is_alone & (rows.side == AFTER)).sum().fill_null(0),
        retracted=(is_alone & (rows.side == BEFORE)).sum().fill_null(0),
        on_both=(~is_alone & (rows.side == AFTER)).sum().fill_null(0),
    )


def came_and_went(filters: Filters | Later, first: date, last: date, side: str, limit: int) -> Table:
    """Incidents of `revised` that were added (`AFTER`) or retracted (`BEFORE`), by their keys: the first ones.

    Columns: incident_id, public_code, place, date_start, date_end, date_precision, civilians_killed_{low,best,high}.
    """
    rows = revised(filters, first, last)
    return rows.filter(rows.sides == 1, rows.side == side).select(*SHOWN).order_by("incident_id").limit(limit)


def revised_on_both(filters: Filters | Later, first: date, last: date) -> Table:
    """Incidents of `revised` that have another version, in their order. Columns: incident_id."""
    rows = revised(filters, first, last)
    return rows.filter(rows.sides == 2, rows.side == AFTER).select("incident_id").order_by("incident_id")


def revised_versions(filters: Filters | Later, first: date, last: date, limit: int) -> Table:
    """Both versions of the first incidents of `revised_on_both`, to be compared.

    Columns: side, those that `warehouse.revisions.changes` looks at. By incident_id and side.

    Args:
        filters, first, last: see `revised`.
        limit: most incidents.
    """
    rows = revised(filters, first, last)
    both = rows.filter(rows.sides == 2).select("side", *COMPARED).order_by("incident_id", "side")
    # Two rows an incident, one after the other, so that an even limit cuts no pair.
    return both.limit(2 * limit)


def known_on_either(first: date, last: date) -> Table:
    """One row: incidents known on one of the days or on both. Columns: incidents."""
    versions = _versions()
    known = ibis.union(*(known_on(versions, day).select("incident_id") for day in (first, last)), distinct=True)
    return known.aggregate(incidents=known.count())


def known_on_both(filters: Filters | Later, first: date, last: date) -> Table:
    """Incidents known on both days that meet the filter on the last. Columns: dataset_id, incidents."""
    both = chosen_on(filters, last).semi_join(incidents_on(first), "incident_id")
    return both.group_by("dataset_id").aggregate(incidents=both.count()).order_by("dataset_id")


def of_new_datasets(filters: Filters | Later, first: date, last: date) -> Table:
    """Incidents known on the last day, of data sets of which none was known on the first. Columns: title, incidents.

    They were added to this warehouse, and tell nothing of what happened between the days.
    """
    new = chosen_on(filters, last).anti_join(incidents_on(first), "dataset_id")
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
