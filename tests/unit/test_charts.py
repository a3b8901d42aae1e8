"""Figures say what they count, show what is unknown, and hold against hostile text."""

from __future__ import annotations

import html
import json
import re
from datetime import date, timedelta
from typing import Any

import h3
import plotly.graph_objects as go
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.charts import alt, backlog, bars, deck, density, formatting, funnel, legend, maps, periods, style, timeseries
from pages.charts.formatting import casualty_range, counted, date_range, number, share
from pages.charts.style import Caption
from warehouse.vocabulary import COARSE_FROM_M, GREY, RADIUS_M, GeoPrecision, Harm, HarmStatus, Stage, WeaponSystem

HOSTILE = "<img src=x onerror=alert(1)>"
CAPTION = Caption(
    title="Incidents with civilian harm, Gaza Strip, by week, 7 October 2023 to 30 October 2024",
    subtitle="Incidents; each counted once",
    source=f"Example Monitor {HOSTILE}",
    as_of=date(2025, 2, 7),
    build_id="20261124-abc",
    shown=703,
    total=939,
    synthetic=True,
)
MONDAY = date(2023, 10, 9)


def spec(figure: go.Figure) -> dict[str, Any]:
    """What is sent to the browser."""
    found: dict[str, Any] = json.loads(figure.to_json())
    return found


def texts(figure: go.Figure) -> dict[str, str]:
    """Named annotations."""
    return {a["name"]: a["text"] for a in spec(figure)["layout"]["annotations"] if "name" in a}


def weekly(*rows: tuple[int, str | None, int]) -> pl.DataFrame:
    """Rows of (weeks after MONDAY, category, incidents)."""
    return pl.DataFrame(
        [(MONDAY + timedelta(weeks=w), c, n) for w, c, n in rows],
        schema={"period_start": pl.Date, "category": pl.String, "incidents": pl.Int64},
        orient="row",
    )


def casualties(*rows: tuple[int, int | None, int | None, int | None, int]) -> pl.DataFrame:
    """Rows of (weeks after MONDAY, low, best, high, unknown)."""
    return pl.DataFrame(
        [(MONDAY + timedelta(weeks=w), *rest) for w, *rest in rows],
        schema={
            "period_start": pl.Date,
            "civilians_killed_low": pl.Int64,
            "civilians_killed_best": pl.Int64,
            "civilians_killed_high": pl.Int64,
            "civilians_killed_unknown": pl.Int64,
        },
        orient="row",
    )


def places(*rows: tuple[str, float | None, float | None, GeoPrecision, int | None]) -> pl.DataFrame:
    """Rows of (id, latitude, longitude, precision, civilians killed)."""
    return pl.DataFrame(
        [
            (i, y, x, p.value, RADIUS_M[p], HOSTILE, MONDAY, MONDAY + timedelta(days=1), "range", "fair", k, None, k)
            for i, y, x, p, k in rows
        ],
        schema={
            "incident_id": pl.String,
            "latitude": pl.Float64,
            "longitude": pl.Float64,
            "geo_precision": pl.String,
            "geo_radius_m": pl.Int64,
            "place": pl.String,
            "date_start": pl.Date,
            "date_end": pl.Date,
            "date_precision": pl.String,
            "category": pl.String,
            "civilians_killed_low": pl.Int64,
            "civilians_killed_best": pl.Int64,
            "civilians_killed_high": pl.Int64,
        },
        orient="row",
    ).with_columns(public_code=pl.concat_str(pl.lit("CODE-"), "incident_id"))


def by_place(frame: pl.DataFrame) -> pl.DataFrame:
    """The same incidents as rows of places, as hexagons and heat take them."""
    unknown = pl.col("civilians_killed_high").is_null()
    return frame.group_by("latitude", "longitude", "geo_radius_m", maintain_order=True).agg(
        incidents=pl.len().cast(pl.Int64),
        civilians_killed_low=pl.when(~unknown.all()).then(pl.col("civilians_killed_low").sum()),
        civilians_killed_high=pl.when(~unknown.all()).then(pl.col("civilians_killed_high").sum()),
        civilians_killed_unknown=unknown.sum().cast(pl.Int64),
        cluster_id=pl.lit(None, pl.String),
    )


