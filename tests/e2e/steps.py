"""What browser tests do again and again."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page

OpenPage = Callable[..., Page]
"""Type of the fixture `open_page`: `(url, size=DESKTOP, scheme="light") -> Page`."""
DESKTOP = (1366, 768)
PHONE = (390, 844)
"""Width and height in CSS pixels."""
TIMEOUT_S = 30
"""Generous: CI machines with two cores share them between server, browser and a second test worker."""
POLL_S = 0.1
CALM_POLLS = 4
"""A rerun begins some milliseconds after a click, so one look at an idle app proves nothing."""


def settle(page: Page) -> None:
    """Wait until the page shows something and its script has stopped running."""
    app = page.locator('[data-testid="stApp"]')
    app.wait_for(timeout=TIMEOUT_S * 1000)
    page.locator('[data-testid="stMain"] [data-testid="stElementContainer"]').first.wait_for(
        state="attached", timeout=TIMEOUT_S * 1000
    )
    end = time.monotonic() + TIMEOUT_S
    calm = 0
    while calm < CALM_POLLS:
        assert time.monotonic() < end, f"the app's script still runs after {TIMEOUT_S} s at {page.url}"
        calm = calm + 1 if app.get_attribute("data-test-script-state") == "notRunning" else 0
        page.wait_for_timeout(POLL_S * 1000)
