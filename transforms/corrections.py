"""Declared corrections of single values, from corrections.toml.

    [[correction]]
    incident_id = "airwars:ISPT0001"
    field = "latitude"
    expected = 31.5
    value = 31.4
    reason = "Digits were exchanged."
    evidence = "https://example.org/note"
    by = "A. Analyst"
    on = 2024-11-02

A correction says which value it expects to find. When the source says something else, repaired or revised, the build
stops: somebody must look again. It holds from its own day: what was known before stays as it was known then.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.errors import InputError
from warehouse.filters import LARGEST_NUMBER
from warehouse.schema import TABLE
from warehouse.vocabulary import CasualtyGroup, Harm

Frames = dict[str, pl.DataFrame]
Value = str | int | float | date | list[str] | None

_TEXTS = ("incident_id", "field", "reason", "evidence", "by")
_KEYS = {*_TEXTS, "expected", "value", "on"}
_NOT_CORRECTED = frozenset({"incident_id", "known_from", "known_to", "dataset_id", "data_origin"})
ESTIMATES = {
    f"{group.value}_{harm.value}_{part}": (group.value, harm.value, part)
    for group in CasualtyGroup
    for harm in Harm
    for part in ("low", "best", "high")
}
"""Fields that stand in the casualty table -> group, harm, column."""
FIELDS = (*(c.name for c in TABLE["incident"].columns if not c.derived and c.name not in _NOT_CORRECTED), *ESTIMATES)
"""Fields that can be corrected."""


@dataclass(frozen=True)
class Correction:
    """One entry of the file; `expected` and `value` are None where it leaves them out: no value."""

    incident_id: str
    field: str
    expected: Value
    value: Value
    reason: str
    evidence: str
    by: str
    on: date

    @property
    def table(self) -> str:
        """Table that holds the field."""
        return "casualty" if self.field in ESTIMATES else "incident"

    @property
    def column(self) -> str:
        """Column of that table."""
        return ESTIMATES[self.field][2] if self.field in ESTIMATES else self.field

    def rows(self) -> pl.Expr:
        """The rows it is about, all versions."""
        mine = pl.col("incident_id") == self.incident_id
        if self.field not in ESTIMATES:
            return mine
        group, harm, _ = ESTIMATES[self.field]
        return mine & (pl.col("group") == group) & (pl.col("harm") == harm)


def read_corrections(path: Path | None) -> list[Correction]:
    """The corrections of a file; none without a file.

    Raises:
        InputError: lists every fault, each with the number of its entry.
    """
    if path is None:
        return []
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path.name} cannot be read as TOML: {error}.") from error
    entries = content.pop("correction", [])
    if content:
        raise InputError(f"{path.name}: only [[correction]] entries may stand in it, not {', '.join(content)}.")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(f"{path.name}: correction is no list of entries; begin each one with the line [[correction]].")
    problems = [f"{path.name}, correction {n}: {fault}." for n, e in enumerate(entries, 1) for fault in _faults(e)]
    named = [(e.get("incident_id"), e.get("field")) for e in entries]
    problems += [
        f"{path.name}, correction {n}: {field} of {incident} is corrected by an earlier entry already."
        for n, (incident, field) in enumerate(named, 1)
        if incident and field and (incident, field) in named[: n - 1]
    ]
    if problems:
        raise InputError(problems)
    return [Correction(**({"expected": None, "value": None} | entry)) for entry in entries]


def corrected(frames: Frames, corrections: Sequence[Correction]) -> Frames:
    """Apply corrections to the incident and casualty tables, each from its own day on; list them in `correction`.

    Raises:
        InputError: a correction's incident is not loaded, or no longer says what the correction expects.
    """
    problems = []
    for c in corrections:
        frame = frames[c.table]
        current = frame.filter(c.rows(), pl.col("known_to").is_null())
        if current.is_empty():
            problems.append(f"The correction of {c.field} of {c.incident_id} {_why_nothing(c, frames)}.")
            continue
        kind = TABLE[c.table].polars_schema()[c.column]
        found = current[c.column].to_list()[0]
        if found != c.expected:
            problems.append(
                f"The correction of {c.field} of {c.incident_id} expects {_shown(c.expected)}, but the source now says "
                f"{_shown(found)}; remove or renew it."
            )
            continue
        frames = frames | {c.table: _applied(frame, c, kind)}
    if problems:
        raise InputError(problems)
    rows = [
        {
            "incident_id": c.incident_id,
            "field": c.field,
            "expected_value": _text(c.expected),
            "corrected_value": _text(c.value),
            "reason": c.reason,
            "evidence": c.evidence,
            "corrected_by": c.by,
            "corrected_on": c.on,
        }
        for c in corrections
    ]
    return frames | {"correction": pl.DataFrame(rows, schema=TABLE["correction"].polars_schema())}


def _why_nothing(c: Correction, frames: Frames) -> str:
    """Why there is no current row to correct."""
    incident = frames["incident"].filter(incident_id=c.incident_id)
    if incident.is_empty():
        return "has no incident in this build; remove it"
    if incident.filter(pl.col("known_to").is_null()).is_empty():
        return "has an incident that its source has retracted; remove it"
    return "has nothing to correct, for the source states no such estimate; remove it"


def _applied(frame: pl.DataFrame, c: Correction, kind: pl.DataType) -> pl.DataFrame:
    """Versions that say what is expected say the corrected value from its day on; one that began before is split."""
    wrong = c.rows() & pl.col(c.column).eq_missing(pl.lit(c.expected, dtype=kind))
    ends_later = pl.col("known_to").is_null() | (pl.col("known_to") > c.on)
    split = frame.filter(wrong & (pl.col("known_from") < c.on) & ends_later)
    before = split.with_columns(known_to=pl.lit(c.on))
    rest = frame.with_columns(
        pl.when(wrong & ends_later).then(pl.max_horizontal("known_from", pl.lit(c.on))).otherwise("known_from"),
        pl.when(wrong & ends_later).then(pl.lit(c.value, dtype=kind)).otherwise(c.column).alias(c.column),
    )
    return pl.concat([rest, before])


def _faults(entry: dict[str, Any]) -> list[str]:
    faults = [f"{key} is missing" for key in (*_TEXTS, "on") if entry.get(key) in (None, "")]
    faults += [f"{key} is not known" for key in entry if key not in _KEYS]
    faults += [f"{key} is not text" for key in _TEXTS if not isinstance(entry.get(key, ""), str)]
    if entry.get("on") not in (None, "") and type(entry["on"]) is not date:
        faults.append("on is no date; write it as on = 2024-11-02, without quotes")
    field = entry.get("field")
    if isinstance(field, str) and field and field not in FIELDS:
        faults.append(f"{field} cannot be corrected; choose from {', '.join(FIELDS)}")
    if field in FIELDS:
        faults += [fault for key in ("expected", "value") if (fault := _wrong_type(str(field), key, entry.get(key)))]
        if entry.get("expected") == entry.get("value"):
            faults.append("expected and value are the same")
    return faults


def _wrong_type(field: str, key: str, value: Any) -> str:
    """What is wrong with a value, empty when nothing."""
    column = TABLE["casualty"][ESTIMATES[field][2]] if field in ESTIMATES else TABLE["incident"][field]
    if value is None:
        return f"{key} is missing, and {field} may not be empty" if column.required else ""
    fits = {
        "text": isinstance(value, str),
        "integer": type(value) is int,
        "float": type(value) in (int, float),
        "date": type(value) is date,
        "text_list": isinstance(value, list) and all(isinstance(item, str) for item in value),
    }[column.type]
    if not fits:
        return f"{key} is no {column.type.replace('_', ' ')}"
    if value == "" or (value == [] and column.required):
        return f"{key} is empty; leave the line out for no value" if not column.required else f"{key} is empty"
    least = -LARGEST_NUMBER if column.minimum is None else column.minimum
    most = LARGEST_NUMBER if column.maximum is None else column.maximum
    if isinstance(value, int | float) and not least <= value <= most:
        return f"{key} {value} lies outside of what {field} can be"
    items = value if isinstance(value, list) else [value]
    if column.allowed and (wrong := [item for item in items if item not in column.allowed]):
        return f"{key}: {wrong[0]!r} is not a value of {field}"
    return ""


def _text(value: Value) -> str | None:
    if value is None:
        return None
    return "; ".join(value) if isinstance(value, list) else str(value)


def _shown(value: Value) -> str:
    return "no value" if value is None else repr(_text(value))
