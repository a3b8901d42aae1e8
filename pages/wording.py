"""What the app says to people. Tests use the same constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pages.charts.formatting import counted, date_range, day, number
from pages.components.plain import escaped
from warehouse.countries import country_labels
from warehouse.filters import Filters
from warehouse.vocabulary import Harm

TITLE = "Civilian Harm Dashboard"
ABOUT = (
    "**Civilian Harm Dashboard**\n\nReports of civilian harm and their review under the Civilian Harm Incident "
    "Response Guidance (August 2023). Unknown is never zero: see *Method* for terms, grading and limits."
)

UNEXPECTED_ERROR = (
    "This page failed for a reason nobody foresaw. Nothing shown here is complete; reload the page, and tell the "
    "operator if it happens again: the server's log holds the details."
)

# Titles of the pages: navigation and browser tab.
OVERVIEW = "Overview"
MAP = "Map"
TRENDS = "Trends"
PIPELINE = "Review pipeline"
INCIDENTS = "Incidents"
INCIDENT = "Incident"
EXTRACT = "Extract"
QUALITY = "Data quality"
METHOD = "Method"

# Sections of the navigation, each a menu.
SECTION_HARM = "Harm"
SECTION_REVIEW = "Review"
SECTION_EVIDENCE = "Evidence"
SECTION_DATA = "Data"

# What each page holds: tooltips of the navigation.
OVERVIEW_HELP = "The main figures: incidents, civilians reported killed, and how far their review has come."
MAP_HELP = "Where incidents happened, as precisely as is known."
TRENDS_HELP = "Incidents and civilians reported harmed over time."
PIPELINE_HELP = "The stages of the review: reached, waiting, overdue."
INCIDENTS_HELP = "All incidents that match the filters, as a table."
INCIDENT_HELP = "Everything known about one incident."
EXTRACT_HELP = "Download exactly the filtered rows, with data dictionary and manifest."
QUALITY_HELP = "What was checked, what failed, which rows were refused and why."
METHOD_HELP = "Terms, grading, precision, limits and sources."

# Shared filters.
FILTERS = "Filters"
FILTER_LABELS = {
    "date_from": "First day",
    "date_to": "Last day",
    "country": "Country",
    "weapon_system": "Weapon system",
    "munition": "Munition",
    "us_origin_confidence": "US-origin confidence",
    "source_type": "Source type",
    "harm_status": "Harm status",
    "strike_type": "Strike type",
    "stage": "Stage",
    "minimum_civilians_killed": "Minimum civilians killed",
    "geo_precision": "Location precision",
    "dataset_id": "Data set",
    "text": "Text in place or summary",
    "as_known_on": "As known on",
}
AS_KNOWN_ON_HELP = "Shows every page as it would have been on that day: what was learnt or revised later is left out."
ANY = "Any"
RESET = "Reset filters"
QUICK_DATES = "Dates"
QUICK_LAST_MONTH = "Last month"
QUICK_LAST_90_DAYS = "Last 90 days"
QUICK_ALL = "All"
MINIMUM_HELP = "By the lowest estimate. Incidents whose number is unknown are left out and counted above the page."
TEXT_PLACEHOLDER = "Rafah, رفح ..."
TEXT_HELP = "Every word must occur. Accents, capital letters and Arabic letter forms make no difference."

SYNTHETIC_BANNER = "**SYNTHETIC DATA**, generated for demonstration. Nothing here describes a real event."


def more_filters(active: int) -> str:
    """Label of the expander; says how many of the filters inside are set, since it may be closed."""
    return f"More filters ({active} set)" if active else "More filters"


def unknown_in_link(values: list[str]) -> str:
    """Said when a link names values that this build does not have."""
    listed = "; ".join(escaped(value) for value in values)
    return (
        f"The link asks for values that this data does not have or that cannot be read; they were left out: {listed}."
    )


def as_known_on(chosen: date, latest: date) -> str:
    """The mark above a page that shows an earlier state of knowledge."""
    if chosen >= latest:
        return f"**As known on {day(chosen)}.** The newest data is of {day(latest)}, so this is the current state."
    return (
        f"**As known on {day(chosen)}**, not today: what became known later, up to {day(latest)}, is left out of "
        "everything here."
    )


def freshness(as_of: date, built_at: datetime, build_id: str) -> str:
    """Line at the foot of the sidebar."""
    return f"As known on {day(as_of)}. Built {day(built_at)} {built_at:%H:%M} UTC, build {build_id}."


def filter_line(sentence: str, shown: int, total: int) -> str:
    """The filter in words and how many incidents it leaves."""
    return f"{sentence}: {number(shown)} of {number(total)} incidents"


def left_out(without_date: int, without_figure: int) -> str:
    """Incidents that the filter cannot judge, because the value it compares is unknown; empty when none."""
    parts = []
    if without_date:
        parts.append(f"{number(without_date)} of unknown date")
    if without_figure:
        parts.append(f"{number(without_figure)} with an unknown number of civilians killed")
    return f"Not shown, because the filter cannot judge them: {' and '.join(parts)}." if parts else ""


def empty_state(what: str, *, has_filter: bool) -> str:
    """Why there is nothing to show."""
    if has_filter:
        return f"No {what} under this filter. Reset the filters in the sidebar, or widen them."
    return f"This data has no {what}."


NUMBERS_BEHIND = "The numbers behind this figure"


# Tables of incidents, the page of one incident, the map.
UNKNOWN = "unknown"
NO_SUMMARY = "no summary"
COLUMN = {
    "link": "Incident",
    "date": "Date",
    "country": "Country",
    "place": "Place",
    "killed": "Killed",
    "injured": "Injured",
}
LINK_HELP = "Opens the incident's page in a new tab."
KILLED_HELP = "Civilians reported killed, lowest to highest estimate. Unknown is not zero."
INJURED_HELP = "Civilians reported injured, lowest to highest estimate. Unknown is not zero."
SORT_BY = "Sort by"
SORTS = {
    "date_start": "Date",
    "civilians_killed_high": "Civilians reported killed, highest estimate",
    "civilians_killed_low": "Civilians reported killed, lowest estimate",
    "civilians_injured_high": "Civilians reported injured, highest estimate",
    "report_count": "Number of reports",
    "stage_entered_on": "In the current stage since",
    "country": "Country code",
    "place": "Place",
    "public_code": "Code",
}
DIRECTION = "Order"
DIRECTIONS = {"down": "Descending", "up": "Ascending"}
TABLE_HOW = (
    "Click a code to open the incident in a new tab, or tick the box of a row for a link that opens it here. A click "
    "on a heading sorts all rows by it, where they can be. Unknown values stand last."
)


def open_incident(code: str) -> str:
    """Label of a link to an incident's page; the code is escaped."""
    return f"Open {code}"


