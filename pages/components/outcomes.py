"""What became of incidents: the flow from source to response, and outcomes by source."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
import streamlit as st

from pages import wording_outcomes as words
from pages.charts import intervals
from pages.charts.formatting import share
from pages.charts.intervals import Share
from pages.charts.sankey import Layer, alt, links, nodes, sankey
from pages.charts.sources import outcome_bars
from pages.components import figure
from pages.components.data import answer
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.proportions import difference, wilson
from warehouse.vocabulary import BLUE, GREEN, GREY, ORANGE, PURPLE, Finding, ResponseStatus, SourceType, Stage

LEAST_COMPARED = 20
"""Of fewer incidents a share has an interval of 40 points and more: nothing to compare."""

_SILENT = {queries.NO_RECORD: GREY}
_SEVERAL = {queries.WITH_GOVERNMENT: "#7A3E9D", queries.WITHOUT_GOVERNMENT: "#A08C7D"}
_COLOURS = {
    "source": SourceType.colours() | _SEVERAL,
    "stage_reached": Stage.colours(),
    "finding": Finding.colours() | {queries.NO_FINDING: "#B3B3B3"} | _SILENT,
    "response": ResponseStatus.colours() | {queries.NO_RESPONSE: ORANGE} | _SILENT,
    "closed": {queries.CLOSED: PURPLE, queries.NOT_CLOSED: BLUE} | _SILENT,
}
_LABELS = {
    "source": words.SOURCES,
    "stage_reached": words.STAGES,
    "finding": words.FINDINGS,
    "response": words.RESPONSES,
    "closed": words.CLOSED,
}
LAYERS = [Layer(column, title, _LABELS[column], _COLOURS[column]) for column, title in words.LAYERS.items()]
_STAGE_2, _STAGE_3 = Stage.POLICY_IMPACT_ASSESSMENT.value, Stage.DEPARTMENT_RESPONSE_COORDINATION.value
MEASURES: dict[str, tuple[str, frozenset[str]]] = {
    "second_stage": ("stage_reached", frozenset({_STAGE_2, _STAGE_3})),
    "third_stage": ("stage_reached", frozenset({_STAGE_3})),
    "violation": ("finding", frozenset({Finding.LIKELY_VIOLATION.value, Finding.POSSIBLE_VIOLATION.value})),
    "response": ("response", frozenset(s.value for s in ResponseStatus) - {ResponseStatus.DECLINED.value}),
    "closed": ("closed", frozenset({queries.CLOSED})),
}
"""Measure -> the outcome that it is a share of, and the categories that count."""


def flow(view: View) -> None:
    """The Sankey figure, beside it the incidents at each step."""
    frame = answer(queries.courses, view.filters, view.as_of)
    title = f"{words.FLOW_TITLE}: {scope(view)}"
    caption = view.caption(title, words.flow_subtitle(view.filters.sentence(), view.as_of))
    left, right = st.columns([7, 5])
    with left:
        figure.show(sankey(frame, LAYERS, caption), alt(frame, LAYERS), "courses", _ribbons(frame))
    with right:
        widths = {"layer": 80, "label": 190, "incidents": 80}
        config = {name: st.column_config.Column(words.NODE_COLUMNS[name], width=px) for name, px in widths.items()}
        table(_steps(frame), words.NODE_COLUMNS, "course_steps", words.NODES, config)
    later = answer(queries.dated_later, view.filters, view.as_of).item(0, "steps")
    for note in words.flow_notes(view.as_of, later):
        st.text(note)


def _labelled(column: str, value: str) -> str:
    return f"{words.LAYERS[column]}: {_LABELS[column][value]}"


def _ribbons(frame: pl.DataFrame) -> pl.DataFrame:
    rows = links(frame, LAYERS).iter_rows()
    named = [(_labelled(a, x), _labelled(b, y), n) for a, x, b, y, n in rows]
    return pl.DataFrame(named, list(words.FLOW_COLUMNS.values()), orient="row")


def _steps(frame: pl.DataFrame) -> pl.DataFrame:
    rows = [(words.LAYERS[column], _LABELS[column][value], n) for column, value, n in nodes(frame, LAYERS).iter_rows()]
    return pl.DataFrame(rows, list(words.NODE_COLUMNS), orient="row")


def by_source(view: View) -> None:
    """One outcome by type of source: all its categories, and the share of a part of them with intervals."""
    st.header(words.BY_SOURCE, anchor=False)
    measure = st.segmented_control(
        words.COMPARED,
        list(words.MEASURES),
        format_func=words.MEASURES.__getitem__,
        default="third_stage",
        required=True,
        key="measure_of_outcome",
        bind="query-params",
        persist_state="session",
    )
    outcome, counting = MEASURES[str(measure)]
    groups = _became(answer(queries.courses, view.filters, view.as_of), "has_government", outcome)
    types = _became(answer(queries.courses_by_source_type, view.filters, view.as_of), "source_type", outcome)
    left, right = st.columns(2)
    with left:
        _shares(view, str(measure), groups, types, counting)
    with right:
        _categories(view, outcome, types)
    first, second = (_row("", groups.filter(has_government=has), counting, BLUE) for has in (True, False))
    if min(first.whole, second.whole) < LEAST_COMPARED:
        st.text(words.not_compared(first.whole, second.whole, LEAST_COMPARED))
    else:
        gap = difference((first.part, first.whole), (second.part, second.whole))
        st.text(words.compared(str(measure), *gap))
    st.text(words.CAUTION)


def _shares(view: View, measure: str, groups: pl.DataFrame, types: pl.DataFrame, counting: frozenset[str]) -> None:
    labels = SourceType.labels()
    present = types.group_by("source_type").agg(pl.col("incidents").sum())
    is_unknown = pl.col("source_type") == SourceType.UNKNOWN.value
    ordered = present.sort(is_unknown, -pl.col("incidents"), "source_type")["source_type"]
    parts = [
        (words.WITH_GOVERNMENT, groups.filter(has_government=True), GREEN),
        (words.WITHOUT_GOVERNMENT, groups.filter(has_government=False), GREEN),
        *((labels[kind], types.filter(source_type=kind), GREY if kind == "unknown" else BLUE) for kind in ordered),
    ]
    rows = [_row(label, part, counting, colour) for label, part, colour in parts]
    title = words.shares_title(measure, scope(view))
    caption = view.caption(title, words.shares_subtitle(measure))
    numbers = pl.DataFrame(
        [
            (row.label, row.part, row.whole, row.words, _silent(part))
            for row, (_, part, _) in zip(rows, parts, strict=True)
        ],
        list(words.SHARE_COLUMNS.values()),
        orient="row",
    )
    figure.show(intervals.share_rows(rows, caption), intervals.alt(title, rows), "outcome_shares", numbers)


def _categories(view: View, outcome: str, types: pl.DataFrame) -> None:
    names, labels = SourceType.labels(), _LABELS[outcome]
    title = f"{words.OUTCOME_TITLES[outcome]}: {scope(view)}"
    caption = view.caption(title, words.outcome_subtitle(view.filters.sentence()))
    whole = types.with_columns(whole=pl.col("incidents").sum().over("source_type")).sort(
        pl.col("source_type").cast(pl.Enum(list(names))), pl.col("category").cast(pl.Enum(list(labels)))
    )
    rows = [
        (names[kind], labels[category], n, share(n, all_))
        for kind, category, n, all_ in whole.select("source_type", "category", "incidents", "whole").iter_rows()
    ]
    numbers = pl.DataFrame(rows, list(words.OUTCOME_COLUMNS.values()), orient="row")
    counts = whole.unique("source_type", maintain_order=True).select("source_type", "whole").iter_rows()
    figure.show(
        outcome_bars(types, caption, names, labels, _COLOURS[outcome]),
        words.alt_outcome(title, [(names[kind], n) for kind, n in counts]),
        "outcome_categories",
        numbers,
    )


def _became(courses: pl.DataFrame, source: str, outcome: str) -> pl.DataFrame:
    """`source`, `category` (the outcome's values), `incidents`."""
    return courses.group_by(source, category=outcome).agg(pl.col("incidents").sum())


def _row(label: str, counts: pl.DataFrame, counting: Iterable[str], colour: str) -> Share:
    """How many of the incidents with a review record count, with the interval."""
    known = counts.filter(pl.col("category") != queries.NO_RECORD)
    whole = int(known["incidents"].sum())
    part = int(known.filter(pl.col("category").is_in(list(counting)))["incidents"].sum())
    return Share(label, part, whole, wilson(part, whole) if whole else None, colour)


def _silent(counts: pl.DataFrame) -> int:
    return int(counts.filter(category=queries.NO_RECORD)["incidents"].sum())
