"""The page Responses shows the numbers that other code finds in the warehouse's tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import step, warehouse
from page_parts import bars, figures, said, table_with
from streamlit.testing.v1 import AppTest

from pages import wording, wording_responses
from pages.charts import responses as charts
from pages.components import responses as component
from warehouse.connection import Reader
from warehouse.vocabulary import ResponseStatus, ResponseType

OpenPage = Callable[..., AppTest]
PAGE = "responses.py"
AS_OF = date(2024, 10, 30)
HOSTILE = "<img src=x onerror=alert(1)> **bold** [l](http://x)"


@pytest.fixture(scope="module")
def made(demo_reader: Reader) -> pl.DataFrame:
    return demo_reader.frame("SELECT * FROM response WHERE known_to IS NULL")


class TestLadder:
    def test_no_response_is_the_first_bar_and_every_type_has_one(
        self, demo_reader: Reader, made: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page(PAGE, demo_reader.folder)
        ladder = figures(app)[wording_responses.LADDER_TITLE]
        rows = ladder["data"][1]["customdata"]
        assert rows == [charts.NO_RESPONSE, *(kind.label for kind in ResponseType)]
        incident = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")
        without = incident.height - made["incident_id"].n_unique()
        expected = {(charts.NO_RESPONSE, charts.NO_RESPONSE.lower()): without}
        # In the demo an incident has one response of a type.
        for kind, status, n in made.group_by("response_type", "status").len().iter_rows():
            expected[ResponseType.labels()[kind], ResponseStatus.labels()[status].lower()] = n
        assert bars(ladder) == expected
        numbers = table_with(app, "Response")
        assert numbers["Incidents"].sum() == made.height + without
        by_status = made.group_by("incident_id").agg((pl.col("status") == "declined").all())
        assert wording_responses.only_declined(by_status["status"].sum()) in said(app)

    def test_the_bar_that_is_chosen_lists_its_incidents(
        self, demo_reader: Reader, made: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page(PAGE, demo_reader.folder)
        listed = table_with(app, "stage_entered_on")
        without = 650 - made["incident_id"].n_unique()
        assert listed.height == min(without, component.MOST_LISTED)
        assert wording_responses.listed(listed.height, without, "incident") in said(app)
        assert listed["incident"].str.starts_with("/incident?id=").all()
        app.selectbox(key="responses_of").set_value("training").run()
        assert not app.exception
        training = made.filter(response_type="training")
        shown = table_with(app, "implemented_on")
        assert shown.height == training.height
        assert sorted(shown["status"]) == sorted(ResponseStatus.labels()[s] for s in training["status"])
        assert wording_responses.listed(training.height, training.height, "response") in said(app)

    def test_the_choice_stands_in_the_address(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder, responses_of="Licence suspension")
        assert "SYN-" in "".join(table_with(app, "implemented_on")["incident"])

    @pytest.mark.parametrize(("bar", "chosen"), [(0, "none"), (2, "training"), (7, "other"), (None, None)])
    def test_a_click_on_a_bar_chooses_what_it_stands_for(self, bar: int | None, chosen: str | None) -> None:
        points = [] if bar is None else [{"curve_number": 3, "point_index": bar}]
        assert component.chosen_bar({"selection": {"points": points}}) == chosen


class TestDecisions:
    def test_undecided_ones_are_in_the_bars_and_in_the_median(
        self, demo_reader: Reader, made: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page(PAGE, demo_reader.folder)
        drawn = bars(figures(app)[wording_responses.DECISIONS_TITLE])
        days = made.with_columns(
            days=(pl.col("decided_on") - pl.col("recommended_on")).dt.total_days(),
            undated=pl.col("recommended_on").is_null(),
        )
        expected: dict[tuple[str, str], int] = {}
        for kind, status, lasted, undated in days.select("response_type", "status", "days", "undated").iter_rows():
            if undated:
                band = charts.UNDATED
            elif status == "recommended":
                band = charts.WAITING
            else:
                band = next(
                    label
                    for (_, last), label in zip(charts.BANDS_DAYS, charts.band_labels(), strict=False)
                    if last is None or lasted <= last
                )
            key = (ResponseType.labels()[kind], band)
            expected[key] = expected.get(key, 0) + 1
        assert drawn == expected
        assert sum(drawn.values()) == made.height

    def test_bands(self) -> None:
        rows = [("t", True, 0, 1), ("t", True, 30, 1), ("t", True, 31, 1), ("t", True, 61, 1), ("t", True, 121, 1),
                ("t", True, None, 1), ("t", False, 400, 2), ("t", False, None, 1)]  # fmt: skip
        frame = pl.DataFrame(rows, schema=["response_type", "is_decided", "days", "responses"], orient="row")
        counts = dict(charts.banded(frame).select("band", "responses").iter_rows())
        assert counts == {
            "0–30 days": 2, "31–60 days": 1, "61–120 days": 1, "over 120 days": 1, charts.WAITING: 2, charts.UNDATED: 2
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("arguments", "text"),
        [
            ((30, 3, 1, 0), "Median 30 days; 3 decided, 1 undecided"),
            ((None, 1, 5, 0), "Median not reached: fewer than half are decided; 1 decided, 5 undecided"),
            ((None, 0, 5, 2), "No decision with known days; 0 decided, 5 undecided, 2 with unknown days left out"),
        ],
    )
    def test_the_median_in_words(self, arguments: tuple[Any, ...], text: str) -> None:
        assert wording_responses.median(*arguments) == text


class TestEngagements:
    def test_they_are_counted_by_post_and_listed(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder)
        held = demo_reader.frame("SELECT * FROM engagement WHERE known_to IS NULL")
        drawn = bars(figures(app)[wording_responses.POSTS_TITLE])
        for (post,), group in held.group_by("post"):
            open_ = group["answered_on"].null_count()
            assert drawn.get((str(post), "unanswered"), 0) == open_
            assert drawn.get((str(post), "answered"), 0) == group.height - open_
        raised = held.group_by("incident_id").agg(pl.col("answered_on").count())
        silent = raised.filter(pl.col("answered_on") == 0).height
        assert wording_responses.raised(raised.height, silent, 650) in said(app)
        shown = table_with(app, "days_waiting")
        assert shown.height == held.height
        longest = max((AS_OF - day).days for day in held.filter(pl.col("answered_on").is_null())["held_on"])
        assert shown["days_waiting"][0] == longest
        assert shown["days_waiting"].null_count() == held["answered_on"].count()


class TestLicences:
    def test_they_stand_under_the_sentence_that_they_prove_nothing(
        self, demo_reader: Reader, made: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page(PAGE, demo_reader.folder)
        assert wording_responses.NO_PROOF in [i.value for i in app.info]
        aimed = table_with(app, "designation")
        licence = made.filter(target="licence")
        assert aimed.height == licence.height
        not_named = aimed.filter(case_number=wording_responses.CASE_NOT_NAMED).height
        assert not_named == licence["case_number"].null_count() > 0
        named = table_with(app, "munition")
        assert named.height > 0

    def test_without_a_munition_there_is_nothing_to_set_beside(self, open_page: OpenPage, tmp_path: Path) -> None:
        response = {"response_id": "p", "incident_id": "i", "response_type": "other", "target": "government",
                    "status": "recommended", "recommended_on": "2024-06-01"}  # fmt: skip
        folder = warehouse(tmp_path / "w", incident=[{"incident_id": "i"}], response=[response])
        app = open_page(PAGE, folder)
        assert wording_responses.NO_NAMED in said(app)
        assert wording_responses.NO_LICENCE_RESPONSES in said(app)
        assert wording_responses.NO_ENGAGEMENTS in said(app)


class TestWithout:
    def test_published_assessments_have_no_review(self, airwars_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, airwars_warehouse)
        assert wording.NO_REVIEW_RECORDS in said(app)
        assert not app.get("plotly_chart")

    def test_a_review_without_any_response(self, open_page: OpenPage, tmp_path: Path) -> None:
        steps = [step("i", 1, "", "received", "2024-01-05")]
        folder = warehouse(tmp_path / "w", incident=[{"incident_id": "i"}], stage_transition=steps)
        app = open_page(PAGE, folder)
        assert wording_responses.NOTHING in said(app)

    def test_a_filter_that_leaves_nothing_says_so(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder, text="nowhere at all")
        assert wording.empty_state("incidents", has_filter=True) in said(app)

    def test_gaza_has_no_response(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder, country="Palestine, State of")
        drawn = bars(figures(app)[wording_responses.LADDER_TITLE])
        assert drawn == {(charts.NO_RESPONSE, charts.NO_RESPONSE.lower()): 500}
        assert wording_responses.DECISIONS_TITLE not in figures(app)


def test_hostile_text_is_text(open_page: OpenPage, tmp_path: Path) -> None:
    folder = warehouse(
        tmp_path / "w",
        incident=[{"incident_id": HOSTILE}],
        response=[{"response_id": "p", "incident_id": HOSTILE, "response_type": "other", "target": "licence",
                   "status": "recommended", "recommended_on": "2024-06-01", "case_number": HOSTILE}],
        engagement=[{"engagement_id": "e", "incident_id": HOSTILE, "post": HOSTILE, "held_on": "2024-06-01",
                     "channel": "call", "counterpart": HOSTILE, "outcome": HOSTILE}],
    )  # fmt: skip
    app = open_page(PAGE, folder, responses_of="Other")
    assert HOSTILE in table_with(app, "outcome")["outcome"].to_list()
    for chart in app.get("plotly_chart"):
        assert "<img" not in json.dumps(json.loads(chart.proto.spec))
    assert not [m.value for m in (*app.markdown, *app.caption) if re.search(r"(?<!\\)<img|(?<!\\)\*bold", m.value)]
