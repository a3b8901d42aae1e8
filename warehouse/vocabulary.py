"""The field's controlled vocabularies: each value once, with its label, its meaning and its colour.

Columns, filters, legends, expectations, the intake format and the Method page all read from here.
Colours follow the Okabe-Ito palette (Okabe and Ito 2008, "Color Universal Design"); its orange and sky blue are
darkened so that they keep a contrast of 3:1 on white. Unknown and unattributed are grey everywhere.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Self

BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#AA4499"
ORANGE, SKY, OLIVE = "#B87A00", "#3A8FC4", "#8A7F00"
GREY = "#8C8C8C"


class Vocabulary(StrEnum):
    """A closed set of values; a member compares equal to its stored text."""

    label: str
    meaning: str
    colour: str

    def __new__(cls, value: str, label: str, meaning: str, colour: str = GREY) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.meaning = meaning
        member.colour = colour
        return member

    @classmethod
    def values(cls) -> tuple[str, ...]:
        """All stored values, in display order (unknown last)."""
        return tuple(member.value for member in cls)

    @classmethod
    @cache
    def labels(cls) -> MappingProxyType[str, str]:
        """Stored value -> label for people."""
        return MappingProxyType({member.value: member.label for member in cls})

    @classmethod
    @cache
    def colours(cls) -> MappingProxyType[str, str]:
        """Stored value -> colour, the same on every chart."""
        return MappingProxyType({member.value: member.colour for member in cls})


class Stage(Vocabulary):
    """Where an incident stands in the Civilian Harm Incident Response Guidance process (August 2023)."""

    RECEIVED = "received", "Received", "Reported to the Department; analysis has not begun.", SKY
    INCIDENT_ANALYSIS = (
        "incident_analysis",
        "Stage 1: incident analysis",
        "First stage: what happened, who did it, with what weapon.",
        BLUE,
    )
    POLICY_IMPACT_ASSESSMENT = (
        "policy_impact_assessment",
        "Stage 2: policy impact assessment",
        "Second stage: what the incident means for policy and for arms transfers.",
        ORANGE,
    )
    DEPARTMENT_RESPONSE_COORDINATION = (
        "department_response_coordination",
        "Stage 3: department response coordination",
        "Third stage: which response the Department makes.",
        GREEN,
    )
    CLOSED = "closed", "Closed", "The review has ended, with or without a response.", PURPLE
    NO_REVIEW_RECORD = (
        "no_review_record",
        "No review record",
        "The data says nothing of a review. The incident may or may not be under review.",
    )


REVIEW_STAGES = (
    Stage.INCIDENT_ANALYSIS,
    Stage.POLICY_IMPACT_ASSESSMENT,
    Stage.DEPARTMENT_RESPONSE_COORDINATION,
)
"""The three stages of the guidance, in order."""

STAGE_ORDER = (Stage.RECEIVED, *REVIEW_STAGES, Stage.CLOSED)
"""All stages that a transition may name, in order."""


class SourceType(Vocabulary):
    """What kind of source stated a report."""

    MEDIA = "media", "Media", "Newspapers, broadcasters, news agencies and their own channels.", BLUE
    CIVIL_SOCIETY = (
        "civil_society",
        "Civil society",
        "Non-governmental organisations, monitors, community groups.",
        GREEN,
    )
    FOREIGN_GOVERNMENT = (
        "foreign_government",
        "Foreign government",
        "A government other than that of the United States, its ministries and forces.",
        ORANGE,
    )
    INTERNATIONAL_ORGANIZATION = (
        "international_organization",
        "International organization",
        "The United Nations, the Red Cross and Red Crescent movement, regional bodies.",
        PURPLE,
    )
    US_GOVERNMENT = "us_government", "US government", "A department, embassy or agency of the US.", VERMILION
    MEDICAL = "medical", "Medical", "Hospitals, ambulance services and medical staff.", SKY
    SOCIAL_MEDIA = (
        "social_media",
        "Social media",
        "A post by an account that is not a listed organisation.",
        OLIVE,
    )
    EYEWITNESS = "eyewitness", "Eyewitness", "A statement by a person who was there.", "#332288"
    UNKNOWN = "unknown", "Unknown", "The source type is not stated and cannot be derived."


class Access(Vocabulary):
    """Who may read a report."""

    PUBLIC = "public", "Public", "May be shown and exported.", BLUE
    PRIVATE = "private", "Private", "Counted everywhere; text and sender are not shown.", ORANGE


class AccountKind(Vocabulary):
    """Who speaks in a report that is a social media post."""

    ORGANISATION = "organisation", "Organisation", "A listed organisation; its name is shown.", BLUE
    PERSONAL = (
        "personal",
        "Personal account",
        "Not a listed organisation: treated as a person, so account and address are never shown.",
        ORANGE,
    )
    NOT_SOCIAL_MEDIA = "not_social_media", "Not social media", "A web page or a document.", GREEN


class HarmStatus(Vocabulary):
    """Grading of the civilian harm, after Airwars' published methodology."""

    CONFIRMED = "confirmed", "Confirmed", "The belligerent accepts that it harmed civilians.", GREEN
    FAIR = "fair", "Fair", "Two or more credible sources and a likely strike.", BLUE
    WEAK = "weak", "Weak", "One source.", ORANGE
    CONTESTED = "contested", "Contested", "Several belligerents are named as responsible.", PURPLE
    DISCOUNTED = "discounted", "Discounted", "Later evidence shows no civilian harm.", OLIVE
    NOT_ASSESSED = "not_assessed", "Not assessed", "No grading was published."


