"""Licences and transfers beside incidents with a recommendation: context, never proof of use."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages import wording
from pages import wording_responses as words
from pages.components.data import answer
from pages.components.links import incident_addresses, incident_column
from pages.components.plain import escaped
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.countries import country_labels
from warehouse.vocabulary import Confidence, ResponseStatus, ResponseType, TransferRecord

MOST_LISTED = 500
"""Rows drawn: more than anybody reads through; a filter narrows them."""


def show(view: View) -> None:
    """Records of the munitions and recipients that incidents with a recommendation name, and licences that responses
    name."""
    st.header(words.LICENCES, anchor=False)
    st.info(words.NO_PROOF)
    named = answer(queries.named_with_recommendation, view.filters)
    if named.drop_nulls("recipient").is_empty():
        st.text(words.NO_NAMED)
    else:
        _records(view)
        _named(named)
    _aimed_at(view)


def _records(view: View) -> None:
    found = answer(queries.records_of_named, view.filters).filter(pl.col("recipient").is_not_null())
    st.text(words.RECORDS_NOTE)
    on_record = pl.col("transfer_id").is_not_null()
    is_order = pl.col("record_type") == TransferRecord.TRANSFER.value
    number, delivered = pl.col("number"), pl.col("number_delivered")
    progress = pl.Series(
        [
            None if part is None or whole is None else words.still_to_come(part, whole)
            for part, whole in found.select("number_delivered", "number").iter_rows()
        ],
        dtype=pl.String,
    )
    rows = found.with_columns(
        pl.col("recipient").replace(country_labels()),
        record=pl.col("record_type").replace_strict(TransferRecord.labels(), default=None).fill_null(words.NO_RECORD),
        year=pl.coalesce("order_year", pl.col("notified_on").dt.year().cast(pl.Int64)).cast(pl.String),
        deliveries=pl.when(is_order & (delivered >= number))
        .then(pl.lit(words.DELIVERED["whole"]))
        .when(is_order)
        .then(progress.fill_null(words.DELIVERED["not_stated"])),
        named_by=pl.when(on_record).then("responses"),
        source="publisher",
    )
    columns = (
        "recipient",
        "munition",
        "incidents",
        "record",
        "year",
        "number",
        "deliveries",
        "case_number",
        "named_by",
    )
    headings = {name: words.COLUMNS[name] for name in columns}
    table(rows.head(MOST_LISTED), headings, "records", words.LICENCES, placeholder="")
    sources = found.drop_nulls("publisher").select("publisher", "known_on").unique(maintain_order=True).rows()
    if sources:
        st.caption(escaped(words.sources_footer(sources, view.build_id, synthetic=view.synthetic)))


def _named(named: pl.DataFrame) -> None:
    st.subheader(words.NAMED_HEADING, anchor=False)
    shown = named.head(MOST_LISTED)
    st.text(words.listed(shown.height, named.height, "attribution"))
    rows = shown.with_columns(
        incident_addresses(shown),
        pl.col("recipient").replace(country_labels()).fill_null(wording.UNKNOWN),
        pl.col("confidence").replace_strict(Confidence.labels()),
    )
    columns = ("incident", "munition", "confidence", "recipient", "responses")
    headings = {name: words.COLUMNS[name] for name in columns}
    table(rows, headings, "named", words.NAMED_HEADING, {"incident": incident_column(headings["incident"])})


def _aimed_at(view: View) -> None:
    st.subheader(words.LICENCE_RESPONSES, anchor=False)
    found = answer(queries.responses_to_licences, view.filters)
    if found.is_empty():
        st.text(words.NO_LICENCE_RESPONSES)
        return
    shown = found.head(MOST_LISTED)
    st.text(words.listed(shown.height, found.height, "response"))
    rows = shown.with_columns(
        incident_addresses(shown),
        pl.col("status").replace_strict(ResponseStatus.labels()),
        response=pl.col("response_type").replace_strict(ResponseType.labels()),
        designation=pl.when(pl.col("records") == 0)
        .then(pl.lit(words.NO_RECORD))
        .otherwise(pl.col("designation").fill_null(words.SEVERAL)),
        case_number=pl.col("case_number").fill_null(words.CASE_NOT_NAMED),
    )
    columns = ("incident", "response", "status", "case_number", "designation", "recommended_on")
    headings = {name: words.COLUMNS[name] for name in columns}
    config = {"incident": incident_column(headings["incident"])}
    table(rows, headings, "aimed_at_licences", words.LICENCE_RESPONSES, config, placeholder=words.NO_RECORD)
