"""Readable by everybody: phones, the figures' colours in light and dark. Accessibility: test_every_page.py."""

from __future__ import annotations

import re
from datetime import date

import pytest
from contrast import TEXT_CONTRAST, contrast
from playwright.sync_api import expect
from steps import (
    FILTERED,
    PAGES,
    PHONE,
    OpenPage,
    figures,
    line,
    main,
    query,
    settle,
    shows,
    title,
    visit,
    with_filters,
    with_something_to_show,
)

from pages import wording
from warehouse.connection import Reader
from warehouse.filters import Filters

KENYA = Filters(country=("KEN",))
DATED = Filters(date_from=date(2000, 1, 1))
"""A filter under which nearly everything is left to show."""
BACKGROUNDS = {"light": "#ffffff", "dark": "#171614"}
"""Scheme -> Streamlit's own colour of the page."""
PLACEHOLDERS = [f"#{code:06x}" for code in range(0x31, 0x39)] + [f"rgb(0, 0, {code})" for code in range(0x31, 0x39)]
"""Colours that Streamlit replaces by its theme's; the charts use #000037 and #000038."""
WORDS = {"text", "tspan"}
COLOURS_IN_PLOTS = """plots => plots.flatMap(plot => [...plot.querySelectorAll('svg *')].map(element => {
    const style = getComputedStyle(element);
    const onCell = element.closest('.scatterlayer') !== null;
    return [element.tagName, style.fill, style.stroke, element.textContent, onCell];
}))"""


def test_a_phone_shows_the_page_without_scrolling_sideways_and_its_filter_beside_the_closed_sidebar(
    demo_app: str, new_tab: OpenPage, demo_reader: Reader, subtests: pytest.Subtests
) -> None:
    page = new_tab(demo_app, size=PHONE)
    for path, name in PAGES.items():
        with subtests.test(path):
            visit(page, demo_app + with_filters(with_something_to_show(path, demo_reader), DATED))
            expect(page).to_have_title(title(name))
            expect(page.get_by_text(wording.FILTERS, exact=True)).not_to_be_in_viewport()
            if path in FILTERED:
                shows(page, line(DATED, demo_reader))
            expect(main(page).get_by_role("heading", level=1)).to_be_in_viewport()
            assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
            assert main(page).evaluate("e => e.scrollWidth") == PHONE[0]
            wide = main(page).evaluate(
                """main => [...main.querySelectorAll('[data-testid="stElementContainer"]')]
                    .filter(e => e.getBoundingClientRect().right > 391).map(e => e.textContent.slice(0, 80))"""
            )
            assert not wide, f"wider than the phone: {wide}"


def test_a_phone_s_sidebar_closes_when_a_page_is_chosen(
    demo_app: str, open_page: OpenPage, demo_reader: Reader
) -> None:
    page = open_page(f"{demo_app}/?{query(KENYA)}", size=PHONE)
    for name in (wording.TRENDS, wording.INCIDENTS):
        page.get_by_test_id("stExpandSidebarButton").click()
        page.get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_title(title(name))
        settle(page)
        expect(page.get_by_text(wording.FILTERS, exact=True)).not_to_be_in_viewport()
        shows(page, line(KENYA, demo_reader))


@pytest.mark.parametrize("scheme", BACKGROUNDS)
def test_figures_take_the_theme_s_colours(demo_app: str, new_tab: OpenPage, scheme: str) -> None:
    """Streamlit's colour placeholders are undocumented: this test says when a new release drops them."""
    page = new_tab(demo_app, scheme=scheme)
    for path in ("/trends", "/pipeline", "/quality", "/"):
        name = PAGES[path]
        visit(page, demo_app + path)
        plots = figures(page)
        expect(plots).not_to_have_count(0)
        drawn: list[tuple[str, str, str, str, bool]] = plots.evaluate_all(COLOURS_IN_PLOTS)
        left = {colour for _, fill, stroke, _, _ in drawn for colour in (fill, stroke) if colour in PLACEHOLDERS}
        assert not left, f"{name}: {left}"
        # A key's marks, which are no words, have their series' colours. Numbers of the heat map of ages stand on the
        # colours of its cells, which its own test holds.
        words = {
            (hexadecimal(fill), text)
            for tag, fill, _, text, on_cell in drawn
            if tag in WORDS and not on_cell and any(map(str.isalnum, text))
        }
        assert words
        for colour, text in words:
            assert contrast(colour, BACKGROUNDS[scheme]) >= TEXT_CONTRAST, f"{name}: {text!r} in {colour}"
        if name == wording.TRENDS:
            boxes = plots.locator(".annotation rect.bg").evaluate_all(
                "boxes => boxes.map(b => getComputedStyle(b).fill)"
            )
            assert BACKGROUNDS[scheme] in {hexadecimal(box) for box in boxes}


def hexadecimal(colour: str) -> str:
    """ "rgb(23, 22, 20)" as "#171614"."""
    return "#" + bytes(int(part) for part in re.findall(r"\d+", colour)[:3]).hex()