class StrikeStatus(Vocabulary):
    """How certain it is that an attack took place."""

    DECLARED = "declared", "Declared strike", "The belligerent says that it attacked.", GREEN
    LIKELY = "likely", "Likely strike", "Two or more sources attribute it.", BLUE
    CONTESTED = "contested", "Contested strike", "Sources name different belligerents.", PURPLE
    SINGLE_SOURCE_CLAIM = "single_source_claim", "Single source claim", "One source.", ORANGE
    UNKNOWN = "unknown", "Unknown", "Not stated."


class StrikeType(Vocabulary):
    """By what means the attack was made; an incident may have several."""

    AIRSTRIKE = "airstrike", "Airstrike", "From a crewed aircraft, or from the air without detail.", BLUE
    ARTILLERY = "artillery", "Artillery", "Tube or rocket artillery, mortars, tank rounds.", VERMILION
    AIRSTRIKE_OR_ARTILLERY = (
        "airstrike_or_artillery",
        "Airstrike and/or artillery",
        "Sources do not tell the two apart.",
        PURPLE,
    )
    DRONE_STRIKE = "drone_strike", "Drone strike", "From an uncrewed aircraft.", SKY
    GROUND_OPERATION = "ground_operation", "Ground operation", "By forces on the ground.", GREEN
    NAVAL_BOMBARDMENT = "naval_bombardment", "Naval bombardment", "From a ship.", ORANGE
    OTHER = "other", "Other", "Stated, and none of these.", OLIVE
    UNKNOWN = "unknown", "Unknown", "Not stated."


class GeoPrecision(Vocabulary):
    """How exactly a location is known."""

    EXACT_LOCATION = "exact_location", "Exact location", "The building or crater itself.", BLUE
    WITHIN_100M = "within_100m", "Within 100 m", "A street or part of one.", SKY
    WITHIN_1KM = "within_1km", "Within 1 km", "Near a landmark.", GREEN
    NEIGHBOURHOOD = "neighbourhood", "Neighbourhood", "Somewhere in the named neighbourhood.", OLIVE
    VILLAGE = "village", "Village", "Somewhere in the named village.", ORANGE
    TOWN = "town", "Town", "Somewhere in the named town.", VERMILION
    CITY = "city", "City", "Somewhere in the named city.", PURPLE
    SUBDISTRICT = "subdistrict", "Subdistrict", "Somewhere in the named subdistrict.", "#332288"
    DISTRICT = "district", "District", "Somewhere in the named district.", "#882255"
    PROVINCE = "province", "Province", "Somewhere in the named province or governorate.", "#661100"
    COUNTRY = "country", "Country", "Somewhere in the country.", "#555555"
    UNKNOWN = "unknown", "Unknown", "No location, or one whose precision is not stated."


RADIUS_M: dict[GeoPrecision, int | None] = {
    GeoPrecision.EXACT_LOCATION: 25,
    GeoPrecision.WITHIN_100M: 100,
    GeoPrecision.WITHIN_1KM: 1_000,
    GeoPrecision.NEIGHBOURHOOD: 750,
    GeoPrecision.VILLAGE: 1_000,
    GeoPrecision.TOWN: 2_500,
    GeoPrecision.CITY: 5_000,
    GeoPrecision.SUBDISTRICT: 10_000,
    GeoPrecision.DISTRICT: 25_000,
    GeoPrecision.PROVINCE: 75_000,
    GeoPrecision.COUNTRY: 300_000,
    GeoPrecision.UNKNOWN: None,
}
"""Radius in metres within which the true place may lie; see `RADIUS_CAVEAT`."""

