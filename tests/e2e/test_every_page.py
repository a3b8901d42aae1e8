"""What holds on every page: its own address, the mark of synthetic data, accessibility rules in light and dark.

One walk looks at all of it: to open a page is what takes the time.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from steps import (
    FILTERED,
    MARK,
    PAGES,
    OpenPage,
    chart,
    line,
    main,
    navigation,
    settle,
    shows,
    title,
    visit_and_load,
    watermarks,
    with_filters,
    with_something_to_show,
)

from pages import wording
from warehouse.connection import Reader
from warehouse.filters import Filters

WIDE = Filters(
    country=("PSE", "IRQ", "NGA", "COL", "YEM", "EGY"), harm_status=("fair", "weak", "not_assessed", "confirmed")
)
"""Several values of several filters, under which nearly everything is left to show."""
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(23, 22, 20)"}
"""Scheme -> Streamlit's own colour of the page."""
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RULES: dict[str, dict[str, Any]] = {"light": {}, "dark": {"runOnly": OF_COLOURS}}
"""Scheme -> accessibility rules that are run: all of the usual ones once, those of colours in either scheme."""


def test_every_page_opens_by_its_address_on_a_server_that_nobody_has_visited_is_marked_and_accessible(
    cold_app: str, new_tab: OpenPage, demo_reader: Reader, subtests: pytest.Subtests
) -> None:
    page = new_tab(cold_app)
    figures_seen = 0
    schemes = list(BACKGROUNDS)
    for path, name in PAGES.items():
        address = f"{cold_app}{with_filters(with_something_to_show(path, demo_reader), WIDE)}&note=kept"
        visit_and_load(page, address)
        with subtests.test("its address", path=path):
            expect(page).to_have_title(title(name))
            expect(navigation(page).get_by_role("link", name=wording.OVERVIEW, exact=True)).to_be_visible()
            if path in FILTERED:
                shows(page, line(WIDE, demo_reader))
            assert page.url == address
        with subtests.test("marked as synthetic", path=path):
            expect(main(page).get_by_role("alert").filter(has_text=MARK).first).to_be_visible()
            found = watermarks(page)
            figures_seen += len(found)
            assert all(found), "a figure without watermark"
            if chart(page).count():
                expect(main(page).get_by_test_id("stCaptionContainer").filter(has_text=MARK).first).to_be_visible()
        for scheme in schemes:
            with subtests.test("accessible", path=path, scheme=scheme):
                assert_accessible(page, scheme)
        schemes.reverse()  # the next page opens in the scheme that this one was left in, so that it is drawn once less
    assert figures_seen >= 4


def assert_accessible(page: Page, scheme: str) -> None:
    """No rule is broken; a page follows the reader's wish while it is open, so that one visit serves both schemes."""
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS[scheme])
    settle(page)
    broken = Axe().run(page, options=RULES[scheme] | {"resultTypes": ["violations"]}).response["violations"]
    assert not broken, "\n".join(
        f"{scheme}: {rule['id']} ({rule['impact']}) at {node['target']}: {node['html'][:200]}"
        for rule in broken
        for node in rule["nodes"]
    )
