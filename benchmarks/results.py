"""What a run found, as Markdown: a file of its day in `benchmarks/results/`; docs/performance.md shows the last one."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks.rows import Part, Row

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "performance.md"
HEADING = "## The last run\n"
"""In the page; everything below it is written by the bench."""
LIBRARIES = ("duckdb", "polars", "streamlit", "plotly", "pydeck", "pandas")


def written(parts: Sequence[Part], outputs: Sequence[tuple[str, str]], incidents: int, day: date) -> Path:
    """Write the day's file and show it on the page; gives the file."""
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / f"{day.isoformat()}.md"
    file.write_text(markdown(parts, outputs, incidents, day), encoding="utf-8")
    show_newest()
    return file


def newest() -> Path:
    """The last file of results."""
    return max(FOLDER.glob("????-??-??.md"))


def show_newest() -> None:
    """Put the last results into the page."""
    above = PAGE.read_text(encoding="utf-8").split(HEADING)[0]
    PAGE.write_text(f"{above}{HEADING}\n{newest().read_text(encoding='utf-8')}", encoding="utf-8")


def markdown(parts: Sequence[Part], outputs: Sequence[tuple[str, str]], incidents: int, day: date) -> str:
    """Machine and versions, one table of all ratios, then what lies behind them.

    Args:
        outputs: name of a program -> what it printed.
    """
    lines = [
        f"{day.day} {day:%B %Y}, {incidents:,} made-up incidents with about ten times as many reports. {machine()}.",
        "",
        *_table(("what", "must reach", "reached", "figures"), [row for part in parts for row in part.rows]),
    ]
    for part in parts:
        if part.details:
            lines += ["", f"### {part.title}", "", *_table(part.heads, part.details)]
    for name, text in outputs:
        lines += ["", f"### `python -m benchmarks.{name}`", "", "```text", text.strip(), "```"]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """Cores, memory and versions; nothing that names the machine."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.system()} {platform.machine()}; "
        f"Python {platform.python_version()}, {libraries}"
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str] | Row]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows)]


if __name__ == "__main__":
    show_newest()
