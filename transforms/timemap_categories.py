"""What the categories of a TimeMap export mean in the warehouse's own terms: weapons, means, addresses, countries.

Every category is listed, those without a meaning here too. Read from Bellingcat's two exports of 2023 and 2024.
"""

from __future__ import annotations

import polars as pl

from warehouse.vocabulary import StrikeType, WeaponSystem

WEAPON_SYSTEMS: dict[str, tuple[WeaponSystem, ...]] = {
    "Anti-air missile": (WeaponSystem.MISSILE,),
    "Ballistic missile": (WeaponSystem.MISSILE,),
    "Cluster munitions": (WeaponSystem.CLUSTER_MUNITION,),
    "Cruise missile": (WeaponSystem.MISSILE,),
    # One category for two systems: each is possible, none is ruled out.
    "HE artillery inc mortars": (WeaponSystem.TUBE_ARTILLERY, WeaponSystem.MORTAR),
    "HE rocket artillery": (WeaponSystem.ROCKET_ARTILLERY,),
    "HE tube artillery": (WeaponSystem.TUBE_ARTILLERY,),
    "Incendiary munitions": (WeaponSystem.INCENDIARY,),
    "Land mines": (WeaponSystem.LAND_MINE,),
    "Loitering munition": (WeaponSystem.LOITERING_MUNITION,),
    "Small arms": (WeaponSystem.SMALL_ARMS,),
    "Thermobaric munition": (WeaponSystem.INCENDIARY,),
    # The vocabulary counts vehicle-mounted guns among small arms.
    "Vehicle mounted weapon": (WeaponSystem.SMALL_ARMS,),
    # A means of attack, not a weapon: bomb or missile is not said.
    "Air strike": (),
    "Unknown": (),
    # No weapon was used: the event is no attack.
    "None": (),
}
"""Category of the filter "Weapon System" -> weapon systems that it names."""

STRIKE_TYPES: dict[str, StrikeType] = {
    "Air strike": StrikeType.AIRSTRIKE,
    "HE artillery inc mortars": StrikeType.ARTILLERY,
    "HE rocket artillery": StrikeType.ARTILLERY,
    "HE tube artillery": StrikeType.ARTILLERY,
}
"""Categories that say by what means the attack was made. A missile may come from air or ground."""

AREA_NOT_STATED = "Undefined"
"""Category of the filter "Type of area affected" that says that the publisher did not decide."""

HIDDEN = "HIDDEN"
"""Address of a source that the publisher withholds. One word for many sources: they are never taken for one."""

PLATFORMS: dict[str, str] = {
    "discord.com": "Discord",
    "facebook.com": "Facebook",
    "fb.watch": "Facebook",
    "instagram.com": "Instagram",
    "ok.ru": "Odnoklassniki",
    "pikabu.ru": "Pikabu",
    "reddit.com": "Reddit",
    "t.co": "Twitter",
    "t.me": "Telegram",
    "tgstat.com": "Telegram",
    "tiktok.com": "TikTok",
    "twimg.com": "Twitter",
    "twitter.com": "Twitter",
    "vk.com": "VK",
    "x.com": "Twitter",
    "youtu.be": "YouTube",
    "youtube.com": "YouTube",
}
"""Social media: the last two parts of the host -> platform."""

DOMAIN = r"^(?:https?://)?(?:[^/?#\s]*\.)?([^./?#:\s]+\.[^./?#:\s]+)(?:[/?#:]|$)"
"""The last two parts of an address's host."""

WEB_ARCHIVE = r"^https?://web\.archive\.org/web/[^/]+/(.+)$"
"""An archived copy; the group is the address that was archived."""

PUBLISHERS_ARCHIVE = r"^https?://bellingcat-archive\."
"""A copy in the publisher's own archive; the original address is not stated."""

ARCHIVED_POST = r"(?i)https-(?:www-)?(?:t-me|twitter-com|x-com|facebook-com|vk-com|youtube-com)|(?:telegram|twitter)__"
"""Marks of a social media post in the file name of such a copy: it may name the account."""

