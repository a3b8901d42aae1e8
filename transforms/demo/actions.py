"""What is done about the demonstration's incidents: responses, the units they aim at, embassies raising them."""

from __future__ import annotations

from typing import Final

import polars as pl

from transforms.demo.cast import KNOWN_ON, SETTINGS, partners
from transforms.demo.draw import Weights, below, chance, fill, pick, stream, to_date
from transforms.demo.review import first_entry

UNITS_PER_PARTNER: Final = 10
"""One command, three brigades under it, two battalions under each brigade."""

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
OUTCOMES: Final[Weights] = {
    "The partner promised information": 35,
    "The partner said that an inquiry is under way": 25,
    "No answer so far": 25,
    "The partner denied responsibility": 15,
}


def unit() -> pl.DataFrame:
    """Invented units of every partner, in a hierarchy of three levels."""
    rows: list[tuple[str, str, str, str | None]] = []
    for partner in partners():
        ids = [f"SYN-U-{partner}-{i:02d}" for i in range(UNITS_PER_PARTNER)]
        rows.append((ids[0], f"Synthetic {partner} Command", partner, None))
        for i, number in ((1, "1st"), (2, "2nd"), (3, "3rd")):
            rows.append((ids[i], f"Synthetic {partner} {number} Brigade", partner, ids[0]))
            for j in (2 * i + 2, 2 * i + 3):
                rows.append((ids[j], f"Synthetic {partner} {j + 7}th Battalion", partner, ids[i]))
    return fill("unit", pl.DataFrame(rows, schema=["unit_id", "name", "country", "parent_unit_id"], orient="row"))


def response(seed: int, block: int, cast: pl.DataFrame, transitions: pl.DataFrame) -> pl.DataFrame:
    """Up to three different responses to each incident that reached the third stage, their steps in date order."""
    rng = stream(seed, block, "response")
    reached = first_entry(transitions, "department_response_coordination").join(
        cast.select("incident_id", "country"), on="incident_id", how="left", maintain_order="left"
    )
    number = pick(rng, reached.height, {"0": 15, "1": 45, "2": 25, "3": 15}).cast(pl.Int64)
    frame = reached.select(pl.all().repeat_by(number).list.explode(empty_as_null=False))
    n = frame.height
    partner = {country: setting.partner_country for country, setting in SETTINGS.items()}
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
            unit_id=pl.when(pl.col("target") == "unit").then(
                pl.concat_str(pl.lit("SYN-U-"), pl.col("country").replace_strict(partner), pl.lit("-"), "unit_number")
            ),
        )
    )
    known_from = pl.coalesce("implemented_on", "decided_on", "recommended_on")
    return fill("response", frame.with_columns(known_from=known_from))


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
            known_from="day",
        )
    )
    return fill("engagement", frame)
