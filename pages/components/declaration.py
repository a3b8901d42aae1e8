"""The declaration as tables for people: vocabularies, columns, radii. Nothing here states a fact of its own."""

from __future__ import annotations

import inspect
import re

import polars as pl

from pages import wording
from pages.charts.formatting import number
from warehouse import vocabulary as v
from warehouse.datapackage import dictionary
from warehouse.schema import TABLES, Column, Table
from warehouse.text import fold, fold_text


def vocabularies() -> list[type[v.Vocabulary]]:
    """All vocabularies, in the order of their declaration."""
    found = [c for c in vars(v).values() if isinstance(c, type) and issubclass(c, v.Vocabulary)]
    return [c for c in found if c is not v.Vocabulary]


def name_of(vocabulary: type[v.Vocabulary]) -> str:
    """Name for people: the label of the column of that name, else the class name in words."""
    words = re.findall(r"[A-Z][a-z]+", vocabulary.__name__)
    column = "_".join(words).lower()
    labels = (t[column].label for t in TABLES if column in t.column_names and t[column].vocabulary is vocabulary)
    return next(labels, " ".join(words).capitalize())


def meaning_of(vocabulary: type[v.Vocabulary]) -> str:
    """What it is about."""
    return inspect.cleandoc(vocabulary.__doc__ or "")


def users_of(vocabulary: type[v.Vocabulary]) -> list[str]:
    """Columns that hold its values, as "table.column"."""
    return [f"{t.name}.{c.name}" for t in TABLES for c in t.columns if c.vocabulary is vocabulary]


def terms(vocabulary: type[v.Vocabulary]) -> pl.DataFrame:
    """Columns: value, label, meaning, colour; a row for each value in display order."""
    return pl.DataFrame(
        [(m.value, m.label, m.meaning, m.colour) for m in vocabulary],
        schema=["value", "label", "meaning", "colour"],
        orient="row",
    )


def precisions() -> pl.DataFrame:
    """Columns: label, meaning, radius (in words), drawn (how the map draws it)."""
    rows = []
    for precision in v.GeoPrecision:
        metres = v.RADIUS_M[precision]
        radius = wording.UNKNOWN if metres is None else f"{number(metres)} m"
        if metres is None:
            drawn = wording.DRAWN_UNKNOWN
        else:
            drawn = wording.DRAWN_POINT if metres < v.COARSE_FROM_M else wording.DRAWN_CIRCLE
        rows.append((precision.label, precision.meaning, radius, drawn))
    return pl.DataFrame(rows, schema=list(wording.PRECISION_COLUMNS), orient="row")


def munitions_list() -> pl.DataFrame:
    """Columns: category, title."""
    return pl.DataFrame(list(v.USML_CATEGORIES.items()), schema=list(wording.USML_COLUMNS), orient="row")


def described(table: Table) -> pl.DataFrame:
    """The data dictionary of a table, and whether the app shows the column."""
    return dictionary(table).with_columns(pl.Series("flags", [_shown(c) for c in table.columns]))


def found(text: str) -> pl.DataFrame:
    """Terms and columns that have every word, accents and case folded. Columns: where, name, label, meaning."""
    rows = [(name_of(c), m.value, m.label, m.meaning) for c in vocabularies() for m in c]
    rows += [(t.name, c.name, c.label, c.description) for t in TABLES for c in t.columns]
    rows += [(wording.USML, category, category, title) for category, title in v.USML_CATEGORIES.items()]
    frame = pl.DataFrame(rows, schema=list(wording.TERM_COLUMNS), orient="row")
    folded = fold(pl.concat_str(pl.all(), separator=" "))
    return frame.filter(folded.str.contains(word, literal=True) for word in fold_text(text).split())


def _shown(column: Column) -> str:
    if column.restricted:
        return wording.SHOWN_NEVER
    return wording.SHOWN_PUBLIC if column.private_content else wording.SHOWN_ALWAYS


def is_dark(colour: str) -> bool:
    """Whether white text reads better on a colour ("#0072B2") than black (relative luminance, WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return bool(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < 0.179)
