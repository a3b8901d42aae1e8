"""What each field of Tech for Palestine's daily series means: listed one by one, those left out too.

SOURCE: Tech for Palestine, documentation of the data sets "Daily Casualties - Gaza", "- West Bank", "- Lebanon" and
"Infrastructure Damaged", https://data.techforpalestine.org/docs/.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from warehouse.vocabulary import SeriesMethod

DATASET_ID = "daily-series-palestine"
DATE = "report_date"
"""Field with the day of a record."""
CASUALTIES, WEST_BANK = "casualties_daily", "west_bank_daily"
LEBANON, INFRASTRUCTURE = "lebanon_casualties_daily", "infrastructure-damaged"
FILLED_FROM = "flash_source"
"""Field of the West Bank's records that says whether the day was reported or filled in."""
REPORTED = '"un"'
"""Its value, as JSON, for a reported day."""
WITH_FILLED = "with_filled_days"
"""End of the identifier of a series that holds filled-in days beside reported ones."""


@dataclass(frozen=True)
class Term:
    """A numeric field.

    Attributes:
        title: what is counted, without the place.
        unit: what one counts.
        is_filled: on days that the publisher fills in, the value is carried forward. Such a field makes two series: its
            reported days alone, and all its days as published (extended).
    """

    title: str
    unit: str = "people"
    is_cumulative: bool = False
    method: SeriesMethod = SeriesMethod.REPORTED
    is_filled: bool = False


def _total(title: str, unit: str = "people", *, is_filled: bool = False) -> Term:
    return Term(f"{title}, total so far", unit, is_cumulative=True, is_filled=is_filled)


def _extended(term: Term) -> Term:
    return replace(term, title=f"{term.title}, extended by the publisher", method=SeriesMethod.EXTENDED)


_GAZA = {
    "killed": Term("People reported killed, by report"),
    "killed_cum": _total("People reported killed"),
    "killed_children_cum": _total("Children reported killed"),
    "killed_women_cum": _total("Women reported killed"),
    "injured": Term("People reported injured, by report"),
    "injured_cum": _total("People reported injured"),
    "civdef_killed_cum": _total("Emergency service workers reported killed"),
    "med_killed_cum": _total("Medical personnel reported killed"),
    "press_killed_cum": _total("Journalists reported killed"),
    "massacres_cum": _total("Events reported with several deaths", "events"),
}
"""Fields that the publisher also gives extended."""
_GAZA_ONLY_REPORTED = {
    "report_period": Term("Hours that a report covers", "hours"),
    "killed_recovered": Term("Bodies reported recovered during a truce, by report"),
    "killed_succumbed": Term("People reported to have died of injuries during a truce, by report"),
    "killed_truce_new": Term("People reported killed during or after the truce of 2025, by report"),
    "killed_committee": Term("Earlier deaths recognised by a judicial committee, by report"),
    "famine_cum": _total("Adults and children reported starved to death"),
    "child_famine_cum": _total("Children reported starved to death"),
    "aid_seeker_killed_cum": _total("People reported killed at aid distribution or on the way to it"),
    "aid_seeker_injured_cum": _total("People reported injured at aid distribution or on the way to it"),
}
_VERIFIED = {
    "killed": Term("People killed, verified by the UN"),
    "killed_cum": _total("People killed, verified by the UN"),
    "killed_children": Term("Children killed, verified by the UN"),
    "killed_children_cum": _total("Children killed, verified by the UN"),
    "injured": Term("People injured, verified by the UN"),
    "injured_cum": _total("People injured, verified by the UN"),
    "injured_children": Term("Children injured, verified by the UN"),
    "injured_children_cum": _total("Children injured, verified by the UN"),
}
_NOT_VERIFIED = {
    "killed_cum": _total("People reported killed, not yet verified", is_filled=True),
    "killed_children_cum": _total("Children reported killed, not yet verified", is_filled=True),
    "injured_cum": _total("People reported injured, not yet verified", is_filled=True),
    "injured_children_cum": _total("Children reported injured, not yet verified", is_filled=True),
    "settler_attacks_cum": _total("Settler attacks reported", "attacks", is_filled=True),
    "displaced_households_cum": _total("Households reported displaced", "households", is_filled=True),
    "displaced_persons_cum": _total("People reported displaced", is_filled=True),
    "displaced_children_cum": _total("Children reported displaced", is_filled=True),
}
_BUILDINGS = {
    ("civic_buildings", "destroyed"): _total("Civic buildings reported destroyed", "buildings"),
    ("educational_buildings", "destroyed"): _total("Educational buildings reported destroyed", "buildings"),
    ("educational_buildings", "damaged"): _total("Educational buildings reported damaged", "buildings"),
    ("places_of_worship", "mosques_destroyed"): _total("Mosques reported destroyed", "buildings"),
    ("places_of_worship", "mosques_damaged"): _total("Mosques reported damaged", "buildings"),
    ("places_of_worship", "churches_destroyed"): _total("Churches reported destroyed", "buildings"),
    ("residential", "destroyed"): _total("Housing units reported destroyed", "housing units"),
}
# Lebanon's ministry counts anew from 2 March 2026; the publisher adds the total of the first count to the second one.
_CONTINUED = ", total since October 2023 as the publisher continues it"
_LEBANON = {
    "report_period": Term("Hours that a report covers", "hours"),
    "killed": Term("People reported killed, by report"),
    "injured": Term("People reported injured, by report"),
    "killed_cum": Term(f"People killed{_CONTINUED}", is_cumulative=True, method=SeriesMethod.EXTENDED),
    "injured_cum": Term(f"People injured{_CONTINUED}", is_cumulative=True, method=SeriesMethod.EXTENDED),
    "killed_cum_reported": Term("People reported killed, total of each count by the ministry", is_cumulative=True),
    "injured_cum_reported": Term("People reported injured, total of each count by the ministry", is_cumulative=True),
}

