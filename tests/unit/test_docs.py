"""The documents say what is so: commands, settings, files, and what is generated from the declaration."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
import typer

import cli
from pages.components import settings
from transforms.corrections import read_corrections
from transforms.pipeline import CORRECTIONS, Declared, Source, canonical_frames
from transforms.sources import SOURCES
from transforms.sources.demo import write as write_demo
from warehouse.dictionary import data_dictionary
from warehouse.extracts import FORMATS
from warehouse.filters import Filters
from warehouse.intake_format import VERSION
from warehouse.schema import TABLES
from warehouse.version import DISTRIBUTION

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]  # a group

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
OF_DOCUMENT = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def section(heading: str) -> str:
    """What stands below a heading of the README."""
    return README.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def table_rows(heading: str) -> list[str]:
    """First cells of the table below a heading of the README."""
    lines = [line for line in section(heading).splitlines() if line.startswith("| ")]
    rows = [line.split("|")[1].strip() for line in lines[2:]]
    assert rows, heading
    return rows


def router_pages() -> list[str]:
    """Titles of the router's pages; each is a constant of a module of words."""
    titles = []
    for node in ast.walk(ast.parse((ROOT / "pages" / "router.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.Page":
            module, constant = next(ast.unparse(k.value) for k in node.keywords if k.arg == "title").split(".")
            titles.append(str(getattr(import_module(f"pages.{module}"), constant)))
    assert titles
    return titles


def blocks(text: str) -> list[str]:
    """Lines of all shell blocks, without comments."""
    found = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    return [line.split("  #")[0].strip() for block in found for line in block.splitlines() if line.strip()]


def test_the_table_of_commands_has_every_command_once() -> None:
    named = [row.strip("`").split()[1] for row in table_rows("Commands")]
    assert sorted(named) == sorted(COMMANDS)


def test_the_table_of_sources_has_every_source_once() -> None:
    assert sorted(row.strip("`") for row in table_rows("Sources")) == sorted(SOURCES)


def test_the_help_of_build_names_every_source() -> None:
    listed = re.search(r"Sources: ([^.]+)\.", COMMANDS["build"].help or "")
    assert listed
    assert sorted(re.split(r",\s+", listed.group(1))) == sorted(SOURCES)


def test_the_table_of_pages_has_every_page_once() -> None:
    hidden = {"Incident", "Unit"}
    pages = router_pages()
    assert hidden <= set(pages)
    assert table_rows("Pages") == [page for page in pages if page not in hidden]
    assert all(f"page {page} " in section("Pages") for page in hidden)


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
        if words[1] == "build":
            assert all(word.partition("=")[0] in SOURCES for word in words[2:] if "=" in word), line
        pairs = [words[i + 1] for i, word in enumerate(words) if word == "--filter"]
        if pairs:
            assert not Filters.from_params(
                {pair.partition("=")[0]: [pair.partition("=")[2]] for pair in pairs}
            ).is_empty


def test_the_correction_in_the_readme_fits_the_example_that_it_is_about(tmp_path: Path) -> None:
    file = tmp_path / CORRECTIONS
    assert f"`{CORRECTIONS}`" in section("Corrections")
    file.write_text(section("Corrections").split("```toml\n")[1].split("```")[0], encoding="utf-8")
    (declared,) = read_corrections(file)
    write_demo(tmp_path / "example", cli.DEMO_INCIDENTS, cli.DEMO_SEED)
    source = Source("chirg_intake", tmp_path / "example")
    frames = canonical_frames([source], lambda _: None, None, date(2026, 1, 1), Declared(file))
    versions = frames["incident"].filter(incident_id=declared.incident_id).sort("known_from")
    assert versions[declared.field].to_list()[-2:] == [declared.expected, declared.value]
    assert versions["known_from"][-1] == declared.on


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
    script = (ROOT / "scripts" / "screenshots.py").read_text(encoding="utf-8")
    taken = re.search(r"^PAGES = (\{.*?\})", script, flags=re.DOTALL | re.MULTILINE)
    assert taken
    assert {Path(target).stem for _, target in pictures} == set(ast.literal_eval(taken.group(1)))
    assert len(pictures) == len({target for _, target in pictures})
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
            below = (ROOT / folder).rglob(module) if folder else ()
            assert (ROOT / module).is_file() or any(below), f"{folder}/{module}"
        for pattern in re.findall(r"\b([a-z_]+\*\.py)", line):
            assert any((ROOT / folder).glob(pattern)), f"{folder}/{pattern}"
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


def test_only_revisions_read_all_versions_as_contributing_says() -> None:
    versioned = {t.name for t in TABLES if "known_to" in t.column_names}
    for module in (ROOT / "warehouse" / "queries").glob("*.py"):
        past = set(re.findall(r"TABLE\[\"(\w+)\"\]\.ibis_table\(\)", module.read_text(encoding="utf-8")))
        assert module.name == "revisions.py" or not past & versioned, module.name


def test_the_changelog_is_about_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == DISTRIBUTION
    assert project["version"] in CHANGELOG
    assert f"Intake format {VERSION}" in CHANGELOG


def test_the_changelog_names_every_source_command_and_page() -> None:
    assert all(f"`{source}`" in CHANGELOG for source in SOURCES)
    assert all(f"`{command}`" in CHANGELOG or f"`civharm {command}`" in CHANGELOG for command in COMMANDS)
    words = re.sub(r"\s+", " ", CHANGELOG)
    assert all(page in words for page in router_pages())


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
