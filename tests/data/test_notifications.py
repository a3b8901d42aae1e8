"""The sheet of notices and licences: made-up rows for every case, as CSV and as Excel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.notifications_template import COLUMNS, NEEDED, guide
from transforms.pipeline import Source, build
from transforms.source import FILE, ROW, Canonical, canonical_columns
from transforms.sources import notifications
from warehouse.connection import reader
from warehouse.errors import InputError
from warehouse.schema import TABLE

KNOWN_ON = date(2024, 6, 30)
Load = Callable[..., Canonical]
PLAIN = {
    "notified_on": "2024-03-09",
    "record_type": "notification",
    "channel": "fms",
    "recipient": "Kenya",
    "supplier": "",
    "designation": "Mk 84",
    "description": "General purpose bombs",
    "number": "50",
    "value_usd": "1250000.50",
    "case_number": "00-00",
    "url": "https://notices.example/1",
    "comments": "Made up",
}


def write(folder: Path, *rows: dict[str, Any], name: str = "notifications.csv") -> Path:
    folder.mkdir(exist_ok=True)
    frame = pl.DataFrame([[(PLAIN | row)[c] or None for c in COLUMNS] for row in rows], schema=COLUMNS, orient="row")
    file = folder / name
    frame.write_excel(file) if file.suffix == ".xlsx" else frame.write_csv(file)
    return file


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loaded(*rows: dict[str, Any], name: str = "notifications.csv") -> Canonical:
        return notifications.transform(notifications.read(write(tmp_path, *rows, name=name), KNOWN_ON))

    return loaded


def one(canonical: Canonical) -> dict[str, Any]:
    assert canonical.refused["reason"].to_list() == []
    return canonical.tables["transfer"].row(0, named=True)


def test_a_row_becomes_a_record_of_its_own_type(load: Load) -> None:
    loaded = load({})
    assert loaded.tables["transfer"].schema == canonical_columns("transfer") | {FILE: pl.String(), ROW: pl.Int64()}
    record = {name: value for name, value in one(loaded).items() if value is not None}
    assert record.pop("transfer_id").startswith("notifications:")
    assert record == {
        "record_type": "notification",
        "recipient": "KEN",
        "recipient_raw": "Kenya",
        "supplier": "USA",
        "supplier_raw": "not stated in the sheet: the United States by its rule",
        "weapon_id": "mk-84",
        "designation": "Mk 84",
        "description": "General purpose bombs",
        "notified_on": date(2024, 3, 9),
        "number": 50,
        "value_usd": 1_250_000.5,
        "channel": "fms",
        "case_number": "00-00",
        "url": "https://notices.example/1",
        "comments": "Made up",
        FILE: "notifications.csv",
        ROW: 1,
    }


def test_what_is_not_stated_stays_unknown(load: Load) -> None:
    bare = dict.fromkeys(set(COLUMNS) - set(NEEDED), "") | {"designation": "a thing"}
    record = one(load(bare))
    assert (record["number"], record["value_usd"], record["weapon_id"], record["url"]) == (None, None, None, None)
    assert record["channel"] == "unknown"


def test_columns_that_are_not_needed_may_be_left_out(tmp_path: Path) -> None:
    file = tmp_path / "short.csv"
    file.write_text(",".join(NEEDED) + "\n2024-03-09,licence,Kenya,MK-84\n", encoding="utf-8")
    record = one(notifications.transform(notifications.read(file, KNOWN_ON)))
    assert (record["record_type"], record["supplier"], record["number"]) == ("licence", "USA", None)


@pytest.mark.parametrize(
    ("written", "code"),
    [("KEN", "KEN"), ("kenya", "KEN"), ("Republic of Kenya", "KEN"), ("Türkiye", "TUR"), ("turkiye", "TUR"),
     ("UAE", "ARE"), ("South Korea", "KOR"), ("Republic of Korea", "KOR"), (" Côte d'Ivoire ", "CIV")],
)  # fmt: skip
def test_a_country_may_be_given_by_name_or_code(load: Load, written: str, code: str) -> None:
    record = one(load({"recipient": written, "supplier": written}))
    assert (record["recipient"], record["supplier"], record["recipient_raw"]) == (code, code, written.strip())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"recipient": "Atlantis"}, 'recipient "Atlantis" is no country that is known (write its English name or its '),
        ({"recipient": "KE"}, 'recipient "KE" is no country'),
        ({"supplier": "Mu"}, 'supplier "Mu" is no country'),
        ({"recipient": ""}, "recipient is empty, but needed"),
        ({"designation": " "}, "designation is empty, but needed"),
        ({"notified_on": ""}, "notified_on is empty, but needed"),
        ({"notified_on": "03/09/2024"}, 'notified_on "03/09/2024" is no date (write it as 2024-03-09)'),
        ({"notified_on": "2024-02-30"}, 'notified_on "2024-02-30" is no date'),
        ({"notified_on": "2024-07-01"}, 'notified_on "2024-07-01" is after 2024-06-30, the day of the sheet'),
        ({"record_type": "transfer"}, 'record_type "transfer" is not one of notification, licence'),
        ({"channel": "gift"}, 'channel "gift" is not one of fms, dcs, unknown'),
        ({"number": "1,000"}, 'number "1,000" is no whole number (write digits only)'),
        ({"number": "-5"}, 'number "-5" is no whole number'),
        ({"number": "9" * 30}, "is no whole number"),
        ({"value_usd": "$5 million"}, 'value_usd "$5 million" is no amount'),
        ({"value_usd": "nan"}, 'value_usd "nan" is no amount'),
        ({"url": "javascript:alert(1)"}, 'url "javascript:alert(1)" is no web address'),
    ],
)
def test_a_wrong_cell_refuses_its_row_with_a_sentence(load: Load, changes: dict[str, str], reason: str) -> None:
    loaded = load({}, changes)
    assert loaded.tables["transfer"][ROW].to_list() == [1]
    (line,) = loaded.refused["reason"]
    assert line.startswith("notifications.csv, row 2: ")
    assert reason in line
    assert line.endswith(".")


def test_a_row_with_two_faults_tells_both(load: Load) -> None:
    (line,) = load({"recipient": "Atlantis", "number": "many"}).refused["reason"]
    assert 'recipient "Atlantis" is no' in line
    assert 'number "many" is no' in line


def test_a_row_given_twice_is_refused_the_second_time(load: Load) -> None:
    loaded = load({}, {"number": "60"}, {})
    assert loaded.tables["transfer"][ROW].to_list() == [1, 2]
    assert loaded.tables["transfer"]["transfer_id"].n_unique() == 2
    assert loaded.refused["reason"].to_list() == [
        "notifications.csv, row 3: every cell says the same as in an earlier row."
    ]


def test_an_identifier_outlives_corrections(load: Load) -> None:
    first = one(load({}))["transfer_id"]
    corrected = {"number": "55", "recipient": "KEN", "channel": "dcs", "comments": "", "description": "bombs"}
    assert one(load(corrected))["transfer_id"] == first
    assert one(load({"case_number": "00-01"}))["transfer_id"] != first


@given(st.integers(0, 2**62), st.dates(date(1950, 1, 1), KNOWN_ON), st.decimals(0, 10**12, places=2))
def test_numbers_and_days_are_read_as_written(
    tmp_path_factory: pytest.TempPathFactory, number: int, day: date, value: Any
) -> None:
    row = {"number": str(number), "notified_on": day.isoformat(), "value_usd": f"{value:f}"}
    file = write(tmp_path_factory.mktemp("sheet"), row)
    record = one(notifications.transform(notifications.read(file, KNOWN_ON)))
    assert (record["number"], record["notified_on"], record["value_usd"]) == (number, day, float(value))


class TestExcel:
    def test_it_says_the_same_as_the_csv_file(self, load: Load) -> None:
        cells = [{}, {"number": "7", "value_usd": "12600000000"}, {"recipient": "Atlantis"}]
        as_csv = load(*cells)
        as_excel = load(*cells, name="sheet.xlsx")
        text = as_excel.tables["transfer"].drop(FILE)
        assert text.equals(as_csv.tables["transfer"].drop(FILE))
        assert as_excel.refused["reason"].to_list() == [
            as_csv.refused["reason"][0].replace("notifications.csv", "sheet.xlsx")
        ]

    def test_cells_with_dates_and_numbers_are_read(self, load: Load) -> None:
        typed = {"notified_on": date(2024, 3, 9), "number": 50, "value_usd": 12_600_000_000.0}
        record = one(load(typed, name="sheet.xlsx"))
        assert (record["notified_on"], record["number"], record["value_usd"]) == (date(2024, 3, 9), 50, 1.26e10)

    def test_rows_without_an_entry_are_no_rows_and_others_keep_their_number(self, load: Load) -> None:
        empty: dict[str, Any] = dict.fromkeys(COLUMNS)
        loaded = load({}, empty, {"recipient": "Atlantis"}, empty, name="sheet.xlsx")
        assert loaded.files[0].frame[ROW].to_list() == [1, 3]
        assert loaded.refused[ROW].to_list() == [3]

    def test_a_damaged_or_other_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "bad.xlsx").write_bytes(b"PK no workbook")
        with pytest.raises(InputError, match=r"bad\.xlsx cannot be read as an Excel file"):
            notifications.read(tmp_path / "bad.xlsx", KNOWN_ON)
        pl.DataFrame({"a": ["1"], "b": ["2"]}).write_excel(tmp_path / "other.xlsx")
        with pytest.raises(
            InputError, match=r"the columns notified_on, record_type, recipient, designation are missing"
        ):
            notifications.read(tmp_path / "other.xlsx", KNOWN_ON)


class TestFiles:
    def test_the_template_is_filled_in_and_published(self, tmp_path: Path) -> None:
        folder = tmp_path / "sheet"
        written = notifications.write_template(folder)
        assert {path.name for path in written} == {"notifications.csv", "SOURCE.txt", "README.md"}
        with pytest.raises(InputError, match="does not say of which day"):
            notifications.read(folder)
        source = folder / "SOURCE.txt"
        source.write_text(
            source.read_text()
            .replace("known_on:", "known_on: 2024-06-30")
            .replace("publisher:", "publisher: Nobody")
            .replace("redistributable: false", "redistributable: true")
        )
        write(folder, {}, {"recipient": "Atlantis"}, {"record_type": "licence", "channel": "dcs"})
        build(tmp_path / "w", [Source("notifications", folder)], lambda _: None)
        opened = reader(tmp_path / "w")
        (row,) = opened.frame("SELECT * FROM dataset").iter_rows(named=True)
        assert (row["rows_read"], row["rows_loaded"], row["rows_quarantined"]) == (3, 2, 1)
        assert (row["publisher"], row["redistributable"], row["known_on"]) == ("Nobody", True, KNOWN_ON)
        kinds = opened.frame("SELECT record_type, channel FROM transfer ORDER BY record_type").rows()
        assert kinds == [("licence", "dcs"), ("notification", "fms")]

    def test_the_guide_tells_every_column(self) -> None:
        assert all(f"| `{name}` |" in guide() for name in COLUMNS)
        assert set(COLUMNS) <= set(TABLE["transfer"].column_names)

    def test_an_empty_template_holds_no_rows(self, tmp_path: Path) -> None:
        notifications.write_template(tmp_path / "t")
        loaded = notifications.transform(notifications.read(tmp_path / "t", KNOWN_ON))
        assert loaded.tables["transfer"].is_empty()
        assert loaded.files[0].frame.is_empty()

    @pytest.mark.parametrize(
        ("prepare", "sentence"),
        [
            (lambda folder: folder / "none", "does not exist"),
            (lambda folder: folder, "holds neither notifications.csv nor notifications.xlsx"),
            (
                lambda folder: write(folder, {}, name="notifications.xlsx") and write(folder, {}).parent,
                "holds both notifications.csv and",
            ),
            (lambda folder: write(folder, {}).rename(folder / "sheet.ods"), "neither a .csv nor an .xlsx file"),
        ],
    )
    def test_a_path_without_one_sheet_is_refused(
        self, tmp_path: Path, prepare: Callable[[Path], Path], sentence: str
    ) -> None:
        with pytest.raises(InputError, match=sentence):
            notifications.read(prepare(tmp_path), KNOWN_ON)
