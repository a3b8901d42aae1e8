"""The documents say what is so: commands, settings, files, and what is generated from the declaration."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer

import cli
from pages.components import settings
from transforms.sources import SOURCES
from warehouse.dictionary import data_dictionary
from warehouse.extracts import FORMATS
from warehouse.schema import TABLES
from warehouse.version import DISTRIBUTION

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]  # a group

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
OF_DOCUMENT = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def table_rows(heading: str) -> list[str]:
    """First cells of the table below a heading of the README."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| `")]
    assert rows, heading
    return rows


def blocks(text: str) -> list[str]:
    """Lines of all shell blocks, without comments."""
    found = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    return [line.split("  #")[0].strip() for block in found for line in block.splitlines() if line.strip()]


def test_the_table_of_commands_has_every_command_once() -> None:
    named = [row.strip("`").split()[1] for row in table_rows("Commands")]
    assert sorted(named) == sorted(COMMANDS)


def test_the_table_of_settings_has_every_variable_once() -> None:
    read = set()
    for package in ("pages", "warehouse", "transforms", "expectations"):
        for module in (ROOT / package).rglob("*.py"):
            read |= set(re.findall(r"\"(CIVHARM_[A-Z_]+)\"", module.read_text(encoding="utf-8")))
    assert sorted(row.strip("`") for row in table_rows("Settings")) == sorted(read)
    assert settings.WAREHOUSE in read
    assert f"`{settings.DEFAULT_WAREHOUSE}`" in README


@OF_DOCUMENT
def test_a_civharm_command_is_taken_as_it_is_written(document: Path) -> None:
    for line in blocks(document.read_text(encoding="utf-8")):
        words = shlex.split(line)
        if not words[0].endswith("civharm"):
            continue
        assert words[0] == ".venv/bin/civharm", line
        COMMANDS[words[1]].make_context(words[1], words[2:])


@OF_DOCUMENT
def test_a_target_of_make_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    for target in re.findall(r"(?:^|`)make ([a-z]+)", document.read_text(encoding="utf-8"), flags=re.MULTILINE):
        assert target in targets


@OF_DOCUMENT
def test_links_lead_to_files_that_are_there(document: Path) -> None:
    pictures = {target for _, target in PICTURE.findall(document.read_text(encoding="utf-8"))}
    for target in set(LINK.findall(document.read_text(encoding="utf-8"))) - pictures:
        if target.startswith(("https://", "http://127.0.0.1", "#")):
            continue
        assert (document.parent / target.split("#")[0]).is_file(), target


def test_pictures_are_there_and_described() -> None:
    pictures = PICTURE.findall(README)
    assert len(pictures) == 6
    for description, target in pictures:
        assert description, target
        assert (ROOT / target).is_file(), f"{target}: take the screenshots anew"


@OF_DOCUMENT
def test_anchors_lead_to_headings(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    }
    assert {target[1:] for target in LINK.findall(text) if target.startswith("#")} <= headings


def test_contributing_names_files_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folder = ""
    for line in text[text.index("\napp.py") :].split("```")[0].splitlines():
        if name := re.match(r"^([a-z]+)/", line):
            folder = name.group(1)
        for module in re.findall(r"\b([a-z_]+\.py)\b", line):
            places = (ROOT / module, ROOT / folder / module, ROOT / folder / "components" / module)
            assert any(place.is_file() for place in places), f"{folder}/{module}"
    for path in re.findall(r"`((?:warehouse|transforms|expectations|pages|tests)/[a-z_/]+(?:\.py|/))`", text):
        assert (ROOT / path).exists(), path


@OF_DOCUMENT
def test_nothing_of_one_machine_is_told(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for told in ("../shared", "/work/", "/home/", "/root/", "/tmp/"):
        assert told not in text


def test_the_readme_names_every_source_and_every_format() -> None:
    assert all(f"`{source}`" in README for source in SOURCES)
    assert all(f"`{suffix}`" in README for suffix in FORMATS)


def test_the_changelog_is_about_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == DISTRIBUTION
    assert project["version"] in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_data_dictionary_is_the_generated_one() -> None:
    assert (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == data_dictionary(), (
        "the declaration changed: .venv/bin/python -m warehouse.dictionary > docs/data-dictionary.md"
    )


def test_the_data_dictionary_has_every_table_column_and_value() -> None:
    text = data_dictionary()
    for table in TABLES:
        section = text.split(f"\n### {table.name}\n")[1].split("\n### ")[0]
        for column in table.columns:
            assert f"| `{column.name}` |" in section
            if column.vocabulary:
                assert all(f"| `{value}` |" in text for value in column.vocabulary.values())
