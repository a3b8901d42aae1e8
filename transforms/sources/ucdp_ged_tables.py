"""Rows of UCDP GED -> incident, casualty, report and incident_report rows."""

from __future__ import annotations

import hashlib
from datetime import date

import polars as pl

from transforms.dates import published
from transforms.named_countries import country_code, partner
from transforms.publishers import source_type
from transforms.source import FILE, ROW
from transforms.sources import ucdp_ged_terms as terms
from transforms.sources.ucdp_ged_rows import PEOPLE
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
    StrikeType,
)

_CITATION = r"(?s)^(?<publisher>.*?),\s*(?<day>\d{4}-\d{2}-\d{2}),\s*(?<title>.*)$"
"""A citation: office, date, headline."""


def incidents(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the incident table.

    One-sided violence names who killed civilians: side A, suspected. In the other two types both sides are parties and
    UCDP does not say which of them harmed civilians: both are named, the basis is unknown. The dates are the first and
    the last day on which it may have happened, as UCDP states them.
    """
    one_sided = (pl.col("code_type_of_violence") == terms.ONE_SIDED).fill_null(value=False)
    sides = pl.when(one_sided).then(pl.concat_list("side_a")).otherwise(pl.concat_list("side_a", "side_b"))
    sides = sides.list.drop_nulls()
    first = pl.coalesce("on_date_start", "on_date_end")
    partners = [partner(pl.col(side).str.extract(r"^Government of (.+)$"), first) for side in ("side_a", "side_b")]
    precision = {code: place.precision.value for code, place in terms.WHERE_PREC.items()}
    places = {code: place.meaning for code, place in terms.WHERE_PREC.items()}
    place_meaning = pl.format(
        "where_prec {}: {}",
        "code_where_prec",
        pl.col("code_where_prec").replace_strict(places, default=None, return_dtype=pl.String),
    )
    observations = pl.concat_list(
        _meaning("type_of_violence", terms.TYPE_OF_VIOLENCE),
        pl.when(pl.col("code_event_clarity") == terms.SUMMED_UP).then(_meaning("event_clarity", terms.EVENT_CLARITY)),
    ).list.drop_nulls()
    in_palestine = (pl.col("country") == "Israel") & pl.col("adm_1").str.contains(terms.COUNTED_TO_ISRAEL)
    return rows.select(
        "incident_id",
        pl.col("n_id").cast(pl.String).alias("public_code"),
        country=pl.when(in_palestine.fill_null(value=False))
        .then(pl.lit("PSE"))
        .otherwise(country_code(pl.col("country"))),
        admin1="adm_1",
        place="where_coordinates",
        latitude="degrees_latitude",
        longitude="degrees_longitude",
        geo_precision=pl.when(pl.col("degrees_latitude").is_null())
        .then(pl.lit(GeoPrecision.UNKNOWN.value))
        .otherwise(
            pl.col("code_where_prec").replace_strict(
                precision, default=GeoPrecision.UNKNOWN.value, return_dtype=pl.String
            )
        ),
        geo_precision_raw=pl.concat_str(place_meaning, "where_description", separator="; ", ignore_nulls=True),
        date_start="on_date_start",
        date_end="on_date_end",
        date_precision=pl.when(pl.any_horizontal(pl.col("on_date_start", "on_date_end", "code_date_prec").is_null()))
        .then(pl.lit(DatePrecision.UNKNOWN.value))
        .when(pl.col("on_date_start") == pl.col("on_date_end"))
        .then(pl.lit(DatePrecision.DAY.value))
        .otherwise(pl.lit(DatePrecision.RANGE.value)),
        date_raw=pl.format(
            "{} to {} (date_prec {}: {})",
            pl.col("date_start").fill_null("not stated"),
            pl.col("date_end").fill_null("not stated"),
            pl.col("date_prec").fill_null("not stated"),
            _meaning("date_prec", terms.DATE_PREC).fill_null("not stated"),
        ),
        belligerent=pl.when(sides.list.len() > 0).then(sides),
        belligerent_basis=pl.when(one_sided)
        .then(pl.lit(BelligerentBasis.SUSPECTED.value))
        .otherwise(pl.lit(BelligerentBasis.UNKNOWN.value)),
        partner_country=pl.when(one_sided).then(partners[0]).otherwise(pl.coalesce(partners)),
        strike_type=pl.lit([StrikeType.UNKNOWN.value]),
        strike_status=pl.lit(StrikeStatus.UNKNOWN.value),
        strike_status_raw=pl.format(
            "event_clarity {}: {}", "code_event_clarity", _meaning("event_clarity", terms.EVENT_CLARITY)
        ),
        harm_status=pl.lit(HarmStatus.NOT_ASSESSED.value),
        observations=pl.when(observations.list.len() > 0).then(observations),
        summary=pl.format("{} ({})", "dyad_name", "conflict_name"),
        **{FILE: pl.col(FILE), ROW: pl.col(ROW)},
    )


def casualties(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the casualty table; people.

    low, best and high stand for all people killed. UCDP states one number of civilians killed: it is lowest, best and
    highest at once, unless there are deaths_unknown: some of these may be civilians, so the highest is then unknown
    (raw_text tells how many they are). Deaths of the two
    sides count as belligerents in state-based conflicts only: there both sides are a government or a formally organised
    group, while non-state conflicts include fights between communities. Injured people are not counted by UCDP.
    """
    nobody, civilians = pl.lit(None, pl.Int64), pl.col("n_deaths_civilians")
    at_most = pl.when(pl.col("n_deaths_unknown") == 0).then(civilians)
    fighters = pl.col("n_deaths_a") + pl.col("n_deaths_b")
    text = pl.concat_str([pl.format(f"{c} {{}}", pl.col(c).fill_null("empty")) for c in PEOPLE], separator=", ")
    state_based = pl.col("code_type_of_violence") == terms.STATE_BASED

    def counted(group: CasualtyGroup, harm: Harm, *numbers: pl.Expr, rows: pl.DataFrame = rows) -> pl.DataFrame:
        low, best, high = numbers
        return rows.select(
            "incident_id",
            group=pl.lit(group.value),
            harm=pl.lit(harm.value),
            low=low,
            best=best,
            high=high,
            raw_text=text if harm is Harm.KILLED else pl.lit(None, pl.String),
            **{FILE: pl.col(FILE), ROW: pl.col(ROW)},
        )

    return pl.concat(
        [
            counted(CasualtyGroup.ALL_PEOPLE, Harm.KILLED, pl.col("n_low"), pl.col("n_best"), pl.col("n_high")),
            counted(CasualtyGroup.CIVILIANS, Harm.KILLED, civilians, civilians, at_most),
            counted(CasualtyGroup.CIVILIANS, Harm.INJURED, nobody, nobody, nobody),
            counted(
                CasualtyGroup.BELLIGERENTS, Harm.KILLED, fighters, fighters, fighters, rows=rows.filter(state_based)
            ),
        ]
    )


def reports(rows: pl.DataFrame, dataset_id: str, known_on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of report and incident_report, from citations such as "office,date,headline";"office,date,headline".

    A text without quotes around it is one report, for a semicolon may be part of a headline; what does not read office,
    date, headline has no publisher or date. A date after `known_on`, or the one that stands for none, is left empty:
    a mistyped date of a citation is no reason to leave out the event. raw_text keeps the citation.
    """
    text = pl.col("source_article").str.strip_chars()
    quoted = text.str.contains(r'(?s)^".*"$')
    cited = (
        rows.select(
            "incident_id",
            FILE,
            ROW,
            raw_text=pl.when(quoted)
            .then(text.str.strip_prefix('"').str.strip_suffix('"').str.split('";"'))
            .otherwise(pl.concat_list(text)),
        )
        .explode("raw_text")
        .with_columns(pl.col("raw_text").str.strip_chars())
        .filter(pl.col("raw_text") != "")
    )
    citation = pl.col("raw_text").str.extract_groups(_CITATION).struct
    on = citation.field("day").str.to_date("%Y-%m-%d", strict=False)
    publisher = citation.field("publisher").str.strip_chars()
    texts = (
        cited.select("raw_text")
        .unique(maintain_order=True)
        .with_columns(
            report_id=pl.col("raw_text").map_elements(lambda t: _report_id(dataset_id, t), return_dtype=pl.String),
            source_type=source_type(publisher),
            access=pl.lit(Access.PUBLIC.value),
            account_kind=pl.lit(AccountKind.NOT_SOCIAL_MEDIA.value),
            publisher=publisher,
            title=pl.coalesce(citation.field("title").str.strip_chars(), "raw_text"),
            published_on=pl.when(on <= known_on).then(published(on)),
        )
    )
    report = cited.join(texts, on="raw_text", how="left", maintain_order="left", validate="m:1")
    link = report.select("incident_id", "report_id", pl.lit("stated").alias("method"), FILE, ROW)
    return report.drop("incident_id"), link.unique(["incident_id", "report_id"], keep="first", maintain_order=True)


def _meaning(column: str, meanings: dict[int, str]) -> pl.Expr:
    return pl.col(f"code_{column}").replace_strict(meanings, default=None, return_dtype=pl.String)


def _report_id(dataset_id: str, citation: str) -> str:
    """Stable identifier of a citation."""
    return f"{dataset_id}:{hashlib.sha256(citation.encode()).hexdigest()[:16]}"
