"""What the page Responses says. Tests use the same constants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pages.charts.formatting import counted, day, number

PAGE = "Responses"
PAGE_HELP = "What was recommended and decided, how long it took; engagements with partners; licences and transfers."

NOTHING = (
    "No response and no engagement is on record for these incidents. That does not mean that nothing was done: the "
    "record says nothing."
)
LADDER_TITLE = "Incidents by response, from working with the partner to withheld approvals"
LADDER_SUBTITLE = (
    "An incident counts in each type of response that it has, with the furthest of them. The first bar is drawn to a "
    "scale of its own, grey is all incidents; the axis is that of the bars below it. A click on a bar lists what is "
    "behind it."
)
DECISIONS_TITLE = "Responses by days from recommendation to decision"
DECISIONS_SUBTITLE = (
    "Undecided ones are not left out: the median counts them as having waited so far (Kaplan and Meier)."
)
BEHIND = "Show what is behind"
NO_RESPONSE_KEY = "none"
NO_RESPONSE_HEADING = "Incidents without a response"
ENGAGEMENTS = "Engagements"
POSTS_TITLE = "Engagements with partners, by post"
NO_ENGAGEMENTS = "No engagement is on record for these incidents."
UNANSWERED_FIRST = "The longest unanswered first."
LICENCES = "Licences and transfers"
NO_PROOF = (
    "Context only: incidents with a recommendation name these munitions, and the partner whose forces are named is on "
    "record as their recipient. That does not prove that the items of a record were used, nor that a licence covers "
    "them."
)
NO_NAMED = (
    "No incident with a recommendation names a munition of the reference list and a partner, so there is nothing to "
    "set beside transfers."
)
RECORDS_NOTE = (
    "Transfers that are delivered in full stand last. Of a notice or a licence no delivery is on record: a notice is a "
    "proposed sale, and not every licence is used."
)
NAMED_HEADING = "Incidents with a recommendation that name a munition"
LICENCE_RESPONSES = "Responses aimed at a licence or case"
NO_LICENCE_RESPONSES = "No response on record is aimed at a licence or case."
CASE_NOT_NAMED = "not named"
NO_RECORD = "none on record"
SEVERAL = "several"
DELIVERED = {
    "whole": "delivered in full",
    "not_stated": "deliveries not stated",
    "notice": "notice",
    "licence": "licence",
}
COLUMNS = {
    "response": "Response",
    "status": "Status",
    "incidents": "Incidents",
    "band": "Days to decision",
    "responses": "Responses",
    "incident": "Incident",
    "country": "Country",
    "killed": "Civilians killed",
    "stage": "Stage",
    "stage_entered_on": "In stage since",
    "target": "Aimed at",
    "recommended_on": "Recommended on",
    "decided_on": "Decided on",
    "implemented_on": "Implemented on",
    "post": "Post",
    "counterpart": "With whom",
    "channel": "How",
    "held_on": "Held on",
    "answered_on": "Answered on",
    "days_to_answer": "Days to answer",
    "days_waiting": "Days unanswered",
    "outcome": "Outcome",
    "engagements": "Engagements",
    "unanswered": "Unanswered",
    "longest_waiting": "Longest, days",
    "recipient": "Recipient",
    "munition": "Munition",
    "confidence": "Confidence",
    "record": "Record",
    "case_number": "Licence or case",
    "year": "Year",
    "number": "Number",
    "deliveries": "Deliveries",
    "named_by": "Responses naming it",
    "source": "Source",
    "designation": "On record under it",
}


def without_detail(closed: int, third_stage: int, earlier: int, no_review_record: int) -> str:
    """Where the incidents without a response stand."""
    parts = [
        (earlier, "before the third stage"),
        (third_stage, "at or past the third stage"),
        (closed, "closed without one"),
        (no_review_record, "without a review record: nothing is known"),
    ]
    return "; ".join(f"{number(n)} {where}" for n, where in parts if n)


def median(days: int | None, decided: int, waiting: int, undated: int) -> str:
    """The median time to a decision in words, with what it rests on."""
    if not decided:
        text = "No decision with known days"
    elif days is None:
        text = "Median not reached: fewer than half are decided"
    else:
        text = f"Median {counted(days, 'day')}"
    unknown = f", {number(undated)} with unknown days left out" if undated else ""
    return f"{text}; {number(decided)} decided, {number(waiting)} undecided{unknown}"


def only_declined(incidents: int) -> str:
    """Incidents whose responses were all declined; empty when there are none."""
    if not incidents:
        return ""
    return (
        f"Of {counted(incidents, 'incident')} every response was declined: here under the type that was declined, on "
        "other pages among those without a response."
    )


def behind_heading(what: str) -> str:
    """Heading of the table behind a bar."""
    return f"Behind the bar: {what}"


def listed(shown: int, total: int, what: str) -> str:
    """How many rows a table has of how many."""
    rest = "" if shown == total else f", of which {number(shown)} are listed"
    return f"{counted(total, what)}{rest}."


def raised(incidents: int, unanswered: int, total: int) -> str:
    """How many incidents were raised with the partner."""
    return (
        f"{number(incidents)} of {counted(total, 'incident')} were raised with the partner; on {number(unanswered)} of "
        f"them no answer is on record. On the other {number(total - incidents)} no engagement is on record."
    )


def posts_subtitle(as_of: date) -> str:
    """Unit of the bars of posts."""
    return f"Engagements, each on one incident. Unanswered as of {day(as_of)}."


def post_detail(incidents: int, longest: int | None) -> str:
    """Under a post's bar."""
    waiting = "" if longest is None else f"; longest unanswered: {counted(longest, 'day')}"
    return f"{counted(incidents, 'incident')} raised{waiting}"


def still_to_come(delivered: int, number_ordered: int) -> str:
    """How far a transfer is delivered."""
    return f"{number(delivered)} of {number(number_ordered)} delivered"


def sources_footer(sources: Sequence[tuple[str, date]], build_id: str, *, synthetic: bool) -> str:
    """Sources of the records with their days of knowledge, and the build."""
    named = "; ".join(f"{publisher.rstrip('.')}, as of {day(known_on)}" for publisher, known_on in sources)
    return f"{'SYNTHETIC DATA. ' if synthetic else ''}Source: {named}. Build {build_id}."
