"""The figures of the page Weapons: what incidents name, how surely, on what basis."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from pages import wording, wording_weapons
from pages.charts import attributions as charts
from pages.components import figure
from pages.components.data import answer
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.filters import UNATTRIBUTED
from warehouse.queries.weapons import Dimension
from warehouse.vocabulary import AttributionBasis, Confidence, UsOrigin, WeaponSystem

MOST_MUNITIONS = 12
"""Munitions drawn; more would not fit a screen. The table behind the figure holds all of them."""

_LABELS: dict[Dimension, Mapping[str, str]] = {
    "weapon_system": WeaponSystem.labels(),
    "munition": {UNATTRIBUTED: wording_weapons.UNATTRIBUTED},
    "confidence": Confidence.labels(),
    "basis": AttributionBasis.labels() | {UNATTRIBUTED: wording_weapons.UNATTRIBUTED},
}


def by(view: View, dimension: Dimension) -> None:
    """Incidents by one dimension and by confidence."""
    rows = charts.in_order(answer(queries.attributed, view.filters, dimension))
    labels = _LABELS[dimension]
    drawn, subtitle = _largest(rows, dimension)
    title = wording.titled(wording_weapons.TITLES[dimension], scope(view))
    numbers = rows.select(
        pl.col("category").replace(labels).alias(wording_weapons.HEADINGS[dimension]),
        *(
            []
            if dimension == "confidence"
            else [pl.col("confidence").replace(Confidence.labels()).alias(wording_weapons.HEADINGS["confidence"])]
        ),
        pl.col("incidents").alias(wording_weapons.HEADINGS["incidents"]),
    )
    figure.show(
        charts.attributed(drawn, view.caption(title, subtitle), labels),
        f"{title}. {charts.alt_text(drawn, labels)}",
        f"weapons_{dimension}",
        numbers,
    )


def notes(view: View) -> None:
    """How many incidents name no weapon, and of how many one was ruled out."""
    rows = answer(queries.attributed, view.filters, "confidence")
    without = int(rows.filter(confidence=Confidence.UNATTRIBUTED.value)["incidents"].sum())
    st.text(wording_weapons.unattributed(without, view.totals["incidents"]))
    if note := wording_weapons.ruled_out(answer(queries.ruled_out, view.filters).item()):
        st.text(note)


def table_of_attributions(view: View) -> None:
    """Weapons by confidence and basis, the ones ruled out too."""
    st.header(wording_weapons.ATTRIBUTIONS, anchor=False)
    found = answer(queries.attributions, view.filters)
    if found.is_empty():
        st.text(wording_weapons.NO_ATTRIBUTIONS)
        return
    st.text(wording_weapons.ATTRIBUTIONS_NOTE)
    shown = found.with_columns(
        pl.col("designation").fill_null(wording_weapons.NOT_NAMED).alias("munition"),
        *(
            pl.col(name).replace(vocabulary.labels())
            for name, vocabulary in (
                ("weapon_system", WeaponSystem),
                ("us_origin", UsOrigin),
                ("confidence", Confidence),
                ("basis", AttributionBasis),
            )
        ),
    )
    columns = ("munition", "weapon_system", "us_origin", "confidence", "basis", "incidents")
    headings = {name: wording_weapons.HEADINGS[name] for name in columns}
    table(shown, headings, "attributions", wording_weapons.ATTRIBUTIONS_NOTE)


def _largest(rows: pl.DataFrame, dimension: Dimension) -> tuple[pl.DataFrame, str]:
    """(rows to draw, subtitle): of many munitions those that most incidents name, and the unattributed."""
    if dimension == "confidence":
        return rows, wording_weapons.SUREST_ONLY
    named = rows.filter(pl.col("confidence") != Confidence.UNATTRIBUTED.value)["category"].unique(maintain_order=True)
    if dimension != "munition" or named.len() <= MOST_MUNITIONS:
        return rows, wording_weapons.COUNTS_IN_EACH
    kept = [*named.head(MOST_MUNITIONS), UNATTRIBUTED]
    note = wording_weapons.largest_of(MOST_MUNITIONS, named.len())
    return rows.filter(pl.col("category").is_in(kept)), f"{wording_weapons.COUNTS_IN_EACH} {note}"
