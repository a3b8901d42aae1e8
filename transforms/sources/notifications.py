"""Reader of a sheet of notices and licences of arms sales, typed in by hand: CSV or Excel.

SOURCE: what the sheet's rows cite, such as the Defense Security Cooperation Agency's notices of proposed sales
(https://www.dsca.mil/Press-Media/Major-Arms-Sales) and the State Department's notices of licences. SOURCE.txt beside
the sheet says whose texts it takes up and of which day it is. `transforms.notifications_template` holds its columns.

A notice is no transfer, and not every licence is used: `record_type` keeps them apart from SIPRI's transfers.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from transforms import transfers
from transforms.delimited import column_problems, read_csv
from transforms.notifications_template import (
    CHANNELS,
    COLUMNS,
    NEEDED,
    RECORD_TYPES,
    SHEET,
    SUPPLIER,
    write_template,
)
from transforms.source import FILE, REFUSED_SCHEMA, ROW, Canonical, Dataset, Raw, export_dates, raw_file
from transforms.weapons import match
from warehouse.errors import InputError
from warehouse.vocabulary import TransferChannel

__all__ = ["read", "transform", "write_template"]

DATASET_ID = "notifications"
IDENTITY = ("record_type", "notified_on", "recipient", "designation", "case_number")
"""What tells rows apart; what a later sheet corrects is rather among the other columns."""
OPTIONAL = frozenset(COLUMNS) - frozenset(NEEDED)
SUPPLIER_NOT_STATED = "not stated in the sheet: the United States by its rule"
_EXCEL_MIDNIGHT = r" 00:00:00$"
"""What follows the date in the text of an Excel cell that holds a date."""


def read(path: Path, known_on: date | None = None) -> Raw:
    """Read a sheet as text.

    Args:
        path: the .csv or .xlsx file, or the folder that holds notifications.csv or notifications.xlsx.
        known_on: day of the sheet; without it SOURCE.txt must state it.

    Raises:
        InputError: there is no such file, it cannot be read, its columns are other ones, or its day is not stated.
    """
    file = _file(path)
    frame = _excel(file) if file.suffix.lower() == ".xlsx" else read_csv(file, COLUMNS, OPTIONAL)
    absent = [pl.lit(None, pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    frame = (
        frame.with_row_index(ROW, offset=1)
        .with_columns(*absent, pl.col(ROW).cast(pl.Int64))
        .filter(~pl.all_horizontal(pl.col(COLUMNS).is_null()))
    )
    return Raw(_dataset(file.parent, known_on), (raw_file(file, frame),))


def transform(raw: Raw) -> Canonical:
    """One row -> one notice or licence. A row with a wrong cell is refused with every fault it has."""
    (file,) = raw.files
    typed = _typed(file.frame.with_columns(pl.lit(file.name).alias(FILE), pl.col(COLUMNS).str.strip_chars()))
    faults = _faults(raw.dataset.known_on)
    checked = typed.with_columns(
        rule=pl.coalesce(pl.when(wrong).then(pl.lit(f"notifications.{rule}")) for rule, wrong, _ in faults),
        reason=pl.concat_str(
            (pl.when(wrong).then(text) for _, wrong, text in faults), separator="; ", ignore_nulls=True
        ),
    )
    refused = checked.filter(pl.col("rule").is_not_null()).select(
        FILE, ROW, "rule", reason=pl.format("{}, row {}: {}.", FILE, ROW, "reason")
    )
    rows = checked.filter(pl.col("rule").is_null()).select(
        FILE, ROW, *(pl.col(f"value_{name}").alias(name) for name in _VALUES)
    )
    transfer = transfers.shaped(transfers.with_transfer_id(rows, raw.dataset.dataset_id, IDENTITY))
    return Canonical(raw.dataset, raw.files, {"transfer": transfer}, refused=refused.cast(REFUSED_SCHEMA))  # type: ignore[arg-type]


def _file(path: Path) -> Path:
    if path.is_file():
        if path.suffix.lower() not in (".csv", ".xlsx"):
            raise InputError(f"{path} is neither a .csv nor an .xlsx file; save the sheet as one of them.")
        return path
    if not path.is_dir():
        raise InputError(f"{path} does not exist; give the sheet (.csv or .xlsx) or the folder that holds it.")
    found = [path / f"{SHEET}{suffix}" for suffix in (".csv", ".xlsx") if (path / f"{SHEET}{suffix}").is_file()]
    if len(found) != 1:
        held = f"both {SHEET}.csv and" if found else f"neither {SHEET}.csv nor"
        raise InputError(f"{path} holds {held} {SHEET}.xlsx; it must hold exactly one of them.")
    return found[0]


def _excel(file: Path) -> pl.DataFrame:
    """The first sheet as text; rows without an entry stay, so that row numbers are right."""
    try:
        frame = pl.read_excel(file, infer_schema_length=0, drop_empty_rows=False, drop_empty_cols=False)
    except Exception as error:  # the reader of spreadsheets has no class of its own for its errors
        raise InputError(f"{file.name} cannot be read as an Excel file: {str(error).splitlines()[0]}.") from error
    if problems := column_problems(file.name, tuple(frame.columns), COLUMNS, OPTIONAL):
        raise InputError(problems)
    return frame.with_columns(pl.all().cast(pl.String).replace("", None)).with_columns(
        pl.col("notified_on").str.replace(_EXCEL_MIDNIGHT, "")
    )


def _dataset(folder: Path, known_on: date | None) -> Dataset:
    retrieved_on, known = export_dates(folder, known_on)
    source = folder / "SOURCE.txt"
    text = source.read_text(encoding="utf-8", errors="replace") if source.is_file() else ""
    stated = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}
    return Dataset(
        dataset_id=DATASET_ID,
        source_module="notifications",
        title=stated.get("title") or "Notices and licences of arms sales",
        publisher=stated.get("publisher") or "Not stated",
        url=stated.get("url") or None,
        licence=stated.get("licence") or "Not stated",
        redistributable=stated.get("redistributable", "").lower() == "true",
        retrieved_on=retrieved_on,
        known_on=known,
    )


_VALUES = (
    "record_type", "recipient", "recipient_raw", "supplier", "supplier_raw", "weapon_id", "designation",
    "description", "notified_on", "number", "value_usd", "channel", "case_number", "url", "comments",
)  # fmt: skip
"""Columns of the transfer table that a row fills; beside the sheet's own they stand as value_<name>."""


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    """The sheet's cells, and beside them their values; null where a cell is empty or wrong."""
    text = rows.with_columns(pl.col(COLUMNS).replace("", None))
    kind, channel = pl.col("record_type").str.to_lowercase(), pl.col("channel").str.to_lowercase()
    written = pl.col("notified_on").str.contains(r"^[1-9]\d{3}-\d{1,2}-\d{1,2}$")
    values = {
        "record_type": pl.when(kind.is_in(RECORD_TYPES)).then(kind),
        "channel": pl.when(channel.is_in(CHANNELS)).then(channel),
        "notified_on": pl.when(written).then("notified_on").str.to_date("%Y-%m-%d", strict=False),
        "recipient": transfers.country_code(pl.col("recipient")),
        "recipient_raw": pl.col("recipient"),
        "supplier": transfers.country_code(pl.col("supplier").fill_null(SUPPLIER)),
        "supplier_raw": pl.col("supplier").fill_null(SUPPLIER_NOT_STATED),
        "weapon_id": match(pl.col("designation")),
        "number": pl.when(pl.col("number").str.contains(r"^\d+$")).then("number").cast(pl.Int64, strict=False),
        "value_usd": pl.when(pl.col("value_usd").str.contains(r"^\d+(\.\d+)?$"))
        .then("value_usd")
        .cast(pl.Float64, strict=False),
        "url": pl.when(pl.col("url").str.contains(r"^(?i)https?://\S+$")).then("url"),
        **{name: pl.col(name) for name in ("designation", "description", "case_number", "comments")},
    }
    typed = text.with_columns(value.alias(f"value_{name}") for name, value in values.items())
    return typed.with_columns(
        pl.col("value_channel").fill_null(
            pl.when(pl.col("channel").is_null()).then(pl.lit(TransferChannel.UNKNOWN.value))
        ),
        _repeats=~pl.struct(COLUMNS).is_first_distinct(),
    )


