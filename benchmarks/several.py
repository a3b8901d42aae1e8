"""Several processes of the app behind nginx, with the configuration that is shipped; for measurements and tests."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[1] / "deploy" / "nginx.conf"
START_S = 120
SEAT = "civharm_seat"
"""Name of the cookie that keeps a browser with its process."""


@dataclass(frozen=True)
class Served:
    """A running service. `log` has a line "process seat" for each request that has ended."""

    port: int
    processes: dict[int, subprocess.Popen[bytes]]
    log: Path

    def kill(self, port: int) -> None:
        """End the process on a port at once, as a crash would."""
        self.processes[port].send_signal(signal.SIGKILL)
        self.processes[port].wait()

    def process_of(self, seat: str) -> int:
        """Port of the process that a seat belongs to now: asks it for its health, and reads who answered."""
        get(f"http://127.0.0.1:{self.port}/healthz", seat)
        time.sleep(0.05)  # nginx writes the line after the answer
        lines = [line.split() for line in self.log.read_text(encoding="utf-8").splitlines()]
        # Where the first one did not answer, the last one that was tried did.
        return next(int(line[-2].rpartition(":")[2]) for line in reversed(lines) if line[-1] == seat)


@contextmanager
def served(warehouse: Path, processes: int, folder: Path, nginx: str) -> Iterator[Served]:
    """Start processes of the app and nginx before them, all on loopback; `folder` holds logs and nginx's files."""
    port, *ports = free_ports(processes + 1)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CIVHARM_", "STREAMLIT_"))}
    started: dict[int, subprocess.Popen[bytes]] = {}
    balancer: subprocess.Popen[bytes] | None = None
    (folder / "temp").mkdir(parents=True)
    try:
        for own in ports:
            command = [sys.executable, "-m", "cli", "serve", "--warehouse", str(warehouse), "--port", str(own)]
            with (folder / f"serve-{own}.log").open("wb") as log:
                started[own] = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        (folder / "nginx.conf").write_text(configuration(port, ports), encoding="utf-8")
        with (folder / "nginx.log").open("wb") as log:
            command = [nginx, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"]
            balancer = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        for own in (*ports, port):
            _wait(own, folder)
        yield Served(port, started, folder / "seats.log")
    finally:
        for process in [*([balancer] if balancer else []), *started.values()]:
            process.terminate()
        for process in [*([balancer] if balancer else []), *started.values()]:
            process.wait(timeout=30)


def configuration(port: int, ports: list[int]) -> str:
    """The shipped configuration for other ports, with a log of who served which seat."""
    text = SHIPPED.read_text(encoding="utf-8")
    line = re.compile(r"^ *server 127\.0\.0\.1:(?P<port>\d+) .*\n", flags=re.MULTILINE)
    first = line.search(text)
    assert first is not None
    lines = "".join(first[0].replace(f":{first['port']} ", f":{own} ") for own in ports)
    text = line.sub("", text[: first.start()] + "@processes@\n" + text[first.start() :]).replace("@processes@\n", lines)
    text = text.replace("listen 127.0.0.1:8500;", f"listen 127.0.0.1:{port};")
    seats = "log_format seats '$upstream_addr $cookie_civharm_seat'; access_log seats.log seats;"
    # As root nginx gives its workers to another user, who may not read a folder of ours.
    user = "user root;\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    return user + text.replace("access_log off;", seats)


def get(url: str, seat: str = "") -> tuple[int, dict[str, str], str]:
    """Status, headers (lower case) and text of an address."""
    request = urllib.request.Request(url, headers={"Cookie": f"{SEAT}={seat}"} if seat else {})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 (our own address)
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read().decode()


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _wait(port: int, folder: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            if get(f"http://127.0.0.1:{port}/healthz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    logs = "\n".join(path.read_text(errors="replace")[-1_000:] for path in folder.glob("*.log"))
    raise TimeoutError(f"nothing answers on port {port} after {START_S} s:\n{logs}")
