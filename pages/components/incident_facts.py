"""What is known of one incident, in words, beside what the source wrote. Pure: records in, frames of text out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pages import wording
from pages.charts.formatting import casualty_range, date_range, day, number
from warehouse import vocabulary as v
from warehouse.countries import country_labels
from warehouse.schema import TABLE

_NO_RAW = ""
_MEASURED = (v.GeoPrecision.EXACT_LOCATION, v.GeoPrecision.WITHIN_100M, v.GeoPrecision.WITHIN_1KM)
"""Precisions whose radius is what the source says; the others' is a round figure (`vocabulary.RADIUS_CAVEAT`)."""
_EDGE_M = 1_000
"""A point this near to the stated country's border is not worth a word: base maps and coordinates are no surveys."""


def facts(incident: Mapping[str, Any]) -> pl.DataFrame:
    """A row of the incident table as fact, value, raw (the source's words, empty where none are kept)."""
    rows = [
        ("Date", when(incident), incident["date_raw"]),
        ("Place", incident["place"] or wording.UNKNOWN, None),
        ("Division", incident["admin1"] or wording.UNKNOWN, None),
        ("Country", _country(incident["country"]), None),
        ("Location precision", where(incident), incident["geo_precision_raw"]),
        ("Coordinates", _coordinates(incident), None),
        ("Strike type", _several(v.StrikeType, incident["strike_type"]), incident["strike_type_raw"]),
        ("Strike status", _explained(v.StrikeStatus, incident["strike_status"]), incident["strike_status_raw"]),
        ("Harm status", _explained(v.HarmStatus, incident["harm_status"]), incident["harm_status_raw"]),
        ("Named as responsible", "; ".join(incident["belligerent"] or []) or wording.UNKNOWN, None),
        ("Basis of naming", _explained(v.BelligerentBasis, incident["belligerent_basis"]), None),
        ("Partner", _country(incident["partner_country"]), None),
        ("Kinds of place hit", "; ".join(incident["infrastructure"] or []) or wording.NOT_STATED, None),
        ("Circumstances", "; ".join(incident["observations"] or []) or wording.NOT_STATED, None),
        ("First reported", _day(incident["first_reported_on"]), None),
        ("Published by the source", _day(incident["published_on"]), None),
    ]
    return _frame(("fact", "value", "raw"), [(fact, value, raw or _NO_RAW) for fact, value, raw in rows])


def when(incident: Mapping[str, Any]) -> str:
    """The date and how exactly it is known."""
    precision = _member(v.DatePrecision, incident["date_precision"])
    if incident["date_start"] is None or precision == v.DatePrecision.UNKNOWN:
        return wording.UNKNOWN
    stated = date_range(incident["date_start"], incident["date_end"], precision.value)
    return stated if precision == v.DatePrecision.DAY else f"{stated} ({precision.meaning.rstrip('.').lower()})"


def where(incident: Mapping[str, Any]) -> str:
    """How exactly the place is known, with the radius in words."""
    precision = _member(v.GeoPrecision, incident["geo_precision"])
    radius_m: int | None = incident["geo_radius_m"]
    if incident["latitude"] is None:
        return f"{precision.label}: {wording.NO_COORDINATES}"
    if radius_m is None:
        return wording.PRECISION_NOT_STATED
    return wording.precision(precision.label, radius_m, is_measure=precision in _MEASURED)


def casualties(estimates: pl.DataFrame) -> pl.DataFrame:
    """Rows of the casualty table as group, harm, low, best, high, raw; unknown in words, civilians first."""
    labels = v.CasualtyGroup.labels()
    order = {value: index for index, value in enumerate(labels)}
    rows = sorted(
        estimates.select("group", "harm", "low", "best", "high", "raw_text").iter_rows(),
        key=lambda row: (row[1] != v.Harm.KILLED, order[row[0]]),
    )
    return _frame(
        ("group", "harm", "low", "best", "high", "raw"),
        [
            (
                labels[group],
                v.Harm.labels()[harm],
                number(low),
                wording.NOT_STATED if best is None else number(best),
                number(high),
                raw or _NO_RAW,
            )
            for group, harm, low, best, high, raw in rows
        ],
    )


