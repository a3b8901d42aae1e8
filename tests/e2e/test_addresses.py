"""An incident has its own address; test_every_page.py opens every page by its own."""

from __future__ import annotations

from playwright.sync_api import expect
from steps import OpenPage, main, settle, shows, title

from pages import wording
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.filters import Filters


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
