"""Reader of SIPRI's trade register: orders and deliveries of major conventional weapons (a CSV export).

SOURCE: Stockholm International Peace Research Institute, Arms Transfers Database, https://armstransfers.sipri.org; free
for non-commercial use with citation. An export must be of the whole register (all suppliers, recipients and years): a
transfer that a newer one lacks counts as withdrawn.

What looking at the file showed:

- It is Latin-1. Three columns have no name: they hold "?" where SIPRI is uncertain of the column before.
- Nothing numbers a transfer, and nine rows are exact repetitions of others, so identifiers are made (see `transfers`).
- A line break without quotes splits some rows. Each half is refused: joining would be a guess at what was there.
- TIV, the trend-indicator value, measures military capability, never a price. Small arms, unguided bombs and shells
  are no major weapons, so that most munitions are not in the register at all.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from transforms import transfers
from transforms.sipri_files import BEYOND, CELLS, LINE, register
from transforms.sipri_terms import COLUMNS, CONDITIONS, FLAGS, MUNITIONS, NO_COUNTRIES, NOT_THAT_WEAPON
from transforms.source import FILE, REFUSED_SCHEMA, ROW, Canonical, Dataset, Raw, export_dates, raw_file
from transforms.weapons import match
from warehouse.errors import InputError
from warehouse.vocabulary import TransferChannel, TransferRecord

SOURCE = partial(
    Dataset,
    dataset_id="sipri-trade-register",
    source_module="sipri_trade_register",
    title="SIPRI Arms Transfers Database: trade register",
    publisher="Stockholm International Peace Research Institute",
    url="https://armstransfers.sipri.org",
    licence="SIPRI's terms: free for non-commercial use with citation",
    redistributable=False,
)
"""What holds for every export; `read` adds the days."""

IDENTITY = ("recipient_raw", "supplier_raw", "order_year", "designation", "description", "condition")
"""What tells transfers apart; numbers, deliveries and comments change from one export to the next."""

INTEGERS = {
    "order_year": "Year of order",
    "number": "Number ordered",
    "number_delivered": "Number delivered",
}
FLOATS = {
    "tiv_per_unit": "SIPRI TIV per unit",
    "tiv_order": "SIPRI TIV for total order",
    "tiv_delivered": "SIPRI TIV of delivered weapons",
}
_YEARS = r"^\d{4}(; ?\d{4})*$"


def read(path: Path, known_on: date | None = None) -> Raw:
    """Read an export as text.

    Args:
        path: the file, or a folder with trade-register.csv or one .csv file.
        known_on: day of the export; without it SOURCE.txt beside the file must state it.

    Raises:
        InputError: there is no such file, it has no header or other columns, or its day is not stated.
    """
    file, frame = register(path)
    retrieved_on, known = export_dates(file.parent, known_on)
    return Raw(SOURCE(retrieved_on=retrieved_on, known_on=known), (raw_file(file, frame),))


def transform(raw: Raw) -> Canonical:
    """One row -> one transfer.

    Raises:
        InputError: a recipient, supplier, condition or mark of doubt is not listed in `sipri_terms`.
    """
    (file,) = raw.files
    rows = file.frame.with_columns(
        pl.lit(file.name).alias(FILE), *(pl.col(c).str.strip_chars().replace("", None) for c in COLUMNS)
    )
    whole = rows.filter(pl.col(CELLS) == len(COLUMNS))
    _check_categories(file.name, whole)
    typed = _typed(whole)
    refused = (
        pl.concat([_broken(rows), *_faults(typed)])
        .group_by(FILE, ROW, maintain_order=True)
        .agg(pl.col("rule").first(), pl.col("reason").str.join(" "))
    )
    transfer = (
        typed.join(refused, on=[FILE, ROW], how="anti", maintain_order="left")
        .drop(*COLUMNS, BEYOND, CELLS, LINE)
        .pipe(transfers.with_transfer_id, raw.dataset.dataset_id, IDENTITY)
        .pipe(transfers.shaped)
    )
    return Canonical(raw.dataset, raw.files, {"transfer": transfer}, refused=refused.cast(REFUSED_SCHEMA))  # type: ignore[arg-type]


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    """Columns of the transfer table beside the source's own."""
    designation, description = pl.col("Weapon designation"), pl.col("Weapon description")
    namesake = pl.any_horizontal(
        (designation == name)
        & (description == what)
        & (pl.lit(value=True) if who is None else pl.col("Supplier") == who)
        for name, what, who in NOT_THAT_WEAPON
    ).fill_null(value=False)
    years = pl.col("Year(s) of delivery")
    return rows.with_columns(
        record_type=pl.lit(TransferRecord.TRANSFER.value),
        recipient=transfers.country_code(pl.col("Recipient")),
        recipient_raw="Recipient",
        supplier=transfers.country_code(pl.col("Supplier")),
        supplier_raw="Supplier",
        weapon_id=pl.when(description.is_in(list(MUNITIONS)) & ~namesake).then(match(designation)),
        designation=designation,
        description=description,
        is_order_year_estimated=pl.col("Year of order?").is_not_null(),
        is_number_estimated=pl.col("Number ordered?").is_not_null(),
        is_number_delivered_estimated=pl.col("Number delivered?").is_not_null(),
        delivered_years=pl.when(years.str.contains(_YEARS)).then(
            years.str.split(";").list.eval(pl.element().str.strip_chars())
        ),
        condition="status",
        channel=pl.lit(TransferChannel.UNKNOWN.value),
        comments="Comments",
        **{name: pl.col(c).cast(pl.Int64, strict=False) for name, c in INTEGERS.items()},
        **{name: pl.col(c).cast(pl.Float64, strict=False) for name, c in FLOATS.items()},
    )


