"""What the app says to people. Tests use the same constants."""

from __future__ import annotations

from datetime import date, datetime

from pages.charts.formatting import day, number
from pages.components.plain import escaped

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
    "text": "Text in place or summary",
}
ANY = "Any"
RESET = "Reset filters"
QUICK_DATES = "Dates"
QUICK_LAST_MONTH = "Last month"
QUICK_LAST_90_DAYS = "Last 90 days"
QUICK_ALL = "All"
MINIMUM_HELP = "By the lowest estimate. Incidents whose number is unknown are left out and counted above the page."
TEXT_PLACEHOLDER = "Rafah, رفح ..."
TEXT_HELP = "Every word must occur. Accents, capital letters and Arabic letter forms make no difference."

SYNTHETIC_BANNER = (
    "**SYNTHETIC DATA.** Every incident, report and review step here is generated for demonstration. "
    "Nothing describes a real event."
)


def more_filters(active: int) -> str:
    """Label of the expander; says how many of the filters inside are set, since it may be closed."""
    return f"More filters ({active} set)" if active else "More filters"


def unknown_in_link(values: list[str]) -> str:
    """Said when a link names values that this build does not have."""
    listed = "; ".join(escaped(value) for value in values)
    return f"The link asks for values that are not in this data and were left out: {listed}."


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
