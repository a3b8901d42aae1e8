"""The page Outcomes shows the numbers that other code finds in the warehouse's tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from made_up import step, warehouse
from page_parts import table_with
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from streamlit.testing.v1 import AppTest

from pages import wording
from pages import wording_outcomes as words
from warehouse.connection import Reader
from warehouse.vocabulary import SourceType

OpenPage = Callable[..., AppTest]
PAGE = "outcomes.py"
GOVERNMENTS = {"us_government", "foreign_government"}


def texts(app: AppTest) -> str:
    return "\n".join(t.value for t in app.text)


@pytest.fixture(scope="module")
def incident(demo_reader: Reader) -> pl.DataFrame:
    """The demo's incidents, with what this page tells of them. In the demo nothing is dated after the day."""
    findings = demo_reader.frame("SELECT * FROM assessment WHERE known_to IS NULL AND kind <> 'avoidability'")
    # The latest of a principle stands; a pending one has no day.
    standing = findings.sort("assessed_on", nulls_last=False).group_by("incident_id", "kind").last()
    violations = standing.filter(pl.col("finding").str.ends_with("_violation"))["incident_id"].unique()
    rows = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")
    has = pl.col("source_type").list.set_intersection(list(GOVERNMENTS)).list.len() > 0
    unknown = pl.col("source_type") == ["unknown"]
    return rows.with_columns(
        has_government=pl.when(unknown).then(None).otherwise(has),
        second_stage=pl.col("stage_reached").is_in(["policy_impact_assessment", "department_response_coordination"]),
        third_stage=pl.col("stage_reached") == "department_response_coordination",
        violation=pl.col("incident_id").is_in(violations.implode()),
        response=pl.col("response_count") > 0,
        closed=pl.col("stage") == "closed",
    )


def test_every_step_of_the_flow_adds_up_to_all_incidents(
    open_page: OpenPage, demo_warehouse: Path, incident: pl.DataFrame
) -> None:
    app = open_page(PAGE, demo_warehouse)
    steps = table_with(app, "layer")
    by_step = dict(steps.group_by("layer").agg(pl.col("incidents").sum()).iter_rows())
    assert by_step == dict.fromkeys(words.LAYERS.values(), 650)
    found = {(layer, label): n for layer, label, n in steps.select("layer", "label", "incidents").iter_rows()}
    for stage, n in incident.group_by("stage_reached").len().iter_rows():
        assert found["Stage", words.STAGES[stage]] == n
    several = incident.filter(pl.col("source_type").list.len() > 1)
    assert found["Source", words.SOURCES["several_with_government"]] == several["has_government"].sum() > 100
    assert (
        found["Response", words.RESPONSES["no_response"]] + found["Response", "Declined"]
        == 650 - incident["response"].sum()
    )
    violations = found["Finding", "Likely violation"] + found["Finding", "Possible violation"]
    assert violations == incident["violation"].sum()

    ribbons = table_with(app, words.FLOW_COLUMNS["from"])
    assert ribbons[words.FLOW_COLUMNS["incidents"]].sum() == 3 * 650
    out = ribbons.group_by(words.FLOW_COLUMNS["from"]).agg(pl.col(words.FLOW_COLUMNS["incidents"]).sum())
    for place, n in out.iter_rows():
        layer, _, label = place.partition(": ")
        assert found[layer, label] == n
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert sum(spec["data"][0]["link"]["value"]) == 3 * 650


