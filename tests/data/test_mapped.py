"""Anyone's table through a mapping file: made-up files of every format, every fault a person can make, real totals."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from transforms.mapping import FileFormat
from transforms.mapping_fields import fields
from transforms.mapping_files import read_file
from transforms.pipeline import Source, build
from transforms.source import FILE, ROW, Canonical, canonical_columns
from transforms.sources import airwars, mapped
from warehouse.connection import reader
from warehouse.errors import InputError

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
DATASET = """
[dataset]
id = "made-up"
title = "Made up"
publisher = "Nobody"
licence = "CC0-1.0"
known_on = 2024-06-30
synthetic = true
"""

Load = Callable[..., Canonical]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load `content` of a file `name` through the given sections of a mapping."""

    def loaded(sections: str, content: str | bytes, name: str = "data.csv") -> Canonical:
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return through(tmp_path, sections, name)

    return loaded


def through(folder: Path, sections: str, name: str) -> Canonical:
    text = sections if "[dataset]" in sections else DATASET + sections
    if "[file]" not in text:
        text += f'\n[file]\npath = "{name}"\n'
    mapping = folder / "mapping.toml"
    mapping.write_text(text, encoding="utf-8")
    return mapped.transform(mapped.read(mapping, None))


def rows(canonical: Canonical, table: str, *columns: str) -> list[Any]:
    found = canonical.tables[table].select(columns).rows()
    return [row[0] for row in found] if len(columns) == 1 else found


def reasons(canonical: Canonical) -> list[str]:
    return canonical.refused["reason"].to_list()


# The guide's example, as it is written


def block(language: str) -> str:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, flags=re.DOTALL)[0]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    (tmp_path / "strikes.csv").write_text(block("csv"), encoding="utf-8")
    mapping = tmp_path / "strikes.csv.toml"
    mapping.write_text(block("toml"), encoding="utf-8")
    return mapping


def test_the_example_of_the_guide_loads_as_it_says(example: Path) -> None:
    loaded = mapped.transform(mapped.read(example, None))
    assert rows(loaded, "incident", "incident_id", "date_start", "date_end", "date_precision", "date_raw") == [
        ("example-county:R-1", date(2024, 3, 9), date(2024, 3, 9), "day", "09/03/2024"),
        ("example-county:R-2", date(2024, 3, 1), date(2024, 3, 31), "month", "March 2024"),
        ("example-county:R-3", date(2024, 1, 1), date(2024, 12, 31), "year", "2024"),
    ]
    assert rows(loaded, "incident", "latitude", "longitude", "geo_precision") == [
        (-1.2921, 36.8219, "unknown"),
        (-1.3, 36.9, "unknown"),
        (None, None, "unknown"),
    ]
    assert rows(loaded, "incident", "strike_type", "strike_type_raw") == [
        (["airstrike"], "Air strike"),
        (["artillery", "drone_strike"], "Shelling, drone"),
        (["unknown"], "n/a"),
    ]
    assert rows(loaded, "casualty", "incident_id", "group", "harm", "low", "best", "high", "raw_text") == [
        ("example-county:R-1", "civilians", "killed", 3, None, 5, "3–5"),
        ("example-county:R-2", "civilians", "killed", None, None, None, "unknown"),
        ("example-county:R-3", "civilians", "killed", 0, None, 0, "0"),
        ("example-county:R-1", "civilians", "injured", 12, None, None, "12+"),
        ("example-county:R-2", "civilians", "injured", None, None, None, None),
        ("example-county:R-3", "civilians", "injured", None, None, None, "n/a"),
        (
            "example-county:R-1", "children", "killed", 1, None, 2,
            "Children killed (min): 1; Children killed (max): 2",
        ),
    ]  # fmt: skip
    assert rows(loaded, "report", "url", "platform", "account_kind", "source_type", "access") == [
        ("https://news.example/1", None, "not_social_media", "unknown", "public"),
        ("https://t.me/somebody/4", "Telegram", "personal", "social_media", "public"),
        ("https://news.example/2", None, "not_social_media", "unknown", "public"),
    ]
    assert rows(loaded, "incident_weapon", "weapon_id", "confidence", "basis", "raw_text") == [
        ("gbu-39", "possible", "source_claim", "GBU-39")
    ]
    assert reasons(loaded) == [block("text").strip()]


def test_the_example_becomes_a_warehouse_in_which_nothing_is_lost(example: Path, tmp_path: Path) -> None:
    build(tmp_path / "warehouse", [Source("mapped", example)], lambda _: None)
    found = reader(tmp_path / "warehouse")
    counts = found.frame("SELECT rows_read, rows_loaded, rows_quarantined, synthetic FROM dataset").row(0)
    assert counts == (4, 3, 1, True)
    (refused,) = found.frame("SELECT file, row_number, raw FROM quarantine").rows(named=True)
    assert (refused["file"], refused["row_number"]) == ("strikes.csv", 4)
    assert json.loads(refused["raw"])["Checked by"] == "[restricted]"
    assert found.frame("SELECT sum(civilians_killed_low), sum(civilians_killed_high) FROM incident").row(0) == (3, 5)


