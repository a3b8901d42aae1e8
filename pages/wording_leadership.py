"""What the overview says: key figures, where they come from, what waits, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pages.charts.formatting import counted, day, number
from warehouse.changes import What

# Key figures.
WAITING = "Waiting in the review"
MEDIAN_WAIT = "Median days in stage"
OPENS = "Opens the page behind this figure, with the filters kept."

# Trends, for those who do not see them.
TREND_INCIDENTS = "Incidents by month of harm"
TREND_KILLED = "Civilians reported killed by month, lowest to highest estimate"
TREND_THIRD_STAGE = "Incidents that had reached the third stage by the end of each month"
TREND_WAITING = "Incidents waiting at the end of each month, and those overdue among them"
TREND_MEDIAN = "Median days in the current stage at the end of each month"


def trend(what: str, months: str, values: Sequence[str]) -> str:
    """A small picture in words."""
    return f"{what}, {months}: {', '.join(values)}."


def of_these(all_of_them: str, some: str) -> str:
    """ "597 (518 overdue)"."""
    return f"{all_of_them} ({some} overdue)"


def trend_note(harm: str, review: str) -> str:
    """What the small lines are; to follow another sentence.

    Args:
        harm, review: their months; empty where there are no such lines.
    """
    if not harm and not review:
        return ""
    of_harm = f"harm by month, {harm} (recent ones may still grow)" if harm else ""
    when = "" if review == harm else f", {review}"
    of_review = f"the review at month's end{when}, overdue dashed" if review else ""
    return f" Lines from zero: {'; '.join(part for part in (of_harm, of_review) if part)}."


def incidents_note(reports: int, without_date: int) -> str:
    """Below the number of incidents."""
    undated = f"; {number(without_date)} of unknown date" if without_date else ""
    return f"in {counted(reports, 'report')}{undated}"


def responses_note(share: str, with_response: int) -> str:
    """Below the number that reached the third stage."""
    return f"{share}; {number(with_response)} with a response"


def overdue_note(overdue: int, norm_days: int, without_receipt: int) -> str:
    """Below the number of waiting incidents."""
    unjudged = f"; {number(without_receipt)} without receipt" if without_receipt else ""
    return f"{number(overdue)} overdue, over {norm_days} days since receipt{unjudged}"


def median_note(waiting: int, as_of: date) -> str:
    """Below the median of waiting times."""
    return f"over {counted(waiting, 'waiting incident')}, up to {day(as_of)}"


# The board below the figures.
SHORT_FUNNEL_TITLE = "Stage of the review reached"
OLDEST_TITLE = "Where the oldest cases wait"
OLDEST_COLUMNS = ("Stage and country", "Waiting", "Overdue", "Longest")
CHANGED_TITLE = "What changed in 7 days"
CHANGED_COLUMNS = ("Change", "Incidents")
CHANGED_NEW = "New incidents"
CHANGED_LOADED = "In data sets loaded since"
CHANGED_HARM = {What.RETRACTED: "Retracted by their source", What.KILLED: "Killed: estimate revised"}
CHANGED_REVIEW = {What.STEP: "A step of the review", What.FINDING: "A finding", What.RESPONSE: "A response"}
CHANGED_BACK = "Sent back or reopened"
ONE_DAY = "This data is known as of one day alone, so that nothing can be said to have changed."
MORE = "More"
TO_PIPELINE = "Review pipeline"


def stage_and_country(stage: str, country: str) -> str:
    """ "Stage 1, Kenya"."""
    return f"{stage.split(':')[0]}, {country}"


def waited(days: int) -> str:
    """ "383 days"."""
    return counted(days, "day")


def nobody_waits(reviewed: int, without_record: int) -> str:
    """Said in place of the list; nothing is said of incidents without a review record."""
    known = f"None of {counted(reviewed, 'incident')} with a review record waits." if reviewed else ""
    unknown = f"Whether {counted(without_record, 'incident')} without a review record wait is unknown."
    return " ".join(part for part in (known, unknown if without_record else "") if part)


def no_record(incidents: int) -> str:
    """Below a figure that is unknown because the data says nothing of a review."""
    return f"no review record for {counted(incidents, 'incident')}"


def oldest_note(shown: int, as_of: date) -> str:
    """Below the places where incidents wait."""
    return f"The {counted(shown, 'place')} with the longest wait in a stage, in days up to {day(as_of)}."


def changed_days(before: date, after: date) -> str:
    """Between which days of knowledge."""
    return f"Known by {day(after)}, not by {day(before)}."


# Explain this number.
EXPLAIN = "Explain"
EXPLAIN_HELP = "What is counted, from which rows, by which query."
COUNTED_HEADING = "What is counted"
FILTER_HEADING = "Under which filter"
ROWS_HEADING = "The rows behind it"
QUERY_HEADING = "The query, as it ran"
SOURCES_HEADING = "From which data"
STAGES_ARE = (
    "Stages are those of the Civilian Harm Incident Response Guidance (August 2023): incident analysis, policy impact "
    "assessment, department response coordination."
)
NO_ROWS = "No incident is behind it."
THIRD_STAGE_ROWS = (
    "No filter chooses incidents by the furthest stage that they reached, so no link opens exactly these rows. Those "
    "that stand in the third stage now are a part of them; the others have been closed or sent back since."
)


def explain_title(label: str, value: str) -> str:
    """Title of the explanation."""
    return f"{label}: {value}"


def incidents_explained(without_date: int, *, dated: bool) -> str:
    """What the number of incidents is."""
    if dated:
        undated = "Incidents of unknown date cannot meet a filter on dates and are not among them."
    else:
        undated = f"{counted(without_date, 'incident')} of unknown date {_is(without_date)} among them."
    return (
        "Incidents that meet the filter, whatever their harm status. Records that are likely about the same event are "
        f"counted as they are listed, each once. {undated}"
    )


def killed_explained(unknown: int, incidents: int) -> str:
    """What the number of civilians reported killed is."""
    return (
        "The sum of the lowest and the sum of the highest estimates of civilians reported killed. Incidents that are "
        f"likely one event add to it once. Of {counted(incidents, 'event')}, {number(unknown)} {_has(unknown)} an "
        "unknown lowest or highest estimate: unknown is not zero, and the true numbers may lie outside the range. "
        "They are what sources report; they do not say who is responsible."
    )


def third_stage_explained(with_response: int) -> str:
    """What the number that reached the third stage is."""
    return (
        "Incidents whose furthest stage is department response coordination, those closed or sent back since included. "
        f"{number(with_response)} {_has(with_response)} a response that was recommended, approved or implemented; "
        f"declined ones do not count. {STAGES_ARE}"
    )


def waiting_explained(overdue: int, without_receipt: int, norm_days: int, as_of: date) -> str:
    """What the number of waiting incidents is."""
    return (
        "Incidents that stand in an open stage: received, or in one of the three stages, and not closed. "
        f"{number(overdue)} {_is(overdue)} overdue: received more than {norm_days} days before {day(as_of)}. That "
        "stands for the two months within which a finding is expected, a norm reported by the press. "
        f"{number(without_receipt)} {_has(without_receipt)} no day of receipt on record, so that nobody can say. "
        f"{STAGES_ARE}"
    )


def median_explained(waiting: int, as_of: date) -> str:
    """What the median wait is."""
    return (
        f"The middle value of the days that {counted(waiting, 'waiting incident')} had spent in the current stage by "
        f"{day(as_of)}. It is about those that still wait, so it says how old the backlog is, not how long a review "
        f"takes. {STAGES_ARE}"
    )


def as_shown(columns: Sequence[str]) -> str:
    """Which part of the answer the page shows."""
    return f"The page shows {', '.join(columns)} of its one row."


def rows_link(incidents: int) -> str:
    """Link to the table of incidents."""
    return f"Open {counted(incidents, 'incident')} in the table"


def known_rows_link(incidents: int) -> str:
    """Link to the incidents that state a number."""
    return f"Open {counted(incidents, 'incident')} with a lowest estimate in the table"


def unknown_rows(incidents: int) -> str:
    """Why the unknown ones have no link of their own."""
    states = "states" if incidents == 1 else "state"
    return (
        f"{counted(incidents, 'more incident')} under the filter {states} no lowest estimate; no filter chooses those "
        "alone."
    )


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"
