"""The parts of the page Findings."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from pages import wording
from pages import wording_findings as words
from pages.charts import findings as charts
from pages.charts.formatting import period_name
from pages.charts.timeseries import incidents_bars
from pages.components import figure
from pages.components.data import answer
from pages.components.links import incident_addresses, incident_column
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.vocabulary import Finding, Principle, Stage

MOST_LISTED = 500
"""Changed findings drawn: more than anybody reads through; a filter narrows them."""
_NONE = (queries.NO_FINDING, words.NONE)
_LABELS = Finding.labels() | dict([_NONE])
_LAW = {kind.value: kind.label for kind in Principle if kind != Principle.AVOIDABILITY}


def any_assessed(view: View) -> bool:
    """Whether any assessment of the incidents is on record, pending ones too."""
    frame = answer(queries.standing_findings, view.filters)
    return bool((frame["finding"] != queries.NO_FINDING).any())


def note(view: View) -> None:
    """How many are being assessed again."""
    pending = int(answer(queries.standing_findings, view.filters)["also_pending"].sum())
    if text := words.also_pending(pending):
        st.text(text)


def principles(view: View) -> None:
    """Findings on each principle of law."""
    _standing(view, words.PRINCIPLES_TITLE, "kind", _LAW, "principles")


def avoidability(view: View) -> None:
    """Findings on avoidability."""
    rows = {Principle.AVOIDABILITY.value: Principle.AVOIDABILITY.label}
    _standing(view, words.AVOIDABILITY_TITLE, "kind", rows, "avoidability")


def choose() -> Principle:
    """The question that the figures below are about."""
    chosen = st.segmented_control(
        words.QUESTION,
        Principle.values(),
        format_func=Principle.labels().__getitem__,
        default=Principle.DISTINCTION.value,
        required=True,
        key="question",
        bind="query-params",
        persist_state="session",
    )
    return next(kind for kind in Principle if kind == chosen)


def by_stage(view: View, question: Principle) -> None:
    """Findings on one question by the stage in which the incident is now."""
    title = words.question_title(words.STAGE_TITLE, question.label)
    _standing(view, title, "stage", Stage.labels(), "by_stage", question)


def made(view: View, question: Principle) -> None:
    """Findings on one question by the month of their day; a sentence where none has one."""
    frame = answer(queries.findings_made, view.filters).filter(kind=question.value)
    dated = frame.drop_nulls("period_start")
    rest = frame.filter(pl.col("period_start").is_null())
    is_pending = pl.col("finding") == Finding.PENDING.value
    pending, undated = (int(rest.filter(test)["findings"].sum()) for test in (is_pending, ~is_pending))
    if dated.is_empty():
        st.info(words.no_months(pending, undated))
        return
    title = wording.titled(words.question_title(words.MADE_TITLE, question.label), scope(view))
    caption = view.caption(title, words.made_subtitle(pending, undated))
    drawn = dated.select("period_start", category="finding", incidents="findings")
    months = dated.group_by("period_start").agg(pl.col("findings").sum()).sort("period_start")
    when, most = months.sort("findings", descending=True).row(0)
    alt = f"Bar chart. {title}. Most: {most} in {period_name(when, 'month')}; {pending} pending."
    numbers = frame.select(
        pl.col("period_start").dt.strftime("%Y-%m").fill_null(words.NO_MONTH).alias(words.COLUMNS["period_start"]),
        pl.col("finding").replace_strict(_LABELS).alias(words.COLUMNS["finding"]),
        pl.col("findings").alias(words.COLUMNS["findings"]),
        pl.col("incidents").alias(words.COLUMNS["incidents"]),
    )
    figure.show(
        incidents_bars(drawn, "month", caption, Finding.labels(), Finding.colours()), alt, "findings_made", numbers
    )


def changed(view: View) -> None:
    """Findings that differ from the one before, with links to the incidents."""
    st.header(words.CHANGED, anchor=False)
    found = answer(queries.changed_findings, view.filters)
    if found.is_empty():
        st.text(words.NONE_CHANGED)
        return
    shown = found.head(MOST_LISTED)
    st.text(words.CHANGED_NOTE)
    st.text(words.changed_listed(shown.height, found.height, found["incident_id"].n_unique()))
    rows = shown.with_columns(
        incident_addresses(shown),
        pl.col("before", "after").replace_strict(Finding.labels()),
        pl.col("kind").replace_strict(Principle.labels()),
        pl.col("stage").replace_strict(Stage.labels()),
    )
    columns = ("incident", "kind", "before", "before_on", "after", "after_on", "stage")
    headings = {name: words.COLUMNS[name] for name in columns}
    table(rows, headings, "changed_findings", words.CHANGED, {"incident": incident_column(headings["incident"])})


def _standing(
    view: View, title: str, column: str, rows: Mapping[str, str], key: str, question: Principle | None = None
) -> None:
    frame = answer(queries.standing_findings, view.filters)
    if question is not None:
        frame = frame.filter(kind=question.value)
    grouped = (
        frame.rename({column: "row"})
        .filter(pl.col("row").is_in(list(rows)))
        .group_by("row", "finding", maintain_order=True)
        .agg(pl.col("incidents").sum())
        .sort(pl.col("row").cast(pl.Enum(list(rows))), pl.col("finding").cast(pl.Enum(list(_LABELS))))
    )
    caption = view.caption(wording.titled(title, scope(view)), words.BARS_SUBTITLE)
    numbers = grouped.select(
        pl.col("row").replace_strict(rows).alias(words.COLUMNS["stage" if column == "stage" else "row"]),
        pl.col("finding").replace_strict(_LABELS).alias(words.COLUMNS["finding"]),
        pl.col("incidents").alias(words.COLUMNS["incidents"]),
    )
    figure.show(
        charts.standing(grouped, caption, rows, _NONE),
        charts.alt_text(grouped, rows, _NONE),
        f"findings_{key}",
        numbers,
    )
