"""Texts of sources and links are shown as text, whatever they look like; recorded data is not marked as synthetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from app_server import running
from made_up import step, warehouse
from playwright.sync_api import Page, expect
from steps import (
    HIDDEN,
    MARK,
    PAGES,
    OpenPage,
    cells,
    click_the_middle,
    grid,
    main,
    point_at_the_middle,
    settle,
    shows,
    visit,
    watermarks,
)

from pages import wording, wording_extract

IMAGE = "<img src=x onerror=alert(document.domain)>"
FORMULA = "=HYPERLINK(1)"
MARKDOWN = "**bold** :red[x] $a$ [l](http://x) ![i](http://x/i.png)"
INCIDENT = "made-up:" + MARKDOWN
ELEMENTS_OF_ATTACK = (
    "img[src='x'], img[src^='http'], a[href^='http://x'], a[href^='javascript:'], script[src^='http'], iframe"
)


@pytest.fixture(scope="module")
def hostile_app(once: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app on a warehouse of hostile texts, recorded ones as far as the app knows."""
    located = {"latitude": "1.75", "longitude": "40.06", "geo_precision": "exact_location"}

    def make(folder: Path) -> None:
        warehouse(
            folder,
            {
                "title": MARKDOWN,
                "publisher": IMAGE,
                "licence": MARKDOWN,
                "redistributable": "false",
                "synthetic": "false",
            },
            validate=True,  # texts stand in the results too
            incident=[
                {"incident_id": MARKDOWN, "public_code": IMAGE, "place": IMAGE, "summary": FORMULA} | located,
                {"incident_id": "2", "place": MARKDOWN, "summary": IMAGE, "admin1": MARKDOWN, "belligerent": IMAGE},
                {"incident_id": "refused", "place": IMAGE, "latitude": "91", "longitude": "0"},  # north of the pole
            ],
            stage_transition=[
                step(MARKDOWN, 1, "", "received", "2024-01-01", IMAGE),
                step("2", 1, "", "received", "2024-01-01", MARKDOWN),
                step("2", 2, "received", "policy_impact_assessment", "2024-02-01", IMAGE),  # skips a stage: warned of
            ],
            report=[
                {
                    "report_id": "r1",
                    "source_type": "media",
                    "access": "public",
                    "account_kind": "not_social_media",
                    "publisher": MARKDOWN,
                    "title": IMAGE,
                    "url": "javascript:alert(1)",
                    "raw_text": IMAGE,
                }
            ],
            incident_report=[
                {"incident_id": MARKDOWN, "report_id": "r1", "method": "stated"},
                {"incident_id": "2", "report_id": "r1", "method": "stated"},
            ],
        )

    with running(once("hostile-e2e-warehouse", make), tmp_path_factory.mktemp("serve-hostile")) as url:
        yield url


def assert_harmless(page: Page) -> None:
    """No element was made of a text. Dialogs, scripts' errors and requests are watched by `open_page`."""
    expect(page.locator(ELEMENTS_OF_ATTACK)).to_have_count(0)


def assert_unmarked(page: Page) -> None:
    """Nothing says that the data are synthetic."""
    expect(main(page).get_by_text(MARK)).to_have_count(0)
    assert not any(watermarks(page))


def test_hostile_texts_of_sources_make_no_element_and_recorded_data_are_not_marked_as_synthetic(
    hostile_app: str, new_tab: OpenPage, subtests: pytest.Subtests
) -> None:
    page = new_tab(hostile_app)
    everything = main(page).get_by_text(wording.filter_line("All incidents", 2, 2))
    for path, name in PAGES.items():
        if path in HIDDEN:
            continue
        visit(page, hostile_app + path)
        if name != wording.METHOD:  # which explains the mark
            with subtests.test("not marked", path=path):
                expect(everything.or_(main(page).get_by_text(wording.WHOLE_BUILD)).first).to_be_visible()
                assert_unmarked(page)
        with subtests.test("harmless", path=path):
            closed = main(page).locator("details:not([open]) > summary")
            closed.evaluate_all("boxes => boxes.forEach(box => box.click())")
            settle(page)
            assert_harmless(page)


def test_the_overview_shows_hostile_texts_as_they_are(hostile_app: str, open_page: OpenPage) -> None:
    page = open_page(hostile_app)
    newest = main(page).get_by_test_id("stTable").filter(has_text=IMAGE)
    expect(newest).to_have_count(1)
    expect(newest).to_contain_text(MARKDOWN)
    publisher = main(page).locator(".annotation-text").filter(has_text="Source: <img src=x")  # goes on in a new line
    expect(publisher.first).to_be_attached()


def test_the_tables_show_hostile_texts_as_they_are(hostile_app: str, open_page: OpenPage) -> None:
    page = open_page(f"{hostile_app}/incidents")
    table = grid(page, wording.INCIDENTS_HELP)
    expect(table.get_by_role("gridcell", include_hidden=True).first).to_be_attached()
    assert sorted(cells(table, wording.COLUMN["place"])) == sorted([IMAGE, MARKDOWN])
    page.goto(f"{hostile_app}/extract")
    settle(page)
    main(page).get_by_text(wording_extract.WITH_RESTRICTED, exact=True).click()
    settle(page)
    preview = grid(page, wording_extract.PREVIEW)
    expect(preview.get_by_role("gridcell", include_hidden=True).first).to_be_attached()
    expect(main(page).get_by_role("alert").filter(has_text=MARKDOWN)).to_be_visible()  # may not be passed on
    assert_harmless(page)


def test_the_incident_s_page_shows_hostile_texts_as_they_are(hostile_app: str, open_page: OpenPage) -> None:
    page = open_page(f"{hostile_app}/incident?id={quote(INCIDENT, safe='')}")
    expect(main(page).get_by_role("heading", level=1)).to_have_text(IMAGE)
    shows(page, IMAGE)
    shows(page, FORMULA)
    expect(main(page).get_by_test_id("stTable").filter(has_text=IMAGE).first).to_be_visible()
    assert_unmarked(page)
    assert_harmless(page)


def test_the_map_s_tooltip_and_card_show_hostile_texts_as_they_are(hostile_app: str, open_page: OpenPage) -> None:
    page = open_page(f"{hostile_app}/map")
    point_at_the_middle(page)
    expect(page.locator(".deck-tooltip")).to_contain_text(IMAGE)
    assert_harmless(page)
    click_the_middle(page, main(page).get_by_role("link", name=f"Open {IMAGE}"))
    assert_harmless(page)


@pytest.mark.parametrize("text", [IMAGE, MARKDOWN])
def test_a_hostile_link_is_shown_as_text(demo_app: str, open_page: OpenPage, text: str) -> None:
    page = open_page(f"{demo_app}/trends?{urlencode({'text': text, 'country': text, 'stage': 'Closed'})}")
    expect(main(page).get_by_text(f"text: “{text}”").first).to_be_visible()
    expect(main(page).get_by_role("alert").filter(has_text="The link asks")).to_contain_text(f"Country: {text}")
    assert_harmless(page)
    page.goto(f"{demo_app}/incident?{urlencode({'id': text})}")
    settle(page)
    shows(page, f"This data has no incident {text}. The link may be of another data set or an older build.")
    assert_harmless(page)
