"""Everything known about one incident, gathered in one place: the page, the JSON and the PDF are all made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from warehouse import queries
from warehouse import vocabulary as v
from warehouse.connection import Reader
from warehouse.dossier_timeline import timeline
from warehouse.engine import ask
from warehouse.revision_texts import corrections_labelled
from warehouse.revisions import history

Ask = Callable[..., pl.DataFrame]
"""`ask(question, *arguments)`: answers a question of `warehouse.queries` as known on the day that is wanted."""

WITHIN_M = 5_000
"""Distance of nearby incidents unless another is chosen: a few kilometres are one town and its surroundings."""
WITHIN_DAYS = 7
MOST_NEARBY = 50
"""Nearby incidents that are listed; all are counted."""
_VERSIONED = ("incident", "incident_report", "stage_transition", "assessment", "engagement", "response")


@dataclass(frozen=True)
class Wanted:
    """What the dossier is to hold.

    Attributes:
        as_known_on: nothing that became known after this day; None for what is current.
        within_m, within_days: how near in space and time other incidents are listed.
        show_private: whether the content of private reports is in it; the operator's decision.
    """

    incident_id: str
    as_known_on: date | None = None
    within_m: int = WITHIN_M
    within_days: int = WITHIN_DAYS
    show_private: bool = False


@dataclass(frozen=True)
class Dossier:
    """What is known of one incident.

    Attributes:
        first_known: the day from which the data held the incident.
        as_of: the day of knowledge, or the newest of the data sets; time in a stage is counted to it.
        build: build_id, built_at, code_version, synthetic.
        incident: the row of the incident table.
        casualties, steps, assessments, engagements: its rows of those tables; steps in the order they were taken.
        reports: of `queries.reports_of_incident`, with `report_number` ("R1", "R2", in this order) in front.
        weapons, units: of `queries.weapons_of_incident` and `units_of_incident`, with `report_number` of the report
            that names the weapon or the unit, where it is among the reports.
        responses: of `queries.responses_of_incident`.
        revisions: of `warehouse.revisions.history`.
        corrections: that were applied by then.
        same_event: of `queries.pairs_of_incident`; None where the day of knowledge lies before the newest data, for the
            links are made from the newest data.
        nearby, nearby_counts: of the questions of these names.
        datasets: rows of the dataset table that the incident, its reports and its review come from.
        timeline: of `warehouse.dossier_timeline`.
    """

    wanted: Wanted
    first_known: date
    as_of: date
    build: dict[str, Any]
    incident: dict[str, Any]
    casualties: pl.DataFrame
    reports: pl.DataFrame
    weapons: pl.DataFrame
    units: pl.DataFrame
    steps: pl.DataFrame
    assessments: pl.DataFrame
    engagements: pl.DataFrame
    responses: pl.DataFrame
    revisions: pl.DataFrame
    corrections: pl.DataFrame
    same_event: pl.DataFrame | None
    nearby: pl.DataFrame
    nearby_counts: dict[str, int]
    datasets: pl.DataFrame
    timeline: pl.DataFrame

    @property
    def code(self) -> str:
        """What people call the incident."""
        return str(self.incident["public_code"] or self.incident["incident_id"])

    @property
    def synthetic(self) -> bool:
        """Whether it is generated for demonstration."""
        return bool(self.build["synthetic"])

    @property
    def shows_private_content(self) -> bool:
        """Whether a private report's content is in it."""
        attributed = (self.weapons["from_private_report"], self.units["from_private_report"])
        private = (self.reports["access"] == v.Access.PRIVATE.value, *attributed)
        return self.wanted.show_private and any(named.any() for named in private)

    @property
    def dataset(self) -> dict[str, Any]:
        """The data set that holds the incident."""
        return self.datasets.row(by_predicate=pl.col("dataset_id") == self.incident["dataset_id"], named=True)


def asker(reader: Reader, as_known_on: date | None) -> Ask:
    """Answers of one build, as known on a day or currently."""
    return lambda question, *arguments: ask(question, arguments, reader, as_known_on)


