"""The figures of the review pipeline, each with the numbers behind it."""

from __future__ import annotations

import html

import polars as pl
import streamlit as st

from pages import wording, wording_waits
from pages.charts import ageing as ageing_charts
from pages.charts import alt, backlog
from pages.charts import funnel as charts
from pages.charts.formatting import share
from pages.components import figure
from pages.components.data import answer
from pages.components.grouping import DIMENSIONS, Grouping, choice, grouping
from pages.components.links import incident_addresses, incident_column
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.countries import country_labels
from warehouse.vocabulary import Stage

LONGEST_SHOWN = 25
"""Rows of the table of the longest waits: what a meeting can go through."""
MOST_FUNNELS = 5
"""Values with a small funnel of their own: what fits a screen."""


def stages(view: View, funnels: pl.DataFrame) -> None:
    """Which stage incidents have reached, and how fast."""
    frame = funnels.filter(category=queries.EVERY)
    caption = view.caption(
        wording.titled(wording.FUNNEL_TITLE, scope(view)), wording.funnel_subtitle(view.filters.sentence())
    )
    figure.show(
        charts.stage_funnel(frame, caption, wording.FUNNEL_MEDIAN),
        alt.stage_funnel(frame),
        "stage_funnel",
        _with_shares(frame).select(pl.col(c).alias(label) for c, label in wording.FUNNEL_COLUMNS.items()),
    )


def choose_group(view: View) -> Grouping:
    """The column that the funnels are compared by, as the reader chooses it."""
    st.header(wording_waits.SMALL_HEADER, anchor=False)
    by = choice("funnel_by", wording_waits.COMPARE_BY, DIMENSIONS, wording_waits.DIMENSIONS)
    return grouping(view, by, MOST_FUNNELS)


def compared_stages(view: View, group: Grouping, frame: pl.DataFrame) -> None:
    """The funnel of each group."""
    reached = {
        category: counts["reached"].to_list() for (category,), counts in frame.group_by("category", maintain_order=True)
    }
    shown = [category for category in group.categories if category.value in reached]
    several = sum(reached[c.value][0] for c in shown) > reached[queries.EVERY][0]
    title = wording.titled(wording_waits.small_title(group.by), scope(view))
    caption = view.caption(title, wording_waits.small_subtitle(view.filters.sentence(), several=several))
    labels = {category.value: html.unescape(category.label) for category in shown}
    numbers = pl.concat([_with_shares(frame.filter(category=value)) for value in labels])
    figure.show(
        charts.stage_funnels(frame, caption, shown),
        wording_waits.alt_small(title, [(label, reached[value]) for value, label in labels.items()]),
        "small_funnels",
        numbers.select(
            pl.col("category").replace_strict(labels).alias(wording_waits.DIMENSIONS[group.by]),
            *(pl.col(c).alias(label) for c, label in wording.FUNNEL_COLUMNS.items()),
        ),
    )


def _with_shares(frame: pl.DataFrame) -> pl.DataFrame:
    """A funnel for people: shares of all and of the stage before, medians and stages in words."""
    reached = frame["reached"].to_list()
    before = [None, *reached[:-1]]
    return frame.with_columns(
        _stage_labels(),
        share=pl.Series([share(n, reached[0]) for n in reached]),
        share_before=pl.Series(
            [wording.NO_MEDIAN if b is None or n > b else share(n, b) for n, b in zip(reached, before, strict=True)]
        ),
        median_days=pl.Series(
            [wording.funnel_median(days, timed) for days, timed in frame.select("median_days", "timed").iter_rows()]
        ),
    )


def ageing(view: View) -> None:
    """How many wait in each stage, and how long they have."""
    frame = answer(queries.backlog, view.filters, view.as_of)
    bands = [queries.age_band_label(*band) for band in queries.AGE_BANDS_DAYS]
    subtitle = wording_waits.ageing_subtitle(view.filters.sentence(), view.as_of)
    caption = view.caption(
        wording.titled(wording_waits.AGEING_TITLE, scope(view)), subtitle, int(frame["incidents"].sum())
    )
    cells = {(stage, band): n for stage, band, n in frame.select("stage", "age_band", "incidents").iter_rows()}
    rows = [stage for stage in queries.OPEN_STAGES if stage.value in set(frame["stage"])]
    short = {band: band.removesuffix(" days").replace("over ", ">\u202f") for band in bands}
    figure.show(
        ageing_charts.heat_map(
            frame.with_columns(pl.col("age_band").replace_strict(short)),
            caption,
            list(short.values()),
            over={short[queries.age_band_label(*band)]: band[0] > queries.NORM_DAYS for band in queries.AGE_BANDS_DAYS},
        ),
        wording_waits.alt_ageing(
            [(s.label, band, cells[s.value, band]) for s in rows for band in bands if (s.value, band) in cells]
        ),
        "ageing",
        pl.DataFrame(
            [
                {wording.PIPELINE_COLUMNS["stage"]: stage.label}
                | {band: cells.get((stage.value, band), 0) for band in bands}
                for stage in rows
            ]
        ),
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
    frame = answer(queries.waiting_on, view.filters, view.as_of)
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
