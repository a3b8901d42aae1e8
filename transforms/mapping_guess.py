"""Which column of an unseen file fills which field, as far as headers and cells tell; nothing uncertain is placed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import polars as pl

from transforms.mapping import UNDECIDED
from transforms.mapping_fields import REPORT_LISTS, REPORT_MAKERS, Field, fields
from transforms.mapping_formats import DIGITS, LIST_ITEM, DateOrder, TextFormat, day, fits_only, number, point, when
from transforms.mapping_names import HEADERS, headers_of, people_field, value_of
from transforms.mapping_rows import ADDRESS

MAX_CATEGORIES = 60
"""More different values make a column a text rather than a category; nobody lists so many within minutes."""
MOSTLY = 0.8
"""Share of a column's cells that must read as what its header says."""
UNKNOWN_WORDS = frozenset({
    "unknown", "n/a", "na", "n.a.", "nan", "null", "nil", "-", "--", "–", "?", "not known", "not stated",
    "not available", "not specified", "unspecified", "no data", "tbc", "tbd", "undefined",
})  # fmt: skip
"""Words that stand for unknown. Not "none" and not "0": they may say that nobody was harmed."""
LIST_SEPARATORS = ("|", ";", "\n", ",", "/")
_ORDERS = (TextFormat(date_order="dmy"), TextFormat(date_order="ymd"))


@dataclass(frozen=True)
class Guess:
    """Field -> column, how cells are written, and questions that only a person can answer (column -> question)."""

    columns: dict[str, str]
    form: TextFormat
    separators: dict[str, str]
    questions: dict[str, str]


def guess(frame: pl.DataFrame) -> Guess:
    """Place the columns of a frame of text."""
    form = TextFormat(decimal=_decimal(frame))
    words = _null_words(frame)
    columns: dict[str, str] = {}
    questions: dict[str, str] = {}
    by_header = list(_by_header(frame))
    # A code serves as identifier first; what is left may be the public one.
    for field, column in sorted(by_header, key=lambda pair: pair[0] == "public_code"):
        if field in columns or column in columns.values():
            continue
        if (doubt := _doubt(fields()[field], frame[column], form, words)) is None:
            columns[field] = column
        else:
            questions.setdefault(column, doubt)
    for column in frame.columns:
        field_or_none, question = people_field(column)
        if question:
            questions[column] = f"Its header does not say {question}."
        if field_or_none is not None and field_or_none not in columns:
            columns[field_or_none] = column
    _without_doubles(columns, questions)
    if "report_url" not in columns and _is_per_report(frame, columns):
        columns["report_url"] = columns.pop("url")
    if "incident_id" in columns:
        columns.setdefault("public_code", columns["incident_id"])
    for column in columns.values():
        questions.pop(column, None)
    form = TextFormat(
        date_order=cast("DateOrder | None", _order(date_texts(frame, columns))),
        null_words=words,
        decimal=form.decimal,
        thousands="." if form.decimal == "," else ",",
    )
    separators = _separators(frame, columns)
    return Guess(columns, form, separators, questions)


def items(column: pl.Series, separator: str | None) -> pl.Series:
    """The different items of a column, the commonest first."""
    cells = column.drop_nulls()
    parts = cells.str.split(separator).explode().str.strip_chars() if separator else cells
    counts = parts.alias("item").value_counts(sort=True).filter(pl.col("item") != "")
    return counts["item"]


def order_evidence(texts: pl.Series) -> tuple[int, int, int]:
    """(dates of digits with the year last, those that only day first makes a day, those that only month first does)."""
    frame = texts.alias("text").to_frame()
    return (
        frame.filter(pl.col("text").str.contains(DIGITS)).height,
        frame.filter(fits_only("dmy")).height,
        frame.filter(fits_only("mdy")).height,
    )


