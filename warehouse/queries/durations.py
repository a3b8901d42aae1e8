"""How long incidents stay in a stage and take to reach one, counted by days so that the unfinished ones are kept.

A stay begins with the step that leads into a stage and ends with the next step that leads to another one, forward,
back or to closing; an incident that comes back to a stage has another stay there. What has not ended by the given day
is censored on it: it lasted so many days and goes on. A move on the day of entry is a stay of 0 days. Steps dated
after the day have not happened; of several on one day, that to the furthest stage is the last, as everywhere.
A skipped stage has no stay. Where the record does not connect (a step leaves a stage that no step led to) one stay has
no day of entry and another no day of leaving: they are counted, with no days, and are in no estimate.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import LIST_DIMENSIONS, incidents
from warehouse.queries.steps import OPEN_STAGES, happened, position, standing

EVERY = "all"
"""Category of a question that compares nothing."""
OTHER_CATEGORIES = "other categories"
"""Category of the values that were not named."""
UNKNOWN = "unknown"


class Ending(StrEnum):
    """What became of a stay in a stage."""

    WAITS = "waits"
    FORWARD = "forward"
    CLOSED = "closed"
    BACK = "back"
    ENTRY_UNKNOWN = "entry_unknown"
    LEAVING_UNKNOWN = "leaving_unknown"


def stays(filters: Filters, as_of: date, by: str | None = None, named: tuple[str, ...] = ()) -> Table:
    """Stays in open stages, by stage, length and ending.

    Columns: stage, category (see `_with_category`), days (until it ended, or until `as_of` while it waits; null where entry or
    leaving has no day), ending (a value of `Ending`), waits (how many stays).
    """
    chosen = incidents(filters)
    moves = _moves(happened(chosen, as_of))
    was_left = moves.next_stage.notnull()
    is_connected = moves.next_from.isnull() | (moves.next_from == moves.to_stage)
    ending = ibis.cases(
        (~was_left, Ending.WAITS.value),
        (~is_connected, Ending.LEAVING_UNKNOWN.value),
        (moves.next_stage == v.Stage.CLOSED.value, Ending.CLOSED.value),
        (position(moves.next_stage) > position(moves.to_stage), Ending.FORWARD.value),
        else_=Ending.BACK.value,
    )
    until = ibis.ifelse(was_left, moves.next_on, ibis.literal(as_of))
    days = ibis.ifelse(is_connected | ~was_left, until.delta(moves.occurred_on, unit="day"), ibis.null("int64"))
    recorded = moves.select("incident_id", stage=moves.to_stage, days=days, ending=ending)
    is_unentered = moves.from_stage.notnull() & (
        moves.before.isnull() & (moves.from_stage != moves.to_stage) | (moves.before != moves.from_stage)
    )
    unentered = moves.filter(is_unentered.fill_null(False)).select(
        "incident_id",
        stage="from_stage",
        days=ibis.null("int64"),
        ending=ibis.literal(Ending.ENTRY_UNKNOWN.value),
    )
    rows = ibis.union(recorded, unentered)
    rows = rows.filter(rows.stage.isin([s.value for s in OPEN_STAGES]))
    rows = _with_category(rows, chosen, by, named)
    return (
        rows.group_by("stage", "category", "days", "ending")
        .aggregate(waits=rows.count())
        .order_by("stage", "category", "days", "ending")
    )


def progress(filters: Filters, as_of: date, by: str | None = None, named: tuple[str, ...] = ()) -> Table:
    """How long after receipt incidents reached each open stage, by the end of a day; those with a step by then only.

    A stage is reached on the first day on which the record shows the incident in it or past it. An incident that was
    closed before goes on as one that has not reached it: it may be reopened, and leaving it out would make the rest
    look fast.

    Columns: stage, category (see `_with_category`), days (from receipt until the stage was reached, or until `as_of`; null:
    receipt is not on record), left (reached it), skipped (reached it, but no step led into it), stepped_back (reached
    it, but stands in an earlier open stage now), waits (how many incidents).
    """
    chosen = incidents(filters)
    steps = happened(chosen, as_of)
    shown = ibis.greatest(_open_position(steps.from_stage), _open_position(steps.to_stage))
    measures: dict[str, Any] = {
        "received_on": steps.occurred_on.min(where=steps.to_stage == v.Stage.RECEIVED.value),
        "first_step_on": steps.occurred_on.min(),
    }
    for place, stage in enumerate(OPEN_STAGES, start=1):
        measures[f"reached_{place}"] = steps.occurred_on.min(where=shown >= place)
        measures[f"entered_{place}"] = steps.occurred_on.min(where=steps.to_stage == stage.value)
    each = steps.group_by("incident_id").aggregate(**measures)
    now = standing(chosen, as_of).select("incident_id", now="stage")
    each = _with_category(each.inner_join(now, "incident_id"), chosen, by, named)
    receipt = ibis.ifelse(each.received_on == each.first_step_on, each.received_on, ibis.null("date"))
    parts = []
    for place, stage in enumerate(OPEN_STAGES, start=1):
        reached_on = each[f"reached_{place}"]
        until = ibis.coalesce(reached_on, ibis.literal(as_of))
        is_open_before = (position(each.now) < place) & (each.now != v.Stage.CLOSED.value)
        parts.append(
            each.select(
                stage=ibis.literal(stage.value),
                category=each.category,
                days=until.delta(receipt, unit="day"),
                left=reached_on.notnull(),
                skipped=reached_on.notnull() & each[f"entered_{place}"].isnull(),
                stepped_back=reached_on.notnull() & is_open_before,
            )
        )
    rows = ibis.union(*parts)
    keys = ("stage", "category", "days", "left", "skipped", "stepped_back")
    return rows.group_by(*keys).aggregate(waits=rows.count()).order_by(*keys)


def _moves(steps: Table) -> Table:
    """Steps that led to another stage than the one before, with `before`, `next_stage`, `next_from`, `next_on`.

    A step that leads where the case already is does not end the stay there.
    """

    def in_order(rows: Table) -> Any:
        order = [rows.occurred_on, position(rows.to_stage), rows.transition_id]
        return ibis.window(group_by=rows.incident_id, order_by=order)

    steps = steps.select("incident_id", "transition_id", "from_stage", "to_stage", "occurred_on")
    steps = steps.mutate(before=steps.to_stage.lag().over(in_order(steps)))
    stays_put = (steps.to_stage == steps.before) & (
        steps.from_stage.isnull() | (steps.from_stage == steps.to_stage)
    ).fill_null(True)
    moves = steps.filter(~stays_put.fill_null(False))
    window = in_order(moves)
    return moves.mutate(
        next_stage=moves.to_stage.lead().over(window),
        next_from=moves.from_stage.lead().over(window),
        next_on=moves.occurred_on.lead().over(window),
    )


def _with_category(rows: Table, chosen: Table, by: str | None, named: tuple[str, ...]) -> Table:
    """Rows of incidents with their `category`: EVERY, or of a dimension the named values, UNKNOWN, OTHER_CATEGORIES.

    An incident with several values has a row for each of the named ones, and one for all others together.
    """
    if by is None:
        return rows.mutate(category=ibis.literal(EVERY))
    kept = [*named, UNKNOWN]
    value = chosen[by]
    if by in LIST_DIMENSIONS:
        values = value.map(lambda one: ibis.ifelse(one.isin(kept), one, OTHER_CATEGORIES)).unique()
        grouped = chosen.select("incident_id", category=values.unnest())
    else:
        known = value.fill_null(UNKNOWN)
        grouped = chosen.select("incident_id", category=ibis.ifelse(known.isin(kept), known, OTHER_CATEGORIES))
    return rows.inner_join(grouped, "incident_id")


def _open_position(stage: Any) -> Any:
    """Place of an open stage in the process; closed counts as received, which every case was; 0 for none."""
    places = [(s.value, place) for place, s in enumerate(OPEN_STAGES, start=1)]
    return stage.cases(*places, (v.Stage.CLOSED.value, 1), else_=0)
