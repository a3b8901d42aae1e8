"""What is done about the demonstration's incidents: responses, and embassies raising them with the partner."""

from __future__ import annotations

from typing import Final

import polars as pl

from transforms.demo.cast import KNOWN_ON, SETTINGS
from transforms.demo.draw import Weights, below, chance, fill, pick, stream, to_date
from transforms.demo.review import first_entry
from transforms.demo.units import UNITS_PER_PARTNER, unit_id
from warehouse import vocabulary as v

RESPONSE_TYPES: Final[dict[str | None, tuple[float, str]]] = {
    "mitigation_engagement": (30, "government"),
    "training": (20, "unit"),
    "equipment_change": (10, "unit"),
    "unit_restriction": (12, "unit"),
    "licence_suspension": (8, "licence"),
    "approval_withheld": (10, "licence"),
    "other": (10, "government"),
}
"""Response type -> (weight, target)."""
DECISIONS: Final[Weights] = {
    "recommended": 30,
    "approved": 25,
    "implemented": 25,
    "declined": 20,
}
CHANNELS: Final[Weights] = {"meeting": 50, "diplomatic_note": 25, "call": 20, "other": 5}
COUNTERPARTS: Final[Weights] = {
    "Synthetic Ministry of Defence": 60,
    "Synthetic Ministry of Foreign Affairs": 30,
    None: 10,
}
NO_ANSWER: Final = "No answer so far"
OUTCOMES: Final[Weights] = {
    "The partner promised information": 35,
    "The partner said that an inquiry is under way": 25,
    NO_ANSWER: 25,
    "The partner denied responsibility": 15,
}
ANSWER_WITHIN_DAYS: Final = 75
UNNAMED_SHARE: Final = 0.1
"""Share of responses that do not name their unit or licence, and of those without a day of recommendation: the gaps
that real records have."""


def response(
    seed: int,
    block: int,
    cast: pl.DataFrame,
    transitions: pl.DataFrame,
    units: pl.DataFrame,
    transfers: pl.DataFrame,
) -> pl.DataFrame:
    """Up to three different responses to each incident that reached the third stage, their steps in date order.

    What is aimed at a unit names the surest attributed one where there is one, what is aimed at a licence a case of
    the partner's. `units` are the attributions of the same block, `transfers` those of the whole demonstration.
    """
    rng = stream(seed, block, "response")
    reached = first_entry(transitions, "department_response_coordination").join(
        cast.select("incident_id", "country"), on="incident_id", how="left", maintain_order="left"
    )
    number = pick(rng, reached.height, {"0": 15, "1": 45, "2": 25, "3": 15}).cast(pl.Int64)
    frame = reached.select(pl.all().repeat_by(number).list.explode(empty_as_null=False))
    n = frame.height
    frame = (
        frame.with_columns(
            response_type=pick(rng, n, {name: weight for name, (weight, _) in RESPONSE_TYPES.items()}),
            recommended_on=pl.col("entered") + pl.duration(days=pl.lit(below(rng, frame["days_left"].clip(1, 30)))),
            decide_after=1 + pl.Series(rng.integers(0, 60, n)),
            carry_out_after=1 + pl.Series(rng.integers(0, 60, n)),
            drawn=pick(rng, n, DECISIONS),
            unit_number=pl.Series(rng.integers(1, UNITS_PER_PARTNER, n)).cast(pl.String).str.zfill(2),
        )
        .unique(["incident_id", "response_type"], keep="first", maintain_order=True)
        .with_columns(
            response_id=pl.concat_str(
                "incident_id", pl.lit("-P"), pl.int_range(1, pl.len() + 1).over("incident_id").cast(pl.String)
            ),
            target=pl.col("response_type").replace_strict(
                {name: target for name, (_, target) in RESPONSE_TYPES.items()}
            ),
            decided=pl.col("recommended_on") + pl.duration(days="decide_after"),
        )
        .with_columns(carried_out=pl.col("decided") + pl.duration(days="carry_out_after"))
        # What would fall after the day of knowledge has not happened yet.
        .with_columns(
            status=pl.when(pl.col("decided") > KNOWN_ON)
            .then(pl.lit("recommended"))
            .when((pl.col("drawn") == "implemented") & (pl.col("carried_out") > KNOWN_ON))
            .then(pl.lit("approved"))
            .otherwise("drawn"),
        )
        .with_columns(
            decided_on=pl.when(pl.col("status") != "recommended").then("decided"),
            implemented_on=pl.when(pl.col("status") == "implemented").then("carried_out"),
            unit_id=unit_id(pl.col("country"), pl.col("unit_number")),
        )
    )
    known_from = pl.coalesce("implemented_on", "decided_on", "recommended_on")
    frame = frame.with_columns(known_from=known_from)
    return fill("response", _with_gaps(_aimed(frame, seed, block, units, transfers), seed, block))


