"""UCDP Georeferenced Event Dataset (ucdp.uu.se): a CSV file, or a folder with CSV files and SOURCE.txt.

SOURCE: Sundberg and Melander 2013, "Introducing the UCDP Georeferenced Event Dataset", Journal of Peace Research 50(4);
the yearly releases and extracts of single countries, with 41 or 49 columns. `ucdp_ged_terms` lists what every column
and code means: one that is not listed stops the load.

A release states its number in its file name, but no day: give the day on which it was published.

- low, best and high count everybody killed, fighters too: group all_people. Only deaths_civilians are civilians.
- An event is no grading: how certain it is that an attack took place, and the harm, are not assessed by UCDP.
- Each release is whole for its extent: an event that the next release of the same extent lacks was taken out. An extent
  is the set of countries and the first year, so that extracts of other countries or years retract nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

import polars as pl

from transforms.delimited import read_csv
from transforms.named_countries import codes_by_name
from transforms.source import FILE, ROW, Canonical, Dataset, Raw, RawFile, export_dates, raw_file
from transforms.sources import ucdp_ged_terms as terms
from transforms.sources.ucdp_ged_rows import events, whole
from transforms.sources.ucdp_ged_tables import casualties, incidents, reports
from warehouse.countries import country_labels
from warehouse.errors import InputError

COLUMNS = (*terms.USED, *terms.LEFT_OUT, *terms.OPTIONAL_USED, *terms.OPTIONAL_LEFT_OUT)
OPTIONAL = (*terms.OPTIONAL_USED, *terms.OPTIONAL_LEFT_OUT)
RELEASE = re.compile(r"^(?:GEDEvent_v|ged)(\d{1,2})_?(\d)((?:_\d+)*)\.csv$", re.IGNORECASE)
"""GEDEvent_v24_1.csv or ged241.csv: a yearly release; GEDEvent_v24_0_3.csv: a monthly one of candidate events."""
GLOBAL_FROM_COUNTRIES = 50
"""A yearly release lists more than 100 countries; a file of its name with fewer than half is a part of it."""
NAMED_COUNTRIES = 5
"""Countries named in the data set's identifier and title; more are counted."""

CODES: dict[str, Collection[int]] = {
    "type_of_violence": terms.TYPE_OF_VIOLENCE,
    "where_prec": terms.WHERE_PREC,
    "date_prec": terms.DATE_PREC,
    "event_clarity": terms.EVENT_CLARITY,
}


def read(path: Path, known_on: date | None) -> Raw:
    """Read the CSV file, or every CSV file of a folder, as text.

    Args:
        path: the file or folder.
        known_on: day on which the release was published, where SOURCE.txt beside it does not say.

    Raises:
        InputError: there is no file, it cannot be read, has other columns or no rows, holds monthly candidate events,
            or names a country that is not listed; or the day is not stated.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist; give a CSV file of UCDP GED or a folder that holds some.")
    folder = path if path.is_dir() else path.parent
    paths = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    if not paths:
        raise InputError(f"{path} holds no .csv file; give a CSV file of UCDP GED or a folder that holds some.")
    files = tuple(_file(p) for p in paths)
    _stop(problem for file in files for problem in _unlisted(file, "country", codes_by_name()))
    retrieved_on, known = export_dates(folder, known_on)
    return Raw(_dataset(files, retrieved_on, known), files)


def transform(raw: Raw) -> Canonical:
    """Incidents, casualties, cited reports and their links.

    A report is known by its citation, so that an article which several events cite is one report.

    Raises:
        InputError: a coded column holds values that are not listed.
    """
    _stop(_unlisted_codes(raw.files))
    rows = pl.concat([file.frame.with_columns(pl.lit(file.name).alias(FILE)) for file in raw.files], how="diagonal")
    missing = [pl.lit(None, pl.String).alias(c) for c in OPTIONAL if c not in rows.columns]
    kept, refused = events(rows.with_columns(*missing, pl.col(ROW).cast(pl.Int64)))
    report, link = reports(kept, raw.dataset.dataset_id, raw.dataset.known_on)
    return Canonical(
        dataset=raw.dataset,
        files=raw.files,
        tables={"incident": incidents(kept), "casualty": casualties(kept), "report": report, "incident_report": link},
        repeated=frozenset({"report"}),
        refused=refused,
    )


def _file(path: Path) -> RawFile:
    release = RELEASE.match(path.name)
    if release and release.group(3):
        raise InputError(
            f"{path.name} holds monthly candidate events, which UCDP has not checked yet; give a yearly release."
        )
    frame = read_csv(path, COLUMNS, OPTIONAL)
    if frame.is_empty():
        raise InputError(f"{path.name} holds a header and no rows; download it again.")
    return raw_file(path, frame)


def _dataset(files: tuple[RawFile, ...], retrieved_on: date, known_on: date) -> Dataset:
    names = pl.concat([f.frame["country"] for f in files]).drop_nulls().unique()
    codes = sorted({codes_by_name()[name] for name in names})
    years = pl.concat([f.frame.select(year=whole("year")) for f in files])["year"].drop_nulls().to_list()
    if not codes or not years:
        raise InputError(f"{files[0].name}: the column country or year is empty; both say what the file covers.")
    found = [m for f in files if (m := RELEASE.match(f.name))]
    release = f" {int(found[0].group(1))}.{found[0].group(2)}" if found else ""
    if found and len(codes) >= GLOBAL_FROM_COUNTRIES:
        extent, covers = "global", "all countries"
    elif len(codes) <= NAMED_COUNTRIES:
        extent = f"{'-'.join(codes).lower()}-{min(years)}"
        covers = f"{', '.join(country_labels()[code] for code in codes)} from {min(years)}"
    else:
        digest = hashlib.sha256(" ".join(codes).encode()).hexdigest()[:8]
        extent, covers = f"{digest}-{min(years)}", f"{len(codes)} countries from {min(years)}"
    return Dataset(
        dataset_id=f"ucdp-ged-{extent}",
        source_module="ucdp_ged",
        title=f"UCDP Georeferenced Event Dataset{release}: {covers}",
        publisher="Uppsala Conflict Data Program",
        url="https://ucdp.uu.se/downloads/",
        licence="CC BY 4.0",
        redistributable=True,
        retrieved_on=retrieved_on,
        known_on=known_on,
    )


def _stop(found: Iterator[str]) -> None:
    if problems := list(found):
        raise InputError(problems)


def _unlisted_codes(files: tuple[RawFile, ...]) -> Iterator[str]:
    for file in files:
        for column, listed in CODES.items():
            codes = file.frame.select(column, code=whole(column))
            known = codes.filter(pl.col("code").is_in(list(listed)))[column]
            yield from _unlisted(file, column, set(known))
        if "code_status" in file.frame.columns:
            yield from _unlisted(file, "code_status", terms.CODE_STATUS)


def _unlisted(file: RawFile, column: str, listed: Collection[str]) -> Iterator[str]:
    counts = file.frame[column].drop_nulls().value_counts(sort=True)
    if found := sorted(f"{value!r} ({n} times)" for value, n in counts.iter_rows() if value not in listed):
        yield (
            f"{file.name}: the column {column} holds {', '.join(found)}, which nobody has given a meaning yet; list it "
            f"in {'transforms/named_countries.py' if column == 'country' else 'transforms/sources/ucdp_ged_terms.py'}."
        )
