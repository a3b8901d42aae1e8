"""Questions about units, against cases worked out by hand and against other code on the demo's tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from made_up import warehouse

from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import ask, run
from warehouse.filters import Filters

ALL = Filters()
FILTERS = [ALL, Filters(country=("YEM", "IRQ")), Filters(stage=("closed",)), Filters(text="nowhere at all")]
REPORT = {"source_type": "media", "account_kind": "not_social_media"}


def named(number: int, incident: str, unit: str, confidence: str = "possible", **more: str) -> dict[str, str]:
    return {"attribution_id": f"n{number}", "incident_id": incident, "unit_id": unit, "confidence": confidence,
            "basis": "imagery"} | more  # fmt: skip


def about(number: int, incident: str, unit: str, *days: str, status: str = "declined") -> dict[str, str]:
    dated = dict(zip(("recommended_on", "decided_on"), days, strict=False))
    return {"response_id": f"p{number}", "incident_id": incident, "response_type": "training", "target": "unit",
            "unit_id": unit, "status": status} | dated  # fmt: skip


def on(incident: str, first: str, last: str = "", precision: str = "day") -> dict[str, str]:
    return {"incident_id": incident, "date_start": first, "date_end": last or first, "date_precision": precision}


def killed(incident: str, low: str, high: str) -> dict[str, str]:
    return {"incident_id": incident, "group": "civilians", "harm": "killed", "low": low, "high": high}


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    return reader(
        once(
            "unit-cases",
            lambda folder: warehouse(
                folder,
                incident=[
                    on("first", "2024-01-10"),
                    on("same_day", "2024-02-01"),
                    on("later", "2024-02-02"),
                    on("range_over", "2024-01-31", "2024-02-03", "range"),
                    on("month", "2024-02-01", "2024-02-29", "month"),
                    {"incident_id": "undated", "date_start": "", "date_end": "", "date_precision": "unknown"},
                    on("ruled_out", "2024-03-01"),
                    on("brigade", "2024-03-01"),
                    on("nobody", "2024-03-01"),
                ],
                casualty=[killed("first", "1", "2"), killed("later", "3", "5"), killed("brigade", "", "")],
                report=[
                    REPORT | {"report_id": "public", "access": "public"},
                    REPORT | {"report_id": "private", "access": "private"},
                ],
                unit=[
                    {"unit_id": "bn", "name": "Battalion", "country": "KEN", "parent_unit_id": "bde"},
                    {"unit_id": "bde", "name": "Brigade", "country": "KEN"},
                    {"unit_id": "none", "name": "Never named", "country": "KEN"},
                ],
                incident_unit=[
                    named(1, "first", "bn", "confirmed", raw_text="said in public", report_id="public"),
                    # Two sources name the same unit: one incident.
                    named(2, "first", "bn", raw_text="said in private", report_id="private"),
                    named(3, "same_day", "bn"),
                    named(4, "later", "bn"),
                    named(5, "later", "bde"),
                    named(6, "range_over", "bn"),
                    named(7, "month", "bn"),
                    named(8, "undated", "bn"),
                    named(9, "ruled_out", "bn", "excluded"),
                    named(10, "brigade", "bde"),
                ],
                response=[
                    # A recommendation that was declined is one; the earlier of two counts.
                    about(1, "first", "bn", "2024-02-01", "2024-02-20"),
                    about(2, "later", "bn", "2024-04-01", status="recommended"),
                ],
                assessment=[
                    {"assessment_id": "a1", "incident_id": "first", "kind": "distinction", "finding": "consistent",
                     "assessed_on": "2024-02-02"},
                    {"assessment_id": "a2", "incident_id": "later", "kind": "distinction", "finding": "pending"},
                    {"assessment_id": "a3", "incident_id": "nobody", "kind": "distinction", "finding": "pending"},
                ],
            ),
        )
    )  # fmt: skip


def key(name: str) -> str:
    return f"made-up:{name}"


class TestByHand:
    def test_incidents_after_a_recommendation_are_repeated(self, cases: Reader) -> None:
        rows = run(queries.incidents_of_units(ALL, (key("bn"),), show_private=False), cases)
        marks = {
            incident.removeprefix("made-up:"): (repeated, unknown)
            for incident, repeated, unknown in rows.select(
                "incident_id", "is_repeated", "is_repeat_unknown"
            ).iter_rows()
        }
        assert marks == {
            "first": (0, 0),
            "same_day": (0, 0),
            "later": (1, 0),
            "range_over": (0, 1),
            "month": (0, 1),
            "undated": (0, 1),
            "ruled_out": (0, 0),
        }
        assert set(rows["first_recommended_on"]) == {date(2024, 2, 1)}
        assert rows["date_start"].to_list()[0] == date(2024, 3, 1)
        assert rows["date_start"].to_list()[-1] is None

    def test_a_recommendation_about_another_unit_marks_nothing(self, cases: Reader) -> None:
        rows = run(queries.incidents_of_units(ALL, (key("bde"),), show_private=False), cases)
        assert rows["is_repeated"].sum() == rows["is_repeat_unknown"].sum() == 0
        assert rows["first_recommended_on"].null_count() == rows.height == 2

    @pytest.mark.parametrize("allowed", [False, True])
    def test_what_a_private_report_says_is_hidden(self, cases: Reader, allowed: bool) -> None:
        rows = run(queries.incidents_of_units(ALL, (key("bn"),), allowed), cases).drop_nulls("raw_text")
        said = {"said in public", "said in private"} if allowed else {"said in public"}
        assert set(rows["raw_text"]) == said
        of_incident = run(queries.units_of_incident(key("first"), allowed), cases)
        assert set(of_incident["raw_text"].drop_nulls()) == said
        assert of_incident["from_private_report"].to_list() == [False, True]
        assert of_incident["unit_name"].unique().to_list() == ["Battalion"]

    def test_totals_count_an_incident_once(self, cases: Reader) -> None:
        own = run(queries.unit_totals(ALL, (key("bn"),)), cases).row(0, named=True)
        # A declined response is none, here as on all pages.
        expected = {"incidents": 6, "assessed": 1, "with_response": 1, "repeated": 1, "repeat_unknown": 3}
        assert {name: own[name] for name in expected} == expected
        harm = tuple(own[f"civilians_killed_{part}"] for part in ("low", "high", "unknown"))
        assert harm == (4, 7, 4)
        both = run(queries.unit_totals(ALL, (key("bde"), key("bn"))), cases).row(0, named=True)
        assert (both["incidents"], both["repeated"], both["civilians_killed_unknown"]) == (7, 1, 5)
        assert run(queries.unit_totals(ALL, (key("none"),)), cases).item(0, "incidents") == 0

    def test_the_list_has_every_unit(self, cases: Reader) -> None:
        rows = run(queries.units_listed(ALL), cases)
        columns = ("name", "parent_name", "incidents", "civilians_killed_low", "civilians_killed_high",
                   "civilians_killed_unknown", "with_response", "about_unit", "repeated")  # fmt: skip
        assert rows.select(columns).rows() == [
            ("Battalion", "Brigade", 6, 4, 7, 4, 1, 2, 1),
            ("Brigade", None, 2, 3, 5, 1, 1, 0, 0),
            ("Never named", None, 0, None, None, 0, 0, 0, 0),
        ]

    def test_what_was_recommended_and_found(self, cases: Reader) -> None:
        about_unit = run(queries.responses_about_units(ALL, (key("bn"),)), cases)
        assert about_unit.select("response_id", "status", "unit_name").rows() == [
            (key("p1"), "declined", "Battalion"),
            (key("p2"), "recommended", "Battalion"),
        ]
        found = run(queries.findings_of_units(ALL, (key("bn"),)), cases)
        assert found["assessment_id"].to_list() == [key("a1"), key("a2")]

    def test_without_units_there_are_none(self, tmp_path: Path) -> None:
        empty = reader(warehouse(tmp_path / "none", incident=[{"incident_id": "i"}]))
        assert run(queries.all_units(), empty).is_empty()
        assert run(queries.units_listed(ALL), empty).is_empty()


@pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
def test_on_the_demo(demo_reader: Reader, filters: Filters) -> None:
    chosen = run(queries.incidents(filters), demo_reader)
    every = demo_reader.frame("SELECT * FROM response WHERE known_to IS NULL")
    first = {
        unit: min(row["recommended_on"] or row["decided_on"] for row in group.iter_rows(named=True))
        for (unit,), group in every.drop_nulls("unit_id").group_by("unit_id")
    }
    attributed = demo_reader.frame("SELECT * FROM incident_unit WHERE known_to IS NULL AND confidence <> 'excluded'")
    attributed = attributed.unique(["incident_id", "unit_id"]).join(
        chosen.select("incident_id", "date_start", "response_count", "civilians_killed_low", "civilians_killed_high"),
        on="incident_id",
    )
    own = every.join(chosen, on="incident_id", how="semi")
    rows = ask(queries.units_listed, (filters,), demo_reader)
    assert rows.height == 80
    for row in rows.iter_rows(named=True):
        of = attributed.filter(unit_id=row["unit_id"])
        since = first.get(row["unit_id"])
        known = of.drop_nulls("civilians_killed_low")
        assert (row["incidents"], row["civilians_killed_unknown"]) == (of.height, of.height - known.height)
        if known.height:
            assert row["civilians_killed_low"] == known["civilians_killed_low"].sum()
            assert row["civilians_killed_high"] == known["civilians_killed_high"].sum()
        else:
            assert row["civilians_killed_low"] is None
        assert row["with_response"] == of.filter(pl.col("response_count") > 0).height
        assert row["about_unit"] == own.filter(unit_id=row["unit_id"]).height
        repeated = sum(day is not None and since is not None and day > since for day in of["date_start"])
        assert row["repeated"] == repeated
    assert ask(queries.naming_a_unit, (filters,), demo_reader).item() == attributed["incident_id"].n_unique()
    some = tuple(sorted(set(attributed["unit_id"]))[:7])
    of = attributed.filter(pl.col("unit_id").is_in(some)).unique("incident_id")
    assessed = demo_reader.frame("SELECT * FROM assessment WHERE known_to IS NULL AND finding <> 'pending'")
    totals = ask(queries.unit_totals, (filters, some), demo_reader).row(0, named=True)
    assert totals["incidents"] == of.height
    assert totals["assessed"] == of.join(assessed, on="incident_id", how="semi").height
    assert totals["with_response"] == of.filter(pl.col("response_count") > 0).height
    listed = ask(queries.incidents_of_units, (filters, some, False), demo_reader)
    excluded = listed.filter(confidence="excluded")
    assert listed.height - excluded.height == attributed.filter(pl.col("unit_id").is_in(some)).height
    private = demo_reader.frame("SELECT report_id FROM report WHERE access = 'private'")["report_id"]
    hidden = demo_reader.frame("SELECT attribution_id, report_id FROM incident_unit").filter(
        pl.col("report_id").is_in(private.implode())
    )
    assert listed.filter(pl.col("raw_text").is_null())["attribution_id"].sort().to_list() == (
        listed.filter(pl.col("attribution_id").is_in(hidden["attribution_id"].implode()))["attribution_id"]
        .sort()
        .to_list()
    )
    findings = ask(queries.findings_of_units, (filters, some), demo_reader)
    every_finding = demo_reader.frame("SELECT * FROM assessment WHERE known_to IS NULL")
    assert findings.height == every_finding.join(of, on="incident_id", how="semi").height
    about_some = ask(queries.responses_about_units, (filters, some), demo_reader)
    assert set(about_some["response_id"]) == set(own.filter(pl.col("unit_id").is_in(some))["response_id"])
