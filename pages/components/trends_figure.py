"""The figure of the page Trends, with the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages import wording
from pages.charts import alt
from pages.charts.events import milestones_of
from pages.charts.facets import casualty_facets
from pages.charts.periods import complete
from pages.charts.style import Caption, palette
from pages.charts.timeseries import casualty_band, incidents_bars
from pages.components import figure, trends_selection
from pages.components.data import answer
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.trends_controls import Choices
from warehouse import queries
from warehouse.filters import MULTIPLE
from warehouse.queries import LIST_DIMENSIONS
from warehouse.schema import TABLE


def show(view: View, choices: Choices) -> go.Figure | None:
    """Draw the chosen chart and return it; a sentence and None where there is nothing to draw."""
    period, harm = choices.period, choices.harm
    rows = answer(queries.over_time, view.filters, period, choices.split).drop_nulls("period_start")
    totals = answer(queries.over_time, view.filters, period).drop_nulls("period_start")
    if rows.is_empty():
        st.info(wording.no_dates_to_draw(period))
        return None
    if harm and totals[f"civilians_{harm.value}_high"].null_count() == totals.height:
        st.info(wording.no_numbers(harm, int(totals["incidents"].sum())))
        return None
    title = wording.trend_title(harm, period, choices.split, scope(view), cumulative=choices.cumulative)
    caption = view.caption(title, _subtitle(choices), int(totals["incidents"].sum()))
    drawn = _draw(rows, totals, choices, caption, _events(view, choices))
    # A new filter is a new chart: the box that set it is gone.
    key = f"trend_{view.filters.date_from}_{view.filters.date_to}"
    selection = {}
    if not trends_selection.is_phone():
        drawn.update_layout(dragmode="select", selectdirection="h")
        selection = {"on_select": partial(trends_selection.apply, key, period), "selection_mode": "box"}
    figure.show(drawn, f"{title}. {_alt(totals, choices)}", key, numbers(rows, choices), "trend", **selection)
    return drawn


def numbers(rows: pl.DataFrame, choices: Choices) -> pl.DataFrame:
    """The table behind the chart, before any running total: one row for each period (and category)."""
    columns = [pl.col("period_start").alias(wording.PERIOD_COLUMNS[choices.period])]
    if choices.split:
        labels, _ = _scale(choices.split)
        name = pl.col("category").replace_strict(labels, default=pl.col("category"))
        columns.append(name.alias(wording.FILTER_LABELS[choices.split]))
    columns.append(pl.col("incidents").alias(wording.INCIDENTS_COUNTED))
    if choices.harm:
        prefix = f"civilians_{choices.harm.value}"
        columns += [pl.col(f"{prefix}_{part}").alias(label) for part, label in wording.ESTIMATE_COLUMNS.items()]
    return rows.select(columns)


def running_total(rows: pl.DataFrame, choices: Choices) -> pl.DataFrame:
    """Incidents of each category up to each period, with a row for every period."""
    if "category" not in rows.columns:
        return complete(rows.select("period_start", "incidents"), choices.period).with_columns(
            pl.col("incidents").cum_sum()
        )
    whole = rows.select("period_start")
    parts = [
        complete(part.select("period_start", "incidents"), choices.period, within=whole).with_columns(
            pl.col("incidents").cum_sum(), category=pl.lit(category)
        )
        for (category,), part in rows.group_by("category")
    ]
    return pl.concat(parts)


def _draw(
    rows: pl.DataFrame, totals: pl.DataFrame, choices: Choices, caption: Caption, events: pl.DataFrame | None
) -> go.Figure:
    period, harm = choices.period, choices.harm
    labels, colours = _scale(choices.split) if choices.split else ({}, {})
    if harm is None:
        shown = running_total(rows, choices) if choices.cumulative else rows
        return incidents_bars(
            shown, period, caption, labels, colours, rolling=choices.rolling, totals=totals, events=events
        )
    if choices.split is None:
        return casualty_band(rows, period, caption, harm, cumulative=choices.cumulative, events=events)
    return casualty_facets(rows, period, caption, labels, colours, harm, cumulative=choices.cumulative, events=events)


def _scale(split: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Labels and colours of a column's values; countries take their colours from all countries of the data."""
    labels = dict(MULTIPLE[split][1]())
    vocabulary = TABLE["incident"][split].vocabulary
    if vocabulary is not None:
        return labels, vocabulary.colours()
    return labels, palette(answer(queries.distinct_values, split)["value"].to_list())


def _events(view: View, choices: Choices) -> pl.DataFrame | None:
    return events_of(view) if choices.events else None


def events_of(view: View) -> pl.DataFrame:
    """The milestones that are about the countries under the filter. Columns: date, label, country, source."""
    countries = answer(queries.counts, view.filters, "country")["category"].to_list()
    return milestones_of(countries)


def _subtitle(choices: Choices) -> str:
    parts = [wording.trend_unit(choices.harm, cumulative=choices.cumulative)]
    if choices.split in LIST_DIMENSIONS:
        parts.append(wording.counts_in_each(wording.FILTER_LABELS[choices.split]))
    if choices.harm and choices.split:
        parts += [wording.ONE_SCALE, *([wording.DOTTED_LINES] if choices.events else [])]
    return " ".join(parts)


def _alt(totals: pl.DataFrame, choices: Choices) -> str:
    if choices.harm:
        return alt.casualties_over_time(totals, choices.period, choices.harm, cumulative=choices.cumulative)
    return alt.incidents_over_time(totals, choices.period)
