"""What the dossier of an incident says, on its page and in its files."""

from __future__ import annotations

from datetime import date

from pages.charts.formatting import counted, day, number
from pages.wording import distance

TIMELINE = "Timeline"
TIMELINE_HEADINGS = {"when": "When", "what": "What", "kind": "Kind", "source": "According to", "known": "Known from"}
TIMELINE_NOTE = (
    "Oldest first. “When” is the day on which it happened, “Known from” the day from which this data held it. Changes "
    "of counts that reports, steps and responses explain stand under “What was known when” alone."
)
UNDATED = "no day stated"
FIGURE_SUBTITLE = "Entries of the timeline that have a day."

REPORT_NUMBER = "No."
REPORT = "Report"
REPORT_HEADINGS = {
    "report_number": REPORT_NUMBER,
    "published_on": "Published on",
    "says": "What it says",
    "source": "Source",
    "address": "Address",
    "note": "Note",
}
NO_TEXT = "no text on record"
NO_DAY = "unknown"
NAMED_IN_NO_REPORT = "no report named"
REPORT_NOT_LINKED = "a report that is not linked to the incident"

UNITS = "Units"
UNIT_HEADINGS = {
    "unit": "Unit",
    "confidence": "Confidence",
    "basis": "Basis",
    "report": REPORT,
    "raw": "In the source's words",
}
NO_UNIT = "No unit is named for this incident."

NO_SAME_EVENT = "No other incident of this data looks like the same event."
SAME_EVENT_WITHHELD = (
    "Not shown for a past day: links between incidents are made from the newest data, which was not known then."
)

NEARBY = "Nearby incidents"
WITHIN_M, WITHIN_DAYS = "Distance", "Time"
CHOICES_M = (1_000, 2_000, 5_000, 10_000, 25_000, 50_000)
CHOICES_DAYS = (0, 1, 3, 7, 14, 30, 90)
NEARBY_NOTE = (
    "Distance is along the Earth's surface between the two points. An incident is nearby where this holds for every "
    "place within the two radii and for all possible days, and may be nearby where it holds for some of them."
)
JUDGEMENTS = {"nearby": "nearby", "may_be_nearby": "may be nearby"}
NEARBY_HEADINGS = {
    "incident": "Incident",
    "judgement": "Is",
    "distance": "Distance",
    "apart": "Days apart",
    "date": "Date",
    "place": "Place",
    "precision": "Location precision",
    "killed": "Civilians reported killed",
}
NO_PLACE = "This incident has no coordinates, so nothing can be said of what is near it."
NO_DATE = "The date of this incident is unknown, so nothing can be said of what is near it in time."
NO_RADIUS = (
    "How exactly the place of this incident is known is not stated, so others can only be said to be perhaps near."
)

SYNTHETIC_DATA = "SYNTHETIC DATA."
ADDRESS_CHARACTERS = 60
"""Some addresses are hundreds of characters long."""
ARCHIVED = "archived copy"
FILES = {".json": "Dossier as JSON", ".pdf": "Dossier as PDF"}
FILE_HELP = {
    ".json": "Everything on this page as data, with the meaning and unit of each field.",
    ".pdf": "The same for printing. This page can be printed from the browser, too.",
}
PRIVATE_CONTENT = "Contains what private reports say. Not to be passed on without leave."
PRIVATE_LEFT_OUT = "What private reports say is left out."
DOSSIER = "Incident dossier"
CASUALTIES_SOURCE = "As the data set states them; it names no single report for a figure."


def short(address: str) -> str:
    """An address as far as a table has room for it; the link behind it is whole."""
    return address if len(address) <= ADDRESS_CHARACTERS else f"{address[:ADDRESS_CHARACTERS]} …"


def figure_title(code: str) -> str:
    """Title of the figure of the timeline."""
    return f"What happened and when it became known, incident {code}"


def handed_in_by(sender: str) -> str:
    """Who handed a report in."""
    return f"handed in by {sender}"


def speaks_of(when: str | None, where: str | None) -> str:
    """The day and the place that a report itself states."""
    return "speaks of " + ", ".join(part for part in (when, where) if part)


def stated_by(publisher: str) -> str:
    """Above the table of facts: who states them."""
    return f"As recorded by {publisher}, beside its words where they were kept."


def corrected(value: str) -> str:
    """A value that people corrected."""
    return f"{value} (corrected, see Corrections)"


def derived_from(value: str, reference: str) -> str:
    """A value with the report that it comes from."""
    return f"{value} (report {reference})"


def undated(entries: int) -> str:
    """How many entries of the timeline have no day."""
    if not entries:
        return ""
    stand = "stands" if entries == 1 else "stand"
    return f"{counted(entries, 'entry', 'entries')} without a day {stand} last."


def undated_reports(reports: int) -> str:
    """Stands for reports without a day, which are listed as reports."""
    return f"{counted(reports, 'report')} without a day of publication, listed under Reports"


def within(metres: int) -> str:
    """A choice of distance."""
    return f"within {metres // 1_000} km"


def days(number_of: int) -> str:
    """A choice of time."""
    return f"within {counted(number_of, 'day')}" if number_of else "the same day"


def nearby_counts(
    nearby: int, may_be_nearby: int, without_place: int, without_date: int, metres: int, within_days: int
) -> str:
    """What was found, and what could not be judged."""
    where_and_when = f"{within(metres)}, {days(within_days)}"
    verb = "is" if nearby == 1 else "are"
    found = f"{counted(nearby, 'incident')} {verb} nearby ({where_and_when}), {number(may_be_nearby)} more may be."
    unjudged = [
        f"{number(count)} {why}"
        for count, why in (
            (without_place, "of the same or an unknown country because a place or its precision is not stated"),
            (without_date, "because a date is not stated"),
        )
        if count
    ]
    return f"{found} Not judged: {' and '.join(unjudged)}." if unjudged else found


def nearby_listed(shown: int, total: int) -> str:
    """How many of them are listed."""
    return f"The first {number(shown)} of {number(total)} are listed." if shown < total else ""


def far(metres: float, least: float, most: float | None) -> str:
    """Distance between two points, and how near and far the true places can be: "4.1 km (2.1–6.1 km)"."""
    ends = f"{distance(least)} or more" if most is None else f"{distance(least)} to {distance(most)}"
    return f"{distance(metres)} ({ends})"


def apart(least: int, most: int) -> str:
    """Days between two incidents."""
    return number(least) if least == most else f"{number(least)}–{number(most)}"


def known_on(as_known_on: date) -> str:
    """Said where a past day is shown."""
    return f"As known on {day(as_known_on)}: what became known later is left out."


def print_line(as_of: date, build_id: str, *, private: bool) -> str:
    """Foot of each printed page; no text of a source, for it becomes part of a style."""
    kept = f" {PRIVATE_CONTENT}" if private else ""
    return f"{DOSSIER}. As known on {day(as_of)}. Build {build_id}.{kept}"
