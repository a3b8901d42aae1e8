"""A source's transform on Spark gives the rows that it gives here."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from machines import require
from polars.testing import assert_frame_equal
from test_ucdp_ged import write

from transforms.on_spark import transformed
from transforms.source import ROW
from transforms.sources import ucdp_ged
from warehouse.spark import SETTINGS


def test_parts_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require("java")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    from pyspark.sql import SparkSession

    raw = ucdp_ged.read(write(tmp_path, *({"id": f"{number}.0"} for number in range(1, 41))), date(2024, 6, 1))
    builder = SparkSession.builder.master("local[1]").config("spark.driver.host", "127.0.0.1")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    try:
        path = tmp_path / "rows.parquet"
        raw.files[0].frame.write_parquet(path)
        rows = session.read.parquet(str(path)).repartition(2)
        here = ucdp_ged.transform(raw).tables
        for table in ("incident", "casualty"):
            answer = pl.DataFrame(pl.from_arrow(transformed(rows, raw, ucdp_ged.transform, table).toArrow()))
            order = [ROW, *(name for name in ("group", "harm", "report_id") if name in answer.columns)]
            assert_frame_equal(answer.sort(order), here[table].sort(order), check_exact=True)
            assert answer.height >= 40
    finally:
        session.stop()
