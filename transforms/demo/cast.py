"""Where and when each synthetic incident took place, before anybody reported it: what the other tables hang on.

The proportions follow what the press reported in October 2024 of the real review (nearly 500 incidents in Gaza, none
at the third stage); the incidents themselves are invented. Places are real, with approximate centre points.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from transforms.demo.draw import day_number, log_normal, stream

KNOWN_ON: Final = date(2024, 10, 30)
"""The demonstration's day of knowledge; no date in it is later."""
GAZA_START: Final = date(2023, 10, 7)
OTHERS_START: Final = date(2023, 8, 23)
"""Day of the guidance: it was cabled on 23 August 2023."""
GAZA_SHARE: Final = 10 / 13
"""500 of 650."""
REPORTS_MAX: Final = 36
"""Reports that an incident gets of its own; up to four more are shared with its neighbours."""
RECEIVED_WITHIN_DAYS: Final = 45

PLACES_FILE = Path(__file__).parents[1] / "reference" / "demo_places.csv"
"""Columns: country (ISO 3166-1 alpha-3), admin1, place, place_ar, kind (a value of geo_precision), latitude, longitude
(degrees, approximate), scatter_m (how far from it an exact point may lie), inland_deg (bearing away from a near coast
or border; empty where there is none)."""


@dataclass(frozen=True)
class Setting:
    """A country where incidents happen: whose forces, and in which languages it is reported, the commonest first."""

    partner_country: str
    belligerent: str
    languages: tuple[str, str, str]


SETTINGS: Final[dict[str, Setting]] = {
    "PSE": Setting("ISR", "Israeli Military", ("Arabic", "English", "Hebrew")),
    "NGA": Setting("NGA", "Nigerian Military", ("English", "Hausa", "French")),
    "COL": Setting("COL", "Colombian Military", ("Spanish", "English", "French")),
    "PHL": Setting("PHL", "Philippine Military", ("Filipino", "English", "Cebuano")),
    "EGY": Setting("EGY", "Egyptian Military", ("Arabic", "English", "French")),
    "IRQ": Setting("IRQ", "Iraqi Military", ("Arabic", "English", "Kurdish")),
    "KEN": Setting("KEN", "Kenyan Military", ("English", "Swahili", "Somali")),
    "SOM": Setting("KEN", "Kenyan Military", ("Somali", "English", "Arabic")),
    "YEM": Setting("SAU", "Saudi-led Coalition", ("Arabic", "English", "French")),
}


def partners() -> tuple[str, ...]:
    """Recipients of US arms that occur, ISO 3166-1 alpha-3."""
    return tuple(dict.fromkeys(setting.partner_country for setting in SETTINGS.values()))


@cache
def places() -> pl.DataFrame:
    """The places, with the columns of `PLACES_FILE`."""
    return pl.read_csv(PLACES_FILE, schema_overrides={"scatter_m": pl.Float64, "inland_deg": pl.Float64})


def cast(seed: int, block: int, first: int, size: int) -> pl.DataFrame:
    """`size` incidents numbered from `first`: Gaza's first, by date; then the others by country and date.

    Columns: incident_id, place_row (row of `places`), country, is_gaza, event and received (days since 1970-01-01),
    start (first day that the campaign counts, likewise), reports (of its own).
    """
    rng = stream(seed, block, "cast")
    gaza = round(size * GAZA_SHARE)
    is_gaza = np.arange(size) < gaza
    in_gaza = (places()["country"] == "PSE").to_numpy()
    choice = rng.random(size)
    place_row = np.where(
        is_gaza,
        np.flatnonzero(in_gaza)[np.floor(choice * in_gaza.sum()).astype(np.int64)],
        np.flatnonzero(~in_gaza)[np.floor(choice * (~in_gaza).sum()).astype(np.int64)],
    )
    known_on = day_number(KNOWN_ON)
    start = np.where(is_gaza, day_number(GAZA_START), day_number(OTHERS_START))
    share = rng.random(size)
    share = np.where(is_gaza, share * share, share)  # squared: denser in the first months
    event = start + np.floor(share * (known_on - start)).astype(np.int64)  # the day before KNOWN_ON at the latest
    delay = np.floor(rng.random(size) * np.minimum(RECEIVED_WITHIN_DAYS, known_on - event)).astype(np.int64) + 1
    return (
        pl.DataFrame(
            {
                "place_row": place_row,
                "country": places()["country"].gather(place_row),
                "is_gaza": is_gaza,
                "event": event,
                "received": event + delay,
                "start": start,
                "reports": np.clip(log_normal(rng, 7.4, 0.85, size), 1, REPORTS_MAX),
            }
        )
        .sort(pl.col("is_gaza").not_(), "country", "event", maintain_order=True)
        .with_columns(incident_id=pl.lit("SYN-") + pl.int_range(first, first + size).cast(pl.String).str.zfill(5))
    )
