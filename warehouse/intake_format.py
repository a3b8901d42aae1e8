"""The intake format: the files in which a team, or an extract of everything, hands over incidents.

`transforms.intake` explains it to people and writes an empty one, `transforms.sources.chirg_intake` reads it,
`warehouse.extracts.package` writes it.
"""

from __future__ import annotations

from warehouse.datapackage import Descriptor, package
from warehouse.schema import INTAKE_TABLES, Column, Table

NAME = "chirg-intake"
VERSION = "1.2"
"""Of the format; a folder of another version is refused, because its columns mean something else."""

OPTIONAL = frozenset({"known_from", "known_to"})
"""Columns that may be left out or empty: a row is then known from the data set's `known_on` on."""

NEEDED = ("dataset", "incident", "report", "incident_report")
"""Tables that every intake has: who says so, what happened, who reported it."""

DESCRIPTOR = "datapackage.json"

DISARMED = "disarmed"
"""Member of the descriptor: true where every text that begins with an apostrophe was given it (`extracts.disarm`)."""

SHARED = frozenset({"dataset", "weapon"})
"""Tables whose identifiers are not the data set's own: they get no prefix."""
_OWN_IDS = frozenset(f"{t.name}.{t.key[0]}" for t in INTAKE_TABLES if t.name not in SHARED)


def columns(table: Table) -> tuple[Column, ...]:
    """The columns of a table's file. Only the data set itself says its identifier; the build adds it elsewhere."""
    return (table["dataset_id"], *table.intake_columns) if table.name == "dataset" else table.intake_columns


def own_identifiers(table: Table) -> tuple[str, ...]:
    """Columns of a file whose identifiers are the data set's own: in the warehouse they have its prefix."""
    return tuple(c.name for c in columns(table) if {c.references, f"{table.name}.{c.name}"} & _OWN_IDS)


def prefix(dataset_id: str) -> str:
    """What stands before a data set's own identifiers in the warehouse."""
    return f"{dataset_id}:"


def descriptor() -> Descriptor:
    """The data package that describes the format."""
    return package(
        INTAKE_TABLES,
        name=NAME,
        title="Civilian harm incident intake",
        version=VERSION,
        columns=columns,
        optional=OPTIONAL,
    )
