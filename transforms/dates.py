"""Dates as sources write them, to a first day, a last day and a precision."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Mapping
from datetime import date

import polars as pl

from warehouse.text import fold
from warehouse.vocabulary import DatePrecision

EARLIEST_PUBLICATION = date(1900, 1, 1)
"""No source that is read goes back so far: earlier days stand for none (1753-01-01), or lost a digit (0399)."""

_RANGE = (
    r"^(?<month>[A-Z][a-z]+) (?<day>\d{1,2})(?:, (?<year>\d{4}))?"
    r"(?:\s*[-‐‑‒–—−]\s*(?:(?<last_month>[A-Z][a-z]+) )?(?<last_day>\d{1,2}), (?<last_year>\d{4}))?$"
)
_MONTHS = {name: f"{number:02}" for number, name in enumerate(month_name) if name}
_ARABIC_DAY = r"^(?<day>\d{1,2}) (?<month>\p{Arabic}+(?: \p{Arabic}+)?)،? (?<year>\d{4})$"
_ARABIC_MONTHS = {
    name: f"{number:02}"
    for number, names in enumerate(
        (
            ("يناير", "كانون الثاني"), ("فبراير", "شباط"), ("مارس", "اذار"), ("ابريل", "نيسان"), ("مايو", "ايار"),
            ("يونيو", "حزيران"), ("يوليو", "تموز"), ("اغسطس", "اب"), ("سبتمبر", "ايلول"), ("اكتوبر", "تشرين الاول"),
            ("نوفمبر", "تشرين الثاني"), ("ديسمبر", "كانون الاول"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
"""Names of the Gregorian months in Egypt and in the Levant, folded as in `warehouse.text.fold`."""
_ARABIC_DIGITS = {digit: str(i % 10) for i, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}


def english_dates(text: pl.Expr) -> pl.Expr:
    """Parse "October 7, 2023", "October 9–10, 2023", "October 30–November 2, 2023" and the like.

    A year or month that stands once holds for both ends ("December 30–January 2, 2024" therefore ends before it
    starts: a row rule refuses it rather than guess the year).

    Returns:
        A struct: `date_start`, `date_end`, `date_precision` (day, range; unknown where there is no text), and
        `is_readable`, false for any other text; the caller must refuse such a row.
    """
    part = text.str.strip_chars().str.extract_groups(_RANGE).struct
    year, last_year = part.field("year"), part.field("last_year")
    start = _day(pl.coalesce(year, last_year), part.field("month"), part.field("day"))
    is_range = part.field("last_day").is_not_null()
    last = _day(last_year, pl.coalesce(part.field("last_month"), part.field("month")), part.field("last_day"))
    end = pl.when(is_range).then(last).otherwise(start)
    is_given = text.fill_null("").str.strip_chars() != ""
    is_read = start.is_not_null() & end.is_not_null()
    return pl.struct(
        date_start=pl.when(is_read).then(start),
        date_end=pl.when(is_read).then(end),
        date_precision=pl.when(~is_given | ~is_read)
        .then(pl.lit(DatePrecision.UNKNOWN.value))
        .when(start == end)
        .then(pl.lit(DatePrecision.DAY.value))
        .otherwise(pl.lit(DatePrecision.RANGE.value)),
        is_readable=~is_given | is_read,
    )


def arabic_days(text: pl.Expr) -> pl.Expr:
    """Parse "2 مارس 2026", "٢ آذار ٢٠٢٦" and the like to a date; null for any other text.

    Months may bear their Egyptian or their Levantine name.
    """
    plain = fold(text).str.replace_many(list(_ARABIC_DIGITS), list(_ARABIC_DIGITS.values()))
    part = plain.str.extract_groups(_ARABIC_DAY).struct
    return _day(part.field("year"), part.field("month"), part.field("day"), _ARABIC_MONTHS)


def published(day: pl.Expr) -> pl.Expr:
    """A day of publication; null before `EARLIEST_PUBLICATION`, which typing or converting made of another one.

    The caller keeps the text: the day is then unknown, and not the year 399.
    """
    return pl.when(day >= EARLIEST_PUBLICATION).then(day)


def _day(year: pl.Expr, month: pl.Expr, day: pl.Expr, months: Mapping[str, str] = _MONTHS) -> pl.Expr:
    iso = pl.concat_str(
        year, month.replace_strict(months, default=None, return_dtype=pl.String), day.str.zfill(2), separator="-"
    )
    return iso.str.to_date("%Y-%m-%d", strict=False)
