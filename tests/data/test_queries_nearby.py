"""Nearby incidents against plain Python on the raw rows: the whole demo, and made-up cases at the edges."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import KNOWN_ON, warehouse

from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import run

EARTH_M = 6_371_008.8
Row = dict[str, Any]
EXACT = {"geo_precision": "exact_location"}


def apart_m(a: Row, b: Row) -> float:
    """Great-circle distance by the spherical law of vectors: another formula than the question's haversine."""

    def vector(row: Row) -> tuple[float, float, float]:
        latitude, longitude = math.radians(row["latitude"]), math.radians(row["longitude"])
        return (
            math.cos(latitude) * math.cos(longitude),
            math.cos(latitude) * math.sin(longitude),
            math.sin(latitude),
        )

    (x, y, z), (u, v, w) = vector(a), vector(b)
    cross = math.hypot(y * w - z * v, z * u - x * w, x * v - y * u)
    return EARTH_M * math.atan2(cross, x * u + y * v + z * w)


def judged(one: Row, other: Row, within_m: int, within_days: int) -> str:
    """nearby, may_be_nearby, without_place, without_date, or far."""
    radii = [one["geo_radius_m"], other["geo_radius_m"]]
    placed = one["latitude"] is not None and other["latitude"] is not None
    distance = apart_m(one, other) if placed else None
    reach = None if None in radii else sum(radii)
    may_be_near = distance is not None and distance - (reach or 0) <= within_m
    dated = one["date_start"] is not None and other["date_start"] is not None
    if dated:
        pairs = [
            (other["date_start"] - one["date_end"]).days,
            (one["date_start"] - other["date_end"]).days,
        ]
        least, most = max(0, *pairs), max(-p for p in pairs)
        if least > within_days:
            return "far"
    if may_be_near and dated:
        sure = reach is not None and distance is not None and distance + reach <= within_m and most <= within_days
        return "nearby" if sure else "may_be_nearby"
    if may_be_near:
        return "without_date"
    if distance is None or reach is None:
        abroad = one["country"] is not None and other["country"] is not None and one["country"] != other["country"]
        return "far" if abroad else "without_place"
    return "far"


def expected(rows: pl.DataFrame, incident_id: str, within_m: int, within_days: int) -> dict[str, str]:
    known = {row["incident_id"]: row for row in rows.iter_rows(named=True)}
    one = known.pop(incident_id)
    return {other: judged(one, row, within_m, within_days) for other, row in known.items()}


def counted(opened: Reader, incident_id: str, within_m: int, within_days: int, day: date | None = None) -> Row:
    return run(queries.nearby_counts(incident_id, within_m, within_days), opened, day).row(0, named=True)


def listed(opened: Reader, incident_id: str, within_m: int, within_days: int, day: date | None = None) -> pl.DataFrame:
    return run(queries.nearby(incident_id, within_m, within_days, 10_000), opened, day)


@pytest.mark.parametrize("day", [None, date(2024, 1, 15)])
@pytest.mark.parametrize(("within_m", "within_days"), [(1_000, 0), (5_000, 7), (50_000, 30)])
def test_the_demo(demo_reader: Reader, within_m: int, within_days: int, day: date | None) -> None:
    rows = demo_reader.frame("SELECT * FROM incident")
    if day is None:
        rows = rows.filter(pl.col("known_to").is_null())
    else:
        ended = pl.col("known_to").is_null() | (pl.col("known_to") > day)
        rows = rows.filter(pl.col("known_from") <= day, ended)
    sample = rows.group_by("geo_precision").agg(pl.col("incident_id").sort().head(2)).explode("incident_id")
    assert sample.height > 10
    found: dict[str, int] = dict.fromkeys(("nearby", "may_be_nearby", "without_place", "without_date"), 0)
    for incident_id in sample["incident_id"].sort():
        verdicts = expected(rows, incident_id, within_m, within_days)
        counts = counted(demo_reader, incident_id, within_m, within_days, day)
        assert counts == {name: list(verdicts.values()).count(name) for name in found}, incident_id
        shown = listed(demo_reader, incident_id, within_m, within_days, day)
        near = {i: word for i, word in verdicts.items() if word in ("nearby", "may_be_nearby")}
        assert dict(shown.select("incident_id", "judgement").iter_rows()) == near, incident_id
        found = {name: found[name] + counts[name] for name in found}
    assert all(found.values()) or within_days == 0, found


