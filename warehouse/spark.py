"""The same questions on Spark, over a lake that `civharm build --lake` published; the only place that imports it.

For data that one machine cannot hold or scan. Needs the extra `spark` and Java 17. Every machine of the cluster reads
the lake's folder under the same path (a shared file system, or an object store that is mounted).
"""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import ibis
import polars as pl

from warehouse.connection import SPARK, Memory, Reader
from warehouse.errors import WarehouseError
from warehouse.lake import MONTH, folder_of, month_column
from warehouse.schema import TABLES

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import DataFrame, SparkSession

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # as DuckDB's: a time as it was written, in no zone
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, never another number
    "spark.sql.execution.arrow.useLargeVarTypes": "true",
    "spark.ui.showConsoleProgress": "false",
    "spark.ui.enabled": "false",  # it would show questions, and with them what people ask for, to the network
}
"""What every session needs; whatever concerns the cluster's size belongs in its own spark-defaults.conf."""


class SparkReader(Reader):
    """One build of a lake, with the questions and answers of `Reader`; safe to share between threads."""

    dialect: ClassVar[str] = SPARK

    def __init__(self, lake: Path, build_id: str, master: str, more: dict[str, str] | None = None) -> None:
        """Opens a build.

        Args:
            lake: folder of the lake.
            build_id: one of its builds.
            master: address of the cluster, such as spark://host:7077.
            more: further Spark settings, of the first session of this process.

        Raises:
            WarehouseError: Spark is not installed, the cluster cannot be reached, or the build is gone.
        """
        self.folder = lake
        self.build_id = build_id
        self.memory = Memory()
        if not folder_of(lake, build_id).is_dir():
            raise WarehouseError(
                f"The build {build_id} is gone from the lake {lake}; publish it with 'civharm build --lake'."
            )
        # A session of its own: two builds have tables of the same names.
        self._session = _session(master, tuple(sorted((more or {}).items()))).newSession()
        for key, value in SETTINGS.items():
            if self._session.conf.isModifiable(key):
                self._session.conf.set(key, value)
        for table in TABLES:
            self.rows(table.name).createOrReplaceTempView(table.name)

    def rows(self, name: str) -> DataFrame:
        """A declared table as a Spark frame, with its columns in order and nothing else."""
        from pyspark.sql.pandas.types import from_arrow_schema
        from pyspark.sql.types import StringType

        table = next(table for table in TABLES if table.name == name)
        # The declared types, so that Spark neither guesses at them nor reads a month as a date.
        schema = from_arrow_schema(table.ibis_table().schema().to_pyarrow(), prefer_timestamp_ntz=True)
        if month_column(table) is not None:
            schema = schema.add(MONTH, StringType())
        path = str(folder_of(self.folder, self.build_id) / name)
        return self._session.read.schema(schema).parquet(path).select(*table.column_names)

    def frame(self, sql: str, params: dict[str, Any] | None = None) -> pl.DataFrame:
        """Run a query on the cluster.

        Raises:
            WarehouseError: Spark refuses the query, or a machine was lost for good.
        """
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            answer = pl.from_arrow(self._session.sql(sql, args=params or {}).toArrow())
        except (PySparkException, Py4JError) as error:
            raise WarehouseError(f"The lake could not answer: {str(error).splitlines()[0]}") from error
        assert isinstance(answer, pl.DataFrame)  # noqa: S101 (a table gives a frame, never a series)
        return answer

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Rows cannot be streamed from here.

        Raises:
            WarehouseError: always.
        """
        raise WarehouseError("Files are extracted from the DuckDB warehouse; unset CIVHARM_ENGINE for this command.")

    def keep_in_memory(self) -> None:
        """Keep the tables in the cluster's memory once they were read, where they fit into it."""
        for table in TABLES:
            self._session.catalog.cacheTable(table.name)

    def stop(self) -> None:
        """End the process's connection to the cluster."""
        self._session.stop()
        _started.cache_clear()

    def close(self) -> None:
        """Forget the tables; the connection to the cluster stays, for the next build."""
        for table in TABLES:
            self._session.catalog.dropTempView(table.name)


def to_spark_sql(question: ibis.expr.types.Table) -> str:
    """A question as Spark SQL; every value is a literal that Ibis escaped."""
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler, offset_to_filter

    class Compiler(PySparkCompiler):  # type: ignore[misc]
        """Ibis numbers the rows to leave out the first ones, in no stated order; Spark has had OFFSET since 3.4."""

        __slots__ = ()
        rewrites = tuple(rewrite for rewrite in PySparkCompiler.rewrites if rewrite is not offset_to_filter)

    assert ibis.pyspark  # noqa: S101 (naming it registers its options, without which nothing can be written)
    compiler = Compiler()
    return str(compiler.to_sqlglot(question.unbind()).sql(dialect=compiler.dialect, pretty=True))


_starting = threading.Lock()


def _session(master: str, more: tuple[tuple[str, str], ...]) -> SparkSession:
    with _starting:
        return _started(master, more)


@lru_cache(maxsize=1)
def _started(master: str, more: tuple[tuple[str, str], ...]) -> SparkSession:
    """The process's connection to the cluster; Spark has one at most."""
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise WarehouseError(
            "Spark is not installed; install the extra with: pip install 'civilian-harm-dashboard[spark]'"
        ) from error
    builder = SparkSession.builder.master(master).appName("civharm")
    for key, value in {**SETTINGS, **dict(more)}.items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        raise WarehouseError(f"Spark at {master} cannot be reached: {str(error).splitlines()[0]}") from error
