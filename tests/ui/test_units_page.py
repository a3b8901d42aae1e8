"""The pages Units and Unit show the numbers that other code finds in the warehouse's tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from made_up import warehouse
from page_parts import said, table_with, tables
from streamlit.testing.v1 import AppTest

from pages import wording, wording_units
from pages.charts.formatting import casualty_range
from pages.components import settings
from warehouse.connection import Reader
from warehouse.vocabulary import Confidence, Finding, ResponseStatus

OpenPage = Callable[..., AppTest]
LIST, UNIT = "units.py", "unit.py"
BATTALION, BRIGADE = "demo:SYN-U-SAU-04", "demo:SYN-U-SAU-01"
HOSTILE = "<img src=x onerror=alert(1)> **bold** [l](http://x)"


def counts(app: AppTest, column: str = wording_units.OWN) -> dict[str, str]:
    """The summary of a unit: what is counted -> the number as shown."""
    table = table_with(app, wording_units.OWN)
    return dict(table.select(wording_units.COLUMNS["count"], column).iter_rows())


@pytest.fixture(scope="module")
def attributed(demo_reader: Reader) -> pl.DataFrame:
    """Attributions with their incident's columns, ruled out ones too."""
    incident = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")
    named = demo_reader.frame("SELECT * FROM incident_unit WHERE known_to IS NULL")
    return named.join(incident, on="incident_id", suffix="_of_incident")


