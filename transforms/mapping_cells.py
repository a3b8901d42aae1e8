"""A file's cells under the names of fields: raw text beside the text to be read, with categories replaced.

For each filled field the frame has `<field>.raw` (as in the file) and `<field>` (what is to be read: listed values
replaced, words for unknown gone; a list for fields of several items).
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Mapped

import polars as pl

from transforms.mapping import Mapping
from transforms.mapping_fields import LISTED, REPORT_FIELDS, Field, fields
from transforms.mapping_formats import DIGITS, LIST_ITEM, fits_only
from transforms.source import FILE, ROW, RawFile
from warehouse.errors import InputError

MAX_VALUES = 40
"""Values named when more are not listed; with so many, the column is rather text than a category."""
COUNT = "n"
UNIT = "\x1f"
"""Between the columns of which an identifier is made."""


def raw(field: str) -> str:
    """Name of the column with a field's text as in the file."""
    return f"{field}.raw"


def column_problems(mapping: Mapping, file: str, found: list[str]) -> list[str]:
    """Sentences on mapped columns that a file lacks and on its columns that the mapping does not name."""
    return [*missing_columns(mapping, file, found), *unnamed_columns(mapping, file, found)]


def missing_columns(mapping: Mapping, file: str, found: list[str]) -> list[str]:
    """A sentence if mapped columns are not there."""
    missing = [c for c in dict.fromkeys(used_columns(mapping)) if c not in found]
    known = ", ".join(repr(c) for c in found if c != ROW)
    return [f"{file} has no column {', '.join(map(repr, missing))}; its columns are {known}."] if missing else []


def unnamed_columns(mapping: Mapping, file: str, found: list[str]) -> list[str]:
    """A sentence if there are columns that are neither mapped nor left out."""
    unnamed = [c for c in found if c not in used_columns(mapping) and c not in mapping.ignored and c != ROW]
    if not unnamed:
        return []
    return [
        f"{file}: {', '.join(map(repr, unnamed))} not in {mapping.name}; map each in [columns] or list it in [ignored]."
    ]


def used_columns(mapping: Mapping) -> list[str]:
    """Columns that the mapping reads."""
    return [c for columns in mapping.columns.values() for c in columns]


def cells(mapping: Mapping, files: tuple[RawFile, ...]) -> pl.DataFrame:
    """All rows of all files, with FILE and ROW."""
    frame = pl.concat(
        [
            f.frame.select(
                pl.lit(f.name).alias(FILE), pl.col(ROW).cast(pl.Int64), *dict.fromkeys(used_columns(mapping))
            )
            for f in files
        ]
    )
    frame = frame.select(
        FILE,
        ROW,
        *(pl.col(columns[0]).alias(raw(field)) for field, columns in mapping.columns.items() if len(columns) == 1),
        *(
            pl.when(pl.any_horizontal(pl.col(c).is_not_null() for c in columns))
            .then(pl.concat_str([pl.col(c).fill_null("") for c in columns], separator=UNIT))
            .alias(raw(field))
            for field, columns in mapping.columns.items()
            if len(columns) > 1
        ),
        is_empty=pl.all_horizontal(pl.col(c).is_null() for c in used_columns(mapping)),
    )
    frame = frame.with_columns(
        pl.when(~pl.col("is_empty")).then(pl.lit(value)).alias(raw(field)) for field, value in mapping.constants.items()
    )
    return frame.with_columns(_read(mapping, fields()[field]).alias(field) for field in mapping.filled)


