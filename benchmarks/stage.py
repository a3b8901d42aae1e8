"""The data of a bench: two made-up warehouses, the smaller one to see how cost grows, and what asks of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count, permutations, product
from pathlib import Path

import polars as pl

from benchmarks.client import Value
from benchmarks.servers import FILTER_LABELS
from transforms.pipeline import Source, build
from transforms.sources.demo import write
from warehouse import queries
from warehouse.connection import Reader
from warehouse.countries import country_labels
from warehouse.engine import run
from warehouse.filters import Filters
from warehouse.publish import current_build_id

SMALL_INCIDENTS = 1_000
"""About 10,000 reports: a demo incident has ten on average."""
WORD, COUNTRY, DATES = "a word typed", "a country chosen", "a date range"
KINDS = (WORD, COUNTRY, DATES)
LETTERS = "aeiotnrshldcupmgbfkw"
"""Letters of most summaries: as words they leave most incidents in, which is the slow case."""
RANGE_DAYS = 91
"""A quarter of a year: the demo covers little more than one."""

Change = Mapping[str, Value]
"""Labels of the filters' widgets -> their values; all of them, so that each change stands alone."""


@dataclass(frozen=True)
class Stage:
    """Where a bench finds its data. `folder` is for its own files."""

    folder: Path
    incidents: int
    say: Callable[[str], None]

    @property
    def large(self) -> Path:
        """Folder of the warehouse of `incidents`."""
        return self.folder / "large"

    @property
    def small(self) -> Path:
        """Folder of the warehouse of `SMALL_INCIDENTS`."""
        return self.folder / "small"

    def reader(self) -> Reader:
        """The large warehouse, as the app reads it."""
        return Reader(self.large, current_build_id(self.large))

    def changes(self) -> dict[str, Iterator[Change]]:
        """For each of KINDS changes without end, no two alike, so that no answer comes from the cache."""
        reader = self.reader()
        labels = country_labels()
        countries = [labels[code] for code in run(queries.distinct_values("country"), reader)["value"]]
        limits = run(queries.totals(Filters()), reader).row(0, named=True)
        reader.close()
        days = pl.date_range(limits["first_day"], limits["last_day"], eager=True)
        starts = max(1, len(days) - RANGE_DAYS)
        # A day longer each time that all starts were taken.
        spans = ((first, length) for length in count(RANGE_DAYS) for first in _spread(starts))
        ranges = ((days[first], days[min(first + length, len(days)) - 1]) for first, length in spans)
        words = chain.from_iterable(product(LETTERS, repeat=letters) for letters in count(2))
        chosen = chain.from_iterable(permutations(countries, number) for number in (1, 2, 3, 4))
        return {
            WORD: (change(text=" ".join(word)) for word in words),
            COUNTRY: (change(country=names) for names in chosen),
            DATES: (change(first=first.isoformat(), last=last.isoformat()) for first, last in ranges),
        }


def change(text: str = "", country: tuple[str, ...] = (), first: str = "", last: str = "") -> Change:
    """What the filters' widgets hold."""
    values: tuple[Value, ...] = (text, country, (first,) if first else (), (last,) if last else ())
    return dict(zip(FILTER_LABELS, values, strict=True))


def _spread(length: int) -> Iterator[int]:
    """Every number below `length`, far from the one before."""
    step = max(1, round(length * 0.382))
    return (start for first in range(step) for start in range(first, length, step))


def made(stage: Stage) -> None:
    """Make both warehouses."""
    for incidents, folder in ((stage.incidents, stage.large), (SMALL_INCIDENTS, stage.small)):
        stage.say(f"Building a warehouse of {incidents:,} made-up incidents ...")
        intake = stage.folder / f"intake-{folder.name}"
        write(intake, incidents, form="parquet")  # built in blocks: as text, millions of rows would not fit into memory
        # Expectations are measured elsewhere; pages do not depend on them.
        build(folder, [Source("chirg_intake", intake)], lambda _: None, validate=False)
