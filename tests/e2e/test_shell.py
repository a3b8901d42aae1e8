"""The shell around the pages: what strangers and other sites can get, and that each page has its own address."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from app_server import CIVHARM, running
from playwright.sync_api import Page, expect
from steps import TIMEOUT_S, OpenPage, go_to, main, settle, title
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pages import wording

PATHS = ["/", "/map", "/incident?id=x", "/healthz", "/_stcore/health", "/_stcore/metrics", "/app/static/icon.svg"]


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    """(status, headers with lower-case names, body) of one request."""
    request = urllib.request.Request(url, method=method, headers=headers)  # noqa: S310 (own server)
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT_S)  # noqa: S310
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read().decode()


@pytest.mark.parametrize("path", [*PATHS, "/app/static/none", "/_stcore/upload_file/x/y"])
def test_every_response_has_the_security_headers(demo_app: str, path: str) -> None:
    _, headers, _ = ask(demo_app + path)
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src", 1)[1].split(";")[0]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "geolocation=()" in headers["permissions-policy"]


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "//_stcore/metrics", "/_stcore/%6detrics"])
def test_metrics_are_closed(demo_app: str, path: str) -> None:
    status, _, body = ask(demo_app + path)
    assert status in {400, 404}
    assert "memory" not in body


def test_a_port_in_use_is_one_sentence(demo_app: str, demo_warehouse: Path) -> None:
    port = demo_app.rsplit(":", 1)[1]
    command = [CIVHARM, "serve", "--port", port, "--warehouse", demo_warehouse]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"Port {port} is in use" in done.stderr


def test_the_protocol_for_programs_is_off(demo_app: str) -> None:
    status, _, _ = ask(f"{demo_app}/_stcore/agent/interact", method="POST")
    assert status >= 400


def test_health_names_the_build(demo_app: str, demo_warehouse: Path) -> None:
    status, _, body = ask(f"{demo_app}/healthz")
    published = json.loads((demo_warehouse / "current.json").read_text())["build_id"]
    assert (status, json.loads(body)) == (200, {"status": "ok", "build_id": published})


def test_without_a_warehouse_health_says_what_to_do(tmp_path: Path) -> None:
    with running(tmp_path / "nothing", tmp_path) as url:
        status, _, body = ask(f"{url}/healthz")
        assert status == 503
        assert "civharm demo" in json.loads(body)["message"]


@pytest.mark.parametrize("path", PATHS)
def test_other_names_of_the_machine_are_refused(demo_app: str, path: str) -> None:
    """A site that makes its own name point to this machine (DNS rebinding) must not read the app."""
    assert ask(demo_app + path, Host="rebound.example")[0] in {400, 404}


@pytest.mark.parametrize("path", [p for p in PATHS if "metrics" not in p])
def test_other_sites_are_refused(demo_app: str, path: str) -> None:
    assert ask(demo_app + path, Origin="https://elsewhere.example")[0] == 403
    assert ask(demo_app + path, Origin="null")[0] == 403


def test_websockets_of_other_sites_are_refused(demo_app: str) -> None:
    stream = demo_app.replace("http://", "ws://") + "/_stcore/stream"
    with pytest.raises(InvalidStatus, match="403"):
        connect(stream, origin="https://elsewhere.example")  # type: ignore[arg-type]
    with connect(stream, origin=demo_app):  # type: ignore[arg-type]
        pass


def test_back_returns_to_the_page_before(page: Page) -> None:
    go_to(page, wording.TRENDS)
    page.go_back()
    settle(page)
    expect(page).to_have_title(title(wording.OVERVIEW))


@pytest.mark.parametrize(("scheme", "background"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(23, 22, 20)")])
def test_theme_follows_the_reader_and_fonts_come_from_the_app(
    demo_app: str, open_page: OpenPage, scheme: str, background: str
) -> None:
    page = open_page(demo_app, scheme=scheme)
    assert page.get_by_test_id("stApp").evaluate("e => getComputedStyle(e).backgroundColor") == background
    heading = main(page).get_by_role("heading", level=1)
    assert heading.evaluate("e => getComputedStyle(e).fontFamily").startswith('"Noto Sans"')
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family.replaceAll('\"', ''))"
    )
    assert "Noto Sans" in loaded


def test_nothing_for_developers_is_shown(page: Page) -> None:
    assert page.get_by_text("Deploy", exact=True).count() == 0
