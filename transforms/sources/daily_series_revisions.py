"""Earlier values of a daily series: what each day's value was before the publisher changed it.

The revisions of one cell (field and day of report) are a chain: each ends one value and begins the next, and the last
one begins the value that stands in the series today. When a cell was first published is not on record. The convention:
it is known from its own day on, because the series is one of daily reports, unless the first revision says that there
was no value before it. The warehouse knows days, so of several values on one day the last one stands.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.source import FILE, REFUSED_SCHEMA, ROW
from transforms.sources.daily_series_terms import CASUALTIES, DATE, LEFT_OUT, RENAMED, TERMS
from warehouse.errors import InputError

REVISIONS = f"{CASUALTIES}_revisions.csv"
COLUMNS = (DATE, "field", "known_on", "old", "new")
VERSIONS_SCHEMA = {
    FILE: pl.String(),
    ROW: pl.Int64(),
    "field": pl.String(),
    "date": pl.Date(),
    "value": pl.Float64(),
    "known_from": pl.Date(),
    "known_to": pl.Date(),
}
_CELL = ["field", "date"]


def parse_day(text: pl.Expr) -> pl.Expr:
    """ISO days ("2024-01-31"); null where the text is none."""
    return pl.when(text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(text).str.to_date("%Y-%m-%d", strict=False)


def parse_count(text: pl.Expr) -> pl.Expr:
    """Whole numbers from 0 with up to 15 digits, which a float holds exactly; null where the text is none."""
    return pl.when(text.str.contains(r"^(0|[1-9][0-9]{0,14})$")).then(text).cast(pl.Float64, strict=False)


def applied(
    frame: pl.DataFrame, cells: pl.DataFrame, known_on: date
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Turn revisions into versions of cells.

    Args:
        frame: the file as read, with ROW.
        cells: the values of today: field, date, value.
        known_on: day of knowledge of the export.

    Returns:
        versions: VERSIONS_SCHEMA; a revised cell's value of today is among them.
        starts: field, date, known_from of the value of today, for cells with revisions. Where these do not fit
            together, the value is known from the export's day only.
        refused: REFUSED_SCHEMA.

    Raises:
        InputError: a revision is of a field that is not listed.
    """
    rows, refused = _typed(frame)
    rows = _with_chains(rows.join(cells.select(*_CELL, today="value"), on=_CELL, how="left"), known_on)
    broken = pl.col("chain_fault").is_not_null()
    kept = rows.filter(~broken)
    versions = pl.concat([_before(kept), _after(kept)])
    idle = kept.join(versions.select(ROW), on=ROW, how="anti")
    refused = pl.concat(
        [
            refused,
            _refused(
                rows.filter(broken),
                "daily_series.revisions_fit_together",
                pl.format("the revisions of {} on {} do not fit together: {}", *_CELL, "chain_fault"),
            ),
            _refused(
                idle,
                "daily_series.revision_holds_a_day",
                pl.format("the values of {} on {} were replaced on the day they were given", *_CELL),
            ),
        ]
    )
    starts = rows.group_by(_CELL, maintain_order=True).agg(
        known_from=pl.when(broken.any()).then(pl.lit(known_on)).otherwise(pl.col("day").last())
    )
    return versions.cast(VERSIONS_SCHEMA), starts, refused  # type: ignore[arg-type]


