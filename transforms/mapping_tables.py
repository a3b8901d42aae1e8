"""Typed rows of a mapped file -> the warehouse's tables."""

from __future__ import annotations

import polars as pl

from transforms.mapping import Mapping
from transforms.mapping_cells import raw
from transforms.mapping_fields import PARTS, fields, people_fields
from transforms.mapping_formats import LIST_ITEM
from transforms.mapping_rows import hashed
from transforms.source import FILE, ROW, canonical_columns
from transforms.timemap_categories import DOMAIN, PERSONAL_ADDRESS, PLATFORMS, WEB_ARCHIVE
from transforms.units import with_parents
from transforms.weapons import reference_list
from warehouse.schema import LIST_SEPARATOR
from warehouse.vocabulary import (
    Access,
    AccountKind,
    AttributionBasis,
    BelligerentBasis,
    CasualtyGroup,
    Confidence,
    GeoPrecision,
    Harm,
    HarmStatus,
    SourceType,
    StrikeStatus,
    StrikeType,
)

NOT_STATED = {
    "geo_precision": GeoPrecision.UNKNOWN,
    "belligerent_basis": BelligerentBasis.UNKNOWN,
    "strike_status": StrikeStatus.UNKNOWN,
    "harm_status": HarmStatus.NOT_ASSESSED,
}
"""What stands where a file does not say."""
NAMED_UNLESS_STATED = {"confidence": Confidence.POSSIBLE.value, "basis": AttributionBasis.SOURCE_CLAIM.value}
"""How surely, and on what basis, a weapon or unit is named where a file does not say; both have this basis."""
RAW_COLUMNS = ("geo_precision", "strike_type", "strike_status", "harm_status")
"""Fields whose text in the file is kept beside them, in `<field>_raw`."""
ITEM = "item"


def tables(mapping: Mapping, rows: pl.DataFrame, dataset_id: str) -> dict[str, pl.DataFrame]:
    """Every table that the rows fill, with FILE and ROW."""
    reports = _reports(mapping, rows, dataset_id)
    weapons, units = _named(mapping, rows, "weapon"), _named(mapping, rows, "unit")
    found = {
        "incident": _incident(mapping, rows),
        "casualty": _casualty(mapping, rows),
        "report": reports,
        "incident_report": reports.with_columns(method=pl.lit("stated")),
        "weapon": weapons.select("weapon_id", FILE, ROW).join(
            reference_list(), on="weapon_id", how="left", maintain_order="left"
        ),
        "incident_weapon": weapons,
        "unit": _units(units),
        "incident_unit": units,
    }
    return {name: _shaped(name, frame) for name, frame in found.items() if frame.height or name == "incident"}


def _incident(mapping: Mapping, rows: pl.DataFrame) -> pl.DataFrame:
    filled = mapping.filled
    values: dict[str, pl.Expr] = {}
    for name in canonical_columns("incident"):
        if name in filled and name not in {"incident_id", "date_start", "date_end", "date_precision"}:
            values[name] = pl.col(f"{name}.value" if f"{name}.value" in rows.columns else name)
    for name, nothing in NOT_STATED.items():
        values[name] = values.get(name, pl.lit(None, pl.String)).fill_null(nothing.value)
    values["strike_type"] = values.get("strike_type", pl.lit(None, pl.List(pl.String))).fill_null(
        [StrikeType.UNKNOWN.value]
    )
    for name in RAW_COLUMNS:
        if name in mapping.columns:
            values.setdefault(f"{name}_raw", _words(raw(name)))
    values.setdefault("date_raw", _date_raw(mapping))
    if "coordinates" in filled:
        spot = pl.col("coordinates.value").struct
        values |= {"latitude": spot.field("latitude"), "longitude": spot.field("longitude")}
    latitude = values.get("latitude", pl.lit(None, pl.Float64))
    values["geo_precision"] = (
        pl.when(latitude.is_not_null()).then(values["geo_precision"]).otherwise(pl.lit(GeoPrecision.UNKNOWN.value))
    )
    return rows.with_columns(**values)


