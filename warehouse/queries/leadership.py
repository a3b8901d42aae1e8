"""What a principal asks first: what waits, what is overdue, since when, and how it came to this."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
from ibis import _
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import incidents, table
from warehouse.queries.durations import EPOCH
from warehouse.queries.open_incidents import NORM_DAYS, waiting
from warehouse.queries.steps import OPEN_STAGES, position, responded_on


def open_review(filters: Filters, as_of: date) -> Table:
    """One row: incidents that wait in an open stage.

    Columns: waiting, overdue (open for longer than `NORM_DAYS` since receipt), without_receipt (no day of receipt on
    record, so that nobody can say), median_days (in the current stage; null when none waits).
    """
    rows = _with_receipt(waiting(filters, as_of), as_of)
    return rows.aggregate(
        waiting=rows.count(),
        overdue=(rows.days_since_receipt > NORM_DAYS).sum().fill_null(0),
        without_receipt=rows.days_since_receipt.isnull().sum().fill_null(0),
        median_days=rows.days_in_stage.median(),
    )


def oldest_by_place(filters: Filters, as_of: date, limit: int) -> Table:
    """Where incidents wait, by stage and country; where one has waited longest in its stage comes first.

    Columns: stage, country (null: unknown), waiting, overdue (see `open_review`), longest_days, and incident_id and
    public_code of the incident that has waited for that long.
    """
    rows = _with_receipt(waiting(filters, as_of), as_of)
    by_age = ibis.window(
        group_by=[rows.stage, rows.country], order_by=[ibis.desc(rows.days_in_stage), rows.incident_id]
    )
    everywhere = ibis.window(group_by=[rows.stage, rows.country])
    rows = rows.mutate(
        place_in_group=ibis.row_number().over(by_age),
        waiting=rows.count().over(everywhere),
        overdue=(rows.days_since_receipt > NORM_DAYS).sum().fill_null(0).over(everywhere),
    )
    oldest = rows.filter(rows.place_in_group == 0).rename(longest_days="days_in_stage")
    names = ("stage", "country", "waiting", "overdue", "longest_days", "incident_id", "public_code")
    return oldest.select(*names).order_by(ibis.desc("longest_days"), "stage", "country", "incident_id").limit(limit)


def review_over_time(filters: Filters, days: tuple[date, ...]) -> Table:
    """How far the review of the filtered incidents had come by the end of each day, as far as is known today.

    Columns: day, reviewed (incidents with a step by then), reached_third_stage, with_response (recommended by then and
    not declined by then), waiting (in an open stage), overdue and without_receipt (of these, see `open_review`),
    median_days (in that stage; null when none waits).
    """
    chosen = incidents(filters)
    calendar = ibis.array(list(range(len(days)))).unnest().name("index").as_table()
    calendar = calendar.mutate(day=calendar["index"].cases(*enumerate(days)))
    standing = _stays_over(chosen, days)
    third = v.Stage.DEPARTMENT_RESPONSE_COORDINATION.value
    in_third = chosen.mutate(first=_index(_number(chosen[f"{third}_reached_on"]), days)).filter(_.first.notnull())
    in_third = in_third.group_by("first").aggregate(incidents=in_third.count())
    in_third = calendar.inner_join(in_third, calendar["index"] >= in_third["first"])
    parts = (
        _counts(standing, calendar),
        _medians(standing.filter(standing.is_open), calendar),
        in_third.group_by("day").aggregate(reached_third_stage=in_third.incidents.sum()),
        _by_day(calendar, response_spans(chosen), "with_response"),
    )
    rows = calendar
    for part in parts:
        rows = rows.left_join(part, "day").drop("day_right")
    counts = ("reviewed", "reached_third_stage", "with_response", "waiting", "overdue", "without_receipt")
    return rows.select("day", *(rows[name].fill_null(0).name(name) for name in counts), "median_days").order_by("day")


def _with_receipt(rows: Table, as_of: date) -> Table:
    """Adds days_since_receipt, null where the receipt is not on record."""
    return rows.mutate(days_since_receipt=ibis.literal(as_of).delta(rows.received_on, unit="day")).drop("received_on")


def _number(day: Any) -> Any:
    """Days since `EPOCH`."""
    return day.delta(ibis.literal(EPOCH), unit="day")


def _index(number: Any, days: tuple[date, ...]) -> Any:
    """Index of the first of the days (in order) that is not before a day's `_number`; their count if there is none."""
    return sum(((number > (d - EPOCH).days).cast("int64") for d in days), ibis.literal(0, "int64"))


