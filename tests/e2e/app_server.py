"""Starts the app as users do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CIVHARM = Path(sys.executable).with_name("civharm")
START_TIMEOUT_S = 60


def environment() -> dict[str, str]:
    """The tests' environment without settings of the app, so that only arguments count."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("CIVHARM_", "STREAMLIT_"))}


@contextmanager
def running(warehouse: Path, workplace: Path) -> Iterator[str]:
    """`civharm serve` on a free port, started from `workplace`, until the block ends; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    log = workplace / f"serve-{port}.log"
    command = [CIVHARM, "serve", "--warehouse", warehouse, "--port", str(port)]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=workplace, env=environment(), stdout=output, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + START_TIMEOUT_S
        while not is_up(url):
            assert server.poll() is None, f"'civharm serve' ended: {log.read_text()}"
            assert time.monotonic() < end, f"'civharm serve' does not answer after {START_TIMEOUT_S} s"
            time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def is_up(url: str) -> bool:
    """Whether the server answers."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:  # noqa: S310 (own address)
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
