"""Extracts: exactly the filtered rows, readable again, and harmless in a spreadsheet."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import read_back
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from warehouse import queries
from warehouse.connection import Bounded, Reader
from warehouse.engine import run
from warehouse.errors import ExtractError, FilterError
from warehouse.extracts import (
    FORMATS,
    FORMULA_STARTS,
    Request,
    counts,
    download,
    download_name,
    excel,
    flat,
    formats_of,
    rows,
    write_files,
)
from warehouse.filters import Filters

GAZA = Request(Filters(country=("PSE",), minimum_civilians_killed=5))


def expected(request: Request, reader: Reader) -> pl.DataFrame:
    return run(queries.extract(request.filters, request.columns), reader)


def test_csv_parquet_and_excel_hold_the_rows_of_the_question(demo_reader: Reader, tmp_path: Path) -> None:
    stated = expected(GAZA, demo_reader)
    assert stated.height > 50
    for suffix in (chosen.suffix for chosen in formats_of("incidents")):
        path = tmp_path / f"extract{suffix}"
        manifest = write_files(GAZA, demo_reader, path)
        found = read_back.rows(path.name, path.read_bytes())
        assert_frame_equal(found, stated)
        assert manifest["row_count"] == stated.height
        assert manifest["synthetic"] is True
        assert set(found["data_origin"]) == {"synthetic"}


def test_the_manifest_says_what_the_file_is(demo_reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    write_files(GAZA, demo_reader, path)
    manifest = json.loads((tmp_path / "x.csv.manifest.json").read_text(encoding="utf-8"))
    assert manifest["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert Filters.from_params(manifest["filter_values"]) == GAZA.filters
    assert manifest["filter"] == GAZA.filters.sentence()
    assert manifest["build_id"] == demo_reader.build_id
    assert [c["column"] for c in manifest["columns"]] == pl.read_csv(path, n_rows=0).columns
    assert manifest["sources"][0]["licence"] == "CC0-1.0"
    assert manifest["sources"][0]["redistributable"] is True


def test_excel_carries_dictionary_and_manifest_as_sheets(demo_reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_files(GAZA, demo_reader, path)
    assert not (tmp_path / "x.xlsx.manifest.json").exists()
    dictionary = pl.read_excel(path, sheet_name="dictionary")
    assert dictionary["column"].to_list() == expected(GAZA, demo_reader).columns
    manifest = dict(pl.read_excel(path, sheet_name="manifest").iter_rows())
    assert manifest["build_id"] == demo_reader.build_id
    assert manifest["filter"] == GAZA.filters.sentence()
    # The workbook's hash is that of the CSV extract of the same rows.
    write_files(GAZA, demo_reader, tmp_path / "x.csv")
    assert manifest["sha256"] == hashlib.sha256((tmp_path / "x.csv").read_bytes()).hexdigest()


def test_chosen_columns_keep_the_table_s_order_and_what_the_row_is(demo_reader: Reader) -> None:
    found = expected(Request(Filters(), ("summary", "place")), demo_reader)
    assert found.columns == ["incident_id", "place", "summary", "data_origin"]
    with pytest.raises(FilterError, match="'search_text' is no column of an extract"):
        expected(Request(Filters(), ("search_text",)), demo_reader)


def test_an_extract_without_rows_has_its_header(demo_reader: Reader, tmp_path: Path) -> None:
    nothing = Request(Filters(text="nowhere at all"))
    for suffix in (chosen.suffix for chosen in formats_of("incidents")):
        path = tmp_path / f"none{suffix}"
        assert write_files(nothing, demo_reader, path)["row_count"] == 0
    assert pl.read_csv(tmp_path / "none.csv").columns == list(queries.extractable_columns())
    assert pl.read_parquet(tmp_path / "none.parquet").height == 0


def test_the_app_s_download_bundles_data_dictionary_and_manifest(demo_reader: Reader) -> None:
    held = counts(GAZA, demo_reader)
    name, media_type = download_name(GAZA, held, demo_reader.build_id, FORMATS[".csv"], synthetic=True)
    content = download(GAZA, demo_reader, FORMATS[".csv"])
    assert name.startswith("SYNTHETIC-incidents-")
    assert media_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        data, manifest, dictionary = sorted(bundle.namelist(), key=len)
        stated = json.loads(bundle.read(next(n for n in bundle.namelist() if n.endswith("manifest.json"))))
        assert stated["sha256"] == hashlib.sha256(bundle.read(stated["file"])).hexdigest()
        assert pl.read_csv(bundle.read(stated["file"])).height == expected(GAZA, demo_reader).height
        assert len({data, manifest, dictionary}) == 3


def test_more_rows_than_excel_holds_are_refused_with_an_offer(
    demo_reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MAXIMUM_ROWS", 10)
    with pytest.raises(ExtractError, match=r"are more than an Excel sheet holds \(10\); .* take Parquet or CSV"):
        write_files(GAZA, demo_reader, tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("filters", [GAZA.filters, Filters(country=("YEM",), as_known_on=date(2024, 3, 1))])
def test_what_belongs_to_filtered_incidents_is_found_and_keeps_the_declared_order(
    demo_reader: Reader, monkeypatch: pytest.MonkeyPatch, filters: Filters
) -> None:
    """Rows are told by where they are stored, in batches; the question sorts them. In a database of its own, too."""
    monkeypatch.setattr(rows, "BATCH_ROWS", 100)
    apart = Bounded(demo_reader)
    for contents in queries.CONTENTS:
        for show_private in (False, True):
            request = Request(filters, ("known_from",), contents, show_private=show_private)
            sorted_rows = queries.extract(filters, request.columns, contents, show_private=show_private)
            for opened in (demo_reader, apart):
                with rows.opened(request, opened) as batches:
                    found = pl.concat(batches.frames)
                assert_frame_equal(found, run(sorted_rows, demo_reader, filters.as_known_on))
            assert found.height > 0 or contents == "responses"
    apart.close()


def test_a_wrong_suffix_or_folder_is_named(demo_reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"x\.ods: the suffix must be one of \.csv, \.parquet, \.xlsx"):
        write_files(GAZA, demo_reader, tmp_path / "x.ods")
    with pytest.raises(ExtractError, match="does not exist; make it first"):
        write_files(GAZA, demo_reader, tmp_path / "no" / "x.csv")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.none(), min_size=1, max_size=20))
def test_disarmed_text_starts_no_formula_and_is_restored_by_removing_one_apostrophe(values: list[str | None]) -> None:
    frame = pl.DataFrame({"text": values}, schema={"text": pl.String})
    disarmed = flat(frame)["text"]
    assert not any(v is not None and v.startswith(tuple(s for s in FORMULA_STARTS if s != "'")) for v in disarmed)
    assert disarmed.str.strip_prefix("'").to_list() == values


def test_numbers_are_left_alone_and_dangerous_headers_are_disarmed() -> None:
    frame = flat(pl.DataFrame({"=cmd": [-1.5, 2.0], "n": [-3, 4]}))
    assert frame.columns == ["'=cmd", "n"]
    assert frame["n"].to_list() == [-3, 4]


def test_a_formula_from_a_source_stays_text_in_csv(demo_reader: Reader) -> None:
    frame = pl.DataFrame({"place": ["=HYPERLINK(1)", "@x", "-1", "Rafah", "+٣"]})
    assert flat(frame)["place"].to_list() == ["'=HYPERLINK(1)", "'@x", "'-1", "Rafah", "'+٣"]
