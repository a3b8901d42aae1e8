"""The page of one incident: facts beside raw text, reports with what may not be shown, and what an address can say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pytest
from made_up import warehouse
from streamlit.testing.v1 import AppTest

from pages import wording, wording_dossier, wording_figures
from pages.components import settings
from pages.components.incident_evidence import MOST_UNDATED_REPORTS
from pages.components.incident_tables import link
from pages.components.incident_text import directed
from pages.components.plain import escaped
from warehouse import queries
from warehouse.connection import Reader
from warehouse.dossier import MOST_NEARBY
from warehouse.engine import run

OpenPage = Callable[..., AppTest]
PRIVATE_TEXT = "private statement"


@pytest.fixture(scope="module")
def busiest(demo_reader: Reader) -> dict[str, object]:
    """An incident with private reports, attributions, steps, assessments, responses and engagements."""
    tables = ("incident_weapon", "stage_transition", "assessment", "response", "engagement")
    rows = demo_reader.frame(
        "SELECT * FROM incident WHERE known_to IS NULL AND private_report_count > 0 AND latitude IS NOT NULL"
    )
    for table in tables:
        rows = rows.join(demo_reader.frame(f"SELECT incident_id FROM {table}"), on="incident_id", how="semi")
    return rows.sort("incident_id").row(0, named=True)


@pytest.fixture(scope="module")
def secrets(demo_reader: Reader) -> set[str]:
    """Everything that private reports say or that names a person's account."""
    private = demo_reader.frame("SELECT raw_text, submitted_by, title FROM report WHERE access = 'private'")
    accounts = demo_reader.frame("SELECT account_name FROM report")["account_name"].drop_nulls()
    senders = private["submitted_by"].drop_nulls()
    assert PRIVATE_TEXT in private["raw_text"][0]
    assert len(accounts)
    assert len(senders)
    return {*private["raw_text"], *senders, *accounts}


def everything(app: AppTest) -> str:
    """All that the page sends to the browser."""
    frames = [element.value.to_string() for element in (*app.dataframe, *app.table)]
    texts = [str(element.value) for element in (*app.text, *app.title, *app.info, *app.caption, *app.markdown)]
    charts = [element.proto.json for element in app.get("deck_gl_json_chart")]
    return "\n".join([*frames, *texts, *charts])


def tables(app: AppTest) -> dict[str, list[list[str]]]:
    """First heading -> rows of the page's tables."""
    return {t.value.columns[0]: t.value.to_numpy().tolist() for t in app.table}


def reports(app: AppTest) -> pl.DataFrame:
    """The page's table of reports."""
    (shown,) = (t.value for t in app.table if t.value.columns[0] == wording_dossier.REPORT_NUMBER)
    return pl.from_pandas(shown)


