"""A first mapping for an unseen file, with everything that is left to a person marked "?".

`civharm map` prints what `draft` found; nothing of it is loaded before a person has replaced every "?".
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from transforms.mapping import UNDECIDED, FileFormat, Mapping
from transforms.mapping_fields import LISTED, REPORT_FIELDS, fields
from transforms.mapping_files import kind_of, read_file
from transforms.mapping_guess import Guess, date_texts, guess, items, order_evidence
from transforms.mapping_layout import layout
from transforms.mapping_names import value_of
from transforms.mapping_rows import ADDRESS
from transforms.mapping_trial import Trial, trial
from transforms.mapping_write import toml
from transforms.source import export_dates
from warehouse.errors import InputError

DAY = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")
EMPTY = "empty in every row when this was drafted"
EXAMPLE_LENGTH = 40
FEW = 10
"""Up to so many different texts in place of addresses are words that stand for none; more are mistakes."""


@dataclass(frozen=True)
class Placed:
    """A column with an example of its cells, and what becomes of it."""

    column: str
    example: str
    field: str
    question: str


@dataclass(frozen=True)
class Draft:
    """A drafted mapping.

    Attributes:
        mapping: with "?" wherever a person must decide.
        text: the same as TOML.
        stored: how the file is stored, for people.
        placed: every column of the file.
        notes: what a person should know of what was guessed.
    """

    mapping: Mapping
    text: str
    stored: str
    placed: tuple[Placed, ...]
    notes: tuple[str, ...]


def draft(path: Path, folder: Path) -> Draft:
    """Draft a mapping for a file; `folder` is where the mapping file will lie.

    Raises:
        InputError: the file cannot be read.
    """
    form, notes = layout(path)
    frame = read_file(path, form)
    if frame.is_empty():
        raise InputError(f"{path.name} holds no row below its header.")
    found = guess(frame)
    dataset, about_dataset = _dataset(path)
    values = {f: v for f, c in found.columns.items() if (v := _values(f, frame[c], found))}
    placed = tuple(_placed(column, frame[column], found) for column in frame.columns)
    constants = {"access": UNDECIDED} if set(found.columns).intersection(REPORT_FIELDS) else {}
    mapping = Mapping(
        name=f"{path.name}.toml",
        dataset=dataset,
        file=replace(form, paths=(os.path.relpath(path, folder).replace(os.sep, "/"),)),
        form=found.form,
        columns={f: (found.columns[f],) for f in fields() if f in found.columns},
        values=values,
        separators=found.separators,
        constants=constants,
        ignored={p.column: EMPTY if p.question == EMPTY else UNDECIDED for p in placed if not p.field},
    )
    notes = [*notes, *about_dataset, *_about(frame, found)]
    return Draft(mapping, toml(mapping), _stored(path, form, frame), placed, tuple(notes))


def write(drafted: Draft, target: Path) -> None:
    """Write the text of a draft to a new file.

    Raises:
        InputError: there is such a file; a person may have worked on it.
    """
    if target.exists():
        raise InputError(f"{target} is there already; test it with --mapping {target}, or name another file with -o.")
    target.write_text(drafted.text, encoding="utf-8", newline="\n")


def tried(drafted: Draft, folder: Path, today: date, known_on: date | None = None) -> Trial:
    """The draft tried on its file, as far as it is decided."""
    return trial(drafted.mapping, folder, today, known_on)


def _dataset(path: Path) -> tuple[dict[str, Any], list[str]]:
    plain = DAY.sub("", path.stem)
    name = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "data"
    title = re.sub(r"[_\s]+", " ", plain).strip(" -") or path.stem
    dataset: dict[str, Any] = {"id": name, "title": title, "publisher": UNDECIDED, "licence": UNDECIDED}
    dataset |= {"redistributable": False}
    if (stated := _day_in_name(path)) is not None:
        return dataset | {"known_on": stated}, [f"known_on was taken from the file's name: {stated.isoformat()}."]
    try:
        _, known = export_dates(path.parent, None)
    except (InputError, ValueError):
        return dataset | {"known_on": UNDECIDED}, []
    return dataset, [f"SOURCE.txt beside the file says of which day the export is: {known.isoformat()}."]


def _day_in_name(path: Path) -> date | None:
    found = DAY.search(path.stem)
    try:
        return date.fromisoformat(found.group(1)) if found else None
    except ValueError:  # digits that are no day
        return None


def _values(field: str, column: pl.Series, found: Guess) -> dict[str, tuple[str, ...]]:
    """The categories of a column with ours, "?" where none has that name; those that are ours already are left out."""
    about = fields()[field]
    if about.kind == "addresses":
        others = [i for i in items(column, found.separators.get(field)) if not re.search(ADDRESS, i)]
        return {i: (UNDECIDED,) for i in others if i.lower() not in found.form.null_words} if len(others) <= FEW else {}
    if about.allowed is None:
        return {}
    listed: dict[str, tuple[str, ...]] = {}
    for item in items(column, found.separators.get(field)):
        known = pl.select(LISTED[field](pl.lit(item))).item() if field in LISTED else None
        if item not in about.allowed and known is None and item.lower() not in found.form.null_words:
            value = value_of(field, item)
            listed[item] = (UNDECIDED if value is None else value,)
    return listed


def _placed(column: str, cells: pl.Series, found: Guess) -> Placed:
    filled = cells.drop_nulls()
    names = [f for f in fields() if found.columns.get(f) == column]
    example = " ".join(str(filled[0]).split())[:EXAMPLE_LENGTH] if filled.len() else ""
    question = found.questions.get(column, "Map it or leave it out.") if filled.len() else EMPTY
    return Placed(column, example, ", ".join(names), "" if names else question)


def _about(frame: pl.DataFrame, found: Guess) -> list[str]:
    """Sentences on identifiers, dates and places."""
    notes = []
    identifier = found.columns.get("incident_id")
    if identifier is None:
        notes.append(
            "No column identifies an incident: a hash of the mapped cells will, so that a row changed in a later "
            'export is another incident. Better name columns that never change: incident_id = ["...", "..."].'
        )
    elif (repeated := frame[identifier].len() - frame[identifier].n_unique()) > 0:
        notes.append(
            f"{identifier!r} is taken as incident_id, but {repeated:,} rows repeat one: rows of one incident may "
            "differ in reports, weapons and units only."
        )
    digits, day_first, month_first = order_evidence(date_texts(frame, found.columns))
    if digits and found.form.date_order == UNDECIDED:
        notes.append(
            f"{digits:,} dates such as 03/04/2024 may be read day first or month first: state date_order."
            if day_first == month_first == 0
            else f"{day_first:,} dates only read day first, {month_first:,} only month first: the file mixes both."
        )
    elif digits:
        notes.append(f"date_order is proved by {max(day_first, month_first):,} of {digits:,} dates.")
    short = date_texts(frame, found.columns).str.contains(r"^\d{1,2}[./-]\d{1,2}[./-]\d{2}$").sum()
    if short:
        notes.append(f'{short:,} dates have years of two digits: state date_patterns, such as "%d/%m/%y".')
    if not {"date", "date_start"} & found.columns.keys():
        notes.append("No column was found for the date of the incident (date).")
    if "country" not in found.columns:
        notes.append('No column names the country; if all rows lie in one, write country = "..." in [constants].')
    if not any(fields()[f].kind == "people" for f in found.columns):
        notes.append("No column was found for people killed or injured (civilians_killed and the like).")
    return notes


def _stored(path: Path, form: FileFormat, frame: pl.DataFrame) -> str:
    kind = kind_of(path, form)
    marks = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
    details = [kind.upper()]
    if kind in {"csv", "tsv"}:
        details += [form.encoding, f"separated by {marks[form.separator or ',']}"]
    if form.records:
        details.append(f"records at {form.records!r}")
    return f"{', '.join(details)}; {frame.height:,} rows, {frame.width} columns"
