"""Outcomes of the expectations: in all, by suite, and each broken one with the rows that broke it."""

from __future__ import annotations

import json

import polars as pl
import streamlit as st

from pages import wording
from pages.charts.outcomes import outcomes
from pages.components import figure
from pages.components.data import answer
from pages.components.links import incident_addresses, incident_column
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.schema import TABLE
from warehouse.vocabulary import Severity


def overall(view: View) -> None:
    """Draw how many expectations passed, warn and failed."""
    suites, unmet = answer(queries.expectation_suites), answer(queries.unmet_expectations)
    counts = {outcome: int(suites[outcome].sum()) for outcome in wording.OUTCOMES}
    broken = {"passed": 0} | {
        outcome: int(unmet.filter(severity=severity.value)["unexpected"].sum())
        for outcome, severity in (("warning", Severity.WARNING), ("failed", Severity.ERROR))
    }
    details = [wording.outcome_detail(outcome, count, broken[outcome]) for outcome, count in counts.items()]
    labels = list(wording.OUTCOMES.values())
    caption = view.caption(wording.EXPECTATIONS_TITLE, wording.EXPECTATIONS_SUBTITLE, view.all_incidents)
    listed = ", ".join(f"{label} {count}" for label, count in zip(labels, counts.values(), strict=True))
    figure.show(
        outcomes(labels, list(counts.values()), details, caption),
        f"Bar chart. {wording.EXPECTATIONS_TITLE}: {listed}.",
        "outcomes",
        pl.DataFrame({wording.EXPECTATION_COLUMNS["outcome"]: labels, wording.EXPECTATIONS: list(counts.values())}),
    )


def broken() -> None:
    """Draw a box for each expectation that is not met, filled when it is opened."""
    unmet = answer(queries.unmet_expectations)
    st.header(wording.UNMET, anchor=False)
    if unmet.is_empty():
        st.text(wording.ALL_MET)
    for row in unmet.to_dicts():
        severity = Severity.labels()[row["severity"]]
        label = wording.unmet_heading(severity, row["expectation"], row["unexpected"], row["evaluated"])
        box = st.expander(label, key=f"unmet_{row['expectation']}", on_change="rerun")
        if box.open:
            with box:
                st.text(row["description"])
                st.text(row["reason"])
                _sample(row["suite"], row["expectation"], row["unexpected"], json.loads(row["sample"] or "[]"))


def by_suite() -> None:
    """Draw counts by suite, and all expectations of a chosen one."""
    suites = answer(queries.expectation_suites)
    st.header(wording.SUITES, anchor=False)
    table(suites, wording.SUITE_COLUMNS, "suites", wording.SUITES)
    chosen = st.selectbox(
        wording.CHOOSE_SUITE,
        suites["suite"].to_list(),
        index=None,
        key="suite",
        placeholder=wording.CHOOSE_SUITE_HINT,
    )
    if chosen:
        outcome = (
            pl.when("is_met")
            .then(pl.lit(wording.OUTCOMES["passed"]))
            .when(pl.col("severity") == Severity.ERROR.value)
            .then(pl.lit(wording.OUTCOMES["failed"]))
            .otherwise(pl.lit(wording.OUTCOMES["warning"]))
        )
        rows = answer(queries.expectations, chosen).with_columns(
            pl.col("severity").replace_strict(Severity.labels()), outcome=outcome
        )
        table(rows, wording.EXPECTATION_COLUMNS, "of_suite", chosen)


def _sample(suite: str, expectation: str, unexpected: int, keys: list[dict[str, str]]) -> None:
    """The keys of some rows, with a link to the incident that each belongs to."""
    if not keys:
        return
    if "error" in keys[0]:
        st.text(wording.not_evaluated(keys[0]["error"]))
        return
    frame = pl.DataFrame(keys, infer_schema_length=None)
    st.text(wording.sample_note(frame.height, unexpected))
    frame = _with_incident(suite, frame)
    config = {}
    if "incident_id" in frame.columns:
        frame = frame.with_columns(incident_addresses(frame)).drop("incident_id")
        frame = frame.select("incident", pl.exclude("incident"))
        config = {"incident": incident_column(wording.SAMPLE_INCIDENT)}
    st.dataframe(frame, hide_index=True, key=f"sample_{expectation}", column_config=config, alt=expectation)


def _with_incident(suite: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `incident_id` to rows that belong to an incident without having its id in their key."""
    key = TABLE[suite].key[0]
    if "incident_id" in frame.columns or "incident_id" not in TABLE[suite].column_names or key not in frame.columns:
        return frame
    owners = answer(queries.incidents_of_rows, suite, key, tuple(frame[key].unique(maintain_order=True)))
    return frame.join(owners, on=key, how="left", maintain_order="left")
