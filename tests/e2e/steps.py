"""What browser tests do again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Locator, Page, Request, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from pages import (
    wording,
    wording_changes,
    wording_findings,
    wording_matches,
    wording_outcomes,
    wording_outlook,
    wording_record,
    wording_responses,
    wording_revisions,
    wording_sources,
    wording_units,
    wording_waits,
    wording_weapons,
)
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.filters import MULTIPLE, Filters

OpenPage = Callable[..., Page]
"""Type of the fixtures `open_page` and `new_tab`: `(url, size=DESKTOP, scheme="light", land=False) -> Page`."""
PAGES = {
    "/": wording.OVERVIEW,
    "/map": wording.MAP,
    "/trends": wording.TRENDS,
    "/weapons": wording_weapons.WEAPONS,
    "/pipeline": wording.PIPELINE,
    "/waits": wording_waits.PAGE,
    "/outlook": wording_outlook.PAGE,
    "/outcomes": wording_outcomes.PAGE,
    "/findings": wording_findings.PAGE,
    "/responses": wording_responses.PAGE,
    "/units": wording_units.PAGE,
    "/unit": wording_units.UNIT,
    "/record": wording_record.PAGE,
    "/incidents": wording.INCIDENTS,
    "/sources": wording_sources.PAGE,
    "/matches": wording_matches.PAGE,
    "/changes": wording_changes.PAGE,
    "/revisions": wording_revisions.PAGE,
    "/incident": wording.INCIDENT,
    "/extract": wording.EXTRACT,
    "/quality": wording.QUALITY,
    "/method": wording.METHOD,
}
"""Path -> title of every page."""
HIDDEN = ("/incident", "/unit")
"""Pages that the sidebar does not list: they open from a table."""
FILTERED = (
    "/",
    "/map",
    "/trends",
    "/weapons",
    "/pipeline",
    "/waits",
    "/outlook",
    "/outcomes",
    "/findings",
    "/responses",
    "/units",
    "/record",
    "/incidents",
    "/sources",
    "/matches",
    "/changes",
    "/revisions",
    "/extract",
)
"""Pages that the filters apply to."""
DESKTOP = (1366, 768)
PHONE = (390, 844)
"""Width and height in CSS pixels."""
MARK = "SYNTHETIC"
"""What a notice on every page says of synthetic data."""
TIMEOUT_S = 30
"""Generous: CI machines with two cores share them between server, browser and a second test worker."""
OPENINGS = 3
"""How often a list of options is opened before the test gives up."""
POLL_S = 0.1
CLICKS = 3
CALM_POLLS = 4
"""A rerun begins some milliseconds after a click, so one look at an idle app proves nothing."""


def settle(page: Page) -> None:
    """Wait until the page shows something and its script has stopped running."""
    app = page.locator('[data-testid="stApp"]')
    app.wait_for(timeout=TIMEOUT_S * 1000)
    page.locator('[data-testid="stMain"] [data-testid="stElementContainer"]').first.wait_for(
        state="attached", timeout=TIMEOUT_S * 1000
    )
    end = time.monotonic() + TIMEOUT_S
    calm = 0
    while calm < CALM_POLLS:
        assert time.monotonic() < end, f"the app's script still runs after {TIMEOUT_S} s at {page.url}"
        calm = calm + 1 if app.get_attribute("data-test-script-state") == "notRunning" else 0
        page.wait_for_timeout(POLL_S * 1000)
    assert page.get_by_test_id("stException").count() == 0, f"an exception is shown at {page.url}"


def visit_and_load(page: Page, address: str) -> None:
    """Open an address and wait for what comes after the script's end too, such as tables and style sheets.

    Playwright's own "networkidle" waits for ever for a worker that was stopped while its script, a blob, was read.
    """
    loading: set[Request] = set()

    def begin(request: Request) -> None:
        if not request.url.startswith("blob:"):
            loading.add(request)

    def end(request: Request) -> None:
        loading.discard(request)

    events = {"request": begin, "requestfinished": end, "requestfailed": end}
    for event, listener in events.items():
        page.on(event, listener)
    visit(page, address)
    deadline = time.monotonic() + 2 * TIMEOUT_S
    calm = 0
    while calm < CALM_POLLS:
        assert time.monotonic() < deadline, f"still loading at {page.url}: {[request.url for request in loading]}"
        calm = 0 if loading else calm + 1
        page.wait_for_timeout(POLL_S * 1000)
    for event, listener in events.items():
        page.remove_listener(event, listener)


def visit(page: Page, address: str) -> None:
    """Open an address in a tab that is open: a session of its own, for half the work of a new tab."""
    page.goto(address)
    settle(page)


def with_something_to_show(path: str, reader: Reader) -> str:
    """The address of a page, of an incident or a unit where it needs one."""
    if path == "/unit":
        return f"{path}?id={run(queries.units_listed(Filters()), reader).item(0, 'unit_id')}"
    if path == "/incident":
        return f"{path}?id={run(queries.listed(Filters(), limit=1), reader).item(0, 'incident_id')}"
    return path


def with_filters(address: str, filters: Filters) -> str:
    """The address with these filters too."""
    return f"{address}{'&' if '?' in address else '?'}{query(filters)}"


def title(page: str) -> str:
    """What the browser's tab says on a page."""
    return f"{page} · {wording.TITLE}"


