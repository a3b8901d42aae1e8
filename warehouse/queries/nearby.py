"""Incidents near one incident in space and time, as far as the precision of both tells."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse.queries.base import table
from warehouse.revision_texts import EARTH_RADIUS_M

NEARBY, MAY_BE_NEARBY = "nearby", "may_be_nearby"
"""Near wherever in its circle and on whichever of its days each lies; near for some of these places and days only."""

_OWN = ("country", "latitude", "longitude", "geo_radius_m", "date_start", "date_end")
_SHOWN = (
    "incident_id",
    "public_code",
    "place",
    "country",
    "geo_precision",
    "geo_radius_m",
    "date_start",
    "date_end",
    "date_precision",
    "civilians_killed_low",
    "civilians_killed_best",
    "civilians_killed_high",
)


def nearby(incident_id: str, within_m: int, within_days: int, limit: int) -> Table:
    """Other incidents within a distance and a number of days, surely near ones first, then by distance.

    Distances are great-circle ones by the haversine formula (Sinnott 1984) on the IUGG mean radius.

    Columns: of the other incident `_SHOWN`; distance_m between the two points; least_m and most_m, how near and how far
    the true places can be by both radii (most_m null where a radius is unknown); least_days and most_days the same for
    the possible days; judgement (`NEARBY`, `MAY_BE_NEARBY`).
    """
    rows = _judged(incident_id, within_m, within_days)
    rows = rows.filter(rows.judgement.notnull())
    order = (rows.judgement == MAY_BE_NEARBY, rows.distance_m, rows.least_days, rows.incident_id)
    distances = ("distance_m", "least_m", "most_m", "least_days", "most_days", "judgement")
    return rows.order_by(*order).limit(limit).select(*_SHOWN, *distances)


def nearby_counts(incident_id: str, within_m: int, within_days: int) -> Table:
    """One row of counts of other incidents.

    Columns: nearby, may_be_nearby; of the others without_place (in no other country and maybe near in time, but the
    place of one of the two, or how exactly it is known, is not stated) and without_date (maybe near by place, but a
    date is not stated).
    """
    rows = _judged(incident_id, within_m, within_days)
    return rows.aggregate(
        nearby=(rows.judgement == NEARBY).sum().fill_null(0),
        may_be_nearby=(rows.judgement == MAY_BE_NEARBY).sum().fill_null(0),
        without_place=(rows.judgement.isnull() & ~rows.is_placed & ~rows.is_far_in_time & ~rows.is_abroad)
        .sum()
        .fill_null(0),
        without_date=(rows.judgement.isnull() & rows.is_placed & rows.may_be_near & ~rows.is_dated).sum().fill_null(0),
    )


def _judged(incident_id: str, within_m: int, within_days: int) -> Table:
    """All other incidents beside this one, with distances and judgement (null: far, or not to be judged)."""
    known = table("incident")
    one = known.filter(known.incident_id == incident_id).select(**{f"own_{name}": name for name in _OWN})
    rows = known.filter(known.incident_id != incident_id).select(*_SHOWN, "latitude", "longitude").cross_join(one)
    rows = rows.mutate(
        distance_m=_haversine_m(rows.latitude, rows.longitude, rows.own_latitude, rows.own_longitude),
        reach_m=rows.geo_radius_m + rows.own_geo_radius_m,
        last_day=rows.date_end.coalesce(rows.date_start),
        own_last_day=rows.own_date_end.coalesce(rows.own_date_start),
    )
    after = rows.date_start.delta(rows.own_last_day, unit="day")
    before = rows.own_date_start.delta(rows.last_day, unit="day")
    rows = rows.mutate(
        least_m=ibis.greatest(rows.distance_m - rows.reach_m.fill_null(0), 0.0),
        # Null where a radius is unknown: the true place may lie anywhere.
        most_m=rows.distance_m + rows.reach_m,
        least_days=ibis.ifelse(after.notnull() & before.notnull(), ibis.greatest(after, before, 0), ibis.null("int64")),
        most_days=ibis.greatest(
            rows.last_day.delta(rows.own_date_start, unit="day"), rows.own_last_day.delta(rows.date_start, unit="day")
        ),
    )
    may_be_near = (rows.least_m <= within_m).fill_null(False)
    rows = rows.mutate(
        may_be_near=may_be_near,
        # A point whose precision is unknown is placed no better than one that is missing, unless it is near itself.
        is_placed=rows.most_m.notnull() | may_be_near,
        is_abroad=(rows.country != rows.own_country).fill_null(False),
        is_dated=rows.least_days.notnull(),
        is_far_in_time=(rows.least_days > within_days).fill_null(False),
    )
    is_near = ((rows.most_m <= within_m) & (rows.most_days <= within_days)).fill_null(False)
    may_be = rows.may_be_near & rows.is_dated & ~rows.is_far_in_time
    judgement = ibis.cases((is_near, NEARBY), (may_be, MAY_BE_NEARBY), else_=ibis.null("string"))
    return rows.mutate(judgement=judgement)


def _haversine_m(latitude: Any, longitude: Any, other_latitude: Any, other_longitude: Any) -> Any:
    north = (other_latitude - latitude).radians() / 2
    east = (other_longitude - longitude).radians() / 2
    half = (
        north.sin() * north.sin() + latitude.radians().cos() * other_latitude.radians().cos() * east.sin() * east.sin()
    )
    # Rounding takes points on opposite sides of the Earth above 1, of which there is no arcsine.
    return 2 * EARTH_RADIUS_M * ibis.least(half, 1.0).sqrt().asin()
