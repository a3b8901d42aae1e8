"""Questions of the table, the map and the page of one incident, against Polars on the demo's tables."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.filters import Filters

HIDDEN_COLUMNS = ("submitted_by", "publisher", "title", "url", "archive_url", "raw_text")


@pytest.fixture(scope="module")
def incidents(demo_reader: Reader) -> pl.DataFrame:
    return demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")


@pytest.fixture(scope="module")
def reports(demo_reader: Reader) -> pl.DataFrame:
    return demo_reader.frame("SELECT report.*, incident_id FROM report JOIN incident_report USING (report_id)")


@pytest.mark.parametrize("column", ["date_start", "civilians_killed_high", "place", "report_count"])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_of_the_table_are_the_whole_in_order(
    demo_reader: Reader, incidents: pl.DataFrame, column: str, descending: bool
) -> None:
    expected = incidents.sort(column, "incident_id", descending=[descending, False], nulls_last=True)["incident_id"]
    pages = [
        run(queries.listed(Filters(), column, descending, 100, first), demo_reader) for first in range(0, 700, 100)
    ]
    assert pl.concat(pages)["incident_id"].to_list() == expected.to_list()


def test_the_table_of_the_map_leaves_out_what_has_no_coordinates(demo_reader: Reader, incidents: pl.DataFrame) -> None:
    found = run(queries.listed(Filters(), limit=1_000, on_map=True), demo_reader)
    assert set(found["incident_id"]) == set(incidents.filter(pl.col("latitude").is_not_null())["incident_id"])


def test_several_values_are_not_passed_off_as_one(demo_reader: Reader, incidents: pl.DataFrame) -> None:
    found = dict(run(queries.located(Filters(), "strike_type"), demo_reader)["category"].value_counts().iter_rows())
    types = incidents.filter(pl.col("latitude").is_not_null())["strike_type"]
    assert found[queries.SEVERAL] == (types.list.len() > 1).sum() > 0
    assert found["airstrike"] == ((types.list.len() == 1) & (types.list.first() == "airstrike")).sum()


def test_places_hold_every_incident_with_coordinates(demo_reader: Reader, incidents: pl.DataFrame) -> None:
    chosen = Filters(country=("PSE",), date_from=date(2024, 1, 1))
    found = run(queries.places(chosen), demo_reader)
    rows = incidents.filter(
        pl.col("country") == "PSE", pl.col("date_end") >= date(2024, 1, 1), pl.col("latitude").is_not_null()
    )
    assert found["incidents"].sum() == rows.height > found.height
    assert found["civilians_killed_low"].sum() == rows["civilians_killed_low"].sum()
    assert found["civilians_killed_high"].sum() == rows["civilians_killed_high"].sum()
    assert found["civilians_killed_unknown"].sum() == rows["civilians_killed_high"].is_null().sum() > 0


def test_extent_is_the_box_of_the_coordinates(demo_reader: Reader, incidents: pl.DataFrame) -> None:
    kenya = incidents.filter(pl.col("country") == "KEN")
    box = run(queries.extent(Filters(country=("KEN",))), demo_reader).row(0)
    assert box == (
        kenya["longitude"].min(),
        kenya["latitude"].min(),
        kenya["longitude"].max(),
        kenya["latitude"].max(),
    )
    nowhere = run(queries.extent(Filters(text="no such word anywhere")), demo_reader)
    assert nowhere.row(0) == (None, None, None, None)


def test_incidents_by_id_are_those_and_no_others(demo_reader: Reader) -> None:
    found = run(queries.incidents_by_id(("demo:SYN-00002", "demo:SYN-00009", "unheard of")), demo_reader)
    assert set(found["incident_id"]) == {"demo:SYN-00002", "demo:SYN-00009"}


def test_what_a_private_report_says_of_a_weapon_is_hidden(demo_reader: Reader, reports: pl.DataFrame) -> None:
    private = reports.filter(pl.col("access") == "private")["report_id"].unique()
    attributions = demo_reader.frame("SELECT * FROM incident_weapon")
    from_private = attributions.filter(pl.col("report_id").is_in(private.to_list()))
    assert from_private.height > 0
    for incident_id in from_private["incident_id"].unique():
        stated = attributions.filter(pl.col("incident_id") == incident_id).sort("attribution_id")
        hidden = run(queries.weapons_of_incident(incident_id, show_private=False), demo_reader)
        shown = run(queries.weapons_of_incident(incident_id, show_private=True), demo_reader)
        assert shown["raw_text"].to_list() == stated["raw_text"].to_list()
        assert hidden["confidence"].to_list() == stated["confidence"].to_list()
        is_private = stated["report_id"].is_in(private.to_list())
        assert hidden["from_private_report"].to_list() == is_private.fill_null(False).to_list()
        assert hidden.filter(pl.col("from_private_report"))["raw_text"].is_null().all()
        assert hidden.filter(~pl.col("from_private_report"))["raw_text"].is_not_null().all()


def test_responses_name_their_unit(demo_reader: Reader) -> None:
    units = dict(demo_reader.frame("SELECT unit_id, name FROM unit").iter_rows())
    responses = demo_reader.frame("SELECT * FROM response").filter(pl.col("unit_id").is_not_null())
    incident_id = responses["incident_id"][0]
    found = run(queries.responses_of_incident(incident_id), demo_reader)
    named = dict(found.filter(pl.col("unit_id").is_not_null()).select("response_id", "unit_name").iter_rows())
    of_incident = responses.filter(pl.col("incident_id") == incident_id)
    assert named == {row["response_id"]: units[row["unit_id"]] for row in of_incident.iter_rows(named=True)} != {}


def test_private_reports_are_listed_without_their_content(demo_reader: Reader, reports: pl.DataFrame) -> None:
    incident_id = reports.filter(pl.col("access") == "private")["incident_id"][0]
    expected = reports.filter(pl.col("incident_id") == incident_id)
    hidden = run(queries.reports_of_incident(incident_id, show_private=False), demo_reader)
    shown = run(queries.reports_of_incident(incident_id, show_private=True), demo_reader)
    assert set(hidden["report_id"]) == set(shown["report_id"]) == set(expected["report_id"])
    assert "account_name" not in hidden.columns + shown.columns
    private = hidden.filter(pl.col("access") == "private")
    assert private.height > 0
    assert all(private[name].is_null().all() for name in HIDDEN_COLUMNS)
    told = shown.filter(pl.col("access") == "private").sort("report_id")["raw_text"].to_list()
    assert told == expected.filter(pl.col("access") == "private").sort("report_id")["raw_text"].to_list()
    assert all("private statement" in text for text in told)
