"""Immutable, versioned warehouse files and the pointer to the current one.

A warehouse folder holds `warehouse-<build_id>.duckdb` for the last builds, `build-<build_id>.json` (the record of each
build, kept after its file is gone) and `current.json` (the pointer). A build is written aside, validated, fsynced and
renamed; then the pointer is replaced. Whatever happens before that last step, the old build keeps serving.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from warehouse.errors import WarehouseError

POINTER = "current.json"
LOCK = "build.lock"
KEPT_BUILDS = 3
ASIDE_PREFIX = ".building-"
NEW_SUFFIX = ".new"


@dataclass(frozen=True)
class BuildRecord:
    """What is remembered of a build, also after its file is gone.

    Attributes:
        expectations: outcome -> number of expectations: passed, warning, failed.
        suites: suite -> the same.
    """

    build_id: str
    built_at: str
    code_version: str
    synthetic: bool
    row_counts: dict[str, int]
    input_hashes: dict[str, str]
    quarantined: int
    expectations: dict[str, int]
    suites: dict[str, dict[str, int]]


def file_of(folder: Path, build_id: str) -> Path:
    """Path of a build's database file."""
    return folder / f"warehouse-{build_id}.duckdb"


def current_build_id(folder: Path) -> str:
    """The published build.

    Raises:
        WarehouseError: there is none, or the pointer cannot be read.
    """
    pointer = folder / POINTER
    try:
        build_id = json.loads(pointer.read_text(encoding="utf-8"))["build_id"]
    except FileNotFoundError as error:
        raise WarehouseError(
            f"There is no warehouse in {folder}; build one with 'civharm demo' or 'civharm build SOURCE=PATH'."
        ) from error
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise WarehouseError(f"{pointer} is damaged; 'civharm rollback' points it at a kept build again.") from error
    return str(build_id)


def records(folder: Path) -> list[BuildRecord]:
    """Every recorded build, newest first; those whose file is gone are included.

    Raises:
        WarehouseError: a record cannot be read.
    """
    found = []
    for path in sorted(folder.glob("build-*.json"), reverse=True):
        try:
            found.append(BuildRecord(**json.loads(path.read_text(encoding="utf-8"))))
        except (json.JSONDecodeError, TypeError, UnicodeDecodeError) as error:
            raise WarehouseError(f"{path} is damaged; delete it to go on without that build's history.") from error
    return sorted(found, key=lambda record: record.built_at, reverse=True)


def record_of(folder: Path, build_id: str) -> BuildRecord:
    """The record of a build.

    Raises:
        WarehouseError: there is none, or it cannot be read.
    """
    found = next((record for record in records(folder) if record.build_id == build_id), None)
    if found is None:
        raise WarehouseError(f"The record of build {build_id} is gone from {folder}; build the warehouse again.")
    return found


def kept(folder: Path) -> list[BuildRecord]:
    """Builds whose file is still there, newest first."""
    return [record for record in records(folder) if file_of(folder, record.build_id).is_file()]


@contextmanager
def build_lock(folder: Path, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold the folder's build lock; a second build says so and waits for the first.

    The lock is the operating system's and ends with the process, so a killed build leaves none behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            on_wait(
                f"Another build (process {handle.read().strip() or 'unknown'}) is writing {folder}; waiting for it."
            )
            fcntl.flock(handle, fcntl.LOCK_EX)
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)


def aside(folder: Path, build_id: str) -> Path:
    """Path for a build under way; leftovers of killed builds are removed first. Call it under `build_lock`."""
    for leftover in (*folder.glob(f"{ASIDE_PREFIX}*"), *folder.glob(f".*{NEW_SUFFIX}")):
        if leftover.is_dir():  # DuckDB's folder for what does not fit into memory
            shutil.rmtree(leftover)
        else:
            leftover.unlink()
    return folder / f"{ASIDE_PREFIX}{build_id}.duckdb"


def publish(folder: Path, written: Path, record: BuildRecord) -> Path:
    """Make a finished file the current build and drop all but the last `KEPT_BUILDS`.

    Raises:
        OSError: the disk is full or the folder cannot be written; the old build keeps serving.
    """
    target = file_of(folder, record.build_id)
    sync(written)
    write_synced(folder / f"build-{record.build_id}.json", json.dumps(asdict(record), indent=1, sort_keys=True))
    written.replace(target)
    sync(folder)
    point_to(folder, record.build_id)
    for old in kept(folder)[KEPT_BUILDS:]:
        file_of(folder, old.build_id).unlink()
    return target


def point_to(folder: Path, build_id: str) -> None:
    """Replace the pointer atomically."""
    write_synced(folder / POINTER, json.dumps({"build_id": build_id}))
    sync(folder)


def rollback(folder: Path, build_id: str | None = None) -> str:
    """Point to the kept build before the current one, or to the named one; returns its id.

    Raises:
        WarehouseError: there is no such build.
    """
    available = [record.build_id for record in kept(folder)]
    if not available:
        raise WarehouseError(f"There is no kept build in {folder}.")
    if build_id is None:
        try:
            current = current_build_id(folder)
        except WarehouseError:
            build_id = available[0]  # a damaged or missing pointer: the newest kept build
        else:
            older = available[available.index(current) + 1 :] if current in available else available
            if not older:
                raise WarehouseError(f"There is no build before {current}; kept are {', '.join(available)}.")
            build_id = older[0]
    elif build_id not in available:
        raise WarehouseError(f"There is no kept build {build_id}; kept are {', '.join(available)}.")
    point_to(folder, build_id)
    return build_id


def write_synced(path: Path, text: str) -> None:
    """Replace a file atomically: whoever reads it sees the old text or the new one."""
    temporary = path.with_name(f".{path.name}{NEW_SUFFIX}")
    with temporary.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def sync(path: Path) -> None:
    """Make sure that a file or folder is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
