"""Weapon attributions of the demonstration data. None at all is the normal case, as in the published assessments."""

from __future__ import annotations

from typing import Final

import polars as pl

from transforms.demo.draw import Weights, below, chance, fill, pick, stream, to_date
from transforms.weapons import reference_list, system_id

NAMED_SHARE: Final = 0.4
"""Share of the incidents with an attribution."""

CONFIDENCES: Final[Weights] = {
    "possible": 42,
    "probable": 20,
    "unattributed": 16,
    "confirmed": 11,
    "excluded": 11,
}
BASES: Final[dict[str, Weights]] = {
    "confirmed": {"fragment_identified": 60, "official_statement": 25, "imagery": 15},
    "probable": {"imagery": 40, "expert_assessment": 40, "fragment_identified": 20},
    "possible": {"source_claim": 70, "inventory_inference": 30},
    "excluded": {"expert_assessment": 60, "imagery": 40},
    "unattributed": {"source_claim": 100},
}
REPORTED_BASES: Final = ("fragment_identified", "imagery", "official_statement", "source_claim")
"""Bases for which a report of the incident may be named."""

_AIR = ("mk-84", "gbu-39", "gbu-31", "gbu-38", "mk-82", "system:air_delivered_bomb", "system:guided_bomb", "agm-114")
_GUNS = ("m107", "155mm-shell", "m934", "m830a1", "system:tube_artillery", "system:rocket_artillery", "system:mortar")
WEAPONS: Final[dict[str, tuple[str, ...]]] = {
    "airstrike": _AIR,
    "airstrike_or_artillery": (*_AIR[:4], *_GUNS[:4]),
    "artillery": _GUNS,
    "drone_strike": ("agm-114", "gbu-39", "system:missile", "system:loitering_munition", "switchblade"),
    "ground_operation": ("m830a1", "system:tank_round", "system:small_arms", "m4", "system:mortar", "fgm-148"),
    "naval_bombardment": ("system:missile", "system:tube_artillery"),
    "other": ("system:land_mine", "system:incendiary", "system:cluster_munition", "m825a1"),
    "unknown": ("system:air_delivered_bomb", "system:missile", "mk-84", "spice-2000"),
}
"""Weapon ids of the reference list that go with a kind of strike."""


def incident_weapon(
    seed: int, block: int, cast: pl.DataFrame, incidents: pl.DataFrame, reports: pl.DataFrame
) -> pl.DataFrame:
    """The attribution table; one or two different weapons for some incidents, none for most.

    `incidents` and `reports` are those tables of the same block.
    """
    rng = stream(seed, block, "weapon")
    named = cast.select("incident_id", "received", "reports").with_columns(kind=incidents["strike_type"].list.first())
    named = named.filter(chance(rng, cast.height, NAMED_SHARE))
    frame = pl.concat([named, named.filter(chance(rng, named.height, 0.2))])
    n = frame.height
    pools = {kind: len(ids) for kind, ids in WEAPONS.items()}
    numbered = {f"{kind}/{i}": weapon for kind, ids in WEAPONS.items() for i, weapon in enumerate(ids)}
    choice = below(rng, frame["kind"].replace_strict(pools, return_dtype=pl.Int64))
    frame = frame.with_columns(
        confidence=pick(rng, n, CONFIDENCES),
        weapon_id=pl.format("{}/{}", "kind", choice).replace_strict(numbered),
        slot=below(rng, frame["reports"]) + 1,
        has_report=chance(rng, n, 0.75),
        **{f"basis_{confidence}": pick(rng, n, weights) for confidence, weights in BASES.items()},
    ).with_columns(
        basis=pl.coalesce(
            pl.when(pl.col("confidence") == confidence).then(f"basis_{confidence}") for confidence in BASES
        ),
        weapon_id=pl.when(pl.col("confidence") == "unattributed")
        .then(system_id(pl.lit("unknown")))
        .otherwise("weapon_id"),
    )
    words = reference_list().select(
        "weapon_id", word=pl.coalesce("designation", pl.col("weapon_system").str.replace_all("_", " "))
    )
    report_id = pl.concat_str("incident_id", pl.lit("-R"), pl.col("slot").cast(pl.String).str.zfill(2))
    frame = (
        frame.unique(["incident_id", "weapon_id"], keep="first", maintain_order=True)
        # "Unattributed" says that no weapon is named, so it stands alone.
        .filter((pl.col("confidence") != "unattributed") | (pl.len().over("incident_id") == 1))
        .with_columns(report_id=pl.when(pl.col("basis").is_in(REPORTED_BASES) & pl.col("has_report")).then(report_id))
        .join(words, on="weapon_id", how="left", maintain_order="left")
        .join(reports.select("report_id", reported="known_from"), on="report_id", how="left", maintain_order="left")
        .sort("incident_id", maintain_order=True)
    )
    return fill(
        "incident_weapon",
        frame.with_columns(
            attribution_id=pl.concat_str(
                "incident_id", pl.lit("-W"), pl.int_range(1, pl.len() + 1).over("incident_id").cast(pl.String)
            ),
            raw_text=pl.when(pl.col("confidence") == "unattributed")
            .then(pl.lit("Weapon not identified"))
            .otherwise(pl.format("Weapon described as {}", "word")),
            known_from=pl.max_horizontal(to_date(pl.col("received")), "reported"),
        ),
    )
