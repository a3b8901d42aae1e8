"""Airwars' archive of incidents in Syria -> incident, casualty and incident_weapon rows."""

from __future__ import annotations

from collections.abc import Container, Iterator

import polars as pl

from transforms.source import FILE, ROW
from transforms.sources import airwars_syria_terms as terms
from transforms.sources.airwars_rows import Layout, coded, counted, degrees, mapped, partner, people, refused, unlisted
from transforms.sources.airwars_syria_sources import sources, tags
from warehouse.schema import LIST_SEPARATOR
from warehouse.vocabulary import (
    AttributionBasis,
    BelligerentBasis,
    CasualtyGroup,
    Confidence,
    DatePrecision,
    GeoPrecision,
    Harm,
    HarmStatus,
    StrikeStatus,
    StrikeType,
)

_GROUPS = {
    CasualtyGroup.CIVILIANS: "civ",
    CasualtyGroup.CHILDREN: "children",
    CasualtyGroup.MEN: "men",
    CasualtyGroup.WOMEN: "women",
    CasualtyGroup.BELLIGERENTS: "military",
}
_COUNTS = [(group, harm, f"{prefix}_{harm.value}") for group, prefix in _GROUPS.items() for harm in Harm]
_DAYS = ("incident_date", "incident_date_end", "published")


def unlisted_categories(frame: pl.DataFrame, source_rows: pl.DataFrame, files: tuple[str, str]) -> Iterator[str]:
    """One sentence per coded column that holds values which `airwars_syria_terms` does not list."""

    def column(values: pl.Series, listed: Container[str], file: str = files[0]) -> Iterator[str]:
        return unlisted(file, values, listed, "airwars_syria_terms")

    yield from column(frame["date_type"], terms.DATE_TYPES)
    yield from column(frame["region"], terms.REGIONS)
    yield from column(frame["geolocation_accuracy"], terms.GEO_PRECISION)
    yield from column(frame["belligerents"].str.split(", ").explode(), terms.PARTNERS)
    yield from column(frame["strike_type"].str.split(", ").explode(), terms.STRIKE_TYPE)
    yield from column(frame["strike_status"], terms.STRIKE_STATUS)
    yield from column(frame["civilian_harm_reported"], terms.HARM_REPORTED)
    yield from column(frame["civilian_harm_status"], terms.HARM_STATUS)
    yield from column(frame.select(_causes()).to_series().explode(), terms.CAUSES)
    yield from column(frame["infrastructure"].str.split(", ").explode(), terms.INFRASTRUCTURE)
    yield from column(frame["observations"].str.split(", ").explode(), terms.OBSERVATIONS)
    yield from column(frame["munition_model"], terms.MUNITIONS)
    yield from column(source_rows.select(tags()).to_series().explode(), terms.TAGS, files[1])


