"""The overview on one screen: nothing to scroll for, every figure opens its page and explains itself."""

from __future__ import annotations

import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from steps import PHONE, OpenPage, figures, has_parameters, line, main, parameters, query, settle, shows, title

from pages import wording, wording_changes, wording_waits
from pages import wording_leadership as words
from warehouse.connection import Reader
from warehouse.filters import Filters

EARLIER = Filters(as_known_on=date(2024, 6, 1))
KENYA = Filters(country=("KEN",), harm_status=("fair", "confirmed"))
CARDS = {
    wording.INCIDENTS_COUNTED: wording.INCIDENTS,
    wording.CIVILIANS_KILLED: wording.TRENDS,
    wording.THIRD_STAGE: wording.PIPELINE,
    words.WAITING: wording_waits.PAGE,
    words.MEDIAN_WAIT: wording_waits.PAGE,
}
PANELS = {
    words.TO_PIPELINE: wording.PIPELINE,
    words.OLDEST_TITLE: wording_waits.PAGE,
    words.CHANGED_TITLE: wording_changes.PAGE,
}
"""Link -> the page that it opens."""


def leadership(page: Page) -> Locator:
    """What is to be read in a minute."""
    return page.locator(".st-key-leadership")


@pytest.mark.parametrize(
    ("filters", "scheme"),
    [(Filters(), "light"), (KENYA, "dark"), (EARLIER, "light")],
    ids=["everything", "filtered", "earlier"],
)
def test_a_small_screen_shows_it_without_scrolling(
    demo_app: str, open_page: OpenPage, filters: Filters, scheme: str
) -> None:
    page = open_page(f"{demo_app}/?{query(filters)}", scheme=scheme)
    expect(figures(page).first).to_be_visible()
    everything = [
        main(page).get_by_role("heading", level=1),
        leadership(page),
        *leadership(page).get_by_role("button", name=words.EXPLAIN).all(),
        *leadership(page).get_by_role("img").all(),
        *(leadership(page).get_by_role("link", name=name, exact=True) for name in (CARDS | PANELS)),
        *leadership(page).get_by_test_id("stTable").all(),
        *leadership(page).locator(".js-plotly-plot").all(),
    ]
    assert len(everything) >= 2 + 5 + 5 + 8 + 2 + 1
    height = page.viewport_size["height"]  # type: ignore[index]
    for part in everything:
        box = part.bounding_box()
        assert box
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= height, part
    assert main(page).evaluate("e => e.scrollTop") == 0
    # Nothing is cut off at its side either.
    cut = (
        leadership(page)
        .locator("p, td, th")
        .evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)")
    )
    assert not cut


def test_each_figure_opens_its_page_with_the_filter_kept(
    demo_app: str, open_page: OpenPage, demo_reader: Reader
) -> None:
    page = open_page(f"{demo_app}/?{query(KENYA)}")
    asked = parameters(page)
    for name, opened in (CARDS | PANELS).items():
        leadership(page).get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_title(title(opened))
        settle(page)
        shows(page, line(KENYA, demo_reader))
        has_parameters(page, asked)
        page.go_back()
        expect(page).to_have_title(title(wording.OVERVIEW))
        settle(page)
        shows(page, line(KENYA, demo_reader))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_explains_itself_by_keyboard(
    demo_app: str, open_page: OpenPage, demo_reader: Reader, scheme: str
) -> None:
    page = open_page(f"{demo_app}/?{query(KENYA)}", scheme=scheme)
    button = leadership(page).get_by_role("button", name=words.EXPLAIN).nth(3)
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(words.WAITING)
    settle(page)
    for heading in (words.COUNTED_HEADING, words.FILTER_HEADING, words.ROWS_HEADING, words.SOURCES_HEADING,
                    words.QUERY_HEADING):  # fmt: skip
        expect(dialog.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(dialog.get_by_test_id("stCode")).to_contain_text('"waiting"')
    broken = Axe().run(page).response["violations"]
    assert not broken, [(rule["id"], [node["html"][:150] for node in rule["nodes"]]) for rule in broken]

    link = dialog.get_by_role("link", name=re.compile("in the table"))
    count = re.findall(r"[\d,]+", link.text_content() or "")[0]
    with page.context.expect_page() as opened:
        link.press("Enter")
    rows = opened.value
    settle(rows)
    expect(rows).to_have_title(title(wording.INCIDENTS))
    expect(main(rows).get_by_text(f": {count} of ").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    shows(page, line(KENYA, demo_reader))


def test_a_phone_stacks_it(demo_app: str, open_page: OpenPage) -> None:
    page = open_page(demo_app, size=PHONE)
    expect(figures(page)).not_to_have_count(0)
    boxes = [leadership(page).get_by_role("link", name=name, exact=True).bounding_box() for name in (CARDS | PANELS)]
    assert all(boxes)
    assert len({round(box["x"]) for box in boxes if box}) == 1
    places = [box["y"] for box in boxes if box]
    assert places == sorted(places)