def test_a_later_export_becomes_versions(example: Path, tmp_path: Path) -> None:
    later = tmp_path / "later"
    later.mkdir()
    kept = [line for line in block("csv").splitlines() if not line.startswith("R-4")]
    (tmp_path / "strikes.csv").write_text("\n".join(kept), encoding="utf-8")
    changed = "\n".join(kept).replace("3–5", "4–6").replace("R-3;", "R-5;")
    (later / "strikes.csv").write_text(changed, encoding="utf-8")
    newer = later / "strikes.csv.toml"
    newer.write_text(block("toml").replace("2024-06-30", "2024-09-30"), encoding="utf-8")
    build(tmp_path / "warehouse", [Source("mapped", example), Source("mapped", newer)], lambda _: None)
    versions = "SELECT incident_id, known_from, known_to, civilians_killed_low FROM incident ORDER BY ALL"
    first, second = date(2024, 6, 30), date(2024, 9, 30)
    assert reader(tmp_path / "warehouse").frame(versions).rows() == [
        ("example-county:R-1", first, second, 3),
        ("example-county:R-1", second, None, 4),
        ("example-county:R-2", first, None, None),
        ("example-county:R-3", first, second, 0),
        ("example-county:R-5", second, None, 0),
    ]


def test_the_guide_names_every_field() -> None:
    named = set(re.findall(r"`([a-z_0-9]+)`", GUIDE))
    people = {name for name, field in fields().items() if field.kind == "people"}
    assert fields().keys() - people <= named
    assert {name.rsplit("_", 1)[0] for name in people if name.endswith("_killed")} <= named


def test_every_table_has_the_contracts_columns(example: Path) -> None:
    for name, frame in mapped.transform(mapped.read(example, None)).tables.items():
        assert frame.schema == canonical_columns(name) | {FILE: pl.String(), ROW: pl.Int64()}


# Formats and encodings

PLAIN = '[columns]\nincident_id = "id"\nplace = "place"\ncivilians_killed = "killed"\n'
KILLED = [("made-up:1", 2, 2), ("made-up:2", None, None)]


def test_encodings(load: Load) -> None:
    for encoding, place in {
        "utf-8": "Ταύρος", "utf-8-sig": "مدينة", "latin-1": "Möbius", "cp1256": "مدينة رفح", "utf-16": "Ψ",
    }.items():  # fmt: skip
        sections = f'[file]\npath = "data.csv"\nencoding = "{encoding}"\n{PLAIN}'
        loaded = load(sections, f"id,place,killed\n1,{place},2\n2,,\n".encode(encoding))
        assert rows(loaded, "incident", "place") == [place, None], encoding
        assert rows(loaded, "casualty", "incident_id", "low", "high") == KILLED


def test_a_byte_order_mark_needs_no_word(load: Load) -> None:
    assert rows(load(PLAIN, "\ufeffid,place,killed\n1,a,2\n"), "incident", "incident_id") == ["made-up:1"]


def test_a_wrong_encoding_is_told_with_its_line(load: Load) -> None:
    with pytest.raises(InputError, match=r"data\.csv, line 2: not text in utf-8"):
        load(PLAIN, "id,place,killed\n1,Möbius,2\n".encode("latin-1"))


def test_tabs_quotes_and_line_breaks(load: Load) -> None:
    content = 'id\tplace\tkilled\n1\t"a\nb"\t2\n\n2\t"say ""x"""\t\n'
    loaded = load(PLAIN, content, "data.tsv")
    assert rows(loaded, "incident", "place") == ["a\nb", 'say "x"']
    assert reasons(loaded) == ["data.tsv, row 2: every mapped column is empty."]


def test_lines_above_the_header(load: Load) -> None:
    sections = f'[file]\npath = "data.csv"\nheader_row = 3\n{PLAIN}'
    loaded = load(sections, "A title, of two cells\n\nid,place,killed\n1,a,2\n")
    assert rows(loaded, "incident", "place") == ["a"]


def test_a_row_with_too_many_cells_stops_the_load(load: Load) -> None:
    with pytest.raises(InputError, match=r"data\.csv, row 2: 4 cells, the header has 3"):
        load(PLAIN, "id,place,killed\n1,a,2\n2,b,c,3\n")


