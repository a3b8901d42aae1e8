"""corrections.toml beside a warehouse: applied from its own day on, kept over rebuilds, refused when stale."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import KNOWN_ON, Row, intake

from transforms.corrections import FIELDS, corrected, read_corrections
from transforms.pipeline import Source, build
from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.errors import InputError, ValidationError
from warehouse.filters import Filters
from warehouse.schema import TABLE

FIRST, ON, BEFORE = date.fromisoformat(KNOWN_ON), date(2024, 11, 2), date(2024, 11, 1)
ENTRY: dict[str, Any] = {
    "incident_id": "made-up:a",
    "field": "place",
    "expected": "Old name",
    "value": "New name",
    "reason": "Misspelt.",
    "evidence": "https://example.org/note",
    "by": "A. Analyst",
    "on": ON,
}
KILLED = {"field": "civilians_killed_low", "expected": 2, "value": 1}
INCIDENTS: list[Row] = [{"incident_id": "a", "place": "Old name"}, {"incident_id": "b"}]
CASUALTIES: list[Row] = [
    {"incident_id": "a", "group": "civilians", "harm": "killed", "low": "2", "best": "", "high": "4"},
    {"incident_id": "a", "group": "children", "harm": "killed", "low": "1", "best": "", "high": "1"},
]


def toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def entry(without: str = "", **changes: Any) -> str:
    lines = [f"{name} = {toml(value)}" for name, value in (ENTRY | changes).items() if name != without]
    return "\n".join(["[[correction]]", *lines, ""])


def write(folder: Path, *entries: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "corrections.toml"
    file.write_text("\n".join(entries), encoding="utf-8")
    return file


def source(folder: Path, incidents: list[Row] = INCIDENTS, casualties: list[Row] = CASUALTIES) -> Source:
    """A folder of the intake format beside the warehouse, another one each time."""
    number = len(list(folder.parent.glob("intake-*")))
    return Source("chirg_intake", intake(folder.parent / f"intake-{number}", incident=incidents, casualty=casualties))


def built(folder: Path) -> Reader:
    build(folder, [source(folder)], lambda _: None, validate=False)
    return reader(folder)


@pytest.fixture
def good(once: Callable[..., Path], tmp_path: Path) -> Path:
    """A folder with a warehouse that was built without corrections."""
    made = once("corrections-none", built)
    return Path(shutil.copytree(made, tmp_path / "good"))


def faults(folder: Path, incidents: list[Row] = INCIDENTS) -> list[str]:
    """What a build says that must fail; the build before must keep serving."""
    served = reader(folder).build_id
    with pytest.raises(InputError) as caught:
        build(folder, [source(folder, incidents)], lambda _: None)
    assert reader(folder).build_id == served
    assert known(reader(folder), "place") == "Old name"
    return list(caught.value.problems)


def known(found: Reader, column: str, day: date | None = None) -> Any:
    return run(queries.incident("made-up:a"), found, day).row(0, named=True)[column]


def test_an_incident_s_column_is_corrected_from_its_day_on_and_known_as_it_was_before(tmp_path: Path) -> None:
    write(tmp_path / "w", entry())
    found = built(tmp_path / "w")
    assert [known(found, "place", day) for day in (FIRST, BEFORE, ON, None)] == ["Old name"] * 2 + ["New name"] * 2
    versions = run(queries.versions_of_incident("made-up:a"), found)
    assert versions.select("place", "known_from", "known_to").rows() == [
        ("Old name", FIRST, ON),
        ("New name", ON, None),
    ]
    assert "new name" in known(found, "search_text")
    assert run(queries.versions_of_incident("made-up:b"), found).height == 1
    assert run(queries.totals(Filters()), found).item(0, "incidents") == 2


def test_an_estimate_is_corrected_in_its_own_table_and_in_the_totals(tmp_path: Path) -> None:
    write(tmp_path / "w", entry(**KILLED), entry(field="children_killed_high", expected=1, value=2))
    found = built(tmp_path / "w")
    assert [known(found, "civilians_killed_low", day) for day in (BEFORE, ON, None)] == [2, 1, 1]
    assert known(found, "civilians_killed_high") == 4
    rows = found.frame("SELECT * FROM casualty").sort("group", "known_from")
    assert rows.select("group", "low", "high", "known_from", "known_to").rows() == [
        ("children", 1, 1, FIRST, ON),
        ("children", 1, 2, ON, None),
        ("civilians", 2, 4, FIRST, ON),
        ("civilians", 1, 4, ON, None),
    ]
    lows = [run(queries.totals(Filters()), found, day).item(0, "civilians_killed_low") for day in (BEFORE, ON)]
    assert lows == [2, 1]


def test_a_value_may_be_filled_in_or_taken_away(tmp_path: Path) -> None:
    write(
        tmp_path / "w",
        entry(field="summary", expected="gone", value="A wall fell.").replace('expected = "gone"\n', ""),
        entry(without="value", field="civilians_killed_high", expected=4),
        entry(field="strike_type", expected=["unknown"], value=["airstrike", "artillery"]),
    )
    found = built(tmp_path / "w")
    assert (known(found, "summary", BEFORE), known(found, "summary")) == (None, "A wall fell.")
    assert (known(found, "civilians_killed_high", BEFORE), known(found, "civilians_killed_high")) == (4, None)
    assert (known(found, "strike_type", BEFORE), known(found, "strike_type")) == (
        ["unknown"],
        ["airstrike", "artillery"],
    )
    listed = run(queries.corrections_of_incident("made-up:a"), found)
    assert listed.select("field", "expected_value", "corrected_value").rows() == [
        ("civilians_killed_high", "4", None),
        ("strike_type", "unknown", "airstrike; artillery"),
        ("summary", None, "A wall fell."),
    ]


def test_a_correction_older_than_the_data_holds_from_its_beginning(tmp_path: Path) -> None:
    write(tmp_path / "w", entry(on=date(2024, 1, 1)))
    versions = run(queries.versions_of_incident("made-up:a"), built(tmp_path / "w"))
    assert versions.select("place", "known_from", "known_to").rows() == [("New name", FIRST, None)]


def test_it_is_shown_with_its_reason_and_survives_a_rebuild(good: Path) -> None:
    folder = good
    assert run(queries.corrections_of_incident("made-up:a"), reader(folder)).is_empty()
    write(folder, entry())
    for _ in range(2):
        found = built(folder)
        listed = run(queries.corrections_of_incident("made-up:a"), found)
        assert listed.rows() == [
            (
                "made-up:a",
                "place",
                "Old name",
                "New name",
                ENTRY["reason"],
                ENTRY["evidence"],
                ENTRY["by"],
                ON,
            )
        ]
        assert known(found, "place") == "New name"
        assert run(queries.corrections_of_incident("made-up:b"), found).is_empty()


def test_a_build_with_other_corrections_is_another_build(good: Path) -> None:
    """Of the same sources in the same second too: one name for two files would leave readers with the old one."""
    before = reader(good).build_id
    write(good, entry())
    corrected_build = built(good)
    assert corrected_build.build_id.split("-")[1] != before.split("-")[1]
    write(good, entry(value="Other name"))
    assert built(good).build_id.split("-")[1] != corrected_build.build_id.split("-")[1]


STALE = "The correction of {} of made-up:a expects '{}', but the source now says {}; remove or renew it."
NO_ESTIMATE = (
    "The correction of {} of made-up:a has nothing to correct, for the source states no such estimate; remove it."
)


@pytest.mark.parametrize(
    ("changes", "place", "sentence"),
    [
        ({}, "Repaired", STALE.format("place", "Old name", "'Repaired'")),
        ({}, "", STALE.format("place", "Old name", "no value")),
        (KILLED | {"expected": 3}, "", STALE.format("civilians_killed_low", 3, "'2'")),
        (
            {"incident_id": "made-up:z"},
            "",
            "The correction of place of made-up:z has no incident in this build; remove it.",
        ),
        (KILLED | {"field": "civilians_injured_low"}, "", NO_ESTIMATE.format("civilians_injured_low")),
    ],
)
def test_a_stale_correction_stops_the_build_and_the_last_good_one_serves(
    good: Path, changes: dict[str, Any], place: str, sentence: str
) -> None:
    write(good, entry(**changes))
    assert faults(good, [{"incident_id": "a", "place": place}]) == [sentence]


def test_every_stale_correction_is_told_at_once(good: Path) -> None:
    write(good, entry(expected="x"), entry(incident_id="made-up:z"), entry(**KILLED))
    assert [problem.split(";")[0] for problem in faults(good)] == [
        "The correction of place of made-up:a expects 'x', but the source now says 'Old name'",
        "The correction of place of made-up:z has no incident in this build",
    ]


def test_a_correction_of_a_retracted_incident_says_so(tmp_path: Path) -> None:
    ended = {"incident_id": "made-up:a", "place": "Old name", "known_from": FIRST, "known_to": BEFORE}
    frames = {name: TABLE[name].empty() for name in ("incident", "casualty")}
    frames["incident"] = pl.DataFrame([ended], schema=TABLE["incident"].polars_schema())
    with pytest.raises(InputError, match="an incident that its source has retracted; remove it"):
        corrected(frames, read_corrections(write(tmp_path, entry())))


def test_a_correction_that_contradicts_another_value_stops_the_build(good: Path) -> None:
    served = reader(good).build_id
    write(good, entry(**KILLED | {"value": 9}))
    with pytest.raises(ValidationError, match="casualty"):
        build(good, [source(good)], lambda _: None)
    assert reader(good).build_id == served


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        *((entry(without=name), f"{name} is missing") for name in ("incident_id", "field", "reason", "evidence", "by")),
        (entry(without="on"), "on is missing"),
        (entry(reason=""), "reason is missing"),
        (entry(on="2024-11-02"), "on is no date; write it as on = 2024-11-02, without quotes"),
        (entry(on=20241102), "on is no date; write it as on = 2024-11-02, without quotes"),
        (entry(on=""), "on is missing"),
        (entry(colour="red"), "colour is not known"),
        (entry(by=7), "by is not text"),
        (entry(field="report_count"), f"report_count cannot be corrected; choose from {', '.join(FIELDS)}"),
        (entry(field="incident_id"), f"incident_id cannot be corrected; choose from {', '.join(FIELDS)}"),
        (entry(value=7), "value is no text"),
        (entry(value="Old name"), "expected and value are the same"),
        (entry(value=""), "value is empty; leave the line out for no value"),
        (entry(field="latitude", expected=1.5, value="2"), "value is no float"),
        (entry(field="latitude", expected=1.5, value=91), "value 91 lies outside of what latitude can be"),
        (entry(field="latitude", expected=1.5, value=float("nan")), "value nan lies outside of what latitude can be"),
        (entry(field="date_start", expected="2024-01-01", value=date(2024, 1, 2)), "expected is no date"),
        (entry(**KILLED | {"value": 1.0}), "value is no integer"),
        (entry(**KILLED | {"value": -1}), "value -1 lies outside of what civilians_killed_low can be"),
        (entry(**KILLED | {"value": 2**70}), f"value {2**70} lies outside of what civilians_killed_low can be"),
        (entry(field="harm_status", expected="weak", value="strong"), "value: 'strong' is not a value of harm_status"),
        (entry(without="value", field="harm_status", expected="weak"),
         "value is missing, and harm_status may not be empty"),
        (entry(field="strike_type", expected=["unknown"], value="airstrike"), "value is no text list"),
        (entry(field="strike_type", expected=["unknown"], value=["storm"]),
         "value: 'storm' is not a value of strike_type"),
        (entry(field="strike_type", expected=["unknown"], value=[]), "value is empty"),
        (entry(value="Other", reason="Again."), "place of made-up:a is corrected by an earlier entry already"),
    ],
)  # fmt: skip
def test_each_fault_is_one_sentence_with_the_entry_s_number(tmp_path: Path, text: str, fault: str) -> None:
    file = write(tmp_path, entry(), text) if "earlier entry" in fault else write(tmp_path, entry(field="url"), text)
    with pytest.raises(InputError) as caught:
        read_corrections(file)
    assert list(caught.value.problems) == [f"corrections.toml, correction 2: {fault}."]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[correction]\n", r"corrections\.toml cannot be read as TOML: "),
        ("[correction]\nfield = 'x'\n", "correction is no list of entries; begin each one with the line"),
        ("correction = [1, 2]\n", "correction is no list of entries"),
        ("corection = 1\n", r"only \[\[correction\]\] entries may stand in it, not corection"),
    ],
)
def test_a_file_that_is_no_list_of_corrections(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read_corrections(write(tmp_path, text))


def test_faults_of_all_entries_are_told_at_once_before_anything_is_published(good: Path) -> None:
    write(good, entry(without="by"), entry(field="url", on="today", value=1))
    assert [problem.split(":")[0] for problem in faults(good)] == [
        "corrections.toml, correction 1",
        "corrections.toml, correction 2",
        "corrections.toml, correction 2",
    ]


def test_every_field_offered_for_correction_can_be_read(tmp_path: Path) -> None:
    assert len(set(FIELDS)) == len(FIELDS)
    assert pl.Series(FIELDS).is_in(["known_from", "data_origin", "stage", "search_text"]).sum() == 0
    assert read_corrections(None) == []
    assert len(read_corrections(write(tmp_path, *(entry(field=f) for f in ("place", "summary", "url"))))) == 3
