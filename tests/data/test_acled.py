"""ACLED exports: made-up events for every case. No export may lie here: ACLED's terms do not allow it."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.pipeline import Source, canonical_frames
from transforms.source import FILE, ROW, Canonical
from transforms.sources import acled
from transforms.sources.acled_terms import DELETION_COLUMNS, EVENTS, INTER, LEFT_OUT, OPTIONAL, USED
from transforms.sources.acled_versions import event_day, known_day
from warehouse.errors import InputError
from warehouse.vocabulary import StrikeType

Row = dict[str, str]

HEADER = (*USED, *LEFT_OUT)
KNOWN_ON = date(2024, 6, 1)


def at(day: str, hour: int = 12) -> str:
    """Unix seconds of an hour of a UTC day."""
    return str(int(datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC).timestamp()))


PLAIN: Row = {
    "event_id_cnty": "KEN1",
    "event_date": "2024-03-09",
    "year": "2024",
    "time_precision": "1",
    "disorder_type": "Political violence",
    "event_type": "Explosions/Remote violence",
    "sub_event_type": "Air/drone strike",
    "actor1": "Military Forces of Kenya (2022-) Air Force",
    "assoc_actor_1": "",
    "inter1": "State forces",
    "actor2": "Civilians (Kenya)",
    "assoc_actor_2": "Farmers (Kenya)",
    "inter2": "Civilians",
    "interaction": "State forces-Civilians",
    "civilian_targeting": "Civilian targeting",
    "iso": "404",
    "region": "Eastern Africa",
    "country": "Kenya",
    "admin1": "Made county",
    "admin2": "Made subcounty",
    "admin3": "",
    "location": "Madeup",
    "latitude": "-1.25",
    "longitude": "36.8",
    "geo_precision": "1",
    "source": "AFP; Made Up Mail",
    "source_scale": "International",
    "notes": "On 9 March 2024 a made-up strike hit a made-up house.",
    "fatalities": "4",
    "tags": "local administrators; women targeted: girls",
    "timestamp": at("2024-03-12"),
}


def write(folder: Path, *rows: Row, name: str = "export.csv", header: tuple[str, ...] = HEADER) -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, header)
        writer.writeheader()
        writer.writerows({column: (PLAIN | row).get(column, "") for column in header} for row in rows)
    return folder / name


def write_deletions(folder: Path, *rows: Row, name: str = "deleted.csv") -> Path:
    return write(folder, *rows, name=name, header=DELETION_COLUMNS)


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def loaded(*rows: Row, **kwargs: Any) -> Canonical:
        return acled.transform(acled.read(write(tmp_path, *rows, **kwargs), KNOWN_ON))

    return loaded


def one(canonical: Canonical, table: str = "incident") -> dict[str, Any]:
    return canonical.tables[table].row(0, named=True)


def people(canonical: Canonical, group: str, harm: str = "killed") -> list[tuple[Any, ...]]:
    rows = canonical.tables["casualty"].filter((pl.col("group") == group) & (pl.col("harm") == harm))
    return rows.select("low", "best", "high", "raw_text").rows()


def problems(path: Path, known_on: date | None = KNOWN_ON) -> str:
    with pytest.raises(InputError) as caught:
        acled.transform(acled.read(path, known_on))
    return str(caught.value)


def test_an_event_becomes_an_incident(load: Any) -> None:
    incident = one(load({}))
    assert (incident["incident_id"], incident["public_code"]) == ("acled:KEN1", "KEN1")
    assert (incident["country"], incident["admin1"], incident["place"]) == ("KEN", "Made county", "Madeup")
    assert (incident["latitude"], incident["longitude"]) == (-1.25, 36.8)
    assert incident["known_from"] == date(2024, 3, 12)
    assert (incident["strike_type"], incident["strike_type_raw"]) == (["airstrike"], "Air/drone strike")
    assert (incident["strike_status"], incident["harm_status"]) == ("unknown", "not_assessed")
    assert incident["summary"] == PLAIN["notes"]
    assert incident["observations"] == [
        "Political violence", "Explosions/Remote violence", "Air/drone strike", "Civilian targeting",
        "actor1: Military Forces of Kenya (2022-) Air Force (State forces)", "actor2: Civilians (Kenya) (Civilians)",
        "with actor2: Farmers (Kenya)", "local administrators", "women targeted: girls",
    ]  # fmt: skip


def test_fatalities_count_everybody_and_say_nothing_of_civilians(load: Any) -> None:
    loaded = load({})
    assert people(loaded, "all_people") == [(4, 4, 4, "fatalities 4")]
    assert people(loaded, "civilians") == [(None, None, None, "Civilian targeting")]
    assert people(loaded, "civilians", "injured") == [(None, None, None, None)]


@pytest.mark.parametrize(("fatalities", "text"), [("0", "fatalities 0 (none, or none known)"), ("", None)])
def test_no_fatalities_are_unknown_and_never_zero(load: Any, fatalities: str, text: str | None) -> None:
    assert people(load({"fatalities": fatalities}), "all_people") == [(None, None, None, text)]


@pytest.mark.parametrize(
    ("precision", "start", "end", "word"),
    [
        ("1", date(2024, 3, 9), date(2024, 3, 9), "day"),
        # The version was known on 12 March, so the week cannot reach beyond.
        ("2", date(2024, 3, 3), date(2024, 3, 12), "range"),
        ("3", date(2024, 3, 1), date(2024, 3, 31), "month"),
        ("", date(2024, 3, 9), date(2024, 3, 9), "unknown"),
    ],
)
def test_a_day_is_never_more_exact_than_the_codebook_says(
    load: Any, precision: str, start: date, end: date, word: str
) -> None:
    incident = one(load({"time_precision": precision}))
    assert (incident["date_start"], incident["date_end"], incident["date_precision"]) == (start, end, word)
    assert incident["date_raw"].startswith("2024-03-09 (time_precision ")


def test_a_week_ends_six_days_later_at_most(load: Any) -> None:
    incident = one(load({"time_precision": "2", "timestamp": at("2024-05-01")}))
    assert (incident["date_start"], incident["date_end"]) == (date(2024, 3, 3), date(2024, 3, 15))


@pytest.mark.parametrize(("code", "word"), [("1", "city"), ("2", "district"), ("3", "province"), ("", "unknown")])
def test_a_place_is_never_more_exact_than_the_codebook_says(load: Any, code: str, word: str) -> None:
    assert one(load({"geo_precision": code}))["geo_precision"] == word


def test_no_coordinates_no_precision(load: Any) -> None:
    assert one(load({"latitude": "", "longitude": ""}))["geo_precision"] == "unknown"


@pytest.mark.parametrize(
    ("event_type", "sub_event_type", "inters", "named", "basis"),
    [
        ("Explosions/Remote violence", "Grenade", ("2", "1"), ["A"], "suspected"),
        ("Violence against civilians", "Attack", ("Rebel group", "Civilians"), ["A"], "suspected"),
        ("Violence against civilians", "Attack", ("7", "2"), ["B"], "suspected"),
        ("Battles", "Armed clash", ("1", "2"), ["A", "B"], "unknown"),
        ("Protests", "Excessive force against protesters", ("6", "1"), ["B"], "suspected"),
        ("Protests", "Peaceful protest", ("Protesters", ""), None, "unknown"),
        ("Riots", "Mob violence", ("5", "7"), ["A"], "unknown"),
    ],
)
def test_who_is_named(
    load: Any, event_type: str, sub_event_type: str, inters: tuple[str, str], named: list[str] | None, basis: str
) -> None:
    row = {
        "event_type": event_type, "sub_event_type": sub_event_type, "actor1": "A", "inter1": inters[0],
        "actor2": "B" if inters[1] else "", "inter2": inters[1],
    }  # fmt: skip
    incident = one(load(row))
    assert (incident["belligerent"], incident["belligerent_basis"]) == (named, basis)


@pytest.mark.parametrize(
    ("actor", "partner"),
    [
        ("Military Forces of Kenya (2022-) Air Force", "KEN"),
        ("Police Forces of Nigeria (2015-2023)", "NGA"),
        ("Military Forces of Turkey (2016-)", "TUR"),
        ("Military Forces of Syria (2000-2024)", None),
        ("Military Forces of the United States (2021-2025)", None),
        ("Unidentified Armed Group (Kenya)", None),
    ],
)
def test_forces_of_a_recipient_of_us_arms_are_a_partners(load: Any, actor: str, partner: str | None) -> None:
    assert one(load({"actor1": actor}))["partner_country"] == partner


def test_every_sub_event_type_is_loaded_with_its_means(load: Any) -> None:
    rows = [
        {"event_id_cnty": f"KEN{i}", "sub_event_type": sub, "event_type": event_type}
        for i, (sub, (event_type, _)) in enumerate(EVENTS.items())
    ]
    incidents = load(*rows).tables["incident"]
    assert incidents.height == len(EVENTS) == 25
    means = dict(incidents.select("strike_type_raw", pl.col("strike_type").list.first()).iter_rows())
    assert means["Shelling/artillery/missile attack"] == StrikeType.ARTILLERY
    assert means["Armed clash"] == StrikeType.UNKNOWN
    assert means["Peaceful protest"] == StrikeType.OTHER


def test_kinds_of_actor_may_be_numbers(load: Any) -> None:
    rows = [{"event_id_cnty": f"KEN{n}", "inter1": n, "inter2": "0"} for n in INTER]
    observations = load(*rows).tables["incident"]["observations"]
    assert [o[4].rsplit("(", 1)[1] for o in observations] == [f"{word})" for word in INTER.values()]


class TestSources:
    def test_one_report_for_each_source_of_an_event(self, load: Any) -> None:
        loaded = load({}, {"event_id_cnty": "KEN2", "source": "AFP;Telegram; AFP"})
        shown = loaded.tables["report"].select("publisher", "platform", "source_type", "account_kind", "raw_text")
        assert shown.rows() == [
            ("AFP", None, "media", "not_social_media", "AFP; Made Up Mail (source_scale: International)"),
            ("Made Up Mail", None, "unknown", "not_social_media", "AFP; Made Up Mail (source_scale: International)"),
            ("AFP", None, "media", "not_social_media", "AFP;Telegram; AFP (source_scale: International)"),
            (None, "Telegram", "social_media", "personal", "AFP;Telegram; AFP (source_scale: International)"),
        ]  # fmt: skip
        assert loaded.tables["report"]["report_id"].n_unique() == 4
        assert loaded.tables["incident_report"]["incident_id"].to_list() == ["acled:KEN1"] * 2 + ["acled:KEN2"] * 2

    def test_no_source_no_report(self, load: Any) -> None:
        assert load({"source": ""}).tables["report"].is_empty()


class TestVersions:
    """The newer timestamp wins, within a file and between files."""

    def test_an_older_version_of_another_day_stays(self, load: Any) -> None:
        loaded = load({"timestamp": at("2024-04-01"), "fatalities": "9"}, {"timestamp": at("2024-03-12")})
        rows = loaded.tables["incident"].select("incident_id", "known_from", ROW).sort(ROW).rows()
        assert rows == [("acled:KEN1", date(2024, 4, 1), 1), ("acled:KEN1", date(2024, 3, 12), 2)]
        assert loaded.refused.is_empty()

    def test_of_one_day_the_newest_stands(self, load: Any) -> None:
        older, newer = at("2024-03-12", 1), at("2024-03-12", 23)
        loaded = load({"timestamp": older}, {"timestamp": newer, "fatalities": "9"}, {"timestamp": older})
        assert loaded.tables["incident"][ROW].to_list() == [2]
        assert loaded.refused.select(ROW, "rule").sort(ROW).rows() == [
            (1, "acled.version_superseded"), (3, "acled.version_superseded")
        ]  # fmt: skip
        assert loaded.refused.sort(ROW)["reason"][0] == (
            f"export.csv, row 1: event_id_cnty KEN1 with timestamp {older} is superseded by export.csv, row 2, with "
            f"timestamp {newer} of the same day."
        )

    def test_the_day_is_that_of_utc(self, load: Any) -> None:
        loaded = load({"timestamp": at("2024-03-12", 0)}, {"event_id_cnty": "KEN2", "timestamp": at("2024-03-12", 23)})
        assert set(loaded.tables["incident"]["known_from"]) == {date(2024, 3, 12)}

    def test_between_files_too(self, tmp_path: Path) -> None:
        write(tmp_path, {"timestamp": at("2024-03-12", 1)}, name="a.csv")
        write(tmp_path, {"timestamp": at("2024-03-12", 2)}, name="b.csv", header=(*HEADER, *OPTIONAL))
        loaded = acled.transform(acled.read(tmp_path, KNOWN_ON))
        assert loaded.tables["incident"].select(FILE, ROW).rows() == [("b.csv", 1)]
        assert loaded.refused.select(FILE, ROW).rows() == [("a.csv", 1)]

    def test_a_source_that_is_no_longer_named_ends_with_its_version(self, load: Any) -> None:
        loaded = load({"timestamp": at("2024-03-12")}, {"timestamp": at("2024-04-01"), "source": "AFP"})
        links = loaded.tables["incident_report"].select("known_from", "known_to").rows()
        assert links == [
            (date(2024, 3, 12), date(2024, 4, 1)), (date(2024, 3, 12), date(2024, 4, 1)), (date(2024, 4, 1), None)
        ]  # fmt: skip


def frames(*sources: Source) -> dict[str, pl.DataFrame]:
    return canonical_frames(sources, lambda _: None, None, date(2025, 1, 1))


class TestInTheWarehouse:
    def test_versions_of_one_export(self, tmp_path: Path) -> None:
        path = write(
            tmp_path,
            {"timestamp": at("2024-03-12")},
            {"timestamp": at("2024-04-01"), "fatalities": "9", "source": "AFP"},
            {"timestamp": at("2024-04-01", 1), "fatalities": "7"},
        )
        tables = frames(Source("acled", path, KNOWN_ON))
        incidents = tables["incident"].sort("known_from")
        assert incidents.select("known_from", "known_to", "report_count").rows() == [
            (date(2024, 3, 12), date(2024, 4, 1), 2), (date(2024, 4, 1), None, 1)
        ]  # fmt: skip
        everybody = tables["casualty"].filter(group="all_people").sort("known_from")
        assert everybody.select("best", "known_to").rows() == [(4, date(2024, 4, 1)), (9, None)]
        assert incidents["civilians_killed_best"].to_list() == [None, None]
        dataset = tables["dataset"].row(0, named=True)
        assert (dataset["rows_read"], dataset["rows_loaded"], dataset["rows_quarantined"]) == (3, 2, 1)

    def test_an_export_without_an_event_retracts_nothing_and_a_deletion_does(self, tmp_path: Path) -> None:
        first = write(tmp_path / "first", {}, {"event_id_cnty": "KEN2"})
        write(tmp_path / "second", {"event_id_cnty": "KEN3", "timestamp": at("2024-05-02")})
        write_deletions(tmp_path / "second", {"event_id_cnty": "KEN2", "deleted_timestamp": at("2024-05-01")})
        tables = frames(Source("acled", first, date(2024, 4, 1)), Source("acled", tmp_path / "second", KNOWN_ON))
        incidents = tables["incident"].sort("incident_id")
        assert incidents.select("public_code", "known_from", "known_to").rows() == [
            ("KEN1", date(2024, 3, 12), None),
            ("KEN2", date(2024, 3, 12), date(2024, 5, 1)),
            ("KEN3", date(2024, 5, 2), None),
        ]
        dataset = tables["dataset"].row(0, named=True)
        assert (dataset["rows_read"], dataset["rows_loaded"], dataset["rows_quarantined"]) == (4, 4, 0)


class TestDeletions:
    def test_deleted_events_are_retracted(self, tmp_path: Path) -> None:
        write(tmp_path, {})
        write_deletions(tmp_path, {"event_id_cnty": "KEN1", "deleted_timestamp": at("2024-05-01")})
        loaded = acled.transform(acled.read(tmp_path, KNOWN_ON))
        assert loaded.retracted.rows() == [("acled:KEN1", date(2024, 5, 1), "deleted.csv", 1)]
        assert not loaded.dataset.is_snapshot

    def test_a_deletion_that_cannot_be_read_is_refused(self, tmp_path: Path) -> None:
        path = write_deletions(
            tmp_path,
            {"event_id_cnty": "KEN1", "deleted_timestamp": "yesterday"},
            {"event_id_cnty": "", "deleted_timestamp": at("2024-05-01")},
        )
        loaded = acled.transform(acled.read(path, KNOWN_ON))
        assert loaded.retracted.is_empty()
        assert loaded.refused["reason"].to_list() == [
            'deleted.csv, row 1: deleted_timestamp "yesterday" is no Unix time in seconds.',
            "deleted.csv, row 2: event_id_cnty is empty.",
        ]


@pytest.mark.parametrize(
    ("row", "rule", "words"),
    [
        ({"event_id_cnty": ""}, "acled.event_id_cnty_required", "event_id_cnty is empty."),
        ({"timestamp": ""}, "acled.timestamp_readable", 'timestamp "" is no Unix time in seconds.'),
        ({"timestamp": at("2024-03-12") + "000"}, "acled.timestamp_readable", "is no Unix time in seconds."),
        ({"event_date": "09/03/2024"}, "acled.event_date_readable", 'event_date "09/03/2024" is not a day.'),
        ({"fatalities": "many"}, "acled.fatalities_readable", 'fatalities "many" is not a whole number of people.'),
        ({"latitude": "x"}, "acled.latitude_readable", 'latitude "x" is not a number of degrees.'),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_refused_with_the_reason(load: Any, row: Row, rule: str, words: str) -> None:
    loaded = load({"event_id_cnty": "KEN2"}, row)
    assert loaded.refused.select(FILE, ROW, "rule").rows() == [("export.csv", 2, rule)]
    assert loaded.refused["reason"][0].startswith("export.csv, row 2: ")
    assert loaded.refused["reason"][0].endswith(words)
    assert loaded.tables["incident"]["public_code"].to_list() == ["KEN2"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("time_precision", "4"), ("geo_precision", "0"), ("disorder_type", "Chaos"), ("event_type", "War"),
        ("sub_event_type", "Laser"), ("inter1", "9"), ("inter2", "Robots"), ("civilian_targeting", "Yes"),
        ("iso", "999"),
    ],
)  # fmt: skip
def test_an_unlisted_code_stops_the_load_with_its_count(tmp_path: Path, column: str, value: str) -> None:
    path = write(tmp_path, {column: value}, {"event_id_cnty": "KEN2", column: value}, {"event_id_cnty": "KEN3"})
    assert f"export.csv: the column {column} holds '{value}' (2 times)" in problems(path)


@pytest.mark.parametrize(("iso", "country"), [("4", "AFG"), ("004", "AFG"), ("0", None), ("275", "PSE")])
def test_countries_by_number(load: Any, iso: str, country: str | None) -> None:
    assert one(load({"iso": iso}))["country"] == country


class TestDataset:
    def test_what_it_says(self, load: Any) -> None:
        dataset = load({}).dataset
        assert (dataset.dataset_id, dataset.licence, dataset.redistributable) == ("acled", "ACLED Terms of Use", False)

    def test_the_newest_timestamp_is_the_day_where_none_is_stated(self, tmp_path: Path) -> None:
        path = write(tmp_path, {}, {"event_id_cnty": "KEN2", "timestamp": at("2024-04-01")})
        assert acled.read(path, None).dataset.known_on == date(2024, 4, 1)
        (tmp_path / "SOURCE.txt").write_text("known_on: 2024-04-05\n", encoding="utf-8")
        assert acled.read(path, None).dataset.known_on == date(2024, 4, 5)

    def test_a_row_from_after_the_day_of_knowledge(self, tmp_path: Path) -> None:
        path = write(tmp_path, {})
        assert acled.read(path, date(2024, 3, 11)).dataset.known_on == date(2024, 3, 11)
        assert "holds rows of 2024-03-12, after its day of knowledge 2024-03-10" in problems(path, date(2024, 3, 10))

    def test_notes_are_kept_out_of_quarantine(self, load: Any) -> None:
        assert load({}).files[0].restricted == {"notes"}


class TestFilesThatCannotBeRead:
    def test_no_file(self, tmp_path: Path) -> None:
        assert "does not exist" in problems(tmp_path / "none.csv")

    def test_a_folder_without_csv(self, tmp_path: Path) -> None:
        assert "holds no .csv file" in problems(tmp_path)

    def test_a_missing_and_a_new_column(self, tmp_path: Path) -> None:
        header = (*(c for c in HEADER if c != "timestamp"), "victims")
        found = problems(write(tmp_path, {}, header=header))
        assert "the column timestamp is missing" in found
        assert "the column victims is not known" in found

    def test_no_day_at_all(self, tmp_path: Path) -> None:
        assert "does not say of which day" in problems(write(tmp_path, {"timestamp": "?"}), None)


DAYS = st.dates(date(1997, 1, 1), date(2100, 1, 1))


@given(DAYS)
def test_a_day_is_read_in_both_spellings(day: date) -> None:
    texts = [day.isoformat(), f"{day.day} {day:%B %Y}", f"{day:%d %B %Y}"]
    assert pl.DataFrame({"d": texts}).select(event_day("d")).to_series().to_list() == [day] * 3


@given(DAYS, st.integers(0, 86_399))
def test_every_second_of_a_day_is_of_that_day(day: date, second: int) -> None:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    frame = pl.DataFrame({"t": [str(int(moment.timestamp()))]})
    assert frame.select(known_day("t")).item() == day
