"""What the Extract page offers: columns, links to files that are made on the click, and the same by command."""

from __future__ import annotations

import shlex
from typing import Any

import polars as pl
import streamlit as st

from pages import wording
from pages.components import download_links, shell
from pages.components.data import answer, fresh, reader
from pages.components.table import table
from pages.service.links import Link
from warehouse import extracts, queries
from warehouse.datapackage import dictionary
from warehouse.extracts import Excel, Request, excel
from warehouse.filters import Filters
from warehouse.schema import TABLE

PREVIEW_ROWS = 20
_INCIDENT = TABLE["incident"]


def choose_columns() -> tuple[str, ...]:
    """Draw the choice of columns; empty means all."""
    chosen = st.multiselect(
        wording.EXTRACT_COLUMNS,
        queries.extractable_columns(),
        format_func=lambda name: f"{_INCIDENT[name].label} ({name})",
        key="extract_columns",
        persist_state="session",
        placeholder=wording.ALL_COLUMNS,
        help=wording.EXTRACT_COLUMNS_HELP,
    )
    with st.expander(wording.COLUMN_MEANINGS):
        held = queries.extract(Filters(), tuple(chosen)).columns
        described = dictionary(_INCIDENT, [c for c in _INCIDENT.columns if c.name in held])
        st.dataframe(described, hide_index=True, placeholder="", alt=wording.COLUMN_MEANINGS)
    return tuple(chosen)


def preview(request: Request, rows: int) -> None:
    """Draw the first rows as the file holds them."""
    frame = fresh(queries.extract(request.filters, request.columns).limit(PREVIEW_ROWS))
    st.header(wording.PREVIEW, anchor=False)
    st.text(wording.preview_note(frame.height, rows, frame.width))
    st.dataframe(
        frame,
        hide_index=True,
        key="preview",
        placeholder="",
        column_config={name: _described(name) for name in frame.columns},
        alt=wording.PREVIEW,
    )


def buttons(request: Request, view: shell.View) -> None:
    """Draw a button for each format; a format that cannot hold the rows is disabled, with the reason."""
    held = extracts.counts(request, reader())
    rows = held.rows
    st.header(wording.DOWNLOAD, anchor=False)
    st.text(wording.rows_in_file(rows, synthetic=view.synthetic))
    row = st.container(horizontal=True)
    for chosen in extracts.formats_of(request.contents):
        name, media_type = extracts.download_name(request, held, view.build_id, chosen, synthetic=view.synthetic)
        link = Link(request, view.build_id, chosen, rows, name, media_type)
        download_links.draw(row, link, disabled=isinstance(chosen, Excel) and rows > excel.MAXIMUM_ROWS)
    download_links.progress()
    if rows > excel.MAXIMUM_ROWS:
        st.warning(wording.too_many_for_excel(rows, excel.MAXIMUM_ROWS))
    for line in (*wording.FILE_CONTENTS.values(), wording.MANIFEST_SAYS, wording.DISARMED):
        st.text(line)


def licence_warning() -> None:
    """Say so where rows of a source may not be passed on."""
    datasets = answer(queries.datasets)
    if forbidden := datasets.filter(~pl.col("redistributable"))["title"].to_list():
        st.warning(wording.not_redistributable(forbidden))


def licences() -> None:
    """Draw each source with its licence."""
    datasets = answer(queries.datasets)
    st.header(wording.LICENCES, anchor=False)
    words = pl.when("redistributable").then(pl.lit(wording.MAY)).otherwise(pl.lit(wording.MAY_NOT))
    shown = datasets.with_columns(redistributable=words)
    table(shown, wording.LICENCE_COLUMNS, "licences", wording.LICENCES, placeholder=wording.NOT_STATED)


def command(request: Request, *, synthetic: bool) -> str:
    """The command that writes the same rows, quoted for a shell."""
    words = ["civharm", "extract"]
    for name, values in request.filters.to_params().items():
        for value in values:
            words += ["--filter", f"{name}={value}"]
    for name in request.columns:
        words += ["--column", name]
    return shlex.join([*words, "-o", f"{'SYNTHETIC-' if synthetic else ''}incidents.csv"])


def _described(name: str) -> Any:
    """Configuration of a preview's column: as in the file, with the column's meaning as help."""
    column = _INCIDENT[name]
    if column.type == "date":
        return st.column_config.DateColumn(format="YYYY-MM-DD", help=column.description)
    return st.column_config.Column(help=column.description)
