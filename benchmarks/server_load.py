"""Many readers at once: the overview against the naive app, interleaved; then the memory that a session takes.

Busy readers change the text filter over and over; each waits for its page before it changes it again. Readers and
servers share the machine. `python -m benchmarks --only server_load`.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice, product

import polars as pl

from benchmarks.client import Session, busy
from benchmarks.rows import Part, Row, milliseconds
from benchmarks.servers import FILTER_LABELS, Server, dashboard, naive
from benchmarks.stage import LETTERS, Stage
from warehouse.countries import country_labels

READERS, MANY_READERS = 10, 50
ROUNDS = 3
ROUND_S = 8.0
SESSIONS_BEFORE, SESSIONS = 10, 30
"""Sessions that fill caches and pools first, and those whose memory is measured."""
MUST_SERVE, MUST_WAIT, MUST_TAKE_MB = 8, 1, 3
NAIVE_COLUMNS = (
    "incident_id", "public_code", "country", "place", "latitude", "longitude", "date_start", "harm_status", "stage",
    "response_count", "civilians_killed_low", "civilians_killed_high", "civilians_injured_low",
    "civilians_injured_high", "summary", "search_text",
)  # fmt: skip
TEXT = FILTER_LABELS[0]


def part(stage: Stage) -> Part:
    """Measure both."""
    export(stage)
    found: dict[str, list[tuple[float, float]]] = {"ours": [], "naive": [], "many": []}
    words = ["".join(letters) for letters in product(LETTERS, repeat=3)]
    unused = iter(words)
    with ExitStack() as running:
        own = running.enter_context(dashboard(stage.large))
        other = running.enter_context(naive(stage.folder))
        for server in (own, other):
            with Session(server.port) as session:
                session.settle({TEXT: word} for word in unused)
        for number in range(ROUNDS):
            stage.say(f"  busy readers, round {number + 1} of {ROUNDS} ...")
            found["ours"].append(_busy(own, READERS, unused))
            found["naive"].append(_busy(other, READERS, unused))
            found["many"].append(_busy(own, MANY_READERS, unused))
    middle = {
        name: [statistics.median(values) for values in zip(*rounds, strict=True)] for name, rounds in found.items()
    }
    (rate, wait), (naive_rate, naive_wait), (_, many_wait) = middle["ours"], middle["naive"], middle["many"]
    rows = [
        Row(
            f"reruns per second with {READERS} busy readers / naive app",
            f"≥ {MUST_SERVE}",
            f"{rate / naive_rate:.1f}",
            f"{rate:.1f} / {naive_rate:.2f} a second; p95 {milliseconds(wait)} / {milliseconds(naive_wait)}",
        ),
        Row(
            f"p95 with {MANY_READERS} busy readers / naive app's with {READERS}",
            f"≤ {MUST_WAIT}",
            f"{many_wait / naive_wait:.2f}",
            f"{milliseconds(many_wait)} / {milliseconds(naive_wait)}",
        ),
        _memory(stage),
    ]
    return Part("Many readers", rows)


def export(stage: Stage) -> None:
    """Write what the naive app reads: the current incidents of the same warehouse."""
    reader = stage.reader()
    frame = reader.frame(f"SELECT {', '.join(NAIVE_COLUMNS)} FROM incident WHERE known_to IS NULL")  # noqa: S608 (ours)
    frame = frame.with_columns(pl.col("country").replace(country_labels()))
    frame.write_parquet(stage.folder / "incidents.parquet")
    reader.close()


def _busy(server: Server, readers: int, words: Iterator[str]) -> tuple[float, float]:
    return busy([Session(server.port) for _ in range(readers)], TEXT, words, ROUND_S)


def _memory(stage: Stage) -> Row:
    """What each further session adds to the server's memory; all see the overview, each under another filter."""
    what, must = f"memory of a further session, mean of {SESSIONS}, MB", f"≤ {MUST_TAKE_MB} MB"
    words = ("".join(letters) for letters in product(LETTERS, repeat=2))
    with ExitStack() as running:
        server = running.enter_context(dashboard(stage.large))

        def visit(sessions: int) -> float | None:
            for word in islice(words, sessions):
                session = running.enter_context(Session(server.port))
                session.rerun()
                session.rerun({TEXT: word})
            return server.memory_mb()

        before, after = visit(SESSIONS_BEFORE), visit(SESSIONS)
    if before is None or after is None:
        return Row(what, must, "not measured", "the system has no /proc")
    return Row(what, must, f"{(after - before) / SESSIONS:.2f}", f"{before:.0f} MB before, {after:.0f} MB after")
