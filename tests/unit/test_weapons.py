import polars as pl
import pytest

from transforms.weapons import match, reference_list, spellings, system_id
from warehouse.schema import TABLE
from warehouse.vocabulary import USML_CATEGORIES, UsOrigin, WeaponSystem


def matched(text: str | None) -> str | None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(match(pl.col("text")))["text"][0]


def test_the_list_keeps_to_the_declaration() -> None:
    weapons = reference_list()
    assert dict(weapons.schema) == TABLE["weapon"].polars_schema()
    assert weapons["weapon_id"].is_unique().all()
    assert set(weapons["weapon_system"]) == set(WeaponSystem.values())
    assert set(weapons["us_origin"]) <= set(UsOrigin.values())
    assert set(weapons["usml_category"].drop_nulls()) <= set(USML_CATEGORIES)


def test_each_system_has_an_entry_that_claims_nothing() -> None:
    generic = reference_list().filter(pl.col("designation").is_null())
    systems = pl.DataFrame({"s": list(WeaponSystem.values())})
    assert generic["weapon_id"].to_list() == systems.select(system_id(pl.col("s"))).to_series().to_list()
    assert set(generic["us_origin"]) == {"unknown"}
    assert generic["usml_category"].null_count() == generic.height


def test_each_named_weapon_has_a_public_source_and_a_usml_category_only_if_of_us_origin() -> None:
    named = reference_list().filter(pl.col("designation").is_not_null())
    assert named["reference"].null_count() == 0
    assert named["munition_class"].null_count() == 0
    assert named.filter(pl.col("usml_category").is_not_null() != (pl.col("us_origin") == "yes")).is_empty()


@pytest.mark.parametrize(
    ("text", "weapon"),
    [
        ("MK 84", "mk-84"),
        ("mk-84", "mk-84"),
        ("GBU39", "gbu-39"),
        ("Gbu–39", "gbu-39"),
        ("BUNKER-BUSTER", "bunker-buster"),
        ("JDAM", "jdam"),
        ("Hellfire", "agm-114"),
        ("Shahed 136", "shahed-136"),
        ("Mk 84", "mk-84"),
        ("MK84", "mk-84"),
        ("GBU-31/JDAM", "gbu-31"),
        ("GBU-39/SDB", "gbu-39"),
        ("GBU-39 SDB", "gbu-39"),
        ("AGM-114", "agm-114"),
        ("AGM-114 Hellfire-2", "agm-114"),
        ("M107 155 mm", "m107"),
        ("155mm M107", "m107"),
        ("BGM-71F TOW-2B", "bgm-71"),
        ("Paveway IV", None),
        ("M-107 175mm", None),
        ("Patriot", None),
        ("GBU", None),
        ("2 x GBU-39", None),
        ("bomb", None),
        ("DRONE", None),
        ("", None),
        (None, None),
    ],
)
def test_match_is_exact_but_for_case_spaces_and_hyphens(text: str | None, weapon: str | None) -> None:
    assert matched(text) == weapon


def test_every_designation_is_found() -> None:
    named = reference_list().filter(pl.col("designation").is_not_null())
    assert named.select(match(pl.col("designation"))).to_series().to_list() == named["weapon_id"].to_list()
    assert set(spellings().values()) == set(named["weapon_id"])


def test_us_munitions_that_differ_in_more_than_spelling_are_entries_of_their_own() -> None:
    """A kit without its bomb, a bomb without its kit and the two together are three weapons."""
    assert len({matched(text) for text in ("MK-84", "JDAM", "GBU-31", "JDAM-ER", "BLU-109", "Paveway", "GBU-10")}) == 7


@pytest.mark.parametrize(
    ("category", "systems"),
    [
        ("I", {"small_arms"}),
        ("III", {"tube_artillery", "tank_round", "mortar", "cluster_munition", "incendiary"}),
        (
            "IV",
            {
                "air_delivered_bomb",
                "guided_bomb",
                "missile",
                "rocket_artillery",
                "loitering_munition",
                "cluster_munition",
            },
        ),
    ],
)
def test_categories_of_the_munitions_list_go_with_kinds_of_weapon(category: str, systems: set[str]) -> None:
    """22 CFR 121.1: firearms (I), ammunition for guns (III), missiles, rockets and bombs (IV)."""
    held = reference_list().filter(usml_category=category)
    assert set(held["weapon_system"]) <= systems
    assert set(reference_list()["usml_category"].drop_nulls()) == {"I", "III", "IV"}
