"""What the page Time in stage, the small funnels and the heat map say to people. Tests use the same constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pages.charts.formatting import counted, day, number

PAGE = "Time in stage"
PAGE_HELP = "How long incidents stay in each stage of the review, those that still wait included."

STAGES_TITLE = "Time in each stage of the review"
NORM = "norm: two months"
AXIS = "days in the stage"
AT_RISK = "Stays seen to last at least so long:"
LIMITS = "Bands: 95% limits (log-log, Greenwood), each day by itself."
COMPARE = "Compare within a stage"
STAGE = "Stage"
COMPARE_BY = "Compare by"
DIMENSIONS = {
    "country": "Country",
    "source_type": "Source type",
    "harm_status": "Harm status",
    "weapon_system": "Weapon system",
    "us_origin_confidence": "US-origin confidence",
}
COLUMNS = {
    "group": "Stage",
    "stays": "Stays",
    "left": "Ended",
    "waiting": "Go on",
    "median": "Median days (95%)",
    "over": "Over 60 days (95%)",
    "over_now": "Over 60 days now",
}
ENDING_COLUMNS = {
    "group": "Stage",
    "forward": "Moved forward",
    "closed": "Were closed",
    "back": "Went back",
    "waits": "Go on",
    "entry_unknown": "Day of entry unknown",
    "leaving_unknown": "Day of leaving unknown",
}
POINT_COLUMNS = {
    "group": "Stage",
    "days": "Days",
    "at_risk": "Stays at risk just before",
    "left": "Ended on that day",
    "share": "Share that goes on after it",
    "low": "Lower 95% limit",
    "high": "Upper 95% limit",
}
ENDINGS = "How the stays ended"
COLUMNS_NOTE = (
    "In brackets: 95% limits. “Over 60 days” is the estimated share of all stays that last longer than the norm; “over "
    "60 days now” counts those that go on and already do."
)
NOT_BY_HALF = "not by half so far"
NOT_SEEN = "not seen for so long"
NO_STAYS = "No stay in this stage is on record here."
NO_STAYS_YET = "No stay in an open stage with a known length is on record for these incidents."
TEST = "Is the difference more than chance?"
SIGNIFICANT = 0.05
"""Usual level: one in twenty comparisons of like groups comes below it."""
OVERLAP = (
    "No test is made: an incident with several values stands in several groups, and the log-rank test holds only for "
    "groups that share no incident. Compare the bands instead."
)
METHOD = "How this is computed, and its limits"

SMALL_TITLE = "How far the review has come"
SMALL_HEADER = "The funnel by group"
SEVERAL_VALUES = "An incident with several values counts in each, so that the groups overlap."


def stays_subtitle(sentence: str, as_of: date) -> str:
    """Unit and qualifiers of the curves."""
    return f"{sentence}. Share of stays that go on after so many days (Kaplan-Meier), seen until {day(as_of)}. {LIMITS}"


def comparison_title(stage: str, by: str) -> str:
    """Title of the comparison within a stage."""
    return f"Time in “{stage}” by {DIMENSIONS[by].lower().replace('us-', 'US-')}"


def small_title(by: str) -> str:
    """Title of the small funnels."""
    return f"{SMALL_TITLE}, by {DIMENSIONS[by].lower().replace('us-', 'US-')}"


def small_subtitle(sentence: str, *, several: bool) -> str:
    """Unit and qualifiers of the small funnels."""
    more = f" {SEVERAL_VALUES}" if several else ""
    return (
        f"{sentence}. Incidents that reached or passed a stage, share of the group's, and median days from receipt "
        f"over all of the group (Kaplan-Meier).{more}"
    )


def median(value: float | None, low: float | None, high: float | None) -> str:
    """ "41 (35–52)"; an upper limit that the data cannot give is said to be open."""
    if value is None:
        return NOT_BY_HALF
    return f"{number(value)} ({number(low)}–{'open' if high is None else number(high)})"


def percent(value: float) -> str:
    """A share from an estimate; never 0% or 100% unless it is exactly that."""
    if 0 < value < 0.01:
        return "<1%"
    if 0.99 < value < 1:
        return ">99%"
    return f"{100 * value:.0f}%"


def over(value: float | None, low: float | None, high: float | None) -> str:
    """ "78% (74–81%)"."""
    if value is None:
        return NOT_SEEN
    if low is None or high is None:
        return percent(value)
    return f"{percent(value)} ({percent(low).rstrip('%')}–{percent(high)})"


def over_now(part: int, whole: int) -> str:
    """ "341 of 426"."""
    return f"{number(part)} of {number(whole)}"


def not_timed(stays: int) -> str:
    """Stays that are in no estimate; empty when none."""
    if not stays:
        return ""
    return (
        f"{counted(stays, 'stay')} without a day of entry or of leaving on record: in no curve and no estimate, for "
        "nobody knows how long they were."
    )


def log_rank(
    compared: Sequence[str],
    not_compared: Mapping[str, str],
    fewest: int,
    statistic: float | None,
    degrees: int | None,
    p: float | None,
    *,
    more_groups: bool,
) -> list[str]:
    """The test in words, its limits, and why groups are not in it. Labels are plain text.

    Args:
        not_compared: group -> reason (`warehouse.survival.NotCompared`).
        more_groups: there are groups of unknown value or others together, which are never tested.
    """
    if "overlap" in not_compared.values():
        return [OVERLAP]
    said = []
    if p is None or statistic is None:
        said.append("No test is made: it takes two groups that can be tested.")
    else:
        verdict = (
            "Differences as large as these would hardly come about by chance if all of them left the stage at the same "
            "rate"
            if p < 0.01
            else "Differences as large as these would seldom come about by chance if all of them left the stage at the "
            "same rate, yet among twenty such comparisons one is to be expected"
            if p < SIGNIFICANT
            else "Differences as large as these may well be chance; that does not show that the groups are alike"
        )
        size = "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}" if p < 0.01 else f"p = {p:.2f}"
        said.append(
            f"{verdict} (log-rank test of {'; '.join(compared)}: chi-squared {statistic:.2f} on {degrees} "
            f"degree{'' if degrees == 1 else 's'} of freedom, {size})."
        )
        if len(compared) > 2 and p < SIGNIFICANT:
            said.append("It says that some of them differ, not which.")
        said.append(
            "The test knows nothing of what else differs between the groups, misses differences where curves cross, "
            "takes each stay for independent although a reopened incident has several, and means less the more "
            "comparisons one tries."
        )
    reasons = {
        "few": f"fewer than {fewest} stays",
        "none_left": "none has ended, so that there is no rate to compare",
        "one_moment": "all ended at one moment",
    }
    for reason, words in reasons.items():
        if groups := [group for group, why in not_compared.items() if why == reason]:
            said.append(f"Not tested: {'; '.join(groups)} ({words}).")
    if more_groups:
        said.append("Unknown values and other values together are shown, and not tested: they are no group.")
    return said


def method(norm_days: int) -> list[str]:
    """How the page computes, a sentence or two each."""
    return [
        (
            "A stay lasts from the step into a stage to the next step out of it: forward, back or to closing. An "
            "incident that comes back to a stage, after stepping back or being reopened, has another stay there. A "
            "skipped stage has no stay. A move on the day of entry is a stay of 0 days."
        ),
        (
            "A stay that goes on counts for as long as it has been seen, up to the day of knowledge (“as known on”, "
            "where that is set), and then drops out of the numbers at risk. So the curves, medians and shares stand "
            "on all stays. A mean over the ended ones alone would leave out the longest waits and is given nowhere."
        ),
        (
            "Steps dated after the day of knowledge have not happened. Of several steps on one day, that to the "
            "furthest stage is the last. A step from a stage to itself ends nothing. Where the record does not "
            "connect, a stay has no day of entry or of leaving: it is counted, and in no estimate."
        ),
        (
            f"The norm is two months from receipt to a finding, as the press reports it, counted as {norm_days} days. "
            "It is drawn at each stage as a measure: a stage that takes longer by itself breaks it. Whether an "
            "incident is overdue since its receipt is shown on the page Review pipeline."
        ),
        (
            "The estimate holds if those whose stay goes on are like those who stayed as long before. If the review "
            "has become faster or slower, it mixes both. Where few stays are at risk, the end of a curve rests on "
            "them alone."
        ),
        (
            "Curves: Kaplan and Meier 1958. Bands: Greenwood's variance on the log-log scale, 95% on each day by "
            "itself, not for the whole curve. Median: the first day by which half or more have ended; its limits by "
            "Brookmeyer and Crowley 1982. Test: log-rank (Mantel 1966)."
        ),
    ]


def alt_curves(title: str, medians: Sequence[tuple[str, str, str]]) -> str:
    """One sentence for those who do not see the curves: (group, median, share over the norm) of each."""
    parts = [f"{group}: median {middle} days, over 60 days {late}" for group, middle, late in medians]
    return f"Falling step curves. {title}. {'; '.join(parts)}."


def alt_small(title: str, reached: Sequence[tuple[str, Sequence[int]]]) -> str:
    """One sentence for the small funnels: (group, incidents that reached each stage)."""
    parts = [f"{group} {', '.join(number(n) for n in counts)}" for group, counts in reached]
    return f"Bar charts, one a group. {title}. Incidents that reached each stage: {'; '.join(parts)}."


AGEING_TITLE = "Incidents under review, by stage and days in it"


def ageing_subtitle(sentence: str, as_of: date) -> str:
    """Unit and qualifiers of the heat map."""
    counted_to = f"Incidents; days in the current stage, counted to {day(as_of)}."
    return f"{sentence}. {counted_to} Dotted line: the norm of two months."


def alt_ageing(cells: Sequence[tuple[str, str, int]]) -> str:
    """One sentence for the heat map: (stage, band, incidents) of each cell with any."""
    parts = [f"{stage}, {band}: {number(n)}" for stage, band, n in cells]
    return f"Heat map. Incidents under review by stage and days in it. {'; '.join(parts)}."