def table_page(first: int, last: int, total: int) -> str:
    """Which rows of the table are shown."""
    return f"Rows {number(first)}–{number(last)} of {number(total)} incidents"


def table_end(reachable: int) -> str:
    """Said where a table stops before its last row."""
    return (
        f"The table ends after {number(reachable)} rows. To see the others, narrow the filters or turn the order "
        "round; the extract has them all."
    )


# Overview.
INCIDENTS_COUNTED = "Incidents"
REPORTS_COUNTED = "Reports"
CIVILIANS_KILLED = "Civilians reported killed"
THIRD_STAGE = "Reached the third stage"
ANY_RESPONSE = "With any response"
NO_REVIEW_RECORD = "no review record"
SHARE_BY_STAGE = "Where the incidents stand"
SHARE_COLUMNS = ("Stage", "Incidents", "Share", "Change")
NEWEST = "Newest incidents"
NEWEST_COLUMNS = ("Incident", "Date", "Place", "Civilians reported killed")
NO_DATED_INCIDENT = "No change is given: no incident of this data has a date."
PERIOD_AFTER_DATA = "No change is given: the chosen dates begin after the day of knowledge of this data."


def comparison(now: str, before: str, *, chosen: bool, dated: bool, reviewed: bool) -> str:
    """What the small figures compare.

    Args:
        chosen: the reader set the first day of the period.
        dated: the filter sets dates, so that the review is that of each period's own incidents.
        reviewed: the data says anything about a review.
    """
    which = "" if chosen else " (90 days)" if dated else " (the last 90 days in the data)"
    whose = "their review" if dated else "the review of all incidents"
    review = f"; {whose} on the last day of each" if reviewed else ""
    return f"Small figures: incidents of {now}{which}, was {before}{review}."


def data_begins(first: date, before: str) -> str:
    """Why there is no comparison with a period that the data does not cover."""
    return f"No change is given: the data begins on {day(first)}, so the period before ({before}) is not covered."


def change(now: str, before: str, difference: float | None = None) -> str:
    """One figure in both periods: "53, was 48 (+5)"."""
    if difference is None:
        return f"{now}, was {before}"
    sign = "+" if difference > 0 else "−" if difference < 0 else "±"
    return f"{now}, was {before} ({sign}{number(abs(difference))})"


def unknown_for(totals: Mapping[str, Any], harm: str, changed: str | None) -> str:
    """How many incidents a sum says nothing of, and how many they were in both periods.

    Where several incidents are likely one event, the sum and what it leaves out are of events (`queries.totals`).
    """
    what = "event" if totals["events"] < totals["incidents"] else "incident"
    unknown = totals[f"civilians_{harm}_unknown"]
    note = f"unknown for {counted(unknown, what)}" if unknown else f"known for every {what}"
    return f"{note}; {changed}" if changed else note


