"""The fields that a mapping can fill: the incident's own columns, people harmed, reports, weapons and units.

Incident fields, their types and allowed values are derived from `warehouse.schema`, so a new column is a new field.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from transforms import units, weapons
from warehouse.schema import TABLE, Column
from warehouse.vocabulary import CasualtyGroup, Harm

Kind = Literal["text", "list", "code", "codes", "number", "point", "when", "day", "days", "people", "addresses"]
"""text: as it stands. list: items. code, codes: one or several of the allowed values. number: decimal. point: latitude
and longitude together. when: a day, month, year or range of days. day, days: one or several days. people: a number of
people. addresses: one or several web addresses."""

PARTS = ("low", "best", "high")
"""Parts of an estimate that may stand in columns of their own."""


@dataclass(frozen=True)
class Field:
    """A field: its kind, its allowed values (None where any text may stand) and what they are called in a message."""

    name: str
    kind: Kind
    description: str
    allowed: frozenset[str] | None = None
    allowed_text: str = ""

    @property
    def is_list(self) -> bool:
        """Whether a cell may hold several items."""
        return self.kind in {"list", "codes", "addresses", "days"} or self.name in REPORT_LISTS


REPORT_LISTS = frozenset({"report_publisher", "report_title", "report_archive_url", "report_language", "report_text"})
"""Texts of which a cell may hold one for each of its addresses."""

REPORT_FIELDS = (
    "report_url", "report_archive_url", "report_publisher", "report_title", "report_language", "report_published_on",
    "report_text", "source_type",
)  # fmt: skip
"""What a row says of its reports; `access` and `account_kind` hold for all of them."""
REPORT_MAKERS = tuple(field for field in REPORT_FIELDS if field not in {"report_language", "report_published_on"})
"""Of these, what is enough for a report: a day or a language alone is none."""

LISTED = {"weapon": weapons.match, "unit": units.match}
"""Fields with a reference list -> how a text is matched to it."""
NAMED = tuple(f"{field}{part}" for field in LISTED for part in ("", "_confidence", "_basis"))
"""Fields of which each row of an incident may say something else."""

_NOT_OF_A_FILE = frozenset({"known_from", "known_to"})
_DATES = frozenset({"date_start", "date_end"})
_COUNTRIES = "ISO 3166-1 alpha-3 codes such as PSE"


@cache
def fields() -> dict[str, Field]:
    """Every field by name, in the order in which a draft asks for them."""
    incident = [_incident_field(c) for c in TABLE["incident"].intake_columns if c.name not in _NOT_OF_A_FILE]
    found = [
        *incident[:1],
        Field("date", "when", "When it happened: a day, month, year or range of days."),
        Field("coordinates", "point", 'Latitude and longitude in one cell: "31.5, 34.4", or WKT "POINT (34.4 31.5)".'),
        *incident[1:],
        *_people_fields(),
        Field("report_url", "addresses", "Address of a report; several are possible."),
        Field("report_archive_url", "text", "Address of its archived copy."),
        Field("report_publisher", "text", "Who published it."),
        Field("report_title", "text", "Its title."),
        Field("report_language", "text", "Its language."),
        Field("report_published_on", "days", "Day on which it was published."),
        Field("report_text", "text", "What it says."),
        _coded("source_type", "codes", TABLE["report"]["source_type"]),
        _coded("access", "code", TABLE["report"]["access"]),
        _coded("account_kind", "code", TABLE["report"]["account_kind"]),
        Field(
            "weapon",
            "codes",
            "Weapons that are named.",
            frozenset(weapons.reference_list()["weapon_id"]),
            "identifiers or spellings of the weapon reference list (docs/intake.md)",
        ),
        _coded("weapon_confidence", "code", TABLE["incident_weapon"]["confidence"]),
        _coded("weapon_basis", "code", TABLE["incident_weapon"]["basis"]),
        Field(
            "unit",
            "codes",
            "Security force units that are named.",
            frozenset(units.reference_list()["unit_id"]),
            "identifiers or spellings of the unit reference list (transforms/reference/units.csv)",
        ),
        _coded("unit_confidence", "code", TABLE["incident_unit"]["confidence"]),
        _coded("unit_basis", "code", TABLE["incident_unit"]["basis"]),
    ]
    return {field.name: field for field in found}


def people_fields(group: CasualtyGroup, harm: Harm) -> tuple[str, ...]:
    """The field of a number or range, then those of its parts: civilians_killed, civilians_killed_low ..."""
    name = f"{group.value}_{harm.value}"
    return (name, *(f"{name}_{part}" for part in PARTS))


def _people_fields() -> list[Field]:
    return [
        Field(name, "people", f"{group.label}, {harm.label.lower()}.")
        for group in CasualtyGroup
        for harm in Harm
        for name in people_fields(group, harm)
    ]


def _incident_field(column: Column) -> Field:
    if column.allowed:
        return _coded(column.name, "codes" if column.type == "text_list" else "code", column)
    if column.name in _DATES:
        return Field(column.name, "when", column.description)
    kinds: dict[str, Kind] = {"text_list": "list", "float": "number", "date": "day"}
    return Field(column.name, kinds.get(column.type, "text"), column.description)


def _coded(name: str, kind: Kind, column: Column) -> Field:
    allowed = column.allowed or ()
    text = ", ".join(allowed) if column.vocabulary else _COUNTRIES
    return Field(name, kind, column.description, frozenset(allowed), text)
