"""The reports of one incident, as they may be shown."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from pages import wording
from pages.charts.formatting import counted
from warehouse import vocabulary as v
from warehouse.schema import TABLE

_REPORT = TABLE["report"]
_LINKED = ("http://", "https://")
_HEIGHT_PX = 420


def rows(reports: pl.DataFrame, *, show_private: bool) -> pl.DataFrame:
    """Rows of `queries.reports_of_incident` for the table.

    Columns: published_on (date), source_type, publisher, note (why something is not shown, addresses that are no web
    page, how an inferred link was made), address and archive (only http or https, so that a link can do nothing else),
    title, text, language, submitted_by.
    """
    records = list(reports.iter_rows(named=True))
    types = v.SourceType.labels()
    return pl.DataFrame(
        {
            "published_on": reports["published_on"],
            "source_type": [types[r["source_type"]] for r in records],
            "publisher": [_publisher(r, show_private=show_private) for r in records],
            "note": [_note(r, show_private=show_private) for r in records],
            "address": [_linked(r["url"]) for r in records],
            "archive": [_linked(r["archive_url"]) for r in records],
            "title": reports["title"],
            "text": reports["raw_text"],
            "language": reports["language"],
            "submitted_by": reports["submitted_by"],
        },
        schema_overrides=dict.fromkeys(("publisher", "address", "archive", "note"), pl.String),
    )


def show(reports: pl.DataFrame, *, show_private: bool) -> None:
    """Draw the table: all reports at once, so that sorting in the browser sorts all of them."""
    table = rows(reports, show_private=show_private)
    filled = [name for name in table.columns if table[name].null_count() < table.height]
    link, text = st.column_config.LinkColumn, st.column_config.TextColumn
    st.dataframe(
        table.select(filled),
        key="incident_reports",
        hide_index=True,
        lazy=False,
        placeholder="",
        height=min(_HEIGHT_PX, 38 + 35 * table.height),
        alt=wording.reports_alt(counted(table.height, "report")),
        column_config={
            "published_on": st.column_config.DateColumn(
                _REPORT["published_on"].label, width=110, format="D MMM YYYY", help=wording.UNDATED_HELP
            ),
            "source_type": text(_REPORT["source_type"].label, width=130),
            "publisher": text(_REPORT["publisher"].label, width=170),
            "title": text(_REPORT["title"].label, width=260),
            "text": text(_REPORT["raw_text"].label, width=320),
            "address": link(_REPORT["url"].label, width=200),
            "archive": link(_REPORT["archive_url"].label, width=160),
            "language": text(_REPORT["language"].label, width=90),
            "submitted_by": text(_REPORT["submitted_by"].label, width=180),
            "note": text(wording.REPORT_NOTE, width=230),
        },
    )


def _publisher(report: dict[str, Any], *, show_private: bool) -> str:
    if _hidden(report, show_private=show_private):
        return wording.PRIVATE_HIDDEN
    if report["publisher"]:
        return str(report["publisher"])
    if report["account_kind"] == v.AccountKind.PERSONAL:
        return wording.personal_account(report["platform"])
    return str(report["platform"] or wording.UNKNOWN)


def _note(report: dict[str, Any], *, show_private: bool) -> str | None:
    parts = []
    if _hidden(report, show_private=show_private):
        parts.append(wording.PRIVATE_HIDDEN)
    elif report["access"] == v.Access.PRIVATE:
        parts.append(wording.PRIVATE_SHOWN)
    if report["account_kind"] == v.AccountKind.PERSONAL:
        parts.append(wording.PERSONAL_HIDDEN)
    parts += [
        wording.other_address(report[name])
        for name in ("url", "archive_url")
        if report[name] and _linked(report[name]) is None
    ]
    if report["method"] == "linked":
        parts.append(wording.linked(report["match_probability"]))
    return "; ".join(parts) or None


def _hidden(report: dict[str, Any], *, show_private: bool) -> bool:
    return report["access"] == v.Access.PRIVATE and not show_private


def _linked(address: str | None) -> str | None:
    return address if address and address.lower().startswith(_LINKED) else None
