""" "Explain this number": what is counted, under which filter, from which rows, by which query, of which data."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import streamlit as st

from pages import wording
from pages import wording_leadership as words
from pages.components.data import answer, query
from pages.components.links import filtered
from pages.components.overview_figures import Card, Figures
from pages.components.shell import View
from warehouse import queries
from warehouse.engine import Question
from warehouse.filters import Filters
from warehouse.vocabulary import Stage


@dataclass(frozen=True)
class Explanation:
    """Where a key figure comes from.

    Attributes:
        counted: what it is, in words.
        question, arguments, columns: the question whose answer's columns the page shows.
        rows: filter that gives the incidents behind it, or a part of them; None where there are none.
        link: label of the link to these rows.
        note: what the rows are not; empty where they are exactly those behind the figure.
    """

    counted: str
    question: Question
    arguments: tuple[Hashable, ...]
    columns: tuple[str, ...]
    rows: Filters | None
    link: str
    note: str = ""


def explanation(name: str, view: View, shown: Figures) -> Explanation:
    """Of the card of this name."""
    return {
        "incidents": _incidents,
        "killed": _killed,
        "third_stage": _third_stage,
        "waiting": _waiting,
        "median_days": _median_days,
    }[name](view, shown)


def explain(card: Card, view: View, shown: Figures) -> None:
    """Draw the button that opens the explanation of a figure."""
    if st.button(words.EXPLAIN, type="tertiary", key=f"explain_{card.name}", help=words.EXPLAIN_HELP):
        st.dialog(words.explain_title(card.label, card.value), width="large")(_draw)(
            explanation(card.name, view, shown), view
        )


def _draw(explained: Explanation, view: View) -> None:
    _heading(words.COUNTED_HEADING)
    st.text(explained.counted)
    _heading(words.FILTER_HEADING)
    st.text(f"{view.filters.sentence()}.")
    _heading(words.ROWS_HEADING)
    if explained.note:
        st.text(explained.note)
    if explained.rows is None:
        st.text(words.NO_ROWS)
    else:
        filtered("incidents", explained.link, explained.rows)
    _heading(words.SOURCES_HEADING)
    for row in _datasets(view).iter_rows(named=True):
        st.text(
            wording.dataset_line(
                *(row[name] for name in ("title", "publisher", "licence", "known_on")),
                redistributable=row["redistributable"],
            )
        )
    _heading(words.QUERY_HEADING)
    st.text(words.as_shown(explained.columns))
    st.code(query(explained.question, *explained.arguments), language="sql", wrap_lines=True)


def _heading(text: str) -> None:
    st.subheader(text, anchor=False)


def _datasets(view: View) -> pl.DataFrame:
    """The data sets of the incidents under the filter."""
    present = answer(queries.counts, view.filters, "dataset_id")["category"]
    return answer(queries.datasets).filter(pl.col("dataset_id").is_in(present.implode()))


def _incidents(view: View, shown: Figures) -> Explanation:
    count = shown.harm["incidents"]
    is_dated = bool(view.filters.date_from or view.filters.date_to)
    return Explanation(
        words.incidents_explained(shown.harm["without_date"], dated=is_dated),
        queries.totals,
        (view.filters,),
        ("incidents",),
        view.filters,
        words.rows_link(count),
    )


def _killed(view: View, shown: Figures) -> Explanation:
    harm = shown.harm
    known = replace(view.filters, minimum_civilians_killed=view.filters.minimum_civilians_killed or 0)
    count = answer(queries.totals, known).item(0, "incidents")
    rest = harm["incidents"] - count
    return Explanation(
        words.killed_explained(harm["civilians_killed_unknown"], harm["events"]),
        queries.totals,
        (view.filters,),
        tuple(f"civilians_killed_{end}" for end in ("low", "high", "unknown")),
        known if count else None,
        words.known_rows_link(count),
        words.unknown_rows(rest) if rest else "",
    )


def _third_stage(view: View, shown: Figures) -> Explanation:
    stage = Stage.DEPARTMENT_RESPONSE_COORDINATION
    standing = shown.stages.get(stage.value, 0)
    return Explanation(
        words.third_stage_explained(shown.review["with_response"]),
        queries.totals,
        (view.filters,),
        ("reached_third_stage", "with_response"),
        replace(view.filters, stage=(stage.value,)) if standing else None,
        words.rows_link(standing),
        words.THIRD_STAGE_ROWS if shown.review["reached_third_stage"] else "",
    )


def _waiting(view: View, shown: Figures) -> Explanation:
    review = shown.review
    return Explanation(
        words.waiting_explained(review["overdue"], review["without_receipt"], queries.NORM_DAYS, view.as_of),
        columns=("waiting", "overdue", "without_receipt"),
        **_open(view, review["waiting"]),
    )


def _median_days(view: View, shown: Figures) -> Explanation:
    waiting = shown.review["waiting"]
    return Explanation(words.median_explained(waiting, view.as_of), columns=("median_days",), **_open(view, waiting))


def _open(view: View, waiting: int) -> dict[str, Any]:
    """What the two figures about waiting incidents share."""
    stages = tuple(s.value for s in queries.OPEN_STAGES if not view.filters.stage or s.value in view.filters.stage)
    return {
        "question": queries.open_review,
        "arguments": (view.filters, view.as_of),
        "rows": replace(view.filters, stage=stages) if waiting else None,
        "link": words.rows_link(waiting),
    }
