"""Rules about the review of incidents: its steps, findings and responses. All are warnings.

The record of a review is what an office wrote down; a gap in it is itself a finding (GAO-25-107622 found status and
findings not consistently documented), so it is shown to people and never stops a build.
"""

from __future__ import annotations

from expectations.rule import Rule, no_rows, rows_where
from warehouse.vocabulary import STAGE_ORDER, Severity, Stage

WARNING = Severity.WARNING
# Queries are made of constants only, never of data.
# ruff: noqa: S608

_ORDER = "[" + ", ".join(f"'{stage.value}'" for stage in STAGE_ORDER) + "]"
_FROM, _TO = f"coalesce(list_position({_ORDER}, t.from_stage), 0)", f"list_position({_ORDER}, t.to_stage)"
_KEY = "transition_id, known_from"
_STEPS = (
    "(SELECT *, lag(t.to_stage) OVER steps AS stage_before, row_number() OVER steps AS step FROM t"
    f" WHERE t.known_to IS NULL WINDOW steps AS (PARTITION BY t.incident_id ORDER BY t.occurred_on, {_FROM}, {_TO},"
    " t.transition_id))"
)
"""Current steps, each with the stage that the step before led to; on one day, in the order of the process."""

REVIEW_RULES: tuple[Rule, ...] = (
    rows_where(
        "stage_transition.no_stage_skipped",
        "A step leads to the next stage; a case is closed only after its first stage, the analysis.",
        "The guidance has every incident pass its stages in order; a skipped one was left out or not recorded.",
        WARNING,
        f"t.to_stage = '{Stage.CLOSED.value}' AND {_FROM} <= 1"
        # An incident may enter with the analysis, without a step that says 'received'.
        f" OR t.to_stage <> '{Stage.CLOSED.value}' AND {_TO} > greatest({_FROM}, 1) + 1",
    ),
    rows_where(
        "stage_transition.no_step_back",
        "A step leads forward.",
        "A case sent back or opened again starts a new wait, which the median days in a stage must be read with.",
        WARNING,
        f"{_TO} < {_FROM}",
    ),
    no_rows(
        "stage_transition.steps_are_connected",
        "A step leaves the stage that the step before it entered; the first one leaves none, or 'received'.",
        "Otherwise a step is missing from the record, or its date is wrong.",
        WARNING,
        f"SELECT {_KEY} FROM {_STEPS} WHERE step > 1 AND from_stage IS DISTINCT FROM stage_before"
        f" OR step = 1 AND from_stage <> '{Stage.RECEIVED.value}'",
    ),
    no_rows(
        "stage_transition.stage_changes",
        "A step leads to another stage than the one the case is in.",
        "A step that stays where it is restarts the time in stage without the case having moved.",
        WARNING,
        f"SELECT {_KEY} FROM {_STEPS} WHERE to_stage = coalesce(stage_before, from_stage) OR to_stage = from_stage",
    ),
    rows_where(
        "stage_transition.not_before_the_incident",
        "A step is not dated before the incident's first possible day.",
        "One of the two dates is wrong; which one only the record can tell.",
        WARNING,
        "EXISTS (SELECT 1 FROM incident AS i WHERE i.incident_id = t.incident_id AND i.known_to IS NULL"
        " AND t.occurred_on < i.date_start)",
    ),
    rows_where(
        "assessment.date_agrees_with_finding",
        "A finding is dated, and one that is pending is not.",
        "The time to a finding cannot be measured without its date.",
        WARNING,
        "(t.finding = 'pending') <> (t.assessed_on IS NULL)",
    ),
    rows_where(
        "incident_unit.claim_is_no_finding",
        "A unit that a source merely mentions is possible at most.",
        "Confirmed and probable say that evidence was examined; a mention is none.",
        WARNING,
        "t.basis = 'source_claim' AND t.confidence IN ('confirmed', 'probable')",
    ),
    rows_where(
        "incident_unit.unit_is_the_partners",
        "A unit that is named belongs to the partner whose forces are named.",
        "One of the two is wrong; what is recommended about the unit would miss the incident.",
        WARNING,
        "t.known_to IS NULL AND t.confidence <> 'excluded' AND EXISTS (SELECT 1 FROM incident AS i JOIN unit AS u"
        " ON u.unit_id = t.unit_id WHERE i.incident_id = t.incident_id AND i.known_to IS NULL"
        " AND i.partner_country <> u.country)",
    ),
    rows_where(
        "response.recommendation_is_dated",
        "A response has the day of its recommendation.",
        "Without it nobody can tell how long the decision took, nor that a recommendation came first.",
        WARNING,
        "t.recommended_on IS NULL",
    ),
    rows_where(
        "response.dates_agree_with_status",
        "What is approved or declined has a date of decision, what is implemented a date of implementation.",
        "The time to a response cannot be measured without its dates.",
        WARNING,
        "t.status IN ('approved', 'declined') AND t.decided_on IS NULL"
        " OR t.status = 'implemented' AND t.implemented_on IS NULL"
        " OR t.status = 'recommended' AND (t.decided_on IS NOT NULL OR t.implemented_on IS NOT NULL)",
    ),
    rows_where(
        "response.incident_reached_third_stage",
        "A response belongs to an incident that reached the third stage.",
        "The guidance has responses coordinated in the third stage; the step there is missing from the record.",
        WARNING,
        "t.known_to IS NULL AND NOT EXISTS (SELECT 1 FROM stage_transition AS s WHERE s.incident_id = t.incident_id"
        f" AND s.known_to IS NULL AND '{Stage.DEPARTMENT_RESPONSE_COORDINATION.value}' IN (s.from_stage, s.to_stage))",
    ),
    rows_where(
        "response.unit_is_named",
        "A response that is aimed at a unit names the unit.",
        "Without the unit nobody can tell whether it still receives arms.",
        WARNING,
        "t.target = 'unit' AND t.unit_id IS NULL",
    ),
    rows_where(
        "response.licence_is_named",
        "A response that is aimed at a licence names the licence or case.",
        "Without its number nobody can tell which transfers it stops.",
        WARNING,
        "t.target = 'licence' AND t.case_number IS NULL",
    ),
    rows_where(
        "engagement.not_before_the_incident",
        "An embassy does not raise an incident before its first possible day.",
        "One of the two dates is wrong; which one only the record can tell.",
        WARNING,
        "EXISTS (SELECT 1 FROM incident AS i WHERE i.incident_id = t.incident_id AND i.known_to IS NULL"
        " AND t.held_on < i.date_start)",
    ),
)