RADIUS_CAVEAT = (
    "The first three are what the name says. From neighbourhood on they are this project's own round figures for a "
    "typical extent of such a place: a convention for drawing, not a measurement."
)

COARSE_FROM_M = 2_500
"""From this radius in metres on a location is drawn as a circle, never as a point: a town or coarser."""


class DatePrecision(Vocabulary):
    """How exactly the date is known."""

    DAY = "day", "Day", "One day.", BLUE
    RANGE = "range", "Range of days", "Between two days, both included.", SKY
    MONTH = "month", "Month", "Somewhere in the month.", ORANGE
    YEAR = "year", "Year", "Somewhere in the year.", VERMILION
    UNKNOWN = "unknown", "Unknown", "No date is stated."


class BelligerentBasis(Vocabulary):
    """On what basis a belligerent is named."""

    KNOWN = "known", "Known", "Accepted by the belligerent or beyond dispute.", GREEN
    SUSPECTED = "suspected", "Suspected", "Named by sources, not accepted.", ORANGE
    UNKNOWN = "unknown", "Unknown", "Not stated."


class CasualtyGroup(Vocabulary):
    """Who is counted."""

    CIVILIANS = "civilians", "Civilians", "People said to be civilians.", BLUE
    CHILDREN = "children", "Children", "Civilians under 18, part of civilians.", SKY
    WOMEN = "women", "Women", "Part of civilians.", PURPLE
    MEN = "men", "Men", "Part of civilians.", OLIVE
    BELLIGERENTS = "belligerents", "Belligerents", "Members of armed forces or groups.", VERMILION
    ALL_PEOPLE = "all_people", "All people", "Civilians and belligerents together.", GREY


class Harm(Vocabulary):
    """What is counted."""

    KILLED = "killed", "Reported killed", "People reported killed.", VERMILION
    INJURED = "injured", "Reported injured", "People reported injured.", ORANGE


class WeaponSystem(Vocabulary):
    """The kind of weapon; the munition is a column of its own."""

    AIR_DELIVERED_BOMB = "air_delivered_bomb", "Air-delivered bomb", "Unguided, or not said.", BLUE
    GUIDED_BOMB = "guided_bomb", "Guided bomb", "A bomb with a guidance kit.", SKY
    MISSILE = "missile", "Missile", "Cruise, ballistic, air-to-surface, anti-air.", VERMILION
    ROCKET_ARTILLERY = "rocket_artillery", "Rocket artillery", "Unguided or guided rockets.", ORANGE
    TUBE_ARTILLERY = "tube_artillery", "Tube artillery", "Howitzers and guns.", GREEN
    TANK_ROUND = "tank_round", "Tank round", "Main gun of a tank.", OLIVE
    MORTAR = "mortar", "Mortar", "Mortar bombs.", "#44AA99"
    LOITERING_MUNITION = "loitering_munition", "Loitering munition", "Searches, then strikes.", PURPLE
    CLUSTER_MUNITION = "cluster_munition", "Cluster munition", "Scatters submunitions.", "#882255"
    INCENDIARY = "incendiary", "Incendiary", "Sets fire, thermobaric included.", "#661100"
    SMALL_ARMS = "small_arms", "Small arms", "Rifles, machine guns, vehicle-mounted guns.", "#332288"
    LAND_MINE = "land_mine", "Land mine", "Mines and unexploded ordnance.", "#999933"
    UNKNOWN = "unknown", "Unknown", "Not stated or not identified."


class Confidence(Vocabulary):
    """How sure the attribution of a weapon or a unit is."""

    CONFIRMED = "confirmed", "Confirmed", "Identified beyond reasonable doubt.", GREEN
    PROBABLE = "probable", "Probable", "The evidence points to it.", BLUE
    POSSIBLE = "possible", "Possible", "Named, without evidence that was examined.", ORANGE
    EXCLUDED = "excluded", "Excluded", "Examined and ruled out.", PURPLE
    UNATTRIBUTED = "unattributed", "Unattributed", "No weapon is named. The normal case."


