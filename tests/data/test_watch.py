"""civharm watch: which matches the rules find, that each is reported once, and that nothing is lost on the way."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest
import review_versions
from made_up import step
from made_up import warehouse as made_up_warehouse

from transforms.pipeline import build
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.errors import InputError, WarehouseError
from warehouse.filters import Filters
from warehouse.publish import rollback
from warehouse.queries import watch as questions
from warehouse.watch import Outcome, watch
from warehouse.watch_matches import one_line
from warehouse.watch_rules import EXAMPLE
from warehouse.watch_state import alone, load, state_file

AS_OF = date(2024, 10, 30)
"""Newest day of the demo."""
EVERYTHING = date(2000, 1, 1)
ALL_RULES = """
[[rule]]
name = "back"
when = "step_back"
[[rule]]
name = "many"
when = "civilians_killed"
at_least = 5
estimate = "highest"
[[rule]]
name = "violation"
when = "finding"
finding = ["likely_violation", "possible_violation"]
[[rule]]
name = "response"
when = "response"
status = ["approved"]
[[rule]]
name = "overdue"
when = "overdue"
days = 180
since = "receipt"
"""


def rules_file(folder: Path, text: str = ALL_RULES) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def found(outcome: Outcome) -> list[tuple[str, str]]:
    """Rule and incident of each new match."""
    return sorted((n.match.rule, n.match.incident_id.removeprefix("made-up:")) for n in outcome.notices)


@pytest.fixture
def two_builds(tmp_path: Path) -> tuple[Path, Callable[[], None]]:
    """A warehouse of the first of two exports, and what builds the second one as well."""
    folder = tmp_path / "warehouse"
    exports = review_versions.exports(folder)
    build(folder, exports[:1], lambda _: None, validate=False)
    return folder, lambda: build(folder, exports, lambda _: None, validate=False) and None


class TestOnce:
    def test_a_second_build_reports_what_is_new_in_it(
        self, two_builds: tuple[Path, Callable[[], None]], tmp_path: Path
    ) -> None:
        folder, build_second = two_builds
        rules = rules_file(tmp_path)
        first = watch(folder, rules, since=EVERYTHING)
        assert found(first) == [("violation", "back")]
        assert found(watch(folder, rules)) == []
        build_second()
        second = watch(folder, rules)
        # Received on 10 January: on 31 July all that are open wait for 203 days, on 30 June they did for 172.
        assert found(second) == [
            ("back", "back"),
            ("back", "reopened"),
            ("many", "known"),
            ("many", "new"),
            ("many", "up"),
            *(("overdue", code) for code in ("back", "forward", "injured", "known", "moved", "reopened", "same", "up")),
            ("response", "decided"),
            # On another principle than before.
            ("violation", "back"),
        ]
        assert found(watch(folder, rules)) == []

    def test_a_rule_that_is_new_reports_the_last_week_and_counts_the_rest(
        self, demo_warehouse: Path, demo_reader: Reader, tmp_path: Path
    ) -> None:
        folder = shutil.copytree(demo_warehouse, tmp_path / "warehouse")
        rules = rules_file(tmp_path, '[[rule]]\nname = "v"\nwhen = "finding"\nfinding = ["likely_violation"]\n')
        all_of_it = demo_reader.frame(
            "SELECT incident_id, known_from FROM assessment WHERE finding = 'likely_violation' AND known_to IS NULL"
        )
        week = all_of_it.filter(pl.col("known_from") > AS_OF - timedelta(days=7))
        first = watch(folder, rules)
        assert sorted(i for _, i in found(first)) == sorted(week["incident_id"]) != []
        assert f"v: {all_of_it.height - week.height} more matched by 2024-10-23 already" in first.said[0]
        assert found(watch(folder, rules, since=EVERYTHING)) == [], "the rule is no longer new"

        # The same name with another content is a new rule; what was reported stays reported.
        rules_file(
            tmp_path,
            '[[rule]]\nname = "v"\nwhen = "finding"\nfinding = ["likely_violation", "possible_violation"]\n',
        )
        possible = demo_reader.frame(
            "SELECT incident_id, known_from FROM assessment WHERE finding = 'possible_violation' AND known_to IS NULL"
        ).filter(pl.col("known_from") > AS_OF - timedelta(days=7))
        assert sorted(i for _, i in found(watch(folder, rules))) == sorted(possible["incident_id"])

    def test_an_earlier_build_brings_nothing_back(
        self, two_builds: tuple[Path, Callable[[], None]], tmp_path: Path
    ) -> None:
        folder, build_second = two_builds
        build_second()
        rules = rules_file(tmp_path, ALL_RULES.replace(', "possible_violation"', ""))
        assert found(watch(folder, rules, since=EVERYTHING))
        rollback(folder)
        assert found(watch(folder, rules)) == []
        build_second()
        assert found(watch(folder, rules)) == []


class TestRules:
    """Each kind of rule against plain code on the demo's tables."""

    def of_demo(self, demo_warehouse: Path, tmp_path: Path, rule: str) -> list[str]:
        folder = shutil.copytree(demo_warehouse, tmp_path / "warehouse")
        outcome = watch(folder, rules_file(tmp_path, f'[[rule]]\nname = "r"\n{rule}'), since=EVERYTHING)
        self.said = outcome.said
        return sorted(notice.match.incident_id for notice in outcome.notices)

    @pytest.mark.parametrize("since", ["receipt", "stage"])
    def test_overdue(self, since: str, demo_warehouse: Path, demo_reader: Reader, tmp_path: Path) -> None:
        open_ones = demo_reader.frame(
            "SELECT incident_id, stage_entered_on FROM incident WHERE known_to IS NULL AND stage NOT IN "
            "('closed', 'no_review_record')"
        )
        received = demo_reader.frame(
            "SELECT incident_id, min(occurred_on) AS day FROM stage_transition WHERE to_stage = 'received' GROUP BY ALL"
        )
        began = open_ones.join(received, on="incident_id", how="left")
        day = began["day"] if since == "receipt" else began["stage_entered_on"]
        late = began.filter((pl.lit(AS_OF) - day).dt.total_days() > 90)
        assert late.height
        matched = self.of_demo(demo_warehouse, tmp_path, f'when = "overdue"\ndays = 90\nsince = "{since}"')
        assert matched == sorted(late["incident_id"])

    @pytest.mark.parametrize("estimate", ["lowest", "highest"])
    def test_civilians_killed(self, estimate: str, demo_warehouse: Path, demo_reader: Reader, tmp_path: Path) -> None:
        incident = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL AND country = 'PSE'")
        low, high = pl.col("civilians_killed_low"), pl.col("civilians_killed_high")
        figure = low if estimate == "lowest" else pl.coalesce(high, low)
        rule = f'when = "civilians_killed"\nat_least = 10\nestimate = "{estimate}"\nfilter = ["country=PSE"]'
        assert self.of_demo(demo_warehouse, tmp_path, rule) == sorted(incident.filter(figure >= 10)["incident_id"])
        unknown = incident.filter(figure.is_null()).height
        assert f"r: {unknown} not judged" in self.said[0]

    def test_step_back(self, demo_warehouse: Path, demo_reader: Reader, tmp_path: Path) -> None:
        order = [
            "received",
            "incident_analysis",
            "policy_impact_assessment",
            "department_response_coordination",
            "closed",
        ]
        steps = demo_reader.frame("SELECT * FROM stage_transition WHERE from_stage IS NOT NULL")
        back = [
            row["incident_id"]
            for row in steps.iter_rows(named=True)
            if order.index(row["to_stage"]) < order.index(row["from_stage"])
        ]
        assert self.of_demo(demo_warehouse, tmp_path, 'when = "step_back"') == sorted(back) != []

    def test_response(self, demo_warehouse: Path, demo_reader: Reader, tmp_path: Path) -> None:
        rows = demo_reader.frame("SELECT incident_id FROM response WHERE status IN ('approved', 'declined')")
        matched = self.of_demo(demo_warehouse, tmp_path, 'when = "response"\nstatus = ["approved", "declined"]')
        assert matched == sorted(rows["incident_id"]) != []

    def test_a_wait_is_too_long_from_the_day_after_the_last_one_allowed(self, tmp_path: Path) -> None:
        folder = made_up_warehouse(
            tmp_path / "warehouse",
            incident=[{"incident_id": name} for name in ("on-it", "past-it", "reopened", "undated")],
            stage_transition=[
                step("on-it", 1, "", "received", "2024-05-01"),
                step("past-it", 1, "", "received", "2024-04-30"),
                step("reopened", 1, "", "received", "2024-01-01"),
                step("reopened", 2, "received", "closed", "2024-02-01"),
                step("reopened", 3, "closed", "incident_analysis", "2024-06-20"),
                # Its first step is not the receipt.
                step("undated", 1, "", "incident_analysis", "2024-01-01"),
            ],
        )
        as_of = date(2024, 6, 30)
        opened = reader(folder)
        since_receipt = run(questions.overdue(Filters(), as_of, 60, from_receipt=True), opened)
        assert since_receipt.select("incident_id", "day", "days_waiting").rows() == [
            ("made-up:past-it", date(2024, 6, 30), 61),
            ("made-up:reopened", date(2024, 3, 2), 181),
        ]
        in_stage = run(questions.overdue(Filters(), as_of, 60, from_receipt=False), opened)
        assert in_stage["incident_id"].to_list() == ["made-up:past-it", "made-up:undated"]
        assert run(questions.unjudged_wait(Filters(), from_receipt=True), opened).item() == 1

    def test_where_only_the_lowest_is_known_it_counts_as_the_highest(self, tmp_path: Path) -> None:
        def killed(incident: str, low: str, high: str) -> dict[str, str]:
            return {"incident_id": incident, "group": "civilians", "harm": "killed", "low": low, "high": high}

        folder = made_up_warehouse(
            tmp_path / "warehouse",
            incident=[{"incident_id": name} for name in ("range", "at-least", "up-to", "unknown")],
            casualty=[killed("range", "5", "12"), killed("at-least", "12", ""), killed("up-to", "", "12")],
        )
        opened = reader(folder)
        by = {
            by_highest: run(questions.many_killed(Filters(), 10, by_highest=by_highest), opened)[
                "incident_id"
            ].to_list()
            for by_highest in (False, True)
        }
        assert by == {False: ["made-up:at-least"], True: ["made-up:at-least", "made-up:range", "made-up:up-to"]}
        unknown = [run(questions.unjudged_killed(Filters(), by_highest=h), opened).item() for h in (False, True)]
        assert unknown == [2, 1]


