"""Record linkage: which incidents and reports of all data sets may be about the same event, and why.

Frames in, frames out. What is compared: `linkage_records`, `linkage_keys`; the model: `linkage_model`; Splink:
`linkage_scoring`; pairs with their reasons: `linkage_pairs`; then `linkage_clusters` and `linkage_measure`. The method
and what it is worth stand in docs/linkage.md.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from transforms.decisions import decision_notes
from transforms.linkage_clusters import clusters, without_cut
from transforms.linkage_keys import MOST_PAIRS
from transforms.linkage_measure import measure
from transforms.linkage_pairs import candidate_pairs
from transforms.linkage_records import Frames, current, records

__all__ = ["Linkage", "candidate_pairs", "clusters", "link", "linked_reports", "measure"]


class Linkage(NamedTuple):
    """Everything that a build takes from the linkage.

    Attributes:
        pairs: table `candidate_pair`; `is_linked` is false where a cluster forbids the link.
        clusters: incident_id, cluster_id (null for an incident on its own), one row per incident.
        measures: table `linkage_measure`.
        notes: sentences for the person who builds: incidents that nothing is compared with, decisions without effect,
            links that were cut.
    """

    pairs: pl.DataFrame
    clusters: pl.DataFrame
    measures: pl.DataFrame
    notes: list[str]


def link(frames: Frames, decisions: pl.DataFrame) -> Linkage:
    """Link a build's records.

    Args:
        frames: `incident` with its derived columns, `report` and `incident_report` as in `warehouse.schema`.
        decisions: as `transforms.decisions.read_decisions` returns them; `no_decisions()` where there are none.
    """
    rows = records(frames, decisions)
    pairs = candidate_pairs(frames, decisions, rows)
    found = clusters(pairs, current(frames, "incident")["incident_id"])
    return Linkage(
        pairs=without_cut(pairs, found.cut),
        clusters=found.frame,
        # Decisions say nothing about the model; they may make a record of a report that is none without them.
        measures=measure(frames, rows if decisions.is_empty() else None),
        notes=[*_uncompared(rows), *decision_notes(decisions, frames), *found.notes],
    )


def _uncompared(rows: pl.DataFrame) -> list[str]:
    """Sentences for the incidents that are compared with nothing, or with a part only of those nearby, if any are."""
    incidents = rows.lazy().filter(kind="incident").select("block_key", "is_crowded").collect()
    silent = pl.col("block_key").is_null()
    counts = {
        "are compared with nothing: they state no day, or a period of more than a quarter of a year, or neither a point"
        " nor a rare name, and no address that few cite": incidents.filter(silent, ~pl.col("is_crowded")).height,
        "are compared with nothing: so many others share their day and place that nothing would tell them"
        f" apart, and a build compares {MOST_PAIRS:,} pairs at the most": incidents.filter(silent, "is_crowded").height,
        "are not compared with all others of their day and place: so many share them that nothing would tell them"
        f" apart, and a build compares {MOST_PAIRS:,} pairs at the most": incidents.filter(
            ~silent, "is_crowded"
        ).height,
    }
    return [f"{count:,} of {incidents.height:,} incidents {what}." for what, count in counts.items() if count]


def linked_reports(pairs: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Links that the linkage adds to `incident_report`: incident_id, report_id, method, match_probability, dataset_id.

    A link that a source states already is not added again. The data set is the report's.
    """
    stated = current(frames, "incident_report").select("incident_id", "report_id")
    return (
        pairs.filter(pl.col("is_linked"), pl.col("left_kind") == "report")
        .select(
            "incident_id",
            report_id="left_id",
            method=pl.lit("linked"),
            match_probability="match_probability",
            dataset_id="left_dataset_id",
        )
        .join(stated, on=["incident_id", "report_id"], how="anti", maintain_order="left")
    )
