"""The page Findings shows the numbers that other code finds in the warehouse's tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from made_up import warehouse
from page_parts import bars, figures, said, tables, values
from streamlit.testing.v1 import AppTest

from pages import wording, wording_findings
from pages.charts import findings as charts
from pages.charts.style import Caption
from warehouse import queries
from warehouse.connection import Reader
from warehouse.vocabulary import Finding, Principle

OpenPage = Callable[..., AppTest]
PAGE = "findings.py"
COLUMNS = wording_findings.COLUMNS
NONE = (queries.NO_FINDING, wording_findings.NONE)


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Path:
    """One incident with a finding on a principle without a day, and one that is pending; no step of a review."""
    row = {"kind": "distinction"}
    return once(
        "findings-page",
        lambda folder: warehouse(
            folder,
            incident=[{"incident_id": name} for name in ("a", "b", "c")],
            assessment=[
                row | {"assessment_id": "1", "incident_id": "a", "finding": "consistent"},
                row | {"assessment_id": "2", "incident_id": "b", "finding": "pending"},
            ],
        ),
    )


def standing(demo: Reader, kind: str) -> pl.DataFrame:
    """(stage, finding) of every incident of the demo on a question, by other code."""
    found = demo.frame("SELECT * FROM assessment WHERE known_to IS NULL").filter(kind=kind)
    ordered = found.sort(pl.col("finding") != "pending", "assessed_on")
    last = ordered.group_by("incident_id").last().select("incident_id", "finding")
    incident = demo.frame("SELECT incident_id, stage FROM incident WHERE known_to IS NULL")
    return incident.join(last, on="incident_id", how="left")


class TestFigures:
    def test_every_incident_is_in_each_bar_of_the_questions(self, demo_reader: Reader, open_page: OpenPage) -> None:
        found = figures(open_page(PAGE, demo_reader.folder))
        labels = Finding.labels() | {None: wording_findings.NONE}
        drawn = bars(found[wording_findings.PRINCIPLES_TITLE]) | bars(found[wording_findings.AVOIDABILITY_TITLE])
        for kind in Principle:
            counted = standing(demo_reader, kind.value)["finding"].value_counts()
            expected = {(kind.label, labels[finding]): n for finding, n in counted.iter_rows()}
            assert {key: n for key, n in drawn.items() if key[0] == kind.label} == expected
            assert (kind.label, wording_findings.NONE) in expected
            assert (kind.label, Finding.PENDING.label) in expected

    def test_the_chosen_question_is_shown_by_stage_and_month(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder)
        app.segmented_control(key="question").set_value(Principle.PRECAUTIONS.value).run()
        assert not app.exception
        found = figures(app)
        by_stage = found[wording_findings.question_title(wording_findings.STAGE_TITLE, "Precautions")]
        expected = standing(demo_reader, "precautions").group_by("stage").len()
        drawn = bars(by_stage)
        totals = [sum(n for (row, _), n in drawn.items() if row == label) for label in {row for row, _ in drawn}]
        assert sorted(totals) == sorted(expected["len"])
        made = found[wording_findings.question_title(wording_findings.MADE_TITLE, "Precautions")]
        every = demo_reader.frame("SELECT * FROM assessment WHERE known_to IS NULL AND kind = 'precautions'")
        dated = every.drop_nulls("assessed_on")
        assert sum(sum(values(trace["y"])) for trace in made["data"]) == dated.height
        subtitle = next(n["text"] for n in made["layout"]["annotations"] if n.get("name") == "subtitle")
        assert f"{every.height - dated.height} pending" in subtitle.replace("<br>", " ")

    def test_pending_and_none_are_last_and_grey(self) -> None:
        frame = pl.DataFrame({"row": ["a"] * 3, "finding": [NONE[0], "pending", "consistent"], "incidents": [7, 2, 1]})
        caption = Caption("Findings", "", "Nobody", None, "b", 9, 9, synthetic=False)
        drawn = charts.standing(frame, caption, {"a": "A", "b": "B"}, NONE)
        assert [trace.name for trace in drawn.data] == ["Consistent", "Pending", wording_findings.NONE]
        assert [list(trace.x) for trace in drawn.data] == [[1], [2], [7]]
        assert drawn.data[1].marker.color == Finding.PENDING.colour
        assert charts.alt_text(frame, {"a": "A"}, NONE) == (
            "Stacked bar chart. Incidents by finding. A: consistent 1, pending 2, no assessment on record 7."
        )


class TestChanged:
    def test_the_list_has_every_change_with_a_link(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder)
        shown = next(t for t in tables(app) if "before" in t.columns)
        found = demo_reader.frame("SELECT * FROM assessment WHERE known_to IS NULL").drop_nulls("assessed_on")
        ordered = found.sort("assessed_on").with_columns(before=pl.col("finding").shift(1).over("incident_id", "kind"))
        changed = ordered.filter(pl.col("before") != pl.col("finding"))
        assert shown.height == changed.height > 10
        assert wording_findings.changed_listed(
            changed.height, changed.height, changed["incident_id"].n_unique()
        ) in said(app)
        assert shown["incident"].str.starts_with("/incident?id=").all()
        labels = Finding.labels()
        assert sorted(shown["after"]) == sorted(labels[finding] for finding in changed["finding"])


class TestWithout:
    def test_published_assessments_have_no_review(self, airwars_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, airwars_warehouse)
        assert wording.NO_REVIEW_RECORDS in said(app)
        assert not app.get("plotly_chart")

    def test_a_filter_that_leaves_nothing_says_so(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder, text="nowhere at all")
        assert wording.empty_state("incidents", has_filter=True) in said(app)

    def test_incidents_without_an_assessment(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder, stage="Received")
        assert wording_findings.NO_FINDINGS in said(app)
        assert not app.get("plotly_chart")

    def test_findings_without_a_day_have_no_chart_by_month(self, cases: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, cases)
        assert wording_findings.no_months(1, 1) in said(app)
        assert wording_findings.NONE_CHANGED in said(app)
        assert bars(figures(app)[wording_findings.PRINCIPLES_TITLE])["Distinction", "Consistent"] == 1
