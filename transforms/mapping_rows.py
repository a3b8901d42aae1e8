"""Typed values of every row, and the rows refused because a cell is none, each with one sentence."""

from __future__ import annotations

import hashlib

import polars as pl

from transforms.mapping import Mapping
from transforms.mapping_cells import UNIT, raw
from transforms.mapping_dates import dated, dates_agree
from transforms.mapping_faults import Fault, split
from transforms.mapping_fields import NAMED, REPORT_LISTS, REPORT_MAKERS, Field, fields
from transforms.mapping_formats import day, number, one_number_of_people, people, point, when
from transforms.source import FILE, ROW

HASH_LENGTH = 16
"""Hexadecimal digits of an identifier made here: 64 bits, one collision in 10 million rows in 370,000 files."""
ADDRESS = r"^(?i:https?://)?[^\s/:]+\.[^\s]+$"
NULL_ISLAND_DEGREES = 0.01
"""So near to 0, 0 (600 km off any coast) a point stands for none; some publishers shift their points a little."""
MANY = ("report_url", *sorted(REPORT_LISTS), "report_published_on", "source_type")
"""Fields of which a cell holds one for each report, or one for all."""


def typed(mapping: Mapping, frame: pl.DataFrame, dataset_id: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(rows with a typed `<field>.value` for each filled field, date_start, date_end, date_precision, incident_id;
    refused rows)."""
    read = {name: _value(fields()[name], mapping) for name in mapping.filled}
    rows = frame.with_columns(value.alias(f"{name}.value") for name, value in read.items() if value is not None)
    rows = rows.with_columns(_identifier(mapping, dataset_id).alias("incident_id")).pipe(dated, mapping)
    rows = rows.with_columns(reports=_reports(mapping))
    faults = [
        Fault("row_not_empty", pl.col("is_empty"), pl.lit("every mapped column is empty")),
        Fault("incident_id_required", pl.col("incident_id").is_null() & ~pl.col("is_empty"), _id_missing(mapping)),
        *(f for name in sorted(mapping.columns) if (f := _fault(fields()[name], mapping)) is not None),
        *_counts_agree(mapping),
        *dates_agree(mapping),
        *_no_null_island(mapping),
    ]
    rows, refused = split(rows, faults)
    rows, repeated = split(rows, _repeats(mapping))
    return rows, pl.concat([refused, repeated])


def hashed(text: pl.Expr) -> pl.Expr:
    """A stable identifier of a text."""
    return text.map_elements(
        lambda t: hashlib.sha256(t.encode()).hexdigest()[:HASH_LENGTH], return_dtype=pl.String, skip_nulls=True
    )


def _value(field: Field, mapping: Mapping) -> pl.Expr | None:
    cell, form = pl.col(field.name), mapping.form
    match field.kind:
        case "number":
            return number(cell, form)
        case "point":
            return point(cell)
        case "when":
            return when(cell, form)
        case "day":
            return day(cell, form)
        case "days":
            return cell.list.eval(day(pl.element(), form))
        case "people":
            is_part = field.name.endswith(("_low", "_best", "_high"))
            return one_number_of_people(cell, form) if is_part else people(cell, form)
        case _:
            return None


def _fault(field: Field, mapping: Mapping) -> Fault | None:
    cell, value = pl.col(field.name), pl.col(f"{field.name}.value")
    order = {"dmy": " (day, month, year)", "mdy": " (month, day, year)", "ymd": " (year, month, day)"}
    in_order = order.get(mapping.form.date_order or "", "")
    match field.kind:
        case "number":
            broken, what = cell.is_not_null() & value.is_null(), "a number"
        case "point":
            broken, what = cell.is_not_null() & value.struct.field("latitude").is_null(), "a latitude and a longitude"
        case "when":
            broken, what = ~value.struct.field("is_readable"), f"a day, month, year or range of days{in_order}"
        case "day":
            broken, what = cell.is_not_null() & value.is_null(), f"a day{in_order}"
        case "days":
            broken, what = value.list.eval(pl.element().is_null()).list.any(), f"a day{in_order}"
        case "people" if field.name.endswith(("_low", "_best", "_high")):
            broken, what = cell.is_not_null() & value.is_null(), "a whole number of people"
        case "people":
            broken, what = ~value.struct.field("is_readable"), "a number or a range of people"
        case "addresses":
            broken = cell.list.eval(~pl.element().str.contains(ADDRESS)).list.any()
            what = "a web address; if it holds several, state what separates them in [separators]"
        case _:
            return None
    column = mapping.columns[field.name][0]
    shown = "its text" if field.kind == "addresses" else '"{}"'
    texts = [] if field.kind == "addresses" else [pl.col(raw(field.name))]
    text = (
        pl.format(f"column {_safe(column)}, {shown} is not {what}", *texts)
        if texts
        else pl.lit(f'column "{column}", {shown} is not {what}')
    )
    return Fault(f"{field.name}_readable", broken, text)


def _safe(column: str) -> str:
    """A column's name within a pattern of `pl.format`."""
    return '"' + column.replace("{", "(").replace("}", ")") + '"'


def _identifier(mapping: Mapping, dataset_id: str) -> pl.Expr:
    """incident_id from its column, or a hash: of the columns named for it, else of every mapped column."""
    columns = mapping.columns.get("incident_id", ())
    if len(columns) == 1:
        own = pl.col("incident_id")
    elif columns:
        own = hashed(pl.col(raw("incident_id")))
    else:
        texts = [pl.col(raw(field)).fill_null("") for field in sorted(mapping.columns)]
        own = pl.when(~pl.col("is_empty")).then(hashed(pl.concat_str(texts, separator=UNIT)))
    return pl.lit(f"{dataset_id}:") + own


def _id_missing(mapping: Mapping) -> pl.Expr:
    columns = " and ".join(f'"{c}"' for c in mapping.columns.get("incident_id", ()))
    return pl.lit(f"column {columns} is empty, but identifies the incident")


def _no_null_island(mapping: Mapping) -> list[Fault]:
    """Coordinates in the sea at 0, 0 stand for none; whether they do here is for the mapping to say."""
    if "coordinates" in mapping.filled:
        names = ["coordinates"]
        both = [pl.col("coordinates.value").struct.field(part) for part in ("latitude", "longitude")]
    elif "latitude" in mapping.filled:
        names = ["latitude", "longitude"]
        both = [pl.col(f"{name}.value") for name in names]
    else:
        return []
    shown = pl.concat_str(
        [pl.format('[values.{}] "{}" = ""', pl.lit(name), raw(name)) for name in names], separator=", "
    )
    text = pl.format(
        "its place is at 0, 0 in the sea, which stands for none in most files; if so here, write {}", shown
    )
    return [Fault("place_not_0_0", pl.all_horizontal(part.abs() < NULL_ISLAND_DEGREES for part in both), text)]


def _reports(mapping: Mapping) -> pl.Expr:
    """How many reports a row cites: its addresses, else the longest of what else is said of reports."""
    lengths = [pl.col(f).list.len().fill_null(0).cast(pl.Int64) for f in REPORT_MAKERS if f in mapping.columns]
    if not lengths:
        return pl.lit(0, pl.Int64)
    others = pl.max_horizontal(lengths)
    if "report_url" not in mapping.columns:
        return others
    addresses = lengths[0]
    return pl.when(addresses > 0).then(addresses).otherwise(others)


def _counts_agree(mapping: Mapping) -> list[Fault]:
    """A cell about reports holds one item for each report, or one for all."""
    faults = []
    for field in MANY:
        if field in mapping.columns:
            items = pl.col(field).list.len().fill_null(0).cast(pl.Int64)
            column = _safe(mapping.columns[field][0])
            text = pl.format(f"column {column} holds {{}} items, reports cited: {{}}", items, "reports")
            faults.append(Fault(f"{field}_one_or_each", (items > 1) & (items != pl.col("reports")), text))
    alone = [f for f in ("report_published_on", "report_language") if f in mapping.columns]
    if alone:
        stated = pl.any_horizontal(pl.col(f).is_not_null() for f in alone) & (pl.col("reports") == 0)
        faults.append(Fault("report_stated", stated, pl.lit("a day or language of a report is given, but no report")))
    return faults


def _repeats(mapping: Mapping) -> list[Fault]:
    """A row given twice, and a row that contradicts an earlier one about the same incident."""
    columns = sorted(mapping.columns)
    everything = [raw(f) for f in columns]
    about = {f: raw(f) for f in columns if f not in {*MANY, *NAMED, "incident_id"}}
    where = pl.format("{}, row {}", pl.col(FILE).first().over("incident_id"), pl.col(ROW).first().over("incident_id"))
    twice = pl.struct(everything).is_first_distinct().not_() if everything else pl.lit(value=False)
    differs = {f: pl.col(c).ne_missing(pl.col(c).first().over("incident_id")) for f, c in about.items()}
    names = pl.concat_str(
        [pl.when(broken).then(pl.lit(f'"{mapping.columns[f][0]}"')) for f, broken in differs.items()]
        or [pl.lit(None, pl.String)],
        separator=", ",
        ignore_nulls=True,
    )
    contradicts = pl.any_horizontal(differs.values()) if differs else pl.lit(value=False)
    return [
        Fault("row_unique", twice, pl.format("it repeats an earlier row of the same incident ({})", where)),
        Fault(
            "incident_id_unique",
            contradicts & ~twice,
            pl.format("its incident stands in {} already, with other values in {}", where, names),
        ),
    ]
