"""The page Backlog outlook shows the numbers of the tables, and refuses what they cannot support."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from made_up import step, warehouse
from page_parts import table_with
from streamlit.testing.v1 import AppTest

from pages import wording
from pages import wording_outlook as words
from warehouse import outlook
from warehouse.connection import Reader
from warehouse.vocabulary import Stage

OpenPage = Callable[..., AppTest]
PAGE = "outlook.py"
COLUMNS = words.COLUMNS
AS_OF = date(2024, 10, 30)
GAZA = {"country": "Palestine, State of"}
LABELS = Stage.labels()
YEAR_AGO = [date(2024, 10, 30), date(2024, 9, 30), date(2024, 8, 30), date(2024, 7, 30), date(2024, 6, 30),
            date(2024, 5, 30), date(2024, 4, 30), date(2024, 3, 30), date(2024, 2, 29), date(2024, 1, 30),
            date(2023, 12, 30), date(2023, 11, 30), date(2023, 10, 30)]  # fmt: skip


def texts(app: AppTest) -> str:
    return "\n".join(t.value for t in app.text)


def specs(app: AppTest) -> str:
    return " ".join(chart.proto.spec for chart in app.get("plotly_chart"))


@pytest.fixture(scope="module")
def steps(demo_reader: Reader) -> pl.DataFrame:
    """The demo's steps, in order, with the country."""
    rows = demo_reader.frame(
        "SELECT s.*, i.country FROM stage_transition s JOIN incident i USING (incident_id) WHERE i.known_to IS NULL"
    )
    place = pl.col("to_stage").cast(pl.Enum([s.value for s in Stage]))
    return rows.sort("incident_id", "occurred_on", place)


def window(steps: pl.DataFrame) -> outlook.Window:
    """The last twelve months, by hand: the first step of an incident, steps from and to closed."""
    firsts = steps.group_by("incident_id", maintain_order=True).first()
    arrived, closed = [], []
    for last, before in pairwise(YEAR_AGO):
        within = pl.col("occurred_on").is_between(before + timedelta(days=1), last)
        arrived.append(firsts.filter(within).height + steps.filter(within, from_stage="closed").height)
        closed.append(steps.filter(within, to_stage="closed").height)
    latest = steps.group_by("incident_id", maintain_order=True).last()
    return outlook.Window(tuple(arrived), tuple(closed), latest.filter(pl.col("to_stage") != "closed").height)


def test_stages_at_month_ends_and_months(open_page: OpenPage, demo_warehouse: Path, steps: pl.DataFrame) -> None:
    app = open_page(PAGE, demo_warehouse)
    standing = table_with(app, LABELS["received"])
    ends = [value.date() for value in standing[COLUMNS["month_end"]]]
    assert ends[-1] == AS_OF
    assert ends[-2] == date(2024, 9, 30)
    for end, row in zip(ends, standing.drop(COLUMNS["month_end"]).to_dicts(), strict=True):
        latest = steps.filter(pl.col("occurred_on") <= end).group_by("incident_id", maintain_order=True).last()
        expected = dict(latest.group_by(pl.col("to_stage").replace_strict(LABELS)).len().iter_rows())
        assert {stage: n for stage, n in row.items() if n} == expected

    months = table_with(app, COLUMNS["arrived"])
    assert months[COLUMNS["arrived"]].sum() == steps["incident_id"].n_unique() == 650
    assert months[COLUMNS["closed"]].sum() == steps.filter(to_stage="closed").height
    assert months[COLUMNS["reopened"]].sum() == steps.filter(from_stage="closed").height == 1
    assert months[COLUMNS["net"]].sum() == months[COLUMNS["open"]].to_list()[-1] == 597
    assert "On 30 Oct 2024, 597 of 650 incidents with a review record stood in an open stage" in texts(app)


