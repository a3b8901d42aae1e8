"""Types of publishers that conflict data sets cite by name. A name that is not listed stays unknown: none is guessed.

The list holds names as the data sets write them. Aggregators of maps and posts, pages of parties to a conflict that are
no government, and names that several organisations bear are left out on purpose.
"""

from __future__ import annotations

import polars as pl

from warehouse.vocabulary import SourceType

_MEDIA = (
    "AFP", "Agence France Presse", "Agence France-Presse", "Al Arabiya", "Al Arabiya English", "Al Jazeera",
    "Aljazeera", "All Africa", "ANSA Med", "AP", "Asharq Al-Awsat", "Associated Press", "Associated Press Newswires",
    "BBC", "BBC Monitoring European", "BBC Monitoring Middle East", "BBC Monitoring Newsfile", "BBC News", "CNN",
    "CNN Arabic", "Daily Sabah", "Deutsche Welle", "Fars News", "FARS News Agency", "France 24", "Haaretz",
    "Hurriyet Daily News", "Kurdistan 24", "Kurdistan24", "LA Times", "Mehr Newsagency", "Middle East Eye", "Naharnet",
    "National Iraqi News Agency", "New Arab", "NPR", "Orient News", "Press Association", "Press Trust of India",
    "Reuters", "Reuters News", "Sputnik News Service", "The Guardian", "The Indian Express", "The New Arab",
    "The New York Times", "The Telegraph", "Times of Israel", "VOA", "VOA News", "Washington Post", "Xinhua",
    "Xinhua News Agency",
)  # fmt: skip
_CIVIL_SOCIETY = (
    "Air Wars", "Airwars", "Amnesty", "Amnesty International", "Crisis Watch", "HRW", "Human Rights Watch", "ICG",
    "International Crisis Group", "SN4HR", "SNHR", "SOHR", "Syrian Network for Human Rights",
    "Syrian Observatory for Human Rights", "VDC", "Violations Documentation Center",
)  # fmt: skip
_INTERNATIONAL = ("OCHA", "OHCHR", "UN News", "UN News Centre", "UNAMA", "UNAMI")
_SOCIAL_MEDIA = ("Facebook", "Telegram", "Twitter", "VK", "WhatsApp", "YouTube")

SOURCE_TYPES: dict[str, SourceType] = {
    **dict.fromkeys(_MEDIA, SourceType.MEDIA),
    **dict.fromkeys(_CIVIL_SOCIETY, SourceType.CIVIL_SOCIETY),
    **dict.fromkeys(_INTERNATIONAL, SourceType.INTERNATIONAL_ORGANIZATION),
    **dict.fromkeys(_SOCIAL_MEDIA, SourceType.SOCIAL_MEDIA),
    "Israel Defense Forces": SourceType.FOREIGN_GOVERNMENT,
}
"""Name -> type."""


def source_type(name: pl.Expr) -> pl.Expr:
    """Type of a publisher by its name, unknown where it is not listed; capitals and spaces around do not matter."""
    types = {publisher.lower(): kind.value for publisher, kind in SOURCE_TYPES.items()}
    return name.str.strip_chars().str.to_lowercase().replace_strict(types, default=SourceType.UNKNOWN.value)


def platform(name: pl.Expr) -> pl.Expr:
    """The name itself where it is that of a platform of social media, else null."""
    return pl.when(name.is_in(list(_SOCIAL_MEDIA))).then(name)
