"""Synthetic casualty estimates: heavy-tailed, mostly ranges or single numbers, some unknown; unknown is null, never 0."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from transforms.demo.draw import chance, fill, log_normal, stream, to_date

UNKNOWN_SHARE: Final = 0.10
SUBGROUPS: Final = {"children": 0.4, "women": 0.25, "men": 0.3}
"""Share of the civilians; together under 1, so that the groups never exceed the civilians."""
MOST_KILLED: Final = 300


def counts(seed: int, block: int, cast: pl.DataFrame) -> pl.DataFrame:
    """Civilians harmed, in the order of `cast`: killed_low, killed_best, killed_high and the same for injured."""
    rng = stream(seed, block, "casualty")
    n = cast.height
    none_killed = chance(rng, n, 0.12).to_numpy()
    killed = np.where(none_killed, 0, np.minimum(log_normal(rng, 4, 1.2, n), MOST_KILLED))
    injured = np.minimum(log_normal(rng, 6, 1.2, n), 2 * MOST_KILLED) + none_killed  # somebody was harmed
    return pl.concat([_estimate(rng, "killed", killed), _estimate(rng, "injured", injured)], how="horizontal")


def _estimate(rng: np.random.Generator, name: str, low: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pl.DataFrame:
    n = len(low)
    is_range = rng.random(n) < 0.4
    low = np.where(is_range & (rng.random(n) < 0.15), 0, low)  # "up to"
    width = 1 + np.floor(rng.random(n) * 0.6 * low).astype(np.int64)
    high = low + is_range * width
    best = np.where(is_range, low + width // 2, low)
    known = chance(rng, n, 1 - UNKNOWN_SHARE)
    best_stated = known & pl.Series(~is_range | (rng.random(n) < 0.6))
    frame = pl.DataFrame({"low": low, "best": best, "high": high, "known": known, "best_stated": best_stated})
    return frame.select(
        pl.when("known").then("low").alias(f"{name}_low"),
        pl.when("best_stated").then("best").alias(f"{name}_best"),
        pl.when("known").then("high").alias(f"{name}_high"),
    )


def people(low: pl.Expr, high: pl.Expr, who: str) -> pl.Expr:
    """An estimate in words: "3 to 5 civilians", "1 civilian", "no civilians", "an unknown number of civilians"."""
    one = {"civilians": "civilian", "children": "child", "women": "woman", "men": "man", "people": "person"}
    return (
        pl.when(high.is_null())
        .then(pl.lit(f"an unknown number of {who}"))
        .when(high == 0)
        .then(pl.lit(f"no {who}"))
        .when((low == high) & (high == 1))
        .then(pl.lit(f"1 {one.get(who, who)}"))
        .when(low == high)
        .then(pl.format(f"{{}} {who}", high))
        .when(low == 0)
        .then(pl.format(f"up to {{}} {who}", high))
        .otherwise(pl.format(f"{{}} to {{}} {who}", low, high))
    )


def casualty(seed: int, block: int, cast: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """The casualty table: civilians always, killed and injured; subgroups, belligerents and all people for some."""
    rng = stream(seed, block, "breakdown")
    n = cast.height
    wide = cast.select("incident_id", known_from=to_date(pl.col("received"))).hstack(counts)
    parts = []
    for harm in ("killed", "injured"):
        civilians = wide.select(
            "incident_id", "known_from", *(pl.col(f"{harm}_{part}").alias(part) for part in ("low", "best", "high"))
        )
        parts.append(_rows(civilians, "civilians", harm))
        broken_down = civilians.filter(chance(rng, n, 0.35 if harm == "killed" else 0.1) & civilians["high"].gt(0))
        for group, share in SUBGROUPS.items():
            split = pl.col("low", "best", "high") * share
            some = broken_down.filter(chance(rng, broken_down.height, 0.85))
            parts.append(_rows(some.with_columns(split.floor().cast(pl.Int64)), group, harm))
    fighters = wide.select(
        "incident_id", "known_from", "killed_low", "killed_best", "killed_high", extra=pl.Series(log_normal(rng, 1, 1, n))
    ).filter(chance(rng, n, 0.04))
    parts.append(_rows(fighters.with_columns(low=0, best=None, high=pl.col("extra")), "belligerents", "killed"))
    everybody = fighters.with_columns(
        low=pl.col("killed_low"), best=None, high=pl.col("killed_high") + pl.col("extra")
    ).filter(pl.col("high").is_not_null())
    parts.append(_rows(everybody, "all_people", "killed"))
    return pl.concat(parts)


def _rows(frame: pl.DataFrame, group: str, harm: str) -> pl.DataFrame:
    who = "people" if group == "all_people" else group
    text = pl.concat_str(people(pl.col("low"), pl.col("high"), who), pl.lit(f" {harm}"))
    text = pl.concat_str(text.str.slice(0, 1).str.to_uppercase(), text.str.slice(1))
    return fill("casualty", frame.with_columns(group=pl.lit(group), harm=pl.lit(harm), raw_text=text))
