"""Servers of the bench: processes on ports of their own, until the block ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pages import wording
from pages.components import settings

ROOT = Path(__file__).resolve().parents[1]
START_S = 120
FILTER_LABELS = tuple(wording.FILTER_LABELS[name] for name in ("text", "country", "date_from", "date_to"))
"""Widgets that a bench changes."""
EMPTY_FIELD = "word"
FRAME_PAGE = """import streamlit as st
from pages.components import shell


def page():
    shell.heading("Empty")


chosen = st.navigation([st.Page(page, title="Empty")], position="top")
st.set_page_config(layout="wide")
shell.prepare()
shell.draw(chosen)
"""
"""What every page of the dashboard has: navigation, banner, filters, title, how many incidents the filter leaves."""
EMPTY_PAGE = f"import streamlit as st\n\nst.title('Empty: ' + st.text_input({EMPTY_FIELD!r}))\n"


class Server:
    """A running server's port and process."""

    def __init__(self, port: int, process_id: int) -> None:
        self.port = port
        self.process_id = process_id

    def memory_mb(self) -> float | None:
        """Resident memory in MB; None where the system does not tell as Linux does."""
        status = Path(f"/proc/{self.process_id}/status")
        if not status.exists():
            return None
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024


@contextmanager
def dashboard(warehouse: Path) -> Iterator[Server]:
    """The dashboard as `civharm serve` starts it."""
    port = free_port()
    with _running(["-m", "cli", "serve", "--warehouse", str(warehouse), "--port", str(port)], port, ROOT) as server:
        yield server


@contextmanager
def timed(warehouse: Path, log: Path, *, beside: bool = False) -> Iterator[Server]:
    """The dashboard with the seconds of its queries in a file; see `benchmarks.timed_server`."""
    port = free_port()
    log.touch()
    words = ["-m", "benchmarks.timed_server", str(port), str(warehouse), str(log), *(["beside"] if beside else [])]
    with _running(words, port, ROOT) as server:
        yield server


@contextmanager
def naive(export: Path) -> Iterator[Server]:
    """The naive app with Streamlit's own settings: started from a folder that has none of ours."""
    with _script(ROOT / "benchmarks" / "naive.py", export, str(export)) as server:
        yield server


@contextmanager
def empty(folder: Path) -> Iterator[Server]:
    """A page with a text field and a title, under the dashboard's settings."""
    (folder / "empty.py").write_text(EMPTY_PAGE, encoding="utf-8")
    with _script(folder / "empty.py", ROOT) as server:
        yield server


@contextmanager
def frame(warehouse: Path, folder: Path) -> Iterator[Server]:
    """The dashboard with nothing on its page."""
    (folder / "frame.py").write_text(FRAME_PAGE, encoding="utf-8")
    with _script(folder / "frame.py", ROOT, warehouse=warehouse) as server:
        yield server


@contextmanager
def _script(script: Path, folder: Path, *arguments: str, warehouse: Path | None = None) -> Iterator[Server]:
    port = free_port()
    words = [
        "-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.address", "127.0.0.1",
        "--server.headless", "true", "--browser.gatherUsageStats", "false", "--", *arguments,
    ]  # fmt: skip
    with _running(words, port, folder, warehouse) as server:
        yield server


@contextmanager
def _running(arguments: list[str], port: int, folder: Path, warehouse: Path | None = None) -> Iterator[Server]:
    """A process of this Python, once it listens."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CIVHARM_", "STREAMLIT_"))}
    environment["PYTHONPATH"] = str(ROOT)
    if warehouse:
        environment[settings.WAREHOUSE] = str(warehouse)
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + START_S
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the server did not start: {' '.join(arguments[:3])}")
            time.sleep(0.1)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