def hexagon_note(drawn: int, too_coarse: int, without_coordinates: int) -> str:
    """What the small map shows and what it cannot show."""
    parts = [f"{counted(drawn, 'incident')} drawn"]
    if too_coarse:
        parts.append(f"{number(too_coarse)} located too coarsely for a hexagon")
    if without_coordinates:
        parts.append(f"{number(without_coordinates)} without coordinates")
    return "; ".join(parts) + "."


# Overview and trends.
PERIODS = {"day": "Day", "week": "Week", "month": "Month"}


def not_in_chart(period: str, without_date: int, too_coarse: int) -> str:
    """Incidents that a chart over time cannot place; empty when it places all."""
    parts = []
    if without_date:
        parts.append(f"{number(without_date)} of unknown date")
    if too_coarse:
        parts.append(f"{number(too_coarse)} whose date is known less exactly than the {period}")
    return f"Not in this chart: {' and '.join(parts)}." if parts else ""


# Review pipeline.
FUNNEL_TITLE = "Incidents that reached or passed each stage of the review"
FUNNEL_MEDIAN = "from receipt"
OVERDUE_TITLE = "Incidents under review against the two-month norm, by country"
WAITING_ON_TITLE = "What incidents under review wait for"
LONGEST_WAITING = "Longest in their stage"
NOT_STATED = "not stated"
NO_MEDIAN = "none"
FUNNEL_COLUMNS = {
    "stage": "Stage",
    "reached": "Reached or passed",
    "share": "Share of all with a review record",
    "share_before": "Share of the stage before",
    "median_days": "Median days from receipt",
    "timed": "Incidents in the median",
    "skipped": "Passed without a step into it",
    "stepped_back": "Went back and stand before it",
}
NO_REVIEW_RECORDS = (
    "This data says nothing about a review: no incident here has a record of a step. That does not mean that none is "
    "under review. Stages, waits and backlog need records from the office that runs the process; see Method for the "
    "stages, and the command civharm template for a form to fill in."
)
NOBODY_WAITS = "No incident here is in an open stage, so there is no backlog and nothing is overdue."
NOTHING_HAPPENED = "Every step of the review here is dated after the day of knowledge: nothing has happened yet."
PIPELINE_COLUMNS = {
    "stage": "Stage",
    "incidents": "Incidents",
    "overdue": "Overdue",
    "without_receipt": "Cannot be judged",
    "country": "Country",
    "waiting_on": "Waits for",
    "incident": "Incident",
    "days_in_stage": "Days in stage",
    "days_since_receipt": "Days since receipt",
}


def titled(what: str, scope: str) -> str:
    """Title of a figure: what is counted, where and when."""
    return f"{what}: {scope}"


def funnel_subtitle(sentence: str) -> str:
    """Unit and qualifiers of the funnel."""
    return (
        f"{sentence}. Closed incidents count in the stages they reached. Median: the day by which half of all "
        "incidents had reached the stage, those that still wait for it included (Kaplan-Meier)."
    )


def funnel_median(days: int | None, timed: int) -> str:
    """The median in the table of the funnel."""
    return NO_MEDIAN if not timed else "not reached by half" if days is None else number(days)


def overdue_subtitle(sentence: str, as_of: date, norm_days: int) -> str:
    """What overdue means."""
    return f"{sentence}. Overdue: open for more than {norm_days} days since receipt on {day(as_of)}."


def waiting_on_subtitle(sentence: str) -> str:
    """Unit and qualifiers."""
    return f"{sentence}. As the latest step of each open incident states it."


def review_notes(
    *,
    incidents: int,
    waiting: int,
    closed: int,
    without_record: int,
    skipped: int,
    stepped_back: int,
    reopened: int,
    ahead: int,
    not_begun: int,
    without_receipt: int,
    norm_days: int,
) -> list[str]:
    """What the figures of the review do not show by themselves, a sentence each."""
    stand = f"{number(waiting)} {_are(waiting)} in an open stage and {number(closed)} {_are(closed)} closed"
    notes = [f"Of {counted(incidents, 'incident')}, {stand}. Closed ones are neither in the backlog nor overdue."]
    if without_record:
        notes.append(f"{counted(without_record, 'incident')} without a review record: in no figure of this page.")
    if ahead:
        only = (
            f" {number(not_begun)} of them have no earlier step and are in no figure of this page." if not_begun else ""
        )
        notes.append(
            f"{counted(ahead, 'incident')} with a step dated after the day of knowledge: it has not happened, and they "
            f"stand where they stood before.{only}"
        )
    if without_receipt:
        notes.append(
            f"{counted(without_receipt, 'open incident')} without a date of receipt on record: whether more than "
            f"{norm_days} days have passed cannot be judged, so {'it is' if without_receipt == 1 else 'they are'} "
            "counted neither as overdue nor as in time."
        )
    if skipped:
        notes.append(
            f"{counted(skipped, 'incident')} skipped a stage on record; the funnel counts a skipped stage as passed, "
            "and shows it paler."
        )
    if stepped_back:
        again = f", {number(reopened)} of them reopened after closing" if reopened else ""
        notes.append(
            f"{counted(stepped_back, 'incident')} went back to an earlier stage{again}; days in stage count from the "
            "latest step, days since receipt from the first."
        )
    return notes


