"""Photograph the README's pages of a running demo: `python scripts/screenshots.py http://127.0.0.1:8501`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "e2e")]

from browser import ARGS, executable  # noqa: E402 (tests are no package)
from steps import settle  # noqa: E402

PAGES = {"overview": "/", "map": "/map?country=Palestine%2C+State+of", "trends": "/trends", "pipeline": "/pipeline",
         "waits": "/waits", "outlook": "/outlook", "responses": "/responses", "incidents": "/incidents",
         "weapons": "/weapons", "sources": "/sources", "changes": "/changes", "extract": "/extract"}  # fmt: skip
MAP_DRAWN_MS = 4_000
"""The base map is drawn some time after the page's script has ended."""


def main(url: str) -> None:
    """Write docs/screenshots/<page>.png."""
    folder = ROOT / "docs" / "screenshots"
    folder.mkdir(exist_ok=True)
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=executable(), args=list(ARGS))
        for name, path in PAGES.items():
            page = browser.new_page(viewport={"width": 1366, "height": 900})
            page.goto(url + path)
            settle(page)
            page.wait_for_timeout(MAP_DRAWN_MS)
            page.screenshot(path=folder / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
