"""Shared fixtures: real small warehouses made by the real build, and the folder of real data sets.

Real data sets lie beside the repository in the project's own workplace, never in it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from transforms.pipeline import Source, build
from transforms.sources.demo import write
from warehouse.connection import Reader, reader

ROOT = Path(__file__).resolve().parents[1]

TOGETHER = {
    "tests/data/test_cli.py": "builds of the command line",
    "tests/data/test_expectations.py": "import of Great Expectations",
    "tests/data/test_on_spark.py": "Spark cluster",
    "tests/data/test_spark.py": "Spark cluster",
    "tests/e2e/test_behind_nginx.py": "service behind nginx",
    "tests/e2e/test_hostile_text.py": "app on hostile texts",
}
"""Module -> what its tests share that takes long to start: one worker runs them all."""

# Property tests prove values, not speed: on a busy machine a deadline fails at random.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


class Together(LoadScopeScheduling):
    """Gives each test to the next free worker, but those of `TOGETHER` to one.

    xdist's own marks for this are lost with pytest 9.2: it writes them into a node's id, which is no longer read.
    """

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.partition("::")[0], nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    """Take the scheduler above instead of one of xdist's."""
    if gone := [module for module in TOGETHER if not (ROOT / module).exists()]:
        raise pytest.UsageError(f"TOGETHER in tests/conftest.py names {gone[0]}, which is not there.")
    return Together(config, log)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data sets; a public clone has none and skips the tests that need it."""
    folder = Path(os.environ.get("CIVHARM_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data sets are not part of a public clone: {folder} does not exist")
    return folder


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[str, Callable[[Path], object]], Path]:
    """Function `(name, make) -> folder`: `make(folder)` runs once per test run, whatever the number of workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def make_once(name: str, make: Callable[[Path], object]) -> Path:
        folder = shared / name
        with folder.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = folder.with_suffix(".done")
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return make_once


@pytest.fixture(scope="session")
def demo_intake(once: Callable[..., Path]) -> Path:
    """The synthetic intake folder of the demo."""
    return once("demo-intake", write)


@pytest.fixture(scope="session")
def demo_warehouse(demo_intake: Path, once: Callable[..., Path]) -> Path:
    """Folder of the demo's warehouse."""
    return once("demo-warehouse", lambda folder: build(folder, [Source("chirg_intake", demo_intake)], lambda _: None))


@pytest.fixture(scope="session")
def demo_reader(demo_warehouse: Path) -> Reader:
    """Reader of the demo's warehouse."""
    return reader(demo_warehouse)


@pytest.fixture(scope="session")
def airwars_warehouse(shared_data: Path, once: Callable[..., Path]) -> Path:
    """Folder of a warehouse of the published Airwars assessments of Gaza."""
    source = Source("airwars", shared_data / "airwars_gaza")
    return once("airwars-warehouse", lambda folder: build(folder, [source], lambda _: None))
