"""The parts of the page Revisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import streamlit as st

from pages import wording_revisions as wording
from pages.charts import revisions as charts
from pages.charts.formatting import casualty_range, date_range, number
from pages.components import figure, incident_link
from pages.components.data import answer
from pages.components.incident_table import address
from pages.components.links import incident_column
from pages.components.revisions_found import MOST_LISTED, Found
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from pages.wording import titled
from warehouse import queries
from warehouse.extracts import flat
from warehouse.revisions import LABELS, LOCATION

FEW_DAYS = 12
"""Up to so many days of knowledge are exports: the last two are compared at first. More are days of daily work."""
USUAL_DAYS = 30

_FROM, _TO = "revised_from", "revised_to"


def chosen_days(view: View) -> tuple[date, date] | None:
    """Draw the two days; None, with the reason on the page, where there is nothing to compare."""
    known_on = view.filters.as_known_on
    all_days = answer(queries.knowledge_days)["day"].to_list()
    # A correction may be younger than the newest export.
    newest = max([view.as_of, *all_days])
    end = min(known_on, newest) if known_on else newest
    days = [day for day in all_days if day <= end]
    if len(days) < 2:
        st.info(wording.one_day_by(known_on, known=bool(days)) if known_on else wording.ONE_DAY)
        return None
    before = days[-2] if len(days) <= FEW_DAYS else max(days[0], days[-1] - timedelta(days=USUAL_DAYS))
    if known_on:
        _keep_before(end, before)
    left, right, _ = st.columns([1, 1, 2])
    first = left.date_input(
        wording.FROM, before, key=_FROM, bind="query-params", format="YYYY-MM-DD", help=wording.DAYS_HELP
    )
    last = right.date_input(wording.TO, end, key=_TO, bind="query-params", format="YYYY-MM-DD")
    if known_on and last > known_on:
        st.error(wording.after_known_on(known_on))
        return None
    if first >= last:
        st.error(wording.WRONG_ORDER)
        return None
    return first, last


def _keep_before(as_of: date, before: date) -> None:
    """Move days that were chosen earlier to the day of knowledge, and say so: nothing later is shown."""
    chosen = st.session_state.get(_TO)
    if chosen is None or chosen <= as_of:
        return
    st.session_state[_TO] = as_of
    if st.session_state[_FROM] >= as_of:
        st.session_state[_FROM] = before
    st.info(wording.moved_to(as_of))


def counts(found: Found) -> None:
    """Three figures above the page."""
    for column, label, value, note in zip(
        st.columns(3),
        (wording.ADDED, wording.RETRACTED, wording.REVISED),
        (found.n_added, found.n_retracted, found.single["incident_id"].n_unique()),
        (None, wording.RETRACTED_HELP, wording.REVISED_HELP),
        strict=True,
    ):
        column.metric(label, number(value), help=note)
    if found.n_on_both > found.n_compared:
        st.warning(wording.too_many(found.n_compared, found.n_on_both))


def new_datasets(view: View, first: date, last: date) -> None:
    """Say which added incidents came with a data set that was new altogether."""
    for title, incidents in answer(queries.of_new_datasets, view.filters, first, last).iter_rows():
        st.text(wording.new_dataset(title, incidents))


def by_field(view: View, found: Found) -> None:
    """Incidents by what changed of them."""
    rows = charts.by_field(found.n_added, found.n_retracted, found.changed)
    caption = view.caption(
        titled(wording.FIGURE_TITLE, scope(view)),
        wording.figure_subtitle(view.filters.sentence(), found.first, found.last),
        found.shown,
    )
    caption = replace(caption, total=found.known)
    numbers = rows.rename({"label": wording.COLUMNS["field"], "single": wording.SINGLE, "wide": wording.WIDE})
    figure.show(charts.bars(rows, caption), charts.alt(rows), "revisions_by_field", numbers)


def moves(view: View, found: Found) -> None:
    """How far places moved; nothing where none did."""
    moved = found.changed.filter(field=LOCATION).drop_nulls("distance_m")
    if moved.is_empty():
        return
    bands = charts.move_bands(moved, wording.MOVE_BANDS_M)
    caption = view.caption(titled(wording.MOVES_TITLE, scope(view)), wording.MOVES_UNIT, moved.height)
    caption = replace(caption, total=found.known)
    numbers = bands.rename({"label": wording.COLUMNS["distance"], "incidents": wording.COLUMNS["incidents"]})
    figure.show(charts.distances(bands, moved, caption), charts.distances_alt(moved), "moves", numbers)


def publisher_wide(found: Found) -> None:
    """One line for each change of coding."""
    wide = found.changed.filter("is_publisher_wide")
    if wide.is_empty():
        return
    st.header(wording.WIDE_HEADING, anchor=False)
    st.text(wording.WIDE_NOTE)
    lines = (
        wide.group_by("field", "change", "of", maintain_order=True)
        .agg(incidents=pl.len(), median_m=pl.col("distance_m").median(), most_m=pl.col("distance_m").max())
        .sort("incidents", descending=True)
        .with_columns(
            pl.col("field").replace_strict(LABELS),
            distance=pl.when(pl.col("median_m").is_not_null()).then(
                pl.format(
                    "median {} m, at most {} m",
                    pl.col("median_m").round(0).cast(pl.Int64),
                    pl.col("most_m").round(0).cast(pl.Int64),
                )
            ),
        )
    )
    columns = ("field", "change", "incidents", "of", *(["distance"] if lines["distance"].count() else []))
    headings = {c: wording.COLUMNS[c] for c in columns}
    widths = _wide_enough(headings, {"field": 150, "change": 210, "distance": 230})
    table(lines, headings, "publisher_wide", wording.WIDE_HEADING, widths, placeholder="")


def single(found: Found) -> None:
    """Every change of a single incident, and the file with all."""
    rows = found.single
    if rows.is_empty():
        return
    st.header(wording.SINGLE_HEADING, anchor=False)
    st.text(wording.shown_of(min(rows.height, MOST_LISTED), rows.height, "change"))
    listed = rows.head(MOST_LISTED)
    shown = listed.with_columns(
        pl.col("field").replace_strict(LABELS),
        pl.col("before", "after").fill_null(wording.NO_VALUE),
        _addresses(listed),
    )
    columns = ("incident", "field", "before", "after", "place")
    headings = {c: wording.COLUMNS[c] for c in columns}
    widths = _wide_enough(headings, {"field": 150, "before": 200, "after": 200, "place": 190})
    config = widths | {"incident": incident_column(headings["incident"])}
    table(shown, headings, "single", wording.SINGLE_HEADING, config)
    st.download_button(
        wording.DOWNLOAD,
        lambda: flat(found.changed).write_csv(include_bom=True).encode(),
        f"revisions-{found.first}-{found.last}.csv",
        "text/csv",
        on_click="ignore",
    )


def _addresses(rows: pl.DataFrame, known_on: date | None = None) -> pl.Series:
    """Addresses of incidents' pages, with the filters kept: a link starts a new visit."""
    kept = incident_link.filter_parameters()
    if known_on:
        kept = [(name, value) for name, value in kept if name != "as_known_on"] + [("as_known_on", str(known_on))]
    codes = rows.select("incident_id", "public_code").iter_rows()
    return pl.Series("incident", [address(i, code, kept) for i, code in codes], dtype=pl.String)


