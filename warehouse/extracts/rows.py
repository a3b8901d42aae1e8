"""The rows of an extract, a batch at a time, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run, to_sql
from warehouse.errors import ExtractError
from warehouse.extracts.request import Request
from warehouse.queries import CONTENTS
from warehouse.queries.base import NUMBER
from warehouse.queries.extraction import can_be_numbered, numbered_between, numbers
from warehouse.schema import TABLE

BATCH_ROWS = 10000
"""Some 6 MB of wide rows: with five times as many a download took 110 MB more, and was hardly sooner."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Batches:
    """Rows of an extract in batches, with their Arrow schema. There is always one batch, of no rows if need be."""

    table: str
    schema: pa.Schema
    arrow: Iterator[pa.RecordBatch]

    @property
    def frames(self) -> Iterator[pl.DataFrame]:
        """The batches in the declared types."""
        types = TABLE[self.table].polars_schema()
        for batch in self.arrow:
            frame = pl.DataFrame(pl.from_arrow(batch))
            yield frame.with_columns(pl.col(name).cast(types[name]) for name in frame.columns)


@contextmanager
def opened(request: Request, reader: Reader) -> Iterator[Batches]:
    """The rows of a request, from a cursor of their own that is closed afterwards.

    Raises:
        ExtractError: the warehouse could not answer.
    """
    table = CONTENTS[request.contents]
    datasets = run(queries.datasets(), reader)
    bound = datasets.filter(~datasets["redistributable"])["dataset_id"].to_list()
    left_out = () if request.with_restricted else tuple(bound)
    day = request.filters.as_known_on
    if not can_be_numbered(request.filters, request.contents, request.show_private):
        with streamed(to_sql(request.question(left_out), day), table, reader) as batches:
            yield batches
        return
    chosen = _chosen(to_sql(numbers(request.filters, request.contents, left_out), day), reader)
    held = np.flatnonzero(chosen)
    first, last = (int(held[0]), int(held[-1])) if len(held) else (0, -1)
    del held
    question = numbered_between(request.columns, request.contents, request.show_private, first, last)
    with streamed(to_sql(question, day), table, reader, chosen) as batches:
        yield batches


@contextmanager
def streamed(sql: str, table: str, reader: Reader, chosen: Mask | None = None) -> Iterator[Batches]:
    """The answer of a query whose columns are those of a table; with `chosen` only rows whose NUMBER is in it."""
    cursor = reader.cursor()
    try:
        stream = cursor.sql(sql).to_arrow_reader(BATCH_ROWS)
        schema = stream.schema if chosen is None else stream.schema.remove(stream.schema.get_field_index(NUMBER))
        batches = _ahead(_never_none(stream if chosen is None else _only(stream, chosen), schema))
        try:
            yield Batches(table, schema, batches)
        finally:
            batches.close()  # waits for a batch that is under way, before the cursor goes
    except duckdb.Error as error:
        raise ExtractError(f"The warehouse could not answer: {str(error).splitlines()[0]}") from error
    finally:
        cursor.close()


def _chosen(sql: str, reader: Reader) -> Mask:
    """For the number of each row whether it is chosen: ten million rows take ten megabytes, where a sort takes all."""
    chosen: Mask = np.zeros(0, dtype=bool)
    cursor = reader.cursor()
    try:
        for batch in cursor.sql(sql).to_arrow_reader(BATCH_ROWS):
            rows = batch.column(0).to_numpy()
            if len(rows) and rows.max() >= len(chosen):
                chosen = np.concatenate([chosen, np.zeros(rows.max() + 1, dtype=bool)])
            chosen[rows] = True
    except duckdb.Error as error:
        raise ExtractError(f"The warehouse could not answer: {str(error).splitlines()[0]}") from error
    finally:
        cursor.close()
    return chosen


def _only(stream: pa.RecordBatchReader, chosen: Mask) -> Iterator[pa.RecordBatch]:
    """The chosen rows, again in batches of BATCH_ROWS or more but for the last one."""
    waiting: list[pa.RecordBatch] = []
    for batch in stream:
        kept = batch.filter(pa.array(chosen[batch.column(NUMBER).to_numpy()])).drop_columns([NUMBER])
        waiting.append(kept)
        if sum(part.num_rows for part in waiting) >= BATCH_ROWS:
            yield pa.concat_batches(waiting)
            waiting.clear()
    if waiting:
        yield pa.concat_batches(waiting)


def _never_none(stream: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    any_rows = False
    for batch in stream:
        if batch.num_rows:
            any_rows = True
            yield batch
    if not any_rows:
        yield pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Generator[pa.RecordBatch]:
    """The next batch is fetched while the one before is written."""
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(next, batches, None)
        while (batch := waiting.result()) is not None:
            waiting = thread.submit(next, batches, None)
            yield batch
