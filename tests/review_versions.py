"""Two exports of one made-up data set, a month apart, in which everything that What changed tells of happens once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from made_up import Row, intake, step

from transforms.pipeline import Source, build

BEFORE, AFTER = date(2024, 6, 30), date(2024, 7, 31)

IMAGE = "<img src=x onerror=alert(1)>"
"""Place of the new incident."""
_CODES = ("forward", "back", "reopened", "up", "known", "injured", "decided", "moved", "same")


def _killed(incident: str, low: str, high: str, harm: str = "killed") -> Row:
    return {"incident_id": incident, "group": "civilians", "harm": harm, "low": low, "high": high}


def _assessment(incident: str, kind: str, finding: str, day: str = "") -> Row:
    return {
        "assessment_id": f"{incident}-{kind}",
        "incident_id": incident,
        "kind": kind,
        "finding": finding,
        "assessed_on": day,
    }


def _response(number: int, status: str, decided_on: str = "") -> Row:
    return {
        "response_id": f"p{number}", "incident_id": "decided", "response_type": "training", "target": "government",
        "status": status, "recommended_on": "2024-06-01", "decided_on": decided_on,
    }  # fmt: skip


def _engagement(number: int, outcome: str) -> Row:
    return {
        "engagement_id": f"e{number}", "incident_id": "decided", "post": "Embassy", "held_on": "2024-06-02",
        "channel": "meeting", "outcome": outcome,
    }  # fmt: skip


def _export(folder: Path, day: date, tables: dict[str, list[Row]]) -> Source:
    dataset = {"known_on": str(day), "retrieved_on": str(day)}
    return Source("chirg_intake", intake(folder.with_name(f"{folder.name}-{day}"), dataset, **tables))


def make(folder: Path) -> None:
    """Build the warehouse of both."""
    build(folder, exports(folder), lambda _: None, validate=False)


def exports(folder: Path) -> list[Source]:
    """Write both exports beside the folder, the older first."""
    received = [step(code, 1, "", "received", "2024-01-10") for code in (*_CODES, "gone")]
    analysed = [
        step(code, 2, "received", "incident_analysis", "2024-02-01") for code in ("back", "reopened", "decided")
    ]
    assessed = [
        step("back", 3, "incident_analysis", "policy_impact_assessment", "2024-03-01"),
        step("decided", 3, "incident_analysis", "policy_impact_assessment", "2024-03-01"),
        step("decided", 4, "policy_impact_assessment", "department_response_coordination", "2024-04-01"),
    ]
    closed = [step("reopened", 3, "incident_analysis", "closed", "2024-03-01")]
    steps = [*received, *analysed, *assessed, *closed]
    first = {
        "incident": [
            *({"incident_id": code, "public_code": f"C-{code}"} for code in _CODES),
            {"incident_id": "gone", "place": "Nowhere"},
        ],
        "casualty": [
            _killed("up", "2", "3"), _killed("injured", "1", "1"), _killed("injured", "5", "9", "injured"),
            _killed("gone", "4", "4"),
        ],
        "stage_transition": [*steps, step("same", 2, "received", "incident_analysis", "2024-02-02")],
        "assessment": [
            _assessment("back", "distinction", "pending"),
            _assessment("back", "precautions", "possible_violation", "2024-05-01"),
            _assessment("back", "proportionality", "consistent", "2024-05-01"),
        ],
        "response": [_response(1, "recommended"), _response(3, "recommended")],
        "engagement": [_engagement(1, "No answer"), _engagement(3, "Same")],
    }  # fmt: skip
    second = {
        "incident": [
            *({"incident_id": code, "public_code": f"C-{code}"} for code in _CODES if code != "moved"),
            {"incident_id": "moved", "public_code": "C-moved", "country": "NGA"},
            {"incident_id": "new", "place": IMAGE, "country": "NGA"},
        ],
        "casualty": [
            _killed("up", "2", "5"), _killed("known", "7", ""), _killed("injured", "1", "1"),
            _killed("injured", "5", "7", "injured"), _killed("new", "12", "14"),
        ],
        # The step of "same" to the analysis is withdrawn.
        "stage_transition": [
            *(row for row in steps if row["incident_id"] != "gone"),
            step("forward", 2, "received", "incident_analysis", "2024-06-20", "the embassy"),
            step("back", 4, "policy_impact_assessment", "incident_analysis", "2024-07-02"),
            step("reopened", 4, "closed", "incident_analysis", "2024-07-03"),
            step("new", 1, "", "received", "2024-07-04"),
            step("decided", 5, "department_response_coordination", "closed", "2024-07-05"),
        ],
        "assessment": [
            _assessment("back", "distinction", "likely_violation", "2024-07-01"),
            _assessment("back", "precautions", "pending"),
            _assessment("back", "proportionality", "consistent", "2024-05-01"),
            _assessment("back", "avoidability", "pending"),
        ],
        "response": [_response(1, "approved", "2024-07-08"), _response(2, "recommended"), _response(3, "recommended")],
        "engagement": [_engagement(1, "They answered"), _engagement(2, ""), _engagement(3, "Same")],
    }  # fmt: skip
    return [_export(folder, BEFORE, first), _export(folder, AFTER, second)]
