"""What people decided about pairs of records: a file that outlives every build and overrides the model."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from transforms.linkage_records import current
from warehouse.errors import InputError
from warehouse.vocabulary import PairDecision

DECISIONS_SCHEMA = {
    "left_id": pl.String(),
    "right_id": pl.String(),
    "decision": pl.String(),
    "decided_by": pl.String(),
    "decided_on": pl.Date(),
    "decision_reason": pl.String(),
}
FIELDS = ("left", "right", "decision", "by", "on", "reason")
"""Fields of an entry, all of them required."""
VALUES = (PairDecision.ACCEPTED.value, PairDecision.REJECTED.value)

Entry = Mapping[str, Any]


def no_decisions() -> pl.DataFrame:
    """A frame of decisions with no rows."""
    return pl.DataFrame(schema=DECISIONS_SCHEMA)


def read_decisions(path: Path) -> pl.DataFrame:
    """Read a TOML file of entries such as

        [[decision]]
        left = "airwars:ISPT0001"
        right = "made-up:7"
        decision = "rejected"   # or "accepted"
        by = "Review desk"
        on = 2024-06-30
        reason = "Two strikes on one street, hours apart."

    `left` and `right` are identifiers of two incidents, or of an incident and a report, in any order.

    Returns:
        Columns of `DECISIONS_SCHEMA`, in the order of the file.

    Raises:
        InputError: the file cannot be read, or entries are wrong: one sentence for each fault, with the entry's number.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist; give a TOML file with entries [[decision]].")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} cannot be read as TOML: {error}.") from error
    entries = content.get("decision", [])
    if set(content) - {"decision"} or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise InputError(f"{path.name}: it may only hold entries that begin with [[decision]].")
    problems = [p for n, entry in enumerate(entries, start=1) for p in _problems(f"{path.name}, entry {n}", entry)]
    problems += _repeated(path.name, entries)
    if problems:
        raise InputError(problems)
    rows = [(e["left"], e["right"], e["decision"], e["by"], e["on"], e["reason"]) for e in entries]
    return pl.DataFrame(rows, schema=DECISIONS_SCHEMA, orient="row")


def decision_notes(decisions: pl.DataFrame, frames: Mapping[str, pl.DataFrame]) -> list[str]:
    """One sentence for each decision that this build cannot follow; it stays in the file for the next one."""
    incidents = set(current(frames, "incident")["incident_id"])
    reports = set(current(frames, "report")["report_id"])
    notes = []
    for left, right, decision in decisions.select("left_id", "right_id", "decision").iter_rows():
        pair = (left, right)
        begin = f"The decision about {left} and {right} ({decision}) has no effect"
        missing = [i for i in pair if i not in incidents and i not in reports]
        if missing:
            what = f"{missing[0]} is" if len(missing) == 1 else f"{missing[0]} and {missing[1]} are"
            notes.append(f"{begin}: {what} not in this build.")
        elif not incidents & set(pair):
            notes.append(f"{begin}: both are reports, and a pair needs an incident.")
    return notes


def _problems(where: str, entry: Entry) -> list[str]:
    problems = []
    if unknown := [f for f in entry if f not in FIELDS]:
        problems.append(f"{where}: the field {unknown[0]!r} is not known; an entry has {', '.join(FIELDS)}.")
    for name in FIELDS:
        value = entry.get(name)
        if name == "on":
            # A date and time is a date to Python, and would lose its time in silence.
            if not isinstance(value, date) or isinstance(value, datetime):
                problems.append(f"{where}: 'on' must be a day such as 2024-06-30 without quotes, not {value!r}.")
        elif not isinstance(value, str) or not value.strip():
            problems.append(f"{where}: {name!r} must be a text that is not empty, not {value!r}.")
        elif value != value.strip():
            problems.append(f"{where}: {name!r} begins or ends with a space: {value!r}.")
    decision = entry.get("decision")
    if isinstance(decision, str) and decision.strip() and decision not in VALUES:
        problems.append(f"{where}: 'decision' is {decision!r}; it must be one of {', '.join(VALUES)}.")
    if isinstance(entry.get("left"), str) and entry.get("left") == entry.get("right"):
        problems.append(f"{where}: 'left' and 'right' are the same record, {entry['left']}.")
    return problems


def _repeated(file: str, entries: list[dict[str, Any]]) -> list[str]:
    first: dict[frozenset[str], int] = {}
    problems = []
    for number, entry in enumerate(entries, start=1):
        pair = frozenset(str(entry.get(side)) for side in ("left", "right"))
        if pair in first and len(pair) == 2:
            problems.append(
                f"{file}, entry {number}: the pair {entry['left']} and {entry['right']} is decided in entry "
                f"{first[pair]} already; keep one of them."
            )
        first.setdefault(pair, number)
    return problems
