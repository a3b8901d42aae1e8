"""The intake format: template, reading, refused rows, faulty files; frictionless as the independent judge."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from frictionless import validate
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.intake import write_template
from transforms.pipeline import Source, canonical_frames
from transforms.source import FILE, ROW, Canonical, canonical_columns
from transforms.sources import chirg_intake
from warehouse.errors import InputError
from warehouse.intake_format import columns
from warehouse.schema import INTAKE_TABLES, LIST_SEPARATOR, TABLE

ROWS: dict[str, list[dict[str, str]]] = {
    "dataset": [
        {
            "dataset_id": "team",
            "title": "Made-up incidents",
            "publisher": "Team",
            "licence": "CC0",
            "redistributable": "true",
            "retrieved_on": "2024-05-02",
            "known_on": "2024-05-01",
            "synthetic": "false",
        }
    ],
    "incident": [
        {
            "incident_id": "i1",
            "country": "PSE",
            "place": 'Street, "old" part',
            "latitude": "31.5",
            "longitude": "34.45",
            "geo_precision": "neighbourhood",
            "date_start": "2024-03-09",
            "date_end": "2024-03-10",
            "date_precision": "range",
            "belligerent": "Force A;  Force B ;",
            "belligerent_basis": "suspected",
            "strike_type": "airstrike; artillery",
            "strike_status": "likely",
            "harm_status": "fair",
            "summary": "First line\nsecond line",
        },
        {
            "incident_id": "i2",
            "geo_precision": "unknown",
            "date_precision": "unknown",
            "belligerent_basis": "unknown",
            "strike_type": "unknown",
            "strike_status": "unknown",
            "harm_status": "not_assessed",
            "known_from": "2024-04-01",
        },
    ],
    "casualty": [
        {"incident_id": "i1", "group": "civilians", "harm": "killed", "low": "0", "high": "3", "raw_text": "0-3"},
        {"incident_id": "i1", "group": "civilians", "harm": "injured"},
    ],
    "report": [
        {
            "report_id": "r1",
            "source_type": "media",
            "access": "private",
            "account_kind": "not_social_media",
            "submitted_by": "A person",
            "raw_text": "Confidential words",
        }
    ],
    "incident_report": [
        {"incident_id": "i1", "report_id": "r1", "method": "linked", "match_probability": "0.75"},
        {"incident_id": "i2", "report_id": "r1", "method": "stated"},
    ],
    "weapon": [{"weapon_id": "w1", "weapon_system": "mortar", "us_origin": "unknown"}],
    "incident_weapon": [
        {
            "attribution_id": "a1",
            "incident_id": "i1",
            "weapon_id": "w1",
            "confidence": "possible",
            "basis": "source_claim",
            "report_id": "r1",
        }
    ],
    "unit": [
        {"unit_id": "u1", "name": "Brigade", "country": "PSE"},
        {"unit_id": "u2", "name": "Battalion", "country": "PSE", "parent_unit_id": "u1"},
    ],
}

Fill = Callable[..., Path]


def put(folder: Path, table: str, rows: list[dict[str, str]]) -> None:
    names = [c.name for c in columns(TABLE[table])]
    frame = pl.DataFrame(
        [[row.get(n) for n in names] for row in rows], schema=dict.fromkeys(names, pl.String), orient="row"
    )
    frame.write_csv(folder / f"{table}.csv")


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """A filled-in folder; `fill(incident=[...])` replaces rows, `fill(incident={0: {...}})` changes cells."""

    def filled(**changes: dict[int, dict[str, str]]) -> Path:
        folder = tmp_path / "intake"
        write_template(folder)
        for table, rows in ROWS.items():
            put(folder, table, [row | changes.get(table, {}).get(i, {}) for i, row in enumerate(rows)])
        return folder

    return filled


def load(folder: Path) -> Canonical:
    return chirg_intake.transform(chirg_intake.read(folder, None))


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        chirg_intake.read(folder, None)
    return caught.value.problems


# A folder as it should be


def test_frictionless_finds_nothing_wrong_with_template_and_filled_folder(fill: Fill, tmp_path: Path) -> None:
    written = write_template(tmp_path / "template")
    assert {p.name for p in written} == {p.name for p in (tmp_path / "template").iterdir()}
    for folder in (tmp_path / "template", fill()):
        report = validate(str(folder / "datapackage.json"))
        assert report.valid, report.flatten(["type", "note"])
        assert len(report.tasks) == len(INTAKE_TABLES)


def test_cells_become_values_and_identifiers_get_the_data_set_in_front(fill: Fill) -> None:
    loaded = load(fill())
    assert loaded.refused.is_empty()
    first, second = loaded.tables["incident"].iter_rows(named=True)
    assert first["incident_id"] == "team:i1"
    assert first["belligerent"] == ["Force A", "Force B"]
    assert first["strike_type"] == ["airstrike", "artillery"]
    assert (first["date_start"], first["date_end"]) == (date(2024, 3, 9), date(2024, 3, 10))
    assert first["place"] == 'Street, "old" part'
    assert first["summary"] == "First line\nsecond line"
    assert (first["latitude"], first["longitude"]) == (31.5, 34.45)
    assert first["known_from"] == date(2024, 5, 1), "the data set's day of knowledge"
    assert second["known_from"] == date(2024, 4, 1), "its own"
    assert second["belligerent"] is None
    killed, injured = loaded.tables["casualty"].iter_rows(named=True)
    assert (killed["low"], killed["best"], killed["high"]) == (0, None, 3), "zero stays zero, unknown stays unknown"
    assert (injured["low"], injured["high"]) == (None, None)
    attribution = loaded.tables["incident_weapon"].row(0, named=True)
    assert attribution["weapon_id"] == "w1", "shared by all data sets"
    assert (attribution["attribution_id"], attribution["report_id"]) == ("team:a1", "team:r1")
    assert loaded.tables["unit"]["parent_unit_id"].to_list() == [None, "team:u1"]
    assert loaded.dataset.dataset_id == "team"
    assert loaded.dataset.redistributable is True
    assert loaded.repeated == {"weapon"}


def test_every_table_has_the_contracts_columns_and_every_row_its_place(fill: Fill) -> None:
    loaded = load(fill())
    for name, frame in loaded.tables.items():
        if name == "dataset":
            continue
        expected = canonical_columns(name)
        assert {c: frame.schema[c] for c in expected} == expected
        assert frame[ROW].to_list() == list(range(1, frame.height + 1))
        assert set(frame[FILE]) <= {f"{name}.csv"}


def test_optional_columns_and_files_may_be_left_out(fill: Fill) -> None:
    folder = fill()
    for table in ("unit", "weapon", "incident_weapon", "transfer"):
        (folder / f"{table}.csv").unlink()
    casualty = pl.read_csv(folder / "casualty.csv", infer_schema=False).drop("known_from", "known_to")
    casualty.write_csv(folder / "casualty.csv")
    loaded = load(folder)
    assert "unit" not in loaded.tables
    assert "known_from" not in loaded.tables["casualty"].columns
    assert loaded.tables["casualty"].height == 2


def test_a_zip_and_a_zip_of_the_folder_give_the_same(fill: Fill, tmp_path: Path) -> None:
    folder = fill()
    expected = load(folder)
    for prefix in ("", "my intake/"):
        archive = tmp_path / "intake.zip"
        with zipfile.ZipFile(archive, "w") as target:
            for file in folder.iterdir():
                target.write(file, prefix + file.name)
            target.writestr("__MACOSX/._incident.csv", b"\0")
        loaded = load(archive)
        assert [f.sha256 for f in loaded.files] == [f.sha256 for f in expected.files]
        for name, frame in expected.tables.items():
            assert loaded.tables[name].equals(frame)


def test_parquet_with_real_types_gives_the_same_as_csv(fill: Fill) -> None:
    folder = fill()
    expected = load(folder).tables
    for table in ("incident", "casualty", "dataset"):
        typed = expected[table].select(pl.exclude(FILE, ROW))
        if "known_from" in typed.columns:
            typed = typed.drop("known_from", "known_to")
        if table == "casualty":  # as tools without a nullable integer write it
            typed = typed.with_columns(pl.col("low", "high").cast(pl.Float64))
        typed = typed.with_columns(pl.col("^incident_id$").str.strip_prefix("team:"))
        typed.write_parquet(folder / f"{table}.parquet")
        (folder / f"{table}.csv").unlink()
    loaded = load(folder)
    assert loaded.refused.is_empty()
    assert loaded.dataset.known_on == date(2024, 5, 1)
    for table in ("incident", "casualty"):
        same = [c for c in loaded.tables[table].columns if c not in {FILE, "known_from", "known_to"}]
        assert loaded.tables[table].select(same).equals(expected[table].select(same))


def test_private_content_never_reaches_quarantine(fill: Fill) -> None:
    report = next(f for f in chirg_intake.read(fill(), None).files if f.name == "report.csv")
    assert {"submitted_by", "publisher", "account_name", "title", "url", "archive_url", "raw_text"} <= report.restricted


def test_what_a_private_report_says_of_a_weapon_never_reaches_quarantine(fill: Fill) -> None:
    folder = fill(incident_weapon={0: {"confidence": "sure", "raw_text": "the nurse saw a fin"}})
    refused = canonical_frames([Source("chirg_intake", folder)], lambda _: None, None, date(2024, 6, 1))["quarantine"]
    line = refused.filter(pl.col("file") == "incident_weapon.csv").row(0, named=True)
    assert line["rule"] == "incident_weapon.confidence_in_vocabulary"
    assert "nurse" not in f"{line['raw']}{line['reason']}"


def test_a_template_never_overwrites(fill: Fill) -> None:
    folder = fill()
    with pytest.raises(InputError, match="is not empty"):
        write_template(folder)
    assert load(folder).tables["incident"].height == 2


# Faulty cells refuse their row

FAULTY_CELLS = [
    ("incident", "date_start", "09/03/2024", "incident.date_start_is_date"),
    ("incident", "date_start", "2024-02-30", "incident.date_start_is_date"),
    ("incident", "latitude", "31,5", "incident.latitude_is_number"),
    ("incident", "longitude", "east", "incident.longitude_is_number"),
    ("incident", "harm_status", "", "incident.harm_status_required"),
    ("incident", "incident_id", "", "incident.incident_id_required"),
    ("casualty", "low", "several", "casualty.low_is_integer"),
    ("casualty", "high", "3.5", "casualty.high_is_integer"),
    ("casualty", "harm", "", "casualty.harm_required"),
    ("incident_report", "match_probability", "likely", "incident_report.match_probability_is_number"),
    ("report", "published_on", "yesterday", "report.published_on_is_date"),
    ("unit", "name", "", "unit.name_required"),
]


@pytest.mark.parametrize(("table", "column", "value", "rule"), FAULTY_CELLS)
def test_we_refuse_the_rows_that_frictionless_refuses(
    fill: Fill, table: str, column: str, value: str, rule: str
) -> None:
    folder = fill(**{table: {0: {column: value}}})
    refused = load(folder).refused
    # Line 1 is the header for frictionless. It also judges keys and references, which the pipeline's checks do for us.
    judged = {
        (Path(task.place).name, error.row_number - 1)
        for task in validate(str(folder / "datapackage.json")).tasks
        for error in task.errors
        if error.type in {"type-error", "constraint-error"}
    }
    assert set(refused.select(FILE, ROW).iter_rows()) == judged == {(f"{table}.csv", 1)}
    assert refused["rule"].to_list() == [rule]
    reason = refused["reason"][0]
    assert reason.startswith(f"{table}.csv, row 1: {column} ")
    assert value in reason
    assert table not in load(folder).tables or 1 not in load(folder).tables[table][ROW]


def test_one_reason_names_every_fault_of_a_row_and_other_rows_stay(fill: Fill) -> None:
    loaded = load(fill(incident={1: {"latitude": "north", "date_end": "soon", "harm_status": ""}}))
    assert loaded.refused.row(0)[:3] == ("incident.csv", 2, "incident.latitude_is_number")
    assert loaded.refused["reason"].item() == (
        'incident.csv, row 2: latitude "north" is not a number (write it with a decimal point); '
        'date_end "soon" is not a date (write it as 2024-03-09); harm_status is empty, but required.'
    )
    assert loaded.tables["incident"]["incident_id"].to_list() == ["team:i1"]


def test_not_a_number_is_no_number_and_huge_numbers_are_refused(fill: Fill) -> None:
    loaded = load(fill(incident={0: {"latitude": "nan", "longitude": "inf"}}, casualty={0: {"low": "9" * 30}}))
    assert set(loaded.refused["rule"]) == {"incident.latitude_is_number", "casualty.low_is_integer"}


def test_a_blank_row_is_refused_as_such(fill: Fill) -> None:
    folder = fill()
    with (folder / "casualty.csv").open("a") as handle:
        handle.write(",,,,,,,,\n")
    assert load(folder).refused.row(0)[1:] == (3, "casualty.row_blank", "casualty.csv, row 3: every cell is empty.")


# Faulty files stop the load


def test_every_fault_is_told_at_once(fill: Fill) -> None:
    folder = fill()
    (folder / "report.csv").unlink()
    (folder / "incidnet.csv").write_text("x\n")
    (folder / "casualty.csv").write_text("")
    (folder / "incident.csv").write_bytes("incident_id,place\ni1,Café\n".encode("latin-1"))
    (folder / "unit.csv").write_text("unit_id,name,land\n")
    (folder / "weapon.parquet").write_bytes(b"no parquet")
    (folder / "weapon.csv").unlink()
    put(folder, "dataset", ROWS["dataset"] * 2)
    told = "\n".join(problems(folder))
    for words in (
        "report.csv (or .parquet) is missing",
        "incidnet.csv is no file of this format",
        "casualty.csv is empty",
        "incident.csv, line 2: byte 0xe9 is not UTF-8",
        "unit.csv: the columns country, parent_unit_id are missing",
        "unit.csv: the column land is not known",
        "weapon.parquet cannot be read as Parquet",
        "dataset.csv has 2 rows; exactly one",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "datapackage.json is missing"),
        ("{", "is not JSON"),
        ("[]", "does not describe this format"),
        ('{"name": "else"}', "does not describe this format"),
        ('{"name": "chirg-intake", "version": "0.1"}', "is of version '0.1'"),
    ],
)
def test_a_wrong_description_stops_the_load(fill: Fill, content: str | None, words: str) -> None:
    folder = fill()
    (folder / "datapackage.json").unlink()
    if content is not None:
        (folder / "datapackage.json").write_text(content)
    (told,) = problems(folder)
    assert words in told


def test_rows_with_the_wrong_number_of_cells_are_named(fill: Fill) -> None:
    folder = fill()
    with (folder / "incident_report.csv").open("a") as handle:
        handle.write("i1,r1\ni2,r1,stated,,,,more\n")
    assert problems(folder) == (
        "incident_report.csv, row 3: 2 cells, the header has 6; put text with commas in double quotes.",
        "incident_report.csv, row 4: 7 cells, the header has 6; put text with commas in double quotes.",
    )


def test_the_data_sets_own_faults_are_told(fill: Fill) -> None:
    (told,) = problems(fill(dataset={0: {"known_on": "May", "licence": ""}}))
    assert "licence is empty, but required" in told
    assert 'known_on "May" is not a date' in told


def test_parquet_of_the_wrong_type_or_an_unsplittable_list_is_told(fill: Fill) -> None:
    folder = fill()
    incident = load(folder).tables["incident"].select(c.name for c in columns(TABLE["incident"]))
    (folder / "incident.csv").unlink()
    incident.with_columns(pl.col("date_start").cast(pl.Datetime)).write_parquet(folder / "incident.parquet")
    (told,) = problems(folder)
    assert "incident.parquet, column date_start: its type is Datetime" in told
    incident.with_columns(belligerent=pl.lit(["A; B"])).write_parquet(folder / "incident.parquet")
    assert 'row 1, column belligerent: an item of the list holds a ";"' in problems(folder)[0]


def test_no_folder_and_no_zip(tmp_path: Path) -> None:
    assert "does not exist" in problems(tmp_path / "nowhere")[0]
    (tmp_path / "text.zip").write_text("hello")
    assert "neither a folder nor a .zip" in problems(tmp_path / "text.zip")[0]
    (tmp_path / "empty").mkdir()
    (told,) = problems(tmp_path / "empty")
    assert "holds no intake: neither datapackage.json nor any file of the format is there" in told


def test_csv_and_parquet_of_one_table_is_one_too_many(fill: Fill) -> None:
    folder = fill()
    pl.read_csv(folder / "unit.csv", infer_schema=False).write_parquet(folder / "unit.parquet")
    assert problems(folder) == ("unit.csv and unit.parquet are both there; keep one.",)


# Round trip

item = st.text(st.characters(exclude_characters=";", exclude_categories=("Cs", "Cc")), min_size=1).filter(
    lambda text: text == text.strip() and text.strip()
)


@settings(max_examples=40, deadline=None)  # each example writes and reads files
@given(st.lists(item, min_size=1, max_size=4), st.dates(date(1000, 1, 1)), st.floats(-90, 90), st.integers(0, 10**15))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, items: list[str], day: date, latitude: float, low: int
) -> None:
    folder = tmp_path_factory.mktemp("trip") / "intake"
    write_template(folder)
    for table in ("dataset", "incident", "casualty"):
        put(folder, table, ROWS[table][:1])
    put(
        folder,
        "incident",
        [
            ROWS["incident"][0]
            | {"belligerent": LIST_SEPARATOR.join(items), "date_start": day.isoformat(), "latitude": repr(latitude)}
        ],
    )
    put(folder, "casualty", [ROWS["casualty"][0] | {"low": str(low)}])
    loaded = load(folder)
    assert loaded.refused.is_empty()
    incident = loaded.tables["incident"].row(0, named=True)
    assert (incident["belligerent"], incident["date_start"], incident["latitude"]) == (items, day, latitude)
    assert loaded.tables["casualty"]["low"].to_list() == [low]


def test_the_description_can_be_read_by_machines(fill: Fill) -> None:
    described = json.loads((fill() / "datapackage.json").read_text())
    assert {r["path"] for r in described["resources"]} == {f"{t.name}.csv" for t in INTAKE_TABLES}
