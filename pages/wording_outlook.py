"""What the page Backlog outlook says to people. Tests use the same constants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pages.charts.formatting import counted, day, number
from warehouse import outlook
from warehouse.outlook import Reason, Refusal, Staffing

PAGE = "Backlog outlook"
PAGE_HELP = (
    "How many incidents stood in each stage at each month's end, what arrived and was closed, and what may follow."
)

FLOW_TITLE = "Incidents by stage at each month's end"
CHANGES_TITLE = "Incidents that came under review and were closed, by month"
FLOW = "Cumulative flow"
OUTLOOK = "Outlook"
PACE = "Where it is slow"
ASSUMPTIONS = "What the outlook assumes"

NOT_STARTED = "No step of the review is dated up to the day of knowledge, so there is nothing to draw."
COLUMNS = {
    "month_end": "Month until",
    "arrived": "Arrived",
    "reopened": "Reopened",
    "closed": "Closed",
    "net": "Net change",
    "open": "Under review",
}
BAND_COLUMNS = {"day": "On", "low": "5% of runs below", "median": "Median run", "high": "95% of runs below"}
PACE_COLUMNS = {
    "stage": "Stage",
    "standing": "Stand there",
    "entered": "Came in",
    "onward": "Went on",
    "per_month": "Went on per month",
    "back": "Went back",
    "months_of_work": "Months of work",
}
NO_RATE = "no rate"

WINDOW = "Pace of the last"
WINDOW_HELP = "Arrivals and closings are taken from this time before the day of knowledge, in whole months."
CLOSINGS = "Closings"
CLOSINGS_HELP = (
    "As observed: as many as in the window. Set by hand: a scenario from a number of reviewers and the cases that each "
    "closes; the data does not say how many reviewers there are."
)
AS_OBSERVED, BY_HAND = "observed", "by_hand"
CLOSINGS_LABELS = {AS_OBSERVED: "As observed", BY_HAND: "Set by hand"}
REVIEWERS = "Reviewers"
CASES = "Cases closed per reviewer and month"
SCENARIO_MARK = "ASSUMPTION, NOT AN ESTIMATE"
SCENARIO_CAPTION = "Set by hand: an assumption, not an estimate. The data says nothing of reviewers."
BY_HAND_INSTEAD = (
    "“Set by hand” shows what an assumed number of reviewers would do; that is a scenario, and nothing in the data "
    "speaks for or against it."
)
NOTHING_TO_CLEAR = "Nothing waits now, so there is no backlog to clear."
FILTER_NAMES = {"stage": "Stage", "date_from": "First day", "date_to": "Last day"}


def window_label(months: int) -> str:
    """A choice of the window."""
    return f"{months} months"


def flow_subtitle(sentence: str, as_of: date) -> str:
    """Unit and qualifiers of the cumulative flow."""
    return (
        f"{sentence}. Each incident where it stood on that day, reopened ones and those that went back too; the last "
        f"month ends on {day(as_of)}."
    )


def changes_subtitle(sentence: str, as_of: date) -> str:
    """Unit and qualifiers of arrivals and departures."""
    return (
        f"{sentence}. Arrived: first step on record; closed: below zero; net change: arrived and reopened less closed. "
        f"The last month ends on {day(as_of)}."
    )


def flow_notes(
    *, incidents: int, standing: int, open_now: int, later_steps: int, later_incidents: int, as_of: date
) -> list[str]:
    """What the two figures do not show by themselves, a sentence each."""
    stand = f"{number(open_now)} of {counted(standing, 'incident')} with a review record stood in an open stage"
    notes = [
        f"On {day(as_of)}, {stand}. Of several steps on one day, the last counts: where it stood at the day's end."
    ]
    if silent := incidents - standing:
        notes.append(
            f"{counted(silent, 'incident')} without a step of the review by then: in no figure of this page, because "
            "no record does not mean that they wait."
        )
    if later_steps:
        notes.append(
            f"{counted(later_steps, 'step')} of {counted(later_incidents, 'incident')} dated after {day(as_of)}: they "
            "have not happened and are left out here. Other pages show the stage that the record names last."
        )
    return notes


def refused_filter(names: Sequence[str]) -> str:
    """Why a filter allows no outlook."""
    listed = " and ".join(f"“{FILTER_NAMES[name]}”" for name in names)
    return (
        f"No outlook under the filter {listed}: it picks incidents by how far they have come or by when they happened, "
        "so that arrivals or closings are missing by choice and no rate can be estimated. Remove it to see an outlook."
    )


def refused(refusal: Refusal, window_months: int, as_of: date, blocked: Sequence[tuple[str, int]]) -> str:
    """Why the data cannot support a rate.

    Args:
        blocked: (stage, incidents that stand there) of the stages that nobody has left for a later one in the window.
    """
    window = f"In the {window_months} months to {day(as_of)}"
    found, needed = number(refusal.found), number(refusal.needed)
    if refusal.reason is Reason.RECORD_TOO_SHORT:
        return (
            f"No rate can be estimated: the record of the review covers {counted(refusal.found, 'whole month')} before "
            f"{day(as_of)}, and {needed} are needed for this window."
        )
    if refusal.reason is Reason.NOTHING_CLOSED:
        return f"{window} no incident was closed: no rate can be estimated.{_left(blocked)}"
    what = "came under review" if refusal.reason is Reason.TOO_FEW_ARRIVALS else "closed"
    return (
        f"{window}, {counted(refusal.found, 'incident')} {what} (n = {found}; at least {needed} are needed): no rate "
        "can be estimated."
    )


def _left(blocked: Sequence[tuple[str, int]]) -> str:
    return "".join(f" No incident has left {stage} for a later stage; {number(n)} stand there." for stage, n in blocked)


def rates(arrived: int, closed: int, months: int, halves: tuple[int, int, int, int]) -> str:
    """What the window holds, and whether its pace was steady.

    Args:
        halves: arrivals of the earlier and later half, closings of the earlier and later half.
    """
    return (
        f"In the window {number(arrived)} incidents arrived or were reopened ({number(round(arrived / months, 1))} a "
        f"month) and {number(closed)} were closed ({number(round(closed / months, 1))} a month). Earlier and later "
        f"half: {number(halves[0])} and {number(halves[1])} arrived, {number(halves[2])} and {number(halves[3])} "
        "closed. Where the halves differ much, the pace was not steady and a shorter window tells more of the present."
    )


def observed_subtitle(sentence: str, months: int) -> str:
    """Of the band, as observed."""
    return (
        f"{sentence}. Incidents in an open stage, if arrivals and closings go on as in the last {months} months; "
        f"{number(outlook.RUNS)} simulated runs."
    )


def scenario_subtitle(sentence: str, months: int, reviewers: int, cases: float) -> str:
    """Of the band under an assumed staffing."""
    return (
        f"{sentence}. Assumption, not an estimate: {counted(reviewers, 'reviewer')} who close {number(cases)} "
        f"{'case' if cases == 1 else 'cases'} each a month; arrivals as in the last {months} months; "
        f"{number(outlook.RUNS)} simulated runs."
    )


def outlook_title(where_and_when: str, *, is_assumed: bool) -> str:
    """Of the band."""
    what = "Scenario of the backlog" if is_assumed else "Backlog outlook"
    return f"{what}, next {outlook.HORIZON_MONTHS} months: {where_and_when}"


def percent(chance: float) -> str:
    """A share of runs; never 0% of some or 100% of not all."""
    if 0 < chance < 0.01:
        return "under 1%"
    if 0.99 < chance < 1:
        return "over 99%"
    return f"{100 * chance:.0f}%"


def cleared(chance: float) -> str:
    """How often nothing waits within the horizon."""
    runs = f"{percent(chance)} of runs" if chance else "no run"
    return f"In {runs} nothing waits at the end of at least one of the next {outlook.HORIZON_MONTHS} months."


def to_clear(staffing: Staffing, cases: float, observed: float) -> str:
    """The staffing at which the backlog is cleared within a year, and what was closed a month in the window."""
    of_wanted = percent(outlook.CLEAR_CHANCE)
    within = f"within {outlook.CLEAR_WITHIN_MONTHS} months"
    fewer = f"with one fewer in {percent(staffing.chance_with_one_fewer)}"
    if cases == 1:
        who = f"{number(staffing.reviewers)} cases closed a month"
    else:
        who = (
            f"{counted(staffing.reviewers, 'reviewer')} with {number(cases)} cases each a month "
            f"({number(round(staffing.per_month, 1))} closed a month)"
        )
    return (
        f"To clear the backlog {within}: {who}. Then nothing waits at the end of some month in "
        f"{percent(staffing.chance)} of runs, {fewer}; sought was the smallest number with at least {of_wanted}. In "
        f"the window {number(round(observed, 1))} were closed a month."
    )


def pace_note(months: int, as_of: date, slowest: tuple[str, float] | None, blocked: Sequence[tuple[str, int]]) -> str:
    """Which stage holds the review up.

    Args:
        slowest: (stage, months of work) of the stages with a rate.
        blocked: (stage, incidents that stand there) of the stages that nobody has left for a later one.
    """
    parts = []
    if blocked:
        parts.append(f"In the {months} months to {day(as_of)}:{_left(blocked)} No rate can be estimated for that.")
    if not slowest:
        parts.append("Too few incidents moved on to say which stage is the slowest.")
    else:
        parts.append(
            f"Of the stages with a rate, most work lies in {slowest[0]}: what stands there would take "
            f"{number(round(slowest[1], 1))} months if nothing came in."
        )
    return " ".join(parts)


def pace_caption(months: int, as_of: date) -> str:
    """What the table of stages holds."""
    return (
        f"Moves in the {months} months to {day(as_of)}. Months of work: what stands there over what went on a month; "
        f"“{NO_RATE}” where fewer than {outlook.LEAST_EVENTS} went on. Went on: to a later stage, or closed."
    )


def assumptions(months: int) -> tuple[str, ...]:
    """All that the outlook takes for granted."""
    runs, within = number(outlook.RUNS), f"{outlook.CLEAR_WITHIN_MONTHS} months"
    return (
        (
            "The backlog is every incident in an open stage. It grows by first steps and reopenings and shrinks by "
            "closings only; incidents without a review record are in none of these numbers."
        ),
        (
            f"The pace of the window of {months} months goes on: no trend, no season, no change of rules, of staff or "
            "of the conflict. This is no forecast of harm."
        ),
        (
            "Each run draws a window of its own from the observed months, with replacement, and each future month from "
            "that: so the band holds chance and the uncertainty of the pace, not that the pace may change."
        ),
        (
            "As observed, the closings of a month are drawn together with its arrivals. Set by hand, they are Poisson "
            "numbers with the mean reviewers times cases: any open incident may be closed, whatever its stage or size, "
            "and reviewers are never absent."
        ),
        (
            f"{runs} runs with the fixed seed {outlook.SEED}: the same data and choices give the same band. The band "
            "leaves out the lowest and the highest 5% of runs at each month, not of whole runs."
        ),
        (
            "Cleared means that nothing waits at the end of some month. The staffing for it is sought for "
            f"{percent(outlook.CLEAR_CHANCE)} of runs within {within}, arrivals going on."
        ),
        "Steps that are recorded late are missing from the last months, which makes the pace look slower than it was.",
        (
            "No rate is given from a record shorter than the window, or from fewer than "
            f"{outlook.LEAST_EVENTS} arrivals or closings: its relative error would be over a third."
        ),
    )
