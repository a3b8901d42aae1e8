"""What the page Findings says. Tests use the same constants."""

from __future__ import annotations

from pages.charts.formatting import counted, number

PAGE = "Findings"
PAGE_HELP = (
    "What assessments found on each principle of law and on avoidability; what is pending; findings that changed."
)

NO_FINDINGS = (
    "No assessment of these incidents is on record. That does not mean that nothing was found: the record says nothing."
)
NONE = "No assessment on record"
PRINCIPLES_TITLE = "Findings on the principles of international humanitarian law"
AVOIDABILITY_TITLE = "Findings on whether the harm could have been avoided"
STAGE_TITLE = "Findings by stage of the review"
MADE_TITLE = "Findings by month in which they were made"
QUESTION = "Question"
CHANGED = "Findings that changed"
CHANGED_NOTE = (
    "A later assessment of the same incident and question that found something else than the one before, or a revised "
    "record of it."
)
NONE_CHANGED = "No finding on record differs from an earlier one on the same incident and question."
BARS_SUBTITLE = "Incidents. Beside each name: those with a finding, of all."
STANDING = "The latest dated finding of an incident stands; an assessment that is not finished is pending."
COLUMNS = {
    "row": "Question",
    "stage": "Stage",
    "finding": "Finding",
    "incidents": "Incidents",
    "period_start": "Month",
    "findings": "Findings",
    "incident": "Incident",
    "kind": "Question",
    "before": "Found before",
    "before_on": "On",
    "after": "Found later",
    "after_on": "Later, on",
}
NO_MONTH = "no day on record"


def also_pending(incidents: int) -> str:
    """Incidents that are being assessed again; empty when none."""
    if not incidents:
        return ""
    return (
        f"On {counted(incidents, 'question of an incident', 'questions of incidents')} a further assessment is pending."
    )


def made_subtitle(pending: int, undated: int) -> str:
    """Unit of the bars by month, and what they leave out."""
    more = f", {counted(undated, 'finding')} without a day" if undated else ""
    return (
        "Assessments by their day, later ones of the same incident too. Not in the chart: "
        f"{number(pending)} pending{more}."
    )


def no_months(pending: int, undated: int) -> str:
    """Said in place of the chart by month."""
    rest = f"{number(pending)} pending, {number(undated)} undated"
    return f"No chart by month: no finding on this question has a day. {rest}."


def question_title(title: str, question: str) -> str:
    """ "Distinction: findings by stage of the review"."""
    return f"{question}: {title[:1].lower()}{title[1:]}"


def changed_listed(shown: int, total: int, incidents: int) -> str:
    """How many changes there are, and how many are listed."""
    rest = "" if shown == total else f" The newest {number(shown)} are listed."
    return f"{counted(total, 'change')} on {counted(incidents, 'incident')}, the newest first.{rest}"
