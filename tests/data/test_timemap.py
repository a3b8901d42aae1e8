"""TimeMap exports: made-up events for every case, and what an independent count of the real exports says."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.geography import country_distance_m
from transforms.source import FILE, ROW, Canonical, canonical_columns
from transforms.sources import timemap
from transforms.timemap_categories import ABROAD_BY_ID, AREA_NOT_STATED, WEAPON_SYSTEMS
from transforms.weapons import reference_list
from warehouse.errors import InputError

EXPORT = "ukr-civharm-2024-01-31.json"


def source(path: str | None, description: str = "What it shows", ident: str = "s1") -> dict[str, str | None]:
    return {"id": ident, "path": path, "description": description}


def event(ident: str = "E1", **changes: Any) -> dict[str, Any]:
    plain = {
        "id": ident,
        "date": "03/09/2022",
        "latitude": "49.123456",
        "longitude": "36.5",
        "location": "Somewhere",
        "description": " Roof damaged. ",
        "sources": [source("https://news.example/1")],
        "filters": [],
    }
    return plain | changes


def tag(value: str | None, key: str = "Weapon System") -> dict[str, str | None]:
    return {"key": key, "value": value}


def write(folder: Path, *events: Any, name: str = EXPORT) -> Path:
    file = folder / name
    file.write_text(json.dumps(list(events), ensure_ascii=False), encoding="utf-8")
    return file


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def loaded(*events: Any, name: str = EXPORT) -> Canonical:
        return timemap.transform(timemap.read(write(tmp_path, *events, name=name), date(2024, 2, 1)))

    return loaded


def one(canonical: Canonical, table: str) -> dict[str, Any]:
    return canonical.tables[table].row(0, named=True)


def test_an_event_becomes_an_incident_and_nothing_is_made_up(load: Any) -> None:
    loaded = load(event())
    incident = one(loaded, "incident")
    assert incident["incident_id"] == "timemap-bellingcat:E1"
    assert incident["public_code"] == "E1"
    assert incident["summary"] == " Roof damaged. ", "as it stands: spaces are a change of the publisher's"
    assert (incident["latitude"], incident["longitude"]) == (49.123456, 36.5)
    assert (incident["date_start"], incident["date_end"]) == (date(2022, 3, 9), date(2022, 3, 9))
    assert (incident["date_precision"], incident["date_raw"]) == ("day", "03/09/2022")
    assert incident["geo_precision"] == "unknown", "six decimals are no statement of precision"
    assert (incident["harm_status"], incident["strike_status"]) == ("not_assessed", "unknown")
    assert (incident["belligerent"], incident["belligerent_basis"]) == (None, "unknown")
    assert incident["strike_type"] == ["unknown"]
    assert loaded.tables["casualty"].select("group", "harm", "low", "best", "high", "raw_text").rows() == [
        ("civilians", "killed", None, None, None, None),
        ("civilians", "injured", None, None, None, None),
    ]
    assert loaded.refused.is_empty()


def test_every_table_has_the_contracts_columns(load: Any) -> None:
    for name, frame in load(event(filters=[tag("Small arms")])).tables.items():
        assert frame.schema == canonical_columns(name) | {FILE: pl.String(), ROW: pl.Int64()}


def test_categories_become_weapons_means_and_places(load: Any) -> None:
    filters = [
        tag("Cruise missile"),
        tag("Ballistic missile"),
        tag("HE artillery inc mortars"),
        tag("Air strike"),
        tag("Unknown"),
        tag("Residential", "Type of area affected"),
        tag("Industrial", "Type of area affected"),
        tag("Undefined", "Type of area affected"),
        tag("Night", "Time of day"),
    ]
    loaded = load(event(filters=filters))
    incident = one(loaded, "incident")
    assert incident["strike_type"] == ["airstrike", "artillery"]
    assert incident["strike_type_raw"] == (
        "Cruise missile; Ballistic missile; HE artillery inc mortars; Air strike; Unknown"
    )
    assert incident["infrastructure"] == ["Residential", "Industrial"]
    assert incident["observations"] == ["Time of day: Night"]
    attributions = loaded.tables["incident_weapon"]
    assert attributions.select("weapon_id", "raw_text").rows() == [
        ("system:missile", "Cruise missile"),
        ("system:missile", "Ballistic missile"),
        ("system:tube_artillery", "HE artillery inc mortars"),
        ("system:mortar", "HE artillery inc mortars"),
    ]
    assert attributions["attribution_id"].is_unique().all()
    assert set(attributions["confidence"]) == {"possible"}
    assert set(attributions["basis"]) == {"source_claim"}
    assert set(loaded.tables["weapon"]["weapon_system"]) == {"missile", "tube_artillery", "mortar"}


@pytest.mark.parametrize("category", ["Unknown", "None", None])
def test_no_weapon_is_attributed_where_none_is_named(load: Any, category: str | None) -> None:
    assert load(event(filters=[tag(category)])).tables["incident_weapon"].is_empty()


def test_every_category_leads_to_the_reference_list() -> None:
    named = {f"system:{system}" for systems in WEAPON_SYSTEMS.values() for system in systems}
    assert named <= set(reference_list()["weapon_id"])


def test_a_new_category_stops_the_build(load: Any) -> None:
    with pytest.raises(InputError, match="'Laser', 'Trebuchet'"):
        load(event(filters=[tag("Trebuchet"), tag("Laser"), tag("Small arms")]))


def test_sources_become_reports_that_several_events_may_cite(load: Any) -> None:
    post = "https://www.t.me/some_channel/12"
    loaded = load(
        event(
            "E1", sources=[source(post, "First words"), source(post, "First words"), source("https://news.example/1")]
        ),
        event("E2", sources=[source(post, "Other words"), source("t.me/other/3")]),
    )
    assert loaded.repeated >= {"report", "incident_report"}
    reports = {r["url"]: r for r in loaded.tables["report"].unique("report_id").iter_rows(named=True)}
    assert set(reports) == {post, "https://news.example/1", "t.me/other/3"}
    assert reports[post]["raw_text"] == "First words\nOther words"
    assert [reports[post][c] for c in ("source_type", "account_kind", "platform")] == [
        "social_media",
        "personal",
        "Telegram",
    ]
    assert reports["t.me/other/3"]["account_kind"] == "personal"
    news = reports["https://news.example/1"]
    assert [news[c] for c in ("source_type", "account_kind", "platform")] == ["unknown", "not_social_media", None]
    assert loaded.tables["report"]["account_name"].null_count() == loaded.tables["report"].height
    links = loaded.tables["incident_report"].unique(["incident_id", "report_id"])
    assert Counter(links["incident_id"]) == {"timemap-bellingcat:E1": 2, "timemap-bellingcat:E2": 2}
    assert set(links["method"]) == {"stated"}


@pytest.mark.parametrize(
    ("address", "platform"),
    [
        ("https://twitter.com/a/status/1", "Twitter"),
        ("https://mobile.twitter.com/a/status/1", "Twitter"),
        ("https://X.com/a/status/1", "Twitter"),
        ("https://www.facebook.com:/a/posts/1", "Facebook"),
        ("http://youtu.be/abc?t=1", "YouTube"),
        ("https://notx.com/a", None),
        ("https://news.example/https://twitter.com/a", None),
        ("https://t.me.example.org/a", None),
    ],
)
def test_the_host_tells_the_platform(load: Any, address: str, platform: str | None) -> None:
    report = one(load(event(sources=[source(address)])), "report")
    assert report["platform"] == platform
    assert report["account_kind"] == ("personal" if platform else "not_social_media")


@pytest.mark.parametrize(
    "address",
    [
        "https://drive.google.com/file/d/1aB/view",
        "https://www.dropbox.com/sh/1aB?dl=0",
        "https://blogs.example/@someone.here/a-post",
        "https://plantvideo.takenbysomeone",
        "http://3.frommypc",
        "https://manualuploadfromtelegrampost.example",
    ],
)
def test_shared_files_and_uploads_are_a_person_s(load: Any, address: str) -> None:
    assert one(load(event(sources=[source(address)])), "report")["account_kind"] == "personal"


def test_a_street_view_is_nobody_s_account(load: Any) -> None:
    report = one(load(event(sources=[source("https://www.google.com/maps/@49.20,24.66,3a/data=!3m8")])), "report")
    assert report["account_kind"] == "not_social_media"


def test_an_archived_copy_is_the_same_report_as_its_original(load: Any) -> None:
    original = "https://t.me/some_channel/12"
    copy = f"https://web.archive.org/web/20220224112540/{original}"
    reports = load(event("E1", sources=[source(original)]), event("E2", sources=[source(copy)])).tables["report"]
    assert reports["report_id"].n_unique() == 1
    assert set(reports["url"]) == {original}
    assert set(reports["archive_url"]) == {copy}
    assert set(reports["account_kind"]) == {"personal"}


def test_a_withheld_source_counts_once_per_event_and_names_nobody(load: Any) -> None:
    hidden = source("HIDDEN", "Source hidden", "srcHidden")
    loaded = load(event("E1", sources=[hidden]), event("E2", sources=[hidden]), event("E3", sources=[source("", "x")]))
    reports = loaded.tables["report"]
    assert reports["report_id"].n_unique() == 3, "one word for many sources"
    assert reports["url"].null_count() == 3
    assert set(reports["account_kind"]) == {"personal"}
    assert set(reports["source_type"]) == {"unknown"}
    assert set(reports["title"]) == {"Address withheld by the publisher"}


def test_an_event_without_a_source_stays(load: Any) -> None:
    loaded = load(event(sources=[]))
    assert loaded.tables["incident"].height == 1
    assert loaded.tables["report"].is_empty()


def test_two_events_under_one_identifier_are_both_kept_whatever_their_order(load: Any) -> None:
    first, second = event(description="A bridge was hit."), event(description="A school was hit.")
    for events in ((first, second), (second, first)):
        loaded = load(*events)
        assert dict(loaded.tables["incident"].select("incident_id", "summary").iter_rows()) == {
            "timemap-bellingcat:E1": "A bridge was hit.",
            "timemap-bellingcat:E1#2": "A school was hit.",
        }
        assert set(loaded.tables["incident"]["public_code"]) == {"E1"}


def test_an_event_given_twice_is_refused_the_second_time(load: Any) -> None:
    loaded = load(event(), event("E2"), event())
    assert loaded.tables["incident"][ROW].to_list() == [1, 2]
    assert loaded.refused.rows() == [
        (
            EXPORT,
            3,
            "timemap.event_unique",
            f"{EXPORT}, record 3: the event E1 stands in an earlier record with the same content.",
        )
    ]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"date": "March 2022"}, "timemap.date_is_date"),
        ({"date": "02/30/2022"}, "timemap.date_is_date"),
        ({"latitude": "north"}, "timemap.latitude_is_number"),
        ({"longitude": "nan"}, "timemap.longitude_is_number"),
        ({"id": " "}, "timemap.id_required"),
    ],
)
def test_a_faulty_event_is_refused_and_the_others_stay(load: Any, changes: dict[str, str], rule: str) -> None:
    loaded = load(event("E0"), event("E1") | changes)
    assert loaded.refused[ROW].to_list() == [2]
    assert loaded.refused["rule"].to_list() == [rule]
    assert loaded.refused["reason"][0].startswith(f"{EXPORT}, record 2: ")
    for frame in loaded.tables.values():
        assert 2 not in frame[ROW]


def test_what_is_empty_is_unknown(load: Any) -> None:
    incident = one(load(event(date="", latitude="", longitude=None, location=" ")), "incident")
    assert [incident[c] for c in ("date_start", "date_end", "latitude", "longitude", "place")] == [None] * 5
    assert incident["date_precision"] == "unknown"


def test_coordinates_near_zero_are_no_place(load: Any) -> None:
    incident = one(load(event(latitude="-0.000231", longitude="0.000312")), "incident")
    assert (incident["latitude"], incident["longitude"]) == (None, None)
    assert incident["geo_precision_raw"] == "coordinates given as -0.000231, 0.000312, which stand for none"


def test_dates_written_day_first_stop_the_build(load: Any) -> None:
    with pytest.raises(InputError, match="record 2: the date 25/03/2022 is written day first"):
        load(event("E1"), event("E2", date="25/03/2022"))


def test_the_country_is_declared_for_bellingcat_only(load: Any) -> None:
    events = [
        event("E1", location="Kharkiv"),
        event("E2", location="Some village, Belgorod Oblast"),
        event("CIV0822", location=""),
        event("CIV0626", location="Kharkiv"),
    ]
    assert load(*events).tables["incident"]["country"].to_list() == ["UKR", "RUS", "MDA", "UKR"]
    assert set(load(*events, name="other-2024-01-31.json").tables["incident"]["country"]) == {None}


# Files


def test_the_newest_export_of_a_folder_is_read_and_said(tmp_path: Path) -> None:
    write(tmp_path, event("OLD"), name="ukr-civharm-2023-12-31.json")
    write(tmp_path, event("NEW"), name="ukr-civharm-2024-01-31.json")
    raw = timemap.read(tmp_path, None)
    assert raw.dataset.title == "Civilian Harm in Ukraine, export of 2024-01-31, the newest of 2 in the folder"
    assert raw.dataset.known_on == date(2024, 1, 31)
    assert raw.files[0].frame["id"].to_list() == ["NEW"]
    assert raw.files[0].restricted == {"sources"}, "addresses name personal accounts"


def test_an_unknown_export_says_who_it_is_in_source_txt(tmp_path: Path) -> None:
    write(tmp_path, event(), name="Events of X.json")
    with pytest.raises(InputError, match="does not say of which day"):
        timemap.read(tmp_path, None)
    plain = timemap.read(tmp_path, date(2024, 2, 1)).dataset
    assert (plain.dataset_id, plain.publisher, plain.licence) == ("timemap-events-of-x", "Not stated", "Not stated")
    assert plain.known_on == date(2024, 2, 1)
    (tmp_path / "SOURCE.txt").write_text("known_on: 2024-01-05\npublisher: Some monitor\nlicence: CC BY 4.0\n")
    stated = timemap.read(tmp_path, None).dataset
    assert (stated.publisher, stated.licence, stated.known_on) == ("Some monitor", "CC BY 4.0", date(2024, 1, 5))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a JSON file"),
        ('[{"id": "Café"}]'.encode("latin-1"), "not a JSON file in UTF-8"),
        (b'{"events": []}', "no list of events"),
        (b"[]", "no list of events"),
        (b"[1]", "record 1: it is no object"),
        (b'[{"id": "a", "colour": "red"}]', "unknown keys: colour"),
        (json.dumps([event(sources=None)]).encode(), "record 1: sources is no list of objects"),
        (json.dumps([event(filters=[{"key": "x"}])]).encode(), "filters must hold objects with texts under the keys"),
        (json.dumps([event(date={})]).encode(), "record 1: date is no text"),
    ],
)
def test_a_file_that_is_no_export(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / EXPORT).write_bytes(content)
    with pytest.raises(InputError, match=words):
        timemap.read(tmp_path / EXPORT, None)


def test_every_faulty_record_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        timemap.read(write(tmp_path, event(), 1, {"id": "x"}), None)
    assert [p.split(":")[0] for p in caught.value.problems] == [f"{EXPORT}, record 2", f"{EXPORT}, record 3"]


def test_no_export_at_all(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "nowhere", "does not exist"), (tmp_path, "holds no .json file")):
        with pytest.raises(InputError, match=words):
            timemap.read(path, None)
    write(tmp_path, event(), name="a.json")
    write(tmp_path, event(), name="b-2024-01-01.json")
    with pytest.raises(InputError, match=r"the names of a\.json state no date"):
        timemap.read(tmp_path, None)


# Dates


def parsed(text: str) -> date | None:
    return pl.select(timemap.parse_dates(pl.lit(text))).item()


@given(st.dates(date(1000, 1, 1)))
def test_both_date_styles_give_the_day(day: date) -> None:
    assert parsed(f"{day.month:02}/{day.day:02}/{day.year}") == day
    assert parsed(f"{day.month}/{day.day}/{day.year}") == day


@given(st.text(alphabet="0123456789/- ", max_size=12))
def test_a_text_is_a_date_only_if_it_reads_back(text: str) -> None:
    found = parsed(text)
    if found is not None:
        assert [int(part) for part in text.split("/")] == [found.month, found.day, found.year]


# The real exports, against a count that shares no code with the reader

EXPORTS = [("ukr-civharm-2024-06-02.json", 1_790, 1_787), ("ukr-civharm-2023-08-04.json", 1_219, 1_218)]


@pytest.fixture(params=EXPORTS, ids=lambda p: p[0])
def real(request: pytest.FixtureRequest, shared_data: Path) -> tuple[Canonical, list[dict[str, Any]], int, int]:
    name, events, identifiers = request.param
    file = shared_data / "bellingcat_ukraine" / name
    canonical = timemap.transform(timemap.read(file, None))
    return canonical, json.loads(file.read_text(encoding="utf-8")), events, identifiers


def test_real_events(real: Any) -> None:
    loaded, raw, events, identifiers = real
    incident = loaded.tables["incident"]
    assert loaded.refused.is_empty()
    assert (incident.height, incident["public_code"].n_unique(), len(raw)) == (events, identifiers, events)
    assert incident["incident_id"].is_unique().all()
    assert incident["place"].null_count() == sum(not r["location"].strip() for r in raw)
    assert incident["date_start"].null_count() == 0
    assert loaded.tables["casualty"].height == 2 * events
    assert loaded.tables["casualty"].select("low", "best", "high").null_count().row(0) == (2 * events,) * 3
    named = Counter(f["value"] for r in raw for f in r["filters"] if f["key"] == "Weapon System")
    per_category = Counter(loaded.tables["incident_weapon"].unique(["incident_id", "raw_text"])["raw_text"])
    assert per_category == {tag: n for tag, n in named.items() if WEAPON_SYSTEMS[tag]}
    areas = sum(
        f["key"] == "Type of area affected" and f["value"] != AREA_NOT_STATED for r in raw for f in r["filters"]
    )
    assert incident["infrastructure"].list.len().sum() == areas


def test_real_sources(real: Any) -> None:
    loaded, raw, _, _ = real
    report = loaded.tables["report"]
    assert report.height == sum(len(r["sources"]) for r in raw)
    cited = {(i, s["path"].strip()) for i, r in enumerate(raw) for s in r["sources"]}
    addresses = {path for _, path in cited if path != "HIDDEN"}
    hidden = sum(path == "HIDDEN" for _, path in cited)
    originals = {
        path.split("/", 5)[5] if path.startswith("https://web.archive.org/web/") else path for path in addresses
    }
    assert report["report_id"].n_unique() == len(originals) + hidden
    links = loaded.tables["incident_report"].unique(["incident_id", "report_id"])
    merged = len(addresses) - len(originals)
    assert len(cited) - merged <= links.height <= len(cited)
    assert report.filter(pl.col("url").str.contains(r"//(?:t\.me|twitter\.com|x\.com)/"))[
        "account_kind"
    ].unique().item() == ("personal")


def test_real_places_lie_in_their_country(real: Any) -> None:
    loaded, raw, _, _ = real
    incident = loaded.tables["incident"]
    # Shores and river mouths lie up to a kilometre outside the coarse borders, and the publisher shifts its points.
    assert incident.select(country_distance_m(incident)).to_series().max() < 2_000
    at_zero = sum(abs(float(r["latitude"])) < 1 and abs(float(r["longitude"])) < 1 for r in raw)
    assert incident["latitude"].null_count() == at_zero
    declared = incident.filter(pl.col("public_code").is_in(list(ABROAD_BY_ID)))
    assert set(declared["public_code"]) == ABROAD_BY_ID.keys(), "a declared event is gone: remove it"
    assert {r["public_code"]: r["country"] for r in declared.iter_rows(named=True)} == ABROAD_BY_ID


def test_real_folder_gives_the_newest(shared_data: Path) -> None:
    dataset = timemap.read(shared_data / "bellingcat_ukraine", None).dataset
    assert dataset.known_on == date(2024, 6, 2)
    assert dataset.publisher == "Bellingcat"
    assert "newest of 2" in dataset.title
