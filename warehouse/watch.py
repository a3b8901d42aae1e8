"""`civharm watch`: what the rules match now and has not been reported, written, delivered and remembered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl
from ibis.expr.types import Table

from warehouse import notices, queries
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.errors import InputError, NoticeError
from warehouse.extracts import flat
from warehouse.publish import record_of, write_synced
from warehouse.watch_matches import Match, matches, unjudged
from warehouse.watch_rules import Rules, read_rules
from warehouse.watch_state import Notice, State, alone, load, save, state_file

FIRST_RUN_DAYS = 7
"""A rule that is run for the first time reports the last week's matches; older ones are no news."""
MAIL = "mail to "
WEBHOOK = "webhook"
FORMATS = (".csv", ".json")
Deliver = Callable[[Sequence[Notice], str | None], None]
"""Takes notices and the address of the dashboard; raises `NoticeError`."""


@dataclass(frozen=True)
class Outcome:
    """What a run did.

    Attributes:
        notices: the new matches, rule by rule.
        said: sentences for people: what was left out, what cannot be judged, what was delivered.
        failures: what was not delivered, a sentence each.
    """

    notices: tuple[Notice, ...]
    said: tuple[str, ...]
    failures: tuple[str, ...]
    synthetic: bool
    as_of: date
    build_id: str


def watch(
    warehouse: Path,
    rules_file: Path,
    *,
    output: Path | None = None,
    feed: Path | None = None,
    since: date | None = None,
) -> Outcome:
    """Run the rules on the current build and report each match once.

    Args:
        output: a .csv or .json file for the new matches.
        feed: a file for the Atom feed of the latest notices.
        since: a rule that is new reports what came to match after this day; `FIRST_RUN_DAYS` before the newest data if
            left out.

    Raises:
        CivharmError: the rules, the warehouse or the state cannot be read; nothing was reported.
        OSError: a file cannot be written; nothing was reported.
    """
    if output is not None and output.suffix not in FORMATS:
        raise InputError(f"{output} has no ending that is known; choose from {', '.join(FORMATS)}.")
    rules = read_rules(rules_file)
    opened = reader(warehouse)
    path = state_file(opened.folder, rules_file)
    with alone(path):
        return _watch(opened, rules, path, output, feed, since)


def _watch(
    opened: Reader, rules: Rules, path: Path, output: Path | None, feed: Path | None, since: date | None
) -> Outcome:
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    synthetic = record_of(opened.folder, opened.build_id).synthetic
    as_of: date = run(queries.datasets(), opened)["known_on"].max()  # type: ignore[assignment]  # a date column
    channels = _channels(rules)
    remembered = load(path)
    state, found, said = _new(
        remembered.without_others(list(channels)), rules, opened, as_of, since, synthetic=synthetic
    )
    if lost := len(remembered.due) - len(state.due):
        said.append(f"{lost:,} earlier notices waited for a channel that the rules no longer name; they were dropped.")
    new = [state.notice(match, now, opened.build_id) for match in found]
    if waiting := len(state.due):
        said.append(f"{waiting:,} earlier notices were not delivered yet and are tried again.")
    state = state.reported(new, list(channels))
    # First the files, then the state: a run cut off between them finds the same matches again.
    if output is not None:
        _write(output, new, rules.base_url)
    if feed is not None:
        write_synced(feed, notices.atom(state.feed_id, state.recent, rules.base_url, now))
    save(path, state)
    delivered, failures = _deliver(state, path, channels, rules.base_url)
    return Outcome(tuple(new), (*said, *delivered), tuple(failures), synthetic, as_of, opened.build_id)


def _new(
    state: State, rules: Rules, opened: Reader, as_of: date, since: date | None, *, synthetic: bool
) -> tuple[State, list[Match], list[str]]:
    """What matches and was not reported; the state remembers it, and what is older than a new rule was asked for."""
    found: list[Match] = []
    said = []
    seen, fingerprints = dict(state.seen), dict(state.fingerprints)
    ask = partial(_ask, opened)
    first_day = str(since or as_of - timedelta(days=FIRST_RUN_DAYS))
    for rule in rules.rules:
        known = seen.get(rule.name, frozenset())
        unreported = [m for m in matches(rule, ask, as_of, synthetic=synthetic) if m.key not in known]
        is_new = fingerprints.get(rule.name) != rule.fingerprint
        fresh = [m for m in unreported if not is_new or m.day > first_day]
        if older := len(unreported) - len(fresh):
            said.append(
                f"{rule.name}: {older:,} more matched by {first_day} already; the rule is new, so that is no news "
                "(--since DAY reports those after that day)."
            )
        if note := unjudged(rule, ask):
            said.append(note)
        found += fresh
        seen[rule.name] = known | {m.key for m in unreported}
        fingerprints[rule.name] = rule.fingerprint
    return replace(state, seen=seen, fingerprints=fingerprints), found, said


def _ask(opened: Reader, question: Table) -> pl.DataFrame:
    return run(question, opened)


def _channels(rules: Rules) -> dict[str, Deliver]:
    """Name -> what delivers notices there."""
    channels: dict[str, Deliver] = {}
    if rules.webhook:
        channels[WEBHOOK] = partial(notices.post, rules.webhook)
    if rules.mail:
        channels |= {f"{MAIL}{to}": partial(notices.send, rules.mail, to) for to in rules.mail.to}
    return channels


def _deliver(
    state: State, path: Path, channels: Mapping[str, Deliver], base_url: str | None
) -> tuple[list[str], list[str]]:
    """Try every channel, whatever becomes of the others."""
    delivered, failures = [], []
    for name, deliver in channels.items():
        due = state.due_on(name)
        if not due:
            continue
        try:
            deliver(due, base_url)
        except NoticeError as error:
            failures.append(f"{error} Not delivered: {len(due):,} by {name}; the next run tries again.")
            continue
        state = state.delivered(name, {notice.id for notice in due})
        save(path, state)
        delivered.append(f"Delivered {len(due):,} by {name}.")
    return delivered, failures


def _write(output: Path, new: Sequence[Notice], base_url: str | None) -> None:
    rows = notices.rows(new, base_url)
    if output.suffix == ".json":
        write_synced(output, json.dumps(rows, indent=1, ensure_ascii=False))
        return
    frame = pl.DataFrame(rows, schema={name: _type(name) for name in notices.COLUMNS})
    write_synced(output, flat(frame).write_csv(include_bom=True))


def _type(name: str) -> pl.DataType:
    if name.startswith("civilians_killed_"):
        return pl.Int64()
    return pl.Boolean() if name == "synthetic" else pl.String()
