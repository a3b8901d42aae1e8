"""The sources of an Airwars export -> report rows and links, with personal accounts kept apart from organisations.

Who speaks is read off the address (host, account), or off the title where the address does not tell (a shared post, an
archived copy). Only names of the curated list `reference/airwars_publishers.csv` are organisations; any other account
on social media is treated as a person: its name goes to the restricted column and the query layer hides its address.
"""

from __future__ import annotations

import hashlib

import polars as pl

from transforms.source import FILE, ROW
from transforms.sources import airwars_terms as terms
from transforms.sources.airwars_publishers import TEXT_ENDING, plain, publisher_names
from warehouse.vocabulary import Access, AccountKind, SourceType

SOCIAL_HOSTS = {
    "twitter.com": "Twitter", "x.com": "Twitter", "facebook.com": "Facebook", "fb.watch": "Facebook",
    "fb.com": "Facebook", "t.me": "Telegram", "telegram.me": "Telegram", "instagram.com": "Instagram",
    "youtube.com": "YouTube", "youtu.be": "YouTube", "tiktok.com": "TikTok", "linkedin.com": "LinkedIn",
    "threads.net": "Threads", "vk.com": "VK", "reddit.com": "Reddit", "bsky.app": "Bluesky",
}  # fmt: skip
HIDING_HOSTS = r"^(archive\.[a-z0-9]*|web\.archive\.org|(docs|drive|translate)\.google\.com|google\.com|[^.]+)$"
"""Addresses that do not tell who published the page: archives, shared documents, names without a domain."""
PERSONAL_SITES = r"\.(blogspot|wordpress|substack|tumblr|medium)\.com$"
NEUTRAL_PATHS = (
    "permalink.php", "story.php", "share", "watch", "reel", "photo", "photo.php", "photos", "video.php", "videos",
    "p", "shorts", "",
)  # fmt: skip
"""First part of a social media path that names no account, so that the title tells whose post it is."""


def reports(rows: pl.DataFrame, file: str, dataset_id: str) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Rows of report and incident_report, one of each per input row, and the input rows refused.

    A report is known by its address, or by its archived copy's where no address is given. Rows that cite the same
    address get the same values: those of the first row that gives it as address, and the first day that one of them
    states.

    Args:
        rows: text columns page, title, url, archive_url, tags (separated by "|"), raw_text; address (by which the
            report is known), published_on, incident_id (null where no incident has that page), ROW.
        file: name of the file.
        dataset_id: first part of a report's identifier, for two data sets may cite one address.
    """
    no_address, no_incident = pl.col("address").is_null(), pl.col("incident_id").is_null()
    refused = rows.filter(no_address | no_incident).select(
        pl.lit(file).alias(FILE),
        pl.col(ROW),
        rule=pl.when(no_address)
        .then(pl.lit("report.address_given"))
        .otherwise(pl.lit("incident_report.incident_id_references_incident")),
        reason=pl.when(no_address)
        .then(pl.format(f"{file}, row {{}}: neither an address of the source nor an archived copy is given.", ROW))
        .otherwise(pl.format(f"{file}, row {{}}: page {{}} is not in incidents.csv.", ROW, pl.col("page"))),
    )
    rows = rows.filter(~no_address & ~no_incident).with_columns(pl.lit(file).alias(FILE))
    report = _per_address(rows, dataset_id)
    if report["report_id"].n_unique() != report.height:
        raise AssertionError("two addresses have the same hash; make the hash longer")
    linked = rows.select("address", "incident_id", FILE, ROW).join(
        report, on="address", how="left", maintain_order="left", validate="m:1"
    )
    links = linked.select("incident_id", "report_id", pl.lit("stated").alias("method"), FILE, ROW)
    return linked.drop("address", "incident_id"), links, refused


def _per_address(rows: pl.DataFrame, dataset_id: str) -> pl.DataFrame:
    """One row per address: the report's columns."""
    named = _with_publisher(_with_account(rows))
    is_social = pl.col("platform") != "Web"
    is_listed = pl.col("publisher").is_not_null()
    is_hidden = pl.col("is_hidden") | pl.col("host").str.contains(PERSONAL_SITES)
    tags = pl.col("tags").fill_null("").str.split("|")
    return (
        named.with_columns(
            # A post that one page calls an organisation's and another a person's is treated as a person's.
            publisher=pl.when((is_listed | pl.col("url").is_null()).all().over("address")).then("publisher"),
            published_on=pl.col("published_on").drop_nulls().first().over("address"),
        )
        .sort(pl.col("url").is_null(), ROW)
        .unique("address", keep="first", maintain_order=True)
        .select(
            "address",
            report_id=pl.format("{}:{}", pl.lit(dataset_id), pl.col("address").map_elements(_hash, pl.String)),
            access=pl.lit(Access.PUBLIC.value),
            source_type=pl.when(is_listed)
            .then("source_type")
            .when(is_social.fill_null(value=False))
            .then(pl.lit(SourceType.SOCIAL_MEDIA.value))
            .otherwise(pl.lit(SourceType.UNKNOWN.value)),
            account_kind=pl.when(is_listed & is_social.fill_null(value=False))
            .then(pl.lit(AccountKind.ORGANISATION.value))
            .when(~is_listed & (is_social.fill_null(value=True) | is_hidden))
            .then(pl.lit(AccountKind.PERSONAL.value))
            .otherwise(pl.lit(AccountKind.NOT_SOCIAL_MEDIA.value)),
            publisher=pl.coalesce("publisher", pl.when(~is_social & ~is_hidden).then("host")),
            title=pl.when(is_listed & pl.col("is_title_listed")).then("title"),
            account_name=pl.when(~(is_listed & pl.col("is_title_listed"))).then("title"),
            platform="platform",
            url="url",
            archive_url="archive_url",
            language=tags.list.filter(pl.element().is_in(list(terms.LANGUAGES))).list.first(),
            published_on="published_on",
            raw_text="raw_text",
        )
    )


