"""How well the linkage finds links that sources state, on the half of them that did not choose the threshold.

Three kinds of stated links, none of them perfect; docs/linkage.md says what is wrong with each. In all of them the
comparison of source addresses is left out of the score: on shared addresses it would measure itself, and a report's own
address is among those of the incident that it is linked to.
"""

from __future__ import annotations

import zlib

import polars as pl

from transforms.decisions import no_decisions
from transforms.linkage_model import ADDRESSES, LINK_FROM_PROBABILITY
from transforms.linkage_pairs import scored_pairs
from transforms.linkage_records import Frames, current, records
from warehouse.schema import TABLE

STATED_REPORT = "a source links a report with a place or day to an incident"
STATED_CODE = "a report of one data set bears the public code of an incident of another"
SHARED_ADDRESS = "two incidents share an address that few cite (a weak proxy: one page may tell of several events)"

CHOSEN_ON = "half that chose the threshold"
REPORTED_ON = "other half"
IN_USE = "other half, at the threshold in use"

WANTED_PRECISION = 0.95
"""The threshold is the one that finds most at this precision: a false link hides an event, a missed one counts it
twice, and people can repair the second more easily, since the pair is among the candidates."""
THRESHOLDS = tuple(round(0.1 + 0.05 * step, 2) for step in range(18))
"""0.1 to 0.95; finer steps would fit the few stated links."""
RENUMBERED_CODES = r"^RS\d"
"""Airwars has renumbered its codes of Russian strikes since other publishers cited them: of 95 codes cited by UCDP, the
places agree in few, the rest names the incident beside. Such a code states nothing."""

Row = dict[str, str | float | int | None]
KEY = ["left_id", "incident_id"]


def measure(frames: Frames, rows: pl.DataFrame | None = None) -> pl.DataFrame:
    """The table `linkage_measure`: three rows for each kind of stated links that occurs.

    A pair belongs to a half by a hash of the record whose links are known. Pairs of such a record that no source states
    count as `unstated`; some of them are right.

    Args:
        frames: incident, report and incident_report as in `warehouse.schema`.
        rows: their records without decisions, if they are made already.
    """
    if rows is None:
        rows = records(frames, no_decisions())
    scored = scored_pairs(rows, left_out=[ADDRESSES.name]).select(
        *KEY, "left_kind", "left_dataset_id", "dataset_id", "match_probability"
    )
    judged = {
        STATED_REPORT: _stated_reports(frames, rows, scored),
        STATED_CODE: _stated_codes(frames, scored),
        SHARED_ADDRESS: _shared_addresses(rows, scored),
    }
    measured = [row for truth, pairs in judged.items() if pairs["is_stated"].any() for row in _measured(truth, pairs)]
    return pl.DataFrame(measured, schema=TABLE["linkage_measure"].polars_schema()).sort("truth", "sample")


def _measured(truth: str, pairs: pl.DataFrame) -> list[Row]:
    """Rows of `linkage_measure` for one kind of truth.

    Args:
        truth: which.
        pairs: known, is_stated, match_probability (null for a stated pair that was never compared).
    """
    half = pl.Series([zlib.crc32(known.encode()) % 2 for known in pairs["known"]], dtype=pl.Int8)
    chosen_on, reported_on = pairs.filter(half == 0), pairs.filter(half == 1)
    threshold = _threshold(chosen_on)
    measured = (
        (CHOSEN_ON, chosen_on, threshold),
        (REPORTED_ON, reported_on, threshold),
        (IN_USE, reported_on, LINK_FROM_PROBABILITY),
    )
    return [{"truth": truth, "sample": sample, **_at(part, limit)} for sample, part, limit in measured]


def _at(pairs: pl.DataFrame, threshold: float) -> dict[str, float | int | None]:
    linked = pairs.filter(pl.col("match_probability") >= threshold)
    stated, found = int(pairs["is_stated"].sum()), int(linked["is_stated"].sum())
    return {
        "threshold": threshold,
        "stated": stated,
        "found": found,
        "unstated": linked.height - found,
        # Nothing linked has no precision, nothing stated no recall: unknown, not zero.
        "precision": found / linked.height if linked.height else None,
        "recall": found / stated if stated else None,
    }


