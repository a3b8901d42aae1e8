"""Numbers, ranges and dates in the form that a mapping states, to typed values; null where a text is none."""

from __future__ import annotations

import re
from calendar import month_name
from dataclasses import dataclass
from typing import Literal

import polars as pl

from transforms.dates import english_dates
from warehouse.vocabulary import DatePrecision

DateOrder = Literal["ymd", "dmy", "mdy"]
DASHES = r"[-‐‑‒–—−]"
WHEN = pl.Struct({
    "date_start": pl.Date(), "date_end": pl.Date(), "date_precision": pl.String(), "is_readable": pl.Boolean(),
})  # fmt: skip
LIST_ITEM = "\n"
"""Between the items of a list that a JSON or Parquet file holds."""


@dataclass(frozen=True)
class TextFormat:
    """How numbers and dates are written.

    Attributes:
        date_order: order of day, month and year in dates of digits; None where no date is written so.
        date_patterns: strptime patterns, tried first.
        null_words: what stands for unknown besides an empty cell, in any case.
        decimal, thousands: marks within numbers.
        range_separators: what stands between the lowest and the highest; "-" stands for every dash.
        list_separator: what stands between the items of a list, where `separators` names none.
    """

    date_order: DateOrder | None = None
    date_patterns: tuple[str, ...] = ()
    null_words: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ","
    range_separators: tuple[str, ...] = ("-", "to")
    list_separator: str | None = None


def people(text: pl.Expr, form: TextFormat) -> pl.Expr:
    """Parse "3", "1,200", "2.0", "9–11", "3 to 5", "12+" and "≥12" (no highest), "≤3" (no lowest).

    Returns:
        A struct `low`, `high` (people, null where not stated) and `is_readable`, false for any other text; null text
        is readable and unknown.
    """
    number = _people_pattern(form)
    between = "|".join(DASHES if s == "-" else re.escape(s) for s in form.range_separators) or "$^"
    whole = rf"^(?:{number}(?:\s*(?:{between})\s*{number})?)$"
    at_least, at_most = rf"^(?:(?:≥|>=)\s*{number}|{number}\s*\+)$", rf"^(?:≤|<=)\s*{number}$"
    first = _whole(text.str.extract(whole, 1))
    least = _whole(pl.coalesce(text.str.extract(at_least, 1), text.str.extract(at_least, 2)))
    most = _whole(text.str.extract(at_most, 1))
    low = pl.coalesce(first, least)
    high = pl.coalesce(_whole(text.str.extract(whole, 2)), first, most)
    return pl.struct(low=low, high=high, is_readable=text.is_null() | low.is_not_null() | high.is_not_null())


def one_number_of_people(text: pl.Expr, form: TextFormat) -> pl.Expr:
    """A single whole number of people, "1,200" or "2.0"; null for any other text."""
    return _whole(text.str.extract(rf"^{_people_pattern(form)}$", 1))


def number(text: pl.Expr, form: TextFormat) -> pl.Expr:
    """A decimal number with the format's decimal mark, without thousands marks; null for any other text."""
    mark = re.escape(form.decimal)
    plain = pl.when(text.str.contains(rf"^[+-]?\d+(?:{mark}\d+)?(?:[eE][+-]?\d+)?$")).then(text)
    return plain.str.replace(form.decimal, ".", literal=True).cast(pl.Float64, strict=False)


def point(text: pl.Expr) -> pl.Expr:
    """A struct `latitude`, `longitude` of "31.5, 34.4" or "POINT (34.4 31.5)"; nulls for any other text."""
    degrees = r"([+-]?\d+(?:\.\d+)?)"
    pair = rf"^\(?\s*{degrees}\s*[,;\s]\s*{degrees}\s*\)?$"
    wkt = rf"(?i)^POINT\s*Z?\s*\(\s*{degrees}\s+{degrees}(?:\s+{degrees})?\s*\)$"
    latitude = pl.coalesce(text.str.extract(pair, 1), text.str.extract(wkt, 2)).cast(pl.Float64)
    longitude = pl.coalesce(text.str.extract(pair, 2), text.str.extract(wkt, 1)).cast(pl.Float64)
    return pl.struct(latitude=latitude, longitude=longitude)


