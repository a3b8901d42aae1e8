"""What incidents are compared by: the most frequent values of a column, the others together, unknown ones last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from pages.charts.style import OTHER_COLOUR, Category, categorise, is_unknown, palette
from pages.components.data import answer
from pages.components.shell import View
from warehouse import queries
from warehouse.filters import MULTIPLE
from warehouse.schema import TABLE

DIMENSIONS = ("country", "source_type", "harm_status", "weapon_system", "us_origin_confidence")
"""Columns of the incident that the review is compared by."""


@dataclass(frozen=True)
class Grouping:
    """A comparison.

    Attributes:
        by: a column of the incident.
        named: the values that stand for themselves, for `queries.stays` and `queries.progress`.
        categories: all of them in order: named ones, the others together, unknown ones.
        known: values of `categories` that say something about an incident, the others together left out.
    """

    by: str
    named: tuple[str, ...]
    categories: tuple[Category, ...]
    known: tuple[str, ...]


def grouping(view: View, by: str, most: int) -> Grouping:
    """The comparison by a column, for the incidents under the filter; at most so many values are named."""
    counts = answer(queries.counts, view.filters, by).select("category", "incidents")
    labels = dict(MULTIPLE[by][1]())
    vocabulary = TABLE["incident"][by].vocabulary
    # Countries take their colours from all countries of the data, so that a filter changes none.
    colours = vocabulary.colours() if vocabulary else palette(answer(queries.distinct_values, by)["value"].to_list())
    grey = [value for value in counts["category"] if is_unknown(value, colours)]
    known = counts.filter(~pl.col("category").is_in(grey))
    # The rest must be several: one value has a name.
    most += known.height == most + 1
    first, rest = known.head(most), known.slice(most)
    _, categories = categorise(pl.concat([first, counts.filter(pl.col("category").is_in(grey))]), labels, colours)
    if rest.height:
        other = Category(queries.OTHER_CATEGORIES, f"Other ({rest.height})", OTHER_COLOUR)
        place = len(categories) - len(grey)
        categories = [*categories[:place], other, *categories[place:]]
    return Grouping(
        by=by,
        named=tuple(sorted([*first["category"], *grey])),
        categories=tuple(categories),
        known=tuple(category.value for category in categories if category.value in set(first["category"])),
    )


def choice(key: str, label: str, options: Sequence[str], labels: Mapping[str, str], *, index: int = 0) -> str:
    """A choice that is kept in the address beside the filters."""
    chosen = st.selectbox(
        label,
        list(options),
        index=index,
        format_func=lambda value: labels[value],
        key=key,
        bind="query-params",
        persist_state="session",
        width=330,
    )
    return str(chosen)