def test_headers_without_a_name_and_twice_the_same(load: Load) -> None:
    sections = '[columns]\nincident_id = "id"\nplace = "id (2)"\nsummary = "column 3"\n'
    loaded = load(sections, "id,id,\n1,a,x\n")
    assert rows(loaded, "incident", "incident_id", "place", "summary") == [("made-up:1", "a", "x")]


def test_a_spreadsheet_with_real_dates_and_numbers(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"id": [1, 2], "place": ["a", None], "killed": [2, None], "day": [date(2024, 3, 9), None], "lat": [1.5, None],
         "lon": [36.25, None]}
    )  # fmt: skip
    frame.write_excel(tmp_path / "data.xlsx", worksheet="One")
    loaded = through(tmp_path, f'{PLAIN}date = "day"\nlatitude = "lat"\nlongitude = "lon"\n', "data.xlsx")
    assert rows(loaded, "incident", "date_start", "date_precision", "latitude", "longitude") == [
        (date(2024, 3, 9), "day", 1.5, 36.25),
        (None, "unknown", None, None),
    ]
    assert rows(loaded, "casualty", "incident_id", "low", "high") == KILLED
    with pytest.raises(InputError, match="has no sheet 'Two'; it has 'One'"):
        through(tmp_path, f'[file]\npath = "data.xlsx"\nsheet = "Two"\n{PLAIN}', "data.xlsx")


def test_parquet(tmp_path: Path) -> None:
    pl.DataFrame(
        {"id": [1, 2], "place": [{"name": "a"}, None], "killed": [2.0, None], "tags": [["x", "y"], None]}
    ).write_parquet(tmp_path / "data.parquet")
    sections = PLAIN.replace('"place"', '"place.name"') + 'observations = "tags"\n[separators]\nobservations = "\\n"\n'
    loaded = through(tmp_path, sections, "data.parquet")
    assert rows(loaded, "incident", "place", "observations") == [("a", ["x", "y"]), (None, None)]
    assert rows(loaded, "casualty", "incident_id", "low", "high") == KILLED


def test_nested_json(load: Load) -> None:
    event = {"id": 1, "at": {"lat": 1.5, "lon": 36.25}, "sources": [{"url": "https://a.example/1"}, {"url": None}]}
    sections = (
        '[file]\npath = "data.json"\nrecords = "data.events"\n[columns]\nincident_id = "id"\nlatitude = "at.lat"\n'
        'longitude = "at.lon"\nreport_url = "sources[].url"\n[separators]\nreport_url = "\\n"\n'
        '[constants]\naccess = "private"\n'
    )
    loaded = load(sections, json.dumps({"data": {"events": [event, {"id": 2}]}}), "data.json")
    assert rows(loaded, "incident", "incident_id", "latitude", "longitude") == [
        ("made-up:1", 1.5, 36.25),
        ("made-up:2", None, None),
    ]
    assert rows(loaded, "report", "url", "access") == [("https://a.example/1", "private")]
    with pytest.raises(InputError, match=r"holds no list of records at 'data\.events'"):
        load(sections, json.dumps({"data": []}), "data.json")


def test_geojson_and_json_lines(load: Load) -> None:
    feature = {
        "type": "Feature",
        "properties": {"name": "a"},
        "geometry": {"type": "Point", "coordinates": [36.25, 1.5]},
    }
    content = json.dumps({"type": "FeatureCollection", "features": [feature]})
    sections = '[columns]\nplace = "name"\ncoordinates = "geometry"\n'
    assert rows(load(sections, content, "data.geojson"), "incident", "latitude", "longitude") == [(1.5, 36.25)]
    lines = '{"id": "1", "place": "a", "killed": 2}\n\n{"id": "2", "place": null, "killed": null}\n'
    assert rows(load(PLAIN, lines, "data.jsonl"), "casualty", "incident_id", "low", "high") == KILLED


def test_several_files_are_one_data_set(tmp_path: Path) -> None:
    for folder, content in {"a": "1,x,1\n", "b": "2,y,2\n"}.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "data.csv").write_text(f"id,place,killed\n{content}")
    loaded = through(tmp_path, f'[file]\npath = ["a/data.csv", "b/data.csv"]\n{PLAIN}', "")
    assert rows(loaded, "incident", "incident_id", FILE, ROW) == [
        ("made-up:1", "a/data.csv", 1),
        ("made-up:2", "b/data.csv", 1),
    ]
    assert [f.name for f in loaded.files] == ["mapping.toml", "a/data.csv", "b/data.csv"]


# Columns and categories


def test_a_column_that_nobody_placed_stops_the_load(load: Load) -> None:
    with pytest.raises(InputError, match=r"data\.csv: 'notes', 'x' not in mapping\.toml"):
        load(PLAIN, "id,place,killed,notes,x\n1,a,2,b,c\n")


def test_a_missing_column_stops_the_load(load: Load) -> None:
    with pytest.raises(InputError, match=r"data\.csv has no column 'killed'; its columns are 'id', 'place'"):
        load(PLAIN, "id,place\n1,a\n")