def unlisted(mapping: Mapping, frame: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Field -> value in the file's words -> in how many rows, for categories that are neither ours nor listed."""
    found: dict[str, dict[str, int]] = {}
    for name in sorted(mapping.filled):
        field = fields()[name]
        if field.allowed is None:
            continue
        item = "item"
        items = frame.select((_items(mapping, field) if field.is_list else pl.col(raw(name))).alias(item))
        items = (items.explode(item) if field.is_list else items).drop_nulls()
        left = items.filter(
            ~pl.col(item).is_in(list(mapping.values.get(name, {}))),
            ~_is_null_word(mapping, pl.col(item)),
            ~_known(field, pl.col(item)).is_in(list(field.allowed)).fill_null(value=False),
        )
        counts = left.group_by(item).agg(pl.len().alias(COUNT)).sort(COUNT, item, descending=[True, False])
        if counts.height:
            found[name] = dict(counts.iter_rows())
    return found


def unlisted_problems(mapping: Mapping, file: str, found: Mapped[str, Mapped[str, int]]) -> Iterator[str]:
    """One sentence per field on the values that `unlisted` found."""
    for name, counts in found.items():
        shown = ", ".join(f"{value!r} ({n:,})" for value, n in list(counts.items())[:MAX_VALUES])
        more = f" and {len(counts) - MAX_VALUES:,} more" if len(counts) > MAX_VALUES else ""
        column = mapping.columns.get(name, ("",))[0]
        yield (
            f"{file}: the column {column!r} ({name}) holds values without a meaning (and how often): {shown}{more}; "
            f'list each in [values.{name}] of {mapping.name}, "" for none. Allowed: {fields()[name].allowed_text}.'
        )


def order_problems(mapping: Mapping, frame: pl.DataFrame) -> Iterator[str]:
    """Sentences on dates of digits whose order of day and month is not stated, or contradicts what is stated."""
    order = mapping.form.date_order
    if mapping.form.date_patterns or order == "ymd":
        return
    for name in sorted(mapping.columns):
        if fields()[name].kind not in {"when", "day", "days"}:
            continue
        texts = frame.select(FILE, ROW, text=name)
        texts = texts.explode("text") if fields()[name].is_list else texts
        wrong = pl.col("text").str.contains(DIGITS) if order is None else fits_only("mdy" if order == "dmy" else "dmy")
        first = texts.filter(wrong.fill_null(value=False)).head(1)
        if first.is_empty():
            continue
        file, row, text = first.row(0)
        if order is None:
            yield f"{file}, row {row}: is {name} {text!r} written day first or month first? State [format] date_order."
        else:
            yield (
                f"{file}, row {row}: {name} {text!r} does not fit date_order {order!r}; a file with both orders cannot "
                f"be read safely. If this row alone is mistyped, say what it means in [values.{name}]."
            )


def _read(mapping: Mapping, field: Field) -> pl.Expr:
    """The text to be read: whole-cell values first, then item by item; a list where the field has several items."""
    listed = mapping.values.get(field.name, {})
    whole = pl.col(raw(field.name))
    replaced = {k: LIST_ITEM.join(v) for k, v in listed.items()}
    if not field.is_list:
        found: pl.Expr = pl.when(~_is_null_word(mapping, whole)).then(_known(field, whole))
        if replaced:
            found = whole.replace_strict(replaced, default=found, return_dtype=pl.String)
        return pl.when(found != "").then(found)
    element = pl.element()
    one: pl.Expr = pl.when(~_is_null_word(mapping, element)).then(_known(field, element))
    if replaced:
        one = element.replace_strict(replaced, default=one, return_dtype=pl.String)
    items = _items(mapping, field).list.eval(one.filter(one.is_not_null(), one != ""))
    if field.allowed is not None:  # one value of the file may stand for several of ours
        items = items.list.join(LIST_ITEM).str.split(LIST_ITEM).list.eval(element.filter(element != ""))
        if field.name not in REPORT_FIELDS:  # there each item belongs to a report
            items = items.list.unique(maintain_order=True)
    return pl.when(items.list.len() > 0).then(items)


def _items(mapping: Mapping, field: Field) -> pl.Expr:
    """Items of a cell, blanks removed; the whole cell as one item where it is listed whole or nothing separates."""
    whole = pl.col(raw(field.name))
    separator = mapping.separator(field.name)
    if separator is None:
        return pl.concat_list(whole).list.drop_nulls()
    split = whole.str.split(separator).list.eval(
        pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != "")
    )
    listed = list(mapping.values.get(field.name, {}))
    return pl.when(whole.is_in(listed)).then(pl.concat_list(whole)).otherwise(split) if listed else split


def _is_null_word(mapping: Mapping, text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().is_in([w.lower() for w in mapping.form.null_words])


def _known(field: Field, text: pl.Expr) -> pl.Expr:
    """A value that needs no listing: ours itself, or a spelling of a reference list."""
    return pl.coalesce(LISTED[field.name](text), text) if field.name in LISTED else text


def stop(problems: list[str]) -> None:
    """Raise InputError if there are problems."""
    if problems:
        raise InputError(problems)
