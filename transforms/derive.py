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

BLOCK_INCIDENTS = 50_000
"""Incidents derived at a time: a block with its versions stays in the low hundreds of megabytes."""

_FACTS = frozenset(t.name for t in FACT_TABLES)
SAID = ("source_type", "access", "published_on")
"""What an incident takes from its reports."""
BELONGING = {
    "casualty": ("group", "harm", "low", "best", "high"),
    "incident_weapon": ("weapon_id", "confidence"),
    "incident_report": SAID,
    "stage_transition": ("from_stage", "to_stage", "occurred_on"),
    "response": ("status",),
}
"""Tables that the derived columns of an incident are computed from, and the columns that are needed of them."""
_VERSION = ("known_from", "known_to")
_NUMBER, _CONTENT = "_number", "_content"


def declared(tables: Frames, dataset: Dataset) -> Frames:
    """One data set's checked frames with exactly the declared columns; FILE and ROW go.

    Derived columns are null, and so is known_from where the row does not state it.
    """
    return {name: _declared(name, frame, dataset) for name, frame in tables.items()}


def derived(frames: Frames, weapons: pl.DataFrame) -> pl.DataFrame:
    """The incident table with every derived column, as it was known on each day.

    A change of anything that belongs to an incident (a report, a step, a figure) makes a version of it.

    Args:
        frames: all tables of all data sets, with their versions.
        weapons: all weapons that attributions may name.

    Returns:
        Frame with the columns of the incident table but `cluster_id`, which is null.
    """
    identifiers = frames["incident"].select("incident_id").unique(maintain_order=True).to_series()
    reports = _table(frames, "report").select("report_id", *SAID, *(pl.col(c).alias(f"report_{c}") for c in _VERSION))
    parts = []
    for first in range(0, len(identifiers), BLOCK_INCIDENTS):
        block = identifiers[first : first + BLOCK_INCIDENTS].implode()
        mine = {
            name: _table(frames, name).filter(pl.col("incident_id").is_in(block)) for name in ("incident", *BELONGING)
        }
        mine["incident_report"] = _links(mine["incident_report"], reports)
        parts.append(derived_block(mine, weapons))
    return pl.concat([TABLE["incident"].empty(), *parts])


def _declared(name: str, frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    frame = frame.drop(FILE, ROW)
    missing = {c: kind for c, kind in TABLE[name].polars_schema().items() if c not in frame.columns}
    frame = frame.with_columns(pl.lit(None, dtype=kind).alias(c) for c, kind in missing.items())
    if name in _FACTS:
        origin = v.DataOrigin.SYNTHETIC if dataset.synthetic else v.DataOrigin.RECORDED
        frame = frame.with_columns(dataset_id=pl.lit(dataset.dataset_id), data_origin=pl.lit(origin.value))
    return frame.select(pl.col(c).cast(kind) for c, kind in TABLE[name].polars_schema().items())


def _links(links: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """Links with what their report says, for the days on which both hold."""
    return (
        links.join(reports, on="report_id", how="inner")
        .with_columns(
            known_from=pl.max_horizontal("known_from", "report_known_from"),
            known_to=pl.min_horizontal("known_to", "report_known_to"),
        )
        .filter((pl.col("known_from") < pl.col("known_to")).fill_null(value=True))
    )


def derived_block(block: Frames, weapons: pl.DataFrame) -> pl.DataFrame:
    """The incidents of a block: one row per incident and day on which anything of it changed.

    Args:
        block: `incident` and the tables of `BELONGING`, all rows of the block's incidents; `incident_report` once for
            each version of the report, with what it says, for the days on which both hold.
        weapons: all weapons that attributions may name.

    Returns:
        Frame with the columns of the incident table but `cluster_id`, which is null.
    """
    described = _with_content(_described(block["incident"]))
    numbers = described.select("incident_id").unique(maintain_order=True).with_row_index(_NUMBER)
    # Numbers stand in for the identifiers, which are long, and all but the needed columns go before rows multiply.
    needed = {
        name: block[name]
        .filter(pl.col("group") == v.CasualtyGroup.CIVILIANS.value if name == "casualty" else pl.lit(value=True))
        .select("incident_id", *wanted, *_VERSION)
        .join(numbers, on="incident_id", how="inner")
        .drop("incident_id")
        for name, wanted in BELONGING.items()
    }
    own = described.join(numbers, on="incident_id", how="left").select(_NUMBER, *_VERSION, _CONTENT)
    every_day = (block["incident"], *(block[name] for name in BELONGING))
    days = pl.concat(
        [frame.select("incident_id", day=column).drop_nulls() for frame in every_day for column in _VERSION]
    )
    days = days.join(numbers, on="incident_id").select(_NUMBER, "day").unique()
    versions = _valid(own.join(days, on=_NUMBER, how="inner")).with_columns(known_from="day").drop("day")
    versions = versions.with_row_index("incident_id")
    keys = versions.select(_NUMBER, "incident_id", day="known_from")
    parts = {
        name: _valid(frame.join(keys, on=_NUMBER, how="inner")).drop(_NUMBER, "day", *_VERSION)
        for name, frame in needed.items()
    }
    whole = _incident(parts | {"incident": versions}, weapons).drop("incident_id")
    whole = whole.join(numbers, on=_NUMBER, how="left").drop(_NUMBER)
    collapsed = _collapsed(whole)
    said = described.unique(_CONTENT, keep="first")
    said = said.select(_CONTENT, *(c for c in said.columns if c not in collapsed.columns))
    return collapsed.join(said, on=_CONTENT, how="left", validate="m:1", maintain_order="left").select(
        TABLE["incident"].column_names
    )


def _with_content(incident: pl.DataFrame) -> pl.DataFrame:
    """Rows with a number that is the same for versions in a row that say the same."""
    ordered = incident.sort("incident_id", "known_from")
    same = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1)) for c in incident.columns if c not in _VERSION)
    return ordered.with_columns((~same.fill_null(value=False)).cum_sum().alias(_CONTENT))


