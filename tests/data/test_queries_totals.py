"""Questions of the overview and the trends, against cases worked out by hand and other code on the demo's tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import Row, step, warehouse

from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.filters import Filters
from warehouse.queries import Period

EVERYTHING = Filters()
AS_OF = date(2024, 10, 30)
FILTERS = [
    EVERYTHING,
    Filters(date_from=date(2024, 1, 1), date_to=date(2024, 3, 31)),
    Filters(country=("PSE",), weapon_system=("guided_bomb", "missile")),
    Filters(source_type=("medical",), minimum_civilians_killed=3),
    Filters(text="no such text anywhere"),
]


def one_row(question: Any, answered_by: Reader) -> dict[str, Any]:
    """The only row of the answer."""
    return run(question, answered_by).row(0, named=True)


def review_on(filters: Filters, day: date, answered_by: Reader) -> dict[str, Any]:
    """How far the review had come by the end of one day, without what `test_queries_leadership` checks."""
    answer = one_row(queries.review_over_time(filters, (day,)), answered_by)
    return {name: answer[name] for name in answer if name not in {"day", "overdue", "without_receipt"}}


def chosen(demo: Reader, filters: Filters) -> pl.DataFrame:
    """The filtered incidents by Polars, from the table itself."""
    rows = demo.frame("SELECT * FROM incident WHERE known_to IS NULL")
    if filters.date_from:
        rows = rows.filter(pl.col("date_end") >= filters.date_from)
    if filters.date_to:
        rows = rows.filter(pl.col("date_start") <= filters.date_to)
    if filters.country:
        rows = rows.filter(pl.col("country").is_in(list(filters.country)))
    for name in ("weapon_system", "source_type"):
        if wanted := getattr(filters, name):
            rows = rows.filter(pl.col(name).list.eval(pl.element().is_in(list(wanted))).list.any())
    if filters.minimum_civilians_killed is not None:
        rows = rows.filter(pl.col("civilians_killed_low") >= filters.minimum_civilians_killed)
    return rows.filter(pl.col("search_text").str.contains(filters.text, literal=True))


def killed(incident_id: str, low: str, best: str, high: str) -> Row:
    """A row of casualty."""
    return {"incident_id": incident_id, "group": "civilians", "harm": "killed", "low": low, "best": best, "high": high}


def dated(incident_id: str, start: str, end: str, precision: str) -> Row:
    """A row of incident, found by the text "dated"."""
    dates = {"date_start": start, "date_end": end, "date_precision": precision}
    return {"incident_id": incident_id, "place": "dated"} | dates


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    """Incidents worked out by hand; a text filter picks those of one test."""
    third = "department_response_coordination"
    response = {"response_type": "training", "target": "government"}

    def make(folder: Path) -> None:
        warehouse(
            folder,
            incident=[
                *({"incident_id": name, "place": f"estimate {name}"} for name in ("range", "best", "least", "unknown")),
                dated("on-a-day", "2024-03-05", "2024-03-05", "day"),
                dated("in-a-range", "2024-03-09", "2024-03-12", "range"),
                dated("in-a-month", "2024-03-01", "2024-03-31", "month"),
                dated("in-a-year", "2024-01-01", "2024-12-31", "year"),
                dated("at-no-date", "", "", "unknown"),
                *({"incident_id": name, "place": "review"} for name in ("quick", "slow", "no-record")),
            ],
            casualty=[killed("range", "2", "", "4"), killed("best", "1", "2", "3"), killed("least", "5", "", "")],
            stage_transition=[
                step("quick", 1, "", "received", "2024-01-01"),
                step("quick", 2, "received", third, "2024-01-11"),
                step("quick", 3, third, "closed", "2024-01-21"),
                step("slow", 1, "", "received", "2024-01-05"),
            ],
            response=[
                response | {"response_id": "a", "incident_id": "quick", "status": "implemented",
                            "recommended_on": "2024-01-12", "decided_on": "2024-01-13", "implemented_on": "2024-01-14"},
                response | {"response_id": "b", "incident_id": "slow", "status": "declined",
                            "recommended_on": "2024-01-08", "decided_on": "2024-01-18"},
            ],
        )  # fmt: skip

    return reader(once("totals-cases", make))


class TestTotals:
    @pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
    def test_counts_and_sums(self, demo_reader: Reader, filters: Filters) -> None:
        rows = chosen(demo_reader, filters)
        totals = one_row(queries.totals(filters), demo_reader)
        assert totals["incidents"] == rows.height
        for harm in ("civilians_killed", "civilians_injured"):
            known = rows.filter(pl.col(f"{harm}_low").is_not_null(), pl.col(f"{harm}_high").is_not_null())
            assert totals[f"{harm}_unknown"] == rows.height - known.height
            for end in ("low", "high"):
                assert totals[f"{harm}_{end}"] == (known[f"{harm}_{end}"].sum() if known.height else None)
        assert totals["without_date"] == rows["date_start"].null_count()
        assert totals["without_coordinates"] == rows["latitude"].null_count()
        assert totals["with_response"] == rows.filter(pl.col("response_count") > 0).height
        assert (
            totals["reached_third_stage"]
            == rows.filter(pl.col("stage_reached") == "department_response_coordination").height
        )
        assert (totals["first_day"], totals["last_day"]) == (rows["date_start"].min(), rows["date_end"].max())

    @pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
    def test_reports(self, demo_reader: Reader, filters: Filters) -> None:
        links = demo_reader.frame("SELECT incident_id, report_id FROM incident_report")
        own = links.join(chosen(demo_reader, filters), on="incident_id", how="semi")
        reports = demo_reader.frame("SELECT report_id, access FROM report").join(own, on="report_id", how="semi")
        assert one_row(queries.report_count(filters), demo_reader) == {
            "reports": reports.height,
            "private": reports.filter(pl.col("access") == "private").height,
            "links": own.height,
        }


class TestEstimates:
    """Sums that must not say more than the sources."""

    def sums(self, cases: Reader, text: str) -> tuple[int | None, ...]:
        totals = one_row(queries.totals(Filters(text=f"estimate {text}")), cases)
        return tuple(totals[f"civilians_killed_{part}"] for part in ("low", "best", "high", "unknown"))

    def test_a_lowest_number_alone_never_turns_the_range_round(self, cases: Reader) -> None:
        """ "At least 5" adds 5 to both ends and is among the unknown."""
        assert self.sums(cases, "least") == (5, None, 5, 1)
        assert self.sums(cases, "") == (8, None, 12, 2)

    def test_best_estimates_of_some_incidents_are_no_sum(self, cases: Reader) -> None:
        assert self.sums(cases, "best") == (1, 2, 3, 0)
        assert self.sums(cases, "range") == (2, None, 4, 0)

    def test_unknown_alone_is_null_not_zero(self, cases: Reader) -> None:
        assert self.sums(cases, "unknown") == (None, None, None, 1)


class TestOverTime:
    @pytest.mark.parametrize("filters", FILTERS[:4], ids=Filters.sentence)
    @pytest.mark.parametrize(("period", "step_of"), [("day", "1d"), ("week", "1w"), ("month", "1mo"), ("year", "1y")])
    def test_by_period(self, demo_reader: Reader, filters: Filters, period: Period, step_of: str) -> None:
        coarse = {"day": ["month", "year"], "week": ["month", "year"], "month": ["year"], "year": []}[period]
        rows = chosen(demo_reader, filters)
        placed = rows.filter(pl.col("date_start").is_not_null(), ~pl.col("date_precision").is_in(coarse))
        expected = (
            placed.group_by(period_start=pl.col("date_start").dt.truncate(step_of))
            .agg(
                incidents=pl.len().cast(pl.Int64),
                civilians_injured_high=pl.when(pl.col("civilians_injured_high").count() > 0).then(
                    pl.col("civilians_injured_high").sum()
                ),
                civilians_killed_unknown=pl.col("civilians_killed_low").is_null().sum().cast(pl.Int64),
            )
            .sort("period_start")
        )
        answer = run(queries.over_time(filters, period), demo_reader)
        assert answer.drop_nulls("period_start").select(expected.columns).equals(expected)
        left_out = one_row(queries.not_in_period(filters, period), demo_reader)
        assert left_out["without_date"] == rows["date_start"].null_count()
        assert placed.height + sum(left_out.values()) == rows.height
        assert answer["incidents"].sum() == rows.height

    @pytest.mark.parametrize("dimension", ["weapon_system", "source_type", "strike_type"])
    def test_an_incident_counts_in_each_of_its_values(self, demo_reader: Reader, dimension: str) -> None:
        rows = chosen(demo_reader, EVERYTHING)
        expected = dict(rows.explode(dimension).group_by(dimension).len().iter_rows())
        answer = run(queries.over_time(EVERYTHING, "month", dimension), demo_reader)
        assert dict(answer.group_by("category").agg(pl.col("incidents").sum()).iter_rows()) == expected

    def test_a_coarse_date_is_in_no_shorter_period(self, cases: Reader) -> None:
        own = Filters(text="dated")
        placed = {
            period: run(queries.over_time(own, period), cases).drop_nulls("period_start").rows_by_key("period_start")
            for period in ("day", "week", "month", "year")
        }
        assert set(placed["day"]) == {date(2024, 3, 5), date(2024, 3, 9)}
        assert set(placed["week"]) == {date(2024, 3, 4)}
        assert {start: rows[0][0] for start, rows in placed["month"].items()} == {date(2024, 3, 1): 3}
        assert {start: rows[0][0] for start, rows in placed["year"].items()} == {date(2024, 1, 1): 4}
        assert one_row(queries.not_in_period(own, "week"), cases) == {"without_date": 1, "too_coarse": 2}
        assert one_row(queries.not_in_period(own, "year"), cases) == {"without_date": 1, "too_coarse": 0}


class TestReviewOn:
    ORDER = pl.Enum(["received", "incident_analysis", "policy_impact_assessment", "department_response_coordination",
                     "closed"])  # fmt: skip

    def test_on_the_day_of_knowledge_it_is_what_is_known_now(self, demo_reader: Reader) -> None:
        totals = one_row(queries.totals(EVERYTHING), demo_reader)
        now = review_on(EVERYTHING, AS_OF, demo_reader)
        assert now.pop("reviewed") == totals["incidents"] - totals["without_review_record"]
        assert now == one_row(queries.time_in_stage(EVERYTHING, AS_OF), demo_reader) | {
            name: totals[name] for name in ("reached_third_stage", "with_response")
        }
        assert run(queries.by_stage_on(EVERYTHING, AS_OF), demo_reader).equals(
            run(queries.by_stage(EVERYTHING), demo_reader)
        )

    @pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
    @pytest.mark.parametrize("day", [date(2023, 9, 1), date(2024, 2, 29), date(2024, 8, 1)])
    def test_earlier(self, demo_reader: Reader, filters: Filters, day: date) -> None:
        own = chosen(demo_reader, filters).select("incident_id")
        steps = demo_reader.frame("SELECT * FROM stage_transition").join(own, on="incident_id", how="semi")
        steps = steps.filter(pl.col("occurred_on") <= day).with_columns(pl.col("to_stage").cast(self.ORDER))
        standing = steps.sort("occurred_on", "to_stage").group_by("incident_id").last()
        waits = standing.filter(pl.col("to_stage") != "closed")
        responses = demo_reader.frame("SELECT * FROM response").join(own, on="incident_id", how="semi")
        made = responses.filter(
            pl.coalesce("recommended_on", "decided_on", "implemented_on") <= day,
            (pl.col("status") != "declined") | (pl.col("decided_on") > day).fill_null(value=False),
        )
        answer = review_on(filters, day, demo_reader)
        assert answer == {
            "reviewed": standing.height,
            "waiting": waits.height,
            "median_days": waits.select((pl.lit(day) - pl.col("occurred_on")).dt.total_days().median()).item(),
            "reached_third_stage": steps.filter(pl.col("to_stage") == "department_response_coordination")[
                "incident_id"
            ].n_unique(),
            "with_response": made["incident_id"].n_unique(),
        }
        by_stage = dict(run(queries.by_stage_on(filters, day), demo_reader).iter_rows())
        assert by_stage == dict(standing.group_by(pl.col("to_stage").cast(pl.String)).len().iter_rows())

    def test_by_hand(self, cases: Reader) -> None:
        def on(day: int) -> tuple[int | float | None, ...]:
            answer = review_on(Filters(text="review"), date(2024, 1, 1) + timedelta(days=day - 1), cases)
            return tuple(
                answer[n] for n in ("reviewed", "reached_third_stage", "with_response", "waiting", "median_days")
            )

        assert on(0) == (0, 0, 0, 0, None)
        assert on(1) == (1, 0, 0, 1, 0)
        assert on(10) == (2, 0, 1, 2, 7)  # 9 and 5 days; the response to slow is not declined yet
        assert on(12) == (2, 1, 2, 2, 4)  # 1 and 7 days
        assert on(20) == (2, 1, 1, 2, 12)  # 9 and 15 days; declined by now
        assert on(30) == (2, 1, 1, 1, 25)  # quick is closed; slow waits


def test_what_a_date_and_a_minimum_together_leave_out_as_unknown(demo_reader: Reader) -> None:
    first, least = date(2024, 1, 1), 3
    found = run(queries.left_out_unknown(Filters(date_from=first, minimum_civilians_killed=least)), demo_reader).row(
        0, named=True
    )
    known = "SELECT date_start, date_end, civilians_killed_low AS low FROM incident WHERE known_to IS NULL"
    rows = demo_reader.frame(known).rows(named=True)
    without_date = [r for r in rows if r["date_start"] is None and (r["low"] is None or r["low"] >= least)]
    without_figure = [r for r in rows if r["low"] is None and (r["date_start"] is None or r["date_end"] >= first)]
    assert found == {"without_date": len(without_date), "without_figure": len(without_figure)}
    assert 0 < found["without_figure"] < sum(r["low"] is None for r in rows)
