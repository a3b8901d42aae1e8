"""Tables of the Method page."""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.components import declaration
from pages.components.table import table
from warehouse.schema import TABLES, Table
from warehouse.vocabulary import Vocabulary

_WIDTHS_PX = {"label": 220, "colour": 80, "meaning": 480, "value": 220}


def term_table(vocabulary: type[Vocabulary], section: str) -> None:
    """Draw a vocabulary: label, colour on every chart, meaning, stored value.

    Args:
        section: of the page; a vocabulary may stand in several.
    """
    headings = wording.VOCABULARY_COLUMNS
    frame = declaration.terms(vocabulary).select(list(headings)).rename(headings)
    styled = frame.to_pandas().style.map(_swatch, subset=[headings["colour"]])
    name = declaration.name_of(vocabulary)
    st.dataframe(
        styled,
        hide_index=True,
        height="content",
        key=f"{section}_{vocabulary.__name__}",
        column_config={headings[c]: st.column_config.Column(width=px) for c, px in _WIDTHS_PX.items()},
        alt=name,
    )


def vocabularies() -> None:
    """Draw every vocabulary in a box of its own, filled when it is opened: together they cost more than the page."""
    for vocabulary in declaration.vocabularies():
        label = wording.vocabulary_heading(declaration.name_of(vocabulary), declaration.meaning_of(vocabulary))
        box = st.expander(label, key=f"box_{vocabulary.__name__}", on_change="rerun")
        if box.open:
            with box:
                term_table(vocabulary, "vocabulary")
                if users := declaration.users_of(vocabulary):
                    st.text(wording.used_by(users))


def dictionaries() -> None:
    """Draw the data dictionary of every table in a box of its own, filled when it is opened."""
    for declared in TABLES:
        label = wording.table_heading(declared.name, declared.row_is)
        box = st.expander(label, key=f"table_{declared.name}", on_change="rerun")
        if box.open:
            with box:
                _dictionary(declared)


def search(text: str) -> None:
    """Draw the terms and columns that a text finds."""
    hits = declaration.found(text)
    if hits.is_empty():
        st.text(wording.NO_TERM)
    else:
        table(hits, wording.TERM_COLUMNS, "found", wording.SEARCH_TERMS)


def _dictionary(declared: Table) -> None:
    config = {"required": st.column_config.CheckboxColumn(wording.DICTIONARY_COLUMNS["required"])}
    table(
        declaration.described(declared),
        wording.DICTIONARY_COLUMNS,
        f"dictionary_{declared.name}",
        declared.name,
        config,
        placeholder="",
    )


def _swatch(colour: str) -> str:
    return f"background-color: {colour}; color: {'white' if declaration.is_dark(colour) else 'black'}"
