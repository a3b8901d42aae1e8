"""The dossier of an incident as JSON, with the dictionary of its fields: the same dossier gives the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from warehouse.countries import country_codes
from warehouse.datapackage import dictionary
from warehouse.dossier import Dossier
from warehouse.dossier_timeline import Kind
from warehouse.queries import MAY_BE_NEARBY, NEARBY, NOT_EXTRACTED
from warehouse.schema import TABLE, Column, Table

FORMAT, VERSION = "civharm dossier of one incident", 1
MEDIA_TYPE = "application/json"

REPORT_NUMBER = Column(
    "report_number", "text", "Number of a report in this dossier, in the order of the reports.", "Number of report"
)
UNIT_NAME = Column("unit_name", "text", "Name of the unit.", "Name of unit")
FROM_PRIVATE_REPORT = Column("from_private_report", "boolean", "Whether a private report names it.", required=True)
_ONLY_AT_HOME = frozenset({"known_to"} | NOT_EXTRACTED)
"""Columns left out everywhere: the day on which a row ceased to hold may lie after the day of knowledge."""

_TIMELINE = (
    Column("kind", "text", "What the entry is about.", required=True, vocabulary=Kind),
    Column("day", "date", "Day, or first possible day, on which it happened; empty means unknown."),
    Column("day_end", "date", "Last possible day."),
    TABLE["incident"]["date_precision"],
    Column("known_from", "date", "Day from which it was known.", "Known from", required=True),
    Column("what", "text", "What happened, in a sentence.", required=True),
    Column("source", "text", "Who says so: publisher, bureau, post, data set or person who corrected.", required=True),
    REPORT_NUMBER,
    Column("source_table", "text", "Table with the row behind the entry.", required=True),
    Column("row_id", "text", "Key of that row.", required=True),
)
_REVISIONS = (
    Column("known_from", "date", "Day from which the new value was known.", "Known from", required=True),
    Column("field", "text", "What changed: a column of the incident, or several that belong together.", required=True),
    Column("before", "text", "Value before, codes by their labels; empty means no value."),
    Column("after", "text", "Value after."),
    Column("change", "text", "What kind of change it is.", required=True),
    Column("distance_m", "float", "How far a location moved.", "Distance", unit="m", minimum=0),
)
_INCIDENT = TABLE["incident"]
_SAME_EVENT = (
    Column("other_id", "text", "The other incident.", "Other incident", required=True),
    _INCIDENT["public_code"],
    _INCIDENT["place"],
    *(TABLE["candidate_pair"][name] for name in ("match_probability", "decision", "decided_on", "is_linked")),
)
_NEARBY = (
    *(
        _INCIDENT[name]
        for name in ("incident_id", "public_code", "place", "country", "geo_precision", "geo_radius_m", "date_start")
    ),
    *(_INCIDENT[name] for name in ("date_end", "date_precision")),
    *(_INCIDENT[f"civilians_killed_{part}"] for part in ("low", "best", "high")),
    Column("distance_m", "float", "Great-circle distance between both points.", "Distance", unit="m", minimum=0),
    Column("least_m", "float", "How near the true places can be, by both radii.", "At least", unit="m", minimum=0),
    Column("most_m", "float", "How far apart they can be; empty where a radius is unknown.", "At most", unit="m"),
    Column("least_days", "integer", "Fewest days between both, by their possible days.", unit="days", minimum=0),
    Column("most_days", "integer", "Most days between both.", unit="days", minimum=0),
    Column(
        "judgement",
        "text",
        "Near wherever in its circle and on whichever of its days each lies, or for some of them only.",
        required=True,
        codes=(NEARBY, MAY_BE_NEARBY),
    ),
)
_COUNTS = tuple(
    Column(name, "integer", text, unit="incidents", minimum=0, required=True)
    for name, text in (
        (NEARBY, "Incidents that are near."),
        (MAY_BE_NEARBY, "Incidents that may be near."),
        ("without_place", "Incidents that cannot be judged: a place, or how exactly it is known, is not stated."),
        ("without_date", "Incidents that may be near by place, but a date is not stated."),
    )
)


def to_json(dossier: Dossier) -> bytes:
    """UTF-8 JSON: what the file is, each part of the dossier, and the dictionary of the parts' fields.

    Dates are ISO, null means unknown or not stated. Fields of a part are those of its dictionary, in that order.
    """
    frames, columns = _parts(dossier)
    parts = {
        name: [_plain(row, columns[name]) for row in frame.iter_rows(named=True)] for name, frame in frames.items()
    }
    wanted = dossier.wanted
    counts = _plain(dossier.nearby_counts, columns["nearby_counts"])
    content = {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": dossier.synthetic,
        "as_known_on": _value(wanted.as_known_on) or "current",
        "as_of": _value(dossier.as_of),
        "private_reports": "content included" if dossier.shows_private_content else "content left out",
        "build": {name: _value(value) for name, value in dossier.build.items()},
        "incident": _plain(dossier.incident, columns["incident"]),
        **parts,
        "nearby": {"within_m": wanted.within_m, "within_days": wanted.within_days, **counts, "listed": parts["nearby"]},
        "same_event": None if dossier.same_event is None else parts["same_event"],
        "dictionary": {
            name: [{k: x for k, x in row.items() if x is not None} for row in described.iter_rows(named=True)]
            for name, described in ((name, dictionary(_INCIDENT, held)) for name, held in columns.items())
        },
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def file_name(dossier: Dossier, suffix: str) -> str:
    """Name of a file of the dossier: says that it is synthetic, or that it holds private reports, where it is so."""
    code = re.sub(r"[^A-Za-z0-9_-]+", "-", dossier.code).strip("-")[:60] or "incident"
    day = f"-as-known-on-{dossier.wanted.as_known_on}" if dossier.wanted.as_known_on else ""
    return f"{file_marks(dossier)}dossier-{code}{day}-{dossier.build['build_id']}{suffix}"


def file_marks(dossier: Dossier) -> str:
    """What the name of any file of the dossier begins with."""
    return ("SYNTHETIC-" if dossier.synthetic else "") + ("PRIVATE-" if dossier.shows_private_content else "")


def _parts(dossier: Dossier) -> tuple[dict[str, pl.DataFrame], dict[str, tuple[Column, ...]]]:
    """Part -> rows, and part -> columns; of the incident and the counts, which are one row each, the columns alone."""
    link = TABLE["incident_report"]
    reports = (
        REPORT_NUMBER,
        *_held(TABLE["report"]),
        link["method"],
        link["match_probability"],
        Column("linked_known_from", "date", "Day from which the link was known.", "Link known from", required=True),
    )
    weapons = (
        *_held(TABLE["incident_weapon"]),
        *(c for c in TABLE["weapon"].columns if c.name != "weapon_id"),
        FROM_PRIVATE_REPORT,
        REPORT_NUMBER,
    )
    units = (
        *_held(TABLE["incident_unit"]),
        UNIT_NAME,
        Column("unit_country", "text", "Country of the unit, ISO 3166-1 alpha-3.", codes=country_codes()),
        FROM_PRIVATE_REPORT,
        REPORT_NUMBER,
    )
    incident = tuple(c for c in _held(_INCIDENT) if c.name != "cluster_id" or dossier.same_event is not None)
    described: list[tuple[str, pl.DataFrame | None, Sequence[Column]]] = [
        ("incident", None, incident),
        ("timeline", dossier.timeline, _TIMELINE),
        ("casualties", dossier.casualties, _held(TABLE["casualty"])),
        ("reports", dossier.reports, reports),
        ("weapons", dossier.weapons, weapons),
        ("units", dossier.units, units),
        ("stages", dossier.steps, _held(TABLE["stage_transition"])),
        ("assessments", dossier.assessments, _held(TABLE["assessment"])),
        ("engagements", dossier.engagements, _held(TABLE["engagement"])),
        ("responses", dossier.responses, (*_held(TABLE["response"]), UNIT_NAME)),
        ("revisions", dossier.revisions, _REVISIONS),
        ("corrections", dossier.corrections, TABLE["correction"].columns),
        ("same_event", pl.DataFrame() if dossier.same_event is None else dossier.same_event, _SAME_EVENT),
        ("nearby", dossier.nearby, _NEARBY),
        ("nearby_counts", None, _COUNTS),
        ("datasets", dossier.datasets, TABLE["dataset"].columns),
    ]
    frames = {name: frame for name, frame, _ in described if frame is not None}
    return frames, {name: tuple(columns) for name, _, columns in described}


def _held(table: Table) -> tuple[Column, ...]:
    return tuple(c for c in table.columns if not c.restricted and c.name not in _ONLY_AT_HOME)


def _plain(row: Mapping[str, Any], columns: Iterable[Column]) -> dict[str, Any]:
    return {c.name: _value(row[c.name]) for c in columns}


def _value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
