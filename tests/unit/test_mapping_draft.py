"""Drafts of mappings: what headers and cells tell is placed, what they do not is asked, and nothing crashes."""

from __future__ import annotations

import json
import sys
import tomllib
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

import cli
from transforms.mapping import UNDECIDED, FileFormat, Mapping, undecided
from transforms.mapping_draft import Draft, draft, tried, write
from transforms.mapping_formats import TextFormat
from transforms.mapping_layout import encoding_of, layout
from transforms.mapping_names import people_field, value_of
from transforms.mapping_toml import parse
from transforms.mapping_trial import of_file, trial
from transforms.mapping_write import toml
from transforms.sources import mapped
from warehouse.errors import InputError

TODAY = date(2024, 7, 1)
STRIKES = (
    "Event ID,Incident Date,Location,Lat,Long,Country,Attack type,Civilians killed (min),Civilians killed (max),"
    "Killed,Source URL,Notes,Empty\n"
    "E1,25/03/2024,Northbridge,-1.29,36.82,Kenya,Air strike,3,5,9,https://a.example/1; https://b.example/2,x,\n"
    "E2,03/04/2024,Eastfield,n/a,n/a,Kenya,Artillery; Catapult,,,,https://c.example/3,y,\n"
    "E3,04/04/2024,Eastfield,-1.3,36.9,Kenya,Artillery,0,0,0,,z,\n"
)


def made(folder: Path, content: str | bytes, name: str = "strikes.csv") -> Draft:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return draft(file, folder)


def columns(drafted: Draft) -> dict[str, str]:
    return {field: used[0] for field, used in drafted.mapping.columns.items()}


# What is placed


def test_a_usual_file_is_placed_and_the_rest_is_asked(tmp_path: Path) -> None:
    drafted = made(tmp_path, STRIKES)
    assert columns(drafted) == {
        "incident_id": "Event ID",
        "date": "Incident Date",
        "public_code": "Event ID",
        "country": "Country",
        "place": "Location",
        "latitude": "Lat",
        "longitude": "Long",
        "strike_type": "Attack type",
        "civilians_killed_low": "Civilians killed (min)",
        "civilians_killed_high": "Civilians killed (max)",
        "report_url": "Source URL",
    }
    assert drafted.mapping.form == TextFormat(date_order="dmy", null_words=("n/a",))
    assert drafted.mapping.separators == {"strike_type": ";", "report_url": ";"}
    assert drafted.mapping.values == {
        "country": {"Kenya": ("KEN",)},
        "strike_type": {"Artillery": ("artillery",), "Air strike": ("airstrike",), "Catapult": (UNDECIDED,)},
    }
    assert drafted.mapping.constants == {"access": UNDECIDED}
    assert drafted.mapping.ignored == {
        "Killed": UNDECIDED,
        "Notes": UNDECIDED,
        "Empty": "empty in every row when this was drafted",
    }
    asked = {p.column: p.question for p in drafted.placed if p.question}
    assert "civilians_killed) or all people (all_people_killed)" in asked["Killed"]
    assert drafted.stored == "CSV, utf-8, separated by commas; 3 rows, 13 columns"
    assert "date_order is proved by 1 of 3 dates." in drafted.notes


def test_a_draft_shows_what_would_load_and_says_what_is_left(tmp_path: Path) -> None:
    found = tried(made(tmp_path, STRIKES), tmp_path, TODAY)
    assert (found.rows_read, found.rows_loaded, found.reasons) == (3, 3, ())
    assert found.counts == {"incident": 3, "casualty": 3, "report": 3, "incident_report": 3}
    assert found.preview["civilians_killed"].to_list() == ["3–5", "unknown", "0"]
    assert found.preview["date_start"].to_list() == ["2024-03-25", "2024-04-03", "2024-04-04"]
    left = "\n".join(found.problems)
    assert "[dataset] publisher is still" in left
    assert "[values.strike_type] is still \"?\" for 'Catapult'; allowed: airstrike" in left
    assert "[ignored] is still \"?\" for 'Killed', 'Notes'" in left
    assert "[constants] access is still" in left


def test_a_filled_in_draft_loads(tmp_path: Path) -> None:
    drafted = made(tmp_path, STRIKES)
    target = tmp_path / "strikes.csv.toml"
    write(drafted, target)
    with pytest.raises(InputError, match="is still"):
        mapped.read(target, None)
    text = target.read_text(encoding="utf-8").replace('known_on = "?"', 'known_on = "2024-06-30"')
    text = text.replace('access = "?"', 'access = "public"').replace('"Catapult" = "?"', '"Catapult" = "other"')
    target.write_text(text.replace('"?"', '"decided"'), encoding="utf-8")
    assert of_file(target, tmp_path / "strikes.csv", TODAY).problems == ()
    loaded = mapped.transform(mapped.read(target, None))
    assert loaded.tables["incident"]["strike_type"].to_list() == [["airstrike"], ["artillery", "other"], ["artillery"]]
    assert loaded.refused.is_empty()


