"""What changed between two days of knowledge: records of the review, and all changes counted.

See `changed_incidents` for the days and the filter, and for the changes of incidents themselves.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.changed_incidents import (
    CONTEXT,
    Kind,
    What,
    added,
    added_incidents,
    casualties,
    retracted,
    revised_casualties,
    with_incident,
)
from warehouse.queries.revisions import all_versions, known_on
from warehouse.queries.steps import position
from warehouse.schema import TABLE

RECORDS = {What.STEP: "stage_transition", What.FINDING: "assessment", What.RESPONSE: "response",
           What.ENGAGEMENT: "engagement"}  # fmt: skip
"""What is recorded of the review -> its table."""
_VALUE = {What.STEP: "to_stage", What.FINDING: "finding", What.RESPONSE: "status", What.ENGAGEMENT: "outcome"}
"""The column whose change is news; of an engagement, what came of it."""
MOST_LISTED = 500
"""Rows of a list; the counts are of all."""


def record_days() -> Table:
    """Days on which an incident or a record of its review became known, changed or was withdrawn. Columns: day."""
    tables = [all_versions(name) for name in ("incident", *RECORDS.values())]
    starts = [rows.select(day="known_from") for rows in tables]
    ends = [rows.filter(rows.known_to.notnull()).select(day="known_to") for rows in tables]
    return ibis.union(*starts, *ends, distinct=True).order_by("day")


def steps(filters: Filters, before: date, after: date) -> Table:
    """Steps of the review that became known, whenever they were taken.

    Columns: incident_id, public_code, country, place, known_from, transition_id, from_stage, to_stage, occurred_on,
    waiting_on, kind: `REOPENED` (from closed to an open stage), `BACK` (to any earlier stage), `CLOSED`, `ENTERED` (the
    record names no stage before), `SAME` (a step to the stage it was in), else `FORWARD`. Steps back come first.
    """
    rows = with_incident(_steps(before, after), filters, before, after)
    columns = ("transition_id", "from_stage", "to_stage", "occurred_on", "waiting_on")
    return _listed(rows, What.STEP, columns, "occurred_on")


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
    rows = with_incident(_findings(before, after), filters, before, after)
    return _listed(rows, What.FINDING, ("assessment_id", "assessed_as", "finding_before", "finding", "assessed_on"),
                   "assessed_on")  # fmt: skip


def responses(filters: Filters, before: date, after: date) -> Table:
    """Responses that became known or whose status changed.

    Columns: incident_id, public_code, country, place, known_from, response_id, response_type, target, status_before
    (null: the response was not known), status, recommended_on, decided_on, implemented_on, kind (`NEW`, `CHANGED`).
    """
    rows = with_incident(_new_or_changed(What.RESPONSE, before, after), filters, before, after)
    columns = ("response_id", "response_type", "target", "status_before", "status", "recommended_on", "decided_on",
               "implemented_on")  # fmt: skip
    return _listed(rows, What.RESPONSE, columns, "recommended_on")


def engagements(filters: Filters, before: date, after: date) -> Table:
    """Engagements that became known or of which another outcome is known.

    Columns: incident_id, public_code, country, place, known_from, engagement_id, post, counterpart, held_on, channel,
    outcome_before, outcome, kind (`NEW`, `CHANGED`).
    """
    rows = with_incident(_new_or_changed(What.ENGAGEMENT, before, after), filters, before, after)
    columns = ("engagement_id", "post", "counterpart", "held_on", "channel", "outcome_before", "outcome")
    return _listed(rows, What.ENGAGEMENT, columns, "held_on")


def withdrawn(filters: Filters, before: date, after: date) -> Table:
    """Records of the review that were known on the earlier day and are not on the later. Columns: what, rows.

    Those of retracted incidents are left out: they went with them.
    """
    rows = withdrawn_records(filters, before, after)
    return rows.group_by("what").aggregate(rows=rows.count()).order_by("what")


def withdrawn_records(filters: Filters, before: date, after: date) -> Table:
    """Each of them. Columns: what, incident_id."""
    parts = []
    for what, name in RECORDS.items():
        earlier, later = (known_on(all_versions(name), day) for day in (before, after))
        ended = earlier.filter(earlier.known_to <= ibis.literal(after))
        gone = ended.anti_join(later, TABLE[name].key[0])
        parts.append(gone.select("incident_id", what=ibis.literal(what.value)))
    return with_incident(ibis.union(*parts), filters, before, after).select("what", "incident_id")


def change_counts(filters: Filters, before: date, after: date) -> Table:
    """Changes by what and how. Columns: what, kind (null: of all kinds), rows, incidents (each counted once)."""
    everything = all_changes(filters, before, after)
    number = {"rows": everything.count(), "incidents": everything.incident_id.nunique()}
    by_kind = everything.group_by("what", "kind").aggregate(**number)
    whole = everything.group_by("what").aggregate(**number).mutate(kind=ibis.null("string"))
    return ibis.union(by_kind, whole.select(by_kind.columns)).order_by("what", "kind")


def all_changes(filters: Filters, before: date, after: date) -> Table:
    """Each change. Columns: incident_id, what, kind."""
    revised = revised_casualties(before, after)
    parts = {
        What.ADDED.value: added_incidents(before, after),
        What.STEP.value: _steps(before, after),
        What.FINDING.value: _findings(before, after),
        What.RESPONSE.value: _new_or_changed(What.RESPONSE, before, after),
        What.ENGAGEMENT.value: _new_or_changed(What.ENGAGEMENT, before, after),
    }
    rows = [part.select("incident_id", "kind", what=ibis.literal(what)) for what, part in parts.items()]
    # Whether an incident belongs to the filter is asked once for all changes, for that is most of the work.
    everything = with_incident(
        ibis.union(*rows, revised.select("incident_id", "kind", what=revised.harm)), filters, before, after
    )
    gone = retracted(filters, before, after).mutate(what=ibis.literal(What.RETRACTED.value))
    return ibis.union(*(each.select("incident_id", "what", "kind") for each in (everything, gone)))


LISTS = {
    question.__name__: question for question in (added, retracted, steps, casualties, findings, responses, engagements)
}
"""Lists of changes by name."""


def listed_changes(name: str, filters: Filters, before: date, after: date) -> Table:
    """The first `MOST_LISTED` rows of a list of `LISTS`."""
    return LISTS[name](filters, before, after).limit(MOST_LISTED)


def _records(what: What, before: date, after: date) -> Table:
    """Records of the review that are new on the later day, or say another thing; with `is_new`, `{value}_before`."""
    name, value = RECORDS[what], _VALUE[what]
    key = TABLE[name].key[0]
    earlier, later = (known_on(all_versions(name), day) for day in (before, after))
    old = earlier.select(key, was_known=ibis.literal(True), **{f"{value}_before": value})
    rows = later.filter(later.known_from > ibis.literal(before)).left_join(old, key).drop(f"{key}_right")
    is_new, same = rows.was_known.isnull(), rows[value].identical_to(rows[f"{value}_before"])
    return rows.mutate(is_new=is_new).filter(is_new | ~same)


def _steps(before: date, after: date) -> Table:
    rows = _records(What.STEP, before, after)
    return rows.mutate(kind=step_kind(rows))


def _findings(before: date, after: date) -> Table:
    rows = _records(What.FINDING, before, after)
    pending = v.Finding.PENDING.value
    had_none = rows.finding_before.isnull() | (rows.finding_before == pending)
    rows = rows.filter(~((rows.finding == pending) & had_none))
    kind = ibis.ifelse(rows.finding_before.fill_null(pending) == pending, Kind.NEW.value, Kind.CHANGED.value)
    return rows.rename(assessed_as="kind").mutate(kind=kind)


def _new_or_changed(what: What, before: date, after: date) -> Table:
    rows = _records(what, before, after)
    return rows.mutate(kind=ibis.ifelse(rows.is_new, Kind.NEW.value, Kind.CHANGED.value))


def _listed(rows: Table, what: What, columns: tuple[str, ...], day: str) -> Table:
    """The columns in order; the latest known first, steps back before all others."""
    key = TABLE[RECORDS[what]].key[0]
    chosen = rows.select(*CONTEXT, "known_from", *columns, "kind")
    is_back = chosen.kind.isin([Kind.BACK.value, Kind.REOPENED.value])
    return chosen.order_by(ibis.desc(is_back), ibis.desc("known_from"), ibis.desc(chosen[day], nulls_first=False), key)