def test_outlook_as_observed(open_page: OpenPage, demo_warehouse: Path, steps: pl.DataFrame) -> None:
    app = open_page(PAGE, demo_warehouse)
    year = window(steps)
    band = table_with(app, words.BAND_COLUMNS["median"])
    expected = outlook.as_observed(year).band()
    assert [value.date() for value in band[words.BAND_COLUMNS["day"]]][::12] == [
        AS_OF,
        date(2025, 10, 30),
        date(2026, 10, 30),
    ]
    for row, name in enumerate(("low", "median", "high")):
        assert band[words.BAND_COLUMNS[name]].to_list() == [round(value) for value in expected[row]]
    assert f"{sum(year.arrived)} incidents arrived or were reopened" in texts(app)
    assert f"{sum(year.closed)} were closed (4.5 a month)" in texts(app)
    staffing = outlook.staffing_to_clear(year, 1.0)
    assert f"{staffing.reviewers} cases closed a month" in texts(app)
    assert f"{words.percent(staffing.chance)} of runs, with one fewer in" in texts(app)
    assert words.SCENARIO_MARK not in specs(app)
    assert not app.warning[1:], "only the banner of synthetic data"


def test_paces_name_the_stage_with_most_work(open_page: OpenPage, demo_warehouse: Path, steps: pl.DataFrame) -> None:
    app = open_page(PAGE, demo_warehouse)
    paces = table_with(app, "months_of_work")
    within = steps.filter(pl.col("occurred_on") > YEAR_AGO[-1])
    onward = within.filter(from_stage="incident_analysis").height
    latest = steps.group_by("incident_id", maintain_order=True).last()
    stand = latest.filter(to_stage="incident_analysis").height
    (row,) = paces.filter(stage=LABELS["incident_analysis"]).to_dicts()
    assert (row["standing"], row["onward"]) == (stand, onward)
    assert row["months_of_work"] == round(stand * 12 / onward, 1) == paces["months_of_work"].max()
    assert f"lies in {LABELS['incident_analysis']}: what stands there would take {row['months_of_work']:g}" in texts(
        app
    )


def test_gaza_is_refused_with_the_reason(open_page: OpenPage, demo_warehouse: Path, steps: pl.DataFrame) -> None:
    app = open_page(PAGE, demo_warehouse, **GAZA)
    second = steps.filter(country="PSE").group_by("incident_id", maintain_order=True).last()
    stand = second.filter(to_stage="policy_impact_assessment").height
    assert app.warning[1].value == (
        "In the 12 months to 30 Oct 2024 no incident was closed: no rate can be estimated. No incident has left "
        f"{LABELS['policy_impact_assessment']} for a later stage; {stand} stand there."
    )
    assert words.BY_HAND_INSTEAD in texts(app)
    assert len(app.get("plotly_chart")) == 2, "the past only"
    assert "nothing waits at the end" not in texts(app)
    assert table_with(app, "months_of_work").filter(stage=LABELS["policy_impact_assessment"])[
        "per_month"
    ].to_list() == [None]


def test_a_scenario_is_called_an_assumption(open_page: OpenPage, demo_warehouse: Path, steps: pl.DataFrame) -> None:
    by_hand = {"closings": "Set by hand", "reviewers": "20", "cases_per_month": "2.5"}
    app = open_page(PAGE, demo_warehouse, **GAZA, **by_hand)
    assert "no rate can be estimated" in app.warning[1].value
    assert [c.value for c in app.caption if c.value == words.SCENARIO_CAPTION]
    drawn = app.get("plotly_chart")[2].proto.spec
    assert words.SCENARIO_MARK in drawn
    assert "20 reviewers" in " ".join(
        json.dumps(json.loads(drawn)["layout"]["annotations"]).replace("<br>", " ").split()
    )
    gaza = window(steps.filter(country="PSE"))
    expected = outlook.as_staffed(gaza, 50.0)
    assert table_with(app, words.BAND_COLUMNS["high"])[words.BAND_COLUMNS["high"]].to_list() == [
        round(value) for value in expected.band()[2]
    ]
    staffing = outlook.staffing_to_clear(gaza, 2.5)
    assert f"{staffing.reviewers} reviewers with 2.5 cases each a month" in texts(app)


