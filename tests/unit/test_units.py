"""The reference list of units: sources, places in the hierarchy, exact matching."""

from __future__ import annotations

import polars as pl
import pytest

from transforms import reference_lists
from transforms.units import REFERENCE, match, reference_list, with_parents
from warehouse.countries import country_codes
from warehouse.schema import TABLE


def test_each_unit_has_a_public_source_a_country_and_a_parent_that_exists() -> None:
    units = reference_list()
    assert dict(units.schema) == TABLE["unit"].polars_schema()
    assert units["unit_id"].is_unique().all()
    assert reference_lists.listed(REFERENCE)["reference"].null_count() == 0
    assert set(units["country"]) <= set(country_codes())
    assert set(units["parent_unit_id"].drop_nulls()) <= set(units["unit_id"])
    belongs = units.join(units, left_on="parent_unit_id", right_on="unit_id", suffix="_above")
    assert (belongs["country"] == belongs["country_above"]).all()


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("netzah yehuda", "force:isr-netzah-yehuda"),
        ("NETZAH-YEHUDA BATTALION", "force:isr-netzah-yehuda"),
        ("I.D.F.", None),
        ("IDF", "force:isr"),
        ("the Golani Brigade", None),
        ("IAF", None),  # also the air forces of India and Ireland
        (None, None),
    ],
)
def test_match_is_exact_but_for_case_spaces_and_hyphens(text: str | None, unit: str | None) -> None:
    assert pl.select(match(pl.lit(text, pl.String))).item() == unit


def test_a_unit_brings_all_units_above_it() -> None:
    found = with_parents(pl.Series(["force:isr-netzah-yehuda", "force:phl-air"]))
    assert set(found["unit_id"]) == {"force:isr-netzah-yehuda", "force:isr-kfir", "force:isr", "force:phl-air"}
