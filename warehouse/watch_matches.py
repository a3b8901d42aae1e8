"""From the rules of `civharm watch` to matches: what is known now and worth a notice.

A match says what a person needs to decide whether to look: which incident, where, what about it. It holds nothing of
any report: what private reports say never leaves, and neither does an incident's summary, which may retell one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.countries import country_labels
from warehouse.queries import watch as questions
from warehouse.watch_rules import CIVILIANS_KILLED, FINDING, OVERDUE, RESPONSE, STEP_BACK, Rule

Run = Callable[[Table], pl.DataFrame]
"""Answers one question as of now."""

_UNSAFE = frozenset(("Cc", "Cs", "Cn", "Zl", "Zp"))
"""Categories of Unicode that end a line, are no character, or may not stand in XML."""
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of all that follows; Arabic and Hebrew need none of them."""


@dataclass(frozen=True)
class Match:
    """One match; it can be written as JSON as it is.

    Attributes:
        rule, when: name of the rule, and what kind it is.
        key: tells the match from all others of its rule.
        day: of knowledge from which it holds, ISO.
        civilians_killed_low, civilians_killed_best, civilians_killed_high: null is unknown.
        text: one sentence for people.
        synthetic: whether the incident is made up for demonstration.
    """

    rule: str
    when: str
    key: str
    day: str
    incident_id: str
    public_code: str | None
    country: str | None
    place: str | None
    stage: str
    civilians_killed_low: int | None
    civilians_killed_best: int | None
    civilians_killed_high: int | None
    text: str
    synthetic: bool

    @property
    def title(self) -> str:
        """Rule and incident, marked where it is synthetic."""
        return f"{'SYNTHETIC: ' if self.synthetic else ''}{one_line(self.rule)}: {self.label}"

    @property
    def label(self) -> str:
        """The incident as people name it."""
        return one_line(self.public_code or self.incident_id)


def one_line(text: str) -> str:
    """Text without line breaks and without characters that could change how what follows it is read."""
    kept = (" " if unicodedata.category(c) in _UNSAFE or c in _TURNS else c for c in text)
    return " ".join("".join(kept).split())


def matches(rule: Rule, run: Run, as_of: date, *, synthetic: bool) -> Iterator[Match]:
    """All matches of a rule, the newest first.

    Args:
        as_of: day to which waits are counted: the newest of the data, as on every page.
    """
    for row in run(_question(rule, as_of)).iter_rows(named=True):
        yield Match(
            rule=rule.name,
            when=rule.when,
            key=row["key"],
            day=str(row["day"]),
            incident_id=row["incident_id"],
            public_code=row["public_code"],
            country=row["country"],
            place=row["place"],
            stage=row["stage"],
            civilians_killed_low=row["civilians_killed_low"],
            civilians_killed_best=row["civilians_killed_best"],
            civilians_killed_high=row["civilians_killed_high"],
            text=_sentence(rule, row),
            synthetic=synthetic,
        )


def unjudged(rule: Rule, run: Run) -> str:
    """How many incidents the rule cannot judge, in words; empty when none."""
    if rule.when == OVERDUE:
        from_receipt = rule.options["since"] == "receipt"
        number = int(run(questions.unjudged_wait(rule.filters, from_receipt=from_receipt)).item())
        began = "of receipt" if from_receipt else "of the step to its stage"
        reason = f"an open incident whose day {began} is not on record"
    elif rule.when == CIVILIANS_KILLED:
        by_highest = rule.options["estimate"] == "highest"
        number = int(run(questions.unjudged_killed(rule.filters, by_highest=by_highest)).item())
        reason = f"an incident whose number of civilians killed is unknown ({rule.options['estimate']} estimate)"
    else:
        return ""
    return f"{rule.name}: {number:,} not judged, each {reason}." if number else ""


def _question(rule: Rule, as_of: date) -> Table:
    options = rule.options
    if rule.when == OVERDUE:
        from_receipt = options["since"] == "receipt"
        return questions.overdue(rule.filters, as_of, options["days"], from_receipt=from_receipt)
    if rule.when == CIVILIANS_KILLED:
        return questions.many_killed(rule.filters, options["at_least"], by_highest=options["estimate"] == "highest")
    if rule.when == STEP_BACK:
        return questions.steps_back(rule.filters)
    if rule.when == FINDING:
        return questions.with_finding(rule.filters, options["finding"])
    return questions.with_response(rule.filters, options["status"])


def _sentence(rule: Rule, row: Mapping[str, Any]) -> str:
    """ "SYN-00012 (Rafah, Palestine): 75 days since receipt on 2024-08-16, over 60. Stage 1 ... killed: 8–12." """
    country = country_labels().get(row["country"], row["country"]) if row["country"] else None
    where = ", ".join(one_line(part) for part in (row["place"], country) if part) or "place unknown"
    stage = v.Stage.labels()[row["stage"]]
    killed = _range(*(row[f"civilians_killed_{part}"] for part in ("low", "best", "high")))
    head = f"{one_line(row['public_code'] or row['incident_id'])} ({where}): {_TOLD[rule.when](rule, row)}."
    return f"{head} Now: {stage}. Civilians reported killed: {killed}."


def _range(low: int | None, best: int | None, high: int | None) -> str:
    """ "8–12 (best 10)", "at least 2", "unknown"."""
    if low is None and high is None:
        return "unknown" if best is None else f"{best:,}"
    if low is None:
        text = f"up to {high:,}"
    elif high is None:
        text = f"at least {low:,}"
    else:
        text = f"{low:,}" if low == high else f"{low:,}–{high:,}"
    return text if best is None or best in (low, high) else f"{text} (best {best:,})"


def _overdue(rule: Rule, row: Mapping[str, Any]) -> str:
    began = "receipt" if rule.options["since"] == "receipt" else "the step to its stage"
    return f"{row['days_waiting']:,} days since {began} on {row['since']}, over {rule.options['days']:,}"


def _killed(rule: Rule, _row: Mapping[str, Any]) -> str:
    return f"at least {rule.options['at_least']:,} civilians reported killed by the {rule.options['estimate']} estimate"


def _step_back(_rule: Rule, row: Mapping[str, Any]) -> str:
    stages = v.Stage.labels()
    what = "reopened" if row["from_stage"] == v.Stage.CLOSED.value else "went back"
    return f"{what} on {row['occurred_on']}, from {stages[row['from_stage']]} to {stages[row['to_stage']]}"


def _finding(_rule: Rule, row: Mapping[str, Any]) -> str:
    day = row["assessed_on"] or "a day not stated"
    principle, finding = v.Principle.labels()[row["assessed_as"]], v.Finding.labels()[row["finding"]]
    return f"{principle}: {finding.lower()}, found on {day}"


def _response(_rule: Rule, row: Mapping[str, Any]) -> str:
    what, status = v.ResponseType.labels()[row["response_type"]], v.ResponseStatus.labels()[row["status"]]
    target = v.ResponseTarget.labels()[row["target"]].lower()
    return f"{what} (aimed at: {target}) {status.lower()}, recommended on {row['recommended_on']}"


_TOLD: dict[str, Callable[[Rule, Mapping[str, Any]], str]] = {
    OVERDUE: _overdue,
    CIVILIANS_KILLED: _killed,
    STEP_BACK: _step_back,
    FINDING: _finding,
    RESPONSE: _response,
}