def _with_account(rows: pl.DataFrame) -> pl.DataFrame:
    """Add host, platform ("Web" for a page, null where the address hides it), account and is_hidden."""
    tagged = pl.col("tags").fill_null("").str.split("|").list.filter(pl.element().is_in(list(terms.TAGGED_PLATFORMS)))
    # An archive's address may end with the address it archived.
    inner = pl.col("address").str.extract(
        r"^[a-z]*:?//(?:[^/]*archive[^/]*|(?:www\.)?google\.com)/.*?(https?://.+)$", 1
    )
    return (
        rows.with_columns(address_of_post=pl.coalesce(inner, "address"))
        .with_columns(
            host=pl.col("address_of_post")
            .str.extract(r"^[a-z]*:?//([^/?#]+)", 1)
            .str.to_lowercase()
            .str.replace(r"^(www|m|mobile|web|amp|l|ar-ar|en-gb)\.", ""),
            account=pl.col("address_of_post")
            .str.extract(r"^[a-z]*:?//[^/]+/(?:s/)?([^/?&#]*)", 1)
            .str.to_lowercase()
            .fill_null(""),
        )
        .with_columns(
            is_hidden=pl.col("host").is_null() | pl.col("host").str.contains(HIDING_HOSTS),
            site=pl.col("host").replace_strict(SOCIAL_HOSTS, default=None, return_dtype=pl.String),
        )
        .with_columns(
            platform=pl.coalesce("site", pl.when("is_hidden").then(tagged.list.first()).otherwise(pl.lit("Web")))
        )
    )


def _with_publisher(rows: pl.DataFrame) -> pl.DataFrame:
    """Add publisher and source_type where the curated list knows who speaks, and is_title_listed."""
    names = publisher_names()
    is_web = (pl.col("platform") == "Web").fill_null(value=False)
    is_neutral = pl.col("is_hidden") | (~is_web & pl.col("account").is_in(NEUTRAL_PATHS))
    key = pl.when(~is_neutral).then(
        pl.format("{}:{}", pl.col("platform").str.to_lowercase(), pl.when(is_web).then("host").otherwise("account"))
    )
    title = pl.col("plain_title")
    by_start = pl.coalesce(
        [pl.when(title.str.starts_with(start)).then(pl.lit(name)) for start, name in names.starts.items()]
    )
    by_title = pl.when(is_neutral).then(title.replace_strict(names.titles, default=None, return_dtype=pl.String))
    return (
        rows.with_columns(
            plain_title=plain(pl.col("title").str.replace(_NUMBER_ENDING, "")).str.replace(_PLATFORM_ENDING, "")
        )
        .with_columns(
            by_start=by_start,
            publisher=pl.coalesce(
                # A list of the ministry stays the ministry's where a newspaper's site hosts it.
                pl.when(is_web | pl.col("is_hidden")).then(by_start),
                key.replace_strict(names.addresses, default=None, return_dtype=pl.String),
                by_title,
            ),
        )
        .with_columns(
            source_type=pl.col("publisher").replace_strict(names.source_types, default=None, return_dtype=pl.String),
            is_title_listed=pl.col("by_start").eq_missing(pl.col("publisher"))
            | pl.format("{}:{}", "publisher", title.str.replace(TEXT_ENDING, "")).is_in(list(names.own)),
        )
    )


_NUMBER_ENDING = r"\s*\(\d\)\s*$"
"""Airwars numbers the posts of one publisher."""
_PLATFORM_ENDING = r"(facebook|twitter|telegram|youtube|instagram)$"


def _hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]
