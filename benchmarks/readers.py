"""How many readers one process serves, and what a second one behind nginx adds. Fails on nothing.

`python -m benchmarks.readers FOLDER_OF_A_WAREHOUSE [processes ...]`.

Busy readers change the text filter of the Overview over and over, so that no answer comes from the cache; each waits
for its page before it changes the filter again. Rounds over the numbers of processes are interleaved. Readers, nginx
and processes share the machine: with as many processes as cores the readers take a part of what is measured.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from contextlib import ExitStack
from itertools import product
from pathlib import Path

from rich.console import Console

from benchmarks.client import Session, busy
from benchmarks.several import SEAT, served
from benchmarks.stage import LETTERS
from pages import wording

READERS = 8
ROUNDS = 3
ROUND_S = 8.0


def main() -> None:
    """Measure and print: reruns per second of all readers, and how long one rerun takes."""
    out = Console(markup=False, highlight=False)
    warehouse = Path(sys.argv[1])
    numbers = [int(number) for number in sys.argv[2:]] or [1, 2]
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin") or "nginx"
    with tempfile.TemporaryDirectory(prefix="civharm-readers-") as name, ExitStack() as running:
        services = {n: running.enter_context(served(warehouse, n, Path(name) / f"{n}", nginx)) for n in numbers}
        words = map("".join, product(LETTERS, repeat=3))
        found: dict[int, list[tuple[float, float]]] = {n: [] for n in numbers}
        for number in range(ROUNDS):
            for n, service in services.items():
                seats = [f"{SEAT}={number}{n}-{reader}" for reader in range(READERS)]
                sessions = [Session(service.port, cookie=seat) for seat in seats]
                found[n].append(busy(sessions, wording.FILTER_LABELS["text"], words, ROUND_S))
        out.print(f"{READERS} busy readers, {os.cpu_count()} cores, {ROUNDS} rounds of {ROUND_S:.0f} s each")
        base = statistics.median(rate for rate, _ in found[numbers[0]])
        for n, rounds in found.items():
            rate, wait = (statistics.median(values) for values in zip(*rounds, strict=True))
            out.print(f"{n} processes: {rate:.1f} reruns/s ({rate / base:.2f} times), p95 {wait * 1000:.0f} ms")


if __name__ == "__main__":
    main()