def _aimed(frame: pl.DataFrame, seed: int, block: int, units: pl.DataFrame, transfers: pl.DataFrame) -> pl.DataFrame:
    """The responses with the unit that is attributed to their incident, and with the number of a licence or case."""
    rng = stream(seed, block, "response_target")
    partner = {country: setting.partner_country for country, setting in SETTINGS.items()}
    surest = pl.col("confidence").cast(pl.Enum(v.Confidence.values()))
    attributed = (
        units.filter(pl.col("confidence") != "excluded")
        .sort("incident_id", surest, "attribution_id")
        .unique("incident_id", keep="first", maintain_order=True)
        .select("incident_id", attributed="unit_id")
    )
    cases = (
        transfers.drop_nulls("case_number")
        .group_by("recipient", maintain_order=True)
        .agg(cases="case_number", offered=pl.len())
    )
    frame = (
        frame.with_columns(recipient=pl.col("country").replace_strict(partner))
        .join(attributed, on="incident_id", how="left", maintain_order="left")
        .join(cases, on="recipient", how="left", maintain_order="left")
    )
    chosen = below(rng, frame["offered"].fill_null(1))
    return frame.with_columns(
        unit_id=pl.when(pl.col("target") == "unit").then(pl.coalesce("attributed", "unit_id")),
        case_number=pl.when(pl.col("target") == "licence").then(pl.col("cases").list.get(pl.lit(chosen))),
    )


def _with_gaps(frame: pl.DataFrame, seed: int, block: int) -> pl.DataFrame:
    """The responses as a real record holds them: some without the number of the licence, or without a day."""
    rng = stream(seed, block, "response_fault")
    unnamed, undated = (chance(rng, frame.height, UNNAMED_SHARE) for _ in range(2))
    return frame.with_columns(
        case_number=pl.when(~unnamed).then("case_number"),
        recommended_on=pl.when(~undated | pl.col("decided_on").is_null()).then("recommended_on"),
    )


def engagement(seed: int, block: int, cast: pl.DataFrame) -> pl.DataFrame:
    """Talks with the partner about some of the incidents, on or after the day they were received."""
    rng = stream(seed, block, "engagement")
    raised = cast.filter(chance(rng, cast.height, 0.3))
    frame = pl.concat([raised, raised.filter(chance(rng, raised.height, 0.3))])
    n = frame.height
    left = (pl.lit(KNOWN_ON) - to_date(pl.col("received"))).dt.total_days() + 1
    frame = frame.with_columns(left=left)
    partner = {country: setting.partner_country for country, setting in SETTINGS.items()}
    frame = (
        frame.with_columns(
            day=to_date(pl.col("received") + below(rng, frame["left"].clip(1, 180))),
            channel=pick(rng, n, CHANNELS),
            counterpart=pick(rng, n, COUNTERPARTS),
            outcome=pick(rng, n, OUTCOMES),
            post=pl.format("Synthetic embassy post, {}", pl.col("country").replace_strict(partner)),
        )
        .sort("incident_id", "day", maintain_order=True)
        .with_columns(
            engagement_id=pl.concat_str(
                "incident_id", pl.lit("-E"), pl.int_range(1, pl.len() + 1).over("incident_id").cast(pl.String)
            ),
            held_on="day",
        )
    )
    return fill("engagement", _answered(frame, seed, block))


def _answered(frame: pl.DataFrame, seed: int, block: int) -> pl.DataFrame:
    """The engagements with the day of the partner's answer, where there is one."""
    rng = stream(seed, block, "answer")
    day = pl.col("held_on") + pl.duration(days=pl.lit(pl.Series(rng.integers(0, ANSWER_WITHIN_DAYS, frame.height))))
    has_answer = (pl.col("outcome") != NO_ANSWER) & (day <= KNOWN_ON)
    return frame.with_columns(
        answered_on=pl.when(has_answer).then(day),
        outcome=pl.when(has_answer).then("outcome").otherwise(pl.lit(NO_ANSWER)),
    ).with_columns(known_from=pl.coalesce("answered_on", "held_on"))
