"""What is known of one incident, in words, beside what the source wrote. Pure: records in, frames of text out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from pages import wording, wording_dossier
from pages.charts.formatting import casualty_range, date_range, day, number
from warehouse import vocabulary as v
from warehouse.countries import country_labels
from warehouse.schema import TABLE

NO_RAW = ""
_MEASURED = (v.GeoPrecision.EXACT_LOCATION, v.GeoPrecision.WITHIN_100M, v.GeoPrecision.WITHIN_1KM)
"""Precisions whose radius is what the source says; the others' is a round figure (`vocabulary.RADIUS_CAVEAT`)."""
_EDGE_M = 1_000
"""A point this near to the stated country's border is not worth a word: base maps and coordinates are no surveys."""


_CORRECTABLE = {
    "Date": ("date_start", "date_end", "date_precision"),
    "Place": ("place",),
    "Division": ("admin1",),
    "Country": ("country",),
    "Location precision": ("geo_precision",),
    "Coordinates": ("latitude", "longitude"),
    "Strike type": ("strike_type",),
    "Strike status": ("strike_status",),
    "Harm status": ("harm_status",),
    "Named as responsible": ("belligerent",),
    "Basis of naming": ("belligerent_basis",),
    "Partner": ("partner_country",),
    "Kinds of place hit": ("infrastructure",),
    "Circumstances": ("observations",),
    "Published by the source": ("published_on",),
}
"""Fact -> columns of the incident table that it is made of, which a declared correction may name."""


def facts(
    incident: Mapping[str, Any], corrected: Collection[str] = (), first_report: str | None = None
) -> pl.DataFrame:
    """A row of the incident table as fact, value, raw (the source's words, empty where none are kept).

    Args:
        corrected: columns that people corrected; the facts made of them say so.
        first_report: number of the report that was the first one.
    """
    first_reported = _day(incident["first_reported_on"])
    if incident["first_reported_on"] and first_report:
        first_reported = wording_dossier.derived_from(first_reported, first_report)
    rows = [
        ("Date", when(incident), incident["date_raw"]),
        ("Place", incident["place"] or wording.UNKNOWN, None),
        ("Division", incident["admin1"] or wording.UNKNOWN, None),
        ("Country", country(incident["country"]), None),
        ("Location precision", where(incident), incident["geo_precision_raw"]),
        ("Coordinates", _coordinates(incident), None),
        ("Strike type", _several(v.StrikeType, incident["strike_type"]), incident["strike_type_raw"]),
        ("Strike status", explained(v.StrikeStatus, incident["strike_status"]), incident["strike_status_raw"]),
        ("Harm status", explained(v.HarmStatus, incident["harm_status"]), incident["harm_status_raw"]),
        ("Named as responsible", "; ".join(incident["belligerent"] or []) or wording.UNKNOWN, None),
        ("Basis of naming", explained(v.BelligerentBasis, incident["belligerent_basis"]), None),
        ("Partner", country(incident["partner_country"]), None),
        ("Kinds of place hit", "; ".join(incident["infrastructure"] or []) or wording.NOT_STATED, None),
        ("Circumstances", "; ".join(incident["observations"] or []) or wording.NOT_STATED, None),
        ("First reported", first_reported, None),
        ("Published by the source", _day(incident["published_on"]), None),
    ]
    return text_frame(
        ("fact", "value", "raw"),
        [
            (
                fact,
                wording_dossier.corrected(value) if set(_CORRECTABLE.get(fact, ())) & set(corrected) else value,
                raw or NO_RAW,
            )
            for fact, value, raw in rows
        ],
    )


def when(incident: Mapping[str, Any]) -> str:
    """The date and how exactly it is known."""
    precision = member_of(v.DatePrecision, incident["date_precision"])
    if incident["date_start"] is None or precision == v.DatePrecision.UNKNOWN:
        return wording.UNKNOWN
    stated = date_range(incident["date_start"], incident["date_end"], precision.value)
    return stated if precision == v.DatePrecision.DAY else f"{stated} ({precision.meaning.rstrip('.').lower()})"


def where(incident: Mapping[str, Any]) -> str:
    """How exactly the place is known, with the radius in words."""
    precision = member_of(v.GeoPrecision, incident["geo_precision"])
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
    return text_frame(
        ("group", "harm", "low", "best", "high", "raw"),
        [
            (
                labels[group],
                v.Harm.labels()[harm],
                number(low),
                wording.NOT_STATED if best is None else number(best),
                number(high),
                raw or NO_RAW,
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


def history(transitions: pl.DataFrame, as_of: Any) -> pl.DataFrame:
    """Rows of the stage_transition table as day, stage, days (in the stage, to the next step or to `as_of`), bureau,
    reason, waiting_on."""
    steps = list(transitions.iter_rows(named=True))
    ends = [*(step["occurred_on"] for step in steps[1:]), None]
    rows = []
    for step, end in zip(steps, ends, strict=False):  # without any step there is no last one either
        stage = member_of(v.Stage, step["to_stage"])
        days = ((end or as_of) - step["occurred_on"]).days
        stay = number(days) if end else wording.stay(days, open_ended=stage != v.Stage.CLOSED)
        texts = [step[name] or NO_RAW for name in ("bureau", "reason", "waiting_on")]
        rows.append((day(step["occurred_on"]), stage.label, stay, *texts))
    return text_frame(("day", "stage", "days", "bureau", "reason", "waiting_on"), rows)


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


def member_of(vocabulary: type[v.Vocabulary], value: str) -> v.Vocabulary:
    """The value with its label and meaning."""
    return next(member for member in vocabulary if member == value)


def text_frame(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> pl.DataFrame:
    """Rows of text."""
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def explained(vocabulary: type[v.Vocabulary], value: str) -> str:
    """Label and meaning of a value."""
    member = member_of(vocabulary, value)
    return f"{member.label}: {member.meaning[0].lower()}{member.meaning[1:].rstrip('.')}"


def _several(vocabulary: type[v.Vocabulary], values: list[str]) -> str:
    return "; ".join(vocabulary.labels()[value] for value in values)


def country(code: str | None) -> str:
    """Name of a country, or that it is unknown."""
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
