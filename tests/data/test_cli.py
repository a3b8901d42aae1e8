"""The command line as a new user meets it: what works says so, what fails says why, and the last good build serves."""

from __future__ import annotations

import io
import json
import os
import pty
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pytest
import read_back
import typer
from polars.testing import assert_frame_equal

import cli
from pages.components import settings
from transforms.sources import SOURCES
from warehouse import extracts, queries
from warehouse.connection import reader
from warehouse.engine import run
from warehouse.filters import Filters
from warehouse.intake_format import columns
from warehouse.publish import ASIDE_PREFIX, POINTER, current_build_id, file_of, kept
from warehouse.schema import TABLE

COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]  # a group
INCIDENTS = 40
PATIENCE_S = 180
"""Far above what a build takes, for machines that do other things too."""
SUMMARY_KEYS = {
    "incidents",
    "reports",
    "links",
    "civilians_killed",
    "civilians_injured",
    "without_coordinates",
    "by_stage",
    "synthetic",
    "build_id",
    "quarantined",
}


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str


Civharm = Callable[..., Outcome]


@pytest.fixture
def civharm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Civharm:
    """`civharm ARGS` in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for variable in (settings.WAREHOUSE, "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(variable, raising=False)

    def call(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["civharm", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return Outcome(int(ended.value.code or 0), *capsys.readouterr())

    return call


def started(*arguments: object, before: str = "") -> list[str]:
    """The command that runs `civharm ARGS` in a process of its own; `before` is Python that runs first."""
    return [sys.executable, "-c", f"import cli\n{before}\ncli.main()", *map(str, arguments)]


def in_process(*arguments: object, before: str = "") -> Outcome:
    done = subprocess.run(started(*arguments, before=before), capture_output=True, text=True, timeout=PATIENCE_S)
    return Outcome(done.returncode, done.stdout, done.stderr)


def one_sentence(outcome: Outcome, *words: str) -> str:
    """Assert that a command failed as it should; returns the sentence."""
    assert outcome.code == 1, outcome
    told = outcome.err.strip()
    assert told.startswith("Error: "), told
    assert "Traceback" not in told
    assert "\n" not in told, told
    assert told.endswith((".", "'")) or told.split()[-1].isdigit(), told
    for word in words:
        assert word in told
    return told


def incident_rows(intake: Path) -> pl.DataFrame:
    return pl.read_csv(intake / "incident.csv", infer_schema=False)


@dataclass(frozen=True)
class Builds:
    """A warehouse folder with two builds, and how they came about.

    Attributes:
        folder: the warehouse; the second build is the current one.
        intake: what both were built from.
        killed: files of the folder after a build was killed in between; summary after it.
        second: outcome of the second build, from a zip in which two rows are wrong.
    """

    folder: Path
    intake: Path
    first_id: str
    second_id: str
    killed: tuple[set[str], Outcome]
    second: Outcome


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """demo; demo --write; a build that is killed; a build from a zip with two wrong rows."""
    base = tmp_path_factory.mktemp("cli")
    folder, intake, zipped = base / "warehouse", base / "intake", base / "intake.zip"
    demo = in_process("demo", "--incidents", INCIDENTS, "--warehouse", folder)
    assert demo.code == 0, demo
    first = current_build_id(folder)
    written = in_process("demo", "--incidents", INCIDENTS, "--write", intake)
    assert written.code == 0, written
    spoilt = base / "spoilt"
    shutil.copytree(intake, spoilt)
    rows = incident_rows(spoilt).with_row_index("i", offset=1)
    rows.with_columns(
        *(
            pl.when(pl.col("i") == 3).then(pl.lit("2099-01-01")).otherwise(c).alias(c)
            for c in ("date_start", "date_end")
        ),
        longitude=pl.when(pl.col("i") == 7).then(pl.lit("4239")).otherwise("longitude"),
    ).drop("i").write_csv(spoilt / "incident.csv")
    with zipfile.ZipFile(zipped, "w") as archive:
        for file in spoilt.iterdir():
            archive.write(file, f"my intake/{file.name}")  # as a file manager zips a folder

    arguments = ("build", f"chirg_intake={zipped}", "--warehouse", folder)
    with subprocess.Popen(started(*arguments), stdout=subprocess.DEVNULL) as process:
        wait_for(lambda: any(f.stat().st_size for f in folder.glob(f"{ASIDE_PREFIX}*.duckdb")))
        process.send_signal(signal.SIGKILL)
    killed = ({f.name for f in folder.iterdir()}, in_process("summary", "--json", "--warehouse", folder))
    # What a killed build may leave too, at moments that are too short to hit.
    (folder / f"{ASIDE_PREFIX}x.duckdb.tmp").mkdir()
    (folder / f"{ASIDE_PREFIX}x.duckdb.tmp" / "block").write_text("spilled")
    (folder / f".{POINTER}.new").write_text("{")
    second = in_process(*arguments)
    assert second.code == 0, second
    return Builds(folder, intake, first, current_build_id(folder), killed, second)


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def copy(builds: Builds, tmp_path: Path) -> Path:
    """A warehouse of one's own with both builds."""
    return Path(shutil.copytree(builds.folder, tmp_path / "data" / "warehouse"))


