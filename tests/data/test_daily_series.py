"""Daily series: made-up records for every case, and what the published revisions say of ten days, computed here."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.pipeline import Source, canonical_frames
from transforms.source import Canonical
from transforms.sources import daily_series
from transforms.sources.daily_series_revisions import parse_count, parse_day
from transforms.sources.daily_series_terms import DATASET_ID, RENAMED, TERMS, series_id
from warehouse.errors import InputError

EXPORT = date(2024, 3, 1)
TODAY = date(2026, 11, 1)
GAZA, WEST_BANK = "casualties_daily", "west_bank_daily"
HEADER = "report_date,field,known_on,old,new"


def record(day: str, **fields: Any) -> dict[str, Any]:
    return {"report_date": day, **fields}


def write(folder: Path, revisions: list[str] | None = None, /, **files: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for stem, records in files.items():
        text = records if isinstance(records, str) else json.dumps(records)
        (folder / f"{stem.replace('infrastructure_', 'infrastructure-')}.json").write_text(text, encoding="utf-8")
    if revisions is not None:
        (folder / f"{GAZA}_revisions.csv").write_text("\n".join([HEADER, *revisions, ""]), encoding="utf-8")
    return folder


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def loaded(revisions: list[str] | None = None, /, **files: Any) -> Canonical:
        return daily_series.transform(daily_series.read(write(tmp_path / "given", revisions, **files), EXPORT))

    return loaded


def built(folder: Path, known_on: date | None = EXPORT) -> dict[str, pl.DataFrame]:
    return canonical_frames([Source("daily_series", folder)], lambda _: None, known_on, TODAY)


def versions(frames: Any, stem: str, field: str, suffix: str = "") -> list[tuple[Any, ...]]:
    """(day, value, known_from, known_to) of a series, in order; a row that two input rows state counts once."""
    rows = frames["context_series"].filter(series_id=series_id(stem, field) + suffix).unique(["date", "known_from"])
    found: list[tuple[Any, ...]] = (
        rows.sort("date", "known_from").select("date", "value", "known_from", "known_to").rows()
    )
    return found


def reasons(canonical: Canonical) -> list[str]:
    return canonical.refused.sort("_row")["reason"].to_list()


def on(*month_and_day: int, year: int = 2024) -> date:
    return date(year, *month_and_day)


class TestValues:
    def test_a_lacking_field_makes_no_row_and_a_null_makes_one_without_a_value(self, load: Any) -> None:
        canonical = load(casualties_daily=[
            record("2024-01-01", killed=0, killed_cum=7),
            record("2024-01-02", killed=None),
            record("2024-01-04", killed_cum=9),
        ])  # fmt: skip
        assert versions(canonical.tables, GAZA, "killed") == [
            (on(1, 1), 0.0, EXPORT, None),
            (on(1, 2), None, EXPORT, None),
        ]
        assert versions(canonical.tables, GAZA, "killed_cum") == [
            (on(1, 1), 7.0, EXPORT, None),
            (on(1, 4), 9.0, EXPORT, None),
        ]
        assert canonical.refused.is_empty()

    def test_what_the_publisher_extended_is_a_series_of_its_own(self, load: Any) -> None:
        canonical = load(
            casualties_daily=[
                record("2024-01-01", killed_cum=7, ext_killed_cum=7),
                record("2024-01-02", ext_killed_cum=9),
            ]
        )
        series = canonical.tables["series"].unique("series_id").sort("series_id")
        assert series.select("series_id", "method", "unit", "is_cumulative", "country").rows() == [
            (f"{DATASET_ID}:{GAZA}.ext_killed_cum", "extended", "people", True, "PSE"),
            (f"{DATASET_ID}:{GAZA}.killed_cum", "reported", "people", True, "PSE"),
        ]
        assert len(versions(canonical.tables, GAZA, "killed_cum")) == 1
        assert len(versions(canonical.tables, GAZA, "ext_killed_cum")) == 2

    def test_filled_in_days_are_not_reported_ones(self, load: Any) -> None:
        """A day that does not say that it was reported counts as filled in; verified figures are reported always."""
        canonical = load(west_bank_daily=[
            record("2024-01-01", flash_source="un", killed_cum=3, verified={"killed": 1}),
            record("2024-01-02", flash_source="fill", killed_cum=3, verified={"killed": 0}),
            record("2024-01-03", killed_cum=4),
        ])  # fmt: skip
        days = {
            name: [day.day for day, *_ in versions(canonical.tables, WEST_BANK, field, suffix)]
            for name, field, suffix in (
                ("reported", "killed_cum", ""),
                ("as published", "killed_cum", ".with_filled_days"),
                ("verified", "verified.killed", ""),
            )
        }
        assert days == {"reported": [1], "as published": [1, 2, 3], "verified": [1, 2]}
        methods = dict(canonical.tables["series"].select("series_id", "method").unique().iter_rows())
        assert methods[series_id(WEST_BANK, "killed_cum")] == "reported"
        assert methods[series_id(WEST_BANK, "killed_cum") + ".with_filled_days"] == "extended"

    def test_each_file_has_its_place(self, load: Any) -> None:
        canonical = load(
            lebanon_casualties_daily=[record("2024-01-01", report_source="ocha", phase=1, killed=2, report_period=48)],
            infrastructure_damaged=[record("2024-01-01", residential={"destroyed": 5, "ext_destroyed": 6})],
        )
        series = canonical.tables["series"].unique("series_id").sort("series_id")
        assert series.select("title", "unit", "country").rows() == [
            ("Housing units reported destroyed, total so far, Gaza", "housing units", "PSE"),
            ("Housing units reported destroyed, total so far, extended by the publisher, Gaza", "housing units", "PSE"),
            ("People reported killed, by report, Lebanon", "people", "LBN"),
            ("Hours that a report covers, Lebanon", "hours", "LBN"),
        ]

    def test_refused_records_name_file_record_field_and_value(self, load: Any) -> None:
        canonical = load(casualties_daily=[
            record("2024-01-01", killed=1),
            record("2024-01-32", killed=1),
            record("2024-01-03", killed=-1, injured="12", killed_cum=1.5),
            record("2024-01-01", killed=2),
            record("2024-01-05", report_source="mohtel"),
            record("2024-01-06", killed=True),
        ])  # fmt: skip
        wrong = "is not a whole number from 0"
        assert reasons(canonical) == [
            f'{GAZA}.json, record 2: report_date "2024-01-32" is not a day written YYYY-MM-DD.',
            f'{GAZA}.json, record 3: killed -1 {wrong}; injured "12" {wrong}; killed_cum 1.5 {wrong}.',
            f"{GAZA}.json, record 4: report_date 2024-01-01 stands in an earlier record already.",
            f"{GAZA}.json, record 5: no field has a value.",
            f"{GAZA}.json, record 6: killed true {wrong}.",
        ]
        assert versions(canonical.tables, GAZA, "killed") == [(on(1, 1), 1.0, EXPORT, None)]

    def test_read_is_loaded_and_quarantined_and_a_refused_record_refuses_no_other(self, tmp_path: Path) -> None:
        first = record((TODAY + timedelta(days=30)).isoformat(), killed=1)  # refused by the pipeline: in the future
        frames = built(write(tmp_path / "given", casualties_daily=[first, record("2024-01-01", killed=2)]))
        assert frames["input_file"].select("rows_read", "rows_loaded", "rows_quarantined").rows() == [(2, 1, 1)]
        assert frames["context_series"]["value"].to_list() == [2.0]
        assert frames["series"].height == 1


class TestStops:
    @pytest.mark.parametrize(
        ("files", "message"),
        [
            ({"casualties_daily": [record("2024-01-01", drowned=1, frozen=2)]}, "the fields drowned, frozen not known"),
            ({"west_bank_daily": [record("2024-01-01", verified={"frozen": 1})]}, "verified.frozen not known"),
            (
                {"casualties_daily": [record("2024-01-01", killed=1, report_source="cnn")]},
                'report_source has values .* "cnn"',
            ),
            ({"west_bank_daily": [record("2024-01-01", killed_cum=1, flash_source="guess")]}, '"guess"'),
            ({"lebanon_casualties_daily": [record("2024-01-01", killed=1, phase=3)]}, "phase has values .* 3"),
            ({"casualties_daily": '[{"report_date": "2024-01-01", "killed": 1, "killed": 2}]'}, "names a field twice"),
            ({"casualties_daily": "[{]"}, "cannot be read as JSON"),
            ({"casualties_daily": "[]"}, "no list of records"),
            ({"casualties_daily": {"killed": 1}}, "no list of records"),
            ({"casualties_daily": [{"killed": 1}]}, "no field report_date"),
        ],
    )
    def test_what_nobody_has_given_a_meaning(self, load: Any, files: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError, match=message):
            load(**files)

    def test_a_folder_without_a_series(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="holds none of"):
            daily_series.read(tmp_path, EXPORT)
        with pytest.raises(InputError, match="is no folder"):
            daily_series.read(tmp_path / "not-there", EXPORT)

    def test_revisions_without_what_they_revise(self, load: Any) -> None:
        with pytest.raises(InputError, match="without casualties_daily.json"):
            load([], west_bank_daily=[record("2024-01-01", killed_cum=1, flash_source="un")])

    def test_a_revised_field_that_is_not_listed(self, load: Any) -> None:
        with pytest.raises(InputError, match="the field drowned not known"):
            load(["2024-01-01,drowned,2024-01-05,1,2"], casualties_daily=[record("2024-01-01", killed=1)])


class TestRevisions:
    def test_a_value_is_known_from_its_day_until_it_was_revised(self, load: Any) -> None:
        canonical = load(
            ["2024-01-01,killed,2024-01-05,1,2", "2024-01-01,killed,2024-02-01,2,3"],
            casualties_daily=[record("2024-01-01", killed=3), record("2024-01-02", killed=9)],
        )
        assert versions(canonical.tables, GAZA, "killed") == [
            (on(1, 1), 1.0, on(1, 1), on(1, 5)),
            (on(1, 1), 2.0, on(1, 5), on(2, 1)),
            (on(1, 1), 3.0, on(2, 1), None),
            (on(1, 2), 9.0, on(1, 2), None),
        ]
        assert canonical.refused.is_empty()

    def test_an_added_value_is_known_from_that_day_and_a_removed_one_ends(self, load: Any) -> None:
        canonical = load(
            ["2024-01-01,killed,2024-01-20,,2", "2024-01-01,injured,2024-01-20,5,"],
            casualties_daily=[record("2024-01-01", killed=2)],
        )
        assert versions(canonical.tables, GAZA, "killed") == [(on(1, 1), 2.0, on(1, 20), None)]
        assert canonical.tables["context_series"].filter(series_id=series_id(GAZA, "injured")).height == 1
        assert versions(canonical.tables, GAZA, "injured") == [(on(1, 1), 5.0, on(1, 1), on(1, 20))]
        assert canonical.refused.is_empty()

    def test_of_one_day_the_last_value_stands(self, load: Any) -> None:
        canonical = load(
            [
                "2024-01-01,killed,2024-01-01,1,2",
                "2024-01-01,killed,2024-01-05,2,4",
                "2024-01-01,killed,2024-01-05,4,3",
            ],
            casualties_daily=[record("2024-01-01", killed=3)],
        )
        assert versions(canonical.tables, GAZA, "killed") == [
            (on(1, 1), 2.0, on(1, 1), on(1, 5)),
            (on(1, 1), 3.0, on(1, 5), None),
        ]
        # Of the second revision nothing stands for a day.
        assert reasons(canonical) == [
            f"{GAZA}_revisions.csv, row 2: the values of killed on 2024-01-01 were replaced on the day they were given."
        ]

    def test_earlier_names_of_fields_are_those_of_today(self, load: Any) -> None:
        canonical = load(
            ["2024-01-01,med_martyred_cum,2024-01-05,1,2", "2024-01-01,med_killed_cum,2024-01-07,2,3"],
            casualties_daily=[record("2024-01-01", med_killed_cum=3)],
        )
        assert [value for _, value, *_ in versions(canonical.tables, GAZA, "med_killed_cum")] == [1.0, 2.0, 3.0]

    def test_a_field_that_counts_nothing_is_left_out_with_its_reason(self, load: Any) -> None:
        canonical = load(
            ["2024-01-01,report_source,2024-01-05,unocha,gmotel"], casualties_daily=[record("2024-01-01", killed=1)]
        )
        reason = "the field report_source makes no series, because it names who reported and counts nothing"
        assert reasons(canonical) == [f"{GAZA}_revisions.csv, row 1: {reason}."]

    @pytest.mark.parametrize(
        ("revisions", "reason"),
        [
            (["2024-01-01,killed,2024-01-05,1,2"], "row 1: it gives 2, but the series has 3"),
            (["2024-01-01,killed,2024-01-05,1,2", "2024-01-01,killed,2024-01-06,9,3"],
             "row 2: old is 9, but the revision before gives 2"),
            (["2024-01-01,killed,2024-01-05,-1,3"], 'row 1: old "-1" is not a count'),
            (["2024-01-01,killed,2024-01-05,1,3.5"], 'row 1: new "3.5" is not a count'),
            (["2024-01-01,killed,soon,1,3"], 'row 1: known_on "soon" is not a day'),
            (["2024-01-01,killed,2023-12-31,1,3"], "row 1: known_on 2023-12-31 is before the day itself"),
            (["2024-01-01,killed,2024-03-02,1,3"], "row 1: known_on 2024-03-02 is after the day of the export"),
        ],
    )  # fmt: skip
    def test_revisions_that_do_not_fit_are_refused_together(self, load: Any, revisions: list[str], reason: str) -> None:
        """The value of today is then known from the export's day only."""
        canonical = load(revisions, casualties_daily=[record("2024-01-01", killed=3), record("2024-01-02", killed=4)])
        assert versions(canonical.tables, GAZA, "killed") == [
            (on(1, 1), 3.0, EXPORT, None),
            (on(1, 2), 4.0, on(1, 2), None),
        ]
        start = "the revisions of killed on 2024-01-01 do not fit together"
        assert reasons(canonical) == [
            f"{GAZA}_revisions.csv, row {n}: {start}: {reason}." for n in range(1, len(revisions) + 1)
        ]

    def test_a_revision_of_no_day(self, load: Any) -> None:
        canonical = load(["someday,killed,2024-01-05,1,2"], casualties_daily=[record("2024-01-01", killed=3)])
        assert reasons(canonical)[0].startswith(f'{GAZA}_revisions.csv, row 1: report_date "someday" is not a day')

    def test_two_exports_become_one_history(self, tmp_path: Path) -> None:
        """The older export without revisions, the newer one with them: both tell the same story."""
        older = write(tmp_path / "older", [], casualties_daily=[record("2024-01-01", killed=1)])
        newer = write(
            tmp_path / "newer",
            ["2024-01-01,killed,2024-02-01,1,2"],
            casualties_daily=[record("2024-01-01", killed=2), record("2024-02-20", killed=5)],
        )
        for folder, day in ((older, "2024-01-10"), (newer, "2024-03-01")):
            (folder / "SOURCE.txt").write_text(f"known_on: {day}\n", encoding="utf-8")
        sources = [Source("daily_series", newer), Source("daily_series", older)]
        frames = canonical_frames(sources, lambda _: None, None, TODAY)
        assert versions(frames, GAZA, "killed") == [
            (on(1, 1), 1.0, on(1, 1), on(2, 1)),
            (on(1, 1), 2.0, on(2, 1), None),
            (on(2, 20), 5.0, on(2, 20), None),
        ]
        assert frames["dataset"]["exports"].to_list() == [2]


