"""Airwars' assessments of civilian harm (airwars.org): a folder with incidents.csv and sources.csv.

Grading, strike status and location precision follow Airwars' published methodology. `airwars_terms` lists what every
column and category means: a column or value that is not listed stops the load, for nobody has yet said what it means.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from transforms.delimited import read_csv
from transforms.source import ROW, Canonical, Dataset, Raw, RawFile, export_dates, raw_file
from transforms.sources import airwars_terms as terms
from transforms.sources.airwars_incidents import casualties, corrected, incidents, weapons
from transforms.sources.airwars_reports import reports
from transforms.weapons import match
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
    files = (
        _file(path / INCIDENTS, (*terms.INCIDENTS_USED, *terms.INCIDENTS_LEFT_OUT), terms.INCIDENTS_RESTRICTED),
        _file(path / SOURCES, (*terms.SOURCES_USED, *terms.SOURCES_LEFT_OUT), terms.SOURCES_RESTRICTED),
    )
    countries = files[0].frame["tax_country"]
    _refuse_unlisted(_unlisted(INCIDENTS, countries, terms.TERRITORIES))
    about = countries.drop_nulls().unique().sort().to_list()
    if not about:
        raise InputError(f"{INCIDENTS}: the column tax_country is empty; it says what the export is about.")
    retrieved_on, known = export_dates(path, known_on)
    dataset = SOURCE(
        dataset_id="-".join(["airwars", *(terms.TERRITORIES[c].suffix for c in about)]),
        title=f"Airwars assessments: {', '.join(terms.TERRITORIES[c].admin1 for c in about)}",
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
    _refuse_unlisted(_unlisted_categories(raw))
    rows = corrected(raw.frame(INCIDENTS), INCIDENTS)
    incident, refused_incidents = incidents(rows, INCIDENTS)
    kept = rows.join(incident.select(ROW), on=ROW, how="semi", maintain_order="left")
    report, link, refused_sources = reports(raw.frame(SOURCES), rows, SOURCES)
    return Canonical(
        dataset=raw.dataset,
        files=raw.files,
        tables={
            "incident": incident,
            "casualty": casualties(kept, INCIDENTS),
            "incident_weapon": weapons(kept, INCIDENTS),
            "report": report,
            "incident_report": link,
        },
        repeated=frozenset({"report", "incident_report"}),
        refused=pl.concat([refused_incidents, refused_sources]),
    )


def _file(path: Path, columns: tuple[str, ...], restricted: frozenset[str]) -> RawFile:
    frame = read_csv(path, columns)
    if frame.is_empty():
        raise InputError(f"{path.name} holds a header and no rows; export it again.")
    return raw_file(path, frame, restricted=restricted)


def _refuse_unlisted(found: Iterator[str]) -> None:
    if problems := list(found):
        raise InputError(problems)


def _unlisted_categories(raw: Raw) -> Iterator[str]:
    """One sentence per coded column that holds values which `airwars_terms` does not list."""
    frame, sources = raw.frame(INCIDENTS), raw.frame(SOURCES)
    yield from _unlisted(INCIDENTS, frame["civilian_harm_reported"], {"Yes"})
    yield from _unlisted(INCIDENTS, frame["strike_status"], terms.STRIKE_STATUS)
    yield from _unlisted(INCIDENTS, frame["strike_type"].str.split(", ").explode(), terms.STRIKE_TYPE)
    yield from _unlisted(INCIDENTS, frame["civilian_harm_grading"], terms.HARM_STATUS)
    yield from _unlisted(INCIDENTS, frame["belligerent"].str.split(" | ").explode(), terms.PARTNERS)
    yield from _unlisted(INCIDENTS, frame["belligerent_basis"], terms.BELLIGERENT_BASIS)
    yield from _unlisted(INCIDENTS, frame["geo_accuracy"], terms.GEO_PRECISION)
    yield from _unlisted(INCIDENTS, frame["infrastructure"].str.split(", ").explode(), terms.INFRASTRUCTURE)
    yield from _unlisted(INCIDENTS, frame["tax_observation"].str.split("|").explode(), terms.OBSERVATIONS)
    # Both are always empty so far, so that nobody knows in what form a date would stand there.
    yield from _unlisted(INCIDENTS, frame["published"], ())
    yield from _unlisted(INCIDENTS, frame["modified"], ())
    mentions = frame.select(pl.col("munition_mentions").str.split("|").explode())
    no_weapon = mentions.filter(match(pl.col("munition_mentions")).is_null()).to_series()
    yield from _unlisted(INCIDENTS, no_weapon, terms.NO_MUNITION)
    tags = {*terms.LANGUAGES, *terms.TAGGED_PLATFORMS, *terms.OTHER_TAGS}
    yield from _unlisted(SOURCES, sources["tags"].str.split("|").explode(), tags)


def _unlisted(file: str, values: pl.Series, listed: Container[str]) -> Iterator[str]:
    counts = values.drop_nulls().value_counts(sort=True)
    found = [f"{value!r} ({n} times)" for value, n in counts.iter_rows() if value not in listed]
    if found:
        yield (
            f"{file}: the column {values.name} holds {', '.join(sorted(found))}, not listed in "
            "transforms/sources/airwars_terms.py; decide there what it means."
        )
