"""The trends: the chart's numbers against Polars, its choices, and the dates that a box on it sets."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import warehouse
from page_parts import tables
from streamlit.testing.v1 import AppTest

from pages import wording
from pages.charts.events import milestones, milestones_of
from pages.charts.facets import casualty_facets
from pages.charts.formatting import Period
from pages.charts.style import Caption
from pages.components.trends_selection import selected_days
from warehouse.connection import Reader, reader
from warehouse.vocabulary import GREY, Harm

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
OpenPage = Callable[..., AppTest]


def said(app: AppTest) -> str:
    """All captions, texts and notices."""
    return "\n".join(e.value for e in (*app.caption, *app.text, *app.info))


def figure(app: AppTest) -> dict[str, Any]:
    """The only figure of the page."""
    (chart,) = app.get("plotly_chart")
    spec: dict[str, Any] = json.loads(chart.proto.spec)
    return spec


def title(app: AppTest) -> str:
    """The figure's title in one line."""
    texts = {note.get("name"): note["text"] for note in figure(app)["layout"]["annotations"]}
    return str(texts["title"]).removeprefix("<b>").removesuffix("</b>").replace("<br>", " ")


def values(of: Any) -> list[Any]:
    """A trace's numbers, which plotly may write as base64."""
    if not isinstance(of, dict):
        return list(of)
    written: list[Any] = np.frombuffer(base64.b64decode(of["bdata"]), dtype=of["dtype"]).tolist()
    return written


def heights(app: AppTest) -> dict[str, int]:
    """Bars of the figure: name -> sum of their heights."""
    return {trace["name"]: sum(values(trace["y"])) for trace in figure(app)["data"] if trace["type"] == "bar"}


def numbers(app: AppTest) -> pl.DataFrame:
    """The table behind the figure."""
    return tables(app)[0]


def placed(demo: Reader) -> pl.DataFrame:
    """Incidents that a week can be told of."""
    return demo.frame(
        "SELECT * FROM incident WHERE known_to IS NULL"
        " AND date_start IS NOT NULL AND date_precision NOT IN ('month', 'year')"
    )