def main(page: Page) -> Locator:
    """The page beside the sidebar."""
    return page.get_by_test_id("stMain")


def sidebar(page: Page) -> Locator:
    """The filters, and on a phone the navigation."""
    return page.get_by_test_id("stSidebar")


def navigation(page: Page) -> Locator:
    """Links and menus above the page, on a desktop."""
    return page.get_by_role("navigation", name="App pages", exact=True)


def open_menu(page: Page, section: Locator) -> Locator:
    """The open menu of a section of the navigation."""
    section.click()
    menu = page.get_by_role("menu")
    menu.wait_for()
    return menu


def menu_item(page: Page, name: str) -> Locator:
    """The link to a page in the navigation; its menu, if it stands in one, is open."""
    link = navigation(page).get_by_role("link", name=name, exact=True)
    if link.count():
        return link
    for section in navigation(page).get_by_role("button").all():
        item = open_menu(page, section).get_by_role("menuitem", name=name, exact=True)
        if item.count():
            return item
        page.keyboard.press("Escape")
    raise AssertionError(f"no menu of the navigation has {name!r}")


def go_to(page: Page, name: str) -> None:
    """Open another page by the navigation."""
    menu_item(page, name).click()
    expect(page).to_have_title(title(name))
    settle(page)


def pick(page: Page, box: Locator, option: str, typed: str = "") -> None:
    """Open a box's list and choose an option of it, found by what is typed.

    A page that is still being drawn may close the list under the reader's hand; a reader opens it again.
    """
    wanted = page.get_by_role("option", name=option, exact=True)
    for _ in range(OPENINGS):
        box.click()
        if typed:
            box.fill(typed)
        try:
            wanted.click(timeout=TIMEOUT_S * 1000 / OPENINGS)
        except PlaywrightTimeoutError:
            page.keyboard.press("Escape")
        else:
            return
    raise AssertionError(f"the list with {option!r} did not stay open in {OPENINGS} tries at {page.url}")


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a filter that takes several."""
    pick(page, sidebar(page).get_by_role("combobox", name=label, exact=True), option, typed=option)
    page.keyboard.press("Escape")
    settle(page)


def type_into(page: Page, label: str, text: str) -> None:
    """Type into a field of the sidebar."""
    field = sidebar(page).get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    settle(page)


def query(filters: Filters) -> str:
    """The query of an address with these filters, as the app writes it: values by their labels."""
    labels = {name: known() for name, (_, known) in MULTIPLE.items()}
    params = {
        name: [labels[name].get(v, v) for v in values] if name in labels else values
        for name, values in filters.to_params().items()
    }
    return urlencode(params, doseq=True)


def parameters(page: Page) -> dict[str, list[str]]:
    """The query of the page's address."""
    return parse_qs(urlsplit(page.url).query, keep_blank_values=True)


