"""ACLED (acleddata.com): an export's CSV file, or a folder with exports and, optionally, files of deleted events.

SOURCE: ACLED Codebook, and "Guide to 2023 ACLED Column Changes"; the columns are those since March 2023.
`acled_terms` lists what every column and code means: one that is not listed stops the load.

- Every event of an export is loaded, protests and agreements too: leaving them out would be a judgement about harm that
  the export does not make. `observations` holds disorder, event and sub-event type, by which they can be told apart.
- An event is known by event_id_cnty, and each row is a version of it: `timestamp` says from which day (UTC) it was
  known. Of several versions of one day the newest stands and the others are refused; one of an earlier day stays.
- An export is an update: an event that it lacks still holds. A file with the columns event_id_cnty and
  deleted_timestamp says which ones ACLED took out, and on which day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from transforms.delimited import read_csv
from transforms.named_countries import codes_by_number
from transforms.source import (
    FILE,
    REFUSED_SCHEMA,
    RETRACTED_SCHEMA,
    ROW,
    Canonical,
    Dataset,
    Raw,
    RawFile,
    export_dates,
    raw_file,
)
from transforms.sources import acled_terms as terms
from transforms.sources.acled_tables import casualties, incidents, reports
from transforms.sources.acled_versions import deletions, known_day, versions
from warehouse.errors import InputError

COLUMNS = (*terms.USED, *terms.LEFT_OUT, *terms.OPTIONAL)
CODES: dict[str, Collection[str]] = {
    "time_precision": {str(code) for code in terms.TIME_PRECISION},
    "geo_precision": {str(code) for code in terms.GEO_PRECISION},
    "disorder_type": terms.DISORDER_TYPES,
    "event_type": terms.EVENT_TYPES,
    "sub_event_type": terms.EVENTS,
    "inter1": {*terms.INTER, *terms.INTER.values()},
    "inter2": {*terms.INTER, *terms.INTER.values()},
    "civilian_targeting": terms.CIVILIAN_TARGETING,
}


def read(path: Path, known_on: date | None) -> Raw:
    """Read the CSV file, or every CSV file of a folder, as text.

    The day of knowledge is `known_on`, or SOURCE.txt's, or the day of the newest timestamp.

    Raises:
        InputError: there is no file, it cannot be read or has other columns, no timestamp states a day, or one is later
            than the day of knowledge.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist; give an ACLED export (.csv) or a folder that holds some.")
    folder = path if path.is_dir() else path.parent
    paths = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    if not paths:
        raise InputError(f"{path} holds no .csv file; give an ACLED export or a folder that holds some.")
    files = tuple(_file(p) for p in paths)
    newest = max((day for f in files if (day := _newest(f)) is not None), default=None)
    is_stated = known_on is not None or (folder / "SOURCE.txt").is_file()
    retrieved_on, known = export_dates(folder, known_on if is_stated else newest)
    # The day of knowledge is a day somewhere on Earth, a timestamp one in UTC.
    if newest is not None and newest > known + timedelta(days=1):
        raise InputError(
            f"{path} holds rows of {newest}, after its day of knowledge {known}; give the day of the export."
        )
    return Raw(_dataset(retrieved_on, known), files)


def transform(raw: Raw) -> Canonical:
    """Incidents, casualties, sources and their links, one row per version; deleted events are retracted.

    Raises:
        InputError: a coded column holds values that are not listed.
    """
    if problems := [p for file in raw.files for p in _unlisted(file)]:
        raise InputError(problems)
    exports = [_located(f) for f in raw.files if not _is_deletions(f.frame)]
    deleted = [deletions(_located(f)) for f in raw.files if _is_deletions(f.frame)]
    tables, refused = {}, [pl.DataFrame(schema=REFUSED_SCHEMA), *(r for _, r in deleted)]
    if exports:
        rows, faulty = versions(pl.concat(exports, how="diagonal"))
        report, link = reports(rows)
        tables = {
            "incident": incidents(rows),
            "casualty": casualties(rows),
            "report": report,
            "incident_report": link,
        }
        refused.append(faulty)
    return Canonical(
        dataset=raw.dataset,
        files=raw.files,
        tables=tables,
        refused=pl.concat(refused),
        retracted=pl.concat([pl.DataFrame(schema=RETRACTED_SCHEMA), *(d for d, _ in deleted)]),
    )


def _file(path: Path) -> RawFile:
    with path.open(encoding="utf-8", errors="replace") as handle:
        is_deletions = "deleted_timestamp" in handle.readline()
    if is_deletions:
        return raw_file(path, read_csv(path, terms.DELETION_COLUMNS))
    return raw_file(path, read_csv(path, COLUMNS, terms.OPTIONAL), restricted=terms.RESTRICTED)


def _is_deletions(frame: pl.DataFrame) -> bool:
    return "deleted_timestamp" in frame.columns


def _located(file: RawFile) -> pl.DataFrame:
    return file.frame.with_columns(pl.lit(file.name).alias(FILE), pl.col(ROW).cast(pl.Int64))


def _newest(file: RawFile) -> date | None:
    column = "deleted_timestamp" if _is_deletions(file.frame) else "timestamp"
    day = file.frame.select(known_day(column)).to_series().max()
    return day if isinstance(day, date) else None


def _dataset(retrieved_on: date, known_on: date) -> Dataset:
    return Dataset(
        dataset_id="acled",
        source_module="acled",
        title="Armed Conflict Location & Event Data",
        publisher="ACLED",
        url="https://acleddata.com/",
        licence="ACLED Terms of Use",
        redistributable=False,
        retrieved_on=retrieved_on,
        known_on=known_on,
        is_snapshot=False,
    )


def _unlisted(file: RawFile) -> Iterator[str]:
    """One sentence per coded column that holds values which `acled_terms` does not list."""
    if _is_deletions(file.frame):
        return
    numbers = {str(number) for number in (terms.NO_ISO, *codes_by_number())}
    for column, listed in {**CODES, "iso": numbers}.items():
        values = file.frame[column].drop_nulls()
        text = values.str.strip_chars_start("0").replace("", "0") if column == "iso" else values
        counts = text.value_counts(sort=True)
        if found := sorted(f"{value!r} ({n} times)" for value, n in counts.iter_rows() if value not in listed):
            yield (
                f"{file.name}: the column {column} holds {', '.join(found)}, not listed in "
                "transforms/sources/acled_terms.py; decide there what it means."
            )
