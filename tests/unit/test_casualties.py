import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.casualties import estimate

PEOPLE = st.integers(0, 999_999_999)
DASH = st.sampled_from(["-", "–", " – ", " - ", "—", " −"])


def parse(text: str | None) -> dict[str, int | bool | None]:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(estimate(pl.col("text")).alias("e"))["e"].to_list()[0]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1 – 2", 1, 2),
        ("9–11", 9, 11),
        ("1-2", 1, 2),
        ("0–3", 0, 3),
        (" 7 ", 7, 7),
        ("0", 0, 0),
        ("1,200–1,300", 1200, 1300),
        ("5–3", 5, 3),  # left as written: a row rule refuses it
        ("Unknown", None, None),
        ("unknown", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_readable(text: str | None, low: int | None, high: int | None) -> None:
    assert parse(text) == {"low": low, "high": high, "is_readable": True}


@pytest.mark.parametrize(
    "text", ["12+", "about 5", "1–", "–3", "1.5", "-4", "1,20", "1–2–3", "1 2", "12345678901", "?"]
)
def test_anything_else_is_for_the_caller_to_refuse(text: str) -> None:
    assert parse(text) == {"low": None, "high": None, "is_readable": False}


@given(PEOPLE, PEOPLE, DASH)
def test_a_written_range_comes_back(low: int, high: int, dash: str) -> None:
    assert parse(f"{low}{dash}{high}") == {"low": low, "high": high, "is_readable": True}


@given(PEOPLE)
def test_a_number_with_thousands_comes_back(number: int) -> None:
    assert parse(f"{number:,}") == {"low": number, "high": number, "is_readable": True}


@given(st.text())
def test_never_a_number_out_of_nothing(text: str) -> None:
    parsed = parse(text)
    if parsed["low"] is not None:
        assert parsed["is_readable"]
        assert any(c.isdigit() for c in text)
