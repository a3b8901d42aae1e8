"""The overview's panels and explanations: against Polars, against the pages behind them, and by running the query."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from made_up import step, warehouse
from streamlit.testing.v1 import AppTest

from pages import wording
from pages import wording_leadership as words
from pages.charts.formatting import number
from pages.components.overview_board import changes_table
from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.filters import Filters

OpenPage = Callable[..., AppTest]
AS_OF = date(2024, 10, 30)
COLUMNS = {
    "incidents": ["incidents"],
    "killed": ["civilians_killed_low", "civilians_killed_high", "civilians_killed_unknown"],
    "third_stage": ["reached_third_stage", "with_response"],
    "waiting": ["waiting", "overdue", "without_receipt"],
    "median_days": ["median_days"],
}
"""Card -> columns of the answer that it shows."""
PLACES = {"country": "Yemen", "harm_status": "Fair"}


def table_of(app: AppTest, heading: str) -> list[list[Any]]:
    """Rows of the table that has this column."""
    rows: list[list[Any]] = next(t.value for t in app.table if heading in t.value.columns).to_numpy().tolist()
    return rows


def explained(app: AppTest, name: str) -> tuple[str, list[str], list[Filters]]:
    """The query, the texts, and the filters of the links to rows in the explanation of a card."""
    opened = app.button(f"explain_{name}").click().run()
    assert not opened.exception
    (code,) = opened.code
    links = [link for m in opened.markdown for link in re.findall(r"\]\((/incidents\?[^)]*)\)", m.value)]
    filters = [Filters.from_params(parse_qs(urlsplit(link).query)) for link in links]
    return code.value, [t.value for t in opened.text], filters


class TestBoard:
    def test_the_funnel_counts_stages_reached(self, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = demo_reader.frame("SELECT stage_reached FROM incident WHERE known_to IS NULL")
        order = ["received", "incident_analysis", "policy_impact_assessment", "department_response_coordination"]
        reached = [rows.filter(pl.col("stage_reached").is_in(order[place:])).height for place in range(len(order))]
        app = open_page("overview.py", demo_reader.folder)
        spec = json.loads(app.get("plotly_chart")[0].proto.spec)
        bars = next(trace for trace in spec["data"] if trace["name"] == "Incidents that reached it")
        assert bars["x"] == reached
        assert f"{reached[-1]} ({100 * reached[-1] / rows.height:.0f}%)" in json.dumps(spec)

    def test_of_few_incidents_no_percentage_is_given(self, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL AND country = 'YEM'")
        third = rows.filter(stage_reached="department_response_coordination").height
        assert 0 < third < rows.height < 20
        spec = open_page("overview.py", demo_reader.folder, country="Yemen").get("plotly_chart")[0].proto.spec
        assert f"{third} of {rows.height}" in spec
        assert "%)" not in spec

    def test_where_the_oldest_wait(self, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL AND stage <> 'closed'")
        rows = rows.with_columns(days=(pl.lit(AS_OF) - pl.col("stage_entered_on")).dt.total_days())
        groups = rows.group_by("stage", "country").agg(pl.len(), pl.col("days").max()).sort("days", descending=True)
        app = open_page("overview.py", demo_reader.folder, **PLACES | {"country": ["Yemen", "Kenya", "Nigeria"]})
        assert table_of(app, words.OLDEST_COLUMNS[0])  # with filters too
        app = open_page("overview.py", demo_reader.folder)
        table = table_of(app, words.OLDEST_COLUMNS[0])
        assert [int(row[1]) for row in table] == groups["len"].to_list()[:5]
        assert (
            [re.match(r"\[([\d,]+) days\]", row[3])[1] for row in table]
            == [  # type: ignore[index]
                number(days) for days in groups["days"].to_list()[:5]
            ]
        )
        identifier = parse_qs(urlsplit(table[0][3].rsplit("(", 1)[1].rstrip(")")).query)["id"][0]
        assert rows.filter(incident_id=identifier)["days"].item() == groups["days"][0]

    def test_what_changed_this_week(self, demo_reader: Reader, open_page: OpenPage) -> None:
        before = AS_OF - timedelta(days=7)
        old = demo_reader.frame(
            f"SELECT * FROM incident WHERE known_from <= '{before}' AND coalesce(known_to, '9999-1-1') > '{before}'"
        )
        new = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")
        steps = demo_reader.frame(f"SELECT * FROM stage_transition WHERE known_to IS NULL AND known_from > '{before}'")
        responses = demo_reader.frame("SELECT * FROM response WHERE known_to IS NULL")
        changed = responses.filter(pl.col("known_from") > before)
        app = open_page("overview.py", demo_reader.folder)
        table = dict(table_of(app, words.CHANGED_COLUMNS[0]))
        assert table[words.CHANGED_NEW] == number(new.join(old, on="incident_id", how="anti").height)
        assert table["Retracted by their source"] == number(old.join(new, on="incident_id", how="anti").height)
        assert table["A step of the review"] == number(steps["incident_id"].n_unique())
        assert table["A response"] == number(changed["incident_id"].n_unique())
        assert words.changed_days(before, AS_OF) in [c.value for c in app.caption]

    def test_a_new_data_set_is_no_news(self) -> None:
        rows = [("added", "new", 2, 2), ("added", "new data set", 5, 5), ("added", None, 7, 7), ("step", "back", 1, 1),
                ("step", "reopened", 2, 2), ("step", "forward", 3, 3), ("step", None, 6, 5)]  # fmt: skip
        counts = pl.DataFrame(rows, schema=["what", "kind", "rows", "incidents"], orient="row")
        assert changes_table(counts, has_review=True).rows() == [
            (words.CHANGED_NEW, "2"),
            (words.CHANGED_LOADED, "5"),
            ("Retracted by their source", "0"),
            ("Killed: estimate revised", "0"),
            ("A step of the review", "5"),
            ("A finding", "0"),
            ("A response", "0"),
            (words.CHANGED_BACK, "3"),
        ]
        assert words.CHANGED_BACK not in changes_table(counts, has_review=False)[words.CHANGED_COLUMNS[0]]


class TestExplain:
    @pytest.mark.parametrize("parameters", [{}, {"country": "Yemen"}, {"date_from": "2024-03-01", "stage": "Closed"}])
    @pytest.mark.parametrize("name", COLUMNS)
    def test_its_query_gives_the_number(
        self, demo_reader: Reader, open_page: OpenPage, name: str, parameters: dict[str, str]
    ) -> None:
        app = open_page("overview.py", demo_reader.folder, **parameters)
        sql, texts, _ = explained(app, name)
        row = demo_reader.frame(sql).select(COLUMNS[name]).row(0)
        metric = app.metric[list(COLUMNS).index(name)]
        shown = [metric.value] if name != "killed" else metric.value.split("–")
        if name == "median_days" and row[0] is None:
            assert metric.value == wording.NONE_WAITS
        else:
            assert [number(float(value)) for value in row[: len(shown)]] == shown
        assert words.as_shown(COLUMNS[name]) in texts

    @pytest.mark.parametrize("parameters", [{}, {"country": "Yemen", "stage": ["Received", "Closed"]}])
    def test_its_link_opens_the_rows_behind_the_number(
        self, demo_reader: Reader, open_page: OpenPage, parameters: dict[str, Any]
    ) -> None:
        filters = Filters.from_params({n: [v] if isinstance(v, str) else v for n, v in parameters.items()})
        totals = run(queries.totals(filters), demo_reader).row(0, named=True)
        waiting = run(queries.open_review(filters, AS_OF), demo_reader).item(0, "waiting")
        known = demo_reader.frame(
            "SELECT * FROM incident WHERE known_to IS NULL AND civilians_killed_low IS NOT NULL"
            + (" AND country = 'YEM' AND stage IN ('received', 'closed')" if parameters else "")
        ).height
        for name, count in {
            "incidents": totals["incidents"], "killed": known, "waiting": waiting, "median_days": waiting
        }.items():  # fmt: skip
            _, texts, (rows,) = explained(open_page("overview.py", demo_reader.folder, **parameters), name)
            assert run(queries.totals(rows), demo_reader).item(0, "incidents") == count, name
            assert f"{filters.sentence()}." in texts
            if name == "killed" and known < totals["incidents"]:
                assert words.unknown_rows(totals["incidents"] - known) in texts

    def test_what_no_filter_gives_is_said(self, demo_reader: Reader, open_page: OpenPage) -> None:
        _, texts, (rows,) = explained(open_page("overview.py", demo_reader.folder), "third_stage")
        assert words.THIRD_STAGE_ROWS in texts
        assert rows == Filters(stage=("department_response_coordination",))

    def test_as_known_on_a_day(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page("overview.py", demo_reader.folder, as_known_on="2024-06-30")
        shown = app.metric[0].value
        sql, _, (rows,) = explained(app, "incidents")
        assert number(demo_reader.frame(sql).item(0, "incidents")) == shown
        assert rows.as_known_on == date(2024, 6, 30)

    def test_sources_with_their_day_and_licence(self, demo_reader: Reader, open_page: OpenPage) -> None:
        dataset = demo_reader.frame("SELECT * FROM dataset").row(0, named=True)
        _, texts, _ = explained(open_page("overview.py", demo_reader.folder), "killed")
        line = wording.dataset_line(
            dataset["title"], dataset["publisher"], dataset["licence"], dataset["known_on"],
            redistributable=dataset["redistributable"],
        )  # fmt: skip
        assert line in texts

    def test_no_incident_waits(self, once: Callable[..., Path], open_page: OpenPage) -> None:
        steps = [step("a", 1, "", "received", "2024-01-01"),
                 step("a", 2, "received", "incident_analysis", "2024-01-02"),
                 step("a", 3, "incident_analysis", "closed", "2024-01-03")]  # fmt: skip
        folder = once(
            "all-closed",
            lambda f: warehouse(f, incident=[{"incident_id": "a"}, {"incident_id": "b"}], stage_transition=steps),
        )
        app = open_page("overview.py", folder)
        assert app.metric[3].value == "0"
        assert app.metric[4].value == wording.NONE_WAITS
        assert words.nobody_waits(1, 1) in [t.value for t in app.text]
        sql, texts, rows = explained(app, "waiting")
        assert reader(folder).frame(sql).item(0, "waiting") == 0
        assert words.NO_ROWS in texts
        assert not rows

    def test_of_what_is_unknown_nothing_is_explained(self, airwars_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("overview.py", airwars_warehouse)
        assert [b.key for b in app.button if b.key and b.key.startswith("explain_")] == [
            "explain_incidents",
            "explain_killed",
        ]
        sql, _, (rows,) = explained(app, "killed")
        assert reader(airwars_warehouse).frame(sql).select(COLUMNS["killed"]).row(0) == (8379, 11217, 98)
        assert run(queries.totals(rows), reader(airwars_warehouse)).item(0, "incidents") == 939 - 98
