"""The hierarchy of units: who stands above and below one, over (unit, parent) pairs. Pure."""

from __future__ import annotations

from collections.abc import Mapping

Parents = Mapping[str, str | None]
"""Unit -> the unit it belongs to, None at the top."""


def above(unit_id: str, parents: Parents) -> tuple[str, ...]:
    """The units that a unit belongs to, the nearest first; a circle in the data ends where it closes."""
    found: list[str] = []
    at = parents.get(unit_id)
    while at is not None and at != unit_id and at not in found:
        found.append(at)
        at = parents.get(at)
    return tuple(found)


def children(unit_id: str, parents: Parents) -> tuple[str, ...]:
    """The units directly below a unit, in the order of the data."""
    return tuple(unit for unit, parent in parents.items() if parent == unit_id and unit != unit_id)


def with_subordinates(unit_id: str, parents: Parents) -> tuple[str, ...]:
    """A unit and all units below it, level by level; a circle in the data is gone through once."""
    below: dict[str, list[str]] = {}
    for unit, parent in parents.items():
        if parent is not None:
            below.setdefault(parent, []).append(unit)
    found = {unit_id: None}  # a dict keeps the order
    level = [unit_id]
    while level:
        level = [unit for above_it in level for unit in below.get(above_it, ()) if unit not in found]
        found |= dict.fromkeys(level)
    return tuple(found)
