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
    moves = _moves(_steps(filters, as_of, by, named))
    was_left = moves.next_step.notnull()
    next_place, next_from = _place(moves.next_step), _from_place(moves.next_step)
    is_connected = (next_place != _place(moves.step)) & next_from.isin([0, _place(moves.step)])
    ending = ibis.cases(
        (~was_left, Ending.WAITS.value),
        (~is_connected, Ending.LEAVING_UNKNOWN.value),
        (next_place == CLOSED_PLACE, Ending.CLOSED.value),
        (next_place > _place(moves.step), Ending.FORWARD.value),
        else_=Ending.BACK.value,
    )
    until = ibis.ifelse(was_left, _day(moves.next_step), (as_of - EPOCH).days)
    days = ibis.ifelse(~was_left | is_connected, until - _day(moves.step), ibis.null("int64"))
    recorded = moves.select("categories", place=_place(moves.step), days=days, ending=ending)
    # A first step has none before: any stage that it left has no day of entry.
    before = ibis.coalesce(_place(moves.last_step), 0)
    unentered = moves.filter((_from_place(moves.step) > 0) & (_from_place(moves.step) != before)).select(
        "categories",
        place=_from_place(moves.step),
        days=ibis.null("int64"),
        ending=ibis.literal(Ending.ENTRY_UNKNOWN.value),
    )
    rows = ibis.union(recorded, unentered)
    rows = rows.filter(rows.place < CLOSED_PLACE)
    counted = rows.group_by("place", "categories", "days", "ending").aggregate(waits=rows.count())
    return _in_categories(counted, by, named, ("days", "ending"))


def progress(filters: Filters, as_of: date, by: str | None = None, named: tuple[str, ...] = ()) -> Table:
    """How long after receipt incidents reached each open stage, by the end of a day; those with a step by then only.

    A stage is reached on the first day on which the record shows the incident in it or past it. An incident that was
    closed before goes on as one that has not reached it: it may be reopened, and leaving it out would make the rest
    look fast.

    Columns: stage, category (as in `stays`), days (from receipt until the stage was reached, or until `as_of`; null:
    receipt is not on record), left (reached it), skipped (reached it, but no step led into it), stepped_back (reached
    it, but stands in an earlier open stage now), waits (how many incidents).
    """
    steps = _steps(filters, as_of, by, named)
    # A case that was closed was at least received.
    shown = ibis.greatest(_if_open(steps.from_place), _if_open(steps.place))
    measures: dict[str, Any] = {
        "received_on": steps.occurred_on.min(where=steps.place == 1),
        "first_step_on": steps.occurred_on.min(),
        # The latest step; of several on one day, that to the furthest stage.
        "now": (steps.occurred_on.delta(ibis.literal(EPOCH), unit="day") * 10 + steps.place).max() % 10,
        "categories": steps.categories.max(),
    }
    for place in PLACES:
        measures[f"reached_{place}"] = steps.occurred_on.min(where=shown >= place)
        measures[f"entered_{place}"] = steps.occurred_on.min(where=steps.place == place)
    each = steps.group_by("incident_id").aggregate(**measures)
    receipt = ibis.ifelse(each.received_on == each.first_step_on, each.received_on, ibis.null("date"))
    keys = ("place", "categories", "days", "left", "skipped", "stepped_back")
    parts = []
    for place in PLACES:
        reached_on = each[f"reached_{place}"]
        rows = each.select(
            "categories",
            place=ibis.literal(place, "int64"),
            days=ibis.coalesce(reached_on, ibis.literal(as_of)).delta(receipt, unit="day"),
            left=reached_on.notnull(),
            skipped=reached_on.notnull() & each[f"entered_{place}"].isnull(),
            stepped_back=reached_on.notnull() & (each.now < place),
        )
        parts.append(rows.group_by(*keys).aggregate(waits=rows.count()))
    return _in_categories(ibis.union(*parts), by, named, keys[2:])


def _steps(filters: Filters, as_of: date, by: str | None, named: tuple[str, ...]) -> Table:
    """Steps of the filtered incidents until the end of a day.

    Columns: incident_id, occurred_on, from_place and place (the stages as places in the process, so that comparing is
    cheap), categories (a number with a bit for each category of the incident).
    """
    chosen = incidents(filters)
    chosen = chosen.select("incident_id", categories=_bits(chosen, by, named))
    steps = table("stage_transition")
    steps = steps.filter(steps.occurred_on <= ibis.literal(as_of)).inner_join(chosen, "incident_id")
    from_place = position(steps.from_stage)
    return steps.select(
        "incident_id",
        "occurred_on",
        "categories",
        from_place=ibis.ifelse(from_place == 0, ibis.null("int64"), from_place.cast("int64")),
        place=position(steps.to_stage).cast("int64"),
    )


def _moves(steps: Table) -> Table:
    """Steps from one stage to another, each with the one before and after it.

    Columns: categories, step, last_step, next_step: day, stage entered and stage left in one number, the order of the
    steps. Ordering by one number takes half the time of ordering by three columns.
    """
    moves = steps.filter((steps.from_place != steps.place).fill_null(True))
    day = moves.occurred_on.delta(ibis.literal(EPOCH), unit="day")
    moves = moves.select("incident_id", "categories", step=day * 100 + moves.place * 10 + moves.from_place.fill_null(0))
    in_order = ibis.window(group_by=moves.incident_id, order_by=moves.step)
    return moves.mutate(last_step=moves.step.lag().over(in_order), next_step=moves.step.lead().over(in_order))


def _day(step: Any) -> Any:
    """Days since EPOCH of a step as `_moves` packs it."""
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


def _if_open(place: Any) -> Any:
    """The place of an open stage; that of receipt for closing; 0 for none."""
    return ibis.ifelse(place == CLOSED_PLACE, 1, place).fill_null(0)