class TestFacts:
    def test_each_value_stands_beside_the_source_s_words(
        self, demo_warehouse: Path, demo_reader: Reader, open_page: OpenPage
    ) -> None:
        rows = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL").filter(
            pl.col("date_precision") == "range"
        )
        incident = rows.filter(pl.col("geo_precision") == "town").row(0, named=True)
        app = open_page("incident.py", demo_warehouse, id=incident["incident_id"])
        facts = {fact: (value, raw) for fact, value, raw in tables(app)["Fact"]}
        assert app.title[0].value == escaped(incident["public_code"])
        for fact, column in (
            ("Date", "date_raw"),
            ("Location precision", "geo_precision_raw"),
            ("Strike type", "strike_type_raw"),
            ("Strike status", "strike_status_raw"),
            ("Harm status", "harm_status_raw"),
        ):
            assert facts[fact][1] == escaped(incident[column])
        assert "within about 2.5 km of the point" in facts["Location precision"][0].replace("\\", "")
        first, last = incident["date_start"], incident["date_end"]
        assert str(first.day) in facts["Date"][0]
        assert f"{last.day} {last:%b %Y}" in facts["Date"][0]

    def test_casualties_are_those_of_the_source(
        self, demo_warehouse: Path, demo_reader: Reader, busiest: dict[str, object], open_page: OpenPage
    ) -> None:
        estimates = demo_reader.frame("SELECT * FROM casualty").filter(pl.col("incident_id") == busiest["incident_id"])
        shown = tables(open_page("incident.py", demo_warehouse, id=str(busiest["incident_id"])))["Who"]
        expected = {
            ("unknown" if low is None else f"{low:,}", "unknown" if high is None else f"{high:,}", escaped(raw))
            for low, high, raw in estimates.select("low", "high", "raw_text").iter_rows()
        }
        assert {(row[2], row[4], row[5]) for row in shown} == expected
        assert len(shown) == estimates.height

    def test_the_map_is_a_circle_where_the_place_is_coarse(
        self, demo_warehouse: Path, demo_reader: Reader, open_page: OpenPage
    ) -> None:
        rows = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL AND latitude IS NOT NULL")
        coarse = rows.filter(pl.col("geo_precision") == "district").row(0, named=True)
        chart = open_page("incident.py", demo_warehouse, id=coarse["incident_id"]).get("deck_gl_json_chart")[0]
        layers = {layer["id"]: layer for layer in json.loads(chart.proto.json)["layers"]}
        assert layers["radius"]["data"][0]["geo_radius_m"] == coarse["geo_radius_m"]
        assert "centre" not in layers

    def test_no_coordinates_no_map(self, demo_warehouse: Path, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = demo_reader.frame(
            "SELECT * FROM incident WHERE known_to IS NULL AND latitude IS NULL ORDER BY incident_id"
        )
        app = open_page("incident.py", demo_warehouse, id=rows["incident_id"][0])
        assert not app.get("deck_gl_json_chart")
        assert wording.NO_PLACE_ON_MAP in [t.value for t in app.text]

    def test_review_attributions_and_data_set(
        self, demo_warehouse: Path, demo_reader: Reader, busiest: dict[str, object], open_page: OpenPage
    ) -> None:
        app = open_page("incident.py", demo_warehouse, id=str(busiest["incident_id"]))
        shown = tables(app)
        for heading, table in (
            ("Weapon", "incident_weapon"),
            ("Day", "stage_transition"),
            ("Kind", "assessment"),
            ("Response type", "response"),
            ("Held on", "engagement"),
        ):
            count = demo_reader.frame(f"SELECT incident_id FROM {table}").filter(
                pl.col("incident_id") == busiest["incident_id"]
            )
            assert len(shown[heading]) == count.height > 0, table
        assert any("CC0-1.0" in text.value for text in app.text)

    def test_without_a_review_record_it_says_so(self, tmp_path: Path, open_page: OpenPage) -> None:
        folder = warehouse(tmp_path / "w", incident=[{"incident_id": "one", "public_code": "C1"}])
        app = open_page("incident.py", folder, id="made-up:one")
        texts = [t.value for t in app.text]
        assert wording.NO_REVIEW in texts
        assert wording.UNATTRIBUTED in texts
        assert wording.report_counts(0, 0) in texts
        assert wording.NO_CASUALTIES in texts
        assert wording.harmed("unknown", "unknown") in texts


class TestReports:
    def test_private_ones_are_counted_and_hidden(
        self, demo_warehouse: Path, busiest: dict[str, object], secrets: set[str], open_page: OpenPage
    ) -> None:
        app = open_page("incident.py", demo_warehouse, id=str(busiest["incident_id"]))
        page = everything(app)
        assert PRIVATE_TEXT not in page
        assert not [secret for secret in secrets if secret in page]
        shown = reports(app)
        assert shown.height == busiest["report_count"]
        private = shown.filter(pl.col("What it says") == escaped(wording.PRIVATE_HIDDEN))
        assert private.height == busiest["private_report_count"]
        assert private["Source"].str.contains(escaped(wording.PRIVATE_HIDDEN), literal=True).all()
        assert private["Address"].str.len_chars().sum() == 0
        assert wording.report_counts(shown.height, private.height) in [t.value for t in app.text]

    def test_shown_when_the_operator_allows_it_but_accounts_never(
        self,
        demo_warehouse: Path,
        demo_reader: Reader,
        busiest: dict[str, object],
        open_page: OpenPage,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv(settings.SHOW_PRIVATE, "1")
        page = everything(open_page("incident.py", demo_warehouse, id=str(busiest["incident_id"])))
        reports = demo_reader.frame("SELECT report.*, incident_id FROM report JOIN incident_report USING (report_id)")
        private = reports.filter(pl.col("access") == "private", pl.col("incident_id") == busiest["incident_id"])
        assert private.height
        for row in private.iter_rows(named=True):
            assert escaped(row["submitted_by"]) in page
            assert escaped(row["raw_text"]) in page
        assert not [name for name in reports["account_name"].drop_nulls() if name in page]

    def test_a_setting_that_is_no_answer_shows_nothing(
        self,
        demo_warehouse: Path,
        busiest: dict[str, object],
        open_page: OpenPage,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv(settings.SHOW_PRIVATE, "yes")
        app = open_page("incident.py", demo_warehouse, id=str(busiest["incident_id"]))
        assert PRIVATE_TEXT not in everything(app)
        assert settings.SHOW_PRIVATE in app.error[0].value

    def test_personal_accounts_have_no_address_and_the_page_says_why(
        self, demo_warehouse: Path, demo_reader: Reader, open_page: OpenPage
    ) -> None:
        of_incident = demo_reader.frame(
            "SELECT report.*, incident_id FROM report JOIN incident_report USING (report_id)"
        )
        incident_id = of_incident.filter(pl.col("account_kind") == "personal")["incident_id"][0]
        shown = reports(open_page("incident.py", demo_warehouse, id=incident_id))
        personal = shown.filter(pl.col("Note").str.contains(escaped(wording.PERSONAL_HIDDEN), literal=True))
        expected = of_incident.filter(pl.col("incident_id") == incident_id, pl.col("account_kind") == "personal")
        assert personal.height == expected.height
        assert personal["Address"].str.len_chars().sum() == 0

    def test_only_web_pages_are_links(self, hostile_warehouse: Path, open_page: OpenPage) -> None:
        shown = reports(open_page("incident.py", hostile_warehouse, id="made-up:plain"))
        assert "Address" not in shown.columns
        assert shown["Note"].to_list() == [escaped(wording.other_address("javascript:alert(1)"))]
        image = "<img src=x onerror=alert(1)>"
        assert shown["What it says"].to_list() == [escaped(f"“{image}” {image}")]

    def test_a_link_can_do_nothing_else_whatever_it_holds(self) -> None:
        address = 'https://a.example/x) [y](javascript:alert(1)) <b> "z'
        assert link("[t](u)", address) == (
            r"[\[t\]\(u\)](https://a.example/x%29%20%5By%5D%28javascript:alert%281%29%29%20%3Cb%3E%20%22z)"
        )


class TestTimeline:
    def test_is_that_of_the_dossier_with_private_sources_hidden(
        self, demo_warehouse: Path, demo_reader: Reader, busiest: dict[str, object], open_page: OpenPage
    ) -> None:
        app = open_page("incident.py", demo_warehouse, id=str(busiest["incident_id"]))
        shown = pl.DataFrame(tables(app)["When"], schema=list(wording_dossier.TIMELINE_HEADINGS.values()), orient="row")
        links = demo_reader.frame("SELECT published_on, incident_id FROM report JOIN incident_report USING (report_id)")
        links = links.filter(pl.col("incident_id") == busiest["incident_id"])
        undated_reports = links["published_on"].null_count()
        listed = undated_reports if undated_reports <= MOST_UNDATED_REPORTS else 1
        told = shown.filter(pl.col("Kind").is_in(["Report", "First report"]))
        assert told.height == links.height - undated_reports + listed
        steps = demo_reader.frame("SELECT incident_id FROM stage_transition")
        own = steps.filter(pl.col("incident_id") == busiest["incident_id"])
        assert shown.filter(pl.col("Kind") == "Review step").height == own.height
        undated = shown["When"] == escaped(wording_dossier.UNDATED)
        assert undated.to_list() == sorted(undated), "undated ones are last"
        if undated.any() and undated_reports <= MOST_UNDATED_REPORTS:
            assert wording_dossier.undated(undated.sum()) in [t.value for t in app.text]

    def test_many_reports_without_a_day_are_one_line(self, tmp_path: Path, open_page: OpenPage) -> None:
        report = {"source_type": "media", "access": "public", "account_kind": "not_social_media"}
        ids = [f"r{n}" for n in range(MOST_UNDATED_REPORTS + 2)]
        folder = warehouse(
            tmp_path / "w",
            incident=[{"incident_id": "one"}],
            report=[report | {"report_id": i} for i in ids[1:]]
            + [report | {"report_id": ids[0], "published_on": "2024-02-01"}],
            incident_report=[{"incident_id": "one", "report_id": i, "method": "stated"} for i in ids],
        )
        app = open_page("incident.py", folder, id="made-up:one")
        shown = [row for row in tables(app)["When"] if row[2] in ("Report", "First report")]
        assert [row[0] for row in shown] == ["1 Feb 2024", escaped(wording_dossier.UNDATED)]
        assert shown[1][1] == escaped(wording_dossier.undated_reports(len(ids) - 1))
        assert shown[1][3] == escaped("R2–R7")
        assert reports(app).height == len(ids)

    def test_on_a_past_day_nothing_later_is_in_it(
        self, demo_warehouse: Path, busiest: dict[str, object], open_page: OpenPage
    ) -> None:
        first = busiest["first_reported_on"] or busiest["date_start"]
        assert isinstance(first, date)
        day = first + timedelta(days=30)
        now = tables(open_page("incident.py", demo_warehouse, id=str(busiest["incident_id"])))["When"]
        app = open_page("incident.py", demo_warehouse, id=str(busiest["incident_id"]), as_known_on=str(day))
        then = tables(app)["When"]
        known = [datetime.strptime(row[-1], "%d %b %Y").date() for row in then]  # noqa: DTZ007
        assert max(known) <= day
        assert 0 < len(then) < len(now)
        assert wording_dossier.SAME_EVENT_WITHHELD in [t.value for t in app.text]


class TestNearby:
    def test_counts_and_rows_follow_the_choice(
        self, demo_warehouse: Path, demo_reader: Reader, open_page: OpenPage
    ) -> None:
        rows = demo_reader.frame(
            "SELECT incident_id FROM incident WHERE known_to IS NULL AND geo_precision = 'within_100m' "
            "AND country = 'PSE' AND date_start IS NOT NULL ORDER BY incident_id"
        )
        incident_id = rows["incident_id"][0]
        app = open_page("incident.py", demo_warehouse, id=incident_id)
        for metres, days in ((5_000, 7), (10_000, 30)):
            if (metres, days) != (5_000, 7):
                app.selectbox(key="near_m").set_value(metres)
                app.selectbox(key="near_days").set_value(days).run()
            counts = run(queries.nearby_counts(incident_id, metres, days), demo_reader).row(0, named=True)
            said = wording_dossier.nearby_counts(**counts, metres=metres, within_days=days)
            assert said in [t.value for t in app.text]
            shown = tables(app)["Incident"]
            assert len(shown) == min(counts["nearby"] + counts["may_be_nearby"], MOST_NEARBY) > 0
            assert all("](/incident?" in row[0] for row in shown)

    def test_without_a_place_it_says_so(self, demo_warehouse: Path, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = demo_reader.frame("SELECT incident_id FROM incident WHERE known_to IS NULL AND latitude IS NULL")
        app = open_page("incident.py", demo_warehouse, id=rows["incident_id"].sort()[0])
        assert wording_dossier.NO_PLACE in [t.value for t in app.text]
        assert "Incident" not in tables(app)


class TestFiles:
    def test_both_are_offered_and_named_by_what_they_hold(
        self, demo_warehouse: Path, busiest: dict[str, object], open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = open_page("incident.py", demo_warehouse, id=str(busiest["incident_id"]))
        offered = [b.proto.label for b in app.get("download_button")]
        assert [label for label in offered if label != wording_figures.TABLE_BUTTON] == [
            *wording_dossier.FILES.values()
        ]
        assert wording_dossier.PRIVATE_CONTENT not in [w.value for w in app.warning]
        monkeypatch.setenv(settings.SHOW_PRIVATE, "1")
        app = open_page("incident.py", demo_warehouse, id=str(busiest["incident_id"]))
        assert wording_dossier.PRIVATE_CONTENT in [w.value for w in app.warning]

    def test_a_licence_that_forbids_it_is_said(self, hostile_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("incident.py", hostile_warehouse, id="made-up:plain")
        assert any(w.value.startswith("Do not pass these rows on") for w in app.warning)


class TestUnits:
    def test_each_opens_its_page_and_names_its_report(
        self, demo_warehouse: Path, demo_reader: Reader, open_page: OpenPage
    ) -> None:
        named = demo_reader.frame(
            "SELECT * FROM incident_unit JOIN unit USING (unit_id) WHERE known_to IS NULL AND report_id IS NOT NULL"
        )
        incident_id = named["incident_id"].sort()[0]
        shown = tables(open_page("incident.py", demo_warehouse, id=incident_id))["Unit"]
        own = named.filter(pl.col("incident_id") == incident_id)
        for row in own.iter_rows(named=True):
            (found,) = (cells for cells in shown if f"](/unit?id={quote(row['unit_id'], safe='')})" in cells[0])
            assert found[0].startswith(f"[{escaped(row['name'])}")
            assert found[3].startswith("R")

    def test_none_named_is_said(self, hostile_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("incident.py", hostile_warehouse, id="made-up:plain")
        assert wording_dossier.NO_UNIT in [t.value for t in app.text]


class TestAddress:
    def test_an_unknown_incident_is_named_as_text(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("incident.py", demo_warehouse, id="<b>**x**")
        assert app.info[0].value == wording.unknown_incident("<b>**x**")
        assert "<b>" not in app.info[0].value
        assert app.get("page_link")

    def test_one_that_was_not_known_yet(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("incident.py", demo_warehouse, id="demo:SYN-00001", as_known_on="2020-01-01")
        said = wording.unknown_incident("demo:SYN-00001", date(2020, 1, 1))
        assert said in [i.value for i in app.info]
        assert not app.table

    def test_no_incident_named(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        assert open_page("incident.py", demo_warehouse).info[0].value == wording.NO_ID


def test_texts_that_look_like_code_are_escaped(hostile_warehouse: Path, open_page: OpenPage) -> None:
    markdown = "**bold** :red[x] $a$ [l](http://x)"
    app = open_page("incident.py", hostile_warehouse, id=f"made-up:{markdown}")
    assert app.title[0].value == escaped("=HYPERLINK(1)")
    facts = {fact: value for fact, value, *_ in tables(app)["Fact"]}
    assert facts["Place"] == escaped("<img src=x onerror=alert(1)>")
    assert "=HYPERLINK(1)" in [t.value for t in app.text]  # the summary, plain text
    shown = "\n".join(str(element.value) for element in (*app.markdown, *app.html))
    assert "<img" not in shown
    assert "**bold**" not in shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("رفح", "رفح"),
        ("Rafah (رفح)", "Rafah (رفح)"),
        ("رفح, Rafah, the Gaza Strip", "\u200eرفح, Rafah, the Gaza Strip"),
        ("A: تقرير عن حادث في سنجار", "\u200fA: تقرير عن حادث في سنجار"),
        ("12 – 14", "12 – 14"),
        ("", ""),
    ],
)
def test_direction_follows_most_of_the_letters(text: str, expected: str) -> None:
    assert directed(text) == expected
