"""The review of the demonstration data: dated steps through the stages, and the findings made on the way.

A step that would fall after the day of knowledge has not happened: waiting times are cut off there, as real ones are.
No incident in Gaza goes beyond the second stage, which is what the press reported in October 2024.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from transforms.demo.cast import KNOWN_ON
from transforms.demo.draw import Weights, below, chance, day_number, fill, log_normal, pick, stream, to_date
from warehouse import vocabulary as v

_STAGE: Final = dict(
    zip(
        "RAPCX",
        ("received", "incident_analysis", "policy_impact_assessment", "department_response_coordination", "closed"),
        strict=True,
    )
)
GAZA_PATHS: Final[Weights] = {"RAP": 92, "RP": 3, "RAPA": 5}
"""Paths by weight, a letter for each stage: R received, A analysis, P policy, C coordination, X closed."""
OTHER_PATHS: Final[Weights] = {"RAPCX": 76, "RPCX": 5, "RACX": 4, "RAPAPCX": 6, "RAPCXA": 5, "RAX": 4}

MEDIAN_WAIT_DAYS: Final = {"R": (14, 10), "A": (550, 60), "P": (60, 70), "C": (0, 65), "X": (0, 40)}
"""Median days in a stage before the next step, in Gaza and elsewhere. Gaza's analysis outlasts the data."""
WAIT_SIGMA: Final = 0.8

BUREAUS: Final = {
    "received": "Synthetic intake office",
    "incident_analysis": "Synthetic analysis office",
    "policy_impact_assessment": "Synthetic policy office",
    "department_response_coordination": "Synthetic response office",
    "closed": "Synthetic records office",
}
REASONS: Final = {
    "received": "Reports received",
    "incident_analysis": "Enough reports to begin the analysis",
    "policy_impact_assessment": "Analysis finished",
    "department_response_coordination": "A response is to be considered",
    "closed": "Review finished",
}
NO_BUREAU_SHARE: Final = 0.04
"""Of steps and findings; records of real reviews leave it out too (GAO-25-107622)."""
CHANGED_SHARE: Final = 0.12
"""Of dated findings; a later one of the same kind stands beside the first."""
CHANGED_WITHIN_DAYS: Final = 120
REOPENED = "Reopened: new information was received"
SKIPPED = "A stage was skipped: its work was done together with another one"
WAITING_ON: Final[Weights] = {
    None: 25,
    "information from the partner": 25,
    "information from the intelligence community": 18,
    "information from the embassy": 14,
    "staff for the analysis": 10,
    "legal review": 8,
}
FINDINGS: Final[Weights] = {
    "insufficient_information": 34,
    "possible_violation": 22,
    "consistent": 16,
    "likely_violation": 10,
    "pending": 18,
}
AVOIDABILITY: Final[Weights] = {
    "undetermined": 34,
    "could_have_been_mitigated": 24,
    "avoidable": 14,
    "unavoidable": 10,
    "pending": 18,
}


def stage_transition(seed: int, block: int, cast: pl.DataFrame) -> pl.DataFrame:
    """The steps of each incident, in date order, each on a later day than the one before; the first one is received."""
    rng = stream(seed, block, "stage")
    n, gaza = cast.height, cast["is_gaza"]
    longest = max(len(path) for path in OTHER_PATHS if path)
    path = pl.select(
        pl.when(gaza)
        .then(pick(rng, n, GAZA_PATHS))
        .otherwise(pick(rng, n, OTHER_PATHS))
        .str.pad_end(longest, " ")
        .alias("path")
    )["path"]
    letters = np.stack([path.str.slice(i, 1).to_numpy() for i in range(longest)], axis=1)
    median = np.zeros((n, longest - 1))
    for letter, (in_gaza, elsewhere) in MEDIAN_WAIT_DAYS.items():
        median += (letters[:, :-1] == letter) * np.where(gaza.to_numpy(), in_gaza, elsewhere)[:, None]
    waits = 1 + log_normal(rng, median, WAIT_SIGMA, median.shape)
    occurred = np.cumsum(np.concatenate([cast["received"].to_numpy()[:, None], waits], axis=1), axis=1)
    happened = (letters != " ") & (occurred <= day_number(KNOWN_ON))
    row, step = np.nonzero(happened)
    frame = (
        cast.select("incident_id")[row]
        .with_columns(
            step=pl.Series(step),
            letter=pl.Series(letters[row, step], dtype=pl.String),
            occurred_on=pl.Series(occurred[row, step]),
            waiting_on=pick(rng, len(row), WAITING_ON),
        )
        .with_columns(before=pl.col("letter").shift(1).over("incident_id"))
    )
    order = {letter: number for number, letter in enumerate(_STAGE)}
    moved = pl.col("letter").replace_strict(order) - pl.col("before").replace_strict(order)
    frame = frame.with_columns(
        transition_id=pl.concat_str("incident_id", pl.lit("-T"), (pl.col("step") + 1).cast(pl.String)),
        from_stage=pl.col("before").replace_strict(_STAGE),
        to_stage=pl.col("letter").replace_strict(_STAGE),
        occurred_on=to_date(pl.col("occurred_on")),
        known_from=to_date(pl.col("occurred_on")),
        waiting_on=pl.when(pl.col("letter") != "X").then("waiting_on"),
    ).with_columns(
        bureau=pl.col("to_stage").replace_strict(BUREAUS),
        reason=pl.when(moved < 0)
        .then(pl.lit(REOPENED))
        .when((moved > 1) & (pl.col("letter") != "X"))
        .then(pl.lit(SKIPPED))
        .otherwise(pl.col("to_stage").replace_strict(REASONS)),
    )
    return fill("stage_transition", _with_gaps(frame, seed, block))


