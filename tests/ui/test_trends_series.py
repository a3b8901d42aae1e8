"""A published series below the chart of incidents: same days, gaps kept, publisher said, never summed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import warehouse
from page_parts import tables
from streamlit.testing.v1 import AppTest

from pages import wording_series as wording
from pages.charts.captions import CoverageCaption
from pages.charts.series import LONE_DAY_PX, every_day, series_panel
from pages.charts.style import axis
from warehouse import queries
from warehouse.connection import reader
from warehouse.engine import run
from warehouse.vocabulary import SeriesMethod

OpenPage = Callable[..., AppTest]
REPORTED, EXTENDED, LATE, EMPTY = "As reported", "As extended <b>", "Long after", "Without days"
FIRST = date(2024, 1, 1)


def series(name: str, title: str, method: str = "reported") -> dict[str, str]:
    return {"series_id": name, "title": title, "unit": "people", "is_cumulative": "true", "method": method}


def days(name: str, **values: str) -> list[dict[str, str]]:
    return [{"series_id": name, "date": f"2024-01-{day[1:]}", "value": value} for day, value in values.items()]


@pytest.fixture(scope="module")
def folder(once: Callable[..., Path]) -> Path:
    """Incidents of 1 and 31 January; a series with gaps whose value of the 2nd was revised on 1 March."""

    def make(where: Path) -> None:
        revised = {"series_id": "r", "date": "2024-01-02"}
        warehouse(
            where,
            incident=[
                {"incident_id": "a"},
                {"incident_id": "b", "date_start": "2024-01-31", "date_end": "2024-01-31", "place": "end"},
            ],
            series=[series("r", REPORTED), series("x", EXTENDED, "extended"), series("l", LATE), series("e", EMPTY)],
            context_series=[
                *days("r", d01="3", d04="", d05="9"),
                revised | {"value": "1000", "known_from": "2024-01-02", "known_to": "2024-03-01"},
                revised | {"value": "4", "known_from": "2024-03-01"},
                *days("x", d01="3", d02="5", d03="7"),
                {"series_id": "l", "date": "2024-06-01", "value": "1"},
            ],
        )

    return once("trends-series", make)


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def texts(chart: dict[str, Any]) -> dict[str, str]:
    notes = chart["layout"]["annotations"]
    return {note["name"]: note["text"].replace("<br>", " ") for note in notes if "name" in note}


class TestChoice:
    def test_nothing_is_chosen_at_first_and_series_without_days_are_not_offered(
        self, folder: Path, open_page: OpenPage
    ) -> None:
        app = open_page("trends.py", folder)
        assert app.selectbox(key="series").options == [wording.NONE_CHOSEN, EXTENDED, REPORTED, LATE]
        assert len(charts(app)) == 1

    def test_no_box_without_series(self, once: Callable[..., Path], open_page: OpenPage) -> None:
        bare = once("trends-without-series", lambda where: warehouse(where, incident=[{"incident_id": "a"}]))
        app = open_page("trends.py", bare)
        assert [box.key for box in app.selectbox if box.key == "series"] == []
        assert len(charts(app)) == 1

    def test_series_of_one_title_are_told_apart(self, once: Callable[..., Path], open_page: OpenPage) -> None:
        def make(where: Path) -> None:
            both = [series("one", REPORTED), series("two", REPORTED)]
            warehouse(
                where,
                incident=[{"incident_id": "a"}],
                series=both,
                context_series=[*days("one", d01="1"), *days("two", d01="2")],
            )

        app = open_page("trends.py", once("trends-same-title", make))
        options = app.selectbox(key="series").options[1:]
        assert len(set(options)) == 2
        assert all(option.startswith(f"{REPORTED} (") for option in options)


class TestPanel:
    def test_it_shares_the_days_and_the_left_edge_of_the_chart_above(self, folder: Path, open_page: OpenPage) -> None:
        above, panel = charts(open_page("trends.py", folder, series=REPORTED, period="Month"))
        for part in ("range", "tickformat"):
            assert panel["layout"]["xaxis"][part] == above["layout"]["xaxis"][part]
        for side in ("l", "r"):
            assert panel["layout"]["margin"][side] == above["layout"]["margin"][side]

    def test_missing_days_and_nulls_are_gaps(self, folder: Path, open_page: OpenPage) -> None:
        panel = charts(open_page("trends.py", folder, series=REPORTED, period="Month"))[1]
        (line,) = panel["data"]
        assert line["connectgaps"] is False
        drawn = dict(zip((day[:10] for day in line["x"]), line["y"], strict=True))
        assert len(drawn) == 31
        assert {day: value for day, value in drawn.items() if value is not None} == {
            "2024-01-01": 3,
            "2024-01-02": 4,
            "2024-01-05": 9,
        }
        # The fifth has no neighbour: a line alone would not show it.
        sizes = line["marker"]["size"]
        assert [index + 1 for index, size in enumerate(sizes) if size] == [5]

    def test_it_says_who_publishes_it_and_that_it_is_not_summed(self, folder: Path, open_page: OpenPage) -> None:
        app = open_page("trends.py", folder, series=REPORTED, period="Month")
        said = texts(charts(app)[1])
        assert said["title"] == f"<b>{wording.title(REPORTED, 'Nobody')}</b>"
        assert said["subtitle"] == wording.subtitle("people", is_cumulative=True, is_extended=False)
        assert "Values on 3 of 31 days" in said["footer"]
        assert "incident" not in said["footer"]
        assert "SYNTHETIC" in said["footer"]
        behind = tables(app)[1]
        assert behind[wording.COLUMNS["value"]].to_list() == [3.0, 4.0, 9.0]

    def test_the_chart_of_incidents_does_not_change(self, folder: Path, open_page: OpenPage) -> None:
        (alone,) = charts(open_page("trends.py", folder, period="Month"))
        assert charts(open_page("trends.py", folder, series=REPORTED, period="Month"))[0] == alone

    @pytest.mark.parametrize(
        ("title", "dash", "method"), [(REPORTED, "solid", "REPORTED"), (EXTENDED, "dash", "EXTENDED")]
    )
    def test_extended_series_are_dashed(
        self, folder: Path, open_page: OpenPage, title: str, dash: str, method: str
    ) -> None:
        panel = charts(open_page("trends.py", folder, series=title))[1]
        assert panel["data"][0]["line"]["dash"] == dash
        assert panel["data"][0]["line"]["color"] == SeriesMethod[method].colour
        assert ("Dashed" in texts(panel)["subtitle"]) == (dash == "dash")
        assert "<b>" not in texts(panel)["title"].removeprefix("<b>")

    def test_no_value_in_the_time_of_the_chart_is_said(self, folder: Path, open_page: OpenPage) -> None:
        app = open_page("trends.py", folder, series=LATE, period="Month")
        assert wording.nothing_in(LATE, FIRST, date(2024, 1, 31)) in [i.value for i in app.info]
        assert len(charts(app)) == 1

    def test_a_box_drawn_on_the_incidents_cuts_both(self, folder: Path, open_page: OpenPage) -> None:
        app = open_page("trends.py", folder, series=EXTENDED, period="Day", date_to="2024-01-02")
        above, panel = charts(app)
        assert panel["layout"]["xaxis"]["range"] == above["layout"]["xaxis"]["range"]
        assert panel["data"][0]["y"] == [3]


def test_the_series_as_known_on_a_day(folder: Path) -> None:
    question = queries.series_days("made-up:r", FIRST, FIRST + timedelta(days=30))
    earlier = run(question, reader(folder), date(2024, 2, 29))
    assert earlier.rows() == [(date(2024, 1, 2), 1000.0)]
    today = run(question, reader(folder))
    assert today.rows() == [(date(2024, 1, day), value) for day, value in ((1, 3.0), (2, 4.0), (4, None), (5, 9.0))]


@given(st.dictionaries(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 10**6)), max_size=20))
def test_nothing_is_made_up_between_days(stated: dict[int, int | None]) -> None:
    rows = [(FIRST + timedelta(days=day), value) for day, value in stated.items()]
    frame = pl.DataFrame(rows, schema={"date": pl.Date, "value": pl.Float64}, orient="row")
    whole = every_day(frame, FIRST, FIRST + timedelta(days=40))
    assert whole.height == 41
    assert whole["value"].to_list() == [stated.get(day) for day in range(41)]
    known = {day for day, value in stated.items() if value is not None}
    lone = {day for day in known if not {day - 1, day + 1} & known}
    assert {day for day, is_lone in enumerate(whole["is_lone"]) if is_lone} == lone


def test_publisher_and_title_are_text_in_the_figure() -> None:
    caption = CoverageCaption("<img src=x>", "", "<img src=x>", None, "b", 0, 0, synthetic=False, coverage="1 day")
    above = go.Figure(layout={"xaxis": axis(range=[FIRST, date(2024, 1, 2)]), "margin": {"l": 40}})
    frame = every_day(pl.DataFrame({"date": [FIRST], "value": [2.0]}), FIRST, FIRST)
    drawn = series_panel(frame, caption, above, "#000000", is_dashed=False)
    assert "<img" not in json.dumps(json.loads(drawn.to_json()))
    assert drawn.data[0].marker.size == (LONE_DAY_PX,)