@pytest.fixture
def intake(builds: Builds, tmp_path: Path) -> Path:
    """A faultless intake folder of one's own."""
    return Path(shutil.copytree(builds.intake, tmp_path / "intake"))


# Help


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_examples_that_the_command_takes(civharm: Civharm, command: str) -> None:
    shown = civharm(command, "--help")
    assert shown.code == 0
    assert "--warehouse DIR" in shown.out or command in {"template", "map"}
    examples = [line.split() for line in shown.out.splitlines() if line.strip().startswith("civharm ")]
    assert examples
    for example in examples:
        assert example[1] == command
        COMMANDS[command].make_context(command, shlex.split(" ".join(example[2:])))


def test_help_names_every_source_and_every_filter(civharm: Civharm) -> None:
    assert all(source in civharm("build", "--help").out for source in SOURCES)
    shown = civharm("extract", "--help").out
    assert all(field in shown for field in Filters.__dataclass_fields__)


def test_help_loads_none_of_the_large_libraries() -> None:
    large = {"polars", "duckdb", "ibis", "pandas", "pyarrow", "great_expectations", "streamlit", "uvicorn"}
    asked = f"import sys, atexit; atexit.register(lambda: print('LOADED', sorted({large!r} & set(sys.modules))))"
    assert in_process("--help", before=asked).out.splitlines()[-1] == "LOADED []"


def test_no_command_shows_the_help(civharm: Civharm) -> None:
    shown = civharm()
    assert "Commands:" in shown.out + shown.err


# Builds that work


def test_a_killed_build_leaves_the_old_one_serving_and_the_next_one_tidies_up(builds: Builds) -> None:
    files, summary = builds.killed
    assert any(name.startswith(ASIDE_PREFIX) for name in files), "it was killed too early to mean anything"
    assert json.loads(summary.out)["build_id"] == builds.first_id
    expected = {f"warehouse-{i}.duckdb" for i in (builds.first_id, builds.second_id)}
    expected |= {f"build-{i}.json" for i in (builds.first_id, builds.second_id)}
    assert {f.name for f in builds.folder.iterdir()} == expected | {POINTER, "build.lock"}


def test_wrong_rows_are_refused_with_their_reason_and_all_others_are_loaded(builds: Builds) -> None:
    assert "incident.csv, row 3: " in builds.second.out
    assert "2099" in builds.second.out
    assert "incident.csv, row 7: longitude 4239" in builds.second.out
    refused = reader(builds.folder).frame("SELECT row_number, rule FROM quarantine WHERE file = 'incident.csv'")
    assert refused["row_number"].to_list() == [3, 7]
    assert refused["rule"].to_list()[1] == "incident.longitude_within_bounds"
    assert (
        reader(builds.folder).frame("SELECT count(*) AS n FROM incident WHERE known_to IS NULL")["n"].item()
        == INCIDENTS - 2
    )


def test_lines_are_plain_when_nobody_watches(builds: Builds) -> None:
    assert builds.second.err == ""
    assert "\x1b" not in builds.second.out
    assert "\r" not in builds.second.out
    lines = builds.second.out.splitlines()
    assert lines[0].startswith("Reading chirg_intake from ")
    assert lines[-1].startswith(f"Published build {builds.second_id}: ")


