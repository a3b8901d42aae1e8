"""The only place that opens the database: a locked-down reader that follows the pointer, and the build's writer."""

from __future__ import annotations

import os
import tempfile
import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import polars as pl

from warehouse.errors import GoneError, OutdatedWarehouseError, StoppedError, TimeLimitError, WarehouseError
from warehouse.publish import KEPT_BUILDS, current_build_id, file_of, kept
from warehouse.schema import TABLES

# The copy that it warns of is that of an answer, a few kilobytes.
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result makes an extra copy")

BUILD_MEMORY_LIMIT = "700MB"
"""A build stays under 1 GB together with Polars' frames; one of a million incidents under 2 GB."""
RESTING_MEMORY_LIMIT = "50MB"
SCRATCH_MEMORY_LIMIT = "500MB"
DOWNLOAD_MEMORY_LIMIT = "100MB"
"""A download of any size takes less than 300 MB together with what is made of its rows."""
SORTING_MEMORY_LIMIT = "1GB"
"""For what has to be sorted whole, the data package of a filter."""

DUCKDB, SPARK = "duckdb", "pyspark"
"""Engines, as Ibis calls them."""
ENGINE = "CIVHARM_ENGINE"
"""Variable: `duckdb`, or the address of a Spark cluster such as spark://host:7077; duckdb if unset."""
LAKE = "CIVHARM_LAKE"
"""Variable: folder of the lake that Spark reads."""


