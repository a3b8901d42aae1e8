"""The page Sources shows the numbers that other code finds in the warehouse's tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import warehouse
from page_parts import unfold
from streamlit.testing.v1 import AppTest

from pages import wording as shared
from pages import wording_sources as wording
from pages.components import settings
from warehouse.connection import Reader, reader
from warehouse.vocabulary import GREY

OpenPage = Callable[..., AppTest]
PAGE = "sources.py"
COLUMNS = wording.COLUMNS
LINKED = """SELECT DISTINCT r.* FROM report r JOIN incident_report l USING (report_id)
JOIN incident i USING (incident_id)
WHERE r.known_to IS NULL AND l.known_to IS NULL AND i.known_to IS NULL AND {}"""


def said(app: AppTest) -> str:
    return "\n".join(e.value for e in (*app.text, *app.info, *app.caption))


def charts(app: AppTest) -> dict[str, dict[str, Any]]:
    """Title -> figure."""
    specs = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    return {texts(spec)["title"].removeprefix("<b>").removesuffix("</b>"): spec for spec in specs}


def texts(spec: dict[str, Any]) -> dict[str, str]:
    notes = spec["layout"]["annotations"]
    return {note["name"]: note["text"].replace("<br>", " ") for note in notes if "name" in note}


def chart(app: AppTest, start: str) -> dict[str, Any]:
    """The only figure whose title starts like this."""
    (found,) = (spec for title, spec in charts(app).items() if title.startswith(start))
    return found


def numbers(app: AppTest, title: str) -> pl.DataFrame:
    """The only table with this title in its text for screen readers: one behind a figure, or that of publishers."""
    unfold(app)
    (found,) = (table for table in app.dataframe if title in table.proto.alt)
    frame: pl.DataFrame = pl.from_pandas(found.value.reset_index(drop=True))
    return frame


def counted(frame: pl.DataFrame, label: str, count: str) -> dict[str, int]:
    return dict(frame.select(COLUMNS[label], COLUMNS[count]).iter_rows())


class TestDemo:
    @pytest.mark.parametrize("country", ["", "NGA"])
    def test_reports_by_type_of_source(self, open_page: OpenPage, demo_reader: Reader, country: str) -> None:
        filters = {"country": "Nigeria"} if country else {}
        app = open_page(PAGE, demo_reader.folder, **filters)
        reports = demo_reader.frame(LINKED.format(f"i.country = '{country}'" if country else "true"))
        found = numbers(app, "Reports by type of source")
        expected = reports.group_by("source_type").agg(n=pl.len(), a=pl.col("archive_url").count())
        assert sorted(found.select(COLUMNS["reports"], COLUMNS["archived"]).rows()) == sorted(
            expected.select(pl.col("n", "a").cast(pl.Int64)).rows()
        )
        assert wording.archived(reports["archive_url"].count(), reports.height) in said(app)
        footer = texts(chart(app, "Reports by type of source"))["footer"]
        assert f"{reports.height:,} reports of " in footer

    def test_unknown_is_grey_and_last(self, open_page: OpenPage, demo_warehouse: Path) -> None:
        app = open_page(PAGE, demo_warehouse)
        (bars,) = chart(app, "Reports by type of source")["data"]
        assert (bars["customdata"][-1], bars["marker"]["color"][-1]) == ("Unknown", GREY)
        (bars,) = chart(app, "Reports by platform")["data"]
        assert (bars["customdata"][-1], bars["marker"]["color"][-1]) == ("Not stated", GREY)

    def test_reports_by_month_say_how_many_have_no_day(self, open_page: OpenPage, demo_reader: Reader) -> None:
        app = open_page(PAGE, demo_reader.folder)
        reports = demo_reader.frame(LINKED.format("true"))
        undated = reports["published_on"].null_count()
        subtitle = texts(chart(app, wording.MONTHS_TITLE))["subtitle"]
        assert wording.months_subtitle(undated, reports.height) in subtitle
        assert numbers(app, wording.MONTHS_TITLE)[COLUMNS["reports"]].sum() == reports.height

    def test_how_many_rest_on_one_report(self, open_page: OpenPage, demo_reader: Reader) -> None:
        app = open_page(PAGE, demo_reader.folder)
        incidents = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")
        found = counted(numbers(app, wording.BASE_TITLE), "band", "incidents")
        assert found["No report"] == incidents.filter(report_count=0).height
        assert found["1 report"] == incidents.filter(report_count=1).height
        assert sum(found.values()) == incidents.height

    def test_lags_have_medians_and_say_what_is_unknown(self, open_page: OpenPage, demo_reader: Reader) -> None:
        app = open_page(PAGE, demo_reader.folder)
        incidents = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")
        days = incidents.filter(date_precision="day").select(
            days=(pl.col("first_reported_on") - pl.col("date_start")).dt.total_days()
        )["days"]
        known = days.count()
        subtitle = texts(chart(app, wording.LAG_TITLES["first_report"]))["subtitle"]
        median = days.median()
        assert isinstance(median, float)
        assert wording.lag_subtitle(known, median, 0, incidents.height - known, incidents.height) in subtitle
        found = counted(numbers(app, wording.LAG_TITLES["first_report"]), "days", "incidents")
        assert sum(found.values()) == incidents.height
        assert wording.LAG_BANDS["before_event"] not in found

    def test_what_the_incidents_became(self, open_page: OpenPage, demo_reader: Reader) -> None:
        app = open_page(PAGE, demo_reader.folder)
        rows = demo_reader.frame("SELECT source_type, stage, response_count FROM incident WHERE known_to IS NULL")
        media = rows.filter(pl.col("source_type").list.contains("media"))
        stages = numbers(app, wording.OUTCOME_TITLES["stage"]).filter(pl.col(COLUMNS["source_type"]) == "Media")
        assert stages[COLUMNS["incidents"]].sum() == media.height
        assert counted(stages, "category", "incidents")["Closed"] == media.filter(stage="closed").height
        responses = numbers(app, wording.OUTCOME_TITLES["response"]).filter(pl.col(COLUMNS["source_type"]) == "Media")
        with_response = counted(responses, "category", "incidents")[wording.RESPONSES["with_response"]]
        assert with_response == media.filter(pl.col("response_count") > 0).height
        assert "counts in each" in texts(chart(app, wording.OUTCOME_TITLES["stage"]))["subtitle"]

    def test_nothing_under_the_filter(self, open_page: OpenPage, demo_warehouse: Path) -> None:
        app = open_page(PAGE, demo_warehouse, text="no such text anywhere")
        assert shared.empty_state("incidents", has_filter=True) in said(app)
        assert not app.get("plotly_chart")


class TestUnknown:
    def test_a_report_before_the_event_is_shown_as_such(self, once: Callable[..., Path], open_page: OpenPage) -> None:
        def make(folder: Path) -> None:
            report = {"report_id": "r", "source_type": "media", "access": "public",
                      "account_kind": "not_social_media", "published_on": "2023-12-30"}  # fmt: skip
            warehouse(
                folder,
                incident=[{"incident_id": "a"}],
                report=[report, report | {"report_id": "alone"}],
                incident_report=[{"incident_id": "a", "report_id": "r", "method": "stated"}],
            )

        app = open_page(PAGE, once("sources-before", make))
        found = counted(numbers(app, wording.LAG_TITLES["first_report"]), "days", "incidents")
        assert found[wording.LAG_BANDS["before_event"]] == 1
        assert (
            wording.lag_subtitle(1, -2.0, 1, 0, 1) in texts(chart(app, wording.LAG_TITLES["first_report"]))["subtitle"]
        )
        assert wording.unreachable(1) in said(app)

    def test_airwars_states_no_days_and_no_review(self, open_page: OpenPage, airwars_warehouse: Path) -> None:
        app = open_page(PAGE, airwars_warehouse)
        for sentence in (
            wording.no_months(22247),
            wording.no_lag("first_report", 926, 13),
            wording.no_lag("assessment", 926, 13),
            wording.no_review("stage"),
            wording.no_review("response"),
        ):
            assert sentence in said(app)
        assert len(charts(app)) == 6

    def test_incidents_without_any_report(self, once: Callable[..., Path], open_page: OpenPage) -> None:
        folder = once("sources-none", lambda where: warehouse(where, incident=[{"incident_id": "a"}]))
        app = open_page(PAGE, folder)
        assert wording.NO_REPORTS in said(app)
        assert counted(numbers(app, wording.BASE_TITLE), "band", "incidents")["No report"] == 1
        assert wording.PUBLISHERS not in [h.value for h in app.header]


class TestPublishers:
    def test_those_of_private_reports_only_where_allowed(
        self, open_page: OpenPage, demo_reader: Reader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reports = demo_reader.frame(LINKED.format("true")).filter(pl.col("account_kind") != "personal")
        public = reports.filter(access="public")
        app = open_page(PAGE, demo_reader.folder)
        assert f"of {public['publisher'].drop_nulls().n_unique()} named publishers" in said(app)
        top = public.drop_nulls("publisher").group_by("publisher").len()["len"].max()
        assert numbers(app, wording.PUBLISHERS)["reports"][0] == top
        monkeypatch.setenv(settings.SHOW_PRIVATE, "1")
        app = open_page(PAGE, demo_reader.folder)
        assert f"of {reports['publisher'].drop_nulls().n_unique()} named publishers" in said(app)

    def test_personal_accounts_are_never_named(self, once: Callable[..., Path], open_page: OpenPage) -> None:
        def make(folder: Path) -> None:
            person = {"report_id": "r", "source_type": "social_media", "access": "public",
                      "account_kind": "personal", "publisher": "Some Person"}  # fmt: skip
            warehouse(
                folder,
                incident=[{"incident_id": "a"}],
                report=[person],
                incident_report=[{"incident_id": "a", "report_id": "r", "method": "stated"}],
            )

        app = open_page(PAGE, once("sources-personal", make))
        assert wording.publishers_note(0, 0, 1, 1, 0) in said(app)
        assert "Some Person" not in said(app) + json.dumps(list(charts(app).values()))
        assert wording.PUBLISHERS not in [table.proto.alt for table in app.dataframe]


def test_texts_of_sources_are_shown_as_they_are(hostile_warehouse: Path, open_page: OpenPage) -> None:
    app = open_page(PAGE, hostile_warehouse)
    (publisher,) = reader(hostile_warehouse).frame("SELECT publisher FROM dataset")["publisher"]
    written = json.dumps(list(charts(app).values()))
    assert publisher not in written
    assert "&lt;img" in written
    assert "**bold** :red[x] $a$ [l](http://x)" in numbers(app, wording.PUBLISHERS)["publisher"].to_list()
