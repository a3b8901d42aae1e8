"""Numbers, ranges, places and dates in every stated form: what is written comes back, anything else is for refusal."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.mapping_formats import DateOrder, TextFormat, day, number, one_number_of_people, people, point, when

PLAIN = TextFormat()
MARKS = st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (".", "")])
PEOPLE = st.integers(0, 999_999_999)
DAYS = st.lists(st.dates(date(1900, 1, 1), date(2100, 12, 31)), min_size=1, max_size=20)
FEW = settings(max_examples=15)
"""Each example reads a column of days in one go, which takes as long as a single one."""
BETWEEN = st.sampled_from(["-", "–", " – ", " - ", "—", " to ", "‒"])
PATTERNS: dict[DateOrder, tuple[str, ...]] = {
    "dmy": ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"),
    "mdy": ("%m/%d/%Y", "%m-%d-%Y"),
    "ymd": ("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
}
ORDERED = st.sampled_from([(order, pattern) for order, patterns in PATTERNS.items() for pattern in patterns])
ANYHOW = st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d %Y", "%d-%b-%Y"])


def column(text: str | None) -> pl.DataFrame:
    return pl.DataFrame({"text": [text]}, schema={"text": pl.String})


def read_people(text: str | None, form: TextFormat = PLAIN) -> tuple[int | None, int | None, bool]:
    found = column(text).select(people(pl.col("text"), form).alias("p")).unnest("p").row(0)
    return (found[0], found[1], found[2])


When = tuple[date | None, date | None, str, bool]


def read_all(texts: list[str], form: TextFormat = PLAIN) -> list[When]:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return [(a, b, c, d) for a, b, c, d in frame.select(when(pl.col("text"), form).alias("w")).unnest("w").rows()]


def read_days(texts: list[str], form: TextFormat = PLAIN) -> list[date | None]:
    return pl.DataFrame({"text": texts}).select(day(pl.col("text"), form)).to_series().to_list()


def read_when(text: str | None, form: TextFormat = PLAIN) -> When:
    found = column(text).select(when(pl.col("text"), form).alias("w")).unnest("w").row(0)
    return (found[0], found[1], found[2], found[3])


def grouped(value: int, thousands: str) -> str:
    return f"{value:,}".replace(",", thousands)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3", 3, 3), ("2.0", 2, 2), ("0", 0, 0), ("1,200", 1200, 1200), ("9–11", 9, 11), ("9 to 11", 9, 11),
        ("2.0-3.0", 2, 3), ("12+", 12, None), ("≥12", 12, None), (">= 1,200", 1200, None), ("≤3", None, 3),
        ("<=3", None, 3), (None, None, None),
    ],
)  # fmt: skip
def test_people(text: str | None, low: int | None, high: int | None) -> None:
    assert read_people(text) == (low, high, True)


@pytest.mark.parametrize(
    "text",
    ["two", "about 5", "1–", "–3", "1.5", "-4", "1,20", "1–2–3", "1 2", "12345678901", "?", "3++", ">5", "1.000"],
)
def test_other_texts_are_no_number_of_people(text: str) -> None:
    assert read_people(text) == (None, None, False)


@given(PEOPLE, PEOPLE, BETWEEN, MARKS)
def test_a_written_range_comes_back(low: int, high: int, between: str, marks: tuple[str, str]) -> None:
    form = TextFormat(decimal=marks[0], thousands=marks[1])
    text = f"{grouped(low, marks[1])}{between}{grouped(high, marks[1])}"
    assert read_people(text, form) == (low, high, True)


@given(PEOPLE, MARKS)
def test_a_written_number_comes_back(value: int, marks: tuple[str, str]) -> None:
    form = TextFormat(decimal=marks[0], thousands=marks[1])
    for text in (str(value), grouped(value, marks[1]), f"{value}{marks[0]}0"):
        assert column(text).select(one_number_of_people(pl.col("text"), form)).item() == value
        assert read_people(text, form) == (value, value, True)


@given(st.text())
def test_never_a_number_out_of_nothing(text: str) -> None:
    low, high, is_readable = read_people(text)
    if low is not None or high is not None:
        assert is_readable
        assert any(c.isdigit() for c in text)


@given(st.floats(-180, 180), st.sampled_from([".", ","]))
def test_a_written_coordinate_comes_back(value: float, decimal: str) -> None:
    text = f"{value:.6f}".replace(".", decimal)
    found = column(text).select(number(pl.col("text"), TextFormat(decimal=decimal, thousands=""))).item()
    assert found == pytest.approx(round(value, 6))
    other = TextFormat(decimal="," if decimal == "." else ".", thousands="")
    assert column(text).select(number(pl.col("text"), other)).item() is None


@given(
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.sampled_from(["{0:.5f}, {1:.5f}", "({0:.5f} {1:.5f})", "POINT ({1:.5f} {0:.5f})", "Point({1:.5f} {0:.5f})"]),
)
def test_a_written_point_comes_back(latitude: float, longitude: float, form: str) -> None:
    found = column(form.format(latitude, longitude)).select(point(pl.col("text")).alias("p")).unnest("p").row(0)
    assert found == pytest.approx((latitude, longitude), abs=1e-5)


@FEW
@given(DAYS, ORDERED, st.sampled_from(["", " 00:00", " 17:30:05", "T17:30:05Z", " 5:30 PM"]))
def test_days_of_digits_come_back_in_their_order(days: list[date], form: tuple[DateOrder, str], time: str) -> None:
    order, pattern = form
    texts = [value.strftime(pattern) + ("" if pattern == "%Y%m%d" else time) for value in days]
    assert read_all(texts, TextFormat(date_order=order)) == [(value, value, "day", True) for value in days]
    assert read_days(texts, TextFormat(date_order=order)) == days


@FEW
@given(DAYS, ORDERED)
def test_days_of_digits_are_never_read_in_another_order(days: list[date], form: tuple[DateOrder, str]) -> None:
    order, pattern = form
    texts = [value.strftime(pattern) for value in days]
    assert not any(is_readable for *_, is_readable in read_all(texts))
    for other in PATTERNS.keys() - {order}:
        for value, (start, *_) in zip(days, read_all(texts, TextFormat(date_order=other)), strict=True):
            assert start is None or (start.day, start.month) == (value.month, value.day)


@FEW
@given(DAYS, ANYHOW, st.sampled_from([None, "dmy", "mdy", "ymd"]))
def test_unambiguous_days_come_back_whatever_the_order(days: list[date], pattern: str, order: DateOrder | None) -> None:
    texts = [value.strftime(pattern) for value in days]
    assert read_all(texts, TextFormat(date_order=order)) == [(value, value, "day", True) for value in days]


@FEW
@given(DAYS, st.integers(1, 60), ANYHOW, st.sampled_from([" – ", "–", " to ", " - "]))
def test_ranges_of_days_come_back(days: list[date], length: int, pattern: str, between: str) -> None:
    ends = [start + timedelta(days=length) for start in days]
    texts = [f"{a.strftime(pattern)}{between}{b.strftime(pattern)}" for a, b in zip(days, ends, strict=True)]
    assert read_all(texts) == [(a, b, "range", True) for a, b in zip(days, ends, strict=True)]


@FEW
@given(DAYS, st.sampled_from(["%Y-%m", "%B %Y", "%b %Y", "%m/%Y", "%b-%Y"]))
def test_a_month_stays_a_month(days: list[date], pattern: str) -> None:
    spans = [(d.replace(day=1), d.replace(day=monthrange(d.year, d.month)[1]), "month", True) for d in days]
    texts = [value.strftime(pattern) for value in days]
    assert read_all(texts) == spans
    assert set(read_days(texts)) == {None}


def test_a_year_stays_a_year() -> None:
    years = range(1900, 2101)
    assert read_all([str(y) for y in years]) == [(date(y, 1, 1), date(y, 12, 31), "year", True) for y in years]


@FEW
@given(DAYS, st.sampled_from(["%d.%m.%Y", "%d|%m|%Y", "%y%m%d", "%d/%m/%y"]))
def test_a_pattern_reads_what_it_writes(days: list[date], pattern: str) -> None:
    if "%y" in pattern:  # a year of two digits is one of 1970 to 2069
        days = [value.replace(day=min(value.day, 28), year=1970 + value.year % 100) for value in days]
    texts = [value.strftime(pattern) for value in days]
    assert read_all(texts, TextFormat(date_patterns=(pattern,))) == [(value, value, "day", True) for value in days]


@pytest.mark.parametrize(
    "text",
    ["soon", "2024-13-01", "2024-02-30", "31/02/2024", "March", "9 Marz 2024", "12", "24", "2024-02-03 to", "9/3/24"],
)
def test_other_texts_are_no_date(text: str) -> None:
    assert read_when(text, TextFormat(date_order="dmy")) == (None, None, "unknown", False)


def test_nothing_is_readable_and_unknown() -> None:
    assert read_when(None) == (None, None, "unknown", True)
    assert read_when("October 9–10, 2023") == (date(2023, 10, 9), date(2023, 10, 10), "range", True)
    assert read_when("2024 to 2025") == (date(2024, 1, 1), date(2025, 12, 31), "range", True)
