"""The data package descriptor and the data dictionary follow the declaration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from frictionless import Package

from transforms import intake
from warehouse.datapackage import dictionary, package
from warehouse.schema import INTAKE_TABLES, TABLE, TABLES, Table

INTAKE_GUIDE = Path(__file__).resolve().parents[2] / "docs" / "intake.md"


def fields(descriptor: dict, table: str) -> dict[str, dict]:
    resource = next(r for r in descriptor["resources"] if r["name"] == table)
    return {f["name"]: f for f in resource["schema"]["fields"]}


def schema(descriptor: dict, table: str) -> dict:
    return next(r["schema"] for r in descriptor["resources"] if r["name"] == table)


@pytest.mark.parametrize(
    "descriptor", [package(TABLES, name="all", title="All", version="1"), intake.descriptor()], ids=["all", "intake"]
)
def test_frictionless_accepts_the_descriptor(descriptor: dict) -> None:
    assert list(Package.metadata_validate(descriptor)) == []
    read = Package.from_descriptor(descriptor)
    assert [r.name for r in read.resources] == [r["name"] for r in descriptor["resources"]]
    assert all(not list(r.schema.metadata_validate(r.schema.to_descriptor())) for r in read.resources)


@pytest.mark.parametrize("table", INTAKE_TABLES, ids=lambda t: t.name)
def test_the_intake_has_exactly_the_columns_a_person_fills_in(table: Table) -> None:
    expected = [c.name for c in table.intake_columns]
    if table.name == "dataset":
        expected = ["dataset_id", *expected]
    assert list(fields(intake.descriptor(), table.name)) == expected


def test_constraints_come_from_the_declaration() -> None:
    incident = fields(intake.descriptor(), "incident")
    assert incident["harm_status"]["constraints"] == {
        "required": True,
        "enum": list(TABLE["incident"]["harm_status"].allowed or ()),
    }
    assert incident["latitude"]["constraints"] == {"minimum": -90, "maximum": 90}
    assert incident["latitude"]["unit"] == "degrees"
    assert incident["latitude"]["title"] == "Latitude"
    assert "constraints" not in incident["known_from"], "the data set's known_on stands in for it"


def test_a_list_is_text_whose_items_are_checked() -> None:
    strike_type = fields(intake.descriptor(), "incident")["strike_type"]
    assert strike_type["type"] == "string"
    assert 'joined by "; "' in strike_type["description"]
    pattern = re.compile(strike_type["constraints"]["pattern"])
    assert pattern.fullmatch("airstrike; artillery")
    assert pattern.fullmatch("airstrike;artillery")
    assert not pattern.fullmatch("airstrike, artillery")
    assert not pattern.fullmatch("bombing")


def test_keys_and_references() -> None:
    descriptor = intake.descriptor()
    assert schema(descriptor, "casualty")["primaryKey"] == ["incident_id", "group", "harm"]
    assert schema(descriptor, "casualty")["foreignKeys"] == [
        {"fields": ["incident_id"], "reference": {"resource": "incident", "fields": ["incident_id"]}}
    ]
    assert schema(descriptor, "unit")["foreignKeys"][0]["reference"]["resource"] == "", "its own table"
    everything = package(TABLES, name="all", title="All", version="1")
    assert schema(everything, "casualty")["primaryKey"][-1] == "known_from"


def test_a_subset_of_columns_claims_no_key_and_no_reference_that_it_does_not_hold() -> None:
    chosen = package(
        [TABLE["incident"]],
        name="extract",
        title="Extract",
        version="1",
        columns=lambda table: (table["place"], table["dataset_id"]),
        path=lambda _: "x.csv",
    )
    assert chosen["resources"][0]["path"] == "x.csv"
    assert schema(chosen, "incident").keys() == {"fields", "missingValues"}


def test_the_dictionary_has_one_row_per_column() -> None:
    rows = {r["column"]: r for r in dictionary(TABLE["casualty"]).iter_rows(named=True)}
    assert list(rows) == list(TABLE["casualty"].column_names)
    assert rows["low"]["unit"] == "people"
    assert rows["low"]["allowed"] == "0 or more"
    assert rows["harm"]["allowed"] == "killed; injured"
    assert rows["raw_text"]["allowed"] is None
    incident = {r["column"]: r for r in dictionary(TABLE["incident"]).iter_rows(named=True)}
    assert incident["country"]["allowed"] == "ISO 3166-1 alpha-3 code"
    assert incident["longitude"]["allowed"] == "-180 to 180"
    assert dictionary(TABLE["incident"], [TABLE["incident"]["place"]])["column"].to_list() == ["place"]


def test_the_written_guide_is_the_generated_one() -> None:
    assert INTAKE_GUIDE.read_text(encoding="utf-8") == intake.guide(), (
        "the declaration changed: write transforms.intake.guide() to docs/intake.md"
    )


def test_the_guide_names_every_column_and_every_value() -> None:
    text = intake.guide()
    for table in INTAKE_TABLES:
        for column in intake.columns(table):
            assert f"| `{column.name}` |" in text
            if column.vocabulary is not None:
                assert all(f"| `{value}` |" in text for value in column.vocabulary.values())
