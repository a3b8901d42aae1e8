"""The table of units, and the parts of one unit's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
import streamlit as st

from pages import wording
from pages import wording_units as words
from pages.charts.formatting import casualty_range, date_range, day, number
from pages.components import settings, unit_link
from pages.components.data import answer
from pages.components.links import incident_addresses, incident_column
from pages.components.shell import View
from pages.components.table import table
from warehouse import hierarchy, queries
from warehouse.countries import country_labels
from warehouse.vocabulary import (
    Confidence,
    Finding,
    Principle,
    ResponseStatus,
    ResponseType,
    Stage,
    UnitBasis,
)

MOST_LISTED = 500
"""Rows drawn: more than anybody reads through; a filter narrows them."""


def listed(view: View) -> None:
    """Every unit with its incidents, the most first; each row opens the unit's page."""
    found = answer(queries.units_listed, view.filters)
    st.text(words.NOTE)
    named = answer(queries.naming_a_unit, view.filters).item()
    st.text(words.coverage(named, view.totals["incidents"]))
    st.text(words.named(found.filter(pl.col("incidents") > 0).height, found.height))
    st.text(words.REPEATED_NOTE)
    shown = found.head(MOST_LISTED)
    if text := words.listed(shown.height, found.height):
        st.text(text)
    rows = shown.with_columns(
        unit_link.unit_addresses(shown),
        pl.col("country").replace(country_labels()),
        pl.col("parent_name").fill_null(""),
        killed=pl.when(pl.col("incidents") > 0).then(_killed(shown)).otherwise(pl.lit("")),
    )
    columns = (
        "unit",
        "incidents",
        "killed",
        "civilians_killed_unknown",
        "repeated",
        "about_unit",
        "with_response",
        "country",
        "parent_name",
    )
    headings = {name: words.COLUMNS[name] for name in columns}
    table(rows, headings, "units", words.PAGE_HELP, {"unit": _unit_column(headings["unit"])})


def place_in_hierarchy(unit_id: str, units: pl.DataFrame) -> tuple[str, ...]:
    """Links to the units above and directly below; returns the unit with all units below it."""
    names = dict(units.select("unit_id", "name").iter_rows())
    parents = dict(units.select("unit_id", "parent_unit_id").iter_rows())
    above = [unit for unit in hierarchy.above(unit_id, parents) if unit in names]
    below = hierarchy.children(unit_id, parents)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(words.PART_OF if above else words.TOP, width="content")
        for unit in above:
            unit_link.page_link(unit, names[unit])
    if below:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(words.BELOW, width="content")
            for unit in below:
                unit_link.page_link(unit, names[unit])
    return hierarchy.with_subordinates(unit_id, parents)


def summary(view: View, unit_id: str, subtree: tuple[str, ...]) -> None:
    """The unit's own numbers, beside those with the units below it."""
    st.header(words.SUMMARY, anchor=False)
    scopes = {words.OWN: (unit_id,)} | ({words.WITH_SUBORDINATES: subtree} if len(subtree) > 1 else {})
    counted = {
        label: _counts(answer(queries.unit_totals, view.filters, ids).row(0, named=True))
        for label, ids in scopes.items()
    }
    rows = pl.DataFrame({words.COLUMNS["count"]: list(words.COUNTS.values())} | counted)
    table(rows, {name: name for name in rows.columns}, "unit_counts", words.SUMMARY)


def incidents(view: View, subtree: tuple[str, ...]) -> None:
    """Incidents with confidence and basis of the attribution; those after a recommendation are marked."""
    st.header(words.INCIDENTS, anchor=False)
    found = answer(queries.incidents_of_units, view.filters, subtree, settings.shows_private())
    if found.is_empty():
        st.text(words.NO_INCIDENTS)
        return
    st.text(words.REPEATED_NOTE)
    if (found["confidence"] == Confidence.EXCLUDED.value).any():
        st.text(words.RULED_OUT_NOTE)
    shown = found.head(MOST_LISTED)
    st.text(wording.table_page(1, shown.height, found.height))
    dates = shown.select("date_start", "date_end", "date_precision").iter_rows()
    hidden = pl.col("raw_text").is_null() & pl.col("from_private_report")
    rows = shown.with_columns(
        incident_addresses(shown),
        pl.Series("date", [date_range(*row) for row in dates], dtype=pl.String),
        pl.col("place").fill_null(wording.UNKNOWN),
        pl.col("confidence").replace_strict(Confidence.labels()),
        pl.col("basis").replace_strict(UnitBasis.labels()),
        pl.col("stage").replace_strict(Stage.labels()),
        killed=_killed(shown),
        unit="unit_name",
        mark=pl.when(pl.col("is_repeated") == 1)
        .then(pl.lit(words.REPEATED))
        .when(pl.col("is_repeat_unknown") == 1)
        .then(pl.lit(words.REPEAT_UNKNOWN))
        .otherwise(pl.lit(words.NOT_REPEATED)),
        raw=pl.when(hidden).then(pl.lit(wording.PRIVATE_HIDDEN)).otherwise(pl.col("raw_text").fill_null("")),
    )
    unit = ("unit",) if len(subtree) > 1 else ()
    columns = ("incident", "date", "mark", "killed", *unit, "confidence", "basis", "place", "stage", "raw")
    headings = {name: words.COLUMNS[name] for name in columns}
    table(rows, headings, "unit_incidents", words.INCIDENTS, {"incident": incident_column(headings["incident"])})