def gather(answer: Ask, wanted: Wanted) -> Dossier | None:
    """The dossier, or None if no such incident was known.

    Args:
        answer: must answer as known on `wanted.as_known_on`.

    Raises:
        WarehouseError: the warehouse could not answer.
    """
    incident_id = wanted.incident_id
    found = answer(queries.incident, incident_id)
    if found.is_empty():
        return None
    incident = found.row(0, named=True)
    datasets = answer(queries.datasets)
    latest = max(datasets["known_on"].to_list())
    reports = _numbered(answer(queries.reports_of_incident, incident_id, wanted.show_private))
    weapons, units = (
        _citing(answer(question, incident_id, wanted.show_private), reports)
        for question in (queries.weapons_of_incident, queries.units_of_incident)
    )
    steps = _in_order(answer(queries.of_incident, "stage_transition", incident_id))
    assessments = answer(queries.of_incident, "assessment", incident_id)
    engagements = answer(queries.of_incident, "engagement", incident_id)
    responses = answer(queries.responses_of_incident, incident_id)
    casualties = answer(queries.of_incident, "casualty", incident_id)
    versions = {name: answer(queries.versions_of_rows, name, incident_id) for name in _VERSIONED}
    revisions = history(versions["incident"])
    corrections = answer(queries.corrections_of_incident, incident_id)
    if wanted.as_known_on is not None:
        corrections = corrections.filter(pl.col("corrected_on") <= wanted.as_known_on)
    pairs = answer(queries.pairs_of_incident, incident_id)
    is_past = _is_past(answer, wanted.as_known_on, latest, pairs)
    within = (incident_id, wanted.within_m, wanted.within_days)
    rows = (found, reports, casualties, weapons, units, steps, assessments, engagements, responses)
    used = {dataset for frame in rows for dataset in frame["dataset_id"]}
    datasets = datasets.filter(pl.col("dataset_id").is_in(used))
    build = answer(queries.build).row(0, named=True)
    return Dossier(
        wanted=wanted,
        first_known=min(versions["incident"]["known_from"].to_list()),
        as_of=min(wanted.as_known_on or latest, latest),
        build={name: build[name] for name in ("build_id", "built_at", "code_version", "synthetic")},
        incident=incident,
        casualties=casualties,
        reports=reports,
        weapons=weapons,
        units=units,
        steps=steps,
        assessments=assessments,
        engagements=engagements,
        responses=responses,
        revisions=revisions,
        corrections=corrections,
        same_event=None if is_past else pairs,
        nearby=answer(queries.nearby, *within, MOST_NEARBY),
        nearby_counts=answer(queries.nearby_counts, *within).row(0, named=True),
        datasets=datasets,
        timeline=timeline(
            incident,
            datasets.row(by_predicate=pl.col("dataset_id") == incident["dataset_id"], named=True)["title"],
            reports,
            steps,
            assessments,
            engagements,
            responses,
            revisions,
            corrections_labelled(corrections),
            versions,
            show_private=wanted.show_private,
        ),
    )


def _numbered(reports: pl.DataFrame) -> pl.DataFrame:
    numbers = pl.int_range(1, pl.len() + 1).cast(pl.String)
    return reports.select((pl.lit("R") + numbers).alias("report_number"), *reports.columns)


def _citing(attributions: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    numbers = reports.select("report_id", "report_number")
    return attributions.join(numbers, on="report_id", how="left", validate="m:1", maintain_order="left")


def _in_order(steps: pl.DataFrame) -> pl.DataFrame:
    """Steps of one day in the order of the process."""
    place = {stage.value: number for number, stage in enumerate(v.STAGE_ORDER)}
    by_place = pl.col("to_stage").replace_strict(place, default=0, return_dtype=pl.Int64)
    return steps.sort("occurred_on", by_place, "transition_id")


def _is_past(answer: Ask, known_on: date | None, latest: date, pairs: pl.DataFrame) -> bool:
    """Whether anything became known after the day from which, or by which, the links were made."""
    if known_on is None:
        return False
    decided = pairs["decided_on"].drop_nulls().to_list()
    newest: date = max([latest, *answer(queries.knowledge_days)["day"], *decided])
    return known_on < newest