class AttributionBasis(Vocabulary):
    """On what an attribution rests."""

    FRAGMENT_IDENTIFIED = "fragment_identified", "Fragment identified", "Remnants were identified.", GREEN
    IMAGERY = "imagery", "Imagery", "Photographs, video or satellite pictures.", BLUE
    EXPERT_ASSESSMENT = "expert_assessment", "Expert assessment", "A named expert's view.", SKY
    OFFICIAL_STATEMENT = "official_statement", "Official statement", "A government says so.", ORANGE
    SOURCE_CLAIM = "source_claim", "Source claim", "A source mentions it.", VERMILION
    INVENTORY_INFERENCE = (
        "inventory_inference",
        "Inventory inference",
        "Inferred from what the force is known to own.",
        PURPLE,
    )


class UnitBasis(Vocabulary):
    """On what the attribution of a unit rests."""

    OFFICIAL_STATEMENT = "official_statement", "Official statement", "A government or the force itself says so.", GREEN
    IMAGERY = "imagery", "Imagery", "Insignia, vehicles or positions in photographs, video or satellite pictures.", BLUE
    EXPERT_ASSESSMENT = "expert_assessment", "Expert assessment", "A named expert's view.", SKY
    SOURCE_CLAIM = "source_claim", "Source claim", "A source mentions it.", VERMILION
    AREA_INFERENCE = "area_inference", "Area inference", "Inferred from which unit operated there.", PURPLE


class UsOrigin(Vocabulary):
    """Whether a weapon of the reference list is of US origin."""

    YES = "yes", "Yes", "Made in the United States.", BLUE
    LICENSED = "licensed", "Licensed", "Made elsewhere under US licence or with US parts.", SKY
    NO = "no", "No", "Not of US origin.", ORANGE
    UNKNOWN = "unknown", "Unknown", "The reference list cannot say."


class Principle(Vocabulary):
    """What an assessment is about: a principle of international humanitarian law, or avoidability."""

    DISTINCTION = "distinction", "Distinction", "Between civilians and combatants.", BLUE
    PROPORTIONALITY = "proportionality", "Proportionality", "Harm against military advantage.", ORANGE
    PRECAUTIONS = "precautions", "Precautions", "Feasible precautions in attack.", GREEN
    AVOIDABILITY = "avoidability", "Avoidability", "Whether the harm could have been avoided.", PURPLE


class Finding(Vocabulary):
    """What an assessment found. Avoidable to undetermined answer avoidability."""

    CONSISTENT = "consistent", "Consistent", "Consistent with the principle.", GREEN
    POSSIBLE_VIOLATION = "possible_violation", "Possible violation", "It may have been broken.", ORANGE
    LIKELY_VIOLATION = "likely_violation", "Likely violation", "It was probably broken.", VERMILION
    INSUFFICIENT_INFORMATION = (
        "insufficient_information",
        "Insufficient information",
        "Not enough is known to say.",
        PURPLE,
    )
    AVOIDABLE = "avoidable", "Avoidable", "The harm could have been avoided.", VERMILION
    COULD_HAVE_BEEN_MITIGATED = (
        "could_have_been_mitigated",
        "Could have been mitigated",
        "The harm could have been less.",
        ORANGE,
    )
    UNAVOIDABLE = "unavoidable", "Unavoidable", "The harm could not have been avoided.", GREEN
    UNDETERMINED = "undetermined", "Undetermined", "Avoidability could not be decided.", PURPLE
    PENDING = "pending", "Pending", "The assessment is not finished."


class ResponseType(Vocabulary):
    """Responses named in the guidance, from working with the partner to withholding approvals."""

    MITIGATION_ENGAGEMENT = (
        "mitigation_engagement",
        "Mitigation engagement",
        "Working with the partner on mitigation.",
        BLUE,
    )
    TRAINING = "training", "Training", "Training for a unit.", SKY
    EQUIPMENT_CHANGE = "equipment_change", "Equipment change", "Other equipment for a unit.", GREEN
    UNIT_RESTRICTION = "unit_restriction", "Unit restriction", "A unit is restricted.", OLIVE
    LICENCE_SUSPENSION = "licence_suspension", "Licence suspension", "A licence is suspended.", ORANGE
    APPROVAL_WITHHELD = "approval_withheld", "Approval withheld", "An approval is withheld.", VERMILION
    OTHER = "other", "Other", "Stated, and none of these.", PURPLE