def _date_raw(mapping: Mapping) -> pl.Expr:
    start, end = pl.col(raw("date" if "date" in mapping.columns else "date_start")), pl.col(raw("date_end"))
    if not mapping.filled & {"date", "date_start"}:
        return pl.lit(None, pl.String)
    if "date_end" not in mapping.columns:
        return start
    return (
        pl.when(end.is_null() | (start == end))
        .then(start)
        .otherwise(pl.concat_str([start, end], separator=" to ", ignore_nulls=True))
    )


def _words(column: str) -> pl.Expr:
    """A cell's text on one line."""
    return pl.col(column).str.replace_all(LIST_ITEM, LIST_SEPARATOR, literal=True)


def _casualty(mapping: Mapping, rows: pl.DataFrame) -> pl.DataFrame:
    """One row per incident, group and harm that the mapping fills; of groups other than civilians where it is stated.

    A column of one number or range gives low and high; a best estimate is only what a column of its own states.
    """
    parts = [rows.clear().select("incident_id", FILE, ROW)]
    for group in CasualtyGroup:
        for harm in Harm:
            names = [name for name in people_fields(group, harm) if name in mapping.columns]
            if not names:
                continue
            whole = people_fields(group, harm)[0]
            values = {part: _part(mapping, whole, part) for part in PARTS}
            said = [raw(name) for name in names]
            text = _words(said[0])
            if len(said) > 1:
                labelled = [pl.lit(f"{mapping.columns[n][0]}: ") + _words(raw(n)) for n in names]
                text = pl.concat_str(labelled, separator=LIST_SEPARATOR, ignore_nulls=True)
            stated = pl.any_horizontal(pl.col(c).is_not_null() for c in said)
            counted = rows if group is CasualtyGroup.CIVILIANS else rows.filter(stated)
            parts.append(
                counted.select(
                    "incident_id",
                    FILE,
                    ROW,
                    group=pl.lit(group.value),
                    harm=pl.lit(harm.value),
                    raw_text=pl.when(stated).then(text),
                    **values,
                )
            )
    return pl.concat(parts, how="diagonal")


def _part(mapping: Mapping, whole: str, part: str) -> pl.Expr:
    if f"{whole}_{part}" in mapping.columns:
        return pl.col(f"{whole}_{part}.value")
    if whole in mapping.columns and part != "best":
        return pl.col(f"{whole}.value").struct.field(part)
    return pl.lit(None, pl.Int64)


