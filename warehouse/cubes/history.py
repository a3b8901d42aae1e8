"""How far the review had come by the end of a day, for any day: where incidents stood, from each step to the next.

What stands on a day is all that came by then less all that left by then. So a stay is two changes, and changes are
added up by day: once for each month's end, on which most days that are asked fall, and day by day for the others.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.cubes.held import Held, asked_rows
from warehouse.cubes.meeting import predicate
from warehouse.cubes.sums import Part, each, kept, middles, restricted, sums_of
from warehouse.filters import Filters
from warehouse.queries import leadership
from warehouse.queries.base import NUMBER, incidents
from warehouse.queries.durations import EPOCH
from warehouse.queries.open_incidents import NORM_DAYS
from warehouse.queries.steps import OPEN_STAGES

THIRD_REACHED_ON = f"{v.Stage.DEPARTMENT_RESPONSE_COORDINATION.value}_reached_on"
PLACES = len(v.STAGE_ORDER)
THIRD, RESPONSE, OVERDUE, WITHOUT_RECEIPT = range(PLACES + 1, PLACES + 5)
"""What stands on a day beside the places of stages, which are numbers from 1."""

Numbers = npt.NDArray[np.int64]


def stay_rows() -> Table:
    """All stays, as `leadership.stays` gives them, in small numbers."""
    rows = leadership.stays(incidents(Filters()))
    days = {name: rows[name].cast("int32") for name in ("entered_day", "left_day", "received_day")}
    return rows.select("incident_id", place=rows.place.cast("int8"), **days)


def third_stage_rows() -> Table:
    """Columns: incident_id, day (on which the third stage was reached)."""
    reached = incidents(Filters())
    rows = reached.select("incident_id", day=reached[THIRD_REACHED_ON])
    return rows.filter(rows.day.notnull())


def response_rows() -> Table:
    """Columns: incident_id, first, last: days from recommendation until a response was declined."""
    return leadership.response_spans(incidents(Filters()))


def review_over_time(held: Held, filters: Filters, days: tuple[date, ...]) -> pl.DataFrame:
    """See `queries.review_over_time`."""
    (_, stands), (_, late), (_, reached), (first, entered) = _standing(held, filters, days, STAYS, LATE, SPANS, ENTRIES)
    since_entry = _numbers(days) - first - middles(entered)
    return pl.DataFrame(
        {
            "day": pl.Series(days, dtype=pl.Date),
            "reviewed": stands.sum(axis=1),
            "reached_third_stage": reached[:, THIRD],
            "with_response": reached[:, RESPONSE],
            "waiting": entered.sum(axis=1),
            "overdue": late[:, OVERDUE],
            "without_receipt": late[:, WITHOUT_RECEIPT],
            "median_days": pl.Series(since_entry, dtype=pl.Float64).fill_nan(None),
        }
    )


def by_stage_on(held: Held, filters: Filters, day: date) -> pl.DataFrame:
    """See `queries.by_stage_on`."""
    [(_, stands)] = _standing(held, filters, (day,), STAYS)
    found = {stage.value: stands[0, place] for place, stage in enumerate(v.STAGE_ORDER, start=1)}
    rows = pl.DataFrame({"stage": list(found), "incidents": list(found.values())})
    return rows.filter(pl.col("incidents") > 0).sort("stage")


def _standing(held: Held, filters: Filters, days: tuple[date, ...], *parts: Part) -> list[tuple[int, Numbers]]:
    """For each part the lowest key, and of each of the days (in order) how many stand by its end, by key from that."""
    changes = pl.collect_all([_by_then(held, filters, part, days) for part in parts])
    return [_added(rows, _numbers(days), is_day=part is ENTRIES) for rows, part in zip(changes, parts, strict=True)]


def _by_then(held: Held, filters: Filters, part: Part, days: tuple[date, ...]) -> pl.LazyFrame:
    """What `_added` adds."""
    columns, ends = restricted(filters), _numbers(days).tolist()
    by_month = sums_of(held, filters, part._replace(more=(True,)))
    by_day = None if columns is None or by_month is None else held.soon(_by_day, part, columns)
    if by_month is None or by_day is None:
        rows = each(held, filters, part).filter(pl.col("day") <= max(ends, default=0)).group_by("day", "key")
        return rows.agg(pl.col("change").sum()).with_columns(index=pl.lit(-1))
    found = [by_month.select("day", "key", "change", index=pl.lit(-1))]
    for index, (day, end) in enumerate(zip(days, ends, strict=True)):
        if end != _month_end(day):
            start, stop = (by_day["day"].search_sorted(at, side="right") for at in (end - day.day, end))
            within = by_day.slice(start, stop - start).lazy().filter(predicate(filters))
            found.append(within.select("day", "key", "change", index=pl.lit(index)))
    return pl.concat(found, how="vertical_relaxed")


def _numbers(days: tuple[date, ...]) -> Numbers:
    return np.array([(day - EPOCH).days for day in days], dtype=np.int64)


def _added(changes: pl.DataFrame, ends: Numbers, *, is_day: bool) -> tuple[int, Numbers]:
    """All changes up to each of the ends (days in order).

    Args:
        changes: day, key, change; index (of the end for which alone it counts, -1: of all from its day on).
        is_day: the keys are days: the lowest begins the columns, else 0.
    """
    day, key, change, index = (changes[name].to_numpy() for name in ("day", "key", "change", "index"))
    first = int(key.min()) if is_day and key.size else 0
    width = int(max(key.max(initial=0) - first, WITHOUT_RECEIPT)) + 1
    number, begin = ends.size, int(day.min()) if day.size else 0
    # A table of the days is asked sooner than the ends are searched. Rows: the ends, what is after all, the ends alone.
    end_of_day = np.searchsorted(ends, np.arange(begin, day.max(initial=begin) + 1))
    row = np.where(index < 0, end_of_day[day - begin], number + 1 + index)
    cells = np.bincount(row * width + (key - first), weights=change, minlength=(2 * number + 1) * width)
    counts = cells.reshape(-1, width).astype(np.int64)
    return first, counts[:number].cumsum(axis=0) + counts[number + 1 :]


def _by_day(held: Held, part: Part, columns: tuple[str, ...]) -> pl.DataFrame:
    """Changes by day, in its order, however many: of them only some days are asked."""
    return (
        kept(held, part, columns, is_any=True).cast({"day": pl.Int32, "key": pl.Int32, "change": pl.Int32}).sort("day")
    )


def _changes(spans: pl.LazyFrame, is_by_month: bool) -> pl.LazyFrame:
    """Two rows for each span of a key from `since` to `left_day` (null: it lasts): day, key, change."""
    spans = spans.filter(pl.col("since").is_not_null())
    left = spans.filter(pl.col("left_day").is_not_null()).with_columns(day="left_day", change=pl.lit(-1, pl.Int64))
    rows = pl.concat([spans.with_columns(day="since", change=pl.lit(1, pl.Int64)), left])
    if not is_by_month:
        return rows
    day = pl.lit(EPOCH) + pl.duration(days="day")
    return rows.with_columns(day=(day.dt.month_end() - EPOCH).dt.total_days())


def _month_end(day: date) -> int:
    return ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - EPOCH).days - 1


def _places(rows: pl.LazyFrame, is_by_month: bool) -> pl.LazyFrame:
    """Changes of what stands at each place."""
    return _changes(rows.with_columns(since="entered_day", key="place"), is_by_month)


def _late(rows: pl.LazyFrame, is_by_month: bool) -> pl.LazyFrame:
    """Changes of what is overdue, or has no receipt, where it waits."""
    waiting, received = rows.filter(_IS_OPEN), pl.col("received_day")
    from_day = pl.max_horizontal("entered_day", received + NORM_DAYS + 1)
    overdue = waiting.filter(received.is_not_null()).with_columns(since=from_day, key=pl.lit(OVERDUE, pl.Int64))
    without = waiting.filter(received.is_null())
    spans = (
        overdue.filter(pl.col("left_day").is_null() | (pl.col("left_day") > pl.col("since"))),
        without.with_columns(since="entered_day", key=pl.lit(WITHOUT_RECEIPT, pl.Int64)),
    )
    return _changes(pl.concat(spans), is_by_month)


def _entries(rows: pl.LazyFrame, is_by_month: bool) -> pl.LazyFrame:
    """Changes of what waits, by the day on which it began to."""
    return _changes(rows.filter(_IS_OPEN).with_columns(since="entered_day", key="entered_day"), is_by_month)


def _spans(held: Held) -> pl.DataFrame:
    """From when incidents had reached the third stage, and had a response: `NUMBER`, since, left_day, key."""
    third = held.everything(third_stage_rows).select(NUMBER, since="day", left=pl.lit(date.max), key=THIRD)
    first, last = pl.col("first"), pl.col("last")
    responses = held.everything(response_rows).filter(first < last).sort(NUMBER, "first")
    # Of several responses at a time an incident counts once: they are one span.
    is_apart = (first > last.cum_max().shift(1)).fill_null(value=True).over(NUMBER)
    whole = responses.group_by(NUMBER, is_apart.cum_sum().alias("span")).agg(since=first.min(), left=last.max())
    spans = pl.concat([third, whole.select(NUMBER, "since", "left", key=RESPONSE)])
    since, left = ((pl.col(name) - EPOCH).dt.total_days() for name in ("since", "left"))
    return spans.select(
        NUMBER, pl.col("key").cast(pl.Int64), since=since, left_day=pl.when(pl.col("left") < date.max).then(left)
    )


_IS_OPEN = pl.col("place").is_between(1, len(OPEN_STAGES))
STAYS = Part(asked_rows, (stay_rows,), _places, (False,), ("day", "key"), ("change",))
LATE = Part(asked_rows, (stay_rows,), _late, (False,), ("day", "key"), ("change",))
ENTRIES = Part(asked_rows, (stay_rows,), _entries, (False,), ("day", "key"), ("change",))
SPANS = Part(_spans, (), _changes, (False,), ("day", "key"), ("change",))
