"""The page Time in stage shows what other code finds in the warehouse's tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import page_parts
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from pages import wording, wording_waits
from warehouse.connection import Reader

OpenPage = Callable[..., AppTest]
PAGE = "waits.py"
COLUMNS = wording_waits.COLUMNS
POINTS = wording_waits.POINT_COLUMNS
STAGES = {
    "received": "Received",
    "incident_analysis": "Stage 1: incident analysis",
    "policy_impact_assessment": "Stage 2: policy impact assessment",
    "department_response_coordination": "Stage 3: department response coordination",
}
Stay = tuple[str, int, bool]


def texts(app: AppTest) -> str:
    return "\n".join(t.value for t in app.text)


def tables(app: AppTest, column: str) -> list[pl.DataFrame]:
    """Tables that have this column, in the page's order."""
    return [table for table in page_parts.tables(app) if column in table.columns]


def stays(reader: Reader, as_of: date, condition: str = "TRUE") -> list[Stay]:
    """Stays of the demo row by row: stage, days, whether it ended. In the demo no two steps fall on one day."""
    steps = reader.frame(
        f"SELECT t.incident_id, to_stage, occurred_on FROM stage_transition t JOIN incident i USING (incident_id)"
        f" WHERE i.known_from <= $day AND (i.known_to IS NULL OR i.known_to > $day) AND t.known_from <= $day"
        f" AND ({condition}) ORDER BY t.incident_id, occurred_on",
        {"day": as_of},
    )
    found: list[Stay] = []
    for _, own in steps.group_by("incident_id", maintain_order=True):
        rows = own.select("to_stage", "occurred_on").rows()
        found += [(stage, (left - entered).days, True) for (stage, entered), (_, left) in pairwise(rows)]
        found.append((rows[-1][0], (as_of - rows[-1][1]).days, False))
    return [stay for stay in found if stay[0] != "closed"]


def kaplan_meier(own: list[Stay], day: int) -> float:
    """Share that lasts longer than a day, by a loop."""
    share = 1.0
    for left_on in sorted({days for _, days, ended in own if ended and days <= day}):
        at_risk = sum(days >= left_on for _, days, _ in own)
        share *= 1 - sum(days == left_on and ended for _, days, ended in own) / at_risk
    return share


@pytest.mark.parametrize("known_on", [None, "2024-05-15"])
def test_all_stages_of_the_demo(
    open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader, known_on: str | None
) -> None:
    """As known on a past day, waits are cut off on that day."""
    app = open_page(PAGE, demo_warehouse, **({"as_known_on": known_on} if known_on else {}))
    as_of = date.fromisoformat(known_on) if known_on else date(2024, 10, 30)
    expected = stays(demo_reader, as_of)
    table = tables(app, "median")[0]
    for name, label in STAGES.items():
        own = [stay for stay in expected if stay[0] == name]
        row = table.filter(group=label).row(0, named=True)
        going_on = [days for _, days, ended in own if not ended]
        assert (row["stays"], row["left"], row["waiting"]) == (len(own), len(own) - len(going_on), len(going_on))
        assert row["over_now"] == f"{sum(days > 60 for days in going_on)} of {len(going_on)}"
        if max(days for _, days, _ in own) >= 60:
            assert row["over"].startswith(wording_waits.percent(kaplan_meier(own, 60)))
        median = next((d for d in range(500) if kaplan_meier(own, d) <= 0.5), None)
        assert row["median"].startswith(wording_waits.NOT_BY_HALF if median is None else f"{median} (")
    points = tables(app, POINTS["share"])[0].filter(pl.col("Stage") == STAGES["received"])
    own = [stay for stay in expected if stay[0] == "received"]
    for day, share in points.select(POINTS["days"], POINTS["share"]).rows()[::10]:
        assert share == pytest.approx(kaplan_meier(own, day), abs=1e-9)


def test_countries_compared_and_tested(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse)
    table = tables(app, "median")[1]
    gaza = stays(demo_reader, date(2024, 10, 30), "i.country = 'PSE'")
    own = [stay for stay in gaza if stay[0] == "incident_analysis"]
    row = table.filter(group="Palestine, State of").row(0, named=True)
    assert (row["stays"], row["left"]) == (len(own), sum(ended for *_, ended in own))
    assert row["over"].startswith(wording_waits.percent(kaplan_meier(own, 60)))
    assert "would hardly come about by chance" in texts(app)
    assert "log-rank test of" in texts(app)

    # None of Gaza has come to the third stage.
    app.selectbox(key="wait_stage").set_value("department_response_coordination").run()
    assert "Palestine" not in str(tables(app, "median")[1]["group"].to_list())


def test_few_stays_are_not_tested_and_the_reason_is_said(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, country="Kenya", wait_by="Harm status")
    assert max(tables(app, "median")[1]["stays"]) < 10
    assert "No test is made: it takes two groups" in texts(app)
    assert "(fewer than 10 stays)" in texts(app)
    assert "p =" not in texts(app)


def test_groups_that_overlap_are_not_tested(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, wait_by="Source type")
    assert wording_waits.OVERLAP in texts(app)
    assert wording_waits.SEVERAL_VALUES in texts(app)
    assert "chi-squared" not in texts(app)
    assert tables(app, "median")[1]["group"].to_list()[-1] == "Unknown"


def test_a_stage_without_stays_is_said(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(
        PAGE, demo_warehouse, country="Palestine, State of", wait_stage=STAGES["department_response_coordination"]
    )
    assert [i.value for i in app.info] == [wording_waits.NO_STAYS]
    # In Gaza nothing has reached the third stage: it has no row and no curve.
    assert tables(app, "median")[0]["group"].to_list() == list(STAGES.values())[:3]


def test_numbers_at_risk_below_the_curves(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse)
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    at_risk = [(a["x"], a["text"]) for a in figure["layout"]["annotations"] if a.get("name") == "at_risk"]
    received = [days for stage, days, _ in stays(demo_reader, date(2024, 10, 30)) if stage == "received"]
    assert at_risk[:2] == [(0, str(len(received))), (60, str(sum(days >= 60 for days in received)))]
    assert any(shape["x0"] == 60 for shape in figure["layout"]["shapes"])


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
    for chart in app.get("plotly_chart"):
        assert "<img" not in json.dumps(json.loads(chart.proto.spec))
    assert not [m.value for m in app.markdown if "<img" in m.value or "**bold**" in m.value]