def rows_of(picture: deck.FastDeck, layer_id: str) -> list[dict[str, Any]]:
    """A layer's rows as the browser gets them."""
    layers = {layer["id"]: layer for layer in json.loads(picture.to_json())["layers"]}
    found: list[dict[str, Any]] = layers[layer_id]["data"]
    return found


class TestFormatting:
    @pytest.mark.parametrize(
        ("start", "end", "precision", "expected"),
        [
            ("2023-10-09", "2023-10-10", "range", "9–10 Oct 2023"),
            ("2023-10-09", "2023-10-09", "day", "9 Oct 2023"),
            ("2023-10-09", None, "day", "9 Oct 2023"),
            ("2023-09-30", "2023-10-01", "range", "30 Sep – 1 Oct 2023"),
            ("2023-12-30", "2024-01-02", "range", "30 Dec 2023 – 2 Jan 2024"),
            ("2023-10-01", "2023-10-31", "month", "Oct 2023"),
            ("2023-01-01", "2023-12-31", "year", "2023"),
            (None, None, "unknown", "unknown"),
            (date(2024, 2, 29), date(2024, 2, 29), "day", "29 Feb 2024"),
        ],
    )
    def test_dates(self, start: Any, end: Any, precision: str, expected: str) -> None:
        assert date_range(start, end, precision) == expected

    @pytest.mark.parametrize(
        ("low", "best", "high", "expected"),
        [
            (8379, None, 11217, "8,379–11,217"),
            (4, None, 4, "4"),
            (0, None, 0, "0"),
            (None, None, None, "unknown"),
            (8, 10, 12, "8–12 (best 10)"),
            (8, 8, 12, "8–12"),
            (3, None, None, "at least 3"),
            (None, None, 3, "up to 3"),
        ],
    )
    def test_casualties(self, low: int | None, best: int | None, high: int | None, expected: str) -> None:
        assert casualty_range(low, best, high) == expected

    @given(st.integers(0, 10**6), st.integers(0, 10**6))
    def test_a_range_can_be_read_back(self, low: int, more: int) -> None:
        ends = [int(end.replace(",", "")) for end in casualty_range(low, None, low + more).split("–")]
        assert (ends[0], ends[-1]) == (low, low + more)

    @given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 800))
    def test_a_date_range_names_its_last_day_in_full(self, start: date, days: int) -> None:
        end = start + timedelta(days=days)
        text = date_range(start, end, "range")
        assert text.endswith(formatting.day(end))
        assert text.startswith(str(start.day))

    @given(st.integers(0, 10_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
    def test_a_share_never_hides_how_few_there_are(self, counts: tuple[int, int]) -> None:
        part, whole = counts
        text = share(part, whole)
        if whole < formatting.SHARE_FROM:
            assert text == f"{part} of {whole}"
        else:
            assert (text == "0%") == (part == 0)
            assert (text == "100%") == (part == whole)

    def test_numbers(self) -> None:
        assert [number(8379), number(2.5), number(0), number(None)] == ["8,379", "2.5", "0", "unknown"]
        assert [counted(1, "incident"), counted(0, "incident"), counted(2, "day")] == [
            "1 incident",
            "0 incidents",
            "2 days",
        ]


class TestEveryFigure:
    FIGURES = (
        timeseries.incidents_bars(weekly((0, "fair", 3)), "week", CAPTION, HarmStatus.labels(), HarmStatus.colours()),
        timeseries.incidents_bars(weekly((0, "fair", 3)), "day", CAPTION, stacked=False),
        timeseries.casualty_band(casualties((0, 1, None, 2, 0)), "month", CAPTION),
        funnel.stage_funnel(
            pl.DataFrame({"stage": ["received"], "reached": [0], "median_days": [None], "timed": [0]}), CAPTION
        ),
        backlog.overdue_by_country(
            pl.DataFrame({"country": ["PSE"], "incidents": [1], "overdue": [0], "without_receipt": [0]}), CAPTION, {}
        ),
        bars.counts(
            pl.DataFrame(
                {
                    "category": ["fair"],
                    "incidents": [1],
                    "civilians_killed_low": [None],
                    "civilians_killed_high": [None],
                    "civilians_killed_unknown": [1],
                }
            ),
            CAPTION,
            {},
        ),
    )

    @pytest.mark.parametrize("figure", FIGURES)
    def test_says_what_source_day_build_and_how_many(self, figure: go.Figure) -> None:
        said = texts(figure)
        assert said["title"].replace("<br>", " ") == f"<b>{CAPTION.title}</b>"
        assert said["subtitle"].startswith("Incidents; each counted once")
        footer = said["footer"].replace("<br>", " ")
        assert "As of 7 Feb 2025. Build 20261124-abc. 703 of 939 incidents." in footer
        assert said["watermark"] == "SYNTHETIC DATA"
        assert footer.startswith("SYNTHETIC DATA. Source: Example Monitor")

    @pytest.mark.parametrize("figure", FIGURES)
    def test_no_text_from_data_becomes_markup(self, figure: go.Figure) -> None:
        assert "<img" not in figure.to_json().replace("\\u003c", "<")

    @pytest.mark.parametrize("figure", FIGURES)
    def test_fits_both_themes_and_a_phone(self, figure: go.Figure) -> None:
        layout = spec(figure)["layout"]
        assert (layout["paper_bgcolor"], layout["plot_bgcolor"]) == (style.BACKGROUND, "rgba(0,0,0,0)")
        assert layout["xaxis"]["tickfont"]["color"] == style.TEXT
        lines = [line for text in texts(figure).values() for line in text.split("<br>") if "span" not in line]
        assert max(len(html.unescape(re.sub("<.*?>", "", line))) for line in lines) <= 66

    def test_real_data_have_no_watermark(self) -> None:
        real = Caption("t", "s", "Airwars", None, "b", 1, 1, synthetic=False)
        said = texts(timeseries.incidents_bars(weekly((0, "fair", 1)), "week", real))
        assert "watermark" not in said
        assert said["footer"] == "Source: Airwars. Build b. 1 of 1 incident."


class TestCategories:
    def test_seven_then_other_then_unknown(self) -> None:
        values = [value for value in WeaponSystem.values() if value != "unknown"]
        frame = weekly(*[(0, value, 100 - i) for i, value in enumerate(values)], (0, None, 500), (0, "unknown", 7))
        rows, categories = style.categorise(frame, WeaponSystem.labels(), WeaponSystem.colours())
        assert [c.value for c in categories] == [*values[:7], style.OTHER, "unknown"]
        assert categories[-1].colour == GREY
        assert categories[-2].label == f"Other ({len(values) - 7})"
        assert rows["incidents"].sum() == frame["incidents"].sum()
        assert rows.filter(category="unknown")["incidents"].sum() == 507

    def test_a_category_keeps_its_colour_when_others_are_filtered_out(self) -> None:
        of = {c.value: c.colour for c in style.categorise(weekly((0, "mortar", 1)), {}, WeaponSystem.colours())[1]}
        assert of == {"mortar": WeaponSystem.MORTAR.colour}

    def test_values_without_colours_get_different_ones(self) -> None:
        frame = weekly(*[(0, f"country {i}", 1) for i in range(7)])
        assert len({c.colour for c in style.categorise(frame, {}, {})[1]}) == 7

    def test_labels_are_escaped(self) -> None:
        figure = timeseries.incidents_bars(weekly((0, HOSTILE, 1), (0, "b", 1)), "week", CAPTION)
        assert "<img" not in figure.to_json().replace("\\u003c", "<")
        assert "&lt;img" in texts(figure)["subtitle"]


class TestTimeSeries:
    def test_weeks_without_incidents_are_zero_and_months_are_whole(self) -> None:
        frame = weekly((0, "fair", 3), (3, "fair", 1))
        assert periods.complete(frame, "week")["incidents"].to_list() == [3, 0, 0, 1]
        months = pl.DataFrame({"period_start": [date(2024, 1, 1), date(2024, 3, 1)], "incidents": [1, 2]})
        assert periods.complete(months, "month")["incidents"].to_list() == [1, 0, 2]

    def test_an_unknown_number_is_a_gap_not_a_zero(self) -> None:
        frame = casualties((0, 4, None, 6, 0), (1, None, None, None, 2), (3, 1, None, 1, 0))
        done = periods.complete(frame, "week")
        assert done["civilians_killed_low"].to_list() == [4, None, 0, 1]
        figure = timeseries.casualty_band(frame, "week", CAPTION)
        high = next(trace for trace in figure.data if trace.name == "high")
        assert list(high.y) == [6, 6, None, 0, 0, 1, 1, None]
        unknown = next(trace for trace in figure.data if trace.name == "unknown")
        assert list(unknown.y) == [0, 2, 0, 0]

    def test_no_best_line_without_a_best_estimate(self) -> None:
        without = timeseries.casualty_band(casualties((0, 4, None, 6, 0)), "week", CAPTION)
        assert [trace.name for trace in without.data if trace.name] == ["low", "high", "estimates"]
        some = timeseries.casualty_band(casualties((0, 4, 5, 6, 0), (1, 2, None, 3, 0)), "week", CAPTION)
        best = next(trace for trace in some.data if trace.name == "best")
        assert list(best.y) == [5, 5, None, None, None]

    def test_running_totals_keep_the_unknown_apart(self) -> None:
        frame = casualties((0, 4, 5, 6, 1), (1, None, None, None, 2), (2, 1, None, 2, 0))
        figure = timeseries.casualty_band(frame, "week", CAPTION, cumulative=True)
        by_name = {trace.name: list(trace.y) for trace in figure.data if trace.name}
        assert by_name["low"] == [4, 4, 4, 4, 5, 5, None]
        assert by_name["high"] == [6, 6, 6, 6, 8, 8, None]
        assert by_name["unknown"] == [1, 3, 3]
        assert "best" not in by_name  # a total of best estimates needs one in every period

    def test_the_hover_says_the_range_and_the_unknown(self) -> None:
        figure = timeseries.casualty_band(casualties((0, 4, None, 6, 1)), "week", CAPTION)
        hover = next(trace for trace in figure.data if trace.name == "estimates")
        assert list(hover.text) == ["<b>Week of 9 Oct 2023</b><br>4–6<br>number unknown in 1 incident"]

    def test_injured_have_their_own_columns(self) -> None:
        frame = casualties((0, 4, None, 6, 0)).rename(lambda name: name.replace("killed", "injured"))
        figure = timeseries.casualty_band(frame, "week", CAPTION, Harm.INJURED)
        assert next(trace for trace in figure.data if trace.name == "low").line.color == Harm.INJURED.colour

    def test_the_rolling_mean_counts_weeks_without_incidents(self) -> None:
        figure = timeseries.incidents_bars(weekly((0, "fair", 4), (3, "fair", 2)), "week", CAPTION, rolling=2)
        mean = figure.data[-1]
        assert mean.name == "Mean of 2 weeks"
        assert list(mean.y[1:]) == [2.0, 0.0, 1.0]
        assert mean.y[0] != mean.y[0]  # not a number: there is no week before the first

    def test_only_events_within_the_plotted_time_are_marked(self) -> None:
        days = [MONDAY - timedelta(days=1), MONDAY, MONDAY + timedelta(days=6), MONDAY + timedelta(days=7)]
        events = pl.DataFrame({"date": days, "label": ["before", HOSTILE, "last day", "after"]})
        figure = timeseries.incidents_bars(weekly((0, "fair", 4)), "week", CAPTION, events=events)
        marked = [a["text"] for a in spec(figure)["layout"]["annotations"] if "name" not in a]
        assert marked == ["&lt;img src=x onerror=alert(1)&gt;", "last day"]

    def test_the_label_of_an_event_that_another_follows_at_once_stands_before_its_line(self) -> None:
        days = [MONDAY, MONDAY + timedelta(days=14), MONDAY + timedelta(days=200)]
        events = pl.DataFrame({"date": days, "label": ["first", "second", "third"]})
        figure = timeseries.incidents_bars(weekly((0, "fair", 4), (60, "fair", 1)), "week", CAPTION, events=events)
        sides = {a["text"]: a["xanchor"] for a in spec(figure)["layout"]["annotations"] if "name" not in a}
        assert sides == {"first": "right", "second": "left", "third": "left"}


class TestRows:
    def test_a_stage_that_nothing_reached_is_shown_and_said(self) -> None:
        stages = [stage.value for stage in (Stage.RECEIVED, *list(Stage)[1:4])]
        frame = pl.DataFrame(
            {
                "stage": stages,
                "reached": [498, 310, 41, 0],
                "median_days": [None, 34.0, 1.0, None],
                "timed": [0, 310, 40, 0],
            }
        )
        figure = funnel.stage_funnel(frame, CAPTION)
        said = " ".join(
            a["text"].replace("<br>", " ") for a in spec(figure)["layout"]["annotations"] if "name" not in a
        )
        assert "<b>Stage 3: department response coordination</b>  0 " in said
        assert funnel.NOT_REACHED in said
        assert "62% of all; median 34 days in this stage." in said
        assert "8% of all; 13% of the stage before; median 1 day in this stage (40 of 41 timed)." in said
        assert list(figure.data[-1].x) == [498, 310, 41, 0]

    def test_few_incidents_get_no_percentage(self) -> None:
        frame = pl.DataFrame(
            {
                "stage": ["received", "incident_analysis"],
                "reached": [12, 3],
                "median_days": [None, None],
                "timed": [0, 0],
            }
        )
        said = funnel.stage_funnel(frame, CAPTION).to_json()
        assert "3 of 12 of all." in said
        assert "25%" not in said

    def test_unknown_countries_come_last(self) -> None:
        late = pl.DataFrame(
            {"country": [None, "PSE"], "incidents": [3, 40], "overdue": [1, 10], "without_receipt": [0, 4]}
        )
        said = backlog.overdue_by_country(late, CAPTION, {"PSE": "Palestine"}).to_json()
        assert said.index("10 of 40 overdue (25%)") < said.index("1 of 3 overdue")

    def test_counts_say_ranges_and_unknown_numbers(self) -> None:
        frame = pl.DataFrame(
            {
                "category": ["not_assessed", "fair", HOSTILE],
                "incidents": [9, 866, 1],
                "civilians_killed_low": [None, 8000, 0],
                "civilians_killed_high": [None, 10900, 0],
                "civilians_killed_unknown": [9, 80, 0],
            }
        )
        figure = bars.counts(frame, CAPTION, HarmStatus.labels(), HarmStatus.colours())
        said = [re.sub("<.*?>", " ", a["text"]) for a in spec(figure)["layout"]["annotations"] if "name" not in a]
        assert "Civilians reported killed: 8,000–10,900; 80 incidents unknown" in said[0]
        assert said[1].endswith("Civilians reported killed: 0 ")
        assert "Civilians reported killed: unknown" in said[2]
        assert list(figure.data[0].marker.color)[-1] == GREY
        assert "<img" not in figure.to_json().replace("\\u003c", "<")


class TestMaps:
    FRAME = places(
        ("a", 31.50, 34.46, GeoPrecision.EXACT_LOCATION, 9),
        ("b", 31.51, 34.47, GeoPrecision.WITHIN_100M, None),
        ("c", 31.34, 34.30, GeoPrecision.CITY, 3),
        ("d", 31.34, 34.30, GeoPrecision.CITY, None),
        ("e", 31.40, 34.40, GeoPrecision.UNKNOWN, 1),
    )

    def test_coarse_locations_are_circles_of_their_radius(self) -> None:
        picture = maps.points(self.FRAME, HarmStatus.labels(), HarmStatus.colours())
        assert [row["incident_ids"] for row in rows_of(picture.deck, "points")] == [["a"], ["b"]]
        (circle,) = rows_of(picture.deck, "coarse")
        assert circle["radius"] == RADIUS_M[GeoPrecision.CITY]
        assert circle["incident_ids"] == ["c", "d"]
        assert circle["tip"].startswith("2 incidents in ")
        assert circle["tip"].endswith("known only to within 5.0 km")
        assert [row["incident_ids"] for row in rows_of(picture.deck, "precision-unknown")] == [["e"]]
        assert (picture.drawn, picture.too_coarse) == (5, 0)

    def test_sizes_go_by_area_and_an_unknown_number_is_a_hollow_ring(self) -> None:
        frame = places(
            *[(str(n), 31.5, 34.4, GeoPrecision.EXACT_LOCATION, n) for n in (100, 400)], *self.FRAME.row(1)[:0]
        )
        rows = rows_of(maps.points(frame, {}, {}).deck, "points")
        assert rows[0]["radius"] == pytest.approx(2 * rows[1]["radius"], rel=0.02)
        ring = rows_of(maps.points(self.FRAME, {}, {}).deck, "points")[1]
        assert ring["fill"][3] == 0
        assert ring["stroke"][:3] == list(bytes.fromhex(GREY[1:]))
        assert "unknown" in ring["tip"]

    def test_a_tooltip_is_text_and_never_html(self) -> None:
        picture = maps.points(self.FRAME, {}, {})
        assert set(picture.deck._tooltip) == {"text", "style"}
        assert rows_of(picture.deck, "points")[0]["tip"] == (
            f"CODE-a\n{HOSTILE}\nDate: 9–10 Oct 2023\nCivilians reported killed: 9\nLocation precision: exact location"
        )
        assert "<img" not in legend.legend_html((legend.LegendEntry(HOSTILE, GREY, "dot"),))

    def test_only_what_fits_is_counted_in_hexagons(self) -> None:
        picture = density.hexagons(by_place(self.FRAME), resolution=7)
        assert h3.average_hexagon_edge_length(7, unit="m") < COARSE_FROM_M
        assert sum(row["incidents"] for row in rows_of(picture.deck, "hexagons")) == 2
        assert (picture.drawn, picture.too_coarse) == (2, 3)
        (cell,) = [row for row in rows_of(picture.deck, "hexagons") if row["cell"] == h3.latlng_to_cell(31.5, 34.46, 7)]
        assert cell["tip"].splitlines()[0] == counted(cell["incidents"], "incident")

    def test_a_hexagon_counts_an_event_of_two_incidents_once(self) -> None:
        frame = by_place(
            places(
                ("a", 31.5, 34.46, GeoPrecision.EXACT_LOCATION, 4),
                ("b", 31.5001, 34.4601, GeoPrecision.EXACT_LOCATION, 9),
                ("c", 31.5001, 34.46, GeoPrecision.EXACT_LOCATION, 1),
            )
        ).with_columns(cluster_id=pl.Series(["a", "a", None]))
        (cell,) = rows_of(density.hexagons(frame, resolution=5).deck, "hexagons")
        assert cell["tip"] == "3 incidents\nCivilians reported killed: 5–10"

    def test_hexagons_stay_few(self) -> None:
        frame = places(
            *[(str(i), -60 + 0.3 * i % 120, 0.9 * i % 340 - 170, GeoPrecision.EXACT_LOCATION, 1) for i in range(3_000)]
        )
        picture = density.hexagons(by_place(frame))
        rows = rows_of(picture.deck, "hexagons")
        assert len(rows) <= density.MOST_CELLS
        assert sum(row["incidents"] for row in rows) == 3_000

    @given(st.integers(1, 100_000))
    def test_classes_cover_every_count_once(self, most: int) -> None:
        classes = density._classes(most)
        assert classes[0][0] == 1
        assert classes[-1][1] == most
        assert all(low <= high for low, high in classes)
        assert [low for low, _ in classes[1:]] == [high + 1 for _, high in classes[:-1]]

    def test_heat_leaves_coarse_locations_out_and_says_so(self) -> None:
        picture = density.heat(by_place(self.FRAME))
        assert sum(row["incidents"] for row in rows_of(picture.deck, "heat")) == picture.drawn == 2
        assert picture.too_coarse == 3

    @pytest.mark.parametrize(
        "draw",
        [
            lambda frame: density.hexagons(by_place(frame)),
            lambda frame: density.heat(by_place(frame)),
            lambda frame: maps.points(frame, {}, {}),
        ],
    )
    def test_no_rows_and_one_row_are_maps_too(self, draw: Any) -> None:
        assert json.loads(draw(self.FRAME.clear()).deck.to_json())["initialViewState"]["zoom"] < 1
        one = json.loads(draw(self.FRAME.head(1)).deck.to_json())["initialViewState"]
        assert (one["latitude"], one["longitude"]) == pytest.approx((31.5, 34.46), abs=0.01)
        assert 9 < one["zoom"] <= 13

    def test_nothing_is_fetched_from_elsewhere(self) -> None:
        for dark, name in ((False, "light"), (True, "dark")):
            text = maps.points(self.FRAME, {}, {}, dark=dark).deck.to_json()
            assert "http" not in text
            made = json.loads(text)
            assert made["mapStyle"] == f"/app/static/base-{name}.json"
            assert made["layers"][0]["data"] == "/app/static/countries.geojson"

    def test_synthetic_maps_are_stamped(self) -> None:
        stamp = maps.points(self.FRAME, {}, {}, synthetic=True).deck.to_json()
        assert "SYNTHETIC DATA" in stamp
        assert "SYNTHETIC DATA" not in maps.points(self.FRAME, {}, {}).deck.to_json()

    @pytest.mark.parametrize(
        ("radius", "layers"), [(25, ["radius", "centre"]), (5_000, ["radius"]), (None, ["centre"])]
    )
    def test_one_incident_has_a_dot_only_where_it_is_known_well(self, radius: int | None, layers: list[str]) -> None:
        made = json.loads(maps.incident(31.5, 34.4, radius, GREY, HOSTILE).to_json())
        assert [layer["id"] for layer in made["layers"][1:]] == layers

    def test_too_many_points_are_refused(self) -> None:
        many = pl.concat([self.FRAME.head(1)] * (maps.MOST_POINTS + 1))
        with pytest.raises(ValueError, match="hexagons"):
            maps.points(many, {}, {})

    @given(st.floats(-85, 85), st.floats(-180, 180), st.integers(0, 400_000))
    def test_the_view_holds_the_data(self, latitude: float, longitude: float, radius: int) -> None:
        frame = pl.DataFrame({"latitude": [latitude], "longitude": [longitude], "geo_radius_m": [radius]})
        state = deck.view(deck.bounding_box(frame))
        assert 0.5 < state.zoom <= 13
        assert -90 <= state.latitude <= 90


class TestAltTexts:
    def test_incidents(self) -> None:
        frame = weekly((0, "fair", 40), (0, "weak", 1), (2, "fair", 3))
        assert alt.incidents_over_time(frame, "week") == (
            "Bar chart. Incidents by week, week of 9 Oct 2023 to week of 23 Oct 2023: highest 41 in the week of "
            "9 Oct 2023, last 3."
        )

    def test_casualties(self) -> None:
        frame = casualties((0, 4, None, 6, 1), (1, None, None, None, 2))
        assert alt.casualties_over_time(frame, "week") == (
            "Band chart. Civilians reported killed by week, week of 9 Oct 2023 to week of 16 Oct 2023: 4–6 in all, "
            "highest 4–6 in the week of 9 Oct 2023; number unknown in 3 incidents."
        )
        assert "unknown in all" in alt.casualties_over_time(frame.tail(1), "week")

    def test_the_rest(self) -> None:
        stages = pl.DataFrame(
            {
                "stage": ["received", "incident_analysis"],
                "reached": [12, 0],
                "median_days": [None, None],
                "timed": [0, 0],
            }
        )
        assert alt.stage_funnel(stages).endswith("Received 12, Stage 1: incident analysis 0.")
        late = pl.DataFrame(
            {"country": [None, "PSE"], "incidents": [3, 40], "overdue": [1, 10], "without_receipt": [0, 4]}
        )
        assert alt.overdue_by_country(late, {"PSE": "Palestine"}).endswith(
            "country unknown 1 of 3, Palestine 10 of 40."
        )
        assert alt.counts(
            pl.DataFrame({"category": ["fair", None], "incidents": [2, 1]}), HarmStatus.labels()
        ).endswith("Fair 2, unknown 1.")
        assert alt.incident_map(density.heat(by_place(TestMaps.FRAME)), 236).startswith(
            "Map. 2 incidents drawn, 3 left out because"
        )
