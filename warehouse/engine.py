"""Runs a question (an Ibis expression) where the reader is: DuckDB, or Spark (see `warehouse.spark`)."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

import ibis
import polars as pl

from warehouse import cubes, queries
from warehouse.connection import DUCKDB, Reader
from warehouse.errors import WarehouseError
from warehouse.filters import Filters

COMPILED_QUESTIONS = 1_000
"""Most questions kept as SQL; each is a few kilobytes."""

FEWEST_ROWS = 1_000
"""Versions of incidents from which on a build is worth being held in memory; the database is as quick with fewer."""
DAYS_HELD = 3
"""Days of knowledge of which rows stay in memory, today's among them while it is asked for."""

Question = Callable[..., ibis.expr.types.Table]
"""A function of `warehouse.queries`."""


_CHOSEN = re.compile(rf'"{queries.CHOSEN}(?:_(?P<day>\d{{4}}-\d\d-\d\d))?"')

_STAND_IN = re.escape(f"MAKE_DATE({queries.AS_KNOWN_ON.year}, {queries.AS_KNOWN_ON.month}, {queries.AS_KNOWN_ON.day})")
_CURRENT = re.compile(
    rf'"(?P<table>\w+)"\."known_from" <= {_STAND_IN}\s+AND \(\s*\(\s*"(?P=table)"\."known_to" IS NULL\s*\)'
    rf'\s+OR \(\s*"(?P=table)"\."known_to" > {_STAND_IN}\s*\)\s*\)'
)
"""What `queries.table` asks of a version, as Ibis writes it."""

ANY_DAY = date(2000, 1, 1)
NOW = date.max
"""Day of knowledge of what is current: no version ends after it."""


def to_sql(question: ibis.expr.types.Table, as_known_on: date | None = None, dialect: str = DUCKDB) -> str:
    """The question as SQL, as known on a day or currently; every value is a literal that Ibis escaped."""
    return _as_known_on(_sql(question, dialect), as_known_on)


def run(question: ibis.expr.types.Table, reader: Reader, as_known_on: date | None = None) -> pl.DataFrame:
    """Answer an expression from one build, as known on a day or currently, with the types that it declares.

    Raises:
        WarehouseError: the warehouse could not answer.
    """
    return _typed(reader.frame(to_sql(question, as_known_on, reader.dialect)), question.schema())


def ask(
    question: Question, arguments: tuple[Hashable, ...], reader: Reader, as_known_on: date | None = None
) -> pl.DataFrame:
    """Answer a question of `warehouse.queries`: the same as `run(question(*arguments), reader, as_known_on)`, sooner.

    Some questions are answered from memory (`warehouse.cubes`). Of the others, compiling the expression takes longer
    than answering it: so a question is compiled once for all filters, and the compiled filter is put in where the
    question names the chosen incidents.

    Raises:
        WarehouseError: the warehouse could not answer.
    """
    if reader.dialect != DUCKDB:
        return run(question(*arguments), reader, as_known_on)
    if question in cubes.ANSWERS and _is_large(reader):
        with suppress(cubes.NotHeldError):
            return remember(question, arguments, reader, as_known_on, waits=False)
    sql, schema = _asked(question, arguments)
    return _typed(reader.frame(_as_known_on(sql, as_known_on)), schema)


def remember(
    question: Question,
    arguments: tuple[Hashable, ...],
    reader: Reader,
    as_known_on: date | None = None,
    *,
    waits: bool = True,
) -> pl.DataFrame:
    """The same for a question of `cubes.ANSWERS`, from memory.

    Raises:
        NotHeldError: the rows are not in memory yet, and it does not wait for them; a thread fetches them.
        WarehouseError: the warehouse could not answer.
    """
    held, answer = _held(reader, as_known_on), cubes.ANSWERS[question]
    try:
        found = answer(held if waits else held.at_once(), *arguments)
    except cubes.NotHeldError:
        held.fetch(answer, *arguments)
        raise
    return _declared(found, _columns(question, arguments))


def warm(reader: Reader) -> None:
    """Have the rows fetched that most pages count from, so that they are in memory when the first visitor comes."""
    if reader.dialect == DUCKDB and _is_large(reader):
        held = _held(reader, None)
        for rows, arguments in cubes.FIRST:
            held.fetch(cubes.Held.everything, rows, *arguments)


def asked_sql(question: Question, arguments: tuple[Hashable, ...], as_known_on: date | None = None) -> str:
    """The SQL that `ask` runs, for people who want to see or repeat it."""
    sql, _ = _asked(question, arguments)
    return _as_known_on(sql, as_known_on)


