"""What the page Weapons says. Tests use the same constants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pages.charts.formatting import counted, day, number

WEAPONS = "Weapons"
WEAPONS_HELP = "Which weapons incidents name, how surely and on what basis; transfers on record as context."

TITLES = {
    "weapon_system": "Incidents by weapon system",
    "munition": "Incidents by munition",
    "confidence": "Incidents by how surely a weapon is named",
    "basis": "Incidents by the basis on which a weapon is named",
}
"""Dimension -> what its figure counts."""
HEADINGS = {
    "weapon_system": "Weapon system",
    "munition": "Munition",
    "confidence": "Confidence",
    "basis": "Basis",
    "us_origin": "US origin",
    "incidents": "Incidents",
}
UNATTRIBUTED = "Unattributed"
NOT_NAMED = "only the system is named"
COUNTS_IN_EACH = "An incident counts in each that it names. Colours: the surest confidence with which it does."
SUREST_ONLY = "An incident counts once, by the surest attribution it has."
ATTRIBUTIONS = "Attributions"
ATTRIBUTIONS_NOTE = "Every weapon that sources name for these incidents, those examined and ruled out too."
NO_ATTRIBUTIONS = "No source names a weapon for any of these incidents."

TRANSFERS = "Transfers on record"
NO_PROOF = (
    "Context only: that a country received a munition does not prove that it was used in any incident, and a munition "
    "that is missing here may have been delivered all the same."
)
TRANSFERS_SCOPE = (
    "Only records whose designation is exactly a listed spelling of this entry: a guidance kit, a bomb without it, and "
    "both together are entries of their own. The filters of this page do not apply to transfers; the day of knowledge "
    "does."
)
NOT_ONE_KIND = (
    "A notice is a proposed sale and not every one becomes a transfer; not every licence is used. The three are never "
    "added up. TIV, SIPRI's trend-indicator value, measures volume, not price."
)
NO_TRANSFERS = (
    "This data has no record of a transfer of a weapon on the reference list. SIPRI's trade register, or a sheet of "
    "notices and licences, may be loaded beside it."
)
MUNITION = "Munition"
RECIPIENT = "Recipient"
ALL_RECIPIENTS = "All recipients"
TRANSFER_COLUMNS = {
    "record": "Record",
    "recipient_label": "Recipient",
    "supplier_label": "Supplier",
    "order_year": "Year of order",
    "number": "Number",
    "number_delivered": "Delivered",
    "uncertain": "Marked as uncertain",
    "years": "Years of delivery",
    "notified_on": "Notified on",
    "value_usd": "Value, US dollars",
    "channel_label": "Channel",
    "designation": "Designation as stated",
    "tiv_order": "TIV of order, millions",
    "comments": "Comments of the source",
    "title": "Data set",
}
UNCERTAIN = {
    "is_order_year_estimated": "year of order",
    "is_number_estimated": "number",
    "is_number_delivered_estimated": "delivered",
}


def largest_of(shown: int, total: int) -> str:
    """Said where a figure leaves out small categories."""
    return f"The {number(shown)} that most incidents name, of {number(total)}; all are in the numbers below."


def unattributed(without: int, incidents: int) -> str:
    """How many incidents name no weapon, which is the normal case."""
    return (
        f"{number(without)} of {counted(incidents, 'incident')} {'names' if without == 1 else 'name'} no weapon. That "
        "is the normal case: weapons are seldom identified, and an unnamed weapon may be of any origin."
    )


def ruled_out(incidents: int) -> str:
    """Incidents of which a weapon was ruled out; empty when none."""
    if not incidents:
        return ""
    return f"In {counted(incidents, 'incident')} a weapon was ruled out; it is in no figure, only in the table."


def munition_counts(incidents: int, records: int) -> str:
    """How many incidents under the filter name the chosen munition, and how many records of transfer there are."""
    named = f"{counted(incidents, 'incident')} under the filter {'names' if incidents == 1 else 'name'} it"
    return f"{named}; {counted(records, 'record')} of it, to all recipients."


def no_records(designation: str) -> str:
    """Said of a munition that incidents name but no transfer does."""
    return (
        f"No transfer, notice or licence of {designation} is on record in this data. That does not mean there was none."
    )


def transfers_title(designation: str, recipient: str, records: int) -> str:
    """What the table of transfers holds."""
    return f"{counted(records, 'record')}: {designation}; {recipient}"


def transfers_footer(sources: Sequence[tuple[str, date]], build_id: str, *, synthetic: bool) -> str:
    """Sources of the transfers with their days of knowledge, and the build."""
    named = "; ".join(f"{publisher.rstrip('.')}, as of {day(known_on)}" for publisher, known_on in sources)
    return f"{'SYNTHETIC DATA. ' if synthetic else ''}Source: {named}. Build {build_id}."
