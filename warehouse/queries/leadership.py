"""What a principal asks first: what waits, what is overdue, since when, and how it came to this."""

from __future__ import annotations

from datetime import date

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import incidents, table
from warehouse.queries.open_incidents import NORM_DAYS, waiting
from warehouse.queries.steps import OPEN_STAGES, position, receipts, responded_on, steps_of


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
    calendar = ibis.array([ibis.literal(day) for day in days]).unnest().name("day").as_table()
    standing = _standing(chosen, calendar)
    is_open = standing.to_stage.isin([s.value for s in OPEN_STAGES])
    days_open = ibis.ifelse(is_open, standing.day.delta(standing.received_on, unit="day"), ibis.null("int64"))
    days_in_stage = ibis.ifelse(is_open, standing.day.delta(standing.occurred_on, unit="day"), ibis.null("int64"))
    stood = standing.group_by("day").aggregate(
        reviewed=standing.count(),
        waiting=is_open.sum(),
        overdue=(days_open > NORM_DAYS).sum(),
        without_receipt=(is_open & standing.received_on.isnull()).sum(),
        median_days=days_in_stage.median(),
    )
    third = _by_day(calendar, _third_stage(chosen), "reached_third_stage")
    answered = _by_day(calendar, _responses(chosen), "with_response")
    rows = calendar.left_join(stood, "day").drop("day_right")
    rows = rows.left_join(third, "day").drop("day_right").left_join(answered, "day").drop("day_right")
    counts = ("reviewed", "reached_third_stage", "with_response", "waiting", "overdue", "without_receipt")
    return rows.select("day", *(rows[name].fill_null(0).name(name) for name in counts), "median_days").order_by("day")


def _with_receipt(rows: Table, as_of: date) -> Table:
    """Adds days_since_receipt, null where the receipt is not on record."""
    rows = rows.left_join(receipts(rows), "incident_id").drop("incident_id_right")
    return rows.mutate(days_since_receipt=ibis.literal(as_of).delta(rows.received_on, unit="day")).drop("received_on")


def _standing(chosen: Table, calendar: Table) -> Table:
    """The latest step of each incident by the end of each day; columns of the step, day, received_on.

    Of several steps on one day the one to the furthest stage is the latest, as everywhere.
    """
    steps = steps_of(chosen)
    in_order = ibis.window(
        group_by=steps.incident_id, order_by=[steps.occurred_on, position(steps.to_stage), steps.transition_id]
    )
    steps = steps.mutate(until=steps.occurred_on.lead().over(in_order).fill_null(ibis.literal(date.max)))
    steps = steps.left_join(receipts(chosen), "incident_id").drop("incident_id_right")
    return calendar.inner_join(steps, [calendar.day >= steps.occurred_on, calendar.day < steps.until])


def _third_stage(chosen: Table) -> Table:
    """First day on which a step shows each incident in the third stage. Columns: incident_id, first, last."""
    steps, third = steps_of(chosen), v.Stage.DEPARTMENT_RESPONSE_COORDINATION.value
    in_third = steps.filter((steps.to_stage == third) | (steps.from_stage == third).fill_null(False))
    firsts = in_third.group_by("incident_id").aggregate(first=in_third.occurred_on.min())
    return firsts.mutate(last=ibis.literal(date.max))


def _responses(chosen: Table) -> Table:
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
