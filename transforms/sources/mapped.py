"""Anyone's table, read through a mapping file (TOML) that says what its columns and values mean.

`docs/mapping.md` is the guide; `civharm map FILE` drafts a mapping. The path given is the mapping file, which names the
data file or files beside it. One row of a file is an incident, or one of several rows about it that differ only in what
they say of reports and weapons. Columns that the mapping leaves out are never copied into quarantine: they may name
people.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from transforms.mapping import Mapping, undecided
from transforms.mapping_cells import (
    cells,
    column_problems,
    order_problems,
    stop,
    unlisted,
    unlisted_problems,
    used_columns,
)
from transforms.mapping_files import read_file
from transforms.mapping_rows import typed
from transforms.mapping_tables import tables
from transforms.mapping_toml import load
from transforms.source import ROW, Canonical, Dataset, Raw, export_dates, raw_file

RESTRICTED_FIELDS = frozenset({
    "report_url", "report_archive_url", "report_publisher", "report_title", "report_text",
})  # fmt: skip
"""What may name a person or stand in a private report: never copied into quarantine."""


@dataclass(frozen=True)
class MappedRaw(Raw):
    """Files as read, with the mapping that says what they mean."""

    mapping: Mapping


def read(path: Path, known_on: date | None = None) -> Raw:
    """Read the files that a mapping names, as text.

    Args:
        path: the mapping file.
        known_on: day of the export, where neither the mapping nor SOURCE.txt beside the first file states it.

    Raises:
        InputError: the mapping or a file has faults (all of the mapping's at once), the mapping still holds a "?", a
            column is neither mapped nor left out, or the export's day is not stated.
    """
    mapping = load(path)
    stop(undecided(mapping))
    raw = read_through(mapping, path.parent, known_on)
    stop([p for f in raw.files for p in column_problems(mapping, f.name, f.frame.columns)])
    # The mapping decides what the rows mean, so it is one of the inputs; it has no rows.
    about = raw_file(path, pl.DataFrame(schema={ROW: pl.Int64()}))
    return MappedRaw(raw.dataset, (about, *raw.files), mapping)


def read_through(mapping: Mapping, folder: Path, known_on: date | None) -> MappedRaw:
    """Read the files that a mapping names, relative to a folder; columns are not checked."""
    paths = [folder / name for name in mapping.file.paths]
    restricted = _restricted(mapping)
    files = tuple(
        raw_file(
            path,
            frame,
            name=_name(path, paths),
            restricted=restricted | (set(frame.columns) - set(used_columns(mapping)) - {ROW}),
        )
        for path in paths
        for frame in (read_file(path, mapping.file),)
    )
    return MappedRaw(_dataset(mapping, paths[0].parent, known_on), files, mapping)


def transform(raw: Raw) -> Canonical:
    """Rows -> incidents, people harmed, reports with their links, and weapons.

    Raises:
        InputError: a category is neither ours nor listed (all columns at once, with how often each occurs), or dates
            of digits contradict the stated order of day and month.
    """
    if not isinstance(raw, MappedRaw):
        raise TypeError("the raw data of a mapped source carries its mapping")
    mapping, files = raw.mapping, tuple(f for f in raw.files if f.frame.width > 1)
    frame = cells(mapping, files)
    names = ", ".join(f.name for f in files)
    stop([*unlisted_problems(mapping, names, unlisted(mapping, frame)), *order_problems(mapping, frame)])
    rows, refused = typed(mapping, frame, raw.dataset.dataset_id)
    found = tables(mapping, rows, raw.dataset.dataset_id)
    # Several rows may state the same of one incident; `typed` refused those that contradict an earlier one.
    return Canonical(raw.dataset, raw.files, found, frozenset(found), refused)


def _dataset(mapping: Mapping, folder: Path, known_on: date | None) -> Dataset:
    stated = mapping.dataset
    known = stated.get("known_on")
    retrieved_on = stated.get("retrieved_on")
    if known is None:
        found, known = export_dates(folder, known_on)
        retrieved_on = retrieved_on or found
    return Dataset(
        dataset_id=stated["id"],
        source_module="mapped",
        title=stated["title"],
        publisher=stated["publisher"],
        url=stated.get("url"),
        licence=stated["licence"],
        redistributable=stated.get("redistributable", False),
        retrieved_on=retrieved_on or known,
        known_on=known,
        synthetic=stated.get("synthetic", False),
        is_snapshot=stated.get("is_snapshot", True),
    )


def _restricted(mapping: Mapping) -> frozenset[str]:
    reports = {c for field in RESTRICTED_FIELDS for c in mapping.columns.get(field, ())}
    return frozenset(reports | mapping.ignored.keys())


def _name(path: Path, paths: list[Path]) -> str:
    """A file's name, with its folder where two files have the same."""
    alone = [p.name for p in paths].count(path.name) == 1
    return path.name if alone else os.path.relpath(path, os.path.commonpath([p.parent for p in paths]))
