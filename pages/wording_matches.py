"""What is said about records that may be about the same event."""

from __future__ import annotations

from pages.charts.formatting import counted, number

PAGE = "Likely the same event"
PAGE_HELP = "Pairs of records that may be about one event, with the reasons"
NOTE = (
    "Nothing is merged: each incident stays a row of its own. Where two of different data sets are likely the same "
    "event, sums of casualties count the event once, with the lowest low and the highest high."
)
NO_PAIRS = "No two records under this filter look like the same event."
PAIRS, LINKED, DECIDED = "Pairs that may be one event", "Likely the same event", "Decided by people"
HEADING = "Pairs, the likeliest first"
COLUMNS = {
    "match_probability": "Probability",
    "verdict": "Counts as",
    "first": "First",
    "second": "Second",
    "first_date": "Date, first",
    "second_date": "Date, second",
    "first_killed": "Killed, first",
    "second_killed": "Killed, second",
    "distance_m": "Distance, m",
    "first_place": "Place of the first",
    "second_place": "Place of the second",
}
SAME, APART = "same event", "two events"
BY_PEOPLE = " (decided)"
CHOOSE = "Choose a row to see the reasons."
REASONS = "Why"
REASONS_ALT = "How each comparison moved the probability, in bits: 1 bit doubles the odds"
REASON_COLUMNS = {"comparison": "Compared", "level": "Found", "bits": "Bits"}
BITS_HELP = "One bit doubles the odds that both are the same event; a negative one halves them."
DECIDE = "To decide, add this to decisions.toml in the warehouse folder, and build again:"
QUALITY_HEADING = "How good the links between records are"
QUALITY_NOTE = (
    "Measured against links that sources state themselves, split in two halves: one chooses the best threshold for "
    "such links, the other measures it. The threshold in use is a declared one for all kinds of links. Shared "
    "addresses are a weak measure, for one page may tell of several events; docs/linkage.md says what these figures "
    "are worth."
)
MEASURE_COLUMNS = {
    "sample": "Sample",
    "threshold": "Threshold",
    "precision": "Precision",
    "recall": "Recall",
    "stated": "Stated links",
    "found": "Found",
    "unstated": "Linked, not stated",
    "truth": "Measured against",
}
INCIDENT_HEADING = "Likely the same event"
INCIDENT_COLUMNS = {
    "incident": "Incident",
    "place": "Place",
    "match_probability": "Probability",
    "verdict": "Counts as",
}


def same_events(incidents: int, events: int) -> str:
    """Said above figures when some incidents are likely the same event."""
    return (
        f"{counted(incidents, 'incident')} are likely {counted(events, 'event')}: "
        f"{number(incidents - events)} likely repeat one of another data set. Casualties count each event once."
    )


def listed(shown: int, total: int) -> str:
    """How many pairs are drawn."""
    return counted(total, "pair") + (f"; the likeliest {number(shown)} are listed" if shown < total else "")