class TestParsers:
    @given(st.integers(0, 10**15 - 1))
    def test_counts_come_back(self, value: int) -> None:
        assert pl.select(parse_count(pl.lit(str(value)))).item() == value

    @given(st.text(max_size=12).filter(lambda t: not (t.isascii() and t.isdigit() and (t == "0" or t[0] != "0"))))
    def test_other_text_is_no_count(self, text: str) -> None:
        assert pl.select(parse_count(pl.lit(text))).item() is None

    @given(st.dates(date(1000, 1, 1)))
    def test_days_come_back(self, day: date) -> None:
        assert pl.select(parse_day(pl.lit(day.isoformat()))).item() == day

    @pytest.mark.parametrize("text", ["2024-02-30", "2024-1-1", "20240101", "2024-01-01T00:00", "", "01/02/2024"])
    def test_other_text_is_no_day(self, text: str) -> None:
        assert pl.select(parse_day(pl.lit(text))).item() is None


DAYS_ASKED = [
    "2023-12-31", "2024-01-15", "2024-01-19", "2024-02-17", "2024-02-18", "2024-08-30", "2025-03-25", "2025-11-02",
    "2025-11-03", "2026-04-13",
]  # fmt: skip
"""On both sides of the days with most revisions."""


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "palestine_datasets"


