"""Rows of UCDP GED as text -> typed rows, and those that cannot be read."""

from __future__ import annotations

import polars as pl

from transforms.row_faults import split, unreadable
from transforms.sources import ucdp_ged_terms as terms

PEOPLE = ("low", "best", "high", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
DAYS = ("date_start", "date_end")
DEGREES = ("latitude", "longitude")


def whole(column: str) -> pl.Expr:
    """A whole number, also if written "214797.0"; null where the text is none."""
    return pl.col(column).str.extract(r"^\s*(\d{1,15})(?:\.0*)?\s*$", 1).cast(pl.Int64)


def day(column: str) -> pl.Expr:
    """A day, also if written "2023-01-05 00:00:00.000"; null where the text is none."""
    text = pl.col(column).str.extract(r"^\s*([1-9]\d{3}-\d{2}-\d{2})(?:[ T]00:00:00(?:\.0+)?)?\s*$", 1)
    return text.str.to_date("%Y-%m-%d", strict=False)


def degrees(column: str) -> pl.Expr:
    """A finite number; null where the text is none."""
    number = pl.col(column).str.strip_chars().cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def events(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows into those that can be read and those that are refused.

    Args:
        rows: all columns as text, with FILE and ROW.

    Returns:
        The readable rows with the text columns and, beside them, `incident_id`, numbers of people and days as
        `n_<column>` and `on_<column>`, codes as `code_<column>`, and coordinates as `degrees_<column>`; and a frame
        with REFUSED_SCHEMA.
    """
    codes = ("type_of_violence", "where_prec", "date_prec", "event_clarity")
    typed = rows.with_columns(
        *(whole(c).alias(f"n_{c}") for c in ("id", *PEOPLE)),
        *(whole(c).alias(f"code_{c}") for c in codes),
        *(day(c).alias(f"on_{c}") for c in DAYS),
        *(degrees(c).alias(f"degrees_{c}") for c in DEGREES),
    ).with_columns(incident_id=pl.format("ucdp-ged:{}", "n_id"))
    one_day = pl.col("on_date_start") == pl.col("on_date_end")
    faults = {
        "ucdp_ged.id_required": (pl.col("id").is_null(), pl.lit("id is empty")),
        "ucdp_ged.id_readable": unreadable("id", pl.col("n_id"), "a whole number"),
        **{f"ucdp_ged.{c}_readable": unreadable(c, pl.col(f"n_{c}"), "a whole number of people") for c in PEOPLE},
        **{f"ucdp_ged.{c}_readable": unreadable(c, pl.col(f"on_{c}"), "a day") for c in DAYS},
        **{f"ucdp_ged.{c}_readable": unreadable(c, pl.col(f"degrees_{c}"), "a number of degrees") for c in DEGREES},
        "ucdp_ged.date_prec_agrees_with_dates": (
            (pl.col("code_date_prec") > terms.EXACT_DAY) & one_day,
            pl.format('date_prec "{}" says that the day is not known, but both dates are {}', "date_prec", DAYS[0]),
        ),
    }
    return split(typed, faults)
