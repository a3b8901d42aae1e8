"""What UCDP GED's columns and codes mean here; each column is listed as used or as left out with the reason.

Meanings follow the UCDP GED Codebook (Högbladh, Department of Peace and Conflict Research, Uppsala University), the
same from version 19.1 to 25.1. Places are never taken for more exact than it says.
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.vocabulary import GeoPrecision

USED = (
    "id", "year", "type_of_violence", "conflict_name", "dyad_name", "side_a", "side_b", "source_article", "where_prec",
    "where_coordinates", "adm_1", "latitude", "longitude", "country", "event_clarity", "date_prec", "date_start",
    "date_end", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "low", "best", "high",
)  # fmt: skip
_NUMBERED = "number of what is named in the column beside it"
_CITED = "stands in source_article"
LEFT_OUT = {
    "active_year": "whether the dyad passed 25 deaths in the year: says nothing of the event",
    "conflict_new_id": _NUMBERED,
    "dyad_new_id": _NUMBERED,
    "side_a_new_id": _NUMBERED,
    "side_b_new_id": _NUMBERED,
    "gwnob": _NUMBERED,
    "number_of_sources": "counted from the reports themselves; -1 in old rows",
    "source_office": _CITED,
    "source_date": _CITED,
    "source_headline": _CITED,
    "source_original": "whom the reports quote: one text for all reports of an event, no column in the model",
    "adm_2": "second-level division: no column in the model",
    "geom_wkt": "latitude and longitude again",
    "priogrid_gid": "cell of a grid that the coordinates fall into",
    "country_id": "Gleditsch and Ward number of the country",
    "region": "continent",
}
OPTIONAL_USED = ("where_description", "code_status")
OPTIONAL_LEFT_OUT = {
    "relid": "identifier of UCDP's own work",
    "conflict_dset_id": "old number of the conflict",
    "dyad_dset_id": "old number of the dyad",
    "side_a_dset_id": "old number of the side",
    "side_b_dset_id": "old number of the side",
    "gwnoa": _NUMBERED,
}
"""Columns that only the 49-column releases (20.1 and later) have."""


@dataclass(frozen=True)
class Place:
    """What a value of where_prec says."""

    precision: GeoPrecision
    meaning: str


STATE_BASED, NON_STATE, ONE_SIDED = 1, 2, 3
TYPE_OF_VIOLENCE = {
    STATE_BASED: "state-based conflict",
    NON_STATE: "non-state conflict",
    ONE_SIDED: "one-sided violence",
}
"""In the first two both sides are parties that fight; in the third one side kills civilians."""
WHERE_PREC = {
    # The point stands for a whole place, from a hamlet to a city of millions, and UCDP does not say which.
    1: Place(GeoPrecision.CITY, "a named place"),
    2: Place(GeoPrecision.DISTRICT, "near a named place, within about 25 km"),
    3: Place(GeoPrecision.DISTRICT, "a second-level division"),
    4: Place(GeoPrecision.PROVINCE, "a first-level division"),
    # Larger than a first-level division, or a line or area without limits: only the country is sure.
    5: Place(GeoPrecision.COUNTRY, "a part of the country, or somewhere between places"),
    6: Place(GeoPrecision.COUNTRY, "the country"),
    7: Place(GeoPrecision.UNKNOWN, "international waters or airspace"),
}
DATE_PREC = {
    1: "the day is known",
    2: "within two to six days",
    3: "within a week",
    4: "within a month",
    5: "within more than a month, up to a year",
}
EXACT_DAY = 1
EVENT_CLARITY = {
    1: "a single event that is reported clearly",
    2: "several events summed up by the source, or one that is not told apart",
}
SUMMED_UP = 2
CODE_STATUS = frozenset({"Clear"})
"""A yearly release holds checked events only."""

COUNTED_TO_ISRAEL = r"Gaza|West Bank"
"""First-level divisions that UCDP counts to Israel and ISO 3166 to Palestine."""
