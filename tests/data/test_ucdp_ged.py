"""UCDP GED: made-up rows for every case, and what an independent count of the real extract says."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.checks import refuse
from transforms.pipeline import Source, canonical_frames
from transforms.source import FILE, ROW, Canonical
from transforms.sources import ucdp_ged
from transforms.sources.ucdp_ged_rows import whole
from transforms.sources.ucdp_ged_terms import LEFT_OUT, OPTIONAL_LEFT_OUT, OPTIONAL_USED, USED
from warehouse.errors import InputError

Row = dict[str, str]

KNOWN_ON = date(2024, 6, 3)
OLD_HEADER = (*USED, *LEFT_OUT)
NEW_HEADER = (*OLD_HEADER, *OPTIONAL_USED, *OPTIONAL_LEFT_OUT)
PLAIN: Row = {
    "id": "101.0",
    "year": "2019.0",
    "active_year": "1.0",
    "type_of_violence": "1.0",
    "conflict_name": "Kenya: Government",
    "dyad_name": "Government of Kenya - Blue Front",
    "side_a": "Government of Kenya",
    "side_b": "Blue Front",
    "source_article": '"Reuters News,2019-03-02,Four killed in a made-up town"',
    "where_prec": "1.0",
    "where_coordinates": "Madeup town",
    "adm_1": "Made county",
    "latitude": "-1.25",
    "longitude": "36.8",
    "country": "Kenya",
    "event_clarity": "1.0",
    "date_prec": "1.0",
    "date_start": "2019-03-01",
    "date_end": "2019-03-01",
    "deaths_a": "1.0",
    "deaths_b": "2.0",
    "deaths_civilians": "4.0",
    "deaths_unknown": "3.0",
    "low": "8.0",
    "best": "10.0",
    "high": "12.0",
}


def write(folder: Path, *rows: Row, name: str = "extract.csv", header: tuple[str, ...] = OLD_HEADER) -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, header)
        writer.writeheader()
        writer.writerows({column: (PLAIN | row).get(column, "") for column in header} for row in rows)
    return folder / name


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def loaded(*rows: Row, **kwargs: Any) -> Canonical:
        return ucdp_ged.transform(ucdp_ged.read(write(tmp_path, *rows, **kwargs), KNOWN_ON))

    return loaded


def one(canonical: Canonical, table: str = "incident") -> dict[str, Any]:
    return canonical.tables[table].row(0, named=True)


def people(canonical: Canonical, group: str, harm: str = "killed") -> list[tuple[Any, ...]]:
    rows = canonical.tables["casualty"].filter((pl.col("group") == group) & (pl.col("harm") == harm))
    return rows.select("low", "best", "high").rows()


def problems(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        ucdp_ged.transform(ucdp_ged.read(path, KNOWN_ON))
    return str(caught.value)


def test_an_event_becomes_an_incident(load: Any) -> None:
    incident = one(load({}))
    assert (incident["incident_id"], incident["public_code"]) == ("ucdp-ged:101", "101")
    assert (incident["country"], incident["admin1"], incident["place"]) == ("KEN", "Made county", "Madeup town")
    assert (incident["latitude"], incident["longitude"]) == (-1.25, 36.8)
    assert (incident["date_start"], incident["date_end"]) == (date(2019, 3, 1), date(2019, 3, 1))
    assert incident["date_precision"] == "day"
    assert incident["date_raw"] == "2019-03-01 to 2019-03-01 (date_prec 1.0: the day is known)"
    assert (incident["strike_type"], incident["strike_status"]) == (["unknown"], "unknown")
    assert incident["harm_status"] == "not_assessed"
    assert incident["strike_status_raw"] == "event_clarity 1: a single event that is reported clearly"
    assert incident["observations"] == ["state-based conflict"]
    assert incident["summary"] == "Government of Kenya - Blue Front (Kenya: Government)"


def test_only_deaths_civilians_are_civilians(load: Any) -> None:
    loaded = load({})
    assert people(loaded, "all_people") == [(8, 10, 12)]
    assert people(loaded, "civilians") == [(4, 4, None)], "some of the three of unknown status may be civilians"
    assert people(load({"deaths_unknown": "0.0", "best": "7.0", "low": "7.0"}), "civilians") == [(4, 4, 4)]
    assert people(loaded, "civilians", "injured") == [(None, None, None)]
    assert people(loaded, "belligerents") == [(3, 3, 3)]
    killed = loaded.tables["casualty"].filter(harm="killed")
    assert set(killed["raw_text"]) == {
        "low 8.0, best 10.0, high 12.0, deaths_a 1.0, deaths_b 2.0, deaths_civilians 4.0, deaths_unknown 3.0"
    }


def test_an_empty_number_stays_unknown(load: Any) -> None:
    loaded = load({"deaths_civilians": "", "low": "", "high": "", "deaths_b": ""})
    assert people(loaded, "all_people") == [(None, 10, None)]
    assert people(loaded, "civilians") == [(None, None, None)]
    assert people(loaded, "belligerents") == [(None, None, None)]
    assert loaded.refused.is_empty()


def test_dead_of_communities_are_not_called_belligerents(load: Any) -> None:
    assert people(load({"type_of_violence": "2"}), "belligerents") == []
    assert people(load({"type_of_violence": "3"}), "belligerents") == []


@pytest.mark.parametrize(
    ("kind", "side_b", "named", "basis", "observation"),
    [
        ("1", "Blue Front", ["Government of Kenya", "Blue Front"], "unknown", "state-based conflict"),
        ("2", "Blue Front", ["Government of Kenya", "Blue Front"], "unknown", "non-state conflict"),
        ("3", "Civilians", ["Government of Kenya"], "suspected", "one-sided violence"),
    ],
)
def test_who_is_named(load: Any, kind: str, side_b: str, named: list[str], basis: str, observation: str) -> None:
    incident = one(load({"type_of_violence": kind, "side_b": side_b}))
    assert (incident["belligerent"], incident["belligerent_basis"]) == (named, basis)
    assert incident["observations"] == [observation]


@pytest.mark.parametrize(
    ("side_a", "side_b", "kind", "day", "partner"),
    [
        ("Government of Kenya", "Blue Front", "1", "2019-03-01", "KEN"),
        ("Government of Iran", "Government of Israel", "1", "2019-03-01", "ISR"),
        ("Government of Syria", "Blue Front", "1", "2019-03-01", None),
        ("Government of United States of America", "Blue Front", "1", "2019-03-01", None),
        ("Blue Front", "Government of Kenya", "3", "2019-03-01", None),
        ("Government of Turkey", "Civilians", "3", "2019-03-01", "TUR"),
        ("Government of Afghanistan", "Civilians", "3", "2021-08-14", "AFG"),
        ("Government of Afghanistan", "Civilians", "3", "2021-08-15", None),
        ("Government of Iraq", "Civilians", "3", "1991-03-01", None),
        ("Government of Iraq", "Civilians", "3", "2015-03-01", "IRQ"),
        ("Government in Exile", "Blue Front", "1", "2019-03-01", None),
    ],
)
def test_a_government_is_a_partner_where_it_can_receive_us_arms(
    load: Any, side_a: str, side_b: str, kind: str, day: str, partner: str | None
) -> None:
    row = {"side_a": side_a, "side_b": side_b, "type_of_violence": kind, "date_start": day, "date_end": day}
    assert one(load(row))["partner_country"] == partner


@pytest.mark.parametrize(
    ("code", "precision"),
    [
        ("1", "city"), ("2", "district"), ("3", "district"), ("4", "province"), ("5", "country"), ("6", "country"),
        ("7", "unknown"), ("", "unknown"),
    ],
)  # fmt: skip
def test_a_place_is_never_more_exact_than_the_codebook_says(load: Any, code: str, precision: str) -> None:
    assert one(load({"where_prec": code}))["geo_precision"] == precision


def test_no_coordinates_no_precision(load: Any) -> None:
    incident = one(load({"latitude": "", "longitude": ""}))
    assert (incident["latitude"], incident["geo_precision"]) == (None, "unknown")
    assert incident["geo_precision_raw"] == "where_prec 1: a named place"


def test_a_span_of_days_is_a_range_with_its_raw_text(load: Any) -> None:
    row = {"date_prec": "4", "date_start": "2019-03-01", "date_end": "2019-03-31", "event_clarity": "2"}
    incident = one(load(row))
    assert (incident["date_start"], incident["date_end"]) == (date(2019, 3, 1), date(2019, 3, 31))
    assert incident["date_precision"] == "range"
    assert incident["date_raw"] == "2019-03-01 to 2019-03-31 (date_prec 4: within a month)"
    assert incident["observations"][1].startswith("several events summed up")


def test_the_new_header_with_times_of_day(load: Any) -> None:
    row = {
        "id": "412", "date_start": "2023-01-05 00:00:00.000", "date_end": "2023-01-06 00:00:00.000", "date_prec": "2",
        "where_description": "North of the town", "code_status": "Clear", "relid": "KEN-2023-1-1-1",
    }  # fmt: skip
    loaded = load(row, header=NEW_HEADER, name="GEDEvent_v24_1.csv")
    incident = one(loaded)
    assert incident["incident_id"] == "ucdp-ged:412"
    assert (incident["date_start"], incident["date_end"]) == (date(2023, 1, 5), date(2023, 1, 6))
    assert incident["geo_precision_raw"] == "where_prec 1: a named place; North of the town"
    assert loaded.dataset.title == "UCDP Georeferenced Event Dataset 24.1: Kenya from 2019"


@pytest.mark.parametrize(
    ("row", "rule", "words"),
    [
        ({"id": "101.5"}, "ucdp_ged.id_readable", 'id "101.5" is not a whole number.'),
        ({"id": "x1"}, "ucdp_ged.id_readable", 'id "x1" is not a whole number.'),
        ({"id": ""}, "ucdp_ged.id_required", "id is empty."),
        ({"best": "ten"}, "ucdp_ged.best_readable", 'best "ten" is not a whole number of people.'),
        ({"low": "-1"}, "ucdp_ged.low_readable", 'low "-1" is not a whole number of people.'),
        ({"deaths_civilians": "0.5"}, "ucdp_ged.deaths_civilians_readable", 'deaths_civilians "0.5" is not a whole'),
        ({"date_start": "1/3/2019"}, "ucdp_ged.date_start_readable", 'date_start "1/3/2019" is not a day.'),
        ({"latitude": "north"}, "ucdp_ged.latitude_readable", 'latitude "north" is not a number of degrees.'),
        ({"longitude": "inf"}, "ucdp_ged.longitude_readable", 'longitude "inf" is not a number of degrees.'),
        ({"date_prec": "3"}, "ucdp_ged.date_prec_agrees_with_dates", "but both dates are 2019-03-01."),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_the_reason(load: Any, row: Row, rule: str, words: str) -> None:
    loaded = load({"id": "1"}, row, {"id": "3"})
    assert loaded.refused.select(FILE, ROW, "rule").rows() == [("extract.csv", 2, rule)]
    assert loaded.refused["reason"][0].startswith("extract.csv, row 2: ")
    assert words in loaded.refused["reason"][0]
    assert loaded.tables["incident"]["public_code"].to_list() == ["1", "3"]


def test_all_faults_of_a_row_are_told(load: Any) -> None:
    (reason,) = load({"id": "1"}, {"id": "1.5", "best": "?", "high": "?"}).refused["reason"]
    assert reason == (
        'extract.csv, row 2: id "1.5" is not a whole number; best "?" is not a whole number of people; '
        'high "?" is not a whole number of people.'
    )


def test_estimates_out_of_order_are_refused_and_not_reordered(load: Any) -> None:
    loaded = load({"id": "1"}, {"id": "2", "low": "12", "high": "8"})
    tables, refused = refuse(loaded, date(2025, 1, 1), {})
    assert refused.select(ROW, "rule").rows() == [(2, "casualty.low_best_high_ordered")]
    assert tables["incident"]["public_code"].to_list() == ["1"]


class TestReports:
    def test_each_citation_is_a_report_with_a_stated_link(self, load: Any) -> None:
        article = '"SOHR,2019-03-01,Two, three; killed";"Made Up Mail,2019-03-02,He said ""no"""'
        loaded = load({"source_article": article})
        shown = loaded.tables["report"].select("publisher", "published_on", "title", "source_type", "raw_text")
        assert shown.rows() == [
            ("SOHR", date(2019, 3, 1), "Two, three; killed", "civil_society", "SOHR,2019-03-01,Two, three; killed"),
            ("Made Up Mail", date(2019, 3, 2), 'He said ""no""', "unknown", 'Made Up Mail,2019-03-02,He said ""no""'),
        ]  # fmt: skip
        assert loaded.tables["incident_report"]["method"].to_list() == ["stated", "stated"]

    def test_an_article_cited_by_two_events_is_one_report(self, load: Any) -> None:
        loaded = load({"id": "1"}, {"id": "2"})
        reports, links = loaded.tables["report"], loaded.tables["incident_report"]
        assert reports["report_id"].n_unique() == 1
        assert links["incident_id"].to_list() == ["ucdp-ged:1", "ucdp-ged:2"]
        assert "report" in loaded.repeated

    def test_an_article_cited_twice_by_an_event_is_one_link(self, load: Any) -> None:
        loaded = load({"source_article": '"AFP,2019-03-02,A";"AFP,2019-03-02,A"'})
        assert loaded.tables["incident_report"].height == 1

    def test_a_text_without_quotes_is_one_report(self, load: Any) -> None:
        report = one(load({"source_article": "AFP 2/3 1990; Reuters 4/3 1990"}), "report")
        assert (report["title"], report["publisher"], report["published_on"]) == (
            "AFP 2/3 1990; Reuters 4/3 1990", None, None
        )  # fmt: skip
        assert report["source_type"] == "unknown"

    @pytest.mark.parametrize("day", ["1753-01-01", "2919-03-02", "2024-06-04", "2019-02-31"])
    def test_a_date_that_cannot_be_is_left_empty(self, load: Any, day: str) -> None:
        loaded = load({"source_article": f'"AFP,{day},Headline"'})
        report = one(loaded, "report")
        assert (report["published_on"], report["publisher"], report["raw_text"]) == (None, "AFP", f"AFP,{day},Headline")
        assert loaded.refused.is_empty()

    def test_no_source_no_report(self, load: Any) -> None:
        loaded = load({"source_article": ""})
        assert loaded.tables["report"].is_empty()
        assert loaded.tables["incident"].height == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("type_of_violence", "4"), ("where_prec", "8.0"), ("date_prec", "0"), ("event_clarity", "1.5"),
        ("country", "Atlantis"), ("code_status", "Check deaths"),
    ],
)  # fmt: skip
def test_an_unlisted_code_stops_the_load_with_its_count(tmp_path: Path, column: str, value: str) -> None:
    path = write(tmp_path, {column: value}, {"id": "2", column: value}, {"id": "3"}, header=NEW_HEADER)
    assert f"extract.csv: the column {column} holds '{value}' (2 times)" in problems(path)


