"""Rows of an extract page by page, each page beginning after the last key of the one before."""

from __future__ import annotations

from ibis.expr.types import Table

from warehouse.filters import Filters
from warehouse.queries.extraction import CONTENTS, extract
from warehouse.schema import TABLE


def key_column(contents: str) -> str:
    """The column that identifies a row of these contents among those known on a day."""
    return TABLE[CONTENTS[contents]].key[0]


def page(contents: str, filters: Filters, after: str | None, limit: int, with_restricted: bool) -> Table:
    """The rows of `extract` in the order of their key that follow `after`, or the first; private words are hidden."""
    key = key_column(contents)
    rows = extract(filters, (), contents, with_restricted)
    if after is not None:
        rows = rows.filter(rows[key] > after)
    return rows.order_by(key).limit(limit)
