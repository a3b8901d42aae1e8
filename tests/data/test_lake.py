"""The lake: what is published is what the warehouse holds, whole and checkable, or not at all."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

import cli
from warehouse.connection import Reader
from warehouse.errors import WarehouseError
from warehouse.lake import (
    MANIFEST,
    MONTH,
    NO_MONTH,
    current_build,
    differences,
    folder_of,
    manifest,
    month_column,
    publish_lake,
)
from warehouse.publish import KEPT_BUILDS, file_of, publish, record_of
from warehouse.schema import TABLE, TABLES


@pytest.fixture(scope="module")
def lake(demo_reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    publish_lake(demo_reader, folder, lambda _: None)
    return folder


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_has_the_rows_of_the_warehouse(table: object, lake: Path, demo_reader: Reader) -> None:
    declared = next(each for each in TABLES if each is table)
    files = sorted((folder_of(lake, demo_reader.build_id) / declared.name).rglob("*.parquet"))
    assert files
    there = pl.concat([pl.from_arrow(pq.ParquetFile(path).read()) for path in files])  # type: ignore[misc]
    columns = ", ".join(f'"{name}"' for name in declared.column_names)
    here = demo_reader.frame(f'SELECT {columns} FROM "{declared.name}"')
    order = [pl.col(name) for name in declared.key]
    assert_frame_equal(there.sort(order), here.sort(order), check_exact=True)


def test_a_month_holds_its_own_days_and_no_others(lake: Path, demo_reader: Reader) -> None:
    column = month_column(TABLE["incident"])
    assert column == "date_start"
    folders = list((folder_of(lake, demo_reader.build_id) / "incident").iterdir())
    assert len(folders) > 12
    for folder in folders:
        days = pl.concat([pl.from_arrow(pq.ParquetFile(path).read([column])) for path in folder.iterdir()])  # type: ignore[misc]
        months = days[column].dt.strftime("%Y-%m").unique().to_list()
        name = folder.name.removeprefix(f"{MONTH}=")
        assert months == ([None] if name == NO_MONTH else [name])
    without = demo_reader.frame("SELECT count(*) AS n FROM incident WHERE date_start IS NULL")["n"][0]
    assert (f"{MONTH}={NO_MONTH}" in {folder.name for folder in folders}) == (without > 0)


def test_pages_have_checksums_that_notice_a_changed_byte(lake: Path, demo_reader: Reader, tmp_path: Path) -> None:
    folder = folder_of(lake, demo_reader.build_id)
    path = shutil.copyfile(next((folder / "report").rglob("*.parquet")), tmp_path / "copy.parquet")
    pq.ParquetFile(path, page_checksum_verification=True).read()
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    where = (column.dictionary_page_offset or column.data_page_offset) + column.total_compressed_size - 3
    data = bytearray(path.read_bytes())
    data[where] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(OSError, match="(?i)checksum|crc"):
        pq.ParquetFile(path, page_checksum_verification=True).read()


def test_the_manifest_finds_what_differs(demo_reader: Reader, tmp_path: Path) -> None:
    written = publish_lake(demo_reader, tmp_path, lambda _: None)
    assert differences(tmp_path, demo_reader.build_id) == []
    assert written == manifest(tmp_path, demo_reader.build_id)
    assert written.synthetic
    assert written.tables["incident"] == demo_reader.frame("SELECT count(*) AS n FROM incident")["n"][0]
    folder = folder_of(tmp_path, demo_reader.build_id)
    one, other, *_ = (file.path for file in written.files)
    (folder / one).unlink()
    (folder / other).write_bytes(b"another")
    shutil.copyfile(folder / written.files[3].path, folder / "added.parquet")
    assert differences(tmp_path, demo_reader.build_id) == sorted(
        [f"{one} is missing.", f"{other} was changed.", "added.parquet is not in the manifest."]
    )
    (folder / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(WarehouseError, match="damaged"):
        manifest(tmp_path, demo_reader.build_id)


def test_a_build_that_breaks_off_leaves_the_old_one(
    demo_reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = shutil.copytree(_published(demo_reader, tmp_path / "first"), tmp_path / "lake")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(pq.ParquetWriter, "write_batch", full)
        with pytest.raises(OSError, match="No space"):
            publish_lake(demo_reader, lake, lambda _: None)
    assert current_build(lake) == demo_reader.build_id
    assert differences(lake, demo_reader.build_id) == []
    publish_lake(demo_reader, lake, lambda _: None)
    assert not list(lake.glob(".building-*")), "leftovers of a killed build go with the next one"


def test_the_last_builds_are_kept(demo_reader: Reader, demo_warehouse: Path, tmp_path: Path) -> None:
    warehouse = shutil.copytree(demo_warehouse, tmp_path / "warehouse")
    lake = tmp_path / "lake"
    ids = [f"2099010{day}T000000Z-00000000" for day in range(1, KEPT_BUILDS + 2)]
    record = record_of(warehouse, demo_reader.build_id)
    for build_id in ids:
        copy = shutil.copyfile(file_of(demo_warehouse, demo_reader.build_id), tmp_path / "new.duckdb")
        publish(warehouse, copy, replace(record, build_id=build_id, built_at=build_id))
        done = CliRunner().invoke(cli.app, ["build", "--lake", str(lake), "--warehouse", str(warehouse)])
        assert done.exit_code == 0, done.output
    assert sorted(path.name for path in lake.glob("lake-*")) == [f"lake-{build_id}" for build_id in ids[1:]]
    assert json.loads((lake / "current.json").read_text())["build_id"] == ids[-1]


def test_nothing_to_build_is_said(tmp_path: Path) -> None:
    called = CliRunner().invoke(cli.app, ["build", "--warehouse", str(tmp_path)])
    assert called.exit_code == 2
    assert "name what to load" in called.output


def test_without_a_lake_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="civharm build --lake"):
        current_build(tmp_path)


def _published(reader: Reader, folder: Path) -> Path:
    publish_lake(reader, folder, lambda _: None)
    return folder
