"""The text of a mapping file (TOML) to a `Mapping`; everything wrong with it is told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from transforms.mapping import UNDECIDED, FileFormat, Mapping
from transforms.mapping_fields import fields
from transforms.mapping_formats import LIST_ITEM, DateOrder, TextFormat
from transforms.mapping_rules import problems_of
from warehouse.errors import InputError

KEYS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "dataset": {
        "id": str, "title": str, "publisher": str, "url": str, "licence": str, "redistributable": bool,
        "known_on": (str, date), "retrieved_on": (str, date), "synthetic": bool, "is_snapshot": bool,
    },
    "file": {
        "path": (str, list), "format": str, "encoding": str, "separator": str, "sheet": str, "header_row": int,
        "records": str,
    },
    "format": {
        "date_order": str, "date_patterns": (str, list), "null_words": list, "decimal": str, "thousands": str,
        "range_separators": list, "list_separator": str,
    },
}  # fmt: skip
"""Keys of the three sections whose keys are fixed, and the types of their values."""
SECTIONS = (*KEYS, "columns", "separators", "constants", "values", "ignored")
NEEDED = (("dataset", "id"), ("dataset", "title"), ("dataset", "publisher"), ("dataset", "licence"), ("file", "path"))


def load(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        InputError: lists everything that is wrong with it.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist; give the mapping file (.toml); 'civharm map FILE' drafts one.")
    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name} is no mapping file (not text in UTF-8); 'civharm map {path.name}' drafts one."
        ) from error


def parse(text: str, name: str) -> Mapping:
    """Read the text of a mapping file; what is still "?" stays so (see `undecided`).

    Raises:
        InputError: lists everything that is wrong with it.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name} is not TOML: {error}.") from error
    problems = list(_shape_problems(content))
    if problems:
        raise InputError([f"{name}: {p}" for p in problems])
    sections: dict[str, dict[str, Any]] = {s: content.get(s, {}) for s in SECTIONS}
    mapping = Mapping(
        name=name,
        dataset={k: _day(v) if k.endswith("_on") else v for k, v in sections["dataset"].items()},
        file=_file(sections["file"]),
        form=_form(sections["format"]),
        columns={f: _texts(c) for f, c in sections["columns"].items()},
        values={f: {k: _texts(v) for k, v in listed.items()} for f, listed in sections["values"].items()},
        separators=sections["separators"],
        constants={f: LIST_ITEM.join(_texts(v)) for f, v in sections["constants"].items()},
        ignored=sections["ignored"],
    )
    if problems := list(problems_of(mapping)):
        raise InputError([f"{name}: {p}" for p in problems])
    return mapping


def _shape_problems(content: dict[str, Any]) -> Iterator[str]:
    if unknown := [s for s in content if s not in SECTIONS]:
        yield f"[{unknown[0]}] is no section of a mapping; it knows {', '.join(f'[{s}]' for s in SECTIONS)}."
    for section in SECTIONS:
        entries = content.get(section, {})
        if not isinstance(entries, dict):
            yield f"{section} must be a section, [{section}]."
            continue
        for key, value in entries.items():
            yield from _entry_problems(section, key, value)
    for section, key in NEEDED:
        entries = content.get(section)
        if not isinstance(entries, dict) or entries.get(key) in (None, "", []):
            yield f"[{section}] {key} is missing."


def _entry_problems(section: str, key: str, value: Any) -> Iterator[str]:
    place = f"[{section}] {key}"
    texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if section in KEYS:
        kind = KEYS[section].get(key)
        if kind is None:
            yield f"{place} is not known; [{section}] knows {', '.join(KEYS[section])}."
        elif not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            yield f"{place} is {value!r}, which is of the wrong type."
        elif isinstance(value, list) and not texts:
            yield f"{place} must list texts."
        elif key.endswith("_on") and _day(value) is None:
            yield f"{place} is {value!r}; write a day as 2024-06-30."
        return
    if section != "ignored" and key not in fields():
        yield f"{place} is no field; see docs/mapping.md for the list."
    elif section == "columns" and texts and key != "incident_id":
        yield f"{place} names several columns; only incident_id may be made of several."
    elif section == "values":
        if not isinstance(value, dict) or not all(
            isinstance(v, str) or (isinstance(v, list) and all(isinstance(i, str) for i in v)) for v in value.values()
        ):
            yield f'[values.{key}] must hold lines of the form "their value" = "our value".'
    elif not isinstance(value, str) and not (section in {"columns", "constants"} and texts and value):
        yield f"{place} is {value!r}; write it as text in quotes."
    elif value == "" and section != "ignored":
        yield f"{place} is empty."


def _file(section: dict[str, Any]) -> FileFormat:
    rest = {key: value for key, value in section.items() if key != "path"}
    return FileFormat(paths=_texts(section["path"]), **rest)


def _form(section: dict[str, Any]) -> TextFormat:
    decimal = section.get("decimal", ".")
    return TextFormat(
        date_order=cast("DateOrder | None", section.get("date_order")),
        date_patterns=_texts(section.get("date_patterns", [])),
        null_words=_texts(section.get("null_words", [])),
        decimal=decimal,
        thousands=section.get("thousands", "." if decimal == "," else ","),
        range_separators=_texts(section.get("range_separators", list(TextFormat.range_separators))),
        list_separator=section.get("list_separator"),
    )


def _texts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _day(value: Any) -> Any:
    """A day as date, "?" as it is; None for anything else."""
    if value == UNDECIDED or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