def test_ucdp_names_of_countries(load: Any) -> None:
    names = ["DR Congo (Zaire)", "Myanmar (Burma)", "Yemen (North Yemen)", "Russia (Soviet Union)", "Syria", "Iran"]
    loaded = load(*({"id": str(i), "country": name} for i, name in enumerate(names, 1)))
    assert loaded.tables["incident"]["country"].to_list() == ["COD", "MMR", "YEM", "RUS", "SYR", "IRN"]


@pytest.mark.parametrize(
    ("division", "country"), [("Gaza Strip", "PSE"), ("West Bank", "PSE"), ("Haifa", "ISR"), ("", "ISR")]
)
def test_gaza_and_the_west_bank_are_palestine(load: Any, division: str, country: str) -> None:
    assert one(load({"country": "Israel", "adm_1": division}))["country"] == country


class TestDataset:
    def test_an_extract_is_known_by_countries_and_first_year(self, load: Any) -> None:
        dataset = load({}, {"id": "2", "country": "Chad", "year": "2017"}).dataset
        assert dataset.dataset_id == "ucdp-ged-ken-tcd-2017"
        assert dataset.title == "UCDP Georeferenced Event Dataset: Kenya, Chad from 2017"
        assert (dataset.licence, dataset.redistributable, dataset.is_snapshot) == ("CC BY 4.0", True, True)
        assert dataset.known_on == KNOWN_ON

    def test_a_yearly_release_keeps_its_identifier_when_countries_join(self, load: Any) -> None:
        names = [c.name for c in pycountry.countries]
        rows = [{"id": str(i), "country": name} for i, name in enumerate(names[:60], 1)]
        more = [{"id": str(i), "country": name} for i, name in enumerate(names[:70], 1)]
        assert load(*rows, name="GEDEvent_v23_1.csv").dataset.dataset_id == "ucdp-ged-global"
        newer = load(*more, name="ged241.csv").dataset
        assert newer.dataset_id == "ucdp-ged-global"
        assert newer.title == "UCDP Georeferenced Event Dataset 24.1: all countries"
        assert load(*rows).dataset.dataset_id not in {load(*more).dataset.dataset_id, "ucdp-ged-global"}

    def test_a_folder_of_both_formats_is_one_data_set(self, tmp_path: Path) -> None:
        folder = tmp_path / "both"
        write(folder, {"id": "1"}, name="a.csv")
        write(folder, {"id": "2"}, name="b.csv", header=NEW_HEADER)
        (folder / "SOURCE.txt").write_text("known_on: 2024-05-01\nobtained: 2024-07-01\n", encoding="utf-8")
        loaded = ucdp_ged.transform(ucdp_ged.read(folder, None))
        assert loaded.tables["incident"].select(FILE, "public_code").rows() == [("a.csv", "1"), ("b.csv", "2")]
        assert (loaded.dataset.known_on, loaded.dataset.retrieved_on) == (date(2024, 5, 1), date(2024, 7, 1))

    def test_a_newer_release_renews_and_retracts(self, tmp_path: Path) -> None:
        old = write(tmp_path / "old", {"id": "1"}, {"id": "2"}, {"id": "3"})
        new = write(tmp_path / "new", {"id": "1"}, {"id": "3", "deaths_civilians": "9", "best": "15", "high": "15"})
        sources = [Source("ucdp_ged", old, date(2023, 6, 1)), Source("ucdp_ged", new, date(2024, 6, 1))]
        frames = canonical_frames(sources, lambda _: None, None, date(2025, 1, 1))
        versions = frames["incident"].sort("incident_id", "known_from")
        assert versions.select("public_code", "known_from", "known_to", "civilians_killed_best").rows() == [
            ("1", date(2023, 6, 1), None, 4),
            ("2", date(2023, 6, 1), date(2024, 6, 1), 4),
            ("3", date(2023, 6, 1), date(2024, 6, 1), 4),
            ("3", date(2024, 6, 1), None, 9),
        ]

    def test_extracts_of_other_countries_retract_nothing(self, tmp_path: Path) -> None:
        kenya = write(tmp_path / "kenya", {"id": "1"})
        chad = write(tmp_path / "chad", {"id": "2", "country": "Chad"})
        sources = [Source("ucdp_ged", kenya, date(2023, 6, 1)), Source("ucdp_ged", chad, date(2024, 6, 1))]
        incidents = canonical_frames(sources, lambda _: None, None, date(2025, 1, 1))["incident"]
        assert incidents["known_to"].null_count() == incidents.height == 2


