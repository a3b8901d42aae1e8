"""The map: what it draws and leaves out against Polars on the demo's tables, its window of days, clicks, its card."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import h3
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import warehouse
from streamlit.testing.v1 import AppTest

from pages import wording
from pages.components import map_picture, map_window
from pages.components.map_picture import picked
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.filters import Filters
from warehouse.vocabulary import COARSE_FROM_M

OpenPage = Callable[..., AppTest]
LIMITS = (date(2023, 1, 1), date(2024, 12, 31))
WINDOWS = st.tuples(st.dates(*LIMITS), st.dates(*LIMITS)).map(lambda days: (min(days), max(days)))


@pytest.fixture(scope="module")
def incidents(demo_reader: Reader) -> pl.DataFrame:
    """The demo's incidents as they stand in the warehouse."""
    return demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")


@pytest.fixture(scope="module")
def located(demo_reader: Reader) -> pl.DataFrame:
    """The demo's incidents as the map is given them."""
    return run(queries.located(Filters(), "harm_status"), demo_reader)


def layers(app: AppTest) -> dict[str, list[dict[str, Any]]]:
    """Layer -> rows drawn in it, of incidents only."""
    spec = json.loads(app.get("deck_gl_json_chart")[0].proto.json)
    return {one["id"]: one["data"] for one in spec["layers"] if one["id"] not in ("land", "synthetic")}


def drawn(app: AppTest) -> list[str]:
    """Ids of the incidents in the picture."""
    return [name for rows in layers(app).values() for row in rows for name in row["incident_ids"]]


def texts(app: AppTest) -> list[str]:
    return [element.value for element in app.text]


