"""Where the filtered incidents are."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from warehouse.filters import Filters
from warehouse.queries.base import LIST_DIMENSIONS, estimate, once_per_event, with_coordinates

SEVERAL = "several"
"""Category of an incident that has more than one value of a list dimension, where it can be drawn only once."""

PLACE_DECIMALS = 3
"""Decimals of a degree to which `places` puts incidents together: about 110 m."""


def located(filters: Filters, dimension: str | None = None) -> Table:
    """Incidents with coordinates, for the map.

    Columns: incident_id, public_code, place, country, latitude, longitude, geo_precision, geo_radius_m, date_start,
    date_end, date_precision, civilians_killed_{low,best,high}, category (of a list dimension: `SEVERAL` where the
    incident has more than one value).
    """
    chosen = with_coordinates(filters)
    category = ibis.literal("all")
    if dimension in LIST_DIMENSIONS:
        values = chosen[dimension]
        category = ibis.ifelse(values.length() > 1, SEVERAL, values[0])
    elif dimension is not None:
        category = chosen[dimension]
    return chosen.select(
        "incident_id",
        "public_code",
        "place",
        "country",
        "latitude",
        "longitude",
        "geo_precision",
        "geo_radius_m",
        "date_start",
        "date_end",
        "date_precision",
        "civilians_killed_low",
        "civilians_killed_best",
        "civilians_killed_high",
        category=category,
    ).order_by("incident_id")


def places(filters: Filters) -> Table:
    """Incidents with coordinates by place, for maps of more incidents than a browser can be sent.

    Columns: latitude, longitude (to `PLACE_DECIMALS`), geo_radius_m, cluster_id (a row of its own for each event of
    several incidents, so that whoever puts places together counts it once), incidents,
    civilians_killed_{low,best,high} (sums) and civilians_killed_unknown.
    """
    chosen = with_coordinates(filters)
    chosen = chosen.mutate(
        latitude=chosen.latitude.round(PLACE_DECIMALS), longitude=chosen.longitude.round(PLACE_DECIMALS)
    )
    keys = ("latitude", "longitude", "geo_radius_m", "cluster_id")
    events = once_per_event(chosen, keys)
    counted = events.group_by(keys).aggregate(incidents=events.incidents.sum(), **estimate(events, "civilians_killed"))
    return counted.order_by(keys)


def extent(filters: Filters) -> Table:
    """One row: west, south, east, north of the filtered incidents' coordinates; null without any."""
    chosen = with_coordinates(filters)
    return chosen.aggregate(
        west=chosen.longitude.min(),
        south=chosen.latitude.min(),
        east=chosen.longitude.max(),
        north=chosen.latitude.max(),
    )
