"""The strike_footage source, on made-up rows and, where it is there, on the real file."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.pipeline import Source, canonical_frames
from transforms.source import FILE, ROW, Canonical, Raw, canonical_columns, raw_file
from transforms.sources import strike_footage
from warehouse.errors import InputError

Row = Mapping[str, str]
KNOWN_ON = date(2024, 10, 20)
TODAY = date(2026, 11, 24)

COLUMNS = (*strike_footage.USED, *strike_footage.LEFT_OUT)
REVIEW = strike_footage.REVIEW
MATCHED = {
    "Post Date": "October 9 2023",
    "Incident date": "October 8 2023",
    "Title": "Strike on a made-up tower",
    "Civilians reported killed": "4",
    "Location": "Made-up tower, Gaza",
    "Airwars ref code": "MADE0001\n",
    "Airwars link": "https://airwars.org/civilian-casualties/made0001-october-8-2023/ ",
    "lat": "31.500000000000",
    "lon": "34.45",
    "Footage link": "https://x.com/IAFsite/status/1?s=20 ",
    "Timestamp of clip": "0:07",
    "External Geolocation Credit": "https://x.com/SECRET",
}
UNMATCHED = {
    "Post Date": "October 10,2023",
    "lat": "31.51",
    "lon": "34.46",
    "Footage link": "https://www.youtube.com/watch?v=made",
    "Unmatched ID": "UM1",
    "Group ID": "2",
}


def write(folder: Path, *rows: Row, columns: tuple[str, ...] = COLUMNS) -> Path:
    with (folder / "data.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def load(folder: Path) -> Canonical:
    return strike_footage.transform(strike_footage.read(folder, KNOWN_ON))


def report(tmp_path: Path, **fields: str) -> dict[str, Any]:
    return load(write(tmp_path, MATCHED | fields)).tables["report"].row(0, named=True)


def test_tables_keep_to_the_contract(tmp_path: Path) -> None:
    for name, frame in load(write(tmp_path, MATCHED, UNMATCHED)).tables.items():
        assert frame.schema == canonical_columns(name) | {FILE: pl.String(), ROW: pl.Int64()}


def test_a_matched_row_is_a_report_with_a_stated_link(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, MATCHED))
    row = loaded.tables["report"].row(0, named=True)
    assert row["report_id"] == "strike-footage:MADE0001"
    assert (row["source_type"], row["access"], row["account_kind"]) == ("foreign_government", "public", "organisation")
    assert (row["publisher"], row["platform"]) == ("Israel Defense Forces", "Twitter")
    assert row["url"] == "https://x.com/IAFsite/status/1?s=20"
    assert (row["published_on"], row["event_on"]) == (date(2023, 10, 9), date(2023, 10, 8))
    assert (row["place"], row["latitude"], row["longitude"]) == ("Made-up tower, Gaza", 31.5, 34.45)
    assert (row["reviewed_latitude"], row["reviewed_longitude"]) == (None, None)
    assert loaded.tables["incident_report"].select("incident_id", "report_id", "method", FILE, ROW).rows() == [
        ("airwars:MADE0001", "strike-footage:MADE0001", "stated", "data.csv", 1)
    ]
    assert loaded.refused.is_empty()


def test_an_unmatched_row_is_a_report_without_a_link(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, UNMATCHED, UNMATCHED | {"Unmatched ID": "UM2"}))
    rows = loaded.tables["report"]
    assert rows["report_id"].to_list() == ["strike-footage:UM1", "strike-footage:UM2"], "one clip, two strikes"
    assert rows["platform"].to_list() == ["YouTube", "YouTube"]
    assert rows["published_on"].to_list() == [date(2023, 10, 10)] * 2
    assert rows["event_on"].null_count() == 2
    assert loaded.tables["incident_report"].is_empty()


def test_the_words_of_the_row_stay(tmp_path: Path) -> None:
    assert report(tmp_path)["raw_text"].splitlines() == [
        "Post Date: October 9 2023",
        "Incident date: October 8 2023",
        "Civilians reported killed: 4",
        "Location: Made-up tower, Gaza",
        "Airwars ref code: MADE0001",
        "lat: 31.500000000000",
        "lon: 34.45",
        "Timestamp of clip: 0:07",
    ]


@pytest.mark.parametrize(
    ("posted", "happened", "day", "note"),
    [
        ("October 9", "October 8 2023", date(2023, 10, 9), "October 9 [year taken from the incident date]"),
        ("January 2", "December 31 2023", None, "January 2"),
        ("October 9", "October 8", None, "October 9"),
        ("October 9", "", None, "October 9"),
        ("", "October 8, 2023", None, None),
    ],
)
def test_a_year_is_never_invented(
    tmp_path: Path, posted: str, happened: str, day: date | None, note: str | None
) -> None:
    row = report(tmp_path, **{"Post Date": posted, "Incident date": happened})
    assert row["published_on"] == day
    assert (f"Post Date: {note}\n" in row["raw_text"]) is (note is not None)


@pytest.mark.parametrize(
    ("review", "latitude", "longitude"),
    [
        ("Coordinates are wrong. Should be changed to: 31.522, 34.462", 31.522, 34.462),
        ("20 metres off - should be 31.377,34.3185\n", 31.377, 34.3185),
        ("Looks right", None, None),
    ],
)
def test_the_review_stands_beside_what_was_stated(
    tmp_path: Path, review: str, latitude: float | None, longitude: float | None
) -> None:
    row = report(tmp_path, **{REVIEW: review})
    assert (row["latitude"], row["longitude"]) == (31.5, 34.45)
    assert (row["reviewed_latitude"], row["reviewed_longitude"]) == (latitude, longitude)
    assert f"{REVIEW}: {review.strip()}" in row["raw_text"]


@given(st.decimals(-90, 90, places=6), st.decimals(-180, 180, places=6))
def test_reviewed_coordinates_come_back(latitude: Any, longitude: Any) -> None:
    row = MATCHED | {REVIEW: f"Should be {latitude}, {longitude}."}
    frame = pl.DataFrame([{column: row.get(column) for column in COLUMNS}], schema=dict.fromkeys(COLUMNS, pl.String))
    file = raw_file(Path(__file__), frame)
    raw = Raw(strike_footage.dataset(KNOWN_ON, KNOWN_ON), (file,))
    found = strike_footage.transform(raw).tables["report"].select("reviewed_latitude", "reviewed_longitude").row(0)
    assert found == (float(latitude), float(longitude))


@pytest.mark.parametrize(
    ("fields", "rule", "value"),
    [
        ({"Airwars ref code": "", "Airwars link": ""}, "report.footage_identified", "neither"),
        ({"Airwars ref code": "see notes", "Airwars link": ""}, "report.code_readable", "see notes"),
        ({"Airwars ref code": "MADE0002"}, "report.code_agrees_with_address", "MADE0002"),
        ({"Airwars ref code": "", "Unmatched ID": "UM9"}, "report.code_agrees_with_address", "(empty)"),
        ({"Post Date": "9/10/2023"}, "report.Post Date_readable", "9/10/2023"),
        ({"Incident date": "October 8-9 2023"}, "report.Incident date_readable", "October 8-9 2023"),
        ({"lat": "north"}, "report.lat_readable", "north"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_and_the_others_are_loaded(
    tmp_path: Path, fields: dict[str, str], rule: str, value: str
) -> None:
    loaded = load(write(tmp_path, MATCHED | fields, UNMATCHED))
    assert loaded.refused.select(FILE, ROW, "rule").rows() == [("data.csv", 1, rule)]
    assert loaded.refused["reason"][0].startswith("data.csv, row 1: ")
    assert value in loaded.refused["reason"][0]
    assert loaded.tables["report"][ROW].to_list() == [2]
    assert loaded.tables["incident_report"].is_empty()


def test_what_breaks_a_rule_goes_to_quarantine_without_free_text(tmp_path: Path) -> None:
    rows = [UNMATCHED | {"lon": "340.46", "Notes": "SECRET"}, UNMATCHED | {"Unmatched ID": "UM2"}, MATCHED]
    frames = canonical_frames([Source("strike_footage", write(tmp_path, *rows))], lambda _: None, KNOWN_ON, TODAY)
    assert frames["report"]["report_id"].to_list() == ["strike-footage:UM2"]
    assert frames["quarantine"].sort("row_number").select("row_number", "rule").rows() == [
        (1, "report.longitude_within_bounds"),
        (3, "incident_report.incident_id_references_incident"),
    ]
    assert not frames["quarantine"]["raw"].str.contains("SECRET").any()


def test_credits_are_never_loaded(tmp_path: Path) -> None:
    for name, frame in load(write(tmp_path, MATCHED)).tables.items():
        assert "SECRET" not in frame.write_json(), name


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"Footage link": "https://x.com/somebody/status/1"}, "the column account holds 'somebody' (1 times)"),
        ({"Footage link": "https://x.com/"}, "the column account holds 'no account' (1 times)"),
        ({"Footage link": "https://t.me/idf/1"}, "the column host holds 't.me' (1 times)"),
        ({"Footage link": ""}, "the column host holds 'no web address' (1 times)"),
        ({"": "new"}, "holds 'new' (1 times)"),
    ],
)
def test_what_nobody_gave_a_meaning_stops_the_load(tmp_path: Path, fields: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError) as error:
        load(write(tmp_path, MATCHED | fields))
    assert sentence in str(error.value)


class TestDamagedFolders:
    def test_no_folder(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="is not a folder"):
            strike_footage.read(tmp_path / "none", KNOWN_ON)

    def test_no_rows(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="holds a header and no rows"):
            load(write(tmp_path))

    def test_a_new_column(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="the column victims is not known"):
            load(write(tmp_path, MATCHED, columns=(*COLUMNS, "victims")))

    def test_no_day_of_export(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="does not say of which day"):
            strike_footage.read(write(tmp_path, MATCHED), None)


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "airwars_idf_footage"


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Canonical:
    return strike_footage.transform(strike_footage.read(folder, None))


class TestRealExport:
    """What is known of the 66 rows."""

    def test_data_set(self, loaded: Canonical) -> None:
        assert loaded.dataset.dataset_id == "strike-footage"
        assert (loaded.dataset.known_on, loaded.dataset.retrieved_on) == (date(2024, 10, 20), date(2026, 11, 24))

    def test_rows(self, loaded: Canonical) -> None:
        rows = loaded.tables["report"]
        assert rows.height == rows["report_id"].n_unique() == 66
        assert loaded.refused.is_empty()
        assert rows["published_on"].null_count() == 0
        assert rows["raw_text"].str.contains("year taken from the incident date", literal=True).sum() == 1
        assert rows["event_on"].count() == rows["place"].count() == 17
        assert rows["latitude"].null_count() == rows["longitude"].null_count() == 0
        assert rows["reviewed_latitude"].count() == 2
        assert dict(rows.group_by("platform").len().iter_rows()) == {"Twitter": 57, "YouTube": 9}

    def test_links(self, loaded: Canonical) -> None:
        links = loaded.tables["incident_report"]
        assert links.height == links["incident_id"].n_unique() == 17
        assert links["incident_id"].str.contains(r"^airwars:ISPT\d{4}$").all()

    def test_every_link_leads_to_an_incident_of_the_data_set_on_gaza(self, folder: Path, shared_data: Path) -> None:
        sources = [Source("strike_footage", folder), Source("airwars", shared_data / "airwars_gaza")]
        frames = canonical_frames(sources, lambda _: None, None, TODAY)
        stated = (pl.col("dataset_id") == "strike-footage") & (pl.col("method") == "stated")
        links = frames["incident_report"].filter(stated)
        assert links.height == 17
        assert frames["quarantine"].filter(pl.col("dataset_id") == "strike-footage").is_empty()
