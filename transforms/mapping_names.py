"""Headers that people write for a field (English), and the values of ours that a category's label names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import polars as pl
import pycountry

from transforms.mapping_fields import LISTED, fields
from warehouse.schema import TABLE
from warehouse.vocabulary import CasualtyGroup, Harm, WeaponSystem

HEADERS: dict[str, tuple[str, ...]] = {
    "incident_id": (
        "incident id", "event id", "event id cnty", "incident code", "incident number", "case id", "record id",
        "reference", "ref", "ref code", "code", "id", "unique id", "data id",
    ),
    "public_code": ("incident code", "code", "case number", "event id cnty"),
    "url": ("incident url", "url", "link", "page"),
    "country": ("country", "country code", "country iso", "iso", "iso3", "country name"),
    "admin1": ("admin1", "adm 1", "adm1", "province", "governorate", "region", "state", "oblast", "district"),
    "place": ("place", "location", "location name", "location text", "site", "town", "city", "village", "settlement",
              "address", "where coordinates"),
    "latitude": ("latitude", "lat", "y", "point y"),
    "longitude": ("longitude", "long", "lon", "lng", "x", "point x"),
    "coordinates": ("coordinates", "coords", "lat long", "lat lon", "latlng", "latitude longitude", "geolocation",
                    "geometry", "geom wkt", "wkt", "gps"),
    "geo_precision": ("geo precision", "location precision", "geolocation accuracy", "geo accuracy", "accuracy",
                      "where prec", "precision"),
    "date": ("incident date text", "date text", "date", "incident date", "event date", "date of incident",
             "date of event", "day", "when"),
    "date_start": ("date start", "start date", "date from", "from", "incident date start"),
    "date_end": ("date end", "end date", "date to", "to", "incident date end"),
    "date_precision": ("date precision", "date prec", "time precision"),
    "published_on": ("published", "published on", "date published", "publication date"),
    "belligerent": ("belligerent", "belligerents", "perpetrator", "perpetrators", "actor", "responsible",
                    "alleged perpetrator", "attacker", "responsible party", "alleged belligerent"),
    "belligerent_basis": ("belligerent basis", "basis of attribution"),
    "strike_type": ("strike type", "attack type", "type of attack", "type of strike", "incident type", "event type",
                    "sub event type", "means of attack", "type"),
    "strike_status": ("strike status", "attack status"),
    "harm_status": ("harm status", "civilian harm status", "civilian harm grading", "grading", "harm grading"),
    "infrastructure": ("infrastructure", "target type", "type of area", "building type", "facility type"),
    "observations": ("observations", "tags"),
    "summary": ("summary", "description", "details", "narrative", "what happened", "event description"),
    "report_url": ("source url", "source urls", "source link", "source links", "sources path", "sources url",
                   "report url", "links", "urls", "sources", "source", "evidence"),
    "report_archive_url": ("archive url", "archived url", "archive link", "archive"),
    "report_publisher": ("publisher", "source name", "source office", "outlet", "media outlet", "source"),
    "report_title": ("source headline", "headline", "report title", "source title"),
    "report_published_on": ("source date", "report date", "date reported", "reported on"),
    "source_type": ("source type", "type of source", "source category"),
    "unit": ("unit", "units", "military unit", "military units", "unit name", "armed force", "armed forces"),
    "weapon": ("weapon", "weapons", "weapon system", "munition", "munitions", "weapon type", "munition type",
               "munition model", "weapon used", "weapons used", "munition mentions"),
}  # fmt: skip
"""Field -> headers, the surest first; capitals and signs do not count."""

_GROUPS = {
    CasualtyGroup.CIVILIANS: {"civilian", "civilians", "civ", "civs"},
    CasualtyGroup.CHILDREN: {"child", "children", "kids", "minors"},
    CasualtyGroup.WOMEN: {"woman", "women"},
    CasualtyGroup.MEN: {"man", "men"},
    CasualtyGroup.BELLIGERENTS: {"belligerent", "belligerents", "bell", "military", "combatants", "militants",
                                 "fighters", "soldiers"},
}  # fmt: skip
_HARMS = {
    Harm.KILLED: {"killed", "kill", "dead", "deaths", "death", "died", "fatalities", "fatality"},
    Harm.INJURED: {"injured", "wounded", "injuries", "injury"},
}
_PARTS = {"low": {"low", "min", "minimum", "lower", "lowest"}, "high": {"high", "max", "maximum", "upper", "highest"},
          "best": {"best"}}  # fmt: skip
_NOISE = {"reported", "number", "of", "no", "nr", "n", "count", "text", "estimate", "estimated", "the", "alleged"}


def normal(text: str) -> str:
    """Small letters and digits with single spaces: "Lat/Long" and "lat_long" are one; "eventDate" is two words."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(re.findall(r"[^\W_]+", spaced.lower()))


