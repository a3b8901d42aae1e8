"""How values and changes of an incident are written: expressions of a before and an after -> text.

Codes are written by their labels; null is written as null, for whoever shows it to say that there is no value.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from warehouse.countries import country_codes, country_labels
from warehouse.schema import LIST_SEPARATOR, TABLE, Column
from warehouse.vocabulary import DatePrecision

NO_CODE = "none"
OTHER_ORDER, OTHER_REPEATS = "another order", "an item given more or less often"

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""


def labels(column: Column) -> Mapping[str, str]:
    """Stored value -> label of a column with a closed set of values; empty for others."""
    if column.vocabulary:
        return column.vocabulary.labels()
    return country_labels() if column.codes == country_codes() else {}


def labelled(value: pl.Expr, column: Column) -> pl.Expr:
    """Codes by their labels; a value without one stays as it is."""
    known = labels(column)
    if not known:
        return value
    return value.list.eval(pl.element().replace(known)) if column.type == "text_list" else value.replace(known)


def corrections_labelled(corrections: pl.DataFrame) -> pl.DataFrame:
    """Rows of the correction table with labels in place of the codes of their field; no value stays null."""
    written = {}
    for name in ("expected_value", "corrected_value"):
        of_field = pl.col(name)
        for column in TABLE["incident"].columns:
            if known := labels(column):
                items = pl.col(name).str.split(LIST_SEPARATOR).list.eval(pl.element().replace(known))
                is_its = pl.col("field") == column.name
                of_field = pl.when(is_its).then(items.list.join(LIST_SEPARATOR)).otherwise(of_field)
        written[name] = of_field
    return corrections.with_columns(**written)


def casualties(low: pl.Expr, best: pl.Expr, high: pl.Expr) -> pl.Expr:
    """ "2–3", "4", "at least 2", "2–3 (best 2)"; null where nothing is known. Equal texts mean equal estimates."""
    text = (
        pl.when(low.is_null() & high.is_null()).then(None)
        .when(high.is_null()).then(pl.format("at least {}", low))
        .when(low.is_null()).then(pl.format("up to {}", high))
        .when(low == high).then(low.cast(pl.String))
        .otherwise(pl.format("{}–{}", low, high))
    )  # fmt: skip
    return (
        pl.when(best.is_null()).then(text)
        .when(text.is_null()).then(pl.format("best {}", best))
        .otherwise(pl.format("{} (best {})", text, best))
    )  # fmt: skip


def point(latitude: pl.Expr, longitude: pl.Expr) -> pl.Expr:
    """ "49.21, 38.9" in degrees; null without a point."""
    return pl.when(latitude.is_not_null()).then(pl.format("{}, {}", latitude, longitude))


def distance_m(latitude: pl.Expr, longitude: pl.Expr, latitude_after: pl.Expr, longitude_after: pl.Expr) -> pl.Expr:
    """Great-circle distance in metres (haversine formula, Sinnott 1984) between points in degrees."""
    north, east = (latitude_after - latitude).radians() / 2, (longitude_after - longitude).radians() / 2
    half = north.sin() ** 2 + latitude.radians().cos() * latitude_after.radians().cos() * east.sin() ** 2
    # Rounding takes points on opposite sides of the Earth above 1, of which there is no arcsine.
    return 2 * EARTH_RADIUS_M * half.clip(0, 1).sqrt().arcsin()


def days(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """ "2024-01-01", "2024-01-01 to 2024-01-03"; null without a first day."""
    single = last.is_null() | (first == last)
    return pl.when(single).then(first.cast(pl.String)).otherwise(pl.format("{} to {}", first, last))


def with_precision(text: pl.Expr, precision: pl.Expr) -> pl.Expr:
    """Days with how exactly they are known: "2024-01-01 to 2024-01-31 (month)"."""
    name = precision.replace(DatePrecision.labels()).str.to_lowercase()
    return pl.when(text.is_not_null()).then(pl.format("{} ({})", text, name)).otherwise(name)


def joined(items: pl.Expr) -> pl.Expr:
    """A list as one text; null where it is empty."""
    return pl.when(items.list.len() > 0).then(items.list.join(LIST_SEPARATOR))


def items_changed(before: pl.Expr, after: pl.Expr) -> pl.Expr:
    """ "+Cluster munition −Unknown": what came and what went; else whether only order or repeats differ."""
    empty = pl.lit([], dtype=pl.List(pl.String))
    old, new = before.fill_null(empty), after.fill_null(empty)
    came, went = new.list.set_difference(old).list.sort(), old.list.set_difference(new).list.sort()
    text = pl.concat_list(
        came.list.eval(pl.lit("+") + pl.element()), went.list.eval(pl.lit("−") + pl.element())
    ).list.join(" ")
    reordered = old.list.sort() == new.list.sort()
    same_items = pl.when(reordered).then(pl.lit(OTHER_ORDER)).otherwise(pl.lit(OTHER_REPEATS))
    return pl.when(text == "").then(same_items).otherwise(text)


def code_changed(before: pl.Expr, after: pl.Expr) -> pl.Expr:
    """ "Weak → Fair"."""
    return pl.format("{} → {}", before.fill_null(NO_CODE), after.fill_null(NO_CODE))


def single_spaced(text: pl.Expr) -> pl.Expr:
    """Text without the differences that nobody sees."""
    return text.str.replace_all(r"\s+", " ").str.strip_chars()
