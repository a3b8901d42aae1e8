"""Columns that the build computes: fact columns of every row, and what an incident's other tables say about it."""

from __future__ import annotations

import polars as pl

from transforms.geography import country_distance_m
from transforms.source import FILE, ROW, Dataset
from warehouse import vocabulary as v
from warehouse.filters import UNATTRIBUTED
from warehouse.schema import FACT_TABLES, TABLE
from warehouse.text import fold

Frames = dict[str, pl.DataFrame]

_FACTS = frozenset(t.name for t in FACT_TABLES)


def complete(tables: Frames, dataset: Dataset, weapons: pl.DataFrame) -> Frames:
    """Add every column that the pipeline owns, and drop FILE and ROW.

    Args:
        tables: one data set's checked frames.
        weapons: all weapons that its attributions may name.

    Returns:
        Frames with exactly the declared columns of each table.
    """
    frames = {name: _fact_columns(name, frame, dataset) for name, frame in tables.items()}
    if "incident" in frames:
        frames["incident"] = _incident(frames, weapons)
    return {name: frame.select(TABLE[name].column_names) for name, frame in frames.items()}


def _fact_columns(name: str, frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    frame = frame.drop(FILE, ROW)
    missing = {c: kind for c, kind in TABLE[name].polars_schema().items() if c not in frame.columns}
    frame = frame.with_columns(pl.lit(None, dtype=kind).alias(c) for c, kind in missing.items())
    if name not in _FACTS:
        return frame
    origin = v.DataOrigin.SYNTHETIC if dataset.synthetic else v.DataOrigin.RECORDED
    return frame.with_columns(
        pl.col("known_from").fill_null(dataset.known_on),
        dataset_id=pl.lit(dataset.dataset_id),
        data_origin=pl.lit(origin.value),
    )


def _incident(frames: Frames, weapons: pl.DataFrame) -> pl.DataFrame:
    incident = frames["incident"]
    rows = incident.height
    for part in (
        _estimates(_table(frames, "casualty")),
        _weapons(_table(frames, "incident_weapon"), weapons),
        _sources(_table(frames, "incident_report"), _table(frames, "report")),
        _stages(_table(frames, "stage_transition")),
        _responses(_table(frames, "response")),
    ):
        incident = incident.drop(set(part.columns) - {"incident_id"}).join(
            part, on="incident_id", how="left", maintain_order="left", validate="m:1"
        )
    if incident.height != rows:
        raise AssertionError(f"{incident.height} incidents after deriving, {rows} before")
    radius = {precision.value: metres for precision, metres in v.RADIUS_M.items()}
    described = ["public_code", "place", "admin1", "summary"]
    return incident.with_columns(
        pl.col("weapon_system").fill_null([v.WeaponSystem.UNKNOWN.value]),
        pl.col("munition").fill_null([UNATTRIBUTED]),
        pl.col("us_origin_confidence").fill_null(v.Confidence.UNATTRIBUTED.value),
        pl.col("source_type").fill_null([v.SourceType.UNKNOWN.value]),
        pl.col("report_count", "private_report_count", "response_count").fill_null(0),
        pl.col("stage", "stage_reached").fill_null(v.Stage.NO_REVIEW_RECORD.value),
        geo_radius_m=pl.when(pl.col("latitude").is_not_null()).then(
            pl.col("geo_precision").replace_strict(radius, return_dtype=pl.Int64)
        ),
        country_distance_m=country_distance_m(incident),
        search_text=fold(pl.concat_str([pl.col(c).fill_null("") for c in described], separator=" ")),
    )


def _table(frames: Frames, name: str) -> pl.DataFrame:
    return frames.get(name, TABLE[name].empty())


def _estimates(casualty: pl.DataFrame) -> pl.DataFrame:
    """civilians_{killed,injured}_{low,best,high} per incident."""
    civilians = casualty.filter(group=v.CasualtyGroup.CIVILIANS.value)
    result = civilians.select("incident_id").unique()
    for harm in v.Harm:
        parts = civilians.filter(harm=harm.value).select(
            "incident_id", *(pl.col(p).alias(f"civilians_{harm.value}_{p}") for p in ("low", "best", "high"))
        )
        result = result.join(parts, on="incident_id", how="left", validate="1:1")
    return result


def _weapons(attributions: pl.DataFrame, weapons: pl.DataFrame) -> pl.DataFrame:
    """weapon_system, munition and us_origin_confidence per incident.

    An excluded weapon is no weapon of the incident; an attribution graded unattributed names none.
    """
    rows = attributions.select("incident_id", "weapon_id", "confidence").join(
        weapons.select("weapon_id", "designation", "weapon_system", "us_origin"), on="weapon_id", validate="m:1"
    )
    named = ~pl.col("confidence").is_in([v.Confidence.EXCLUDED.value, v.Confidence.UNATTRIBUTED.value])
    # From the surest to the least sure; `unattributed` is the absence of an attribution.
    order = [c.value for c in v.Confidence if c is not v.Confidence.UNATTRIBUTED]
    us_made = rows.filter(us_origin=v.UsOrigin.YES.value).filter(pl.col("confidence").is_in(order))
    confidence = us_made.group_by("incident_id").agg(
        us_origin_confidence=pl.col("confidence").sort_by(pl.col("confidence").cast(pl.Enum(order))).first()
    )
    systems = (
        rows.filter(named)
        .group_by("incident_id")
        .agg(
            weapon_system=pl.col("weapon_system")
            .unique()
            .sort_by(pl.col("weapon_system").unique().cast(pl.Enum(v.WeaponSystem.values()))),
        )
    )
    munitions = (
        rows.filter(named, pl.col("designation").is_not_null())
        .group_by("incident_id")
        .agg(munition=pl.col("designation").unique().sort())
    )
    all_ids = rows.select("incident_id").unique()
    return (
        all_ids.join(systems, on="incident_id", how="left")
        .join(munitions, on="incident_id", how="left")
        .join(confidence, on="incident_id", how="left")
    )


def _sources(links: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """source_type, report_count, private_report_count and first_reported_on per incident."""
    rows = links.select("incident_id", "report_id").join(
        reports.select("report_id", "source_type", "access", "published_on"), on="report_id", validate="m:1"
    )
    kinds = pl.Enum(v.SourceType.values())
    return rows.group_by("incident_id").agg(
        source_type=pl.col("source_type").cast(kinds).unique().sort().cast(pl.String),
        report_count=pl.len().cast(pl.Int64),
        private_report_count=(pl.col("access") == v.Access.PRIVATE.value).sum().cast(pl.Int64),
        first_reported_on=pl.col("published_on").min(),
    )


def _stages(transitions: pl.DataFrame) -> pl.DataFrame:
    """stage, stage_entered_on and stage_reached per incident.

    The current stage is that of the latest step; of several steps on one day, the furthest. The furthest stage reached
    ignores `closed`: a case may be closed at any stage.
    """
    order = pl.Enum([s.value for s in v.STAGE_ORDER])
    open_order = pl.Enum([s.value for s in v.STAGE_ORDER if s is not v.Stage.CLOSED])
    steps = transitions.select("incident_id", "from_stage", "to_stage", "occurred_on")
    latest = (
        steps.sort("occurred_on", pl.col("to_stage").cast(order))
        .group_by("incident_id")
        .agg(stage=pl.col("to_stage").last(), stage_entered_on=pl.col("occurred_on").last())
    )
    seen = pl.concat([steps.select("incident_id", stage="to_stage"), steps.select("incident_id", stage="from_stage")])
    reached = seen.filter(pl.col("stage").is_not_null(), pl.col("stage") != v.Stage.CLOSED.value)
    furthest = reached.group_by("incident_id").agg(stage_reached=pl.col("stage").cast(open_order).max().cast(pl.String))
    # A case of which only the closing is on record was at least received.
    return latest.join(furthest, on="incident_id", how="left").with_columns(
        pl.col("stage_reached").fill_null(v.Stage.RECEIVED.value)
    )


def _responses(responses: pl.DataFrame) -> pl.DataFrame:
    """response_count per incident: recommended or taken, declined ones apart."""
    counted = responses.filter(pl.col("status") != v.ResponseStatus.DECLINED.value)
    return counted.group_by("incident_id").agg(response_count=pl.len().cast(pl.Int64))