def _with_gaps(steps: pl.DataFrame, seed: int, block: int) -> pl.DataFrame:
    """The steps as a real record holds them: some without the bureau that made them."""
    rng = stream(seed, block, "fault")
    return steps.with_columns(bureau=pl.when(~chance(rng, steps.height, NO_BUREAU_SHARE)).then("bureau"))


def first_entry(transitions: pl.DataFrame, *stages: str) -> pl.DataFrame:
    """(incident_id, entered): the first day on which an incident entered any of the stages, in order of appearance."""
    return (
        transitions.filter(pl.col("to_stage").is_in(stages))
        .group_by("incident_id", maintain_order=True)
        .agg(entered=pl.col("occurred_on").min())
        .with_columns(days_left=(pl.lit(KNOWN_ON) - pl.col("entered")).dt.total_days() + 1)
    )


def assessment(seed: int, block: int, transitions: pl.DataFrame) -> pl.DataFrame:
    """Findings on incidents that are past the analysis, by principle; pending ones have no day."""
    rng = stream(seed, block, "assessment")
    past = first_entry(transitions, *[s.value for s in v.STAGE_ORDER[2:]])
    kinds = v.Principle.values()
    frame = past.select(pl.all().repeat_by(len(kinds)).list.explode()).with_columns(
        kind=pl.Series(list(kinds) * past.height, dtype=pl.String)
    )
    n = frame.height
    frame = frame.with_columns(
        finding=pl.when(pl.col("kind") == "avoidability")
        .then(pick(rng, n, AVOIDABILITY))
        .otherwise(pick(rng, n, FINDINGS)),
        day=pl.col("entered") + pl.duration(days=pl.lit(below(rng, frame["days_left"].clip(1, 30)))),
        kept=chance(rng, n, 0.85),
    ).filter("kept")
    frame = frame.with_columns(
        assessment_id=pl.concat_str("incident_id", pl.lit("-A-"), "kind"),
        assessed_on=pl.when(pl.col("finding") != "pending").then("day"),
        bureau=pl.lit(BUREAUS["incident_analysis"]),
    )
    frame = frame.with_columns(known_from=pl.coalesce("assessed_on", "entered"))
    return fill("assessment", pl.concat([frame, _changed(frame, seed, block)]).sort("incident_id", maintain_order=True))


def _changed(first: pl.DataFrame, seed: int, block: int) -> pl.DataFrame:
    """Later findings of the same kind, for a part of the dated ones; most differ from the first."""
    rng = stream(seed, block, "reassessment")
    n = first.height
    again = first.with_columns(
        finding=pl.when(pl.col("kind") == "avoidability")
        .then(pick(rng, n, AVOIDABILITY | {"pending": 0}))
        .otherwise(pick(rng, n, FINDINGS | {"pending": 0})),
        assessed_on=pl.col("assessed_on")
        + pl.duration(days=pl.lit(pl.Series(rng.integers(14, CHANGED_WITHIN_DAYS, n)))),
        is_drawn=chance(rng, n, CHANGED_SHARE),
        bureau=pl.when(~chance(rng, n, NO_BUREAU_SHARE * 5)).then("bureau"),
    )
    return (
        again.filter("is_drawn", pl.col("assessed_on") <= KNOWN_ON)
        .with_columns(assessment_id=pl.col("assessment_id") + "-2", known_from="assessed_on")
        .select(first.columns)
    )
