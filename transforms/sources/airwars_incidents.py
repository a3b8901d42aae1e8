"""incidents.csv of an Airwars export -> incident, casualty and incident_weapon rows."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.casualties import estimate
from transforms.dates import english_dates
from transforms.source import FILE, ROW
from transforms.sources import airwars_terms as terms
from transforms.weapons import match
from warehouse.errors import InputError
from warehouse.vocabulary import (
    AttributionBasis,
    BelligerentBasis,
    CasualtyGroup,
    Confidence,
    GeoPrecision,
    Harm,
    HarmStatus,
    StrikeStatus,
    StrikeType,
    Vocabulary,
)

INCIDENT_ID = (pl.lit("airwars:") + pl.col("incident_code")).alias("incident_id")

_ESTIMATES = (
    (CasualtyGroup.CIVILIANS, Harm.KILLED, "civ_killed_text"),
    (CasualtyGroup.CIVILIANS, Harm.INJURED, "civ_injured_text"),
    (CasualtyGroup.BELLIGERENTS, Harm.KILLED, "bell_killed_text"),
)
_GROUPS_KILLED = (CasualtyGroup.CHILDREN, CasualtyGroup.WOMEN, CasualtyGroup.MEN)


def corrected(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """Apply the declared corrections; date_raw keeps the text as found, and says how it is read and why.

    Raises:
        InputError: a correction's incident no longer says what the correction expects to find.
    """
    frame = frame.with_columns(date_raw="incident_date_text")
    problems = []
    for c in terms.CORRECTIONS:
        is_meant = pl.col("incident_code") == c.incident_code
        problems += [
            f"{file}: {c.incident_code} now says {found!r} in {c.column}, not {c.found!r}; "
            "remove or renew its correction in transforms/sources/airwars_terms.py."
            for found in frame.filter(is_meant)[c.column].to_list()
            if found != c.found
        ]
        frame = frame.with_columns(
            pl.when(is_meant).then(pl.lit(c.becomes)).otherwise(c.column).alias(c.column),
            date_raw=pl.when(is_meant).then(pl.lit(c.shown)).otherwise("date_raw"),
        )
    if problems:
        raise InputError(problems)
    return frame


def incidents(frame: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of the incident table, and the input rows refused because a number or a date cannot be read."""
    frame = frame.with_columns(
        english_dates(pl.col("incident_date_text")).alias("date"),
        latitude=pl.col("lat").str.strip_chars().cast(pl.Float64, strict=False),
        longitude=pl.col("lon").str.strip_chars().cast(pl.Float64, strict=False),
    )
    unreadable = {
        "incident_date_text": ~pl.col("date").struct.field("is_readable"),
        "lat": pl.col("lat").is_not_null() & pl.col("latitude").is_null(),
        "lon": pl.col("lon").is_not_null() & pl.col("longitude").is_null(),
        **{text: ~estimate(pl.col(text)).struct.field("is_readable") for _, _, text in _ESTIMATES},
        **{c: pl.col(c).is_not_null() & _people(c).is_null() for g in _GROUPS_KILLED for c in _low_high(g)},
    }
    refused = _refused(frame, file, unreadable)
    frame = frame.join(refused.select(ROW), on=ROW, how="anti", maintain_order="left")
    belligerents = pl.col("belligerent").str.split(" | ")
    strike_types = pl.col("strike_type").str.split(", ")
    return frame.select(
        INCIDENT_ID,
        pl.col("incident_code").alias("public_code"),
        pl.col("url"),
        _territory("country"),
        _territory("admin1"),
        pl.col("location_text").alias("place"),
        pl.col("latitude", "longitude"),
        pl.when(pl.col("latitude").is_null())
        .then(pl.lit(GeoPrecision.UNKNOWN.value))
        .otherwise(_coded("geo_accuracy", terms.GEO_PRECISION, GeoPrecision.UNKNOWN))
        .alias("geo_precision"),
        # Where a page gives several points, the export holds the first one only.
        pl.when(pl.col("n_geolocations").str.strip_chars().cast(pl.Int64, strict=False) > 1)
        .then(pl.format("{} [first of {} locations]", pl.col("geo_accuracy").fill_null("Not stated"), "n_geolocations"))
        .otherwise("geo_accuracy")
        .alias("geo_precision_raw"),
        pl.col("date").struct.field("date_start", "date_end", "date_precision"),
        pl.col("date_raw"),
        belligerents.alias("belligerent"),
        _coded("belligerent_basis", terms.BELLIGERENT_BASIS, BelligerentBasis.UNKNOWN),
        belligerents.list.eval(pl.element().replace_strict(terms.PARTNERS, default=None, return_dtype=pl.String))
        .list.drop_nulls()
        .list.first()
        .alias("partner_country"),
        strike_types.list.eval(_mapped(pl.element(), terms.STRIKE_TYPE, StrikeType.UNKNOWN))
        .list.unique(maintain_order=True)
        .fill_null([StrikeType.UNKNOWN.value])
        .alias("strike_type"),
        pl.col("strike_type").alias("strike_type_raw"),
        _coded("strike_status", terms.STRIKE_STATUS, StrikeStatus.UNKNOWN),
        pl.col("strike_status").alias("strike_status_raw"),
        _coded("civilian_harm_grading", terms.HARM_STATUS, HarmStatus.NOT_ASSESSED).alias("harm_status"),
        pl.col("civilian_harm_grading").alias("harm_status_raw"),
        pl.col("infrastructure").str.split(", "),
        pl.col("tax_observation").str.split("|").alias("observations"),
        pl.lit(file).alias(FILE),
        pl.col(ROW),
    ), refused


