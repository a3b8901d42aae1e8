"""The linkage model: what is compared, and how surely each outcome speaks for the same event.

A pair's odds are those of a random pair times one factor m / u for each comparison (Fellegi and Sunter 1969, as Splink
computes it). m is how often two records of one event agree in that way, u how often two records of different events do.
m is declared here; u is counted at each build on pairs within a country (`transforms.linkage_scoring`).
"""

from __future__ import annotations

from dataclasses import dataclass

METRES_PER_DEGREE = 111_195
"""On a sphere of the Earth's mean radius."""
LINK_FROM_PROBABILITY = 0.7
"""From this probability an undecided pair of two data sets counts as one event; docs/linkage.md says on what it was
measured."""
SHOWN_FROM_PROBABILITY = 0.1
"""Pairs below it are compared and not kept: there would be many times more of them, and nobody could read them."""
COUNTERPARTS_PER_INCIDENT = 0.2
"""How many records of the same event an incident has on average in the other data: it sets the odds of a random pair.
A round figure; a tenth to a half move a probability near one half by one bit."""
SAME_DATASET_BITS = -6.0
"""A publisher that gives two incidents their own identifiers holds them for two; the odds are those of two data sets
divided by 64. Declared: no source states such pairs. The model alone never links them."""
SHARED_ADDRESS_BITS = 5.0
"""Declared, because counting would mislead: a page often reports several events of a day. Of the pairs of published
incidents that share an address which few cite, 11 % lie within 1 km of each other where both state a point."""
NO_SHARED_ADDRESS_BITS = -0.5
SIMILAR_WORD = 0.92
"""Jaro-Winkler similarity from which two words of place names are spellings of one: Saraqib and Saraqeb have 0.94."""

UNDATED_REPORT_BITS = 3.0
"""Declared, because a war is not even: the busiest eight days hold 30 % of the published incidents of Gaza, 9 % of
those of Ukraine, 1.5 % of those of Syria. The footage that no one could place was published in such days."""
OTHER_COUNTRY_BITS = -6.0
"""Declared: one event is seldom told of two countries, at a border for example."""