def waits_so_far(medians: list[tuple[str, float, int]]) -> str:
    """(stage, median days, incidents) of those that wait now."""
    listed = "; ".join(f"{stage} {number(days)} ({counted(n, 'incident')})" for stage, days, n in medians)
    return f"Median days in the current stage so far: {listed}. These waits go on, so the final ones will be longer."


def longest_waiting_note(shown: int, waiting: int) -> str:
    """How many of those that wait the table holds."""
    return f"{number(shown)} of {counted(waiting, 'open incident')}, the longest wait first; a link opens the incident."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


COUNTRY_UNKNOWN = "country unknown"
MOST_COUNTRIES_NAMED = 2
"""More countries than this are counted, so that a title stays one line on a desktop."""


def where_and_when(codes: list[str], filters: Filters, first_day: date | None, last_day: date | None) -> str:
    """Countries and days in words: "Kenya; 3 Jan – 30 Oct 2024".

    Args:
        codes: countries of the incidents, "unknown" among them.
        first_day, last_day: of the incidents; the filter's days stand in their place where it sets them.
    """
    labels = country_labels()
    named = [labels.get(code, COUNTRY_UNKNOWN) for code in sorted(codes, key=lambda c: c == "unknown")]
    where = " and ".join(named) if len(named) <= MOST_COUNTRIES_NAMED else several_countries(codes)
    first, last = filters.date_from or first_day, filters.date_to or last_day
    return f"{where}; {date_range(first, last)}" if first and last else where


def several_countries(codes: list[str]) -> str:
    """How many countries, and whether some incidents have none."""
    known = [code for code in codes if code != "unknown"]
    return f"{counted(len(known), 'country', 'countries')}" + (" and unknown" if len(known) < len(codes) else "")


# Notes below the overview's figures.
NO_INCIDENT = "no incident"
NONE_WAITS = "none waits"
APART = "apart"
ALL = "all"


def of_unknown_date(incidents: int) -> str:
    """How many of the incidents have no date."""
    return f"{number(incidents)} of unknown date" if incidents else "all dated"


def private_reports(reports: int) -> str:
    """How many of the reports are private."""
    return f"{number(reports)} of them private" if reports else "all public"


def for_incidents(incidents: int) -> str:
    """Below a figure that the data says nothing of."""
    return f"for {counted(incidents, 'incident')}"


# Pictures of the overview.
PERIOD_COLUMNS = {"day": "Day", "week": "Week from", "month": "Month from"}
BY_WEEK_SUBTITLE = "Incidents by first day of harm, weeks from Monday; recent weeks may still gain incidents."
NOTHING_FOR_HEXAGONS = (
    "No incident here is located finely enough for a hexagon; the map page draws coarse locations too."
)


def over_time_title(measure: str, period: str, where_and_when: str) -> str:
    """ "Incidents by week: Kenya; 3 Jan – 30 Oct 2024"."""
    return f"{measure} by {period}: {where_and_when}"


def no_dates_to_draw(period: str) -> str:
    """Why a chart over time is empty."""
    return f"No incident here has a date that is known to the {period}, so there is no chart."


def overview_funnel_subtitle(without: int) -> str:
    """Unit of the funnel, and what it leaves out."""
    left_out = f"; {counted(without, 'incident')} without a review record are not in it" if without else ""
    return f"Incidents, counted in every stage that they reached or passed{left_out}."


def overview_no_review_in_data(incidents: int) -> str:
    """Said in place of the funnel where the data has no review record at all."""
    return (
        f"This data has no review record for its {counted(incidents, 'incident')}: whether and how far they are under "
        "review is unknown, so there is no stage funnel."
    )


def map_title(where_and_when: str) -> str:
    """Title of the overview's small map."""
    return f"Where incidents happened: {where_and_when}"


def newest_of(rows: str, total: str) -> str:
    """How many of the incidents a short table shows."""
    return f"The newest {rows} of {total} incidents by date; the page Incidents has them all."


# Downloads, and what may be done with them.
DOWNLOAD = "Download"
MAY, MAY_NOT = "yes", "no"


def not_redistributable(titles: list[str]) -> str:
    """Warning about sources whose rows may not be passed on; the titles are escaped for Markdown."""
    return (
        f"Do not pass these rows on: {'; '.join(escaped(title) for title in titles)} "
        f"{'gives' if len(titles) == 1 else 'give'} no right to redistribute. Use them inside your own organisation "
        "and cite the source."
    )


