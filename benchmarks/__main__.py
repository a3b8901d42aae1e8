"""All ratios, measured on this machine: `python -m benchmarks [incidents] [--only part]`. Fails on nothing.

A run of all parts is written to `benchmarks/results/` and shown in docs/performance.md; with `--only` it is printed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import results
from benchmarks.rows import Part, Row
from benchmarks.stage import Stage, made

INCIDENTS = 100_000
"""About a million reports; 1,000,000 make the ten million that the limits are about, and take an hour."""
PARTS = ("reruns", "questions", "map_payload", "server_load", "picture")
"""Modules with `part(stage)`."""
PROGRAMS: dict[str, Callable[[Stage], list[str]]] = {
    "building": lambda stage: [str(stage.incidents)],
    "extracts": lambda stage: [str(10 * stage.incidents)],
    "readers": lambda stage: [str(stage.large)],
    "linkage": lambda _: [],
}
"""Modules that print what they find -> their arguments; each runs in a process of its own, so that its memory is its
own. One that is not there is left out."""


def main() -> None:
    """Measure, print, write."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("incidents", nargs="?", type=int, default=INCIDENTS, help="how many to make up (%(default)s)")
    programs = [program for program in PROGRAMS if find_spec(f"benchmarks.{program}")]
    asked.add_argument("--only", action="append", choices=(*PARTS, *programs), help="this part alone; may be repeated")
    given = asked.parse_args()
    chosen = given.only or (*PARTS, *programs)
    out = Console(markup=False, highlight=False)
    parts = []
    with tempfile.TemporaryDirectory(prefix="civharm-bench-") as name:
        stage = Stage(Path(name), given.incidents, out.print)
        made(stage)
        for part in PARTS:
            if part in chosen:
                out.print(f"{part} ...")
                parts.append(_found(part, stage))
                out.print(_table(parts[-1]))
        outputs = []
        for program in programs:
            if program in chosen:
                out.print(f"{program} ...")
                outputs.append((program, _output(program, PROGRAMS[program](stage))))
                out.print(outputs[-1][1])
    if not given.only:
        file = results.written(parts, outputs, given.incidents, datetime.now(UTC).date())
        out.print(f"Written to {file.relative_to(results.ROOT)}, shown in {results.PAGE.relative_to(results.ROOT)}.")


def _found(name: str, stage: Stage) -> Part:
    """What a part finds; one that fails is a row that says so."""
    try:
        found: Part = import_module(f"benchmarks.{name}").part(stage)
    except Exception as error:  # noqa: BLE001 (the other parts are worth having)
        return Part(name, [Row(name, "", "not measured", f"{type(error).__name__}: {str(error).splitlines()[:1]}")])
    return found


def _output(name: str, arguments: list[str]) -> str:
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    done = subprocess.run(command, cwd=results.ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else f"{done.stdout}failed: {done.stderr.strip().splitlines()[-1:]}"


def _table(part: Part) -> Table:
    table = Table("what", "must reach", "reached", "figures", title=part.title)
    for row in part.rows:
        table.add_row(*row)
    return table


if __name__ == "__main__":
    main()