@pytest.mark.parametrize(
    ("dates", "order", "note"),
    [
        (["25/03/2024", "03/04/2024"], "dmy", "proved by 1 of 2"),
        (["03/25/2024", "03/04/2024"], "mdy", "proved by 1 of 2"),
        (["05/03/2024", "03/04/2024"], "?", "2 dates such as 03/04/2024 may be read day first or month first"),
        (["25/03/2024", "03/25/2024"], "?", "mixes both"),
        (["2024/03/25", "2024/04/03"], "ymd", ""),
        (["2024-03-25", "April 2024"], None, ""),
        (["25/03/24", "03/04/24"], None, "2 dates have years of two digits"),
    ],
)
def test_the_order_of_day_and_month_is_taken_only_where_it_is_proved(
    tmp_path: Path, dates: list[str], order: str | None, note: str
) -> None:
    drafted = made(tmp_path, "id,date\n" + "".join(f"{i},{d}\n" for i, d in enumerate(dates)))
    if note != "2 dates have years of two digits":
        assert drafted.mapping.columns["date"] == ("date",)
        assert drafted.mapping.form.date_order == order
        assert note in " ".join(drafted.notes)
    if order == UNDECIDED:
        found = tried(drafted, tmp_path, TODAY)
        assert any("date_order is still" in problem for problem in found.problems)
        assert found.rows_loaded == 2, "the other columns are shown all the same"


def test_no_identifier_is_said(tmp_path: Path) -> None:
    assert "a hash of the mapped cells" in " ".join(made(tmp_path, "date,place\n2024,a\n2024,b\n").notes)


def test_addresses_of_repeated_incidents_are_of_reports(tmp_path: Path) -> None:
    drafted = made(tmp_path, "code,url\nA,https://a.example/1\nA,https://a.example/2\nB,https://a.example/3\n")
    assert columns(drafted)["report_url"] == "url"
    assert "1 rows repeat one" in " ".join(drafted.notes)


def test_a_text_is_no_category_and_words_are_no_numbers(tmp_path: Path) -> None:
    rows = "".join(f"{i},some text {i},north\n" for i in range(100))
    drafted = made(tmp_path, f"id,weapon,lat\n{rows}")
    assert columns(drafted).keys() == {"incident_id", "public_code"}
    asked = {p.column: p.question for p in drafted.placed}
    assert "100 different values are rather text" in asked["weapon"]
    assert "most of its cells do not read as that" in asked["lat"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Civilians killed", "civilians_killed"), ("civ_killed_min", "civilians_killed_low"),
        ("childrenKilledMax", "children_killed_high"), ("Number of women injured (best)", "women_injured_best"),
        ("deaths_civilians", "civilians_killed"), ("Soldiers wounded", "belligerents_injured"),
        ("killed", None), ("fatalities", None), ("killed_cum", None), ("deaths_a", None),
        ("men and women killed", None), ("civilians killed or injured", None),
        ("Civilian children killed", "children_killed"),
    ],
)  # fmt: skip
def test_who_is_counted_is_read_off_a_header_only_if_it_says_so(header: str, field: str | None) -> None:
    assert people_field(header)[0] == field


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("strike_type", "Air strike", "airstrike"), ("strike_type", "AIRSTRIKE", "airstrike"),
        ("strike_type", "Airstrikes", None), ("geo_precision", "Within 100 m", "within_100m"),
        ("country", "Kenya", "KEN"), ("country", "ke", "KEN"), ("country", "Kenia", None),
        ("weapon", "GBU 39", "gbu-39"), ("weapon", "Mortar", "system:mortar"), ("weapon", "2 x GBU-39", None),
        ("source_type", "Civil society", "civil_society"), ("harm_status", "Fair", "fair"),
    ],
)  # fmt: skip
def test_a_category_is_matched_by_its_exact_label_alone(field: str, text: str, value: str | None) -> None:
    assert value_of(field, text) == value


