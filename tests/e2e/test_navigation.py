"""The navigation: menus above the page on a desktop, the same sections in the sidebar of a phone."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from steps import HIDDEN, PAGES, PHONE, OpenPage, menu_item, navigation, open_menu, settle, sidebar, title

from pages import wording

SECTIONS = [wording.SECTION_HARM, wording.SECTION_REVIEW, wording.SECTION_EVIDENCE, wording.SECTION_DATA]
LISTED = sorted(name for path, name in PAGES.items() if path not in HIDDEN)


def test_every_page_stands_in_one_section(page: Page) -> None:
    sections = navigation(page).get_by_role("button")
    expect(sections).to_have_text(SECTIONS)
    found = navigation(page).get_by_role("link").all_text_contents()
    for section in sections.all():
        found += open_menu(page, section).get_by_role("menuitem").all_text_contents()
        page.keyboard.press("Escape")
    assert sorted(found) == LISTED


def test_a_keyboard_opens_a_page(page: Page) -> None:
    navigation(page).get_by_role("link", name=wording.OVERVIEW, exact=True).focus()
    page.keyboard.press("Tab")
    expect(navigation(page).get_by_role("button", name=wording.SECTION_HARM, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    page.keyboard.press("Enter")
    expect(menu.get_by_role("menuitem", name=wording.MAP, exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitem", name=wording.TRENDS, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_title(title(wording.TRENDS))
    settle(page)


def test_an_open_menu_breaks_no_accessibility_rule(page: Page) -> None:
    menu_item(page, wording.MAP)
    # Streamlit draws menus, as all lists of options, at the end of the page, outside of its landmarks.
    broken = Axe().run(page, options={"rules": {"region": {"enabled": False}}}).response["violations"]
    assert not broken, [rule["id"] for rule in broken]


def test_a_phone_has_every_page_in_the_sidebar(demo_app: str, open_page: OpenPage) -> None:
    page = open_page(demo_app, size=PHONE)
    page.get_by_test_id("stExpandSidebarButton").click()
    links = sidebar(page).get_by_role("link")
    expect(links).to_have_count(len(LISTED))
    assert sorted(links.all_text_contents()) == LISTED
    for section in SECTIONS:
        expect(sidebar(page).get_by_text(section, exact=True)).to_be_visible()
    expect(sidebar(page).get_by_text(wording.FILTERS, exact=True)).to_be_visible()
