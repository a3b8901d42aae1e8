"""The rows of an extract, a batch at a time, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import polars as pl
import pyarrow as pa

from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run, to_sql
from warehouse.errors import ExtractError
from warehouse.extracts.request import Request
from warehouse.queries import CONTENTS
from warehouse.schema import TABLE

BATCH_ROWS = 10000
"""Some 6 MB of wide rows: with five times as many a download took 110 MB more, and was hardly sooner."""


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
    question = request.question(() if request.with_restricted else tuple(bound))
    with streamed(to_sql(question, request.filters.as_known_on), table, reader) as batches:
        yield batches


@contextmanager
def streamed(sql: str, table: str, reader: Reader) -> Iterator[Batches]:
    """The answer of a query whose columns are those of a table."""
    cursor = reader.cursor()
    try:
        stream = cursor.sql(sql).to_arrow_reader(BATCH_ROWS)
        batches = _ahead(_never_none(stream))
        try:
            yield Batches(table, stream.schema, batches)
        finally:
            batches.close()  # waits for a batch that is under way, before the cursor goes
    except duckdb.Error as error:
        raise ExtractError(f"The warehouse could not answer: {str(error).splitlines()[0]}") from error
    finally:
        cursor.close()


def _never_none(stream: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    any_rows = False
    for batch in stream:
        if batch.num_rows:
            any_rows = True
            yield batch
    if not any_rows:
        yield pa.RecordBatch.from_arrays([pa.array([], field.type) for field in stream.schema], schema=stream.schema)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Generator[pa.RecordBatch]:
    """The next batch is fetched while the one before is written."""
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(next, batches, None)
        while (batch := waiting.result()) is not None:
            waiting = thread.submit(next, batches, None)
            yield batch
