"""The parts of the page about records that may be the same event."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import polars as pl
import streamlit as st

from pages import wording_matches as wording
from pages.charts.formatting import casualty_range, date_range, number
from pages.components.data import answer
from pages.components.links import incident_addresses, incident_column
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.vocabulary import PairDecision

MOST_LISTED = 500
"""Pairs drawn: more than anybody reads through; a filter narrows them."""


def counts(view: View) -> int:
    """Three figures above the page; returns the number of pairs."""
    found = answer(queries.pair_counts, view.filters).row(0, named=True)
    labels = {"pairs": wording.PAIRS, "linked": wording.LINKED, "decided": wording.DECIDED}
    for column, (name, label) in zip(st.columns(3), labels.items(), strict=True):
        column.metric(label, number(found[name]))
    return int(found["pairs"])


def pairs(view: View) -> None:
    """The pairs; a chosen one with its reasons."""
    found = answer(queries.pairs, view.filters, MOST_LISTED)
    total = answer(queries.pair_counts, view.filters).item(0, "pairs")
    st.header(wording.HEADING, anchor=False)
    st.text(f"{wording.listed(found.height, total)}. {wording.CHOOSE}")
    shown = _rows(found)
    chosen: Any = st.dataframe(
        shown.select(list(wording.COLUMNS)),
        hide_index=True,
        key="pairs",
        alt=wording.HEADING,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="unknown",
        column_config={name: st.column_config.Column(label) for name, label in wording.COLUMNS.items()}
        | {
            "match_probability": st.column_config.NumberColumn(wording.COLUMNS["match_probability"], format="%.2f"),
            "distance_m": st.column_config.NumberColumn(wording.COLUMNS["distance_m"], format="localized"),
            "first": incident_column(wording.COLUMNS["first"]),
            "second": incident_column(wording.COLUMNS["second"]),
        },
    )
    for row in chosen["selection"]["rows"]:
        if row < found.height:
            reasons(found.row(row, named=True))


def reasons(pair: dict[str, Any]) -> None:
    """How each comparison moved the probability, and how to decide."""
    st.header(wording.REASONS, anchor=False)
    st.text(wording.BITS_HELP)
    rows = pl.DataFrame(
        json.loads(pair["reasons"]), schema={"comparison": pl.String, "level": pl.String, "bits": pl.Float64}
    )
    table(rows, wording.REASON_COLUMNS, "reasons", wording.REASONS_ALT)
    st.text(wording.DECIDE)
    entry = {"left": pair["left_id"], "right": pair["incident_id"], "decision": PairDecision.REJECTED.value}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in entry.items()]
    st.code("\n".join(["[[decision]]", *lines, 'by = ""', f"on = {view_day()}", 'reason = ""']), language="toml")


def view_day() -> str:
    """A day for the example: the build's own."""
    built: str = answer(queries.build).item(0, "built_at").date().isoformat()
    return built


def measures() -> None:
    """What the linkage is worth, by stated links."""
    found = answer(queries.linkage_measures)
    if found.is_empty():
        return
    st.header(wording.QUALITY_HEADING, anchor=False)
    st.text(wording.QUALITY_NOTE)
    table(
        found,
        wording.MEASURE_COLUMNS,
        "linkage_measures",
        wording.QUALITY_HEADING,
        {
            name: st.column_config.NumberColumn(wording.MEASURE_COLUMNS[name], format="%.2f")
            for name in ("precision", "recall", "threshold")
        },
    )


def _rows(found: pl.DataFrame) -> pl.DataFrame:
    sides: dict[str, pl.Series] = {}
    for side, prefix, identifier in (("first", "left_", "left_id"), ("second", "", "incident_id")):
        names = {"incident_id": identifier, "public_code": f"{prefix}public_code"}
        linked = found.select(pl.col(column).alias(name) for name, column in names.items())
        addresses = incident_addresses(linked)
        sides |= {
            side: addresses
            if side == "second"
            else pl.select(pl.when(found["left_kind"] == "incident").then(addresses)).to_series(),
            f"{side}_place": found[f"{prefix}place"],
            f"{side}_date": _texts(
                date_range(*row)
                for row in found.select(f"{prefix}{c}" for c in ("date_start", "date_end", "date_precision"))
                .with_columns(pl.col(f"{prefix}date_precision").fill_null("day"))
                .iter_rows()
            ),
            f"{side}_killed": _texts(
                casualty_range(*row)
                for row in found.select(f"{prefix}civilians_killed_{p}" for p in ("low", "best", "high")).iter_rows()
            ),
        }
    return found.with_columns(_verdict(), pl.col("distance_m").round(0).cast(pl.Int64)).with_columns(
        series.alias(name) for name, series in sides.items()
    )


def _texts(values: Iterable[str]) -> pl.Series:
    return pl.Series(list(values), dtype=pl.String)


def _verdict() -> pl.Expr:
    decided = (
        pl.when(pl.col("decision") == PairDecision.UNDECIDED.value)
        .then(pl.lit(""))
        .otherwise(pl.lit(wording.BY_PEOPLE))
    )
    verdict = pl.when("is_linked").then(pl.lit(wording.SAME)).otherwise(pl.lit(wording.APART))
    return pl.concat_str(verdict, decided).alias("verdict")
