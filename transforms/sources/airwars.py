"""Airwars' assessments of civilian harm (airwars.org): a folder with incidents.csv and sources.csv.

Two forms of export are read, told apart by the header of incidents.csv: saved pages on Gaza, and an archive of the
incidents in Syria. Grading, strike status and location precision follow Airwars' published methodology.
`airwars_terms` and `airwars_syria_terms` list what every column and category means: a column or value that is not
listed stops the load, for nobody has yet said what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from transforms.delimited import read_csv
from transforms.source import ROW, Canonical, Dataset, Raw, RawFile, export_dates, raw_file
from transforms.sources.airwars_incidents import LAYOUT as GAZA
from transforms.sources.airwars_reports import reports
from transforms.sources.airwars_rows import Layout, unlisted
from transforms.sources.airwars_syria_incidents import LAYOUT as SYRIA
from warehouse.errors import InputError

SOURCE = partial(
    Dataset,
    source_module="airwars",
    publisher="Airwars",
    url="https://airwars.org/",
    licence="none stated",
    redistributable=False,
)
"""What holds for every export; `read` adds what one export is about and of which day it is."""

INCIDENTS, SOURCES = "incidents.csv", "sources.csv"
SYRIA_COLUMN = "airwars_id"
"""Column of incidents.csv that the archive of Syria has and saved pages on Gaza have not."""


def read(path: Path, known_on: date | None) -> Raw:
    """Read an export's two files as text.

    Args:
        path: the folder.
        known_on: day of the export, where the folder's SOURCE.txt does not say.

    Raises:
        InputError: a file is missing, empty or damaged, has other columns, or names an unlisted country; or the
            export's day is not stated.
    """
    if not path.is_dir():
        raise InputError(f"{path} is not a folder; give the folder that holds {INCIDENTS} and {SOURCES}.")
    layout = _layout(path / INCIDENTS)
    files = (
        _file(path / INCIDENTS, layout.incident_columns, layout.incident_restricted),
        _file(path / SOURCES, layout.source_columns, layout.source_restricted),
    )
    countries = files[0].frame[layout.country_column]
    _refuse_unlisted(unlisted(INCIDENTS, countries, layout.about, layout.terms))
    about = [layout.about[country] for country in countries.drop_nulls().unique().sort()]
    if not about:
        raise InputError(f"{INCIDENTS}: the column {layout.country_column} is empty; it says what the export is about.")
    retrieved_on, known = export_dates(path, known_on)
    dataset = SOURCE(
        dataset_id="-".join(["airwars", *(suffix for suffix, _ in about)]),
        title=f"Airwars assessments: {', '.join(name for _, name in about)}",
        retrieved_on=retrieved_on,
        known_on=known,
    )
    return Raw(dataset, files)


def transform(raw: Raw) -> Canonical:
    """Incidents, casualties, reports, their links, and munitions that sources mention.

    An address that several rows cite is one report; its row says what the first of them says.

    Raises:
        InputError: a coded column holds values that are not listed, or a declared correction no longer applies.
    """
    frame, sources = raw.frame(INCIDENTS), raw.frame(SOURCES)
    layout = SYRIA if SYRIA_COLUMN in frame.columns else GAZA
    _refuse_unlisted(layout.unlisted(frame, sources, (INCIDENTS, SOURCES)))
    rows = layout.prepared(frame, INCIDENTS)
    incident, refused_incidents = layout.incidents(rows, INCIDENTS)
    kept = rows.join(incident.select(ROW), on=ROW, how="semi", maintain_order="left")
    report, link, refused_sources = reports(layout.sources(sources, rows), SOURCES, raw.dataset.dataset_id)
    return Canonical(
        dataset=raw.dataset,
        files=raw.files,
        tables={
            "incident": incident,
            "casualty": layout.casualties(kept, INCIDENTS),
            "incident_weapon": layout.weapons(kept, INCIDENTS),
            "report": report,
            "incident_report": link,
        },
        repeated=frozenset({"report", "incident_report"}),
        refused=pl.concat([refused_incidents, refused_sources]),
    )


def _layout(path: Path) -> Layout:
    """The form of export, by the header of its incidents; a file without one is refused when it is read."""
    if not path.is_file():
        return GAZA
    with path.open("rb") as file:
        header = file.readline().decode("utf-8", errors="replace")
    return SYRIA if SYRIA_COLUMN in re.split(r"[^a-z_]+", header) else GAZA


def _file(path: Path, columns: tuple[str, ...], restricted: frozenset[str]) -> RawFile:
    frame = read_csv(path, columns)
    if frame.is_empty():
        raise InputError(f"{path.name} holds a header and no rows; export it again.")
    return raw_file(path, frame, restricted=restricted)


def _refuse_unlisted(found: Iterator[str]) -> None:
    if problems := list(found):
        raise InputError(problems)
