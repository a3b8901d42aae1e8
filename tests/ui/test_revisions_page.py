"""The page Revisions, the mark of an earlier state of knowledge on every page, and an incident's own history."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import KNOWN_ON, intake, warehouse
from page_parts import table_with
from streamlit.testing.v1 import AppTest

from pages import wording, wording_revisions
from pages.charts.formatting import number
from pages.components import revisions_found
from transforms.pipeline import Source, build
from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.filters import Filters
from warehouse.funnel import funnel as reached_by_stage

OpenPage = Callable[..., AppTest]
PAGE = "revisions.py"
OLD, NEW = "2023-08-04", "2024-06-02"
PAST = "2024-03-01"
COLUMNS = wording_revisions.COLUMNS


@pytest.fixture(scope="module")
def pair(shared_data: Path, once: Callable[..., Path]) -> Path:
    folder = shared_data / "bellingcat_ukraine"
    sources = [Source("timemap", folder / f"ukr-civharm-{day}.json") for day in (OLD, NEW)]
    return once("timemap-pair", lambda made: build(made, sources, lambda _: None))


@pytest.fixture(scope="module")
def versions(once: Callable[..., Path]) -> Path:
    """Two exports and two corrections: of 30 incidents with another weapon tag, `a` has other news as well."""

    def exported(folder: Path, day: str, rows: list[dict[str, str]]) -> Source:
        dataset = {"known_on": day, "retrieved_on": day}
        return Source("chirg_intake", intake(folder.with_name(f"{folder.name}-{day}"), dataset, incident=rows))

    def make(folder: Path) -> None:
        many = [{"incident_id": f"m{n}", "place": "Village"} for n in range(30)]
        first = [*many, {"incident_id": "a", "place": "Here", "harm_status": "weak"}, {"incident_id": "gone"}]
        second = [
            *(row | {"strike_type_raw": "Shelling"} for row in many),
            {"incident_id": "a", "place": "There", "harm_status": "fair"},
            {"incident_id": "new"},
        ]
        folder.mkdir()
        (folder / "corrections.toml").write_text(
            "\n".join(
                ["[[correction]]", 'incident_id = "made-up:a"', 'field = "strike_type"', 'expected = ["unknown"]',
                 'value = ["airstrike"]', 'reason = "Misread"', 'evidence = "https://example.org"', 'by = "A. Analyst"',
                 "on = 2024-09-01"]
            ),
            encoding="utf-8",
        )  # fmt: skip
        build(
            folder,
            [exported(folder, KNOWN_ON, first), exported(folder, "2024-07-31", second)],
            lambda _: None,
            validate=False,
        )

    return once("revisions-versions", make)


def metrics(app: AppTest) -> list[str]:
    return [m.value for m in app.metric]


def said(app: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*app.info, *app.error, *app.warning, *app.text))


class TestPublishedPair:
    def test_counts_and_tables(self, pair: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, pair)
        assert metrics(app) == ["572", "1", "436"]
        assert wording_revisions.shown_of(500, 550, "change") in said(app)
        assert wording_revisions.shown_of(500, 572, "incident") in said(app)
        assert wording_revisions.shown_of(1, 1, "incident") in said(app)
        wide = next(t for t in (pl.from_pandas(d.value) for d in app.dataframe) if "distance" in t.columns)
        assert wide.select("field", "change", "incidents", "of").rows() == [
            ("Location", "moved by less than 1 km", 1_217, 1_218),
            ("Place", "emptied", 894, 1_218),
            ("Summary", "spacing only", 312, 1_218),
            ("Place", "filled in", 263, 1_218),
            ("Source type", "+Unknown", 187, 1_218),
            ("Strike type, raw text", "−Unknown", 90, 1_218),
            ("Place", "reworded", 16, 1_218),
        ]
        assert wide["distance"][0] == "median 50 m, at most 191 m"

    def test_the_figures_say_how_many_of_those_known_on_either_day(self, pair: Path, open_page: OpenPage) -> None:
        bars, moves = (json.dumps(json.loads(c.proto.spec)) for c in open_page(PAGE, pair).get("plotly_chart"))
        assert "1,791 of 1,791 incidents" in bars.replace("<br>", " ")
        assert "1,217 of 1,791 incidents" in moves.replace("<br>", " ")
        assert "Median 50 m, farthest 191 m." in moves.replace("<br>", " ")

    def test_single_changes_are_those_that_no_large_share_had(self, pair: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, pair)
        single = next(t for t in (pl.from_pandas(d.value) for d in app.dataframe) if "before" in t.columns)
        assert single.height == revisions_found.MOST_LISTED
        assert not set(single["field"]) & {"Location", "Place"}
        coded = single.filter(pl.col("field") == "Weapon system")
        assert coded["before"].str.contains("_").sum() == 0
        assert "Rocket artillery; Cluster munition" in coded["after"].to_list()

    def test_a_filter_does_not_turn_the_publisher_s_habits_into_news(self, pair: Path, open_page: OpenPage) -> None:
        """CIV0001 alone moved by metres like everything else: that stays a change of coding."""
        app = open_page(PAGE, pair, text="CIV0001")
        fields = [
            set(t["field"]) for t in map(pl.from_pandas, (d.value for d in app.dataframe)) if "field" in t.columns
        ]
        wide, single = fields
        assert "Location" in wide
        assert single == {"Reports"}
        assert metrics(app) == ["0", "0", "1"]

    def test_a_retracted_incident_s_link_shows_it_as_it_was_known(self, pair: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, pair)
        retracted = pl.from_pandas(app.dataframe[-1].value)
        (address,) = retracted["incident"]
        assert re.fullmatch(rf"/incident\?as_known_on={OLD}&id=timemap-bellingcat%3A\w+#\w+", address)
        incident = address.split("%3A")[1].split("#")[0]
        page = open_page("incident.py", pair, id=f"timemap-bellingcat:{incident}", as_known_on=OLD)
        assert page.title[0].value == incident

    def test_the_wrong_order_of_days_is_said(self, pair: Path, open_page: OpenPage) -> None:
        for first, last in ((NEW, OLD), (OLD, OLD)):
            app = open_page(PAGE, pair, revised_from=first, revised_to=last)
            assert [e.value for e in app.error] == [wording_revisions.WRONG_ORDER]
            assert not app.metric

    def test_days_between_which_nothing_changed(self, pair: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, pair, revised_from="2024-01-01", revised_to="2024-02-01")
        assert wording_revisions.NOTHING in said(app)
        assert metrics(app) == ["0", "0", "0"]


class TestMadeUp:
    def test_a_change_of_coding_stands_apart_from_news(self, versions: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, versions, revised_from=KNOWN_ON, revised_to="2024-07-31")
        assert metrics(app) == ["1", "1", "1"]
        frames = [pl.from_pandas(d.value) for d in app.dataframe]
        (wide,) = (f for f in frames if "of" in f.columns)
        assert wide.rows() == [("Strike type, raw text", "+Shelling", 30, 31)]
        (single,) = (f for f in frames if "before" in f.columns)
        assert single.select("field", "before", "after").rows() == [
            ("Place", "Here", "There"),
            ("Harm status", "Weak", "Fair"),
        ]

    def test_a_correction_is_a_revision_of_its_own_day(self, versions: Path, open_page: OpenPage) -> None:
        """It is younger than the newest export; the page goes as far."""
        app = open_page(PAGE, versions)
        assert [app.date_input(key=key).value for key in ("revised_from", "revised_to")] == [
            date(2024, 7, 31),
            date(2024, 9, 1),
        ]
        assert metrics(app) == ["0", "0", "1"]
        (single,) = (pl.from_pandas(d.value) for d in app.dataframe if "before" in d.value.columns)
        assert single.select("field", "before", "after").rows() == [("Strike type", "Unknown", "Airstrike")]

    def test_an_incident_s_history_and_its_correction(self, versions: Path, open_page: OpenPage) -> None:
        def histories(**known: str) -> dict[str, list[list[str]]]:
            app = open_page("incident.py", versions, id="made-up:a", **known)
            return {t.value.columns[0]: t.value.to_numpy().tolist() for t in app.table if len(t.value.columns) >= 4}

        steps = [
            ["31 Jul 2024", "Place", "Here", "There"],
            ["31 Jul 2024", "Harm status", "Weak", "Fair"],
            ["1 Sep 2024", "Strike type", "Unknown", "Airstrike"],
        ]
        shown = histories()
        assert shown["Known from"] == steps
        (correction,) = shown["What"]
        assert correction[:4] == ["Strike type", "Unknown", "Airstrike", "Misread"]
        earlier = histories(as_known_on="2024-08-01")
        assert earlier["Known from"] == steps[:2]
        assert "What" not in earlier, "nobody knew of the correction then"
        assert "Known from" not in histories(as_known_on="2024-07-30")

    def test_an_incident_that_was_never_revised_says_since_when_it_is_known(
        self, versions: Path, open_page: OpenPage
    ) -> None:
        app = open_page("incident.py", versions, id="made-up:new")
        assert wording_revisions.never_revised(date(2024, 7, 31)) in said(app)

    def test_one_day_of_knowledge_has_no_revisions(self, once: Callable[..., Path], open_page: OpenPage) -> None:
        folder = once("one-day", lambda made: warehouse(made, incident=[{"incident_id": "a"}]))
        app = open_page(PAGE, folder)
        assert wording_revisions.ONE_DAY in said(app)
        assert not app.metric

    def test_more_changes_than_are_compared_are_said_and_the_counts_stay_whole(
        self, versions: Path, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(revisions_found, "MOST_COMPARED", 10)
        monkeypatch.setattr(revisions_found, "MOST_LISTED", 0)
        app = open_page(PAGE, versions, revised_from=KNOWN_ON, revised_to="2024-07-31")
        assert metrics(app)[:2] == ["1", "1"]
        assert [w.value for w in app.warning if "compared" in w.value] == [wording_revisions.too_many(10, 31)]


class TestDemo:
    @pytest.mark.parametrize(("first", "last"), [("2024-09-30", "2024-10-30"), ("2023-12-31", PAST)])
    def test_counts(
        self, demo_warehouse: Path, demo_reader: Reader, open_page: OpenPage, first: str, last: str
    ) -> None:
        rows = demo_reader.frame("SELECT incident_id, known_from, known_to FROM incident")

        def known(text: str) -> set[str]:
            day = date.fromisoformat(text)
            ended = pl.col("known_to").is_null() | (pl.col("known_to") > day)
            return set(rows.filter(pl.col("known_from") <= day, ended)["incident_id"])

        app = open_page(PAGE, demo_warehouse, revised_from=first, revised_to=last)
        added, retracted = known(last) - known(first), known(first) - known(last)
        assert metrics(app)[:2] == [number(len(added)), number(len(retracted))]
        assert len(added) > 20

    def test_at_first_it_compares_the_last_thirty_days(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_warehouse)
        assert [app.date_input(key=key).value for key in ("revised_from", "revised_to")] == [
            date(2024, 9, 30),
            date(2024, 10, 30),
        ]
        single = next(t for t in (pl.from_pandas(d.value) for d in app.dataframe) if "before" in t.columns)
        stages = single.filter(pl.col("field") == "Stage")["after"]
        assert len(stages) > 20, "steps of the review are news, however many"
        assert stages.str.contains("_").sum() == 0


class TestAsKnownOn:
    @pytest.mark.parametrize("page", ["overview.py", "incidents.py", "pipeline.py", "trends.py", PAGE])
    def test_a_link_shows_the_mark_and_the_state_of_that_day(
        self, demo_warehouse: Path, demo_reader: Reader, open_page: OpenPage, page: str
    ) -> None:
        day = date.fromisoformat(PAST)
        app = open_page(page, demo_warehouse, as_known_on=PAST)
        assert wording.as_known_on(day, date(2024, 10, 30)) in [i.value for i in app.info]
        filters = Filters(as_known_on=day)
        shown = run(queries.totals(Filters()), demo_reader, day).item(0, "incidents")
        assert 0 < shown < 650
        assert wording.filter_line(filters.sentence(), shown, shown) in [t.value for t in app.text]

    def test_figures_show_the_numbers_of_that_day(
        self, demo_warehouse: Path, demo_reader: Reader, open_page: OpenPage
    ) -> None:
        app = open_page("pipeline.py", demo_warehouse, as_known_on=PAST)
        heading = wording.FUNNEL_COLUMNS["reached"]
        funnel = table_with(app, heading)
        day = date.fromisoformat(PAST)
        expected = reached_by_stage(run(queries.progress(Filters(), day), demo_reader, day))
        assert funnel[heading].to_list() == expected["reached"].to_list()

    def test_the_newest_day_is_said_to_be_the_present(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("overview.py", demo_warehouse, as_known_on="2024-12-31")
        assert any("this is the current state" in i.value for i in app.info)

    def test_a_day_between_export_and_correction_is_not_the_present(self, versions: Path, open_page: OpenPage) -> None:
        app = open_page("overview.py", versions, as_known_on="2024-08-15")
        assert wording.as_known_on(date(2024, 8, 15), date(2024, 9, 1)) in [i.value for i in app.info]
        assert not any("this is the current state" in i.value for i in app.info)

    def test_revisions_end_on_the_day_of_knowledge(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_warehouse, as_known_on=PAST)
        assert app.date_input(key="revised_to").value == date.fromisoformat(PAST)

    def test_days_chosen_before_move_with_the_day_of_knowledge(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_warehouse)
        app.date_input(key="as_known_on").set_value(date.fromisoformat(PAST)).run()
        assert [app.date_input(key=key).value for key in ("revised_from", "revised_to")] == [
            date(2024, 1, 31),
            date(2024, 3, 1),
        ]
        assert wording_revisions.moved_to(date.fromisoformat(PAST)) in said(app)
        moved = metrics(app)
        assert moved == metrics(open_page(PAGE, demo_warehouse, as_known_on=PAST))

    def test_a_link_that_asks_for_more_than_was_known_says_so(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_warehouse, as_known_on=PAST, revised_from="2024-01-01", revised_to="2024-09-01")
        day = date.fromisoformat(PAST)
        assert [e.value for e in app.error] == [wording_revisions.after_known_on(day)]
        assert not app.metric

    @pytest.mark.parametrize(("day", "known"), [("2024-05-05", True), ("2020-01-01", False)])
    def test_before_a_second_day_of_knowledge(self, pair: Path, open_page: OpenPage, day: str, known: bool) -> None:
        app = open_page(PAGE, pair, as_known_on=day)
        assert wording_revisions.one_day_by(date.fromisoformat(day), known=known) in said(app)


def test_links_of_changes_keep_the_filters(demo_warehouse: Path, open_page: OpenPage) -> None:
    app = open_page(PAGE, demo_warehouse, as_known_on=PAST, country="Kenya")
    links: list[Any] = [link for d in app.dataframe if "incident" in d.value.columns for link in d.value["incident"]]
    assert links
    assert all("as_known_on=2024-03-01" in link and "country=Kenya" in link for link in links)


def test_the_reader_s_version_is_the_one_of_the_pair(pair: Path) -> None:
    assert run(queries.knowledge_days(), reader(pair))["incidents"].to_list() == [1_219, 1_791]
