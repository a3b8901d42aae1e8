"""Everything as one data package: read back it gives the same warehouse, and it holds nothing that may not leave."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from frictionless import validate
from made_up import intake
from polars.testing import assert_frame_equal

from transforms.pipeline import Source, build, canonical_frames
from transforms.sources import chirg_intake
from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.errors import ExtractError, FilterError, InputError
from warehouse.extracts import (
    FORMATS,
    Request,
    counts,
    download,
    download_name,
    formats_of,
    verify,
    write_files,
)
from warehouse.filters import Filters
from warehouse.schema import INTAKE_TABLES, TABLE

STAMPED = ("sha256", "rows_read", "rows_loaded", "rows_quarantined", "exports")
"""Columns of the dataset table that say how it was loaded."""
FORMULA = "=HYPERLINK(1)"
REPORT = {"source_type": "media", "account_kind": "not_social_media", "access": "public"}


def stored(opened: Reader, name: str) -> pl.DataFrame:
    names = ", ".join(f'"{column}"' for column in TABLE[name].column_names)
    return opened.frame(f'SELECT {names} FROM "{name}"')


def read_back(*paths: Path) -> dict[str, pl.DataFrame]:
    sources = [Source("chirg_intake", path) for path in paths]
    return canonical_frames(sources, lambda _: None, None, date(2026, 1, 1))


def same(name: str, found: pl.DataFrame, wanted: pl.DataFrame) -> None:
    """The same rows, but for what a load stamps and for accounts, which never leave."""
    kept = [c.name for c in TABLE[name].columns if not c.restricted and c.name not in STAMPED]
    assert_frame_equal(
        found.select(kept), wanted.select(kept), check_row_order=False, check_exact=True, check_dtypes=True
    )


def test_the_demo_read_back_is_the_same_warehouse(demo_reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    manifest = write_files(Request(Filters(), contents="all", show_private=True), demo_reader, path)
    assert manifest["file"] == "PRIVATE-all.zip"
    frames = read_back(tmp_path / manifest["file"])
    for table in INTAKE_TABLES:
        same(table.name, frames[table.name], stored(demo_reader, table.name))
    assert frames["report"]["account_name"].null_count() == frames["report"].height
    assert stored(demo_reader, "report")["account_name"].null_count() < frames["report"].height


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Two data sets, the second of which may not be passed on; texts that look like formulas, a private report."""
    base = tmp_path_factory.mktemp("two")
    free = intake(
        base / "free",
        {"dataset_id": "free", "title": FORMULA},
        incident=[
            {"incident_id": "i1", "place": FORMULA, "summary": "'quoted', \"so\"\nand on", "belligerent": "@a; b"},
            {"incident_id": "i2", "country": "PSE", "place": "رفح", "latitude": "-1.5", "longitude": "34.25"},
        ],
        report=[
            REPORT | {"report_id": "-r1", "raw_text": "+١", "url": "https://example.org/a"},
            REPORT | {"report_id": "r2", "raw_text": "Confidential words", "access": "private", "submitted_by": "A"},
            REPORT | {"report_id": "alone", "raw_text": "linked to nothing"},
        ],
        incident_report=[
            {"incident_id": "i1", "report_id": "-r1", "method": "stated"},
            {"incident_id": "i2", "report_id": "r2", "method": "stated"},
        ],
        casualty=[{"incident_id": "i1", "group": "civilians", "harm": "killed", "low": "1", "high": "3"}],
        unit=[
            {"unit_id": "u1", "name": "Brigade", "country": "KEN"},
            {"unit_id": "u2", "name": "Battalion", "country": "KEN", "parent_unit_id": "u1"},
        ],
    )
    bound = intake(
        base / "bound",
        {"dataset_id": "bound", "redistributable": "false"},
        incident=[{"incident_id": "i1", "country": "PSE"}],
        report=[REPORT | {"report_id": "r1"}],
        incident_report=[{"incident_id": "i1", "report_id": "r1", "method": "stated"}],
    )
    build(base / "wh", [Source("chirg_intake", free), Source("chirg_intake", bound)], lambda _: None, validate=False)
    return reader(base / "wh")


