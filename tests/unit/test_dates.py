from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dates import arabic_days, english_dates, published

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def parse(text: str | None) -> tuple[date | None, date | None, str, bool]:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(english_dates(pl.col("text")).alias("d")).unnest("d").row(0)


def in_words(day: date, *, year: bool = True) -> str:
    return f"{day:%B} {day.day}" + (f", {day.year}" if year else "")


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("October 7, 2023", date(2023, 10, 7), date(2023, 10, 7), "day"),
        ("October 9–10, 2023", date(2023, 10, 9), date(2023, 10, 10), "range"),
        ("October 9-10, 2023", date(2023, 10, 9), date(2023, 10, 10), "range"),
        ("October 30–November 2, 2023", date(2023, 10, 30), date(2023, 11, 2), "range"),
        ("October 18, 2023–October 19, 2024", date(2023, 10, 18), date(2024, 10, 19), "range"),
        ("October 9–9, 2023", date(2023, 10, 9), date(2023, 10, 9), "day"),
        ("February 29, 2024", date(2024, 2, 29), date(2024, 2, 29), "day"),
        ("December 30–January 2, 2024", date(2024, 12, 30), date(2024, 1, 2), "range"),
        ("January 1, 2099", date(2099, 1, 1), date(2099, 1, 1), "day"),
        ("", None, None, "unknown"),
        (None, None, None, "unknown"),
    ],
)
def test_readable(text: str | None, start: date | None, end: date | None, precision: str) -> None:
    assert parse(text) == (start, end, precision, True)


@pytest.mark.parametrize(
    "text",
    ["October 9", "October 9–10", "Octobre 9, 2023", "October 32, 2023", "February 30, 2023", "October 9–, 2023",
     "soon", "October 9–31, 23", "February 28–30, 2023"],
)  # fmt: skip
def test_anything_else_is_for_the_caller_to_refuse(text: str) -> None:
    assert parse(text) == (None, None, "unknown", False)


@given(DAYS)
def test_a_written_day_comes_back(day: date) -> None:
    assert parse(in_words(day)) == (day, day, "day", True)


@given(DAYS, st.integers(1, 400))
def test_a_written_range_comes_back(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    if start.year != end.year:
        text = f"{in_words(start)}–{in_words(end)}"
    elif start.month != end.month:
        text = f"{in_words(start, year=False)}–{in_words(end)}"
    else:
        text = f"{in_words(start, year=False)}–{end.day}, {end.year}"
    assert parse(text) == (start, end, "range", True)


EGYPTIAN = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
]
LEVANTINE = ["كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "تشرين الأول",
             "تشرين الثاني", "كانون الأول"]  # fmt: skip


def parse_arabic(text: str | None) -> date | None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    found: date | None = frame.select(arabic_days(pl.col("text"))).item()
    return found


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2 مارس 2026", date(2026, 3, 2)),
        (" 02  مارس  2026 ", date(2026, 3, 2)),
        ("٢ آذار ٢٠٢٦", date(2026, 3, 2)),
        ("۱۲ اكتوبر ۲۰۲۵", date(2025, 10, 12)),
        ("\u200f28 فبراير، 2026", date(2026, 2, 28)),
        ("29 شباط 2024", date(2024, 2, 29)),
        ("30 فبراير 2024", None),
        ("مارس 2026", None),
        ("2 مارس", None),
        ("2 رمضان 1447", None),
        ("March 2, 2026", None),
        ("", None),
        (None, None),
    ],
)
def test_arabic_days(text: str | None, day: date | None) -> None:
    assert parse_arabic(text) == day


@given(DAYS, st.sampled_from([EGYPTIAN, LEVANTINE]), st.booleans())
def test_a_day_written_in_arabic_comes_back(day: date, months: list[str], eastern: bool) -> None:
    text = f"{day.day} {months[day.month - 1]} {day.year}"
    digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩") if eastern else {}
    assert parse_arabic(text.translate(digits)) == day


def test_a_day_of_publication_that_cannot_be_one_is_unknown() -> None:
    written = [date(399, 12, 31), date(1753, 7, 29), date(1900, 1, 1), date(2019, 12, 31), None]
    days = pl.DataFrame({"day": written}, schema={"day": pl.Date})
    assert days.select(published(pl.col("day"))).to_series().to_list() == [None, None, *written[2:]]
