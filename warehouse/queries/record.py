"""Gaps and contradictions in the record of the review: what an inspector would ask for, rule by rule.

The rules are about what is on record, not about what was done: GAO-25-107622 found status and findings not
consistently documented. The build checks a part of them too (`expectations.review_rules`), over all rows; here they
answer for the filtered incidents, with the incidents behind each.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.filters import Filters
from warehouse.queries.base import Later, incidents, table
from warehouse.queries.steps import position

REOPENED = "reopened"
"""A rule whose records are listed, but no gap."""
STEP_RULES = (
    "step_without_bureau",
    "step_skips_stage",
    "step_back",
    REOPENED,
    "steps_not_connected",
    "step_changes_nothing",
    "no_receipt",
    "step_before_incident",
    "third_stage_without_finding",
    "closed_without_finding",
)
FINDING_RULES = ("finding_without_bureau", "finding_without_day", "pending_though_closed")
RESPONSE_RULES = (
    "recommendation_undated",
    "response_before_third_stage",
    "decision_undated",
    "unit_not_named",
    "licence_not_named",
)
ENGAGEMENT_RULES = ("engagement_before_incident",)
AHEAD_RULES = ("step_dated_ahead", "finding_dated_ahead", "response_dated_ahead", "engagement_dated_ahead")
RULES = (*STEP_RULES, *FINDING_RULES, *RESPONSE_RULES, *ENGAGEMENT_RULES, *AHEAD_RULES)
"""Every rule, in the order of the page."""

NEWEST_FIRST = (ibis.desc("day", nulls_first=False), "incident_id", "record_id")
"""Order of the records under a rule."""
_THIRD, _CLOSED = v.Stage.DEPARTMENT_RESPONSE_COORDINATION.value, v.Stage.CLOSED.value


def record_gaps(filters: Filters | Later) -> Table:
    """Every record of the filtered incidents that breaks a rule.

    Columns: rule, incident_id, public_code, stage (of the incident now), record_id, day (of the record; null: none),
    what (stage entered, kind of assessment, type of response, or channel).
    """
    chosen = incidents(filters)
    rows = ibis.union(*(_broken(rows, rule) for rows, rules in judged(chosen).values() for rule in rules))
    return _with_incident(rows, chosen).order_by("rule", *NEWEST_FIRST)


def gaps_of_rule(filters: Filters | Later, rule: str, limit: int) -> Table:
    """The rows of `record_gaps` under one rule, the newest first."""
    chosen = incidents(filters)
    rows = next(rows for rows, rules in judged(chosen).values() if rule in rules)
    return _with_incident(_broken(rows, rule), chosen).order_by(*NEWEST_FIRST).limit(limit)


def gap_counts(filters: Filters | Later) -> Table:
    """How many records break each rule. Columns: rule, records, incidents; a rule that nothing breaks has no row."""
    counted = []
    for rows, rules in judged(incidents(filters)).values():
        each = _per_incident(rows, rules)
        whole = each.aggregate(
            **{rule: each[rule].sum() for rule in rules},
            **{f"{rule}_incidents": (each[rule] > 0).sum() for rule in rules},
        )
        counted += [
            whole.select(rule=ibis.literal(rule), records=whole[rule], incidents=whole[f"{rule}_incidents"])
            for rule in rules
        ]
    every = ibis.union(*counted)
    return every.filter(every.records > 0).order_by("rule")


def incidents_with_gaps(filters: Filters | Later) -> Table:
    """One row: filtered incidents of which any record breaks a rule, reopening apart. Columns: incidents."""
    found = []
    for rows, rules in judged(incidents(filters)).values():
        any_rule: Any = ibis.literal(False)
        for rule in rules:
            any_rule = any_rule if rule == REOPENED else any_rule | rows[rule]
        found.append(rows.filter(any_rule).select("incident_id"))
    every = ibis.union(*found)
    return every.aggregate(incidents=every.incident_id.nunique())


def records_checked(filters: Filters | Later) -> Table:
    """One row: what the rules were checked on.

    Columns: steps, incidents (with a step), third_stage (steps into it), closings, findings (pending ones apart),
    assessments (pending ones included), responses, about_units, about_licences, engagements.
    """
    counted = [rows.aggregate(**values) for rows, values in checked(incidents(filters)).values()]
    whole = counted[0]
    for part in counted[1:]:
        whole = whole.cross_join(part)
    return whole


def checked(chosen: Table) -> dict[str, tuple[Table, dict[str, Any]]]:
    """Table -> its records of these incidents, and what `records_checked` counts of them: per incident, it adds up."""
    steps, found, made, held = (
        table(name).semi_join(chosen, "incident_id")
        for name in ("stage_transition", "assessment", "response", "engagement")
    )
    counted: dict[str, tuple[Table, dict[str, Any]]] = {
        "stage_transition": (
            steps,
            {
                "steps": steps.count(),
                "incidents": steps.incident_id.nunique(),
                "third_stage": (steps.to_stage == _THIRD).sum().fill_null(0),
                "closings": (steps.to_stage == _CLOSED).sum().fill_null(0),
            },
        ),
        "assessment": (
            found,
            {
                "findings": (found.finding != v.Finding.PENDING.value).sum().fill_null(0),
                "assessments": found.count(),
            },
        ),
        "response": (
            made,
            {
                "responses": made.count(),
                "about_units": (made.target == v.ResponseTarget.UNIT.value).sum().fill_null(0),
                "about_licences": (made.target == v.ResponseTarget.LICENCE.value).sum().fill_null(0),
            },
        ),
        "engagement": (held, {"engagements": held.count()}),
    }
    return counted


def judged(chosen: Table) -> dict[str, tuple[Table, tuple[str, ...]]]:
    """Table -> its records of these incidents with a boolean column for each of their rules, and these rules.

    Columns: incident_id, record_id, day, what, and the rules.
    """
    return {
        "stage_transition": _steps(chosen),
        "assessment": _findings(chosen),
        "response": _responses(chosen),
        "engagement": _engagements(chosen),
    }


def _judged(rows: Table, broken: dict[str, Any], record_id: str, day: str, what: str) -> tuple[Table, tuple[str, ...]]:
    rules = {rule: test.fill_null(False) for rule, test in broken.items()}
    judged = rows.select(
        incident_id=rows.incident_id, record_id=rows[record_id], day=rows[day], what=rows[what], **rules
    )
    return judged, tuple(broken)


def _broken(rows: Table, rule: str) -> Table:
    kept = rows.filter(rows[rule])
    return kept.select("incident_id", "record_id", "day", "what", rule=ibis.literal(rule))


def _per_incident(rows: Table, rules: tuple[str, ...]) -> Table:
    return rows.group_by("incident_id").aggregate(**{rule: rows[rule].sum() for rule in rules})


def _with_incident(rows: Table, chosen: Table) -> Table:
    joined = rows.inner_join(chosen.select("incident_id", "public_code", "stage"), "incident_id")
    return joined.select("rule", "incident_id", "public_code", "stage", "record_id", "day", "what")


def _steps(chosen: Table) -> tuple[Table, tuple[str, ...]]:
    steps = table("stage_transition").inner_join(chosen.select("incident_id", "date_start"), "incident_id")
    findings = table("assessment")
    findings = findings.filter(findings.assessed_on.notnull(), findings.finding != v.Finding.PENDING.value)
    first_finding = findings.group_by("incident_id").aggregate(first_finding_on=findings.assessed_on.min())
    steps = steps.left_join(first_finding, "incident_id").drop("incident_id_right")
    in_order = ibis.window(
        group_by=steps.incident_id,
        order_by=[steps.occurred_on, position(steps.from_stage), position(steps.to_stage), steps.transition_id],
    )
    steps = steps.mutate(stage_before=steps.to_stage.lag().over(in_order), number=ibis.row_number().over(in_order))
    left, entered = position(steps.from_stage), position(steps.to_stage)
    is_closing = steps.to_stage == _CLOSED
    is_first = steps.number == 0
    # The first step leaves no stage, or "received".
    is_connected = ibis.ifelse(
        is_first,
        (steps.from_stage.isnull()) | (steps.from_stage == v.Stage.RECEIVED.value),
        (steps.from_stage == steps.stage_before).fill_null(False),
    )
    is_reopening = (steps.from_stage == _CLOSED).fill_null(False) & ~is_closing
    before = (steps.occurred_on < steps.first_finding_on).fill_null(True)
    broken: dict[str, Any] = {
        "step_without_bureau": steps.bureau.isnull(),
        # An incident may enter with the analysis; a case is closed after the analysis at the earliest.
        "step_skips_stage": ibis.ifelse(is_closing, left <= 1, entered > ibis.greatest(left, 1) + 1),
        "step_back": (entered < left) & ~is_reopening,
        REOPENED: is_reopening,
        "steps_not_connected": ~is_connected,
        "step_changes_nothing": steps.to_stage == ibis.coalesce(steps.stage_before, steps.from_stage),
        "no_receipt": is_first & (steps.to_stage != v.Stage.RECEIVED.value),
        "step_before_incident": steps.occurred_on < steps.date_start,
        "third_stage_without_finding": (steps.to_stage == _THIRD) & before,
        "closed_without_finding": is_closing & before,
        "step_dated_ahead": steps.occurred_on > steps.known_from,
    }
    return _judged(steps, broken, "transition_id", "occurred_on", "to_stage")


def _findings(chosen: Table) -> tuple[Table, tuple[str, ...]]:
    rows = table("assessment").inner_join(chosen.select("incident_id", "stage"), "incident_id")
    is_pending = rows.finding == v.Finding.PENDING.value
    broken: dict[str, Any] = {
        "finding_without_bureau": ~is_pending & rows.bureau.isnull(),
        "finding_without_day": ~is_pending & rows.assessed_on.isnull(),
        "pending_though_closed": is_pending & (rows.stage == _CLOSED),
        "finding_dated_ahead": rows.assessed_on > rows.known_from,
    }
    return _judged(rows, broken, "assessment_id", "assessed_on", "kind")


def _responses(chosen: Table) -> tuple[Table, tuple[str, ...]]:
    rows = table("response").semi_join(chosen, "incident_id")
    steps = table("stage_transition")
    third = steps.filter((steps.to_stage == _THIRD) | (steps.from_stage == _THIRD).fill_null(False))
    entered = third.group_by("incident_id").aggregate(third_on=third.occurred_on.min())
    rows = rows.left_join(entered, "incident_id").drop("incident_id_right")
    # The earliest step on record; the recommendation was not later.
    rows = rows.mutate(first_step_on=ibis.coalesce(rows.recommended_on, rows.decided_on, rows.implemented_on))
    rows = rows.mutate(last_step_on=ibis.coalesce(rows.implemented_on, rows.decided_on, rows.recommended_on))
    status = v.ResponseStatus
    is_decided = rows.status != status.RECOMMENDED.value
    is_undated = (is_decided & rows.decided_on.isnull()) | (
        (rows.status == status.IMPLEMENTED.value) & rows.implemented_on.isnull()
    )
    broken: dict[str, Any] = {
        "recommendation_undated": rows.recommended_on.isnull(),
        "response_before_third_stage": rows.third_on.isnull() | (rows.first_step_on < rows.third_on).fill_null(False),
        "decision_undated": is_undated,
        "unit_not_named": (rows.target == v.ResponseTarget.UNIT.value) & rows.unit_id.isnull(),
        "licence_not_named": (rows.target == v.ResponseTarget.LICENCE.value) & rows.case_number.isnull(),
        "response_dated_ahead": rows.last_step_on > rows.known_from,
    }
    return _judged(rows, broken, "response_id", "first_step_on", "response_type")


def _engagements(chosen: Table) -> tuple[Table, tuple[str, ...]]:
    rows = table("engagement").inner_join(chosen.select("incident_id", "date_start"), "incident_id")
    broken: dict[str, Any] = {
        "engagement_before_incident": rows.held_on < rows.date_start,
        "engagement_dated_ahead": ibis.coalesce(rows.answered_on, rows.held_on) > rows.known_from,
    }
    return _judged(rows, broken, "engagement_id", "held_on", "channel")
