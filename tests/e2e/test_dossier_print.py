"""The dossier of an incident in a real browser: on paper, as files, with the chosen neighbourhood in the address."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from steps import OpenPage, main, pick, settle

from pages import wording_dossier as wording
from warehouse.connection import Reader
from warehouse.dossier import Wanted, asker, gather
from warehouse.dossier_json import file_name, to_json


@pytest.fixture(scope="module")
def incident_id(demo_reader: Reader) -> str:
    """One with many reports, all of which must be on paper."""
    rows = demo_reader.frame("SELECT incident_id, report_count FROM incident WHERE known_to IS NULL")
    return str(rows.sort("report_count", "incident_id", descending=[True, False])["incident_id"][0])


def test_on_paper_it_is_light_whole_and_without_what_only_a_screen_can_use(
    demo_app: str, open_page: OpenPage, incident_id: str, demo_reader: Reader
) -> None:
    page = open_page(f"{demo_app}/incident?id={incident_id}", scheme="dark")
    expect(main(page).get_by_test_id("stTable").last).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    for name in ("stSidebar", "stHeader", "stDownloadButton", "stPageLink", "stSelectbox", "stExpander"):
        for found in page.get_by_test_id(name).all():
            expect(found).to_be_hidden()
    style = "e => [getComputedStyle(document.body).backgroundColor, getComputedStyle(e).color]"
    assert main(page).get_by_role("heading", level=1).evaluate(style) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    heights = (
        "() => [document.documentElement.scrollHeight, document.querySelector('[data-testid=stMain]').scrollHeight]"
    )
    whole, shown = page.evaluate(heights)
    assert whole >= shown > 2_000, "the page is one long sheet, not a window that scrolls"
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    assert sheets >= 3
    reports = main(page).locator(".st-key-incident_reports tbody tr")
    counted = demo_reader.frame("SELECT incident_id FROM incident_report WHERE known_to IS NULL")
    expect(reports).to_have_count(counted.filter(counted["incident_id"] == incident_id).height)


def test_the_file_is_that_of_the_page(
    demo_app: str, open_page: OpenPage, incident_id: str, demo_reader: Reader, tmp_path: Path
) -> None:
    page = open_page(f"{demo_app}/incident?id={incident_id}&near_m=within+10+km")
    for suffix, label in wording.FILES.items():
        with page.expect_download() as started:
            main(page).get_by_role("button", name=label).click()
        started.value.save_as(tmp_path / f"a{suffix}")
        dossier = gather(asker(demo_reader, None), Wanted(incident_id, within_m=10_000))
        assert dossier is not None
        assert started.value.suggested_filename == file_name(dossier, suffix)
    written = json.loads((tmp_path / "a.json").read_bytes())
    assert written == json.loads(to_json(dossier))
    assert written["nearby"]["within_m"] == 10_000
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_the_chosen_neighbourhood_is_kept_in_the_address(demo_app: str, open_page: OpenPage, incident_id: str) -> None:
    page = open_page(f"{demo_app}/incident?id={incident_id}")
    pick(page, main(page).get_by_role("combobox", name=wording.WITHIN_M), wording.within(25_000))
    settle(page)
    assert "near_m=" in page.url
    page.reload()
    settle(page)
    expect(main(page).get_by_text(f"({wording.within(25_000)}, {wording.days(7)})")).to_be_visible()
