"""How long incidents stay in a stage and take to reach one, counted by days so that the unfinished ones are kept.

A stay begins with the step that leads into a stage and ends with the next step that leads to another one, forward,
back or to closing; an incident that comes back to a stage has another stay there. What has not ended by the given day
is censored on it: it lasted so many days and goes on. A move on the day of entry is a stay of 0 days. Steps dated
after the day have not happened; of several on one day, that to the furthest stage is the last, as everywhere.
A skipped stage has no stay. A step from a stage to itself (an answer that changed, say) leaves nothing. Where the
record does not connect (a step leaves a stage that no step led to, or enters one twice) a stay has no day of entry, or
none of leaving: it is counted, without days, and is in no estimate.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import ibis
from ibis import _
from ibis.expr.types import Table

from warehouse.filters import Filters
from warehouse.queries.base import LIST_DIMENSIONS, incidents, table
from warehouse.queries.steps import OPEN_STAGES, position

EVERY = "all"
"""Category that all are in."""
OTHER_CATEGORIES = "other categories"
"""Category of the values that were not named."""
UNKNOWN = "unknown"

PLACES = tuple(range(1, len(OPEN_STAGES) + 1))
CLOSED_PLACE = len(OPEN_STAGES) + 1
EPOCH = date(1, 1, 1)
"""Days are counted from here where they are packed into numbers: before every date, so that none is negative."""


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

    Columns: stage, category (EVERY, and those of the dimension `by`: see `_in_categories`), days (until it ended, or
    until `as_of` while it waits; null where entry or leaving has no day), ending (a value of `Ending`), waits (how many
    stays).
    """
    chosen = incidents(filters)
    each = each_stay(chosen.mutate(categories=_bits(chosen, by, named)), as_of)
    keys = ("categories", "place", "days", "next_place", "unentered_place")
    # From here on there are thousands of rows, whatever the number of incidents.
    each = each.group_by(*keys).aggregate(waits=each.count())
    ending = ibis.cases(
        (each.next_place == 0, Ending.WAITS.value),
        (each.days.isnull(), Ending.LEAVING_UNKNOWN.value),
        (each.next_place == CLOSED_PLACE, Ending.CLOSED.value),
        (each.next_place > each.place, Ending.FORWARD.value),
        else_=Ending.BACK.value,
    )
    columns = ("categories", "place", "days", "ending", "waits")
    recorded = each.mutate(ending=ending).select(*columns)
    unentered = each.filter(each.unentered_place > 0).mutate(
        place=each.unentered_place, days=ibis.null("int64"), ending=ibis.literal(Ending.ENTRY_UNKNOWN.value)
    )
    rows = ibis.union(recorded, unentered.select(*columns))
    return _in_categories(rows.filter(rows.place.between(1, CLOSED_PLACE - 1)), by, named, ("days", "ending"))


def each_stay(chosen: Table, as_of: date) -> Table:
    """What the steps of the chosen incidents, which have `categories`, led to: a row for each step to another stage.

    Columns: incident_id, categories, place (of the stage entered), days (in it, until it was left or until `as_of`;
    null: the day of leaving is not on record), next_place (to which it was left; 0: not yet), unentered_place (of
    another stage that the step left, and whose entry is not on record; 0: none).
    """
    moves = _moves(_steps(chosen, as_of))
    place, next_place, next_from = _place(moves.step), _place(moves.next_step), _from_place(moves.next_step)
    was_left = moves.next_step.notnull()
    is_connected = (next_place != place) & ((next_from == 0) | (next_from == place))
    until = ibis.ifelse(was_left, _day(moves.next_step), (as_of - EPOCH).days)
    # A first step has none before: any stage that it left has no day of entry.
    is_unentered = _from_place(moves.step) != ibis.coalesce(_place(moves.last_step), 0)
    return moves.select(
        "incident_id",
        "categories",
        place=place,
        days=ibis.ifelse(~was_left | is_connected, until - _day(moves.step), ibis.null("int64")),
        next_place=ibis.coalesce(next_place, 0),
        unentered_place=ibis.ifelse(is_unentered, _from_place(moves.step), 0),
    )


