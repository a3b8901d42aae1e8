"""What the pages Units and Unit say. Tests use the same constants."""

from __future__ import annotations

from pages.charts.formatting import counted, number

PAGE = "Units"
PAGE_HELP = "Security force units that sources name, their incidents, and what was recommended about them."
UNIT = "Unit"
UNIT_HELP = "One unit: incidents, findings, recommendations and what became of them."

NO_UNITS = (
    "This data names no unit. Which unit acted is seldom public; the intake format has a file for units and one for "
    "the incidents that they are named for."
)
NO_ID = "No unit is chosen. Open one from the table of units."
NOTE = (
    "A unit is named by a source, with a confidence and a basis; that is no finding about it. Counts are of the unit "
    "itself: those of units below it stand on their own rows, and together with it on the unit's page."
)
REPEATED_NOTE = (
    "Repeated: the first possible day of the incident lies after the first recommendation about the unit, whatever "
    "became of that recommendation. Where the day is not known exactly enough, it is not marked."
)
TO_UNITS = "All units"
PART_OF = "Part of"
BELOW = "Units below it"
TOP = "No unit above it is on record."
SUMMARY = "Incidents, harm and responses"
INCIDENTS = "Incidents that it is named for"
FINDINGS = "Findings on these incidents"
RECOMMENDATIONS = "Recommendations about it, and what became of them"
NONE_ON_RECORD = "none on record"
NO_INCIDENTS = "No incident under the filter names it."
NO_FINDINGS = "No assessment of these incidents is on record."
NO_RECOMMENDATIONS = "No response on record is aimed at it."
WITH_SUBORDINATES = "With the units below it"
OWN = "The unit itself"
REPEATED, REPEAT_UNKNOWN, NOT_REPEATED = "repeated", "not known: date too coarse", ""
RULED_OUT_NOTE = "An attribution that was ruled out is listed and counts nowhere."
COLUMNS = {
    "unit": "Unit",
    "country": "Country",
    "parent_name": "Part of",
    "incidents": "Incidents",
    "killed": "Civilians killed",
    "civilians_killed_unknown": "Number unknown",
    "with_response": "With a response, not declined",
    "about_unit": "Responses about it",
    "repeated": "Repeated",
    "incident": "Incident",
    "date": "Date",
    "place": "Place",
    "confidence": "Confidence",
    "basis": "Basis",
    "raw": "Source's words",
    "mark": "After a recommendation",
    "stage": "Stage",
    "kind": "Question",
    "finding": "Finding",
    "assessed_on": "On",
    "bureau": "Bureau",
    "response": "Response",
    "status": "Status",
    "recommended_on": "Recommended on",
    "decided_on": "Decided on",
    "implemented_on": "Implemented on",
    "count": "Count",
}
COUNTS = {
    "incidents": "Incidents",
    "killed": "Civilians reported killed",
    "killed_unknown": "Number killed unknown",
    "injured": "Civilians reported injured",
    "injured_unknown": "Number injured unknown",
    "assessed": "Incidents with a dated finding",
    "with_response": "Incidents with a response, not declined",
    "repeated": "Repeated after a recommendation",
    "repeat_unknown": "Not known whether repeated",
}


def unknown_unit(unit_id: str) -> str:
    """Said of an identifier that no unit has."""
    return f"There is no unit {unit_id} in this data."


def named(units: int, total: int) -> str:
    """How many units are named."""
    return f"{number(units)} of {counted(total, 'unit')} are named for these incidents, in any confidence."


def listed(shown: int, total: int) -> str:
    """How many rows of how many."""
    return "" if shown == total else f"The first {number(shown)} of {counted(total, 'unit')}, the most incidents first."


def coverage(named_incidents: int, incidents: int) -> str:
    """How many incidents name a unit."""
    return (
        f"{number(named_incidents)} of {counted(incidents, 'incident')} name a unit. That no unit is named says "
        "nothing of who acted."
    )


def first_recommended(day: str) -> str:
    """The day from which incidents are repeated ones."""
    return f"First recommendation about the unit on record: {day}."
