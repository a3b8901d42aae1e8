"""Scoring by Splink on DuckDB: u is counted on a sample of the build's own incidents, then candidate pairs are scored.

Deterministic: the sample is chosen by a hash of the identifiers and compared whole, and rows are sorted before.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl

from transforms.linkage_model import COMPARISONS, COUNTERPARTS_PER_INCIDENT, SIMILAR_WORD, Comparison
from warehouse.connection import scratch

SAMPLE_PER_COUNTRY = 1_000
"""Incidents of one country whose half a million pairs are compared to count u."""
DECLARED_AS_PAIRS = 5_000
"""The declared u weighs as much as so many compared pairs: a build of few incidents cannot count what is rare."""
FEWEST_INCIDENTS = 1_000
"""For the odds of a random pair a country has at least so many: that few are loaded is not that few happened."""
UNCOUNTED = 1e-9
"""Stands for a share before counting; Splink leaves it where no pair of the sample has that outcome."""
KEPT_FROM_BITS = -8.0
"""Weight from which a pair is kept to compete with others for its records: below, it takes less than half a percent."""

Probabilities = dict[tuple[str, int], float]
"""(comparison, position of its level) -> u."""


def score(records: pl.DataFrame, left_out: Iterable[str] = ()) -> pl.DataFrame:
    """Every candidate pair of records with its weight.

    Args:
        records: columns of `transforms.linkage_records.RECORD_SCHEMA`, sorted by `unique_id`.
        left_out: names of comparisons that are not used, for a measurement on what they compare.

    Returns:
        One row per pair, sorted by it: `unique_id_l`, `unique_id_r` (an incident before a report), `weight` in bits,
        the odds of a random pair included, and for each comparison `gamma_<name>` (its level, counted from the last
        one as 0; -1 where it says nothing) and `bits_<name>`. Pairs below `KEPT_FROM_BITS` are left out unless people
        decided about them.
    """
    comparisons = [c for c in COMPARISONS if c.name not in set(left_out)]
    identifiers = records["unique_id"]
    if not identifiers.is_sorted():
        raise ValueError("records must be sorted by unique_id")
    if not any(_has_pairs(records, key) for key in ("block_key", "decided_key")):
        return _named(_no_pairs(comparisons), identifiers)
    incidents = records.lazy().filter(kind="incident")
    prior = random_match_probability(incidents.select("country").collect())
    u = counted_u(incidents, comparisons)
    # Splink takes each record's number for its identifier: a pair of numbers is a tenth of a pair of texts.
    records = records.drop("unique_id", "record_id", "is_crowded").with_row_index("unique_id")
    near = _predicted(records, comparisons, u, prior, "block_key", KEPT_FROM_BITS)
    decided = _predicted(records, comparisons, u, prior, "decided_key", None)
    pairs = pl.concat([near, decided]).unique(["unique_id_l", "unique_id_r"], keep="first")
    return _named(pairs.sort("unique_id_l", "unique_id_r"), identifiers)


def _named(pairs: pl.DataFrame, identifiers: pl.Series) -> pl.DataFrame:
    """The pairs with identifiers in place of numbers; the order of the numbers is that of the identifiers."""
    return pairs.with_columns(identifiers.gather(pairs[side]).alias(side) for side in ("unique_id_l", "unique_id_r"))


def random_match_probability(incidents: pl.DataFrame) -> float:
    """Probability that two records of one country are of the same event, before anything is compared."""
    sizes: list[int] = incidents.group_by("country").len()["len"].to_list()
    typical = sum(n * n for n in sizes) / max(sum(sizes), 1)
    return COUNTERPARTS_PER_INCIDENT / max(typical, FEWEST_INCIDENTS)


def counted_u(incidents: pl.LazyFrame, comparisons: Sequence[Comparison]) -> Probabilities:
    """u of each level, counted by Splink on pairs of incidents of one country, the countries weighted by incidents.

    Pairs across countries would make every near pair look rare: that two incidents of Gaza lie within 5 km says little.
    """
    names = incidents.select("country", "unique_id").collect()
    sizes = names.group_by("country").agg(size=pl.len())
    # A hash that is the same in every release of every library.
    hashes = names["unique_id"].map_elements(lambda i: zlib.crc32(i.encode()), return_dtype=pl.Int64).alias("hash")
    chosen = (
        names.with_columns(hashes).sort("country", "hash", "unique_id").group_by("country").head(SAMPLE_PER_COUNTRY)
    )
    sample = incidents.filter(pl.col("unique_id").is_in(chosen["unique_id"].implode())).collect()
    ordered = (
        sample.join(sizes, on="country", nulls_equal=True)
        .join(chosen.select("unique_id", "hash"), on="unique_id")
        .sort("country", "hash", "unique_id")
        .drop("hash")
    )
    counted = [c for c in comparisons if any(level.bits is None for level in c.levels)]
    rows = [
        row
        for country in ordered.partition_by("country", maintain_order=True)
        if country.height > 1
        for row in _country_u(country.drop("size"), counted, country["size"][0])
    ]
    schema = {"name": pl.String, "position": pl.Int64, "u": pl.Float64, "incidents": pl.Float64, "pairs": pl.Float64}
    shares = pl.DataFrame(rows, schema=schema, orient="row").group_by("name", "position", maintain_order=True)
    found = {
        (name, position): (u, pairs)
        for name, position, u, pairs in shares.agg(
            (pl.col("u") * pl.col("incidents")).sum() / pl.col("incidents").sum(), pl.col("pairs").sum()
        ).iter_rows()
    }
    levels = [(c.name, position, level) for c in comparisons for position, level in enumerate(c.levels)]
    result: Probabilities = {}
    for name, position, level in levels:
        u, pairs = found.get((name, position), (0.0, 0.0))
        result[name, position] = (u * pairs + level.u * DECLARED_AS_PAIRS) / (pairs + DECLARED_AS_PAIRS)
    return result


def _country_u(
    sample: pl.DataFrame, comparisons: Sequence[Comparison], incidents: int
) -> list[tuple[str, int, float, float, float]]:
    """Rows (comparison, position of the level, u, incidents of the country, pairs that could be judged).

    A comparison that can judge no pair of the sample has no rows.
    """
    uncounted = {(c.name, n): UNCOUNTED for c in comparisons for n in range(len(c.levels))}
    with _linker(sample, comparisons, uncounted, 0.5, None) as linker:
        # All pairs of the sample: nothing is drawn at random here.
        linker.training.estimate_u_using_random_sampling(max_pairs=1e12, min_count_per_level=None, num_chunks=1)
        trained = linker.misc.save_model_to_json()["comparisons"]
    rows = []
    for comparison, found in zip(comparisons, trained, strict=True):
        shares = [float(level["u_probability"]) for level in found["comparison_levels"][1:]]
        counted = [n for n, level in enumerate(comparison.levels) if level.bits is None]
        if all(shares[n] == UNCOUNTED for n in counted):
            continue
        judged = sample.filter(pl.all_horizontal(pl.col(comparison.needs).is_not_null())).height
        pairs = judged * (judged - 1) / 2
        for n in counted:
            share = 0.0 if shares[n] == UNCOUNTED else shares[n]
            rows.append((comparison.name, n, share, float(incidents), pairs))
    return rows


def _predicted(
    records: pl.DataFrame,
    comparisons: Sequence[Comparison],
    u: Probabilities,
    prior: float,
    key: str,
    from_bits: float | None,
) -> pl.DataFrame:
    """Pairs that share a value of the list column `key`, scored by Splink; from the given weight on."""
    if not _has_pairs(records, key):
        return _no_pairs(comparisons)
    columns = [
        "unique_id_l",
        "unique_id_r",
        "match_weight as weight",
        *(f"gamma_{c.name}, mw_{c.name} as bits_{c.name}" for c in comparisons),
    ]
    other = {"block_key", "decided_key"} - {key}
    sharing = records.lazy().drop(other).filter(pl.col(key).list.len() > 0).collect()
    with _linker(sharing, comparisons, u, prior, key) as linker:
        predicted = linker.inference.predict(threshold_match_weight=from_bits, warning_mode="never")
        frame: pl.DataFrame = predicted.as_duckdbpyrelation().select(", ".join(columns)).pl()
    return frame


def _has_pairs(records: pl.DataFrame, key: str) -> bool:
    """Whether an incident shares a value of the list column `key` with another record, without starting Splink."""
    values = records.select("kind", pl.col(key)).explode(key).drop_nulls(key).group_by(key)
    sharing = values.agg(records=pl.len(), incidents=(pl.col("kind") == "incident").sum())
    return not sharing.filter(pl.col("records") > 1, pl.col("incidents") > 0).is_empty()


def _no_pairs(comparisons: Sequence[Comparison]) -> pl.DataFrame:
    """What Splink returns where nothing is compared."""
    schema: dict[str, Any] = {"unique_id_l": pl.UInt32, "unique_id_r": pl.UInt32, "weight": pl.Float64}
    for comparison in comparisons:
        schema |= {f"gamma_{comparison.name}": pl.Int32, f"bits_{comparison.name}": pl.Float64}
    return pl.DataFrame(schema=schema)


@contextmanager
def _linker(
    records: pl.DataFrame, comparisons: Sequence[Comparison], u: Probabilities, prior: float, key: str | None
) -> Iterator[Any]:
    """A Splink linker over the records, in a database of its own; without a key it cannot predict."""
    # Splink takes a third of a second to import: only a build that links pays for it.
    from splink import DuckDBAPI, Linker, SettingsCreator
    from splink.blocking_rule_library import CustomRule
    from splink.comparison_library import CustomComparison

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[CustomComparison(_levels(c, u), output_column_name=c.name) for c in comparisons],
        # Of a pair with a report the incident is the left record: `unique_id` begins with the kind.
        blocking_rules_to_generate_predictions=[
            CustomRule(f"l.{key} = r.{key} and l.kind = 'incident'", arrays_to_explode=[key])
        ]
        if key
        else [],
        probability_two_random_records_match=prior,
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
    )
    with scratch() as connection:
        # Splink 5.0 writes lambdas as DuckDB 2.0 only reads them with this.
        connection.execute("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'")
        table = DuckDBAPI(connection).register(records.to_arrow())
        yield Linker(table, settings, log_level=None, validate_settings=False)


def _levels(comparison: Comparison, u: Probabilities) -> list[Any]:
    """Splink's levels of a comparison, the one where nothing is known first."""
    from splink.comparison_level_library import CustomLevel, ElseLevel, PairwiseStringDistanceFunctionLevel

    levels = [CustomLevel(comparison.unknown, comparison.unknown_label).configure(is_null_level=True)]
    for position, level in enumerate(comparison.levels):
        if level.similar:
            made = PairwiseStringDistanceFunctionLevel(level.similar, "jaro_winkler", SIMILAR_WORD)
        else:
            made = CustomLevel(level.sql, level.label) if level.sql else ElseLevel()
        if level.bits is None:
            m, of_others = level.m, u.get((comparison.name, position), level.u)
        else:
            m, of_others = 0.5 * 2.0 ** min(level.bits, 0.0), 0.5 * 2.0 ** -max(level.bits, 0.0)
        levels.append(
            made.configure(
                m_probability=m,
                u_probability=of_others,
                fix_m_probability=True,
                fix_u_probability=level.bits is not None,
                label_for_charts=level.label,
            )
        )
    return levels
