"""Synthetic casualty estimates: heavy-tailed, single numbers or ranges, some unknown; unknown is null, never 0."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from transforms.demo.draw import below, chance, fill, log_normal, stream, to_date

UNKNOWN_SHARE: Final = 0.10
SUBGROUPS: Final = {"children": 0.4, "women": 0.25, "men": 0.3}
"""Share of the civilians; together under 1, so that the groups never exceed the civilians."""
MOST_KILLED: Final = 300
BROKEN_DOWN_SHARE: Final = {"killed": 0.45, "injured": 0.12}
"""Share of the incidents whose sources say how many children, women and men."""
ESTIMATES: Final = ("low", "best", "high")


def counts(seed: int, block: int, cast: pl.DataFrame) -> pl.DataFrame:
    """Civilians harmed, in the order of `cast`: killed_low, killed_best, killed_high and the same for injured."""
    rng = stream(seed, block, "casualty")
    n = cast.height
    none_killed = chance(rng, n, 0.08).to_numpy()
    killed = np.where(none_killed, 0, np.minimum(1 + log_normal(rng, 3, 1.25, n), MOST_KILLED))
    injured = np.minimum(1 + log_normal(rng, 5, 1.2, n), 2 * MOST_KILLED)
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
    one = {
        "civilians": "civilian",
        "children": "child",
        "women": "woman",
        "men": "man",
        "belligerents": "belligerent",
        "people": "person",
    }
    return (
        pl.when(high.is_null())
        .then(pl.lit(f"an unknown number of {who}"))
        .when(high == 0)
        .then(pl.lit(f"no {who}"))
        .when((low == high) & (high == 1))
        .then(pl.lit(f"1 {one.get(who, who)}"))
        .when(low == high)
        .then(pl.format(f"{{}} {who}", high))
        .when((low == 0) & (high == 1))
        .then(pl.lit(f"up to 1 {one.get(who, who)}"))
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
    for harm, share in BROKEN_DOWN_SHARE.items():
        civilians = wide.select("incident_id", "known_from", *(pl.col(f"{harm}_{e}").alias(e) for e in ESTIMATES))
        parts.append(_rows(civilians, "civilians", harm))
        some = civilians.filter(chance(rng, n, share))
        some = some.with_columns(offset=pl.Series(rng.random(some.height)))
        parts += [_rows(group, name, harm) for name, group in _subgroups(some).items()]
    fighters = wide.with_columns(most=pl.Series(1 + log_normal(rng, 1, 1, n))).filter(chance(rng, n, 0.04))
    fighters = fighters.with_columns(least=below(rng, fighters["most"]))
    together = fighters.filter(pl.col("killed_low").is_not_null())
    parts += [
        _rows(fighters.with_columns(low="least", high="most"), "belligerents", "killed"),
        _rows(
            together.with_columns(
                low=pl.col("killed_low") + pl.col("least"), high=pl.col("killed_high") + pl.col("most")
            ),
            "all_people",
            "killed",
        ),
    ]
    return pl.concat(parts)


def _subgroups(civilians: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Children, women and men among the civilians, who together never exceed them; only where there are any.

    Each count is the number of whole people between two cumulative shares, shifted by the row's `offset`.
    """
    groups = {}
    done = 0.0
    for name, share in SUBGROUPS.items():
        upper, lower = done + share, done
        done = upper
        counted = civilians.with_columns(
            ((pl.col(e) * upper + pl.col("offset")).floor() - (pl.col(e) * lower + pl.col("offset")).floor())
            .cast(pl.Int64)
            .alias(e)
            for e in ESTIMATES
        )
        groups[name] = (
            counted.with_columns(low=pl.min_horizontal("low", "high"))
            .with_columns(best=pl.when(pl.col("best").is_not_null()).then(pl.col("best").clip("low", "high")))
            .filter(pl.col("high") > 0)
        )
    return groups


def _rows(frame: pl.DataFrame, group: str, harm: str) -> pl.DataFrame:
    """Rows of the casualty table from columns incident_id, known_from, low, high and, where stated, best."""
    who = "people" if group == "all_people" else group
    text = pl.concat_str(people(pl.col("low"), pl.col("high"), who), pl.lit(f" {harm}"))
    text = pl.concat_str(text.str.slice(0, 1).str.to_uppercase(), text.str.slice(1))
    return fill("casualty", frame.with_columns(group=pl.lit(group), harm=pl.lit(harm), raw_text=text))
