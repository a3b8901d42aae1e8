"""A mapping tried on its file: what still has to be decided, what is refused, and the first rows as they would load."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from transforms.checks import refuse
from transforms.mapping import UNDECIDED, Mapping, settled, undecided
from transforms.mapping_cells import (
    cells,
    missing_columns,
    order_problems,
    unlisted,
    unlisted_problems,
    unnamed_columns,
)
from transforms.mapping_fields import fields
from transforms.mapping_toml import load
from transforms.source import ROW
from transforms.sources.mapped import MappedRaw, read_through, transform
from transforms.weapons import reference_list
from warehouse.schema import LIST_SEPARATOR

FIRST_ROWS = 5
PLACEHOLDERS = {"id": "draft", "title": "Draft", "publisher": UNDECIDED, "licence": UNDECIDED}
LONG_AGO = date(1970, 1, 1)
"""Stands for a day of knowledge that is not decided; a trial loads nothing."""


@dataclass(frozen=True)
class Trial:
    """What a mapping does with its file.

    Attributes:
        problems: what stops the load, one sentence each.
        rows_read, rows_loaded: rows of the file, and those that would load as far as the mapping is decided.
        counts: table -> rows.
        reasons: why rows are refused.
        preview: the first incidents, filled columns only, as text.
    """

    problems: tuple[str, ...]
    rows_read: int
    rows_loaded: int
    counts: dict[str, int]
    reasons: tuple[str, ...]
    preview: pl.DataFrame


def trial(mapping: Mapping, folder: Path, today: date, known_on: date | None = None) -> Trial:
    """Try a mapping on the files that it names, relative to a folder; what is undecided is left out.

    Raises:
        InputError: a file cannot be read, or lacks mapped columns.
    """
    problems = undecided(mapping)
    decided = settled(mapping)
    decided = replace(decided, dataset=PLACEHOLDERS | decided.dataset)
    is_day_open = mapping.dataset.get("known_on") == UNDECIDED
    raw = read_through(decided, folder, LONG_AGO if is_day_open else known_on)
    for file in raw.files:
        if missing := missing_columns(decided, file.name, file.frame.columns):
            return Trial((*problems, *missing), _rows(raw), 0, {}, (), pl.DataFrame())
        problems += unnamed_columns(decided, file.name, file.frame.columns)
    names = ", ".join(f.name for f in raw.files)
    if not decided.columns:
        return Trial(tuple(problems), _rows(raw), 0, {}, (), pl.DataFrame())
    found = unlisted(decided, frame := cells(decided, raw.files))
    problems += unlisted_problems(decided, names, found)
    values = {f: decided.values.get(f, {}) | dict.fromkeys(found.get(f, {}), ()) for f in {*decided.values, *found}}
    decided = replace(decided, values=values)
    if unordered := list(order_problems(decided, frame)):
        problems += [] if mapping.form.date_order == UNDECIDED else unordered
        dates = {f for f in decided.columns if fields()[f].kind in {"when", "day", "days"}}
        decided = replace(decided, columns={f: c for f, c in decided.columns.items() if f not in dates})
    if not decided.columns:
        return Trial(tuple(problems), _rows(raw), 0, {}, (), pl.DataFrame())
    canonical = transform(MappedRaw(raw.dataset, raw.files, decided))
    tables, refused = refuse(canonical, today, {"weapon": reference_list()})
    return Trial(
        problems=tuple(problems),
        rows_read=_rows(raw),
        rows_loaded=_rows(raw) - refused.height,
        counts={name: table.height for name, table in tables.items() if name not in {"weapon", "unit"}},
        reasons=tuple(refused["reason"]),
        preview=_preview(tables),
    )


def of_file(mapping_file: Path, path: Path, today: date, known_on: date | None = None) -> Trial:
    """Try a mapping file on one file, which may be another one than it names.

    Raises:
        InputError: either cannot be read, or the file lacks mapped columns.
    """
    mapping = load(mapping_file)
    alone = replace(mapping, file=replace(mapping.file, paths=(path.name,)))
    return trial(alone, path.parent, today, known_on)


def _rows(raw: MappedRaw) -> int:
    return sum(f.frame.height for f in raw.files)


def _preview(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The first incidents with people harmed, reports, weapons and units, as text, without columns that are empty."""
    if "incident" not in tables:
        return pl.DataFrame()
    incident = tables["incident"].head(FIRST_ROWS)
    shown = incident.select(
        "incident_id",
        *(pl.col(c).list.join(LIST_SEPARATOR) for c, kind in incident.schema.items() if isinstance(kind, pl.List)),
        *(
            pl.col(c).cast(pl.String)
            for c, kind in incident.schema.items()
            if not isinstance(kind, pl.List) and c not in {"incident_id", ROW} and not c.startswith("_")
        ),
    )
    if "casualty" in tables:
        counted = tables["casualty"].join(incident.select("incident_id"), on="incident_id", how="semi")
        estimate = pl.concat_str(
            [pl.col(c).cast(pl.String).fill_null("unknown") for c in ("low", "high")], separator="–"
        )
        estimate = (
            pl.when(pl.col("low").is_null() & pl.col("high").is_null())
            .then(pl.lit("unknown"))
            .when(pl.col("low") == pl.col("high"))
            .then(pl.col("low").cast(pl.String))
            .otherwise(estimate)
        )
        best = (
            pl.when(pl.col("best").is_not_null()).then(pl.format("{} (best {})", estimate, "best")).otherwise(estimate)
        )
        wide = counted.select("incident_id", pl.format("{}_{}", "group", "harm").alias("what"), best.alias("n"))
        if wide.height:
            wide = wide.pivot("what", index="incident_id", values="n", aggregate_function="first")
            shown = shown.join(wide, on="incident_id", how="left", maintain_order="left")
    for name, column in {
        "incident_report": "report_id",
        "incident_weapon": "weapon_id",
        "incident_unit": "unit_id",
    }.items():
        if name in tables:
            per = (
                tables[name]
                .group_by("incident_id")
                .agg(
                    (
                        pl.col(column).n_unique().cast(pl.String)
                        if column == "report_id"
                        else pl.col(column).str.join(LIST_SEPARATOR)
                    ).alias(f"{column.removesuffix('_id')}s")
                )
            )
            shown = shown.join(per, on="incident_id", how="left", maintain_order="left")
    prefix = re.escape(str(incident["incident_id"][0]).split(":")[0]) if incident.height else ""
    shown = shown.with_columns(pl.col("incident_id").str.replace(f"^{prefix}:", ""))
    return shown.select(c for c in shown.columns if shown[c].is_not_null().any())
