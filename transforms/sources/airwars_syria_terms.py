"""What the columns and categories of Airwars' archive of Syria mean: each is listed, also those left out and why.

What looking at the archive of 2 August 2026 showed:

- It kept the sources of 3,724 of 8,114 incidents. The other incidents have no report here, which says nothing of how
  many Airwars cites.
- `published` repeats the day of the incident for 7,664 incidents and lies before it for 48: it is the date under which
  the page is filed rather than that of the assessment. It is loaded as stated.
- Lowest numbers of killed children, men or women lie above the highest ones in eight rows: they are refused whole.
"""

from __future__ import annotations

from transforms.sources import airwars_terms
from warehouse.vocabulary import GeoPrecision, HarmStatus, WeaponSystem

COUNTRIES = {"Syria": "SYR"}
"""What the archive calls every incident, those in or near a neighbouring country too; a warning counts the latter."""

_RANGES = tuple(
    f"{group}_{harm}_{end}"
    for group in ("civ", "children", "men", "women", "military")
    for harm in ("killed", "injured")
    for end in ("min", "max")
)
INCIDENTS_USED = (
    "incident_code", "airwars_id", "url", "incident_date", "date_type", "incident_date_end", "published",
    "location_ar", "location_en", "region", "country", "geolocation_accuracy", "latitude", "longitude",
    "belligerents", "strike_type", "strike_status", "civilian_harm_reported", "civilian_harm_status", "cause",
    "infrastructure", "observations", "munition_model", *_RANGES,
)  # fmt: skip

_REPEATS_REGION = "repeats region, in dozens of spellings; one is a coordinate, and a few name another governorate"
_NO_COLUMN = "no column in the model"
_WORK = "how far Airwars' own work has come"
INCIDENTS_LEFT_OUT = {
    "n_sources": "counted from the rows themselves",
    "n_media": "pictures on the page, which are not part of the export",
    "modified": "last change of the page, 4,391 of them on one day: the day of knowledge is that of the export",
    "governorate": _REPEATS_REGION,
    "province": _REPEATS_REGION,
    "district": "repeats region; given for three",
    "geolocation_status": _WORK,
    "incident_status": _WORK,
    "local_time_of_day": _NO_COLUMN,
    "time_start": _NO_COLUMN,
    "time_end": _NO_COLUMN,
    "damage_level": f"of buildings; {_NO_COLUMN}",
    "impact": "which services were hit is in infrastructure; the model has no column for consequences",
    "total_strikes": _NO_COLUMN,
    "first_reported": "given for 79; the earliest dated report says it for all",
    "first_reported_by": "names personal accounts: never loaded",
    "seq": "the order in the archive",
    "n_victims": "about names of victims: never loaded",
    "detail_kept": "whether the archive kept the page's text, which is not part of the export",
}
INCIDENTS_RESTRICTED = frozenset({"first_reported_by", "n_victims"})

SOURCES_USED = ("airwars_id", "name", "language_platform", "source_date", "url", "archive_url")
SOURCES_LEFT_OUT = {"incident_code": "two codes stand for two incidents each; airwars_id is unique"}
SOURCES_RESTRICTED = frozenset({"name", "url", "archive_url"})
"""Names and addresses of posts name people; quarantine never copies them."""

DATE_TYPES = frozenset({"date", "date_range"})
NO_DATES = {"1970-01-01": "day 0 of Unix time, which programs write where a date is missing; read as unknown"}
"""Days that stand for none, with the reason. The incident stays: what else its row says holds."""

REGIONS: dict[str, str | None] = {
    **dict.fromkeys(("Aleppo", "Kobani", "Sarin"), "Aleppo"),
    **dict.fromkeys(("Idlib", "Idlib Governorate", "Ma'arat al-Numan"), "Idlib"),
    **dict.fromkeys(("Raqqa", "Ar Raqqah", "Raqqa Governorate"), "Raqqa"),
    "Deir Ezzor": "Deir Ezzor",
    "Damascus": "Damascus",
    "Rif Dimashq": "Rif Dimashq",
    **dict.fromkeys(("Hama", "Hama Governorate"), "Hama"),
    **dict.fromkeys(
        ("Al Hassakah", "Al-Hasakah", "Al-Hassakah", "Al Hasakah", "Hasakah", "Hasakah Governorate"), "Al Hassakah"
    ),
    **dict.fromkeys(("Homs", "Homs countryside"), "Homs"),
    **dict.fromkeys(("Daraa", "Daraa governorate"), "Daraa"),
    "Latakia": "Latakia",
    **dict.fromkeys(("Al Suwayda", "Al-Suwayda"), "Al Suwayda"),
    **dict.fromkeys(("Quneitra", "Quneitra District"), "Quneitra"),
    **dict.fromkeys(("Tartous", "Tartus"), "Tartus"),
    # Across the border: Turkey, Iraq, Israel.
    "Hattai": "Hatay",
    "Al Anbar": "Al Anbar",
    "Erbil": "Erbil",
    "Haifa": "Haifa",
    # More than one governorate, or none.
    **dict.fromkeys(("Al-Hasakah and Deir Ezzor", "Hama and Idlib governorate", "Al-Jazeera"), None),
}
"""Region in the archive's spellings -> governorate; the place keeps the archive's own words."""

