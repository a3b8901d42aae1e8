"""A table of incidents, one page of rows: each row opens the incident's page.

Sorting and paging are the database's: a browser that sorts what it was sent would sort one page of many and pass it
off as the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import polars as pl
import streamlit as st

from pages import wording
from pages.charts.formatting import casualty_range, date_range
from pages.components import incident_link
from warehouse import vocabulary as v
from warehouse.countries import country_labels
from warehouse.schema import TABLE

Parameters = Sequence[tuple[str, str]]
"""Names and values of a URL, a name for each of its values."""

PHONE_COLUMNS = ("link", "date", "killed", "place", "harm_status")
"""Five columns fit a phone."""
_INCIDENT = TABLE["incident"]
_HEIGHT_PX = {"wide": 460, "narrow": 420}
_HIDE_ONE = """<style>
@media (max-width: 640px) {.st-key-%(key)s_wide {display: none}}
@media (min-width: 641px) {.st-key-%(key)s_narrow {display: none}}
</style>"""


def rows(listed: pl.DataFrame, kept: Parameters = ()) -> pl.DataFrame:
    """Rows of `queries.listed` as people read them, all text but the number of reports.

    Args:
        kept: URL parameters that links keep.

    Columns: incident_id, link (address of the incident's page), date, country, place, killed, injured (civilians,
    low–high), harm_status, stage, strike_type, weapon, munition, us_origin_confidence, reports, summary.
    Unknown stands in words.
    """
    names = ("public_code", "incident_id", "date_start", "date_end", "date_precision")
    keys = list(listed.select(names).iter_rows())
    return listed.select(
        "incident_id",
        link=pl.Series([address(incident_id, code, kept) for code, incident_id, *_ in keys], dtype=pl.String),
        date=pl.Series([date_range(*dates) for _, _, *dates in keys], dtype=pl.String),
        country=pl.col("country").replace_strict(country_labels(), default=None).fill_null(wording.UNKNOWN),
        place=pl.col("place").fill_null(wording.UNKNOWN),
        killed=_ranges(listed, "civilians_killed"),
        injured=_ranges(listed, "civilians_injured"),
        harm_status=_label("harm_status", v.HarmStatus),
        stage=_label("stage", v.Stage),
        strike_type=_labels("strike_type", v.StrikeType),
        weapon=_labels("weapon_system", v.WeaponSystem),
        munition=pl.col("munition").list.join("; "),
        us_origin_confidence=_label("us_origin_confidence", v.Confidence),
        reports=pl.col("report_count"),
        summary=pl.col("summary").fill_null(wording.NO_SUMMARY),
    )


def address(incident_id: str, code: str | None, kept: Parameters = ()) -> str:
    """Address of an incident's page; the code stands behind "#", from where the table's link takes its text."""
    query = urlencode([*kept, (incident_link.PARAMETER, incident_id)])
    return f"/incident?{query}#{quote(code or incident_id, safe=' ')}"


def show(listed: pl.DataFrame, key: str, alt: str, sort: Callable[[str], None] | None = None) -> None:
    """Draw a page of incidents, with fewer columns on a phone; a chosen row shows a link to the incident's page.

    Args:
        sort: called with the name of a column of `rows` whose heading was clicked. The browser itself never sorts.
    """
    st.html(_HIDE_ONE % {"key": key})
    table = rows(listed, incident_link.filter_parameters())
    for size, order in (("wide", tuple(c for c in table.columns if c != "incident_id")), ("narrow", PHONE_COLUMNS)):
        with st.container(key=f"{key}_{size}"):
            link = st.container()
            table_key = f"{key}_{size}_rows"
            chosen: Any = st.dataframe(
                table.select(order),
                key=table_key,
                hide_index=True,
                column_config=_columns(size),
                height=min(_HEIGHT_PX[size], 38 + 35 * table.height),
                on_select=partial(_heading_clicked, table_key, sort),
                # With columns to select, the browser offers no sorting of its own.
                selection_mode=["single-row", "single-column"],
                alt=alt,
            )
        for row in chosen["selection"]["rows"]:
            if row < table.height:
                with link:
                    incident_link.page_link(table.item(row, "incident_id"), listed.item(row, "public_code"))


def _heading_clicked(key: str, sort: Callable[[str], None] | None) -> None:
    """Hand on which heading was clicked; a click on a chosen one takes the choice back, and counts too."""
    selection = st.session_state[key]["selection"]
    last = f"{key}_heading"
    clicked = selection["columns"][0] if selection["columns"] else st.session_state.get(last)
    st.session_state[last] = clicked
    if sort is not None and clicked is not None and not selection["rows"]:
        sort(clicked)


def _columns(size: str) -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    small = size == "narrow"
    return {
        "link": st.column_config.LinkColumn(
            wording.COLUMN["link"],
            width=90 if small else 100,
            display_text="#(.+)$",
            help=wording.LINK_HELP,
            alignment="left",
        ),
        "date": text(wording.COLUMN["date"], width=118),
        "country": text(wording.COLUMN["country"], width=110),
        "place": text(wording.COLUMN["place"], width=110 if small else 180),
        "killed": text(
            wording.COLUMN["killed"], width=75 if small else 85, alignment="right", help=wording.KILLED_HELP
        ),
        "injured": text(wording.COLUMN["injured"], width=85, alignment="right", help=wording.INJURED_HELP),
        "harm_status": text(_INCIDENT["harm_status"].label, width=100),
        "stage": text(_INCIDENT["stage"].label, width=170),
        "strike_type": text(_INCIDENT["strike_type"].label, width=140),
        "weapon": text(_INCIDENT["weapon_system"].label, width=140),
        "munition": text(_INCIDENT["munition"].label, width=110),
        "us_origin_confidence": text(_INCIDENT["us_origin_confidence"].label, width=120),
        "reports": number(_INCIDENT["report_count"].label, width=80, format="localized"),
        "summary": text(_INCIDENT["summary"].label, width=500),
    }


def _ranges(listed: pl.DataFrame, name: str) -> pl.Series:
    """Low–high; the best estimate stands on the incident's page, here only where it is all there is."""
    parts: Iterable[tuple[int | None, ...]] = listed.select(f"{name}_{p}" for p in ("low", "best", "high")).iter_rows()
    return pl.Series(
        [casualty_range(low, best if low is None and high is None else None, high) for low, best, high in parts],
        dtype=pl.String,
    )


def _label(name: str, vocabulary: type[v.Vocabulary]) -> pl.Expr:
    return pl.col(name).replace_strict(vocabulary.labels())


def _labels(name: str, vocabulary: type[v.Vocabulary]) -> pl.Expr:
    return pl.col(name).list.eval(pl.element().replace_strict(vocabulary.labels())).list.join("; ")
