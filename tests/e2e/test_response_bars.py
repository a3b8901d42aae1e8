"""A click on a bar of the responses lists what is behind it."""

from __future__ import annotations

from playwright.sync_api import expect
from steps import OpenPage, main, query, settle, shows

from pages import wording_responses
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.filters import Filters
from warehouse.vocabulary import ResponseType

CLOSED = Filters(stage=("closed",))
"""Where nearly every incident has a response, so that the bars are long."""


def test_a_click_on_a_bar_lists_its_responses(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    kind = ResponseType.MITIGATION_ENGAGEMENT
    made = run(queries.responses(CLOSED, kind.value, 500), demo_reader)
    page = open_page(f"{demo_app}/responses?{query(CLOSED)}")
    shows(page, wording_responses.behind_heading("No response"))
    # The second row, of what was recommended: the first part of its bar that is drawn.
    bars = main(page).locator(".js-plotly-plot").first.locator(".trace.bars .point path")
    expect(bars).not_to_have_count(0)
    drawn = bars.evaluate_all(
        "paths => paths.map(p => p.getBoundingClientRect()).map(r => [r.x, r.y, r.width, r.height])"
    )
    rows = sorted({round(y) for _, y, width, _ in drawn if width > 0})
    x, y, width, height = max((box for box in drawn if round(box[1]) == rows[1]), key=lambda box: box[2])
    page.mouse.click(x + width / 2, y + height / 2)
    settle(page)
    shows(page, wording_responses.behind_heading(kind.label))
    shows(page, wording_responses.listed(made.height, made.height, "response"))
    expect(main(page).get_by_role("alert").filter(has_text="Error")).to_have_count(0)
