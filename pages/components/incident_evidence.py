"""What a dossier holds beside its facts, in words: weapons, units, the timeline, other incidents.

Pure: frames of `warehouse.dossier` in, frames of text out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pages import wording, wording_dossier, wording_matches, wording_revisions
from pages.charts.formatting import casualty_range, date_range, day
from pages.components.incident_facts import NO_RAW, country, explained, member_of, text_frame, when
from pages.components.incident_facts import records as text_records
from warehouse import vocabulary as v
from warehouse.dossier import Dossier
from warehouse.dossier_timeline import Kind
from warehouse.revision_texts import corrections_labelled
from warehouse.revisions import LABELS

RECORDS = {
    "assessment": ("kind", "finding", "assessed_on", "bureau"),
    "response": ("response_type", "target", "case_number", "status", "recommended_on", "decided_on", "implemented_on"),
    "engagement": ("held_on", "post", "counterpart", "channel", "outcome", "answered_on"),
}
"""Table -> columns shown."""
MOST_UNDATED_REPORTS = 5
"""Reports without a day that the timeline lists; of some incidents there are 175, and nothing tells their order."""


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
    """The timeline of a dossier as when, what, kind, source, known; days with how exactly they are known.

    Of more than `MOST_UNDATED_REPORTS` reports without a day there is one line: they are listed as reports.
    """
    is_undated_report = (pl.col("kind") == Kind.REPORT.value) & pl.col("day").is_null()
    undated = entries.filter(is_undated_report)
    several = undated if undated.height > MOST_UNDATED_REPORTS else undated.clear()
    rows: list[tuple[str, ...]] = []
    for row in entries.join(several, on=("kind", "row_id"), how="anti", maintain_order="left").iter_rows(named=True):
        stated = when({"date_start": row["day"], "date_end": row["day_end"]} | row)
        stated = wording_dossier.UNDATED if row["day"] is None else stated
        source = f"{row['report_number']}: {row['source']}" if row["report_number"] else row["source"]
        rows.append((stated, row["what"], Kind.labels()[row["kind"]], source, day(row["known_from"])))
    if several.height:
        numbers, known = several["report_number"], several["known_from"].sort()
        what = wording_dossier.undated_reports(several.height)
        known_from = date_range(known[0], known[-1])
        rows.append((wording_dossier.UNDATED, what, Kind.REPORT.label, f"{numbers[0]}–{numbers[-1]}", known_from))
    return text_frame(("when", "what", "kind", "source", "known"), rows)


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


def first_report(dossier: Dossier) -> str | None:
    """Reference of the report that is dated first."""
    return (
        dossier.reports["report_number"][0]
        if dossier.incident["first_reported_on"] and dossier.reports.height
        else None
    )


def records(name: str, found: pl.DataFrame) -> pl.DataFrame:
    """Assessments, responses or engagements as text; of responses the unit, where one is named."""
    shown = text_records(name, found, RECORDS[name])
    if name == "response" and found["unit_name"].null_count() < found.height:
        shown = shown.with_columns(found["unit_name"].fill_null(wording.NOT_STATED).alias(wording.UNIT))
    return shown


def revisions(dossier: Dossier) -> pl.DataFrame:
    """Changes of the incident as text: known_from, field, before, after."""
    return dossier.revisions.select(
        pl.col("known_from").map_elements(day, return_dtype=pl.String),
        pl.col("field").replace_strict(LABELS),
        pl.col("before", "after").fill_null(wording_revisions.NO_VALUE),
    )


def corrections(dossier: Dossier) -> pl.DataFrame:
    """Corrections of the incident as text."""
    shown = corrections_labelled(dossier.corrections).select(list(wording_revisions.CORRECTION_COLUMNS))
    return shown.with_columns(
        pl.col("field").replace(LABELS),
        pl.col("expected_value", "corrected_value").fill_null(wording_revisions.NO_VALUE),
        pl.col("corrected_on").map_elements(day, return_dtype=pl.String),
    )


def _report(attribution: Mapping[str, Any]) -> str:
    if attribution["report_id"] is None:
        return wording_dossier.NAMED_IN_NO_REPORT
    return attribution["report_number"] or wording_dossier.REPORT_NOT_LINKED


def _raw(attribution: Mapping[str, Any]) -> str:
    if attribution["raw_text"] is None and attribution["from_private_report"]:
        return wording.PRIVATE_HIDDEN
    return attribution["raw_text"] or NO_RAW