def _threshold(pairs: pl.DataFrame) -> float:
    """The threshold that finds most at `WANTED_PRECISION`; where none reaches it, the one with the best F1."""
    tried = [_at(pairs, threshold) for threshold in THRESHOLDS]

    def worth(row: dict[str, float | int | None]) -> tuple[bool, float, float]:
        precision, recall = row["precision"] or 0.0, row["recall"] or 0.0
        is_precise = precision >= WANTED_PRECISION and recall > 0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return is_precise, recall if is_precise else f1, row["threshold"] or 0.0

    return float(max(tried, key=worth)["threshold"] or 0.0)


def _stated_reports(frames: Frames, rows: pl.DataFrame, scored: pl.DataFrame) -> pl.DataFrame:
    """Pairs of the reports with a place or day that a source links to an incident."""
    reports = rows.filter(kind="report").select(left_id="record_id")
    links = current(frames, "incident_report").filter(pl.col("method") == "stated")
    stated = links.select(left_id="report_id", incident_id="incident_id").join(reports, on="left_id", how="semi")
    pairs = scored.filter(pl.col("left_kind") == "report").join(stated, on="left_id", how="semi")
    return _judged(pairs.with_columns(known="left_id"), stated.with_columns(known="left_id"))


def _stated_codes(frames: Frames, scored: pl.DataFrame) -> pl.DataFrame:
    """Pairs of the incidents of which a report has the public code of another data set's incident as its title."""
    incidents = current(frames, "incident").select("incident_id", "dataset_id", code="public_code")
    codes = (
        incidents.with_columns(pl.col("code").str.split(" "))
        .explode("code")
        .filter(pl.col("code").is_not_null(), ~pl.col("code").str.contains(RENUMBERED_CODES))
        .select("code", named="incident_id", named_dataset_id="dataset_id")
    )
    titles = current(frames, "report").select("report_id", code=pl.col("title").str.strip_chars())
    citing = current(frames, "incident_report").select("incident_id", "report_id", "dataset_id")
    cited = (
        citing.join(titles, on="report_id")
        .join(codes, on="code")
        .filter(pl.col("dataset_id") != pl.col("named_dataset_id"))
        .select(known="incident_id", named="named", named_dataset_id="named_dataset_id")
    )
    stated = cited.select(
        left_id=pl.min_horizontal("known", "named"), incident_id=pl.max_horizontal("known", "named"), known="known"
    ).unique()
    between = scored.filter(pl.col("left_kind") == "incident")
    sides = pl.concat(
        [
            between.with_columns(known="left_id", named_dataset_id="dataset_id"),
            between.with_columns(known="incident_id", named_dataset_id="left_dataset_id"),
        ]
    )
    return _judged(sides.join(cited, on=["known", "named_dataset_id"], how="semi"), stated)


def _shared_addresses(rows: pl.DataFrame, scored: pl.DataFrame) -> pl.DataFrame:
    """Pairs of incidents which both have an address that few cite; stated are those that share one."""
    cited = (
        rows.filter(kind="incident")
        .select(incident_id="record_id", address="rare_addresses")
        .explode("address")
        .drop_nulls()
    )
    both = cited.join(cited.rename({"incident_id": "other_id"}), on="address").filter(
        pl.col("incident_id") < pl.col("other_id")
    )
    stated = both.select(left_id="incident_id", incident_id="other_id").unique()
    pairs = (
        scored.filter(pl.col("left_kind") == "incident")
        .join(cited, on="incident_id", how="semi")
        .join(cited.rename({"incident_id": "left_id"}), on="left_id", how="semi")
    )
    return _judged(pairs.with_columns(known="left_id"), stated.with_columns(known="left_id"))


def _judged(pairs: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """known, is_stated and match_probability of scored pairs and of stated ones, whether these were compared or not."""
    key = [*KEY, "known"]
    marked = stated.select(key).unique().with_columns(is_stated=pl.lit(value=True))
    return (
        pairs.select(*key, "match_probability")
        .join(marked, on=key, how="full", coalesce=True, validate="1:1")
        .with_columns(pl.col("is_stated").fill_null(value=False))
        .sort(key)
    )
