"""The curated list of organisations whose reports Airwars cites: who speaks at an address or under a title."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.schema import LIST_SEPARATOR
from warehouse.text import fold

PUBLISHERS = Path(__file__).parents[1] / "reference" / "airwars_publishers.csv"
"""One row per organisation. Columns: publisher (display name), source_type, its accounts on twitter, facebook and
telegram, its web hosts, titles that Airwars gives its posts (a final * stands for any ending), and the reason for
the source type; several values are separated by "; "."""
TEXT_ENDING = r"(news|report|statement)+$"
"""What Airwars adds to a publisher's name in a title."""


@dataclass(frozen=True)
class Names:
    """The curated list by what is looked up.

    Attributes:
        addresses: "platform:account" or "web:host" -> publisher.
        titles: plain title -> publisher.
        starts: start of a plain title -> publisher.
        own: "publisher:plain name" for all names of a publisher.
        source_types: publisher -> source type.
    """

    addresses: dict[str, str]
    titles: dict[str, str]
    starts: dict[str, str]
    own: frozenset[str]
    source_types: dict[str, str]


@cache
def publisher_names() -> Names:
    """The curated list; raises InputError if it gives one name to two publishers."""
    listed = pl.read_csv(PUBLISHERS, infer_schema=False)
    long = (
        listed.unpivot(["twitter", "facebook", "telegram", "web", "titles"], index="publisher")
        .drop_nulls()
        .with_columns(pl.col("value").str.split(LIST_SEPARATOR))
        .explode("value")
        .with_columns(plain=plain(pl.col("value")))
    )
    by_title = pl.col("variable") == "titles"
    is_start = by_title & pl.col("value").str.ends_with("*")
    addresses = long.filter(~by_title).select(pl.format("{}:{}", "variable", "value"), "publisher")
    titles = long.filter(by_title & ~is_start).select("plain", "publisher")
    own = pl.concat([long.select("publisher", "plain"), listed.select("publisher", plain=plain(pl.col("publisher")))])
    return Names(
        addresses=_one_to_one(addresses),
        titles=_one_to_one(titles),
        starts=_one_to_one(long.filter(is_start).select("plain", "publisher")),
        own=frozenset(
            own.select(pl.format("{}:{}", "publisher", pl.col("plain").str.replace(TEXT_ENDING, ""))).to_series()
        ),
        source_types=dict(listed.select("publisher", "source_type").iter_rows()),
    )


def _one_to_one(pairs: pl.DataFrame) -> dict[str, str]:
    """Name -> publisher; raises InputError if the list gives one name to two publishers."""
    distinct = pairs.unique()
    twice = distinct.filter(distinct.to_series(0).is_duplicated())
    if twice.height:
        raise InputError(
            f"{PUBLISHERS.name}: these names stand for two publishers: {', '.join(sorted(set(twice.to_series(0))))}."
        )
    return dict(pairs.iter_rows())


def plain(text: pl.Expr) -> pl.Expr:
    """Letters and digits only, folded: "@AJA.Palestine" and "AJA Palestine" are one name."""
    return fold(text).str.replace_all(r"[^\p{L}\p{N}]", "")
