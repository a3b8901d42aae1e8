"""What Airwars' columns and categories mean here: each is listed as used or as left out with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.vocabulary import BelligerentBasis, GeoPrecision, HarmStatus, StrikeStatus, StrikeType


@dataclass(frozen=True)
class Territory:
    """What a value of tax_country stands for."""

    suffix: str
    country: str
    admin1: str


TERRITORIES = {"the-gaza-strip": Territory("gaza", "PSE", "Gaza Strip")}

INCIDENTS_USED = (
    "page", "url", "incident_code", "incident_date_text", "location_text", "civ_killed_text", "civ_injured_text",
    "bell_killed_text", "children_killed_min", "children_killed_max", "women_killed_min", "women_killed_max",
    "men_killed_min", "men_killed_max", "breakdown_text", "strike_status", "strike_type", "infrastructure",
    "civilian_harm_reported", "civilian_harm_grading", "belligerent", "belligerent_basis", "lat", "lon",
    "geo_accuracy", "n_geolocations", "tax_country", "tax_observation", "munition_mentions", "published", "modified",
)  # fmt: skip

_PARSED = "the export's own reading of the text beside it, which is parsed here"
_COUNTED = "counted from the rows themselves"
INCIDENTS_LEFT_OUT = {
    "title": "repeats code and date",
    "code_text": "repeats incident_code, with corrections of its own in brackets",
    "incident_date": f"{_PARSED}; empty for ranges",
    **dict.fromkeys(("civ_killed_min", "civ_killed_max", "civ_killed_kind"), _PARSED),
    **dict.fromkeys(("civ_injured_min", "civ_injured_max", "civ_injured_kind"), _PARSED),
    **dict.fromkeys(("bell_killed_min", "bell_killed_max", "bell_killed_kind"), _PARSED),
    "impact": "which services were hit is in infrastructure; the model has no column for consequences",
    "cause": "heavy weapons in nearly all rows; strike_type says more",
    "belligerent_position": "says only that it is not yet assessed",
    "target": "whom the belligerent aimed at: stated for 36 of 939, no column in the model",
    "geo_label": "a caption for the map marker",
    "geo_source": "says only that the coordinates come from the page",
    "tax_geolocation_status": "how far Airwars' own work has come, not how exact the place is",
    "tax_citation": "who cited the assessment: says nothing of the incident",
    "geo_notes": "free text that may name victims or witnesses: never loaded",
    "geo_class": f"{_PARSED}; coarser than geo_accuracy",
    "time_note": "free text that may name victims or witnesses: never loaded",
    "n_sources": _COUNTED,
    "n_sources_stated": _COUNTED,
    "n_named_victims": "about names of victims: never loaded",
    "n_moh_matched": "about names of victims: never loaded",
    "assessment_chars": "length of a text that is not part of the export",
}
INCIDENTS_RESTRICTED = frozenset({"geo_notes", "time_note", "n_named_victims", "n_moh_matched"})

SOURCES_USED = ("page", "title", "url", "tags", "archive_url")
SOURCES_LEFT_OUT = {"n": "the order on the page"}
SOURCES_RESTRICTED = frozenset({"title", "url", "archive_url"})
"""Titles and addresses of posts name people; quarantine never copies them."""

STRIKE_STATUS = {
    "Declared strike": StrikeStatus.DECLARED,
    "Likely strike": StrikeStatus.LIKELY,
    "Contested strike": StrikeStatus.CONTESTED,
    "Single source claim": StrikeStatus.SINGLE_SOURCE_CLAIM,
}
HARM_STATUS = {
    "Confirmed": HarmStatus.CONFIRMED,
    "Fair": HarmStatus.FAIR,
    "Weak": HarmStatus.WEAK,
    "Contested": HarmStatus.CONTESTED,
    "Discounted": HarmStatus.DISCOUNTED,
}
STRIKE_TYPE = {
    "Airstrike": StrikeType.AIRSTRIKE,
    "Airstrike and/or Artillery": StrikeType.AIRSTRIKE_OR_ARTILLERY,
    "Artillery": StrikeType.ARTILLERY,
    "Counter-Terrorism Action (Ground)": StrikeType.GROUND_OPERATION,
    "Drone Strike": StrikeType.DRONE_STRIKE,
    "Ground operation": StrikeType.GROUND_OPERATION,
    "Naval bombardment": StrikeType.NAVAL_BOMBARDMENT,
    "Unknown": StrikeType.UNKNOWN,
}
BELLIGERENT_BASIS = {"known": BelligerentBasis.KNOWN, "suspected": BelligerentBasis.SUSPECTED}
PARTNERS = {"Israeli Military": "ISR", "Palestinian Militants": None}
"""Belligerent -> recipient country of US arms whose forces it is, if any."""
GEO_PRECISION = {
    "Exact location (via Airwars)": GeoPrecision.EXACT_LOCATION,
    "Exact location (other)": GeoPrecision.EXACT_LOCATION,
    "Street": GeoPrecision.WITHIN_100M,
    "Nearby landmark": GeoPrecision.WITHIN_1KM,
    "Neighbourhood/area": GeoPrecision.NEIGHBOURHOOD,
    "Village": GeoPrecision.VILLAGE,
    "Town": GeoPrecision.TOWN,
    "City": GeoPrecision.CITY,
    "District": GeoPrecision.DISTRICT,
    "Province/governorate": GeoPrecision.PROVINCE,
}
INFRASTRUCTURE = frozenset({
    "Agriculture", "Ambulance", "Apartment Building", "Education", "Evacuation Route", "Food/Water Distribution",
    "Healthcare", "Hospital", "Humanitarian", "IDP or Refugee Camp", "Market", "Primary School", "Religious",
    "Residential", "Water",
})  # fmt: skip
OBSERVATIONS = frozenset({
    "civilians-arrested", "civilians-missing", "civilians-pulled-from-rubble", "double-tap-strike",
    "dual-national-foreign-visa", "entire-family-killed", "evidence-of-fire", "explicit-mention-of-no-military-target",
    "images-of-munitions", "in-a-vehicle", "indoors", "newly-displaced-killed-or-injured", "no-warning",
    "survivor-imprisoned", "us-sourced-munition", "warning-given",
})  # fmt: skip
NO_MUNITION = {"DRONE": "a platform that carries munitions; strike_type says drone strike where Airwars does"}
"""Words of munition_mentions that name no munition, so that no attribution is made of them."""
LANGUAGES = frozenset({
    "Arabic", "Berber", "English", "French", "German", "Hebrew", "Italian", "Kurdish", "Spanish", "Turkish",
})  # fmt: skip
TAGGED_PLATFORMS = frozenset({"Facebook", "Telegram", "Twitter"})
OTHER_TAGS = {"Video": "what kind of post, not where"}


@dataclass(frozen=True)
class Correction:
    """A point correction; the load stops once the source no longer says `found`."""

    incident_code: str
    column: str
    found: str
    becomes: str
    reason: str

    @property
    def shown(self) -> str:
        """What stands in the raw text's column: the source's words, and that and why we read them otherwise."""
        return f"{self.found} [corrected here to {self.becomes}: {self.reason}]"


_END_YEAR = (
    "a range of a year for one attack, so the year of its end is taken for a slip; dated posts it cites are of October "
    "2023"
)
CORRECTIONS = (
    Correction("ISPT0329", "incident_date_text", "October 18, 2023–October 19, 2024", "October 18–19, 2023", _END_YEAR),
    Correction("ISPT0733", "incident_date_text", "October 25, 2023–October 27, 2024", "October 25–27, 2023", _END_YEAR),
)
