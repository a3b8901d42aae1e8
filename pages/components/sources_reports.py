"""The reports behind the incidents: by kind, by month, by publisher."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from pages import wording_sources as wording
from pages.charts.captions import CoverageCaption
from pages.charts.formatting import period_name
from pages.charts.sources import report_bars, unknown_last
from pages.charts.style import Caption
from pages.charts.timeseries import incidents_bars
from pages.components import figure, settings
from pages.components.data import answer
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.schema import TABLE
from warehouse.vocabulary import AccountKind, SourceType

PUBLISHERS_SHOWN = 20
"""Rows of the table of publishers: what a reader goes through."""
MOST_BARS = 12
"""Bars of an open list of values (languages, platforms); the table behind the figure has them all."""


def by(view: View, dimension: queries.ReportDimension) -> None:
    """Reports by a column of theirs."""
    frame = answer(queries.reports_by, view.filters, dimension)
    vocabulary = TABLE["report"][dimension].vocabulary
    labels, colours = (vocabulary.labels(), vocabulary.colours()) if vocabulary else ({}, {})
    title = wording.reports_title(dimension, scope(view))
    shown = _largest(unknown_last(frame, colours))
    subtitle = wording.reports_subtitle(several=frame.height > 1, left_out=frame.height - shown.height)
    drawn = report_bars(shown, _caption(view, title, subtitle), labels, colours)
    named = frame.with_columns(_named("category", labels))
    counts = shown.select(_named("category", labels), "reports").rows()
    figure.show(
        drawn,
        wording.alt_bars(title, counts, "reports"),
        f"reports_{dimension}",
        _headed(named, "category", "reports", "incidents", "archived", "dated", "private"),
    )


def by_month(view: View) -> None:
    """Reports by month of publication; a sentence instead where none is dated."""
    frame = answer(queries.reports_by_month, view.filters)
    dated = frame.drop_nulls("period_start")
    reports, in_chart = int(frame["reports"].sum()), int(dated["reports"].sum())
    if dated.is_empty():
        st.info(wording.no_months(reports))
        return
    title = f"{wording.MONTHS_TITLE}: {scope(view)}"
    caption = _caption(view, title, wording.months_subtitle(reports - in_chart, reports))
    labels = SourceType.labels()
    drawn = incidents_bars(dated.rename({"reports": "incidents"}), "month", caption, labels, SourceType.colours())
    months = dated.group_by("period_start").agg(pl.col("reports").sum()).sort("period_start")
    counts = [(period_name(month, "month"), n) for month, n in months.iter_rows()]
    numbers = frame.with_columns(_named("category", labels)).rename({"category": "source_type"})
    figure.show(
        drawn,
        wording.alt_months(title, counts),
        "reports_by_month",
        _headed(numbers, "period_start", "source_type", "reports"),
    )


def publishers(view: View) -> None:
    """Who published most of the reports, as far as they may be named."""
    show_private = settings.shows_private()
    frame = answer(queries.publishers, view.filters, show_private, PUBLISHERS_SHOWN)
    totals = answer(queries.publisher_totals, view.filters, show_private).row(0, named=True)
    st.header(wording.PUBLISHERS, anchor=False)
    counted = {name: totals[name] for name in ("publishers", "reports", "personal", "unnamed")}
    st.text(wording.publishers_note(frame.height, **counted))
    if frame.height:
        headings = {n: wording.COLUMNS[n] for n in ("publisher", "reports", "incidents", "archived", "account_kind")}
        rows = frame.with_columns(pl.col("account_kind").replace_strict(AccountKind.labels()))
        table(rows, headings, "publishers", wording.PUBLISHERS)


def _largest(ordered: pl.DataFrame) -> pl.DataFrame:
    """The largest known categories, and the unknown one, which stands last."""
    is_unknown = pl.col("category") == "unknown"
    return pl.concat([ordered.filter(~is_unknown).head(MOST_BARS), ordered.filter(is_unknown)])


def _named(column: str, labels: Mapping[str, str]) -> pl.Expr:
    value = pl.col(column).fill_null("unknown")
    return value.replace({"unknown": wording.NOT_STATED, **labels}).alias(column)


def _headed(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return frame.select(columns).rename({name: wording.COLUMNS[name] for name in columns})


def _caption(view: View, title: str, subtitle: str) -> Caption:
    totals = answer(queries.publisher_totals, view.filters, settings.shows_private()).row(0, named=True)
    plain = view.caption(title, subtitle)
    return CoverageCaption(**vars(plain), coverage=wording.coverage(totals["reports"], totals["incidents"]))