class TestFiles:
    def test_rows_and_feed(self, demo_warehouse: Path, tmp_path: Path) -> None:
        folder = shutil.copytree(demo_warehouse, tmp_path / "warehouse")
        rules = rules_file(tmp_path, 'base_url = "https://d.example.org/app/"\n' + EXAMPLE)
        outcome = watch(folder, rules, output=tmp_path / "m.csv", feed=tmp_path / "feed.xml")
        with (tmp_path / "m.csv").open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
        assert [row["id"] for row in rows] == [notice.id for notice in outcome.notices] != []
        assert {row["synthetic"] for row in rows} == {"true"}
        assert all(row["title"].startswith("SYNTHETIC: ") for row in rows)
        first = outcome.notices[0].match
        assert rows[0]["link"] == f"https://d.example.org/app/incident?id={first.incident_id.replace(':', '%3A')}"

        watch(folder, rules, output=tmp_path / "m.json", feed=tmp_path / "again.xml")
        assert json.loads((tmp_path / "m.json").read_text(encoding="utf-8")) == []
        # A run without news leaves the feed as it is, to the byte.
        assert (tmp_path / "again.xml").read_bytes() == (tmp_path / "feed.xml").read_bytes()

    def test_a_file_that_cannot_be_written_reports_nothing(self, demo_warehouse: Path, tmp_path: Path) -> None:
        folder = shutil.copytree(demo_warehouse, tmp_path / "warehouse")
        rules = rules_file(tmp_path)
        with pytest.raises(OSError, match="no-folder"):
            watch(folder, rules, feed=tmp_path / "no-folder" / "feed.xml")
        with pytest.raises(InputError, match=r"choose from \.csv, \.json"):
            watch(folder, rules, output=tmp_path / "matches.xlsx")
        assert watch(folder, rules).notices

    def test_texts_of_sources_are_text(self, hostile: Path, tmp_path: Path) -> None:
        rules = rules_file(tmp_path, '[[rule]]\nname = "r"\nwhen = "overdue"\ndays = 1\nsince = "stage"\n')
        watch(hostile, rules, output=tmp_path / "m.csv", feed=tmp_path / "feed.xml", since=EVERYTHING)
        feed = ET.fromstring((tmp_path / "feed.xml").read_text(encoding="utf-8"))  # noqa: S314 (our own file)
        texts = [element.text or "" for element in feed.iter()]
        assert any("<script>alert(1)</script> ]]> & x" in text for text in texts)
        assert {element.tag.partition("}")[2] for element in feed.iter()} == {
            "feed", "id", "title", "subtitle", "updated", "author", "name", "entry", "category", "content",
        }  # fmt: skip
        assert "summary of a private report" not in (tmp_path / "feed.xml").read_text(encoding="utf-8")
        with (tmp_path / "m.csv").open(encoding="utf-8-sig", newline="") as handle:
            (row,) = csv.DictReader(handle)
        assert row["public_code"] == "'=HYPERLINK(1)"


