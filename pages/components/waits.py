"""How long incidents stay in the stages: curves, their numbers, and comparisons."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from pages import wording, wording_waits
from pages.charts import survival as charts
from pages.charts.style import Category
from pages.components import figure
from pages.components.grouping import DIMENSIONS, Grouping, choice, grouping
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries, survival
from warehouse.vocabulary import Stage

WAITS = queries.Ending.WAITS.value
MOST_CURVES = 4
"""Values with a curve of their own: the bands of more hide each other."""


@dataclass(frozen=True)
class Choices:
    """A comparison within one stage."""

    stage: str
    group: Grouping


def controls(view: View) -> Choices:
    """The stage and the column to compare by, as the reader chooses them."""
    st.header(wording_waits.COMPARE, anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stage = choice("wait_stage", wording_waits.STAGE, queries.OPEN_STAGES, Stage.labels(), index=1)
        by = choice("wait_by", wording_waits.COMPARE_BY, DIMENSIONS, wording_waits.DIMENSIONS)
    return Choices(stage, grouping(view, by, MOST_CURVES))


def stages(view: View, answered: pl.DataFrame) -> None:
    """All stages in one figure, with their numbers."""
    stays = answered.filter(category=queries.EVERY)
    shown = [
        (Category(stage.value, stage.label, stage.colour), _durations(stays.filter(stage=stage.value)))
        for stage in queries.OPEN_STAGES
    ]
    title = wording.titled(wording_waits.STAGES_TITLE, scope(view))
    _curves(view, title, shown, "stays", wording_waits.COLUMNS["group"])
    if note := wording_waits.not_timed(_not_timed(stays)):
        st.text(note)
    box = st.expander(wording_waits.ENDINGS, key="stay_endings", on_change="rerun")
    if box.open:
        with box:
            _endings(stays)


def comparison(view: View, answered: pl.DataFrame, chosen: Choices) -> None:
    """One stage by the values of a column, and whether they differ by more than chance."""
    stage, group = chosen.stage, chosen.group
    stays = answered.filter(stage=stage)
    compared = stays.filter(pl.col("category") != queries.EVERY)
    present = set(compared["category"])
    shown = [
        (category, _durations(compared.filter(category=category.value)))
        for category in group.categories
        if category.value in present
    ]
    if not any(durations.height for _, durations in shown):
        st.info(wording_waits.NO_STAYS)
        return
    title = wording.titled(wording_waits.comparison_title(Stage.labels()[stage], group.by), scope(view))
    _curves(view, title, shown, "compared_stays", wording_waits.DIMENSIONS[group.by])
    overlapping = int(compared["waits"].sum()) > int(stays.filter(category=queries.EVERY)["waits"].sum())
    if overlapping:
        st.text(wording_waits.SEVERAL_VALUES)
    _test(group, compared, present, overlapping=overlapping)


def _test(group: Grouping, stays: pl.DataFrame, present: set[str], *, overlapping: bool) -> None:
    known = [value for value in group.known if value in present]
    found = survival.log_rank(_durations(stays), known, overlapping)
    labels = {category.value: html.unescape(category.label) for category in group.categories}
    st.subheader(wording_waits.TEST, anchor=False)
    for line in wording_waits.log_rank(
        [labels[value] for value in found.compared],
        {labels[value]: reason for value, reason in found.not_compared.items()},
        survival.FEWEST_COMPARED,
        found.statistic,
        found.degrees,
        found.p,
        more_groups=len(present) > len(known),
    ):
        st.text(line)


def _curves(view: View, title: str, shown: Sequence[tuple[Category, pl.DataFrame]], key: str, heading: str) -> None:
    """The figure of those groups that have a timed stay, and their numbers."""
    drawn = [
        (category, durations, survival.summary(durations, queries.NORM_DAYS))
        for category, durations in shown
        if durations.height
    ]
    at = charts.ticks(max(queries.NORM_DAYS, *(_longest(durations) for _, durations, _ in drawn)))
    caption = view.caption(title, wording_waits.stays_subtitle(view.filters.sentence(), view.as_of))
    picture = charts.curves(
        [
            charts.Curve(category, found.points, _longest(durations), survival.at_risk(durations, at))
            for category, durations, found in drawn
        ],
        caption,
        at,
        norm_days=queries.NORM_DAYS,
        norm=wording_waits.NORM,
        days=wording_waits.AXIS,
        at_risk=wording_waits.AT_RISK,
    )
    named = [(html.unescape(category.label), durations, found) for category, durations, found in drawn]
    rows = pl.DataFrame([_numbers(*of_group) for of_group in named])
    behind = pl.concat([found.points.with_columns(group=pl.lit(name)) for name, _, found in named])
    headings = wording_waits.POINT_COLUMNS | {"group": heading}
    figure.show(
        picture,
        wording_waits.alt_curves(title, rows.select("group", "median", "over").rows()),
        key,
        behind.select(pl.col(name).alias(label) for name, label in headings.items()),
    )
    table(rows, wording_waits.COLUMNS | {"group": heading}, f"{key}_summary", title)
    st.caption(wording_waits.COLUMNS_NOTE)


def _numbers(name: str, durations: pl.DataFrame, found: survival.Summary) -> dict[str, str | int]:
    """A row of the table below the curves."""
    median, over = found.median_days, found.still_there
    late = durations.filter(~pl.col("left"), pl.col("days") > queries.NORM_DAYS)["waits"].sum()
    return {
        "group": name,
        "stays": found.waits,
        "left": found.left,
        "waiting": found.waiting,
        "median": wording_waits.median(median.value, median.low, median.high),
        "over": wording_waits.over(over.value, over.low, over.high),
        "over_now": wording_waits.over_now(int(late), found.waiting),
    }


def _endings(stays: pl.DataFrame) -> None:
    """How the stays in each stage ended, those without a day too."""
    counts = {(stage, ending): n for stage, ending, n in
              stays.group_by("stage", "ending").agg(pl.col("waits").sum()).iter_rows()}  # fmt: skip
    rows = [
        {"group": stage.label} | {ending.value: counts.get((stage.value, ending.value), 0) for ending in queries.Ending}
        for stage in queries.OPEN_STAGES
    ]
    table(pl.DataFrame(rows), wording_waits.ENDING_COLUMNS, "endings", wording_waits.ENDINGS)


def _durations(stays: pl.DataFrame) -> pl.DataFrame:
    """Stays whose length is known, as `warehouse.survival` takes them: category, days, left, waits."""
    timed = stays.drop_nulls("days").with_columns(left=pl.col("ending") != WAITS)
    return timed.group_by("category", "days", "left").agg(pl.col("waits").sum()).sort("category", "days", "left")


def _not_timed(stays: pl.DataFrame) -> int:
    return int(stays.filter(pl.col("days").is_null())["waits"].sum())


def _longest(durations: pl.DataFrame) -> int:
    return int(durations.select(pl.col("days").max()).item())