def test_on_a_terminal_a_status_moves_and_ctrl_c_publishes_nothing(copy: Path, intake: Path) -> None:
    before = {f.name for f in copy.iterdir()}
    command = started("build", f"chirg_intake={intake}", "--warehouse", copy)
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm"
        os.execv(sys.executable, command)  # noqa: S606 (a terminal of its own is what is tried)
    shown = b""
    try:
        while b"Validating" not in shown:
            shown += os.read(terminal, 65536)
        os.write(terminal, b"\x03")
        while block := os.read(terminal, 65536):
            shown += block
    except OSError:
        pass  # how Linux says that the other side of a terminal has gone
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 130
    assert b"\x1b[?25l" in shown, "the cursor is hidden while the status moves"
    assert b"\r\x1b[2K" in shown
    assert b"Traceback" not in shown
    assert {f.name for f in copy.iterdir()} == before


def test_demo_if_missing_leaves_a_warehouse_alone(civharm: Civharm, copy: Path, builds: Builds) -> None:
    assert civharm("demo", "--if-missing") == Outcome(0, "", "")
    assert current_build_id(copy) == builds.second_id


def outdated(warehouse: Path, *, synthetic: bool) -> None:
    """Make the current build one of code that did not know a column."""
    build_id = current_build_id(warehouse)
    with duckdb.connect(str(file_of(warehouse, build_id))) as connection:
        connection.execute("ALTER TABLE incident DROP COLUMN received_on")
    record = warehouse / f"build-{build_id}.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"synthetic": synthetic}))


def test_a_demonstration_of_other_code_is_built_anew(civharm: Civharm, copy: Path, builds: Builds) -> None:
    outdated(copy, synthetic=True)
    one_sentence(civharm("summary"), "was built by another version of civharm: it lacks incident.received_on")
    assert civharm("demo", "--if-missing", "--incidents", "20").code == 0
    assert current_build_id(copy) != builds.second_id
    assert civharm("summary").code == 0


def test_recorded_data_of_other_code_is_never_replaced(civharm: Civharm, copy: Path, builds: Builds) -> None:
    outdated(copy, synthetic=False)
    one_sentence(civharm("demo", "--if-missing"), "was built by another version of civharm", "build it again with")
    assert current_build_id(copy) == builds.second_id