# How a file is stored


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(tmp_path: Path, separator: str) -> None:
    rows = [["id", "place", "killed"], ["1", "a, b; c", "2"], ["2", "d", "3"]]
    content = "".join(separator.join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    assert made(tmp_path, content).mapping.file.separator == separator


def test_titles_above_the_header(tmp_path: Path) -> None:
    drafted = made(tmp_path, "Strikes of 2024,,\nid,place,date\n1,a,2024\n2,b,2024\n")
    assert drafted.mapping.file.header_row == 2
    assert "The header is taken to be line 2" in drafted.notes[0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Möbius, Besançon, São Tomé", "cp1252"), ("مدينة رفح في جنوب قطاع غزة", "cp1256"),
        ("город Харьков и область", "cp1251"), ("עיר הבירה ירושלים", "cp1255"),
    ],
)  # fmt: skip
def test_encodings_are_guessed_and_said(tmp_path: Path, text: str, encoding: str) -> None:
    content = f"id,place\n1,{text}\n2,b\n".encode(encoding)
    assert encoding_of(content)[0] == encoding
    drafted = made(tmp_path, content.replace(b", ", b" "))
    assert f"{encoding} is a guess" in drafted.notes[0]
    assert tried(drafted, tmp_path, TODAY).preview["place"][0] == text.replace(", ", " ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_are_certain(tmp_path: Path, encoding: str) -> None:
    drafted = made(tmp_path, "id,place\n1,مدينة\n".encode(encoding))
    assert columns(drafted)["incident_id"] == "id"
    assert not any("guess" in note for note in drafted.notes)


def test_spreadsheets_records_and_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [1, 2], "date": [date(2024, 3, 9), None], "place": ["a", "b"]})
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        pl.DataFrame({"note": ["x"]}).write_excel(book, worksheet="About")
        frame.write_excel(book, worksheet="Data")
    drafted = draft(tmp_path / "a.xlsx", tmp_path)
    assert drafted.mapping.file.sheet == "Data"
    assert "left out: 'About'" in drafted.notes[0]
    assert tried(drafted, tmp_path, TODAY).preview["date_start"].to_list() == ["2024-03-09", None]
    frame.write_parquet(tmp_path / "a.parquet")
    assert columns(draft(tmp_path / "a.parquet", tmp_path))["date"] == "date"
    nested = made(
        tmp_path, json.dumps({"meta": {}, "data": {"events": [{"id": 1, "at": {"lat": 1.5, "lng": 2}}]}}), "a.json"
    )
    assert nested.mapping.file.records == "data.events"
    assert columns(nested)["longitude"] == "at.lng"
    lines = made(tmp_path, '{"id": 1}\n{"id": 2}\n', "b.json")
    assert lines.mapping.file.format == "jsonl"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", b"id,place\n", "holds no row below its header"),
        ("a.pdf", b"%PDF", "its ending tells no format"),
        ("a.json", b"{", "is not JSON"),
        ("a.json", b"3", "holds no list of records"),
        ("a.xlsx", b"PK", "cannot be read as a spreadsheet"),
        ("a.parquet", b"PAR1", "cannot be read as Parquet"),
        ("a.csv", b"id\0,place\n1,2\n", "null characters"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        made(tmp_path, content, name)
    with pytest.raises(InputError, match="does not exist"):
        layout(tmp_path / "other.csv")


@settings(max_examples=40)  # each one writes and reads a file
@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=3, max_size=3), min_size=2, max_size=6
    )
)
def test_no_table_of_text_crashes_a_draft(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    folder = tmp_path_factory.mktemp("any")
    file = folder / "any.csv"
    pl.DataFrame(rows, schema=["date", "killed", "type"], orient="row").write_csv(file)
    try:
        drafted = draft(file, folder)
        found = tried(drafted, folder, TODAY)
    except InputError:
        return
    if drafted.mapping.form.date_order != UNDECIDED and drafted.mapping.columns:
        assert found.rows_read == found.rows_loaded + len(found.reasons)
    assert parse(drafted.text, drafted.mapping.name) == drafted.mapping


# The text of a mapping


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="?"), min_size=1)


@given(TEXT, TEXT, TEXT, st.sampled_from([None, "dmy", "mdy", "ymd"]), st.booleans())
def test_a_mapping_is_read_back_as_it_was_written(
    title: str, column: str, value: str, order: str | None, redistributable: bool
) -> None:
    mapping = Mapping(
        name="m.toml",
        dataset={
            "id": "x", "title": title, "publisher": UNDECIDED, "licence": value, "redistributable": redistributable,
            "known_on": date(2024, 6, 30),
        },
        file=FileFormat(paths=(title,), encoding="cp1256", separator="\t", header_row=3),
        form=TextFormat(date_order=order, null_words=(value,), decimal=",", thousands="."),  # type: ignore[arg-type]
        columns={"incident_id": (column, title), "strike_type": (column,)},
        values={"strike_type": {value: ("airstrike", "artillery"), "other " + value: ()}},
        separators={"strike_type": value},
        constants={"country": "KEN", "belligerent": "a\nb"},
        ignored={"left " + column: value},
    )  # fmt: skip
    assert parse(toml(mapping), "m.toml") == mapping
    assert tomllib.loads(toml(mapping))["dataset"]["title"] == title
    assert undecided(mapping) == ['m.toml: [dataset] publisher is still "?"; fill it in.']


