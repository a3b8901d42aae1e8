"""What the incidents rest on, how soon they were reported, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages import wording_sources as wording
from pages.charts.formatting import share
from pages.charts.sources import band_bars, outcome_bars
from pages.components import figure
from pages.components.data import answer
from pages.components.scope import scope
from pages.components.shell import View
from warehouse import queries
from warehouse.vocabulary import BLUE, GREY, ORANGE, HarmStatus, SourceType, Stage

RESPONSE_COLOURS = {queries.WITH_RESPONSE: BLUE, queries.WITHOUT_RESPONSE: ORANGE, Stage.NO_REVIEW_RECORD.value: GREY}
SCALES: dict[queries.Outcome, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "harm_status": (HarmStatus.labels(), HarmStatus.colours()),
    "stage": (Stage.labels(), Stage.colours()),
    "response": (wording.RESPONSES, RESPONSE_COLOURS),
}
"""Outcome -> (category -> label, category -> colour), in stacking order."""


def base(view: View) -> None:
    """How many incidents rest on one report, and on one type of source."""
    found = dict(answer(queries.resting_on, view.filters).iter_rows())
    labels = [wording.reports_band(queries.band_label(*band)) for band in queries.REPORT_BANDS]
    counts = [found.get(index, 0) for index in range(len(labels))]
    narrow = answer(queries.narrow_base, view.filters).row(0, named=True)
    title = f"{wording.BASE_TITLE}: {scope(view)}"
    colours = [GREY, *[BLUE] * (len(labels) - 1)]
    caption = view.caption(title, wording.base_subtitle(**narrow))
    drawn = band_bars(labels, counts, [""] * len(labels), colours, caption)
    _show(drawn, title, "resting_on", "band", dict(zip(labels, counts, strict=True)))


def lag(view: View, kind: str) -> None:
    """How many days after the event the first report, or the assessment, came; a sentence where none can be told."""
    (row,) = answer(queries.lag_medians, view.filters).filter(kind=kind).to_dicts()
    if not row["timed"]:
        st.info(wording.no_lag(kind, row["no_day"], row["no_event_day"]))
        return
    found = dict(answer(queries.lags, view.filters).filter(kind=kind).select("band", "incidents").iter_rows())
    days = {str(i): wording.days_band(queries.band_label(*band)) for i, band in enumerate(queries.LAG_BANDS_DAYS)}
    bands = wording.LAG_BANDS
    # Negative and unknown ones are shown wherever there are some.
    shown = {
        **{name: bands[name] for name in (queries.BEFORE_EVENT,) if name in found},
        **days,
        **{name: bands[name] for name in (queries.NO_DAY, queries.NO_EVENT_DAY) if name in found},
    }
    unknown = row["no_event_day"] + row["no_day"]
    subtitle = wording.lag_subtitle(row["timed"], row["median_days"], row["before_event"], unknown, row["incidents"])
    special = {queries.BEFORE_EVENT: ORANGE, queries.NO_DAY: GREY, queries.NO_EVENT_DAY: GREY}
    counts = [found.get(name, 0) for name in shown]
    colours = [special.get(name, BLUE) for name in shown]
    title = f"{wording.LAG_TITLES[kind]}: {scope(view)}"
    details = [wording.LAG_DETAILS.get(name, "") for name in shown]
    drawn = band_bars(list(shown.values()), counts, details, colours, view.caption(title, subtitle))
    _show(drawn, title, f"lag_{kind}", "days", dict(zip(shown.values(), counts, strict=True)))


def outcome(view: View, kind: queries.Outcome) -> None:
    """What the incidents of each type of source became; a sentence where nothing is on record."""
    if kind != "harm_status" and view.totals["without_review_record"] == view.totals["incidents"]:
        st.info(wording.no_review(kind))
        return
    frame = answer(queries.outcomes, view.filters, kind)
    labels, colours = SCALES[kind]
    types = SourceType.labels()
    title = f"{wording.OUTCOME_TITLES[kind]}: {scope(view)}"
    drawn = outcome_bars(frame, view.caption(title, wording.EACH_TYPE), types, labels, colours)
    figure.show(
        drawn,
        wording.alt_bars(title, _by_type(frame, types), "incidents"),
        f"outcome_{kind}",
        _shares(frame, types, labels),
    )


def _by_type(frame: pl.DataFrame, types: Mapping[str, str]) -> list[tuple[str, int]]:
    totals = frame.group_by("source_type").agg(pl.col("incidents").sum()).sort("incidents", "source_type")
    return [(types[kind], n) for kind, n in totals.reverse().iter_rows()]


def _shares(frame: pl.DataFrame, types: Mapping[str, str], labels: Mapping[str, str]) -> pl.DataFrame:
    """The table behind the bars: incidents of each type and outcome, and their share of the type's incidents."""
    order, kinds = pl.Enum(list(labels)), pl.Enum(list(types))
    rows = frame.with_columns(whole=pl.col("incidents").sum().over("source_type")).sort(
        pl.col("source_type").cast(kinds), pl.col("category").cast(order)
    )
    shares = [share(part, whole) for part, whole in rows.select("incidents", "whole").iter_rows()]
    return rows.select(
        pl.col("source_type").replace_strict(types).alias(wording.COLUMNS["source_type"]),
        pl.col("category").replace_strict(labels).alias(wording.COLUMNS["category"]),
        pl.col("incidents").alias(wording.COLUMNS["incidents"]),
        pl.Series(wording.COLUMNS["share"], shares, dtype=pl.String),
    )


def _show(drawn: go.Figure, title: str, key: str, band: str, counts: Mapping[str, int]) -> None:
    numbers = pl.DataFrame(
        {wording.COLUMNS[band]: list(counts), wording.COLUMNS["incidents"]: list(counts.values())},
        schema_overrides={wording.COLUMNS[band]: pl.String},
    )
    figure.show(drawn, wording.alt_bars(title, list(counts.items()), "incidents"), key, numbers)
