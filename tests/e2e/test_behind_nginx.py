"""Two processes behind nginx over one warehouse: readers keep their process, a publish or a crash drops nobody else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from machines import require

from benchmarks.client import Session
from benchmarks.several import SEAT, Served, get, served
from warehouse.publish import current_build_id, file_of, publish, record_of

NEW_BUILD = "20991231T000000Z-00000000"
SEATS_EACH = 3


@pytest.fixture(scope="module")
def warehouse(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo's, to publish into."""
    return shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("several") / "warehouse")


@pytest.fixture(scope="module")
def service(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(warehouse, 2, tmp_path_factory.mktemp("nginx"), require("nginx")) as running:
        yield running


def test_pages_pass_with_their_headers_and_a_seat(service: Served) -> None:
    status, headers, page = get(f"http://127.0.0.1:{service.port}/")
    assert status == 200
    assert "<script" in page
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["set-cookie"].startswith(f"{SEAT}=")
    assert "HttpOnly" in headers["set-cookie"]
    assert "set-cookie" not in get(f"http://127.0.0.1:{service.port}/", "one-that-it-has")[1]


def test_publish_and_crash(service: Served, warehouse: Path, tmp_path: Path) -> None:
    """One course of events: what happens to the process of a crash ends it for the tests after it."""
    seats = _seats(service)
    assert all(service.process_of(seat) == port for port, own in seats.items() for seat in own), "a seat has moved"
    url = f"http://127.0.0.1:{service.port}/healthz"
    with ExitStack() as open_sessions:
        sessions = {
            seat: open_sessions.enter_context(Session(service.port, cookie=f"{SEAT}={seat}"))
            for own in seats.values()
            for seat in own
        }
        for session in sessions.values():
            session.rerun()

        before = current_build_id(warehouse)
        copy = shutil.copyfile(file_of(warehouse, before), tmp_path / "new.duckdb")
        publish(warehouse, copy, replace(record_of(warehouse, before), build_id=NEW_BUILD, built_at="2099-12-31"))
        for session in sessions.values():
            session.rerun()  # fails if its connection was dropped, or if the page shows an exception
        assert {json.loads(get(url, seat)[2])["build_id"] for seat in sessions} == {NEW_BUILD}

        dead, alive = seats
        service.kill(dead)
        for seat in seats[alive]:
            sessions[seat].rerun()
        for seat in seats[dead]:
            with Session(service.port, cookie=f"{SEAT}={seat}") as again:
                again.rerun()
            assert service.process_of(seat) == alive
    assert get(url)[0] == 200


def _seats(service: Served) -> dict[int, list[str]]:
    """Port of each process -> seats that are its own."""
    seats: dict[int, list[str]] = {port: [] for port in service.processes}
    for number in range(100):
        own = seats[service.process_of(f"seat{number}")]
        if len(own) < SEATS_EACH:
            own.append(f"seat{number}")
        if all(len(own) == SEATS_EACH for own in seats.values()):
            return seats
    raise AssertionError(f"100 seats are not spread over the processes: {seats}")