class TestList:
    def test_every_unit_is_listed_with_its_incidents(
        self, demo_reader: Reader, attributed: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page(LIST, demo_reader.folder)
        named = attributed.filter(pl.col("confidence") != "excluded").unique(["incident_id", "unit_id"])
        shown = table_with(app, "about_unit")
        assert shown.height == 80
        assert shown["incidents"].sum() == named.height
        assert wording_units.coverage(named["incident_id"].n_unique(), 650) in said(app)
        assert wording_units.named(named["unit_id"].n_unique(), 80) in said(app)
        first = shown.row(0, named=True)
        unit = named["unit_id"].value_counts(sort=True).row(0)[0]
        of = named.filter(unit_id=unit)
        known = of.drop_nulls("civilians_killed_low")
        assert first["killed"] == casualty_range(
            known["civilians_killed_low"].sum(), None, known["civilians_killed_high"].sum()
        )
        assert first["civilians_killed_unknown"] == of.height - known.height
        assert first["unit"].startswith(f"/unit?id={unit.replace(':', '%3A')}#")
        assert first["incidents"] == of.height

    def test_a_unit_that_is_never_named_has_no_number_of_people(self, demo_reader: Reader, open_page: OpenPage) -> None:
        last = table_with(open_page(LIST, demo_reader.folder), "about_unit").row(-1, named=True)
        assert (last["incidents"], last["killed"]) == (0, "")

    def test_a_filter_changes_the_counts(
        self, demo_reader: Reader, attributed: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page(LIST, demo_reader.folder, country="Kenya")
        named = attributed.filter(pl.col("confidence") != "excluded", pl.col("country") == "KEN")
        assert table_with(app, "about_unit")["incidents"].sum() == named.unique(["incident_id", "unit_id"]).height
        assert "country=" in table_with(app, "about_unit")["unit"][0]

    def test_published_assessments_name_no_unit(self, airwars_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page(LIST, airwars_warehouse)
        assert wording_units.NO_UNITS in said(app)


class TestUnit:
    def test_incidents_and_what_happened_after_a_recommendation(
        self, demo_reader: Reader, attributed: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page(UNIT, demo_reader.folder, id=BATTALION)
        assert app.title[0].value == "Synthetic SAU 11th Battalion"
        own = attributed.filter(unit_id=BATTALION)
        shown = table_with(app, "mark")
        assert shown.height == own.height
        about = demo_reader.frame("SELECT * FROM response WHERE known_to IS NULL").filter(unit_id=BATTALION)
        since = about["recommended_on"].min()
        counted = own.filter(pl.col("confidence") != "excluded")
        repeated = counted.filter(pl.col("date_start") > since)
        assert shown.filter(mark=wording_units.REPEATED).height == repeated.height > 0
        codes = {re.findall("#(.+)$", link)[0] for link in shown.filter(mark=wording_units.REPEATED)["incident"]}
        assert codes == set(repeated["public_code"])
        summary = counts(app)
        assert summary[wording_units.COUNTS["incidents"]] == str(counted["incident_id"].n_unique())
        assert summary[wording_units.COUNTS["repeated"]] == str(repeated["incident_id"].n_unique())
        known = counted.drop_nulls("civilians_killed_low")
        assert summary[wording_units.COUNTS["killed"]] == casualty_range(
            known["civilians_killed_low"].sum(), None, known["civilians_killed_high"].sum()
        )
        assert summary[wording_units.COUNTS["killed_unknown"]] == str(counted.height - known.height)
        responses = table_with(app, "recommended_on")
        assert sorted(responses["status"]) == sorted(ResponseStatus.labels()[s] for s in about["status"])
        found = demo_reader.frame("SELECT * FROM assessment WHERE known_to IS NULL").join(
            counted, on="incident_id", how="semi"
        )
        listed = table_with(app, "finding")
        assert sorted(listed["finding"]) == sorted(Finding.labels()[f] for f in found["finding"])

    def test_a_unit_stands_beside_itself_with_the_units_below_it(
        self, demo_reader: Reader, attributed: pl.DataFrame, open_page: OpenPage
    ) -> None:
        app = open_page(UNIT, demo_reader.folder, id=BRIGADE)
        below = ("demo:SYN-U-SAU-04", "demo:SYN-U-SAU-05")
        counted = attributed.filter(pl.col("confidence") != "excluded")
        name = wording_units.COUNTS["incidents"]
        own = counted.filter(unit_id=BRIGADE)["incident_id"].n_unique()
        together = counted.filter(pl.col("unit_id").is_in([BRIGADE, *below]))["incident_id"].n_unique()
        assert (counts(app)[name], counts(app, wording_units.WITH_SUBORDINATES)[name]) == (str(own), str(together))
        assert own < together
        assert set(table_with(app, "mark")["unit"]) <= {
            "Synthetic SAU 1st Brigade",
            "Synthetic SAU 11th Battalion",
            "Synthetic SAU 12th Battalion",
        }
        links = [link.proto.label for link in app.get("page_link")]
        assert {"Synthetic SAU Command", "Synthetic SAU 11th Battalion"} <= set(links)

    def test_one_that_was_ruled_out_is_listed_and_counts_nowhere(
        self, demo_reader: Reader, attributed: pl.DataFrame, open_page: OpenPage
    ) -> None:
        unit = attributed.filter(confidence="excluded").filter(pl.col("unit_id").str.contains("ISR"))["unit_id"][0]
        app = open_page(UNIT, demo_reader.folder, id=unit)
        shown = table_with(app, "mark")
        excluded = shown.filter(confidence=Confidence.EXCLUDED.label)
        assert excluded.height > 0
        assert wording_units.RULED_OUT_NOTE in said(app)
        assert counts(app)[wording_units.COUNTS["incidents"]] == str(
            attributed.filter(pl.col("unit_id") == unit, pl.col("confidence") != "excluded")["incident_id"].n_unique()
        )

    @pytest.mark.parametrize("shown", [False, True])
    def test_what_a_private_report_says_is_hidden_unless_allowed(
        self, once: Callable[..., Path], open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, shown: bool
    ) -> None:
        monkeypatch.setenv(settings.SHOW_PRIVATE, "1" if shown else "0")
        app = open_page(UNIT, hostile(once), id=f"made-up:{HOSTILE}")
        words = table_with(app, "mark")["raw"].to_list()
        assert ("Confidential" in words) == shown
        assert (wording.PRIVATE_HIDDEN in words) != shown

    def test_hostile_text_is_text(self, once: Callable[..., Path], open_page: OpenPage) -> None:
        for page, parameters in ((LIST, {}), (UNIT, {"id": f"made-up:{HOSTILE}"})):
            app = open_page(page, hostile(once), **parameters)
            shown = [m.value for m in (*app.markdown, *app.caption, *app.title)]
            shown += [link.proto.label for link in app.get("page_link")]
            assert not [text for text in shown if re.search(r"(?<!\\)<img|(?<!\\)\*bold", text)]
            assert "javascript" not in json.dumps([t.to_dicts() for t in tables(app)], default=str)

    @pytest.mark.parametrize(("identifier", "note"), [(None, wording_units.NO_ID), ("x", None)])
    def test_without_a_unit_it_says_so(
        self, demo_reader: Reader, open_page: OpenPage, identifier: str | None, note: str | None
    ) -> None:
        parameters = {"id": identifier} if identifier else {}
        app = open_page(UNIT, demo_reader.folder, **parameters)
        assert (note or wording_units.unknown_unit("x")) in said(app)

    def test_under_a_filter_that_leaves_nothing(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(UNIT, demo_reader.folder, id=BATTALION, text="nowhere at all")
        for text in (wording_units.NO_INCIDENTS, wording_units.NO_RECOMMENDATIONS, wording_units.NO_FINDINGS):
            assert text in said(app)
        assert counts(app)[wording_units.COUNTS["killed"]] == ""


def hostile(once: Callable[..., Path]) -> Path:
    """A unit, and what is said of it, that look like markup; one report is private."""
    report = {"source_type": "media", "account_kind": "not_social_media"}
    row = {"unit_id": HOSTILE, "confidence": "possible", "basis": "source_claim"}
    return once(
        "hostile-units",
        lambda folder: warehouse(
            folder,
            incident=[{"incident_id": "i", "place": HOSTILE}, {"incident_id": "j"}],
            report=[report | {"report_id": "r", "access": "private"}, report | {"report_id": "s", "access": "public"}],
            unit=[
                {"unit_id": HOSTILE, "name": HOSTILE, "country": "KEN", "parent_unit_id": "above"},
                {"unit_id": "above", "name": HOSTILE, "country": "KEN"},
            ],
            incident_unit=[
                row | {"attribution_id": "1", "incident_id": "i", "report_id": "r", "raw_text": "Confidential"},
                row | {"attribution_id": "2", "incident_id": "j", "report_id": "s", "raw_text": HOSTILE},
            ],
        ),
    )