def test_two_data_sets_are_two_folders_that_load_as_before(two: Reader, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    asked = Request(Filters(), contents="all", with_restricted=True, show_private=True)
    manifest = write_files(asked, two, path)
    assert manifest["file"] == "PRIVATE-NOT-TO-BE-PASSED-ON-x.zip"
    path = tmp_path / manifest["file"]
    with pytest.raises(InputError, match=r"holds several data sets \(bound, free\); unpack it"):
        chirg_intake.read(path)
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(tmp_path / "out")
    frames = read_back(tmp_path / "out" / "free", tmp_path / "out" / "bound")
    for table in INTAKE_TABLES:
        same(table.name, frames[table.name], stored(two, table.name))
    assert frames["incident"]["place"].to_list().count(FORMULA) == 1
    assert verify(path, two.folder).is_identical


def test_a_general_tool_finds_nothing_wrong_and_no_formula_is_live(two: Reader, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(download(Request(Filters(), contents="all"), two, FORMATS[".zip"]))) as bundle:
        bundle.extractall(tmp_path)
    report = validate(str(tmp_path / "free" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    for file in (tmp_path / "free").glob("*.csv"):
        cells = [cell for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))) for cell in row]
        assert not [
            c for c in cells if (c[:1] in "=+@" and c) or (c[:1] == "-" and not c[1:].replace(".", "").isdigit())
        ]


def test_sources_that_may_not_be_passed_on_are_left_out_and_counted(two: Reader, tmp_path: Path) -> None:
    every = {name: counts(Request(Filters(), contents=name), two) for name in queries.CONTENTS}
    assert [
        (c.rows, c.left_out, c.restricted) for c in (every["incidents"], every["reports"], every["casualties"])
    ] == [
        (2, 1, 0),
        (3, 1, 0),
        (1, 0, 0),
    ]
    assert (every["incidents"].without_coordinates, every["reports"].without_coordinates) == (1, 0)
    asked = Request(Filters(), with_restricted=True)
    held = counts(asked, two)
    assert (held.rows, held.left_out, held.restricted, held.without_coordinates) == (3, 0, 1, 2)
    name, _ = download_name(asked, held, "b", FORMATS[".csv"], synthetic=True)
    assert name == "SYNTHETIC-NOT-TO-BE-PASSED-ON-incidents-b.csv.zip"
    manifest = write_files(Request(Filters()), two, tmp_path / "x.csv")
    assert (manifest["row_count"], manifest["rows_left_out"]) == (2, 1)
    assert {s["dataset_id"]: s["is_included"] for s in manifest["sources"]} == {"free": True, "bound": False}
    assert pl.read_csv(tmp_path / "x.csv")["dataset_id"].unique().to_list() == ["free"]
    assert write_files(asked, two, tmp_path / "x.csv")["file"] == "NOT-TO-BE-PASSED-ON-x.csv"
    with zipfile.ZipFile(io.BytesIO(download(Request(Filters(), contents="all"), two, FORMATS[".zip"]))) as bundle:
        assert {name.split("/")[0] for name in bundle.namelist()} == {"free", "manifest.json"}


def test_private_reports_are_listed_without_what_they_say(two: Reader, tmp_path: Path) -> None:
    def texts(**allowed: bool) -> list[str | None]:
        asked = Request(Filters(country=("PSE",)), contents="reports", **allowed)
        manifest = write_files(asked, two, tmp_path / "x.parquet")
        return pl.read_parquet(tmp_path / manifest["file"]).sort("report_id")["raw_text"].to_list()

    assert texts() == [None]
    assert texts(show_private=True) == ["Confidential words"]
    assert (tmp_path / "PRIVATE-x.parquet").exists()
    with zipfile.ZipFile(io.BytesIO(download(Request(Filters(), contents="all"), two, FORMATS[".zip"]))) as bundle:
        assert b"Confidential" not in b"".join(bundle.read(name) for name in bundle.namelist())
        assert json.loads(bundle.read("manifest.json"))["with_private"] is False