def progress(filters: Filters, as_of: date, by: str | None = None, named: tuple[str, ...] = ()) -> Table:
    """How long after receipt incidents reached each open stage, by the end of a day; those with a step by then only.

    A stage is reached on the first day on which the record shows the incident in it or past it. An incident that was
    closed before goes on as one that has not reached it: it may be reopened, and leaving it out would make the rest
    look fast.

    Columns: stage, category (as in `stays`), days (from receipt until the stage was reached, or until `as_of`; null:
    receipt is not on record), left (reached it), skipped (reached it, but no step led into it), stepped_back (reached
    it, but stands in an earlier open stage now), waits (how many incidents).
    """
    chosen = incidents(filters)
    keys = ("place", "categories", "days", "left", "skipped", "stepped_back")
    by_place = each_reached(chosen.mutate(categories=_bits(chosen, by, named)), as_of)
    parts = (rows.group_by(*keys).aggregate(waits=rows.count()) for rows in by_place)
    return _in_categories(ibis.union(*parts), by, named, keys[2:])


def each_reached(chosen: Table, as_of: date) -> list[Table]:
    """How far the chosen incidents, which have `categories`, came by the end of a day; of each open stage a table.

    Columns: incident_id, categories, place, days, left, skipped, stepped_back, as in `progress`.
    """
    day = ibis.literal(as_of)
    # The incident's own columns follow all of its steps: they hold unless one is dated later.
    each = ibis.union(
        _course(chosen.filter(chosen.stage_entered_on <= day)),
        _course_by_then(chosen.filter(chosen.stage_entered_on > day), as_of),
    )
    parts = []
    for place in PLACES:
        reached = each[f"reached_{place}"]
        rows = each.select(
            "incident_id",
            "categories",
            place=ibis.literal(place, "int64"),
            days=ibis.coalesce(reached, (as_of - EPOCH).days) - each.received,
            left=reached.notnull(),
            skipped=reached.notnull() & ~each[f"entered_{place}"],
            stepped_back=reached.notnull() & (each.stands_at < place),
        )
        parts.append(rows)
    return parts


def _course(chosen: Table) -> Table:
    """How far each incident came, by all of its steps. Columns: incident_id, categories, received (days since EPOCH),
    stands_at (place of the stage), of each reached_<place> (days since EPOCH, or null), entered_<place> (boolean).
    """
    columns: dict[str, Any] = {}
    for place, stage in zip(PLACES, OPEN_STAGES, strict=True):
        columns[f"reached_{place}"] = _days_since_epoch(chosen[f"{stage.value}_reached_on"])
        columns[f"entered_{place}"] = chosen[f"{stage.value}_entered_on"].notnull()
    received, stands_at = _days_since_epoch(chosen.received_on), position(chosen.stage).cast("int64")
    return chosen.select("incident_id", "categories", received=received, stands_at=stands_at, **columns)


def _course_by_then(chosen: Table, as_of: date) -> Table:
    """The same by the steps until the end of a day."""
    steps = _steps(chosen, as_of)
    # A case that was closed was at least received.
    shown = ibis.greatest(
        *(ibis.ifelse(p == CLOSED_PLACE, 1, p) for p in (_from_place(steps.step), _place(steps.step)))
    )
    each = steps.group_by("incident_id").aggregate(
        categories=steps.categories.max(),
        first_step=steps.step.min(),
        last_step=steps.step.max(),
        **{f"entered_{place}": (_place(steps.step) == place).any() for place in PLACES},
        **{f"reached_{place}": _day(steps.step).min(where=shown >= place) for place in PLACES},
    )
    # A receipt that follows another step is that of a reopened case: the first one is not on record.
    received = ibis.ifelse(_place(each.first_step) == 1, _day(each.first_step), ibis.null("int64"))
    columns: dict[str, Any] = {}
    for place in PLACES:
        columns[f"reached_{place}"] = each[f"reached_{place}"]
        columns[f"entered_{place}"] = each[f"entered_{place}"]
    return each.select("incident_id", "categories", received=received, stands_at=_place(each.last_step), **columns)


