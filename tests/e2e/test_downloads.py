"""What is downloaded is what the query answers, row for row, in every format."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest
import read_back
from playwright.sync_api import Page, expect
from polars.testing import assert_frame_equal
from steps import OpenPage, grid, line, main, pick, query, settle, shows

from pages import wording, wording_briefing, wording_extract
from pages.documents import briefing_tables
from pages.documents.briefing import briefing
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.extracts import FORMATS, Format, formats_of
from warehouse.filters import Filters
from warehouse.schema import TABLE
from warehouse.version import DISTRIBUTION

PATIENCE_MS = 120_000
"""A first briefing loads what it is drawn and set with, on a machine that does other things too."""
FILTERS = Filters(country=("PSE", "YEM"), minimum_civilians_killed=5, date_from=date(2023, 11, 1))


def download(page: Page, chosen: Format) -> tuple[str, bytes]:
    """(file name, content) of a click on a format's button."""
    with page.expect_download() as waiting:
        main(page).get_by_role("link", name=f"{wording.DOWNLOAD} {chosen.title}", exact=True).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


@pytest.fixture
def extract_page(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> Page:
    page = open_page(f"{demo_app}/extract?{query(FILTERS)}")
    shows(page, line(FILTERS, demo_reader))
    return page


def test_every_format_holds_the_rows_of_the_query(extract_page: Page, demo_reader: Reader) -> None:
    rows = run(queries.extract(FILTERS), demo_reader)
    assert rows.height > 20
    for chosen in formats_of("incidents"):
        name, content = download(extract_page, chosen)
        assert name.startswith("SYNTHETIC-incidents-")
        assert demo_reader.build_id in name
        if name.endswith(".zip"):
            files = read_back.unpacked(content)
            data = name.removesuffix(".zip")
            manifest = json.loads(files[f"{data}.manifest.json"])
            assert manifest["sha256"] == hashlib.sha256(files[data]).hexdigest()
            assert manifest["filter"] == FILTERS.sentence()
            assert manifest["row_count"] == rows.height
            name, content = data, files[data]
        assert_frame_equal(read_back.rows(name, content), rows)


def test_the_briefing_is_that_of_the_command(
    extract_page: Page, demo_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, bytes] = {}
    for suffix, label in wording_briefing.BUTTONS.items():
        with extract_page.expect_download(timeout=PATIENCE_MS) as waiting:
            main(extract_page).get_by_role("button", name=label, exact=True).click()
        assert waiting.value.suggested_filename == f"SYNTHETIC-briefing-{demo_reader.build_id}{suffix}"
        made[suffix] = Path(waiting.value.path()).read_bytes()
    # The server and this process each ask git once for the version that they state. A checkout that is edited while
    # the tests run gives them different answers, so what is compared is made by the server's version.
    stated = re.search(rf"{wording_briefing.MANIFEST_CODE}\W.*?>([\w.+-]+)<", made[".html"].decode(), re.DOTALL)
    assert stated
    assert stated[1].startswith(version(DISTRIBUTION))
    monkeypatch.setattr(briefing_tables, "code_version", lambda: stated[1])
    for suffix, content in made.items():
        assert content == briefing(demo_reader, FILTERS, suffix), suffix


def test_chosen_columns_are_those_of_the_file(extract_page: Page, demo_reader: Reader) -> None:
    box = main(extract_page).get_by_role("combobox", name=wording_extract.COLUMNS, exact=True)
    pick(extract_page, box, f"{TABLE['incident']['place'].label} (place)", typed="(place)")
    extract_page.keyboard.press("Escape")
    settle(extract_page)
    name, content = download(extract_page, FORMATS[".parquet"])
    found = read_back.rows(name.removesuffix(".zip"), read_back.unpacked(content)[name.removesuffix(".zip")])
    assert_frame_equal(found, run(queries.extract(FILTERS, ("place",)), demo_reader))


def test_the_command_shown_names_the_filters(extract_page: Page) -> None:
    command = main(extract_page).get_by_test_id("stCode")
    expect(command).to_contain_text("civharm extract")
    for name, values in FILTERS.to_params().items():
        for value in values:
            expect(command).to_contain_text(f"--filter {name}={value}")


def test_tables_offer_no_download_of_their_own(extract_page: Page) -> None:
    """It would lack the manifest, and formulas in it would be live."""
    preview = grid(extract_page, wording_extract.PREVIEW)
    preview.hover()
    expect(preview.get_by_role("button", name="Fullscreen")).to_be_visible()
    expect(preview.get_by_role("button", name=wording.DOWNLOAD)).to_have_count(0)


def test_nothing_to_download_says_why(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    nothing = Filters(text="nowhere at all")
    page = open_page(f"{demo_app}/extract?{query(nothing)}")
    shows(page, line(nothing, demo_reader))
    shows(page, wording.empty_state("incidents", has_filter=True))
    expect(main(page).get_by_test_id("stLinkButton")).to_have_count(0)
