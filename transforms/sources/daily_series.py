"""Reader of Tech for Palestine's daily series: Gaza, West Bank, Lebanon, damaged buildings.

SOURCE: Tech for Palestine, https://data.techforpalestine.org, files casualties_daily.json, west_bank_daily.json,
lebanon_casualties_daily.json and infrastructure-damaged.json; public domain (Unlicense).

Series are context: drawn beside incidents, never summed with them. They count all people, fighters among them.

- A field that a day lacks makes no row; an explicit null makes a row without a value. Nothing is interpolated.
- Fields that the publisher extended (ext_) are series of their own. On the West Bank's filled-in days (flash_source
  "fill") the totals are carried forward: the series of a field holds its reported days alone, and a second one, marked
  extended, holds all days as published.
- casualties_daily_revisions.csv, where it is there, gives earlier values of the Gaza series; see
  `transforms.sources.daily_series_revisions`. Without a history a value is known from the day of the export only.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from transforms.delimited import read_csv
from transforms.source import (
    FILE,
    REFUSED_SCHEMA,
    ROW,
    Canonical,
    Dataset,
    Raw,
    RawFile,
    export_dates,
    raw_file,
)
from transforms.sources.daily_series_revisions import (
    COLUMNS,
    REVISIONS,
    VERSIONS_SCHEMA,
    applied,
    parse_count,
    parse_day,
)
from transforms.sources.daily_series_terms import (
    CASUALTIES,
    CATEGORIES,
    DATASET_ID,
    DATE,
    FILLED_FROM,
    LEFT_OUT,
    REPORTED,
    TERMS,
    WEST_BANK,
    series_of,
)
from warehouse.errors import InputError
from warehouse.schema import TABLE


def read(path: Path, known_on: date | None = None) -> Raw:
    """Read the folder's series; each value stays JSON text, each nested field has its path for a name ("a.b").

    Args:
        path: a folder with at least one of the four files, and the revisions where there are some.
        known_on: day of knowledge, else that of SOURCE.txt.

    Raises:
        InputError: no such file, one that is no list of records, or the export's day is not stated.
    """
    if not path.is_dir():
        raise InputError(f"{path} is no folder; give the folder that holds {CASUALTIES}.json.")
    found = [path / f"{stem}.json" for stem in TERMS if (path / f"{stem}.json").is_file()]
    if not found:
        raise InputError(f"{path} holds none of {', '.join(f'{stem}.json' for stem in TERMS)}.")
    files = [raw_file(file, _records(file)) for file in found]
    if (revisions := path / REVISIONS).is_file():
        if not (path / f"{CASUALTIES}.json").is_file():
            raise InputError(f"{path} holds {REVISIONS} without {CASUALTIES}.json, whose values it revises.")
        files.append(raw_file(revisions, read_csv(revisions, COLUMNS)))
    retrieved_on, known = export_dates(path, known_on)
    dataset = Dataset(
        dataset_id=DATASET_ID,
        source_module="daily_series",
        title="Daily series on Palestine and Lebanon",
        publisher="Tech for Palestine",
        url="https://data.techforpalestine.org",
        licence="Unlicense (public domain, software and data)",
        redistributable=True,
        retrieved_on=retrieved_on,
        known_on=known,
        # What a file says of a day ends only when the same file drops it, not when a file is not given.
        is_snapshot=len(found) == len(TERMS),
    )
    return Raw(dataset, tuple(files))


def transform(raw: Raw) -> Canonical:
    """One row per series, day and version; series are stated by each record that has the field.

    Raises:
        InputError: a field or category that nobody has given a meaning.
    """
    known_on = raw.dataset.known_on
    revisions = next((f for f in raw.files if f.name == REVISIONS), None)
    series, values = [], []
    refused = [pl.DataFrame(schema=REFUSED_SCHEMA)]
    for file in raw.files:
        if file.name == REVISIONS:
            continue
        stem = file.name.removesuffix(".json")
        cells, faulty = _cells(file, stem)
        refused.append(faulty)
        cells = cells.with_columns(known_from=pl.lit(known_on), known_to=pl.lit(None, pl.Date))
        if stem == CASUALTIES and revisions is not None:
            versions, starts, faulty = applied(revisions.frame, cells, known_on)
            refused.append(faulty)
            # Reported daily: a value is known from its own day, unless a revision says otherwise.
            cells = (
                cells.drop("known_from")
                .join(starts, on=["field", "date"], how="left")
                .with_columns(known_from=pl.coalesce("known_from", pl.min_horizontal("date", pl.lit(known_on))))
            )
            values.append(_in_series(versions.with_columns(is_filled=pl.lit(value=False)), stem))
        stated = _in_series(cells, stem)
        values.append(stated)
        series.append(stated)
    tables = {
        "series": pl.concat(series).select(*TABLE["series"].column_names, FILE, ROW),
        "context_series": pl.concat(values).select("series_id", "date", "value", "known_from", "known_to", FILE, ROW),
    }
    return Canonical(raw.dataset, raw.files, tables, frozenset(tables), pl.concat(refused))


def _records(file: Path) -> pl.DataFrame:
    """One row per record, one column per path of a field; values as JSON text, null where a record lacks the field."""

    def fail(what: str) -> InputError:
        return InputError(f"{file.name} {what}; give a file as Tech for Palestine publishes it.")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(names := dict(pairs)) < len(pairs):
            raise fail(f"names a field twice in one record ({', '.join(names)})")
        return names

    try:
        records = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=once)
    except ValueError as error:
        raise fail(f"cannot be read as JSON ({str(error).splitlines()[0]})") from error
    if not isinstance(records, list) or not records or not all(isinstance(record, dict) for record in records):
        raise fail("is no list of records")
    flat = [_flat(record) for record in records]
    fields = list(dict.fromkeys(name for record in flat for name in record))
    if DATE not in fields:
        raise fail(f"has no field {DATE}")
    return pl.DataFrame(
        {name: [record.get(name) for record in flat] for name in fields},
        schema_overrides=dict.fromkeys(fields, pl.String),
    )


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in record.items():
        if isinstance(value, dict) and value:
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = json.dumps(value, ensure_ascii=False)
    return flat


def _cells(file: RawFile, stem: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(FILE, ROW, field, date, value, is_filled: one row per record and numeric field that it has; refused records)."""
    _check_listed(file, stem)
    numeric = [name for name in file.frame.columns if name in TERMS[stem]]
    frame = file.frame.with_columns(
        pl.lit(file.name).alias(FILE),
        date=parse_day(pl.col(DATE).str.strip_chars('"')),
        is_filled=_is_filled(file.frame, stem),
    )
    wrong = [
        pl.when(pl.col(name) != "null", parse_count(pl.col(name)).is_null()).then(
            pl.format("{} {} is not a whole number from 0", pl.lit(name), pl.col(name))
        )
        for name in numeric
    ]
    faults = {
        "daily_series.report_date_is_day": pl.when(pl.col("date").is_null()).then(
            pl.format("{} {} is not a day written YYYY-MM-DD", pl.lit(DATE), pl.col(DATE).fill_null("(none)"))
        ),
        "daily_series.report_date_unique": pl.when(
            pl.col("date").is_not_null(), ~pl.col("date").is_first_distinct()
        ).then(pl.format("{} {} stands in an earlier record already", pl.lit(DATE), "date")),
        "daily_series.value_is_count": pl.concat_str(wrong, separator="; ", ignore_nulls=True).replace("", None),
        "daily_series.value_required": pl.when(pl.all_horizontal(pl.col(numeric).is_null())).then(
            pl.lit("no field has a value")
        ),
    }
    checked = frame.with_columns(
        rule=pl.coalesce(pl.when(text.is_not_null()).then(pl.lit(rule)) for rule, text in faults.items()),
        reason=pl.concat_str(faults.values(), separator="; ", ignore_nulls=True),
    )
    refused = checked.filter(pl.col("rule").is_not_null()).select(
        FILE, pl.col(ROW).cast(pl.Int64), "rule", reason=pl.format("{}, record {}: {}.", FILE, ROW, "reason")
    )
    cells = (
        checked.filter(pl.col("rule").is_null())
        .unpivot(numeric, index=[FILE, ROW, "date", "is_filled"], variable_name="field", value_name="text")
        .drop_nulls("text")
        .select(FILE, ROW, "field", "date", "is_filled", value=parse_count(pl.col("text")))
    )
    return cells, refused.cast(REFUSED_SCHEMA)  # type: ignore[arg-type]


