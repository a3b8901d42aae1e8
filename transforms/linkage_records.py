"""What linkage compares: one row per incident, and per report that states a place or a day, in one shape.

Everything that a comparison needs is computed once per record, before any pair is formed.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.linkage_addresses import cited_addresses
from transforms.linkage_keys import block_keys
from transforms.linkage_places import beside, with_coarseness, with_words
from warehouse.schema import TABLE
from warehouse.vocabulary import DatePrecision, WeaponSystem

Frames = Mapping[str, pl.DataFrame]

RECORD_SCHEMA: dict[str, pl.DataType] = {
    "unique_id": pl.String(),  # kind and record_id: an incident sorts before every report
    "record_id": pl.String(),
    "kind": pl.String(),
    "dataset_id": pl.String(),
    "country": pl.String(),
    "day_from": pl.Int32(),  # days since 1970-01-01
    "day_to": pl.Int32(),
    "is_day_stated": pl.Boolean(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
    "radius_m": pl.Int64(),
    "is_coarse": pl.Boolean(),
    "is_shared": pl.Boolean(),
    "killed_low": pl.Int64(),
    "killed_high": pl.Int64(),
    "weapons": pl.List(pl.String()),
    "words": pl.List(pl.String()),
    "rare_words": pl.List(pl.String()),
    "unusual_words": pl.List(pl.String()),
    "rare_consonants": pl.List(pl.String()),
    "scripts": pl.List(pl.String()),
    "addresses": pl.List(pl.UInt64()),  # hashes
    "rare_addresses": pl.List(pl.UInt64()),
    "block_key": pl.List(pl.UInt64()),  # empty where it shares no key with another
    "decided_key": pl.List(pl.String()),
    "is_crowded": pl.Boolean(),
}
"""Columns of a record. A list is null, never empty, where nothing is known."""

OWN_ADDRESS = "has_own_address"
"""Column that `incident` may have: an address is cited that no other record has, by a report which is not given."""

PUBLISHED_WITHIN_DAYS = 7
"""A report that states no day of the event is taken to speak of the week before its publication. Of the published
strike footage that states both days, all was published within two days."""


def records(frames: Frames, decided: pl.DataFrame) -> pl.DataFrame:
    """The records of a build, sorted by `unique_id`.

    Args:
        frames: `incident` with its derived columns, `report` and `incident_report` as in `warehouse.schema`; versions
            that have ended are left out, of several current ones the newest stands. `incident` may have a column
            `OWN_ADDRESS`.
        decided: `left_id`, `right_id` of pairs that people decided. Both become records whatever they state, so that
            the pair is compared.

    Returns:
        Columns of `RECORD_SCHEMA`.
    """
    ids = pl.concat([decided["left_id"], decided["right_id"]]).implode()
    reports = current(frames, "report")
    compared = _reports(reports.filter(_is_comparable() | pl.col("report_id").is_in(ids)))
    both = pl.concat([_incidents(current(frames, "incident")), compared]).sort("unique_id")
    cited = cited_addresses(reports, current(frames, "incident_report"), both.select("unique_id", OWN_ADDRESS))
    return (
        both.drop(OWN_ADDRESS)
        .pipe(with_coarseness)
        .pipe(with_words)
        .drop("place")
        .pipe(beside, cited, "unique_id")
        .pipe(block_keys, decided)
        .select(pl.col(c).cast(t) for c, t in RECORD_SCHEMA.items())
    )


def current(frames: Frames, table: str) -> pl.DataFrame:
    """The current rows of a table, the newest version of each key."""
    key = [c for c in TABLE[table].key if c != "known_from"]
    frame = frames.get(table, TABLE[table].empty())
    frame = frame.filter(pl.col("known_to").is_null())
    if frame.select(key).n_unique() == frame.height:  # sorting would copy all of it
        return frame
    return frame.sort(*key, "known_from").unique(key, keep="last")


def _is_comparable() -> pl.Expr:
    """The report states a day of the event, or a place from which it can be looked for."""
    reviewed = pl.col("reviewed_latitude").is_not_null() & pl.col("reviewed_longitude").is_not_null()
    stated = pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()
    return pl.col("event_on").is_not_null() | reviewed | stated


def _incidents(incidents: pl.DataFrame) -> pl.DataFrame:
    known_weapons = pl.col("weapon_system").list.set_difference([WeaponSystem.UNKNOWN.value])
    has_own = pl.col(OWN_ADDRESS) if OWN_ADDRESS in incidents.columns else pl.lit(value=False)
    return incidents.select(
        unique_id="incident:" + pl.col("incident_id"),
        record_id="incident_id",
        kind=pl.lit("incident"),
        dataset_id="dataset_id",
        country="country",
        day_from=pl.col("date_start").to_physical(),
        day_to=pl.coalesce("date_end", "date_start").to_physical(),
        is_day_stated=pl.col("date_start").is_not_null()
        & pl.col("date_precision").is_in([DatePrecision.DAY.value, DatePrecision.RANGE.value]),
        latitude="latitude",
        longitude="longitude",
        radius_m="geo_radius_m",
        # An estimate with one end unknown has no range to compare.
        killed_low=pl.when(pl.col("civilians_killed_high").is_not_null()).then("civilians_killed_low"),
        killed_high=pl.when(pl.col("civilians_killed_low").is_not_null()).then("civilians_killed_high"),
        weapons=pl.when(known_weapons.list.len() > 0).then(known_weapons),
        place="place",
        **{OWN_ADDRESS: has_own},
    )


def _reports(reports: pl.DataFrame) -> pl.DataFrame:
    reviewed = pl.col("reviewed_latitude").is_not_null() & pl.col("reviewed_longitude").is_not_null()
    published = pl.col("published_on").to_physical()
    return reports.select(
        unique_id="report:" + pl.col("report_id"),
        record_id="report_id",
        kind=pl.lit("report"),
        dataset_id="dataset_id",
        country=pl.lit(None, dtype=pl.String),
        day_from=pl.coalesce(pl.col("event_on").to_physical(), published - PUBLISHED_WITHIN_DAYS),
        day_to=pl.coalesce(pl.col("event_on").to_physical(), published),
        is_day_stated=pl.col("event_on").is_not_null(),
        latitude=pl.when(reviewed).then("reviewed_latitude").otherwise("latitude"),
        longitude=pl.when(reviewed).then("reviewed_longitude").otherwise("longitude"),
        radius_m=pl.lit(None, dtype=pl.Int64),
        killed_low=pl.lit(None, dtype=pl.Int64),
        killed_high=pl.lit(None, dtype=pl.Int64),
        weapons=pl.lit(None, dtype=pl.List(pl.String)),
        place="place",
        **{OWN_ADDRESS: pl.lit(value=False)},
    )