def killed_and_injured(incident: Mapping[str, Any]) -> tuple[str, str]:
    """Civilians reported killed, and injured: range with the best estimate, or "unknown"."""
    killed, injured = (
        casualty_range(*(incident[f"civilians_{harm.value}_{part}"] for part in ("low", "best", "high")))
        for harm in v.Harm
    )
    return killed, injured


def weapons(attributions: pl.DataFrame) -> pl.DataFrame:
    """Rows of `queries.weapons_of_incident` as weapon, confidence, basis, us_origin, raw."""
    rows: list[tuple[str, ...]] = []
    for row in attributions.iter_rows(named=True):
        kind = _member(v.WeaponSystem, row["weapon_system"])
        if row["designation"]:
            name = f"{row['designation']} ({kind.label.lower()}{', ' + c if (c := row['munition_class']) else ''})"
        else:
            name = wording.NOT_IDENTIFIED if kind == v.WeaponSystem.UNKNOWN else wording.system_only(kind.label)
        raw = row["raw_text"]
        if raw is None:
            raw = wording.PRIVATE_HIDDEN if row["from_private_report"] else _NO_RAW
        rows.append(
            (
                name,
                _explained(v.Confidence, row["confidence"]),
                v.AttributionBasis.labels()[row["basis"]],
                v.UsOrigin.labels()[row["us_origin"]],
                raw,
            )
        )
    return _frame(("weapon", "confidence", "basis", "us_origin", "raw"), rows)


def history(transitions: pl.DataFrame, as_of: Any) -> pl.DataFrame:
    """Rows of the stage_transition table as day, stage, days (in the stage, to the next step or to `as_of`), bureau,
    reason, waiting_on."""
    steps = list(transitions.iter_rows(named=True))
    ends = [step["occurred_on"] for step in steps[1:]] + [None]
    rows = []
    for step, end in zip(steps, ends, strict=True):
        stage = _member(v.Stage, step["to_stage"])
        days = ((end or as_of) - step["occurred_on"]).days
        stay = number(days) if end else wording.stay(days, open_ended=stage != v.Stage.CLOSED)
        texts = [step[name] or _NO_RAW for name in ("bureau", "reason", "waiting_on")]
        rows.append((day(step["occurred_on"]), stage.label, stay, *texts))
    return _frame(("day", "stage", "days", "bureau", "reason", "waiting_on"), rows)


def records(table: str, frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """Rows of a table as text under the declared labels: values of vocabularies by label, dates for people."""
    declared = TABLE[table]
    texts = {}
    for name in columns:
        column = declared[name]
        labels = column.vocabulary.labels() if column.vocabulary else {}
        texts[column.label] = pl.Series(
            [
                wording.NOT_STATED if x is None else day(x) if column.type == "date" else labels.get(x, str(x))
                for x in frame[name]
            ],
            dtype=pl.String,
        )
    return pl.DataFrame(texts)


def _member(vocabulary: type[v.Vocabulary], value: str) -> v.Vocabulary:
    return next(member for member in vocabulary if member == value)


def _frame(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _explained(vocabulary: type[v.Vocabulary], value: str) -> str:
    member = _member(vocabulary, value)
    return f"{member.label}: {member.meaning[0].lower()}{member.meaning[1:].rstrip('.')}"


def _several(vocabulary: type[v.Vocabulary], values: list[str]) -> str:
    return "; ".join(vocabulary.labels()[value] for value in values)


def _country(code: str | None) -> str:
    return country_labels().get(code, code) if code else wording.UNKNOWN


def _day(value: Any) -> str:
    return day(value) if value else wording.UNKNOWN


def _coordinates(incident: Mapping[str, Any]) -> str:
    if incident["latitude"] is None:
        return wording.NO_COORDINATES
    decimals = wording.coordinate_decimals(incident["geo_radius_m"])
    point = f"{incident['latitude']:.{decimals}f}, {incident['longitude']:.{decimals}f}"
    distance_m = incident["country_distance_m"]
    return f"{point}; {wording.outside(distance_m)}" if distance_m and distance_m > _EDGE_M else point
