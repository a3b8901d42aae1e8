"""Incidents as rows of a table: a page of them, or the named ones."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from warehouse.filters import Filters
from warehouse.queries.base import incidents, table, with_coordinates

LISTED_COLUMNS = (
    "incident_id",
    "public_code",
    "country",
    "place",
    "date_start",
    "date_end",
    "date_precision",
    "civilians_killed_low",
    "civilians_killed_best",
    "civilians_killed_high",
    "civilians_injured_low",
    "civilians_injured_best",
    "civilians_injured_high",
    "strike_type",
    "harm_status",
    "weapon_system",
    "munition",
    "us_origin_confidence",
    "stage",
    "stage_entered_on",
    "report_count",
    "summary",
    "data_origin",
)
"""Columns of the incident table page."""


def listed(
    filters: Filters,
    sort: str = "date_start",
    descending: bool = True,
    limit: int = 50,
    offset: int = 0,
    on_map: bool = False,
) -> Table:
    """One page of incidents, unknown values last; ties by incident_id, so that pages never overlap.

    Only the sorted column and the identifier of all incidents are sorted; the other columns are read for the page.
    `on_map` leaves out incidents without coordinates.
    """
    chosen = with_coordinates(filters) if on_map else incidents(filters)
    by = ibis.desc(sort, nulls_first=False) if descending else ibis.asc(sort, nulls_first=False)
    page = chosen.order_by(by, "incident_id").select("incident_id").limit(limit, offset=offset)
    return chosen.semi_join(page, "incident_id").order_by(by, "incident_id").select(*LISTED_COLUMNS)


def incidents_by_id(incident_ids: tuple[str, ...]) -> Table:
    """The named incidents, all columns, newest first."""
    current = table("incident")
    chosen = current.filter(current.incident_id.isin(incident_ids))
    return chosen.order_by(ibis.desc("date_start", nulls_first=False), "incident_id")