@pytest.fixture(scope="module")
def hostile(once: Callable[..., Path]) -> Path:
    def make(folder: Path) -> None:
        made_up_warehouse(
            folder,
            incident=[
                {
                    "incident_id": "x",
                    "public_code": "=HYPERLINK(1)",
                    "place": "<script>alert(1)</script> ]]> & x\u202e\u2028y",
                    "summary": "summary of a private report",
                }
            ],
            stage_transition=[step("x", 1, "", "received", "2024-01-01", "private words")],
        )

    return once("watch-hostile", make)


def test_one_line_keeps_letters_and_nothing_that_breaks_a_line() -> None:
    assert one_line("a\r\nBcc: x\u2028b\u0000c\u202ed") == "a Bcc: x b c d"
    assert one_line("تل السلطان می‌شود") == "تل السلطان می‌شود"  # the joiner of Persian is kept


def test_a_damaged_state_is_one_sentence(demo_warehouse: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(demo_warehouse, tmp_path / "warehouse")
    rules = rules_file(tmp_path)
    path = state_file(folder, rules)
    for text in ("{", "[]", '{"version": 1}', '{"version": 1, "feed_id": "x"}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(WarehouseError, match="is damaged; move it away"):
            watch(folder, rules)
    path.write_text('{"version": 2}', encoding="utf-8")
    with pytest.raises(WarehouseError, match="another version"):
        watch(folder, rules)


def test_two_runs_at_once_are_refused(demo_warehouse: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(demo_warehouse, tmp_path / "warehouse")
    rules = rules_file(tmp_path)
    with (
        alone(state_file(folder.resolve(), rules)),
        pytest.raises(WarehouseError, match="Another watch with these rules is under way"),
    ):
        watch(folder, rules)
    assert not load(state_file(folder, rules)).seen
