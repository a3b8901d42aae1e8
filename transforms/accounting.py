"""What became of every row of the files: read = loaded + quarantined, and each refused row with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from transforms.source import FILE, ROW, Canonical, Dataset, RawFile
from warehouse.errors import InputError
from warehouse.schema import TABLE

SHOWN_REFUSALS = 5
"""Refused rows whose reason is printed: enough to see what is wrong, few enough to read."""


def dataset_row(newest: Dataset, files: pl.DataFrame, exports: int) -> pl.DataFrame:
    """A row of the dataset table: what the newest export declares, and the counts of all its files."""
    row: dict[str, Any] = {name: getattr(newest, name, None) for name in TABLE["dataset"].column_names}
    row |= {name: int(files[name].sum()) for name in ("rows_read", "rows_loaded", "rows_quarantined")}
    row |= {
        "exports": exports,
        "sha256": hashlib.sha256("".join(sorted(files["sha256"].to_list())).encode()).hexdigest(),
    }
    return pl.DataFrame([row], schema=TABLE["dataset"].polars_schema())


def heights(canonical: Canonical) -> dict[str, int]:
    """Rows of each file."""
    return {file.name: file.frame.height for file in canonical.files}


def input_files(
    dataset: Dataset, files: Sequence[RawFile], rows: Mapping[str, int], refused: pl.DataFrame
) -> pl.DataFrame:
    """The table `input_file` of one export; `rows` says how many each file holds."""
    per_file = dict(refused.group_by(FILE).len().iter_rows())
    lines = [
        {
            "dataset_id": dataset.dataset_id,
            "known_on": dataset.known_on,
            "file": f.name,
            "sha256": f.sha256,
            "size_bytes": f.size_bytes,
            "rows_read": rows[f.name],
            "rows_loaded": rows[f.name] - per_file.get(f.name, 0),
            "rows_quarantined": per_file.get(f.name, 0),
        }
        for f in files
    ]
    return pl.DataFrame(lines, schema=TABLE["input_file"].polars_schema())


def report(
    dataset_id: str, incidents: int, files: pl.DataFrame, refused: pl.DataFrame, progress: Callable[[str], None]
) -> None:
    """Say how many rows were loaded and which were refused."""
    read, taken, quarantined = (int(files[c].sum()) for c in ("rows_read", "rows_loaded", "rows_quarantined"))
    progress(
        f"  {dataset_id}: {read:,} rows read = {taken:,} loaded + {quarantined:,} quarantined; {incidents:,} incidents"
    )
    # Rows that only refer to a refused one come after it: there may be hundreds of them.
    causes_first = refused.sort(pl.col("rule").str.contains("_references_"), maintain_order=True)
    for reason in causes_first["reason"].head(SHOWN_REFUSALS):
        progress(f"    refused: {reason}")
    if (more := refused.height - SHOWN_REFUSALS) > 0:
        progress(f"    and {more:,} more; the dashboard's page Data quality lists every refused row")


def check_nothing_lost(canonical: Canonical, tables: Mapping[str, pl.DataFrame], refused: pl.DataFrame) -> None:
    """Every input row is in the warehouse or in quarantine."""
    lineage = pl.concat(
        [
            f.select(pl.col(FILE), pl.col(ROW).cast(pl.Int64))
            for f in [*canonical.tables.values(), canonical.retracted, refused]
            if FILE in f.columns and f.height
        ]
        or [refused.select(FILE, ROW)]
    ).unique()
    for file in canonical.files:
        rows = file.frame.select(pl.lit(file.name).alias(FILE), pl.col(ROW).cast(pl.Int64))
        lost = rows.join(lineage, on=[FILE, ROW], how="anti")
        if lost.height:
            raise InputError(
                f"{file.name}: {lost.height} rows were neither loaded nor refused, the first is row {lost[ROW][0]}; "
                "this is a fault of the program, please report it."
            )


def quarantine(dataset: Dataset, files: Sequence[RawFile], refused: pl.DataFrame) -> pl.DataFrame:
    """The quarantine table of one data set; restricted columns are blanked in the row as read."""
    parts = [TABLE["quarantine"].empty()]
    for file in files:
        lines = refused.filter(pl.col(FILE) == file.name)
        if lines.is_empty():
            continue
        shown = [
            pl.when(pl.col(c).is_not_null()).then(pl.lit("[restricted]")).alias(c)
            if c in file.restricted
            else pl.col(c)
            for c in file.frame.columns
            if c != ROW
        ]
        raw = file.frame.join(lines, on=ROW, how="inner").select(ROW, raw=pl.struct(shown).struct.json_encode())
        parts.append(
            lines.join(raw, on=ROW, how="left", validate="1:1").select(
                dataset_id=pl.lit(dataset.dataset_id),
                known_on=pl.lit(dataset.known_on),
                file=FILE,
                row_number=ROW,
                rule="rule",
                reason="reason",
                raw="raw",
            )
        )
    return pl.concat(parts)