def _asked(question: Question, arguments: tuple[Hashable, ...]) -> tuple[str, Mapping[str, Any]]:
    """SQL and columns of a question, with the filter put in."""
    filters = next((argument for argument in arguments if isinstance(argument, Filters)), None)
    if question in queries.NEVER_LATER or filters is None:
        return _compiled(question, arguments)
    if not filters.restricts:
        # Some questions are another one then: all rows, without asking to which incidents they belong.
        return _compiled(question, _with(Filters(), arguments))
    sql, schema = _compiled(question, _with(queries.LATER, arguments))
    chosen, _ = _compiled(queries.incidents, (filters,))
    # In one pass: a text of the filter may look like a name.
    return _CHOSEN.sub(lambda name: f"({_chosen_on(chosen, name['day'])})", sql), schema


def _columns(question: Question, arguments: tuple[Hashable, ...]) -> Mapping[str, Any]:
    """Columns of a question, which are the same with every filter, for every day, and whatever is named."""
    other = Filters() if question in queries.NEVER_LATER else queries.LATER
    return _compiled(question, tuple(map(_stand_in, _with(other, arguments))))[1]


def _stand_in(argument: Hashable) -> Hashable:
    """One day for all days, no names for any names: else each would be compiled for its columns alone."""
    if isinstance(argument, date):
        return ANY_DAY
    if isinstance(argument, tuple):
        return tuple(_stand_in(item) for item in argument[:1] if isinstance(item, date))
    return argument


def _with(other: Hashable, arguments: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    """The arguments with something else in place of the filter."""
    return tuple(other if isinstance(argument, Filters) else argument for argument in arguments)


def _held(reader: Reader, day: date | None) -> cubes.Held:
    """What is held in memory of the reader's build, as known on a day or currently; the last `DAYS_HELD` days."""
    # Not the reader itself: it would be held by what it holds, and closes when nobody holds it.
    build = weakref.ref(reader)
    with reader.memory.lock:
        held = reader.memory.held.pop(day, None) or cubes.Held(
            run=lambda rows, *arguments: _written(rows, arguments, _alive(build), day),
            frame=lambda sql: _alive(build).frame(sql),
            on=lambda other: _held(_alive(build), other),
        )
        reader.memory.held[day] = held
        while len(reader.memory.held) > DAYS_HELD:
            del reader.memory.held[next(iter(reader.memory.held))]
    return held


def _written(rows: Question, arguments: tuple[Hashable, ...], reader: Reader, day: date | None) -> pl.DataFrame:
    """The answer to `rows(*arguments)`, which is compiled once for all builds and days."""
    sql, schema = _compiled(rows, arguments)
    return _typed(reader.frame(_as_known_on(sql, day)), schema)


def _is_large(reader: Reader) -> bool:
    return reader.sizes["incident"] >= FEWEST_ROWS


def _alive(reader: weakref.ref[Reader]) -> Reader:
    found = reader()
    if found is None:
        raise WarehouseError("The build that this is about is closed; begin again with the current one.")
    return found


def _declared(found: pl.DataFrame, declared: Mapping[str, Any]) -> pl.DataFrame:
    """The declared columns in their order, with the types that `run` gives them."""
    types = {name: pl.Int64() if kind.is_integer() else kind.to_polars() for name, kind in declared.items()}
    # Each column by itself: for a few rows, a query would take longer than what it does.
    return pl.DataFrame([found[name].cast(kind) for name, kind in types.items()])


def _chosen_on(chosen: str, day: str | None) -> str:
    """The filtered incidents as known on the day that a question names, or on the one for which it is asked."""
    return chosen if day is None else _as_known_on(chosen, date.fromisoformat(day))


@lru_cache(maxsize=COMPILED_QUESTIONS)
def _compiled(question: Question, arguments: tuple[Hashable, ...]) -> tuple[str, Mapping[str, Any]]:
    expression = question(*arguments)
    return _sql(expression), expression.schema()


def _sql(question: ibis.expr.types.Table, dialect: str = DUCKDB) -> str:
    if dialect == DUCKDB:
        return str(ibis.to_sql(question, dialect=dialect))
    from warehouse.spark import to_spark_sql

    return to_spark_sql(question)


def _as_known_on(sql: str, day: date | None) -> str:
    if day is None:
        # The same rows, found in half of the time: a version that ends is no longer current, and none begins later.
        sql = _CURRENT.sub(r'"\g<table>"."known_to" IS NULL', sql)
    return sql.replace(_day(queries.AS_KNOWN_ON), _day(day or NOW))


def _day(day: date) -> str:
    """A date as Ibis writes it for either engine."""
    return f"MAKE_DATE({day.year}, {day.month}, {day.day})"


def _typed(frame: pl.DataFrame, declared: Mapping[str, Any]) -> pl.DataFrame:
    """DuckDB sums whole numbers to 128 bits, which arrive as decimals, and truncates dates to timestamps."""
    return frame.with_columns(
        [pl.col(name).cast(pl.Int64) for name, kind in declared.items() if kind.is_integer()]
        + [pl.col(name).cast(pl.Date) for name, kind in declared.items() if kind.is_date()]
    )
