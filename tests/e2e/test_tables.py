"""The table of incidents: sorted and paged by the database, each row a way to the incident's own page."""

from __future__ import annotations

import polars as pl
from playwright.sync_api import Page, expect
from steps import OpenPage, cells, grid, line, main, parameters, pick, query, settle, shows, title

from pages import wording
from pages.charts.formatting import casualty_range
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.filters import Filters

GAZA = Filters(country=("PSE",))
LOOKED_AT = 8
"""Rows compared: the browser draws those that can be seen."""
HEADINGS_PX = ROW_PX = 35


def assert_shows(page: Page, rows: pl.DataFrame) -> None:
    """The table's first rows are these."""
    table = grid(page, wording.INCIDENTS_HELP)
    codes = rows["public_code"].head(LOOKED_AT).to_list()
    first = table.get_by_role("gridcell", name=codes[0], include_hidden=True).first
    expect(first).to_be_attached()
    links = cells(table, wording.COLUMN["link"])[:LOOKED_AT]
    assert [link.rsplit("#", 1)[1] for link in links] == codes
    killed = rows.select(f"civilians_killed_{part}" for part in ("low", "best", "high")).head(LOOKED_AT)
    shown = [text.split(" (")[0] for text in cells(table, wording.COLUMN["killed"])[:LOOKED_AT]]
    assert shown == [casualty_range(low, best, high).split(" (")[0] for low, best, high in killed.iter_rows()]


def click(page: Page, x: int, row: int | None) -> None:
    """Click into the table, which is a picture: `x` pixels from its left, on a row or, with None, on the headings."""
    y = HEADINGS_PX // 2 if row is None else HEADINGS_PX + ROW_PX * row + ROW_PX // 2
    table = grid(page, wording.INCIDENTS_HELP).locator(".dvn-scroller")
    table.hover(position={"x": x - 2, "y": y})  # a link is followed only where the pointer has been seen before
    table.hover(position={"x": x, "y": y})
    table.click(position={"x": x, "y": y})


def test_rows_are_sorted_and_paged_by_the_database(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    page = open_page(f"{demo_app}/incidents?{query(GAZA)}")
    assert_shows(page, run(queries.listed(GAZA), demo_reader))

    pick(page, main(page).get_by_role("combobox", name=wording.SORT_BY), wording.SORTS["civilians_killed_high"])
    settle(page)
    by_killed = run(queries.listed(GAZA, "civilians_killed_high"), demo_reader)
    assert_shows(page, by_killed)

    main(page).get_by_role("radio", name=wording.DIRECTIONS["up"]).click()
    settle(page)
    assert_shows(page, run(queries.listed(GAZA, "civilians_killed_high", descending=False), demo_reader))

    main(page).get_by_role("button", name="Page 2", exact=True).click()
    settle(page)
    second = run(queries.listed(GAZA, "civilians_killed_high", descending=False, offset=50), demo_reader)
    assert_shows(page, second)
    shows(page, wording.table_page(51, 100, 500))

    copied = open_page(page.url)
    assert_shows(copied, second)


def test_a_click_on_a_heading_sorts_all_rows(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    page = open_page(f"{demo_app}/incidents?{query(GAZA)}")
    table = grid(page, wording.INCIDENTS_HELP)
    assert_shows(page, run(queries.listed(GAZA), demo_reader))
    box = table.get_by_role("columnheader", name=wording.COLUMN["killed"], include_hidden=True)
    expect(box).to_be_attached()
    click(page, x=590, row=None)
    settle(page)
    assert parameters(page)["sort"] == [wording.SORTS["civilians_killed_high"]]
    assert_shows(page, run(queries.listed(GAZA, "civilians_killed_high"), demo_reader))


def test_a_ticked_row_leads_to_the_incident_and_back_returns(
    demo_app: str, open_page: OpenPage, demo_reader: Reader
) -> None:
    page = open_page(f"{demo_app}/incidents?{query(GAZA)}")
    rows = run(queries.listed(GAZA), demo_reader)
    assert_shows(page, rows)
    third = rows.row(2, named=True)
    click(page, x=16, row=2)
    main(page).get_by_role("link", name=wording.open_incident(third["public_code"])).click()
    expect(page).to_have_title(title(wording.INCIDENT))
    settle(page)
    expect(main(page).get_by_role("heading", level=1)).to_have_text(third["public_code"])
    assert parameters(page)["id"] == [third["incident_id"]]
    page.go_back()
    expect(page).to_have_title(title(wording.INCIDENTS))
    settle(page)
    shows(page, line(GAZA, demo_reader))


def test_a_code_opens_the_incident_in_a_new_tab(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    page = open_page(f"{demo_app}/incidents?{query(GAZA)}")
    rows = run(queries.listed(GAZA), demo_reader)
    assert_shows(page, rows)
    with page.expect_popup() as opened:
        click(page, x=70, row=0)
    incident = opened.value
    settle(incident)
    expect(main(incident).get_by_role("heading", level=1)).to_have_text(rows.item(0, "public_code"))


def test_the_newest_incidents_lead_to_their_pages(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    page = open_page(f"{demo_app}/?{query(GAZA)}")
    newest = run(queries.listed(GAZA, limit=1), demo_reader).row(0, named=True)
    link = main(page).get_by_role("link", name=newest["public_code"]).first
    assert f"{newest['public_code']}" in (link.get_attribute("href") or "")
    with page.expect_popup() as opened:
        link.click()
    settle(opened.value)
    expect(main(opened.value).get_by_role("heading", level=1)).to_have_text(newest["public_code"])
