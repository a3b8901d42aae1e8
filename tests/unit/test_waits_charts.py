"""Curves, heat map and small funnels: what is drawn is what was counted, and nothing of it is misleading."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest
from contrast import TEXT_CONTRAST, contrast
from hypothesis import given
from hypothesis import strategies as st

from pages.charts import ageing, funnel, style, survival
from pages.charts.style import Caption, Category
from warehouse import survival as estimates
from warehouse.vocabulary import GREY, Stage

HOSTILE = "&lt;img src=x onerror=alert(1)&gt;"
CAPTION = Caption("Title", "Subtitle", "Source <b>", date(2024, 10, 30), "b1", 5, 6, synthetic=True)
OVER = {"a": False, "b": False, "c": True}
DURATIONS = pl.DataFrame(
    {"days": [5, 20, 20, 70, 90], "left": [True, True, False, True, False], "waits": [1, 2, 1, 1, 3]}
)


def notes(figure: go.Figure, name: str | None = None) -> list[dict[str, Any]]:
    """Annotations of this name as they are sent to the browser."""
    found = json.loads(figure.to_json())["layout"]["annotations"]
    return [a for a in found if a.get("name") == name]


def drawn(*durations: pl.DataFrame) -> go.Figure:
    at = survival.ticks(90)
    curves = [
        survival.Curve(Category(str(i), HOSTILE, GREY), estimates.curve(d), 90, estimates.at_risk(d, at))
        for i, d in enumerate(durations)
    ]
    return survival.curves(curves, CAPTION, at, norm_days=60, norm="norm", days="days", at_risk="at risk")


class TestCurves:
    def test_the_curve_starts_with_all_steps_down_and_goes_on_to_the_longest_stay(self) -> None:
        line = next(t for t in drawn(DURATIONS).data if t.line.width == 2.5)
        assert list(line.x) == [0, 5, 20, 70, 90]
        assert list(line.y) == pytest.approx([1, 7 / 8, 5 / 8, 5 / 8 * 3 / 4, 5 / 8 * 3 / 4])
        assert line.line.shape == "hv"

    def test_numbers_at_risk_stand_at_their_ticks(self) -> None:
        figure = drawn(DURATIONS)
        shown = notes(figure, "at_risk")
        assert [(a["x"], a["text"]) for a in shown] == [(0, "8"), (20, "7"), (40, "4"), (60, "4"), (80, "3")]
        assert {a["xref"] for a in shown} == {"x"}
        assert list(figure.layout.xaxis.tickvals) == [0, 20, 40, 60, 80]

    def test_the_norm_is_a_line_even_if_all_stays_are_short(self) -> None:
        at = survival.ticks(60)
        short = pl.DataFrame({"days": [3], "left": [True], "waits": [4]})
        curve = survival.Curve(Category("a", "A", GREY), estimates.curve(short), 3, estimates.at_risk(short, at))
        figure = survival.curves([curve], CAPTION, at, norm_days=60, norm="norm", days="d", at_risk="r")
        assert figure.layout.shapes[0].x0 == 60
        assert figure.layout.xaxis.range[1] > 60

    def test_the_band_has_both_edges_and_ends_where_no_limits_can_be_given(self) -> None:
        gone = pl.DataFrame({"days": [5, 20], "left": [True, True], "waits": [1, 2]})
        band, low, high = (t for t in drawn(gone).data if t.name in ("band", "low", "high"))
        assert list(low.x) == list(high.x) == [5, 20]
        assert band.opacity == 0.22
        assert all(a <= b for a, b in zip(low.y, high.y, strict=True))

    def test_nobody_left(self) -> None:
        waiting = pl.DataFrame({"days": [90], "left": [False], "waits": [3]})
        (line,) = drawn(waiting).data
        assert (list(line.x), list(line.y)) == ([0, 90], [1.0, 1.0])

    def test_curves_differ_by_dash_too_and_names_are_escaped(self) -> None:
        figure = drawn(DURATIONS, DURATIONS)
        lines = [t for t in figure.data if t.line.width == 2.5]
        assert lines[0].line.dash != lines[1].line.dash
        assert "<img" not in figure.to_json().replace("\\u003c", "<")

    @given(st.integers(1, 20_000))
    def test_ticks_are_few_and_start_at_zero(self, longest: int) -> None:
        at = survival.ticks(longest)
        assert at[0] == 0
        assert len(at) <= survival.MOST_TICKS
        assert at[-1] <= longest


class TestHeatMap:
    FRAME = pl.DataFrame(
        {"stage": ["incident_analysis", "incident_analysis", "received"], "age_band": ["a", "c", "b"],
         "incidents": [40, 1200, 3]}
    )  # fmt: skip

    def test_every_cell_has_its_number_the_empty_ones_too(self) -> None:
        figure = ageing.heat_map(self.FRAME, CAPTION, ["a", "b", "c"], over=OVER)
        assert [(t.name, list(t.text)) for t in figure.data] == [
            (Stage.RECEIVED.label, ["0", "3", "0"]),
            (Stage.INCIDENT_ANALYSIS.label, ["40", "0", "1,200"]),
        ]
        said = " ".join(a["text"] for a in notes(figure))
        assert "3 incidents, none over the norm" in said
        assert "1,240 incidents, 1,200 (97%) over the norm" in said

    def test_numbers_can_be_read_on_every_shade(self) -> None:
        bands = ["a", "b", "c", "d", "e"]
        frame = pl.DataFrame({"stage": ["received"] * 5, "age_band": bands, "incidents": [1, 3, 5, 7, 10]})
        figure = ageing.heat_map(frame, CAPTION, bands, over=dict.fromkeys(bands, False))
        cells = sorted((s.x0, s.fillcolor) for s in figure.layout.shapes if s.type == "rect")
        assert [colour for _, colour in cells] == list(style.SEQUENTIAL)
        for (_, cell), words in zip(cells, figure.data[0].textfont.color, strict=True):
            assert contrast(words, cell) >= TEXT_CONTRAST

    def test_the_norm_parts_the_columns(self) -> None:
        figure = ageing.heat_map(self.FRAME, CAPTION, ["a", "b", "c"], over=OVER)
        assert {s.x0 for s in figure.layout.shapes if s.type == "line"} == {2}

    def test_a_band_that_nobody_declared_is_refused(self) -> None:
        with pytest.raises(ValueError, match="c"):
            ageing.heat_map(self.FRAME, CAPTION, ["a", "b"], over=OVER)


class TestFunnels:
    STAGES = ("received", "incident_analysis")
    FRAME = pl.DataFrame(
        {"category": ["x", "x", "y", "y"], "stage": [*STAGES, *STAGES], "reached": [40, 10, 3, 1],
         "median_days": [None, None, None, 7], "timed": [0, 40, 0, 3]}
    )  # fmt: skip
    CATEGORIES = (Category("y", "Y", GREY), Category("x", HOSTILE, GREY), Category("z", "Z", GREY))

    def test_shares_are_of_the_own_group_and_counts_are_said(self) -> None:
        figure = funnel.stage_funnels(self.FRAME, CAPTION, self.CATEGORIES)
        assert [(t.name, list(t.x)) for t in figure.data] == [
            ("Y", [1.0, pytest.approx(1 / 3)]),
            (HOSTILE, [1.0, 0.25]),
        ]
        assert [a["text"] for a in notes(figure, "count")] == ["3", "1 of 3, 7 days", "40", "10 (25%), half not yet"]

    def test_skipped_and_returned_ones_are_shown_as_such(self) -> None:
        frame = pl.DataFrame(
            {"stage": self.STAGES, "reached": [40, 30], "median_days": [None, 9], "timed": [0, 40],
             "skipped": [0, 4], "stepped_back": [0, 2]}
        )  # fmt: skip
        figure = funnel.stage_funnel(frame, CAPTION, "from receipt")
        counts = {t.name: list(t.x) for t in figure.data}
        assert counts[funnel.ENTERED] == [40, 26]
        assert counts[funnel.PASSED] == [0, 4]
        said = " ".join(a["text"].replace("<br>", " ") for a in notes(figure))
        assert "75% of all; median 9 days from receipt (over 40 incidents); 4 passed it without a step into it" in said
        assert "2 went back and now stand before it" in said

    def test_a_median_that_half_have_not_reached_is_said(self) -> None:
        frame = pl.DataFrame({"stage": self.STAGES, "reached": [40, 3], "median_days": [None, None], "timed": [0, 40]})
        said = " ".join(a["text"].replace("<br>", " ") for a in notes(funnel.stage_funnel(frame, CAPTION)))
        assert funnel.NOT_BY_HALF in said
