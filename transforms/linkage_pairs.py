"""Candidate pairs: records compared by Splink, records that compete, and the reasons in words."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from transforms.linkage_model import COMPARISONS, LINK_FROM_PROBABILITY, METRES_PER_DEGREE, SHOWN_FROM_PROBABILITY
from transforms.linkage_records import Frames, current, records
from transforms.linkage_scoring import score
from warehouse.schema import TABLE
from warehouse.vocabulary import PairDecision

PLACING = ("distance", "place_names", "source_addresses")
"""Comparisons of which one must speak for a pair before the model links it."""
LARGEST_BITS = 40.0
"""A weight beyond it is cut: the probability is 1 to twelve digits."""


def candidate_pairs(frames: Frames, decisions: pl.DataFrame, rows: pl.DataFrame | None = None) -> pl.DataFrame:
    """The table `candidate_pair`.

    Pairs of incidents, in two data sets or within one, and of an incident with a report that states a place or a day.
    Left out are a report and an incident that a source links already, and pairs below `SHOWN_FROM_PROBABILITY`; but
    what people decided is always there. `is_linked`: see `_is_linked`.

    Args:
        frames: `incident` with derived columns, `report`, `incident_report`, as in `warehouse.schema`.
        decisions: as `transforms.decisions.read_decisions` returns them.
        rows: their records, if they are made already.

    Returns:
        Columns of the table, sorted by left_id and incident_id; the same for the same rows in any order. For two
        incidents the smaller identifier is the left one.
    """
    found = scored_pairs(records(frames, decisions) if rows is None else rows)
    links = current(frames, "incident_report").filter(pl.col("method") == "stated")
    stated = links.select(left_id="report_id", incident_id="incident_id")
    decided = found.join(_decided(decisions), on=["left_id", "incident_id"], how="left", validate="m:1")
    shown = pl.col("is_stated").is_null() & (pl.col("match_probability") >= SHOWN_FROM_PROBABILITY)
    kept = decided.join(
        stated.with_columns(is_stated=pl.lit(value=True)), on=["left_id", "incident_id"], how="left", validate="m:1"
    ).filter(shown | pl.col("decision").is_not_null())
    return (
        kept.pipe(_with_reasons)
        .with_columns(pl.col("decision").fill_null(PairDecision.UNDECIDED.value), is_linked=_is_linked())
        .select(TABLE["candidate_pair"].column_names)
        .cast(TABLE["candidate_pair"].polars_schema())  # type: ignore[arg-type]
        .sort("left_id", "incident_id")
    )


def _is_linked() -> pl.Expr:
    """People's decision; without one the model's, within two bounds.

    Two incidents of one data set are never linked: their publisher holds them for two events, and the model knows
    nothing that the publisher did not. And something must speak for one place: where few incidents are loaded, a day
    and a number of people alone would do, and at a town's point there is no more.
    """
    likely = pl.col("match_probability") >= LINK_FROM_PROBABILITY
    across = pl.col("left_dataset_id") != pl.col("dataset_id")
    placed = pl.any_horizontal(pl.col(f"bits_{name}") > 0 for name in PLACING)
    by_model = likely & placed & (across | (pl.col("left_kind") == "report"))
    return (
        pl.when(pl.col("decision") == PairDecision.ACCEPTED.value)
        .then(pl.lit(value=True))
        .when(pl.col("decision") == PairDecision.REJECTED.value)
        .then(pl.lit(value=False))
        .otherwise(by_model)
    )


def scored_pairs(rows: pl.DataFrame, left_out: Iterable[str] = ()) -> pl.DataFrame:
    """All pairs of records that were compared and not hopeless, decided or stated ones too, without decisions applied.

    Returns:
        left_id, left_kind, incident_id, left_dataset_id, dataset_id, apart_days, distance_m, match_probability, and
        what `score` and `_with_competition` say of it.
    """
    pairs = _with_competition(_with_sides(score(rows, left_out), rows))
    of_report = pl.when(_is_report())
    return pairs.select(
        "apart_days",
        "distance_m",
        "match_probability",
        "rivals_bits",
        "weight",
        pl.col("^(gamma|bits)_.*$"),
        left_id=of_report.then("record_id_r").otherwise("record_id_l"),
        left_kind="kind_r",
        incident_id=of_report.then("record_id_l").otherwise("record_id_r"),
        left_dataset_id=of_report.then("dataset_id_r").otherwise("dataset_id_l"),
        dataset_id=of_report.then("dataset_id_l").otherwise("dataset_id_r"),
    ).sort("left_id", "incident_id")


def _is_report() -> pl.Expr:
    """The right side of a scored pair is a report; two incidents stand in the order of their identifiers."""
    return pl.col("kind_r") == "report"


def _with_sides(scored: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Both records of each pair beside it, with apart_days and distance_m."""
    wanted = ["record_id", "kind", "dataset_id", "day_from", "day_to", "is_day_stated", "latitude", "longitude"]
    pairs = scored
    for side in ("l", "r"):
        named = rows.select(
            pl.col("unique_id").alias(f"unique_id_{side}"), *(pl.col(c).alias(f"{c}_{side}") for c in wanted)
        )
        pairs = pairs.join(named, on=f"unique_id_{side}", how="left", validate="m:1")
    if pairs.height != scored.height:
        raise AssertionError(f"{pairs.height} pairs after joining their records, {scored.height} before")
    north = (pl.col("latitude_l") - pl.col("latitude_r")) * METRES_PER_DEGREE
    middle = ((pl.col("latitude_l") + pl.col("latitude_r")) / 2).radians().cos()
    east = (pl.col("longitude_l") - pl.col("longitude_r")) * METRES_PER_DEGREE * middle
    gap = pl.max_horizontal(
        pl.col("day_from_l") - pl.col("day_to_r"),
        pl.col("day_from_r") - pl.col("day_to_l"),
        pl.lit(0),
    )
    stated = pl.col("is_day_stated_l") & pl.col("is_day_stated_r")
    return pairs.with_columns(
        apart_days=pl.when(stated).then(gap), distance_m=(north.pow(2) + east.pow(2)).sqrt().round(0)
    )


