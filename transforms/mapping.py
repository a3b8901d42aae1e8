"""A mapping: which column of somebody's table fills which field, and what its values mean.

`docs/mapping.md` is the guide to the format. A "?" stands for what a draft leaves to a person; it stops the load.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from transforms.mapping_fields import fields
from transforms.mapping_formats import LIST_ITEM, TextFormat
from warehouse.vocabulary import Access

UNDECIDED = "?"
FORMATS = {
    ".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".xls": "xlsx", ".ods": "xlsx",
    ".json": "json", ".geojson": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
}  # fmt: skip
"""Ending of a file name -> format."""


@dataclass(frozen=True)
class FileFormat:
    """Where the data lies and how it is stored; `header_row` counts lines (or rows of a sheet) from 1."""

    paths: tuple[str, ...]
    format: str | None = None
    encoding: str = "utf-8"
    separator: str | None = None
    sheet: str | None = None
    header_row: int = 1
    records: str = ""


@dataclass(frozen=True)
class Mapping:
    """A mapping file as read.

    Attributes:
        name: its file name, for messages.
        dataset: the section [dataset], days as dates.
        columns: field -> columns of the file; only incident_id may have several.
        values: field -> the file's value -> values of ours ("" for none).
        separators, constants: field -> separator, field -> value that holds for every row.
        ignored: column -> why it is left out.
    """

    name: str
    dataset: dict[str, Any]
    file: FileFormat
    form: TextFormat
    columns: dict[str, tuple[str, ...]]
    values: dict[str, dict[str, tuple[str, ...]]]
    separators: dict[str, str]
    constants: dict[str, str]
    ignored: dict[str, str]

    @property
    def filled(self) -> frozenset[str]:
        """Fields that have a column or a constant."""
        return frozenset(self.columns) | frozenset(self.constants)

    def separator(self, field: str) -> str | None:
        """What stands between the items of a field; None if a cell is one item."""
        if field in self.constants:
            return LIST_ITEM
        return self.separators.get(field, self.form.list_separator if fields()[field].is_list else None)


def undecided(mapping: Mapping) -> list[str]:
    """One sentence for each place where a "?" still stands."""
    dataset = [f"[dataset] {k}" for k, v in mapping.dataset.items() if v == UNDECIDED]
    form = ["[format] date_order"] if mapping.form.date_order == UNDECIDED else []
    constants = [f"[constants] {f}" for f, v in mapping.constants.items() if v == UNDECIDED]
    open_ = [f'{mapping.name}: {place} is still "?"; fill it in.' for place in (*dataset, *form, *constants)]
    if not mapping.columns:
        open_.append(f"{mapping.name}: [columns] maps no column.")
    for field, listed in mapping.values.items():
        if left := [repr(k) for k, v in listed.items() if UNDECIDED in v]:
            allowed = fields()[field].allowed_text
            hint = f"; allowed: {allowed}" if allowed else ""
            open_.append(f'{mapping.name}: [values.{field}] is still "?" for {", ".join(left)}{hint}.')
    if left := [repr(c) for c, reason in mapping.ignored.items() if reason == UNDECIDED]:
        open_.append(
            f'{mapping.name}: [ignored] is still "?" for {", ".join(left)}; map each column in [columns], or leave it '
            "here with a reason."
        )
    return open_


def settled(mapping: Mapping) -> Mapping:
    """The mapping as far as it is decided, for a trial: what is still "?" is left out."""
    no_order = mapping.form.date_order == UNDECIDED
    # A trial shows nothing to anybody else; what is undecided counts as private.
    access = {"access": Access.PRIVATE.value} if mapping.constants.get("access") == UNDECIDED else {}
    return replace(
        mapping,
        dataset={k: v for k, v in mapping.dataset.items() if v != UNDECIDED},
        form=replace(mapping.form, date_order=None) if no_order else mapping.form,
        values={f: {k: () if UNDECIDED in v else v for k, v in listed.items()} for f, listed in mapping.values.items()},
        constants={f: v for f, v in mapping.constants.items() if v != UNDECIDED} | access,
    )