@pytest.mark.parametrize("measure", list(words.MEASURES))
def test_shares_by_source(open_page: OpenPage, demo_warehouse: Path, incident: pl.DataFrame, measure: str) -> None:
    app = open_page(PAGE, demo_warehouse, measure_of_outcome=words.MEASURES[measure])
    columns = words.SHARE_COLUMNS
    rows = {row[columns["source"]]: row for row in table_with(app, columns["whole"]).to_dicts()}
    groups = {
        words.WITH_GOVERNMENT: incident.filter("has_government"),
        words.WITHOUT_GOVERNMENT: incident.filter(~pl.col("has_government")),
    } | {SourceType.labels()[kind]: part for (kind,), part in incident.explode("source_type").group_by("source_type")}
    assert set(rows) == set(groups)
    for label, part in groups.items():
        count, whole = int(part[measure].sum()), part.height
        assert (rows[label][columns["part"]], rows[label][columns["whole"]]) == (count, whole), label
        low, high = (round(100 * end) for end in proportion_confint(count, whole, method="wilson"))
        assert rows[label][columns["share"]].startswith(f"{count} of {whole}: ")
        assert rows[label][columns["share"]].endswith(f"({low}–{high}%)")
    first, second = (groups[name] for name in (words.WITH_GOVERNMENT, words.WITHOUT_GOVERNMENT))
    counts = (first[measure].sum(), first.height, second[measure].sum(), second.height)
    low, high = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    assert words.compared(measure, counts[0] / counts[1] - counts[2] / counts[3], float(low), float(high)) in texts(app)
    assert words.CAUTION in texts(app)


def test_all_categories_stand_beside_the_share(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse, measure_of_outcome=words.MEASURES["violation"])
    columns = words.OUTCOME_COLUMNS
    table = table_with(app, columns["category"])
    assert {"Pending", words.FINDINGS["no_finding"]} <= set(table[columns["category"]])
    links = demo_reader.frame("SELECT source_type FROM incident WHERE known_to IS NULL").explode("source_type")
    expected = {SourceType.labels()[kind]: n for kind, n in links.group_by("source_type").len().iter_rows()}
    by_type = table.group_by(columns["source_type"]).agg(pl.col(columns["incidents"]).sum())
    assert dict(by_type.iter_rows()) == expected


def test_small_groups_are_not_compared_and_have_no_percentage(
    open_page: OpenPage, demo_warehouse: Path, incident: pl.DataFrame
) -> None:
    app = open_page(PAGE, demo_warehouse, country="Kenya")
    kenya = incident.filter(country="KEN")
    with_, without = (kenya.filter(has_government=has).height for has in (True, False))
    assert words.not_compared(with_, without, 20) in texts(app)
    shares = table_with(app, words.SHARE_COLUMNS["whole"])[words.SHARE_COLUMNS["share"]]
    assert not [text for text in shares if "%" in text]


def test_without_review_records_the_page_says_why_it_is_empty(
    open_page: OpenPage, airwars_warehouse: Path, demo_warehouse: Path
) -> None:
    app = open_page(PAGE, airwars_warehouse)
    assert [i.value for i in app.info] == [wording.NO_REVIEW_RECORDS]
    assert not app.get("plotly_chart")
    nothing = open_page(PAGE, demo_warehouse, text="nowhere at all")
    assert [i.value for i in nothing.info] == [wording.empty_state("incidents", has_filter=True)]


def test_incidents_without_a_record_are_shown_and_in_no_share(open_page: OpenPage, once: Callable[..., Path]) -> None:
    def make(folder: Path) -> None:
        warehouse(
            folder,
            incident=[{"incident_id": name} for name in "abc"],
            stage_transition=[step("a", 1, "", "received", "2024-05-01"), step("b", 1, "", "received", "2024-07-01")],
        )

    app = open_page(PAGE, once("outcomes-cases", make))
    steps = {(layer, label): n for layer, label, n in table_with(app, "layer").iter_rows()}
    # The step of b is dated after the day of knowledge, c has none.
    assert steps["Stage", "Received"] == 1
    assert steps["Stage", words.NO_RECORD] == steps["Finding", words.NO_RECORD] == 2
    assert "1 step dated after 30 Jun 2024" in texts(app)
    (row,) = table_with(app, words.SHARE_COLUMNS["whole"]).filter(pl.col(words.SHARE_COLUMNS["whole"]) > 0).to_dicts()
    assert row == dict(zip(words.SHARE_COLUMNS.values(), ("Unknown", 0, 1, "0 of 1", 2), strict=True))


def test_hostile_text_is_text(open_page: OpenPage, hostile_warehouse: Path) -> None:
    app = open_page(PAGE, hostile_warehouse)
    for chart in app.get("plotly_chart"):
        assert "<img" not in json.dumps(json.loads(chart.proto.spec))
    assert not [m.value for m in app.markdown if "<img" in m.value or "**bold**" in m.value]
