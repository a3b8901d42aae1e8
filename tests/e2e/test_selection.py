"""A box drawn over a chart sets the dates of the filter."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from playwright.sync_api import Page, expect
from steps import OpenPage, has_parameters, line, main, settle, shows, sidebar

from pages import wording
from warehouse.connection import Reader
from warehouse.filters import Filters

FROM, TO = 0.5, 0.7
"""Where the box begins and ends, as parts of the chart's width."""


def days_at(page: Page, *shares: float) -> list[date]:
    """Days on the chart's time axis."""
    first, last = (
        datetime.fromisoformat(edge)
        for edge in main(page).locator(".js-plotly-plot").evaluate("plot => plot._fullLayout.xaxis.range")
    )
    return [(first + share * (last - first)).date() for share in shares]


def test_a_box_on_the_trends_sets_the_dates(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    page = open_page(f"{demo_app}/trends")
    plot = main(page).locator(".js-plotly-plot .nsewdrag").first
    expect(plot).to_be_attached()
    plot.scroll_into_view_if_needed()
    first, last = days_at(page, FROM, TO)
    filters = Filters(
        date_from=first - timedelta(days=first.weekday()), date_to=last + timedelta(days=6 - last.weekday())
    )
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + FROM * box["width"], box["y"] + 20)
    page.mouse.down()
    for part in (0.3, 0.6, 1.0):
        page.mouse.move(box["x"] + (FROM + part * (TO - FROM)) * box["width"], box["y"] + 20 + 60 * part, steps=4)
    page.mouse.up()
    shows(page, line(filters, demo_reader))
    settle(page)
    has_parameters(page, {name: list(values) for name, values in filters.to_params().items()})
    year = sidebar(page).get_by_role("group", name=wording.FILTER_LABELS["date_from"]).get_by_role("spinbutton").first
    assert filters.date_from
    expect(year).to_have_text(str(filters.date_from.year))


def test_a_cleared_box_keeps_the_dates(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    filters = Filters(date_from=date(2024, 1, 1), date_to=date(2024, 6, 30))
    page = open_page(f"{demo_app}/trends?date_from=2024-01-01&date_to=2024-06-30")
    plot = main(page).locator(".js-plotly-plot .nsewdrag").first
    expect(plot).to_be_attached()
    plot.dblclick()
    settle(page)
    shows(page, line(filters, demo_reader))