def casualties(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """Rows of the casualty table; people.

    Civilians killed and injured have a row for every incident, without numbers where Airwars gives none. The others
    have one where a number is given. `best` stays empty: Airwars states none.
    """
    origin = [INCIDENT_ID, pl.lit(file).alias(FILE), pl.col(ROW)]
    parts = []
    for group, harm, text in _ESTIMATES:
        is_given = pl.col(text).is_not_null() | (pl.lit(value=group is CasualtyGroup.CIVILIANS))
        number = estimate(pl.col(text)).struct
        parts.append(
            frame.filter(is_given).select(
                *origin, *_counted(group, harm), number.field("low"), number.field("high"), raw_text=text
            )
        )
    for group in _GROUPS_KILLED:
        low, high = _low_high(group)
        parts.append(
            frame.filter(pl.col(low).is_not_null() | pl.col(high).is_not_null()).select(
                *origin,
                *_counted(group, Harm.KILLED),
                low=_people(low),
                high=_people(high),
                raw_text="breakdown_text",
            )
        )
    return pl.concat(parts).with_columns(best=pl.lit(None, dtype=pl.Int64))


def weapons(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """Rows of the incident_weapon table: one per incident and weapon that the assessment's text mentions.

    A mention says that a source spoke of the weapon, no more: basis source_claim, confidence possible.
    """
    return (
        frame.select(INCIDENT_ID, pl.lit(file).alias(FILE), ROW, pl.col("munition_mentions").str.split("|"))
        .explode("munition_mentions")
        .with_columns(weapon_id=match(pl.col("munition_mentions")))
        .filter(pl.col("weapon_id").is_not_null())
        .group_by("incident_id", "weapon_id", FILE, ROW, maintain_order=True)
        .agg(raw_text=pl.col("munition_mentions").str.join("; "))
        .with_columns(
            attribution_id=pl.concat_str("incident_id", "weapon_id", separator=":"),
            confidence=pl.lit(Confidence.POSSIBLE.value),
            basis=pl.lit(AttributionBasis.SOURCE_CLAIM.value),
        )
    )


def _refused(frame: pl.DataFrame, file: str, unreadable: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """One line with REFUSED_SCHEMA per row in which a column cannot be read; the first such column is named."""
    flagged = frame.with_columns(broken.alias(f"broken_{column}") for column, broken in unreadable.items())
    which = pl.coalesce(pl.when(f"broken_{column}").then(pl.lit(column)) for column in unreadable)
    value = pl.coalesce(pl.when(f"broken_{column}").then(column) for column in unreadable)
    return flagged.filter(which.is_not_null()).select(
        pl.lit(file).alias(FILE),
        pl.col(ROW),
        rule=pl.format("incident.{}_readable", which),
        reason=pl.format(f"{file}, row {{}}: {{}} {{}} cannot be read.", ROW, which, value),
    )


def _coded(column: str, mapping: Mapping[str, Vocabulary], empty: Vocabulary) -> pl.Expr:
    return _mapped(pl.col(column), mapping, empty)


def _mapped(value: pl.Expr, mapping: Mapping[str, Vocabulary], empty: Vocabulary) -> pl.Expr:
    """Code of the source -> value of ours; `empty` where the source says nothing. Unlisted codes are an error."""
    codes = {source: ours.value for source, ours in mapping.items()}
    return value.replace_strict(codes, return_dtype=pl.String).fill_null(empty.value)


def _territory(part: str) -> pl.Expr:
    values = {code: getattr(territory, part) for code, territory in terms.TERRITORIES.items()}
    return pl.col("tax_country").replace_strict(values, return_dtype=pl.String).alias(part)


def _counted(group: CasualtyGroup, harm: Harm) -> tuple[pl.Expr, pl.Expr]:
    return pl.lit(group.value).alias("group"), pl.lit(harm.value).alias("harm")


def _low_high(group: CasualtyGroup) -> tuple[str, str]:
    return f"{group.value}_killed_min", f"{group.value}_killed_max"


def _people(column: str) -> pl.Expr:
    """A whole number that the export writes as "3.0"; null where it is none."""
    return pl.col(column).str.extract(r"^\s*(\d{1,9})(?:\.0+)?\s*$", 1).cast(pl.Int64)
