"""Reader of TimeMap exports (the JSON events of Forensic Architecture's and Bellingcat's TimeMap).

SOURCE, for files named ukr-civharm-YYYY-MM-DD.json: Bellingcat, "Civilian Harm in Ukraine",
https://ukraine.bellingcat.com; terms not stated in the files. For other files SOURCE.txt beside them may state
`publisher:`, `title:`, `url:` and `licence:`.

What looking at the files showed:

- An export counts nobody: killed and injured are unknown, never zero.
- Coordinates have six decimals, yet 1,216 of the 1,217 identifiers that two exports share moved, by 40 m in the median:
  the decimals are no precision. An event near 0, 0 has no place.
- An identifier can stand for two events. Both are kept; the later one in order of date and description is marked #2
  (the order in the file changed between exports). An event given twice is refused the second time.
- A source withheld by the publisher (HIDDEN) is a report of its own without an address.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import polars as pl

from transforms.source import (
    FILE,
    REFUSED_SCHEMA,
    ROW,
    Canonical,
    Raw,
    canonical_columns,
    raw_file,
)
from transforms.timemap_categories import (
    AREA_NOT_STATED,
    HIDDEN,
    STRIKE_TYPES,
    WEAPON_SYSTEMS,
    country,
    with_address_facts,
)
from transforms.timemap_files import BELLINGCAT_ID, LIST_KEYS, TEXT_KEYS, dataset, export, records
from transforms.weapons import reference_list, system_id
from warehouse.errors import InputError
from warehouse.schema import LIST_SEPARATOR

WEAPON_KEY, AREA_KEY = "Weapon System", "Type of area affected"
NULL_ISLAND_DEGREES = 0.01
"""Coordinates this near to 0, 0 (sea, 600 km off any coast) stand for none; the publisher shifts its points by about
0.001 degrees."""


def read(path: Path, known_on: date | None = None) -> Raw:
    """Read an export; of a folder the newest one by the date in its file name.

    Args:
        path: a .json file, or a folder with such files.
        known_on: day of knowledge, for an export whose file name does not state it; without either SOURCE.txt must.

    Raises:
        InputError: there is no such file, it is no TimeMap export, or its date is not stated.
    """
    file, exports = export(path)
    events = records(file)
    frame = pl.DataFrame(
        {key: [r[key] for r in events] for key in TEXT_KEYS}
        | {key: [json.dumps(r[key], ensure_ascii=False) for r in events] for key in LIST_KEYS},
        schema=dict.fromkeys((*TEXT_KEYS, *LIST_KEYS), pl.String),
    )
    # Addresses of posts name personal accounts.
    return Raw(dataset(file, exports, known_on), (raw_file(file, frame, restricted=frozenset({"sources"})),))


def transform(raw: Raw) -> Canonical:
    """One event -> an incident, two casualty rows of unknown numbers, its reports with links, weapon attributions.

    Raises:
        InputError: a weapon category is not listed in `WEAPON_SYSTEMS`, or dates are written day first.
    """
    (file,) = raw.files
    events, refused = _events(file.frame, file.name, raw.dataset.dataset_id)
    filters = _items(events, "filters").with_columns(pl.col("key", "value").str.strip_chars()).drop_nulls("value")
    _check_categories(file.name, filters)
    incident = events.join(_tags(filters), on="incident_id", how="left", validate="1:1", maintain_order="left").pipe(
        _incident, is_bellingcat=raw.dataset.dataset_id == BELLINGCAT_ID
    )
    report = _report(events, raw.dataset.dataset_id)
    weapons = _incident_weapon(filters)
    tables = {
        "incident": incident,
        "casualty": _casualty(events),
        "report": report,
        "incident_report": report.with_columns(method=pl.lit("stated")),
        "weapon": weapons.select("weapon_id", FILE, ROW).join(
            reference_list(), on="weapon_id", how="left", maintain_order="left"
        ),
        "incident_weapon": weapons,
    }
    shaped = {name: _shaped(name, frame) for name, frame in tables.items()}
    return Canonical(raw.dataset, raw.files, shaped, frozenset({"report", "incident_report", "weapon"}), refused)


def parse_dates(text: pl.Expr) -> pl.Expr:
    """Dates written month first ("02/24/2022", "3/4/2022"); null where the text is no such date."""
    month_first = text.str.contains(r"^[0-9]{1,2}/[0-9]{1,2}/[1-9][0-9]{3}$")
    return pl.when(month_first).then(text).str.to_date("%m/%d/%Y", strict=False)


def _events(frame: pl.DataFrame, file: str, dataset_id: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(events with typed values, incident_id, FILE and ROW; refused rows)."""
    frame = frame.with_columns(
        pl.lit(file).alias(FILE),
        pl.col("description").alias("said"),
        *(pl.col(k).str.strip_chars().replace("", None) for k in TEXT_KEYS),
    ).with_columns(
        day=parse_dates(pl.col("date")),
        latitude_degrees=pl.col("latitude").cast(pl.Float64, strict=False),
        longitude_degrees=pl.col("longitude").cast(pl.Float64, strict=False),
    )
    day_first = frame.filter(
        pl.col("day").is_null() & pl.col("date").str.contains(r"^(1[3-9]|2\d|3[01])/\d{1,2}/\d{4}$")
    )
    if day_first.height:
        raise InputError(
            f"{file}, record {day_first[ROW][0]}: the date {day_first['date'][0]} is written day first, but TimeMap "
            "dates are read month first; a file with both cannot be read safely."
        )
    faults = {
        "timemap.id_required": (pl.col("id").is_null(), pl.lit("the id is empty")),
        "timemap.date_is_date": (
            pl.col("date").is_not_null() & pl.col("day").is_null(),
            pl.format('date "{}" is not a date (month/day/year)', "date"),
        ),
        **{
            f"timemap.{name}_is_number": (
                pl.col(name).is_not_null() & ~pl.col(f"{name}_degrees").is_finite().fill_null(value=False),
                pl.format(f'{name} "{{}}" is not a number', name),
            )
            for name in ("latitude", "longitude")
        },
        "timemap.event_unique": (
            pl.struct(*TEXT_KEYS, *LIST_KEYS).is_first_distinct().not_(),
            pl.format("the event {} stands in an earlier record with the same content", "id"),
        ),
    }
    checked = frame.with_columns(
        rule=pl.coalesce(pl.when(broken).then(pl.lit(rule)) for rule, (broken, _) in faults.items()),
        reason=pl.concat_str(
            (pl.when(broken).then(text) for broken, text in faults.values()), separator="; ", ignore_nulls=True
        ),
    )
    refused = checked.filter(pl.col("rule").is_not_null()).select(
        FILE, ROW, "rule", reason=pl.format("{}, record {}: {}.", FILE, ROW, "reason")
    )
    number = pl.int_range(1, pl.len() + 1).over("id")
    events = (
        checked.filter(pl.col("rule").is_null())
        .sort("id", "day", "description", "latitude_degrees", "longitude_degrees", ROW)
        .with_columns(
            incident_id=pl.format(
                "{}:{}{}",
                pl.lit(dataset_id),
                "id",
                pl.when(number > 1).then(pl.format("#{}", number)).otherwise(pl.lit("")),
            )
        )
        .sort(ROW)
    )
    return events, refused.cast(REFUSED_SCHEMA)  # type: ignore[arg-type]


