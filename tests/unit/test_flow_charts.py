"""Figures of the flow through the review: what is drawn, in which order, and the words for those who see none."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.charts import flow, intervals, outlook, sankey
from pages.charts.intervals import Share
from pages.charts.sankey import Layer
from pages.charts.style import Caption

CAPTION = Caption("Title", "Subtitle", "Nobody", date(2024, 6, 30), "b1", 4, 9, synthetic=True)
HOSTILE = "<img src=x>"
LAYERS = [
    Layer("left", "Left", {"a": f"A {HOSTILE}", "b": "B"}, {"a": "#111111", "b": "#222222"}),
    Layer("right", "Right", {"x": "X", "y": "Y", "z": "Z"}, {"x": "#333333", "y": "#444444", "z": "#555555"}),
]
COURSES = pl.DataFrame({"left": ["b", "a", "a"], "right": ["x", "y", "x"], "incidents": [5, 3, 2]})


def spec(figure: go.Figure) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(figure.to_json())
    return found


def notes(figure: go.Figure) -> list[str]:
    return [note["text"] for note in spec(figure)["layout"]["annotations"]]


class TestSankey:
    def test_nodes_and_ribbons_stand_in_the_order_of_the_labels(self) -> None:
        assert sankey.nodes(COURSES, LAYERS).rows() == [
            ("left", "a", 5),
            ("left", "b", 5),
            ("right", "x", 7),
            ("right", "y", 3),
        ]
        ribbons = sankey.links(COURSES, LAYERS).select("from_value", "to_value", "incidents").rows()
        assert ribbons == [("a", "x", 2), ("a", "y", 3), ("b", "x", 5)]

    def test_ribbons_join_their_nodes(self) -> None:
        (trace,) = spec(sankey.sankey(COURSES, LAYERS, CAPTION))["data"]
        assert (trace["link"]["source"], trace["link"]["target"]) == ([0, 0, 1], [2, 3, 2])
        assert trace["link"]["value"] == [2, 3, 5]
        assert trace["node"]["color"] == ["#111111", "#222222", "#333333", "#444444"]

    def test_labels_carry_their_number_and_are_escaped(self) -> None:
        drawn = sankey.sankey(COURSES, LAYERS, CAPTION)
        assert "X <b>7</b>" in notes(drawn)
        assert HOSTILE not in json.dumps(spec(drawn))
        assert sankey.alt(COURSES, LAYERS[1:]) == (
            "Flow chart, from left to right: X 7, Y 3. Incidents; the table has every ribbon."
        )


def test_arrivals_stand_above_and_closings_below_zero() -> None:
    months = pl.DataFrame(
        {
            "period_start": [date(2024, 1, 1), date(2024, 2, 1)],
            "arrived": [4, 0],
            "reopened": [0, 1],
            "closed": [1, 3],
            "net": [3, -2],
        }
    )
    traces = {trace.name: list(trace.y) for trace in flow.arrivals_and_departures(months, CAPTION).data}
    assert traces == {"Arrived": [4, 0], "Reopened": [0, 1], "Closed": [-1, -3], "Net change": [3, -2]}
    assert "4 incidents arrived, 1 reopened, 4 closed, net change +1" in flow.alt_changes(months)
    never = flow.arrivals_and_departures(months.with_columns(reopened=0), CAPTION)
    assert "Reopened" not in [trace.name for trace in never.data]


def test_an_assumed_band_says_so() -> None:
    past = pl.DataFrame({"day": [date(2024, 5, 31), date(2024, 6, 30)], "open": [3, 5]})
    future = pl.DataFrame(
        {"day": [date(2024, 6, 30), date(2024, 7, 30)], "low": [5.0, 2.0], "median": [5.0, 4.0], "high": [5.0, 9.0]}
    )
    for is_assumed in (True, False):
        drawn = outlook.backlog_band(past, future, CAPTION, is_assumed=is_assumed, mark="ASSUMED")
        assert ("<b>ASSUMED</b>" in notes(drawn)) is is_assumed
        edges = {trace.name: list(trace.y) for trace in drawn.data if trace.name in ("low", "high")}
        assert edges == {"low": [5.0, 2.0], "high": [5.0, 9.0]}
    named = [(date(2024, 7, 30), 2.0, 4.0, 9.0)]
    assert "not an estimate: now 5; on 30 Jul 2024 2 to 9, median 4" in outlook.alt(5, named, is_assumed=True)


def test_shares_of_few_are_counts_and_of_none_words() -> None:
    rows = [
        Share("Many", 30, 120, (0.18, 0.33), "#111111"),
        Share("Few", 3, 12, (0.09, 0.53), "#111111"),
        Share(f"None {HOSTILE}", 0, 0, None, "#111111"),
    ]
    assert [row.words for row in rows] == ["30 of 120: 25% (18–33%)", "3 of 12", "none with a review record"]
    drawn = intervals.share_rows(rows, CAPTION)
    dots = [list(trace.x) for trace in drawn.data if trace.mode == "markers"]
    assert dots == [[25.0], [25.0]], "no dot without cases"
    assert HOSTILE not in json.dumps(spec(drawn))
    assert spec(drawn)["layout"]["xaxis"]["range"] == [0, 60]
