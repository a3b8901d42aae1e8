"""What a briefing says, and what the app says about it."""

from __future__ import annotations

from datetime import date, datetime

from pages.charts.formatting import counted, day, number, period_name, share
from pages.wording_waits import NOT_BY_HALF

TITLE = "Briefing on civilian harm and its review"
SYNTHETIC = "SYNTHETIC DATA, generated for demonstration. Nothing in this briefing describes a real event."
CIVILIANS_INJURED = "Civilians reported injured"
WAITING = "Waiting in an open stage"
NONE_WAITS = "none waits"
OVERDUE = "Open beyond the two-month norm"

REVIEW = "How far the review has come"
FUNNEL_TITLE = "Incidents that reached or passed each stage"
AGES_TITLE = "Incidents that wait, by stage and days in it"
WAITS_TITLE = "Time in each stage: share of stays that go on"
HISTORY_TITLE = "Incidents that wait at the end of each month, by stage"
HARM = "Harm"
MAP_TITLE = "Where incidents happened"
MAP_ALT = "Map."
COUNTRIES = "By country"
COUNTRY_HEADINGS = (
    "Country",
    "Incidents",
    "Civilians reported killed",
    "Number unknown",
    "Under review",
    "Beyond the norm",
    "Cannot be judged",
)
OTHER_COUNTRIES = "Other ({})"
LONGEST = "Waiting longest in their stage"
LONGEST_HEADINGS = ("Incident", "Place", "Stage", "Days in stage", "Days since receipt", "Waits for")
NEWEST = "Newest incidents by date of harm"
NEWEST_HEADINGS = ("Incident", "Date", "Place", "Civilians killed", "Civilians injured", "Harm status", "Stage")
CHANGED_NOTE = (
    "What counts is when something became known, not when it happened. The difference of a sum holds new incidents, "
    "retracted ones and revised estimates together."
)
METHODS = "Methods and limits"
NEVER_PRIVATE = "Private reports are counted. Nothing of what they say, or who sent them, is in a briefing."
FUNNEL_NOTE = (
    "Paler: passed without a step into it. Median: the day after receipt by which half of all had reached the stage, "
    "those that still wait for it included (Kaplan-Meier)."
)
REPLACED = "Characters that the fonts of a briefing do not have stand as �."
MANIFEST = "Manifest"
MANIFEST_FILTER, MANIFEST_ASKED, MANIFEST_AS_OF = "Filter", "Filter as asked", "State of knowledge"
MANIFEST_ROWS, MANIFEST_BUILD, MANIFEST_CODE = "Incidents", "Build", "Briefing made by version"
MANIFEST_SYNTHETIC, RECORDED = "Data", "Recorded; no row is synthetic."
NO_FILTER = "none"
MANIFEST_HEADINGS = ("What", "Value")
SOURCE_HEADINGS = ("Source", "Publisher", "Licence", "May be passed on", "As known on", "SHA-256 of its files")
NO_PLACES = "No incident here has coordinates, so there is no map."
NO_PERIODS = "No incident here has a date, so there is no figure over time."

# The app.
SINCE = "With what changed since the end of"
SINCE_HELP = "Adds a section on what became known after that day. Leave it empty to do without."
SECTION = "Briefing"
SECTION_NOTE = (
    "Two to four pages on the incidents under this filter, to print or to send: key figures, stages and waits, "
    "backlog, map, the longest waits and the newest incidents, methods, and a manifest. Nothing of a private report "
    "is in it."
)
BUTTONS = {".pdf": "Briefing as PDF", ".html": "Briefing as one HTML file"}
BUTTON_HELP = "The file is made when you press the button; that takes some seconds."
MEDIA_TYPES = {".pdf": "application/pdf", ".html": "text/html"}
"""Suffix -> media type (RFC 6838)."""
_MARK = "SYNTHETIC"


def file_name(name: str, *, synthetic: bool) -> str:
    """The name of a file, with SYNTHETIC before it where the data is."""
    return f"{_MARK}-{name}" if synthetic and _MARK not in name else name


def not_comparable(since: date, first: date, after: date) -> str:
    """Why nothing can be told since a day; empty where it can."""
    if since >= after:
        return f"Changes are told since a day before {after}; {since} is none."
    if since < first:
        return f"Nothing was known on {since}; the first day of knowledge in this data is {first}."
    return ""


def not_to_be_passed_on(titles: list[str]) -> str:
    """Said of sources whose rows may not be passed on."""
    gives = "gives" if len(titles) == 1 else "give"
    return f"For use inside your own organisation: {'; '.join(titles)} {gives} no right to redistribute."


def footer(publishers: str, as_of: date, build_id: str, shown: int, total: int) -> str:
    """The line below each page."""
    return (
        f"Source: {publishers.rstrip('.')}. As of {day(as_of)}. Build {build_id}. "
        f"{number(shown)} of {counted(total, 'incident')}."
    )


