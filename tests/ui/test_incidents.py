"""The table of incidents: rows and order against Polars on the demo's tables, pages, links, empty states."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages import wording
from pages.components.incident_table import PHONE_COLUMNS, address
from warehouse.connection import Reader

OpenPage = Callable[..., AppTest]
PER_PAGE = 50


@pytest.fixture(scope="module")
def incidents(demo_reader: Reader) -> pl.DataFrame:
    """The demo's incidents as they stand in the warehouse."""
    return demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")


def codes(app: AppTest) -> list[str]:
    """Codes in the order of the table."""
    return [link.split("#")[1] for link in app.dataframe[0].value["link"]]


def in_order(rows: pl.DataFrame, column: str, *, descending: bool) -> list[str]:
    """Codes sorted by a column, unknown last."""
    return rows.sort(column, "incident_id", descending=[descending, False], nulls_last=True)["public_code"].to_list()


def texts(app: AppTest) -> list[str]:
    """All plain texts."""
    return [element.value for element in app.text]


def test_the_newest_come_first(demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage) -> None:
    app = open_page("incidents.py", demo_warehouse)
    assert codes(app) == in_order(incidents, "date_start", descending=True)[:PER_PAGE]
    assert wording.table_page(1, PER_PAGE, incidents.height) in texts(app)


def test_ranges_and_unknown_in_words(demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage) -> None:
    shown = open_page("incidents.py", demo_warehouse).dataframe[0].value
    stated = {row["public_code"]: row for row in incidents.iter_rows(named=True)}
    seen = set()
    for link, killed in zip(shown["link"], shown["killed"], strict=True):
        row = stated[link.split("#")[1]]
        low, high = row["civilians_killed_low"], row["civilians_killed_high"]
        expected = "unknown" if low is None else f"{low}" if low == high else f"{low}–{high}"
        assert killed == expected
        seen.add("unknown" if low is None else "number" if low == high else "range")
    assert seen == {"unknown", "number", "range"}
    assert "None" not in shown.to_string()


@pytest.mark.parametrize("order", wording.DIRECTIONS)
@pytest.mark.parametrize("column", ["civilians_killed_high", "place", "stage_entered_on"])
def test_sorted_by_the_database_over_all_rows(
    demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage, column: str, order: str
) -> None:
    app = open_page("incidents.py", demo_warehouse)
    app.selectbox(key="sort").set_value(column)
    app.button_group(key="order").set_value(order).run()
    app.pagination(key="page").set_value(2).run()
    expected = in_order(incidents, column, descending=order == "down")
    assert codes(app) == expected[PER_PAGE : 2 * PER_PAGE]


def test_the_last_page_holds_the_rest(demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage) -> None:
    app = open_page("incidents.py", demo_warehouse)
    app.pagination(key="page").set_value(13).run()
    assert len(codes(app)) == incidents.height - 12 * PER_PAGE
    assert wording.table_page(601, incidents.height, incidents.height) in texts(app)


def test_a_filter_narrows_the_table_and_links_keep_it(
    demo_warehouse: Path, incidents: pl.DataFrame, open_page: OpenPage
) -> None:
    app = open_page("incidents.py", demo_warehouse, country=["Kenya"])
    kenya = incidents.filter(pl.col("country") == "KEN")
    assert codes(app) == in_order(kenya, "date_start", descending=True)
    ids = set()
    for link in app.dataframe[0].value["link"]:
        parameters = parse_qs(urlsplit(link).query)
        assert parameters["country"] == ["Kenya"]
        ids.update(parameters["id"])
    assert ids == set(kenya["incident_id"])


def test_another_filter_starts_again_at_the_first_page(demo_warehouse: Path, open_page: OpenPage) -> None:
    app = open_page("incidents.py", demo_warehouse)
    app.pagination(key="page").set_value(3).run()
    assert texts(app)[1].startswith("Rows 101–150 ")
    app.multiselect(key="country").set_value(["PSE"]).run()
    assert texts(app)[1].startswith("Rows 1–50 of 500 ")


def test_a_phone_gets_five_columns(demo_warehouse: Path, open_page: OpenPage) -> None:
    app = open_page("incidents.py", demo_warehouse)
    assert tuple(app.dataframe[1].value.columns) == PHONE_COLUMNS
    assert len(PHONE_COLUMNS) == 5


def test_no_rows_say_why(demo_warehouse: Path, open_page: OpenPage) -> None:
    app = open_page("incidents.py", demo_warehouse, text="no such word anywhere")
    assert wording.empty_state("incidents", has_filter=True) in [i.value for i in app.info]
    assert not app.dataframe


def test_texts_that_look_like_code_stay_text(hostile_warehouse: Path, open_page: OpenPage) -> None:
    shown = open_page("incidents.py", hostile_warehouse).dataframe[0].value
    assert {"<img src=x onerror=alert(1)>", "**bold** :red[x] $a$ [l](http://x)"} == set(shown["place"])
    for link in shown["link"]:
        assert link.startswith("/incident?id=")
        assert "<" not in link


@given(st.text(min_size=1), st.text(min_size=1))
def test_an_address_leads_to_its_incident(incident_id: str, code: str) -> None:
    parts = urlsplit(address(incident_id, code))
    assert (parts.scheme, parts.netloc, parts.path) == ("", "", "/incident")
    assert parse_qs(parts.query, keep_blank_values=True) == {"id": [incident_id]}