_DISTANCE_M = (
    f"sqrt(pow((latitude_l - latitude_r) * {METRES_PER_DEGREE}, 2) + pow((longitude_l - longitude_r) "
    f"* {METRES_PER_DEGREE} * cos(radians((latitude_l + latitude_r) / 2)), 2))"
)
"""On a plane scaled at the middle latitude: within 0.1 % up to 100 km, away from the poles."""
_DAYS_APART = "greatest(day_from_l - day_to_r, day_from_r - day_to_l, 0)"
_LONGEST_DAYS = "(greatest(day_to_l - day_from_l, day_to_r - day_from_r) + 1)"
_UNDATED_REPORT = "(kind_r = 'report' and not is_day_stated_r)"
"""Of a pair with a report, the report is the right side."""
_REACH_M = "(coalesce(radius_m_l, 0) + coalesce(radius_m_r, 0))"
_WIDEST_M = "greatest(coalesce(radius_m_l, 0), coalesce(radius_m_r, 0))"
_COARSE = "(is_coarse_l or is_coarse_r)"
_SHARED = "(is_shared_l or is_shared_r)"
_WITHIN_1KM = f"{_DISTANCE_M} <= greatest({_REACH_M}, 1000) and {_DISTANCE_M} <= 2000 and not {_COARSE}"
_FEWEST_KILLED = "least(killed_low_l, killed_low_r)"
_RANGES_MEET = "killed_low_l <= killed_high_r and killed_low_r <= killed_high_l"
_BOTH_POINTS = (
    "latitude_l is not null and longitude_l is not null and latitude_r is not null and longitude_r is not null"
)


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison.

    Attributes:
        label: what people read.
        sql: condition over the columns of two records, `_l` and `_r`; "" for what is left.
        m: share of pairs of the same event, among those that the comparison can judge.
        u: the same of pairs of different events on the published data; outweighed by the build's own count.
        bits: declared weight in bits, in place of m and u; 0 is no evidence.
        similar: a list column of which two words must be alike, in place of `sql`.
    """

    label: str
    sql: str = ""
    m: float = 0.0
    u: float = 0.0
    bits: float | None = None
    similar: str | None = None


@dataclass(frozen=True)
class Comparison:
    """One comparison: its levels are tried in order; where `unknown` holds it says nothing, for or against.

    Attributes:
        name, label: for columns, and for people.
        needs: columns without which a record gives it nothing to judge.
        unknown, unknown_label: condition over the columns of two records, and what people read.
        levels: outcomes.
    """

    name: str
    label: str
    needs: tuple[str, ...]
    unknown: str
    unknown_label: str
    levels: tuple[Level, ...]


ADDRESSES = Comparison(
    "source_addresses",
    "Source addresses",
    ("addresses",),
    "addresses_l is null or addresses_r is null",
    "One states no address",
    (
        Level(
            "An address that few incidents cite",
            "list_has_any(rare_addresses_l, rare_addresses_r)",
            bits=SHARED_ADDRESS_BITS,
        ),
        Level("Only addresses that many incidents cite", "list_has_any(addresses_l, addresses_r)", bits=0.0),
        Level("No address in common", bits=NO_SHARED_ADDRESS_BITS),
    ),
)

COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        "dates",
        "Date",
        ("day_from",),
        f"day_from_l is null or day_from_r is null or ({_UNDATED_REPORT} and day_to_l < day_from_r)",
        "One states no day",
        (
            Level(
                "In the week before the report, which states no day",
                f"{_UNDATED_REPORT} and {_DAYS_APART} = 0",
                bits=UNDATED_REPORT_BITS,
            ),
            Level("The same day", f"{_LONGEST_DAYS} = 1 and {_DAYS_APART} = 0", m=0.85, u=0.0018),
            Level("One day apart", f"{_LONGEST_DAYS} = 1 and {_DAYS_APART} = 1", m=0.07, u=0.0032),
            Level("Periods of up to two weeks meet", f"{_DAYS_APART} = 0 and {_LONGEST_DAYS} <= 14", m=0.03, u=0.0003),
            Level("Longer periods meet", f"{_DAYS_APART} = 0", m=0.02, u=0.0012),
            Level("Up to two days apart", f"{_DAYS_APART} <= 2", m=0.02, u=0.0032),
            Level("More than two days apart", m=0.01, u=0.99),
        ),
    ),
    Comparison(
        "distance",
        "Place",
        ("latitude", "longitude"),
        f"not ({_BOTH_POINTS}) and coalesce(country_l = country_r, true)",
        "One states no point",
        (
            Level(
                "One states no point, and the countries differ",
                f"not ({_BOTH_POINTS})",
                bits=OTHER_COUNTRY_BITS,
            ),
            Level(
                "A town or coarser, or a point that many share: no evidence",
                f"{_COARSE} and {_DISTANCE_M} <= greatest({_REACH_M}, 10000)",
                bits=0.0,
            ),
            Level("Within 100 m", f"{_DISTANCE_M} <= 100 and {_WIDEST_M} <= 100 and not {_SHARED}", m=0.15, u=5e-05),
            Level("Within 1 km, or as far as both places reach", f"{_WITHIN_1KM} and not {_SHARED}", m=0.25, u=0.001),
            Level("One named place, which several records share", _WITHIN_1KM, m=0.43, u=0.0007),
            Level("Within 5 km", f"{_DISTANCE_M} <= 5000 and not {_COARSE}", m=0.10, u=0.006),
            Level("Farther apart than both places reach", m=0.07, u=0.9),
        ),
    ),
    Comparison(
        "place_names",
        "Place name",
        ("scripts",),
        "scripts_l is null or scripts_r is null or not list_has_any(scripts_l, scripts_r)",
        "No name in the same script",
        (
            # What the points say already is not counted twice.
            Level("The points are near each other already", f"{_BOTH_POINTS} and {_WITHIN_1KM}", bits=0.0),
            Level("An unusual word in common", "list_has_any(unusual_words_l, unusual_words_r)", m=0.30, u=0.0003),
            Level("A rare word in common", "list_has_any(rare_words_l, rare_words_r)", m=0.12, u=0.0017),
            Level(
                "A rare word with the same consonants",
                "list_has_any(rare_consonants_l, rare_consonants_r)",
                m=0.20,
                u=0.0005,
            ),
            Level("A rare word alike", similar="rare_words", m=0.08, u=0.0008),
            Level("Only common words in common: no evidence", "list_has_any(words_l, words_r)", bits=0.0),
            Level("No word in common", m=0.30, u=0.95),
        ),
    ),
    Comparison(
        "civilians_killed",
        "Civilians killed",
        ("killed_low",),
        "killed_low_l is null or killed_low_r is null",
        "One states no number",
        (
            Level("Both 10 or more, ranges meet", f"{_RANGES_MEET} and {_FEWEST_KILLED} >= 10", m=0.05, u=0.0015),
            Level("Both 3 to 9 or more, ranges meet", f"{_RANGES_MEET} and {_FEWEST_KILLED} >= 3", m=0.25, u=0.015),
            Level("Ranges meet", _RANGES_MEET, m=0.45, u=0.30),
            Level(
                "Within a factor of two",
                "killed_low_l <= 2 * killed_high_r and killed_low_r <= 2 * killed_high_l",
                m=0.10,
                u=0.085,
            ),
            Level("Farther apart", m=0.15, u=0.60),
        ),
    ),
    Comparison(
        "weapon_systems",
        "Weapon system",
        ("weapons",),
        "weapons_l is null or weapons_r is null",
        "One names no weapon system",
        (
            Level("One in common", "list_has_any(weapons_l, weapons_r)", m=0.80, u=0.4),
            Level("None in common", m=0.20, u=0.60),
        ),
    ),
    ADDRESSES,
    Comparison(
        "data_sets",
        "Data sets",
        (),
        "kind_l <> kind_r",
        "An incident and a report",
        (
            Level("Two data sets", "dataset_id_l <> dataset_id_r", bits=0.0),
            Level("One data set, whose publisher holds them for two", bits=SAME_DATASET_BITS),
        ),
    ),
)
"""In the order in which people read the reasons."""
