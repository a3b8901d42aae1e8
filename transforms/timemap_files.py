"""The file of a TimeMap export: which one of a folder, its records, and whose it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from transforms.source import Dataset, export_dates
from warehouse.errors import InputError

TEXT_KEYS = ("id", "date", "latitude", "longitude", "location", "description")
LIST_KEYS = {"sources": ("id", "path", "description"), "filters": ("key", "value")}
"""Keys of an event that hold lists of objects, and the keys of these."""

BELLINGCAT = re.compile(r"^ukr-civharm-")
"""File names of Bellingcat's "Civilian Harm in Ukraine"."""
BELLINGCAT_ID = "timemap-bellingcat"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MAX_LISTED = 20
"""Faulty records named when many are."""


def export(path: Path) -> tuple[Path, int]:
    """The export to read, and how many there are.

    Raises:
        InputError: there is none, or it cannot be told which one is the newest.
    """
    if path.is_file():
        return path, 1
    if not path.is_dir():
        raise InputError(f"{path} does not exist; give a TimeMap export (.json) or a folder that holds one.")
    found = sorted(path.glob("*.json"))
    if not found:
        raise InputError(f"{path} holds no .json file; give a TimeMap export or a folder that holds one.")
    if len(found) == 1:
        return found[0], 1
    if undated := [f.name for f in found if not DAY.search(f.name)]:
        raise InputError(
            f"{path} holds {len(found)} exports, and the names of {', '.join(undated)} state no date; name one file."
        )
    return max(found, key=lambda f: DAY.findall(f.name)[-1]), len(found)


def records(file: Path) -> list[dict[str, Any]]:
    """The events of an export, each with all keys.

    Raises:
        InputError: names every record that is no event.
    """
    try:
        content = json.loads(file.read_bytes())
    except ValueError as error:  # not JSON, or not UTF-8
        raise InputError(f"{file} is not a JSON file in UTF-8: {error}.") from error
    if not isinstance(content, list) or not content:
        raise InputError(f"{file} is no TimeMap export: it holds no list of events.")
    problems = [f"{file.name}, record {i}: {p}" for i, r in enumerate(content, 1) for p in _record_problems(r)]
    if len(problems) > MAX_LISTED:
        problems = [*problems[:MAX_LISTED], f"{file.name}: {len(problems) - MAX_LISTED:,} more problems."]
    if problems:
        raise InputError(problems)
    return [{**r, **{k: str(r[k]) for k in TEXT_KEYS if isinstance(r[k], int | float)}} for r in content]


def _record_problems(record: Any) -> Iterator[str]:
    keys = {*TEXT_KEYS, *LIST_KEYS}
    if not isinstance(record, dict):
        yield "it is no object with named values."
        return
    if record.keys() != keys:
        missing, unknown = sorted(keys - record.keys()), sorted(record.keys() - keys)
        yield f"missing keys: {', '.join(missing) or 'none'}; unknown keys: {', '.join(unknown) or 'none'}."
        return
    for key in TEXT_KEYS:
        if not isinstance(record[key], str | int | float | None):
            yield f"{key} is no text or number."
    for key, inner in LIST_KEYS.items():
        items = record[key]
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            yield f"{key} is no list of objects."
        elif not all(set(i) == set(inner) and all(isinstance(v, str | None) for v in i.values()) for i in items):
            yield f"{key} must hold objects with texts under the keys {', '.join(inner)}."


def dataset(file: Path, exports: int, known_on: date | None) -> Dataset:
    """Whose export it is and of which day; `exports` is how many the folder holds.

    Raises:
        InputError: the day is stated neither in the file name, nor by `known_on`, nor in SOURCE.txt.
    """
    in_name = DAY.findall(file.name)
    retrieved_on, known = export_dates(file.parent, date.fromisoformat(in_name[-1]) if in_name else known_on)
    newest = f", the newest of {exports} in the folder" if exports > 1 else ""
    day = f"export of {known.isoformat()}{newest}"
    if BELLINGCAT.match(file.name):
        return Dataset(
            dataset_id=BELLINGCAT_ID,
            source_module="timemap",
            title=f"Civilian Harm in Ukraine, {day}",
            publisher="Bellingcat",
            url="https://ukraine.bellingcat.com",
            licence="Not stated in the files",
            redistributable=False,
            retrieved_on=retrieved_on,
            known_on=known,
        )
    source = file.parent / "SOURCE.txt"
    text = source.read_text(encoding="utf-8", errors="replace") if source.is_file() else ""
    stated = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}
    slug = re.sub(r"[^a-z0-9]+", "-", DAY.sub("", file.stem).lower()).strip("-") or "export"
    return Dataset(
        dataset_id=f"timemap-{slug}",
        source_module="timemap",
        title=f"{stated.get('title') or file.stem}, {day}",
        publisher=stated.get("publisher") or "Not stated",
        url=stated.get("url"),
        licence=stated.get("licence") or "Not stated",
        redistributable=False,
        retrieved_on=retrieved_on,
        known_on=known,
    )
