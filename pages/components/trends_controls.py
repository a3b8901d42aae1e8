"""What the reader chooses on the page Trends; kept in the URL beside the filters."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages import wording
from pages.charts.formatting import Period
from warehouse.vocabulary import Harm

INCIDENTS = "incidents"
NO_SPLIT = "none"
SPLITS = ("weapon_system", "country", "source_type", "harm_status", "strike_type", "stage")
"""Columns of the incident table that a chart can be split by."""
MEAN_OVER: dict[Period, int] = {"day": 7, "week": 4, "month": 3}
"""Periods that a rolling mean covers: a week, about a month, a quarter."""


@dataclass(frozen=True)
class Choices:
    """One chart over time.

    Attributes:
        harm: civilians killed or injured are counted; incidents when None.
        split: column whose values are told apart, None for none.
        rolling: periods of the rolling mean, None for no mean.
    """

    period: Period
    harm: Harm | None
    split: str | None
    cumulative: bool
    rolling: int | None
    events: bool


def controls() -> Choices:
    """Draw the controls and return what they say."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period: Period = _segments("period", wording.PERIODS, "week")  # type: ignore[assignment]
        measure = _segments("measure", wording.MEASURES, INCIDENTS)
        split = st.selectbox(
            wording.SPLIT_BY,
            (NO_SPLIT, *SPLITS),
            format_func=lambda name: wording.FILTER_LABELS.get(name, wording.NO_SPLIT),
            key="split",
            bind="query-params",
            persist_state="session",
            width=180,
        )
    counts_people = measure != INCIDENTS
    with st.container(horizontal=True, gap="medium"):
        cumulative = _toggle("cumulative", wording.CUMULATIVE)
        window = MEAN_OVER[period]
        mean = _toggle(
            "mean", wording.mean_over(window, period), disabled=cumulative or counts_people, help=wording.MEAN_HELP
        )
        events = _toggle("events", wording.EVENTS, value=True)
    return Choices(
        period=period,
        harm=next((harm for harm in Harm if harm.value == measure), None),
        split=None if split in (None, NO_SPLIT) else split,
        cumulative=cumulative,
        rolling=window if mean and not cumulative and not counts_people else None,
        events=events,
    )


def _segments(key: str, labels: dict[str, str], default: str) -> str:
    chosen = st.segmented_control(
        wording.TREND_CONTROLS[key],
        list(labels),
        format_func=lambda value: labels[value],
        default=default,
        required=True,
        key=key,
        bind="query-params",
        persist_state="session",
    )
    return str(chosen)


def _toggle(key: str, label: str, *, value: bool = False, disabled: bool = False, help: str | None = None) -> bool:
    return st.toggle(
        label, value=value, key=key, bind="query-params", persist_state="session", disabled=disabled, help=help
    )
