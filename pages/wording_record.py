"""What the page Integrity of the record says. Tests use the same constants."""

from __future__ import annotations

from pages.charts.formatting import counted, number, share

PAGE = "Integrity of the record"
PAGE_HELP = (
    "Steps without a bureau, stages without a finding, responses without a recommendation: gaps, with their incidents."
)

WHY = (
    "GAO-25-107622 found that status and findings were not consistently documented. These are the questions that an "
    "inspector would put to the record. A gap says that something was not written down or that two entries contradict "
    "each other, not that nothing was done."
)
RULES_HEADING = "What was checked"
RULE = "Rule"
RULES: dict[str, tuple[str, str]] = {
    "step_without_bureau": (
        "Step without a bureau",
        "Nobody can be asked who moved the case, or why.",
    ),
    "step_skips_stage": (
        "Stage skipped",
        "The guidance has every incident pass its stages in order; closing before the analysis skips it too.",
    ),
    "step_back": (
        "Step back to an earlier stage",
        "The wait begins anew, and the time in stage must be read with it. Reopened cases stand apart.",
    ),
    "reopened": (
        "Reopened after closing",
        "No fault: a closed case came back, which its finding and response must show.",
    ),
    "steps_not_connected": (
        "Step that does not follow the one before",
        "It leaves another stage than the one that the case was in: a step is missing, or a date is wrong.",
    ),
    "step_changes_nothing": (
        "Step into the stage that the case is in",
        "It restarts the time in stage although the case has not moved.",
    ),
    "no_receipt": (
        "Record begins after receipt",
        "Without the day of receipt nobody can say whether the two-month norm was kept.",
    ),
    "step_before_incident": ("Step dated before the incident", "One of the two dates is wrong."),
    "third_stage_without_finding": (
        "Third stage entered without a dated finding",
        "A response is to rest on a finding; none is dated on or before that day.",
    ),
    "closed_without_finding": (
        "Closed without a dated finding",
        "The review ended, and what it found by then is not on record.",
    ),
    "finding_without_bureau": ("Finding without a bureau", "Nobody can be asked what it rests on."),
    "finding_without_day": ("Finding without a day", "The time to a finding cannot be measured."),
    "pending_though_closed": (
        "Assessment pending, case closed",
        "Either the finding was not entered, or the case was closed before it was made.",
    ),
    "recommendation_undated": (
        "Response without a day of recommendation",
        "Nobody can tell that a recommendation came first, nor how long the decision took.",
    ),
    "response_before_third_stage": (
        "Response without or before the third stage",
        "Responses are coordinated in the third stage; the step there is missing or dated later.",
    ),
    "decision_undated": (
        "Decided or carried out without a day",
        "The status says that it was decided or implemented; the day of that is not on record.",
    ),
    "unit_not_named": (
        "Response at a unit that is not named",
        "Nobody can tell whether the unit still receives arms.",
    ),
    "licence_not_named": (
        "Response at a licence that is not named",
        "Nobody can tell which transfers it stops.",
    ),
    "engagement_before_incident": ("Engagement dated before the incident", "One of the two dates is wrong."),
    "step_dated_ahead": ("Step dated after the day on which it was known", "What has not happened cannot be known."),
    "finding_dated_ahead": ("Finding dated after the day on which it was known", "As for steps."),
    "response_dated_ahead": ("Response dated after the day on which it was known", "As for steps."),
    "engagement_dated_ahead": ("Engagement dated after the day on which it was known", "As for steps."),
}
"""Rule -> (title, reason)."""
CHECKED = {
    "third_stage_without_finding": "third_stage",
    "closed_without_finding": "closings",
    "no_receipt": "incidents",
    "finding_without_bureau": "findings",
    "finding_without_day": "findings",
    "pending_though_closed": "assessments",
    "finding_dated_ahead": "assessments",
    "recommendation_undated": "responses",
    "response_before_third_stage": "responses",
    "decision_undated": "responses",
    "response_dated_ahead": "responses",
    "unit_not_named": "about_units",
    "licence_not_named": "about_licences",
    "engagement_before_incident": "engagements",
    "engagement_dated_ahead": "engagements",
}
"""Rule -> what it was checked on; the others on steps."""
UNITS = {
    "steps": "step",
    "incidents": "incident",
    "third_stage": "step into the third stage",
    "closings": "closing",
    "findings": "finding",
    "assessments": "assessment",
    "responses": "response",
    "about_units": "response at a unit",
    "about_licences": "response at a licence",
    "engagements": "engagement",
}
PLURALS = {
    "third_stage": "steps into the third stage",
    "about_units": "responses at a unit",
    "about_licences": "responses at a licence",
}
COLUMNS = {
    "title": "Rule",
    "found": "Found",
    "reason": "Why it matters",
    "incident": "Incident",
    "stage": "Stage now",
    "what": "Record",
    "day": "Day",
    "record_id": "Identifier of the record",
}
RULE_NOT_BROKEN = "No record breaks this rule."
DOWNLOAD = "Download the list (CSV)"
DOWNLOAD_HELP = "Every record under every rule, with its reason, for the incidents under the filter."
FILE_COLUMNS = {
    "rule": "rule",
    "title": "what",
    "reason": "why_it_matters",
    "incident_id": "incident_id",
    "public_code": "public_code",
    "stage": "stage_now",
    "record_id": "record_id",
    "day": "day",
    "what": "record",
    "data_origin": "data_origin",
}


def summary(with_gaps: int, incidents: int) -> str:
    """How many incidents have a gap."""
    return (
        f"{share_of(with_gaps, incidents)} have a gap or contradiction in their record; reopened cases are listed and "
        "not counted here."
    )


def share_of(part: int, whole: int) -> str:
    """ "113 of 650 incidents (17%)"."""
    text = share(part, whole)
    return f"{number(part)} of {counted(whole, 'incident')}" + (f" ({text})" if text.endswith("%") else "")


def found(records: int, incidents: int, checked: int, what: str) -> str:
    """ "59 of 1,567 steps, on 56 incidents"."""
    on = f", on {counted(incidents, 'incident')}" if records and what != "incidents" else ""
    return f"{number(records)} of {counted(checked, UNITS[what], PLURALS.get(what))}{on}"


def listed(shown: int, total: int) -> str:
    """How many records are listed."""
    rest = "" if shown == total else f", of which the newest {number(shown)} are listed; the download has all"
    return f"{counted(total, 'record')}{rest}."


def file_name(build_id: str, *, synthetic: bool) -> str:
    """Name of the download."""
    return f"{'SYNTHETIC-' if synthetic else ''}integrity-{build_id}.csv"