def test_categories_without_a_meaning_are_listed_all_at_once(load: Load) -> None:
    sections = (
        '[columns]\nincident_id = "id"\nstrike_type = "type"\nharm_status = "grade"\n[separators]\nstrike_type = "/"\n'
        '[values.strike_type]\n"Bomb" = "airstrike"\n'
    )
    content = "id,type,grade\n1,Bomb/Catapult,good\n2,Catapult,good\n3,artillery,fair\n4,Sling,good\n"
    with pytest.raises(InputError) as stopped:
        load(sections, content)
    assert len(stopped.value.problems) == 2
    assert "'grade' (harm_status) holds values without a meaning (and how often): 'good' (3);" in str(stopped.value)
    assert "'type' (strike_type) holds values without a meaning (and how often): 'Catapult' (2), 'Sling' (1);" in str(
        stopped.value
    )


def test_a_value_may_stand_for_several_or_for_none(load: Load) -> None:
    sections = (
        '[columns]\nincident_id = "id"\nweapon = "arms"\n[separators]\nweapon = ";"\n[values.weapon]\n'
        '"Guns; mortars" = ["system:tube_artillery", "system:mortar"]\n"Drone" = ""\n'
    )
    loaded = load(sections, "id,arms\n1,Guns; mortars\n2,Drone; gbu 39;GBU-39\n")
    assert rows(loaded, "incident_weapon", "incident_id", "weapon_id", "raw_text") == [
        ("made-up:1", "system:tube_artillery", "Guns; mortars"),
        ("made-up:1", "system:mortar", "Guns; mortars"),
        ("made-up:2", "gbu-39", "Drone; gbu 39;GBU-39"),
    ]


def test_units_are_matched_to_the_reference_list_and_bring_those_they_belong_to(load: Load) -> None:
    sections = (
        '[columns]\nincident_id = "id"\nunit = "force"\nunit_basis = "basis"\n[separators]\nunit = ";"\n'
        '[values.unit]\n"soldiers" = ""\n'
    )
    loaded = load(sections, "id,force,basis\n1,netzah-yehuda; soldiers,imagery\n2,IDF,\n")
    assert rows(loaded, "incident_unit", "incident_id", "unit_id", "confidence", "basis", "raw_text") == [
        ("made-up:1", "force:isr-netzah-yehuda", "possible", "imagery", "netzah-yehuda; soldiers"),
        ("made-up:2", "force:isr", "possible", "source_claim", "IDF"),
    ]
    assert sorted(rows(loaded, "unit", "unit_id", "parent_unit_id")) == [
        ("force:isr", None),
        ("force:isr-kfir", "force:isr"),
        ("force:isr-netzah-yehuda", "force:isr-kfir"),
    ]
    with pytest.raises(InputError, match=r"'soldiers of the Golani Brigade' \(1\).*unit reference list"):
        load(sections, "id,force,basis\n1,soldiers of the Golani Brigade,\n")


def test_two_data_sets_may_name_the_same_unit(tmp_path: Path) -> None:
    sources = []
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text("id,force\n1,Golani Brigade\n", encoding="utf-8")
        mapping = tmp_path / f"{name}.toml"
        mapping.write_text(
            f'[dataset]\nid = "{name}"\ntitle = "{name}"\npublisher = "p"\nlicence = "l"\nknown_on = 2024-01-01\n'
            f'[file]\npath = "{name}.csv"\n[columns]\nincident_id = "id"\nunit = "force"\n',
            encoding="utf-8",
        )
        sources.append(Source("mapped", mapping))
    build(tmp_path / "w", sources, lambda _: None)
    opened = reader(tmp_path / "w")
    assert opened.frame("SELECT unit_id FROM unit ORDER BY 1")["unit_id"].to_list() == ["force:isr", "force:isr-golani"]
    assert opened.frame("SELECT incident_id FROM incident_unit ORDER BY 1")["incident_id"].to_list() == [
        "one:1",
        "two:1",
    ]


def test_an_unknown_country_is_none_and_a_wrong_one_is_listed(load: Load) -> None:
    sections = '[columns]\nincident_id = "id"\ncountry = "c"\n[format]\nnull_words = ["?"]\n'
    assert rows(load(sections, "id,c\n1,KEN\n2,?\n"), "incident", "country") == ["KEN", None]
    with pytest.raises(InputError, match=r"'Atlantis' \(1\).*ISO 3166-1 alpha-3"):
        load(sections, "id,c\n1,Atlantis\n")