NO_COORDINATES = "no coordinates"
PRECISION_NOT_STATED = "Precision not stated: the true place may lie away from the point"
PLACE_UNKNOWN = "Place unknown"
DATE_UNKNOWN = "Date unknown"
NOT_IDENTIFIED = "not identified"
PRIVATE_HIDDEN = "private report: not shown"
PRIVATE_SHOWN = "private report"
PERSONAL_HIDDEN = "personal account: address not shown"
NO_ID = "No incident is named in the address. Choose one from the table of incidents."
TO_INCIDENTS = "All incidents under the filters"
ONE_INCIDENT = "One incident, whatever the filters."
AT_PUBLISHER = "The publisher's page of this incident"
PARTS = {
    "facts": "What is known",
    "location": "Location",
    "casualties": "People harmed",
    "reports": "Reports",
    "weapons": "Weapons",
    "history": "Review",
    "assessment": "Assessments",
    "response": "Responses",
    "engagement": "Engagements",
    "data": "Data set",
}
FACT_HEADINGS = {"fact": "Fact", "value": "As recorded here", "raw": "In the source's words"}
CASUALTY_HEADINGS = {
    "group": "Who",
    "harm": "What",
    "low": "Lowest",
    "best": "Best",
    "high": "Highest",
    "raw": "In the source's words",
}
WEAPON_HEADINGS = {
    "weapon": "Weapon",
    "confidence": "Confidence",
    "basis": "Basis",
    "us_origin": "US origin",
    "report": "Report",
    "raw": "In the source's words",
}
HISTORY_HEADINGS = {
    "day": "Day",
    "stage": "Stage entered",
    "days": "Days in it",
    "bureau": "Bureau",
    "reason": "Reason",
    "waiting_on": "Waiting on",
}
NO_CASUALTIES = "No figure is stated. That is unknown, not zero."
UNATTRIBUTED = "Unattributed: no weapon is named. That is the normal case and says nothing of what was used."
NO_REVIEW = "No review record: the data says nothing of a review. The incident may or may not be under review."
NO_STEPS = "No step of the review is on record."
NO_PLACE_ON_MAP = "Without coordinates there is no map."
NONE_ON_RECORD = "None on record."
UNIT = "Unit"
REDISTRIBUTABLE = {True: "rows may be passed on", False: "rows may not be passed on without the publisher's leave"}


def unknown_incident(incident_id: str, known_on: date | None = None) -> str:
    """Said for an address that names no incident of this build, or none that was known; the text is escaped."""
    if known_on:
        return f"No incident {escaped(incident_id)} was known on {day(known_on)}. Choose another day in “As known on”."
    return f"This data has no incident {escaped(incident_id)}. The link may be of another data set or an older build."


def harmed(killed: str, injured: str) -> str:
    """The line under an incident's title."""
    return f"Civilians reported killed: {killed}. Civilians reported injured: {injured}."


def distance(metres: float) -> str:
    """ "25 m", "2.5 km"."""
    return f"{number(round(metres))} m" if metres < 1000 else f"{number(round(metres / 1000, 1))} km"


def precision(label: str, radius_m: int, *, is_measure: bool) -> str:
    """Precision and radius in words; the radius of a named place is a round figure, not a measurement."""
    if not is_measure:
        return f"{label}: somewhere within about {distance(radius_m)} of the point (a round figure for such a place)"
    within = f"within {distance(radius_m)} of the point"
    return within.capitalize() if label.startswith("Within") else f"{label}: {within}"


def coordinate_decimals(radius_m: int | None) -> int:
    """Decimals of a degree that the precision carries: the fourth is about 11 m."""
    if radius_m is None or radius_m <= 100:
        return 4
    return 3 if radius_m < 2_500 else 2 if radius_m < 25_000 else 1


def outside(distance_m: float) -> str:
    """A point that is not in the country the source states."""
    return f"{distance(distance_m)} outside the stated country"


def system_only(label: str) -> str:
    """A weapon of which only the kind is known."""
    return f"{label}, not further identified"


def stay(days: int, *, open_ended: bool) -> str:
    """Days in the last stage."""
    return f"{number(days)} so far" if open_ended else "ended"


def personal_account(platform: str | None) -> str:
    """Stands in place of a person's name."""
    return f"personal account ({platform})" if platform else "personal account"


def other_address(address: str) -> str:
    """An address that is no web page: text, never a link."""
    return f"address that is no web page: {address}"


def linked(probability: float | None) -> str:
    """A link between report and incident that no source states."""
    return "linked by us" if probability is None else f"linked by us, probability {probability:.0%}"


def report_counts(total: int, private: int) -> str:
    """How many reports there are, private ones included."""
    if total == 0:
        return "No report is linked to this incident."
    of_these = f", {number(private)} of them private" if private else ""
    return f"{counted(total, 'report')}{of_these}; oldest first, undated last."


def dataset_line(title: str, publisher: str, licence: str, known_on: date, *, redistributable: bool) -> str:
    """Where the incident comes from."""
    return (
        f"{title}, published by {publisher}, as known on {day(known_on)}. "
        f"Licence: {licence}; {REDISTRIBUTABLE[redistributable]}."
    )


