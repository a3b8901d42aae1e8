"""What is held in memory: made once, and not more of it than is asked for."""

from __future__ import annotations

import polars as pl
import pytest

from warehouse.cubes import held as module
from warehouse.cubes.held import FRAMES, Held, NotHeldError


def numbered(_held: Held, number: int) -> pl.DataFrame:
    return pl.DataFrame({"number": [number]})


@pytest.fixture
def held() -> Held:
    """Holds nothing, and has no build to ask."""

    def nothing(*_: object) -> pl.DataFrame:
        raise AssertionError("nothing is asked of the build")

    return Held(nothing, nothing, on=lambda _: held)


def test_rows_are_made_once(held: Held) -> None:
    assert held.once(numbered, 1) is held.once(numbered, 1)


def test_those_not_used_for_longest_make_room(held: Held) -> None:
    """Each day that somebody compares with has rows of its own: without a limit they would fill the memory."""
    for number in range(FRAMES):
        held.once(numbered, number)
    held.once(numbered, 0)
    held.once(numbered, FRAMES)
    at_once = held.at_once()
    assert at_once.once(numbered, 0).item() == 0
    assert at_once.once(numbered, FRAMES).item() == FRAMES
    with pytest.raises(NotHeldError):
        at_once.once(numbered, 1)


def test_sums_make_room_by_their_size(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def wide(_held: Held, number: int) -> pl.DataFrame:
        made.append(number)
        return pl.DataFrame({"number": [number] * 100})

    monkeypatch.setattr(module, "SUMS_BYTES", 2 * wide(held, 0).estimated_size())
    for number in (1, 2, 1, 3, 1, 2):
        held.soon(wide, number)
    assert made == [0, 1, 2, 3, 2]