def _items(events: pl.DataFrame, key: str) -> pl.DataFrame:
    """The objects of a list of each event, one row each, beside incident_id, FILE and ROW."""
    shape = pl.List(pl.Struct(dict.fromkeys(LIST_KEYS[key], pl.String)))
    return (
        events.select("incident_id", FILE, ROW, pl.col(key).str.json_decode(shape))
        .explode(key)
        .drop_nulls(key)
        .unnest(key)
    )


def _check_categories(file: str, filters: pl.DataFrame) -> None:
    found = filters.filter(pl.col("key") == WEAPON_KEY)["value"].unique().to_list()
    if unlisted := sorted(set(found) - WEAPON_SYSTEMS.keys()):
        raise InputError(
            f'{file}: the filter "{WEAPON_KEY}" has values that nobody has given a meaning yet: '
            f"{', '.join(repr(value) for value in unlisted)}; list them in WEAPON_SYSTEMS."
        )


def _tags(filters: pl.DataFrame) -> pl.DataFrame:
    """incident_id with the lists weapons, areas and others ("key: value") of an event's filters."""
    key, value = pl.col("key"), pl.col("value")
    return filters.group_by("incident_id", maintain_order=True).agg(
        weapons=value.filter(key == WEAPON_KEY).unique(maintain_order=True),
        areas=value.filter((key == AREA_KEY) & (value != AREA_NOT_STATED)).unique(maintain_order=True),
        others=pl.format("{}: {}", key, value).filter(~key.is_in([WEAPON_KEY, AREA_KEY])).unique(maintain_order=True),
    )