def one_map(code: str, place: str, precision_text: str) -> str:
    """Alternative text of an incident's map."""
    return f"Map of incident {code}, {place}. Location precision: {precision_text}"


# Data quality.
WHOLE_BUILD = "This page is about the whole build; the filters in the sidebar do not apply to it."
EXPECTATIONS = "Expectations"
EXPECTATIONS_TITLE = "Expectations of the data in this build, by outcome"
EXPECTATIONS_SUBTITLE = (
    "A failed one of severity error would have stopped the build. A warning is published, for people to look at."
)
OUTCOMES = {"passed": "Passed", "warning": "Warning", "failed": "Failed"}
SUITES = "By suite: each table is one"
SUITE_COLUMNS = {"suite": "Suite", "expectations": "Expectations"} | OUTCOMES
CHOOSE_SUITE = "All expectations of a suite"
CHOOSE_SUITE_HINT = "Choose a suite"
EXPECTATION_COLUMNS = {
    "outcome": "Outcome",
    "expectation": "Expectation",
    "description": "What is expected",
    "reason": "Why",
    "severity": "Severity",
    "evaluated": "Rows checked",
    "unexpected": "Rows that broke it",
}
UNMET = "Not met"
ALL_MET = "Every expectation is met."
HISTORY = "History of builds"
HISTORY_COLUMNS = {
    "build": "Build",
    "built": "Built at (UTC)",
    "state": "State",
    "incidents": "Incidents",
    "quarantined": "Rows in quarantine",
    "passed": "Passed",
    "warning": "Warning",
    "failed": "Failed",
    "code": "Code version",
}
STATE_CURRENT, STATE_KEPT, STATE_GONE = "shown here", "kept", "record only"
QUARANTINE = "Quarantine"
QUARANTINE_NOTE = (
    "Input rows that were refused, as they were read, and why. Fields that may not be shown are blanked. A refused row "
    "is in no figure of this app."
)
QUARANTINE_EMPTY = "No input row was refused in this build."
QUARANTINE_NOTHING = "No refused row of this data set broke this rule."
DATA_SET, BROKEN_RULE, EVERY = "Data set", "Broken rule", "All"
QUARANTINE_COLUMNS = {
    "dataset_id": "Data set",
    "file": "File",
    "row_number": "Row",
    "rule": "Rule",
    "reason": "Reason",
    "raw": "Row as read",
}
SOURCES = "Sources: what was read, and of which day"
SOURCE_COLUMNS = {
    "title": "Source",
    "rows_read": "Rows read",
    "rows_loaded": "Loaded",
    "rows_quarantined": "In quarantine",
    "known_on": "As known on",
    "retrieved_on": "Files obtained on",
}
INPUT_FILES = "Input files"
FILE_COLUMNS = {
    "dataset_id": "Data set",
    "file": "File",
    "rows_read": "Rows read",
    "rows_loaded": "Loaded",
    "rows_quarantined": "In quarantine",
    "size_bytes": "Bytes",
    "sha256": "SHA-256",
}
SAMPLE_INCIDENT = "Incident"


def outcome_detail(outcome: str, count: int, rows: int) -> str:
    """What stands below a bar of outcomes."""
    return f"{counted(rows, 'case')} in all." if count and outcome != "passed" else ""


def unmet_heading(severity: str, expectation: str, unexpected: int, evaluated: int) -> str:
    """Head of the box of one broken expectation, escaped for Markdown."""
    return escaped(f"{severity}: {expectation}, {number(unexpected)} of {counted(evaluated, 'row')}")


def sample_note(shown: int, unexpected: int) -> str:
    """How many of the rows that broke an expectation are named."""
    return f"Keys of {number(shown)} of {counted(unexpected, 'row')} that broke it:"


def not_evaluated(message: str) -> str:
    """Said of an expectation that could not be checked."""
    return f"It could not be checked: {message}"


def quarantine_page(first: int, last: int, total: int) -> str:
    """Which of the refused rows are shown."""
    return f"Rows {number(first)}–{number(last)} of {number(total)}."


def adds_up(read: int, loaded: int, quarantined: int) -> str:
    """The proof that no row was lost."""
    return (
        f"{counted(read, 'row')} read = {number(loaded)} loaded + {number(quarantined)} in quarantine. "
        "It adds up for every source."
    )


def does_not_add_up(titles: list[str]) -> str:
    """Said where rows were lost; the titles are escaped for Markdown."""
    listed = "; ".join(escaped(title) for title in titles)
    return f"Rows read are not rows loaded plus rows in quarantine: {listed}. Do not rely on this build."


def history_note(kept_builds: int) -> str:
    """What the history holds."""
    return f"Newest first. The last {number(kept_builds)} builds are kept; of older ones only this record remains."


