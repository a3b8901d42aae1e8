"""Answers to the warehouse's questions, cached by build.

A page run reads one build from start to end: the router takes the reader once. Only small answers are cached; rows that
a reader scrolls through are asked for page by page.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from pages.components import settings
from warehouse import connection
from warehouse.connection import Reader
from warehouse.engine import ask, asked_sql, run

CACHED_ANSWERS = 2_000
"""Most answers kept; each is a few kilobytes, so about 20 MB."""

KEPT = 5
"""Most frames made from answers that are kept, each up to some ten megabytes."""

_READER = "_reader"
_AS_KNOWN_ON = "_as_known_on"


def open_reader() -> Reader:
    """Take the current build for this run of the page.

    Raises:
        WarehouseError: there is no warehouse, or it cannot be read.
    """
    reader = connection.reader(settings.warehouse_folder())
    st.session_state[_READER] = reader
    as_known_on(None)
    return reader


def as_known_on(day: date | None) -> None:
    """Answer what was known on this day from here on in this run; None: what is current."""
    st.session_state[_AS_KNOWN_ON] = day


def reader() -> Reader:
    """The build that this run reads."""
    opened: Reader = st.session_state[_READER]
    return opened


def answer(question: Callable[..., Any], *arguments: Any) -> pl.DataFrame:
    """The answer to a question of `warehouse.queries`, from the cache if this build was asked before.

    Args:
        question: the function.
        arguments: its arguments; each must be hashable by value (Filters, text, dates, numbers).
    """
    return _remembered(
        reader().memory.answers, CACHED_ANSWERS, lambda: asked(question, *arguments), question, *arguments
    )


def kept(make: Callable[..., pl.DataFrame], *arguments: Any) -> pl.DataFrame:
    """`make(*arguments)`, which is made from answers alone and takes long: for this build and day of knowledge once."""
    return _remembered(reader().memory.kept, KEPT, lambda: make(*arguments), make, *arguments)


def query(question: Callable[..., Any], *arguments: Any) -> str:
    """The SQL that gives the answer to a question of `warehouse.queries` in this run."""
    return asked_sql(question, arguments, st.session_state[_AS_KNOWN_ON])


def asked(question: Callable[..., Any], *arguments: Any) -> pl.DataFrame:
    """The same as `answer`, not cached: for pages of rows and other large answers."""
    return ask(question, arguments, reader(), st.session_state[_AS_KNOWN_ON])


def fresh(question: Any) -> pl.DataFrame:
    """The answer to an expression, not cached; it is compiled each time, which `asked` saves."""
    return run(question, reader(), st.session_state[_AS_KNOWN_ON])


def _remembered(
    known: OrderedDict[Any, pl.DataFrame], most: int, make: Callable[[], pl.DataFrame], *key: Any
) -> pl.DataFrame:
    """What was made before under this key and day of knowledge, or is made now; the last `most` that were used stay."""
    lock, key = reader().memory.lock, (*key, st.session_state[_AS_KNOWN_ON])
    with lock:
        if (found := known.get(key)) is not None:
            known.move_to_end(key)
            return found
    found = make()
    with lock:
        known[key] = found
        while len(known) > most:
            known.popitem(last=False)
    return found