def _wide_enough(headings: Mapping[str, str], widths_px: Mapping[str, int]) -> dict[str, Any]:
    """Text columns that are given what their usual texts need; without it, columns share the width evenly."""
    return {c: st.column_config.Column(headings[c], width=px) for c, px in widths_px.items() if c in headings}


def added_and_retracted(found: Found) -> None:
    """Incidents that came and went."""
    for heading, listed, total in (
        (wording.ADDED_HEADING, found.added, found.n_added),
        (wording.RETRACTED_HEADING, found.retracted, found.n_retracted),
    ):
        if listed.is_empty():
            continue
        st.header(heading, anchor=False)
        st.text(wording.shown_of(listed.height, total, "incident"))
        dates = listed.select("date_start", "date_end", "date_precision").iter_rows()
        killed = listed.select(f"civilians_killed_{p}" for p in ("low", "best", "high")).iter_rows()
        # The page of a retracted incident shows it only as it was known before.
        addresses = _addresses(listed, found.first if heading == wording.RETRACTED_HEADING else None)
        shown = listed.select("place").with_columns(
            addresses,
            pl.Series("date", [date_range(*d) for d in dates], dtype=pl.String),
            pl.Series("killed", [casualty_range(*k) for k in killed], dtype=pl.String),
        )
        columns = ("incident", "date", "place", "killed")
        headings = {c: wording.COLUMNS[c] for c in columns}
        table(shown, headings, heading, heading, {"incident": incident_column(headings["incident"])})
