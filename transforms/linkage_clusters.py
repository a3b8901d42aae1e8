"""Clusters: incidents that count as one event, from the linked pairs of incidents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from warehouse.vocabulary import PairDecision


class Clusters(NamedTuple):
    """Result of `clusters`.

    Attributes:
        frame: incident_id, cluster_id (the smallest identifier in the cluster; null for an incident on its own).
        cut: left_id, incident_id of linked pairs that do not hold, because a cluster they would make must not be.
        notes: one sentence for each of them.
    """

    frame: pl.DataFrame
    cut: pl.DataFrame
    notes: list[str]


def clusters(pairs: pl.DataFrame, incident_ids: Sequence[str] | pl.Series) -> Clusters:
    """Join incidents that linked pairs connect.

    Links are taken from the strongest to the weakest: accepted ones, then by probability. A link is cut if with it one
    cluster would hold a pair that people rejected, or two incidents of one data set that no accepted decision joins:
    two incidents that each resemble a third are not one event for that (chaining), and their publisher holds them for
    two.

    Args:
        pairs: rows of `candidate_pair`, in any order.
        incident_ids: all incidents of the build.
    """
    between = pairs.filter(pl.col("left_kind") == "incident")
    rejected = between.filter(pl.col("decision") == PairDecision.REJECTED.value)
    accepted = between.filter(pl.col("decision") == PairDecision.ACCEPTED.value)
    links = between.filter("is_linked").sort(
        pl.col("decision") == PairDecision.ACCEPTED.value,
        "match_probability",
        "left_id",
        "incident_id",
        descending=[True, True, False, False],
    )
    datasets = dict(between.select("left_id", "left_dataset_id").iter_rows())
    datasets |= dict(between.select("incident_id", "dataset_id").iter_rows())
    forbidden = _neighbours(rejected)
    joined = _neighbours(accepted)
    # Few links remain here, and each depends on those before it: a loop, not an expression.
    members: dict[str, set[str]] = {}
    cut: list[tuple[str, str]] = []
    notes: list[str] = []
    for left, right, decision in links.select("left_id", "incident_id", "decision").iter_rows():
        one, other = members.setdefault(left, {left}), members.setdefault(right, {right})
        if one is other:
            continue
        if reason := _objection(one, other, decision, forbidden, joined, datasets):
            cut.append((left, right))
            notes.append(f"The link between {left} and {right} was cut: {reason}.")
            continue
        one |= other
        for incident in other:
            members[incident] = one
    found = {incident: min(group) for incident, group in members.items() if len(group) > 1}
    named = pl.DataFrame(list(found.items()), {"incident_id": pl.String, "cluster_id": pl.String}, orient="row")
    frame = (
        pl.DataFrame({"incident_id": incident_ids}, {"incident_id": pl.String})
        .unique()
        .sort("incident_id")
        .join(named, on="incident_id", how="left", maintain_order="left")
    )
    return Clusters(
        frame, pl.DataFrame(cut, schema={"left_id": pl.String, "incident_id": pl.String}, orient="row"), notes
    )


def without_cut(pairs: pl.DataFrame, cut: pl.DataFrame) -> pl.DataFrame:
    """The pairs with `is_linked` false where their link was cut."""
    marked = cut.with_columns(_cut=pl.lit(value=True))
    return (
        pairs.join(marked, on=["left_id", "incident_id"], how="left", validate="1:1", maintain_order="left")
        .with_columns(is_linked=pl.col("is_linked") & pl.col("_cut").is_null())
        .drop("_cut")
    )


def _neighbours(pairs: pl.DataFrame) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for left, right in pairs.select("left_id", "incident_id").iter_rows():
        found.setdefault(left, set()).add(right)
        found.setdefault(right, set()).add(left)
    return found


def _objection(
    one: set[str],
    other: set[str],
    decision: str,
    forbidden: dict[str, set[str]],
    joined: dict[str, set[str]],
    datasets: dict[str, str],
) -> str | None:
    """Why two groups must not become one; None if they may."""
    for a in sorted(one):
        if apart := sorted(forbidden.get(a, set()) & other):
            return f"with it {a} and {apart[0]} would be one event, and people decided that they are not"
    if decision == PairDecision.ACCEPTED.value:
        return None
    for a in sorted(one):
        same = [b for b in sorted(other) if datasets[a] == datasets[b] and b not in joined.get(a, set())]
        if same:
            return f"with it {a} and {same[0]} of one data set would be one event, though only this chain joins them"
    return None