def built(built_at: datetime, code_version: str) -> str:
    """When and by what the build was made."""
    return f"Built {day(built_at)} {built_at:%H:%M} UTC by version {code_version}."


MAP_STYLE = "Show as"
MAP_STYLES = {"points": "Points", "hexagons": "Hexagons", "heat": "Heat"}
COLOUR_BY = "Colour points by"
SEVERAL_VALUES = "Several"
WINDOW = "Days shown"
WINDOW_HELP = "Incidents whose possible days overlap the window. All days, unknown ones included, while it is full."
PLAY = "Play"
PLAY_HELP = "Moves the window through time, 30 days at a time if you have set none. Switch off to stop."
CLICK_HOW = "Click an incident on the map to see it here, or choose one from the table below."
ON_THIS_MAP = "Incidents with coordinates"
NOTHING_ON_MAP = "None of these incidents can be drawn in this way."
NO_COORDINATES_AT_ALL = "None of the incidents under this filter has coordinates, so there is nothing to draw."


def big_map_title(style: str, sentence: str, colour: str) -> str:
    """Title of the map: what is shown, of which incidents."""
    what = {
        "points": f"Incidents by civilians reported killed, coloured by {colour.lower()}",
        "hexagons": "Incidents by hexagon",
        "heat": "Density of incidents",
    }[style]
    return f"{what}: {sentence[0].lower()}{sentence[1:]}"


def map_note(drawn: int, too_coarse: int, without_coordinates: int) -> str:
    """What the map shows and what it cannot show."""
    parts = [f"{counted(drawn, 'incident')} drawn"]
    if too_coarse:
        parts.append(f"{number(too_coarse)} left out: the location is too coarse for this, or its precision unknown")
    parts.append(f"{number(without_coordinates)} without coordinates")
    return "; ".join(parts) + "."


def too_many_points(located: int, most: int) -> str:
    """Why points became hexagons."""
    return (
        f"{number(located)} incidents are more than the {number(most)} points that a browser draws well, so they are "
        "shown as hexagons. Narrow the filters to see points."
    )


def at_this_place(incidents: str) -> str:
    """Heading of a list of incidents that share a place on the map."""
    return f"{incidents} at this place, newest first"


def fact(name: str, value: str) -> str:
    """One line of a card."""
    return f"{name}: {value}"


# Method.
METHOD_SCOPE = (
    "Terms, columns and limits, read from the same declaration that the tables, the filters and the checks are made "
    "from. The filters in the sidebar do not apply to this page."
)
SEARCH_TERMS = "Find a term or a column"
SEARCH_TERMS_PLACEHOLDER = "unattributed, radius, civilians ..."
TERM_COLUMNS = {"where": "Where", "name": "Name", "label": "Label", "meaning": "Meaning"}
PROCESS = "The review process"
PROCESS_TEXT = (
    "The Civilian Harm Incident Response Guidance of August 2023 has reports that a partner's forces harmed civilians "
    "with US-origin weapons collected, and each incident pass three stages, in this order:"
)
GRADING = "Grading of civilian harm, of the attack, and of the weapon"
PRECISION = "Precision of places"
PRECISION_COLUMNS = {"label": "Precision", "meaning": "Meaning", "radius": "Radius", "drawn": "Drawn as"}
DRAWN_POINT, DRAWN_CIRCLE, DRAWN_UNKNOWN = "point", "circle of that radius", "question mark"
COUNTING = "How numbers are counted"
LIMITS = "Limits"
LIMITS_LIST = (
    "Reports are allegations, and incidents are what became known and was recorded.",
    "Where few people report, few incidents are on record: a low number is not evidence of little harm.",
    "Incidents of different sources are never merged by place name: the same event may stand in two data sets.",
    "Unattributed is the normal case for weapons. It says nothing about where a weapon came from.",
    "A source's claim about a weapon is never more than possible, however often it is repeated.",
    "No review record does not mean no review: the data says nothing.",
    "A date or place is never more exact than its source; what a source states is kept as raw text beside it.",
    "Names of victims are never loaded. Accounts of private persons are never shown.",
    "Private reports are counted; what they say and who sent them is not shown unless the operator allows it.",
    "Synthetic data never stands in one warehouse with recorded data.",
)
VOCABULARY = "Vocabulary"
VOCABULARY_COLUMNS = {"label": "Label", "colour": "Colour", "meaning": "Meaning", "value": "Stored as"}
USML = "United States Munitions List"
USML_NOTE = "Categories of 22 CFR 121.1."
USML_COLUMNS = {"category": "Category", "title": "Title"}
DICTIONARY = "Data dictionary"
DICTIONARY_COLUMNS = {
    "column": "Column",
    "label": "Label",
    "description": "Meaning",
    "type": "Type",
    "unit": "Unit",
    "required": "Never empty",
    "allowed": "Allowed",
    "flags": "Shown",
}
SHOWN_ALWAYS, SHOWN_NEVER, SHOWN_PUBLIC = "yes", "never", "not for private reports"
NO_TERM = "No term or column has these words."


