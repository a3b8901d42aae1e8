"""Stages at each month's end, and what the months brought."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages import wording
from pages import wording_outlook as words
from pages.charts import flow, timeseries
from pages.components import figure
from pages.components.data import answer
from pages.components.scope import scope
from pages.components.shell import View
from warehouse import queries
from warehouse.flow import per_month, standing_at_month_ends, standing_now
from warehouse.vocabulary import STAGE_ORDER, Stage

FROM_THE_END = [stage.value for stage in reversed(STAGE_ORDER)]
"""Stacking order: what is closed at the bottom, as cumulative flow diagrams have it."""


def cumulative(view: View, moves: pl.DataFrame) -> None:
    """Incidents in each stage at each month's end."""
    rows = standing_at_month_ends(moves, view.as_of)
    standing = int(rows.filter(month_end=view.as_of)["incidents"].sum())
    shown = rows.select("incidents", period_start=pl.col("month_end").dt.month_start(), category="stage")
    labels = {stage: Stage.labels()[stage] for stage in FROM_THE_END}
    title = wording.titled(words.FLOW_TITLE, scope(view))
    caption = view.caption(title, words.flow_subtitle(view.filters.sentence(), view.as_of), standing)
    numbers = rows.pivot("stage", index="month_end", values="incidents")
    headings = {"month_end": words.COLUMNS["month_end"]} | Stage.labels()
    figure.show(
        timeseries.incidents_bars(shown.filter(pl.col("incidents") > 0), "month", caption, labels, Stage.colours()),
        flow.alt_standing(rows),
        "cumulative_flow",
        numbers.rename({name: headings[name] for name in numbers.columns}),
    )


def changes(view: View, moves: pl.DataFrame) -> None:
    """Arrivals, departures and the net change of each month."""
    rows = per_month(moves, view.as_of)
    title = wording.titled(words.CHANGES_TITLE, scope(view))
    arrived = int(rows["arrived"].sum())
    caption = view.caption(title, words.changes_subtitle(view.filters.sentence(), view.as_of), arrived)
    numbers = rows.select(pl.col(name).alias(heading) for name, heading in words.COLUMNS.items())
    figure.show(flow.arrivals_and_departures(rows, caption), flow.alt_changes(rows), "monthly_changes", numbers)


def notes(view: View, moves: pl.DataFrame) -> None:
    """What the figures leave out, and where things stand now."""
    now = standing_now(moves)
    later = answer(queries.dated_later, view.filters, view.as_of).row(0, named=True)
    for note in words.flow_notes(
        incidents=view.totals["incidents"],
        standing=sum(now.values()),
        open_now=sum(n for stage, n in now.items() if stage != Stage.CLOSED.value),
        later_steps=later["steps"],
        later_incidents=later["incidents"],
        as_of=view.as_of,
    ):
        st.text(note)
