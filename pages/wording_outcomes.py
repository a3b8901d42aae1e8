"""What the page Outcomes says to people. Tests use the same constants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pages.charts.formatting import counted, day, number
from warehouse import queries
from warehouse.vocabulary import Finding, SourceType, Stage

PAGE = "Outcomes"
PAGE_HELP = "From who reported an incident to the stage it reached, the finding and the response; by type of source."

FLOW_TITLE = "From source to response, incidents"
LAYERS = {"source": "Source", "stage_reached": "Stage", "finding": "Finding", "response": "Response"}
NO_RECORD = "No review record"
SOURCES = {
    queries.WITH_GOVERNMENT: "Several, with government",
    queries.WITHOUT_GOVERNMENT: "Several, no government",
    **SourceType.labels(),
}
"""Each incident stands in one of these: at a type of source only if it has no other."""
STAGES = {
    Stage.RECEIVED.value: "Received",
    Stage.INCIDENT_ANALYSIS.value: "Stage 1",
    Stage.POLICY_IMPACT_ASSESSMENT.value: "Stage 2",
    Stage.DEPARTMENT_RESPONSE_COORDINATION.value: "Stage 3",
    queries.NO_RECORD: NO_RECORD,
}
"""Short names, for there is little room between the ribbons."""
FINDINGS = {
    **{finding.value: finding.label for finding in queries.GRAVEST_FIRST if finding is not Finding.PENDING},
    Finding.PENDING.value: Finding.PENDING.label,
    queries.NO_FINDING: "No finding recorded",
    queries.NO_RECORD: NO_RECORD,
}
RESPONSES = {
    **{status.value: status.label for status in queries.FURTHEST_FIRST},
    queries.NO_RESPONSE: "No response",
    queries.NO_RECORD: NO_RECORD,
}
CLOSED = {queries.CLOSED: "Closed", queries.NOT_CLOSED: "Not closed", queries.NO_RECORD: NO_RECORD}
FLOW_COLUMNS = {"from": "From", "to": "To", "incidents": "Incidents"}
NODE_COLUMNS = {"layer": "Step", "label": "Where", "incidents": "Incidents"}
NODES = "Incidents at each step of the flow"

BY_SOURCE = "Outcome by source"
COMPARED = "Compare"
MEASURES = {
    "second_stage": "Reached stage 2",
    "third_stage": "Reached stage 3",
    "violation": "Possible or likely violation found",
    "response": "Response recommended or taken",
    "closed": "Closed",
}
OUTCOME_TITLES = {
    "stage_reached": "Stage reached, incidents of each type of source",
    "finding": "Findings on incidents of each type of source",
    "response": "Responses to incidents of each type of source",
    "closed": "Closed and open incidents of each type of source",
}
WITH_GOVERNMENT = "A government among the sources"
WITHOUT_GOVERNMENT = "No government among the known sources"
SHARE_COLUMNS = {
    "source": "Source",
    "part": "Incidents with it",
    "whole": "With a review record",
    "share": "Share (95% interval)",
    "no_record": "No review record",
}
OUTCOME_COLUMNS = {"source_type": "Type of source", "category": "Outcome", "incidents": "Incidents", "share": "Share"}
CAUTION = (
    "Read with care: this compares records, it does not say that a source causes an outcome. Older incidents have had "
    "more time, and the types differ in country, harm and weapon. An incident with several types of source counts in "
    "each type, so types overlap and are not independent; only the first two rows exclude each other. Several shares "
    "are on offer here: of twenty comparisons without any difference one is expected to look like one."
)


def flow_subtitle(sentence: str, as_of: date) -> str:
    """Unit and qualifiers of the flow."""
    return (
        f"{sentence}. Each incident once, as it stood on {day(as_of)}: at a type of source if it has no other, else at "
        "“several”. Unknown, pending and no record in grey."
    )


def flow_notes(as_of: date, later_steps: int) -> list[str]:
    """How an incident with several sources, findings or responses is counted."""
    order = ", ".join(finding.label.lower() for finding in queries.GRAVEST_FIRST)
    furthest = ", ".join(status.label.lower() for status in queries.FURTHEST_FIRST)
    notes = [
        (
            "Source: “with government” if a US or foreign government is among several types of source. A source whose "
            "type is unknown may be a government."
        ),
        (
            "Finding: the latest one on each principle (distinction, proportionality, precautions), of these the first "
            f"in this order: {order}. Avoidability is not part of it."
        ),
        (
            f"Response: of several, the first in this order: {furthest}. Stage reached: the furthest one, also of "
            "incidents that went back or were closed."
        ),
    ]
    if later_steps:
        notes.append(
            f"{counted(later_steps, 'step')} dated after {day(as_of)} have not happened and are left out here, and so "
            "are later findings and responses. Other pages show the stage that the record names last."
        )
    return notes


def shares_title(measure: str, where_and_when: str) -> str:
    """ "Reached stage 3, share of incidents by source: Kenya; 3 Jan – 30 Oct 2024"."""
    return f"{MEASURES[measure]}, share of incidents by source: {where_and_when}"


def shares_subtitle(measure: str) -> str:
    """Unit and qualifiers of the shares."""
    pending = " Pending findings and incidents without a finding are in the whole." if measure == "violation" else ""
    return f"Of incidents with a review record; lines: 95% intervals (Wilson).{pending}"


def outcome_subtitle(sentence: str) -> str:
    """Unit of the stacked bars."""
    return f"{sentence}. An incident counts in each type of source that reported it, so the bars do not add up."


def compared(measure: str, gap: float, low: float, high: float) -> str:
    """What the first two rows say about the question whether a government's report matters."""
    points = f"{_points(gap)} ({_points(low)} to {_points(high)}, 95% interval)"
    verdict = (
        "The interval includes 0: these records do not show a difference."
        if low <= 0 <= high
        else "The interval leaves 0 out: these records differ, for whatever reason."
    )
    return (
        f"{MEASURES[measure]}: with a government among the sources less without one, in percentage points: {points}. "
        f"{verdict}"
    )


def not_compared(with_government: int, without: int, least: int) -> str:
    """Why there is no comparison of the two groups."""
    return (
        f"Not compared: {number(with_government)} incidents with a government among the sources and {number(without)} "
        f"without one have a review record; at least {number(least)} of each are needed."
    )


def alt_outcome(title: str, counts: Sequence[tuple[str, int]]) -> str:
    """One sentence for the stacked bars: (label, incidents) of each type."""
    return f"Stacked bar chart. {title}. {', '.join(f'{label} {number(n)}' for label, n in counts)}."


def _points(share: float) -> str:
    value = round(100 * share, 1)
    return f"+{number(value)}" if value > 0 else f"−{number(-value)}" if value < 0 else "0"
