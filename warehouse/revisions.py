"""What changed in incidents between two states of knowledge, field by field.

Pure: two frames of the incident table in, one row per changed field out. The pages, and each incident's history, read
changes from here, so that a change is called the same everywhere. Codes are written by their labels.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from warehouse import revision_texts as texts
from warehouse.schema import LIST_SEPARATOR, TABLE
from warehouse.vocabulary import STAGE_ORDER, CasualtyGroup, DatePrecision, Harm

ESTIMATES = {"civilians_killed": "Civilians killed", "civilians_injured": "Civilians injured"}
LOCATION, DATES = "location", "dates"
LABELS = (
    {
        f"{group.value}_{harm.value}_{part}": f"{group.label} {harm.label.lower()}, {part}"
        for group in CasualtyGroup
        for harm in Harm
        for part in ("low", "best", "high")
    }
    | {c.name: c.label for c in TABLE["incident"].columns}
    | ESTIMATES
    | {LOCATION: "Location", DATES: "Dates"}
)
"""Field that changes, or that a correction names -> label."""

_TOGETHER = frozenset(
    {"latitude", "longitude", "date_start", "date_end", "date_precision"}
    | {f"{name}_{part}" for name in ESTIMATES for part in ("low", "best", "high")}
)
_NOT_COMPARED = frozenset(
    {"incident_id", "known_from", "known_to", "dataset_id", "data_origin"}
    # These follow from other fields, which are compared.
    | {"search_text", "geo_radius_m", "country_distance_m", "cluster_id", "stage_entered_on", "stage_reached"}
    | {"received_on", *(f"{stage.value}_{what}_on" for stage in STAGE_ORDER for what in ("reached", "entered"))}
    | {"private_report_count"}
)
_LISTED_TEXT = frozenset({"strike_type_raw"})
"""Text columns that hold lists."""
PLAIN = tuple(c for c in TABLE["incident"].columns if c.name not in _TOGETHER | _NOT_COMPARED)
"""Columns that are compared one by one."""
COMPARED = (
    "incident_id",
    "dataset_id",
    *(c.name for c in TABLE["incident"].columns if c.name in _TOGETHER),
    *(c.name for c in PLAIN),
)
"""Columns that `changes` looks at."""

SPACING, REWORDED, FILLED, EMPTIED = "spacing only", "reworded", "filled in", "emptied"
UP, DOWN, KNOWN, UNKNOWN, OTHER_RANGE = "up", "down", "became known", "became unknown", "another range"
LATER_DAY, EARLIER_DAY, OTHER_DATES = "later", "earlier", "changed"
NEAR_M = 1_000.0
"""A move over less is one within a village or a neighbourhood."""
NEAR, FAR = "moved by less than 1 km", "moved by 1 km or more"

SAME_CHANGE_SHARE = 0.05
"""Where one and the same change (a tag dropped, a code for another) hits this share of a data set's incidents at once,
it is a change of coding: news about single incidents does not come in such numbers with one wording."""
ANY_CHANGE_SHARE = 0.5
"""Where a free text, a place or a number changes in half of all incidents at once, the publisher revised the field."""
_NEVER_WIDE = ("stage", "response_count")
"""They change by dated steps of the review, each taken for one incident; many a month is work, not coding."""
WIDE_FROM = 20
"""Fewer incidents than this are never taken for a publisher-wide change."""

SCHEMA = {
    "dataset_id": pl.String(),
    "incident_id": pl.String(),
    "public_code": pl.String(),
    "place": pl.String(),
    "field": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
    "change": pl.String(),
    "is_same_wording": pl.Boolean(),
    "distance_m": pl.Float64(),
}


def changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """One row per incident and field that differs, for incidents in both frames.

    Args:
        before, after: rows of the incident table, at most one per incident.

    Returns:
        Columns of `SCHEMA`: `before` and `after` as text, null for no value; `change` says what kind of change it is
        (which tags came and went, up or down, moved ...); `is_same_wording` where that names the very values;
        `distance_m` of a move. By incident and field.
    """
    both = before.join(after, on="incident_id", how="inner", suffix="_after", validate="1:1")
    parts = [pl.DataFrame(schema=SCHEMA), *_estimates(both), _location(both), _dates(both), *_plain(both)]
    order = pl.Enum([*ESTIMATES, LOCATION, DATES, *(c.name for c in PLAIN)])
    return pl.concat(parts).sort("incident_id", pl.col("field").cast(order))


def with_scope(found: pl.DataFrame, known_on_both: pl.DataFrame) -> pl.DataFrame:
    """Add how many incidents saw the same change at once, and whether that is a publisher-wide change of coding.

    Of a free text or a number, any change of the field counts as the same.

    Args:
        found: of `changes`.
        known_on_both: columns dataset_id, incidents: incidents known before and after.

    Returns:
        The rows with `incidents` (with this change), `of` (known before and after) and `is_publisher_wide`.
    """
    is_exact = pl.col("is_same_wording") | (pl.col("field") == LOCATION)
    counted = found.with_columns(
        incidents=pl.len().over("dataset_id", "field", pl.when(is_exact).then("change").otherwise(pl.lit("any")))
    )
    joined = counted.join(known_on_both.rename({"incidents": "of"}), on="dataset_id", how="left", maintain_order="left")
    least = pl.when("is_same_wording").then(SAME_CHANGE_SHARE).otherwise(ANY_CHANGE_SHARE)
    is_wide = (
        (pl.col("incidents") >= WIDE_FROM)
        & (pl.col("incidents") >= least * pl.col("of"))
        & ~pl.col("field").is_in(_NEVER_WIDE)
    )
    return joined.with_columns(is_publisher_wide=is_wide.fill_null(value=False))


def history(versions: pl.DataFrame) -> pl.DataFrame:
    """Changes from each version of one incident to the next, oldest first.

    Args:
        versions: rows of the incident table of one incident.

    Returns:
        Columns of `changes` with `known_from`, the day of the newer version, in front.
    """
    ordered = versions.sort("known_from")
    parts = [
        changes(ordered[number - 1 : number], ordered[number : number + 1]).with_columns(
            known_from=pl.lit(ordered["known_from"][number])
        )
        for number in range(1, ordered.height)
    ]
    columns = ["known_from", *SCHEMA]
    return pl.concat([pl.DataFrame(schema={"known_from": pl.Date(), **SCHEMA}), *(p.select(columns) for p in parts)])


def _rows(
    both: pl.DataFrame,
    field: str,
    before: pl.Expr,
    after: pl.Expr,
    change: pl.Expr,
    *,
    is_same_wording: pl.Expr | bool = False,
    distance_m: pl.Expr | None = None,
) -> pl.DataFrame:
    same = is_same_wording if isinstance(is_same_wording, pl.Expr) else pl.lit(value=is_same_wording)
    return both.select(
        pl.col("dataset_id_after").alias("dataset_id"),
        "incident_id",
        pl.col("public_code_after").alias("public_code"),
        pl.col("place_after").alias("place"),
        field=pl.lit(field),
        before=before.cast(pl.String),
        after=after.cast(pl.String),
        change=change,
        is_same_wording=same,
        distance_m=pl.lit(None, pl.Float64) if distance_m is None else distance_m,
    )


def _differ(both: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return both.filter(pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_after")) for c in columns))


def _estimates(both: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for name in ESTIMATES:
        columns = [f"{name}_{part}" for part in ("low", "best", "high")]
        before, after = ([pl.col(f"{c}{end}") for c in columns] for end in ("", "_after"))
        no_number, no_number_after = (pl.all_horizontal(c.is_null() for c in side) for side in (before, after))
        pairs = list(zip(before, after, strict=True))
        rises = pl.any_horizontal((new > old).fill_null(value=False) for old, new in pairs)
        falls = pl.any_horizontal((new < old).fill_null(value=False) for old, new in pairs)
        change = (
            pl.when(no_number).then(pl.lit(KNOWN))
            .when(no_number_after).then(pl.lit(UNKNOWN))
            .when(rises & ~falls).then(pl.lit(UP))
            .when(falls & ~rises).then(pl.lit(DOWN))
            .otherwise(pl.lit(OTHER_RANGE))
        )  # fmt: skip
        yield _rows(_differ(both, *columns), name, texts.casualties(*before), texts.casualties(*after), change)


def _filled_or_emptied(before: pl.Expr, after: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    return (
        pl.when(before.is_null()).then(pl.lit(FILLED)).when(after.is_null()).then(pl.lit(EMPTIED)).otherwise(otherwise)
    )


def _location(both: pl.DataFrame) -> pl.DataFrame:
    before, after = ([pl.col(f"{c}{end}") for c in ("latitude", "longitude")] for end in ("", "_after"))
    distance = texts.distance_m(*before, *after)
    moved = pl.when(distance < NEAR_M).then(pl.lit(NEAR)).otherwise(pl.lit(FAR))
    change = _filled_or_emptied(before[0], after[0], moved)
    rows = _differ(both, "latitude", "longitude")
    return _rows(rows, LOCATION, texts.point(*before), texts.point(*after), change, distance_m=distance)


def _dates(both: pl.DataFrame) -> pl.DataFrame:
    before, after = (texts.days(pl.col(f"date_start{end}"), pl.col(f"date_end{end}")) for end in ("", "_after"))
    precision, precision_after = pl.col("date_precision"), pl.col("date_precision_after")
    # Days are enough unless they hide that nobody stated them, or that only the precision changed.
    coarse = [DatePrecision.MONTH.value, DatePrecision.YEAR.value]
    told = precision.is_in(coarse) | precision_after.is_in(coarse) | before.eq_missing(after)
    change = _filled_or_emptied(before, after, pl.lit(OTHER_DATES))
    return _rows(
        _differ(both, "date_start", "date_end", "date_precision"),
        DATES,
        pl.when(told).then(texts.with_precision(before, precision)).otherwise(before),
        pl.when(told).then(texts.with_precision(after, precision_after)).otherwise(after),
        pl.when(before.is_null() & after.is_null()).then(pl.lit(OTHER_DATES)).otherwise(change),
    )


def _plain(both: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for column in PLAIN:
        rows = _differ(both, column.name)
        before, after = (texts.labelled(pl.col(f"{column.name}{end}"), column) for end in ("", "_after"))
        if column.type == "text_list":
            # No items and no list are both no value.
            rows = rows.filter(texts.joined(before).ne_missing(texts.joined(after)))
            items = texts.items_changed(before, after)
            yield _rows(rows, column.name, texts.joined(before), texts.joined(after), items, is_same_wording=True)
        elif column.name in _LISTED_TEXT:
            items = texts.items_changed(before.str.split(LIST_SEPARATOR), after.str.split(LIST_SEPARATOR))
            yield _rows(rows, column.name, before, after, items, is_same_wording=True)
        elif column.allowed:
            yield _rows(rows, column.name, before, after, texts.code_changed(before, after), is_same_wording=True)
        elif column.type in ("integer", "date"):
            names = (UP, DOWN) if column.type == "integer" else (LATER_DAY, EARLIER_DAY)
            direction = pl.when(after > before).then(pl.lit(names[0])).otherwise(pl.lit(names[1]))
            yield _rows(rows, column.name, before, after, _filled_or_emptied(before, after, direction))
        else:
            spaced = texts.single_spaced(before) == texts.single_spaced(after)
            wording = pl.when(spaced).then(pl.lit(SPACING)).otherwise(pl.lit(REWORDED))
            change = _filled_or_emptied(before, after, wording)
            yield _rows(rows, column.name, before, after, change, is_same_wording=spaced.fill_null(value=False))
