"""The export of Airwars' pages on Gaza -> incident, casualty and incident_weapon rows, and its sources."""

from __future__ import annotations

from collections.abc import Container, Iterator

import polars as pl

from transforms.casualties import estimate
from transforms.dates import english_dates
from transforms.source import FILE, ROW
from transforms.sources import airwars_terms as terms
from transforms.sources.airwars_rows import Layout, coded, counted, degrees, mapped, partner, people, refused, unlisted
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
)

INCIDENT_ID = (pl.lit("airwars:") + pl.col("incident_code")).alias("incident_id")

_ESTIMATES = (
    (CasualtyGroup.CIVILIANS, Harm.KILLED, "civ_killed_text"),
    (CasualtyGroup.CIVILIANS, Harm.INJURED, "civ_injured_text"),
    (CasualtyGroup.BELLIGERENTS, Harm.KILLED, "bell_killed_text"),
)
_GROUPS_KILLED = (CasualtyGroup.CHILDREN, CasualtyGroup.WOMEN, CasualtyGroup.MEN)


def unlisted_categories(frame: pl.DataFrame, sources: pl.DataFrame, files: tuple[str, str]) -> Iterator[str]:
    """One sentence per coded column that holds values which `airwars_terms` does not list."""

    def column(values: pl.Series, listed: Container[str], file: str = files[0]) -> Iterator[str]:
        return unlisted(file, values, listed, "airwars_terms")

    yield from column(frame["civilian_harm_reported"], {"Yes"})
    yield from column(frame["strike_status"], terms.STRIKE_STATUS)
    yield from column(frame["strike_type"].str.split(", ").explode(), terms.STRIKE_TYPE)
    yield from column(frame["civilian_harm_grading"], terms.HARM_STATUS)
    yield from column(frame["belligerent"].str.split(" | ").explode(), terms.PARTNERS)
    yield from column(frame["belligerent_basis"], terms.BELLIGERENT_BASIS)
    yield from column(frame["geo_accuracy"], terms.GEO_PRECISION)
    yield from column(frame["infrastructure"].str.split(", ").explode(), terms.INFRASTRUCTURE)
    yield from column(frame["tax_observation"].str.split("|").explode(), terms.OBSERVATIONS)
    # Both are always empty so far, so that nobody knows in what form a date would stand there.
    yield from column(frame["published"], ())
    yield from column(frame["modified"], ())
    mentions = frame.select(pl.col("munition_mentions").str.split("|").explode())
    yield from column(mentions.filter(match(pl.col("munition_mentions")).is_null()).to_series(), terms.NO_MUNITION)
    tags = {*terms.LANGUAGES, *terms.TAGGED_PLATFORMS, *terms.OTHER_TAGS}
    yield from column(sources["tags"].str.split("|").explode(), tags, files[1])


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
        latitude=degrees("lat"),
        longitude=degrees("lon"),
    )
    unreadable = {
        "incident_date_text": ~pl.col("date").struct.field("is_readable"),
        "lat": pl.col("lat").is_not_null() & pl.col("latitude").is_null(),
        "lon": pl.col("lon").is_not_null() & pl.col("longitude").is_null(),
        **{text: ~estimate(pl.col(text)).struct.field("is_readable") for _, _, text in _ESTIMATES},
        **{c: pl.col(c).is_not_null() & people(c).is_null() for g in _GROUPS_KILLED for c in _low_high(g)},
    }
    lines = refused(frame, file, unreadable)
    frame = frame.join(lines.select(ROW), on=ROW, how="anti", maintain_order="left")
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
        .otherwise(coded("geo_accuracy", terms.GEO_PRECISION, GeoPrecision.UNKNOWN))
        .alias("geo_precision"),
        # Where a page gives several points, the export holds the first one only.
        pl.when(pl.col("n_geolocations").str.strip_chars().cast(pl.Int64, strict=False) > 1)
        .then(pl.format("{} [first of {} locations]", pl.col("geo_accuracy").fill_null("Not stated"), "n_geolocations"))
        .otherwise("geo_accuracy")
        .alias("geo_precision_raw"),
        pl.col("date").struct.field("date_start", "date_end", "date_precision"),
        pl.col("date_raw"),
        belligerents.alias("belligerent"),
        coded("belligerent_basis", terms.BELLIGERENT_BASIS, BelligerentBasis.UNKNOWN),
        partner(belligerents, terms.PARTNERS).alias("partner_country"),
        strike_types.list.eval(mapped(pl.element(), terms.STRIKE_TYPE, StrikeType.UNKNOWN))
        .list.unique(maintain_order=True)
        .fill_null([StrikeType.UNKNOWN.value])
        .alias("strike_type"),
        pl.col("strike_type").alias("strike_type_raw"),
        coded("strike_status", terms.STRIKE_STATUS, StrikeStatus.UNKNOWN),
        pl.col("strike_status").alias("strike_status_raw"),
        coded("civilian_harm_grading", terms.HARM_STATUS, HarmStatus.NOT_ASSESSED).alias("harm_status"),
        pl.col("civilian_harm_grading").alias("harm_status_raw"),
        pl.col("infrastructure").str.split(", "),
        pl.col("tax_observation").str.split("|").alias("observations"),
        pl.lit(file).alias(FILE),
        pl.col(ROW),
    ), lines


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
                *origin, *counted(group, harm), number.field("low"), number.field("high"), raw_text=text
            )
        )
    for group in _GROUPS_KILLED:
        low, high = _low_high(group)
        parts.append(
            frame.filter(pl.col(low).is_not_null() | pl.col(high).is_not_null()).select(
                *origin,
                *counted(group, Harm.KILLED),
                low=people(low),
                high=people(high),
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


def _territory(part: str) -> pl.Expr:
    values = {code: getattr(territory, part) for code, territory in terms.TERRITORIES.items()}
    return pl.col("tax_country").replace_strict(values, return_dtype=pl.String).alias(part)


def _low_high(group: CasualtyGroup) -> tuple[str, str]:
    return f"{group.value}_killed_min", f"{group.value}_killed_max"


def sources(frame: pl.DataFrame, incident_rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of sources.csv as `airwars_reports.reports` takes them; the export dates no source."""
    pages = incident_rows.select("page", INCIDENT_ID).unique("page", keep="first", maintain_order=True)
    return frame.with_columns(
        address=pl.coalesce("url", "archive_url"),
        published_on=pl.lit(None, dtype=pl.Date),
        raw_text=pl.lit(None, dtype=pl.String),
    ).join(pages, on="page", how="left", maintain_order="left", validate="m:1")


LAYOUT = Layout(
    terms="airwars_terms",
    incident_columns=(*terms.INCIDENTS_USED, *terms.INCIDENTS_LEFT_OUT),
    source_columns=(*terms.SOURCES_USED, *terms.SOURCES_LEFT_OUT),
    incident_restricted=terms.INCIDENTS_RESTRICTED,
    source_restricted=terms.SOURCES_RESTRICTED,
    country_column="tax_country",
    about={code: (territory.suffix, territory.admin1) for code, territory in terms.TERRITORIES.items()},
    unlisted=unlisted_categories,
    prepared=corrected,
    incidents=incidents,
    casualties=casualties,
    weapons=weapons,
    sources=sources,
)
