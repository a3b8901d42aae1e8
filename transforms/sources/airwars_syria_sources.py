"""The sources that Airwars' archive of Syria names, in the form that `airwars_reports` reads."""

from __future__ import annotations

import polars as pl

from transforms.dates import arabic_days, english_dates, published
from transforms.source import ROW
from transforms.sources import airwars_syria_terms as terms


def sources(frame: pl.DataFrame, incident_rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of sources.csv as `airwars_reports.reports` takes them.

    Set aside are addresses that lead to no report: the incident's own page (the source has none), the page for
    suspended accounts, the form for a new archived copy. raw_text says so, and how the date is written. A source that
    is left without an address is known by its incident and its name. The apostrophe before "@" is the export's own: it
    keeps spreadsheets from taking the name for a formula.
    """
    pages = incident_rows.select("airwars_id", "incident_id", page_url="url")
    rows = frame.join(
        pages.unique("airwars_id", keep="first", maintain_order=True),
        on="airwars_id",
        how="left",
        maintain_order="left",
        validate="m:1",
    )
    is_own = {c: pl.col(c).eq_missing(pl.col("page_url")) for c in ("url", "archive_url")}
    no_url = is_own["url"] | pl.col("url").str.contains(terms.NO_ADDRESS)
    no_archive = is_own["archive_url"] | pl.col("archive_url").str.contains(terms.NO_ARCHIVE)
    written = pl.col("source_date").str.strip_chars()
    notes = (
        pl.when(written != "").then(pl.format("Date as given: {}", written)),
        pl.when(no_url).then(pl.format("Address as given: {}", "url")),
        pl.when(no_archive).then(pl.format("Archived copy as given: {}", "archive_url")),
    )
    return (
        rows.with_columns(
            page="airwars_id",
            title=pl.col("name").str.replace("^'@", "@"),
            tags=tags().list.join("|"),
            published_on=published(
                pl.coalesce(arabic_days(written), english_dates(written).struct.field("date_start"))
            ),
            raw_text=pl.concat_str(notes, separator="\n", ignore_nulls=True).replace("", None),
            url=pl.when(~no_url).then("url"),
            archive_url=pl.when(~no_archive).then("archive_url"),
        )
        .with_columns(address=pl.coalesce("url", "archive_url", pl.format("{}#{}", "page", "title")))
        .select(
            "page", "incident_id", "title", "tags", "published_on", "raw_text", "url", "archive_url", "address", ROW
        )
    )


def tags() -> pl.Expr:
    """The list of languages and platforms, which the export writes on a line or on several."""
    return pl.col("language_platform").str.extract_all(r"\S+")
