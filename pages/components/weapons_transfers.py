"""Transfers of one munition on record, beside incidents and never joined to them."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages import wording, wording_weapons
from pages.components.data import answer
from pages.components.plain import escaped
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.countries import country_labels
from warehouse.filters import UNATTRIBUTED
from warehouse.vocabulary import TransferChannel, TransferRecord

_ALL = "all"


def show(view: View) -> None:
    """The choice of a munition and a recipient, and what is on record of both."""
    st.header(wording_weapons.TRANSFERS, anchor=False)
    st.info(wording_weapons.NO_PROOF)
    records: dict[str, int] = dict(answer(queries.transferred).iter_rows())
    if not records:
        st.text(wording_weapons.NO_TRANSFERS)
        return
    munition, recipient = _choose(_named(view), records)
    if munition is None:
        return
    if munition not in records:
        st.text(wording_weapons.no_records(munition))
        return
    found = answer(queries.transfers, munition, recipient)
    who = wording_weapons.ALL_RECIPIENTS if recipient is None else country_labels().get(recipient, recipient)
    title = wording_weapons.transfers_title(munition, who, found.height)
    st.markdown(f"**{escaped(title)}**")
    table(_shown(found), wording_weapons.TRANSFER_COLUMNS, "transfers", title, placeholder=wording.NOT_STATED)
    sources = found.select("publisher", "known_on").unique(maintain_order=True).rows()
    st.caption(escaped(wording_weapons.transfers_footer(sources, view.build_id, synthetic=view.synthetic)))
    st.text(wording_weapons.TRANSFERS_SCOPE)
    st.text(wording_weapons.NOT_ONE_KIND)


def _named(view: View) -> dict[str, int]:
    """Munitions that incidents under the filter name -> how many, the most first."""
    rows = answer(queries.attributed, view.filters, "munition").filter(pl.col("category") != UNATTRIBUTED)
    totals = (
        rows.group_by("category").agg(pl.col("incidents").sum()).sort("incidents", "category", descending=[True, False])
    )
    return dict(totals.iter_rows())


def _choose(named: dict[str, int], records: dict[str, int]) -> tuple[str | None, str | None]:
    """(munition, recipient or None for all), as the reader chose; munitions that incidents name stand first."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        munition = st.selectbox(
            wording_weapons.MUNITION,
            sorted({**named, **records}, key=lambda name: (name not in named, name not in records)),
            key="transfers_of",
            bind="query-params",
            persist_state="session",
        )
        known = [] if munition is None else answer(queries.recipients, munition)["recipient_key"].to_list()
        labels = country_labels() | {_ALL: wording_weapons.ALL_RECIPIENTS}
        recipient = st.selectbox(
            wording_weapons.RECIPIENT,
            [_ALL, *sorted(known, key=lambda key: labels.get(key, key))],
            format_func=lambda key: labels.get(key, key),
            key="transfers_to",
            bind="query-params",
            persist_state="session",
        )
    if munition is not None:
        st.text(wording_weapons.munition_counts(named.get(munition, 0), records.get(munition, 0)))
    return munition, None if recipient in (None, _ALL) else recipient


def _shown(found: pl.DataFrame) -> pl.DataFrame:
    """The records with words for people; what the source marks as uncertain is named in a column of its own."""
    labels = country_labels()
    doubts = [
        pl.when(pl.col(name).fill_null(value=False)).then(pl.lit(words))
        for name, words in wording_weapons.UNCERTAIN.items()
    ]
    return found.with_columns(
        record=pl.col("record_type").replace(TransferRecord.labels()),
        channel_label=pl.col("channel").replace(TransferChannel.labels()),
        recipient_label=pl.col("recipient").replace(labels).fill_null(pl.col("recipient_raw")),
        supplier_label=pl.col("supplier").replace(labels).fill_null(pl.col("supplier_raw")),
        order_year=pl.col("order_year").cast(pl.String),
        years=pl.col("delivered_years").list.join(", "),
        uncertain=pl.concat_str(doubts, separator=", ", ignore_nulls=True).fill_null(""),
    )