def _faults(known_on: date) -> list[tuple[str, pl.Expr, pl.Expr]]:
    """(rule, where it is broken, what is wrong in words), for every column in order."""
    hints = {
        "notified_on": "is no date (write it as 2024-03-09)",
        "record_type": f"is not one of {', '.join(RECORD_TYPES)}",
        "channel": f"is not one of {', '.join(CHANNELS)}",
        "recipient": "is no country that is known (write its English name or its ISO 3166-1 code of three letters)",
        "supplier": "is no country that is known (write its English name or its ISO 3166-1 code of three letters)",
        "number": "is no whole number (write digits only)",
        "value_usd": "is no amount (write digits only, with a decimal point and without thousands separators)",
        "url": "is no web address (it begins with https:// or http://)",
    }
    empty = [(f"{name}_required", pl.col(name).is_null(), pl.lit(f"{name} is empty, but needed")) for name in NEEDED]
    wrong = [
        (
            f"{name}_readable",
            pl.col(name).is_not_null() & pl.col(f"value_{name}").is_null(),
            pl.format(f'{name} "{{}}" {hint}', name),
        )
        for name, hint in hints.items()
    ]
    return [
        *empty,
        *wrong,
        (
            "notified_on_not_after_known_on",
            pl.col("value_notified_on") > known_on,
            pl.format(f'notified_on "{{}}" is after {known_on.isoformat()}, the day of the sheet', "notified_on"),
        ),
        ("row_unique", pl.col("_repeats"), pl.lit("every cell says the same as in an earlier row")),
    ]