@dataclass
class Memory:
    """What others keep in memory of a build; it goes with the reader.

    Attributes:
        lock: for all of them.
        held: rows by day of knowledge (`warehouse.engine`).
        answers: small answers that were given before, the last used at the end (`pages.components.data`).
        kept: what took long to make from answers, in the same order.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    held: dict[date | None, Any] = field(default_factory=dict)
    answers: OrderedDict[Any, pl.DataFrame] = field(default_factory=OrderedDict)
    kept: OrderedDict[Any, pl.DataFrame] = field(default_factory=OrderedDict)


class Reader:
    """A read-only, locked-down connection to one immutable build; safe to share between threads."""

    dialect: ClassVar[str] = DUCKDB
    """The SQL that `frame` takes."""

    def __init__(self, folder: Path, build_id: str) -> None:
        self.folder = folder
        self.build_id = build_id
        self.memory = Memory()
        path = file_of(folder, build_id)
        if not path.is_file():
            raise WarehouseError(f"The build {build_id} is gone from {folder}; see 'civharm builds'.")
        try:
            self._connection = duckdb.connect(
                str(path),
                read_only=True,
                # The lock is part of it, so that a build can be opened again while an earlier reader lives.
                config={
                    "enable_external_access": "false",
                    "autoinstall_known_extensions": "false",
                    "lock_configuration": "true",
                },
            )
            held = self._connection.execute("SELECT table_name, column_name FROM duckdb_columns()").fetchall()
            sizes = self._connection.execute("SELECT table_name, estimated_size FROM duckdb_tables()").fetchall()
        except duckdb.Error as error:
            raise WarehouseError(
                f"{path} is no readable DuckDB database; see 'civharm builds' and 'civharm rollback'."
            ) from error
        self.sizes: dict[str, int] = dict(sizes)
        """About how many rows each table has, versions counted."""
        declared = {(table.name, column) for table in TABLES for column in table.column_names}
        if missing := sorted(declared - set(held)):
            self.close()
            raise OutdatedWarehouseError(
                f"{path} was built by another version of civharm: it lacks {'.'.join(missing[0])}; build it again with "
                "'civharm build SOURCE=PATH', the demonstration with 'civharm demo'."
            )

    def frame(self, sql: str, params: dict[str, Any] | None = None) -> pl.DataFrame:
        """Run a query on a cursor of its own.

        Raises:
            WarehouseError: the database refuses the query.
            StoppedError: it was stopped (`Stoppable`).
        """
        cursor = self.cursor()
        try:
            # `sql()` plans a question twice, once for its columns and once to run it, and planning is most of the work.
            cursor.execute(sql, params)
            frame = pl.DataFrame(pl.from_arrow(cursor.to_arrow_table()))
        except duckdb.InterruptException as error:
            raise StoppedError("The question was stopped.") from error
        except duckdb.Error as error:
            raise WarehouseError(f"The warehouse could not answer: {str(error).splitlines()[0]}") from error
        else:
            return frame
        finally:
            cursor.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor for streaming; the caller closes it."""
        return self._connection.cursor()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Stoppable(Reader):
    """The same build on the same connection, for one reader whose running questions another thread may stop.

    DuckDB has no time limit for a statement; stopping it from outside is its way.
    """

    def __init__(self, reader: Reader) -> None:
        self.folder = reader.folder
        self.build_id = reader.build_id
        self.sizes = reader.sizes
        self.memory = Memory()  # rows that a stopped question would fetch are not for others
        self._connection = reader._connection
        self._reader = reader  # as long as this is used, the build before stays open
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        self._stopping = threading.Lock()
        self.stopped = False

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor that `stop` interrupts; `close` closes it at the latest.

        Raises:
            StoppedError: nothing is begun after `stop`.
        """
        with self._stopping:
            if self.stopped:
                raise StoppedError("The question was stopped.")
            cursor = self._connection.cursor()
            self._cursors.append(cursor)
            return cursor

    def stop(self) -> None:
        """Interrupt what runs and begin nothing more."""
        with self._stopping:
            self.stopped = True
            for cursor in self._cursors:
                with suppress(duckdb.Error):  # closed already
                    cursor.interrupt()

    def close(self) -> None:
        """Close the cursors; the connection stays open for others."""
        for cursor in self._cursors:
            cursor.close()


class Bounded(Stoppable):
    """The same build for one long answer that takes little memory: in a database of its own, which spills to disk.

    What a scan of the whole build leaves in memory would stay in the pages' database, and a sort of millions of rows
    would have no limit there.
    """

    def __init__(self, reader: Reader, memory_limit: str = DOWNLOAD_MEMORY_LIMIT) -> None:
        super().__init__(reader)
        self._spill = tempfile.TemporaryDirectory(prefix="civharm-")
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory_limit,
                "temp_directory": self._spill.name,
                "threads": 1,  # the file is made by another one, and each takes memory
                "autoinstall_known_extensions": "false",
            },
        )
        path = str(file_of(self.folder, self.build_id)).replace("'", "''")
        # The file has to be reached before the door is locked.
        self._connection.execute(
            f"ATTACH '{path}' AS build (READ_ONLY); SET enable_external_access = false; SET lock_configuration = true"
        )

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """As of `Stoppable`."""
        cursor = super().cursor()
        cursor.execute("USE build")
        return cursor

    def close(self) -> None:
        """Close the cursors and the database, and remove what it spilled."""
        super().close()
        self._connection.close()
        self._spill.cleanup()


@contextmanager
def limited(reader: Reader, seconds: float) -> Iterator[Reader]:
    """The same build for questions that must not take longer together.

    Raises:
        TimeLimitError: they did, and were stopped.
    """
    own = Stoppable(reader)
    timer = threading.Timer(seconds, own.stop)
    timer.daemon = True
    timer.start()
    try:
        yield own
    except StoppedError as error:
        raise TimeLimitError(f"This took longer than {seconds:g} s and was stopped; narrow the filter.") from error
    finally:
        timer.cancel()
        own.close()


_readers: dict[Path, Reader] = {}
_earlier: OrderedDict[tuple[Path, str], Reader] = OrderedDict()
"""Readers of kept builds that are not the current one, the last used at the end."""
_lock = threading.Lock()


def reader(folder: Path) -> Reader:
    """The process's reader of the current build; a newly published build is picked up on the next call.

    The reader of the build before stays open until nobody holds it. Where `ENGINE` names a Spark cluster, it is a
    reader of the current build of the lake in `LAKE`, whatever the folder.

    Raises:
        WarehouseError: there is no warehouse, or it cannot be read; or the engine is none.
    """
    master = os.environ.get(ENGINE) or DUCKDB
    folder, build_id = _current(folder.resolve(), master)
    with _lock:
        known = _readers.get(folder)
        if known is None or known.build_id != build_id:
            known = _readers[folder] = _open(folder, build_id, master)
        return known


def _current(folder: Path, master: str) -> tuple[Path, str]:
    if master == DUCKDB:
        return folder, current_build_id(folder)
    from warehouse.lake import current_build

    lake = _lake(master).resolve()
    return lake, current_build(lake)


def _open(folder: Path, build_id: str, master: str) -> Reader:
    if master == DUCKDB:
        return Reader(folder, build_id)
    from warehouse.spark import SparkReader

    return SparkReader(folder, build_id, master)


def _lake(master: str) -> Path:
    if not master.startswith("spark://"):
        raise WarehouseError(
            f"{ENGINE} is '{master}'; set it to {DUCKDB}, or to a cluster's address: spark://host:7077."
        )
    lake = os.environ.get(LAKE)
    if not lake:
        raise WarehouseError(f"{ENGINE} needs a lake; set {LAKE} to the folder that 'civharm build --lake' wrote.")
    return Path(lake)


def reader_of(folder: Path, build_id: str) -> Reader:
    """The reader of a kept build, which need not be the current one.

    Raises:
        GoneError: that build is no longer kept, or never was.
        WarehouseError: there is no warehouse, or it cannot be read.
    """
    current = reader(folder)
    if current.build_id == build_id:
        return current
    # The name may come from anywhere: only that of a kept build becomes part of a path.
    if build_id not in {record.build_id for record in kept(current.folder)}:
        raise GoneError("The build that this is about is no longer kept; begin again with the current one.")
    key = (current.folder, build_id)
    with _lock:
        found = _earlier.pop(key, None) or Reader(*key)
        _earlier[key] = found
        while len(_earlier) > KEPT_BUILDS:
            _earlier.popitem(last=False)
        return found


@contextmanager
def writer(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that creates or changes the given file, for the build alone; afterwards all is in the file itself.

    Raises:
        duckdb.Error: the file cannot be written, on a full disk for example.
    """
    connection = duckdb.connect(
        str(path), config={"memory_limit": BUILD_MEMORY_LIMIT, "autoinstall_known_extensions": "false"}
    )
    try:
        yield connection
        # Closing does this too, but says nothing when it fails: what was written would stay in the log beside the file.
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


@contextmanager
def resting(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let go of what a writer keeps in memory, while something else needs it."""
    connection.execute(f"SET memory_limit = '{RESTING_MEMORY_LIMIT}'")
    try:
        yield
    finally:
        connection.execute(f"SET memory_limit = '{BUILD_MEMORY_LIMIT}'")


@contextmanager
def scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database in memory for one computation, beside a writer that rests; closed and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="civharm-") as spill:
        # By default what does not fit into memory goes to the working directory, and stays there if the build dies.
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": SCRATCH_MEMORY_LIMIT,
            "autoinstall_known_extensions": "false",
            "temp_directory": spill,
        }
        connection = duckdb.connect(":memory:", config=config)
        try:
            yield connection
        finally:
            connection.close()