def subtitle(sentence: str, as_of: date) -> str:
    """What the briefing is about: filter and day of knowledge."""
    return f"{sentence[:1].upper()}{sentence[1:]}. State of knowledge: {day(as_of)}; waits are counted to that day."


def overdue_note(overdue: int, waiting: int, without_receipt: int) -> str:
    """Below the number of overdue incidents."""
    if not waiting:
        return NONE_WAITS
    unjudged = f"; {number(without_receipt)} cannot be judged" if without_receipt else ""
    return f"{share(overdue, waiting)} of those waiting{unjudged}"


def median_note(median: float | None) -> str:
    """Below the number of waiting incidents."""
    return NONE_WAITS if median is None else f"median {number(median)} days in it so far"


def map_note(in_hexagons: int, in_circles: int, of_unknown_precision: int, without_coordinates: int) -> str:
    """What a map shows, and what it cannot show."""
    parts = [f"{counted(in_hexagons, 'incident')} in hexagons"]
    if in_circles:
        parts.append(f"{number(in_circles)} known only to a circle of the radius that is drawn")
    if of_unknown_precision:
        parts.append(f"{number(of_unknown_precision)} of unknown precision")
    parts.append(f"{number(without_coordinates)} without coordinates, not drawn")
    return f"{'; '.join(parts)}."


def changed_title(since: date) -> str:
    """Title of the section on changes."""
    return f"What changed since {day(since)}"


def killed_title(period: str) -> str:
    """Title of the figure of civilians killed."""
    return f"Civilians reported killed by {period}"


def ranges_note(unknown: int) -> str:
    """Below the figure of civilians killed."""
    return f"People, lowest to highest estimate. Number unknown for {counted(unknown, 'incident')}, in no bar."


def killed_alt(period: str, ranges: list[tuple[date, str]]) -> str:
    """For those who do not see the figure."""
    listed = "; ".join(f"{period_name(start, 'month') if period == 'month' else start.year} {n}" for start, n in ranges)
    return f"Bar chart. Civilians reported killed by {period}: {listed}."


def waits_note(summaries: list[tuple[str, str, str]], norm_days: int) -> str:
    """Below the curves: (stage, median, share beyond the norm) of each."""

    def half(median: str) -> str:
        return "fewer than half have ended" if median == NOT_BY_HALF else f"median {median} days"

    listed = "; ".join(f"{stage}: {half(median)}, over {norm_days} days {over}" for stage, median, over in summaries)
    return f"Kaplan-Meier, bands and brackets: 95% limits; stays that go on are counted as such. {listed}."


def waits_alt(summaries: list[tuple[str, str, str]]) -> str:
    """For those who do not see the figure."""
    listed = "; ".join(f"{stage} {median}" for stage, median, _ in summaries)
    return f"Kaplan-Meier curves with numbers at risk. Median days in the stage, 95% limits in brackets: {listed}."


def reasons_note(reasons: list[tuple[str, int]], others: int) -> str:
    """Below the figure of the ages: what the incidents wait for, each with how many."""
    more = [("other answers", others)] if others else []
    return f"They wait for: {'; '.join(f'{text} {number(n)}' for text, n in [*reasons, *more])}."


def ages_alt(cells: list[tuple[str, str, int]]) -> str:
    """For those who do not see the figure: (stage, band, incidents)."""
    listed = "; ".join(f"{stage}, {band} {number(n)}" for stage, band, n in cells)
    return f"Stacked bar chart. Incidents that wait by stage and days in it: {listed}."


def history_note(as_of: date) -> str:
    """Below the figure of the backlog."""
    return f"Incidents in an open stage on the last day of each month, and on {day(as_of)}; as far as is known."


def history_alt(totals: list[tuple[date, int]]) -> str:
    """For those who do not see the figure."""
    listed = "; ".join(f"{day(end)} {number(n)}" for end, n in totals)
    return f"Stacked bar chart. Incidents in an open stage: {listed}."


def rows(shown: int, total: int) -> str:
    """How many incidents the filter leaves."""
    return f"{number(shown)} of {number(total)}"


def built(build_id: str, built_at: datetime, code_version: str) -> str:
    """The build that was asked."""
    return f"{build_id}, built {day(built_at)} {built_at:%H:%M} UTC by version {code_version}"


def countries_note(norm_days: int) -> str:
    """Below the heading of the table of countries."""
    return (
        "Most incidents first. Civilians reported killed: lowest to highest estimate, and how many incidents state "
        f"none. Beyond the norm: open for more than {norm_days} days since receipt."
    )


def longest_note(shown: int, waiting: int) -> str:
    """How many of those that wait the table has."""
    return f"{number(shown)} of {counted(waiting, 'waiting incident')}, the longest wait first."


def newest_note(shown: int, incidents: int) -> str:
    """How many of the incidents the table has."""
    return f"{number(shown)} of {counted(incidents, 'incident')}; those of unknown date come last."
