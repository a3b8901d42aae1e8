"""The map: a click shows the incident and opens its page; land comes from the app itself."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from PIL import Image
from playwright.sync_api import expect
from steps import OpenPage, chart, click_the_middle, has_parameters, line, main, query, settle, shows, title

from pages import wording
from pages.components.map_window import PLAYED_DAYS
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.filters import Filters

LAND = (250, 250, 247)
LAND_MS = 60_000
"""A browser that draws without a graphics card cuts the coasts into triangles for many seconds."""


REMEMBER_LINES = """() => {
  window.shownLines = new Set();
  const look = () => document.querySelectorAll('[data-testid="stMain"] [data-testid="stText"]')
    .forEach(text => window.shownLines.add(text.textContent));
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


@pytest.fixture
def exact(demo_reader: Reader) -> dict[str, Any]:
    """An incident whose place is known exactly; its code as a filter leaves it alone on the map."""
    incidents = run(queries.incidents(Filters()), demo_reader)
    found = incidents.filter(pl.col("geo_precision") == "exact_location", pl.col("civilians_killed_low") > 0)
    return found.sort("incident_id").row(0, named=True)


def test_a_click_on_a_point_shows_its_card_and_opens_its_page(
    demo_app: str, open_page: OpenPage, demo_reader: Reader, exact: dict[str, Any]
) -> None:
    only = Filters(text=exact["public_code"])
    page = open_page(f"{demo_app}/map?{query(only)}")
    shows(page, line(only, demo_reader))
    link = main(page).get_by_role("link", name=wording.open_incident(exact["public_code"]))
    click_the_middle(page, link)
    expect(page.locator(".deck-tooltip")).to_contain_text(exact["public_code"])
    link.click()
    expect(page).to_have_title(title(wording.INCIDENT))
    settle(page)
    expect(main(page).get_by_role("heading", level=1)).to_have_text(exact["public_code"])
    has_parameters(page, {"id": [exact["incident_id"]], "text": [exact["public_code"]]})
    page.go_back()
    expect(page).to_have_title(title(wording.MAP))
    settle(page)
    shows(page, line(only, demo_reader))


def test_a_click_on_a_hexagon_names_the_incidents_in_it(
    demo_app: str, open_page: OpenPage, exact: dict[str, Any]
) -> None:
    page = open_page(f"{demo_app}/map?{query(Filters(text=exact['public_code']))}&map=Hexagons")
    click_the_middle(page, main(page).get_by_role("link", name=wording.open_incident(exact["public_code"])))


def test_the_window_of_days_plays_through_time(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    page = open_page(f"{demo_app}/map")
    first = run(queries.totals(Filters()), demo_reader).item(0, "first_day")
    play = main(page).get_by_text(wording.PLAY, exact=True)
    window = Filters(date_from=first, date_to=first + timedelta(days=PLAYED_DAYS - 1))
    # Every line that the page ever showed is kept: a window stands for a moment, which a slow machine may not look at.
    page.evaluate(REMEMBER_LINES)
    play.click()
    page.wait_for_function("line => window.shownLines.has(line)", arg=line(window, demo_reader))
    expect(main(page).get_by_text(line(window, demo_reader), exact=True)).to_have_count(0, timeout=10_000)
    play.click()
    settle(page)


def test_the_land_is_drawn(demo_app: str, open_page: OpenPage, exact: dict[str, Any]) -> None:
    page = open_page(f"{demo_app}/incident?id={exact['incident_id']}", land=True)
    chart(page).scroll_into_view_if_needed(timeout=LAND_MS)
    for _ in range(LAND_MS // 1000):
        picture = Image.open(io.BytesIO(chart(page).screenshot(timeout=LAND_MS))).convert("RGB")
        share = sum(pixel == LAND for pixel in picture.get_flattened_data()) / (picture.width * picture.height)
        if share > 0.2:
            return
        page.wait_for_timeout(1000)
    pytest.fail(f"no land on the map after {LAND_MS // 1000} s")
