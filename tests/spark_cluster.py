"""A standalone Spark cluster on this machine for tests: a master and two workers from the pip package."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pyspark

from tests.machines import require

WORKERS = 2
START_S = 120
SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.memory": "640m",
    "spark.driver.memory": "1g",
    "spark.executor.cores": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    # For a few thousand rows compiling each question to bytecode takes longer than answering it.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.log.level": "ERROR",
}
"""Small rows, small memory: what a session of these tests asks for."""
SHORT_LIVED_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start a master and two workers on loopback; gives the master's address. Their logs are in the folder."""
    require("java")
    folder.mkdir(parents=True, exist_ok=True)
    port, page = _free_port(), _free_port()
    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "JAVA_TOOL_OPTIONS": SHORT_LIVED_JVM,
    }
    os.environ |= {"JAVA_TOOL_OPTIONS": SHORT_LIVED_JVM, "SPARK_LOCAL_IP": "127.0.0.1"}  # the driver is ours
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> None:
        with (folder / f"{name}.log").open("wb") as log:
            command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{arguments[0]}", *arguments[1:]]
            started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT))

    address = f"spark://127.0.0.1:{port}"
    try:
        start("master", "master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page))
        for number in range(WORKERS):
            own = ("--host", "127.0.0.1", "--cores", "1", "--memory", "700m", "--webui-port", "0")
            start(f"worker-{number}", "worker.Worker", *own, "--work-dir", str(folder / f"work-{number}"), address)
        _wait(page, folder)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=30)


def _wait(page: int, folder: Path) -> None:
    """Until the master's page says that every worker is there."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            with urlopen(f"http://127.0.0.1:{page}/json/", timeout=5) as answer:
                if f'"aliveworkers" : {WORKERS}' in answer.read().decode():
                    return
        except (URLError, OSError):
            pass
        time.sleep(0.3)
    logs = "\n".join(path.read_text(errors="replace")[-1_000:] for path in folder.glob("*.log"))
    raise TimeoutError(f"the Spark cluster did not start within {START_S} s:\n{logs}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
