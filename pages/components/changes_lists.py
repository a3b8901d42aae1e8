"""The lists of the page What changed: each change with a link to its incident."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from pages import wording
from pages import wording_changes as words
from pages.charts.formatting import casualty_range, date_range
from pages.components import incident_link
from pages.components.incident_table import address
from pages.components.links import incident_addresses, incident_column
from pages.components.table import table
from warehouse import vocabulary as v
from warehouse.changes import Changes, What
from warehouse.revision_texts import casualties as casualty_text

_COLUMNS = {
    "steps": ("kind", "from_stage", "to_stage", "occurred_on", "waiting_on", "place"),
    "findings": ("assessed_as", "finding_before", "finding", "assessed_on", "place"),
    "responses": ("response_type", "status_before", "status", "recommended_on", "decided_on", "target", "place"),
    "engagements": ("kind", "post", "counterpart", "held_on", "outcome", "place"),
    "added": ("date", "place", "killed", "stage", "known_from"),
    "casualties": ("harm", "before", "after", "kind", "known_from", "place"),
    "retracted": ("date", "place", "killed", "stage", "known_to"),
}
"""Lists in the order of the page, each with its columns behind the link to the incident."""
_TOTALS = {
    "steps": (What.STEP,),
    "findings": (What.FINDING,),
    "responses": (What.RESPONSE,),
    "engagements": (What.ENGAGEMENT,),
    "added": (What.ADDED,),
    "casualties": (What.KILLED, What.INJURED),
    "retracted": (What.RETRACTED,),
}
_WIDTHS_PX = {"from_stage": 230, "to_stage": 230, "assessed_as": 130, "finding": 190, "finding_before": 140,
              "response_type": 190, "waiting_on": 200, "outcome": 260, "post": 190, "counterpart": 190}  # fmt: skip


def lists(found: Changes) -> None:
    """Every list that is not empty."""
    for name, columns in _COLUMNS.items():
        rows: pl.DataFrame = getattr(found, name)
        if rows.is_empty():
            continue
        st.header(words.HEADINGS[name], anchor=False)
        total = sum(found.rows(what) for what in _TOTALS[name])
        st.text(words.listed_of(rows.height, total, words.UNITS[name]))
        written = _WRITTEN[name](rows) if name in _WRITTEN else rows
        shown = written.with_columns(pl.col("place").fill_null(wording.UNKNOWN), _addresses(name, rows, found))
        if "kind" in columns:
            shown = shown.with_columns(pl.col("kind").replace_strict(words.KINDS))
        headings = {column: words.COLUMNS[column] for column in ("incident", *columns)}
        widths = {c: st.column_config.Column(headings[c], width=_WIDTHS_PX[c]) for c in columns if c in _WIDTHS_PX}
        config = {"incident": incident_column(headings["incident"]), **widths}
        table(shown, headings, name, words.HEADINGS[name], config, placeholder=words.NOT_STATED)


def _addresses(name: str, rows: pl.DataFrame, found: Changes) -> pl.Series:
    if name != "retracted":
        return incident_addresses(rows)
    # The page of a retracted incident shows it only as it was known before.
    kept = [(key, value) for key, value in incident_link.filter_parameters() if key != "as_known_on"]
    kept.append(("as_known_on", str(found.before)))
    codes = rows.select("incident_id", "public_code").iter_rows()
    return pl.Series("incident", [address(i, code, kept) for i, code in codes], dtype=pl.String)


def _incidents(rows: pl.DataFrame) -> pl.DataFrame:
    dates = rows.select("date_start", "date_end", "date_precision").iter_rows()
    killed = rows.select(f"civilians_killed_{part}" for part in ("low", "best", "high")).iter_rows()
    return rows.with_columns(
        pl.Series("date", [date_range(*d) for d in dates], dtype=pl.String),
        pl.Series("killed", [casualty_range(*k) for k in killed], dtype=pl.String),
        _label("stage", v.Stage),
    )


def _steps(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(_label("from_stage", v.Stage).fill_null(words.NONE_BEFORE), _label("to_stage", v.Stage))


def _findings(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        _label("assessed_as", v.Principle),
        _label("finding_before", v.Finding).fill_null(words.NONE_BEFORE),
        _label("finding", v.Finding),
    )


def _responses(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        _label("response_type", v.ResponseType),
        _label("target", v.ResponseTarget),
        _label("status_before", v.ResponseStatus).fill_null(words.NONE_BEFORE),
        _label("status", v.ResponseStatus),
    )


def _casualties(rows: pl.DataFrame) -> pl.DataFrame:
    before, after = ([pl.col(f"{part}{end}") for part in ("low", "best", "high")] for end in ("_before", ""))
    return rows.with_columns(
        _label("harm", v.Harm),
        before=casualty_text(*before).fill_null(wording.UNKNOWN),
        after=casualty_text(*after).fill_null(wording.UNKNOWN),
    )


def _label(column: str, vocabulary: type[v.Vocabulary]) -> pl.Expr:
    return pl.col(column).replace_strict(vocabulary.labels())


_WRITTEN: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "steps": _steps,
    "findings": _findings,
    "responses": _responses,
    "added": _incidents,
    "casualties": _casualties,
    "retracted": _incidents,
}
"""List -> how its values are written for people."""
