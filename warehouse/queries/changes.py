"""What changed between two days of knowledge: what a reader of an earlier day has not seen.

As in `revisions`, these questions name their days themselves, each meaning what was known by its end, and are never to
be asked with `LATER`: they look into the filter. An incident belongs to the filter when it meets it on either day, so
that one which left the filter (a stage, a place) is news too. Rows carry the incident's public_code, country and place
as known on the later day, or when it was retracted, on the earlier.
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
from warehouse.queries.revisions import known_on
from warehouse.queries.steps import position
from warehouse.revisions import ANY_CHANGE_SHARE, DOWN, KNOWN, OTHER_RANGE, UNKNOWN, UP, WIDE_FROM
from warehouse.schema import TABLE


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


RECORDS = {What.STEP: "stage_transition", What.FINDING: "assessment", What.RESPONSE: "response",
           What.ENGAGEMENT: "engagement"}  # fmt: skip
"""What is recorded of the review -> its table."""
_VALUE = {What.STEP: "to_stage", What.FINDING: "finding", What.RESPONSE: "status", What.ENGAGEMENT: "outcome"}
"""The column whose change is news; of an engagement, what came of it."""
MOST_LISTED = 500
"""Rows of a list; the counts are of all."""
_PARTS = ("low", "best", "high")
_CONTEXT = ("incident_id", "public_code", "country", "place")


def record_days() -> Table:
    """Days on which an incident or a record of its review became known, changed or was withdrawn. Columns: day."""
    tables = [TABLE[name].ibis_table() for name in ("incident", *RECORDS.values())]
    starts = [rows.select(day="known_from") for rows in tables]
    ends = [rows.filter(rows.known_to.notnull()).select(day="known_to") for rows in tables]
    return ibis.union(*starts, *ends, distinct=True).order_by("day")


def added(filters: Filters, before: date, after: date) -> Table:
    """Incidents known on the later day alone.

    Columns: incident_id, public_code, country, place, dataset_id, date_start, date_end, date_precision, stage,
    harm_status, civilians_{killed,injured}_{low,best,high}, kind (`NEW`, or `NEW_DATASET` where nothing of its data set
    was known before: it is new to this warehouse, not newly reported), known_from (day on which it was first known).
    """
    earlier, later = _incidents(before), _incidents(after)
    rows = later.filter(filters.predicate(later)).anti_join(earlier, "incident_id")
    of_known = rows.semi_join(earlier, "dataset_id").mutate(kind=ibis.literal(Kind.NEW.value))
    of_new = rows.anti_join(earlier, "dataset_id").mutate(kind=ibis.literal(Kind.NEW_DATASET.value))
    versions = TABLE["incident"].ibis_table()
    since = versions.filter(versions.known_from > ibis.literal(before), versions.known_from <= ibis.literal(after))
    since = since.group_by("incident_id").aggregate(first_known_on=since.known_from.min())
    both = ibis.union(of_known, of_new).inner_join(since, "incident_id")
    return both.select(*_LISTED, "kind", known_from=both.first_known_on).order_by(
        ibis.desc("known_from"), "incident_id"
    )


def retracted(filters: Filters, before: date, after: date) -> Table:
    """Incidents known on the earlier day alone: their source withdrew them.

    Columns: those of `added`, kind `GONE`, known_to (day from which it was no longer known).
    """
    earlier, later = _incidents(before), _incidents(after)
    rows = earlier.filter(filters.predicate(earlier)).anti_join(later, "incident_id")
    rows = rows.mutate(kind=ibis.literal(Kind.GONE.value))
    return rows.select(*_LISTED, "kind", "known_to").order_by(ibis.desc("known_to"), "incident_id")


_LISTED = (
    *(*_CONTEXT, "dataset_id", "date_start", "date_end", "date_precision", "stage", "harm_status"),
    *(f"civilians_{harm.value}_{part}" for harm in v.Harm for part in _PARTS),
)


def steps(filters: Filters, before: date, after: date) -> Table:
    """Steps of the review that became known, whenever they were taken.

    Columns: incident_id, public_code, country, place, known_from, transition_id, from_stage, to_stage, occurred_on,
    waiting_on, kind: `REOPENED` (from closed to an open stage), `BACK` (to any earlier stage), `CLOSED`, `ENTERED` (the
    record names no stage before), `SAME` (a step to the stage it was in), else `FORWARD`. Steps back come first.
    """
    rows = _records(What.STEP, filters, before, after)
    columns = ("transition_id", "from_stage", "to_stage", "occurred_on", "waiting_on")
    return _listed(rows.mutate(kind=step_kind(rows)), What.STEP, columns, "occurred_on")


def step_kind(rows: Table) -> Any:
    """Expression over rows of stage_transition: the kind of a step, see `steps`."""
    came, went = position(rows.to_stage), position(rows.from_stage)
    is_closing = rows.to_stage == v.Stage.CLOSED.value
    return ibis.cases(
        (came == went, Kind.SAME.value),
        (is_closing, Kind.CLOSED.value),
        (rows.from_stage.isnull(), Kind.ENTERED.value),
        (rows.from_stage == v.Stage.CLOSED.value, Kind.REOPENED.value),
        (came < went, Kind.BACK.value),
        else_=Kind.FORWARD.value,
    )


def findings(filters: Filters, before: date, after: date) -> Table:
    """Findings that were made, changed, or taken back to pending. An assessment that is only begun is none.

    Columns: incident_id, public_code, country, place, known_from, assessment_id, assessed_as (the principle),
    finding_before (null: none known), finding, assessed_on, kind (`NEW`, also after pending; `CHANGED`).
    """
    rows = _records(What.FINDING, filters, before, after)
    pending = v.Finding.PENDING.value
    had_none = rows.finding_before.isnull() | (rows.finding_before == pending)
    rows = rows.filter(~((rows.finding == pending) & had_none))
    kind = ibis.ifelse(rows.finding_before.fill_null(pending) == pending, Kind.NEW.value, Kind.CHANGED.value)
    rows = rows.rename(assessed_as="kind").mutate(kind=kind)
    return _listed(rows, What.FINDING, ("assessment_id", "assessed_as", "finding_before", "finding", "assessed_on"),
                   "assessed_on")  # fmt: skip


def responses(filters: Filters, before: date, after: date) -> Table:
    """Responses that became known or whose status changed.

    Columns: incident_id, public_code, country, place, known_from, response_id, response_type, target, status_before
    (null: the response was not known), status, recommended_on, decided_on, implemented_on, kind (`NEW`, `CHANGED`).
    """
    rows = _records(What.RESPONSE, filters, before, after)
    columns = ("response_id", "response_type", "target", "status_before", "status", "recommended_on", "decided_on",
               "implemented_on")  # fmt: skip
    return _listed(rows.mutate(kind=_new_or_changed(rows)), What.RESPONSE, columns, "recommended_on")


def engagements(filters: Filters, before: date, after: date) -> Table:
    """Engagements that became known or of which another outcome is known.

    Columns: incident_id, public_code, country, place, known_from, engagement_id, post, counterpart, held_on, channel,
    outcome_before, outcome, kind (`NEW`, `CHANGED`).
    """
    rows = _records(What.ENGAGEMENT, filters, before, after)
    columns = ("engagement_id", "post", "counterpart", "held_on", "channel", "outcome_before", "outcome")
    return _listed(rows.mutate(kind=_new_or_changed(rows)), What.ENGAGEMENT, columns, "held_on")


def withdrawn(filters: Filters, before: date, after: date) -> Table:
    """Records of the review that were known on the earlier day and are not on the later. Columns: what, rows.

    Those of retracted incidents are left out: they went with them.
    """
    chosen = _met(filters, before, after).semi_join(_incidents(after), "incident_id")
    parts = []
    for what, name in RECORDS.items():
        earlier, later = (known_on(TABLE[name].ibis_table(), day) for day in (before, after))
        gone = earlier.anti_join(later, TABLE[name].key[0]).semi_join(chosen, "incident_id")
        parts.append(gone.aggregate(rows=gone.count()).mutate(what=ibis.literal(what.value)))
    rows = ibis.union(*parts)
    return rows.filter(rows.rows > 0).select("what", "rows").order_by("what")


def casualties(filters: Filters, before: date, after: date) -> Table:
    """Estimates of civilians harmed that were revised, of incidents known on both days; a row for each harm.

    Columns: incident_id, public_code, country, place, dataset_id, harm, {low,best,high}_before, {low,best,high},
    known_from (of the later version), kind (`UP`: a part rose and none fell; `DOWN`; `KNOWN`; `UNKNOWN`; `OTHER_RANGE`;
    `WIDE` where half of all incidents of the data set changed in this at once, which tells of its publisher's coding).
    """
    revised = _revised_estimates(before, after)
    both = _incidents(after).semi_join(_incidents(before), "incident_id")
    on_both = both.group_by("dataset_id").aggregate(on_both=both.count())
    hit = revised.group_by("dataset_id", "harm").aggregate(revised_incidents=revised.count())
    hit = hit.inner_join(on_both, "dataset_id")
    is_wide = (hit.revised_incidents >= WIDE_FROM) & (hit.revised_incidents >= ANY_CHANGE_SHARE * hit.on_both)
    wide = hit.filter(is_wide).select("dataset_id", "harm", wide=ibis.literal(True))
    rows = revised.semi_join(_met(filters, before, after), "incident_id").left_join(wide, ["dataset_id", "harm"])
    rows = rows.mutate(kind=ibis.ifelse(rows.wide.fill_null(False), Kind.WIDE.value, rows.kind))
    columns = [*_CONTEXT, "dataset_id", "harm", *(f"{p}_before" for p in _PARTS), *_PARTS, "known_from", "kind"]
    return rows.select(columns).order_by(ibis.desc("known_from"), "incident_id", ibis.desc("harm"))


def change_counts(filters: Filters, before: date, after: date) -> Table:
    """Changes by what and how. Columns: what, kind (null: of all kinds), rows, incidents (each counted once)."""
    questions = {
        What.ADDED: added, What.RETRACTED: retracted, What.STEP: steps, What.FINDING: findings,
        What.RESPONSE: responses, What.ENGAGEMENT: engagements,
    }  # fmt: skip
    parts = [
        question(filters, before, after).select("incident_id", "kind", what=ibis.literal(what.value))
        for what, question in questions.items()
    ]
    revised = casualties(filters, before, after)
    everything = ibis.union(*parts, revised.select("incident_id", "kind", what=revised.harm))
    number = {"rows": everything.count(), "incidents": everything.incident_id.nunique()}
    by_kind = everything.group_by("what", "kind").aggregate(**number)
    whole = everything.group_by("what").aggregate(**number).mutate(kind=ibis.null("string"))
    return ibis.union(by_kind, whole.select(by_kind.columns)).order_by("what", "kind")


LISTS = {
    question.__name__: question for question in (added, retracted, steps, casualties, findings, responses, engagements)
}
"""Lists of changes by name."""


def listed_changes(name: str, filters: Filters, before: date, after: date) -> Table:
    """The first `MOST_LISTED` rows of a list of `LISTS`."""
    return LISTS[name](filters, before, after).limit(MOST_LISTED)


def state_on(filters: Filters, day: date) -> Table:
    """One row: what the filtered incidents added up to on a day of knowledge.

    Columns: incidents, civilians_{killed,injured}_{low,best,high,unknown}, likely the same event counted once.
    """
    rows = _incidents(day)
    events = once_per_event(rows.filter(filters.predicate(rows)))
    sums: dict[str, Any] = {}
    for harm in v.Harm:
        sums |= estimate(events, f"civilians_{harm.value}")
    return events.aggregate(incidents=events.incidents.sum().fill_null(0), **sums)


def _incidents(day: date) -> Table:
    return known_on(TABLE["incident"].ibis_table(), day)


def _met(filters: Filters, before: date, after: date) -> Table:
    """Incidents that meet the filter on either day, as last known. Columns: those of `_CONTEXT`."""
    earlier, later = _incidents(before), _incidents(after)
    met = ibis.union(*(s.filter(filters.predicate(s)).select("incident_id") for s in (earlier, later)), distinct=True)
    newest = ibis.union(later.select(*_CONTEXT), earlier.anti_join(later, "incident_id").select(*_CONTEXT))
    return newest.semi_join(met, "incident_id")


def _records(what: What, filters: Filters, before: date, after: date) -> Table:
    """Records of the review that are new on the later day, or say another thing; with `is_new`, `{value}_before`."""
    name, value = RECORDS[what], _VALUE[what]
    key = TABLE[name].key[0]
    earlier, later = (known_on(TABLE[name].ibis_table(), day) for day in (before, after))
    old = earlier.select(key, was_known=ibis.literal(True), **{f"{value}_before": value})
    rows = later.filter(later.known_from > ibis.literal(before)).left_join(old, key).drop(f"{key}_right")
    is_new, same = rows.was_known.isnull(), rows[value].identical_to(rows[f"{value}_before"])
    rows = rows.mutate(is_new=is_new).filter(is_new | ~same)
    return rows.inner_join(_met(filters, before, after), "incident_id")


def _listed(rows: Table, what: What, columns: tuple[str, ...], day: str) -> Table:
    """The columns in order; the latest known first, steps back before all others."""
    key = TABLE[RECORDS[what]].key[0]
    chosen = rows.select(*_CONTEXT, "known_from", *columns, "kind")
    is_back = chosen.kind.isin([Kind.BACK.value, Kind.REOPENED.value])
    return chosen.order_by(ibis.desc(is_back), ibis.desc("known_from"), ibis.desc(chosen[day], nulls_first=False), key)


def _new_or_changed(rows: Table) -> Any:
    return ibis.ifelse(rows.is_new, Kind.NEW.value, Kind.CHANGED.value)


def _revised_estimates(before: date, after: date) -> Table:
    """Of all incidents known on both days, whatever the filter: those whose estimate differs. See `casualties`."""
    earlier, later = _incidents(before), _incidents(after)
    later = later.filter(later.known_from > ibis.literal(before))
    parts = []
    for harm in v.Harm:
        names = {part: f"civilians_{harm.value}_{part}" for part in _PARTS}
        old = earlier.select("incident_id", **{f"{part}_before": name for part, name in names.items()})
        new = later.select(*_CONTEXT, "dataset_id", "known_from", **names)
        rows = new.inner_join(old, "incident_id")
        differs = ibis.or_(*(~rows[part].identical_to(rows[f"{part}_before"]) for part in _PARTS))
        rows = rows.filter(differs)
        kind = _direction(rows)
        parts.append(rows.mutate(kind=kind, harm=ibis.literal(harm.value)))
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
