"""What the page Revisions and an incident's own history say."""

from __future__ import annotations

from datetime import date

from pages.charts.formatting import counted, day, number

PAGE = "Revisions"
PAGE_HELP = "What changed between two days: incidents added, retracted, revised"
FROM, TO = "From", "To"
DAYS_HELP = "Compares what was known at the end of the first day with what was known at the end of the second."
ONE_DAY = (
    "Everything in this data became known on one day, so nothing can have changed. Load an earlier or a newer export "
    "of the same data set beside it, and the differences stand here."
)
WRONG_ORDER = "The first day must lie before the second; exchange them."
ADDED, RETRACTED, REVISED = "Incidents added", "Incidents retracted", "Incidents revised"
RETRACTED_HELP = "Known on the first day and no longer on the second: the source withdrew them."
REVISED_HELP = "Apart from those that only share a publisher-wide change of coding."
FIGURE_TITLE = "Incidents by what changed"
SINGLE, WIDE = "revisions of single incidents", "publisher-wide changes of coding"
MOVES_TITLE = "Places that moved, by distance"
MOVE_BANDS_M = ((0, 100), (100, 1_000), (1_000, 10_000), (10_000, None))
"""Bands of distance in metres: within a street, a village, a district, beyond."""
MOVES_UNIT = "Incidents known on both days with a location on both."
WIDE_HEADING = "Publisher-wide changes of coding"
WIDE_NOTE = (
    "The same change hit a large share of a data set at once. It tells how the publisher writes things down, not what "
    "became known of single incidents."
)
SINGLE_HEADING = "Revisions of single incidents"
ADDED_HEADING = "Added"
RETRACTED_HEADING = "Retracted"
NOTHING = "Nothing changed between these days under this filter."
COLUMNS = {
    "incident": "Incident",
    "place": "Place",
    "field": "What",
    "before": "Before",
    "after": "After",
    "distance": "Distance",
    "change": "Change",
    "incidents": "Incidents",
    "of": "Known on both days",
    "date": "Date",
    "killed": "Killed",
}
NO_VALUE = "no value"
DOWNLOAD = "Download all changes (CSV)"
HISTORY = "What was known when"
HISTORY_COLUMNS = {"known_from": "Known from", "field": "What", "before": "Before", "after": "After"}
CORRECTIONS = "Corrections"
CORRECTION_COLUMNS = {
    "field": "What",
    "expected_value": "In the source",
    "corrected_value": "Corrected to",
    "reason": "Reason",
    "evidence": "Evidence",
    "corrected_by": "By",
    "corrected_on": "On",
}


def between(first: date, last: date) -> str:
    """The days compared, in words."""
    return f"{day(first)} to {day(last)}"


def one_day_by(known_on: date, *, known: bool) -> str:
    """Said instead of `ONE_DAY` where a day of knowledge is chosen."""
    if not known:
        return f"Nothing of this data was known on {day(known_on)}. Choose a later day in “As known on”, or none."
    return (
        f"Everything that was known on {day(known_on)} became known on one day, so nothing had changed by then. Choose "
        "a later day in “As known on”, or none."
    )


def moved_to(known_on: date) -> str:
    """Said when the days chosen before lie after the day of knowledge."""
    return f"The days compared were moved: they end on {day(known_on)}, and nothing that became known later is shown."


def after_known_on(known_on: date) -> str:
    """Said when a link asks for more than was known."""
    return (
        f"The second day lies after {day(known_on)}, as known on which the page is shown; choose an earlier day here, "
        "or a later one in “As known on”."
    )


def new_dataset(title: str, incidents: int) -> str:
    """Said of incidents that are added only because their data set is."""
    return (
        f"{counted(incidents, 'incident')} of those added came with the data set {title}, of which nothing was known "
        "on the first day: they are new to this warehouse, not newly happened."
    )


def never_revised(known_from: date) -> str:
    """Said when an incident has one version."""
    return f"Known since {day(known_from)}; nothing was revised since."


def shown_of(shown: int, total: int, what: str) -> str:
    """How many rows of a table are drawn."""
    return counted(total, what) + (f"; the first {number(shown)} are listed" if shown < total else "")


def figure_subtitle(sentence: str, first: date, last: date) -> str:
    """Unit and qualifiers of the figure."""
    return f"{sentence}. An incident counts in each field that changed from {between(first, last)}."


def too_many(shown: int, total: int) -> str:
    """Said when more incidents changed than are compared."""
    return (
        f"{number(total)} incidents that were known on both days changed; the fields of the first {number(shown)} are "
        "compared here. Narrow the filter or the days to see all."
    )
