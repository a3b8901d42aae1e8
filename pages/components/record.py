"""The parts of the page Integrity of the record."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from pages import wording
from pages import wording_record as words
from pages.components.data import answer, reader
from pages.components.links import incident_addresses, incident_column
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.extracts import flat
from warehouse.vocabulary import DataOrigin, EngagementChannel, Principle, ResponseType, Stage

MOST_LISTED = 500
"""Records drawn under a rule; the download holds all."""
_WHAT = Stage.labels() | Principle.labels() | ResponseType.labels() | EngagementChannel.labels()
"""Stage, kind of assessment, type of response or channel -> label; `other` is the same word in two of them."""


def any_checked(view: View) -> bool:
    """Whether there is a record of a review at all."""
    row = answer(queries.records_checked, view.filters).row(0, named=True)
    return any(row[name] for name in ("steps", "assessments", "responses", "engagements"))


def rules(view: View) -> None:
    """Every rule with what was found, of how many, and why it matters."""
    checked = answer(queries.records_checked, view.filters).row(0, named=True)
    with_gaps = answer(queries.incidents_with_gaps, view.filters).item()
    st.text(words.summary(with_gaps, view.totals["incidents"]))
    st.header(words.RULES_HEADING, anchor=False)
    counted = _counts(view)
    rows = [
        (words.RULES[rule][0], words.found(*counted[rule], checked[of], of), words.RULES[rule][1])
        for rule in queries.RULES
        for of in (words.CHECKED.get(rule, "steps"),)
    ]
    headings = [words.COLUMNS[name] for name in ("title", "found", "reason")]
    # A table whose cells wrap: the reasons are sentences.
    st.table(pl.DataFrame(rows, schema=headings, orient="row"), border="horizontal")


def listed(view: View) -> None:
    """The records that break the chosen rule, with links to their incidents."""
    counted = _counts(view)
    first = next((at for at, rule in enumerate(queries.RULES) if counted[rule][0]), 0)
    rule = st.selectbox(
        words.RULE,
        queries.RULES,
        index=first,
        format_func=lambda name: words.RULES[name][0],
        key="rule",
        bind="query-params",
        persist_state="session",
    )
    title, reason = words.RULES[rule]
    st.text(f"{title}. {reason}")
    found = answer(queries.gaps_of_rule, view.filters, rule, MOST_LISTED)
    if found.is_empty():
        st.text(words.RULE_NOT_BROKEN)
        return
    st.text(words.listed(found.height, counted[rule][0]))
    rows = found.with_columns(
        incident_addresses(found),
        pl.col("stage").replace_strict(Stage.labels()),
        pl.col("what").replace(_WHAT),
    )
    columns = ("incident", "what", "day", "stage", "record_id")
    headings = {name: words.COLUMNS[name] for name in columns}
    config = {"incident": incident_column(headings["incident"])}
    table(rows, headings, "gaps", title, config, placeholder=wording.NOT_STATED)


def download(view: View) -> None:
    """A button for the whole list; the file is made on the click, from the build that the page shows."""
    st.download_button(
        words.DOWNLOAD,
        data=_file(view, reader()),
        file_name=words.file_name(view.build_id, synthetic=view.synthetic),
        mime="text/csv",
        key="download_record",
        on_click="ignore",
        help=words.DOWNLOAD_HELP,
    )


def file_of(rows: pl.DataFrame, *, synthetic: bool) -> bytes:
    """Rows of `queries.record_gaps` as CSV, with each rule in words; text that looks like a formula is disarmed."""
    origin = DataOrigin.SYNTHETIC if synthetic else DataOrigin.RECORDED
    order = pl.Enum(queries.RULES)
    worded = rows.sort(pl.col("rule").cast(order), maintain_order=True).with_columns(
        title=pl.col("rule").replace_strict({rule: title for rule, (title, _) in words.RULES.items()}),
        reason=pl.col("rule").replace_strict({rule: reason for rule, (_, reason) in words.RULES.items()}),
        data_origin=pl.lit(origin.label),
    )
    return flat(worded.select(list(words.FILE_COLUMNS)).rename(words.FILE_COLUMNS)).write_csv().encode()


def _file(view: View, opened: Reader) -> Callable[[], bytes]:
    filters = view.filters
    return lambda: file_of(run(queries.record_gaps(filters), opened, filters.as_known_on), synthetic=view.synthetic)


def _counts(view: View) -> dict[str, tuple[int, int]]:
    """Rule -> (records, incidents); 0 where nothing breaks it."""
    found = {rule: (n, of) for rule, n, of in answer(queries.gap_counts, view.filters).iter_rows()}
    return {rule: found.get(rule, (0, 0)) for rule in queries.RULES}