class TestChart:
    def test_incidents_by_week(self, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = placed(demo_reader)
        app = open_page("trends.py", demo_reader.folder)
        assert title(app) == "Incidents by week: 9 countries; 23 Aug 2023 – 30 Oct 2024"
        assert heights(app) == {"Incidents": rows.height}
        per_week = dict(rows.group_by(pl.col("date_start").dt.truncate("1w")).len().iter_rows())
        behind = numbers(app)
        assert dict(zip(behind.to_series(0).cast(pl.Date), behind.to_series(1), strict=True)) == per_week
        everything = demo_reader.frame("SELECT date_start, date_precision FROM incident WHERE known_to IS NULL")
        undated = everything["date_start"].null_count()
        coarse = everything.height - rows.height - undated
        assert wording.not_in_chart("week", undated, coarse) in said(app)

    def test_by_month_nothing_but_the_undated_is_left_out(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page("trends.py", demo_reader.folder, period="Month")
        dated = demo_reader.frame("SELECT 1 FROM incident WHERE known_to IS NULL AND date_start IS NOT NULL")
        assert heights(app) == {"Incidents": dated.height}
        assert "known less exactly" not in said(app)

    def test_split_by_a_vocabulary(self, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = placed(demo_reader)
        app = open_page("trends.py", demo_reader.folder, split="Stage")
        expected = dict(rows.group_by("stage").len().iter_rows())
        assert heights(app)["Stage 1: incident analysis"] == expected["incident_analysis"]
        assert sum(heights(app).values()) == rows.height

    def test_an_incident_with_several_values_counts_in_each_and_it_is_said(
        self, demo_reader: Reader, open_page: OpenPage
    ) -> None:
        rows = placed(demo_reader)
        app = open_page("trends.py", demo_reader.folder, split="Source type", mean="true")
        assert sum(heights(app).values()) == rows["source_type"].list.len().sum() > rows.height
        subtitle = next(n["text"] for n in figure(app)["layout"]["annotations"] if n.get("name") == "subtitle")
        assert "counts in each" in subtitle.replace("<br>", " ")
        # The mean is of incidents, not of the stack, in which some count twice.
        mean = next(trace for trace in figure(app)["data"] if trace["name"] == wording.mean_over(4, "week"))
        weeks = rows.group_by(pl.col("date_start").dt.truncate("1w").alias("week")).len().sort("week")
        assert values(mean["y"])[-1] == pytest.approx(weeks["len"][-4:].mean())

    def test_unknown_is_grey_and_last(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        traces = figure(open_page("trends.py", demo_warehouse, split="Weapon system"))["data"]
        assert (traces[-1]["name"], traces[-1]["marker"]["color"]) == ("Unknown", GREY)

    def test_a_country_keeps_its_colour_under_a_filter(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        whole = figure(open_page("trends.py", demo_warehouse, split="Country"))["data"]
        one = figure(open_page("trends.py", demo_warehouse, split="Country", country="Nigeria"))["data"]
        colours = {trace["name"]: trace["marker"]["color"] for trace in whole}
        assert {trace["name"]: trace["marker"]["color"] for trace in one} == {"Nigeria": colours["Nigeria"]}

    @pytest.mark.parametrize(("measure", "harm"), [("Civilians killed", "killed"), ("Civilians injured", "injured")])
    def test_civilians_as_a_band(self, demo_reader: Reader, open_page: OpenPage, measure: str, harm: str) -> None:
        rows = placed(demo_reader)
        app = open_page("trends.py", demo_reader.folder, measure=measure)
        assert title(app).startswith(f"Civilians reported {harm} by week: ")
        behind = numbers(app)
        for end in ("low", "high"):
            assert behind[wording.ESTIMATE_COLUMNS[end]].sum() == rows[f"civilians_{harm}_{end}"].sum()
        unknown = rows[f"civilians_{harm}_low"].null_count()
        assert behind[wording.ESTIMATE_COLUMNS["unknown"]].sum() == unknown
        assert heights(app) == {"unknown": unknown}

    def test_civilians_by_country_are_not_stacked(self, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = placed(demo_reader).filter(pl.col("country") == "YEM")
        app = open_page("trends.py", demo_reader.folder, measure="Civilians killed", split="Country")
        low, high = (f"{rows[f'civilians_killed_{end}'].sum():,}" for end in ("low", "high"))
        headings = [note["text"] for note in figure(app)["layout"]["annotations"]]
        assert any(text.startswith(f"<b>Yemen</b>  {low}–{high}") for text in headings)
        assert len({trace.get("yaxis", "y") for trace in figure(app)["data"]}) == 8  # seven countries and the others

    def test_running_total(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page("trends.py", demo_reader.folder, cumulative="true", split="Stage", mean="true")
        tops = [values(trace["y"])[-1] for trace in figure(app)["data"]]
        assert sum(tops) == placed(demo_reader).height
        assert all(values(t["y"]) == sorted(values(t["y"])) for t in figure(app)["data"])

    def test_nothing_under_the_filter(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("trends.py", demo_warehouse, text="no such text anywhere")
        assert wording.empty_state("incidents", has_filter=True) in said(app)

    def test_unknown_numbers_and_dates_are_said_not_drawn_as_zero(
        self, once: Callable[..., Path], open_page: OpenPage
    ) -> None:
        undated = {
            "incident_id": "a",
            "place": "undated",
            "date_start": "",
            "date_end": "",
            "date_precision": "unknown",
        }
        folder = once("no-numbers", lambda f: warehouse(f, incident=[undated, {"incident_id": "b"}]))
        app = open_page("trends.py", folder, measure="Civilians killed")
        assert wording.no_numbers(Harm.KILLED, 1) in said(app)
        assert not app.get("plotly_chart")
        assert wording.not_in_chart("week", 1, 0) in said(app)
        assert wording.no_dates_to_draw("week") in said(open_page("trends.py", folder, text="undated"))

    def test_texts_of_sources_are_shown_as_they_are(self, hostile_warehouse: Path, open_page: OpenPage) -> None:
        (publisher,) = reader(hostile_warehouse).frame("SELECT publisher FROM dataset")["publisher"]
        written = json.dumps(figure(open_page("trends.py", hostile_warehouse)))
        assert "onerror" in publisher
        assert publisher not in written
        assert "&lt;img" in written


class TestEvents:
    def test_they_are_drawn_and_listed_with_their_sources(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("trends.py", demo_warehouse)
        assert len(figure(app)["layout"]["shapes"]) == milestones().height
        (listed,) = app.dataframe
        assert list(listed.value["Source"]) == milestones()["source"].to_list()
        app.toggle(key="events").set_value(False).run()
        assert not figure(app)["layout"].get("shapes")
        assert not app.dataframe

    def test_events_of_another_country_are_left_out(self) -> None:
        assert milestones_of({"UKR"})["date"].to_list() == [date(2023, 8, 23)]
        assert milestones_of({"PSE", "UKR"}).height == milestones().height
        assert milestones().null_count().select("date", "label", "source").row(0) == (0, 0, 0)


class TestSelection:
    def box(self, *edges: str) -> dict[str, Any]:
        return {"selection": {"box": [{"x": list(edges), "y": [0, 1]}], "points": []}}

    @pytest.mark.parametrize(
        ("period", "first", "last"),
        [
            ("day", date(2024, 2, 7), date(2024, 2, 20)),
            ("week", date(2024, 2, 5), date(2024, 2, 25)),
            ("month", date(2024, 2, 1), date(2024, 2, 29)),
        ],
    )
    def test_whole_periods_that_the_box_touches(self, period: Period, first: date, last: date) -> None:
        drawn_leftwards = self.box("2024-02-20 18:11:01.1234", "2024-02-07 03:22")
        assert selected_days(drawn_leftwards, period) == (first, last)

    def test_a_cleared_selection_sets_nothing(self) -> None:
        assert selected_days({"selection": {"box": [], "points": []}}, "week") is None

    @given(edges=st.tuples(DAYS, DAYS), period=st.sampled_from(["day", "week", "month"]))
    def test_selecting_the_selected_days_again_changes_nothing(self, edges: tuple[date, date], period: Period) -> None:
        once = selected_days(self.box(*(day.isoformat() for day in edges)), period)
        assert once is not None
        assert once[0] <= min(edges)
        assert once[1] >= max(edges)
        assert selected_days(self.box(*(day.isoformat() for day in once)), period) == once


class TestFacets:
    def test_a_period_in_which_no_number_is_known_is_a_gap_and_no_zero(self) -> None:
        """Also in the row that several small categories share."""
        weeks = [date(2024, 1, 1), date(2024, 1, 8)]
        rows = [
            {"period_start": week, "category": name, "incidents": 1, "civilians_killed_low": low,
             "civilians_killed_best": None, "civilians_killed_high": low, "civilians_killed_unknown": int(low is None)}
            for name in "abcdefghi"
            for week, low in zip(weeks, (None, 3) if name in "hi" else (1, 2), strict=True)
        ]  # fmt: skip
        caption = Caption("Civilians", "", "Nobody", None, "b", 9, 9, synthetic=False)
        drawn = casualty_facets(pl.DataFrame(rows), "week", caption, {}, {})
        headings = [note.text for note in drawn.layout.annotations]
        assert "<b>a</b>  3" in headings
        assert "<b>Other (2)</b>  6; unknown in 2 incidents" in headings
        lowest = [trace for trace in drawn.data if trace.name == "low"]
        assert list(lowest[0].y) == [1, 1, 2, 2, None]
        assert list(lowest[-1].y) == [6, 6, None]