# The command


def call(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["civharm", *map(str, arguments)])
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0), *capsys.readouterr()


def test_the_command_drafts_tests_and_never_overwrites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("strikes.csv").write_text(STRIKES)
    code, out, _ = call(monkeypatch, capsys, "map", "strikes.csv")
    assert code == 0
    assert "3 rows read, 3 would load, 0 refused." in out
    assert "Wrote strikes.csv.toml." in out
    code, out, _ = call(monkeypatch, capsys, "map", "strikes.csv", "--mapping", "strikes.csv.toml")
    assert code == 1
    assert "Left to decide:" in out
    code, _, err = call(monkeypatch, capsys, "map", "strikes.csv")
    assert code == 1
    assert err.startswith("Error: strikes.csv.toml is there already; test it with --mapping strikes.csv.toml")
    code, _, _ = call(monkeypatch, capsys, "map", "strikes.csv", "-o", "other.toml")
    assert code == 0
    assert Path("other.toml").read_text() == Path("strikes.csv.toml").read_text()


def test_a_test_of_a_mapping_lists_everything_that_stops_the_load(tmp_path: Path) -> None:
    drafted = made(tmp_path, STRIKES)
    (tmp_path / "new.csv").write_text(
        "Event ID,Incident Date,Location,Lat,Long,Country,Attack type,Civilians killed (min),Civilians killed (max),"
        "Killed,Source URL,Notes,Empty,Added\nE9,03/25/2024,x,1,2,Kenya,Sling,1,1,,,,,new\n"
    )
    target = tmp_path / "m.toml"
    write(drafted, target)
    found = of_file(target, tmp_path / "new.csv", TODAY)
    text = "\n".join(found.problems)
    assert "'Added' not in m.toml" in text
    assert "'Sling' (1)" in text
    assert "date '03/25/2024' does not fit date_order 'dmy'" in text
    assert (found.rows_read, found.rows_loaded) == (1, 1)
    (tmp_path / "new.csv").write_text("Event ID\nE9\n")
    assert "new.csv has no column 'Incident Date'" in "\n".join(of_file(target, tmp_path / "new.csv", TODAY).problems)


# Published files, as a stranger meets them

REAL = {
    "airwars_gaza/incidents.csv": (939, {"incident_id": "incident_code", "civilians_killed": "civ_killed_text"}),
    "airwars_syria/incidents.csv": (8_114, {"date_start": "incident_date", "civilians_killed_low": "civ_killed_min"}),
    "airwars_syria/sources.csv": (50_326, {"report_url": "url"}),
    "airwars_idf_footage/data.csv": (66, {"date": "Incident date", "civilians_killed": "Civilians reported killed"}),
    "bellingcat_ukraine/ukr-civharm-2024-06-02.json": (1_790, {"incident_id": "id", "report_url": "sources[].path"}),
    "ucdp_ged_syria/ged_syria_2016_2019.csv": (16_566, {"civilians_killed": "deaths_civilians", "country": "country"}),
    "palestine_datasets/west_bank_daily.json": (1_051, {"children_killed": "verified.killed_children"}),
    "palestine_datasets/infrastructure-damaged.json": (730, {}),
    "palestine_datasets/casualties_daily_revisions.csv": (None, {}),
    "sipri_trade_register/description_mapping.csv": (None, {}),
    "airwars_idf_footage/gaza_boundary.geojson": (1, {}),
}


@pytest.mark.parametrize("name", REAL)
def test_a_published_file_is_drafted_sensibly(shared_data: Path, tmp_path: Path, name: str) -> None:
    rows, expected = REAL[name]
    drafted = draft(shared_data / name, tmp_path)
    assert columns(drafted).items() >= expected.items()
    assert len(drafted.placed) == len(columns(drafted).keys() - {"public_code"}) + len(drafted.mapping.ignored)
    found = trial(drafted.mapping, tmp_path, date(2026, 11, 24))
    assert found.rows_read == (rows or found.rows_read)
    if columns(drafted):
        assert found.rows_read == found.rows_loaded + len(found.reasons)
    assert parse(drafted.text, drafted.mapping.name) == drafted.mapping
