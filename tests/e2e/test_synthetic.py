"""Synthetic data is marked on every page and in every figure; recorded data is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from app_server import running
from made_up import step, warehouse
from playwright.sync_api import Page, expect
from steps import HIDDEN, PAGES, OpenPage, figures, main, visit

from pages import wording

MARK = "SYNTHETIC"
VISITED = [path for path in PAGES if path not in HIDDEN]


@pytest.fixture(scope="module")
def recorded_app(once: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app on a small warehouse that is not marked as synthetic."""

    def make(folder: Path) -> None:
        located = {"latitude": "1.75", "longitude": "40.06", "geo_precision": "exact_location"}
        warehouse(
            folder,
            {"synthetic": "false"},
            incident=[
                {"incident_id": "one", "place": "Wajir", "date_start": "2024-01-01"} | located,
                {"incident_id": "two", "place": "Wajir", "date_start": "2024-03-01", "date_end": "2024-03-01"}
                | located,
            ],
            stage_transition=[step("one", 1, "", "received", "2024-01-05")],
        )

    with running(once("recorded-warehouse", make), tmp_path_factory.mktemp("serve-recorded")) as url:
        yield url


def watermarks(page: Page) -> list[str]:
    """The watermark of each plotly figure, empty where there is none."""
    return [
        " ".join(text for text in plot.locator(".annotation-text").all_text_contents() if text == "SYNTHETIC DATA")
        for plot in figures(page).all()
    ]


def test_synthetic_data_is_marked_on_every_page_and_figure(demo_app: str, new_tab: OpenPage) -> None:
    page = new_tab(demo_app)
    seen = 0
    for path in VISITED:
        visit(page, demo_app + path)
        expect(main(page).get_by_role("alert").filter(has_text=MARK).first).to_be_visible()
        found = watermarks(page)
        seen += len(found)
        assert all(found), f"a figure without watermark on {path}"
        if main(page).get_by_test_id("stDeckGlJsonChart").count():
            expect(main(page).get_by_test_id("stCaptionContainer").filter(has_text=MARK).first).to_be_visible()
    assert seen >= 4


def test_an_incident_s_page_is_marked(demo_app: str, open_page: OpenPage) -> None:
    page = open_page(f"{demo_app}/incident?id=demo%3ASYN-00001")
    expect(main(page).get_by_role("alert").filter(has_text=MARK).first).to_be_visible()


def test_recorded_data_has_no_such_mark(recorded_app: str, new_tab: OpenPage) -> None:
    page = new_tab(recorded_app)
    for path in VISITED[:-1]:  # Method explains the mark
        visit(page, recorded_app + path)
        expect(
            main(page)
            .get_by_text(wording.filter_line("All incidents", 2, 2))
            .or_(main(page).get_by_text(wording.WHOLE_BUILD))
            .first
        ).to_be_visible()
        expect(main(page).get_by_text(MARK)).to_have_count(0)
        assert not any(watermarks(page))
    visit(page, f"{recorded_app}/incident?id=made-up%3Aone")
    expect(main(page).get_by_text(MARK)).to_have_count(0)