class TestPicture:
    def test_every_incident_with_coordinates_is_drawn_once(
        self, demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page("map.py", demo_warehouse)
        located = incidents.drop_nulls("latitude")
        assert sorted(drawn(app)) == sorted(located["incident_id"])
        assert wording.map_note(located.height, 0, incidents.height - located.height) in texts(app)

    def test_coarse_places_are_circles_never_points(
        self, demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage
    ) -> None:
        found = layers(open_page("map.py", demo_warehouse))
        radius = dict(incidents.select("incident_id", "geo_radius_m").iter_rows())
        assert all(radius[name] < COARSE_FROM_M for row in found["points"] for name in row["incident_ids"])
        assert all(row["radius"] == radius[name] for row in found["coarse"] for name in row["incident_ids"])
        assert found["coarse"]

    def test_a_filter_narrows_it(self, demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage) -> None:
        app = open_page("map.py", demo_warehouse, country=["Kenya"])
        kenya = incidents.filter(pl.col("country") == "KEN").drop_nulls("latitude")
        assert sorted(drawn(app)) == sorted(kenya["incident_id"])

    @pytest.mark.parametrize("colour", map_picture.COLOURED_BY)
    def test_every_colour_has_a_legend(self, demo_warehouse: Path, open_page: OpenPage, colour: str) -> None:
        app = open_page("map.py", demo_warehouse)
        app.selectbox(key="colour").set_value(colour).run()
        assert not app.exception
        legend = "\n".join(element.value for element in app.html)
        shades = {tuple(row["fill"][:3]) for row in layers(app)["points"] if row["fill"][3]}
        assert shades
        assert all(f"#{r:02X}{g:02X}{b:02X}" in legend.upper() for r, g, b in shades)

    def test_hexagons_count_what_fits_and_say_what_does_not(
        self, demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page("map.py", demo_warehouse, country=["Palestine, State of"])
        app.button_group(key="map").set_value("hexagons").run()
        cells = layers(app)["hexagons"]
        gaza = incidents.filter(pl.col("country") == "PSE")
        located = gaza.drop_nulls("latitude")
        edge_m = h3.average_hexagon_edge_length(h3.get_resolution(cells[0]["cell"]), unit="m")
        fitting = located.filter(pl.col("geo_radius_m") <= edge_m).height
        assert sum(cell["incidents"] for cell in cells) == fitting > 0
        note = wording.map_note(fitting, located.height - fitting, gaza.height - located.height)
        assert note in texts(app)

    def test_heat_leaves_coarse_places_out(
        self, demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page("map.py", demo_warehouse)
        app.button_group(key="map").set_value("heat").run()
        fine = incidents.drop_nulls("latitude").filter(pl.col("geo_radius_m") < COARSE_FROM_M)
        assert sum(place["incidents"] for place in layers(app)["heat"]) == fine.height

    def test_too_many_points_become_hexagons_with_a_sentence(
        self, demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(map_picture, "MOST_POINTS", 100)
        app = open_page("map.py", demo_warehouse)
        located = incidents.drop_nulls("latitude").height
        assert app.info[0].value == wording.too_many_points(located, 100)
        assert set(layers(app)) == {"hexagons"}

    def test_the_table_lists_the_same_incidents(
        self, demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page("map.py", demo_warehouse, country=["Kenya"])
        kenya = incidents.filter(pl.col("country") == "KEN").drop_nulls("latitude")
        codes = {link.split("#")[1] for link in app.dataframe[0].value["link"]}
        assert codes == set(kenya["public_code"])


class TestEmpty:
    def test_nothing_under_the_filter(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("map.py", demo_warehouse, text="no such word anywhere")
        assert app.info[0].value == wording.empty_state("incidents", has_filter=True)

    def test_no_coordinates_at_all(self, hostile_warehouse: Path, open_page: OpenPage) -> None:
        assert open_page("map.py", hostile_warehouse).info[0].value == wording.NO_COORDINATES_AT_ALL


class TestWindow:
    def test_narrows_map_and_table_and_counts_unknown_dates(
        self, demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page("map.py", demo_warehouse)
        first, last = date(2024, 1, 1), date(2024, 1, 30)
        app.slider(key="window").set_value((first, last)).run()
        inside = incidents.filter(pl.col("date_end") >= first, pl.col("date_start") <= last)
        assert sorted(drawn(app)) == sorted(inside.drop_nulls("latitude")["incident_id"])
        undated = incidents["date_start"].null_count()
        assert undated
        assert wording.left_out(undated, 0) in texts(app)
        assert any(t.endswith(f": {inside.height} of {incidents.height} incidents") for t in texts(app))

    def test_playing_moves_it_and_stops_at_the_end(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("map.py", demo_warehouse)
        first, last = app.slider(key="window").value
        app.toggle(key="map_play").set_value(True).run()
        assert app.slider(key="window").value == (first, first + timedelta(days=29))
        before = app.slider(key="window").value
        app.run()
        moved = app.slider(key="window").value
        assert before[0] < moved[0]
        assert moved[1] - moved[0] == before[1] - before[0]
        app.toggle(key="map_play").set_value(False).run()
        stopped = app.slider(key="window").value
        app.run()
        assert app.slider(key="window").value == stopped
        app.slider(key="window").set_value((last - timedelta(days=29), last))
        app.toggle(key="map_play").set_value(True).run()
        assert app.toggle(key="map_play").value is False
        assert app.slider(key="window").value == (last - timedelta(days=29), last)

    @given(WINDOWS)
    def test_moves_forward_within_the_limits_and_ends(self, window: map_window.Window) -> None:
        days, steps = window[1] - window[0], 0
        here: map_window.Window | None = window
        if window == LIMITS:
            here = map_window.moved(window, LIMITS)
            assert here is not None
            days = here[1] - here[0]
        while here is not None:
            after = map_window.moved(here, LIMITS)
            if after is not None:
                assert after[1] - after[0] == days
                assert here[0] < after[0]
                assert LIMITS[0] <= after[0] <= after[1] <= LIMITS[1]
                steps += 1
            else:
                assert here[1] == LIMITS[1]
            here = after
        assert steps <= (LIMITS[1] - LIMITS[0]).days

    def test_limits_are_the_incidents_days_within_the_filter(self) -> None:
        chosen = Filters(date_from=date(2023, 6, 1))
        assert map_window.limits_of(chosen, *LIMITS) == (date(2023, 6, 1), LIMITS[1])
        assert map_window.limits_of(Filters(), None, None) is None
        assert map_window.narrowed(chosen, (date(2023, 6, 1), LIMITS[1]), (date(2023, 6, 1), LIMITS[1])) == chosen


class TestClick:
    def test_names_all_incidents_at_the_point(self, located: pl.DataFrame) -> None:
        places = (
            located.group_by("latitude", "longitude").agg("incident_id").filter(pl.col("incident_id").list.len() > 2)
        )
        shared = places["incident_id"][0].to_list()
        assert sorted(picked({"points": [{"incident_ids": shared[:1]}]}, located)) == sorted(shared)

    def test_of_a_hexagon_those_drawn_in_it(self, located: pl.DataFrame) -> None:
        one = located.filter(pl.col("geo_precision") == "exact_location").row(0, named=True)
        cell = h3.latlng_to_cell(one["latitude"], one["longitude"], 6)
        edge_m = h3.average_hexagon_edge_length(6, unit="m")
        expected = {
            row["incident_id"]
            for row in located.iter_rows(named=True)
            if (row["geo_radius_m"] or 1e9) <= edge_m
            and h3.latlng_to_cell(row["latitude"], row["longitude"], 6) == cell
        }
        assert set(picked({"hexagons": [{"cell": cell, "incidents": 1}]}, located)) == expected

    def test_nothing_that_is_not_on_the_map_now(self, located: pl.DataFrame) -> None:
        gone, here = located["incident_id"][0], located.slice(1)
        here = here.filter(pl.col("latitude") != located["latitude"][0])
        assert picked({"points": [{"incident_ids": [gone]}]}, here) == ()
        assert picked({}, located) == ()
        assert picked({"hexagons": [{"cell": "x"}]}, None) == ()

    def test_the_card_says_what_is_known_and_opens_the_page(
        self, demo_warehouse: Path, demo_reader: Reader, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = demo_reader.frame(
            "SELECT * FROM incident WHERE known_to IS NULL AND latitude IS NOT NULL ORDER BY incident_id LIMIT 7"
        )
        chosen = tuple(rows["incident_id"])
        monkeypatch.setattr(map_picture, "picked", lambda *_: chosen)
        app = open_page("map.py", demo_warehouse)
        assert wording.at_this_place("7 incidents") in texts(app)
        links = [link.proto for link in app.get("page_link")]
        assert len(links) == 5
        app.pagination(key="map_card_page").set_value(2).run()
        links = [link.proto for link in app.get("page_link")]
        assert len(links) == 2
        opened = {link.query_string for link in links}
        assert all(any(f"id={name.replace(':', '%3A')}" in query for query in opened) for name in chosen[5:])


def test_texts_that_look_like_code_stay_text(
    tmp_path: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = '<img src=x onerror=alert(1)> **b** "q"'
    point = {"latitude": "-1.2", "longitude": "36.8", "geo_precision": "exact_location"}
    folder = warehouse(tmp_path / "w", incident=[{"incident_id": "one", "place": place, **point}])
    monkeypatch.setattr(map_picture, "picked", lambda *_: ("made-up:one",))
    app = open_page("map.py", folder)
    spec = json.loads(app.get("deck_gl_json_chart")[0].proto.json)
    assert place in layers(app)["points"][0]["tip"]
    tooltip = json.loads(app.get("deck_gl_json_chart")[0].proto.tooltip)
    assert "html" not in tooltip
    assert spec["initialViewState"]
    assert any(text.startswith(place) for text in texts(app))
    assert "<img" not in "\n".join(str(element.value) for element in (*app.markdown, *app.html, *app.caption))
