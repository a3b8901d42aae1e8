"""The parts of the page Revisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
import streamlit as st

from pages import wording_revisions as wording
from pages.charts import revisions as charts
from pages.charts.formatting import casualty_range, date_range, number
from pages.components import figure
from pages.components.data import answer, fresh
from pages.components.links import incident_addresses, incident_column
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from pages.wording import titled
from warehouse import queries
from warehouse.extracts import flat
from warehouse.revisions import LABELS, LOCATION, changes, with_scope

MOST_COMPARED = 20_000
"""Changed incidents whose fields are compared: a second of work at most."""
MOST_LISTED = 500
"""Rows of a table here; the file holds all."""
FEW_DAYS = 12
"""Up to so many days of knowledge are exports: the last two are compared at first. More are days of daily work."""
USUAL_DAYS = 30


@dataclass(frozen=True)
class Found:
    """What changed.

    Attributes:
        changed: of `warehouse.revisions.with_scope`.
        added, retracted: rows of the incident table.
        total: incidents that changed in any way; more than `MOST_COMPARED` are not compared field by field.
    """

    first: date
    last: date
    changed: pl.DataFrame
    added: pl.DataFrame
    retracted: pl.DataFrame
    total: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return self.changed.is_empty() and self.added.is_empty() and self.retracted.is_empty()

    @property
    def single(self) -> pl.DataFrame:
        """Changes of single incidents."""
        return self.changed.filter(~pl.col("is_publisher_wide"))


def chosen_days(view: View) -> tuple[date, date] | None:
    """Draw the two days; None, with the reason on the page, where there is nothing to compare."""
    days = [day for day in answer(queries.knowledge_days)["day"].to_list() if day <= view.as_of]
    if len(days) < 2:
        st.info(wording.ONE_DAY)
        return None
    before = days[-2] if len(days) <= FEW_DAYS else max(days[0], days[-1] - timedelta(days=USUAL_DAYS))
    left, right, _ = st.columns([1, 1, 2])
    first = left.date_input(
        wording.FROM, before, key="revised_from", bind="query-params", format="YYYY-MM-DD", help=wording.DAYS_HELP
    )
    last = right.date_input(wording.TO, view.as_of, key="revised_to", bind="query-params", format="YYYY-MM-DD")
    if first >= last:
        st.error(wording.WRONG_ORDER)
        return None
    return first, last


def between(view: View, first: date, last: date) -> Found:
    """What changed from the first to the last day under the filter."""
    # Two rows an incident at most, and one more to see that there are more.
    rows = fresh(queries.revised(view.filters, first, last).limit(2 * MOST_COMPARED + 1))
    before, after = (rows.filter(side=side).drop("side") for side in (queries.BEFORE, queries.AFTER))
    on_both = answer(queries.known_on_both, view.filters, first, last)
    return Found(
        first,
        last,
        with_scope(changes(before, after), on_both),
        after.join(before, on="incident_id", how="anti", maintain_order="left"),
        before.join(after, on="incident_id", how="anti", maintain_order="left"),
        rows["incident_id"].n_unique(),
    )


def counts(found: Found) -> None:
    """Three figures above the page."""
    for column, label, value, note in zip(
        st.columns(3),
        (wording.ADDED, wording.RETRACTED, wording.REVISED),
        (found.added.height, found.retracted.height, found.single["incident_id"].n_unique()),
        (None, wording.RETRACTED_HELP, wording.REVISED_HELP),
        strict=True,
    ):
        column.metric(label, number(value), help=note)
    if found.total > MOST_COMPARED:
        st.warning(wording.too_many(MOST_COMPARED, found.total))


def by_field(view: View, found: Found) -> None:
    """Incidents by what changed of them."""
    rows = charts.by_field(found.added.height, found.retracted.height, found.changed)
    caption = view.caption(
        titled(wording.FIGURE_TITLE, scope(view)),
        wording.figure_subtitle(view.filters.sentence(), found.first, found.last),
        found.total,
    )
    numbers = rows.rename({"label": wording.COLUMNS["field"], "single": wording.SINGLE, "wide": wording.WIDE})
    figure.show(charts.bars(rows, caption), charts.alt(rows), "revisions_by_field", numbers)


def moves(view: View, found: Found) -> None:
    """How far places moved; nothing where none did."""
    moved = found.changed.filter(field=LOCATION).drop_nulls("distance_m")
    if moved.is_empty():
        return
    bands = charts.move_bands(moved, wording.MOVE_BANDS_M)
    caption = view.caption(titled(wording.MOVES_TITLE, scope(view)), wording.MOVES_UNIT, moved.height)
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
    table(lines, {c: wording.COLUMNS[c] for c in columns}, "publisher_wide", wording.WIDE_HEADING, placeholder="")


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
        incident_addresses(listed),
    )
    columns = ("incident", "field", "before", "after", "place")
    headings = {c: wording.COLUMNS[c] for c in columns}
    table(shown, headings, "single", wording.SINGLE_HEADING, {"incident": incident_column(headings["incident"])})
    st.download_button(
        wording.DOWNLOAD,
        lambda: flat(found.changed).write_csv(include_bom=True).encode(),
        f"revisions-{found.first}-{found.last}.csv",
        "text/csv",
        on_click="ignore",
    )


def added_and_retracted(found: Found) -> None:
    """Incidents that came and went."""
    for heading, rows, what in (
        (wording.ADDED_HEADING, found.added, "incident"),
        (wording.RETRACTED_HEADING, found.retracted, "incident"),
    ):
        if rows.is_empty():
            continue
        st.header(heading, anchor=False)
        st.text(wording.shown_of(min(rows.height, MOST_LISTED), rows.height, what))
        listed = rows.head(MOST_LISTED)
        dates = listed.select("date_start", "date_end", "date_precision").iter_rows()
        killed = listed.select(f"civilians_killed_{p}" for p in ("low", "best", "high")).iter_rows()
        shown = listed.select("place").with_columns(
            incident_addresses(listed),
            pl.Series("date", [date_range(*d) for d in dates], dtype=pl.String),
            pl.Series("killed", [casualty_range(*k) for k in killed], dtype=pl.String),
        )
        columns = ("incident", "date", "place", "killed")
        headings = {c: wording.COLUMNS[c] for c in columns}
        table(shown, headings, heading, heading, {"incident": incident_column(headings["incident"])})