TERMS: dict[str, dict[str, Term]] = {
    CASUALTIES: {
        **_GAZA,
        **_GAZA_ONLY_REPORTED,
        **{f"ext_{field}": _extended(term) for field, term in _GAZA.items()},
    },
    WEST_BANK: {**{f"verified.{field}": term for field, term in _VERIFIED.items()}, **_NOT_VERIFIED},
    LEBANON: _LEBANON,
    INFRASTRUCTURE: {
        **{f"{kind}.{field}": term for (kind, field), term in _BUILDINGS.items()},
        **{f"{kind}.ext_{field}": _extended(term) for (kind, field), term in _BUILDINGS.items()},
    },
}
"""File without its suffix -> path of a numeric field -> what it means."""

PLACES = {
    CASUALTIES: ("Gaza", "PSE"),
    WEST_BANK: ("West Bank", "PSE"),
    LEBANON: ("Lebanon", "LBN"),
    INFRASTRUCTURE: ("Gaza", "PSE"),
}
"""File without its suffix -> (place, country)."""

LEFT_OUT: dict[str, dict[str, str]] = {
    CASUALTIES: {"report_source": "it names who reported and counts nothing"},
    WEST_BANK: {FILLED_FROM: "it says whether the day was reported and counts nothing"},
    LEBANON: {
        "report_source": "it names who reported and counts nothing",
        "phase": "it numbers the ministry's counts and counts nothing itself",
    },
    INFRASTRUCTURE: {},
}
"""Fields that make no series, and why."""

CATEGORIES: dict[tuple[str, str], dict[str, str]] = {
    (CASUALTIES, "report_source"): {
        '"mohtel"': "Ministry of Health in Gaza",
        '"gmotel"': "Government Media Office in Gaza",
        '"unocha"': "UN OCHA",
        '"missing"': "no official report for the day; fields without ext_ may still have a value",
    },
    (WEST_BANK, FILLED_FROM): {REPORTED: "reported to UN OCHA", '"fill"': "filled in by the publisher"},
    (LEBANON, "report_source"): {
        '"moph_lb"': "Ministry of Public Health of Lebanon",
        '"ocha"': "the ministry's figures by way of UN OCHA",
        '"who"': "the ministry's figures by way of WHO",
    },
    (LEBANON, "phase"): {"1": "the count of October 2023 to December 2024", "2": "the count from March 2026 on"},
}
"""(file, field) -> each value as JSON -> its meaning."""

RENAMED = {
    "ext_martyred": "ext_killed",
    "med_martyred_cum": "med_killed_cum",
    "ext_med_martyred_cum": "ext_med_killed_cum",
    "ext_press_martyred_cum": "ext_press_killed_cum",
}
"""Earlier names of fields of `CASUALTIES` that revisions use -> names of today."""


def series_id(stem: str, field: str) -> str:
    """Identifier of the series of a field, such as "daily-series-palestine:casualties_daily.killed_cum"."""
    return f"{DATASET_ID}:{stem}.{field}"


def series_of(stem: str) -> pl.DataFrame:
    """The series that a file's fields make.

    Columns: field, takes_filled_days (boolean), and those of the table `series`.
    """
    place, country = PLACES[stem]

    def row(field: str, term: Term, *, suffix: str = "") -> dict[str, object]:
        return {
            "field": field,
            "takes_filled_days": bool(suffix) or not term.is_filled,
            "series_id": series_id(stem, field) + suffix,
            "title": f"{term.title}, {place}",
            "country": country,
            "unit": term.unit,
            "is_cumulative": term.is_cumulative,
            "method": term.method.value,
        }

    rows = [row(field, term) for field, term in TERMS[stem].items()]
    for field, term in TERMS[stem].items():
        if term.is_filled:
            title = f"{term.title}, with days filled in by the publisher"
            filled = replace(term, title=title, method=SeriesMethod.EXTENDED)
            rows.append(row(field, filled, suffix=f".{WITH_FILLED}"))
    return pl.DataFrame(rows)