def test_a_filtered_package_holds_what_belongs_to_the_incidents(demo_reader: Reader, tmp_path: Path) -> None:
    filters = Filters(country=("KEN",))
    write_files(Request(filters, contents="all"), demo_reader, tmp_path / "x.zip")
    canonical = chirg_intake.transform(chirg_intake.read(tmp_path / "x.zip"))
    chosen = set(run(queries.incidents(filters), demo_reader)["incident_id"])
    assert chosen
    assert canonical.refused.is_empty()
    for name in ("incident", "casualty", "incident_report", "stage_transition", "response", "engagement"):
        wanted = stored(demo_reader, name).filter(pl.col("incident_id").is_in(chosen))
        assert canonical.tables[name].height == wanted.height
    named = set(canonical.tables["incident_report"]["report_id"])
    assert named <= set(canonical.tables["report"]["report_id"])
    assert canonical.tables["transfer"].is_empty()
    frames = read_back(tmp_path / "x.zip")
    assert frames["quarantine"].is_empty()


def test_a_package_of_a_day_holds_what_was_known_then(demo_reader: Reader, tmp_path: Path) -> None:
    day = date(2024, 3, 31)
    write_files(Request(Filters(as_known_on=day), contents="all"), demo_reader, tmp_path / "x.zip")
    found = chirg_intake.transform(chirg_intake.read(tmp_path / "x.zip")).tables["stage_transition"]
    known = run(queries.table("stage_transition"), demo_reader, day)
    assert found["known_from"].max() <= day  # type: ignore[operator]
    assert set(found.filter(pl.col("known_to").is_null())["transition_id"]) == set(known["transition_id"])


@pytest.mark.parametrize("contents", queries.CONTENTS)
def test_the_stream_has_the_declared_order_and_the_counted_rows(
    demo_reader: Reader, tmp_path: Path, contents: str
) -> None:
    for filters in (Filters(), Filters(country=("PSE", "YEM"))):
        asked = Request(filters, contents=contents)
        write_files(asked, demo_reader, tmp_path / "x.parquet")
        rows = run(queries.extract(filters, (), contents), demo_reader)
        assert_frame_equal(pl.read_parquet(tmp_path / "x.parquet"), rows)
        assert counts(asked, demo_reader).rows == rows.height


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda: Request(Filters(), contents="victims"),
            "'victims' cannot be extracted; choose from incidents, reports",
        ),
        (lambda: Request(Filters(), ("place",), "all"), "A data package always holds all columns"),
    ],
)
def test_what_cannot_be_asked_for(make: Callable[[], Request], says: str) -> None:
    with pytest.raises(ExtractError, match=says):
        make()


def test_formats_hold_what_they_can(demo_reader: Reader, tmp_path: Path) -> None:
    assert [f.suffix for f in formats_of("all")] == [".zip"]
    assert [f.suffix for f in formats_of("reports")] == [".csv", ".parquet", ".xlsx", ".jsonl"]
    with pytest.raises(ExtractError, match=r"x\.geojson: the suffix must be one of .* for reports"):
        write_files(Request(Filters(), contents="reports"), demo_reader, tmp_path / "x.geojson")
    with pytest.raises(ExtractError, match="GeoJSON cannot hold all; choose from Data package"):
        download(Request(Filters(), contents="all"), demo_reader, FORMATS[".geojson"])
    with pytest.raises(FilterError, match="'account_name' is no column of an extract"):
        write_files(Request(Filters(), ("account_name",), "reports"), demo_reader, tmp_path / "x.csv")