def _by_header(frame: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """(field, column) pairs by header, the surest first."""
    ranked = [
        (depth, rank, place, field, column)
        for column in frame.columns
        for depth, header in enumerate(headers_of(column))
        for place, (field, names) in enumerate(HEADERS.items())
        for rank, name in enumerate(names)
        if header == name and not ("[]" in column and not fields()[field].is_list)
    ]
    # A field takes its likeliest header before a header takes its likeliest field.
    for _, _, _, field, column in sorted(ranked, key=lambda r: (r[0], r[1], r[2])):
        yield field, column


def _doubt(field: Field, column: pl.Series, form: TextFormat, words: tuple[str, ...]) -> str | None:
    """Why a column is not placed although its header fits; None if it may be."""
    cells = column.drop_nulls()
    cells = cells.filter(~cells.str.to_lowercase().is_in(words)) if words else cells
    if cells.is_empty():
        return "It is empty."
    text = pl.col(column.name)
    name = field.name
    is_date = pl.any_horizontal(
        text.str.contains(DIGITS), *(when(text, form).struct.field("is_readable") for form in _ORDERS)
    )
    tests: dict[str, pl.Expr] = {
        "number": number(text, form).is_not_null(),
        "point": point(text).struct.field("latitude").is_not_null(),
        "when": is_date,
        "day": is_date,
        "days": is_date,
        "addresses": text.str.contains(r"(?i)https?://|^www\."),
    }
    test = tests.get("addresses" if name == "url" else field.kind)
    if test is not None and cells.to_frame().select(test.mean()).item() < MOSTLY:
        return f"Its header suggests {name}, but most of its cells do not read as that."
    if name == "report_publisher" and cells.str.contains(ADDRESS).mean() > 1 - MOSTLY:  # type: ignore[operator]
        return "It holds addresses and other text."
    if field.allowed is not None:
        different = items(cells, _separator(field, cells))
        if len(different) > MAX_CATEGORIES:
            return f"Its header suggests {name}, but {len(different):,} different values are rather text."
    return None


def _is_per_report(frame: pl.DataFrame, columns: dict[str, str]) -> bool:
    """Whether an incident has a row for each of several addresses, so that these are of reports."""
    if not {"url", "incident_id"} <= columns.keys():
        return False
    addresses, incidents = (frame[columns[field]].n_unique() for field in ("url", "incident_id"))
    return addresses > incidents and frame[columns["incident_id"]].is_duplicated().any()


def _without_doubles(columns: dict[str, str], questions: dict[str, str]) -> None:
    """Where one column and its parts say the same thing, keep the text for people and the parts for places."""
    for whole in [f for f in columns if fields()[f].kind == "people" and f"{f}_low" in fields()]:
        for part in ("low", "high"):
            if column := columns.pop(f"{whole}_{part}", None):
                questions[column] = f"It repeats {columns[whole]!r}, which is taken."
    for one, other in {"latitude": "coordinates", "date_start": "date"}.items():
        if one in columns and other in columns:
            questions[columns.pop(other)] = "It says the same as another column, which is taken."
    if "date" in columns and "date_end" in columns:
        columns["date_start"] = columns.pop("date")
    if not columns.keys() & set(REPORT_MAKERS) and (column := columns.pop("report_published_on", None)):
        questions[column] = "Is it the day of the incident (date), or of a report? No column says who reported."
    for alone, needed in {"latitude": "longitude", "longitude": "latitude", "date_end": "date_start"}.items():
        if alone in columns and needed not in columns:
            questions[columns.pop(alone)] = f"There is no column for {needed}."


def _decimal(frame: pl.DataFrame) -> str:
    """The decimal mark of the columns that may be coordinates."""
    names = {*HEADERS["latitude"], *HEADERS["longitude"]}
    for column in frame.columns:
        if names & set(headers_of(column)):
            cells = frame[column].drop_nulls()
            if cells.len() and (cells.str.contains(r"^-?\d{1,3},\d+$").mean() or 0) > MOSTLY:  # type: ignore[operator]
                return ","
    return "."


def _null_words(frame: pl.DataFrame) -> tuple[str, ...]:
    found: set[str] = set()
    for column in frame.columns:
        lower = frame[column].str.to_lowercase()
        found |= set(lower.filter(lower.is_in(list(UNKNOWN_WORDS))).unique().to_list())
    return tuple(sorted(found))


def _separators(frame: pl.DataFrame, columns: dict[str, str]) -> dict[str, str]:
    """Field -> separator; what is said of reports is split as their addresses or days are, if it has as many items."""
    found = {f: s for f, c in columns.items() if fields()[f].is_list and (s := _separator(fields()[f], frame[c]))}
    leader = next((f for f in ("report_url", "report_published_on") if f in found), None)
    if leader is not None:
        expected = frame[columns[leader]].str.split(found[leader]).list.len()
        for field in REPORT_LISTS & columns.keys() - found.keys():
            counts = frame[columns[field]].str.split(found[leader]).list.len()
            several = (expected > 1) & (counts > 1)
            if several.any() and (counts == expected).filter(several).mean() >= MOSTLY:  # type: ignore[operator]
                found[field] = found[leader]
    return found


def date_texts(frame: pl.DataFrame, columns: dict[str, str]) -> pl.Series:
    """All texts of the columns that were placed as dates."""
    dates = [c for f, c in columns.items() if fields()[f].kind in {"when", "day", "days"}]
    return pl.concat([frame[c].alias("text") for c in dates] or [pl.Series("text", [], pl.String)]).drop_nulls()


def _order(texts: pl.Series) -> str | None:
    """The order that dates of digits prove, "?" where they prove none or both, None where there is no such date."""
    digits, day_first, month_first = order_evidence(texts)
    if digits:
        proved = {"dmy": day_first, "mdy": month_first}
        orders = [order for order, n in proved.items() if n]
        return orders[0] if len(orders) == 1 else UNDECIDED
    return "ymd" if texts.str.contains(r"^[12]\d{3}([./]\d{1,2}[./]\d{1,2}|\d{4}$)").any() else None


def _separator(field: Field, column: pl.Series) -> str | None:
    """What separates the items of a cell, if anything does."""
    cells = column.drop_nulls()
    if "[]" in column.name:
        return LIST_ITEM
    for separator in LIST_SEPARATORS:
        several = cells.filter(cells.str.contains(separator, literal=True))
        if several.is_empty():
            continue
        parts = several.str.split(separator).explode().str.strip_chars()
        parts = parts.filter(parts != "")
        if field.kind == "addresses":
            if parts.str.contains(ADDRESS).all() and (several.str.count_matches("(?i)https?://|www\\.") > 1).any():
                return separator
        elif field.allowed is not None:
            known = {text: value_of(field.name, text) for text in parts.unique().to_list()}
            whole = [t for t in several.unique().to_list() if value_of(field.name, t) is not None]
            alone = set(cells.unique().to_list())
            if not whole and any(v is not None or t in alone for t, v in known.items()):
                return separator
        elif field.kind == "days":
            if parts.alias("text").to_frame().select(day(pl.col("text"), _ORDERS[0]).is_not_null().all()).item():
                return separator
        elif field.kind == "list" and set(parts.unique().to_list()) & set(cells.unique().to_list()):
            return separator
    return None
