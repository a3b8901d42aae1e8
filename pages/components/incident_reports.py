"""The reports of one incident, as they may be shown. Pure: records in, frames of text out."""

from __future__ import annotations

from typing import Any

import polars as pl

from pages import wording, wording_dossier
from pages.charts.formatting import day
from warehouse import vocabulary as v

_LINKED = ("http://", "https://")


def rows(reports: pl.DataFrame, *, show_private: bool) -> pl.DataFrame:
    """Reports of a dossier for people.

    Columns: report_number, published_on, source (type, publisher, language, sender), says (title and text), url and
    archive_url (only http or https, so that a link can do nothing else), note (why something is not shown, addresses
    that are no web page, how an inferred link was made; empty without any).
    """
    records = list(reports.iter_rows(named=True))
    return pl.DataFrame(
        {
            "report_number": reports["report_number"],
            "published_on": [day(r["published_on"]) if r["published_on"] else wording_dossier.NO_DAY for r in records],
            "source": [_source(r, show_private=show_private) for r in records],
            "says": [_says(r, show_private=show_private) for r in records],
            "url": [_linked(r["url"]) for r in records],
            "archive_url": [_linked(r["archive_url"]) for r in records],
            "note": [_note(r, show_private=show_private) for r in records],
        },
        schema=dict.fromkeys(
            ("report_number", "published_on", "source", "says", "url", "archive_url", "note"), pl.String
        ),
    )


def _source(report: dict[str, Any], *, show_private: bool) -> str:
    parts = [v.SourceType.labels()[report["source_type"]], _publisher(report, show_private=show_private)]
    if report["language"]:
        parts.append(str(report["language"]))
    if report["submitted_by"]:
        parts.append(wording_dossier.handed_in_by(report["submitted_by"]))
    return "; ".join(parts)


def _publisher(report: dict[str, Any], *, show_private: bool) -> str:
    if _hidden(report, show_private=show_private):
        return wording.PRIVATE_HIDDEN
    if report["publisher"]:
        return str(report["publisher"])
    if report["account_kind"] == v.AccountKind.PERSONAL:
        return wording.personal_account(report["platform"])
    return str(report["platform"] or wording.UNKNOWN)


def _says(report: dict[str, Any], *, show_private: bool) -> str:
    if _hidden(report, show_private=show_private):
        return wording.PRIVATE_HIDDEN
    texts = [f"“{report['title']}”" if report["title"] else None, report["raw_text"]]
    return " ".join(text for text in texts if text) or wording_dossier.NO_TEXT


def _note(report: dict[str, Any], *, show_private: bool) -> str:
    parts = []
    if report["access"] == v.Access.PRIVATE and show_private:
        parts.append(wording.PRIVATE_SHOWN)
    if report["account_kind"] == v.AccountKind.PERSONAL:
        parts.append(wording.PERSONAL_HIDDEN)
    if not _hidden(report, show_private=show_private) and (report["event_on"] or report["place"]):
        when = day(report["event_on"]) if report["event_on"] else None
        parts.append(wording_dossier.speaks_of(when, report["place"]))
    parts += [
        wording.other_address(report[name])
        for name in ("url", "archive_url")
        if report[name] and _linked(report[name]) is None
    ]
    if report["method"] == "linked":
        parts.append(wording.linked(report["match_probability"]))
    return "; ".join(parts)


def _hidden(report: dict[str, Any], *, show_private: bool) -> bool:
    return report["access"] == v.Access.PRIVATE and not show_private


def _linked(address: str | None) -> str | None:
    return address if address and address.lower().startswith(_LINKED) else None
