"""Every figure leaves the app as a picture that says what it is, and as the table behind it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from steps import DESKTOP, PHONE, OpenPage, main, settle

from pages import wording, wording_figures
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.filters import Filters

SIGNATURE = b"\x89PNG\r\n\x1a\n"
WIDEST_PX = {DESKTOP: 1366, PHONE: 390}


def picture(page: Page) -> tuple[str, bytes]:
    """(file name, content) of what the first figure's camera saves."""
    plot = main(page).locator(".js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    plot.hover()
    with page.expect_download() as waiting:
        plot.locator(".modebar-btn[data-title^=Download]").click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_figure_is_saved_as_svg_png_and_csv(
    demo_app: str, open_page: OpenPage, demo_reader: Reader, size: tuple[int, int]
) -> None:
    page = open_page(f"{demo_app}/trends", size=size)
    named = f"SYNTHETIC-trend-{demo_reader.build_id}"

    name, svg = picture(page)
    assert name == f"{named}.svg"
    texts = " ".join(re.findall(r">([^<>]+)<", svg.decode()))
    for said in ("SYNTHETIC DATA", "Source: Synthetic Demonstration", "As of 30 Oct 2024", demo_reader.build_id):
        assert said in texts
    assert "Incidents by week" in texts

    main(page).get_by_text(wording.NUMBERS_BEHIND).first.click()
    main(page).get_by_role("radio", name=wording_figures.PICTURE_FORMATS["png"], exact=True).click()
    settle(page)
    name, png = picture(page)
    assert name == f"{named}.png"
    assert png.startswith(SIGNATURE)
    width = int.from_bytes(png[16:20], "big")
    assert 300 * 2 <= width <= WIDEST_PX[size] * 2

    if size == DESKTOP:  # on a phone Streamlit's own navigation breaks the rules of lists
        broken = Axe().run(page).response["violations"]
        assert not broken, [(rule["id"], [node["html"][:150] for node in rule["nodes"]]) for rule in broken]

    with page.expect_download() as waiting:
        main(page).get_by_role("button", name=wording_figures.TABLE_BUTTON, exact=True).click()
    assert waiting.value.suggested_filename == f"{named}.csv"
    rows = pl.read_csv(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    weeks = run(queries.over_time(Filters(), "week"), demo_reader).drop_nulls("period_start")
    assert rows[wording.INCIDENTS_COUNTED].to_list() == weeks["incidents"].to_list()
    assert rows[wording_figures.SOURCE_COLUMN].str.starts_with("SYNTHETIC DATA. Source: ").all()


def test_the_overview_s_funnel_saves_from_its_menu(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    page = open_page(demo_app)
    main(page).get_by_role("button", name=wording_figures.SAVE, exact=True).click()
    with page.expect_download() as waiting:
        page.locator('[data-testid="stPopoverBody"]').get_by_role("button", name=wording_figures.TABLE_BUTTON).click()
    rows = pl.read_csv(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert waiting.value.suggested_filename == f"SYNTHETIC-overview-funnel-{demo_reader.build_id}.csv"
    assert rows.height == 4
    assert rows[0, 1] == 650