def _valid(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that hold on their `day`."""
    return rows.filter(
        pl.col("known_from") <= pl.col("day"), (pl.col("day") < pl.col("known_to")).fill_null(value=True)
    )


def _collapsed(versions: pl.DataFrame) -> pl.DataFrame:
    """Versions that say the same as the one before are one; each ends where the next begins or its row did."""
    content = [c for c in versions.columns if c not in ("known_from", "known_to")]
    ordered = versions.sort("incident_id", "known_from")
    follows = pl.col("known_from") == pl.col("ends").shift(1)
    is_next = (pl.col("incident_id") == pl.col("incident_id").shift(-1)).fill_null(value=False)
    next_day = pl.when(is_next).then(pl.col("known_from").shift(-1))
    ordered = ordered.with_columns(ends=pl.min_horizontal("known_to", next_day))
    same = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1)) for c in content) & follows.fill_null(value=False)
    is_first = ordered.select(is_first=~same.fill_null(value=False)).to_series()
    ends = ordered.filter(is_first.shift(-1, fill_value=True))["ends"]
    return ordered.filter(is_first).with_columns(known_to=ends).select(versions.columns)


def _incident(frames: Frames, weapons: pl.DataFrame) -> pl.DataFrame:
    incident = frames["incident"]
    rows = incident.height
    for part in (
        _estimates(_table(frames, "casualty")),
        _weapons(_table(frames, "incident_weapon"), weapons),
        _sources(_table(frames, "incident_report")),
        _stages(_table(frames, "stage_transition")),
        _responses(_table(frames, "response")),
    ):
        incident = incident.join(part, on="incident_id", how="left", maintain_order="left", validate="m:1")
    if incident.height != rows:
        raise AssertionError(f"{incident.height} incidents after deriving, {rows} before")
    return incident.with_columns(
        pl.col("weapon_system").fill_null([v.WeaponSystem.UNKNOWN.value]),
        pl.col("munition").fill_null([UNATTRIBUTED]),
        pl.col("us_origin_confidence").fill_null(v.Confidence.UNATTRIBUTED.value),
        pl.col("source_type").fill_null([v.SourceType.UNKNOWN.value]),
        pl.col("report_count", "private_report_count", "response_count").fill_null(0),
        pl.col("stage", "stage_reached").fill_null(v.Stage.NO_REVIEW_RECORD.value),
    )


def _described(incident: pl.DataFrame) -> pl.DataFrame:
    """geo_radius_m, country_distance_m and search_text, which follow from the incident's own row."""
    radius = {precision.value: metres for precision, metres in v.RADIUS_M.items()}
    described = ["public_code", "place", "admin1", "summary"]
    return incident.with_columns(
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


def _sources(links: pl.DataFrame) -> pl.DataFrame:
    """source_type, report_count, private_report_count and first_reported_on per incident."""
    kinds = pl.Enum(v.SourceType.values())
    return links.group_by("incident_id").agg(
        source_type=pl.col("source_type").cast(kinds).unique().sort().cast(pl.String),
        report_count=pl.len().cast(pl.Int64),
        private_report_count=(pl.col("access") == v.Access.PRIVATE.value).sum().cast(pl.Int64),
        first_reported_on=pl.col("published_on").min(),
    )


def _stages(transitions: pl.DataFrame) -> pl.DataFrame:
    """stage, stage_entered_on, stage_reached and the days of `_stage_days` per incident.

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
    return (
        latest.join(furthest, on="incident_id", how="left")
        .with_columns(pl.col("stage_reached").fill_null(v.Stage.RECEIVED.value))
        .join(_stage_days(steps), on="incident_id", how="left")
    )


def _stage_days(steps: pl.DataFrame) -> pl.DataFrame:
    """received_on, and <stage>_reached_on and <stage>_entered_on of every open stage, per incident."""
    stages = [s.value for s in v.STAGE_ORDER if s is not v.Stage.CLOSED]
    # A case that was closed was at least received; closing says nothing of the stages between.
    places = {stage: place for place, stage in enumerate(stages, start=1)} | {v.Stage.CLOSED.value: 1}
    shown = pl.max_horizontal(pl.col(c).replace_strict(places, default=0) for c in ("from_stage", "to_stage"))
    day = pl.col("occurred_on")
    measures = {}
    for stage in stages:
        measures[f"{stage}_reached_on"] = day.filter(shown >= places[stage]).min()
        measures[f"{stage}_entered_on"] = day.filter(pl.col("to_stage") == stage).min()
    received = pl.col(f"{v.Stage.RECEIVED.value}_entered_on")
    # A receipt that follows another step is that of a reopened case: the first one is not on record.
    return (
        steps.group_by("incident_id")
        .agg(**measures, first_step_on=day.min())
        .with_columns(received_on=pl.when(received == pl.col("first_step_on")).then(received))
        .drop("first_step_on")
    )


def shared(links: pl.DataFrame) -> pl.DataFrame:
    """The links between incidents and reports with `is_shared`, all versions together."""
    return links.with_columns(is_shared=pl.col("incident_id").n_unique().over("report_id") > 1)


def _responses(responses: pl.DataFrame) -> pl.DataFrame:
    """response_count per incident: recommended or taken, declined ones apart."""
    counted = responses.filter(pl.col("status") != v.ResponseStatus.DECLINED.value)
    return counted.group_by("incident_id").agg(response_count=pl.len().cast(pl.Int64))
