"""A page's rerun after a filter change against an empty page's, interleaved; then the linkage. Fails on nothing.

`python -m benchmarks [incidents]`.

Each change types another word into the text filter, so that no answer comes from the cache: the slow case. What is
compared is the time on the server, from the message that asks for the rerun to the message that says it has ended.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.client import Session
from pages import wording
from transforms.pipeline import Source, build
from transforms.sources.demo import write

ROUNDS = 20
PAGES = (
    "", "map", "trends", "weapons", "incidents", "pipeline", "waits", "outlook", "outcomes", "findings", "responses",
    "units", "record", "changes", "sources", "matches", "revisions", "extract", "quality", "method",
)  # fmt: skip
LETTERS = "aeiotnrshldcupmgbfkw"
"""As many pairs of them as rounds over all pages, so that no filter comes twice."""
INCIDENTS = 100_000
"""Synthetic ones; another number may be given on the command line."""
MUST_STAY_UNDER = 3.0
"""Rerun over an empty page's rerun and the page's queries together."""
EMPTY_PAGE = "import streamlit as st\n\nst.text_input('word')\nst.title('Empty')\n"


def main() -> None:
    """Measure every page and print a table."""
    out = Console(markup=False, highlight=False)
    with tempfile.TemporaryDirectory(prefix="civharm-bench-") as name, ExitStack() as servers:
        folder = Path(name)
        write(folder / "intake", int(sys.argv[1]) if len(sys.argv) > 1 else INCIDENTS)
        build(folder / "warehouse", [Source("chirg_intake", folder / "intake")], lambda line: out.print(line))
        (folder / "empty.py").write_text(EMPTY_PAGE, encoding="utf-8")
        log = folder / "queries.txt"
        log.touch()
        empty_port, port = free_port(), free_port()
        empty_command = ["-m", "streamlit", "run", str(folder / "empty.py"), "--server.port", str(empty_port)]
        servers.enter_context(server(empty_command, empty_port))
        command = ["-m", "benchmarks.timed_server", str(port), str(folder / "warehouse"), str(log)]
        servers.enter_context(server(command, port))
        heads = (
            "page",
            "empty, ms",
            "queries, ms",
            "rerun, ms",
            "rerun / (empty + queries)",
            "(rerun - queries) / empty",
        )
        table = Table(*heads, title=f"The first ratio must stay under {MUST_STAY_UNDER:g}")
        for page in PAGES:
            empty_s, rerun_s, query_s = measure(empty_port, port, page, log)
            cells = [f"{1000 * seconds:.1f}" for seconds in (empty_s, query_s, rerun_s)]
            ratios = [rerun_s / (empty_s + query_s), (rerun_s - query_s) / empty_s]
            table.add_row(page or "overview", *cells, *(f"{ratio:.2f}" for ratio in ratios))
        out.print(table)
    # In a process of its own, so that its memory is its own.
    subprocess.run([sys.executable, "-m", "benchmarks.linkage"], check=True)


def measure(empty_port: int, port: int, page: str, log: Path) -> tuple[float, float, float]:
    """Medians in seconds: the empty page's rerun, this page's rerun, the queries in it."""
    empties, reruns, queries = [], [], []
    with Session(empty_port) as empty, Session(port, page=page) as session:
        for one in (empty, session):
            one.rerun()
        label = wording.FILTER_LABELS["text"]
        for number in range(ROUNDS):
            empties.append(empty.rerun({"word": f"word {number}"}))
            before = log.stat().st_size
            # Letters of most summaries, another pair for each page and round, so that nothing is cached.
            first, second = divmod(PAGES.index(page) * ROUNDS + number, len(LETTERS))
            reruns.append(session.rerun({label: f"{LETTERS[first]} {LETTERS[second]}"}))
            with log.open(encoding="utf-8") as lines:
                lines.seek(before)
                queries.append(sum(float(line) for line in lines))
    return statistics.median(empties), statistics.median(reruns), statistics.median(queries)


@contextmanager
def server(arguments: list[str], port: int) -> Iterator[None]:
    """A server process, once it listens."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the server did not start: {' '.join(arguments)}")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
