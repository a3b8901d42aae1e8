"""The section of a briefing on what changed since a day: the same counts as the page What changed."""

from __future__ import annotations

from typing import Any

from pages import wording
from pages import wording_briefing as words
from pages import wording_changes as said
from pages.charts.formatting import casualty_range, day, number
from warehouse.changes import Changes, What
from warehouse.vocabulary import Stage

Section = dict[str, Any]

STEPS_LISTED = 10
"""Steps of the review with a row of their own: what a meeting can go through."""
_ABOUT_REVIEW = {What.STEP, What.FINDING, What.RESPONSE, What.ENGAGEMENT}


def section(found: Changes, *, has_review: bool) -> Section:
    """Counts, sums before and after, and the newest steps; a sentence where nothing changed."""
    made: Section = {"title": words.changed_title(found.before), "counts": {}, "state": {}, "steps": {}}
    if found.is_empty:
        return made | {"notes": [said.nothing(found.before, found.after)]}
    notes = [f"{said.period(found.before, found.after)}. {words.CHANGED_NOTE}"]
    if found.withdrawn.height:
        notes.append(said.withdrawn(dict(found.withdrawn.iter_rows())))
    if not has_review:
        notes.append(said.NO_REVIEW)
    made |= {"notes": notes, "counts": _counts(found, has_review=has_review), "state": _state(found)}
    return made | {"steps": _steps(found)} if found.steps.height else made


def _counts(found: Changes, *, has_review: bool) -> Section:
    rows = [
        [label, number(found.incidents(what, kind)), number(found.rows(what, *([kind] if kind else [])))]
        for label, _, what, kind in said.FIGURE_ROWS
        if has_review or what not in _ABOUT_REVIEW
    ]
    return {"headings": list(said.FIGURE_COLUMNS.values()), "rows": rows, "numbers": [1, 2]}


def _state(found: Changes) -> Section:
    """What the incidents added up to on both days."""
    before, after = found.state_before, found.state_after

    def moved(name: str) -> int | None:
        old, new = before[name], after[name]
        return None if old is None or new is None else new - old

    rows = []
    for label, name in said.STATE_ROWS.items():
        if name in before:
            values = [number(before[name]), number(after[name]), said.difference(moved(name), moved(name))]
        else:
            ends = (f"{name}_low", f"{name}_high")
            values = [casualty_range(state[ends[0]], None, state[ends[1]]) for state in (before, after)]
            values.append(said.difference(*map(moved, ends)))
        rows.append([label.strip(), *values])
    headings = ["", day(found.before), day(found.after), said.DIFFERENCE]
    return {"headings": headings, "rows": rows, "numbers": [1, 2, 3]}


def _steps(found: Changes) -> Section:
    labels = Stage.labels()
    rows = [
        [
            row["public_code"] or row["incident_id"],
            said.KINDS[row["kind"]],
            labels.get(row["from_stage"] or "", said.NONE_BEFORE),
            labels[row["to_stage"]],
            day(row["occurred_on"]),
            row["waiting_on"] or wording.NOT_STATED,
        ]
        for row in found.steps.head(STEPS_LISTED).iter_rows(named=True)
    ]
    columns = ("incident", "kind", "from_stage", "to_stage", "occurred_on", "waiting_on")
    return {
        "title": said.HEADINGS["steps"],
        "note": said.listed_of(len(rows), found.rows(What.STEP), said.UNITS["steps"]),
        "headings": [said.COLUMNS[column] for column in columns],
        "rows": rows,
        "numbers": [],
    }
