"""What `civharm watch` remembers between runs: what was reported, and what is still to be delivered.

A file beside the builds, one for each file of rules, replaced atomically. A match is written down together with the
notices that are due for it before the first one leaves; a notice is struck off once it was accepted. So a run that is
cut off anywhere loses nothing; at worst a notice arrives twice, with the same identifier.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

from warehouse.errors import WarehouseError
from warehouse.publish import write_synced
from warehouse.watch_matches import Match

VERSION = 1
MOST_RECENT = 200
"""Entries of the feed: readers that call every few days miss none of a busy month."""


@dataclass(frozen=True)
class Notice:
    """A match that was reported.

    Attributes:
        found_at: moment of the run that found it, ISO, UTC.
        id: stays the same in the feed, the webhook and the mail, whatever happens.
        build_id: the build in which it was found.
    """

    match: Match
    id: str
    found_at: str
    build_id: str


@dataclass(frozen=True)
class State:
    """What is remembered.

    Attributes:
        feed_id: identifier of the feed, drawn once.
        fingerprints: rule -> what it matched when it was last run; another one makes it a new rule.
        seen: rule -> keys of all matches that were reported, or older than its first run was asked for.
        recent: the last `MOST_RECENT` notices, the newest last.
        due: notices still to be delivered, each with the channels that have not accepted it.
    """

    feed_id: str
    fingerprints: dict[str, str] = field(default_factory=dict)
    seen: dict[str, frozenset[str]] = field(default_factory=dict)
    recent: tuple[Notice, ...] = ()
    due: tuple[tuple[Notice, tuple[str, ...]], ...] = ()

    def notice(self, match: Match, found_at: str, build_id: str) -> Notice:
        """The match as it is reported."""
        identifier = uuid5(UUID(self.feed_id), json.dumps([match.rule, match.key]))
        return Notice(match, identifier.urn, found_at, build_id)

    def reported(self, notices: Sequence[Notice], channels: Sequence[str]) -> State:
        """With new notices, due on every channel."""
        due = tuple((notice, tuple(channels)) for notice in notices) if channels else ()
        return replace(self, recent=(*self.recent, *notices)[-MOST_RECENT:], due=(*self.due, *due))

    def due_on(self, channel: str) -> list[Notice]:
        """Notices that a channel has not accepted yet."""
        return [notice for notice, channels in self.due if channel in channels]

    def delivered(self, channel: str, ids: Collection[str]) -> State:
        """Without the notices that a channel accepted."""
        left = (
            (notice, tuple(c for c in channels if c != channel or notice.id not in ids))
            for notice, channels in self.due
        )
        return replace(self, due=tuple((notice, channels) for notice, channels in left if channels))

    def without_others(self, channels: Collection[str]) -> State:
        """Without what is due on channels that the rules no longer name."""
        left = ((notice, tuple(c for c in due if c in channels)) for notice, due in self.due)
        return replace(self, due=tuple((notice, due) for notice, due in left if due))


def state_file(warehouse: Path, rules: Path) -> Path:
    """Where the state of a file of rules is kept."""
    return warehouse / f"watch-{rules.stem}.json"


def load(path: Path) -> State:
    """The remembered state; a new one where there is none.

    Raises:
        WarehouseError: the file cannot be read.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return State(feed_id=str(uuid4()))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    try:
        if content["version"] != VERSION:
            raise WarehouseError(f"{path} was written by another version of civharm; update, or move it away.")
        return State(
            feed_id=str(UUID(content["feed_id"])),
            fingerprints=dict(content["fingerprints"]),
            seen={rule: frozenset(keys) for rule, keys in content["seen"].items()},
            recent=tuple(_notice(entry) for entry in content["recent"]),
            due=tuple((_notice(entry), tuple(channels)) for entry, channels in content["due"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(path) from error


def save(path: Path, state: State) -> None:
    """Replace the state atomically."""
    content = {
        "version": VERSION,
        "feed_id": state.feed_id,
        "fingerprints": state.fingerprints,
        "seen": {rule: sorted(keys) for rule, keys in state.seen.items()},
        "recent": [asdict(notice) for notice in state.recent],
        "due": [[asdict(notice), list(channels)] for notice, channels in state.due],
    }
    write_synced(path, json.dumps(content, indent=1))


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let no two runs share a state; the lock is the operating system's and ends with the process.

    Raises:
        WarehouseError: another run is under way.
    """
    with path.with_suffix(".lock").open("a", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WarehouseError(f"Another watch with these rules is under way on {path.parent}; try later.") from error
        yield


def _notice(entry: dict[str, Any]) -> Notice:
    return Notice(**(entry | {"match": Match(**entry["match"])}))


def _damaged(path: Path) -> WarehouseError:
    return WarehouseError(
        f"{path} is damaged; move it away to start anew, and what was not delivered yet is not delivered any more."
    )