def _is_filled(frame: pl.DataFrame, stem: str) -> pl.Expr:
    """Whether the day was filled in; on the West Bank also where the record does not say that it was reported."""
    if stem != WEST_BANK:
        return pl.lit(value=False)
    if FILLED_FROM not in frame.columns:
        return pl.lit(value=True)
    return (pl.col(FILLED_FROM) != pl.lit(REPORTED)).fill_null(value=True)


def _check_listed(file: RawFile, stem: str) -> None:
    known = {DATE, ROW, *TERMS[stem], *LEFT_OUT[stem]}
    problems = []
    if unlisted := [name for name in file.frame.columns if name not in known]:
        problems.append(
            f"{file.name}: the field{'s' if len(unlisted) > 1 else ''} {', '.join(unlisted)} not known; list what it "
            "means in TERMS or LEFT_OUT of transforms/sources/daily_series_terms.py."
        )
    for (of, field), meanings in CATEGORIES.items():
        if of == stem and field in file.frame.columns:
            found = file.frame[field].drop_nulls().unique().sort().to_list()
            if new := [value for value in found if value not in meanings]:
                problems.append(
                    f"{file.name}: {field} has values that nobody has given a meaning yet: {', '.join(new)}; list them "
                    "in CATEGORIES of transforms/sources/daily_series_terms.py."
                )
    if problems:
        raise InputError(problems)


def _in_series(cells: pl.DataFrame, stem: str) -> pl.DataFrame:
    """Each cell in every series that its field makes: the columns of `cells` and of the table `series`."""
    joined = cells.join(series_of(stem), on="field", how="inner", maintain_order="left_right")
    taken = joined.filter(~pl.col("is_filled") | pl.col("takes_filled_days"))
    return taken.select(*VERSIONS_SCHEMA, *TABLE["series"].column_names)
