"""Downloads over a real port: what the page promised, once, from its build; a dropped one leaves nothing behind."""

from __future__ import annotations

import http.client
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import read_back
from large_build import add_large_build
from live import get, serving, until
from polars.testing import assert_frame_equal

from pages import wording_service as words
from pages.components import settings
from pages.service import downloads, links
from pages.service.jobs import AT_ONCE, JOBS, State
from pages.service.links import Link
from warehouse import publish, queries
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.extracts import FORMATS, Request, counts, download_name
from warehouse.filters import Filters

LARGE = "20200101T000000Z-00000000"
COPIES = 300
"""Of each incident in the large build: its file is larger than what the system buffers for a connection."""
YEMEN = Request(Filters(country=("YEM",)))


@pytest.fixture(scope="module")
def folder(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's warehouse with an earlier build that is large."""
    copy = tmp_path_factory.mktemp("downloads") / "warehouse"
    shutil.copytree(demo_warehouse, copy)
    add_large_build(copy, LARGE, COPIES)
    return copy


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, serving(downloads.routes()) as url:
        patch.setenv(settings.WAREHOUSE, str(folder))
        yield url


@pytest.fixture
def current(folder: Path) -> Reader:
    return reader(folder)


def link(request: Request, opened: Reader, suffix: str = ".csv") -> Link:
    """As the page makes it."""
    held, chosen = counts(request, opened), FORMATS[suffix]
    named = download_name(request, held, opened.build_id, chosen, synthetic=True)
    return Link(request, opened.build_id, chosen, held.rows, *named)


def address(base: str, to: Link) -> str:
    return f"{base}{links.PREFIX}/{links.sign(to)}"


def large_link(folder: Path, suffix: str = ".csv") -> Link:
    opened = Reader(folder, LARGE)
    try:
        return link(Request(Filters()), opened, suffix)
    finally:
        opened.close()


def begun(base: str, to: Link) -> http.client.HTTPConnection:
    """A connection on which the first bytes of a download have arrived, and no more are taken."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
    connection.request("GET", urlsplit(address(base, to)).path)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    assert len(answer.read(100)) == 100
    return connection


def free_places() -> int:
    return JOBS.slots._free._value  # type: ignore[attr-defined]  # how many are free is nobody's business but a test's


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_file_is_the_rows_that_the_page_promised(base: str, current: Reader, suffix: str) -> None:
    contents = "incidents" if "incidents" in FORMATS[suffix].contents else "all"
    to = link(replace(YEMEN, contents=contents), current, suffix)
    answer = get(address(base, to))
    assert answer.status == 200
    assert to.file_name.startswith(f"SYNTHETIC-{contents}-")
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{to.file_name}"
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (to.media_type, "no-store")
    job = JOBS.find(to.job_id)
    assert job is not None
    until(lambda: job.state is State.DONE)
    assert (job.rows_done, job.bytes_done) == (to.rows, len(answer.body))
    if suffix == ".csv":
        data = to.file_name.removesuffix(".zip")
        rows = read_back.rows(data, read_back.unpacked(answer.body)[data])
        assert_frame_equal(rows, run(queries.extract(YEMEN.filters), current))
    until(lambda: free_places() == AT_ONCE)


def test_it_is_the_build_that_the_page_showed(base: str, folder: Path, current: Reader) -> None:
    shown = link(YEMEN, current, ".jsonl")
    publish.point_to(folder, LARGE)
    try:
        answer = get(address(base, shown))
    finally:
        publish.point_to(folder, current.build_id)
    assert answer.status == 200, answer.body
    with zipfile.ZipFile(io.BytesIO(answer.body)) as bundle:
        name = shown.file_name.removesuffix(".zip")
        assert json.loads(bundle.read(f"{name}.manifest.json"))["build_id"] == current.build_id
        assert len(bundle.read(name).splitlines()) == shown.rows


def test_a_link_works_once_and_only_as_it_was_signed(
    base: str, current: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = address(base, link(YEMEN, current))
    assert get(url, "HEAD").status == 405  # asking about a link does not use it up
    assert get(url).status == 200
    again = get(url)
    assert (again.status, again.body.decode()) == (410, words.USED)
    forged = get(url[:-4] + ("AAAA" if url[-4:] != "AAAA" else "BBBB"))
    assert (forged.status, forged.body.decode()) == (403, words.FORGED)
    late = address(base, link(YEMEN, current))
    monkeypatch.setattr(links, "LIFE_S", -1)
    expired = get(late)
    assert (expired.status, expired.body.decode()) == (410, words.EXPIRED)
    monkeypatch.undo()
    monkeypatch.setenv(settings.WAREHOUSE, str(current.folder))
    monkeypatch.setenv(settings.SECRET, "x" * settings.SECRET_LENGTH)
    assert get(late).status == 403  # signed by a process with another secret
    monkeypatch.setenv(settings.SECRET, "short")
    told = get(late)
    assert (told.status, told.body.decode().split(";")[0]) == (400, "CIVHARM_SECRET is shorter than 32 characters")


def test_a_dropped_connection_stops_the_query_and_leaves_nothing_behind(base: str, folder: Path) -> None:
    before = set(Path(tempfile.gettempdir()).glob("*")), set(folder.iterdir())
    for suffix in (".csv", ".parquet"):
        to = large_link(folder, suffix)
        connection = begun(base, to)
        job = JOBS.find(to.job_id)
        assert job is not None
        assert job.state is State.RUNNING
        connection.close()
        until(lambda: free_places() == AT_ONCE)
        assert (job.state, job.rows_done < job.rows) == (State.CANCELLED, True)
        assert job._pieces is None  # query, cursor and build are let go
        assert job._reader is None
    left = set(Path(tempfile.gettempdir()).glob("*")), set(folder.iterdir())
    assert left[1] == before[1]
    assert not [path for path in left[0] - before[0] if "duckdb" in path.name or "civharm" in path.name]


def test_a_cancelled_download_is_seen_to_be_cut_short(base: str, folder: Path) -> None:
    to = large_link(folder)
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
    connection.request("GET", urlsplit(address(base, to)).path)
    answer = connection.getresponse()
    answer.read(100)
    job = JOBS.find(to.job_id)
    assert job is not None
    job.cancel()
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        answer.read()
    assert job.state is State.CANCELLED
    until(lambda: free_places() == AT_ONCE)


def test_too_many_at_once_are_told_to_wait_and_may_use_their_link_later(
    base: str, folder: Path, current: Reader
) -> None:
    running = [begun(base, large_link(folder)) for _ in range(AT_ONCE)]
    waiting = address(base, link(YEMEN, current))
    refused = get(waiting)
    assert (refused.status, refused.body.decode()) == (503, words.busy(AT_ONCE))
    assert int(refused.headers["Retry-After"]) > 0
    for connection in running:
        connection.close()
    until(lambda: free_places() == AT_ONCE)
    assert get(waiting).status == 200


def test_a_build_that_is_gone_is_told(base: str, current: Reader) -> None:
    to = link(YEMEN, current)
    gone = get(address(base, Link(to.request, "20190101T000000Z-00000000", to.chosen, 1, "x", "text/csv")))
    assert (gone.status, "no longer kept" in gone.body.decode()) == (410, True)
