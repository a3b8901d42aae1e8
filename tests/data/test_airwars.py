"""The airwars source, on made-up rows and, where it is there, on the real export."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from transforms.source import FILE, REFUSED_SCHEMA, ROW, Canonical, canonical_columns, export_dates
from transforms.sources import airwars, airwars_terms
from warehouse.errors import InputError

Row = Mapping[str, str]
KNOWN_ON = date(2025, 1, 1)

INCIDENT_COLUMNS = (*airwars_terms.INCIDENTS_USED, *airwars_terms.INCIDENTS_LEFT_OUT)
SOURCE_COLUMNS = (*airwars_terms.SOURCES_USED, *airwars_terms.SOURCES_LEFT_OUT)
INCIDENT = {
    "page": "made0001.html",
    "url": "https://airwars.org/made0001/",
    "incident_code": "MADE0001",
    "incident_date_text": "October 7, 2023",
    "location_text": "Made-up street, Gaza City",
    "civ_killed_text": "1 – 2",
    "strike_status": "Likely strike",
    "strike_type": "Airstrike",
    "civilian_harm_reported": "Yes",
    "civilian_harm_grading": "Fair",
    "belligerent": "Israeli Military",
    "belligerent_basis": "suspected",
    "lat": "31.5",
    "lon": "34.45",
    "geo_accuracy": "Street",
    "n_geolocations": "1",
    "tax_country": "the-gaza-strip",
    "geo_notes": "SECRET NOTE",
    "time_note": "SECRET NOTE",
}
SOURCE = {
    "page": "made0001.html",
    "n": "1",
    "title": "@ShehabAgency",
    "url": "https://twitter.com/ShehabAgency/status/1",
    "tags": "Twitter|Arabic",
    "archive_url": "https://archive.is/aaaaa",
}


def write(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def export(folder: Path, incidents: list[Row] | None = None, sources: list[Row] | None = None) -> Path:
    """A made-up export; each given row changes or adds fields of the pattern rows above."""
    rows = [INCIDENT | row for row in incidents or [{}]]
    write(folder / "incidents.csv", INCIDENT_COLUMNS, rows)
    write(folder / "sources.csv", SOURCE_COLUMNS, [SOURCE | row for row in sources or [{}]])
    return folder


def load(folder: Path) -> Canonical:
    return airwars.transform(airwars.read(folder, KNOWN_ON))


def incident(tmp_path: Path, **fields: str) -> dict[str, Any]:
    return load(export(tmp_path, [fields])).tables["incident"].row(0, named=True)


def report(tmp_path: Path, **fields: str) -> dict[str, Any]:
    return load(export(tmp_path, sources=[fields])).tables["report"].row(0, named=True)


def problems(folder: Path) -> str:
    with pytest.raises(InputError) as error:
        load(folder)
    return str(error.value)


def test_tables_keep_to_the_declaration(tmp_path: Path) -> None:
    loaded = load(export(tmp_path, [{"munition_mentions": "MK 84", "bell_killed_text": "1", "men_killed_min": "1.0"}]))
    for name, frame in loaded.tables.items():
        declared = canonical_columns(name)
        assert frame.height, name
        assert set(frame.columns) - {FILE, ROW} <= set(declared), name
        assert {c: frame.schema[c] for c in declared if c in frame.columns} == {
            c: kind for c, kind in declared.items() if c in frame.columns
        }
    assert dict(loaded.refused.schema) == REFUSED_SCHEMA


def test_an_incident(tmp_path: Path) -> None:
    row = incident(tmp_path, infrastructure="Market, IDP or Refugee Camp", tax_observation="indoors|no-warning")
    assert row["incident_id"] == "airwars:MADE0001"
    assert row["public_code"] == "MADE0001"
    assert (row["country"], row["admin1"], row["partner_country"]) == ("PSE", "Gaza Strip", "ISR")
    assert (row["latitude"], row["longitude"], row["geo_precision"]) == (31.5, 34.45, "within_100m")
    assert (row["date_start"], row["date_end"], row["date_precision"]) == (date(2023, 10, 7), date(2023, 10, 7), "day")
    assert row["infrastructure"] == ["Market", "IDP or Refugee Camp"]
    assert row["observations"] == ["indoors", "no-warning"]


@pytest.mark.parametrize(
    ("fields", "column", "value"),
    [
        ({"strike_type": "Airstrike, Drone Strike"}, "strike_type", ["airstrike", "drone_strike"]),
        ({"strike_type": "Counter-Terrorism Action (Ground), Ground operation"}, "strike_type", ["ground_operation"]),
        ({"strike_type": ""}, "strike_type", ["unknown"]),
        ({"belligerent": ""}, "belligerent", None),
        ({"belligerent": ""}, "partner_country", None),
        ({"belligerent": "Palestinian Militants"}, "partner_country", None),
        ({"belligerent": "Palestinian Militants | Israeli Military"}, "partner_country", "ISR"),
        ({"belligerent_basis": ""}, "belligerent_basis", "unknown"),
        ({"lat": "", "lon": "", "geo_accuracy": ""}, "geo_precision", "unknown"),
        ({"lat": "", "lon": ""}, "geo_precision", "unknown"),
        ({"geo_accuracy": ""}, "geo_precision", "unknown"),
        ({"n_geolocations": "2"}, "geo_precision_raw", "Street [first of 2 locations]"),
        ({"incident_date_text": "October 9–10, 2023"}, "date_precision", "range"),
        ({"incident_date_text": "October 9–10, 2023"}, "date_end", date(2023, 10, 10)),
        ({"incident_date_text": "October 7, 2099"}, "date_start", date(2099, 10, 7)),
        ({"lon": "4239"}, "longitude", 4239.0),
    ],
)
def test_fields(tmp_path: Path, fields: dict[str, str], column: str, value: object) -> None:
    assert incident(tmp_path, **fields)[column] == value


def casualties(tmp_path: Path, **fields: str) -> dict[tuple[str, str], tuple[int | None, int | None, str | None]]:
    rows = load(export(tmp_path, [fields])).tables["casualty"]
    assert rows["best"].null_count() == rows.height
    return {(r["group"], r["harm"]): (r["low"], r["high"], r["raw_text"]) for r in rows.iter_rows(named=True)}


def test_unknown_numbers_have_a_row_without_numbers_and_the_raw_text(tmp_path: Path) -> None:
    assert casualties(tmp_path, civ_killed_text="Unknown", civ_injured_text="") == {
        ("civilians", "killed"): (None, None, "Unknown"),
        ("civilians", "injured"): (None, None, None),
    }


def test_zero_is_a_number(tmp_path: Path) -> None:
    found = casualties(tmp_path, civ_killed_text="0–3", bell_killed_text="0", children_killed_min="0.0",
                       children_killed_max="2.0", breakdown_text="( 0–2 children )")  # fmt: skip
    assert found[("civilians", "killed")] == (0, 3, "0–3")
    assert found[("belligerents", "killed")] == (0, 0, "0")
    assert found[("children", "killed")] == (0, 2, "( 0–2 children )")
    assert ("women", "killed") not in found


@pytest.mark.parametrize(
    ("fields", "rule", "value"),
    [
        ({"civ_killed_text": "several"}, "incident.civ_killed_text_readable", "several"),
        ({"civ_injured_text": "12+"}, "incident.civ_injured_text_readable", "12+"),
        ({"men_killed_max": "1.5"}, "incident.men_killed_max_readable", "1.5"),
        ({"incident_date_text": "early October"}, "incident.incident_date_text_readable", "early October"),
        ({"lat": "north"}, "incident.lat_readable", "north"),
    ],
)
def test_one_unreadable_row_is_refused_and_the_others_are_loaded(
    tmp_path: Path, fields: dict[str, str], rule: str, value: str
) -> None:
    good = {"page": "made0002.html", "incident_code": "MADE0002"}
    loaded = load(export(tmp_path, [fields, good], [{}, {"page": "made0002.html"}]))
    assert loaded.refused.select(FILE, ROW, "rule").rows() == [("incidents.csv", 1, rule)]
    assert value in loaded.refused["reason"][0]
    for name in ("incident", "casualty"):
        assert set(loaded.tables[name]["incident_id"]) == {"airwars:MADE0002"}, name


def test_mentioned_munitions_are_possible_claims_and_a_drone_is_none(tmp_path: Path) -> None:
    loaded = load(export(tmp_path, [{"munition_mentions": "BUNKER BUSTER|GBU 31|DRONE|GBU-31"}]))
    found = loaded.tables["incident_weapon"].select("weapon_id", "raw_text", "confidence", "basis").rows()
    assert found == [
        ("bunker-buster", "BUNKER BUSTER", "possible", "source_claim"),
        ("gbu-31", "GBU 31; GBU-31", "possible", "source_claim"),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("organisation", "media", "Shehab News Agency", None, "@ShehabAgency", "Twitter")),
        ({"url": "https://x.com/SHEHABAGENCY/status/1"}, ("organisation", "media", "Shehab News Agency", None,
                                                         "@ShehabAgency", "Twitter")),
        # The account in the address counts, not what the title says.
        ({"url": "https://x.com/somebody/status/1"}, ("personal", "social_media", None, "@ShehabAgency", None,
                                                      "Twitter")),
        ({"title": "Made Up Person", "url": "https://www.facebook.com/permalink.php?story_fbid=1&id=2"},
         ("personal", "social_media", None, "Made Up Person", None, "Facebook")),
        ({"title": "Palestine Red Crescent society", "url": "https://www.facebook.com/share/p/abc/"},
         ("organisation", "international_organization", "Palestine Red Crescent Society", None,
          "Palestine Red Crescent society", "Facebook")),
        ({"title": "Palestine TV", "url": "https://www.facebook.com/groups/1/posts/2"},
         ("personal", "social_media", None, "Palestine TV", None, "Facebook")),
        ({"title": "Made Up Author", "url": "https://www.aljazeera.net/news/1", "tags": "Arabic"},
         ("not_social_media", "media", "Al Jazeera", "Made Up Author", None, "Web")),
        ({"title": "Palestinian Ministry of Health list, July 2024", "url": "https://www.aljazeera.net/list.pdf",
          "tags": "Arabic"},
         ("not_social_media", "foreign_government", "Palestinian Ministry of Health", None,
          "Palestinian Ministry of Health list, July 2024", "Web")),
        ({"title": "July 1st, 2024", "url": "https://www.made-up.example/1", "tags": "Arabic"},
         ("not_social_media", "unknown", "made-up.example", "July 1st, 2024", None, "Web")),
        ({"title": "Somebody", "url": "https://archive.is/zzzzz", "tags": "Arabic"},
         ("personal", "unknown", None, "Somebody", None, None)),
        ({"title": "Somebody", "url": "https://web.archive.org/web/2023/https://twitter.com/idf/status/1",
          "tags": "English"},
         ("organisation", "foreign_government", "Israel Defense Forces", "Somebody", None, "Twitter")),
        ({"title": "Somebody", "url": "https://somebody.blogspot.com/1", "tags": "Arabic"},
         ("personal", "unknown", None, "Somebody", None, "Web")),
        ({"title": "", "url": "https://t.me/s/MOHMediaGaza/1", "tags": "Telegram"},
         ("organisation", "foreign_government", "Palestinian Ministry of Health", None, None, "Telegram")),
    ],
)  # fmt: skip
def test_who_speaks(tmp_path: Path, fields: dict[str, str], expected: tuple[str | None, ...]) -> None:
    row = report(tmp_path, **fields)
    columns = ("account_kind", "source_type", "publisher", "account_name", "title", "platform")
    assert tuple(row[c] for c in columns) == expected


def test_a_post_that_one_page_calls_an_organisations_is_personal_if_another_does_not(tmp_path: Path) -> None:
    url = "https://www.facebook.com/permalink.php?story_fbid=1&id=2"
    sources = [{"title": "Palestine TV", "url": url}, {"title": "Made Up Person", "url": url}]
    assert set(load(export(tmp_path, sources=sources)).tables["report"]["account_kind"]) == {"personal"}


def test_rows_with_one_address_are_one_report_with_the_first_rows_values(tmp_path: Path) -> None:
    second = {"page": "made0002.html", "incident_code": "MADE0002"}
    sources = [
        {"title": "", "url": "", "archive_url": "https://archive.is/bbbbb", "tags": "Arabic"},
        {"title": "The Telegraph News", "url": "https://archive.is/bbbbb", "tags": "English"},
        {"archive_url": "https://archive.is/first"},
        {"page": "made0002.html", "archive_url": "https://archive.is/later"},
    ]
    tables = load(export(tmp_path, [{}, second], sources)).tables
    reports, links = tables["report"], tables["incident_report"]
    assert reports.height == links.height == 4
    one, other = reports.drop(FILE, ROW).unique(maintain_order=True).iter_rows(named=True)
    assert (one["publisher"], one["url"], one["language"]) == ("The Telegraph", "https://archive.is/bbbbb", "English")
    assert other["archive_url"] == "https://archive.is/first"
    assert set(links.filter(pl.col("report_id") == other["report_id"])["incident_id"]) == {
        "airwars:MADE0001", "airwars:MADE0002"
    }  # fmt: skip


def test_report_ids_stay_the_same(tmp_path: Path) -> None:
    assert report(tmp_path)["report_id"] == "airwars-gaza:d4b8fd17dfbb958b"


def test_sources_that_cannot_be_reports_are_refused_without_their_text(tmp_path: Path) -> None:
    sources = [{}, {"title": "SECRET", "url": "", "archive_url": ""}, {"page": "none.html", "title": "SECRET"}]
    loaded = load(export(tmp_path, sources=sources))
    assert loaded.refused.select(FILE, ROW, "rule").rows() == [
        ("sources.csv", 2, "report.address_given"),
        ("sources.csv", 3, "incident_report.incident_id_references_incident"),
    ]
    assert not loaded.refused["reason"].str.contains("SECRET").any()
    restricted = {file.name: file.restricted for file in loaded.files}
    assert restricted["sources.csv"] == {"title", "url", "archive_url"}
    assert {"geo_notes", "time_note", "n_named_victims"} <= restricted["incidents.csv"]


def test_notes_that_may_name_victims_are_never_loaded(tmp_path: Path) -> None:
    for name, frame in load(export(tmp_path)).tables.items():
        assert "SECRET NOTE" not in frame.write_json(), name


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("strike_status", "Probable strike"),
        ("strike_type", "Airstrike, Laser"),
        ("civilian_harm_grading", "Good"),
        ("civilian_harm_reported", "No"),
        ("belligerent", "Israeli Military | Martians"),
        ("belligerent_basis", "guessed"),
        ("geo_accuracy", "Somewhere"),
        ("infrastructure", "Spaceport"),
        ("tax_observation", "no-warning|new-tag"),
        ("tax_country", "atlantis"),
        ("munition_mentions", "MK 84|RAYGUN"),
        ("published", "2024-01-01"),
    ],
)
def test_an_unlisted_category_stops_the_load_and_is_named_with_its_count(
    tmp_path: Path, column: str, value: str
) -> None:
    rows: list[Row] = [{column: value}, {column: value, "incident_code": "MADE0002", "page": "made0002.html"}]
    found = problems(export(tmp_path, rows))
    last = value.replace("|", ",").split(",")[-1].strip()
    assert f"column {column} holds '{last}' (2 times)" in found


def test_all_unlisted_categories_are_reported_together(tmp_path: Path) -> None:
    found = problems(export(tmp_path, [{"strike_status": "A", "geo_accuracy": "B"}], [{"tags": "Klingon"}]))
    assert [line.split(" holds")[0] for line in found.splitlines()] == [
        "incidents.csv: the column strike_status",
        "incidents.csv: the column geo_accuracy",
        "sources.csv: the column tags",
    ]


def test_a_correction_fails_once_the_source_is_repaired(tmp_path: Path) -> None:
    correction = airwars_terms.CORRECTIONS[0]
    row = {"incident_code": correction.incident_code, "incident_date_text": correction.found}
    loaded = load(export(tmp_path, [row])).tables["incident"]
    assert loaded.select("date_raw", "date_start", "date_end", "date_precision").rows() == [
        (correction.shown, date(2023, 10, 18), date(2023, 10, 19), "range")
    ]
    repaired = problems(export(tmp_path, [row | {"incident_date_text": "October 18–19, 2023"}]))
    assert "ISPT0329 now says 'October 18–19, 2023'" in repaired


class TestFilesThatCannotBeRead:
    def test_no_folder(self, tmp_path: Path) -> None:
        assert "is not a folder" in problems(tmp_path / "none")

    def test_a_folder_without_the_files(self, tmp_path: Path) -> None:
        assert "incidents.csv does not exist" in problems(tmp_path)

    def test_an_empty_file(self, tmp_path: Path) -> None:
        (export(tmp_path) / "sources.csv").write_bytes(b"")
        assert "sources.csv is empty" in problems(tmp_path)

    def test_a_header_alone(self, tmp_path: Path) -> None:
        write(export(tmp_path) / "incidents.csv", INCIDENT_COLUMNS, [])
        assert "incidents.csv holds a header and no rows" in problems(tmp_path)

    def test_a_missing_column(self, tmp_path: Path) -> None:
        columns = tuple(c for c in INCIDENT_COLUMNS if c != "strike_type")
        write(export(tmp_path) / "incidents.csv", columns, [{k: v for k, v in INCIDENT.items() if k in columns}])
        assert "incidents.csv: the column strike_type is missing." in problems(tmp_path)

    def test_a_new_column(self, tmp_path: Path) -> None:
        write(export(tmp_path) / "sources.csv", (*SOURCE_COLUMNS, "victim"), [SOURCE])
        assert "sources.csv: the column victim is not known" in problems(tmp_path)

    def test_latin_1(self, tmp_path: Path) -> None:
        path = export(tmp_path, [{"location_text": "Café, Gaza City"}]) / "incidents.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(" – ", "-"), encoding="latin-1")
        assert "byte 0xe9 is not UTF-8" in problems(tmp_path)

    def test_no_day_of_export(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="does not say of which day"):
            airwars.read(export(tmp_path), None)


def test_the_data_set_says_what_it_is_about(tmp_path: Path) -> None:
    dataset = airwars.read(export(tmp_path), KNOWN_ON).dataset
    assert (dataset.dataset_id, dataset.licence, dataset.redistributable) == ("airwars-gaza", "none stated", False)
    assert dataset.known_on == KNOWN_ON


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "airwars_gaza"


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Canonical:
    return airwars.transform(airwars.read(folder, None))


class TestRealExport:
    """What is known of the 939 published assessments of Gaza."""

    def test_data_set(self, loaded: Canonical, folder: Path) -> None:
        assert loaded.dataset.dataset_id == "airwars-gaza"
        assert (loaded.dataset.retrieved_on, loaded.dataset.known_on) == export_dates(folder, None)
        assert loaded.dataset.known_on == date(2025, 2, 7)

    def test_incidents(self, loaded: Canonical) -> None:
        rows = loaded.tables["incident"]
        assert rows.height == rows["incident_id"].n_unique() == 939
        assert rows["latitude"].null_count() == rows["longitude"].null_count() == 236
        # Eleven ranges stand in the export as such; two more are ranges once the year of their end is corrected.
        assert (rows["date_precision"] == "range").sum() == 11 + len(airwars_terms.CORRECTIONS)
        assert (rows["date_start"] != rows["date_end"]).sum() == 13
        assert rows["date_start"].null_count() == 0
        assert dict(rows.group_by("harm_status").len().iter_rows()) == {
            "fair": 866, "weak": 46, "contested": 23, "confirmed": 4
        }  # fmt: skip
        assert rows["geo_precision_raw"].str.contains("first of 2 locations").sum() == 6

    def test_days_agree_with_the_exports_own_reading(self, loaded: Canonical) -> None:
        raw = next(f.frame for f in loaded.files if f.name == "incidents.csv").select(ROW, "incident_date")
        both = loaded.tables["incident"].join(raw, on=ROW).drop_nulls("incident_date")
        assert both.height == 928
        assert (both["date_start"] == both["incident_date"].str.to_date()).all()

    @pytest.mark.parametrize(
        ("harm", "low", "high", "unknown"), [("killed", 8_379, 11_217, 98), ("injured", 7_781, 11_304, 188)]
    )
    def test_civilians(self, loaded: Canonical, harm: str, low: int, high: int, unknown: int) -> None:
        rows = loaded.tables["casualty"].filter((pl.col("group") == "civilians") & (pl.col("harm") == harm))
        assert rows.height == 939
        assert (rows["low"].sum(), rows["high"].sum(), rows["low"].null_count()) == (low, high, unknown)
        assert rows["high"].null_count() == unknown

    def test_numbers_agree_with_the_exports_own_reading(self, loaded: Canonical) -> None:
        raw = next(f.frame for f in loaded.files if f.name == "incidents.csv")
        for group, harm, column in (
            ("civilians", "killed", "civ_killed"), ("civilians", "injured", "civ_injured"),
            ("belligerents", "killed", "bell_killed"),
        ):  # fmt: skip
            rows = loaded.tables["casualty"].filter((pl.col("group") == group) & (pl.col("harm") == harm))
            both = raw.join(rows, on=ROW, how="left")
            for end, number in (("min", "low"), ("max", "high")):
                assert both[f"{column}_{end}"].cast(pl.Float64).eq_missing(both[number].cast(pl.Float64)).all()

    def test_sources(self, loaded: Canonical) -> None:
        raw = next(f.frame for f in loaded.files if f.name == "sources.csv")
        reports, links = loaded.tables["report"], loaded.tables["incident_report"]
        assert raw.height == 23_409
        assert raw["url"].null_count() == 32
        assert reports.height == links.height == 23_405
        cited = links.join(raw.select(ROW, cited="url"), on=ROW).drop_nulls("cited")
        assert cited["cited"].n_unique() == cited["report_id"].n_unique() == 22_233
        pairs = cited.select("incident_id", "report_id").unique()
        assert (pairs.height, cited.height - pairs.height) == (23_330, 47)
        assert (pairs.group_by("report_id").len()["len"] > 1).sum() == 339

    def test_sources_without_an_address(self, loaded: Canonical) -> None:
        raw = next(f.frame for f in loaded.files if f.name == "sources.csv")
        links = loaded.tables["incident_report"]
        archived = links.join(raw.filter(pl.col("url").is_null()), on=ROW, how="semi")
        assert archived.height == archived["report_id"].n_unique() == 28
        # 14 of them give the same address as another row of their page: name and date of one source on two lines.
        cited = links.join(raw.filter(pl.col("url").is_not_null()), on=ROW, how="semi")
        assert archived.join(cited, on="report_id", how="semi").height == 14
        assert links["report_id"].n_unique() == 22_233 + 14
        assert loaded.refused.select(FILE, "rule").rows() == [("sources.csv", "report.address_given")] * 4

    def test_repeats_agree(self, loaded: Canonical) -> None:
        reports = loaded.tables["report"].drop(FILE, ROW)
        assert reports.unique().height == reports["report_id"].n_unique()

    def test_five_incidents_name_a_munition(self, loaded: Canonical) -> None:
        rows = loaded.tables["incident_weapon"]
        assert rows["incident_id"].n_unique() == 5
        assert set(rows["confidence"]) == {"possible"}
        assert rows["attribution_id"].is_unique().all()

    def test_a_personal_account_is_in_the_restricted_column_only(self, loaded: Canonical) -> None:
        personal = loaded.tables["report"].filter(pl.col("account_kind") == "personal")
        assert personal.height > 10_000
        assert personal["publisher"].null_count() == personal["title"].null_count() == personal.height
        posts = loaded.tables["report"].filter(pl.col("platform").is_in(["Facebook", "Twitter", "Telegram"]))
        assert set(posts["account_kind"]) == {"organisation", "personal"}