def _with_competition(pairs: pl.DataFrame) -> pl.DataFrame:
    """match_probability and rivals_bits: a record has at most one counterpart in another data set.

    Where several incidents of a data set match one record, its odds are shared among them: o / (1 + sum of o). A report
    speaks of one event, while an incident may have many reports; within one data set nothing is shared.
    """
    odds = pl.lit(2.0).pow(pl.col("weight").clip(-LARGEST_BITS, LARGEST_BITS))
    across = pl.col("dataset_id_l") != pl.col("dataset_id_r")
    of_left = pl.col("odds").sum().over("unique_id_l", "dataset_id_r", "kind_r")
    of_right = pl.col("odds").sum().over("unique_id_r", "dataset_id_l")
    rivals = (
        pl.when(_is_report()).then(of_right).when(across).then(pl.max_horizontal(of_left, of_right)).otherwise("odds")
    )
    shared = pairs.with_columns(odds=odds).with_columns(rivals=pl.max_horizontal(rivals - pl.col("odds"), pl.lit(0.0)))
    return shared.with_columns(
        match_probability=pl.col("odds") / (1 + pl.col("odds") + pl.col("rivals")),
        rivals_bits=-(1 + pl.col("rivals")).log(2),
    )


def _with_reasons(pairs: pl.DataFrame) -> pl.DataFrame:
    """reasons: JSON list of {"comparison", "level", "bits"}; the bits add up to the log odds of match_probability.

    Each text is written once: a million pairs have a few hundred outcomes.
    """
    rounded = pairs.with_columns(rivals_bits=pl.col("rivals_bits").round(1))
    outcome = [c for c in rounded.columns if c.startswith("gamma_") or c == "rivals_bits"]
    texts = rounded.unique(outcome, keep="first", maintain_order=True).select(*outcome, reasons=_reasons())
    return rounded.join(texts, on=outcome, how="left", validate="m:1", maintain_order="left")


def _reasons() -> pl.Expr:
    start = pl.col("weight") - pl.sum_horizontal(f"bits_{c.name}" for c in COMPARISONS)
    parts = [_reason("Before comparing", pl.lit("Two records of one country, taken at random"), start)]
    for comparison in COMPARISONS:
        count = len(comparison.levels)
        labels = {-1: comparison.unknown_label} | {
            count - 1 - position: level.label for position, level in enumerate(comparison.levels)
        }
        level = pl.col(f"gamma_{comparison.name}").replace_strict(labels, return_dtype=pl.String)
        parts.append(_reason(comparison.label, level, pl.col(f"bits_{comparison.name}")))
    alone = pl.col("rivals_bits").abs() < 0.005
    rivals = pl.when(alone).then(pl.lit("None")).otherwise(pl.lit("Others match the same record"))
    parts.append(_reason("Other candidates", rivals, pl.col("rivals_bits")))
    encoded = pl.struct(reasons=pl.concat_list(parts)).struct.json_encode()
    return encoded.str.strip_prefix('{"reasons":').str.strip_suffix("}")


def _reason(comparison: str, level: pl.Expr, bits: pl.Expr) -> pl.Expr:
    rounded = pl.when(bits.abs() < 0.005).then(0.0).otherwise(bits.round(2))
    return pl.struct(comparison=pl.lit(comparison), level=level, bits=rounded)


def _decided(decisions: pl.DataFrame) -> pl.DataFrame:
    """Decisions in both orders, so that the order in the file does not matter."""
    facts = ["decision", "decided_by", "decided_on", "decision_reason"]
    return pl.concat(
        [
            decisions.select(*facts, left_id="left_id", incident_id="right_id"),
            decisions.select(*facts, left_id="right_id", incident_id="left_id"),
        ]
    )