def _incident(events: pl.DataFrame, *, is_bellingcat: bool) -> pl.DataFrame:
    no_place = pl.max_horizontal(pl.col("latitude_degrees", "longitude_degrees").abs()) < NULL_ISLAND_DEGREES
    no_place = no_place.fill_null(value=False)
    strike_types = pl.col("weapons").list.eval(
        pl.element().replace_strict(STRIKE_TYPES, default=None, return_dtype=pl.String).drop_nulls().unique().sort()
    )
    stated = country(pl.col("location"), pl.col("id")) if is_bellingcat else pl.lit(None, pl.String)
    return events.with_columns(
        public_code="id",
        country=stated,
        place="location",
        latitude=pl.when(~no_place).then("latitude_degrees"),
        longitude=pl.when(~no_place).then("longitude_degrees"),
        geo_precision=pl.lit("unknown"),
        geo_precision_raw=pl.when(no_place).then(
            pl.format("coordinates given as {}, {}, which stand for none", "latitude", "longitude")
        ),
        date_start="day",
        date_end="day",
        date_precision=pl.when(pl.col("day").is_null()).then(pl.lit("unknown")).otherwise(pl.lit("day")),
        date_raw="date",
        belligerent_basis=pl.lit("unknown"),
        strike_type=pl.when(strike_types.list.len() > 0).then(strike_types).otherwise(pl.lit(["unknown"])),
        strike_type_raw=pl.when(pl.col("weapons").list.len() > 0).then(pl.col("weapons").list.join(LIST_SEPARATOR)),
        strike_status=pl.lit("unknown"),
        harm_status=pl.lit("not_assessed"),
        infrastructure=pl.when(pl.col("areas").list.len() > 0).then("areas"),
        observations=pl.when(pl.col("others").list.len() > 0).then("others"),
        # As it stands: a newer export that only adds a space changes it, and Revisions says that it is no more.
        summary=pl.when(pl.col("description").is_not_null()).then("said"),
    )


def _casualty(events: pl.DataFrame) -> pl.DataFrame:
    """Civilians killed and injured are unknown: an export of this format states no numbers."""
    harm = pl.DataFrame({"harm": ["killed", "injured"]})
    return events.join(harm, how="cross", maintain_order="left_right").with_columns(group=pl.lit("civilians"))


def _report(events: pl.DataFrame, dataset_id: str) -> pl.DataFrame:
    """One row per event and source. Sources with the same address are one report, its texts joined.

    A source without an address (withheld, or left out) is a report of its event alone.
    """
    path = pl.col("path").str.strip_chars()
    sources = _items(events, "sources").with_columns(path=pl.when(path != "").then(path)).pipe(with_address_facts)
    address = pl.coalesce("url", "archive_url")
    hashed = address.map_elements(lambda text: hashlib.sha256(text.encode()).hexdigest()[:16], return_dtype=pl.String)
    return sources.with_columns(
        report_id=pl.when(address.is_not_null())
        .then(pl.format("{}:{}", pl.lit(dataset_id), hashed))
        .otherwise(pl.format("{}:{}", "incident_id", pl.col("id").fill_null(HIDDEN))),
        access=pl.lit("public"),
    ).with_columns(
        # The same page may be cited by its address and by its archived copy.
        archive_url=pl.col("archive_url").max().over("report_id"),
        raw_text=pl.col("description").str.strip_chars().unique(maintain_order=True).str.join("\n").over("report_id"),
    )


def _incident_weapon(filters: pl.DataFrame) -> pl.DataFrame:
    """One row per event, category and weapon system that the category names; none for an unknown weapon."""
    named = pl.DataFrame(
        [(tag, system.value) for tag, systems in WEAPON_SYSTEMS.items() for system in systems],
        schema={"value": pl.String, "weapon_system": pl.String},
        orient="row",
    )
    return (
        filters.filter(pl.col("key") == WEAPON_KEY)
        .unique(["incident_id", "value"], maintain_order=True)
        .join(named, on="value", how="inner", maintain_order="left_right")
        .with_columns(
            attribution_id=pl.format(
                "{}:{}:{}",
                "incident_id",
                pl.col("value").str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "-"),
                "weapon_system",
            ),
            weapon_id=system_id(pl.col("weapon_system")),
            confidence=pl.lit("possible"),
            basis=pl.lit("source_claim"),
            raw_text="value",
        )
    )


def _shaped(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The table's columns, those without a value null, plus FILE and ROW."""
    return frame.select(
        *(
            (pl.col(name) if name in frame.columns else pl.lit(None)).cast(type_).alias(name)
            for name, type_ in canonical_columns(table).items()
        ),
        FILE,
        pl.col(ROW).cast(pl.Int64),
    )
