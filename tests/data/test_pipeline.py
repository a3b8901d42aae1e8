"""The build as a whole: all that is read is loaded or refused, equal input gives equal content, failures are safe."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import made_up
import polars as pl
import pytest

from transforms.pipeline import Source, build
from warehouse import publish
from warehouse.connection import reader
from warehouse.ddl import declared_differences
from warehouse.errors import InputError, ValidationError, WarehouseError
from warehouse.publish import current_build_id, file_of, kept
from warehouse.schema import TABLES
from warehouse.summary import summarise


def silent(_: str) -> None:
    """Progress nobody reads."""


def contents(folder: Path) -> dict[str, pl.DataFrame]:
    """Every table but the build's own record, row for row."""
    opened = reader(folder)
    return {t.name: opened.frame(f'SELECT * FROM "{t.name}"') for t in TABLES if t.name != "build"}


def test_the_same_input_gives_the_same_content(demo_intake: Path, demo_warehouse: Path, tmp_path: Path) -> None:
    build(tmp_path, [Source("chirg_intake", demo_intake)], silent)
    first, second = contents(demo_warehouse), contents(tmp_path)
    assert first["incident"]["incident_id"].n_unique() == 650
    assert first["incident"].filter(pl.col("known_to").is_null()).height == 650
    for name, frame in first.items():
        assert frame.equals(second[name]), name


def test_the_database_is_what_the_declaration_says(demo_warehouse: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(file_of(demo_warehouse, current_build_id(demo_warehouse)), tmp_path / "copy.duckdb"))
    with duckdb.connect(str(path)) as connection:
        assert declared_differences(connection) == []


def test_drift_is_found_both_ways(demo_warehouse: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(file_of(demo_warehouse, current_build_id(demo_warehouse)), tmp_path / "drifted.duckdb"))
    with duckdb.connect(str(copy)) as connection:
        connection.execute("ALTER TABLE unit DROP COLUMN parent_unit_id")
        connection.execute("ALTER TABLE unit ADD COLUMN nickname VARCHAR")
        connection.execute("COMMENT ON COLUMN unit.name IS 'something else'")
        found = "\n".join(declared_differences(connection))
    assert "unit.parent_unit_id is declared but not in the database" in found
    assert "unit.nickname is in the database but not declared" in found
    assert "unit.name is ('VARCHAR', 'something else')" in found


def test_incidents_lie_sorted_by_date(demo_warehouse: Path) -> None:
    days = reader(demo_warehouse).frame("SELECT date_start FROM incident")["date_start"]
    assert days.is_sorted(nulls_last=True)


def test_real_and_synthetic_data_never_stand_in_one_warehouse(
    demo_intake: Path, shared_data: Path, tmp_path: Path
) -> None:
    sources = [Source("chirg_intake", demo_intake), Source("airwars", shared_data / "airwars_gaza")]
    with pytest.raises(InputError, match="never stand in one warehouse"):
        build(tmp_path, sources, silent)
    assert kept(tmp_path) == []


def test_one_bad_row_is_refused_with_all_that_refers_to_it_and_the_rest_is_loaded(
    demo_intake: Path, tmp_path: Path
) -> None:
    intake = tmp_path / "intake"
    shutil.copytree(demo_intake, intake)
    path = intake / "incident.csv"
    rows = pl.read_csv(path, infer_schema=False)
    bad = {2: ("published_on", "2099-01-01"), 5: ("longitude", "4239"), 7: ("harm_status", "fine")}
    for row, (column, value) in bad.items():
        rows = rows.with_row_index("i", offset=1)
        rows = rows.with_columns(pl.when(pl.col("i") == row).then(pl.lit(value)).otherwise(column).alias(column)).drop(
            "i"
        )
    rows.write_csv(path)
    build(tmp_path / "w", [Source("chirg_intake", intake)], silent, validate=False)
    opened = reader(tmp_path / "w")
    quarantine = opened.frame("SELECT * FROM quarantine WHERE file = 'incident.csv' ORDER BY row_number")
    assert quarantine["row_number"].to_list() == [2, 5, 7]
    assert quarantine["rule"].to_list() == [
        "incident.published_on_not_in_future",
        "incident.longitude_within_bounds",
        "incident.harm_status_in_vocabulary",
    ]
    assert "incident.csv, row 5: longitude 4239" in quarantine["reason"][1]
    assert json.loads(quarantine["raw"][2])["harm_status"] == "fine"
    refused = {rows["incident_id"][row - 1] for row in bad}
    links = opened.frame("SELECT incident_id FROM incident_report")["incident_id"]
    assert not {f"demo:{i}" for i in refused} & set(links)
    files = opened.frame("SELECT * FROM input_file")
    assert (files["rows_read"] == files["rows_loaded"] + files["rows_quarantined"]).all()
    assert summarise(opened)["incidents"] == 647


def test_a_build_that_breaks_what_must_hold_leaves_the_old_one_serving(
    demo_intake: Path, demo_warehouse: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(demo_warehouse, tmp_path / "w"))
    before = current_build_id(folder)
    intake = tmp_path / "intake"
    shutil.copytree(demo_intake, intake)
    # A third of the incidents lose their grading: the format has probably changed.
    path = intake / "incident.csv"
    rows = pl.read_csv(path, infer_schema=False).with_row_index("i")
    rows.with_columns(
        pl.when(pl.col("i") % 3 == 0).then(pl.lit("?")).otherwise("harm_status").alias("harm_status")
    ).drop("i").write_csv(path)
    with pytest.raises(ValidationError, match="nothing was published"):
        build(folder, [Source("chirg_intake", intake)], silent)
    assert current_build_id(folder) == before
    assert reader(folder).build_id == before
    assert list(folder.glob(f"{publish.ASIDE_PREFIX}*")) == []


def test_a_build_without_validation_has_every_row_and_no_result(tmp_path: Path) -> None:
    source = Source("chirg_intake", made_up.intake(tmp_path / "in", incident=[{"incident_id": "a"}]))
    record = build(tmp_path / "w", [source], silent, validate=False)
    assert record.expectations == {"passed": 0, "warning": 0, "failed": 0}
    opened = reader(tmp_path / "w")
    assert opened.frame("SELECT * FROM validation_result").is_empty()
    assert opened.frame("SELECT incident_id FROM incident")["incident_id"].to_list() == ["made-up:a"]


def test_a_folder_that_cannot_be_written_is_said(demo_intake: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "w"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(WarehouseError, match="could not be written"):
        build(blocked, [Source("chirg_intake", demo_intake)], silent)


def test_an_unknown_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'airwar' is no source; choose from chirg_intake, airwars"):
        build(tmp_path, [Source("airwar", tmp_path)], silent)
