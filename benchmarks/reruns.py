"""Every page's rerun after a filter change: against empty pages', and on much data against little; interleaved.

Three kinds of change, none made twice, so that no answer comes from the cache. What is compared is the time on the
server, from the message that asks for the rerun to the message that says it has ended. Of empty pages there are two:
a title and a text field alone, and the dashboard's frame on the same data, which every page has.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks.client import Session
from benchmarks.rows import Part, Row, milliseconds
from benchmarks.servers import EMPTY_FIELD, Server, empty, frame, timed
from benchmarks.stage import KINDS, SMALL_INCIDENTS, Change, Stage

ROUNDS = 5
PAGES = (
    "", "map", "trends", "weapons", "incidents", "pipeline", "waits", "outlook", "outcomes", "findings", "responses",
    "units", "record", "changes", "sources", "matches", "revisions", "extract", "quality", "method",
)  # fmt: skip
REPORTS_PER_INCIDENT = 10
MUST_STAY_UNDER = 3
"""Rerun over an empty page's rerun and the page's queries together."""
MUST_COST = 4
"""Rerun over that of the dashboard's empty page."""
MUST_GROW_LESS = 10
"""Times, from 10,000 reports to 10 million."""


class Times(NamedTuple):
    """Medians in seconds for one page and kind of change."""

    page: str
    kind: str
    empty: float
    frame: float
    queries: float
    rerun: float
    small: float

    @property
    def share(self) -> float:
        """Rerun over what cannot be saved."""
        return self.rerun / (self.empty + self.queries)

    @property
    def times_frame(self) -> float:
        """Rerun over that of the dashboard with nothing on its page."""
        return self.rerun / self.frame

    @property
    def growth(self) -> float:
        """Rerun on much data over that on little."""
        return self.rerun / self.small


def part(stage: Stage) -> Part:
    """Measure every page."""
    log = stage.folder / "reruns.txt"
    found: list[Times] = []
    with ExitStack() as running:
        blank = running.enter_context(empty(stage.folder))
        bare = running.enter_context(frame(stage.large, stage.folder))
        large = running.enter_context(timed(stage.large, log))
        small = running.enter_context(timed(stage.small, stage.folder / "small.txt"))
        changes = stage.changes()
        for page in PAGES:
            stage.say(f"  reruns of {page or 'overview'} ...")
            for kind in KINDS:
                found.append(_measured(page, kind, changes[kind], (blank, bare, large, small), log))
    rows = []
    for kind in KINDS:
        own = [times for times in found if times.kind == kind]
        worst = max(own, key=lambda times: times.times_frame)
        rows.append(
            Row(
                f"rerun after {kind} / the dashboard's empty page, slowest page",
                f"≤ {MUST_COST}",
                f"{worst.times_frame:.2f}",
                f"{worst.page or 'overview'}: {milliseconds(worst.rerun)} / {milliseconds(worst.frame)}",
            )
        )
    for kind in KINDS:
        own = [times for times in found if times.kind == kind]
        worst = max(own, key=lambda times: times.share)
        rows.append(
            Row(
                f"rerun after {kind} / (a title alone + the page's queries), slowest page",
                f"≤ {MUST_STAY_UNDER}",
                f"{worst.share:.2f}",
                f"{worst.page or 'overview'}: {milliseconds(worst.rerun)} / "
                f"({milliseconds(worst.empty)} + {milliseconds(worst.queries)})",
            )
        )
    reports = stage.incidents * REPORTS_PER_INCIDENT
    for kind in KINDS:
        own = [times for times in found if times.kind == kind]
        worst = max(own, key=lambda times: times.growth)
        middle = statistics.median(times.growth for times in own)
        rows.append(
            Row(
                f"rerun after {kind}: about {reports:,} reports / {SMALL_INCIDENTS * REPORTS_PER_INCIDENT:,}, "
                "page that grows most",
                f"< {MUST_GROW_LESS} (to 10 million)",
                f"{worst.growth:.2f}",
                f"{worst.page or 'overview'}: {milliseconds(worst.rerun)} / {milliseconds(worst.small)}; "
                f"median of pages {middle:.2f}",
            )
        )
    heads = ("page", "change", "title alone", "dashboard's empty page", "queries", "rerun", "rerun, little data",
             "/ empty page", "/ (title alone + queries)", "growth")  # fmt: skip
    details = [
        (
            times.page or "overview", times.kind, *map(milliseconds, times[2:]),
            f"{times.times_frame:.2f}", f"{times.share:.2f}", f"{times.growth:.2f}",
        )
        for times in found
    ]  # fmt: skip
    return Part("Reruns of every page", rows, heads, details)


def _measured(page: str, kind: str, changes: Iterator[Change], servers: tuple[Server, ...], log: Path) -> Times:
    blank, bare, large, small = servers
    empties, frames, reruns, smalls, queries = [], [], [], [], []
    with (
        Session(blank.port) as on_empty,
        Session(bare.port) as on_frame,
        Session(large.port, page=page) as on_large,
        Session(small.port, page=page) as on_small,
    ):
        on_empty.rerun()
        for session in (on_frame, on_large, on_small):
            session.settle(changes)
        for number in range(ROUNDS):
            change = next(changes)
            empties.append(on_empty.rerun({EMPTY_FIELD: f"word {number}"}))
            frames.append(on_frame.rerun(change))
            smalls.append(on_small.rerun(change))
            before = log.stat().st_size
            reruns.append(on_large.rerun(change))
            queries.append(sum(seconds[0] for seconds in logged(log, before)))
    return Times(page, kind, *(statistics.median(times) for times in (empties, frames, queries, reruns, smalls)))


def logged(log: Path, start: int) -> list[list[float]]:
    """Numbers of the lines that a timed server has written after `start` bytes."""
    with log.open(encoding="utf-8") as lines:
        lines.seek(start)
        return [[float(number) for number in line.split()] for line in lines]
