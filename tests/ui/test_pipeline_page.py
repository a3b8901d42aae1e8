"""The page Review pipeline shows the numbers that other code finds in the warehouse's tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
from streamlit.testing.v1 import AppTest

from pages import wording
from warehouse.connection import Reader

OpenPage = Callable[..., AppTest]
PAGE = "pipeline.py"
COLUMNS = wording.PIPELINE_COLUMNS
AS_OF = date(2024, 10, 30)


def texts(app: AppTest) -> str:
    return "\n".join(t.value for t in app.text)


def numbers(app: AppTest, heading: str) -> pl.DataFrame:
    """The table that has this column, the figures' own ones first."""
    return next(pl.from_pandas(d.value) for d in app.dataframe if heading in d.value.columns)


def specs(app: AppTest) -> str:
    return " ".join(chart.proto.spec for chart in app.get("plotly_chart"))


def test_funnel_backlog_and_overdue_of_the_demo(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse)
    incident = demo_reader.frame(
        "SELECT incident_id, country, stage, stage_reached, stage_entered_on FROM incident WHERE known_to IS NULL"
    )
    steps = demo_reader.frame("SELECT incident_id, occurred_on FROM stage_transition WHERE to_stage = 'received'")

    funnel = numbers(app, COLUMNS["reached"])
    third = incident.filter(stage_reached="department_response_coordination").height
    second = incident.filter(stage_reached="policy_impact_assessment").height
    assert funnel[COLUMNS["reached"]].to_list() == [650, 650 - incident.filter(stage_reached="received").height,
                                                    third + second, third]  # fmt: skip

    waiting = incident.filter(pl.col("stage") != "closed").join(steps, on="incident_id", how="left")
    backlog = numbers(app, COLUMNS["age_band"])
    assert backlog[COLUMNS["incidents"]].sum() == waiting.height
    overdue = waiting.filter((pl.lit(AS_OF) - pl.col("occurred_on")).dt.total_days() > 60)
    assert numbers(app, COLUMNS["overdue"])[COLUMNS["overdue"]].sum() == overdue.height > 100

    closed = incident.height - waiting.height
    assert f"{waiting.height} are in an open stage and {closed} are closed" in texts(app)
    assert "24 incidents skipped a stage" in texts(app)
    assert "5 incidents went back to an earlier stage, 1 of them reopened" in texts(app)
    assert "lower bound" in specs(app)


def test_longest_waits_link_to_their_incidents(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse)
    shown = numbers(app, "incident")
    incident = demo_reader.frame(
        "SELECT incident_id, public_code, stage_entered_on FROM incident WHERE known_to IS NULL AND stage <> 'closed'"
    ).sort("stage_entered_on", "incident_id")
    first = incident.row(0, named=True)
    assert shown["incident"][0] == f"/incident?id=demo%3A{first['public_code']}#{first['public_code']}"
    days = [(AS_OF - day).days for day in incident["stage_entered_on"].head(shown.height)]
    assert shown["days_in_stage"].to_list() == days


def test_links_of_a_table_keep_the_filter_and_the_day_of_knowledge(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, country="Nigeria", as_known_on="2024-09-01")
    link = numbers(app, "incident")["incident"][0]
    assert link.startswith("/incident?country=Nigeria&as_known_on=2024-09-01&id=demo%3A")


def test_a_filter_changes_every_figure(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse, country="Nigeria")
    assert list(app.multiselect(key="country").value) == ["NGA"]
    count = demo_reader.frame("SELECT count(*) AS n FROM incident WHERE known_to IS NULL AND country = 'NGA'").item()
    assert numbers(app, COLUMNS["reached"])[COLUMNS["reached"]][0] == count
    assert numbers(app, COLUMNS["overdue"])[COLUMNS["country"]].to_list() == ["Nigeria"]
    assert set(numbers(app, "incident")["country"]) == {"Nigeria"}


def test_only_closed_incidents_have_no_backlog(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, stage="Closed")
    assert [i.value for i in app.info] == [wording.NOBODY_WAITS]
    assert len(app.get("plotly_chart")) == 1


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
    assert "<img src=x onerror=alert(1)>" in numbers(app, "waiting_on")["waiting_on"].to_list()
    for chart in app.get("plotly_chart"):
        assert "<img" not in json.dumps(json.loads(chart.proto.spec))
    assert not [m.value for m in app.markdown if "<img" in m.value or "**bold**" in m.value]
