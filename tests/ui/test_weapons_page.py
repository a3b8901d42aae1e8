"""The page Weapons shows the numbers that other code finds in the warehouse's tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from made_up import warehouse
from page_parts import figures, said, table_with, tables, values
from streamlit.testing.v1 import AppTest

from pages import wording, wording_weapons
from pages.charts.attributions import alt_text, attributed
from pages.charts.style import Caption
from pages.components.weapons_figures import MOST_MUNITIONS
from warehouse.connection import Reader, reader
from warehouse.vocabulary import GREY, Confidence

OpenPage = Callable[..., AppTest]
PAGE = "weapons.py"
HEADINGS = wording_weapons.HEADINGS
COLUMNS = wording_weapons.TRANSFER_COLUMNS
HOSTILE = "<img src=x onerror=alert(1)> **bold** [l](http://x)"


def rows(figure: dict[str, Any]) -> dict[str, int]:
    """Row of a figure -> length of its bar, top to bottom."""
    labels = figure["data"][0]["customdata"]
    lengths = np.sum([values(trace["x"]) for trace in figure["data"]], axis=0).tolist()
    return dict(zip(labels, lengths, strict=True))


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Path:
    """Two incidents with a weapon, one without; transfers of three munitions, and a hostile one."""
    weapon = {"weapon_system": "missile", "us_origin": "yes"}
    transfer = {"record_type": "transfer", "supplier": "USA", "supplier_raw": "US", "channel": "fms"}
    return once(
        "weapon-page",
        lambda folder: warehouse(
            folder,
            incident=[{"incident_id": name} for name in ("a", "b", "c", "d")],
            weapon=[
                weapon | {"weapon_id": "mk-84"},
                weapon | {"weapon_id": "gbu-39"},
                weapon | {"weapon_id": "hostile", "designation": HOSTILE},
            ],
            incident_weapon=[
                {"attribution_id": f"{incident}{w}", "incident_id": incident, "weapon_id": w, "confidence": c,
                 "basis": "imagery"}
                for incident, w, c in (("a", "mk-84", "probable"), ("b", "mk-84", "possible"),
                                       ("b", "hostile", "possible"), ("c", "gbu-39", "excluded"))
            ],
            transfer=[
                transfer | {"transfer_id": "1", "recipient": "KEN", "recipient_raw": "Kenya", "weapon_id": "gbu-39",
                            "designation": "SDB", "order_year": "2015", "is_order_year_estimated": "true",
                            "number": "7", "is_number_estimated": "true", "number_delivered": "0"},
                transfer | {"transfer_id": "2", "recipient": "", "recipient_raw": HOSTILE, "weapon_id": "gbu-39",
                            "designation": HOSTILE, "comments": HOSTILE},
                transfer | {"transfer_id": "3", "recipient": "KEN", "recipient_raw": "Kenya", "weapon_id": "hostile",
                            "designation": HOSTILE, "record_type": "notification", "notified_on": "2024-01-05",
                            "value_usd": "1000000"},
            ],
        ),
    )  # fmt: skip


class TestFigures:
    def test_they_count_what_the_incident_table_says(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder)
        incident = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")
        found = figures(app)
        assert set(found) == set(wording_weapons.TITLES.values())
        behind = tables(app)
        for dimension in ("weapon_system", "munition"):
            numbers = next(t for t in behind if HEADINGS[dimension] in t.columns and t.width == 3)
            assert numbers[HEADINGS["incidents"]].sum() == incident[dimension].list.len().sum()
        assert sum(rows(found[wording_weapons.TITLES["confidence"]]).values()) == incident.height

    def test_the_unattributed_are_grey_last_and_never_left_out(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder)
        found = figures(app)
        for dimension, label in (
            ("weapon_system", "Unknown"),
            ("munition", wording_weapons.UNATTRIBUTED),
            ("confidence", Confidence.UNATTRIBUTED.label),
            ("basis", wording_weapons.UNATTRIBUTED),
        ):
            figure = found[wording_weapons.TITLES[dimension]]
            assert list(rows(figure))[-1] == label
            assert (figure["data"][-1]["name"], figure["data"][-1]["marker"]["color"]) == ("Unattributed", GREY)
        munitions = demo_reader.frame("SELECT munition FROM incident WHERE known_to IS NULL")["munition"]
        without = munitions.list.contains("unattributed").sum()
        assert rows(found[wording_weapons.TITLES["munition"]])[wording_weapons.UNATTRIBUTED] == without > 0

    def test_published_assessments_of_gaza(self, airwars_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, airwars_warehouse)
        assert wording_weapons.unattributed(934, 939) in said(app)
        assert rows(figures(app)[wording_weapons.TITLES["confidence"]]) == {"Possible": 5, "Unattributed": 934}
        assert wording_weapons.NO_TRANSFERS in said(app)

    def test_weapons_that_were_ruled_out_are_only_in_the_table(self, cases: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, cases)
        assert "GBU-39" not in rows(figures(app)[wording_weapons.TITLES["munition"]])
        assert wording_weapons.ruled_out(1) in said(app)
        table = table_with(app, "us_origin")
        assert table.filter(confidence="Excluded")["munition"].to_list() == ["GBU-39"]

    def test_a_filter_changes_every_figure(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder, country="Nigeria")
        n = demo_reader.frame("SELECT count(*) FROM incident WHERE known_to IS NULL AND country = 'NGA'").item()
        assert sum(rows(figures(app)[wording_weapons.TITLES["confidence"]]).values()) == n
        nothing = open_page(PAGE, demo_reader.folder, text="nowhere at all")
        assert wording.empty_state("incidents", has_filter=True) in said(nothing)
        assert not nothing.get("plotly_chart")

    def test_of_many_munitions_those_most_often_named_are_drawn_and_the_table_has_all(
        self, once: Callable[..., Path], open_page: OpenPage
    ) -> None:
        ids = ("mk-82", "mk-83", "mk-84", "blu-109", "gbu-10", "gbu-12", "gbu-16", "gbu-24", "gbu-28", "gbu-31",
               "gbu-32", "gbu-38", "gbu-39", "gbu-54")  # fmt: skip

        def make(folder: Path) -> None:
            # The first munition is named by every incident, the last by one.
            warehouse(
                folder,
                incident=[{"incident_id": f"i{at}"} for at in range(len(ids) + 1)],
                weapon=[{"weapon_id": w, "weapon_system": "unknown", "us_origin": "yes"} for w in ids],
                incident_weapon=[
                    {"attribution_id": f"{w}-{at}", "incident_id": f"i{at}", "weapon_id": w, "confidence": "possible",
                     "basis": "imagery"}
                    for first, w in enumerate(ids)
                    for at in range(first, len(ids))
                ],
            )  # fmt: skip

        app = open_page(PAGE, once("many-munitions", make))
        figure = figures(app)[wording_weapons.TITLES["munition"]]
        drawn = list(rows(figure))
        assert drawn[0] == "MK-82"
        assert len(drawn) == MOST_MUNITIONS + 1
        assert {"GBU-39", "GBU-54"}.isdisjoint(drawn)
        assert drawn[-1] == wording_weapons.UNATTRIBUTED
        subtitle = next(n["text"] for n in figure["layout"]["annotations"] if n.get("name") == "subtitle")
        assert wording_weapons.largest_of(12, 14) in subtitle.replace("<br>", " ")
        behind = next(t for t in tables(app) if HEADINGS["munition"] in t.columns and t.width == 3)
        assert behind.height == len(ids) + 1

    def test_bars_are_stacked_from_the_surest_and_told_in_words(self) -> None:
        counts = pl.DataFrame(
            {
                "category": ["unattributed", "b", "a", "a"],
                "confidence": ["unattributed", "possible", "possible", "confirmed"],
                "incidents": [90, 4, 1, 2],
            }
        )
        caption = Caption("Incidents", "", "Nobody", None, "b", 9, 9, synthetic=False)
        drawn = attributed(counts, caption, {"unattributed": "None"})
        assert [trace.name for trace in drawn.data] == ["Confirmed", "Possible", "Unattributed"]
        assert [list(trace.x) for trace in drawn.data] == [[0, 2, 0], [4, 1, 0], [0, 0, 90]]
        assert alt_text(counts, {"unattributed": "None"}) == (
            "Bar chart. Incidents: b 4 possible, a 2 confirmed, a 1 possible, None 90."
        )


class TestTransfers:
    def test_they_stand_under_the_sentence_that_they_prove_nothing(self, cases: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, cases, transfers_of="GBU-39")
        assert wording_weapons.NO_PROOF in [i.value for i in app.info]
        assert wording_weapons.munition_counts(0, 2) in said(app)
        shown = table_with(app, "uncertain")
        assert list(shown.columns) == list(COLUMNS)
        first = shown.row(0, named=True)
        assert [first[c] for c in ("recipient_label", "supplier_label", "designation", "order_year", "uncertain")] == [
            "Kenya", "United States", "SDB", "2015", "year of order, number",
        ]  # fmt: skip
        assert (first["number"], first["number_delivered"]) == (7, 0), "none delivered is stated"
        assert shown["number"].to_list() == [7, None], "a number that is not stated is no zero"

    def test_one_recipient_may_be_chosen(self, cases: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, cases, transfers_of="GBU-39", transfers_to="Kenya")
        assert table_with(app, "uncertain").height == 1
        assert any("GBU" in m.value and "Kenya" in m.value for m in app.markdown)

    def test_another_munition_without_that_recipient_shows_all(self, cases: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, cases, transfers_of="GBU-39", transfers_to=HOSTILE)
        assert table_with(app, "uncertain").height == 1
        app.selectbox(key="transfers_of").set_value(HOSTILE).run()
        assert not app.exception
        shown = table_with(app, "uncertain")
        assert shown["record"].to_list() == ["Notification"]
        assert shown["value_usd"].to_list() == [1_000_000]
        assert shown["notified_on"].cast(pl.Date).to_list() == [date(2024, 1, 5)]

    def test_a_munition_of_incidents_comes_first_and_lacking_records_are_no_proof_either(
        self, cases: Path, open_page: OpenPage
    ) -> None:
        app = open_page(PAGE, cases)
        assert list(app.selectbox(key="transfers_of").options) == [HOSTILE, "MK-84", "GBU-39"]
        app.selectbox(key="transfers_of").set_value("MK-84").run()
        assert wording_weapons.no_records("MK-84") in said(app)
        assert not [t for t in tables(app) if "uncertain" in t.columns]

    def test_the_demo_lists_every_transfer_of_a_munition(self, demo_reader: Reader, open_page: OpenPage) -> None:
        per_munition = demo_reader.frame(
            "SELECT w.designation, count(*) AS n FROM transfer AS t JOIN weapon AS w USING (weapon_id) GROUP BY ALL"
            " ORDER BY n DESC, 1 LIMIT 1"
        )
        designation, n = per_munition.row(0)
        app = open_page(PAGE, demo_reader.folder, transfers_of=designation)
        assert table_with(app, "uncertain").height == n
        assert any(c.value.startswith("SYNTHETIC DATA") for c in app.caption)

    def test_before_the_day_of_knowledge_there_are_none(self, cases: Path, open_page: OpenPage) -> None:
        assert wording_weapons.NO_TRANSFERS in said(open_page(PAGE, cases, as_known_on="2020-01-01"))

    def test_transfers_alone_have_a_page(self, once: Callable[..., Path], open_page: OpenPage) -> None:
        def make(folder: Path) -> None:
            transfer = {"transfer_id": "1", "record_type": "licence", "recipient": "KEN", "recipient_raw": "Kenya",
                        "supplier": "USA", "supplier_raw": "US", "channel": "dcs", "weapon_id": "mk-84",
                        "designation": "Mk 84"}  # fmt: skip
            warehouse(folder, transfer=[transfer])

        app = open_page(PAGE, once("transfers-only", make))
        assert wording.empty_state("incidents", has_filter=False) in said(app)
        assert table_with(app, "uncertain")["record"].to_list() == ["Licence"]


def test_hostile_text_is_text(cases: Path, open_page: OpenPage) -> None:
    app = open_page(PAGE, cases, transfers_of=HOSTILE)
    assert HOSTILE in table_with(app, "us_origin")["munition"].to_list()
    for chart in app.get("plotly_chart"):
        assert "<img" not in json.dumps(json.loads(chart.proto.spec))
    assert not [m.value for m in (*app.markdown, *app.caption) if re.search(r"(?<!\\)<img|(?<!\\)\*bold", m.value)]
    assert reader(cases).frame("SELECT count(*) FROM transfer").item() == 3