HARM_STATUS = airwars_terms.HARM_STATUS | {
    # Who did it is contested, and for one of them it was discounted: the harm itself stands.
    "Contested, Discounted": HarmStatus.CONTESTED,
}
STRIKE_STATUS = airwars_terms.STRIKE_STATUS
STRIKE_TYPE = airwars_terms.STRIKE_TYPE
HARM_REPORTED = {"Yes": None, "No": "no-civilian-harm-reported"}
"""Whether sources report civilian harm -> what observations says of it. A "No" makes no number zero."""
PARTNERS: dict[str, str | None] = {
    "Israeli Military": "ISR",
    "Jordanian Military": "JOR",
    "Turkish Military": "TUR",
    "UK Military": "GBR",
    # Forces of no recipient: the United States' own and its allies' together, states without US arms, armed groups.
    **dict.fromkeys(
        ("U.S.-led Coalition", "Russian Military", "Iranian Military", "Syrian Regime", "Syrian Democratic Forces",
         "YPG", "Kurdish Forces", "Tribal Forces", "Unknown"),
    ),
}  # fmt: skip
"""Belligerent -> recipient country of US arms whose forces it is, if any."""
GEO_PRECISION = {
    "exact_location": GeoPrecision.EXACT_LOCATION,
    "exact_location_other": GeoPrecision.EXACT_LOCATION,
    "exact_location_coalition": GeoPrecision.EXACT_LOCATION,
    "within_1m": GeoPrecision.EXACT_LOCATION,
    "within_100m": GeoPrecision.WITHIN_100M,
    "street": GeoPrecision.WITHIN_100M,
    "nearby_landmark": GeoPrecision.WITHIN_1KM,
    "neighbourhood_area": GeoPrecision.NEIGHBOURHOOD,
    "village": GeoPrecision.VILLAGE,
    "town": GeoPrecision.TOWN,
    "city": GeoPrecision.CITY,
    "subdistrict": GeoPrecision.SUBDISTRICT,
    "district": GeoPrecision.DISTRICT,
    "province_governorate": GeoPrecision.PROVINCE,
}
INFRASTRUCTURE = frozenset({
    "Agricultural Land", "Agriculture", "Ambulance", "Apartment Building", "Car", "Clinic", "Commerce", "Dam",
    "Education", "Equipment / Machinery", "Factory", "Healthcare", "Hospital", "House", "IDP or Refugee Camp",
    "Livestock", "Market", "Military", "Mosque", "Motorcycle", "Oil Facility", "Religious", "Residential", "Resources",
    "Secondary School", "Shop", "Vehicle", "Warehouse", "Water",
})  # fmt: skip
OBSERVATIONS: dict[str, str] = {
    label: label.lower().replace(" ", "-")
    for label in (
        "Civilians Arrested", "Civilians Pulled from Rubble", "Cluster Munitions", "Debris", "Double Tap Strike",
        "Entire Family Killed", "Evidence of Fire", "Foreign Passport Holder", "Images of Munitions", "In a Vehicle",
        "Indoors", "Interception", "Newly Displaced Killed or Injured", "No Warning", "Outdoors",
    )
}  # fmt: skip
"""Label -> the tag that stands for it in Airwars' addresses, and in the export of Gaza."""

CBRN = "Chemical, Biological, Radiological, Nuclear (CBRN)"
"""The one cause whose name holds the comma that separates causes."""
CAUSES: dict[str, WeaponSystem | None] = {
    "Incendiary": WeaponSystem.INCENDIARY,
    "Planted explosives and unexploded ordnance (UXO)": WeaponSystem.LAND_MINE,
    "Small arms and light weapons": WeaponSystem.SMALL_ARMS,
    # No weapon system in particular.
    **dict.fromkeys(
        (CBRN, "Accidents related to conflict", "Denial of access to/destruction of objects indispensable to survival",
         "Electromagnetic weapons", "Heavy weapons and explosive munitions", "Run over by vehicle", "Unknown",
         "Use of objects and other means"),
    ),
}  # fmt: skip
"""Cause of harm -> weapon system that it names, if any."""
MUNITIONS = {'"Shahed-136 series"': "shahed-136"}
"""Munition in the archive's words, quotation marks included -> weapon of the reference list."""
OBSERVED_WEAPONS = {"Cluster Munitions": WeaponSystem.CLUSTER_MUNITION}

LANGUAGES = airwars_terms.LANGUAGES
TAGS = frozenset({*LANGUAGES, *airwars_terms.TAGGED_PLATFORMS, *airwars_terms.OTHER_TAGS, "—"})
"""Languages and platforms, in one column; a dash says nothing."""
NO_ADDRESS = r"^https?://(twitter\.com/account/suspended|(www\.)?masarpress\.net/cgi-sys/suspendedpage\.cgi)$"
"""Where a lost post's address leads: the same for all of them, so that it cannot stand for a report."""
NO_ARCHIVE = r"^https?://archive\.[a-z]+/submit/$"
"""The form for a new archived copy in place of the copy."""
