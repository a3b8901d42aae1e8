"""Invented units of the demonstration data, and which of them sources name for an incident."""

from __future__ import annotations

from typing import Final

import polars as pl

from transforms.demo.cast import SETTINGS, partners
from transforms.demo.draw import Weights, below, chance, fill, pick, stream, to_date

UNITS_PER_PARTNER: Final = 10
"""One command, three brigades under it, two battalions under each brigade."""

NAMED_SHARE: Final = {True: 0.3, False: 0.6}
"""Share of the incidents with a unit named, in Gaza and elsewhere."""
NAMED: Final[Weights] = {"04": 34, "05": 10, "06": 22, "07": 8, "08": 14, "09": 4, "01": 5, "02": 3}
"""Unit number -> weight: few units are named for most incidents, so that some are named again and again."""
CONFIDENCES: Final[Weights] = {"possible": 45, "probable": 28, "confirmed": 14, "excluded": 13}
BASES: Final[dict[str, Weights]] = {
    "confirmed": {"official_statement": 70, "imagery": 30},
    "probable": {"imagery": 50, "expert_assessment": 50},
    "possible": {"source_claim": 60, "area_inference": 40},
    "excluded": {"expert_assessment": 60, "official_statement": 40},
}
REPORTED_BASES: Final = ("official_statement", "imagery", "source_claim")
"""Bases for which a report of the incident may be named."""


def unit_id(country: pl.Expr, number: pl.Expr) -> pl.Expr:
    """Identifier of the unit with a number (two digits) of the partner that acts in a country."""
    partner = {name: setting.partner_country for name, setting in SETTINGS.items()}
    return pl.concat_str(pl.lit("SYN-U-"), country.replace_strict(partner), pl.lit("-"), number)


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


def incident_unit(seed: int, block: int, cast: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """The attribution table; one or two different units for some incidents, none for most.

    `reports` are those of the same block.
    """
    rng = stream(seed, block, "unit")
    draws = {gaza: chance(rng, cast.height, share) for gaza, share in NAMED_SHARE.items()}
    named = cast.select("incident_id", "country", "received", "reports").filter(
        pl.when(cast["is_gaza"]).then(draws[True]).otherwise(draws[False])
    )
    frame = pl.concat([named, named.filter(chance(rng, named.height, 0.15))])
    n = frame.height
    frame = frame.with_columns(
        confidence=pick(rng, n, CONFIDENCES),
        unit_id=unit_id(pl.col("country"), pl.lit(pick(rng, n, NAMED))),
        slot=below(rng, frame["reports"]) + 1,
        has_report=chance(rng, n, 0.75),
        **{f"basis_{confidence}": pick(rng, n, weights) for confidence, weights in BASES.items()},
    ).with_columns(
        basis=pl.coalesce(
            pl.when(pl.col("confidence") == confidence).then(f"basis_{confidence}") for confidence in BASES
        ),
    )
    report_id = pl.concat_str("incident_id", pl.lit("-R"), pl.col("slot").cast(pl.String).str.zfill(2))
    frame = (
        frame.unique(["incident_id", "unit_id"], keep="first", maintain_order=True)
        .with_columns(report_id=pl.when(pl.col("basis").is_in(REPORTED_BASES) & pl.col("has_report")).then(report_id))
        .join(unit().select("unit_id", "name"), on="unit_id", how="left", maintain_order="left")
        .join(reports.select("report_id", reported="known_from"), on="report_id", how="left", maintain_order="left")
        .sort("incident_id", maintain_order=True)
    )
    return fill(
        "incident_unit",
        frame.with_columns(
            attribution_id=pl.concat_str(
                "incident_id", pl.lit("-U"), pl.int_range(1, pl.len() + 1).over("incident_id").cast(pl.String)
            ),
            raw_text=pl.format("Unit described as {}", "name"),
            known_from=pl.max_horizontal(to_date(pl.col("received")), "reported"),
        ),
    )
