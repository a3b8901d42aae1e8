"""Incidents that came, went, or whose figures changed between two days of knowledge.

As in `revisions`, these questions name their days themselves, each meaning what was known by its end. An incident
belongs to the filter when it meets it on either day, so that one which left the filter (a stage, a place) is news too.
Rows carry the incident's public_code, country and place as known on the later day; of a retracted one, on the earlier.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import estimate, once_per_event
from warehouse.queries.revisions import all_versions, chosen_on, incidents_on
from warehouse.revisions import ANY_CHANGE_SHARE, DOWN, KNOWN, OTHER_RANGE, UNKNOWN, UP, WIDE_FROM


class What(StrEnum):
    """What a change is about."""

    ADDED = "added"
    RETRACTED = "retracted"
    STEP = "step"
    KILLED = "killed"
    INJURED = "injured"
    FINDING = "finding"
    RESPONSE = "response"
    ENGAGEMENT = "engagement"


class Kind(StrEnum):
    """How something changed. An estimate goes `UP`, `DOWN` ... as `warehouse.revisions` calls it."""

    NEW = "new"
    NEW_DATASET = "new data set"
    GONE = "gone"
    ENTERED = "entered"
    FORWARD = "forward"
    BACK = "back"
    REOPENED = "reopened"
    CLOSED = "closed"
    SAME = "same stage"
    CHANGED = "changed"
    UP = UP
    DOWN = DOWN
    KNOWN = KNOWN
    UNKNOWN = UNKNOWN
    OTHER_RANGE = OTHER_RANGE
    WIDE = "publisher-wide change of coding"


CONTEXT = ("incident_id", "public_code", "country", "place")
_PARTS = ("low", "best", "high")


def added(filters: Filters, before: date, after: date) -> Table:
    """Incidents known on the later day alone.

    Columns: incident_id, public_code, country, place, dataset_id, date_start, date_end, date_precision, stage,
    harm_status, civilians_{killed,injured}_{low,best,high}, kind (`NEW`, or `NEW_DATASET` where nothing of its data set
    was known before: it is new to this warehouse, not newly reported), known_from (day on which it was first known).
    """
    rows = _added(chosen_on(filters, after), before)
    versions = all_versions("incident")
    since = versions.filter(versions.known_from > ibis.literal(before), versions.known_from <= ibis.literal(after))
    since = since.group_by("incident_id").aggregate(first_known_on=since.known_from.min())
    both = rows.inner_join(since, "incident_id")
    return both.select(*_LISTED, "kind", known_from=both.first_known_on).order_by(
        ibis.desc("known_from"), "incident_id"
    )


def added_incidents(before: date, after: date) -> Table:
    """The same whatever the filter. Columns: those of the incident table, kind."""
    return _added(incidents_on(after), before)


def _added(later: Table, before: date) -> Table:
    """Of these incidents, those that were not known on the earlier day, with `kind`."""
    earlier = incidents_on(before)
    # Here and below, what is newer than the first day is taken out first: few rows are then compared with many.
    rows = later.filter(later.known_from > ibis.literal(before)).anti_join(earlier, "incident_id")
    datasets = earlier.select(was_known="dataset_id").distinct()
    rows = rows.left_join(datasets, rows.dataset_id == datasets.was_known)
    kind = ibis.ifelse(rows.was_known.isnull(), Kind.NEW_DATASET.value, Kind.NEW.value)
    return rows.mutate(kind=kind).drop("was_known")


def retracted(filters: Filters, before: date, after: date) -> Table:
    """Incidents known on the earlier day alone: their source withdrew them.

    Columns: those of `added`, kind `GONE`, known_to (day from which it was no longer known).
    """
    earlier = chosen_on(filters, before)
    rows = earlier.filter(earlier.known_to <= ibis.literal(after)).anti_join(incidents_on(after), "incident_id")
    rows = rows.mutate(kind=ibis.literal(Kind.GONE.value))
    return rows.select(*_LISTED, "kind", "known_to").order_by(ibis.desc("known_to"), "incident_id")


_LISTED = (
    *(*CONTEXT, "dataset_id", "date_start", "date_end", "date_precision", "stage", "harm_status"),
    *(f"civilians_{harm.value}_{part}" for harm in v.Harm for part in _PARTS),
)


def casualties(filters: Filters, before: date, after: date) -> Table:
    """Estimates of civilians harmed that were revised, of incidents known on both days; a row for each harm.

    Columns: incident_id, public_code, country, place, dataset_id, harm, {low,best,high}_before, {low,best,high},
    known_from (of the later version), kind (`UP`: a part rose and none fell; `DOWN`; `KNOWN`; `UNKNOWN`; `OTHER_RANGE`;
    `WIDE` where half of all incidents of the data set changed in this at once, which tells of its publisher's coding).
    """
    rows = with_incident(revised_casualties(before, after), filters, before, after)
    columns = [*CONTEXT, "dataset_id", "harm", *(f"{p}_before" for p in _PARTS), *_PARTS, "known_from", "kind"]
    return rows.select(columns).order_by(ibis.desc("known_from"), "incident_id", ibis.desc("harm"))


def revised_casualties(before: date, after: date) -> Table:
    """The same whatever the filter, without public_code, country and place."""
    revised = _revised_estimates(before, after)
    both = incidents_on(after).semi_join(incidents_on(before), "incident_id")
    on_both = both.group_by("dataset_id").aggregate(on_both=both.count())
    hit = revised.group_by("dataset_id", "harm").aggregate(revised_incidents=revised.count())
    hit = hit.inner_join(on_both, "dataset_id")
    is_wide = (hit.revised_incidents >= WIDE_FROM) & (hit.revised_incidents >= ANY_CHANGE_SHARE * hit.on_both)
    wide = hit.filter(is_wide).select("dataset_id", "harm", wide=ibis.literal(True))
    rows = revised.left_join(wide, ["dataset_id", "harm"])
    rows = rows.mutate(kind=ibis.ifelse(rows.wide.fill_null(False), Kind.WIDE.value, rows.kind))
    return rows.drop("wide", "dataset_id_right", "harm_right")


def state_on(filters: Filters, day: date) -> Table:
    """One row: what the filtered incidents added up to on a day of knowledge.

    Columns: incidents, civilians_{killed,injured}_{low,best,high,unknown}, likely the same event counted once.
    """
    events = once_per_event(chosen_on(filters, day))
    sums: dict[str, Any] = {}
    for harm in v.Harm:
        sums |= estimate(events, f"civilians_{harm.value}")
    return events.aggregate(incidents=events.incidents.sum().fill_null(0), **sums)


def with_incident(rows: Table, filters: Filters, before: date, after: date) -> Table:
    """Rows about incidents that are known on the later day and meet the filter on either, with `CONTEXT`."""
    ids = rows.select("incident_id").distinct()
    now = incidents_on(after).semi_join(ids, "incident_id").select(*CONTEXT)
    meet = ibis.union(
        *(chosen_on(filters, day).semi_join(ids, "incident_id").select("incident_id") for day in (before, after))
    )
    return rows.inner_join(now, "incident_id").semi_join(meet, "incident_id")


def _revised_estimates(before: date, after: date) -> Table:
    """Of all incidents known on both days, whatever the filter: those whose estimate differs. See `casualties`."""
    figures = {f"{h.value}_{part}": f"civilians_{h.value}_{part}" for h in v.Harm for part in _PARTS}
    earlier, later = incidents_on(before), incidents_on(after)
    later = later.filter(later.known_from > ibis.literal(before))
    old = earlier.select("incident_id", **{f"{name}_before": column for name, column in figures.items()})
    both = later.select("incident_id", "dataset_id", "known_from", **figures).inner_join(old, "incident_id")
    parts = []
    for harm in v.Harm:
        ends = {f"{part}{end}": f"{harm.value}_{part}{end}" for end in ("_before", "") for part in _PARTS}
        rows = both.select("incident_id", "dataset_id", "known_from", **ends)
        rows = rows.filter(ibis.or_(*(~rows[part].identical_to(rows[f"{part}_before"]) for part in _PARTS)))
        parts.append(rows.mutate(kind=_direction(rows), harm=ibis.literal(harm.value)))
    return ibis.union(*parts)


def _direction(rows: Table) -> Any:
    """As `warehouse.revisions` names it."""
    pairs = [(rows[f"{part}_before"], rows[part]) for part in _PARTS]
    rises = ibis.or_(*((new > old).fill_null(False) for old, new in pairs))
    falls = ibis.or_(*((new < old).fill_null(False) for old, new in pairs))
    return ibis.cases(
        (ibis.and_(*(old.isnull() for old, _ in pairs)), KNOWN),
        (ibis.and_(*(new.isnull() for _, new in pairs)), UNKNOWN),
        (rises & ~falls, UP),
        (falls & ~rises, DOWN),
        else_=OTHER_RANGE,
    )
