"""A real server, started as users start it, and a real browser that reports everything that goes wrong in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from app_server import running
from browser import ARGS, FLAT, executable
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    WebSocket,
    expect,
    sync_playwright,
)
from steps import DESKTOP, PHONE, TIMEOUT_S, OpenPage, visit

expect.set_options(timeout=TIMEOUT_S * 1000)

PHONE_AGENT = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)
"""How a phone's browser names itself: Streamlit closes the sidebar of phones when a page is chosen."""
NO_LAND = """(() => {
  const ask = window.fetch;
  const nothing = () => Response.json({type: "FeatureCollection", features: []});
  window.fetch = (what, ...more) =>
    String(what.url ?? what).endsWith("/countries.geojson") ? Promise.resolve(nothing()) : ask(what, ...more);
})()"""
"""Answers a page's own request for the land. Playwright's routes would turn off the browser's cache, and every visit
would load and compile Streamlit's scripts anew."""
KEPT_BY_PAGES = "cookies,local_storage,indexeddb,cache_storage,service_workers"
OWN_PROBE = re.compile(r"/[^/]+/_stcore/(health|host-config)$")
"""Streamlit looks for its server below a deep link's path first and gets two 404s: not the app's fault."""


@dataclass(frozen=True, eq=False)
class Profile:
    """A browser's memory of a reader, and what went wrong in the pages that were opened in it."""

    context: BrowserContext
    problems: list[str]

    def emptied(self, origin: str) -> list[str]:
        """Close all pages and forget what they kept, but for the cache; gives what went wrong in them."""
        for page in self.context.pages:
            shown = page.locator('[data-testid="stException"]').count()
            self.problems.extend([f"exception shown at {page.url}"] * shown)
        last, *others = self.context.pages or [self.context.new_page()]
        for page in others:
            page.close()
        last.goto("about:blank")
        tools = self.context.new_cdp_session(last)
        tools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": KEPT_BY_PAGES})
        last.close()
        found = self.problems.copy()
        self.problems.clear()
        return found


@pytest.fixture(scope="session")
def demo_app(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app on the demo warehouse, one server per worker."""
    with running(demo_warehouse, tmp_path_factory.mktemp("serve")) as url:
        yield url


@pytest.fixture
def cold_app(demo_warehouse: Path, tmp_path: Path) -> Iterator[str]:
    """Address of a server that nobody has visited."""
    with running(demo_warehouse, tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def start() -> Iterator[Callable[..., Browser]]:
    """Function `(*flags) -> Browser` that starts a Chromium; `make browser` installs one."""
    program = executable()
    assert program, "no Chromium on this machine; 'make browser' installs one"
    with sync_playwright() as tools:
        yield lambda *flags: tools.chromium.launch(executable_path=program, args=list(flags))


@pytest.fixture(scope="session")
def browser(start: Callable[..., Browser]) -> Iterator[Browser]:
    """The browser of most tests."""
    with start(*ARGS, FLAT) as started:
        yield started


@pytest.fixture(scope="session")
def land_browser(start: Callable[..., Browser]) -> Iterator[Browser]:
    """The browser for maps with land."""
    with start(*ARGS) as started:
        yield started


@pytest.fixture(scope="session")
def profile(browser: Browser, request: pytest.FixtureRequest) -> Callable[[str, tuple[int, int], str, bool], Profile]:
    """Function `(home, size, scheme, land) -> Profile`: the same one for the same reader of the same server."""

    @cache
    def made(home: str, size: tuple[int, int], scheme: str, land: bool) -> Profile:
        is_phone = size == PHONE
        chosen: Browser = request.getfixturevalue("land_browser") if land else browser
        context = chosen.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            locale="en-GB",
            accept_downloads=True,
            is_mobile=is_phone,
            has_touch=is_phone,
            user_agent=PHONE_AGENT if is_phone else None,
        )
        if not land:
            context.add_init_script(NO_LAND)
        problems: list[str] = []
        watch(context, home, problems)
        return Profile(context, problems)

    return made


@pytest.fixture
def new_tab(profile: Callable[[str, tuple[int, int], str, bool], Profile]) -> Iterator[OpenPage]:
    """Function `(url, size=DESKTOP, scheme="light", land=False) -> Page`: an empty tab of a watched profile.

    The profile remembers nothing of the tests before, but their scripts and pictures in its cache.

    The test fails if any of its pages had a console error, an uncaught exception, a dialog, a box of Streamlit's for
    an unforeseen error, or asked for anything from another machine than the url's.

    Maps get no land unless asked for: without a graphics card a browser needs ten seconds to draw it.
    """
    used: dict[str, list[Profile]] = {}

    def new(url: str, size: tuple[int, int] = DESKTOP, scheme: str = "light", *, land: bool = False) -> Page:
        parts = urlsplit(url)
        chosen = profile(parts.netloc, size, scheme, land)
        used.setdefault(f"{parts.scheme}://{parts.netloc}", []).append(chosen)
        return chosen.context.new_page()

    yield new
    problems: list[str] = []
    for origin, profiles in used.items():
        for each in dict.fromkeys(profiles):
            problems += each.emptied(origin)
    assert not problems, "in the browser: " + "; ".join(dict.fromkeys(problems))


@pytest.fixture
def open_page(new_tab: OpenPage) -> OpenPage:
    """The same function, but its tab shows the url, settled."""

    def open_one(url: str, *of_the_tab: Any, **more: Any) -> Page:
        page = new_tab(url, *of_the_tab, **more)
        visit(page, url)
        return page

    return open_one


@pytest.fixture
def page(open_page: OpenPage, demo_app: str) -> Page:
    """The overview of the demo on a desktop, watched as `open_page` says."""
    return open_page(demo_app)


def watch(context: BrowserContext, home: str, problems: list[str]) -> None:
    """Append to `problems` whatever goes wrong in pages of `context`, new tabs included; their server is `home`."""

    def on_console(message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and not OWN_PROBE.search(url):
            problems.append(f"console: {message.text} ({url})")

    def on_address(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != home:
            problems.append(f"asked another machine: {url}")

    def on_request(request: Request) -> None:
        on_address(request.url)

    def on_websocket(websocket: WebSocket) -> None:
        on_address(websocket.url)

    def on_dialog(dialog: Dialog) -> None:
        problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def on_page(page: Page) -> None:
        page.on("websocket", on_websocket)

    context.on("console", on_console)
    context.on("weberror", lambda error: problems.append(f"exception: {error.error}"))
    context.on("dialog", on_dialog)
    context.on("request", on_request)
    context.on("page", on_page)
