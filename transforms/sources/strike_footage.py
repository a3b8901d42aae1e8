"""Strike footage that the Israeli military published, as Airwars located it: a folder with data.csv.

SOURCE: Airwars, "The Killings They Tweeted", the data behind the map: data.csv of
https://github.com/Airwars-org/the-killings-they-tweeted; no licence stated.

One row is one strike seen in a clip, and one report here: a clip may show several, and the group ID keeps those
together. Rows with an Airwars code are linked to that incident of the data set on Gaza, as the source states; the
others have no incident. Beside the coordinates stand those that the review of 1 October 2024 asks for; in the export of
that month they agree, so the first ones have been corrected already.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from transforms.dates import english_dates
from transforms.delimited import read_csv
from transforms.source import (
    FILE,
    REFUSED_SCHEMA,
    ROW,
    Canonical,
    Dataset,
    Raw,
    canonical_columns,
    export_dates,
    raw_file,
)
from transforms.sources.airwars_rows import degrees, unlisted
from warehouse.errors import InputError
from warehouse.vocabulary import Access, AccountKind, SourceType

DATASET_ID = "strike-footage"
DATA = "data.csv"
REVIEW = "Review 01/10/2024"
PUBLISHER = "Israel Defense Forces"
ACCOUNTS = frozenset({"idf", "idfonline", "iafsite"})
"""The military's accounts on Twitter. Another one may be a person's, so it stops the load; YouTube names none."""
PLATFORMS = {
    "twitter.com": "Twitter", "x.com": "Twitter", "www.youtube.com": "YouTube", "youtube.com": "YouTube",
    "youtu.be": "YouTube",
}  # fmt: skip

USED = (
    "Post Date", "Incident date", "Title", "Civilians reported killed", "Location", "Airwars ref code", "Airwars link",
    "lat", "lon", "Footage link", "Timestamp of clip", "Notes", "Unmatched ID", "Group ID", REVIEW,
)  # fmt: skip
LEFT_OUT = {
    "Clip uploaded to Google Drive": "Airwars' own work; always TRUE",
    "direction": "where the page puts a label",
    "External Geolocation Credit": "names personal accounts: never loaded",
    "": "a column without a name and without values; one with values stops the load",
}
RESTRICTED = frozenset({"External Geolocation Credit", "Title", "Notes", REVIEW})
"""Quarantine never copies them: titles name families that were hit, credits name accounts, notes are free text."""

_IN_RAW_TEXT = tuple(c for c in USED if c not in ("Title", "Airwars link", "Footage link"))
"""Columns quoted in raw_text: all but addresses, and the title, which names the families that were hit."""
_NO_YEAR = r"^[A-Z][a-z]+ \d{1,2}$"
_REVIEWED = r"(-?\d{1,3}\.\d+),\s*(-?\d{1,3}\.\d+)"


def read(path: Path, known_on: date | None) -> Raw:
    """Read the export as text.

    Args:
        path: the folder.
        known_on: day of the export, where the folder's SOURCE.txt does not say.

    Raises:
        InputError: the file is missing, empty or damaged, or has other columns; or the export's day is not stated.
    """
    if not path.is_dir():
        raise InputError(f"{path} is not a folder; give the folder that holds {DATA}.")
    frame = read_csv(path / DATA, (*USED, *LEFT_OUT))
    if frame.is_empty():
        raise InputError(f"{DATA} holds a header and no rows; export it again.")
    return Raw(dataset(*export_dates(path, known_on)), (raw_file(path / DATA, frame, restricted=RESTRICTED),))


def dataset(retrieved_on: date, known_on: date) -> Dataset:
    """The data set of an export."""
    return Dataset(
        dataset_id=DATASET_ID,
        source_module="strike_footage",
        title="Strike footage of the Israeli military, located by Airwars",
        publisher="Airwars",
        url="https://github.com/Airwars-org/the-killings-they-tweeted",
        licence="none stated",
        redistributable=False,
        retrieved_on=retrieved_on,
        known_on=known_on,
    )


def transform(raw: Raw) -> Canonical:
    """One report per row, and a stated link where the row has an Airwars code.

    Raises:
        InputError: a platform, an account or a value in the column without a name is not listed.
    """
    (file,) = raw.files
    rows = file.frame.with_columns(pl.all().exclude(ROW).str.strip_chars().replace("", None)).pipe(_parsed)
    if problems := [*_unlisted(rows, file.name)]:
        raise InputError(problems)
    refused = _refused(rows, file.name)
    rows = rows.join(refused.select(ROW), on=ROW, how="anti", maintain_order="left")
    report = rows.with_columns(
        source_type=pl.lit(SourceType.FOREIGN_GOVERNMENT.value),
        access=pl.lit(Access.PUBLIC.value),
        account_kind=pl.lit(AccountKind.ORGANISATION.value),
        publisher=pl.lit(PUBLISHER),
        url="Footage link",
        place="Location",
    )
    link = rows.filter(pl.col("code").is_not_null()).with_columns(
        incident_id=pl.lit("airwars:") + pl.col("code"), method=pl.lit("stated")
    )
    tables = {name: _shaped(name, frame, file.name) for name, frame in (("report", report), ("incident_report", link))}
    return Canonical(raw.dataset, raw.files, tables, refused=refused)


def _parsed(rows: pl.DataFrame) -> pl.DataFrame:
    """Add typed columns.

    A date of posting without a year has that of the incident beside it, unless the post would then precede the strike.
    """
    # Step by step: one expression of all of them takes Polars minutes to plan.
    dated = rows.with_columns(event_on=_day(pl.col("Incident date")), posted_on=_day(pl.col("Post Date")))
    dated = dated.with_columns(
        with_year=_day(pl.when(_lacks_year("Post Date")).then(pl.format("{}, {}", "Post Date", _year("event_on"))))
    )
    dated = dated.with_columns(taken=pl.when(pl.col("with_year") >= pl.col("event_on")).then("with_year"))
    note = pl.when(pl.col("taken").is_not_null()).then(pl.lit(" [year taken from the incident date]"))
    texts = [
        pl.when(pl.col(c).is_not_null()).then(
            pl.format("{}: {}{}", pl.lit(c), c, note.fill_null("") if c == "Post Date" else pl.lit(""))
        )
        for c in _IN_RAW_TEXT
    ]
    return dated.with_columns(
        code="Airwars ref code",
        report_id=pl.lit(f"{DATASET_ID}:") + pl.coalesce("Unmatched ID", "Airwars ref code"),
        published_on=pl.coalesce("posted_on", "taken"),
        latitude=degrees("lat"),
        longitude=degrees("lon"),
        reviewed_latitude=pl.col(REVIEW).str.extract(_REVIEWED, 1).cast(pl.Float64),
        reviewed_longitude=pl.col(REVIEW).str.extract(_REVIEWED, 2).cast(pl.Float64),
        host=pl.col("Footage link").str.extract(r"^https?://([^/?#]+)/", 1).str.to_lowercase(),
        account=pl.col("Footage link").str.extract(r"^https?://[^/]+/([^/?#]+)/status/", 1).str.to_lowercase(),
        raw_text=pl.concat_str(texts, separator="\n", ignore_nulls=True),
    ).with_columns(platform=pl.col("host").replace_strict(PLATFORMS, default=None, return_dtype=pl.String))


def _day(text: pl.Expr) -> pl.Expr:
    """The day that "October 8 2023", "October 8, 2023" or "October 8,2023" names; null for any other text."""
    date = english_dates(text.str.replace(r"^(\D+ \d{1,2}),?\s*(\d{4})$", "${1}, ${2}")).struct
    return pl.when(date.field("date_start") == date.field("date_end")).then(date.field("date_start"))


def _lacks_year(column: str) -> pl.Expr:
    return pl.col(column).str.contains(_NO_YEAR)


def _year(column: str) -> pl.Expr:
    return pl.col(column).dt.year()


def _unlisted(rows: pl.DataFrame, file: str) -> list[str]:
    """One sentence each for hosts, accounts and a column without a name that nobody has given a meaning."""
    posts = rows.filter(pl.col("platform") == "Twitter").select(pl.col("account").fill_null("no account"))
    return [
        *unlisted(
            file, rows.select(pl.col("host").fill_null("no web address")).to_series(), PLATFORMS, "strike_footage"
        ),
        *unlisted(file, posts.to_series(), ACCOUNTS, "strike_footage"),
        *unlisted(file, rows[""], (), "strike_footage"),
    ]


def _refused(rows: pl.DataFrame, file: str) -> pl.DataFrame:
    """Rows that cannot be a report, each with its first fault."""
    in_address = pl.col("Airwars link").str.extract(r"/civilian-casualties/([a-z]+\d+[a-z]?)-", 1)
    faults = {
        "footage_identified": (
            pl.col("report_id").is_null(),
            pl.lit("neither Airwars ref code nor Unmatched ID is given"),
        ),
        "code_readable": (
            pl.col("code").is_not_null() & ~pl.col("code").str.contains(r"^[A-Z]+\d+[a-z]?$"),
            pl.format('Airwars ref code "{}" is no code', "code"),
        ),
        "code_agrees_with_address": (
            pl.col("Airwars link").is_not_null() & pl.col("code").str.to_lowercase().ne_missing(in_address),
            pl.format("Airwars ref code {} and Airwars link {} name two incidents", _shown("code"), "Airwars link"),
        ),
        **{
            f"{name}_readable": (
                pl.col(name).is_not_null() & pl.col(parsed).is_null() & ~pl.col(name).str.contains(allowed),
                pl.format('{} "{}" cannot be read', pl.lit(name), name),
            )
            for name, parsed, allowed in (
                ("Post Date", "published_on", _NO_YEAR),
                ("Incident date", "event_on", _NO_YEAR),
                ("lat", "latitude", r"^$"),
                ("lon", "longitude", r"^$"),
            )
        },
    }
    return (
        rows.with_columns(
            rule=pl.coalesce(pl.when(broken).then(pl.lit(f"report.{rule}")) for rule, (broken, _) in faults.items()),
            reason=pl.coalesce(pl.when(broken).then(what) for broken, what in faults.values()),
        )
        .filter(pl.col("rule").is_not_null())
        .select(
            pl.lit(file).alias(FILE),
            pl.col(ROW),
            "rule",
            reason=pl.format("{}, row {}: {}.", pl.lit(file), ROW, "reason"),
        )
        .cast(REFUSED_SCHEMA)  # type: ignore[arg-type]
    )


def _shown(column: str) -> pl.Expr:
    return pl.col(column).fill_null("(empty)")


def _shaped(table: str, frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """The table's columns, those without a value null, plus FILE and ROW."""
    return frame.select(
        *(
            (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in canonical_columns(table).items()
        ),
        pl.lit(file).alias(FILE),
        pl.col(ROW).cast(pl.Int64),
    )