def norm_text(norm_days: int, bands: list[str]) -> str:
    """The norm and the age bands."""
    return (
        f"A finding is expected within two months of receipt (the norm reported in the press), counted as {norm_days} "
        f"days. Waits are shown in bands of {', '.join(bands)}. All waits are counted to the day of knowledge of the "
        "data, not to today."
    )


def coarse_text(metres: int) -> str:
    """From where on a place is drawn as a circle."""
    return f"From a radius of {number(metres)} m on, a place is drawn as a circle, never as a point."


def counting_list(share_from: int) -> tuple[str, ...]:
    """How sums, unknown values and shares are treated."""
    return (
        "Casualties are carried as lowest, best and highest estimate. A sum adds lowest to lowest, highest to highest.",
        "The range of a sum is the widest that the sources allow, not a margin of error.",
        "A best estimate is shown only where a source states one; no middle is ever computed.",
        "Unknown is not zero. An incident without a figure is in no sum; how many there are stands beside every sum.",
        "Only figures for civilians are summed. Children, women and men are parts of civilians, never added to them.",
        "A figure for all people killed never becomes one for civilians.",
        "A date filter keeps incidents whose range of possible days overlaps it.",
        "Incidents of unknown date are left out by a date filter, and counted above the page.",
        "An incident may have several weapons or source types: it counts in each, so these do not add up.",
        "Median times until a stage is reached or left keep those that still wait (Kaplan-Meier).",
        "A median of the waits so far is a lower bound: they go on.",
        f"Shares of fewer than {number(share_from)} are given as counts.",
        "Later versions of a row replace earlier ones; what is shown is what is known now.",
    )


def bullets(lines: Sequence[str]) -> str:
    """A list in Markdown; for texts of this module only."""
    return "\n".join(f"- {line}" for line in lines)


def table_heading(name: str, row_is: str) -> str:
    """Head of a table in the data dictionary."""
    return f"{escaped(name)}: one row is {escaped(row_is)}"


def vocabulary_heading(name: str, description: str) -> str:
    """Head of a vocabulary."""
    return f"{escaped(name)}: {escaped(description)}"


def used_by(columns: list[str]) -> str:
    """Which columns hold values of a vocabulary."""
    return f"Used by {', '.join(columns)}." if columns else ""


# Trends.
TREND_CONTROLS = {"period": "By", "measure": "Count"}
MEASURES = {"incidents": "Incidents", "killed": "Civilians killed", "injured": "Civilians injured"}
SPLIT_BY = "Split by"
NO_SPLIT = "Not split"
CUMULATIVE = "Running total"
MEAN_HELP = "Of incidents per period, not of running totals. Ranges of people have no single mean."
EVENTS = "Events"
EVENTS_LISTED = "Events marked in the chart, with their sources"
EVENT_COLUMNS = {"date": "Date", "label": "Event", "source": "Source"}
ESTIMATE_COLUMNS = {"low": "Lowest estimate", "high": "Highest estimate", "unknown": "Incidents, number unknown"}
ONE_SCALE = "All rows on one scale."
DOTTED_LINES = "Dotted lines: the events listed below."
SELECT_DATES = (
    "Draw a box across the chart to set the dates of the filter to the periods it touches; “First day” and “Last day” "
    "in the sidebar do the same from the keyboard."
)


def mean_over(periods: int, period: str) -> str:
    """Label of the rolling mean."""
    return f"Mean of {counted(periods, period)}"


def trend_title(harm: Harm | None, period: str, split: str | None, where_and_when: str, *, cumulative: bool) -> str:
    """ "Civilians reported killed by week and country: Kenya; 3 Jan – 30 Oct 2024"."""
    what = f"Civilians {harm.label.lower()}" if harm else INCIDENTS_COUNTED
    total = ", running total" if cumulative else ""
    by = f" and {FILTER_LABELS[split].lower()}" if split else ""
    return f"{what} by {period}{by}{total}: {where_and_when}"


def trend_unit(harm: Harm | None, *, cumulative: bool) -> str:
    """Unit and qualifiers of a chart over time."""
    unit = "People, lowest to highest estimate" if harm else "Incidents"
    up_to = ", all up to the end of each period" if cumulative else ""
    return f"{unit}{up_to}, by first day of harm; recent days may still gain incidents."


def counts_in_each(split: str) -> str:
    """Said where categories overlap."""
    return f"An incident with several values of {split.lower()} counts in each, so that they add up to more than all."


def no_numbers(harm: Harm, incidents: int) -> str:
    """Why there is no band."""
    return (
        f"The number of civilians {harm.label.lower()} is unknown for all {counted(incidents, 'incident')} here, so "
        "there is no chart. Unknown is not zero."
    )
