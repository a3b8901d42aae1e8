"""Questions about weapons, against cases worked out by hand and against other code on the demo's tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import warehouse

from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import ask, run
from warehouse.filters import Filters
from warehouse.queries.weapons import Dimension

ALL = Filters()
CASES: dict[str, list[tuple[str, str, str]]] = {
    # Two sources name one munition: the surest one counts, once.
    "twice": [("mk-84", "possible", "source_claim"), ("mk-84", "probable", "imagery")],
    # Two munitions of one system.
    "both": [("gbu-39", "confirmed", "fragment_identified"), ("jdam", "possible", "source_claim")],
    # Only the system is named.
    "system": [("system:mortar", "possible", "source_claim")],
    # A weapon was ruled out, and none is named.
    "excluded": [("mk-84", "excluded", "expert_assessment")],
    # Ruled out, and another named.
    "instead": [("mk-84", "excluded", "expert_assessment"), ("gbu-39", "possible", "imagery")],
    "unattributed": [("system:unknown", "unattributed", "source_claim")],
    "none": [],
}
TRANSFERS = [
    {"recipient": "KEN", "recipient_raw": "Kenya", "order_year": "2015", "number": "10"},
    {"recipient": "KEN", "recipient_raw": "Republic of Kenya", "order_year": "", "notified_on": "2016-05-01"},
    {"recipient": "", "recipient_raw": "Soviet Union", "order_year": "1950"},
    {"recipient": "UGA", "recipient_raw": "Uganda", "order_year": ""},
    {"recipient": "UGA", "recipient_raw": "Uganda", "weapon_id": "", "designation": "nothing listed"},
    {"recipient": "UGA", "recipient_raw": "Uganda", "weapon_id": "gbu-39", "designation": "SDB"},
]


def rows_of(cases: dict[str, list[tuple[str, str, str]]]) -> dict[str, list[dict[str, str]]]:
    weapons = sorted({weapon for given in cases.values() for weapon, _, _ in given} | {"gbu-39", "mk-84"})
    return {
        "incident": [{"incident_id": name} for name in cases],
        "weapon": [{"weapon_id": w, "weapon_system": "unknown", "us_origin": "unknown"} for w in weapons],
        "incident_weapon": [
            {"attribution_id": f"{name}-{n}", "incident_id": name, "weapon_id": w, "confidence": c, "basis": b}
            for name, given in cases.items()
            for n, (w, c, b) in enumerate(given)
        ],
        "transfer": [
            {"transfer_id": str(n), "record_type": "transfer", "supplier": "USA", "supplier_raw": "US",
             "weapon_id": "mk-84", "designation": "Mk 84", "channel": "unknown"} | row
            for n, row in enumerate(TRANSFERS)
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    return reader(once("weapon-cases", lambda folder: warehouse(folder, **rows_of(CASES))))


def counts(cases: Reader, dimension: Dimension, filters: Filters = ALL) -> dict[tuple[str, str], int]:
    rows = run(queries.attributed(filters, dimension), cases).select("category", "confidence", "incidents")
    return {(category, confidence): n for category, confidence, n in rows.iter_rows()}


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        (
            "munition",
            {
                ("MK-84", "probable"): 1,
                ("GBU-39", "confirmed"): 1,
                ("GBU-39", "possible"): 1,
                ("JDAM", "possible"): 1,
                ("unattributed", "unattributed"): 4,
            },
        ),
        (
            "weapon_system",
            {
                ("air_delivered_bomb", "probable"): 1,
                ("guided_bomb", "confirmed"): 1,
                ("guided_bomb", "possible"): 1,
                ("mortar", "possible"): 1,
                ("unknown", "unattributed"): 3,
            },
        ),
        (
            "basis",
            {
                ("source_claim", "possible"): 3,
                ("imagery", "probable"): 1,
                ("imagery", "possible"): 1,
                ("fragment_identified", "confirmed"): 1,
                ("unattributed", "unattributed"): 3,
            },
        ),
        (
            "confidence",
            {
                ("confirmed", "confirmed"): 1,
                ("probable", "probable"): 1,
                ("possible", "possible"): 2,
                ("unattributed", "unattributed"): 3,
            },
        ),
    ],
)
def test_an_incident_counts_once_in_each_category_by_its_surest_attribution(
    cases: Reader, dimension: Dimension, expected: dict[tuple[str, str], int]
) -> None:
    assert counts(cases, dimension) == expected


def test_under_a_filter_that_leaves_nothing_nothing_is_counted(cases: Reader) -> None:
    assert counts(cases, "munition", Filters(text="nowhere")) == {}


def test_a_filter_on_munitions_keeps_what_else_these_incidents_name(cases: Reader) -> None:
    assert counts(cases, "munition", Filters(munition=("JDAM",))) == {
        ("GBU-39", "confirmed"): 1,
        ("JDAM", "possible"): 1,
    }


def test_weapons_that_were_ruled_out_are_in_the_table_and_counted_apart(cases: Reader) -> None:
    table = run(queries.attributions(ALL), cases)
    excluded = table.filter(confidence="excluded").select("designation", "basis", "incidents")
    assert excluded.rows() == [("MK-84", "expert_assessment", 2)]
    assert table["incidents"].sum() == sum(len(given) for given in CASES.values())
    assert run(queries.ruled_out(ALL), cases).item() == 2
    assert run(queries.ruled_out(Filters(munition=("GBU-39",))), cases).item() == 1


def test_transfers_of_listed_weapons_are_counted_by_munition(cases: Reader) -> None:
    assert run(queries.transferred(), cases).rows() == [("GBU-39", 1), ("MK-84", 4)]


def test_a_recipient_is_a_country_or_else_the_sources_words(cases: Reader) -> None:
    assert run(queries.recipients("MK-84"), cases).rows() == [
        ("KEN", "KEN", 2),
        ("Soviet Union", None, 1),
        ("UGA", "UGA", 1),
    ]


def test_transfers_stand_newest_first_and_those_without_a_year_last(cases: Reader) -> None:
    found = run(queries.transfers("MK-84", None), cases)
    assert found["recipient_raw"].to_list() == ["Republic of Kenya", "Kenya", "Soviet Union", "Uganda"]
    assert set(found["publisher"]) == {"Nobody"}
    assert run(queries.transfers("MK-84", "KEN"), cases)["number"].to_list() == [None, 10]
    assert run(queries.transfers("MK-84", "Soviet Union"), cases).height == 1
    assert run(queries.transfers("MK-84", "ITA"), cases).is_empty()


@pytest.mark.parametrize("filters", [ALL, Filters(country=("YEM", "NGA")), Filters(stage=("closed",))])
def test_the_demo_agrees_with_the_derived_columns(demo_reader: Reader, filters: Filters) -> None:
    """`weapon_system`, `munition` and `us_origin_confidence` of the incident table are computed by other code."""
    incident = run(queries.incidents(filters), demo_reader)
    for dimension in ("weapon_system", "munition"):
        rows = ask(queries.attributed, (filters, dimension), demo_reader)
        ours = dict(rows.group_by("category").agg(pl.col("incidents").sum()).iter_rows())
        theirs = dict(incident[dimension].explode().value_counts().iter_rows())
        assert ours == theirs
    surest = ask(queries.attributed, (filters, "confidence"), demo_reader)
    assert surest["incidents"].sum() == incident.height


def test_the_day_of_knowledge_holds_for_attributions_and_transfers(demo_reader: Reader) -> None:
    early = date(2015, 12, 31)

    def total(day: date | None) -> Any:
        return ask(queries.transferred, (), demo_reader, day)["records"].sum()

    assert 0 < total(early) < total(None)
    known = demo_reader.frame("SELECT count(*) FROM transfer WHERE known_from <= DATE '2015-12-31'").item()
    assert total(early) == known
    assert ask(queries.attributed, (ALL, "munition"), demo_reader, early).is_empty()


class TestPublishedData:
    def test_five_of_939_assessments_name_a_munition(self, airwars_warehouse: Path) -> None:
        found = counts(reader(airwars_warehouse), "confidence")
        assert found == {("possible", "possible"): 5, ("unattributed", "unattributed"): 934}
        assert sum(n for (munition, _), n in counts(reader(airwars_warehouse), "munition").items()) == 934 + 9
