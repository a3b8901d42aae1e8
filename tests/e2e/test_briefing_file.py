"""The HTML briefing in a real browser: complete by itself, readable on a phone, accessible, printed on few pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from pages.documents.briefing import briefing
from warehouse.connection import Reader
from warehouse.filters import Filters

SIZES = {"desktop": (1366, 768), "phone": (390, 844)}


@pytest.fixture(scope="module")
def file(demo_reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The briefing on the whole demo."""
    path = tmp_path_factory.mktemp("briefing") / "briefing.html"
    path.write_bytes(briefing(demo_reader, Filters(), ".html"))
    return path


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_it_needs_nothing_and_fits(browser: Browser, file: Path, size: tuple[int, int]) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
    assert not complaints
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "no sideways scrolling"
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 100)")
    assert page.evaluate("document.fonts.check('16px \"Noto Sans\"')")
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], one["nodes"][0]["html"]) for one in found]
    page.close()


def test_it_prints_on_few_marked_pages(browser: Browser, file: Path) -> None:
    page = browser.new_page()
    page.goto(file.as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 5
    page.close()
