"""What the sources of arms transfers share: names of countries, stable identifiers, the shape of the table."""

from __future__ import annotations

import hashlib
from functools import cache

import polars as pl
import pycountry

from transforms.source import FILE, ROW, canonical_columns
from warehouse.countries import country_labels
from warehouse.text import fold, fold_text

OTHER_NAMES = {
    "Bosnia-Herzegovina": "BIH",
    "Brunei": "BRN",
    "Burma": "MMR",
    "Cape Verde": "CPV",
    "Cote d'Ivoire": "CIV",
    "DR Congo": "COD",
    "Ivory Coast": "CIV",
    "Micronesia": "FSM",
    "Palestine": "PSE",
    "Republic of Korea": "KOR",
    "Russia": "RUS",
    "Saint Vincent": "VCT",
    "Turkey": "TUR",
    "Turkiye": "TUR",
    "UAE": "ARE",
    "UK": "GBR",
    "United States of America": "USA",
    "USA": "USA",
}
"""Common names that ISO 3166 does not list -> ISO 3166-1 alpha-3 code."""

_LOCAL = (FILE, ROW)


def country_code(text: pl.Expr) -> pl.Expr:
    """ISO 3166-1 alpha-3 code of a country's name or code; null where the text is exactly neither.

    Names are those of ISO 3166 (short, official and common ones) and `OTHER_NAMES`; case and accents do not count.
    """
    return fold(text).replace_strict(_codes(), default=None, return_dtype=pl.String)


@cache
def _codes() -> dict[str, str]:
    named = {name: c.alpha_3 for c in pycountry.countries for name in _names(c)}
    named |= {name: code for code, name in country_labels().items()} | OTHER_NAMES
    return {fold_text(name): code for name, code in named.items()}


def _names(country: object) -> list[str]:
    names = (getattr(country, kind, None) for kind in ("alpha_3", "name", "official_name", "common_name"))
    return [name for name in names if name]


def with_transfer_id(rows: pl.DataFrame, dataset_id: str, identity: tuple[str, ...]) -> pl.DataFrame:
    """Adds transfer_id, for sources that number nothing.

    The identifier is a hash of the identifying columns. Rows that agree in all of these are counted in the order of
    their other columns (never of their place in the file, which may change from export to export).

    Args:
        rows: columns of the transfer table, FILE and ROW.
        dataset_id: stands in front of the identifier.
        identity: columns that no later export is expected to change; null counts as a value.
    """
    others = [c for c in rows.columns if c not in identity and c not in _LOCAL]
    text = pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in identity], separator="\x1f")
    return (
        rows.with_columns(_identity=text)
        .sort(*others, ROW, maintain_order=True)
        .with_columns(_number=pl.int_range(1, pl.len() + 1).over("_identity"))
        .with_columns(
            transfer_id=pl.format(
                "{}:{}{}",
                pl.lit(dataset_id),
                pl.col("_identity").map_elements(_hashed, return_dtype=pl.String),
                pl.when(pl.col("_number") > 1).then(pl.format("#{}", "_number")).otherwise(pl.lit("")),
            )
        )
        .sort(FILE, ROW)
        .drop("_identity", "_number")
    )


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def shaped(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of the transfer table, those without a value null, plus FILE and ROW."""
    return rows.select(
        *(
            (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in canonical_columns("transfer").items()
        ),
        FILE,
        pl.col(ROW).cast(pl.Int64),
    )