def test_left_out_columns_are_never_copied(load: Load) -> None:
    loaded = load(PLAIN + '[ignored]\n"names" = "names of victims"\n', "id,place,killed,names\n1,a,many,X Y\n")
    assert "names" in loaded.files[1].restricted
    assert reasons(loaded) == ['data.csv, row 1: column "killed", "many" is not a number or a range of people.']


# Cells


def test_every_fault_of_a_row_is_told_and_the_others_load(load: Load) -> None:
    sections = (
        '[columns]\nincident_id = "id"\nlatitude = "y"\nlongitude = "x"\npublished_on = "p"\n'
        'women_injured_high = "w"\n[format]\ndate_order = "mdy"\n'
    )
    loaded = load(sections, "id,y,x,p,w\n,1,2,,\n2,one,2,2024,1.5\n3,0,0.00,,\n4,1.5,36,3/9/2024,7.0\n")
    assert rows(loaded, "incident", "incident_id", "published_on") == [("made-up:4", date(2024, 3, 9))]
    assert rows(loaded, "casualty", "group", "harm", "low", "high", "raw_text") == [
        ("women", "injured", None, 7, "7.0")
    ]
    assert reasons(loaded) == [
        'data.csv, row 1: column "id" is empty, but identifies the incident.',
        (
            'data.csv, row 2: column "y", "one" is not a number; column "p", "2024" is not a day (month, day, year); '
            'column "w", "1.5" is not a whole number of people.'
        ),
        (
            "data.csv, row 3: its place is at 0, 0 in the sea, which stands for none in most files; if so here, write "
            '[values.latitude] "0" = "", [values.longitude] "0.00" = "".'
        ),
    ]


def test_a_number_in_words_is_told_by_the_mapping_and_kept_as_raw_text(load: Load) -> None:
    loaded = load(PLAIN + '[values.civilians_killed]\n"a dozen" = "12"\n', "id,place,killed\n1,a,a dozen\n")
    assert rows(loaded, "casualty", "low", "high", "raw_text") == [(12, 12, "a dozen")]


def test_a_best_estimate_is_only_what_is_called_so(load: Load) -> None:
    sections = '[columns]\nincident_id = "id"\ncivilians_killed = "range"\ncivilians_killed_best = "best"\n'
    loaded = load(sections, "id,range,best\n1,2-5,3\n2,4,\n")
    assert rows(loaded, "casualty", "low", "best", "high", "raw_text") == [
        (2, 3, 5, "range: 2-5; best: 3"),
        (4, None, 4, "range: 4"),
    ]


@pytest.mark.parametrize(
    ("start", "end", "stated", "expected"),
    [
        ("2024-02-03", "2024-02-03", "", (date(2024, 2, 3), date(2024, 2, 3), "day")),
        ("2024-02-03", "2024-02-05", "", (date(2024, 2, 3), date(2024, 2, 5), "range")),
        ("2024-02-03", "", "", (date(2024, 2, 3), date(2024, 2, 3), "day")),
        ("2024-02", "", "", (date(2024, 2, 1), date(2024, 2, 29), "month")),
        ("2024", "2024", "", (date(2024, 1, 1), date(2024, 12, 31), "year")),
        ("2024-02-03", "2024-02-03", "month", (date(2024, 2, 1), date(2024, 2, 29), "month")),
        ("2024-02-03", "2024-02-05", "year", (date(2024, 1, 1), date(2024, 12, 31), "year")),
        ("", "", "day", (None, None, "unknown")),
    ],
)
def test_two_dates_and_a_stated_precision(load: Load, start: str, end: str, stated: str, expected: Any) -> None:
    sections = '[columns]\nincident_id = "id"\ndate_start = "a"\ndate_end = "b"\ndate_precision = "p"\n'
    loaded = load(sections, f"id,a,b,p\n1,{start},{end},{stated}\n")
    assert rows(loaded, "incident", "date_start", "date_end", "date_precision") == [expected]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,2024-02-03,2024-02-05,day", 'date_precision says "day", but the dates run from 2024-02-03 to 2024-02-05'),
        ("1,,2024-02-05,", "a last day is given without a first one"),
    ],
)
def test_dates_that_contradict_are_refused(load: Load, row: str, reason: str) -> None:
    sections = '[columns]\nincident_id = "id"\ndate_start = "a"\ndate_end = "b"\ndate_precision = "p"\n'
    assert reasons(load(sections, f"id,a,b,p\n{row}\n")) == [f"data.csv, row 1: {reason}."]


DATED = '[columns]\nincident_id = "id"\ndate = "d"\n'


