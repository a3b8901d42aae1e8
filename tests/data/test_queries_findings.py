"""Questions about findings, against cases worked out by hand and against other code on the demo's tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from made_up import intake, step, warehouse

from transforms.pipeline import Source, build
from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import ask, run
from warehouse.filters import Filters
from warehouse.vocabulary import Principle

ALL = Filters()
FILTERS = [ALL, Filters(country=("PSE",)), Filters(stage=("closed",)), Filters(text="nowhere at all")]


def finding(number: int, incident: str, found: str, day: str, kind: str = "distinction") -> dict[str, str]:
    return {"assessment_id": f"a{number}", "incident_id": incident, "kind": kind, "finding": found, "assessed_on": day}


FOUND = [
    # Changed, and changed back.
    finding(1, "twice", "consistent", "2024-02-01"),
    finding(2, "twice", "likely_violation", "2024-03-01"),
    finding(3, "twice", "consistent", "2024-04-01"),
    # Confirmed by a later one: no change.
    finding(4, "same", "possible_violation", "2024-02-01"),
    finding(5, "same", "possible_violation", "2024-05-01"),
    # Assessed again, not finished.
    finding(6, "again", "consistent", "2024-02-03"),
    finding(7, "again", "pending", ""),
    finding(8, "pending", "pending", ""),
    # A finding without a day gives way to a dated one, whatever it says.
    finding(9, "undated", "likely_violation", ""),
    finding(10, "both", "likely_violation", ""),
    finding(11, "both", "consistent", "2024-02-01"),
    # Two questions on one incident; on the same day, the later identifier stands.
    finding(12, "twice", "avoidable", "2024-02-01", "avoidability"),
    finding(13, "same_day", "consistent", "2024-02-01"),
    finding(14, "same_day", "possible_violation", "2024-02-01"),
]
CASES = ("twice", "same", "again", "pending", "undated", "both", "same_day", "none")


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    return reader(
        once(
            "finding-cases",
            lambda folder: warehouse(
                folder,
                incident=[{"incident_id": name} for name in CASES],
                assessment=FOUND,
                stage_transition=[step("twice", 1, "", "received", "2024-01-05")],
            ),
        )
    )


def standing_of(rows: pl.DataFrame, kind: str) -> dict[tuple[str, str], int]:
    chosen = rows.filter(kind=kind)
    return {(stage, found): n for stage, found, n in chosen.select("stage", "finding", "incidents").iter_rows()}


class TestStanding:
    def test_by_hand(self, cases: Reader) -> None:
        rows = run(queries.standing_findings(ALL), cases)
        assert standing_of(rows, "distinction") == {
            ("received", "consistent"): 1,  # twice
            ("no_review_record", "possible_violation"): 2,  # same, same_day
            ("no_review_record", "consistent"): 2,  # again, both
            ("no_review_record", "pending"): 1,
            ("no_review_record", "likely_violation"): 1,  # undated
            ("no_review_record", queries.NO_FINDING): 1,
        }
        assert standing_of(rows, "avoidability") == {
            ("received", "avoidable"): 1,
            ("no_review_record", queries.NO_FINDING): len(CASES) - 1,
        }
        assert rows["also_pending"].sum() == 1

    @pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
    def test_on_the_demo(self, demo_reader: Reader, filters: Filters) -> None:
        chosen = run(queries.incidents(filters), demo_reader).select("incident_id", "stage")
        found = demo_reader.frame("SELECT * FROM assessment WHERE known_to IS NULL")
        found = found.join(chosen, on="incident_id")
        expected: dict[tuple[str, str, str], int] = {}
        for (_, kind), group in found.group_by("incident_id", "kind"):
            dated = group.filter(pl.col("finding") != "pending").sort("assessed_on")
            last = (dated if dated.height else group).row(-1, named=True)
            key = (last["stage"], str(kind), last["finding"])
            expected[key] = expected.get(key, 0) + 1
        rows = ask(queries.standing_findings, (filters,), demo_reader)
        on_record = rows.filter(pl.col("finding") != queries.NO_FINDING).select("stage", "kind", "finding", "incidents")
        assert {row[:3]: row[3] for row in on_record.iter_rows()} == expected
        for kind in Principle:
            assert rows.filter(kind=kind.value)["incidents"].sum() == chosen.height


class TestMade:
    def test_by_hand(self, cases: Reader) -> None:
        rows = run(queries.findings_made(ALL), cases).filter(kind="distinction")
        february = rows.filter(period_start=date(2024, 2, 1)).select("finding", "findings", "incidents").rows()
        assert february == [("consistent", 4, 4), ("possible_violation", 2, 2)]
        undated = rows.filter(pl.col("period_start").is_null()).select("finding", "findings").rows()
        assert undated == [("likely_violation", 2), ("pending", 2)]
        assert rows["findings"].sum() == len(FOUND) - 1

    @pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
    def test_on_the_demo(self, demo_reader: Reader, filters: Filters) -> None:
        chosen = run(queries.incidents(filters), demo_reader)
        found = demo_reader.frame("SELECT * FROM assessment WHERE known_to IS NULL")
        found = found.join(chosen.select("incident_id"), on="incident_id", how="semi")
        expected = found.group_by(pl.col("assessed_on").dt.truncate("1mo"), "kind", "finding").len()
        rows = run(queries.findings_made(filters), demo_reader)
        keys = ("period_start", "kind", "finding")
        assert {row[:3]: row[3] for row in rows.select(*keys, "findings").iter_rows()} == {
            row[:3]: row[3] for row in expected.iter_rows()
        }


class TestChanged:
    COLUMNS = ("incident_id", "kind", "before", "before_on", "after", "after_on")

    def test_by_hand(self, cases: Reader) -> None:
        rows = run(queries.changed_findings(ALL), cases).select(self.COLUMNS).rows()
        assert rows == [
            ("made-up:twice", "distinction", "likely_violation", date(2024, 3, 1), "consistent", date(2024, 4, 1)),
            ("made-up:twice", "distinction", "consistent", date(2024, 2, 1), "likely_violation", date(2024, 3, 1)),
            ("made-up:same_day", "distinction", "consistent", date(2024, 2, 1), "possible_violation", date(2024, 2, 1)),
        ]
        assert run(queries.changed_findings(Filters(text="nowhere")), cases).is_empty()

    def test_on_the_demo(self, demo_reader: Reader) -> None:
        found = demo_reader.frame("SELECT * FROM assessment WHERE known_to IS NULL").drop_nulls("assessed_on")
        pairs = [
            (incident, kind, before, after)
            for (incident, kind), group in found.sort("assessed_on").group_by("incident_id", "kind")
            for before, after in pairwise(group["finding"])
            if before != after
        ]
        rows = run(queries.changed_findings(ALL), demo_reader)
        assert len(pairs) > 10
        assert sorted(rows.select("incident_id", "kind", "before", "after").rows()) == sorted(pairs)
        assert rows["after_on"].is_sorted(descending=True)

    def test_a_revised_row_is_a_change_from_the_day_on_which_it_was_known(self, tmp_path: Path) -> None:
        def export(day: str, row: dict[str, str]) -> Source:
            path = intake(tmp_path / day, {"known_on": day}, incident=[{"incident_id": "i"}], assessment=[row])
            return Source("chirg_intake", path)

        exports = [
            export("2024-03-01", finding(1, "i", "pending", "")),
            export("2024-04-01", finding(1, "i", "likely_violation", "2024-03-20")),
            export("2024-05-01", finding(1, "i", "consistent", "2024-03-20")),
        ]
        build(tmp_path / "warehouse", exports, lambda _: None, validate=False)
        built = reader(tmp_path / "warehouse")
        question = queries.changed_findings(ALL)
        assert run(question, built).select("before", "after").rows() == [("likely_violation", "consistent")]
        assert run(question, built, date(2024, 4, 30)).is_empty()
        assert run(queries.standing_findings(ALL), built).filter(kind="distinction")["finding"].to_list() == [
            "consistent"
        ]
