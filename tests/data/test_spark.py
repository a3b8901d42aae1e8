"""Every question on a Spark cluster gives exactly DuckDB's answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from ibis.expr.types import Table
from polars.testing import assert_frame_equal
from questions import NO_QUESTIONS, asked, is_ordered, questions
from spark_cluster import SETTINGS, cluster

from warehouse import connection, queries
from warehouse.connection import Reader
from warehouse.engine import ask, run
from warehouse.errors import WarehouseError
from warehouse.lake import publish_lake
from warehouse.schema import TABLES
from warehouse.spark import SparkReader

QUESTIONS = questions()


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("cluster")) as address:
        yield address


@pytest.fixture(scope="module")
def lake(demo_reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    publish_lake(demo_reader, folder, lambda _: None)
    return folder


@pytest.fixture(scope="module")
def spark(lake: Path, master: str, demo_reader: Reader) -> Iterator[SparkReader]:
    reader = SparkReader(lake, demo_reader.build_id, master, SETTINGS)
    reader.keep_in_memory()
    yield reader
    reader.stop()


def test_every_question_that_pages_ask_is_among_them() -> None:
    pages = {getattr(queries, name) for name in queries.__all__ if inspect.isfunction(getattr(queries, name))}
    on_tables = {queries.shown}
    no_tables = {function for function in pages if inspect.signature(function).return_annotation != "Table"}
    assert pages - set(QUESTIONS) == no_tables | on_tables | (NO_QUESTIONS & pages)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.__module__.rpartition('.')[2]}.{q.__name__}")
def test_answers_are_those_of_duckdb(question: Callable[..., Table], spark: SparkReader, demo_reader: Reader) -> None:
    for each in asked(question, demo_reader, QUESTIONS.index(question)):
        expression = question(**each.arguments)
        expected = run(expression, demo_reader, each.as_known_on)
        answer = run(expression, spark, each.as_known_on)
        if not is_ordered(expression):
            expected, answer = _in_any_order(expected), _in_any_order(answer)
        try:
            assert_frame_equal(answer, expected, check_exact=True)
        except AssertionError as error:
            raise AssertionError(f"{each}: {error}") from None


def test_tables_hold_the_same_rows(spark: SparkReader, demo_reader: Reader) -> None:
    for table in TABLES:
        columns = ", ".join(f'"{name}"' for name in table.column_names)
        here = demo_reader.frame(f'SELECT {columns} FROM "{table.name}"')
        there = spark.frame(f"SELECT * FROM {table.name}")
        assert_frame_equal(_in_any_order(there), _in_any_order(here), check_exact=True)


def test_the_setting_chooses_the_engine(
    lake: Path, master: str, spark: SparkReader, demo_warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = run(queries.datasets(), spark)
    monkeypatch.setenv(connection.ENGINE, master)
    with pytest.raises(WarehouseError, match=connection.LAKE):
        connection.reader(demo_warehouse)
    monkeypatch.setenv(connection.LAKE, str(lake))
    reader = connection.reader(demo_warehouse)
    assert reader.dialect == connection.SPARK
    assert_frame_equal(ask(queries.datasets, (), reader), expected)
    with pytest.raises(WarehouseError, match="DuckDB warehouse"):
        reader.cursor()
    monkeypatch.setenv(connection.ENGINE, "sparc")
    with pytest.raises(WarehouseError, match="sparc"):
        connection.reader(demo_warehouse)


def test_wrong_questions_are_one_sentence(spark: SparkReader) -> None:
    with pytest.raises(WarehouseError, match="could not answer") as raised:
        spark.frame("SELECT nothing_of_the_kind FROM incident")
    assert "\n" not in str(raised.value)


def _in_any_order(frame: pl.DataFrame) -> pl.DataFrame:
    lists = [pl.col(name).list.join("|") if kind == pl.List else pl.col(name) for name, kind in frame.schema.items()]
    return frame.sort(lists, nulls_last=True) if frame.width else frame
