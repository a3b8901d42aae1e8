"""What the Extract page offers: contents, columns, links to files that are made on the click, the same by command."""

from __future__ import annotations

import shlex
from typing import Any

import polars as pl
import streamlit as st

from pages import wording
from pages import wording_extract as words
from pages.components import download_links, settings, shell
from pages.components.data import answer, asked
from pages.components.table import table
from pages.service.links import Link
from warehouse import extracts, queries
from warehouse.datapackage import dictionary
from warehouse.extracts import ALL, CONTENTS, Counts, Excel, Request, excel
from warehouse.filters import Filters
from warehouse.schema import TABLE, Column

PREVIEW_ROWS = 20


def choose(filters: Filters) -> Request:
    """Draw the choice of contents, columns and restricted sources."""
    contents = st.selectbox(
        words.CONTENTS,
        CONTENTS,
        format_func=words.CONTENTS_LABELS.__getitem__,
        key="extract_contents",
        persist_state="session",
        help=words.CONTENTS_HELP,
    )
    with_restricted = bool(_restricted()) and st.toggle(
        words.WITH_RESTRICTED, key="extract_restricted", persist_state="session", help=words.WITH_RESTRICTED_HELP
    )
    columns = () if contents == ALL else _columns(contents)
    return Request(filters, columns, contents, with_restricted, settings.shows_private())


def _columns(contents: str) -> tuple[str, ...]:
    """Draw the choice of columns; empty means all."""
    table_of_rows = TABLE[queries.CONTENTS[contents]]
    chosen = st.multiselect(
        words.COLUMNS,
        queries.extractable_columns(contents),
        format_func=lambda name: f"{table_of_rows[name].label} ({name})",
        # Each kind of rows has columns of its own.
        key="extract_columns" if contents == "incidents" else f"extract_columns_{contents}",
        persist_state="session",
        placeholder=words.ALL_COLUMNS,
        help=words.COLUMNS_HELP,
    )
    box = st.expander(words.COLUMN_MEANINGS, key="column_meanings", on_change="rerun")
    if box.open:
        held = queries.extract(Filters(), tuple(chosen), contents).columns
        described = dictionary(table_of_rows, [c for c in table_of_rows.columns if c.name in held])
        box.dataframe(described, hide_index=True, placeholder="", alt=words.COLUMN_MEANINGS)
    return tuple(chosen)


def preview(request: Request, rows: int) -> None:
    """Draw the first rows as the file holds them; a data package has none."""
    if request.contents == ALL or not rows:
        return
    what = (request.columns, request.contents, request.with_restricted, request.show_private)
    frame = asked(queries.extract_first, request.filters, PREVIEW_ROWS, *what)
    st.header(words.PREVIEW, anchor=False)
    st.text(words.preview_note(frame.height, rows, frame.width))
    st.dataframe(
        frame,
        hide_index=True,
        key="preview",
        placeholder="",
        column_config={name: _described(TABLE[queries.CONTENTS[request.contents]][name]) for name in frame.columns},
        alt=words.PREVIEW,
    )


def buttons(request: Request, held: Counts, view: shell.View) -> None:
    """Draw a button for each format; a format that cannot hold the rows is disabled, with the reason."""
    st.header(wording.DOWNLOAD, anchor=False)
    st.text(words.rows_in_file(held.rows, request.contents, synthetic=view.synthetic))
    if held.left_out:
        st.text(words.left_out(held.left_out))
    if held.without_coordinates and request.contents == "incidents":
        st.text(words.without_coordinates(held.without_coordinates))
    if not held.rows:
        st.info(words.NO_ROWS)
        return
    too_many = held.rows > excel.MAXIMUM_ROWS
    offered = extracts.formats_of(request.contents)
    with st.container(horizontal=True):
        for chosen in offered:
            name, media_type = extracts.download_name(request, held, view.build_id, chosen, synthetic=view.synthetic)
            link = Link(request, view.build_id, chosen, held.rows, name, media_type)
            download_links.draw(link, disabled=isinstance(chosen, Excel) and too_many)
    download_links.progress()
    if too_many and request.contents != ALL:
        st.warning(words.too_many_for_excel(held.rows, excel.MAXIMUM_ROWS))
    for line in (*(words.FILE_CONTENTS[chosen.suffix] for chosen in offered), words.MANIFEST_SAYS, words.DISARMED):
        st.text(line)


def licence_warning(request: Request) -> None:
    """Say so where the files hold rows that may not be passed on."""
    if request.with_restricted and (forbidden := _restricted()):
        st.warning(wording.not_redistributable(forbidden))


def _restricted() -> list[str]:
    datasets = answer(queries.datasets)
    return datasets.filter(~pl.col("redistributable"))["title"].to_list()


def licences() -> None:
    """Draw each source with its licence."""
    datasets = answer(queries.datasets)
    st.header(words.LICENCES, anchor=False)
    may = pl.when("redistributable").then(pl.lit(wording.MAY)).otherwise(pl.lit(wording.MAY_NOT))
    shown = datasets.with_columns(redistributable=may)
    table(shown, words.LICENCE_COLUMNS, "licences", words.LICENCES, placeholder=wording.NOT_STATED)


def command(request: Request, *, synthetic: bool) -> str:
    """The command that writes the same rows, quoted for a shell."""
    line = ["civharm", "extract"]
    if request.contents != "incidents":
        line += ["--contents", request.contents]
    for name, values in request.filters.to_params().items():
        for value in values:
            line += ["--filter", f"{name}={value}"]
    for name in request.columns:
        line += ["--column", name]
    if request.with_restricted:
        line.append("--with-restricted")
    suffix = ".zip" if request.contents == ALL else ".csv"
    return shlex.join([*line, "-o", f"{'SYNTHETIC-' if synthetic else ''}{request.contents}{suffix}"])


def _described(column: Column) -> Any:
    """Configuration of a preview's column: as in the file, with the column's meaning as help."""
    if column.type == "date":
        return st.column_config.DateColumn(format="YYYY-MM-DD", help=column.description)
    return st.column_config.Column(help=column.description)
