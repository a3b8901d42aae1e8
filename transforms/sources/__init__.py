"""One module per outside source; `SOURCES` names them for the command line."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from transforms.source import Canonical, Raw
from warehouse.errors import InputError

SOURCES: dict[str, str] = {
    "chirg_intake": "A folder or zip in the project's own intake format (see 'civharm template').",
    "airwars": "Airwars assessments: a folder with incidents.csv and sources.csv.",
    "strike_footage": "Airwars' locations of the Israeli military's strike footage: a folder with data.csv.",
    "notifications": "Notices and licences of arms sales, typed in: a CSV or Excel sheet, or the folder that holds it.",
    "sipri_trade_register": "SIPRI's trade register of arms transfers: a CSV file, or the folder that holds it.",
    "daily_series": "Tech for Palestine's daily series: a folder with casualties_daily.json and the like.",
    "timemap": "A TimeMap export: a JSON file, or a folder of which the newest export is taken.",
    "ucdp_ged": "UCDP GED: a release's or an extract's CSV file, or a folder with such files.",
    "acled": "ACLED: an export's CSV file, or a folder with exports and a file of deletions.",
    "mapped": "Anyone's table: a mapping file (.toml) that names it (see docs/mapping.md; 'civharm map' drafts one).",
}
"""Source name -> what its path holds."""


class SourceModule(Protocol):
    """What a source module provides."""

    def read(self, path: Path, known_on: date | None) -> Raw:
        """Files to text frames."""

    def transform(self, raw: Raw) -> Canonical:
        """Text to typed rows."""


def load(name: str) -> SourceModule:
    """The module of a source.

    Raises:
        InputError: there is no such source.
    """
    if name not in SOURCES:
        raise InputError(f"{name!r} is no source; choose from {', '.join(SOURCES)}.")
    return cast("SourceModule", import_module(f"transforms.sources.{name}"))