def test_the_setting_names_the_warehouse_unless_the_option_does(
    civharm: Civharm, builds: Builds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(settings.WAREHOUSE, str(builds.folder))
    assert json.loads(civharm("summary", "--json").out)["build_id"] == builds.second_id
    one_sentence(civharm("summary", "--warehouse", tmp_path / "none"), "There is no warehouse in", "civharm demo")


# Builds that fail


def rewrite(file: str, change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def spoil(intake: Path) -> Path:
        path = intake / file
        path.write_bytes(change(path.read_bytes()))
        return intake

    return spoil


def zipped(change: Callable[[bytearray], bytes]) -> Callable[[Path], Path]:
    def spoil(intake: Path) -> Path:
        path = Path(shutil.make_archive(str(intake), "zip", intake))
        path.write_bytes(change(bytearray(path.read_bytes())))
        return path

    return spoil


def damaged(content: bytearray) -> bytes:
    third = len(content) // 3
    for at in range(third, third + 500):
        content[at] ^= 0x5A
    return bytes(content)


def other_folder(intake: Path) -> Path:
    folder = intake.parent / "photos"
    folder.mkdir()
    (folder / "holiday.jpg").write_bytes(b"\xff\xd8")
    return folder


def database(intake: Path) -> Path:
    (intake / "incident.csv").write_bytes(b"DUCK\0\0\0\1" * 100)
    return intake


FAULTS: dict[str, tuple[Callable[[Path], Path], tuple[str, ...]]] = {
    "no such folder": (lambda intake: intake / "nowhere", ("nowhere does not exist",)),
    "another folder": (other_folder, ("photos holds no intake", "datapackage.json")),
    "a file that is no zip": (lambda intake: intake / "incident.csv", ("neither a folder nor a .zip",)),
    "a zip cut short": (zipped(lambda content: bytes(content[: len(content) // 2])), ("was cut short",)),
    "a damaged zip": (zipped(damaged), ("intake.zip cannot be unpacked", "zip the folder again")),
    "an empty file": (rewrite("incident.csv", lambda _: b""), ("incident.csv is empty", "incident_id, public_code")),
    "a missing file": (lambda i: (i / "report.csv").unlink() or i, ("report.csv (or .parquet) is missing",)),
    "a file of another kind": (database, ("incident.csv is not a text file",)),
    "Latin-1": (
        rewrite("incident.csv", lambda b: b.replace(b"SYNTHETIC", "Café".encode("latin-1"), 1)),
        ("incident.csv, line ", "byte 0xe9 is not UTF-8"),
    ),
    "semicolons": (
        rewrite("unit.csv", lambda b: b.replace(b",", b";")),
        ("unit.csv: its columns are separated by semicolons; save it with commas",),
    ),
    "a cell too few": (
        rewrite("incident_report.csv", lambda b: b + b"demo-i-1,demo-r-1\n"),
        ("incident_report.csv, row ", "2 cells, the header has 6"),
    ),
    "a broken description": (rewrite("datapackage.json", lambda b: b[:-20]), ("datapackage.json is not JSON",)),
    "two rows about the data set": (
        rewrite("dataset.csv", lambda b: b + b.splitlines(keepends=True)[1]),
        ("dataset.csv has 2 rows; exactly one",),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_input_that_cannot_be_loaded_is_named_in_a_sentence(
    civharm: Civharm, copy: Path, intake: Path, builds: Builds, fault: str
) -> None:
    spoil, words = FAULTS[fault]
    one_sentence(civharm("build", f"chirg_intake={spoil(intake)}"), *words)
    assert json.loads(civharm("summary", "--json").out)["build_id"] == builds.second_id
    assert [record.build_id for record in kept(copy)] == [builds.second_id, builds.first_id]


def test_every_fault_is_told_at_once(civharm: Civharm, intake: Path) -> None:
    for name, wrong in (("incident", "harm_status"), ("report", "source_type")):
        path = intake / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(wrong, "wrong_name", 1), encoding="utf-8")
    told = civharm("build", f"chirg_intake={intake}")
    assert told.code == 1
    assert told.err.splitlines() == [
        "Error: incident.csv: the column harm_status is missing.",
        "incident.csv: the column wrong_name is not known; the source's format may have changed.",
        "report.csv: the column source_type is missing.",
        "report.csv: the column wrong_name is not known; the source's format may have changed.",
    ]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("airwars=photos", "incidents.csv does not exist; give the folder that holds incidents.csv"),
        ("airwars=nowhere", "nowhere is not a folder"),
        ("timemap=photos", "photos holds no .json file"),
        ("timemap=nowhere", "nowhere does not exist"),
        ("airwar=photos", "'airwar' is no source; choose from chirg_intake, airwars, strike_footage"),
        ("airwars", "'airwars' is not of the form SOURCE=PATH, such as airwars="),
        ("airwars=", "'airwars=' is not of the form SOURCE=PATH"),
    ],
)
def test_a_wrong_source_is_named_in_a_sentence(civharm: Civharm, tmp_path: Path, source: str, words: str) -> None:
    (tmp_path / "photos").mkdir()
    one_sentence(civharm("build", source), words)
    assert not (tmp_path / "data").exists()


def test_the_sources_are_known_before_the_first_is_read(civharm: Civharm, intake: Path) -> None:
    failed = civharm("build", f"chirg_intake={intake}", "airwar=x")
    one_sentence(failed, "'airwar' is no source")
    assert failed.out == ""


def test_synthetic_and_recorded_data_do_not_mix(civharm: Civharm, intake: Path) -> None:
    recorded = Path(shutil.copytree(intake, intake.with_name("recorded")))
    about = pl.read_csv(recorded / "dataset.csv", infer_schema=False)
    about.with_columns(dataset_id=pl.lit("team"), title=pl.lit("Our team"), synthetic=pl.lit("false")).write_csv(
        recorded / "dataset.csv"
    )
    failed = civharm("build", f"chirg_intake={intake}", f"chirg_intake={recorded}")
    one_sentence(failed, "recorded data (Our team) never stand in one warehouse", "each with its own --warehouse")


@pytest.mark.parametrize(("file_bytes", "when"), [(50_000, "the log"), (1_000_000, "the file itself")])
def test_a_full_disk_leaves_the_old_build_serving(
    civharm: Civharm, copy: Path, intake: Path, builds: Builds, file_bytes: int, when: str
) -> None:
    """A limit on the size of files stands in for the disk: the same writes fail, with "File too large"."""
    before = {f.name for f in copy.iterdir()}
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({file_bytes}, {file_bytes}))"
    failed = in_process("build", f"chirg_intake={intake}", "--warehouse", copy, before=limit)
    one_sentence(failed, "could not be written", "File too large", "Nothing was published; the build before")
    assert {f.name for f in copy.iterdir()} == before, f"the disk was full while writing {when}"
    assert json.loads(civharm("summary", "--json").out)["build_id"] == builds.second_id


def test_a_full_disk_stops_writing_an_intake(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000))"
    one_sentence(
        in_process("demo", "--incidents", INCIDENTS, "--write", tmp_path / "x", before=limit), "File too large"
    )


def test_a_warehouse_that_is_a_file(civharm: Civharm, tmp_path: Path, intake: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    one_sentence(civharm("summary", "--warehouse", "notes.txt"), "Not a directory")
    one_sentence(civharm("build", f"chirg_intake={intake}", "--warehouse", "notes.txt"), "could not be written")


# Warehouses that are missing or damaged


@pytest.mark.parametrize(
    "arguments",
    [("summary",), ("summary", "--json"), ("extract", "-o", "x.csv"), ("validate",), ("builds",), ("rollback",)],
    ids=" ".join,
)
def test_without_a_warehouse_every_command_says_so(
    civharm: Civharm, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    failed = civharm(*arguments)
    one_sentence(failed, "There is no", "data/warehouse")
    assert failed.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [("summary",), ("extract", "-o", "x.csv"), ("validate",)], ids=lambda arguments: arguments[0]
)
def test_a_file_that_is_no_database_is_named_and_rollback_helps(
    civharm: Civharm, copy: Path, builds: Builds, arguments: tuple[str, ...]
) -> None:
    file_of(copy, builds.second_id).write_text("not a database")
    one_sentence(civharm(*arguments), "is no readable DuckDB database; see 'civharm builds' and 'civharm rollback'")
    assert civharm("rollback").out == f"The current build is now {builds.first_id}.\n"
    assert json.loads(civharm("summary", "--json").out)["build_id"] == builds.first_id


def test_a_build_whose_file_or_record_is_gone(civharm: Civharm, copy: Path, builds: Builds) -> None:
    (copy / f"build-{builds.second_id}.json").unlink()
    for arguments in (("summary",), ("extract", "-o", "x.csv")):
        one_sentence(civharm(*arguments), f"The record of build {builds.second_id} is gone")
    file_of(copy, builds.second_id).unlink()
    for arguments in (("summary",), ("extract", "-o", "x.csv"), ("validate",)):
        one_sentence(civharm("--help") and civharm(*arguments), "is gone from")


def test_a_damaged_pointer(civharm: Civharm, copy: Path, builds: Builds) -> None:
    (copy / POINTER).write_text("garbage")
    one_sentence(civharm("summary"), "current.json is damaged; 'civharm rollback' points it at a kept build again")
    assert civharm("rollback").out == f"The current build is now {builds.second_id}.\n"


# Builds and rollback


def test_builds_are_listed_whole_and_rollback_goes_back(civharm: Civharm, copy: Path, builds: Builds) -> None:
    def listed() -> list[list[str]]:
        return [line.split() for line in civharm("builds").out.splitlines()[1:]]

    # One warning: the demonstration has a response without a day of recommendation, as real records do.
    first = [builds.first_id, str(INCIDENTS), "0", "1", "SYNTHETIC"]
    assert [line[0] for line in listed()] == ["*", builds.first_id]
    assert listed()[1] == first
    quarantined = int(listed()[0][3])
    assert quarantined >= 2
    assert listed()[0] == ["*", builds.second_id, str(INCIDENTS - 2), str(quarantined), listed()[0][4], "SYNTHETIC"]
    civharm("rollback")
    assert listed()[1] == ["*", *first]
    assert json.loads(civharm("summary", "--json").out)["build_id"] == builds.first_id
    one_sentence(civharm("rollback"), f"There is no build before {builds.first_id}", builds.second_id)
    one_sentence(civharm("rollback", "yesterday"), "There is no kept build yesterday", builds.second_id)
    assert civharm("rollback", builds.second_id).code == 0
    assert json.loads(civharm("summary", "--json").out)["build_id"] == builds.second_id


# Summary and validate


def test_summary_in_words_and_as_json_say_the_same(civharm: Civharm, builds: Builds) -> None:
    found = json.loads(civharm("summary", "--json", "--warehouse", builds.folder).out)
    assert set(found) == SUMMARY_KEYS
    assert set(found["civilians_killed"]) == set(found["civilians_injured"]) == {"low", "high", "unknown"}
    assert sum(found["by_stage"].values()) == found["incidents"] == INCIDENTS - 2
    assert found["synthetic"] is True
    assert found["quarantined"] >= 2
    words = civharm("summary", "--warehouse", builds.folder).out
    killed = found["civilians_killed"]
    assert f"low {killed['low']:,}, high {killed['high']:,}, unknown {killed['unknown']}" in words
    assert found["build_id"] in words


def test_validate_says_what_was_checked(civharm: Civharm, copy: Path, tmp_path: Path) -> None:
    done = civharm("validate", "--docs", tmp_path / "docs")
    assert done.code == 0, done
    assert (tmp_path / "docs" / "index.html").is_file()
    last = done.out.splitlines()[-1]
    assert last.endswith(" not met.")
    assert int(last.split()[0]) > 300


# Extract


@pytest.mark.parametrize("suffix", [f.suffix for f in extracts.formats_of("incidents")])
def test_extract_writes_the_rows_of_the_question_and_of_the_app_s_download(
    civharm: Civharm, builds: Builds, tmp_path: Path, suffix: str
) -> None:
    done = civharm(
        *("extract", "--filter", "country=PSE", "--filter", "stage=received", "--filter", "stage=incident_analysis"),
        *("--filter", "date_from=2023-11-01", "-o", f"x{suffix}", "--warehouse", builds.folder),
    )
    filters = Filters.from_params(
        {"country": ["PSE"], "stage": ["received", "incident_analysis"], "date_from": ["2023-11-01"]}
    )
    opened = reader(builds.folder)
    rows = run(queries.extract(filters, ()), opened)
    assert 0 < rows.height < INCIDENTS - 2
    assert done.out == f"Wrote {rows.height} SYNTHETIC incidents to x{suffix} ({filters.sentence()}).\n"
    content = extracts.download(extracts.Request(filters), opened, extracts.FORMATS[suffix])
    if suffix != ".xlsx":
        manifest = json.loads(Path(f"x{suffix}.manifest.json").read_text(encoding="utf-8"))
        assert manifest["row_count"] == rows.height
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            content = next(bundle.read(name) for name in bundle.namelist() if name.endswith(suffix))
    assert_frame_equal(read_back.rows(f"x{suffix}", Path(f"x{suffix}").read_bytes()), rows)
    if suffix == ".xlsx":  # it says when it was written
        assert_frame_equal(read_back.rows("x.xlsx", content), rows)
    else:
        assert Path(f"x{suffix}").read_bytes() == content, "the same request gives the same bytes"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--filter", "land=PSE"), "'land' is no filter; choose from as_known_on, country, dataset_id"),
        (("--filter", "country"), "'country' is not of the form FIELD=VALUE, such as country=PSE"),
        (("--filter", "stage=done"), "'done' is no stage; choose from received"),
        (("--filter", "date_from=yesterday"), "date_from: 'yesterday' is no date; write it as 2024-01-31"),
        (("--filter", "date_from=2024-02-01", "--filter", "date_to=2024-01-01"), "is after the last day"),
        (("--filter", "date_from=2024-02-01", "--filter", "date_from=2024-01-01"), "takes one value, not 2"),
        (("--filter", "minimum_civilians_killed=many"), "'many' is no whole number"),
        (("--filter", "minimum_civilians_killed=-1"), "cannot be negative"),
        (("--filter", f"minimum_civilians_killed={10**30}"), "is too large"),
        (("--column", "victim_name"), "'victim_name' is no column of an extract"),
        (("-o", "x.ods"), "x.ods: the suffix must be one of .csv, .parquet, .xlsx"),
        (("-o", "x"), "x: the suffix must be one of"),
        (("-o", "nowhere/x.csv"), "The folder nowhere does not exist; make it first"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_extract_is_refused_and_writes_nothing(
    civharm: Civharm, builds: Builds, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    one_sentence(civharm("extract", "-o", "x.csv", *arguments, "--warehouse", builds.folder), words)
    assert list(tmp_path.iterdir()) == []


def test_verify_says_identical_different_or_that_it_cannot_be_said(civharm: Civharm, builds: Builds) -> None:
    place = ("--warehouse", builds.folder)
    civharm("extract", "-o", "x.csv", *place)
    assert " is identical to what the build " in civharm("verify", "x.csv", *place).out
    lines = Path("x.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    Path("x.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    changed = civharm("verify", "x.csv", *place)
    assert changed.code == 1
    assert "- 1 row is missing: " in changed.out
    Path("x.csv.manifest.json").unlink()
    assert civharm("verify", "x.csv", *place).code == 2


def test_a_full_disk_leaves_no_half_extract(builds: Builds, tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))"
    for suffix in (f.suffix for f in extracts.formats_of("incidents")):
        path = tmp_path / f"x{suffix}"
        failed = in_process("extract", "-o", path, "--warehouse", builds.folder, before=limit)
        one_sentence(failed, "cannot be written: ", "File too large")
    assert list(tmp_path.iterdir()) == []


# Template, demo, serve


def test_a_template_is_written_once_and_says_what_to_do_next(civharm: Civharm, tmp_path: Path) -> None:
    done = civharm("template", "mine")
    assert done.out == "Wrote an empty intake to mine; fill it in, then: civharm build chirg_intake=mine\n"
    header = (tmp_path / "mine" / "incident.csv").read_text(encoding="utf-8")
    assert header == ",".join(c.name for c in columns(TABLE["incident"])) + "\n"
    (tmp_path / "mine" / "incident.csv").write_text("my work")
    one_sentence(civharm("template", "mine"), "mine is not empty; name a new folder, so that nothing is overwritten")
    one_sentence(civharm("demo", "--write", "mine"), "mine is not empty; name a new folder")
    one_sentence(civharm("template", "mine/incident.csv"), "incident.csv is a file; name a new folder")
    assert (tmp_path / "mine" / "incident.csv").read_text() == "my work"


def test_an_unfilled_template_is_refused(civharm: Civharm) -> None:
    civharm("template", "mine")
    one_sentence(
        civharm("build", "chirg_intake=mine"), "dataset.csv has 0 rows; exactly one row describes the data set"
    )


def test_a_port_in_use_is_named_with_another_one(civharm: Civharm) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        one_sentence(civharm("serve", "--port", port), f"Port {port} is in use", "civharm serve --port ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--port", "0"),
        ("serve", "--port", "http"),
        ("demo", "--incidents", "3"),
        ("demo", "--seed", "-1"),
        ("build",),
        ("build", "airwars=x", "--known-on", "2024-13-01"),
        ("extract",),
        ("publish",),
    ],
    ids=" ".join,
)
def test_a_wrong_call_shows_how_to_get_help(civharm: Civharm, arguments: tuple[str, ...]) -> None:
    failed = civharm(*arguments)
    assert failed.code == 2
    assert "Try 'civharm" in failed.err
    assert "Traceback" not in failed.err


def test_a_question_by_name(civharm: Civharm, copy: Path, tmp_path: Path) -> None:
    expected = run(queries.by_stage(Filters()), reader(copy))
    as_json = civharm("query", "by_stage", "--json")
    assert json.loads(as_json.out)["rows"] == expected.to_dicts()
    as_csv = civharm("query", "by_stage", "--csv").out
    assert_frame_equal(pl.read_csv(as_csv.encode()).drop("data_origin"), expected)
    table = civharm("query", "totals", "--filter", "country=PSE").out
    assert "incidents" in table
    assert "SYNTHETIC row of build" in table
    assert civharm("query", "by_stage", "-o", "stages.csv").out == "Wrote SYNTHETIC-stages.csv.\n"
    listed = civharm("query", "--list").out
    assert "over_time period=day|week|month|year [dimension=TEXT]\n    Incidents and civilians killed" in listed
    one_sentence(civharm("query", "by_stages"), "'by_stages' is no question; perhaps you mean by_stage")
    one_sentence(civharm("query", "by_stage", "--csv", "--json"), "Choose one of --csv, --json and -o FILE.")
    one_sentence(civharm("query"), "Name a question")