def _check_categories(file: str, rows: pl.DataFrame) -> None:
    problems = []
    for column in ("Recipient", "Supplier"):
        names = (
            rows.select(name=pl.col(column))
            .unique()
            .drop_nulls()
            .with_columns(code=transfers.country_code(pl.col("name")))
        )
        unlisted = set(names.filter(pl.col("code").is_null())["name"]) - NO_COUNTRIES.keys()
        problems += _unlisted(file, column, unlisted, "NO_COUNTRIES, or transfers.OTHER_NAMES")
    for column in (c for c in COLUMNS if c.endswith("?")):
        problems += _unlisted(
            file, f"without a name after {column[:-1]}", set(rows[column].drop_nulls()) - FLAGS.keys(), "FLAGS"
        )
    problems += _unlisted(file, "status", set(rows["status"].drop_nulls()) - CONDITIONS, "CONDITIONS")
    if problems:
        raise InputError(problems)


def _unlisted(file: str, column: str, values: set[str], where: str) -> list[str]:
    if not values:
        return []
    named = ", ".join(repr(v) for v in sorted(values))
    return [
        f"{file}: the column {column} has values that nobody has given a meaning yet: {named}; list them in {where}."
    ]


def _broken(rows: pl.DataFrame) -> pl.DataFrame:
    """Lines for rows with more or fewer cells than the header."""
    cells, header, next_row = pl.col(CELLS), len(COLUMNS), pl.col(ROW) + 1
    # The cell that the line break splits is in both halves.
    starts = (cells < header) & (cells + cells.shift(-1) - 1 == header)
    ends = starts.shift(1).fill_null(value=False)
    why = (
        pl.when(starts)
        .then(pl.format("a line break without quotes splits it, its rest is row {}", next_row))
        .when(ends)
        .then(pl.format("a line break without quotes split it, its beginning is row {}", pl.col(ROW) - 1))
        .otherwise(pl.lit("put text with commas in double quotes"))
    )
    reason = pl.format(
        f"{{}}, row {{}} (line {{}} of the file): {{}} cells, the header has {header}; {{}}.",
        FILE,
        ROW,
        LINE,
        CELLS,
        why,
    )
    return (
        rows.with_columns(reason=reason, rule=pl.lit("sipri.cells_as_header"))
        .filter(cells != header)
        .select(FILE, ROW, "rule", "reason")
        .cast(REFUSED_SCHEMA)  # type: ignore[arg-type]
    )


def _faults(typed: pl.DataFrame) -> list[pl.DataFrame]:
    """Lines for rows with a cell that is not what its column holds."""
    checks = [
        *((name, column, "a whole number") for name, column in INTEGERS.items()),
        *((name, column, "a number") for name, column in FLOATS.items()),
        ("delivered_years", "Year(s) of delivery", 'a list of years with "; " between them'),
    ]
    lines = []
    for name, column, what in checks:
        wrong = pl.col(column).is_not_null() & ~_holds(typed, name)
        lines.append(_line(typed, wrong, f"sipri.{name}", pl.format(f'{column} "{{}}" is not {what}', column)))
    for name, column in (("recipient", "Recipient"), ("supplier", "Supplier"), ("designation", "Weapon designation")):
        lines.append(_line(typed, pl.col(column).is_null(), f"sipri.{name}_required", pl.lit(f"{column} is empty")))
    return lines


def _holds(typed: pl.DataFrame, name: str) -> pl.Expr:
    """Whether the column has a usable value."""
    value = pl.col(name)
    return value.is_finite().fill_null(value=False) if typed.schema[name].is_float() else value.is_not_null()


def _line(typed: pl.DataFrame, wrong: pl.Expr, rule: str, what: pl.Expr) -> pl.DataFrame:
    return (
        typed.filter(wrong)
        .select(FILE, ROW, rule=pl.lit(rule), reason=pl.format("{}, row {}: {}.", FILE, ROW, what))
        .cast(REFUSED_SCHEMA)  # type: ignore[arg-type]
    )
