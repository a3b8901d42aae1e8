"""Versions of ACLED events -> incident, casualty, report and incident_report rows."""

from __future__ import annotations

import hashlib

import polars as pl

from transforms.named_countries import codes_by_number, partner
from transforms.publishers import platform, source_type
from transforms.source import FILE, ROW
from transforms.sources import acled_terms as terms
from warehouse.schema import LIST_SEPARATOR
from warehouse.vocabulary import (
    Access,
    AccountKind,
    BelligerentBasis,
    CasualtyGroup,
    DatePrecision,
    GeoPrecision,
    Harm,
    HarmStatus,
    StrikeStatus,
)

_REST = pl.duration(days=terms.WEEK_REST_DAYS)


def incidents(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the incident table.

    Who is named as responsible: in violence against civilians and remote violence the first actor, in excessive force
    against protesters whoever is not a protester, both suspected; in all other events the parties, of which ACLED does
    not say who harmed whom. Civilians and protesters are never named; `observations` keeps every actor.

    A day known by the week may lie six days from the stated one, but not after the day on which the row was known.
    """
    precision = pl.col("time_precision").cast(pl.Int64)
    in_week, in_month = precision == terms.IN_THE_WEEK, precision == terms.IN_THE_MONTH
    day = pl.col("day")
    week_end = pl.max_horizontal(day, pl.min_horizontal(day + _REST, "known_from"))
    has_point = pl.col("degrees_latitude").is_not_null()
    place = pl.col("geo_precision").cast(pl.Int64)
    meanings = {code: f"geo_precision {code}: {meaning}" for code, (_, meaning) in terms.GEO_PRECISION.items()}
    number = pl.col("iso").cast(pl.Int64)
    means = {sub_event: means.value for sub_event, (_, means) in terms.EVENTS.items()}
    observations = _observations()
    return _with_parties(rows).select(
        "incident_id",
        public_code=pl.col("event_id_cnty").str.strip_chars(),
        country=number.replace_strict(codes_by_number(), default=None, return_dtype=pl.String),
        admin1="admin1",
        place="location",
        latitude="degrees_latitude",
        longitude="degrees_longitude",
        geo_precision=pl.when(has_point)
        .then(
            place.replace_strict(
                {code: known.value for code, (known, _) in terms.GEO_PRECISION.items()},
                default=None,
                return_dtype=pl.String,
            )
        )
        .fill_null(GeoPrecision.UNKNOWN.value),
        geo_precision_raw=place.replace_strict(meanings, default=None, return_dtype=pl.String),
        date_start=pl.when(in_week).then(day - _REST).when(in_month).then(day.dt.month_start()).otherwise(day),
        date_end=pl.when(in_week).then(week_end).when(in_month).then(day.dt.month_end()).otherwise(day),
        date_precision=pl.when(day.is_null() | precision.is_null())
        .then(pl.lit(DatePrecision.UNKNOWN.value))
        .when(in_week)
        .then(pl.lit(DatePrecision.RANGE.value))
        .when(in_month)
        .then(pl.lit(DatePrecision.MONTH.value))
        .otherwise(pl.lit(DatePrecision.DAY.value)),
        date_raw=pl.format(
            "{} (time_precision {}: {})",
            pl.col("event_date").fill_null("not stated"),
            pl.col("time_precision").fill_null("not stated"),
            precision.replace_strict(terms.TIME_PRECISION, default="not stated", return_dtype=pl.String),
        ),
        belligerent=pl.when(pl.col("parties").list.len() > 0).then("parties"),
        belligerent_basis=pl.when(pl.col("is_attack") & (pl.col("parties").list.len() > 0))
        .then(pl.lit(BelligerentBasis.SUSPECTED.value))
        .otherwise(pl.lit(BelligerentBasis.UNKNOWN.value)),
        partner_country=pl.coalesce(
            partner(pl.col("parties").list.get(i, null_on_oob=True).str.extract(terms.FORCES), day) for i in (0, 1)
        ),
        strike_type=pl.concat_list(
            pl.col("sub_event_type").replace_strict(means, default="unknown", return_dtype=pl.String)
        ),
        strike_type_raw="sub_event_type",
        strike_status=pl.lit(StrikeStatus.UNKNOWN.value),
        harm_status=pl.lit(HarmStatus.NOT_ASSESSED.value),
        observations=pl.when(observations.list.len() > 0).then(observations),
        summary="notes",
        known_from="known_from",
        **_origin(),
    )


def casualties(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the casualty table; people.

    `fatalities` is one number for everybody killed, the most cautious one reported: it is lowest, best and highest at
    once. 0 is written both where nobody was killed and where no number is known, so it stays unknown. How
    many were civilians, and who was injured, is never said; civilian_targeting says at whom the event was aimed.
    """
    people = pl.when(pl.col("people") > 0).then("people")
    zero = pl.format("fatalities {} (none, or none known)", "fatalities")
    text = pl.when(pl.col("people") == 0).then(zero).otherwise(pl.format("fatalities {}", "fatalities"))
    nobody = pl.lit(None, pl.Int64)
    parts = [
        (CasualtyGroup.ALL_PEOPLE, Harm.KILLED, people, text),
        (CasualtyGroup.CIVILIANS, Harm.KILLED, nobody, pl.col("civilian_targeting")),
        (CasualtyGroup.CIVILIANS, Harm.INJURED, nobody, pl.lit(None, pl.String)),
    ]
    return pl.concat(
        rows.select(
            "incident_id",
            group=pl.lit(group.value),
            harm=pl.lit(harm.value),
            low=number,
            best=number,
            high=number,
            raw_text=raw_text,
            known_from="known_from",
            **_origin(),
        )
        for group, harm, number, raw_text in parts
    )


def reports(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of report and incident_report: one of each per version and source named in it, without an address.

    They end with their version, so that a source which the next one no longer names ends too.
    """
    cited = (
        rows.select(
            "incident_id",
            "known_from",
            "known_to",
            "source",
            "source_scale",
            FILE,
            ROW,
            name=pl.col("source").str.split(LIST_SEPARATOR.strip()),
        )
        .explode("name")
        .with_columns(pl.col("name").str.strip_chars())
        .filter(pl.col("name") != "")
        .unique(["incident_id", "known_from", "name"], keep="first", maintain_order=True)
    )
    names = (
        cited.select("name").unique().with_columns(digest=pl.col("name").map_elements(_digest, return_dtype=pl.String))
    )
    named = cited.join(names, on="name", how="left", maintain_order="left", validate="m:1").with_columns(
        report_id=pl.format("{}:{}", "incident_id", "digest"), platform=platform(pl.col("name"))
    )
    report = named.select(
        "report_id",
        source_type=source_type(pl.col("name")),
        access=pl.lit(Access.PUBLIC.value),
        account_kind=pl.when(pl.col("platform").is_not_null())
        .then(pl.lit(AccountKind.PERSONAL.value))
        .otherwise(pl.lit(AccountKind.NOT_SOCIAL_MEDIA.value)),
        publisher=pl.when(pl.col("platform").is_null()).then("name"),
        platform="platform",
        raw_text=pl.format("{} (source_scale: {})", "source", pl.col("source_scale").fill_null("not stated")),
        known_from="known_from",
        known_to="known_to",
        **_origin(),
    )
    link = named.select(
        "incident_id", "report_id", pl.lit("stated").alias("method"), "known_from", "known_to", FILE, ROW
    )
    return report, link


def _with_parties(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `parties` (list, most likely responsible first) and `is_attack` (one side attacks)."""
    first, second = (
        pl.when(~pl.col(f"inter{i}").is_in(terms.NOT_PARTIES).fill_null(value=False)).then(f"actor{i}") for i in (1, 2)
    )
    is_one_sided = pl.col("event_type").is_in(terms.ONE_SIDED).fill_null(value=False)
    one = pl.concat_list(pl.coalesce(first, second))
    return rows.with_columns(
        parties=pl.when(is_one_sided).then(one).otherwise(pl.concat_list(first, second)).list.drop_nulls(),
        is_attack=is_one_sided | (pl.col("sub_event_type") == terms.EXCESSIVE_FORCE).fill_null(value=False),
    )


def _observations() -> pl.Expr:
    """Kinds of event, actors and tags, in ACLED's words; actors with their kind and associates."""
    kinds = [pl.col(c) for c in ("disorder_type", "event_type", "sub_event_type", "civilian_targeting")]
    actors = []
    for i in (1, 2):
        kind = pl.col(f"inter{i}").replace(terms.INTER)
        actors += [
            pl.concat_str(pl.format(f"actor{i}: {{}}", f"actor{i}"), pl.format(" ({})", kind), ignore_nulls=True),
            pl.format(f"with actor{i}: {{}}", f"assoc_actor_{i}"),
        ]
        actors[-2] = pl.when(pl.col(f"actor{i}").is_not_null()).then(actors[-2])
    tags = pl.col("tags").str.split(LIST_SEPARATOR.strip()).list.eval(pl.element().str.strip_chars())
    listed = pl.concat_list(*kinds, *actors).list.concat(tags.fill_null([]))
    return listed.list.eval(pl.element().filter(pl.element().is_not_null() & (pl.element() != ""))).list.unique(
        maintain_order=True
    )


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def _origin() -> dict[str, pl.Expr]:
    return {FILE: pl.col(FILE), ROW: pl.col(ROW)}