def test_a_window_longer_than_the_record_is_refused(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, window_months="24 months")
    assert (
        "the record of the review covers 14 whole months before 30 Oct 2024, and 24 are needed" in app.warning[1].value
    )
    assert len(app.get("plotly_chart")) == 2
    early = open_page(PAGE, demo_warehouse, as_known_on="2024-01-31", window_months="6 months", closings="Set by hand")
    assert "covers 5 whole months before 31 Jan 2024, and 6 are needed" in early.warning[1].value
    assert len(early.get("plotly_chart")) == 2, "arrivals carry no rate, so there is no scenario either"


def test_too_few_closings_are_refused_with_their_number(
    open_page: OpenPage, demo_warehouse: Path, steps: pl.DataFrame
) -> None:
    app = open_page(PAGE, demo_warehouse, country="Egypt")
    assert "no incident was closed" in app.warning[1].value
    kenya = open_page(PAGE, demo_warehouse, country="Kenya")
    assert "Too few incidents moved on to say which stage is the slowest." in texts(kenya)
    app = open_page(PAGE, demo_warehouse, country="Philippines")
    n = sum(window(steps.filter(country="PHL")).closed)
    assert f"{n} incidents closed (n = {n}; at least 10 are needed)" in app.warning[1].value


def test_a_filter_on_stage_or_dates_allows_no_outlook(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, stage="Stage 1: incident analysis", date_from="2024-03-01")
    assert [i.value for i in app.info] == [words.refused_filter(["stage", "date_from"])]
    assert len(app.get("plotly_chart")) == 2


def test_what_has_no_record_or_lies_ahead_is_named_not_drawn(open_page: OpenPage, once: Callable[..., Path]) -> None:
    def make(folder: Path) -> None:
        steps = [
            step("a", 1, "", "received", "2024-05-01"),
            step("a", 2, "received", "incident_analysis", "2024-07-15"),
            step("b", 1, "", "received", "2024-06-10"),
        ]
        warehouse(folder, incident=[{"incident_id": name} for name in "abc"], stage_transition=steps)

    app = open_page(PAGE, once("outlook-cases", make))
    standing = table_with(app, LABELS["received"])
    assert standing[LABELS["received"]].to_list() == [1, 2]
    assert standing[LABELS["incident_analysis"]].to_list() == [0, 0]
    assert "On 30 Jun 2024, 2 of 2 incidents with a review record stood in an open stage" in texts(app)
    assert "1 incident without a step of the review by then" in texts(app)
    assert "1 step of 1 incident dated after 30 Jun 2024" in texts(app)


def test_without_a_step_there_is_nothing_to_draw(
    open_page: OpenPage, airwars_warehouse: Path, demo_warehouse: Path, once: Callable[..., Path]
) -> None:
    def make(folder: Path) -> None:
        warehouse(
            folder,
            incident=[{"incident_id": "a"}],
            stage_transition=[step("a", 1, "", "received", "2024-07-01")],
        )

    for folder, reason in (
        (airwars_warehouse, wording.NO_REVIEW_RECORDS),
        (once("outlook-ahead", make), words.NOT_STARTED),
    ):
        app = open_page(PAGE, folder)
        assert [i.value for i in app.info] == [reason]
        assert not app.get("plotly_chart")
    nothing = open_page(PAGE, demo_warehouse, text="nowhere at all")
    assert [i.value for i in nothing.info] == [wording.empty_state("incidents", has_filter=True)]


def test_hostile_text_is_text(open_page: OpenPage, hostile_warehouse: Path) -> None:
    app = open_page(PAGE, hostile_warehouse)
    assert len(app.get("plotly_chart")) == 2
    for chart in app.get("plotly_chart"):
        assert "<img" not in json.dumps(json.loads(chart.proto.spec))
    assert not [m.value for m in app.markdown if "<img" in m.value or "**bold**" in m.value]