def prepared(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """The rows with their identifier; public codes are not unique, so Airwars' own number is taken."""
    del file
    return frame.with_columns(incident_id=pl.lit("airwars-syria:") + pl.col("airwars_id"))


def incidents(frame: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of the incident table, and the input rows refused because a number or a date cannot be read."""
    days = {f"{c}_day": pl.col(c).str.to_date("%Y-%m-%d", strict=False) for c in _DAYS}
    points = {f"{c}_degrees": degrees(c) for c in ("latitude", "longitude")}
    frame = frame.with_columns(**days, **points)
    counts = [f"{prefix}_{end}" for _, _, prefix in _COUNTS for end in ("min", "max")]
    lines = refused(
        frame,
        file,
        {c: pl.col(c).is_not_null() & pl.col(f"{c}_day").is_null() for c in _DAYS}
        | {c: pl.col(c).is_not_null() & pl.col(f"{c}_degrees").is_null() for c in ("latitude", "longitude")}
        | {c: pl.col(c).is_not_null() & people(c).is_null() for c in counts},
    )
    belligerents = pl.col("belligerents").str.split(", ")
    start, end, precision, date_raw = _dates()
    return frame.join(lines.select(ROW), on=ROW, how="anti", maintain_order="left").select(
        "incident_id",
        pl.col("incident_code").alias("public_code"),
        "url",
        pl.col("country").replace_strict(terms.COUNTRIES, return_dtype=pl.String),
        pl.col("region").replace_strict(terms.REGIONS, return_dtype=pl.String).alias("admin1"),
        pl.concat_str("location_en", "region", "location_ar", separator=", ", ignore_nulls=True)
        .replace("", None)
        .alias("place"),
        pl.col("latitude_degrees").alias("latitude"),
        pl.col("longitude_degrees").alias("longitude"),
        pl.when(pl.col("latitude_degrees").is_null())
        .then(pl.lit(GeoPrecision.UNKNOWN.value))
        .otherwise(coded("geolocation_accuracy", terms.GEO_PRECISION, GeoPrecision.UNKNOWN))
        .alias("geo_precision"),
        pl.col("geolocation_accuracy").alias("geo_precision_raw"),
        start.alias("date_start"),
        end.alias("date_end"),
        precision.alias("date_precision"),
        date_raw.alias("date_raw"),
        pl.col("published_day").alias("published_on"),
        belligerents.alias("belligerent"),
        pl.lit(BelligerentBasis.UNKNOWN.value).alias("belligerent_basis"),
        partner(belligerents, terms.PARTNERS).alias("partner_country"),
        pl.col("strike_type")
        .str.split(", ")
        .list.eval(mapped(pl.element(), terms.STRIKE_TYPE, StrikeType.UNKNOWN))
        .list.unique(maintain_order=True)
        .fill_null([StrikeType.UNKNOWN.value]),
        pl.col("strike_type").alias("strike_type_raw"),
        coded("strike_status", terms.STRIKE_STATUS, StrikeStatus.UNKNOWN),
        pl.col("strike_status").alias("strike_status_raw"),
        coded("civilian_harm_status", terms.HARM_STATUS, HarmStatus.NOT_ASSESSED).alias("harm_status"),
        pl.col("civilian_harm_status").alias("harm_status_raw"),
        pl.col("infrastructure").str.split(", "),
        _observations(),
        pl.lit(file).alias(FILE),
        ROW,
    ), lines


def casualties(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """Rows of the casualty table; people.

    Civilians killed and injured have a row for every incident, without numbers where the archive gives none; the others
    have one where a number is given. One of the two ends may be missing and stays so. `best` stays empty: Airwars
    states none.
    """
    parts = []
    for group, harm, prefix in _COUNTS:
        low, high = f"{prefix}_min", f"{prefix}_max"
        is_given = pl.col(low).is_not_null() | pl.col(high).is_not_null()
        parts.append(
            frame.filter(is_given | pl.lit(value=group is CasualtyGroup.CIVILIANS)).select(
                "incident_id",
                *counted(group, harm),
                low=people(low),
                high=people(high),
                raw_text=pl.when(is_given).then(
                    pl.format("{} to {}", pl.col(low).fill_null("not given"), pl.col(high).fill_null("not given"))
                ),
                **{FILE: pl.lit(file), ROW: pl.col(ROW)},
            )
        )
    return pl.concat(parts).with_columns(best=pl.lit(None, dtype=pl.Int64))


def weapons(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """Rows of the incident_weapon table: one per incident and weapon, or system of weapons, that its tags name.

    A tag says that a source spoke of the weapon, no more: basis source_claim, confidence possible.
    """
    systems = terms.CAUSES | terms.OBSERVED_WEAPONS
    weapon_ids = terms.MUNITIONS | {tag: f"system:{system.value}" for tag, system in systems.items() if system}
    tag = pl.col("raw_text")
    causes, observations = _causes().fill_null([]), pl.col("observations").str.split(", ").fill_null([])
    return (
        frame.select(
            "incident_id",
            pl.lit(file).alias(FILE),
            ROW,
            raw_text=pl.concat_list(causes, observations, "munition_model"),
        )
        .explode("raw_text")
        .with_columns(weapon_id=tag.replace_strict(weapon_ids, default=None, return_dtype=pl.String))
        .filter(pl.col("weapon_id").is_not_null())
        .group_by("incident_id", "weapon_id", FILE, ROW, maintain_order=True)
        .agg(tag.str.join(LIST_SEPARATOR))
        .with_columns(
            attribution_id=pl.concat_str("incident_id", "weapon_id", separator=":"),
            confidence=pl.lit(Confidence.POSSIBLE.value),
            basis=pl.lit(AttributionBasis.SOURCE_CLAIM.value),
        )
    )


def _dates() -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    """date_start, date_end, date_precision and date_raw. A range whose end is not given has an unknown last day."""
    written, last = pl.col("incident_date"), pl.col("incident_date_end_day")
    no_date = pl.coalesce(pl.when(written == day).then(pl.lit(why)) for day, why in terms.NO_DATES.items())
    no_end = (pl.col("date_type") == "date_range").fill_null(value=False) & last.is_null()
    start = pl.when(no_date.is_null()).then("incident_date_day")
    end = pl.when(start.is_not_null() & ~no_end).then(pl.coalesce(last, start))
    precision = (
        pl.when(start.is_null())
        .then(pl.lit(DatePrecision.UNKNOWN.value))
        .when(start == end)
        .then(pl.lit(DatePrecision.DAY.value))
        .otherwise(pl.lit(DatePrecision.RANGE.value))
    )
    note = pl.coalesce(no_date, pl.when(no_end).then(pl.lit("a range, its end is not given")))
    raw = pl.concat_str(written, "incident_date_end", separator=" to ", ignore_nulls=True).replace("", None)
    return start, end, precision, pl.when(note.is_null()).then(raw).otherwise(pl.format("{} [{}]", raw, note))


def _observations() -> pl.Expr:
    tags = pl.col("observations").str.split(", ").list.eval(pl.element().replace_strict(terms.OBSERVATIONS))
    reported = pl.col("civilian_harm_reported").replace_strict(terms.HARM_REPORTED, return_dtype=pl.String)
    both = pl.concat_list(tags.fill_null([]), reported).list.drop_nulls()
    return pl.when(both.list.len() > 0).then(both).alias("observations")


def _causes() -> pl.Expr:
    """The list of causes; the comma within one of them separates nothing."""
    split = pl.col("cause").str.replace_all(terms.CBRN, "CBRN", literal=True).str.split(", ")
    return split.list.eval(pl.element().replace("CBRN", terms.CBRN))


LAYOUT = Layout(
    terms="airwars_syria_terms",
    incident_columns=(*terms.INCIDENTS_USED, *terms.INCIDENTS_LEFT_OUT),
    source_columns=(*terms.SOURCES_USED, *terms.SOURCES_LEFT_OUT),
    incident_restricted=terms.INCIDENTS_RESTRICTED,
    source_restricted=terms.SOURCES_RESTRICTED,
    country_column="country",
    about=dict.fromkeys(terms.COUNTRIES, ("syria", "Syria")),
    unlisted=unlisted_categories,
    prepared=prepared,
    incidents=incidents,
    casualties=casualties,
    weapons=weapons,
    sources=sources,
)