def when(text: pl.Expr, form: TextFormat) -> pl.Expr:
    """Parse a day, month, year or a range of them; a time of day behind a day is left out.

    Read in every format: ISO dates, dates with an English month's name, 10/2023, 2023. Dates of digits only in the
    stated order; years of two digits only by a pattern.

    Returns:
        A struct `date_start`, `date_end`, `date_precision` and `is_readable`, false for any other text; null text is
        readable and unknown.
    """
    return text.map_batches(lambda texts: _when(texts, form), return_dtype=WHEN, is_elementwise=True)


def _when(texts: pl.Series, form: TextFormat) -> pl.Series:
    between = "|".join(
        rf"\s+{re.escape(s)}\s+" if s == "-" or s.isalnum() else rf"\s*{re.escape(s)}\s*"
        for s in (*form.range_separators, *("‐‑‒–—−" if "-" in form.range_separators else ""))
    )
    split = rf"^(.+?)(?:{between or '$^'})(.+)$"
    text = pl.col("text")
    # Step by step, for expressions that hold one another grow beyond measure.
    frame = pl.DataFrame({"text": texts.cast(pl.String)}).with_columns(
        single=_single(text, form),
        first=_single(text.str.extract(split, 1).str.strip_chars(), form),
        last=_single(text.str.extract(split, 2).str.strip_chars(), form),
        english=english_dates(text),
    )
    single, first, last, english = (pl.col(name).struct for name in ("single", "first", "last", "english"))
    is_range = pl.col("first").is_not_null() & pl.col("last").is_not_null()
    frame = frame.with_columns(
        date_start=pl.coalesce(
            single.field("start"), pl.when(is_range).then(first.field("start")), english.field("date_start")
        ),
        date_end=pl.coalesce(single.field("end"), pl.when(is_range).then(last.field("end")), english.field("date_end")),
    )
    start, end = pl.col("date_start"), pl.col("date_end")
    precision = (
        pl.when(start.is_null())
        .then(pl.lit(DatePrecision.UNKNOWN.value))
        .when(pl.col("single").is_not_null())
        .then(single.field("precision"))
        .when(start == end)
        .then(pl.lit(DatePrecision.DAY.value))
        .otherwise(pl.lit(DatePrecision.RANGE.value))
    )
    is_readable = text.is_null() | start.is_not_null()
    return frame.select(
        pl.struct("date_start", "date_end", date_precision=precision, is_readable=is_readable).alias(texts.name)
    ).to_series()


def day(text: pl.Expr, form: TextFormat) -> pl.Expr:
    """One day, in the forms that `when` reads; null for any other text, for a month or a year too."""
    return text.map_batches(lambda texts: _day(texts, form), return_dtype=pl.Date(), is_elementwise=True)


def _day(texts: pl.Series, form: TextFormat) -> pl.Series:
    frame = pl.DataFrame({"text": texts.cast(pl.String)}).select(single=_single(pl.col("text"), form))
    single = pl.col("single").struct
    is_day = single.field("precision") == DatePrecision.DAY.value
    return frame.select(pl.when(is_day).then(single.field("start")).alias(texts.name)).to_series()


DIGITS = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[T ,].*)?$"
"""A date of digits whose year comes last: day or month comes first."""


def fits_only(order: DateOrder) -> pl.Expr:
    """For a text column `text`: a date of digits that only this order (dmy or mdy) makes a day of."""
    first, second = (pl.col("text").str.extract(DIGITS, group).cast(pl.Int64) for group in (1, 2))
    days, months = (first, second) if order == "dmy" else (second, first)
    return (days.is_between(13, 31) & months.is_between(1, 12)).fill_null(value=False)


_TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AaPp][Mm])?(?:\s?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
_D, _M, _Y = r"(?<d>\d{1,2})", r"(?<m>\d{1,2})", r"(?<y>[1-9]\d{3})"
_NAME = r"(?<m>[A-Za-z]{3,9})\.?"
_FORMS = (
    rf"{_Y}-{_M}-{_D}{_TIME}",
    rf"{_Y}-{_M}(?<d>)",
    rf"{_Y}(?<m>)(?<d>)",
    rf"{_D}(?:st|nd|rd|th)?[ -]{_NAME},?[ -]{_Y}{_TIME}",
    rf"{_NAME}[ -]{_D}(?:st|nd|rd|th)?(?:, ?| |-){_Y}{_TIME}",
    rf"{_NAME},?[ -]{_Y}(?<d>)",
    rf"{_M}[./-]{_Y}(?<d>)",
)
_ORDERED: dict[DateOrder, tuple[str, ...]] = {
    "dmy": (rf"{_D}[./-]{_M}[./-]{_Y}{_TIME}",),
    "mdy": (rf"{_M}[./-]{_D}[./-]{_Y}{_TIME}",),
    "ymd": (rf"{_Y}[./]{_M}[./]{_D}{_TIME}", rf"{_Y}[./]{_M}(?<d>)", r"(?<y>[1-9]\d{3})(?<m>\d{2})(?<d>\d{2})"),
}
_MONTHS = {
    **{name.lower(): n for n, name in enumerate(month_name) if name},
    **{name[:3].lower(): n for n, name in enumerate(month_name) if name},
    "sept": 9,
}


def _single(text: pl.Expr, form: TextFormat) -> pl.Expr:
    """A struct `start`, `end`, `precision` of a day, month or year; null for any other text."""
    read = [_by_pattern(text, pattern) for pattern in form.date_patterns]
    forms = (*(_ORDERED[form.date_order] if form.date_order else ()), *_FORMS)
    read += [_by_form(text, f"^{pattern}$") for pattern in forms]
    return pl.coalesce(read)


def _by_form(text: pl.Expr, pattern: str) -> pl.Expr:
    part = text.str.extract_groups(pattern).struct
    month, day_text = part.field("m"), part.field("d")
    has_month, has_day = month.fill_null("") != "", day_text.fill_null("") != ""
    numbered = pl.coalesce(
        pl.when(has_month).then(month).cast(pl.Int64, strict=False),
        month.str.to_lowercase().replace_strict(_MONTHS, default=None, return_dtype=pl.Int64),
        pl.when(~has_month).then(1),
    )
    start = pl.concat_str(
        part.field("y"),
        numbered.cast(pl.String).str.zfill(2),
        pl.when(has_day).then(day_text).otherwise(pl.lit("1")).str.zfill(2),
        separator="-",
    ).str.to_date("%Y-%m-%d", strict=False)
    return _spanned(start, has_month, has_day)


def _by_pattern(text: pl.Expr, pattern: str) -> pl.Expr:
    has_day, has_month = day_and_month(pattern)
    whole, written = pattern, text
    if not has_month:
        whole, written = f"{whole}-%m", pl.concat_str(written, pl.lit("-01"))
    if not has_day:
        whole, written = f"{whole}-%d", pl.concat_str(written, pl.lit("-01"))
    return _spanned(written.str.to_date(whole, strict=False), pl.lit(has_month), pl.lit(has_day))


def day_and_month(pattern: str) -> tuple[bool, bool]:
    """Whether a strptime pattern states a day, and whether it states a month."""
    found = set(re.findall(r"%-?([A-Za-z])", pattern))
    return bool(found & set("dejDFxc")), bool(found & set("mbBhjDFxc"))


def _spanned(start: pl.Expr, has_month: pl.Expr, has_day: pl.Expr) -> pl.Expr:
    end = pl.when(has_day).then(start).when(has_month).then(start.dt.month_end()).otherwise(start.dt.offset_by("1y"))
    end = pl.when(has_day | has_month).then(end).otherwise(end.dt.offset_by("-1d"))
    precision = (
        pl.when(has_day)
        .then(pl.lit(DatePrecision.DAY.value))
        .when(has_month)
        .then(pl.lit(DatePrecision.MONTH.value))
        .otherwise(pl.lit(DatePrecision.YEAR.value))
    )
    return pl.when(start.is_not_null()).then(pl.struct(start=start, end=end, precision=precision))


def _people_pattern(form: TextFormat) -> str:
    thousands, decimal = (re.escape(mark) for mark in (form.thousands, form.decimal))
    if form.thousands == " ":
        thousands = r"[ \u{a0}\u{202f}]"
    grouped = rf"\d{{1,3}}(?:{thousands}\d{{3}})+|" if thousands else ""
    # Three zeros are not read as decimals: "1.000" is a thousand to many writers.
    return rf"({grouped}\d{{1,9}})(?:{decimal}0{{1,2}})?"


def _whole(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"\D", "").cast(pl.Int64, strict=False)
