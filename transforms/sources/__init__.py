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
    "timemap": "A TimeMap export: a JSON file, or a folder of which the newest export is taken.",
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
