"""Immutable builds and the pointer: what is published stays whole, whatever happens to the next build."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from warehouse import publish
from warehouse.connection import Reader, reader
from warehouse.ddl import create_all
from warehouse.errors import WarehouseError
from warehouse.publish import BuildRecord


def record(build_id: str, second: int) -> BuildRecord:
    return BuildRecord(
        build_id=build_id,
        built_at=f"2024-10-30T12:00:{second:02d}+00:00",
        code_version="0.1.0",
        synthetic=True,
        row_counts={"incident": 1},
        input_hashes={},
        quarantined=0,
        expectations={"passed": 1, "warning": 0, "failed": 0},
        suites={},
    )


def publish_number(folder: Path, number: int) -> str:
    build_id = f"b{number}"
    folder.mkdir(parents=True, exist_ok=True)
    written = publish.aside(folder, build_id)
    with duckdb.connect(str(written)) as connection:
        create_all(connection)
        connection.execute("CREATE TABLE t AS SELECT ? AS number", [number])
    publish.publish(folder, written, record(build_id, number))
    return build_id


def test_a_reader_keeps_its_build_and_the_next_call_gets_the_new_one(tmp_path: Path) -> None:
    publish_number(tmp_path, 1)
    first = reader(tmp_path)
    publish_number(tmp_path, 2)
    assert first.frame("SELECT number FROM t").item() == 1
    assert reader(tmp_path).frame("SELECT number FROM t").item() == 2
    assert first.frame("SELECT number FROM t").item() == 1


def test_the_last_three_builds_are_kept_and_all_are_remembered(tmp_path: Path) -> None:
    for number in range(1, 6):
        publish_number(tmp_path, number)
    assert [r.build_id for r in publish.kept(tmp_path)] == ["b5", "b4", "b3"]
    assert [r.build_id for r in publish.records(tmp_path)] == ["b5", "b4", "b3", "b2", "b1"]
    assert sorted(p.name for p in tmp_path.glob("*.duckdb")) == [f"warehouse-b{n}.duckdb" for n in (3, 4, 5)]


def test_rollback_goes_back_one_build_at_a_time_and_says_when_there_is_none(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        publish_number(tmp_path, number)
    assert publish.rollback(tmp_path) == "b2"
    assert publish.rollback(tmp_path) == "b1"
    assert reader(tmp_path).build_id == "b1"
    with pytest.raises(WarehouseError, match="no build before b1; kept are b3, b2, b1"):
        publish.rollback(tmp_path)
    assert publish.rollback(tmp_path, "b3") == "b3"
    with pytest.raises(WarehouseError, match="no kept build b9"):
        publish.rollback(tmp_path, "b9")


def test_a_damaged_pointer_is_said_and_rollback_repairs_it(tmp_path: Path) -> None:
    publish_number(tmp_path, 1)
    (tmp_path / publish.POINTER).write_text("{")
    with pytest.raises(WarehouseError, match="damaged; 'civharm rollback'"):
        publish.current_build_id(tmp_path)
    assert publish.rollback(tmp_path) == "b1"


def test_no_warehouse_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="There is no warehouse in .*; build one with 'civharm demo'"):
        reader(tmp_path / "nowhere")


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    build_id = publish_number(tmp_path, 1)
    publish.file_of(tmp_path, build_id).write_bytes(b"this is no database" * 1000)
    with pytest.raises(WarehouseError, match="is no readable DuckDB database; see 'civharm builds'"):
        Reader(tmp_path, build_id)


def test_the_reader_is_locked_down(tmp_path: Path) -> None:
    publish_number(tmp_path, 1)
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    opened = reader(tmp_path)
    for statement in (
        "INSERT INTO t VALUES (2)",
        "DROP TABLE t",
        f"SELECT * FROM read_csv('{secret}')",
        "SET enable_external_access = true",
        f"COPY t TO '{tmp_path / 'out.csv'}'",
    ):
        with pytest.raises(WarehouseError):
            opened.frame(statement)
    assert opened.frame("SELECT number FROM t").item() == 1
    assert not (tmp_path / "out.csv").exists()


HOLD = """
import sys, time
from pathlib import Path
from warehouse import publish

folder = Path(sys.argv[1])
with publish.build_lock(folder, print):
    publish.aside(folder, "killed").write_bytes(b"half a build")
    print("ready", flush=True)
    time.sleep(60)
"""


def test_a_second_build_says_that_it_waits_and_a_killed_one_leaves_nothing(tmp_path: Path) -> None:
    publish_number(tmp_path, 1)
    holder = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "ready\n"
    said: list[str] = []

    def on_wait(line: str) -> None:
        said.append(line)
        holder.kill()

    with publish.build_lock(tmp_path, on_wait):
        holder.wait()
        holder.stdout.close()
        assert said == [f"Another build (process {holder.pid}) is writing {tmp_path}; waiting for it."]
        assert reader(tmp_path).frame("SELECT number FROM t").item() == 1
        publish.aside(tmp_path, "next")
        assert list(tmp_path.glob(f"{publish.ASIDE_PREFIX}*")) == []