def test_distances_are_those_of_another_formula(demo_reader: Reader) -> None:
    rows = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL AND latitude IS NOT NULL")
    known = {row["incident_id"]: row for row in rows.iter_rows(named=True)}
    one = rows.filter(pl.col("geo_precision") == "exact_location")["incident_id"].sort()[0]
    shown = listed(demo_reader, one, 5_000_000, 400)
    assert shown.height > 300
    for other, distance, least, most in shown.select("incident_id", "distance_m", "least_m", "most_m").iter_rows():
        exact = apart_m(known[one], known[other])
        assert distance == pytest.approx(exact, abs=0.5)
        reach = known[one]["geo_radius_m"] + known[other]["geo_radius_m"]
        assert (least, most) == (pytest.approx(max(0, exact - reach), abs=0.5), pytest.approx(exact + reach, abs=0.5))


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    def place(incident_id: str, latitude: float | None, longitude: float | None, **more: str) -> dict[str, str]:
        point = {} if latitude is None else {"latitude": str(latitude), "longitude": str(longitude)}
        return {"incident_id": incident_id, **EXACT, **point, **more}

    def make(folder: Path) -> None:
        month = {"date_start": "2024-01-01", "date_end": "2024-01-31", "date_precision": "month"}
        none = {"date_start": "", "date_end": "", "date_precision": "unknown"}
        warehouse(
            folder,
            incident=[
                place("one", 0.0, 36.0, date_start="2024-01-10", date_end="2024-01-10"),
                place("street", 0.0, 36.005, date_start="2024-01-10", date_end="2024-01-10"),
                place("edge", 0.0, 36.0089, date_start="2024-01-10", date_end="2024-01-10"),
                place("town", 0.0, 36.03, date_start="2024-01-10", date_end="2024-01-10", geo_precision="town"),
                place("unsaid", 0.0, 36.001, date_start="2024-01-10", date_end="2024-01-10", geo_precision="unknown"),
                place("unsaid-far", 5.0, 36.0, date_start="2024-01-10", date_end="2024-01-10", geo_precision="unknown"),
                place("month", 0.0, 36.0, **month),
                place("undated", 0.0, 36.0, **none),
                place("nowhere", None, None, date_start="2024-01-10", date_end="2024-01-10", geo_precision="unknown"),
                place("abroad", None, None, date_start="2024-01-10", date_end="2024-01-10", country="UGA"),
                place("nothing", None, None, **none, geo_precision="unknown"),
                place("later", 0.0, 36.0, date_start="2024-02-10", date_end="2024-02-10"),
                place("east", -17.0, 179.999, country="FJI"),
                place("west", -17.0, -179.999, country="FJI"),
            ],
        )

    return reader(once("nearby-cases", make))


def test_what_is_sure_what_may_be_and_what_cannot_be_judged(cases: Reader) -> None:
    found = listed(cases, "made-up:one", 1_000, 3)
    words = {i.removeprefix("made-up:"): word for i, word in found.select("incident_id", "judgement").iter_rows()}
    assert words == {
        "street": "nearby",
        "edge": "may_be_nearby",  # 990 m and two radii of 25 m
        "town": "may_be_nearby",
        "unsaid": "may_be_nearby",
        "month": "may_be_nearby",
    }
    assert found["judgement"].to_list() == sorted(found["judgement"], reverse=True), "sure ones first"
    row = found.filter(pl.col("incident_id") == "made-up:unsaid").row(0, named=True)
    assert row["most_m"] is None
    assert counted(cases, "made-up:one", 1_000, 3) == {
        "nearby": 1,
        "may_be_nearby": 4,
        "without_place": 3,  # unsaid-far, nowhere, nothing; abroad is in another country
        "without_date": 1,
    }


def test_across_the_date_line(cases: Reader) -> None:
    found = listed(cases, "made-up:east", 1_000, 0)
    assert found["incident_id"].to_list() == ["made-up:west"]
    assert found["distance_m"][0] == pytest.approx(212.6, abs=0.5)


def test_without_a_place_nothing_is_near(cases: Reader) -> None:
    assert listed(cases, "made-up:nowhere", 50_000, 90).is_empty()
    counts = counted(cases, "made-up:nowhere", 50_000, 90)
    assert (counts["nearby"], counts["may_be_nearby"]) == (0, 0)


def test_the_list_is_cut_and_the_counts_are_not(cases: Reader) -> None:
    assert run(queries.nearby("made-up:one", 1_000, 3, 2), cases).height == 2


def test_nothing_before_it_was_known(cases: Reader) -> None:
    day = date.fromisoformat(KNOWN_ON).replace(day=1)
    assert listed(cases, "made-up:one", 50_000, 90, day).is_empty()
    assert sum(counted(cases, "made-up:one", 50_000, 90, day).values()) == 0
