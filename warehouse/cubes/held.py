"""Narrow rows of one build in memory, numbered by incident, so that a filter is one mask over all of them.

Joining on text keys and planning long SQL is most of what an answer costs. So the part of a question that no filter
changes is asked of the database once for a build and a day of knowledge, with the incident's number in place of its
key. A filter is then a column of booleans by that number, and Polars counts what it leaves.

Nobody waits for rows to be fetched: a thread fetches them, one after another, and the database answers meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from dataclasses import replace
from datetime import date

import ibis
import polars as pl
import polars.selectors as cs
from ibis.expr.types import Table

from warehouse.cubes.meeting import has_words, mask_of, predicate
from warehouse.filters import Filters
from warehouse.queries.base import NUMBER, numbered

FRAMES = 100
"""Sets of rows that are held, about twice as many as all pages use with one choice of days."""
SUMS_BYTES = 300_000_000
"""Most that is held of sums beside them, see `warehouse.cubes.sums`; those for filters on dates take most, 90 MB."""
MASKS = 64
"""Filters remembered; each is a bit for every version of an incident."""

MET = 8
"""Filters of rows remembered, for questions about the same rows that follow each other."""

LOG = logging.getLogger(__name__)

Rows = Callable[..., Table]
"""Arguments -> the rows of a question before any filter, with `incident_id`, as an Ibis expression."""

COLUMNS = (
    "country", "date_start", "date_end", "date_precision", "harm_status", "dataset_id", "us_origin_confidence",
    "civilians_killed_low", "civilians_killed_best", "civilians_killed_high", "civilians_injured_low",
    "civilians_injured_best", "civilians_injured_high", "weapon_system", "munition", "source_type", "strike_type",
    "report_count", "private_report_count", "response_count", "first_reported_on", "published_on", "cluster_id",
    "stage", "stage_reached", "stage_entered_on", "received_on", "geo_precision",
    "latitude", "longitude", "geo_radius_m",
)  # fmt: skip
"""Columns of the incident table that questions count by."""


def incident_rows() -> Table:
    """Every incident once.

    Columns: those of `COLUMNS`; id_order (place in the order of the incidents' keys).
    """
    every = numbered("incident").select(NUMBER, "incident_id", *COLUMNS)
    return every.select(NUMBER, *COLUMNS, id_order=ibis.row_number().over(order_by=every.incident_id))


def text_rows() -> Table:
    """What is searched of each incident, which takes more memory than all of `COLUMNS`. Column: search_text."""
    return numbered("incident").select(NUMBER, "search_text")


_FETCHING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="cubes")


class NotHeldError(Exception):
    """The rows are not in memory yet."""


class Held:
    """What is held of one build, as known on one day or currently; safe to share between threads."""

    def __init__(
        self,
        run: Callable[..., pl.DataFrame],
        frame: Callable[[str], pl.DataFrame],
        on: Callable[[date], Held],
    ) -> None:
        """Holds nothing yet.

        Args:
            run: `run(rows, *arguments)` answers `rows(*arguments)` from the build, as known on the day; written once
                as SQL for all builds.
            frame: answers a query from the build.
            on: what is held of another day.
        """
        self.run = run
        self._frame = frame
        self._on = on
        self._waits = True
        self._frames: OrderedDict[Hashable, pl.DataFrame] = OrderedDict()
        self._sums: OrderedDict[Hashable, pl.DataFrame] = OrderedDict()
        self._fetching: set[Hashable] = set()
        self._masks: OrderedDict[Filters, pl.Series] = OrderedDict()
        self._met: OrderedDict[tuple[int, Filters], tuple[pl.DataFrame, pl.Series]] = OrderedDict()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def at_once(self) -> Held:
        """The same, which raises `NotHeldError` instead of waiting for rows."""
        other = copy(self)
        other._waits = False
        return other

    def on(self, day: date) -> Held:
        """What is held of the build as known on another day."""
        other = self._on(day)
        return other if self._waits else other.at_once()

    def once(self, make: Callable[..., pl.DataFrame], *arguments: Hashable) -> pl.DataFrame:
        """`make(held, *arguments)`, made once while it is among the last `FRAMES` that were used."""
        return self._once(self._frames, _are_many, make, arguments)

    def soon(self, make: Callable[..., pl.DataFrame], *arguments: Hashable) -> pl.DataFrame | None:
        """The same of small frames, up to `SUMS_BYTES` of them; nothing while a thread makes it, if nobody waits."""
        try:
            return self._once(self._sums, _are_large, make, arguments)
        except NotHeldError:
            self.fetch(Held.soon, make, *arguments)
            return None

    def _once(
        self,
        frames: OrderedDict[Hashable, pl.DataFrame],
        is_full: Callable[[OrderedDict[Hashable, pl.DataFrame]], bool],
        make: Callable[..., pl.DataFrame],
        arguments: tuple[Hashable, ...],
    ) -> pl.DataFrame:
        key = (make, arguments)
        with self._lock:
            if key in frames:
                frames.move_to_end(key)
                return frames[key]
            own = self._locks.setdefault(key, threading.Lock())
        if not self._waits:
            raise NotHeldError
        with own:  # nobody else waits for this
            found = frames.get(key)
            if found is None:
                found = make(self, *arguments)
                with self._lock:
                    frames[key] = found
                    while is_full(frames):
                        gone, _ = frames.popitem(last=False)
                        self._locks.pop(gone, None)
            return found

    def fetch(self, answer: Callable[..., pl.DataFrame | None], *arguments: Hashable) -> None:
        """Have a thread ask `answer(held, *arguments)`, so that the rows are held that it needs, with any filter."""
        key = (answer, tuple(argument for argument in arguments if not isinstance(argument, Filters)))
        with self._lock:
            if key in self._fetching:
                return
            self._fetching.add(key)
        _FETCHING.submit(self._fetch, key, answer, arguments).add_done_callback(_say_failure)

    def _fetch(
        self, key: Hashable, answer: Callable[..., pl.DataFrame | None], arguments: tuple[Hashable, ...]
    ) -> None:
        waiting = copy(self)
        waiting._waits = True
        try:
            if threading.main_thread().is_alive():  # else the process ends
                answer(waiting, *arguments)
        finally:
            with self._lock:
                self._fetching.discard(key)

    def everything(self, rows: Rows, *arguments: Hashable) -> pl.DataFrame:
        """Rows of all incidents, asked once.

        Columns: those of the expression, texts as categories, and `NUMBER` in place of `incident_id`.
        """
        return self.once(asked_rows, rows, *arguments)

    def of(self, filters: Filters, rows: Rows, *arguments: Hashable) -> pl.LazyFrame:
        """The same of the incidents that meet the filter."""
        return self.meeting(filters, self.everything(rows, *arguments))

    def meeting(self, filters: Filters, rows: pl.DataFrame) -> pl.LazyFrame:
        """Those of the rows, which have `NUMBER`, whose incidents meet the filter."""
        return rows.lazy().filter(self.met(filters, rows)) if filters.restricts else rows.lazy()

    def met(self, filters: Filters, rows: pl.DataFrame) -> pl.Series:
        """Whether the incident of each of the rows meets the filter."""
        key = (id(rows), filters.conditions)
        with self._lock:
            of_rows, met = self._met.get(key, (None, None))
        if met is None or of_rows is not rows:
            met = self.mask(filters).gather(rows[NUMBER])
            with self._lock:
                self._met[key] = (rows, met)  # with the rows, so that no others take their place in memory
                while len(self._met) > MET:
                    self._met.popitem(last=False)
        return met

    def chosen(self, filters: Filters) -> pl.LazyFrame:
        """The filtered incidents, each once, with the columns of `incident_rows`."""
        return self.of(filters, incident_rows)

    def mask(self, filters: Filters) -> pl.Series:
        """Whether the incident with this number meets the filter; of all numbers."""
        filters = filters.conditions
        with self._lock:
            if filters in self._masks:
                self._masks.move_to_end(filters)
                return self._masks[filters]
        of_text = Filters(text=filters.text)
        if filters.text and filters != of_text:  # searching takes longest, and pages ask for a text with several dates
            mask = self.mask(of_text) & self.mask(replace(filters, text=""))
        elif filters.text:
            mask = mask_of(self.everything(text_rows), has_words(filters))
        else:
            mask = mask_of(self.everything(incident_rows), predicate(filters))
        with self._lock:
            self._masks[filters] = mask
            while len(self._masks) > MASKS:
                self._masks.popitem(last=False)
        return mask

    def look_up(self, numbers: pl.Series, *columns: str, table: str = "incident") -> pl.DataFrame:
        """Columns of a few incidents (or rows of another table), in the order of their numbers as given.

        `NUMBER` stands first.
        """
        listed = ", ".join(map(str, numbers.to_list())) or "NULL"
        names = ", ".join(f'"{column}"' for column in columns)
        # Ibis would take longer to write it than the database to answer. Declared names, and whole numbers of ours.
        found = self._frame(f"SELECT rowid AS {NUMBER}, {names} FROM {table} WHERE rowid IN ({listed})")  # noqa: S608
        order = pl.DataFrame({NUMBER: numbers.cast(pl.UInt32)})
        return order.join(found.with_columns(pl.col(NUMBER).cast(pl.UInt32)), on=NUMBER, maintain_order="left")


def _are_many(frames: OrderedDict[Hashable, pl.DataFrame]) -> bool:
    return len(frames) > FRAMES


def _are_large(frames: OrderedDict[Hashable, pl.DataFrame]) -> bool:
    return len(frames) > 1 and sum(frame.estimated_size() for frame in frames.values()) > SUMS_BYTES


def _say_failure(fetched: Future[None]) -> None:
    if error := fetched.exception():
        LOG.warning("Rows could not be held in memory, so that the database goes on answering.", exc_info=error)


def asked_rows(held: Held, rows: Rows, *arguments: Hashable) -> pl.DataFrame:
    """Makes what `Held.everything` holds."""
    found = held.run(with_number, rows, *arguments)
    return in_categories(found.with_columns(pl.col(NUMBER).cast(pl.UInt32)))


def with_number(rows: Rows, *arguments: Hashable) -> Table:
    """The expression with `NUMBER` in place of `incident_id`."""
    asked = rows(*arguments)
    if NUMBER in asked.columns:
        return asked
    numbers = numbered("incident").select("incident_id", NUMBER)
    return asked.inner_join(numbers, "incident_id").drop("incident_id")


def in_categories(rows: pl.DataFrame) -> pl.DataFrame:
    """The same with texts as categories, but the key and what is searched."""
    texts = cs.string() - cs.by_name("incident_id", "search_text", require_all=False)
    return rows.with_columns(texts.cast(pl.Categorical), pl.col(pl.List(pl.String)).cast(pl.List(pl.Categorical)))
