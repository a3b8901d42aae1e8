"""What must hold within a mapping: fields that go together, values that exist, formats that cannot be misread."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from transforms.mapping import FORMATS, UNDECIDED, Mapping
from transforms.mapping_fields import REPORT_FIELDS, REPORT_MAKERS, fields, people_fields
from transforms.mapping_formats import LIST_ITEM, TextFormat, day_and_month
from warehouse.vocabulary import CasualtyGroup, Harm


def problems_of(mapping: Mapping) -> Iterator[str]:
    """One sentence for each problem."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", mapping.dataset["id"]) and mapping.dataset["id"] != UNDECIDED:
        yield f"[dataset] id is {mapping.dataset['id']!r}; use small letters, digits and hyphens."
    if mapping.file.format not in (None, *FORMATS.values()):
        yield f"[file] format is {mapping.file.format!r}; it is one of {', '.join(dict.fromkeys(FORMATS.values()))}."
    if mapping.file.header_row < 1:
        yield "[file] header_row counts from 1."
    yield from _form_problems(mapping.form)
    for field in sorted(set(mapping.columns) & set(mapping.constants)):
        yield f"{field} stands in [columns] and in [constants]; keep one."
    for column in sorted({c for used in mapping.columns.values() for c in used} & mapping.ignored.keys()):
        yield f"the column {column!r} stands in [columns] and in [ignored]; keep one."
    for field, ours in [
        *((f, v) for f, listed in mapping.values.items() for values in listed.values() for v in values),
        *((f, v) for f, value in mapping.constants.items() for v in value.split(LIST_ITEM)),
    ]:
        allowed = fields()[field].allowed
        if allowed and ours not in ("", UNDECIDED) and ours not in allowed:
            yield f"{field} cannot be {ours!r}; allowed: {fields()[field].allowed_text}."
    yield from _field_problems(mapping)


def _field_problems(mapping: Mapping) -> Iterator[str]:
    filled = mapping.filled
    for one, others in {
        "date": ("date_start", "date_end"),
        "coordinates": ("latitude", "longitude"),
        **{people_fields(g, h)[0]: people_fields(g, h)[1::2] for g in CasualtyGroup for h in Harm},
    }.items():
        if one in filled and (both := filled.intersection(others)):
            yield f"{one} and {', '.join(sorted(both))} say the same thing; map one of them."
    if "date_end" in filled and "date_start" not in filled:
        yield "date_end is mapped without date_start."
    if len(filled & {"latitude", "longitude"}) == 1:
        yield "latitude and longitude are mapped only together."
    if "incident_id" in mapping.constants:
        yield "incident_id cannot be the same for every row."
    if numbers := [f for f in mapping.constants if fields()[f].kind == "people"]:
        yield f"{numbers[0]} cannot be a constant: a number of people is stated row by row."
    if filled.intersection(REPORT_FIELDS) and "access" not in filled:
        yield 'reports need access: write access = "public" or "private" in [constants], or map a column that says it.'
    if filled.intersection(REPORT_FIELDS) and not filled.intersection(REPORT_MAKERS):
        yield f"a report needs more than its day or language; map one of {', '.join(REPORT_MAKERS)}."
    for field in mapping.separators:
        if not fields()[field].is_list:
            yield f"[separators] {field} holds one value only; no separator is needed."


def _form_problems(form: TextFormat) -> Iterator[str]:
    if form.date_order not in (None, UNDECIDED, "ymd", "dmy", "mdy"):
        yield f"[format] date_order is {form.date_order!r}; it is ymd, dmy or mdy."
    if len(form.decimal) != 1 or form.decimal not in ".,٫":
        yield f"[format] decimal is {form.decimal!r}; it is one mark, a point or a comma."
    elif form.decimal == form.thousands or len(form.thousands) > 1 or form.thousands.isalnum():
        yield f"[format] thousands is {form.thousands!r}; it is one mark other than the decimal mark, or empty."
    if wrong := [s for s in form.range_separators if s in ("", form.decimal, form.thousands) or s.isdigit()]:
        yield f"[format] range_separators: {wrong[0]!r} cannot separate numbers."
    for pattern in form.date_patterns:
        try:
            pl.select(pl.lit("x").str.to_date(pattern, strict=False))
        except pl.exceptions.PolarsError:
            yield f"[format] date_patterns: {pattern!r} is no strptime pattern, such as %d.%m.%y."
            continue
        has_day, has_month = day_and_month(pattern)
        if not re.search(r"%-?[yYDFxc]", pattern) or (has_day and not has_month):
            yield f"[format] date_patterns: {pattern!r} states no year, or a day without its month."