def test_the_order_of_day_and_month_is_never_guessed(load: Load) -> None:
    with pytest.raises(InputError, match=r"row 1: is date '03/04/2024' written day first or month first"):
        load(DATED, "id,d\n1,03/04/2024\n")
    with pytest.raises(InputError, match=r"row 2: date '25/03/2024' does not fit date_order 'mdy'"):
        load(DATED + '[format]\ndate_order = "mdy"\n', "id,d\n1,03/04/2024\n2,25/03/2024\n")
    mistyped = DATED + '[format]\ndate_order = "mdy"\n[values.date]\n"25/03/2024" = "2024-03-25"\n'
    loaded = load(mistyped, "id,d\n1,03/04/2024\n2,25/03/2024\n")
    assert rows(loaded, "incident", "date_start", "date_raw") == [
        (date(2024, 3, 4), "03/04/2024"),
        (date(2024, 3, 25), "25/03/2024"),
    ]


def test_dates_by_a_pattern(load: Load) -> None:
    loaded = load(DATED + '[format]\ndate_patterns = ["%d.%m.%y", "%b/%Y"]\n', "id,d\n1,09.03.24\n2,Mar/2024\n")
    assert rows(loaded, "incident", "date_start", "date_end", "date_precision") == [
        (date(2024, 3, 9), date(2024, 3, 9), "day"),
        (date(2024, 3, 1), date(2024, 3, 31), "month"),
    ]


# Identifiers and rows of one incident


def test_without_an_identifier_a_hash_serves_and_is_stable(load: Load) -> None:
    sections = '[columns]\nplace = "place"\n'
    first = rows(load(sections, "place\na\nb\n"), "incident", "incident_id")
    again = rows(load(sections, "place\nb\na\nc\n"), "incident", "incident_id")
    assert re.fullmatch(r"made-up:[0-9a-f]{16}", first[0])
    assert again[:2] == first[::-1]
    assert reasons(load(sections, "place\na\na\n")) == [
        "data.csv, row 2: it repeats an earlier row of the same incident (data.csv, row 1)."
    ]


def test_an_identifier_of_several_columns_survives_a_change_of_others(load: Load) -> None:
    sections = '[columns]\nincident_id = ["d", "place"]\ndate = "d"\nplace = "place"\nsummary = "s"\n'
    first = rows(load(sections, "d,place,s\n2024,a,x\n"), "incident", "incident_id")
    assert rows(load(sections, "d,place,s\n2024,a,y\n"), "incident", "incident_id") == first


def test_rows_of_one_incident_may_differ_in_reports_only(load: Load) -> None:
    sections = (
        '[columns]\nincident_id = "id"\nplace = "place"\ncivilians_killed = "killed"\nreport_url = "link"\n'
        'report_publisher = "by"\n[constants]\naccess = "public"\n'
    )
    content = (
        "id,place,killed,link,by\n1,a,2,https://a.example/1,A\n1,a,2,https://b.example/2,B\n"
        "1,a,3,https://c.example/3,C\n1,a,2,https://a.example/1,A\n2,b,,https://a.example/1,A\n"
    )
    loaded = load(sections, content)
    assert set(rows(loaded, "incident", "incident_id")) == {"made-up:1", "made-up:2"}
    assert reasons(loaded) == [
        'data.csv, row 3: its incident stands in data.csv, row 1 already, with other values in "killed".',
        "data.csv, row 4: it repeats an earlier row of the same incident (data.csv, row 1).",
    ]
    assert len(set(rows(loaded, "report", "report_id"))) == 2
    assert len(set(rows(loaded, "incident_report", "incident_id", "report_id"))) == 3


# Reports


REPORTED = (
    '[columns]\nincident_id = "id"\nreport_url = "link"\nreport_publisher = "by"\nreport_published_on = "on"\n'
    'source_type = "kind"\n[format]\nlist_separator = ";"\n[values.source_type]\n"paper" = "media"\n'
    '[constants]\naccess = "public"\n'
)


def test_each_address_has_its_own_publisher_or_all_have_one(load: Load) -> None:
    content = (
        "id,link,by,on,kind\n1,https://a.example;https://b.example,A;B,2024-01-02;2024-01-03,paper;paper\n"
        "2,https://c.example;https://d.example,C,,paper\n3,,E,2024-01-04,\n4,https://e.example,A;B,,\n5,,,2024-01-05,\n"
    )
    loaded = load(REPORTED, content)
    assert rows(loaded, "report", "url", "publisher", "published_on", "source_type") == [
        ("https://a.example", "A", date(2024, 1, 2), "media"),
        ("https://b.example", "B", date(2024, 1, 3), "media"),
        ("https://c.example", "C", None, "media"),
        ("https://d.example", "C", None, "media"),
        (None, "E", date(2024, 1, 4), "unknown"),
    ]
    assert reasons(loaded) == [
        'data.csv, row 4: column "by" holds 2 items, reports cited: 1.',
        "data.csv, row 5: a day or language of a report is given, but no report.",
    ]


