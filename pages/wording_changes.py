"""What the page What changed says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pages.charts.formatting import UNKNOWN, counted, day, number
from warehouse.changes import Kind, What

PAGE = "What changed"
PAGE_HELP = "What is new since a chosen day: incidents, steps of the review, findings, responses, revised figures"
SINCE = "Since the end of"
SINCE_HELP = (
    "Compares what was known at the end of this day with what is known now, or on the day of “As known on”. The "
    "address of the page holds the day: kept as a bookmark, it always shows what came since."
)
QUICK = "Quick choices"
LAST_7_DAYS, LAST_30_DAYS, DAY_BEFORE = "7 days", "30 days", "Previous day with news"

METRICS: dict[str, str] = {
    "added": "New incidents",
    "moved": "Incidents with a step",
    "back": "Steps back and reopenings",
    "finding": "With a new finding",
}
FIGURE_TITLE = "Incidents by what changed"
FIGURE_ROWS: tuple[tuple[str, str, What, Kind | None], ...] = (
    ("New", "", What.ADDED, None),
    ("Retracted by their source", "", What.RETRACTED, None),
    ("Entered the review", "step", What.STEP, Kind.ENTERED),
    ("Moved forward", "step", What.STEP, Kind.FORWARD),
    ("Went back to an earlier stage", "step", What.STEP, Kind.BACK),
    ("Reopened after closing", "step", What.STEP, Kind.REOPENED),
    ("Closed", "step", What.STEP, Kind.CLOSED),
    ("Finding made or changed", "finding", What.FINDING, None),
    ("Response new or changed", "response", What.RESPONSE, None),
    ("Raised with the partner", "engagement", What.ENGAGEMENT, None),
    ("Killed: estimate revised", "", What.KILLED, None),
    ("Injured: estimate revised", "", What.INJURED, None),
)
"""Row of the figure -> unit of several changes of one incident, what it counts."""
FIGURE_COLUMNS = {"label": "What", "incidents": "Incidents", "changes": "Changes"}

STATE_HEADING = "Before and after"
STATE_ROWS = {
    "Incidents": "incidents",
    "Civilians killed": "civilians_killed",
    "unknown": "civilians_killed_unknown",
    "Civilians injured": "civilians_injured",
    "unknown ": "civilians_injured_unknown",
}
"""Row -> sum; a sum with a low and a high stands by the name of both."""
STATE_OF, DIFFERENCE = "Sum of", "Difference"
STATE_NOTE = (
    "As reported, low to high; the number is unknown where an incident has no full figure. The difference is that of "
    "the sums of the lowest estimates, then that of the highest: new incidents, retracted ones and revisions together."
)

KINDS: Mapping[str, str] = {
    Kind.NEW: "new",
    Kind.NEW_DATASET: "came with a new data set",
    Kind.GONE: "retracted",
    Kind.ENTERED: "entered the review",
    Kind.FORWARD: "forward",
    Kind.BACK: "back",
    Kind.REOPENED: "reopened",
    Kind.CLOSED: "closed",
    Kind.SAME: "same stage again",
    Kind.CHANGED: "changed",
    Kind.UP: "up",
    Kind.DOWN: "down",
    Kind.KNOWN: "became known",
    Kind.UNKNOWN: "became unknown",
    Kind.OTHER_RANGE: "another range",
    Kind.WIDE: "publisher-wide change of coding",
}
HEADINGS = {
    "steps": "Steps of the review",
    "findings": "Findings",
    "responses": "Responses",
    "engagements": "Engagements",
    "added": "New incidents",
    "casualties": "Revised estimates",
    "retracted": "Retracted incidents",
}
UNITS = {
    "steps": "step",
    "findings": "finding",
    "responses": "response",
    "engagements": "engagement",
    "added": "incident",
    "casualties": "revised estimate",
    "retracted": "incident",
}
COLUMNS = {
    "incident": "Incident",
    "kind": "Change",
    "from_stage": "From",
    "to_stage": "To",
    "occurred_on": "Day of the step",
    "waiting_on": "Waits for",
    "assessed_as": "Assessed",
    "finding_before": "Before",
    "finding": "Finding",
    "assessed_on": "Day of the finding",
    "response_type": "Response",
    "target": "Aimed at",
    "status_before": "Before",
    "status": "Status",
    "recommended_on": "Recommended",
    "decided_on": "Decided",
    "post": "Post",
    "counterpart": "With",
    "held_on": "Day",
    "outcome": "Outcome",
    "harm": "Figure",
    "before": "Before",
    "after": "After",
    "date": "Date",
    "place": "Place",
    "killed": "Killed",
    "stage": "Stage",
    "known_from": "Known from",
    "known_to": "Until",
}
NONE_BEFORE, NOT_STATED, NO_DAY = "none", "not stated", "none"
RECORDS = {What.STEP: "step", What.FINDING: "assessment", What.RESPONSE: "response", What.ENGAGEMENT: "engagement"}
NO_REVIEW = (
    "This data says nothing about a review, so only incidents and their estimates can have changed here. That does not "
    "mean that none is under review."
)


def period(before: date, after: date) -> str:
    """The days compared, in words."""
    return f"From the end of {day(before)} to the end of {day(after)}"


def compared(before: date, after: date, *, is_newest: bool) -> str:
    """The line below the choice of the day."""
    last = "the newest day of this data" if is_newest else "the day of “As known on”"
    return f"{period(before, after)}, {last}. What counts is when something became known, not when it happened."


def nothing(before: date, after: date) -> str:
    """Said when nothing changed."""
    return (
        f"No change since {day(before)}: at the end of {day(after)}, incidents, review and estimates under this filter "
        "were as they were known then."
    )


def too_late(after: date) -> str:
    """Said when the chosen day is not before the last."""
    return f"Choose a day before {day(after)}, the day up to which changes are shown."


def figure_subtitle(sentence: str, before: date, after: date) -> str:
    """Unit and qualifiers of the figure."""
    return f"{sentence}. {period(before, after)}; an incident counts once in each row."


def bar_value(incidents: int, changes: int, unit: str) -> str:
    """What stands beside a bar: "15 incidents, 34 findings"."""
    several = f", {counted(changes, unit)}" if unit and changes != incidents else ""
    return counted(incidents, "incident") + several


def listed_of(shown: int, total: int, unit: str) -> str:
    """How many rows of a list are drawn."""
    return counted(total, unit) + (f"; the newest {number(shown)} are listed" if shown < total else "")


def withdrawn(rows: Mapping[str, int]) -> str:
    """Said of records of the review that are gone."""
    parts = [counted(n, RECORDS[What(what)]) for what, n in rows.items()]
    return f"Known on the first day and no longer in the record of the review: {', '.join(parts)}."


def difference(low: int | None, high: int | None) -> str:
    """ "+16" where both are the same, "+87, +100"; "unknown" where an end is not known on both days."""
    if low is None or high is None:
        return UNKNOWN
    ends = [f"{end:+,}".replace("-", "−") if end else "0" for end in (low, high)]
    return ends[0] if low == high else ", ".join(ends)