@pytest.fixture(scope="module")
def frames(folder: Path) -> dict[str, pl.DataFrame]:
    return built(folder, None)


class TestPublished:
    def test_totals(self, frames: dict[str, pl.DataFrame]) -> None:
        files = frames["input_file"].sort("file").select("file", "rows_read", "rows_loaded", "rows_quarantined")
        assert files.rows() == [
            ("casualties_daily.json", 1051, 1051, 0),
            ("casualties_daily_revisions.csv", 1062, 1052, 10),
            ("infrastructure-damaged.json", 730, 730, 0),
            ("lebanon_casualties_daily.json", 187, 187, 0),
            ("west_bank_daily.json", 1051, 1051, 0),
        ]
        rules = Counter(frames["quarantine"]["rule"].to_list())
        # Three revisions of who reported; seven of four cells that do not fit together.
        assert rules == {"daily_series.field_is_a_count": 3, "daily_series.revisions_fit_together": 7}
        assert (frames["series"].height, frames["context_series"].height) == (74, 40171)
        assert frames["context_series"]["known_to"].count() == 1017
        assert Counter(frames["series"]["method"].to_list()) == {"reported": 47, "extended": 27}

    def test_every_value_of_the_files_is_there_today(self, folder: Path, frames: dict[str, pl.DataFrame]) -> None:
        today = frames["context_series"].filter(pl.col("known_to").is_null())
        found = {(s, d.isoformat()): v for s, d, v in today.select("series_id", "date", "value").iter_rows()}
        expected: dict[tuple[str, str], Any] = {}
        for stem, terms in TERMS.items():
            for entry in json.loads((folder / f"{stem}.json").read_text(encoding="utf-8")):
                flat = {
                    **entry,
                    **{f"{k}.{f}": v for k, part in entry.items() if isinstance(part, dict) for f, v in part.items()},
                }
                for field in flat.keys() & terms.keys():
                    flash = stem == WEST_BANK and not field.startswith("verified.")
                    names = [".with_filled_days"] if flash else [""]
                    names += [""] if flash and entry["flash_source"] == "un" else []
                    expected |= {(series_id(stem, field) + n, entry["report_date"]): flat[field] for n in names}
        assert found == expected

    def test_as_known_on_ten_days(self, folder: Path, frames: dict[str, pl.DataFrame]) -> None:
        final = {
            (entry["report_date"], field): value
            for entry in json.loads((folder / f"{GAZA}.json").read_text(encoding="utf-8"))
            for field, value in entry.items()
            if field in TERMS[GAZA]
        }
        chains: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
        with (folder / f"{GAZA}_revisions.csv").open(encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                field = RENAMED.get(row["field"], row["field"])
                if field in TERMS[GAZA]:
                    chains[row["report_date"], field].append((row["known_on"], row["old"], row["new"]))
        broken = set()
        for cell, steps in chains.items():
            steps.sort(key=lambda step: step[0])
            fits = all(a[2] == b[1] for a, b in pairwise(steps))
            if not fits or str(final.get(cell)) != steps[-1][2] or steps[0][1].startswith("-"):
                broken.add(cell)
        assert len(broken) == 4
        series = frames["context_series"].filter(pl.col("series_id").str.starts_with(f"{DATASET_ID}:{GAZA}."))
        changed = 0
        for asked in DAYS_ASKED:
            expected = {}
            for cell, value in final.items():
                if cell[0] > asked or cell in broken:
                    continue
                known: Any = value
                for known_on, old, _ in reversed(chains.get(cell, [])):
                    if known_on > asked:
                        known = int(old) if old else None
                if known is not None:
                    expected[f"{DATASET_ID}:{GAZA}.{cell[1]}", date.fromisoformat(cell[0])] = known
                changed += known != value
            day = date.fromisoformat(asked)
            held = series.filter(pl.col("known_from") <= day, pl.col("known_to").is_null() | (pl.col("known_to") > day))
            assert {(s, d): v for s, d, v in held.select("series_id", "date", "value").iter_rows()} == expected
        assert changed == 907

    def test_series_without_a_history_are_known_from_the_export_on(self, frames: dict[str, pl.DataFrame]) -> None:
        others = frames["context_series"].filter(~pl.col("series_id").str.starts_with(f"{DATASET_ID}:{GAZA}."))
        assert others["known_from"].unique().to_list() == [date(2026, 8, 22)]