PERSONAL_ADDRESS = (
    r"(?i)^(?:https?://)?(?:[^/]*\.)?(?:(?:drive|docs|photos)\.google\.com|dropbox\.com)(?:[/?#:]|$)"
    r"|/@\p{L}|^(?:https?://)?[^/]*(?:frommypc|mypc\.|takenby|manualupload|privatechannel)"
)
"""Files that a person shares, an account in a path, and the made-up hosts that Bellingcat writes for uploads: they name
or lead to a person."""

ABROAD_BY_PLACE: dict[str, str] = {
    r"\b(?:Russia|Belgorod|Bryansk|Moscow|Rostov|Smolensk)\b": "RUS",
    r"\bMoldova\b": "MDA",
    r"\bPoland\b": "POL",
}
"""Places named in Bellingcat's export of harm from the war in Ukraine that do not lie in Ukraine."""

ABROAD_BY_ID: dict[str, str] = {
    **dict.fromkeys(("CIV0626", "CIV0631", "CIV0773", "CIV0942", "CIV1110", "CIV1568", "CIV1605"), "RUS"),
    **dict.fromkeys(("CIV1678", "CIV1881", "CIV2106", "CIV2107", "CIV2108", "CIV2115", "CIV2124"), "RUS"),
    **dict.fromkeys(("CIV2125", "CIV2126", "CIV2134", "CIV2137", "CIV2140"), "RUS"),
    "CIV0822": "MDA",
    "CIV1643": "POL",
}
"""Events whose place one export leaves empty and the other one states, as far as their coordinates agree: export
2023-08-04 states those up to CIV1643, 2024-06-02 those from CIV1678 on."""


def country(place: pl.Expr, code: pl.Expr) -> pl.Expr:
    """ISO alpha-3 code of an event of Bellingcat's Ukraine export: Ukraine, unless declared otherwise here."""
    stated = pl.lit(None, pl.String)
    for pattern, iso in ABROAD_BY_PLACE.items():
        stated = pl.when(place.str.contains(pattern)).then(pl.lit(iso)).otherwise(stated)
    declared = pl.when(place.is_null()).then(code.replace_strict(ABROAD_BY_ID, default=None, return_dtype=pl.String))
    return pl.coalesce(stated, declared, pl.lit("UKR"))


def with_address_facts(sources: pl.DataFrame) -> pl.DataFrame:
    """Add url, archive_url, platform, source_type, account_kind and title of a source from its `path`.

    No account is read from an address. A post by an account that we cannot tell to be an organisation's, a shared file,
    and a source that the publisher hides count as personal.
    """
    path = pl.col("path")
    stated = pl.when(path != HIDDEN).then(path)
    original = path.str.extract(WEB_ARCHIVE)
    is_copy = original.is_not_null() | path.str.contains(PUBLISHERS_ARCHIVE)
    is_post = pl.col("platform").is_not_null() | path.str.contains(ARCHIVED_POST).fill_null(value=False)
    is_personal = is_post | path.str.contains(PERSONAL_ADDRESS).fill_null(value=False)
    is_withheld = pl.col("url").is_null() & pl.col("archive_url").is_null()
    return (
        sources.with_columns(
            url=pl.when(is_copy).then(original).otherwise(stated),
            archive_url=pl.when(is_copy).then(path),
        )
        .with_columns(
            platform=pl.col("url")
            .str.extract(DOMAIN)
            .str.to_lowercase()
            .replace_strict(PLATFORMS, default=None, return_dtype=pl.String)
        )
        .with_columns(
            source_type=pl.when(is_post).then(pl.lit("social_media")).otherwise(pl.lit("unknown")),
            account_kind=pl.when(is_personal | is_withheld)
            .then(pl.lit("personal"))
            .otherwise(pl.lit("not_social_media")),
            title=pl.when(is_withheld).then(pl.lit("Address withheld by the publisher")),
        )
    )
