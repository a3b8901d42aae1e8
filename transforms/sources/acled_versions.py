"""Rows of ACLED exports -> one row per event and day on which a version of it became known; and what was deleted."""

from __future__ import annotations

import polars as pl

from transforms.row_faults import split, unreadable
from transforms.source import FILE, REFUSED_SCHEMA, RETRACTED_SCHEMA, ROW

INCIDENT_ID = pl.format("acled:{}", pl.col("event_id_cnty").str.strip_chars())
_SECONDS = r"^\s*(\d{9,10})(?:\.0*)?\s*$"
"""Unix seconds from 1973 to 2286; with more digits they are milliseconds, with fewer a mistake."""
_DEGREES = ("latitude", "longitude")


def known_day(column: str) -> pl.Expr:
    """UTC day of Unix seconds; null where the text is none."""
    return pl.from_epoch(_seconds(column), time_unit="s").dt.date()


def event_day(column: str) -> pl.Expr:
    """A day written "2024-03-09" or "9 March 2024"; null where the text is none."""
    text = pl.col(column).str.strip_chars()
    iso = pl.when(text.str.contains(r"^[1-9]\d{3}-\d{2}-\d{2}$")).then(text).str.to_date("%Y-%m-%d", strict=False)
    words = pl.when(text.str.contains(r"^\d{1,2} [A-Z][a-z]+ [1-9]\d{3}$")).then(text)
    return pl.coalesce(iso, words.str.to_date("%d %B %Y", strict=False))


def versions(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows into the versions that stand and the rows that are refused.

    Args:
        rows: columns of an export as text, with FILE and ROW.

    Returns:
        The versions, with `incident_id`, `known_from`, `known_to` (day of the event's next version in these rows, else
        null), `day`, `people` (killed) and `degrees_<column>` beside the text columns; and a frame with REFUSED_SCHEMA.
    """
    typed = rows.with_columns(
        incident_id=INCIDENT_ID,
        seconds=_seconds("timestamp"),
        known_from=known_day("timestamp"),
        day=event_day("event_date"),
        people=pl.col("fatalities").str.extract(r"^\s*(\d{1,9})(?:\.0*)?\s*$", 1).cast(pl.Int64),
        **{f"degrees_{c}": _degrees(c) for c in _DEGREES},
    )
    faults = {
        "acled.event_id_cnty_required": (
            pl.col("event_id_cnty").str.strip_chars().fill_null("") == "",
            pl.lit("event_id_cnty is empty"),
        ),
        "acled.timestamp_readable": (
            pl.col("known_from").is_null(),
            pl.format('timestamp "{}" is no Unix time in seconds', pl.col("timestamp").fill_null("")),
        ),
        "acled.event_date_readable": unreadable("event_date", pl.col("day"), "a day"),
        "acled.fatalities_readable": unreadable("fatalities", pl.col("people"), "a whole number of people"),
        **{f"acled.{c}_readable": unreadable(c, pl.col(f"degrees_{c}"), "a number of degrees") for c in _DEGREES},
    }
    good, faulty = split(typed, faults)
    of_day = ["incident_id", "known_from"]
    # Of the same second the row that comes first stands.
    ordered = good.sort("incident_id", "seconds", FILE, ROW, descending=[False, True, False, False])
    stands = {c: pl.col(c).first().over(of_day) for c in (FILE, ROW, "timestamp")}
    older = ordered.filter(pl.struct(of_day).is_first_distinct().not_()).select(FILE, ROW)
    superseded = (
        ordered.with_columns(**{f"by_{c}": expr for c, expr in stands.items()})
        .join(older, on=[FILE, ROW], how="semi")
        .select(
            FILE,
            ROW,
            rule=pl.lit("acled.version_superseded"),
            reason=pl.format(
                "{}, row {}: event_id_cnty {} with timestamp {} is superseded by {}, row {}, with timestamp {} of the "
                "same day.",
                FILE,
                ROW,
                "event_id_cnty",
                "timestamp",
                f"by_{FILE}",
                f"by_{ROW}",
                "by_timestamp",
            ),
        )
    )
    kept = (
        ordered.unique(of_day, keep="first", maintain_order=True)
        .sort("incident_id", "known_from")
        .with_columns(known_to=pl.col("known_from").shift(-1).over("incident_id"))
    )
    refused = pl.concat([faulty, superseded.cast(REFUSED_SCHEMA)])  # type: ignore[arg-type]
    return kept.sort(FILE, ROW), refused


def deletions(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of a file of deleted events -> (frame with RETRACTED_SCHEMA, frame with REFUSED_SCHEMA)."""
    faults = {
        "acled.event_id_cnty_required": (
            pl.col("event_id_cnty").str.strip_chars().fill_null("") == "",
            pl.lit("event_id_cnty is empty"),
        ),
        "acled.deleted_timestamp_readable": (
            known_day("deleted_timestamp").is_null(),
            pl.format('deleted_timestamp "{}" is no Unix time in seconds', pl.col("deleted_timestamp").fill_null("")),
        ),
    }
    good, refused = split(rows, faults)
    retracted = good.select(incident_id=INCIDENT_ID, retracted_on=known_day("deleted_timestamp"), **_origin())
    return retracted.cast(RETRACTED_SCHEMA), refused  # type: ignore[arg-type]


def _seconds(column: str) -> pl.Expr:
    return pl.col(column).str.extract(_SECONDS, 1).cast(pl.Int64)


def _degrees(column: str) -> pl.Expr:
    number = pl.col(column).str.strip_chars().cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _origin() -> dict[str, pl.Expr]:
    return {FILE: pl.col(FILE), ROW: pl.col(ROW)}
