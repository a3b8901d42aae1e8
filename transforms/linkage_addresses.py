"""Addresses of sources: in one form, and apart from those of pages about many events."""

from __future__ import annotations

import polars as pl

RARE_ADDRESS_INCIDENTS = 3
"""An address that more incidents cite is a page about many events (a day's digest, a database)."""


def normal_address(address: pl.Expr) -> pl.Expr:
    """One form of an address: no scheme, `www.`, fragment, tracking parameters or final slash; x.com is twitter.com.

    The host is in lower case, the rest stays as it is: identifiers of posts and videos differ by case.
    """
    bare = address.str.strip_chars().str.replace(r"(?i)^https?://(www\.|m\.|mobile\.)?", "")
    host = bare.str.extract(r"^([^/?#]*)").str.to_lowercase().str.replace(r"^x\.com$", "twitter.com")
    rest = (
        bare.str.replace(r"^[^/?#]*", "")
        .str.replace(r"#.*$", "")
        .str.replace_all(r"([?&])(utm_[a-z]+|fbclid|s|t|ref|ref_src|igshid|mibextid)=[^&]*", "$1")
        .str.replace_all(r"&{2,}", "&")
        .str.replace(r"\?&", "?")
        .str.replace(r"[?&/]+$", "")
    )
    return host + rest


def cited_addresses(reports: pl.DataFrame, links: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """unique_id, addresses and rare_addresses: of an incident's linked reports, and of a report itself.

    Addresses are hashes, which take a tenth of the memory: that two are the same by chance happens once in a million
    builds of a million addresses.

    Args:
        reports: current rows of `report`.
        links: current rows of `incident_report`; those that the linkage itself made say nothing about it.
        records: unique_id of those that are compared, and has_own_address: whether a further address is cited that no
            other record has.
    """
    reports = reports.select("report_id", address=normal_address(pl.col("url")))
    reports = reports.filter(pl.col("address").str.len_chars() > 0).with_columns(pl.col("address").hash())
    cited = (
        links.filter(pl.col("method") == "stated")
        .join(reports, on="report_id")
        .select("incident_id", "address")
        .unique()
    )
    counts = cited.group_by("address").agg(incidents=pl.len())
    own = records.filter("has_own_address")
    pairs = pl.concat(
        [
            cited.select("address", unique_id="incident:" + pl.col("incident_id")),
            reports.select("address", unique_id="report:" + pl.col("report_id")).join(
                records, on="unique_id", how="semi"
            ),
            own.select(address=pl.col("unique_id").hash(), unique_id="unique_id"),
        ]
    ).join(counts, on="address", how="left")
    rare = pl.col("incidents").fill_null(0) <= RARE_ADDRESS_INCIDENTS
    return (
        pairs.group_by("unique_id")
        .agg(addresses=pl.col("address").sort(), rare_addresses=pl.col("address").filter(rare).sort())
        .with_columns(rare_addresses=pl.when(pl.col("rare_addresses").list.len() > 0).then("rare_addresses"))
    )
