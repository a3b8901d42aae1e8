"""What the page Sources says to people. Tests use the same constants."""

from __future__ import annotations

from collections.abc import Sequence

from pages.charts.formatting import counted, number
from pages.charts.sources import part_of

PAGE = "Sources"
PAGE_HELP = "Who reported the incidents, how soon, and what became of them."

NO_REPORTS = (
    "No report is linked to these incidents. That says nothing of whether there were any: the data does not give them."
)
DIMENSIONS = {
    "source_type": "type of source",
    "account_kind": "kind of account",
    "language": "language",
    "platform": "platform",
}
"""Column of the report table -> its name in titles."""
MONTHS_TITLE = "Reports by month of publication and type of source"
PUBLISHERS = "Publishers with the most reports"
BASE_TITLE = "Incidents by the number of their reports"
LAG_TITLES = {
    "first_report": "Days from the event to the first report",
    "assessment": "Days from the event to the publisher's assessment",
}
OUTCOME_TITLES = {
    "harm_status": "Harm status of the incidents of each type of source",
    "stage": "Stage of the review of the incidents of each type of source",
    "response": "Response to the incidents of each type of source",
}
RESPONSES = {
    "with_response": "Response recommended or taken",
    "without_response": "No response on record",
    "no_review_record": "No review record",
}
LAG_BANDS = {
    "before_event": "Before the event",
    "no_event_day": "Unknown: no day of the event",
    "no_day": "Unknown: later day not stated",
}
LAG_DETAILS = {
    "before_event": "A date is wrong, or the report is about something earlier.",
    "no_event_day": "The event is not known to the day.",
}
COLUMNS = {
    "category": "Value",
    "reports": "Reports",
    "archived": "Archived",
    "dated": "Dated",
    "private": "Private",
    "incidents": "Incidents",
    "period_start": "Month",
    "publisher": "Publisher",
    "account_kind": "Kind of account",
    "source_type": "Type of source",
    "band": "Reports",
    "days": "Days",
    "share": "Share",
}
NOT_STATED = "not stated"
EACH_TYPE = "An incident counts in each type of source that reported it, so the bars do not add up."


def reports_title(dimension: str, where_and_when: str) -> str:
    """ "Reports by language: Kenya; 3 Jan – 30 Oct 2024"."""
    return f"Reports by {DIMENSIONS[dimension]}: {where_and_when}"


def reports_subtitle(*, several: bool, left_out: int) -> str:
    """Unit of the bars of reports; `left_out` values are in the table only."""
    more = " A report stands in one bar, its incidents may stand in several." if several else ""
    rest = f" The table has {counted(left_out, 'smaller value')} more." if left_out else ""
    return f"Reports linked to these incidents, each counted once.{more}{rest}"


def coverage(reports: int, incidents: int) -> str:
    """End of the footer of figures about reports."""
    return f"{counted(reports, 'report')} of {counted(incidents, 'incident')}"


def months_subtitle(undated: int, reports: int) -> str:
    """Unit of the bars by month, and what they leave out."""
    left_out = f" Not in the chart: {number(undated)} of {counted(reports, 'report')} without a day of publication."
    return f"Reports by the day they were published.{left_out if undated else ''}"


def no_months(reports: int) -> str:
    """Said in place of the chart by month where no report is dated."""
    return f"No chart by month: the day of publication is unknown for all {counted(reports, 'report')}."


def publishers_note(shown: int, publishers: int, reports: int, personal: int, unnamed: int) -> str:
    """What the table of publishers holds, and what it does not."""
    note = f"{number(shown)} of {counted(publishers, 'named publisher')}, most reports first."
    parts = []
    if personal:
        parts.append(f"{number(personal)} of personal accounts, which are never named")
    if unnamed:
        parts.append(f"{number(unnamed)} whose publisher is unknown or may not be shown")
    if not parts:
        return note
    return f"{note} Not in the table, of {counted(reports, 'report')}: {' and '.join(parts)}."


def unreachable(reports: int) -> str:
    """Reports that no filter on incidents reaches; empty when there are none."""
    if not reports:
        return ""
    belongs, is_not = ("belongs", "is") if reports == 1 else ("belong", "are")
    return f"{counted(reports, 'report')} of this data {belongs} to no incident and {is_not} not on this page."


def archived(part: int, reports: int) -> str:
    """How many reports have an archived copy."""
    copies = f"Archived copies: {part_of(part, reports)}"
    return f"{counted(reports, 'report')}. {copies}. A report without one may be lost when its page is."


def base_subtitle(no_report: int, one_report: int, one_type: int, incidents: int) -> str:
    """How narrow the base of the incidents is."""
    one, narrow, none = (part_of(part, incidents) for part in (one_report, one_type, no_report))
    unreported = f" {none} on none that the data gives." if no_report else ""
    return (
        f"Incidents. {one} rest on one report, {narrow} on several of one type of source only.{unreported} Reports may "
        "repeat each other: their number is not the number of independent sources."
    )


def lag_subtitle(timed: int, median_days: float, before_event: int, unknown: int, incidents: int) -> str:
    """Median, what it covers, and what is unknown."""
    negative = f", {number(before_event)} of them before the event" if before_event else ""
    median = f"Median {number(median_days)} days over {counted(timed, 'incident')} with both days known"
    return f"Incidents. {median}{negative}; unknown for {part_of(unknown, incidents)}."


def no_lag(kind: str, no_day: int, no_event_day: int) -> str:
    """Said in place of the chart where no incident has both days."""
    parts = []
    if no_day:
        parts.append(f"the later day is not stated for {counted(no_day, 'incident')}")
    if no_event_day:
        parts.append(f"the event is not known to the day for {number(no_event_day)}")
    return f"{LAG_TITLES[kind]}: unknown. {' and '.join(parts).capitalize()}."


def days_band(label: str) -> str:
    """A band of days for people: "The same day", "1 day", "2–7 days"."""
    return {"0": "The same day", "1": "1 day"}.get(label, f"{label[:1].upper()}{label[1:]} days")


def reports_band(label: str) -> str:
    """A band of reports for people: "No report", "1 report", "3–5 reports"."""
    return {"0": "No report", "1": "1 report"}.get(label, f"{label[:1].upper()}{label[1:]} reports")


def no_review(outcome: str) -> str:
    """Said where the data has no review record."""
    return f"{OUTCOME_TITLES[outcome]}: unknown. None of these incidents has a review record."


def alt_bars(title: str, counts: Sequence[tuple[str, int]], unit: str) -> str:
    """One sentence for those who do not see bars: (label, count) of each, in order."""
    return f"Bar chart. {title}. {unit.capitalize()}: {', '.join(f'{label} {number(n)}' for label, n in counts)}."


def alt_months(title: str, counts: Sequence[tuple[str, int]]) -> str:
    """One sentence for the bars by month: (month, reports), in order."""
    (first, _), (last, latest) = counts[0], counts[-1]
    when, most = max(counts, key=lambda count: count[1])
    return f"Bar chart. {title}, {first} to {last}: highest {number(most)} in {when}, last {number(latest)}."
