"""Distances from the stated country."""

from __future__ import annotations

import json
import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.geography import BORDERS, borders, country_distance_m
from warehouse.countries import country_codes, country_labels


def frame(*rows: tuple[float | None, float | None, str | None]) -> pl.DataFrame:
    schema = {"latitude": pl.Float64, "longitude": pl.Float64, "country": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize(
    ("latitude", "longitude", "country"),
    [
        (31.5017, 34.4668, "PSE"),  # Gaza City
        (31.9038, 35.2034, "PSE"),  # Ramallah
        (44.952, 34.1024, "UKR"),  # Simferopol: Crimea is drawn with Ukraine
        (35.1856, 33.3823, "CYP"),  # Nicosia, north of the buffer zone
        (9.56, 44.065, "SOM"),  # Hargeisa
        (15.3694, 44.191, "YEM"),  # Sanaa
    ],
)
def test_a_place_inside_its_country_is_at_distance_zero(latitude: float, longitude: float, country: str) -> None:
    assert country_distance_m(frame((latitude, longitude, country))).to_list() == [0.0]


def test_known_distances() -> None:
    cairo, off_gaza, berlin_in_ukraine = country_distance_m(
        frame((30.0444, 31.2357, "PSE"), (31.50, 34.25, "PSE"), (52.52, 13.405, "UKR"))
    ).to_list()
    assert cairo == pytest.approx(318_000, rel=0.02)  # to Rafah
    # 34.25 E 31.50 N lies about 11 km off the coast, which runs from north-east to south-west.
    assert 9_000 < off_gaza < 13_000
    assert berlin_in_ukraine == pytest.approx(690_000, rel=0.05)


def test_a_point_north_of_a_straight_border_is_as_far_as_its_latitude_says() -> None:
    # The border of Egypt and Sudan follows 22° N; one degree of latitude is 111.195 km.
    found = country_distance_m(frame((22.5, 28.0, "SDN"), (21.0, 28.0, "EGY"))).to_list()
    assert found == pytest.approx([0.5 * 111_195, 111_195], rel=0.02)


def test_missing_parts_give_null_and_keep_their_row() -> None:
    rows = frame(
        (None, 34.4, "PSE"),
        (31.5, None, "PSE"),
        (31.5, 34.45, None),
        (-21.1, 55.5, "REU"),  # no polygon of its own
        (31.5017, 34.4668, "PSE"),
    )
    assert country_distance_m(rows).to_list() == [None, None, None, None, 0.0]


def test_the_empty_frame() -> None:
    assert country_distance_m(frame()).to_list() == []


@given(
    st.lists(
        st.tuples(
            st.none() | st.floats(-90, 90),
            st.none() | st.floats(-180, 180),
            st.none() | st.sampled_from(["PSE", "UKR", "FJI", "ZZZ"]),
        ),
        max_size=8,
    )
)
def test_every_row_gets_its_own_distance_whatever_its_neighbours(
    rows: list[tuple[float | None, float | None, str | None]],
) -> None:
    together = country_distance_m(frame(*rows)).to_list()
    alone = [country_distance_m(frame(row))[0] for row in rows]
    assert together == alone
    assert all(distance is None or 0 <= distance <= 20_100_000 for distance in together)


def test_twenty_thousand_points_take_under_a_second() -> None:
    random = np.random.default_rng(7)
    points = pl.DataFrame(
        {
            "latitude": random.uniform(29, 34, 20_000),
            "longitude": random.uniform(32, 38, 20_000),
            "country": random.choice(["PSE", "ISR", "EGY", "JOR", "SYR", "LBN"], 20_000),
        }
    )
    borders()
    start = time.process_time()
    distance = country_distance_m(points)
    assert time.process_time() - start < 1
    assert distance.null_count() == 0


def test_the_base_map_names_countries_as_the_app_does() -> None:
    features = json.loads(BORDERS.read_text(encoding="utf-8"))["features"]
    coded = {f["properties"]["iso"]: f["properties"]["name"] for f in features if f["properties"]["iso"]}
    assert set(coded) <= set(country_codes())
    assert len(coded) > 230
    assert coded == {code: country_labels()[code] for code in coded}
    assert BORDERS.stat().st_size < 6_000_000  # browsers fetch it once
