"""SIPRI's trade register: made-up rows for every case, and what an independent count of the real export says."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import sipri_terms as terms
from transforms.pipeline import Source, build, canonical_frames
from transforms.source import FILE, ROW, Canonical, canonical_columns
from transforms.sources import sipri_trade_register as sipri
from transforms.transfers import OTHER_NAMES, country_code, with_transfer_id
from transforms.weapons import reference_list
from warehouse.connection import reader
from warehouse.errors import InputError
from warehouse.schema import TABLE

HEADER = [" " if name.endswith("?") else name for name in terms.COLUMNS]
KNOWN_ON = date(2024, 3, 11)
Load = Callable[..., Canonical]


def row(**changes: str) -> list[str]:
    """A made-up row; names of changes are those of `terms.COLUMNS` with _ for spaces."""
    plain = {
        "Recipient": "Kenya",
        "Supplier": "United States",
        "Year of order": "2011",
        "Year of order?": "",
        "Number ordered": "40",
        "Number ordered?": "?",
        "Weapon designation": "FGM-148 Javelin",
        "Weapon description": "anti-tank missile",
        "Number delivered": "30",
        "Number delivered?": "",
        "Year(s) of delivery": "2012; 2013",
        "status": "New",
        "Comments": "Made up",
        "SIPRI TIV per unit": "0.05",
        "SIPRI TIV for total order": "2",
        "SIPRI TIV of delivered weapons": "1.5",
    }
    return list((plain | changes).values())


def write(
    folder: Path, *rows: list[str], header: list[str] = HEADER, above: str = "", encoding: str = "latin-1"
) -> Path:
    file = folder / "trade-register.csv"
    with file.open("w", encoding=encoding, newline="") as handle:
        handle.write(above)
        csv.writer(handle).writerows([header, *rows])
    return file


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loaded(*rows: list[str], **options: Any) -> Canonical:
        return sipri.transform(sipri.read(write(tmp_path, *rows, **options), KNOWN_ON))

    return loaded


def one(canonical: Canonical) -> dict[str, Any]:
    return canonical.tables["transfer"].row(0, named=True)


def reasons(canonical: Canonical) -> list[str]:
    return canonical.refused["reason"].to_list()


def test_a_row_becomes_a_transfer(load: Load) -> None:
    loaded = load(row())
    frame = loaded.tables["transfer"]
    assert frame.schema == canonical_columns("transfer") | {FILE: pl.String(), ROW: pl.Int64()}
    assert loaded.refused.is_empty()
    transfer = one(loaded)
    assert transfer.pop("transfer_id").startswith("sipri-trade-register:")
    assert transfer == {
        "record_type": "transfer",
        "recipient": "KEN",
        "recipient_raw": "Kenya",
        "supplier": "USA",
        "supplier_raw": "United States",
        "weapon_id": "fgm-148",
        "designation": "FGM-148 Javelin",
        "description": "anti-tank missile",
        "order_year": 2011,
        "is_order_year_estimated": False,
        "notified_on": None,
        "number": 40,
        "is_number_estimated": True,
        "number_delivered": 30,
        "is_number_delivered_estimated": False,
        "delivered_years": ["2012", "2013"],
        "condition": "New",
        "value_usd": None,
        "tiv_per_unit": 0.05,
        "tiv_order": 2.0,
        "tiv_delivered": 1.5,
        "channel": "unknown",
        "case_number": None,
        "url": None,
        "comments": "Made up",
        FILE: "trade-register.csv",
        ROW: 1,
    }
    assert (loaded.dataset.known_on, loaded.dataset.redistributable) == (KNOWN_ON, False)


def test_unknown_is_not_zero_and_zero_is_not_unknown(load: Load) -> None:
    loaded = one(
        load(row(**{"Number ordered": "", "Number delivered": "0", "Year(s) of delivery": "", "Comments": ""}))
    )
    assert (loaded["number"], loaded["is_number_estimated"]) == (None, True)
    assert (loaded["number_delivered"], loaded["delivered_years"]) == (0, None)
    assert loaded["comments"] is None


def test_each_mark_of_doubt_belongs_to_the_column_before_it(load: Load) -> None:
    flags = ("is_order_year_estimated", "is_number_estimated", "is_number_delivered_estimated")
    marks = ("Year of order?", "Number ordered?", "Number delivered?")
    for marked, flag in zip(marks, flags, strict=True):
        loaded = one(load(row(**dict.fromkeys(marks, "") | {marked: "?"})))
        assert {name: loaded[name] for name in flags} == dict.fromkeys(flags, False) | {flag: True}


def test_names_are_read_by_their_letters_in_latin_1_and_in_utf_8(load: Load) -> None:
    for encoding in ("latin-1", "utf-8", "utf-8-sig"):
        loaded = one(load(row(Comments="Hägglunds Ö"), encoding=encoding))
        assert loaded["comments"] == "Hägglunds Ö"


@pytest.mark.parametrize(
    "above",
    [
        "",
        "Transfers of major weapons\r\n\r\nInformation generated: 1 January 2024\r\n",
        'A "note", with commas,,\n' * 11,
    ],
)
def test_text_above_the_header_is_skipped_and_lines_are_counted_with_it(load: Load, above: str) -> None:
    loaded = load(row(), row(**{"Number ordered": "many"}), above=above)
    assert loaded.tables["transfer"][ROW].to_list() == [1]
    assert reasons(loaded) == ['trade-register.csv, row 2: Number ordered "many" is not a whole number.']
    assert loaded.files[0].frame["_line"].to_list() == [above.count("\n") + 2, above.count("\n") + 3]


def test_a_quoted_line_break_is_part_of_the_comment(load: Load) -> None:
    loaded = load(row(Comments="first line\nsecond, line"), row(Supplier="France"))
    assert loaded.tables["transfer"]["comments"].to_list() == ["first line\nsecond, line", "Made up"]
    assert loaded.refused.is_empty()


def test_both_halves_of_a_broken_row_are_refused_and_named(load: Load) -> None:
    whole = row()
    loaded = load(
        row(), whole[:13], ["", *whole[13:]], row(Supplier="France"), [*row(), "more", "and, more"], row()[:3]
    )
    assert loaded.tables["transfer"][ROW].to_list() == [1, 4]
    unquoted, many = "a line break without quotes", "put text with commas in double quotes."
    assert reasons(loaded) == [
        f"trade-register.csv, row {number} (line {number + 1} of the file): {cells} cells, the header has 16; {why}"
        for number, cells, why in (
            (2, 13, f"{unquoted} splits it, its rest is row 3."),
            (3, 4, f"{unquoted} split it, its beginning is row 2."),
            (5, 18, many),
            (6, 3, many),
        )
    ]
    assert loaded.files[0].frame["_cells_beyond"].to_list() == [None] * 4 + ['more,"and, more"', None]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Year of order": "2011.5"}, 'Year of order "2011.5" is not a whole number'),
        ({"Number delivered": "ten"}, 'Number delivered "ten" is not a whole number'),
        ({"SIPRI TIV per unit": "0,05"}, 'SIPRI TIV per unit "0,05" is not a number'),
        ({"SIPRI TIV per unit": "nan"}, 'SIPRI TIV per unit "nan" is not a number'),
        ({"Year(s) of delivery": "2012-2014"}, 'Year(s) of delivery "2012-2014" is not a list of years'),
        ({"Weapon designation": " "}, "Weapon designation is empty"),
        ({"Recipient": ""}, "Recipient is empty"),
        ({"Supplier": ""}, "Supplier is empty"),
    ],
)
def test_a_wrong_cell_refuses_its_row_with_a_sentence(load: Load, changes: dict[str, str], reason: str) -> None:
    loaded = load(row(), row(**changes))
    assert loaded.tables["transfer"][ROW].to_list() == [1]
    (line,) = reasons(loaded)
    assert line.startswith(f"trade-register.csv, row 2: {reason}")


def test_two_wrong_cells_are_one_refused_row_with_both_sentences(load: Load) -> None:
    loaded = load(row(**{"Number ordered": "x", "Number delivered": "y"}))
    assert loaded.refused.height == 1
    assert '"x" is not' in reasons(loaded)[0]
    assert '"y" is not' in reasons(loaded)[0]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"Recipient": "Atlantis"}, "the column Recipient has values .* 'Atlantis'; list them in NO_COUNTRIES"),
        ({"Supplier": "Mu"}, "the column Supplier has values .* 'Mu'"),
        ({"status": "Leased"}, "the column status has values .* 'Leased'; list them in CONDITIONS"),
        ({"Number ordered?": "!"}, "the column without a name after Number ordered has values .* '!'"),
    ],
)
def test_an_unlisted_category_stops_the_load(load: Load, changes: dict[str, str], named: str) -> None:
    with pytest.raises(InputError, match=named):
        load(row(), row(**changes))


def test_who_is_no_country_has_no_code_and_keeps_the_name(load: Load) -> None:
    loaded = load(*(row(Recipient=name, Supplier="unknown supplier(s)") for name in terms.NO_COUNTRIES))
    frame = loaded.tables["transfer"]
    assert frame["recipient"].null_count() == frame["supplier"].null_count() == frame.height == len(terms.NO_COUNTRIES)
    assert frame["recipient_raw"].to_list() == list(terms.NO_COUNTRIES)


def test_no_name_is_listed_both_as_a_country_and_as_none() -> None:
    names = pl.DataFrame({"name": list(terms.NO_COUNTRIES)})
    assert names.select(country_code(pl.col("name"))).to_series().null_count() == names.height
    codes = pl.DataFrame({"name": list(OTHER_NAMES)}).select(country_code(pl.col("name"))).to_series()
    assert codes.to_list() == list(OTHER_NAMES.values())
    assert set(codes) <= set(TABLE["transfer"]["recipient"].codes or ())


@pytest.mark.parametrize(
    ("designation", "description", "supplier", "weapon"),
    [
        ("GBU-39 SDB", "guided glide bomb", "United States", "gbu-39"),
        ("BGM-71F TOW-2B", "anti-tank missile", "United States", "bgm-71"),
        ("JDAM", "guided bomb", "United States", "jdam"),
        ("JDAM kit", "guided bomb", "United States", None),
        ("Javelin", "portable SAM", "United Kingdom", None),
        ("Maverick", "APC", "South Africa", None),
        ("Paveway", "guided bomb", "United States", "paveway"),
        ("Paveway", "guided bomb", "United Kingdom", None),
    ],
)
def test_a_weapon_is_matched_by_its_exact_spelling_unless_it_is_a_namesake(
    load: Load, designation: str, description: str, supplier: str, weapon: str | None
) -> None:
    changes = {"Weapon designation": designation, "Weapon description": description, "Supplier": supplier}
    assert one(load(row(**changes)))["weapon_id"] == weapon


def test_identifiers_do_not_depend_on_the_order_of_rows_or_on_what_sipri_updates(load: Load) -> None:
    rows = [
        row(),
        row(**{"Number ordered": "5", "Comments": "b"}),
        row(Supplier="France"),
        row(),
        row(status="Second hand"),
    ]

    def ids(canonical: Canonical) -> list[str]:
        return canonical.tables["transfer"]["transfer_id"].to_list()

    first = ids(load(*rows))
    assert len(set(first)) == 5
    assert Counter(name.partition("#")[0] for name in first).most_common(1)[0][1] == 3
    assert set(ids(load(*reversed(rows)))) == set(first)
    later = ids(load(row(**{"Number delivered": "40", "Year(s) of delivery": "2012; 2013; 2014"}), *rows[2:3]))
    assert set(later) <= set(first)


@given(st.permutations(range(6)))
def test_the_same_rows_get_the_same_identifiers_in_every_order(order: list[int]) -> None:
    rows = pl.DataFrame(
        {
            "designation": ["a", "a", "a", "b", "b", None],
            "number": [1, 2, 2, None, 1, 5],
            "comments": ["x", None, None, "y", "y", "z"],
            FILE: ["f"] * 6,
        }
    )
    shuffled = rows[order].with_row_index(ROW, offset=1)
    made = with_transfer_id(shuffled, "d", ("designation",))
    assert made["transfer_id"].is_unique().all()
    assert made[ROW].to_list() == [1, 2, 3, 4, 5, 6]
    straight = with_transfer_id(rows.with_row_index(ROW, offset=1), "d", ("designation",))
    contents = ["transfer_id", "designation", "number", "comments"]
    assert made.select(contents).sort(contents).equals(straight.select(contents).sort(contents))


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda folder: folder / "none.csv", "does not exist"),
        (lambda folder: folder, "holds 0 .csv files and none named trade-register.csv"),
        (lambda folder: write(folder, row(), header=["a", *HEADER[1:]]), "is no trade register"),
        (lambda folder: write(folder, row(), header=[*HEADER, "Surplus"]), "the column Surplus is not known"),
        (lambda folder: write(folder, row()[:-1], header=HEADER[:-1]), "delivered weapons is missing"),
        (lambda folder: write(folder, row(), header=[*HEADER, "status"]), "the header names status twice"),
    ],
)
def test_a_file_that_is_no_register_is_refused(tmp_path: Path, prepare: Callable[[Path], Path], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        sipri.read(prepare(tmp_path), KNOWN_ON)


def test_the_day_must_be_stated(tmp_path: Path) -> None:
    file = write(tmp_path, row())
    with pytest.raises(InputError, match=r"add a file SOURCE\.txt"):
        sipri.read(file)
    (tmp_path / "SOURCE.txt").write_text("known_on: 2024-03-12\n")
    assert sipri.read(tmp_path).dataset.known_on == date(2024, 3, 12)


def test_the_whole_pipeline_publishes_a_register_alone(tmp_path: Path) -> None:
    source = tmp_path / "register"
    source.mkdir()
    write(source, row(), row(Supplier="Soviet Union"), row()[:13])
    build(tmp_path / "w", [Source("sipri_trade_register", source)], lambda _: None, KNOWN_ON)
    opened = reader(tmp_path / "w")
    (counts,) = opened.frame("SELECT rows_read, rows_loaded, rows_quarantined FROM dataset").rows()
    assert counts == (3, 2, 1)
    assert opened.frame("SELECT count(*) FROM transfer").item() == 2


@pytest.fixture(scope="module")
def published(shared_data: Path) -> Canonical:
    return sipri.transform(sipri.read(shared_data / "sipri_trade_register"))


class TestPublishedData:
    def test_everything_is_loaded_or_refused(self, shared_data: Path) -> None:
        source = Source("sipri_trade_register", shared_data / "sipri_trade_register")
        frames = canonical_frames([source], lambda _: None, None, date(2026, 1, 1))
        columns = ("rows_read", "rows_loaded", "rows_quarantined", "known_on")
        assert frames["dataset"].select(columns).rows() == [(29_058, 29_054, 4, date(2024, 12, 10))]
        assert frames["quarantine"]["row_number"].to_list() == [25_265, 25_266, 27_505, 27_506]
        assert frames["transfer"].height == frames["transfer"]["transfer_id"].n_unique() == 29_054

    def test_totals_agree_with_a_plain_reading(self, published: Canonical, shared_data: Path) -> None:
        text = (shared_data / "sipri_trade_register" / "trade-register.csv").read_text(encoding="latin-1")
        plain = [cells for cells in csv.reader(text.splitlines()) if len(cells) == 16][1:]
        frame = published.tables["transfer"]
        american = frame.filter(supplier="USA")
        assert american.height == 9_340 == sum(cells[1] == "United States" for cells in plain)
        assert american.filter(recipient="ISR").height == 288
        assert frame["number"].sum() == sum(int(cells[4]) for cells in plain if cells[4])
        assert frame["number"].null_count() == 229
        assert frame["number_delivered"].sum() == sum(int(cells[8]) for cells in plain)
        assert frame["tiv_order"].sum() == pytest.approx(sum(float(cells[14]) for cells in plain))
        assert frame["is_number_estimated"].sum() == sum(cells[5] == "?" for cells in plain)
        assert frame["delivered_years"].list.len().sum() == sum(
            len(cells[10].split("; ")) for cells in plain if cells[10]
        )

    def test_whoever_has_no_code_is_listed(self, published: Canonical) -> None:
        frame = published.tables["transfer"]
        for side in ("recipient", "supplier"):
            assert set(frame.filter(pl.col(side).is_null())[f"{side}_raw"]) <= terms.NO_COUNTRIES.keys()
        assert frame["recipient"].null_count() == 1_161
        assert frame["supplier"].null_count() == 3_827

    def test_weapons_that_are_matched_are_those_of_the_reference_list(self, published: Canonical) -> None:
        """A namesake would stand out: all but a few rows with a US weapon are supplied by the US or passed on."""
        frame = published.tables["transfer"].drop_nulls("weapon_id")
        us_made = set(reference_list().filter(us_origin="yes")["weapon_id"])
        assert frame.height == 1_626
        assert frame.filter(supplier="USA").height == 1_517
        assert set(frame.filter(supplier="USA")["weapon_id"]) <= us_made
        assert set(frame["description"]) <= terms.MUNITIONS