def headers_of(column: str) -> tuple[str, ...]:
    """A column's name as it may be compared: whole, and without the objects around it ("a.b[].c": "b c" and "c")."""
    parts = re.split(r"\.", column.replace("[]", ""))
    return tuple(dict.fromkeys(normal(" ".join(parts[-n:])) for n in (len(parts), 2, 1)))


def people_field(column: str) -> tuple[str | None, str | None]:
    """(field of a number of people, or None; a question where the header does not say who is counted)."""
    words = set(headers_of(column)[-1].split())
    groups = [g for g, names in _GROUPS.items() if words & names]
    harms = [h for h, names in _HARMS.items() if words & names]
    parts = [p for p, names in _PARTS.items() if words & names]
    known = set().union(*_GROUPS.values(), *_HARMS.values(), *_PARTS.values(), _NOISE)
    if len(harms) != 1 or words - known or len(parts) > 1:
        return None, None
    # "civilian children killed" speaks of children
    narrower = [g for g in groups if g is not CasualtyGroup.CIVILIANS] or groups
    suffix = f"_{parts[0]}" if parts else ""
    if not groups:
        harm = harms[0].value
        return None, (
            f"whether {column!r} counts civilians (civilians_{harm}{suffix}) or all people (all_people_{harm}{suffix})"
        )
    return (f"{narrower[0].value}_{harms[0].value}{suffix}", None) if len(narrower) == 1 else (None, None)


def value_of(field: str, text: str) -> str | None:
    """Our value that a text names by its exact label or code, capitals and signs aside; None for any other text."""
    return _labels(field).get(_solid(text)) or (_listed(field, text) if field in LISTED else None)


def _solid(text: str) -> str:
    """The same without spaces: "air strike" and "airstrike" are one."""
    return normal(text).replace(" ", "")


@cache
def _labels(field: str) -> dict[str, str]:
    """Label in normal form -> value."""
    allowed = fields()[field].allowed or frozenset()
    if field in {"country", "partner_country"}:
        return _countries()
    if field == "weapon":
        return {**_named(WeaponSystem.labels().items(), "system:"), "unknown": ""}
    if field == "unit":
        return {"unknown": ""}
    named, _, column = field.partition("_")
    if named in LISTED:
        vocabulary = TABLE[f"incident_{named}"][column].vocabulary
    else:
        vocabulary = next(TABLE[t] for t in ("incident", "report") if field in TABLE[t].column_names)[field].vocabulary
    labels = {_solid(value): value for value in allowed}
    return labels | (_named(vocabulary.labels().items()) if vocabulary else {})


def _named(pairs: Iterable[tuple[str, str]], prefix: str = "") -> dict[str, str]:
    return {_solid(text): prefix + value for value, label in pairs for text in (label, value)}


@cache
def _countries() -> dict[str, str]:
    names: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name", "alpha_2", "alpha_3"):
            if text := getattr(country, attribute, None):
                names[_solid(text)] = country.alpha_3
    return names


def _listed(field: str, text: str) -> str | None:
    found: str | None = pl.select(LISTED[field](pl.lit(text))).item()
    return found
