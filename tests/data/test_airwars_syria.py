"""The airwars source on the archive of Syria: made-up rows and, where it is there, the real export."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.pipeline import Source, canonical_frames
from transforms.source import FILE, REFUSED_SCHEMA, ROW, Canonical, canonical_columns
from transforms.sources import airwars, airwars_syria_terms
from transforms.sources.airwars_syria_incidents import casualties
from warehouse.errors import InputError

Row = Mapping[str, str]
KNOWN_ON = date(2026, 8, 2)
TODAY = date(2026, 11, 24)

INCIDENT_COLUMNS = (*airwars_syria_terms.INCIDENTS_USED, *airwars_syria_terms.INCIDENTS_LEFT_OUT)
SOURCE_COLUMNS = (*airwars_syria_terms.SOURCES_USED, *airwars_syria_terms.SOURCES_LEFT_OUT)
INCIDENT = {
    "incident_code": "MADE001",
    "airwars_id": "1",
    "url": "https://airwars.org/civilian-casualties/made001/",
    "incident_date": "2017-05-02",
    "date_type": "date",
    "published": "2017-05-02",
    "location_ar": "قرية",
    "location_en": "Made-up village",
    "region": "Hasakah",
    "country": "Syria",
    "geolocation_accuracy": "village",
    "latitude": "36.5",
    "longitude": "40.75",
    "belligerents": "Russian Military, U.S.-led Coalition",
    "civilian_harm_reported": "Yes",
    "civilian_harm_status": "Fair",
    "civ_killed_min": "1.0",
    "civ_killed_max": "2.0",
    "first_reported_by": "SECRET",
    "n_victims": "SECRET",
}
SOURCE = {
    "airwars_id": "1",
    "incident_code": "MADE001",
    "name": "'@SyriaCivilDefe",
    "language_platform": "Twitter\nArabic",
    "source_date": "",
    "url": "https://twitter.com/SyriaCivilDefe/status/1",
    "archive_url": "https://archive.is/aaaaa",
}


def write(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def export(folder: Path, incidents: Sequence[Row] | None = None, sources: Sequence[Row] | None = None) -> Path:
    """A made-up export; each given row changes or adds fields of the pattern rows above."""
    write(folder / "incidents.csv", INCIDENT_COLUMNS, [{**INCIDENT, **row} for row in incidents or [{}]])
    write(folder / "sources.csv", SOURCE_COLUMNS, [{**SOURCE, **row} for row in sources or [{}]])
    return folder


def load(folder: Path) -> Canonical:
    return airwars.transform(airwars.read(folder, KNOWN_ON))


def incident(tmp_path: Path, **fields: str) -> dict[str, Any]:
    return load(export(tmp_path, [fields])).tables["incident"].row(0, named=True)


def report(tmp_path: Path, **fields: str) -> dict[str, Any]:
    return load(export(tmp_path, sources=[fields])).tables["report"].row(0, named=True)


def test_tables_keep_to_the_declaration(tmp_path: Path) -> None:
    loaded = load(export(tmp_path, [{"cause": "Incendiary", "men_killed_min": "1.0"}]))
    for name, frame in loaded.tables.items():
        declared = canonical_columns(name)
        assert frame.height, name
        assert set(frame.columns) - {FILE, ROW} <= set(declared), name
        assert {c: frame.schema[c] for c in declared if c in frame.columns} == {
            c: kind for c, kind in declared.items() if c in frame.columns
        }
    assert dict(loaded.refused.schema) == REFUSED_SCHEMA


def test_the_header_tells_the_form_of_export(tmp_path: Path) -> None:
    dataset = airwars.read(export(tmp_path), KNOWN_ON).dataset
    assert (dataset.dataset_id, dataset.title) == ("airwars-syria", "Airwars assessments: Syria")
    assert (dataset.known_on, dataset.is_snapshot) == (KNOWN_ON, True)


def test_an_incident(tmp_path: Path) -> None:
    row = incident(tmp_path)
    assert (row["incident_id"], row["public_code"]) == ("airwars-syria:1", "MADE001")
    assert (row["country"], row["admin1"]) == ("SYR", "Al Hassakah")
    assert row["place"] == "Made-up village, Hasakah, قرية"
    assert (row["latitude"], row["longitude"], row["geo_precision"]) == (36.5, 40.75, "village")
    assert (row["date_start"], row["date_end"], row["date_precision"]) == (date(2017, 5, 2), date(2017, 5, 2), "day")
    assert row["belligerent"] == ["Russian Military", "U.S.-led Coalition"]
    assert (row["belligerent_basis"], row["partner_country"]) == ("unknown", None)
    assert (row["strike_type"], row["strike_status"], row["harm_status"]) == (["unknown"], "unknown", "fair")


@pytest.mark.parametrize(
    ("fields", "column", "value"),
    [
        ({"belligerents": "YPG, Turkish Military"}, "partner_country", "TUR"),
        ({"belligerents": "Israeli Military, Turkish Military"}, "partner_country", "ISR"),
        ({"belligerents": ""}, "belligerent", None),
        ({"latitude": "", "longitude": ""}, "geo_precision", "unknown"),
        ({"geolocation_accuracy": ""}, "geo_precision", "unknown"),
        ({"geolocation_accuracy": "within_1m"}, "geo_precision", "exact_location"),
        ({"region": "", "location_en": "", "location_ar": ""}, "place", None),
        ({"region": "Al-Hasakah and Deir Ezzor"}, "admin1", None),
        ({"strike_type": "Drone Strike, Airstrike"}, "strike_type", ["drone_strike", "airstrike"]),
        ({"civilian_harm_status": "Contested, Discounted"}, "harm_status", "contested"),
        ({"civilian_harm_status": "Contested, Discounted"}, "harm_status_raw", "Contested, Discounted"),
        ({"civilian_harm_status": ""}, "harm_status", "not_assessed"),
        ({"infrastructure": "Equipment / Machinery, Car"}, "infrastructure", ["Equipment / Machinery", "Car"]),
        ({"observations": "Double Tap Strike, In a Vehicle"}, "observations", ["double-tap-strike", "in-a-vehicle"]),
        ({"civilian_harm_reported": "No"}, "observations", ["no-civilian-harm-reported"]),
        ({"observations": ""}, "observations", None),
        ({"published": "2017-05-01"}, "published_on", date(2017, 5, 1)),
    ],
)
def test_fields(tmp_path: Path, fields: dict[str, str], column: str, value: object) -> None:
    assert incident(tmp_path, **fields)[column] == value


@pytest.mark.parametrize(
    ("start", "end", "kind", "expected"),
    [
        ("2017-05-02", "2017-05-04", "date_range", (date(2017, 5, 2), date(2017, 5, 4), "range")),
        ("2017-05-02", "2017-05-04", "date", (date(2017, 5, 2), date(2017, 5, 4), "range")),
        ("2017-05-02", "2017-05-02", "date_range", (date(2017, 5, 2), date(2017, 5, 2), "day")),
        ("2017-05-02", "", "date_range", (date(2017, 5, 2), None, "range")),
        ("2017-05-02", "", "", (date(2017, 5, 2), date(2017, 5, 2), "day")),
        ("", "", "date", (None, None, "unknown")),
        ("1970-01-01", "", "date", (None, None, "unknown")),
    ],
)
def test_dates(tmp_path: Path, start: str, end: str, kind: str, expected: tuple[date | None, date | None, str]) -> None:
    row = incident(tmp_path, incident_date=start, incident_date_end=end, date_type=kind)
    assert (row["date_start"], row["date_end"], row["date_precision"]) == expected


def test_the_raw_text_says_what_was_given_and_what_was_not_taken_for_a_date(tmp_path: Path) -> None:
    assert incident(tmp_path, incident_date="1970-01-01")["date_raw"].startswith("1970-01-01 [day 0 of Unix time")
    assert incident(tmp_path, incident_date_end="2017-05-04")["date_raw"] == "2017-05-02 to 2017-05-04"
    assert incident(tmp_path, date_type="date_range")["date_raw"] == "2017-05-02 [a range, its end is not given]"
    assert incident(tmp_path, incident_date="")["date_raw"] is None


def test_two_incidents_with_one_public_code_stay_two(tmp_path: Path) -> None:
    rows = load(export(tmp_path, [{}, {"airwars_id": "2"}])).tables["incident"]
    assert rows["incident_id"].to_list() == ["airwars-syria:1", "airwars-syria:2"]
    assert rows["public_code"].to_list() == ["MADE001", "MADE001"]


def numbers(tmp_path: Path, **fields: str) -> dict[tuple[str, str], tuple[int | None, int | None, str | None]]:
    rows = load(export(tmp_path, [fields])).tables["casualty"]
    assert rows["best"].null_count() == rows.height
    return {(r["group"], r["harm"]): (r["low"], r["high"], r["raw_text"]) for r in rows.iter_rows(named=True)}


def test_unknown_is_not_zero_and_one_end_alone_stays_alone(tmp_path: Path) -> None:
    assert numbers(tmp_path, civ_killed_min="", civ_killed_max="") == {
        ("civilians", "killed"): (None, None, None),
        ("civilians", "injured"): (None, None, None),
    }
    found = numbers(tmp_path, civ_killed_min="0.0", civ_killed_max="3.0", military_injured_min="2.0",
                    women_injured_max="1.0")  # fmt: skip
    assert found == {
        ("civilians", "killed"): (0, 3, "0.0 to 3.0"),
        ("civilians", "injured"): (None, None, None),
        ("belligerents", "injured"): (2, None, "2.0 to not given"),
        ("women", "injured"): (None, 1, "not given to 1.0"),
    }


@given(st.integers(0, 999_999_999), st.integers(0, 999_999_999))
def test_a_written_number_comes_back(low: int, high: int) -> None:
    counts = [c for c in INCIDENT_COLUMNS if c.endswith(("_min", "_max"))]
    written = {c: f"{low if c.endswith('_min') else high}.0" for c in counts}
    row = pl.DataFrame([written | {"incident_id": "x", ROW: 1}])
    assert set(casualties(row, "incidents.csv").select("low", "high").rows()) == {(low, high)}


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"civ_killed_min": "several"}, "incident.civ_killed_min_readable"),
        ({"military_injured_max": "1.5"}, "incident.military_injured_max_readable"),
        ({"incident_date": "May 2017"}, "incident.incident_date_readable"),
        ({"published": "2017-02-30"}, "incident.published_readable"),
        ({"latitude": "north"}, "incident.latitude_readable"),
    ],
)
def test_one_unreadable_row_is_refused_and_the_others_are_loaded(
    tmp_path: Path, fields: dict[str, str], rule: str
) -> None:
    loaded = load(export(tmp_path, [fields, {"airwars_id": "2"}], [{"airwars_id": "2"}]))
    assert loaded.refused.select(FILE, ROW, "rule").rows() == [("incidents.csv", 1, rule)]
    for name in ("incident", "casualty"):
        assert set(loaded.tables[name]["incident_id"]) == {"airwars-syria:2"}, name


def test_what_breaks_a_rule_goes_to_quarantine_with_its_sources(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"longitude": "4239.00416"},
        {"airwars_id": "2", "men_killed_min": "4.0", "men_killed_max": "2.0"},
        {"airwars_id": "3", "incident_date_end": "2017-03-02"},
        {"airwars_id": "4"},
    ]
    folder = export(tmp_path, rows, [{}, {"airwars_id": "4"}])
    frames = canonical_frames([Source("airwars", folder)], lambda _: None, KNOWN_ON, TODAY)
    assert frames["incident"]["incident_id"].to_list() == ["airwars-syria:4"]
    assert frames["quarantine"].sort("file", "row_number").select("file", "row_number", "rule").rows() == [
        ("incidents.csv", 1, "incident.longitude_within_bounds"),
        ("incidents.csv", 2, "casualty.low_best_high_ordered"),
        ("incidents.csv", 3, "incident.dates_ordered"),
        ("sources.csv", 1, "incident_report.incident_id_references_incident"),
    ]
    assert not frames["quarantine"]["raw"].str.contains("SECRET|SyriaCivilDefe").any()


def test_an_identifier_given_twice_is_refused_the_second_time(tmp_path: Path) -> None:
    folder = export(tmp_path, [{}, {"location_en": "Another village"}])
    frames = canonical_frames([Source("airwars", folder)], lambda _: None, KNOWN_ON, TODAY)
    assert frames["incident"].select("incident_id", "report_count").rows() == [("airwars-syria:1", 1)]
    assert frames["quarantine"].select("file", "row_number", "rule").rows() == [
        ("incidents.csv", 2, "incident.key_is_unique")
    ]


def weapons(tmp_path: Path, **fields: str) -> list[tuple[str, str]]:
    rows = load(export(tmp_path, [fields])).tables["incident_weapon"]
    assert set(rows["confidence"]) <= {"possible"}
    return rows.select("weapon_id", "raw_text").sort("weapon_id").rows()


def test_weapons_that_tags_name(tmp_path: Path) -> None:
    cause = "Chemical, Biological, Radiological, Nuclear (CBRN), Small arms and light weapons, Incendiary"
    assert weapons(tmp_path, cause=cause, observations="Cluster Munitions, Debris") == [
        ("system:cluster_munition", "Cluster Munitions"),
        ("system:incendiary", "Incendiary"),
        ("system:small_arms", "Small arms and light weapons"),
    ]
    assert weapons(tmp_path, munition_model='"Shahed-136 series"') == [("shahed-136", '"Shahed-136 series"')]
    assert weapons(tmp_path, cause="Heavy weapons and explosive munitions, Unknown") == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("organisation", "civil_society", "Syria Civil Defence", "@SyriaCivilDefe", None, "Twitter")),
        ({"name": "'@somebody", "url": "https://twitter.com/somebody/status/1"},
         ("personal", "social_media", None, None, "@somebody", "Twitter")),
        ({"name": "Step News Agency (2)", "url": "https://www.facebook.com/permalink.php?story_fbid=1&id=2"},
         ("organisation", "media", "Step News Agency", "Step News Agency (2)", None, "Facebook")),
        ({"name": "Made Up Author", "url": "https://www.shaam.org/1"},
         ("not_social_media", "media", "Shaam News Network", None, "Made Up Author", "Web")),
        ({"name": "Somebody", "url": "hEuphratesttps://sana.example/1", "language_platform": "Arabic"},
         ("personal", "unknown", None, None, "Somebody", None)),
    ],
)  # fmt: skip
def test_who_speaks(tmp_path: Path, fields: dict[str, str], expected: tuple[str | None, ...]) -> None:
    row = report(tmp_path, **fields)
    assert tuple(row[c] for c in ("account_kind", "source_type", "publisher", "title", "account_name", "platform")) == (
        expected
    )


@pytest.mark.parametrize(
    ("text", "day"), [("2 مارس 2026", date(2026, 3, 2)), ("March 2, 2026", date(2026, 3, 2)), ("yesterday", None)]
)
def test_the_day_of_a_source_and_the_raw_text_beside_it(tmp_path: Path, text: str, day: date | None) -> None:
    row = report(tmp_path, source_date=text)
    assert (row["published_on"], row["raw_text"]) == (day, f"Date as given: {text}")


def test_a_report_has_the_first_day_that_a_row_with_its_address_states(tmp_path: Path) -> None:
    rows = load(export(tmp_path, sources=[{}, {"source_date": "2 مارس 2026"}])).tables["report"]
    assert rows["report_id"].n_unique() == 1
    assert set(rows["published_on"]) == {date(2026, 3, 2)}


def test_languages_and_platforms_stand_in_one_cell(tmp_path: Path) -> None:
    assert report(tmp_path, language_platform="Facebook Kurdish")["language"] == "Kurdish"
    assert report(tmp_path, language_platform="—")["language"] is None


class TestAddressesThatLeadToNoReport:
    SUSPENDED = "https://twitter.com/account/suspended"

    def test_posts_of_suspended_accounts_stay_apart(self, tmp_path: Path) -> None:
        sources = [{"url": self.SUSPENDED, "archive_url": f"https://archive.is/{i}"} for i in "ab"]
        rows = load(export(tmp_path, sources=sources)).tables["report"]
        assert rows["report_id"].n_unique() == 2
        assert rows["url"].to_list() == [None, None]
        assert rows["archive_url"].to_list() == ["https://archive.is/a", "https://archive.is/b"]
        assert set(rows["raw_text"]) == {f"Address as given: {self.SUSPENDED}"}

    def test_the_incidents_own_page_is_no_address(self, tmp_path: Path) -> None:
        own = INCIDENT["url"]
        sources = [{"name": "Kurdish Red Crescent", "url": own, "archive_url": own, "language_platform": ""},
                   {"name": "", "url": own, "archive_url": own}]  # fmt: skip
        loaded = load(export(tmp_path, sources=sources))
        row = loaded.tables["report"].row(0, named=True)
        assert (row["publisher"], row["url"], row["archive_url"]) == ("Kurdish Red Crescent", None, None)
        assert row["raw_text"] == f"Address as given: {own}\nArchived copy as given: {own}"
        assert loaded.refused.select(FILE, ROW, "rule").rows() == [("sources.csv", 2, "report.address_given")]

    def test_the_form_for_a_copy_is_no_copy(self, tmp_path: Path) -> None:
        row = report(tmp_path, archive_url="http://archive.fo/submit/")
        assert (row["url"], row["archive_url"]) == (SOURCE["url"], None)


def test_report_ids_stay_the_same(tmp_path: Path) -> None:
    assert report(tmp_path)["report_id"] == "airwars-syria:4e7e64b49c34be80"


def test_what_may_name_people_is_never_loaded(tmp_path: Path) -> None:
    loaded = load(export(tmp_path))
    for name, frame in loaded.tables.items():
        assert "SECRET" not in frame.write_json(), name
    restricted = {file.name: file.restricted for file in loaded.files}
    assert restricted["sources.csv"] == {"name", "url", "archive_url"}
    assert restricted["incidents.csv"] == {"first_reported_by", "n_victims"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("date_type", "month"),
        ("region", "Atlantis"),
        ("country", "Atlantis"),
        ("geolocation_accuracy", "somewhere"),
        ("belligerents", "Russian Military, Martians"),
        ("strike_type", "Airstrike, Laser"),
        ("strike_status", "Probable strike"),
        ("civilian_harm_reported", "Perhaps"),
        ("civilian_harm_status", "Good"),
        ("cause", "Chemical, Biological, Radiological, Nuclear (CBRN), Laser"),
        ("infrastructure", "Education, Spaceport"),
        ("observations", "Debris, Smoke"),
        ("munition_model", "Raygun"),
    ],
)
def test_an_unlisted_category_stops_the_load_and_is_named_with_its_count(
    tmp_path: Path, column: str, value: str
) -> None:
    rows: list[Row] = [{column: value}, {column: value, "airwars_id": "2"}]
    with pytest.raises(InputError) as error:
        load(export(tmp_path, rows))
    last = value.rpartition(", ")[2]
    assert f"column {column} holds '{last}' (2 times), not listed in transforms/sources/airwars_syria_terms" in str(
        error.value
    )


def test_an_unlisted_language_stops_the_load(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"sources.csv: the column language_platform holds 'Klingon' \(1 times\)"):
        load(export(tmp_path, sources=[{"language_platform": "Twitter\nKlingon"}]))


def test_a_new_column_stops_the_load(tmp_path: Path) -> None:
    write(export(tmp_path) / "incidents.csv", (*INCIDENT_COLUMNS, "victims"), [INCIDENT])
    with pytest.raises(InputError, match="the column victims is not known"):
        load(tmp_path)


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "airwars_syria"


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Canonical:
    return airwars.transform(airwars.read(folder, None))


@pytest.fixture(scope="module")
def frames(folder: Path) -> dict[str, pl.DataFrame]:
    return canonical_frames([Source("airwars", folder)], lambda _: None, None, TODAY)


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[dict[str, str]]:
    """The incidents as Python's own CSV reader sees them."""
    with (folder / "incidents.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestRealExport:
    """What an independent count says of the 8,114 incidents of the archive."""

    def test_data_set(self, loaded: Canonical) -> None:
        assert loaded.dataset.dataset_id == "airwars-syria"
        assert (loaded.dataset.known_on, loaded.dataset.retrieved_on) == (date(2026, 8, 2), date(2026, 11, 24))

    def test_incidents(self, loaded: Canonical) -> None:
        found = loaded.tables["incident"]
        assert found.height == found["incident_id"].n_unique() == 8_114
        assert found["public_code"].n_unique() == 8_112
        assert found["latitude"].null_count() == found["longitude"].null_count() == 1_432
        assert (found["longitude"] > 180).sum() == 1
        assert found["date_start"].null_count() == 3
        assert (found["published_on"] < found["date_start"]).sum() == 48
        assert (found["published_on"] == found["date_start"]).sum() == 7_664
        assert dict(found.group_by("date_precision").len().iter_rows()) == {"day": 7_962, "range": 149, "unknown": 3}

    def test_categories(self, loaded: Canonical) -> None:
        found = loaded.tables["incident"]
        assert dict(found.group_by("harm_status").len().iter_rows()) == {
            "contested": 3_529, "fair": 3_194, "weak": 908, "confirmed": 214, "discounted": 139, "not_assessed": 130
        }  # fmt: skip
        assert dict(found.group_by("partner_country").len().iter_rows()) == {
            None: 7_142, "TUR": 882, "ISR": 80, "JOR": 9, "GBR": 1
        }  # fmt: skip
        lists = found["belligerent"].list.join(", ")
        assert (lists == "Russian Military").sum() == 4_735
        assert (lists == "U.S.-led Coalition").sum() == 1_967
        assert (lists == "Russian Military, U.S.-led Coalition").sum() == 149
        assert lists.null_count() == 35
        assert found["observations"].list.contains("no-civilian-harm-reported").sum() == 31

    @pytest.mark.parametrize(
        ("group", "harm", "prefix", "low", "high", "unknown"),
        [
            ("civilians", "killed", "civ_killed", 25_535, 41_117, 1_349),
            ("civilians", "injured", "civ_injured", 33_660, 58_567, 2_082),
            ("children", "killed", "children_killed", 6_256, 8_241, 5_364),
            ("men", "killed", "men_killed", 5_635, 6_133, 5_432),
            ("women", "injured", "women_injured", 855, 960, 7_577),
            ("belligerents", "killed", "military_killed", 764, 1_702, 7_870),
        ],
    )
    def test_people(
        self,
        loaded: Canonical,
        rows: list[dict[str, str]],
        group: str,
        harm: str,
        prefix: str,
        low: int,
        high: int,
        unknown: int,
    ) -> None:
        found = loaded.tables["casualty"].filter((pl.col("group") == group) & (pl.col("harm") == harm))
        assert (found["low"].sum(), found["high"].sum()) == (low, high)
        assert 8_114 - found["low"].count() == unknown
        # The same from the file, by other means.
        assert sum(float(row[f"{prefix}_min"] or 0) for row in rows) == low
        assert sum(float(row[f"{prefix}_max"] or 0) for row in rows) == high
        assert sum(row[f"{prefix}_min"] == "" for row in rows) == unknown

    def test_what_is_loaded_and_what_is_refused(self, frames: dict[str, pl.DataFrame]) -> None:
        counts = frames["dataset"].select("rows_read", "rows_loaded", "rows_quarantined").row(0)
        assert counts == (8_114 + 50_326, 58_335, 105)
        assert dict(frames["quarantine"].group_by("file", "rule").len().sort("file", "rule").rows_by_key("rule")) == {
            "casualty.low_best_high_ordered": [("incidents.csv", 8)],
            "incident.dates_ordered": [("incidents.csv", 1)],
            "incident.longitude_within_bounds": [("incidents.csv", 1)],
            "incident_report.incident_id_references_incident": [("sources.csv", 48)],
            "report.address_given": [("sources.csv", 45)],
            "report.published_on_not_in_future": [("sources.csv", 2)],
        }
        found = frames["incident"]
        assert found.height == 8_104
        assert found["civilians_killed_low"].sum() == 25_508
        assert found["civilians_killed_high"].sum() == 41_072
        assert found["civilians_killed_low"].null_count() == 1_348

    def test_sources(self, loaded: Canonical) -> None:
        reports, links = loaded.tables["report"], loaded.tables["incident_report"]
        assert reports.height == links.height == 50_326 - 45
        assert links["incident_id"].n_unique() == 3_718
        assert reports.drop(FILE, ROW).unique().height == reports["report_id"].n_unique()
        assert not reports["url"].str.contains("account/suspended").any()
        assert reports.filter(pl.col("raw_text").str.contains("account/suspended")).height == 43

    def test_every_date_of_a_source_is_read(self, loaded: Canonical, folder: Path) -> None:
        with (folder / "sources.csv").open(encoding="utf-8", newline="") as file:
            dated = [number for number, row in enumerate(csv.DictReader(file), start=1) if row["source_date"]]
        assert len(dated) == 1_727
        found = loaded.tables["report"].filter(pl.col(ROW).is_in(dated))
        unknown = found.filter(pl.col("published_on").is_null())
        assert unknown["raw_text"].str.contains(" 0399").to_list() == [True], "no source is of the year 399"
        assert found["raw_text"].str.contains("Date as given: ").all()

    def test_a_personal_account_is_in_the_restricted_column_only(self, loaded: Canonical) -> None:
        personal = loaded.tables["report"].filter(pl.col("account_kind") == "personal")
        assert personal.height > 20_000
        assert personal["publisher"].null_count() == personal["title"].null_count() == personal.height