def recommendations(view: View, subtree: tuple[str, ...]) -> None:
    """Responses that are aimed at the unit or a unit below it, and what became of them."""
    st.header(words.RECOMMENDATIONS, anchor=False)
    found = answer(queries.responses_about_units, view.filters, subtree)
    if found.is_empty():
        st.text(words.NO_RECOMMENDATIONS)
        return
    shown = found.head(MOST_LISTED)
    rows = shown.with_columns(
        incident_addresses(shown),
        pl.col("status").replace_strict(ResponseStatus.labels()),
        response=pl.col("response_type").replace_strict(ResponseType.labels()),
        unit="unit_name",
    )
    unit = ("unit",) if len(subtree) > 1 else ()
    columns = ("incident", *unit, "response", "status", "recommended_on", "decided_on", "implemented_on")
    headings = {name: words.COLUMNS[name] for name in columns}
    config = {"incident": incident_column(headings["incident"])}
    table(rows, headings, "unit_responses", words.RECOMMENDATIONS, config, placeholder=words.NONE_ON_RECORD)


def findings(view: View, subtree: tuple[str, ...]) -> None:
    """Assessments of the incidents, pending ones last."""
    st.header(words.FINDINGS, anchor=False)
    found = answer(queries.findings_of_units, view.filters, subtree)
    if found.is_empty():
        st.text(words.NO_FINDINGS)
        return
    shown = found.head(MOST_LISTED)
    rows = shown.with_columns(
        incident_addresses(shown),
        pl.col("kind").replace_strict(Principle.labels()),
        pl.col("finding").replace_strict(Finding.labels()),
    )
    columns = ("incident", "kind", "finding", "assessed_on", "bureau")
    headings = {name: words.COLUMNS[name] for name in columns}
    config = {"incident": incident_column(headings["incident"])}
    table(rows, headings, "unit_findings", words.FINDINGS, config, placeholder=wording.NOT_STATED)


def first_recommendation(view: View, unit_id: str) -> None:
    """The day from which incidents of the unit are repeated ones."""
    found = answer(queries.incidents_of_units, view.filters, (unit_id,), settings.shows_private())
    days = found["first_recommended_on"].drop_nulls()
    if days.len():
        st.text(words.first_recommended(day(days[0])))


def _counts(row: Mapping[str, Any]) -> list[str]:
    texts = {
        harm: casualty_range(*(row[f"civilians_{harm}_{part}"] for part in ("low", "best", "high")))
        for harm in ("killed", "injured")
    }
    if not row["incidents"]:
        texts = dict.fromkeys(texts, "")
    unknown = {f"{harm}_unknown": number(row[f"civilians_{harm}_unknown"]) for harm in texts}
    plain = ("incidents", "assessed", "with_response", "repeated", "repeat_unknown")
    values = texts | unknown | {name: number(row[name]) for name in plain}
    return [values[name] for name in words.COUNTS]


def _killed(rows: pl.DataFrame) -> pl.Series:
    """Civilians killed as a range; unknown in words."""
    parts: Iterable[tuple[int | None, ...]] = rows.select(
        f"civilians_killed_{part}" for part in ("low", "best", "high")
    ).iter_rows()
    return pl.Series("killed", [casualty_range(*numbers) for numbers in parts], dtype=pl.String)


def _unit_column(label: str) -> Any:
    return st.column_config.LinkColumn(label, display_text="#(.+)$", help=words.UNIT_HELP, width=220)
