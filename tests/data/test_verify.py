"""civharm verify: an untouched extract is identical, and whatever was changed is named."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from warehouse.connection import Reader
from warehouse.extracts import CannotBeSaidError, Request, Verdict, download, formats_of, verify, write_files
from warehouse.extracts.files import manifest_path
from warehouse.filters import Filters

SMALL = Filters(country=("PSE",), minimum_civilians_killed=20)
EVERY = [(contents, chosen) for contents in ("incidents", "casualties", "all") for chosen in formats_of(contents)]


@pytest.fixture
def written(demo_reader: Reader, tmp_path: Path) -> Callable[..., Path]:
    """Writes an extract and returns its path."""

    def write(name: str = "x.csv", **of_request: object) -> Path:
        path = tmp_path / name
        write_files(Request(SMALL, **of_request), demo_reader, path)  # type: ignore[arg-type]
        return path

    return write


@pytest.mark.parametrize(("contents", "chosen"), EVERY, ids=[f"{c}{f.suffix}" for c, f in EVERY])
def test_what_was_written_is_identical(
    demo_reader: Reader, written: Callable[..., Path], tmp_path: Path, contents: str, chosen: object
) -> None:
    suffix = chosen.suffix  # type: ignore[attr-defined]
    verdict = verify(written(f"x{suffix}", contents=contents), demo_reader.folder)
    assert verdict == Verdict(True, demo_reader.build_id, verdict.rows, ())
    assert verdict.rows > 10
    if not chosen.carries_manifest:  # type: ignore[attr-defined]
        (tmp_path / "app.zip").write_bytes(download(Request(SMALL, contents=contents), demo_reader, chosen))  # type: ignore[arg-type]
        assert verify(tmp_path / "app.zip", demo_reader.folder).is_identical


def changed_cell(frame: pl.DataFrame) -> pl.DataFrame:
    number = pl.when(pl.int_range(pl.len()) == 3).then(pl.lit("999")).otherwise("civilians_killed_high")
    return frame.with_columns(number.alias("civilians_killed_high"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (changed_cell, "1 row is changed: {3} (civilians_killed_high)."),
        (lambda f: f[1:], "1 row is missing: {0}."),
        (lambda f: pl.concat([f, f[:1].with_columns(incident_id=pl.lit("new"))]), "1 row is added: new."),
        (lambda f: pl.concat([f, f[:1]]), "1 row is there more than once: {0}."),
        (lambda f: f.drop("place"), "Columns missing: place."),
        (lambda f: f.with_columns(mine=pl.lit(1)), "Columns added: mine."),
        (lambda f: f.reverse(), "The rows are in another order."),
        (lambda f: f, "Every row and cell is what the build gives: the file was saved anew."),
        (lambda f: f.drop("incident_id"), "The rows cannot be compared without incident_id."),
    ],
    ids=["cell", "removed", "added", "twice", "column-less", "column-more", "order", "saved-anew", "no-key"],
)
def test_a_changed_csv_says_which_rows(
    demo_reader: Reader, written: Callable[..., Path], change: Callable[[pl.DataFrame], pl.DataFrame], says: str
) -> None:
    path = written()
    rows = pl.read_csv(path, infer_schema=False)
    change(rows).write_csv(path, quote_style="always")
    verdict = verify(path, demo_reader.folder)
    assert not verdict.is_identical
    assert verdict.said[0] == "The bytes of x.csv are not those that its manifest states."
    assert verdict.said[-1] == says.format(*rows["incident_id"])


def test_many_changed_rows_are_counted_and_the_first_named(demo_reader: Reader, written: Callable[..., Path]) -> None:
    path = written()
    rows = pl.read_csv(path, infer_schema=False)
    rows.with_columns(pl.col("date_start").str.replace_all("-", "/")).write_csv(path)
    dated = rows.drop_nulls("date_start")["incident_id"]
    first = "; ".join(f"{name} (date_start)" for name in dated[:5])
    assert verify(path, demo_reader.folder).said[-1] == (
        f"{dated.len()} rows are changed: {first}; and {dated.len() - 5} more."
    )


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".geojson", ".geoparquet"])
def test_a_changed_cell_is_found_in_every_format(
    demo_reader: Reader, written: Callable[..., Path], suffix: str
) -> None:
    path = written(f"x{suffix}")
    content = path.read_bytes()
    if suffix.endswith("parquet"):
        frame = pl.read_parquet(path)
        frame.with_columns(place=pl.lit("elsewhere")).write_parquet(path)
    else:
        path.write_bytes(content.replace(b'"country":"PSE"', b'"country":"ISR"', 1))
    said = verify(path, demo_reader.folder).said[-1]
    assert "changed" in said
    assert ("(place)" if suffix.endswith("parquet") else "(country)") in said


def test_a_moved_point_is_found(demo_reader: Reader, written: Callable[..., Path]) -> None:
    path = written("x.geojson")
    held = json.loads(path.read_bytes())
    moved = next(feature for feature in held["features"] if feature["geometry"])
    moved["geometry"]["coordinates"][0] += 1
    path.write_text(json.dumps(held), encoding="utf-8")
    assert verify(path, demo_reader.folder).said[-1] == f"1 row is changed: {moved['id']} (geometry)."


def test_a_damaged_file_is_named(demo_reader: Reader, written: Callable[..., Path]) -> None:
    path = written("x.parquet")
    path.write_bytes(path.read_bytes()[:-100])
    assert verify(path, demo_reader.folder).said[-1].startswith("x.parquet cannot be read: ")


@pytest.mark.parametrize(("key", "value"), [("row_count", 3), ("filter", "All incidents"), ("synthetic", False)])
def test_a_wrong_manifest_is_found(demo_reader: Reader, written: Callable[..., Path], key: str, value: object) -> None:
    path = written()
    beside = manifest_path(path)
    manifest = json.loads(beside.read_bytes())
    beside.write_text(json.dumps(manifest | {key: value}), encoding="utf-8")
    (said,) = verify(path, demo_reader.folder).said
    assert said.startswith(f"The manifest states {key} {json.dumps(value)}, the build gives ")
    assert json.dumps(manifest[key], ensure_ascii=False)[:60] in said


def test_a_changed_workbook_is_found(demo_reader: Reader, written: Callable[..., Path]) -> None:
    path = written("x.xlsx")
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/sharedStrings.xml"]
    parts["xl/sharedStrings.xml"] = sheet.replace(b"<t>neighbourhood</t>", b"<t>exact_location</t>", 1)
    assert parts["xl/sharedStrings.xml"] != sheet
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    assert "(geo_precision)" in verify(path, demo_reader.folder).said[0]


def test_a_changed_file_of_a_package_is_named(demo_reader: Reader, written: Callable[..., Path]) -> None:
    path = written("x.zip", contents="all")
    with zipfile.ZipFile(path) as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    casualty = pl.read_csv(parts["demo/casualty.csv"], infer_schema=False)
    changed = io.BytesIO()
    casualty.with_columns(pl.lit("987").alias("best")).write_csv(changed)
    del parts["demo/unit.csv"]
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in (parts | {"demo/casualty.csv": changed.getvalue()}).items():
            bundle.writestr(name, content)
    said = verify(path, demo_reader.folder).said
    assert said[0] == "The bytes of demo/casualty.csv are not those that its manifest states."
    assert "The file demo/unit.csv is missing." in said
    (changes,) = (line for line in said if line.startswith("demo/casualty.csv: "))
    assert f"{casualty.height} rows are changed" in changes
    assert "(best)" in changes


def test_what_cannot_be_said(demo_reader: Reader, written: Callable[..., Path], tmp_path: Path) -> None:
    def refused(path: Path, folder: Path = demo_reader.folder) -> str:
        with pytest.raises(CannotBeSaidError) as caught:
            verify(path, folder)
        return str(caught.value)

    path = written()
    assert f"The build {demo_reader.build_id} is gone from {tmp_path}" in refused(path, tmp_path)
    assert "still has the hash" in refused(path, tmp_path)
    path.write_text("changed", encoding="utf-8")
    assert "The bytes of x.csv are not those" in refused(path, tmp_path)
    assert "does not exist" in refused(tmp_path / "no.csv")
    manifest_path(path).unlink()
    assert "x.csv.manifest.json is not beside x.csv" in refused(path)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as bundle:
        bundle.writestr("a.txt", "")
    assert "holds no manifest" in refused(tmp_path / "other.zip")