def test_a_text_that_is_no_address_is_refused_without_being_shown(load: Load) -> None:
    (reason,) = reasons(load(REPORTED, "id,link,by,on,kind\n1,told by a neighbour,,,\n"))
    assert reason.startswith('data.csv, row 1: column "link", its text is not a web address')
    assert "neighbour" not in reason


def test_who_speaks_on_social_media_is_a_person_unless_the_mapping_says_otherwise(load: Load) -> None:
    content = "id,link,by,on,kind\n1,https://x.com/somebody/1,Some Body,,\n"
    personal = load(REPORTED, content)
    assert rows(personal, "report", "account_kind", "publisher", "account_name") == [("personal", None, "Some Body")]
    organisation = load(REPORTED + 'account_kind = "organisation"\n', content)
    assert rows(organisation, "report", "publisher", "account_name") == [("Some Body", None)]


# What is wrong with a mapping


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ('[columns]\nplace = "?"\n[colums]\n', r"\[colums\] is no section"),
        ('[columns]\nplaec = "place"\n', r"\[columns\] plaec is no field"),
        ('[columns]\nplace = "place"\n[format]\ndate_order = "dym"\n', "it is ymd, dmy or mdy"),
        ('[columns]\nplace = "place"\n[format]\ndate_patterns = ["%d"]\n', "states no year"),
        ('[columns]\nplace = "place"\n[format]\ndecimal = ","\nthousands = ","\n', "other than the decimal mark"),
        ('[columns]\nplace = "place"\n[constants]\ncountry = "Kenya"\n', "country cannot be 'Kenya'"),
        ('[columns]\nplace = "place"\n[constants]\nplace = "x"\n', r"place stands in \[columns\] and in \[constants\]"),
        (
            '[columns]\nplace = "place"\n[constants]\ncivilians_killed = "0"\n',
            "a number of people is stated row by row",
        ),
        ('[columns]\nplace = "place"\n[ignored]\nplace = ""\n', r"stands in \[columns\] and in \[ignored\]"),
        ('[columns]\nlatitude = "place"\n', "latitude and longitude are mapped only together"),
        ('[columns]\nreport_url = "place"\n', "reports need access"),
        ('[columns]\ndate = "place"\ndate_start = "place"\n', "say the same thing"),
        ('[columns]\nplace = ["place", "b"]\n', "only incident_id may be made of several"),
        ('[columns]\nplace = "place"\n[separators]\nplace = ";"\n', "holds one value only"),
        ('[columns]\nstrike_type = "place"\n[values.strike_type]\na = "bomb"\n', "strike_type cannot be 'bomb'"),
        (
            '[columns]\nstrike_type = "place"\n[values.strike_type]\na = "?"\n',
            r"\[values.strike_type\] is still \"\?\"",
        ),
        ('[columns]\nplace = "place"\n[ignored]\nx = "?"\n', r"\[ignored\] is still \"\?\" for 'x'"),
        ("", r"\[columns\] maps no column"),
        ("[columns\n", "mapping.toml is not TOML"),
    ],
)
def test_faults_of_a_mapping_are_sentences(load: Load, sections: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load(sections, "place\na\n")


def test_all_faults_are_told_together(load: Load) -> None:
    with pytest.raises(InputError) as stopped:
        load('[dataset]\nid = "x"\n[file]\nformat = 3\n[columns]\nplaec = "a"\n', "place\na\n")
    assert stopped.value.problems == (
        "mapping.toml: [file] format is 3, which is of the wrong type.",
        "mapping.toml: [columns] plaec is no field; see docs/mapping.md for the list.",
        "mapping.toml: [dataset] title is missing.",
        "mapping.toml: [dataset] publisher is missing.",
        "mapping.toml: [dataset] licence is missing.",
        "mapping.toml: [file] path is missing.",
    )


def test_the_day_of_knowledge_comes_from_the_mapping_or_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("place\na\n")
    mapping = tmp_path / "m.toml"
    text = DATASET + '[file]\npath = "data.csv"\n[columns]\nplace = "place"\n'
    mapping.write_text(text)
    assert mapped.read(mapping, date(2024, 7, 1)).dataset.known_on == date(2024, 6, 30)
    mapping.write_text(text.replace("known_on = 2024-06-30\n", ""))
    assert mapped.read(mapping, date(2024, 7, 1)).dataset.known_on == date(2024, 7, 1)
    with pytest.raises(InputError, match="does not say of which day the export is"):
        mapped.read(mapping, None)
    (tmp_path / "SOURCE.txt").write_text("known_on: 2024-05-01\nobtained: 2024-05-03\n")
    dataset = mapped.read(mapping, None).dataset
    assert (dataset.known_on, dataset.retrieved_on) == (date(2024, 5, 1), date(2024, 5, 3))


# Published data sets through a mapping, against what their own readers or an independent count say


def real(tmp_path: Path, file: Path, sections: str, undecided: str = "not used here") -> Canonical:
    """Load a published file; columns that the sections do not name are left out."""
    columns = [c for c in read_file(file, FileFormat((file.name,))).columns if f'= "{c}"' not in sections]
    ignored = "\n".join(f"{json.dumps(c)} = {json.dumps(undecided)}" for c in columns)
    return through(tmp_path, f"{sections}\n[file]\npath = {json.dumps(str(file))}\n[ignored]\n{ignored}\n", "")


def test_airwars_gaza_through_a_mapping_has_the_totals_of_its_own_reader(tmp_path: Path, shared_data: Path) -> None:
    sections = """
[columns]
incident_id = "incident_code"
date = "incident_date_text"
place = "location_text"
latitude = "lat"
longitude = "lon"
geo_precision = "geo_accuracy"
strike_type = "strike_type"
strike_status = "strike_status"
harm_status = "civilian_harm_grading"
civilians_killed = "civ_killed_text"
civilians_injured = "civ_injured_text"
[format]
null_words = ["unknown"]
[separators]
strike_type = ", "
[constants]
country = "PSE"
[values.date]
"October 18, 2023–October 19, 2024" = "October 18–19, 2023"
"October 25, 2023–October 27, 2024" = "October 25–27, 2023"
[values.strike_type]
"Airstrike" = "airstrike"
"Airstrike and/or Artillery" = "airstrike_or_artillery"
"Artillery" = "artillery"
"Counter-Terrorism Action (Ground)" = "ground_operation"
"Drone Strike" = "drone_strike"
"Ground operation" = "ground_operation"
"Naval bombardment" = "naval_bombardment"
[values.strike_status]
"Declared strike" = "declared"
"Likely strike" = "likely"
"Contested strike" = "contested"
"Single source claim" = "single_source_claim"
[values.harm_status]
"Confirmed" = "confirmed"
"Fair" = "fair"
"Weak" = "weak"
"Contested" = "contested"
"Discounted" = "discounted"
[values.geo_precision]
"Exact location (via Airwars)" = "exact_location"
"Exact location (other)" = "exact_location"
"Street" = "within_100m"
"Nearby landmark" = "within_1km"
"Neighbourhood/area" = "neighbourhood"
"Village" = "village"
"Town" = "town"
"City" = "city"
"District" = "district"
"Province/governorate" = "province"
"""
    loaded = real(tmp_path, shared_data / "airwars_gaza" / "incidents.csv", sections)
    own = airwars.transform(airwars.read(shared_data / "airwars_gaza", None))
    assert loaded.refused.is_empty()
    incident = loaded.tables["incident"].with_columns(pl.col("incident_id").str.replace("made-up", "airwars"))
    assert incident.height == 939
    same = ["incident_id", "place", "latitude", "longitude", "geo_precision", "date_start", "date_end"]
    same += ["date_precision", "strike_type", "strike_status", "harm_status"]
    assert_frame_equal(incident.select(same), own.tables["incident"].select(same), check_row_order=False)
    killed = loaded.tables["casualty"].filter(harm="killed")
    assert (killed["low"].sum(), killed["high"].sum(), killed["low"].null_count()) == (8_379, 11_217, 98)
    injured = loaded.tables["casualty"].filter(harm="injured")
    assert (injured["low"].sum(), injured["high"].sum(), injured["low"].null_count()) == (7_781, 11_304, 188)


def test_bellingcat_through_a_mapping(tmp_path: Path, shared_data: Path) -> None:
    sections = """
[columns]
incident_id = "id"
date = "date"
latitude = "latitude"
longitude = "longitude"
summary = "description"
report_url = "sources[].path"
[format]
date_order = "mdy"
[separators]
report_url = "\\n"
[constants]
country = "UKR"
access = "public"
[values.report_url]
"HIDDEN" = ""
"""
    file = shared_data / "bellingcat_ukraine" / "ukr-civharm-2024-06-02.json"
    loaded = real(tmp_path, file, sections)
    events = json.loads(file.read_text(encoding="utf-8"))
    faulty = {
        number
        for number, event in enumerate(events, 1)
        if any(re.search(r"\s", path) for s in event["sources"] if (path := s["path"].strip()))
        or max(abs(float(event["latitude"])), abs(float(event["longitude"]))) < 0.01
    }
    # Three identifiers stand for two events each, of which the second contradicts the first.
    seen = Counter(event["id"] for number, event in enumerate(events, 1) if number not in faulty)
    expected = len(faulty) + sum(n - 1 for n in seen.values())
    assert (len(events), loaded.refused.height, loaded.tables["incident"].height) == (1_790, expected, 1_790 - expected)
    assert loaded.tables["incident"]["date_start"].null_count() == 0
    assert loaded.tables["report"]["url"].null_count() == 0