class ResponseTarget(Vocabulary):
    """At whom or what a response is aimed."""

    GOVERNMENT = "government", "Government", "The partner's government.", BLUE
    UNIT = "unit", "Unit", "A security force unit.", ORANGE
    LICENCE = "licence", "Licence", "An export licence or case.", GREEN


class ResponseStatus(Vocabulary):
    """How far a response has come."""

    RECOMMENDED = "recommended", "Recommended", "Proposed, not decided.", SKY
    APPROVED = "approved", "Approved", "Decided, not carried out.", BLUE
    IMPLEMENTED = "implemented", "Implemented", "Carried out.", GREEN
    DECLINED = "declined", "Declined", "Decided against.", VERMILION


class EngagementChannel(Vocabulary):
    """How an embassy raised an incident."""

    MEETING = "meeting", "Meeting", "In person.", BLUE
    DIPLOMATIC_NOTE = "diplomatic_note", "Diplomatic note", "In writing.", ORANGE
    CALL = "call", "Call", "By telephone or video.", GREEN
    OTHER = "other", "Other", "Another way.", PURPLE


class TransferChannel(Vocabulary):
    """How an arms transfer was made."""

    FMS = "fms", "Foreign Military Sales", "Government to government.", BLUE
    DCS = "dcs", "Direct Commercial Sales", "Under a commercial export licence.", ORANGE
    UNKNOWN = "unknown", "Unknown", "Not stated."


class TransferRecord(Vocabulary):
    """What a row of the transfer table records."""

    TRANSFER = "transfer", "Transfer", "An order and its deliveries, as a register of transfers lists them.", BLUE
    NOTIFICATION = (
        "notification",
        "Notification",
        "A proposed sale notified to Congress; not every one becomes a transfer.",
        ORANGE,
    )
    LICENCE = "licence", "Licence", "An export licence; not every one is used.", GREEN


class SeriesMethod(Vocabulary):
    """How the values of a published series came about."""

    REPORTED = "reported", "Reported", "As the reporting authority gave them.", BLUE
    EXTENDED = (
        "extended",
        "Extended by the publisher",
        "Filled in or carried forward by the publisher of the series where nothing was reported.",
        ORANGE,
    )


class PairDecision(Vocabulary):
    """What people decided about two records that may be about the same event."""

    ACCEPTED = "accepted", "Accepted", "People decided that both are the same event.", GREEN
    REJECTED = "rejected", "Rejected", "People decided that they are different events.", VERMILION
    UNDECIDED = "undecided", "Undecided", "Nobody has decided; the model's probability holds."


class DataOrigin(Vocabulary):
    """Whether a row was recorded by a source or generated for demonstration."""

    RECORDED = "recorded", "Recorded", "Stated by a source.", BLUE
    SYNTHETIC = "synthetic", "SYNTHETIC", "Generated for demonstration. Not about real events.", VERMILION


class Severity(Vocabulary):
    """What a broken expectation means."""

    ERROR = "error", "Error", "Stops the build: the data would be wrong.", VERMILION
    WARNING = "warning", "Warning", "Stored and shown; people should look.", ORANGE


USML_CATEGORIES: dict[str, str] = {
    "I": "Firearms and related articles",
    "II": "Guns and armament",
    "III": "Ammunition and ordnance",
    "IV": "Launch vehicles, guided missiles, ballistic missiles, rockets, torpedoes, bombs, and mines",
    "V": "Explosives and energetic materials, propellants, incendiary agents, and their constituents",
    "VI": "Surface vessels of war and special naval equipment",
    "VII": "Ground vehicles",
    "VIII": "Aircraft and related articles",
    "IX": "Military training equipment and training",
    "X": "Personal protective equipment",
    "XI": "Military electronics",
    "XII": "Fire control, laser, imaging, and guidance equipment",
    "XIII": "Materials and miscellaneous articles",
    "XIV": "Toxicological agents and associated equipment",
    "XV": "Spacecraft and related articles",
    "XVI": "Nuclear weapons related articles",
    "XVII": "Classified articles, technical data, and defense services not otherwise enumerated",
    "XVIII": "Directed energy weapons",
    "XIX": "Gas turbine engines and associated equipment",
    "XX": "Submersible vessels and related articles",
    "XXI": "Articles, technical data, and defense services not otherwise enumerated",
}
"""United States Munitions List, 22 CFR 121.1: category -> title."""
