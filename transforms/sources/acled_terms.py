"""What ACLED's columns and codes mean here; each column is listed as used or as left out with the reason.

Meanings follow the ACLED Codebook and its guide to the columns since March 2023. Nothing is taken for more exact than
they say.
"""

from __future__ import annotations

from warehouse.vocabulary import GeoPrecision, StrikeType

USED = (
    "event_id_cnty", "event_date", "time_precision", "disorder_type", "event_type", "sub_event_type", "actor1",
    "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "civilian_targeting", "iso", "admin1", "location",
    "latitude", "longitude", "geo_precision", "source", "source_scale", "notes", "fatalities", "tags", "timestamp",
)  # fmt: skip
LEFT_OUT = {
    "year": "the year of event_date",
    "interaction": "inter1 and inter2 together",
    "region": "part of a continent",
    "country": "iso says it without spellings",
    "admin2": "second-level division: no column in the model",
    "admin3": "third-level division: no column in the model",
}
OPTIONAL = {
    **dict.fromkeys(
        ("population_1km", "population_2km", "population_5km", "population_best"),
        "people who live near, not people who were harmed",
    ),
}
"""Columns that an export has when its user asks for them, all left out."""
DELETION_COLUMNS = ("event_id_cnty", "deleted_timestamp")
RESTRICTED = frozenset({"notes"})
"""Free text that may name victims: quarantine never copies it."""

_BATTLES, _EXPLOSIONS, _CIVILIANS = "Battles", "Explosions/Remote violence", "Violence against civilians"
_PROTESTS, _RIOTS, _STRATEGIC = "Protests", "Riots", "Strategic developments"
EXCESSIVE_FORCE = "Excessive force against protesters"
EVENTS: dict[str, tuple[str, StrikeType]] = {
    # By what means armed groups fight, or attack civilians, is not said.
    "Armed clash": (_BATTLES, StrikeType.UNKNOWN),
    "Government regains territory": (_BATTLES, StrikeType.UNKNOWN),
    "Non-state actor overtakes territory": (_BATTLES, StrikeType.UNKNOWN),
    "Attack": (_CIVILIANS, StrikeType.UNKNOWN),
    # From the air without detail: manned and unmanned are one category.
    "Air/drone strike": (_EXPLOSIONS, StrikeType.AIRSTRIKE),
    "Shelling/artillery/missile attack": (_EXPLOSIONS, StrikeType.ARTILLERY),
    "Chemical weapon": (_EXPLOSIONS, StrikeType.OTHER),
    "Grenade": (_EXPLOSIONS, StrikeType.OTHER),
    "Remote explosive/landmine/IED": (_EXPLOSIONS, StrikeType.OTHER),
    "Suicide bomb": (_EXPLOSIONS, StrikeType.OTHER),
    "Abduction/forced disappearance": (_CIVILIANS, StrikeType.OTHER),
    "Sexual violence": (_CIVILIANS, StrikeType.OTHER),
    EXCESSIVE_FORCE: (_PROTESTS, StrikeType.OTHER),
    "Peaceful protest": (_PROTESTS, StrikeType.OTHER),
    "Protest with intervention": (_PROTESTS, StrikeType.OTHER),
    "Mob violence": (_RIOTS, StrikeType.OTHER),
    "Violent demonstration": (_RIOTS, StrikeType.OTHER),
    "Agreement": (_STRATEGIC, StrikeType.OTHER),
    "Arrests": (_STRATEGIC, StrikeType.OTHER),
    "Change to group/activity": (_STRATEGIC, StrikeType.OTHER),
    "Disrupted weapons use": (_STRATEGIC, StrikeType.OTHER),
    "Headquarters or base established": (_STRATEGIC, StrikeType.OTHER),
    "Looting/property destruction": (_STRATEGIC, StrikeType.OTHER),
    "Non-violent transfer of territory": (_STRATEGIC, StrikeType.OTHER),
    "Other": (_STRATEGIC, StrikeType.OTHER),
}
"""sub_event_type -> event_type, and by what means."""
ONE_SIDED = (_EXPLOSIONS, _CIVILIANS)
"""Event types in which the first actor is the one that attacks."""
EVENT_TYPES = frozenset(event_type for event_type, _ in EVENTS.values())
DISORDER_TYPES = frozenset({
    "Demonstrations", "Political violence", "Political violence; Demonstrations", "Strategic developments",
})  # fmt: skip
CIVILIAN_TARGETING = frozenset({"Civilian targeting"})

INTER: dict[str, str] = {
    "0": "nobody",
    "1": "State forces",
    "2": "Rebel group",
    "3": "Political militia",
    "4": "Identity militia",
    "5": "Rioters",
    "6": "Protesters",
    "7": "Civilians",
    "8": "External/Other forces",
}
"""Kinds of actor: numbers in older exports and where they are asked for, words since 2024."""
NOT_PARTIES = ("6", "7", "Protesters", "Civilians")
"""Kinds of actor that are never named as responsible: people who were harmed or might have been."""
FORCES = r"^(?:Military Forces|Police Forces|Government) of (?:the )?(.+?) \(\d{4}-(?:\d{4})?\)"
"""How ACLED names the forces of a state; the group is the country."""

TIME_PRECISION = {1: "the day is stated", 2: "sometime in the week", 3: "sometime in the month"}
ON_THE_DAY, IN_THE_WEEK, IN_THE_MONTH = TIME_PRECISION
WEEK_REST_DAYS = 6
"""A week that holds the stated day begins and ends at most this many days from it."""
GEO_PRECISION = {
    # The point stands for a whole place, from a village to a city, and ACLED does not say which.
    1: (GeoPrecision.CITY, "a named place"),
    2: (GeoPrecision.DISTRICT, "a small part of a region, or near a named place"),
    3: (GeoPrecision.PROVINCE, "a larger region"),
}
NO_ISO = 0
"""Written where ISO 3166 has no number, as for Kosovo."""