class TestFilesThatCannotBeRead:
    def test_no_file(self, tmp_path: Path) -> None:
        assert "does not exist" in problems(tmp_path / "none.csv")

    def test_a_folder_without_csv(self, tmp_path: Path) -> None:
        assert "holds no .csv file" in problems(tmp_path)

    def test_a_header_alone(self, tmp_path: Path) -> None:
        assert "holds a header and no rows" in problems(write(tmp_path))

    def test_a_missing_and_a_new_column(self, tmp_path: Path) -> None:
        header = (*(c for c in OLD_HEADER if c != "best"), "victims")
        found = problems(write(tmp_path, {}, header=header))
        assert "the column best is missing" in found
        assert "the column victims is not known" in found

    def test_candidate_events(self, tmp_path: Path) -> None:
        assert "monthly candidate events" in problems(write(tmp_path, {}, name="GEDEvent_v24_0_3.csv"))

    def test_no_country(self, tmp_path: Path) -> None:
        assert "the column country or year is empty" in problems(write(tmp_path, {"country": ""}))

    def test_no_day_of_export(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="does not say of which day"):
            ucdp_ged.read(write(tmp_path, {}), None)


@given(st.integers(min_value=0, max_value=10**15 - 1), st.sampled_from(["", ".", ".0", ".00"]))
def test_a_whole_number_is_read_however_it_is_written(number: int, ending: str) -> None:
    assert pl.DataFrame({"n": [f" {number}{ending} "]}).select(whole("n")).item() == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3).filter(lambda d: d < 0 or d != d.to_integral()))
