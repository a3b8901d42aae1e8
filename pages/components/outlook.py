"""The outlook of the backlog: the reader's choices, the band or the reason for none, staffing, paces by stage."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import streamlit as st

from pages import wording
from pages import wording_outlook as words
from pages.charts import outlook as charts
from pages.components import figure
from pages.components.data import answer
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from warehouse import outlook, queries
from warehouse.flow import months_before, per_month, stage_paces, standing_now, whole_months, window_of
from warehouse.outlook import Window
from warehouse.vocabulary import Stage

DEFAULT_WINDOW_MONTHS = 12
"""A year holds every season once."""
MOST_REVIEWERS, MOST_CASES = 200, 10.0
SELECTING = ("stage", "date_from", "date_to")
"""Filters that pick incidents by what the rates are about."""
Blocked = list[tuple[str, int]]


@dataclass(frozen=True)
class Choices:
    """What the reader chose; `cases` a month are closed by each of the `reviewers` where the closings are assumed."""

    months: int
    is_assumed: bool
    reviewers: int
    cases: float


def show(view: View, moves: pl.DataFrame) -> None:
    """Everything below the two figures of the past."""
    st.header(words.OUTLOOK, anchor=False)
    if selecting := [name for name in SELECTING if getattr(view.filters, name)]:
        st.info(words.refused_filter(selecting))
        return
    months = _window()
    standing = standing_now(moves)
    backlog = sum(n for stage, n in standing.items() if stage != Stage.CLOSED.value)
    window = window_of(moves, months, backlog)
    paces = stage_paces(moves, months, standing)
    blocked = [
        (Stage.labels()[stage], n)
        for stage, onward, n in paces.select("stage", "onward", "standing").iter_rows()
        if n and not onward
    ]
    choices = _staffing(months, window)
    first_step = answer(queries.review_record, view.as_of).item()
    no_arrivals = outlook.refuse_arrivals(window, whole_months(first_step, view.as_of))
    refusal = no_arrivals or outlook.refuse_closings(window)
    if refusal:
        st.warning(words.refused(refusal, months, view.as_of, blocked))
    if not refusal or (choices.is_assumed and not no_arrivals):
        _band(view, moves, window, choices)
    elif not no_arrivals:
        st.text(words.BY_HAND_INSTEAD)
    _paces(view, months, paces, blocked)
    st.header(words.ASSUMPTIONS, anchor=False)
    st.markdown(wording.bullets(words.assumptions(months)))


def _window() -> int:
    chosen = st.segmented_control(
        words.WINDOW,
        outlook.WINDOWS_MONTHS,
        format_func=words.window_label,
        default=DEFAULT_WINDOW_MONTHS,
        required=True,
        key="window_months",
        bind="query-params",
        persist_state="session",
        help=words.WINDOW_HELP,
    )
    return int(str(chosen))


def _staffing(months: int, window: Window) -> Choices:
    mode = st.segmented_control(
        words.CLOSINGS,
        list(words.CLOSINGS_LABELS),
        format_func=words.CLOSINGS_LABELS.__getitem__,
        default=words.AS_OBSERVED,
        required=True,
        key="closings",
        bind="query-params",
        persist_state="session",
        help=words.CLOSINGS_HELP,
    )
    if mode != words.BY_HAND:
        return Choices(months, is_assumed=False, reviewers=0, cases=1.0)
    st.caption(words.SCENARIO_CAPTION)
    observed = round(sum(window.closed) / window.months)
    left, right = st.columns(2)
    reviewers = left.slider(
        words.REVIEWERS,
        0,
        MOST_REVIEWERS,
        min(max(observed, 1), MOST_REVIEWERS),
        key="reviewers",
        bind="query-params",
        persist_state="session",
    )
    cases = right.slider(
        words.CASES, 0.1, MOST_CASES, 1.0, 0.1, key="cases_per_month", bind="query-params", persist_state="session"
    )
    return Choices(months, is_assumed=True, reviewers=int(reviewers), cases=float(cases))


def _band(view: View, moves: pl.DataFrame, window: Window, choices: Choices) -> None:
    months, sentence = choices.months, view.filters.sentence()
    band, chance = _simulated(window, choices.reviewers * choices.cases if choices.is_assumed else None)
    low, median, high = band
    days = [months_before(view.as_of, -month) for month in range(len(low))]
    future = pl.DataFrame({"day": days, "low": low, "median": median, "high": high})
    past = per_month(moves, view.as_of).select(day="month_end", open="open")
    subtitle = (
        words.scenario_subtitle(sentence, months, choices.reviewers, choices.cases)
        if choices.is_assumed
        else words.observed_subtitle(sentence, months)
    )
    caption = view.caption(words.outlook_title(scope(view), is_assumed=choices.is_assumed), subtitle, window.backlog)
    named = [future.row(month) for month in (outlook.CLEAR_WITHIN_MONTHS, outlook.HORIZON_MONTHS)]
    figure.show(
        charts.backlog_band(past, future, caption, is_assumed=choices.is_assumed, mark=words.SCENARIO_MARK),
        charts.alt(window.backlog, named, is_assumed=choices.is_assumed),
        "outlook",
        future.with_columns(pl.col("low", "median", "high").round().cast(pl.Int64)).select(
            pl.col(name).alias(heading) for name, heading in words.BAND_COLUMNS.items()
        ),
    )
    half = window.months // 2
    arrived, closed = window.arrived, window.closed
    halves = (sum(arrived[half:]), sum(arrived[:half]), sum(closed[half:]), sum(closed[:half]))
    st.text(words.rates(sum(arrived), sum(closed), months, halves))
    if window.backlog:
        st.text(words.cleared(chance))
        st.text(words.to_clear(_to_clear(window, choices.cases), choices.cases, sum(window.closed) / months))
    else:
        st.text(words.NOTHING_TO_CLEAR)


@st.cache_data(max_entries=50, show_spinner=False)
def _simulated(window: Window, per_month: float | None) -> tuple[list[list[float]], float]:
    """The band, and the share of runs in which the backlog is cleared; the runs themselves are a megabyte."""
    run = outlook.as_observed(window) if per_month is None else outlook.as_staffed(window, per_month)
    return run.band().tolist(), run.chance_cleared(outlook.HORIZON_MONTHS)


@st.cache_data(max_entries=200, show_spinner=False)
def _to_clear(window: Window, cases: float) -> outlook.Staffing:
    return outlook.staffing_to_clear(window, cases)


def _paces(view: View, months: int, paces: pl.DataFrame, blocked: Blocked) -> None:
    """Which stage is slow, with the moves that say so."""
    st.header(words.PACE, anchor=False)
    rated = paces.drop_nulls("months_of_work").sort("months_of_work").rows(named=True)
    # One stage alone is no comparison.
    slowest = (Stage.labels()[rated[-1]["stage"]], rated[-1]["months_of_work"]) if len(rated) > 1 else None
    st.text(words.pace_note(months, view.as_of, slowest, blocked))
    shown = paces.with_columns(
        pl.col("stage").replace_strict(Stage.labels()),
        per_month=pl.when(pl.col("months_of_work").is_not_null()).then((pl.col("onward") / months).round(1)),
        months_of_work=pl.col("months_of_work").round(1),
    )
    # Narrow, so that a phone shows numbers too.
    config = {"stage": st.column_config.Column(words.PACE_COLUMNS["stage"], width=150)}
    table(shown, words.PACE_COLUMNS, "paces", words.PACE, config, placeholder=words.NO_RATE)
    st.caption(words.pace_caption(months, view.as_of))
