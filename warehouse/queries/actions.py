"""What was done about incidents: responses and how long their decisions took, engagements and their answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import Later, incidents, table
from warehouse.queries.steps import reached
from warehouse.schema import TABLE

FURTHEST_FIRST = (
    v.ResponseStatus.IMPLEMENTED,
    v.ResponseStatus.APPROVED,
    v.ResponseStatus.RECOMMENDED,
    v.ResponseStatus.DECLINED,
)
"""Which status an incident counts with where it has several responses of one type."""


def response_ladder(filters: Filters | Later) -> Table:
    """Incidents by the responses that they have and how far these came.

    An incident counts once in each type that it has, with the first status of `FURTHEST_FIRST`.
    Columns: response_type, status, incidents.
    """
    rows = table("response").semi_join(incidents(filters), "incident_id")
    place = rows.status.cases(*((s.value, place) for place, s in enumerate(FURTHEST_FIRST)))
    first = rows.mutate(place=place).group_by("incident_id", "response_type").aggregate(place=lambda t: t.place.min())
    first = first.mutate(status=first.place.cases(*((place, s.value) for place, s in enumerate(FURTHEST_FIRST))))
    keys = ("response_type", "status")
    return first.group_by(keys).aggregate(incidents=first.count()).order_by(keys)


def without_response(filters: Filters | Later) -> Table:
    """One row: filtered incidents without any response on record; a declined one is one here.

    Columns: incidents, closed, third_stage (reached it, not closed), earlier (did not reach it), no_review_record; the
    last four add up to the first.
    """
    rows = _without_response(filters)
    silent = rows.stage == v.Stage.NO_REVIEW_RECORD.value
    closed = rows.stage == v.Stage.CLOSED.value
    third = reached(rows, v.Stage.DEPARTMENT_RESPONSE_COORDINATION) & ~closed
    counted: dict[str, Any] = {
        "closed": closed,
        "third_stage": third,
        "earlier": ~(silent | closed | third),
        "no_review_record": silent,
    }
    return rows.aggregate(
        incidents=rows.count(), **{name: condition.sum().fill_null(0) for name, condition in counted.items()}
    )


def incidents_without_response(filters: Filters | Later, limit: int) -> Table:
    """Filtered incidents without any response, the longest in their stage first.

    Columns: incident_id, public_code, country, stage, stage_entered_on, civilians_killed_low, _best, _high.
    """
    rows = _without_response(filters)
    harm = ("civilians_killed_low", "civilians_killed_best", "civilians_killed_high")
    rows = rows.select("incident_id", "public_code", "country", "stage", "stage_entered_on", *harm)
    return rows.order_by(ibis.asc("stage_entered_on", nulls_first=False), "incident_id").limit(limit)


def responses(filters: Filters | Later, response_type: str, limit: int) -> Table:
    """Responses of one type to the filtered incidents, the newest recommendation first, undated ones last.

    Columns: those of the response table, public_code, country, civilians_killed_low, _best, _high, unit_name.
    """
    harm = ("civilians_killed_low", "civilians_killed_best", "civilians_killed_high")
    chosen = incidents(filters).select("incident_id", "public_code", "country", *harm)
    rows = table("response")
    rows = rows.filter(rows.response_type == response_type).inner_join(chosen, "incident_id")
    units = TABLE["unit"].ibis_table().select("unit_id", unit_name="name")
    rows = rows.left_join(units, "unit_id").drop("unit_id_right")
    return rows.order_by(ibis.desc("recommended_on", nulls_first=False), "response_id").limit(limit)


def decision_days(filters: Filters | Later, as_of: date) -> Table:
    """Days from recommendation to decision; for what is undecided, days waited so far.

    What was decided after `as_of` is undecided then. Columns: response_type, is_decided, days (null: the recommendation
    or the decision is not dated, or the recommendation is dated after `as_of`), responses.
    """
    rows = table("response").semi_join(incidents(filters), "incident_id")
    day = ibis.literal(as_of)
    later = (rows.decided_on > day).fill_null(False)
    is_decided = (rows.status != v.ResponseStatus.RECOMMENDED.value) & ~later
    until = ibis.ifelse(is_decided, rows.decided_on, day)
    days = until.delta(rows.recommended_on, unit="day")
    rows = rows.mutate(is_decided=is_decided, days=ibis.ifelse(days < 0, ibis.null("int64"), days))
    keys = ("response_type", "is_decided", "days")
    return rows.group_by(keys).aggregate(responses=rows.count()).order_by(keys)


def engagements(filters: Filters | Later, as_of: date) -> Table:
    """Engagements on the filtered incidents held by a day, the longest unanswered first, then the newest.

    An answer after that day has not come yet. Columns: engagement_id, incident_id, public_code, post, counterpart,
    channel, held_on, answered_on, outcome, days_to_answer (null: unanswered), days_waiting (null: answered).
    """
    chosen = incidents(filters).select("incident_id", "public_code")
    day = ibis.literal(as_of)
    rows = table("engagement")
    rows = rows.filter(rows.held_on <= day)
    rows = rows.mutate(answered_on=ibis.ifelse(rows.answered_on <= day, rows.answered_on, ibis.null("date")))
    rows = rows.inner_join(chosen, "incident_id")
    waiting = ibis.ifelse(rows.answered_on.isnull(), day.delta(rows.held_on, unit="day"), ibis.null("int64"))
    rows = rows.mutate(days_to_answer=rows.answered_on.delta(rows.held_on, unit="day"), days_waiting=waiting)
    columns = ("engagement_id", "incident_id", "public_code", "post", "counterpart", "channel", "held_on")
    answer = ("answered_on", "outcome", "days_to_answer", "days_waiting")
    order = (ibis.desc("days_waiting", nulls_first=False), ibis.desc("held_on"), "engagement_id")
    return rows.select(*columns, *answer).order_by(*order)


def engagements_by_post(filters: Filters | Later, as_of: date) -> Table:
    """Columns: post, engagements, unanswered, incidents, longest_waiting (days; null: none is unanswered)."""
    rows = engagements(filters, as_of)
    return (
        rows.group_by("post")
        .aggregate(
            engagements=rows.count(),
            unanswered=rows.answered_on.isnull().sum(),
            incidents=rows.incident_id.nunique(),
            longest_waiting=rows.days_waiting.max(),
        )
        .order_by(ibis.desc("engagements"), "post")
    )


def raised(filters: Filters | Later, as_of: date) -> Table:
    """One row: incidents that a post raised, and those of them that no answer was given on. Columns: incidents,
    unanswered."""
    rows = engagements(filters, as_of)
    per = rows.group_by("incident_id").aggregate(answers=rows.answered_on.count())
    return per.aggregate(incidents=per.count(), unanswered=(per.answers == 0).sum().fill_null(0))


def _without_response(filters: Filters | Later) -> Table:
    return incidents(filters).anti_join(table("response").select("incident_id"), "incident_id")
