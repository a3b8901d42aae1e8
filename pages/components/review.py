"""The figures of the review pipeline, each with the numbers behind it."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages import wording
from pages.charts import alt, backlog, funnel
from pages.charts.formatting import number, share
from pages.components import figure
from pages.components.data import answer
from pages.components.links import incident_addresses, incident_column
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.countries import country_labels
from warehouse.vocabulary import Stage

LONGEST_SHOWN = 25
"""Rows of the table of the longest waits: what a meeting can go through."""


def stages(view: View) -> None:
    """Which stage incidents have reached, and how fast."""
    frame = answer(queries.stage_funnel, view.filters)
    caption = view.caption(
        wording.titled(wording.FUNNEL_TITLE, scope(view)), wording.funnel_subtitle(view.filters.sentence())
    )
    everything, medians = frame["reached"][0], frame.select("median_days", "timed").iter_rows()
    numbers = frame.with_columns(
        _stage_labels(),
        pl.Series("share", [share(reached, everything) for reached in frame["reached"]]),
        pl.Series("median_days", [number(days) if timed else wording.NO_MEDIAN for days, timed in medians]),
    )
    figure.show(
        funnel.stage_funnel(frame, caption, wording.FUNNEL_MEDIAN),
        alt.stage_funnel(frame),
        "stage_funnel",
        _headed(numbers, "stage", "reached", "share", "median_days", "timed"),
    )


def waits(view: View) -> None:
    """How many wait in each stage, and how long they have."""
    frame = answer(queries.backlog, view.filters, view.as_of)
    bands = [queries.age_band_label(*band) for band in queries.AGE_BANDS_DAYS]
    waiting = int(frame["incidents"].sum())
    subtitle = wording.backlog_subtitle(view.filters.sentence(), view.as_of)
    numbers = frame.sort(
        pl.col("stage").cast(pl.Enum(Stage.values())), pl.col("age_band").cast(pl.Enum(bands))
    ).with_columns(_stage_labels())
    figure.show(
        backlog.age_bands(
            frame, view.caption(wording.titled(wording.BACKLOG_TITLE, scope(view)), subtitle, waiting), bands
        ),
        alt.age_bands(frame),
        "backlog",
        _headed(numbers, "stage", "age_band", "incidents"),
    )
    medians = {row["stage"]: row for row in answer(queries.median_days_in_stage, view.filters, view.as_of).to_dicts()}
    st.text(
        wording.waits_so_far(
            [
                (stage.label, medians[stage.value]["median_days"], medians[stage.value]["incidents"])
                for stage in Stage
                if stage.value in medians
            ]
        )
    )


def overdue(view: View) -> None:
    """Open incidents against the norm, by country."""
    frame = answer(queries.overdue_by_country, view.filters, view.as_of)
    labels = country_labels()
    subtitle = wording.overdue_subtitle(view.filters.sentence(), view.as_of, queries.NORM_DAYS)
    caption = view.caption(wording.titled(wording.OVERDUE_TITLE, scope(view)), subtitle, int(frame["incidents"].sum()))
    figure.show(
        backlog.overdue_by_country(frame, caption, labels),
        alt.overdue_by_country(frame, labels),
        "overdue",
        _headed(frame.with_columns(_country_labels()), "country", "incidents", "overdue", "without_receipt"),
    )


def reasons(view: View) -> None:
    """What open incidents wait for, where it is stated."""
    frame = answer(queries.waiting_on, view.filters)
    waiting = int(frame["incidents"].sum())
    caption = view.caption(
        wording.titled(wording.WAITING_ON_TITLE, scope(view)),
        wording.waiting_on_subtitle(view.filters.sentence()),
        waiting,
    )
    figure.show(
        backlog.waiting_on(frame, caption),
        alt.waiting_on(frame),
        "waiting_on",
        _headed(frame.with_columns(pl.col("waiting_on").fill_null(wording.NOT_STATED)), "waiting_on", "incidents"),
    )


def longest(view: View, waiting: int) -> None:
    """The longest waits, with links to the incidents."""
    frame = answer(queries.longest_waiting, view.filters, view.as_of, LONGEST_SHOWN)
    st.header(wording.LONGEST_WAITING, anchor=False)
    st.text(wording.longest_waiting_note(frame.height, waiting))
    shown = frame.with_columns(
        _stage_labels(),
        _country_labels(),
        pl.col("waiting_on").fill_null(wording.NOT_STATED),
        incident_addresses(frame),
    )
    columns = ("incident", "stage", "days_in_stage", "waiting_on", "country", "days_since_receipt")
    headings = {name: wording.PIPELINE_COLUMNS[name] for name in columns}
    config = {"incident": incident_column(headings["incident"])}
    table(shown, headings, "longest_waiting", wording.LONGEST_WAITING, config)


def _stage_labels() -> pl.Expr:
    return pl.col("stage").replace_strict(Stage.labels())


def _country_labels() -> pl.Expr:
    return pl.col("country").replace(country_labels()).fill_null(wording.UNKNOWN)


def _headed(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The columns with headings for people."""
    return frame.select(columns).rename({name: wording.PIPELINE_COLUMNS[name] for name in columns})
