"""The page Review pipeline shows the numbers that other code finds in the warehouse's tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from made_up import step, warehouse
from page_parts import table_with
from streamlit.testing.v1 import AppTest

from pages import wording, wording_waits
from warehouse import queries
from warehouse.connection import Reader

OpenPage = Callable[..., AppTest]
PAGE = "pipeline.py"
COLUMNS = wording.PIPELINE_COLUMNS
FUNNEL = wording.FUNNEL_COLUMNS
AS_OF = date(2024, 10, 30)


@pytest.fixture(scope="session")
def ahead_warehouse(once: Callable[..., Path]) -> Path:
    """A warehouse as known on 30 June 2024 with steps dated in July."""

    def make(folder: Path) -> None:
        warehouse(
            folder,
            incident=[{"incident_id": name} for name in ("moves-in-july", "waits", "begins-in-july")],
            stage_transition=[
                step("moves-in-july", 1, "", "received", "2024-06-01"),
                step("moves-in-july", 2, "received", "incident_analysis", "2024-06-11"),
                step("moves-in-july", 3, "incident_analysis", "policy_impact_assessment", "2024-07-15"),
                step("waits", 1, "", "received", "2024-03-01"),
                step("begins-in-july", 1, "", "received", "2024-07-01"),
            ],
        )

    return once("ahead-warehouse", make)


def texts(app: AppTest) -> str:
    return "\n".join(t.value for t in app.text)


def specs(app: AppTest) -> str:
    return " ".join(chart.proto.spec for chart in app.get("plotly_chart")).replace("\\u003cbr\\u003e", " ")


def test_funnel_backlog_and_overdue_of_the_demo(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse)
    incident = demo_reader.frame(
        "SELECT incident_id, country, stage, stage_reached, stage_entered_on FROM incident WHERE known_to IS NULL"
    )
    steps = demo_reader.frame("SELECT incident_id, occurred_on FROM stage_transition WHERE to_stage = 'received'")

    funnel = table_with(app, FUNNEL["reached"])
    third = incident.filter(stage_reached="department_response_coordination").height
    second = incident.filter(stage_reached="policy_impact_assessment").height
    reached = [650, 650 - incident.filter(stage_reached="received").height, third + second, third]
    assert funnel[FUNNEL["reached"]].to_list() == reached
    assert funnel[FUNNEL["share"]].to_list() == [f"{100 * n / 650:.0f}%" for n in reached]
    before = zip(reached[1:], reached, strict=False)
    assert funnel[FUNNEL["share_before"]].to_list() == ["none", *(f"{100 * n / b:.0f}%" for n, b in before)]
    # Half of all have not come to the second stage, so its median is not reached, whatever those that have took.
    assert funnel[FUNNEL["median_days"]].to_list()[2:] == ["not reached by half"] * 2

    waiting = incident.filter(pl.col("stage") != "closed").join(steps, on="incident_id", how="left")
    ageing = table_with(app, "61–120 days")
    days = waiting.with_columns(days=(pl.lit(AS_OF) - pl.col("stage_entered_on")).dt.total_days())
    for label, first, last in (("0–30 days", 0, 30), ("61–120 days", 61, 120), ("over 240 days", 241, 9999)):
        own = days.filter(pl.col("days").is_between(first, last))
        in_order = [own.filter(stage=stage.value).height for stage in queries.OPEN_STAGES]
        assert ageing[label].to_list() == in_order
    overdue = waiting.filter((pl.lit(AS_OF) - pl.col("occurred_on")).dt.total_days() > 60)
    assert table_with(app, COLUMNS["overdue"])[COLUMNS["overdue"]].sum() == overdue.height > 100

    closed = incident.height - waiting.height
    assert f"{waiting.height} are in an open stage and {closed} are closed" in texts(app)
    assert "24 incidents skipped a stage" in texts(app)
    assert "5 incidents went back to an earlier stage, 1 of them reopened" in texts(app)
    assert "Kaplan-Meier" in specs(app)


def test_small_funnels_of_the_demo(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse)
    incident = demo_reader.frame("SELECT country, source_type, stage_reached FROM incident WHERE known_to IS NULL")
    received = pl.col("stage_reached") != "received"
    by_country = table_with(app, "Country")
    rows = by_country.filter(pl.col(FUNNEL["stage"]) == "Stage 1: incident analysis")
    found = dict(rows.select("Country", FUNNEL["reached"]).iter_rows())
    assert found["Palestine, State of"] == incident.filter(received, country="PSE").height
    # Five named ones, the rest together: with them all incidents.
    assert len(found) == 6
    assert sum(found.values()) == incident.filter(received).height

    app.selectbox(key="funnel_by").set_value("source_type").run()
    rows = table_with(app, "Source type").filter(pl.col(FUNNEL["stage"]) == "Received")
    found = dict(rows.select("Source type", FUNNEL["reached"]).iter_rows())
    assert found["Media"] == incident.filter(pl.col("source_type").list.contains("media")).height
    assert found["Unknown"] == incident.filter(pl.col("source_type").list.contains("unknown")).height
    assert rows["Source type"][-1] == "Unknown"
    assert wording_waits.SEVERAL_VALUES in specs(app)


def test_a_step_that_lies_ahead_is_said_and_counts_nowhere(open_page: OpenPage, ahead_warehouse: Path) -> None:
    app = open_page(PAGE, ahead_warehouse)
    assert table_with(app, FUNNEL["reached"])[FUNNEL["reached"]].to_list() == [2, 1, 0, 0]
    assert "2 incidents with a step dated after the day of knowledge" in texts(app)
    assert "1 of them have no earlier step" in texts(app)
    assert sum(table_with(app, "61–120 days").drop("Stage").sum_horizontal()) == 2
    assert table_with(app, "incident")["days_in_stage"].to_list() == [121, 19]


def test_longest_waits_link_to_their_incidents(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse)
    shown = table_with(app, "incident")
    incident = demo_reader.frame(
        "SELECT incident_id, public_code, stage_entered_on FROM incident WHERE known_to IS NULL AND stage <> 'closed'"
    ).sort("stage_entered_on", "incident_id")
    first = incident.row(0, named=True)
    assert shown["incident"][0] == f"/incident?id=demo%3A{first['public_code']}#{first['public_code']}"
    days = [(AS_OF - day).days for day in incident["stage_entered_on"].head(shown.height)]
    assert shown["days_in_stage"].to_list() == days


def test_links_of_a_table_keep_the_filter_and_the_day_of_knowledge(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, country="Nigeria", as_known_on="2024-09-01")
    link = table_with(app, "incident")["incident"][0]
    assert link.startswith("/incident?country=Nigeria&as_known_on=2024-09-01&id=demo%3A")


def test_a_filter_changes_every_figure(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse, country="Nigeria")
    assert list(app.multiselect(key="country").value) == ["NGA"]
    count = demo_reader.frame("SELECT count(*) AS n FROM incident WHERE known_to IS NULL AND country = 'NGA'").item()
    assert table_with(app, FUNNEL["reached"])[FUNNEL["reached"]][0] == count
    assert table_with(app, COLUMNS["overdue"])[COLUMNS["country"]].to_list() == ["Nigeria"]
    assert set(table_with(app, "incident")["country"]) == {"Nigeria"}


def test_only_closed_incidents_have_no_backlog(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, stage="Closed")
    assert [i.value for i in app.info] == [wording.NOBODY_WAITS]
    assert len(app.get("plotly_chart")) == 2


def test_without_review_records_the_page_says_why_it_is_empty(
    open_page: OpenPage, airwars_warehouse: Path, demo_warehouse: Path
) -> None:
    app = open_page(PAGE, airwars_warehouse)
    assert [i.value for i in app.info] == [wording.NO_REVIEW_RECORDS]
    assert not app.get("plotly_chart")
    nothing = open_page(PAGE, demo_warehouse, text="nowhere at all")
    assert [i.value for i in nothing.info] == [wording.empty_state("incidents", has_filter=True)]


def test_hostile_text_is_text(open_page: OpenPage, hostile_warehouse: Path) -> None:
    app = open_page(PAGE, hostile_warehouse)
    assert "<img src=x onerror=alert(1)>" in table_with(app, "waiting_on")["waiting_on"].to_list()
    for chart in app.get("plotly_chart"):
        assert "<img" not in json.dumps(json.loads(chart.proto.spec))
    assert not [m.value for m in app.markdown if "<img" in m.value or "**bold**" in m.value]
