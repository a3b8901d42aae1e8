"""One timeline of everything about an incident: what happened, and when it became known. Pure: frames in, frame out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from warehouse import vocabulary as v
from warehouse.countries import country_labels
from warehouse.revisions import LABELS

Row = Mapping[str, Any]


class Kind(v.Vocabulary):
    """What an entry of the timeline is about. On one day they follow each other in this order."""

    EVENT = "event", "Event", "The incident itself.", v.VERMILION
    FIRST_REPORT = "first_report", "First report", "The earliest dated report that is linked to it.", v.BLUE
    REPORT = "report", "Report", "A further report.", v.BLUE
    PUBLICATION = "publication", "Publication", "The source published its record of the incident.", v.SKY
    RECORDED = "recorded", "First known", "The incident is in the data from this day on.", v.OLIVE
    STAGE = "stage", "Review step", "A stage of the review was entered.", v.GREEN
    ASSESSMENT = "assessment", "Assessment", "A finding, or one that is pending.", v.PURPLE
    ENGAGEMENT = "engagement", "Engagement", "An embassy raised the incident with the partner.", v.ORANGE
    RESPONSE = "response", "Response", "An action was recommended, decided or carried out.", v.ORANGE
    REVISION = "revision", "Revision", "What is known of the incident changed.", v.OLIVE
    CORRECTION = "correction", "Correction", "People declared a value of the source wrong."


SCHEMA = {
    "kind": pl.String(),
    "day": pl.Date(),
    "day_end": pl.Date(),
    "date_precision": pl.String(),
    "known_from": pl.Date(),
    "what": pl.String(),
    "source": pl.String(),
    "report_number": pl.String(),
    "source_table": pl.String(),
    "row_id": pl.String(),
}

LISTED_ELSEWHERE = ("stage", "response_count", "report_count", "source_type", "first_reported_on")
"""Fields whose changes are left out: reports, steps and responses, which they count, have entries of their own."""

LONG_TEXT = 120
"""Characters of an old and a new value together from which only the kind of change is told."""

NO_VALUE, NOT_STATED = "no value", "not stated"
PRIVATE = "private report: content not shown"


def timeline(
    incident: Row,
    dataset_title: str,
    reports: pl.DataFrame,
    steps: pl.DataFrame,
    assessments: pl.DataFrame,
    engagements: pl.DataFrame,
    responses: pl.DataFrame,
    revisions: pl.DataFrame,
    corrections: pl.DataFrame,
    versions: Mapping[str, pl.DataFrame],
    *,
    show_private: bool,
) -> pl.DataFrame:
    """All entries, oldest first, those without a day last.

    Args:
        incident: the row of the incident table.
        dataset_title: of the data set that holds the incident.
        reports: of `queries.reports_of_incident`, with `report_number`.
        steps, assessments, engagements, responses: rows of the incident; responses with unit_name.
        revisions: of `warehouse.revisions.history`.
        corrections: rows of the correction table, codes by their labels.
        versions: table name -> all its versions known by then (`queries.versions_of_rows`): incident, incident_report,
            stage_transition, assessment, engagement, response. When a value became known is read from them.
        show_private: whether the content of private reports is in `reports`.

    Returns:
        Columns of `SCHEMA`: day, day_end and date_precision as in the incident table (null for no day); known_from, the
        day from which it was known; what, a sentence; source, who says so; report_number of a report; source_table and
        row_id, the row behind it.
    """
    entries = [
        *_incident(incident, dataset_title, versions["incident"]),
        *_reports(reports, versions["incident_report"], show_private=show_private),
        *_steps(steps, versions["stage_transition"]),
        *_assessments(assessments, versions["assessment"]),
        *_engagements(engagements, versions["engagement"]),
        *_responses(responses, versions["response"]),
        *_revisions(revisions, dataset_title, incident["incident_id"]),
        *_corrections(corrections),
    ]
    order = {kind: place for place, kind in enumerate(Kind.values())}
    # The sort is stable: entries of one kind and day stay in the order of their rows.
    entries.sort(key=lambda e: (e["day"] is None, e["day"] or e["known_from"], order[e["kind"]]))
    return pl.DataFrame(entries, schema=SCHEMA, orient="row")


def known_from(versions: pl.DataFrame, key: str, row: Row, *columns: str) -> date:
    """The day from which a row had its present values in the columns; without columns, from which there was the row."""
    same = versions.filter(pl.col(key) == row[key], *(pl.col(c).eq_missing(pl.lit(row[c])) for c in columns))
    first: date = same["known_from"].min()  # type: ignore[assignment]  # of dates, and the row itself is among them
    return first


def _entry(
    kind: Kind, day: date | None, known: date, what: str, source: str | None, table: str, row_id: str, **more: Any
) -> dict[str, Any]:
    precision = v.DatePrecision.UNKNOWN if day is None else v.DatePrecision.DAY
    return {
        "kind": kind.value,
        "day": day,
        "day_end": day,
        "date_precision": precision.value,
        "known_from": known,
        "what": what,
        "source": source or NOT_STATED,
        "report_number": None,
        "source_table": table,
        "row_id": row_id,
        **more,
    }


def _incident(incident: Row, dataset_title: str, versions: pl.DataFrame) -> Iterator[dict[str, Any]]:
    row_id = incident["incident_id"]
    first: date = versions.select(pl.col("known_from").min()).item()
    labels = v.StrikeType.labels()
    means = " or ".join(labels[m] for m in incident["strike_type"] or [] if m != v.StrikeType.UNKNOWN) or "Incident"
    country = country_labels().get(incident["country"] or "")
    where = ", ".join(part for part in (incident["place"], incident["admin1"], country) if part) or "a place unknown"
    yield _entry(
        Kind.EVENT,
        incident["date_start"],
        known_from(versions, "incident_id", incident, "date_start", "date_end", "date_precision"),
        f"{means} reported: {where}",
        dataset_title,
        "incident",
        row_id,
        day_end=incident["date_end"],
        date_precision=incident["date_precision"],
    )
    if incident["published_on"]:
        known = known_from(versions, "incident_id", incident, "published_on")
        what = "The source's record of the incident bears this day of publication"
        yield _entry(Kind.PUBLICATION, incident["published_on"], known, what, dataset_title, "incident", row_id)
    what = "The data holds the incident from this day on"
    yield _entry(Kind.RECORDED, first, first, what, dataset_title, "incident", row_id)


def _reports(reports: pl.DataFrame, links: pl.DataFrame, *, show_private: bool) -> Iterator[dict[str, Any]]:
    first = reports["published_on"].min()
    types, platforms = v.SourceType.labels(), "an unnamed platform"
    for report in reports.iter_rows(named=True):
        day = report["published_on"]
        kind = Kind.FIRST_REPORT if day is not None and day == first else Kind.REPORT
        kept = report["access"] == v.Access.PRIVATE and not show_private
        if kept:
            source = PRIVATE
        elif report["publisher"]:
            source = report["publisher"]
        elif report["account_kind"] == v.AccountKind.PERSONAL:
            source = f"personal account on {report['platform'] or platforms}: not named"
        else:
            source = report["platform"] or NOT_STATED
        parts = [f"{types[report['source_type']]} source"]
        if report["title"]:
            parts.append(f"“{report['title']}”")
        if report["method"] == "linked":
            likely = report["match_probability"]
            parts.append(
                "linked here, not by a source" + (f" (probability {likely:.2f})" if likely is not None else "")
            )
        known = known_from(links, "report_id", report)
        what = ": ".join(parts[:2]) + (f"; {parts[2]}" if len(parts) > 2 else "")
        yield _entry(
            kind, day, known, what, source, "report", report["report_id"], report_number=report["report_number"]
        )


def _steps(steps: pl.DataFrame, versions: pl.DataFrame) -> Iterator[dict[str, Any]]:
    labels = v.Stage.labels()
    order = {stage.value: place for place, stage in enumerate(v.STAGE_ORDER)}
    for step in steps.iter_rows(named=True):
        before, after = step["from_stage"], step["to_stage"]
        what = f"Entered {labels[after]}"
        if before is not None:
            is_back = order.get(after, 0) < order.get(before, 0)
            what = f"{'Went back to' if is_back else 'Entered'} {labels[after]} from {labels[before]}"
        for name, label in (("reason", "Reason"), ("waiting_on", "Waiting on")):
            what += f". {label}: {step[name]}" if step[name] else ""
        known = known_from(versions, "transition_id", step, "occurred_on", "to_stage")
        table = "stage_transition"
        yield _entry(Kind.STAGE, step["occurred_on"], known, what, step["bureau"], table, step["transition_id"])


def _assessments(assessments: pl.DataFrame, versions: pl.DataFrame) -> Iterator[dict[str, Any]]:
    kinds, findings = v.Principle.labels(), v.Finding.labels()
    for row in assessments.iter_rows(named=True):
        what = f"{kinds[row['kind']]}: {findings[row['finding']].lower()}"
        known = known_from(versions, "assessment_id", row, "finding", "assessed_on")
        yield _entry(
            Kind.ASSESSMENT, row["assessed_on"], known, what, row["bureau"], "assessment", row["assessment_id"]
        )


def _engagements(engagements: pl.DataFrame, versions: pl.DataFrame) -> Iterator[dict[str, Any]]:
    channels = v.EngagementChannel.labels()
    for row in engagements.iter_rows(named=True):
        what = f"Raised with {row['counterpart'] or 'a counterpart not stated'} ({channels[row['channel']].lower()})"
        what += f". Outcome: {row['outcome']}" if row["outcome"] else ". Outcome not stated"
        known = known_from(versions, "engagement_id", row)
        table, row_id = "engagement", row["engagement_id"]
        yield _entry(Kind.ENGAGEMENT, row["held_on"], known, what, row["post"], table, row_id)
        if row["answered_on"] is not None:
            known = known_from(versions, "engagement_id", row, "answered_on")
            what = f"{row['counterpart'] or 'The counterpart'} answered"
            yield _entry(Kind.ENGAGEMENT, row["answered_on"], known, what, row["post"], table, row_id)


def _responses(responses: pl.DataFrame, versions: pl.DataFrame) -> Iterator[dict[str, Any]]:
    types, targets = v.ResponseType.labels(), v.ResponseTarget.labels()
    for row in responses.iter_rows(named=True):
        aims = (row["unit_name"] or targets[row["target"]].lower(), row["case_number"])
        aim = ", ".join(part for part in aims if part)
        decision = "declined" if row["status"] == v.ResponseStatus.DECLINED else "approved"
        steps = {"recommended_on": "recommended", "decided_on": decision, "implemented_on": "carried out"}
        on_record = {column: done for column, done in steps.items() if row[column] is not None}
        for column, done in (on_record or {"status": row["status"]}).items():
            known = known_from(versions, "response_id", row, column)
            what = f"{types[row['response_type']]} {done}; aimed at: {aim}"
            day = row[column] if on_record else None
            yield _entry(Kind.RESPONSE, day, known, what, None, "response", row["response_id"])


def _revisions(revisions: pl.DataFrame, dataset_title: str, incident_id: str) -> Iterator[dict[str, Any]]:
    told = revisions.filter(~pl.col("field").is_in(LISTED_ELSEWHERE))
    for (day,), changed in told.group_by("known_from", maintain_order=True):
        what = "; ".join(_change(row) for row in changed.iter_rows(named=True))
        yield _entry(Kind.REVISION, day, day, what, dataset_title, "incident", incident_id)


def _change(row: Row) -> str:
    label = LABELS[row["field"]]
    values = [NO_VALUE if value is None else value for value in (row["before"], row["after"])]
    if sum(map(len, values)) > LONG_TEXT:
        return f"{label} {row['change']}"
    return f"{label}: {' → '.join(values)}"


def _corrections(corrections: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in corrections.iter_rows(named=True):
        label = LABELS.get(row["field"], row["field"])
        before, after = (row[name] or NO_VALUE for name in ("expected_value", "corrected_value"))
        what = f"{label} corrected: {before} → {after}. Reason: {row['reason']}. Evidence: {row['evidence']}"
        day, row_id = row["corrected_on"], f"{row['incident_id']}, {row['field']}"
        yield _entry(Kind.CORRECTION, day, day, what, row["corrected_by"], "correction", row_id)
