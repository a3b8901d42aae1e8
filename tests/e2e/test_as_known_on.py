"""An earlier state of knowledge: chosen once, marked on every page, the same by a copied link and in a download."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import read_back
from playwright.sync_api import Page, expect
from polars.testing import assert_frame_equal
from steps import FILTERED, PAGES, OpenPage, go_to, has_parameters, main, parameters, query, settle, shows, sidebar

from pages import wording
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.extracts import FORMATS
from warehouse.filters import Filters

DAY, LATEST = date(2024, 3, 1), date(2024, 10, 30)
KENYA = Filters(country=("KEN",), harm_status=("fair", "confirmed"))


def marked(page: Page) -> None:
    """The page says which state it shows."""
    mark = wording.as_known_on(DAY, LATEST).replace("**", "")
    expect(main(page).get_by_role("status").filter(has_text=mark)).to_be_visible()


def line(demo: Reader, filters: Filters) -> str:
    """The line above a page of that day, counted by the database."""
    shown, known = (run(queries.totals(each), demo, DAY).item(0, "incidents") for each in (filters, Filters()))
    assert 0 < shown <= known < run(queries.totals(Filters()), demo).item(0, "incidents")
    return wording.filter_line(replace(filters, as_known_on=DAY).sentence(), shown, known)


def choose_day(page: Page) -> None:
    """Type the day into the sidebar, part by part as its field asks for it."""
    field = sidebar(page).get_by_role("group", name=wording.FILTER_LABELS["as_known_on"])
    field.get_by_role("spinbutton").first.click()
    page.keyboard.type(f"{DAY:%Y%m%d}")
    page.keyboard.press("Escape")  # the calendar that opened beside the field
    settle(page)


def test_a_day_and_filters_stay_from_page_to_page_and_a_copied_link_shows_the_same(
    demo_app: str, open_page: OpenPage, demo_reader: Reader
) -> None:
    mine = open_page(f"{demo_app}/incidents?{query(KENYA)}")
    link = parameters(mine) | {"as_known_on": [str(DAY)]}
    choose_day(mine)
    expected = line(demo_reader, KENYA)
    shows(mine, expected)
    for path in FILTERED:
        go_to(mine, PAGES[path])
        marked(mine)
        shows(mine, expected)
        has_parameters(mine, link)
    theirs = open_page(mine.url)
    marked(theirs)
    shows(theirs, expected)
    assert theirs.url == mine.url


def test_a_download_holds_that_day_s_rows_and_its_manifest_says_so(
    demo_app: str, open_page: OpenPage, demo_reader: Reader
) -> None:
    page = open_page(f"{demo_app}/extract?as_known_on={DAY}")
    shows(page, line(demo_reader, Filters()))
    chosen = FORMATS[".parquet"]
    with page.expect_download() as waiting:
        main(page).get_by_role("link", name=f"{wording.DOWNLOAD} {chosen.title}", exact=True).click()
    files = read_back.unpacked(Path(waiting.value.path()).read_bytes())
    data = waiting.value.suggested_filename.removesuffix(".zip")
    manifest = json.loads(files[f"{data}.manifest.json"])
    rows = run(queries.extract(Filters()), demo_reader, DAY)
    assert manifest["as_known_on"] == str(DAY)
    assert manifest["row_count"] == rows.height
    assert_frame_equal(read_back.rows(data, files[data]), rows)
