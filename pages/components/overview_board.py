"""The overview below its key figures: the funnel, where the oldest cases wait, what changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from pages import wording, wording_figures
from pages import wording_leadership as words
from pages.charts import alt
from pages.charts.formatting import number
from pages.charts.leadership import short_funnel
from pages.components import figure, incident_link
from pages.components.data import answer
from pages.components.plain import escaped
from pages.components.scope import scope
from pages.components.shell import View
from warehouse import queries
from warehouse.changes import Kind, What
from warehouse.countries import country_labels
from warehouse.funnel import funnel as reached_by_stage
from warehouse.vocabulary import Stage

OLDEST_SHOWN = 5
"""What fits beside the funnel."""
DAYS = 7
KNOWN_DAYS = 2
"""What is known of one day alone cannot have changed."""
STYLE = """<style>
.st-key-leadership [data-testid="stPageLink-NavLink"] { padding: 0; min-height: 1.5rem; }
.st-key-leadership [data-testid="stPageLink-NavLink"] p { text-decoration: underline; }
.st-key-cards [data-testid="stPageLink-NavLink"] p { font-size: 0.875rem; }
.st-key-leadership :is([data-testid="stMetricValue"], [data-testid="stMetricDelta"]) :is(div, p) {
    white-space: normal; overflow: visible; line-height: 1.3; }
.st-key-leadership [data-testid="stCaptionContainer"] p { font-size: 0.8125rem; line-height: 1.35; }
.st-key-leadership [data-testid="stTable"] :is(td, th) { font-size: 0.8125rem; padding: 0.25rem 0.375rem; }
.st-key-leadership [data-testid="stTable"] :is(td, th):not(:first-child) { text-align: right !important; }
.st-key-leadership [data-testid="stTable"] p { font-size: 0.8125rem; }
.st-key-leadership [data-testid="stBaseButton-tertiary"] { min-height: 1.5rem; padding: 0; }
.st-key-leadership [data-testid="stBaseButton-tertiary"] p { font-size: 0.8125rem; text-decoration: underline; }
</style>"""
"""Five figures and three panels on one screen of 1366 x 768; what is clicked stays 24 pixels high."""


def funnel(view: View) -> None:
    """How many incidents reached each stage; a sentence instead where the data has no review record."""
    without = view.totals["without_review_record"]
    if without == view.totals["incidents"]:
        st.info(wording.overview_no_review_in_data(without))
        return
    rows = reached_by_stage(answer(queries.progress, view.filters, view.as_of))
    caption = view.caption(
        wording.titled(words.SHORT_FUNNEL_TITLE, scope(view)),
        wording.overview_funnel_subtitle(without) if without else "",
        view.totals["incidents"] - without,
    )
    drawn, key = short_funnel(rows, caption), "overview_funnel"
    figure.draw(drawn, f"{caption.title}. {alt.stage_funnel(rows)}", key)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("pipeline.py", label=words.TO_PIPELINE, help=words.OPENS)
        with st.popover(wording_figures.SAVE, type="tertiary"):
            figure.save(drawn, key, funnel_numbers(rows))


def funnel_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """The table behind the funnel: how many incidents reached each stage."""
    headings = {name: wording.FUNNEL_COLUMNS[name] for name in ("stage", "reached")}
    return rows.with_columns(pl.col("stage").replace_strict(Stage.labels())).select(list(headings)).rename(headings)


def oldest(view: View) -> None:
    """Stages and countries in which an incident has waited longest, with a link to that incident."""
    without = view.totals["without_review_record"]
    rows = answer(queries.oldest_by_place, view.filters, view.as_of, OLDEST_SHOWN)
    st.page_link("waits.py", label=f"**{words.OLDEST_TITLE}**", help=words.OPENS)
    if rows.is_empty():
        st.text(words.nobody_waits(view.totals["incidents"] - without, without))
        return
    kept, countries = incident_link.filter_parameters(), country_labels()

    def link(row: dict[str, Any]) -> str:
        parameters = urlencode([*kept, (incident_link.PARAMETER, row["incident_id"])])
        return f"[{words.waited(row['longest_days'])}](/incident?{parameters})"

    cells = [
        (
            escaped(
                words.stage_and_country(
                    Stage.labels()[row["stage"]], countries.get(row["country"], wording.COUNTRY_UNKNOWN)
                )
            ),
            number(row["waiting"]),
            number(row["overdue"]),
            link(row),
        )
        for row in rows.iter_rows(named=True)
    ]
    columns = map(list, zip(*cells, strict=True))
    st.table(
        dict(zip(words.OLDEST_COLUMNS, columns, strict=True)),
        border="horizontal",
        hide_index=True,
        alt=words.OLDEST_TITLE,
    )
    st.caption(words.oldest_note(rows.height, view.as_of))


def changed(view: View) -> None:
    """What became known in the last days, counted in incidents; the days are those that the page behind it shows."""
    st.page_link("changes.py", label=f"**{words.CHANGED_TITLE}**", help=words.OPENS)
    days = answer(queries.record_days)["day"].to_list()
    newest = max([view.as_of, *days])
    after = min(view.filters.as_known_on or newest, newest)
    if sum(known <= after for known in days) < KNOWN_DAYS:
        st.text(words.ONE_DAY)
        return
    before = after - timedelta(days=DAYS)
    counts = answer(queries.change_counts, view.filters, before, after)
    has_review = view.totals["without_review_record"] < view.totals["incidents"]
    rows = changes_table(counts, has_review=has_review)
    st.table(rows, border="horizontal", hide_index=True, hide_header=True, alt=words.CHANGED_TITLE)
    st.caption(words.changed_days(before, after))


def changes_table(counts: pl.DataFrame, *, has_review: bool) -> pl.DataFrame:
    """What changed, and in how many incidents, 0 included; of the answer to `queries.change_counts`.

    Incidents of a data set that is new to the warehouse are no news and stand apart. Columns of
    `wording_leadership.CHANGED_COLUMNS`.
    """
    of_all_kinds = dict(counts.filter(pl.col("kind").is_null()).select("what", "incidents").iter_rows())

    def of(what: What, *kinds: Kind) -> int:
        return int(
            counts.filter(pl.col("kind").is_in([kind.value for kind in kinds]), what=what.value)["incidents"].sum()
        )

    rows = [(words.CHANGED_NEW, of(What.ADDED, Kind.NEW))]
    if loaded := of(What.ADDED, Kind.NEW_DATASET):
        rows.append((words.CHANGED_LOADED, loaded))
    rows += [(label, of_all_kinds.get(what.value, 0)) for what, label in words.CHANGED_HARM.items()]
    if has_review:
        rows += [(label, of_all_kinds.get(what.value, 0)) for what, label in words.CHANGED_REVIEW.items()]
        rows.append((words.CHANGED_BACK, of(What.STEP, Kind.BACK, Kind.REOPENED)))
    return pl.DataFrame(
        [(label, number(count)) for label, count in rows],
        schema=dict.fromkeys(words.CHANGED_COLUMNS, pl.String),
        orient="row",
    )