def test_anything_else_is_no_whole_number(number: Any) -> None:
    assert pl.DataFrame({"n": [str(number)]}).select(whole("n")).item() is None


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Canonical:
    return ucdp_ged.transform(ucdp_ged.read(shared_data / "ucdp_ged_syria", None))


class TestRealExtract:
    """What is known of UCDP's extract of Syria, January 2016 to November 2019."""

    def test_data_set(self, real: Canonical) -> None:
        assert real.dataset.dataset_id == "ucdp-ged-syr-2016"
        assert (real.dataset.known_on, real.dataset.retrieved_on) == (date(2020, 1, 21), date(2026, 11, 24))

    def test_every_event_can_be_read(self, real: Canonical) -> None:
        incidents = real.tables["incident"]
        assert incidents.height == incidents["incident_id"].n_unique() == real.files[0].frame.height == 16_566
        assert real.refused.is_empty()
        assert set(incidents["country"]) == {"SYR"}
        assert incidents["latitude"].null_count() == 0

    def test_everybody_killed_and_civilians(self, real: Canonical) -> None:
        casualties = real.tables["casualty"]
        everybody = casualties.filter(group="all_people")
        assert everybody.select(pl.col("low", "best", "high").sum()).row(0) == (104_929, 112_337, 119_020)
        civilians = casualties.filter(group="civilians", harm="killed")
        assert civilians.select(pl.col("low", "best", "high").sum()).row(0) == (26_653, 26_653, 23_730)
        assert civilians["high"].null_count() == 2_895, "events with deaths of unknown status"
        fighters = casualties.filter(group="belligerents")
        assert (fighters.height, fighters["best"].sum()) == (11_507, 30_156 + 27_129)
        injured = casualties.filter(harm="injured")
        assert injured.height == injured["best"].null_count() == 16_566

    def test_101_events_are_refused_for_their_estimates(self, real: Canonical) -> None:
        tables, refused = refuse(real, date(2026, 11, 24), {})
        assert refused["rule"].unique().to_list() == ["casualty.low_best_high_ordered"]
        assert refused.height == 101
        assert tables["incident"].height == 16_566 - 101

    def test_precision(self, real: Canonical) -> None:
        incidents = real.tables["incident"]
        assert dict(incidents.group_by("geo_precision").len().iter_rows()) == {
            "city": 9_010, "district": 5_786 + 334, "province": 620, "country": 562 + 254
        }  # fmt: skip
        assert dict(incidents.group_by("date_precision").len().iter_rows()) == {"day": 15_480, "range": 1_086}
        assert (incidents["observations"].list.len() == 2).sum() == 622

    def test_who_is_named(self, real: Canonical) -> None:
        incidents = real.tables["incident"]
        suspected = incidents.filter(belligerent_basis="suspected")
        assert suspected.height == 482
        assert (suspected["belligerent"].list.len() == 1).all()
        partners = incidents.drop_nulls("partner_country").group_by("partner_country").len()
        assert dict(partners.iter_rows()) == {"TUR": 137, "IRQ": 64, "ISR": 39, "JOR": 3}

    def test_citations_agree_with_the_stated_number_of_sources(self, real: Canonical) -> None:
        stated = real.files[0].frame["number_of_sources"].cast(pl.Float64).sum()
        reports = real.tables["report"]
        assert reports.height == stated == 21_137
        assert reports["report_id"].n_unique() == 13_771
        assert reports["publisher"].null_count() == 0
        texts = reports.unique("report_id")
        assert texts.filter(source_type="civil_society").height > 13_000
        assert real.tables["incident_report"]["incident_id"].n_unique() == 16_566
