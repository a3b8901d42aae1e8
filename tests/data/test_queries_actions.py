"""Questions about responses, engagements and licences, against hand-made cases and other code on the demo's tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import step, warehouse
from questions import answered

from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import ask, run
from warehouse.filters import Filters

ALL = Filters()
FILTERS = [ALL, Filters(country=("KEN", "SOM")), Filters(stage=("closed",)), Filters(text="nowhere at all")]
AS_OF = date(2024, 6, 30)
DEMO_AS_OF = date(2024, 10, 30)


def response(number: int, incident: str, kind: str, status: str, *days: str, **more: str) -> dict[str, str]:
    dated = dict(zip(("recommended_on", "decided_on", "implemented_on"), days, strict=False))
    row = {"response_id": f"p{number}", "incident_id": incident, "response_type": kind, "status": status}
    return row | {"target": "government"} | dated | more


RESPONSES = [
    response(1, "a", "training", "recommended", "2024-06-01"),
    # Two of one type: the incident counts once, with the furthest.
    response(2, "b", "training", "declined", "2024-03-01", "2024-03-31"),
    response(3, "b", "training", "implemented", "2024-03-01", "2024-03-11", "2024-05-01"),
    response(4, "b", "licence_suspension", "approved", "2024-04-01", "2024-04-01", target="licence", case_number="L-1"),
    # Neither the recommendation nor, of another, the decision is dated.
    response(5, "c", "training", "approved", "", "2024-04-01"),
    response(6, "c", "unit_restriction", "declined", "2024-04-01", target="unit", unit_id="u"),
    response(7, "d", "approval_withheld", "recommended", "2024-05-31", target="licence"),
    response(8, "d", "approval_withheld", "declined", "2024-05-01", "2024-05-02", target="licence", case_number="L-9"),
]
ENGAGEMENTS = [
    ("a", "Nairobi", "2024-06-10", ""),
    ("a", "Nairobi", "2024-06-20", "2024-06-25"),
    ("b", "Nairobi", "2024-01-05", "2024-01-05"),
    ("c", "Kampala", "2024-06-30", ""),
]
TRANSFERS = [
    {"weapon_id": "gbu-39", "number": "10", "number_delivered": "10", "order_year": "2015"},
    {"weapon_id": "gbu-39", "number": "10", "number_delivered": "4", "case_number": "L-1", "order_year": "2020"},
    {"weapon_id": "gbu-39", "record_type": "licence", "case_number": "L-2", "notified_on": "2022-02-02"},
    {"weapon_id": "mk-84", "recipient": "UGA", "recipient_raw": "Uganda", "number": "5"},
    {"weapon_id": "mk-84", "number": "5", "order_year": "2019"},
]


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    def weapon(incident: str, name: str, confidence: str) -> dict[str, str]:
        return {"attribution_id": f"{incident}-{name}", "incident_id": incident, "weapon_id": name,
                "confidence": confidence, "basis": "imagery"}  # fmt: skip

    return reader(
        once(
            "action-cases",
            lambda folder: warehouse(
                folder,
                incident=[
                    {"incident_id": "a", "partner_country": "KEN"},
                    {"incident_id": "b", "partner_country": "KEN"},
                    {"incident_id": "c", "partner_country": "UGA"},
                    {"incident_id": "d"},
                    *({"incident_id": n, "partner_country": "KEN"} for n in ("open", "third", "closed", "silent")),
                ],
                unit=[{"unit_id": "u", "name": "Unit", "country": "UGA"}],
                weapon=[
                    {"weapon_id": w, "weapon_system": "guided_bomb", "us_origin": "yes"} for w in ("gbu-39", "mk-84")
                ],
                incident_weapon=[
                    weapon("a", "gbu-39", "probable"),
                    weapon("b", "gbu-39", "possible"),
                    weapon("b", "mk-84", "excluded"),
                    weapon("c", "gbu-39", "confirmed"),
                    weapon("d", "mk-84", "possible"),
                    # No response, so nothing is set beside it.
                    weapon("open", "mk-84", "confirmed"),
                ],
                response=RESPONSES,
                engagement=[
                    {"engagement_id": f"e{n}", "incident_id": incident, "post": post, "held_on": held,
                     "answered_on": answered, "channel": "call"}
                    for n, (incident, post, held, answered) in enumerate(ENGAGEMENTS)
                ],
                transfer=[
                    {"transfer_id": f"t{n}", "record_type": "transfer", "recipient": "KEN", "recipient_raw": "Kenya",
                     "supplier": "USA", "supplier_raw": "US", "designation": "as stated", "channel": "fms"} | row
                    for n, row in enumerate(TRANSFERS)
                ],
                stage_transition=[
                    step("open", 1, "", "received", "2024-01-05"),
                    step("third", 1, "policy_impact_assessment", "department_response_coordination", "2024-02-05"),
                    step("closed", 1, "policy_impact_assessment", "department_response_coordination", "2024-02-05"),
                    step("closed", 2, "department_response_coordination", "closed", "2024-03-05"),
                ],
            ),
        )
    )  # fmt: skip


def of_chosen(demo: Reader, table: str, filters: Filters) -> pl.DataFrame:
    chosen = run(queries.incidents(filters), demo).select("incident_id")
    return demo.frame(f"SELECT * FROM {table} WHERE known_to IS NULL").join(chosen, on="incident_id", how="semi")


class TestLadder:
    def test_by_hand(self, cases: Reader) -> None:
        assert run(queries.response_ladder(ALL), cases).rows() == [
            ("approval_withheld", "recommended", 1),
            ("licence_suspension", "approved", 1),
            ("training", "approved", 1),
            ("training", "implemented", 1),
            ("training", "recommended", 1),
            ("unit_restriction", "declined", 1),
        ]
        assert run(queries.without_response(ALL), cases).row(0, named=True) == {
            "incidents": 4, "closed": 1, "third_stage": 1, "earlier": 1, "no_review_record": 1
        }  # fmt: skip
        listed = run(queries.incidents_without_response(ALL, 3), cases)
        assert listed["incident_id"].to_list() == ["made-up:open", "made-up:third", "made-up:closed"]

    @pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
    def test_on_the_demo(self, demo_reader: Reader, filters: Filters) -> None:
        made = of_chosen(demo_reader, "response", filters)
        rank = pl.Enum(["declined", "recommended", "approved", "implemented"])
        furthest = made.group_by("incident_id", "response_type").agg(pl.col("status").cast(rank).max().cast(pl.String))
        expected = {row[:2]: row[2] for row in furthest.group_by("response_type", "status").len().iter_rows()}
        rows = ask(queries.response_ladder, (filters,), demo_reader)
        assert {row[:2]: row[2] for row in rows.iter_rows()} == expected
        chosen = run(queries.incidents(filters), demo_reader)
        without = chosen.join(made, on="incident_id", how="anti")
        answer = ask(queries.without_response, (filters,), demo_reader).row(0, named=True)
        closed = without.filter(pl.col("stage") == "closed").height
        third = without.filter(
            pl.col("stage") != "closed", pl.col("stage_reached") == "department_response_coordination"
        ).height
        assert answer == {
            "incidents": without.height,
            "closed": closed,
            "third_stage": third,
            "earlier": without.height - closed - third,
            "no_review_record": 0,
        }
        listed = run(queries.incidents_without_response(filters, 1_000), demo_reader)
        assert set(listed["incident_id"]) == set(without["incident_id"])
        assert listed["stage_entered_on"].is_sorted()

    def test_responses_of_a_type(self, demo_reader: Reader) -> None:
        made = of_chosen(demo_reader, "response", ALL).filter(response_type="training")
        rows = run(queries.responses(ALL, "training", 1_000), demo_reader)
        assert set(rows["response_id"]) == set(made["response_id"])
        names = dict(demo_reader.frame("SELECT unit_id, name FROM unit").iter_rows())
        assert rows["unit_name"].to_list() == [names[unit] for unit in rows["unit_id"]]
        dated = rows["recommended_on"].drop_nulls()
        assert dated.is_sorted(descending=True)
        assert (
            rows["recommended_on"].null_count() == rows.tail(rows.height - dated.len())["recommended_on"].null_count()
        )
        assert run(queries.responses(ALL, "training", 2), demo_reader).height == 2


class TestDecisionDays:
    def test_by_hand(self, cases: Reader) -> None:
        rows = run(queries.decision_days(ALL, AS_OF), cases).sort("response_type", "is_decided", "days").rows()
        assert rows == [
            ("approval_withheld", False, 30, 1),
            ("approval_withheld", True, 1, 1),
            ("licence_suspension", True, 0, 1),
            ("training", False, 29, 1),
            ("training", True, None, 1),
            ("training", True, 10, 1),
            ("training", True, 30, 1),
            ("unit_restriction", True, None, 1),
        ]

    def test_what_was_decided_later_is_undecided_on_a_day(self, cases: Reader) -> None:
        rows = run(queries.decision_days(ALL, date(2024, 3, 20)), cases)
        training = rows.filter(response_type="training").sort("is_decided", "days").rows()
        # p2 is decided on 31 March; p5 on 1 April, recommended nobody knows when; p1 is recommended later.
        assert training == [
            ("training", False, None, 2),
            ("training", False, 19, 1),
            ("training", True, 10, 1),
        ]

    @pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
    def test_on_the_demo(self, demo_reader: Reader, filters: Filters) -> None:
        made = of_chosen(demo_reader, "response", filters)
        expected: dict[tuple[str, bool, int | None], int] = {}
        for row in made.iter_rows(named=True):
            decided = row["status"] != "recommended"
            end = row["decided_on"] if decided else DEMO_AS_OF
            known = end is not None and row["recommended_on"] is not None
            key = (row["response_type"], decided, (end - row["recommended_on"]).days if known else None)
            expected[key] = expected.get(key, 0) + 1
        rows = ask(queries.decision_days, (filters, DEMO_AS_OF), demo_reader)
        assert {row[:3]: row[3] for row in rows.iter_rows()} == expected


class TestEngagements:
    def test_by_hand(self, cases: Reader) -> None:
        rows = (
            run(queries.engagements(ALL, AS_OF), cases).select("engagement_id", "days_to_answer", "days_waiting").rows()
        )
        assert rows == [
            ("made-up:e0", None, 20),
            ("made-up:e3", None, 0),
            ("made-up:e1", 5, None),
            ("made-up:e2", 0, None),
        ]
        assert run(queries.engagements_by_post(ALL, AS_OF), cases).rows() == [
            ("Nairobi", 3, 1, 2, 20),
            ("Kampala", 1, 1, 1, 0),
        ]
        # On incident a one of two was answered.
        assert run(queries.raised(ALL, AS_OF), cases).row(0) == (3, 1)

    def test_on_an_earlier_day_nothing_later_has_happened(self, cases: Reader) -> None:
        rows = run(queries.engagements(ALL, date(2024, 6, 22)), cases)
        assert rows.select("engagement_id", "answered_on", "days_waiting").rows() == [
            ("made-up:e0", None, 12),
            ("made-up:e1", None, 2),
            ("made-up:e2", date(2024, 1, 5), None),
        ]

    @pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
    def test_on_the_demo(self, demo_reader: Reader, filters: Filters) -> None:
        held = of_chosen(demo_reader, "engagement", filters)
        rows = ask(queries.engagements, (filters, DEMO_AS_OF), demo_reader)
        assert set(rows["engagement_id"]) == set(held["engagement_id"])
        open_ = held.filter(pl.col("answered_on").is_null())
        assert rows["days_waiting"].drop_nulls().to_list() == sorted(
            ((DEMO_AS_OF - day).days for day in open_["held_on"]), reverse=True
        )
        by_post = ask(queries.engagements_by_post, (filters, DEMO_AS_OF), demo_reader)
        expected = held.group_by("post").agg(
            pl.len(), pl.col("answered_on").null_count().alias("open"), pl.col("incident_id").n_unique()
        )
        counts = by_post.select("post", "engagements", "unanswered", "incidents")
        assert sorted(counts.rows()) == sorted(expected.rows())
        per = held.group_by("incident_id").agg(pl.col("answered_on").count())
        assert run(queries.raised(filters, DEMO_AS_OF), demo_reader).row(0) == (
            per.height,
            per.filter(pl.col("answered_on") == 0).height,
        )


class TestLicences:
    def test_what_incidents_with_a_recommendation_name(self, cases: Reader) -> None:
        rows = run(queries.named_with_recommendation(ALL), cases)
        assert rows.select("incident_id", "recipient", "munition", "confidence", "responses").rows() == [
            ("made-up:a", "KEN", "GBU-39", "probable", 1),
            ("made-up:b", "KEN", "GBU-39", "possible", 3),
            ("made-up:c", "UGA", "GBU-39", "confirmed", 2),
            ("made-up:d", None, "MK-84", "possible", 2),
        ]

    def test_records_name_both_the_munition_and_the_recipient(self, cases: Reader) -> None:
        rows = answered(queries.records_of_named, (ALL,), cases)
        kept = rows.select("munition", "recipient", "incidents", "transfer_id", "is_open", "responses").rows()
        # Of Uganda and the GBU-39 nothing is on record; the partner of d is unknown; Uganda's MK-84 is named by nobody.
        assert kept == [
            ("GBU-39", "KEN", 2, "made-up:t2", True, 0),
            ("GBU-39", "KEN", 2, "made-up:t1", True, 1),
            ("GBU-39", "KEN", 2, "made-up:t0", False, 0),
            ("GBU-39", "UGA", 1, None, None, 0),
            ("MK-84", None, 1, None, None, 0),
        ]

    def test_responses_to_licences(self, cases: Reader) -> None:
        rows = run(queries.responses_to_licences(ALL), cases)
        assert rows.select("response_id", "case_number", "records", "designation").rows() == [
            ("made-up:p7", None, 0, None),
            ("made-up:p8", "L-9", 0, None),
            ("made-up:p4", "L-1", 1, "as stated"),
        ]

    @pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
    def test_on_the_demo(self, demo_reader: Reader, filters: Filters) -> None:
        made = of_chosen(demo_reader, "response", filters)
        weapons = demo_reader.frame("SELECT weapon_id, designation FROM weapon").drop_nulls()
        named = of_chosen(demo_reader, "incident_weapon", filters).filter(
            pl.col("confidence").is_in(["confirmed", "probable", "possible"])
        )
        partner = run(queries.incidents(filters), demo_reader).select("incident_id", "partner_country")
        pairs = (
            named.join(weapons, on="weapon_id")
            .join(made.select("incident_id").unique(), on="incident_id", how="semi")
            .join(partner, on="incident_id")
            .unique(["incident_id", "designation"])
        )
        rows = ask(queries.named_with_recommendation, (filters,), demo_reader)
        found = rows.select("incident_id", "munition", "recipient").rows()
        assert sorted(found) == sorted(pairs.select("incident_id", "designation", "partner_country").rows())
        transfers = demo_reader.frame("SELECT * FROM transfer WHERE known_to IS NULL").join(
            weapons.rename({"designation": "munition"}), on="weapon_id"
        )
        expected: dict[str, Any] = {}
        for row in transfers.iter_rows(named=True):
            of = pairs.filter(pl.col("designation") == row["munition"], pl.col("partner_country") == row["recipient"])
            if of.height:
                whole = row["record_type"] == "transfer" and (row["number_delivered"] or -1) >= (row["number"] or 10**9)
                expected[row["transfer_id"]] = (of["incident_id"].n_unique(), not whole)
        records = ask(queries.records_of_named, (filters,), demo_reader).drop_nulls("transfer_id")
        assert {i: (n, o) for i, n, o in records.select("transfer_id", "incidents", "is_open").iter_rows()} == expected
        licence = made.filter(target="licence")
        aimed = ask(queries.responses_to_licences, (filters,), demo_reader)
        assert set(aimed["response_id"]) == set(licence["response_id"])
        assert aimed["case_number"].null_count() == licence["case_number"].null_count()
        assert aimed.filter(pl.col("case_number").is_not_null())["records"].eq(1).all()
