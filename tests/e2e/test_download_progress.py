"""A large download: the page follows it, and can cancel it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_server import running
from large_build import add_large_build
from playwright.sync_api import expect
from steps import OpenPage, main, settle

from pages import wording
from pages import wording_service as words
from warehouse import publish

BUILD = "20200101T000000Z-00000000"
COPIES = 600
"""Of each incident: some ten seconds of download, so that there is time to cancel it."""
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def large_app(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("large") / "warehouse"
    shutil.copytree(demo_warehouse, folder)
    add_large_build(folder, BUILD, COPIES)
    publish.point_to(folder, BUILD)
    with running(folder, tmp_path_factory.mktemp("serve")) as url:
        yield url


def test_a_download_is_followed_and_cancelled(large_app: str, open_page: OpenPage) -> None:
    page = open_page(f"{large_app}/extract")
    name = f"SYNTHETIC-incidents-{BUILD}.csv.zip"
    link = main(page).get_by_role("link", name=f"{wording.DOWNLOAD} CSV", exact=True)
    first = link.get_attribute("href")
    with page.expect_download() as waiting:
        link.click()
    cancel = main(page).get_by_role("button", name=words.CANCEL, exact=True)
    expect(main(page).get_by_role("progressbar")).to_be_visible(timeout=PATIENCE_MS)
    cancel.click()
    expect(main(page).get_by_text(words.cancelled(name), exact=True)).to_be_visible(timeout=PATIENCE_MS)
    assert waiting.value.failure()
    expect(cancel).to_have_count(0)
    settle(page)
    assert link.get_attribute("href") != first  # the next click begins another download
    with page.expect_download() as again:
        link.click()
    again.value.cancel()  # in the browser
    expect(main(page).get_by_text(words.cancelled(name), exact=True)).to_be_visible(timeout=PATIENCE_MS)
