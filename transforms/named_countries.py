"""Countries as conflict data sets name them, and which governments can be recipients of US arms."""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl
import pycountry

OTHER_NAMES: dict[str, str] = {
    "Bosnia-Herzegovina": "BIH",
    "Brunei": "BRN",
    "Cambodia (Kampuchea)": "KHM",
    "Cape Verde": "CPV",
    "Cote d'Ivoire": "CIV",
    "Czech Republic": "CZE",
    "DR Congo (Zaire)": "COD",
    "Democratic Republic of Congo": "COD",
    "East Timor": "TLS",
    "German Democratic Republic": "DEU",
    "Ivory Coast": "CIV",
    "Kingdom of eSwatini (Swaziland)": "SWZ",
    "Macedonia, FYR": "MKD",
    "Madagascar (Malagasy)": "MDG",
    "Myanmar (Burma)": "MMR",
    "Palestine": "PSE",
    "Republic of Congo": "COG",
    "Rumania": "ROU",
    "Russia": "RUS",
    "Russia (Soviet Union)": "RUS",
    "Serbia (Yugoslavia)": "SRB",
    "Swaziland": "SWZ",
    "eSwatini": "SWZ",
    "Turkey": "TUR",
    "United States of America": "USA",
    "Vietnam (North Vietnam)": "VNM",
    "Yemen (North Yemen)": "YEM",
    "Zimbabwe (Rhodesia)": "ZWE",
}
"""Names that ISO 3166 does not use, as UCDP and ACLED write them -> alpha-3 code of the country of today."""

NO_PARTNER: dict[str, str] = {
    **dict.fromkeys(
        ("BLR", "CHN", "CUB", "IRN", "MMR", "PRK", "SYR", "VEN"),
        "policy of denial for defense articles, 22 CFR 126.1(d)(1)",
    ),
    "RUS": "embargo on defense articles, 22 CFR 126.1",
    "USA": "the supplier itself",
}
"""Governments that are no recipients of US arms -> reason."""
PARTNER_FROM: dict[str, date] = {"IRQ": date(2003, 5, 22)}
"""First day on which a government could be one: Iraq, under embargo until UN resolution 1483."""
PARTNER_BEFORE: dict[str, date] = {"AFG": date(2021, 8, 15)}
"""First day on which it no longer could: Afghanistan, the day on which the Taliban took Kabul."""


@cache
def codes_by_name() -> dict[str, str]:
    """Name -> ISO 3166-1 alpha-3 code: names of ISO 3166, common ones, and `OTHER_NAMES`."""
    names: dict[str, str] = {}
    for country in pycountry.countries:
        names[country.name] = country.alpha_3
        if common := getattr(country, "common_name", None):
            names[common] = country.alpha_3
    return names | OTHER_NAMES


@cache
def codes_by_number() -> dict[int, str]:
    """ISO 3166-1 number -> alpha-3 code."""
    return {int(country.numeric): country.alpha_3 for country in pycountry.countries}


def country_code(name: pl.Expr) -> pl.Expr:
    """ISO 3166-1 alpha-3 code of a named country; null where the name is not known."""
    return name.replace_strict(codes_by_name(), default=None, return_dtype=pl.String)


def partner(government_of: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Code of the country whose government it is, where it can be a recipient of US arms on that day, else null.

    It says whose forces are named, not that arms were delivered: that is in the transfer table.
    """
    code = country_code(government_of)
    earliest = code.replace_strict(PARTNER_FROM, default=None, return_dtype=pl.Date)
    latest = code.replace_strict(PARTNER_BEFORE, default=None, return_dtype=pl.Date)
    ruled_out = code.is_in(list(NO_PARTNER)) | (day < earliest).fill_null(value=False)
    return pl.when(~ruled_out & ~(day >= latest).fill_null(value=False)).then(code)
