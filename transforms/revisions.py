"""What was known when: exports of one data set, each of its own day, become versions of rows.

A version holds from `known_from` until the day before `known_to`; the current one has no `known_to`. Nothing is
overwritten: a newer export closes the rows that it changes and opens new ones, and ends those that it lacks (if its
exports are whole) or that it withdraws. The day is that of the export, or the one that the row itself states; never
that of the load. The order in which exports are given does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from warehouse.schema import FACT_TABLES, TABLE

Frames = dict[str, pl.DataFrame]

_ORDER, _DAY, _IS_HELD = "_order", "_day", "_is_held"
_FACTS = frozenset(t.name for t in FACT_TABLES)
_ADDED = ("known_from", "known_to")


@dataclass(frozen=True)
class Export:
    """One export's checked rows.

    Attributes:
        known_on: its day of knowledge.
        is_snapshot: whether a row that it lacks was retracted.
        tables: table name -> declared columns, known_from and known_to null where the row does not state them.
        retracted: incidents that it withdraws; columns incident_id, retracted_on.
    """

    known_on: date
    is_snapshot: bool
    tables: Frames
    retracted: pl.DataFrame


def versions(exports: Sequence[Export]) -> Frames:
    """Every table of a data set with its versions; tables without versions are those of the newest export.

    Args:
        exports: of one data set, each of another day; in any order.
    """
    ordered = sorted(exports, key=lambda export: export.known_on)
    names = [name for name in TABLE if any(name in export.tables for export in ordered)]
    return {name: _versions(name, ordered) if name in _FACTS else _newest(name, ordered) for name in names}


def _newest(name: str, ordered: Sequence[Export]) -> pl.DataFrame:
    """Rows of a table without versions: the newest export that names a key says what holds."""
    stacked = pl.concat([export.tables[name] for export in reversed(ordered) if name in export.tables])
    return stacked.unique(list(TABLE[name].key), keep="first", maintain_order=True)


def _versions(name: str, ordered: Sequence[Export]) -> pl.DataFrame:
    key = [c for c in TABLE[name].key if c != "known_from"]
    frames = [export.tables.get(name, TABLE[name].empty()) for export in ordered]
    retracted = pl.concat([export.retracted.select("incident_id", "retracted_on") for export in ordered])
    if (
        len(ordered) == 1
        and retracted.is_empty()
        and frames[0].select(pl.struct(key).is_duplicated().any()).item() is not True
    ):
        return frames[0].with_columns(pl.col("known_from").fill_null(ordered[0].known_on))
    events = []
    seen = TABLE[name].empty().select(key)
    for number, (export, frame) in enumerate(zip(ordered, frames, strict=True)):
        started = frame.with_columns(pl.col("known_from").fill_null(export.known_on))
        events.append(_events(started, pl.col("known_from"), number, is_held=True))
        events.append(
            _events(started.filter(pl.col("known_to").is_not_null()), pl.col("known_to"), number, is_held=False)
        )
        if export.is_snapshot and len(ordered) > 1:
            # What the export holds is known on its day, whatever an earlier one said; what it lacks ends.
            held = started.filter(pl.col("known_to").is_null(), pl.col("known_from") < export.known_on)
            events.append(_events(held, pl.lit(export.known_on), number, is_held=True))
            lacking = seen.join(started.select(key), on=key, how="anti")
            events.append(_events(_rows(name, lacking), pl.lit(export.known_on), number, is_held=False))
        seen = pl.concat([seen, started.select(key)]).unique()
    if "incident_id" in TABLE[name].column_names and retracted.height:
        withdrawn = pl.concat(
            [f.select(key if "incident_id" in key else [*key, "incident_id"]) for f in frames]
        ).unique()
        ends = withdrawn.join(retracted, on="incident_id", how="inner")
        events.append(
            _events(_rows(name, ends), pl.Series("known_to", ends["retracted_on"]), len(ordered), is_held=False)
        )
    return _collapsed(name, key, pl.concat(events))


def _rows(name: str, some: pl.DataFrame) -> pl.DataFrame:
    """Rows of a table of which only some columns are known."""
    return some.select(
        (pl.col(c) if c in some.columns else pl.lit(None)).cast(kind).alias(c)
        for c, kind in TABLE[name].polars_schema().items()
    )


def _events(rows: pl.DataFrame, day: pl.Expr | pl.Series, number: int, *, is_held: bool) -> pl.DataFrame:
    """What holds (or no longer does) from a day on, as one export says."""
    return rows.with_columns(day.alias(_DAY), pl.lit(number).alias(_ORDER), pl.lit(value=is_held).alias(_IS_HELD))


def _collapsed(name: str, key: list[str], events: pl.DataFrame) -> pl.DataFrame:
    """Events to versions: of one day the newest export's word stands; a day on which nothing changes is none."""
    steps = events.sort(*key, _DAY, _ORDER, _IS_HELD).unique([*key, _DAY], keep="last", maintain_order=True)
    content = [c for c in TABLE[name].column_names if c not in (*key, *_ADDED)]
    same_key = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1)) for c in key)
    same_state = (pl.col(_IS_HELD) == pl.col(_IS_HELD).shift(1)) & (
        ~pl.col(_IS_HELD) | pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1)) for c in content)
    )
    first = pl.int_range(pl.len()) == 0
    changes = steps.filter(first | ~(same_key & same_state))
    followed = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(-1)) for c in key)
    return (
        changes.with_columns(
            known_from=pl.col(_DAY), known_to=pl.when(followed.fill_null(value=False)).then(pl.col(_DAY).shift(-1))
        )
        .filter(_IS_HELD)
        .select(TABLE[name].column_names)
    )
