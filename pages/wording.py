"""What the app says to people. Tests use the same constants."""

from __future__ import annotations

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
