"""What a dossier holds beside its facts, in words: weapons, units, the timeline, other incidents.

Pure: frames of `warehouse.dossier` in, frames of text out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pages import wording, wording_dossier, wording_matches
from pages.charts.formatting import casualty_range, date_range, day
from pages.components.incident_facts import NO_RAW, country, explained, member_of, text_frame, when
from warehouse import vocabulary as v
from warehouse.dossier import Dossier
from warehouse.dossier_timeline import Kind


def weapons(attributions: pl.DataFrame) -> pl.DataFrame:
    """Weapons of a dossier as weapon, confidence, basis, us_origin, report (that names it), raw."""
    rows: list[tuple[str, ...]] = []
    for row in attributions.iter_rows(named=True):
        kind = member_of(v.WeaponSystem, row["weapon_system"])
        if row["designation"]:
            name = f"{row['designation']} ({kind.label.lower()}{', ' + c if (c := row['munition_class']) else ''})"
        else:
            name = wording.NOT_IDENTIFIED if kind == v.WeaponSystem.UNKNOWN else wording.system_only(kind.label)
        rows.append(
            (
                name,
                explained(v.Confidence, row["confidence"]),
                v.AttributionBasis.labels()[row["basis"]],
                v.UsOrigin.labels()[row["us_origin"]],
                _report(row),
                _raw(row),
            )
        )
    return text_frame(("weapon", "confidence", "basis", "us_origin", "report", "raw"), rows)


def units(attributions: pl.DataFrame) -> pl.DataFrame:
    """Units of a dossier as unit, confidence, basis, report (that names it), raw."""
    return text_frame(
        ("unit", "confidence", "basis", "report", "raw"),
        [
            (
                f"{row['unit_name']}, {country(row['unit_country'])}",
                explained(v.Confidence, row["confidence"]),
                explained(v.UnitBasis, row["basis"]),
                _report(row),
                _raw(row),
            )
            for row in attributions.iter_rows(named=True)
        ],
    )


def timeline(entries: pl.DataFrame) -> pl.DataFrame:
    """The timeline of a dossier as when, what, kind, source, known; days with how exactly they are known."""
    return text_frame(
        ("when", "what", "kind", "source", "known"),
        [
            (
                wording_dossier.UNDATED
                if row["day"] is None
                else when({"date_start": row["day"], "date_end": row["day_end"]} | row),
                row["what"],
                Kind.labels()[row["kind"]],
                f"{row['reference']}: {row['source']}" if row["reference"] else row["source"],
                day(row["known_from"]),
            )
            for row in entries.iter_rows(named=True)
        ],
    )


def nearby(rows: pl.DataFrame) -> pl.DataFrame:
    """Nearby incidents as incident (its code), judgement, distance, apart (days), date, place, precision, killed."""
    return text_frame(
        ("incident", "judgement", "distance", "apart", "date", "place", "precision", "killed"),
        [
            (
                row["public_code"] or row["incident_id"],
                wording_dossier.JUDGEMENTS[row["judgement"]],
                wording_dossier.far(row["distance_m"], row["least_m"], row["most_m"]),
                wording_dossier.apart(row["least_days"], row["most_days"]),
                date_range(row["date_start"], row["date_end"], row["date_precision"]),
                row["place"] or wording.UNKNOWN,
                v.GeoPrecision.labels()[row["geo_precision"]],
                casualty_range(*(row[f"civilians_killed_{part}"] for part in ("low", "best", "high"))),
            )
            for row in rows.iter_rows(named=True)
        ],
    )


def nearby_lines(dossier: Dossier) -> list[str]:
    """What is said above the nearby incidents: how many there are, and what could not be judged."""
    incident, wanted, counts = dossier.incident, dossier.wanted, dossier.nearby_counts
    if incident["latitude"] is None:
        return [wording_dossier.NO_PLACE]
    if incident["date_start"] is None:
        return [wording_dossier.NO_DATE]
    total = counts["nearby"] + counts["may_be_nearby"]
    lines = [
        wording_dossier.NEARBY_NOTE,
        wording_dossier.NO_RADIUS if incident["geo_radius_m"] is None else "",
        wording_dossier.nearby_counts(**counts, metres=wanted.within_m, within_days=wanted.within_days),
        wording_dossier.nearby_listed(dossier.nearby.height, total),
    ]
    return [line for line in lines if line]


def same_event(pairs: pl.DataFrame) -> pl.DataFrame:
    """Likely the same event: incident (its code), place, match_probability, verdict."""
    return text_frame(
        ("incident", "place", "match_probability", "verdict"),
        [
            (
                row["public_code"] or row["other_id"],
                row["place"] or wording.UNKNOWN,
                f"{row['match_probability']:.2f}",
                (wording_matches.SAME if row["is_linked"] else wording_matches.APART)
                + ("" if row["decision"] == v.PairDecision.UNDECIDED else wording_matches.BY_PEOPLE),
            )
            for row in pairs.iter_rows(named=True)
        ],
    )


def _report(attribution: Mapping[str, Any]) -> str:
    if attribution["report_id"] is None:
        return wording_dossier.NAMED_IN_NO_REPORT
    return attribution["reference"] or wording_dossier.REPORT_NOT_LINKED


def _raw(attribution: Mapping[str, Any]) -> str:
    if attribution["raw_text"] is None and attribution["from_private_report"]:
        return wording.PRIVATE_HIDDEN
    return attribution["raw_text"] or NO_RAW