def _reports(mapping: Mapping, rows: pl.DataFrame, dataset_id: str) -> pl.DataFrame:
    """One row per report that a row cites; the same address is the same report.

    Who speaks in a post or a shared file is taken for a person unless `account_kind` says otherwise: its publisher and
    title then go into the restricted column account_name.
    """
    cited = (
        rows.filter(pl.col("reports") > 0)
        .with_columns(pl.int_ranges(0, "reports", dtype=pl.Int64).alias(ITEM))
        .explode(ITEM)
    )
    cited = cited.select(
        "incident_id",
        FILE,
        ROW,
        path=_item(mapping, "report_url"),
        **{
            name: _item(mapping, f"report_{name}")
            for name in ("archive_url", "publisher", "title", "language", "published_on")
        },
        raw_text=_item(mapping, "report_text"),
        source_type=_item(mapping, "source_type"),
        access=pl.col("access").fill_null(Access.PRIVATE.value)
        if "access" in mapping.filled
        else pl.lit(None, pl.String),
        stated_kind=pl.col("account_kind") if "account_kind" in mapping.filled else pl.lit(None, pl.String),
    )
    original = pl.col("path").str.extract(WEB_ARCHIVE)
    cited = cited.with_columns(
        url=pl.coalesce(original, "path"),
        archive_url=pl.coalesce("archive_url", pl.when(original.is_not_null()).then("path")),
    )
    platform = (
        pl.col("url")
        .str.extract(DOMAIN)
        .str.to_lowercase()
        .replace_strict(PLATFORMS, default=None, return_dtype=pl.String)
    )
    is_post = platform.is_not_null()
    seems_personal = is_post | pl.col("url").str.contains(PERSONAL_ADDRESS).fill_null(value=False)
    kind = (
        pl.when(seems_personal)
        .then(pl.lit(AccountKind.PERSONAL.value))
        .otherwise(pl.lit(AccountKind.NOT_SOCIAL_MEDIA.value))
    )
    cited = cited.with_columns(platform=platform, account_kind=pl.coalesce("stated_kind", kind))
    is_personal = pl.col("account_kind") == AccountKind.PERSONAL.value
    content = pl.concat_str(
        [
            pl.col(c).cast(pl.String).fill_null("")
            for c in ("publisher", "title", "published_on", "language", "raw_text")
        ],
        separator="\x1f",
    )
    address = pl.coalesce("url", "archive_url")
    return cited.with_columns(
        report_id=pl.when(address.is_not_null())
        .then(pl.lit(f"{dataset_id}:") + hashed(address))
        .otherwise(pl.format("{}:{}", "incident_id", hashed(content))),
        source_type=pl.coalesce(
            "source_type",
            pl.when(is_post & is_personal)
            .then(pl.lit(SourceType.SOCIAL_MEDIA.value))
            .otherwise(pl.lit(SourceType.UNKNOWN.value)),
        ),
        account_name=pl.when(is_personal).then(
            pl.coalesce(pl.concat_str("publisher", "title", separator=LIST_SEPARATOR), "publisher", "title")
        ),
        publisher=pl.when(~is_personal).then("publisher"),
        title=pl.when(~is_personal).then("title"),
    )


def _item(mapping: Mapping, field: str) -> pl.Expr:
    """What a cell says of the report: its item of the same place, or the only one."""
    if field not in mapping.filled:
        return pl.lit(None, pl.Date if fields()[field].kind == "days" else pl.String)
    items = pl.col(f"{field}.value" if fields()[field].kind == "days" else field)
    alone = pl.lit(value=field != "report_url") & (items.list.len() == 1)
    return pl.when(alone).then(items.list.first()).otherwise(items.list.get(pl.col(ITEM), null_on_oob=True))


def _named(mapping: Mapping, rows: pl.DataFrame, field: str) -> pl.DataFrame:
    """One row per incident and weapon or unit that it names: possible, a source's claim, unless the file says more."""
    identifier = f"{field}_id"
    if field not in mapping.filled:
        return rows.clear().with_columns(pl.lit(None, pl.String).alias(identifier))
    stated = {
        name: pl.col(column) if (column := f"{field}_{name}") in mapping.filled else pl.lit(None, pl.String)
        for name in NAMED_UNLESS_STATED
    }
    text = _words(raw(field)) if field in mapping.columns else pl.lit(None, pl.String)
    return (
        rows.select(
            pl.col(field).alias(identifier),
            "incident_id",
            FILE,
            ROW,
            **{name: value.fill_null(NAMED_UNLESS_STATED[name]) for name, value in stated.items()},
            raw_text=text,
        )
        .explode(identifier)
        .filter(pl.col(identifier).is_not_null())
        .with_columns(attribution_id=pl.format("{}:{}", "incident_id", identifier))
    )


def _units(named: pl.DataFrame) -> pl.DataFrame:
    """The named units and those they belong to; a unit that no row names stands in the row that first needs it."""
    if named.is_empty():
        return named
    first = named.select(FILE, ROW).row(0, named=True)
    own = named.select("unit_id", FILE, ROW).unique("unit_id", keep="first", maintain_order=True)
    wanted = with_parents(own["unit_id"]).join(own, on="unit_id", how="left", maintain_order="left")
    return wanted.with_columns(pl.col(FILE).fill_null(first[FILE]), pl.col(ROW).fill_null(first[ROW]))


def _shaped(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The table's columns, those without a value null, plus FILE and ROW."""
    return frame.select(
        *(
            (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in canonical_columns(table).items()
        ),
        FILE,
        ROW,
    )
