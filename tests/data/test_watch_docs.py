"""docs/watch.md does what it says: its commands run as they are written; and how the command ends."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "watch.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(demo_warehouse: Path, tmp_path: Path) -> Path:
    """A checkout as the document sees it, with the demo built."""
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    shutil.copytree(demo_warehouse, tmp_path / "data" / "warehouse")
    return tmp_path


def shell(folder: Path, line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CIVHARM_")} | variables
    # The command is this checkout's, wherever it is started.
    environment["PYTHONPATH"] = str(ROOT)
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip


def test_the_commands_of_the_document_run_as_written(folder: Path) -> None:
    lines = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, flags=re.DOTALL) for line in block.splitlines()]
    assert len(lines) == 4
    ran = [shell(folder, line) for line in lines]
    assert [(done.returncode, done.stderr) for done in ran] == [(0, "")] * 4
    assert "Wrote example rules to rules.toml" in ran[1].stdout
    assert re.match(r"\d+ new SYNTHETIC matches, as of 2024-10-30, build ", ran[2].stdout)
    assert (folder / "matches.csv").is_file()
    assert (folder / "feed.xml").read_text(encoding="utf-8").startswith('<?xml version="1.0" encoding="utf-8"?>\n<feed')
    assert ran[3].stdout.startswith("0 new SYNTHETIC matches")
    # The example is not written over what somebody has changed.
    again = shell(folder, lines[1])
    assert (again.returncode, again.stderr) == (1, "Error: rules.toml: File exists.\n")


def test_a_failed_delivery_is_a_sentence_and_status_1(folder: Path) -> None:
    rules = (
        '[[rule]]\nname = "r"\nwhen = "finding"\nfinding = ["likely_violation"]\n[webhook]\nurl_variable = "WATCH_URL"'
    )
    (folder / "rules.toml").write_text(rules, encoding="utf-8")
    failed = shell(folder, ".venv/bin/civharm watch rules.toml")
    assert failed.returncode == 1
    assert re.fullmatch(
        r"Error: The environment variable WATCH_URL, which the rules name, is not set\. Not delivered: \d+ by webhook; "
        r"the next run tries again\.\n",
        failed.stderr,
    )
    # The matches are printed all the same, a line each.
    assert re.findall(r"^- r: SYN-\d+ \(.*\): \w+: likely violation, found on ", failed.stdout, flags=re.MULTILINE)


def test_what_a_person_can_mend_is_a_sentence(folder: Path) -> None:
    for line, told in (
        (".venv/bin/civharm watch", "Error: Name a file of rules; civharm watch --example prints one to start from.\n"),
        (".venv/bin/civharm watch none.toml", "Error: none.toml cannot be read: "),
        (".venv/bin/civharm watch rules.toml --warehouse nowhere", "Error: There is no warehouse in "),
    ):
        if "rules.toml" in line:
            shell(folder, ".venv/bin/civharm watch rules.toml --example")
        failed = shell(folder, line)
        assert failed.returncode == 1
        assert failed.stderr.startswith(told)
        assert failed.stderr.count("\n") == 1
