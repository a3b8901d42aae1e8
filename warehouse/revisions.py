"""What changed in incidents between two states of knowledge, field by field.

Pure: two frames of the incident table in, one row per changed field out. The pages, and each incident's history, read
changes from here, so that a change is called the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from warehouse.schema import LIST_SEPARATOR, TABLE

ESTIMATES = {"civilians_killed": "Civilians killed", "civilians_injured": "Civilians injured"}
LOCATION, DATES = "location", "dates"
LABELS = {c.name: c.label for c in TABLE["incident"].columns} | ESTIMATES | {LOCATION: "Location", DATES: "Dates"}
"""Field -> label."""

_TOGETHER = frozenset(
    {"latitude", "longitude", "date_start", "date_end", "date_precision"}
    | {f"{name}_{part}" for name in ESTIMATES for part in ("low", "best", "high")}
)
_NOT_COMPARED = frozenset(
    {"incident_id", "known_from", "known_to", "dataset_id", "data_origin"}
    # These follow from other fields, which are compared.
    | {"search_text", "geo_radius_m", "country_distance_m", "cluster_id", "stage_entered_on", "stage_reached"}
    | {"private_report_count"}
)
_LISTED_TEXT = frozenset({"strike_type_raw"})
"""Text columns that hold lists."""
PLAIN = tuple(c for c in TABLE["incident"].columns if c.name not in _TOGETHER | _NOT_COMPARED)
"""Columns that are compared one by one."""

SPACING, REWORDED, FILLED, EMPTIED = "spacing only", "reworded", "filled in", "emptied"
UP, DOWN, KNOWN, UNKNOWN, OTHER_RANGE = "up", "down", "became known", "became unknown", "another range"
NEAR_M = 1_000.0
"""A move over less is one within a village or a neighbourhood."""
NEAR, FAR = "moved by less than 1 km", "moved by 1 km or more"

SAME_CHANGE_SHARE = 0.05
"""Where one and the same change (a tag dropped, a code for another) hits this share of a data set's incidents at once,
it is a change of coding: news about single incidents does not come in such numbers with one wording."""
ANY_CHANGE_SHARE = 0.5
"""Where a free text, a place or a number changes in half of all incidents at once, the publisher revised the field."""
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

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""


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
    is_wide = (pl.col("incidents") >= WIDE_FROM) & (pl.col("incidents") >= least * pl.col("of"))
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
        low, best, high = (pl.col(c) for c in columns)
        low_after, best_after, high_after = (pl.col(f"{c}_after") for c in columns)
        ends = ((low, low_after), (high, high_after))
        no_number, no_number_after = (pl.all_horizontal(c.is_null() for c in cs) for cs in zip(*ends, strict=True))
        rises = pl.any_horizontal((b > a).fill_null(value=False) for a, b in ends)
        falls = pl.any_horizontal((b < a).fill_null(value=False) for a, b in ends)
        change = (
            pl.when(no_number & ~no_number_after).then(pl.lit(KNOWN))
            .when(~no_number & no_number_after).then(pl.lit(UNKNOWN))
            .when(rises & ~falls).then(pl.lit(UP))
            .when(falls & ~rises).then(pl.lit(DOWN))
            .otherwise(pl.lit(OTHER_RANGE))
        )  # fmt: skip
        yield _rows(
            _differ(both, *columns), name, _range(low, best, high), _range(low_after, best_after, high_after), change
        )


def _range(low: pl.Expr, best: pl.Expr, high: pl.Expr) -> pl.Expr:
    """ "2–3", "4", "at least 2", "2–3 (best 2)"; null where nothing is known."""
    text = (
        pl.when(low.is_null() & high.is_null()).then(best.cast(pl.String))
        .when(high.is_null()).then(pl.format("at least {}", low))
        .when(low.is_null()).then(pl.format("up to {}", high))
        .when(low == high).then(low.cast(pl.String))
        .otherwise(pl.format("{}–{}", low, high))
    )  # fmt: skip
    between = best.is_not_null() & (best != low) & (best != high)
    return pl.when(between.fill_null(value=False)).then(pl.format("{} (best {})", text, best)).otherwise(text)


def _location(both: pl.DataFrame) -> pl.DataFrame:
    points = [(pl.col(c), pl.col(f"{c}_after")) for c in ("latitude", "longitude")]
    (latitude, latitude_after), (longitude, longitude_after) = points
    distance = _distance_m(latitude, longitude, latitude_after, longitude_after)
    change = (
        pl.when(latitude.is_null()).then(pl.lit(FILLED))
        .when(latitude_after.is_null()).then(pl.lit(EMPTIED))
        .when(distance < NEAR_M).then(pl.lit(NEAR))
        .otherwise(pl.lit(FAR))
    )  # fmt: skip
    before, after = (_point(a, b) for a, b in ((latitude, longitude), (latitude_after, longitude_after)))
    return _rows(_differ(both, "latitude", "longitude"), LOCATION, before, after, change, distance_m=distance)


def _point(latitude: pl.Expr, longitude: pl.Expr) -> pl.Expr:
    return pl.when(latitude.is_not_null()).then(pl.format("{}, {}", latitude, longitude))


def _distance_m(latitude: pl.Expr, longitude: pl.Expr, latitude_after: pl.Expr, longitude_after: pl.Expr) -> pl.Expr:
    """Great-circle distance in metres (haversine) between points in degrees."""
    north, east = (latitude_after - latitude).radians() / 2, (longitude_after - longitude).radians() / 2
    half = north.sin() ** 2 + latitude.radians().cos() * latitude_after.radians().cos() * east.sin() ** 2
    return 2 * EARTH_RADIUS_M * half.sqrt().arcsin()


def _dates(both: pl.DataFrame) -> pl.DataFrame:
    def text(end: str) -> pl.Expr:
        first, last = pl.col(f"date_start{end}"), pl.col(f"date_end{end}")
        precision = pl.col(f"date_precision{end}")
        days = pl.when(last.is_null() | (first == last)).then(first.cast(pl.String)).otherwise(
            pl.format("{} to {}", first, last)
        )  # fmt: skip
        coarse = precision.is_in(["month", "year"])
        return pl.when(first.is_not_null()).then(
            pl.when(coarse).then(pl.format("{} ({})", days, precision)).otherwise(days)
        )

    before, after = text(""), text("_after")
    change = pl.when(before.is_null()).then(pl.lit(FILLED)).when(after.is_null()).then(pl.lit(EMPTIED))
    return _rows(
        _differ(both, "date_start", "date_end", "date_precision"),
        DATES,
        before,
        after,
        change.otherwise(pl.lit("changed")),
    )


def _plain(both: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for column in PLAIN:
        rows = _differ(both, column.name)
        if rows.is_empty():
            continue
        before, after = pl.col(column.name), pl.col(f"{column.name}_after")
        if column.type == "text_list":
            yield _rows(rows, column.name, _joined(before), _joined(after), _items(before, after), is_same_wording=True)
        elif column.name in _LISTED_TEXT:
            items = _items(before.str.split(LIST_SEPARATOR), after.str.split(LIST_SEPARATOR))
            yield _rows(rows, column.name, before, after, items, is_same_wording=True)
        elif column.allowed:
            codes = pl.format("{} → {}", before.fill_null("none"), after.fill_null("none"))
            yield _rows(rows, column.name, before, after, codes, is_same_wording=True)
        elif column.type == "integer":
            yield _rows(
                rows, column.name, before, after, pl.when(after > before).then(pl.lit(UP)).otherwise(pl.lit(DOWN))
            )
        else:
            text, text_after = before.cast(pl.String), after.cast(pl.String)
            spaced = _single_spaced(text) == _single_spaced(text_after)
            change = (
                pl.when(text.is_null()).then(pl.lit(FILLED))
                .when(text_after.is_null()).then(pl.lit(EMPTIED))
                .when(spaced).then(pl.lit(SPACING))
                .otherwise(pl.lit(REWORDED))
            )  # fmt: skip
            yield _rows(rows, column.name, text, text_after, change, is_same_wording=spaced.fill_null(value=False))


def _joined(items: pl.Expr) -> pl.Expr:
    return pl.when(items.list.len() > 0).then(items.list.join(LIST_SEPARATOR))


def _items(before: pl.Expr, after: pl.Expr) -> pl.Expr:
    """ "+Cluster munition −Unknown": what came and what went; "another order" where only the order differs."""
    empty = pl.lit([], dtype=pl.List(pl.String))
    old, new = before.fill_null(empty), after.fill_null(empty)
    came, went = new.list.set_difference(old).list.sort(), old.list.set_difference(new).list.sort()
    text = pl.concat_list(
        came.list.eval(pl.lit("+") + pl.element()), went.list.eval(pl.lit("−") + pl.element())
    ).list.join(" ")
    return pl.when(text == "").then(pl.lit("another order")).otherwise(text)


def _single_spaced(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"\s+", " ").str.strip_chars()
