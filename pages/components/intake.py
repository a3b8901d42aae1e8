"""What went into the build: sources, files, refused rows, and the builds before."""

from __future__ import annotations

from datetime import datetime
from math import ceil

import polars as pl
import streamlit as st

from pages import wording
from pages.components.data import answer, fresh, reader
from pages.components.shell import View
from pages.components.table import table
from warehouse import publish, queries

QUARANTINE_ROWS = 50
"""Refused rows on one page."""


def history(view: View) -> None:
    """Draw the counts of every build on record."""
    folder = reader().folder
    kept = {record.build_id for record in publish.kept(folder)}

    def state(build_id: str) -> str:
        if build_id == view.build_id:
            return wording.STATE_CURRENT
        return wording.STATE_KEPT if build_id in kept else wording.STATE_GONE

    frame = pl.DataFrame(
        [
            {
                "build": record.build_id,
                "built": datetime.fromisoformat(record.built_at).replace(tzinfo=None),
                "state": state(record.build_id),
                "incidents": record.row_counts.get("incident"),
                "quarantined": record.quarantined,
                **{outcome: record.expectations[outcome] for outcome in wording.OUTCOMES},
                "code": record.code_version,
            }
            for record in publish.records(folder)
        ]
    )
    st.header(wording.HISTORY, anchor=False)
    st.text(wording.history_note(publish.KEPT_BUILDS))
    table(frame, wording.HISTORY_COLUMNS, "history", wording.HISTORY)


def sources() -> None:
    """Draw for each source what was read, loaded and refused, and of which day it is; then the files."""
    datasets, build = answer(queries.datasets), answer(queries.build).row(0, named=True)
    st.header(wording.SOURCES, anchor=False)
    st.text(wording.built(build["built_at"], build["code_version"]))
    table(datasets, wording.SOURCE_COLUMNS, "sources", wording.SOURCES)
    wrong = datasets.filter(pl.col("rows_read") != pl.col("rows_loaded") + pl.col("rows_quarantined"))
    if wrong.height:
        st.error(wording.does_not_add_up(wrong["title"].to_list()))
    else:
        st.text(wording.adds_up(*(int(datasets[f"rows_{part}"].sum()) for part in ("read", "loaded", "quarantined"))))
    with st.expander(wording.INPUT_FILES):
        table(answer(queries.input_files), wording.FILE_COLUMNS, "input_files", wording.INPUT_FILES)


def quarantine() -> None:
    """Draw the refused rows, by data set and broken rule, one page at a time."""
    counts = answer(queries.quarantine_counts)
    st.header(wording.QUARANTINE, anchor=False)
    st.text(wording.QUARANTINE_NOTE)
    if counts.is_empty():
        st.text(wording.QUARANTINE_EMPTY)
        return
    left, right = st.columns(2)
    dataset_id = _choice(left, wording.DATA_SET, counts["dataset_id"], "quarantine_dataset")
    rule = _choice(right, wording.BROKEN_RULE, counts["rule"], "quarantine_rule")
    chosen = counts.filter(
        pl.lit(dataset_id is None) | (pl.col("dataset_id") == pl.lit(dataset_id)),
        pl.lit(rule is None) | (pl.col("rule") == pl.lit(rule)),
    )
    total = int(chosen["rows"].sum())
    if not total:
        st.text(wording.QUARANTINE_NOTHING)
        return
    pages = ceil(total / QUARANTINE_ROWS)
    # A key of its own for each choice, so that a page number never points beyond the chosen rows.
    page = st.pagination(pages, key=f"quarantine_page_{dataset_id}_{rule}") if pages > 1 else 1
    first = (page - 1) * QUARANTINE_ROWS
    rows = fresh(queries.quarantined(dataset_id, rule, QUARANTINE_ROWS, first))
    st.text(wording.quarantine_page(first + 1, first + rows.height, total))
    table(rows, wording.QUARANTINE_COLUMNS, "quarantine_rows", wording.QUARANTINE)


def _choice(where: object, label: str, values: pl.Series, key: str) -> str | None:
    """A choice of one of the values, or of all of them (None)."""
    options = [None, *values.unique().sort().to_list()]
    return where.selectbox(  # type: ignore[attr-defined,no-any-return]
        label, options, format_func=lambda value: wording.EVERY if value is None else value, key=key
    )