def _typed(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Revisions of listed numeric fields under their names of today; refused: those left out, those without a day."""
    listed, left_out = TERMS[CASUALTIES], LEFT_OUT[CASUALTIES]
    named = frame.with_columns(pl.col("field").str.strip_chars().replace(RENAMED))
    found = named["field"].drop_nulls().unique().to_list()
    if unlisted := sorted(set(found) - listed.keys() - left_out.keys()):
        raise InputError(
            f"{REVISIONS}: the field{'s' if len(unlisted) > 1 else ''} {', '.join(unlisted)} not known; list what it "
            "means in TERMS, LEFT_OUT or RENAMED of transforms/sources/daily_series_terms.py."
        )
    typed = named.with_columns(date=parse_day(pl.col(DATE)), day=parse_day(pl.col("known_on")))
    no_day = pl.col("date").is_null() | pl.col("field").is_null()
    counts = pl.col("field").is_in(list(listed))
    reasons = pl.col("field").replace_strict(left_out, default=None, return_dtype=pl.String)
    refused = pl.concat(
        [
            _refused(
                typed.filter(no_day),
                "daily_series.revision_names_a_cell",
                pl.format(
                    'report_date "{}" is not a day written YYYY-MM-DD, or the field "{}" is empty',
                    pl.col(DATE).fill_null(""),
                    pl.col("field").fill_null(""),
                ),
            ),
            _refused(
                typed.filter(~no_day, ~counts),
                "daily_series.field_is_a_count",
                pl.format("the field {} makes no series, because {}", "field", reasons),
            ),
        ]
    )
    return typed.filter(~no_day, counts), refused


def _with_chains(rows: pl.DataFrame, known_on: date) -> pl.DataFrame:
    """Adds before, after (values), next_day, is_first and chain_fault (null where a cell's revisions fit together)."""
    rows = rows.sort(*_CELL, pl.col("day"), ROW, nulls_last=True).with_columns(
        before=parse_count(pl.col("old")),
        after=parse_count(pl.col("new")),
        is_first=pl.col(ROW) == pl.col(ROW).first().over(_CELL),
        is_last=pl.col(ROW) == pl.col(ROW).last().over(_CELL),
        next_day=pl.col("day").shift(-1).over(_CELL),
    )
    carried = pl.col("after").shift(1).over(_CELL)
    faults = [
        (pl.col("day").is_null(), pl.format('known_on "{}" is not a day', pl.col("known_on").fill_null(""))),
        (pl.col("day") < pl.col("date"), pl.format("known_on {} is before the day itself", "known_on")),
        (pl.col("day") > pl.lit(known_on), pl.format("known_on {} is after the day of the export", "known_on")),
        (pl.col("old").is_not_null() & pl.col("before").is_null(), pl.format('old "{}" is not a count', "old")),
        (pl.col("new").is_not_null() & pl.col("after").is_null(), pl.format('new "{}" is not a count', "new")),
        (
            ~pl.col("is_first") & pl.col("before").ne_missing(carried),
            pl.format("old is {}, but the revision before gives {}", _told(pl.col("before")), _told(carried)),
        ),
        (
            pl.col("is_last") & pl.col("after").ne_missing(pl.col("today")),
            pl.format("it gives {}, but the series has {}", _told(pl.col("after")), _told(pl.col("today"))),
        ),
    ]
    fault = pl.coalesce(pl.when(is_so).then(pl.format("row {}: {}", ROW, text)) for is_so, text in faults)
    return rows.with_columns(fault=fault).with_columns(chain_fault=pl.col("fault").drop_nulls().first().over(_CELL))


def _told(value: pl.Expr) -> pl.Expr:
    return value.cast(pl.Int64).cast(pl.String).fill_null("no value")


def _before(rows: pl.DataFrame) -> pl.DataFrame:
    """The value that a cell's first revision ended: known from the cell's own day."""
    had = rows.filter("is_first", pl.col("before").is_not_null(), pl.col("day") > pl.col("date"))
    return _versions(had, "before", pl.col("date"), pl.col("day"))


def _after(rows: pl.DataFrame) -> pl.DataFrame:
    """The value that each revision began, until the next one."""
    held = pl.col("next_day").is_null() | (pl.col("next_day") > pl.col("day"))
    return _versions(rows.filter(pl.col("after").is_not_null(), held), "after", pl.col("day"), pl.col("next_day"))


def _versions(rows: pl.DataFrame, value: str, known_from: pl.Expr, known_to: pl.Expr) -> pl.DataFrame:
    return rows.select(
        pl.lit(REVISIONS).alias(FILE), ROW, *_CELL, value=value, known_from=known_from, known_to=known_to
    )


def _refused(rows: pl.DataFrame, rule: str, what: pl.Expr) -> pl.DataFrame:
    return rows.select(
        pl.lit(REVISIONS).alias(FILE),
        pl.col(ROW).cast(pl.Int64),
        rule=pl.lit(rule),
        reason=pl.format("{}, row {}: {}.", pl.lit(REVISIONS), ROW, what),
    ).cast(REFUSED_SCHEMA)  # type: ignore[arg-type]