def stays(chosen: Table) -> Table:
    """Where incidents stood, from each step to the next; of several steps on one day the furthest stage is the latest.

    Columns: incident_id, place (of the stage, see `position`), entered_day, left_day (null: it stands there still),
    received_day (null: no receipt on record); days since `EPOCH`.
    """
    chosen = chosen.select("incident_id", "received_on")
    steps = table("stage_transition").inner_join(chosen, "incident_id")
    # Day and place in one number: ordering by it takes half the time of ordering by both.
    step = _number(steps.occurred_on) * 10 + position(steps.to_stage)
    steps = steps.select("incident_id", "received_on", step=step)
    following = steps.step.lead().over(ibis.window(group_by=steps.incident_id, order_by=steps.step))
    return steps.select(
        "incident_id",
        place=steps.step % 10,
        entered_day=steps.step // 10,
        left_day=following // 10,
        received_day=_number(steps.received_on),
    )


def _stays_over(chosen: Table, days: tuple[date, ...]) -> Table:
    """The stays that hold at the end of at least one of the days.

    Columns: first, last (indices of days, the last excluded), is_open, entered_day (days since `EPOCH`), overdue_from
    (index of the first day that is overdue; null: no receipt on record).
    """
    rows = stays(chosen)
    rows = rows.select(
        "entered_day",
        first=_index(rows.entered_day, days),
        last=ibis.ifelse(rows.left_day.isnull(), len(days), _index(rows.left_day, days)),
        is_open=rows.place.between(1, len(OPEN_STAGES)),
        overdue_from=_index(rows.received_day + NORM_DAYS + 1, days),
    )
    return rows.filter(rows["first"] < rows["last"])


def _counts(standing: Table, calendar: Table) -> Table:
    """Columns: day, reviewed, waiting, overdue, without_receipt."""
    keys = ["first", "last", "is_open", "overdue_from"]
    alike = standing.group_by(keys).aggregate(stays=standing.count())
    rows = calendar.inner_join(alike, [calendar["index"] >= alike["first"], calendar["index"] < alike["last"]])
    is_overdue = (rows["index"] >= rows.overdue_from).fill_null(False)
    return rows.group_by("day").aggregate(
        reviewed=rows.stays.sum(),
        waiting=rows.stays.sum(where=rows.is_open),
        overdue=rows.stays.sum(where=rows.is_open & is_overdue),
        without_receipt=rows.stays.sum(where=rows.is_open & rows.overdue_from.isnull()),
    )


def _medians(standing: Table, calendar: Table) -> Table:
    """Columns: day, median_days since entry of the stays that hold by its end; of an even number, between both."""
    alike = standing.group_by("first", "last", "entered_day").aggregate(stays=standing.count())
    rows = calendar.inner_join(alike, [calendar["index"] >= alike["first"], calendar["index"] < alike["last"]])
    rows = rows.group_by("day", "entered_day").aggregate(stays=rows.stays.sum().cast("int64"))
    up_to = rows.stays.sum().over(ibis.cumulative_window(group_by=rows.day, order_by=rows.entered_day))
    rows = rows.mutate(up_to=up_to, whole=rows.stays.sum().over(ibis.window(group_by=rows.day)))
    middle = rows.group_by("day").aggregate(
        lower=rows.entered_day.min(where=rows.up_to * 2 >= rows.whole),
        upper=rows.entered_day.min(where=rows.up_to * 2 >= rows.whole + 2 - rows.whole % 2),
    )
    return middle.select("day", median_days=_number(middle.day) - (middle.lower + middle.upper) / 2)


def response_spans(chosen: Table) -> Table:
    """Days from recommendation until a response was declined. Columns: incident_id, first, last (excluded)."""
    responses = table("response").semi_join(chosen.select("incident_id"), "incident_id")
    is_declined = responses.status == v.ResponseStatus.DECLINED.value
    declined_on = ibis.coalesce(responses.decided_on, responded_on(responses))
    last = ibis.ifelse(is_declined, declined_on, ibis.literal(date.max))
    return responses.select("incident_id", first=responded_on(responses), last=last)


def _by_day(calendar: Table, spans: Table, name: str) -> Table:
    """Incidents whose span covers the end of each day. Columns: day, and the count as `name`."""
    rows = calendar.inner_join(spans, [calendar.day >= spans["first"], calendar.day < spans["last"]])
    return rows.group_by("day").aggregate(rows.incident_id.nunique().name(name))
