"""Figures of documents: the same input gives the same drawing, nothing is left out of it, no location is made exact."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from pages.documents import curves, figures
from pages.documents.map_figure import DrawnMap, incident_map
from warehouse.survival import curve
from warehouse.vocabulary import COARSE_FROM_M, VERMILION, Stage

STAGES = ["received", "incident_analysis", "policy_impact_assessment", "department_response_coordination"]


def funnel(*reached: int) -> pl.DataFrame:
    columns = {"stage": STAGES, "reached": reached, "median_days": [None, 13, None, None], "timed": [0, 5, 0, 0]}
    return pl.DataFrame(columns | {"skipped": [0, 1, 0, 0], "stepped_back": [0, 0, 0, 0]})


def places(*rows: tuple[float, float, int | None, int]) -> pl.DataFrame:
    schema = {"latitude": pl.Float64, "longitude": pl.Float64, "geo_radius_m": pl.Int64, "incidents": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def killed(**months: tuple[int | None, int | None, int]) -> pl.DataFrame:
    rows = [(date(int(month[1:5]), int(month[5:]), 1), *values) for month, values in months.items()]
    names = ("period_start", "civilians_killed_low", "civilians_killed_high", "civilians_killed_unknown")
    return pl.DataFrame(rows, schema=dict(zip(names, (pl.Date, *[pl.Int64] * 3), strict=True)), orient="row")


DRAWN = {
    "funnel": lambda synthetic: figures.funnel(funnel(9, 5, 0, 0), synthetic=synthetic),
    "empty funnel": lambda synthetic: figures.funnel(funnel(0, 0, 0, 0), synthetic=synthetic),
    "waits": lambda synthetic: curves.waits(
        [
            curves.StageCurve(
                Stage.RECEIVED,
                curve(pl.DataFrame({"days": [3, 9], "left": [True, False], "waits": [2, 1]})),
                9,
                (3, 0),
            ),
            # Nobody has left: the curve stays at the top.
            curves.StageCurve(
                Stage.INCIDENT_ANALYSIS, curve(pl.DataFrame({"days": [9], "left": [False], "waits": [1]})), 9, (1, 0)
            ),
        ],
        (0, 60),
        60,
        synthetic=synthetic,
    ),
    "ages": lambda synthetic: figures.ages(
        pl.DataFrame({"stage": ["received"], "age_band": ["a"], "incidents": [3]}), ["a", "b"], synthetic=synthetic
    ),
    "backlog": lambda synthetic: figures.backlog(
        pl.DataFrame({"day": [date(2024, 1, 31)], "stage": ["received"], "incidents": [3]}),
        date(2024, 1, 31),
        synthetic=synthetic,
    ),
    "killed": lambda synthetic: figures.killed(
        killed(m202401=(1, 4, 2), m202404=(None, None, 1)), by_year=False, synthetic=synthetic
    ),
    "killed by year": lambda synthetic: figures.killed(
        killed(m201101=(1, 4, 0), m202001=(0, 0, 0)), by_year=True, synthetic=synthetic
    ),
    "map": lambda synthetic: incident_map(places((31.5, 34.45, 100, 3)), synthetic=synthetic).svg,
}


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_input_gives_the_same_drawing_and_synthetic_data_is_marked(name: str) -> None:
    plain, marked = DRAWN[name](False), DRAWN[name](True)
    assert plain == DRAWN[name](False)
    assert marked != plain, "SYNTHETIC DATA stands across"
    assert plain.startswith("<?xml")
    assert "<text" not in plain, "text is drawn as outlines: no font is needed"
    assert "dc:date" not in plain
    assert not re.findall(r"(?:href|url)[=(]\"?(?:http|file)", plain.replace("http://www.w3.org", ""))


def test_a_location_is_drawn_as_exactly_as_it_is_known() -> None:
    rows = places(
        (31.50, 34.45, 25, 3), (31.51, 34.46, 1000, 4), (31.4, 34.4, COARSE_FROM_M, 5), (31.3, 34.3, 25_000, 6),
        (31.3, 34.3, None, 7),
    )  # fmt: skip
    found = incident_map(rows, synthetic=False)
    assert (found.in_hexagons, found.in_circles, found.of_unknown_precision) == (7, 11, 7)
    assert found.svg.count(VERMILION.lower()) >= 2

    def colours(*given: tuple[float, float, int | None, int]) -> DrawnMap:
        return incident_map(places(*given), synthetic=False)

    coarse = colours((31.4, 34.4, 25_000, 5))
    assert (coarse.in_hexagons, coarse.in_circles) == (0, 5)
    assert VERMILION.lower() in coarse.svg
    assert VERMILION.lower() not in colours((31.4, 34.4, 25, 5)).svg


def test_far_apart_places_share_a_map_of_coarse_hexagons() -> None:
    found = incident_map(places((4.6, -74.1, 2_000, 1), (7.2, 125.5, 25, 2), (31.5, 34.45, 100, 3)), synthetic=False)
    assert found.in_hexagons == 6


def test_a_map_across_the_date_line_is_drawn() -> None:
    assert incident_map(places((-18.1, 179.99, 25, 1), (-18.1, -179.99, 25, 1)), synthetic=False).in_hexagons == 2
