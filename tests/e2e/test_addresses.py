"""Each page has its own address, which works on a server that nobody has visited."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from steps import FILTERED, PAGES, OpenPage, line, main, navigation, query, settle, shows, title, visit

from pages import wording
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.filters import Filters

KENYA = Filters(country=("KEN",), harm_status=("fair", "confirmed"))


def test_a_deep_link_with_filters_opens_a_page_that_nobody_has_visited(
    cold_app: str, new_tab: OpenPage, demo_reader: Reader, subtests: pytest.Subtests
) -> None:
    tab = new_tab(cold_app)
    for path, name in PAGES.items():
        with subtests.test(path):
            address = f"{cold_app}{path}?{query(KENYA)}&note=kept"
            visit(tab, address)
            expect(tab).to_have_title(title(name))
            expect(navigation(tab).get_by_role("link", name=wording.OVERVIEW, exact=True)).to_be_visible()
            if path in FILTERED:
                shows(tab, line(KENYA, demo_reader))
            assert tab.url == address


def test_an_incident_opens_by_its_address_on_a_cold_server(
    cold_app: str, open_page: OpenPage, demo_reader: Reader
) -> None:
    incident = run(queries.listed(Filters(), "civilians_killed_high", limit=1), demo_reader).row(0, named=True)
    page = open_page(f"{cold_app}/incident?id={incident['incident_id']}")
    expect(main(page).get_by_role("heading", level=1)).to_have_text(incident["public_code"])
    page.reload()
    settle(page)
    expect(main(page).get_by_role("heading", level=1)).to_have_text(incident["public_code"])


def test_an_unknown_incident_is_named(demo_app: str, open_page: OpenPage) -> None:
    page = open_page(f"{demo_app}/incident?id=demo%3ASYN-99999")
    shows(page, "This data has no incident demo:SYN-99999. The link may be of another data set or an older build.")
    main(page).get_by_role("link", name=wording.TO_INCIDENTS).click()
    expect(page).to_have_title(title(wording.INCIDENTS))
    settle(page)
    expect(main(page).get_by_role("heading", level=1)).to_have_text(wording.INCIDENTS)


def test_an_address_without_an_incident_says_so(demo_app: str, open_page: OpenPage) -> None:
    shows(open_page(f"{demo_app}/incident"), wording.NO_ID)