def has_parameters(page: Page, asked: dict[str, list[str]]) -> None:
    """The query of the page's address is this, at once or when the app has written it."""
    end = time.monotonic() + TIMEOUT_S
    while parameters(page) != asked and time.monotonic() < end:
        page.wait_for_timeout(POLL_S * 1000)
    assert parameters(page) == asked


def line(filters: Filters, reader: Reader) -> str:
    """The line that a page must show above its content, counted by the database."""
    shown = run(queries.totals(filters), reader).item(0, "incidents")
    total = run(queries.totals(Filters()), reader).item(0, "incidents")
    return wording.filter_line(filters.sentence(), shown, total)


def shows(page: Page, text: str) -> None:
    """Hold the page to exactly this text in one of its elements."""
    expect(main(page).get_by_text(text, exact=True).first).to_be_visible()


def cells(table: Locator, heading: str) -> list[str]:
    """Texts of a column of a table on the page, the rows that are drawn."""
    headings = table.get_by_role("columnheader", include_hidden=True)
    expect(headings.first).to_be_attached()
    place = [text.strip() for text in headings.all_text_contents()].index(heading)
    rows = table.locator("tbody tr").all()
    return [row.get_by_role("gridcell", include_hidden=True).nth(place).text_content() or "" for row in rows]


def grid(page: Page, name: str) -> Locator:
    """The visible table of this name; tables for other widths are hidden."""
    found = main(page).get_by_test_id("stDataFrame").filter(visible=True)
    return found.filter(has=page.get_by_role("region", name=name, include_hidden=True)).first


def figures(page: Page) -> Locator:
    """The charts of a page, all of them drawn: Plotly draws some time after the script has ended."""
    for place in main(page).get_by_test_id("stPlotlyChart").all():
        expect(place.locator(".js-plotly-plot .annotation-text").first).to_be_attached()
    return main(page).locator(".js-plotly-plot")


def watermarks(page: Page) -> list[str]:
    """The watermark of each plotly figure, empty where there is none."""
    return [
        " ".join(text for text in plot.locator(".annotation-text").all_text_contents() if text == "SYNTHETIC DATA")
        for plot in figures(page).all()
    ]


def chart(page: Page) -> Locator:
    """The map of a page."""
    return main(page).get_by_test_id("stDeckGlJsonChart")


def point_at_the_middle(page: Page) -> tuple[float, float]:
    """Hover over what the view is fitted to until the map, drawn by then, says what lies there; gives the position."""
    tip = page.locator(".deck-tooltip").filter(visible=True)
    for _ in range(int(TIMEOUT_S / POLL_S)):
        box = chart(page).locator("canvas").first.bounding_box()
        if box:
            middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            page.mouse.move(middle[0] - 2, middle[1])
            page.mouse.move(*middle)
            if tip.count():
                return middle
        page.wait_for_timeout(POLL_S * 1000)
    raise AssertionError(f"nothing at the middle of the map after {TIMEOUT_S} s")


def click_the_middle(page: Page, opens: Locator) -> None:
    """Click what the map's view is fitted to, which shows `opens`.

    Again if nothing comes: a slow browser may still be drawing, and take the press and the release for two things.
    """
    for _ in range(CLICKS):
        page.mouse.click(*point_at_the_middle(page))
        try:
            opens.wait_for(timeout=TIMEOUT_S * 1000 / CLICKS)
        except PlaywrightTimeoutError:
            continue
        settle(page)
        return
    raise AssertionError(f"{CLICKS} clicks on the middle of the map show nothing")