def _days_since_epoch(day: Any) -> Any:
    return day.delta(ibis.literal(EPOCH), unit="day")


def _steps(chosen: Table, as_of: date) -> Table:
    """Steps of the chosen incidents, which have `categories`, until the end of a day.

    Columns: incident_id, step (day, stage entered and stage left in one number, the order of the steps: ordering by it
    takes half the time of ordering by three columns), categories (a number with a bit for each category of the
    incident).
    """
    steps = table("stage_transition").filter(_.occurred_on <= ibis.literal(as_of))
    steps = steps.inner_join(chosen.select("incident_id", "categories"), "incident_id")
    step = _days_since_epoch(steps.occurred_on) * 100 + position(steps.to_stage) * 10 + position(steps.from_stage)
    return steps.select("incident_id", "categories", step=step)


def _moves(steps: Table) -> Table:
    """Steps that lead from one stage to another. Columns: incident_id, categories, last_step, step, next_step."""
    moves = steps.filter(_place(steps.step) != _from_place(steps.step))
    in_order = ibis.window(group_by=moves.incident_id, order_by=moves.step)
    return moves.mutate(last_step=moves.step.lag().over(in_order), next_step=moves.step.lead().over(in_order))


def _day(step: Any) -> Any:
    """Days since EPOCH of a step as `_steps` packs it."""
    return step // 100


def _place(step: Any) -> Any:
    """Place of the stage that the step led to."""
    return step // 10 % 10


def _from_place(step: Any) -> Any:
    """Place of the stage that the step left; 0 where it is not stated."""
    return step % 10


def _bits(chosen: Table, by: str | None, named: tuple[str, ...]) -> Any:
    """A number with one bit for each of `_categories` that an incident is in; a list dimension may set several."""
    if by is None:
        return ibis.literal(1, "int64")
    values = [*dict.fromkeys((*named, UNKNOWN))]
    column = chosen[by]
    if by not in LIST_DIMENSIONS:
        known = column.fill_null(UNKNOWN)
        return known.cases(*((value, 1 << n) for n, value in enumerate(values)), else_=1 << len(values)).cast("int64")
    has = [column.contains(value).cast("int64") for value in values]
    others = (column.length() > sum(has[1:], has[0])).cast("int64")
    return sum((flag * (1 << n) for n, flag in enumerate([*has, others])), ibis.literal(0, "int64"))


def _in_categories(counted: Table, by: str | None, named: tuple[str, ...], keys: tuple[str, ...]) -> Table:
    """Counts by stage, category and `keys`; categories are EVERY, and of a dimension the named values and the rest.

    The rest are UNKNOWN and OTHER_CATEGORIES. An incident with several values counts in each of the named ones, and
    once in the others together.
    """
    bits = {EVERY: 0}
    if by is not None:
        bits |= {value: 1 << n for n, value in enumerate([*dict.fromkeys((*named, UNKNOWN)), OTHER_CATEGORIES])}
    parts = []
    for category, bit in bits.items():
        own = counted if category == EVERY else counted.filter((counted.categories & bit) > 0)
        stage = own.place.cases(*((place, s.value) for place, s in zip(PLACES, OPEN_STAGES, strict=True)))
        rows = own.select(*keys, "waits", stage=stage, category=ibis.literal(category))
        parts.append(rows.group_by("stage", "category", *keys).aggregate(waits=rows.waits.sum()))
    return ibis.union(*parts).order_by("stage", "category", *keys)
