"""The overview: its figures against Polars on the demo's tables, what it compares, and what it says when unknown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import warehouse
from page_parts import tables
from streamlit.testing.v1 import AppTest

from pages import wording
from pages import wording_leadership as words
from pages.charts.formatting import number
from pages.components.overview_comparison import Comparison, compare
from pages.components.plain import escaped
from warehouse.connection import Reader, reader
from warehouse.filters import Filters

OpenPage = Callable[..., AppTest]
FIRST, LAST, AS_OF = date(2023, 8, 23), date(2024, 10, 30), date(2024, 10, 30)
LABELS = [wording.INCIDENTS_COUNTED, wording.CIVILIANS_KILLED, wording.THIRD_STAGE, words.WAITING, words.MEDIAN_WAIT]


def metrics(app: AppTest) -> dict[str, tuple[str, str]]:
    """Label -> value, change."""
    return {m.label: (m.value, m.delta) for m in app.metric}


def said(app: AppTest) -> str:
    """All captions, texts and notices."""
    return "\n".join(e.value for e in (*app.caption, *app.text, *app.info))


def trends(app: AppTest) -> dict[str, list[str]]:
    """What a trend is of -> its values as it says them."""
    texts = [text for html in app.get("html") for text in re.findall(r'alt="([^"]*)"', html.proto.body)]
    found = {}
    for text in texts:
        what, values = text.removesuffix(".").rsplit(": ", 1)
        found[what.rsplit(", ", 1)[0]] = re.split(r", (?=\d|unknown)", values)
    return found


def happened(rows: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Incidents whose days overlap these."""
    return rows.filter(pl.col("date_end") >= first, pl.col("date_start") <= last)


def span(rows: pl.DataFrame) -> str:
    """Civilians reported killed, "615–745"."""
    return f"{number(rows['civilians_killed_low'].sum())}–{number(rows['civilians_killed_high'].sum())}"


def table_of(app: AppTest, heading: str) -> list[list[Any]]:
    """Rows of the table that has this column."""
    rows: list[list[Any]] = next(t.value for t in app.table if heading in t.value.columns).to_numpy().tolist()
    return rows


class TestFigures:
    def test_all_incidents_and_the_last_90_days(self, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")
        now = happened(rows, date(2024, 8, 2), date(2024, 10, 30))
        before = happened(rows, date(2024, 5, 4), date(2024, 8, 1))
        third = "department_response_coordination"
        all_steps = demo_reader.frame("SELECT * FROM stage_transition")
        steps = all_steps.filter(pl.col("occurred_on") <= date(2024, 8, 1))
        third_before = steps.filter(pl.col("to_stage") == third)["incident_id"].n_unique()
        closed_before = steps.filter(pl.col("to_stage") == "closed")["incident_id"].n_unique()
        waits = rows.filter(pl.col("stage") != "closed")
        third_now = rows.filter(pl.col("stage_reached") == third).height
        received = all_steps.filter(to_stage="received").group_by("incident_id").agg(pl.col("occurred_on").min())
        open_days = (pl.lit(AS_OF) - pl.col("occurred_on")).dt.total_days()
        overdue = waits.join(received, on="incident_id").filter(open_days > 60).height
        app = open_page("overview.py", demo_reader.folder)
        shown = metrics(app)
        assert list(shown) == LABELS
        assert shown[wording.INCIDENTS_COUNTED] == (
            number(rows.height),
            wording.change(number(now.height), number(before.height), now.height - before.height),
        )
        assert shown[wording.CIVILIANS_KILLED] == (span(rows), wording.change(span(now), span(before)))
        assert shown[wording.THIRD_STAGE] == (
            number(third_now),
            wording.change(number(third_now), number(third_before), third_now - third_before),
        )
        answered = rows.filter(pl.col("response_count") > 0).height
        share = f"{100 * third_now / rows.height:.0f}% of {rows.height}"
        assert words.responses_note(share, answered) in said(app)
        waited = steps["incident_id"].n_unique() - closed_before  # the demo reopens no case in these days
        assert shown[words.WAITING] == (
            number(waits.height),
            wording.change(number(waits.height), number(waited), waits.height - waited),
        )
        assert words.overdue_note(overdue, 60, 0) in said(app)
        median = (pl.lit(AS_OF) - pl.col("stage_entered_on")).dt.total_days().median()
        assert shown[words.MEDIAN_WAIT][0] == number(waits.select(median).item())
        reports = demo_reader.frame("SELECT report_id FROM report").height
        assert words.incidents_note(reports, rows["date_start"].null_count()) in said(app)
        unknown = rows["civilians_killed_low"].null_count()
        assert f"unknown for {unknown} incidents" in said(app)
        assert "2 Aug – 30 Oct 2024 (the last 90 days in the data), was 4 May – 1 Aug 2024" in said(app)

    def test_no_change_is_coloured_or_has_an_arrow(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        """A rise or fall of harm is neither good nor bad news by its colour."""
        for metric in open_page("overview.py", demo_warehouse).metric:
            assert metric.proto.color == metric.proto.MetricColor.GRAY
            assert metric.proto.direction == metric.proto.MetricDirection.NONE

    def test_trends(self, demo_reader: Reader, open_page: OpenPage) -> None:
        """What a trend draws stands in its text: a year of months, the last one that of the figure."""
        rows = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL")
        placed = rows.filter(pl.col("date_start").is_not_null()).with_columns(
            month=pl.col("date_start").dt.truncate("1mo")
        )
        months = pl.date_range(date(2023, 10, 1), date(2024, 10, 1), "1mo", eager=True).to_list()
        in_month = [placed.filter(month=month) for month in months]
        found = trends(open_page("overview.py", demo_reader.folder))
        assert found[words.TREND_INCIDENTS] == [number(m.height) for m in in_month]
        assert found[words.TREND_KILLED] == [span(m) for m in in_month]
        waits = rows.filter(pl.col("stage") != "closed").height
        assert found[words.TREND_WAITING][-1].startswith(f"{waits} (")
        steps = demo_reader.frame("SELECT * FROM stage_transition").filter(to_stage="department_response_coordination")
        ends = [*(month - timedelta(days=1) for month in months[1:]), AS_OF]
        assert found[words.TREND_THIRD_STAGE] == [
            number(steps.filter(pl.col("occurred_on") <= end)["incident_id"].n_unique()) for end in ends
        ]
        assert len(found[words.TREND_MEDIAN]) == len(months)

    def test_shares_by_stage(self, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = demo_reader.frame("SELECT stage FROM incident WHERE known_to IS NULL")
        table = table_of(open_page("overview.py", demo_reader.folder), "Share")
        assert [row[0] for row in table] == [
            "Received",
            "Stage 1: incident analysis",
            "Stage 2: policy impact assessment",
            "Stage 3: department response coordination",
            "Closed",
        ]
        analysis = rows.filter(pl.col("stage") == "incident_analysis").height
        assert table[1][1:3] == [number(analysis), f"{100 * analysis / rows.height:.0f}%"]
        assert sum(int(row[1]) for row in table) == rows.height

    def test_a_filter_is_compared_with_the_equally_long_period_before(
        self, demo_reader: Reader, open_page: OpenPage
    ) -> None:
        rows = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL AND country = 'PSE'")
        now = happened(rows, date(2024, 3, 1), date(2024, 4, 30))
        before = happened(rows, date(2023, 12, 31), date(2024, 2, 29))
        app = open_page(
            "overview.py", demo_reader.folder, country="Palestine, State of", date_from="2024-03-01",
            date_to="2024-04-30",
        )  # fmt: skip
        assert metrics(app)[wording.INCIDENTS_COUNTED] == (
            number(now.height),
            wording.change(number(now.height), number(before.height), now.height - before.height),
        )
        assert metrics(app)[wording.CIVILIANS_KILLED] == (span(now), wording.change(span(now), span(before)))
        assert "1 Mar – 30 Apr 2024, was 31 Dec 2023 – 29 Feb 2024; their review" in said(app)

    def test_no_change_against_days_that_the_data_does_not_cover(
        self, demo_warehouse: Path, open_page: OpenPage
    ) -> None:
        app = open_page("overview.py", demo_warehouse, date_from="2024-01-01", date_to="2024-12-31")
        assert {change for _, change in metrics(app).values()} == {""}
        assert "the data begins on 23 Aug 2023" in said(app)


class TestPictures:
    def test_weeks(self, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = demo_reader.frame("SELECT date_start, date_precision FROM incident WHERE known_to IS NULL")
        placed = rows.filter(pl.col("date_start").is_not_null(), pl.col("date_precision") != "month")
        per_week = dict(placed.group_by(pl.col("date_start").dt.truncate("1w")).len().iter_rows())
        app = open_page("overview.py", demo_reader.folder)
        funnel, weeks = (json.loads(chart.proto.spec) for chart in app.get("plotly_chart"))
        assert "SYNTHETIC DATA" in json.dumps(weeks)
        assert "SYNTHETIC DATA" in json.dumps(funnel)
        numbers = tables(app)[0]
        assert dict(zip(numbers.to_series(0).cast(pl.Date), numbers.to_series(1), strict=True)) == per_week
        assert f"{rows.height - placed.height - rows['date_start'].null_count()} whose date is known less" in said(app)

    def test_newest_incidents_link_to_their_pages_and_keep_the_filter(
        self, demo_reader: Reader, open_page: OpenPage
    ) -> None:
        rows = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL AND country = 'YEM'")
        newest = rows.sort("date_start", "incident_id", descending=[True, False], nulls_last=True).row(0, named=True)
        app = open_page("overview.py", demo_reader.folder, country="Yemen")
        first = table_of(app, wording.NEWEST_COLUMNS[2])[0]
        assert first[0].endswith(f"(/incident?country=Yemen&id={newest['incident_id'].replace(':', '%3A')})")
        assert first[2].replace("\\", "") == newest["place"]

    def test_what_the_map_cannot_show_is_counted(self, demo_reader: Reader, open_page: OpenPage) -> None:
        rows = demo_reader.frame("SELECT latitude FROM incident WHERE known_to IS NULL")
        app = open_page("overview.py", demo_reader.folder)
        assert f"{rows['latitude'].null_count()} without coordinates" in said(app)
        assert len(app.get("deck_gl_json_chart")) == 1


class TestUnknown:
    def test_nothing_under_the_filter(self, demo_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("overview.py", demo_warehouse, text="no such text anywhere")
        assert wording.empty_state("incidents", has_filter=True) in said(app)
        assert not app.metric

    def test_no_review_record_is_not_zero(self, once: Callable[..., Path], open_page: OpenPage) -> None:
        folder = once(
            "no-review", lambda f: warehouse(f, incident=[{"incident_id": "a", "date_start": "", "date_end": "",
                                                           "date_precision": "unknown"}, {"incident_id": "b"}])
        )  # fmt: skip
        app = open_page("overview.py", folder)
        shown = metrics(app)
        for label in LABELS[2:]:
            assert shown[label] == ("unknown", "")
        assert said(app).count(words.no_record(2)) == len(LABELS[2:])
        assert words.nobody_waits(0, 2) in said(app)
        assert words.ONE_DAY in said(app)
        assert shown[wording.CIVILIANS_KILLED][0] == "unknown"
        assert table_of(app, "Share") == [["No review record", "2", wording.ALL]]
        assert wording.overview_no_review_in_data(2) in said(app)
        assert len(app.get("plotly_chart")) == 1  # weeks, no funnel

    def test_published_assessments_of_gaza(self, airwars_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page("overview.py", airwars_warehouse)
        shown = metrics(app)
        assert shown[wording.INCIDENTS_COUNTED][0] == "939"
        assert shown[wording.CIVILIANS_KILLED][0] == "8,379–11,217"
        assert "unknown for 98 incidents" in said(app)
        assert [shown[label][0] for label in LABELS[2:]] == ["unknown"] * 3
        assert words.no_record(939) in said(app)
        assert "236 without coordinates" in said(app)

    def test_texts_of_sources_are_shown_as_they_are(self, hostile_warehouse: Path, open_page: OpenPage) -> None:
        rows = reader(hostile_warehouse).frame("SELECT public_code, place FROM incident WHERE known_to IS NULL")
        app = open_page("overview.py", hostile_warehouse)
        table = table_of(app, wording.NEWEST_COLUMNS[2])
        assert {row[2] for row in table} == {escaped(place) for place in rows["place"]}
        (code,) = rows["public_code"].drop_nulls()
        assert any(row[0].startswith(f"[{escaped(code)}](/incident?") for row in table)
        assert not any(place in element.value for element in app.markdown for place in rows["place"])


class TestCompare:
    """Which periods a change is taken between."""

    def days(self, filters: Filters, as_of: date = AS_OF) -> tuple[str, str]:
        found = compare(filters, FIRST, LAST, as_of)
        assert isinstance(found, Comparison)
        return found.now.words, found.before.words

    def test_without_dates(self) -> None:
        found = compare(Filters(stage=("closed",)), FIRST, LAST, AS_OF)
        assert isinstance(found, Comparison)
        assert (found.now.words, found.before.words) == ("2 Aug – 30 Oct 2024", "4 May – 1 Aug 2024")
        assert found.now.review == found.before.review == Filters(stage=("closed",))
        assert (found.now.last_day - found.before.last_day).days == 90

    def test_with_one_date(self) -> None:
        assert self.days(Filters(date_from=date(2024, 10, 1))) == ("1–30 Oct 2024", "1–30 Sep 2024")
        assert self.days(Filters(date_to=date(2024, 6, 30))) == ("2 Apr – 30 Jun 2024", "3 Jan – 1 Apr 2024")

    def test_days_after_the_day_of_knowledge_are_cut_off(self) -> None:
        month = Filters(date_from=date(2024, 10, 1), date_to=date(2024, 10, 31))
        assert self.days(month, date(2024, 10, 10)) == ("1–10 Oct 2024", "21–30 Sep 2024")

    def test_with_dates_the_review_is_that_of_the_periods_own_incidents(self) -> None:
        found = compare(Filters(date_from=date(2024, 3, 1), date_to=date(2024, 3, 31)), FIRST, LAST, AS_OF)
        assert isinstance(found, Comparison)
        assert (
            found.before.review == found.before.harm == Filters(date_from=date(2024, 1, 30), date_to=date(2024, 2, 29))
        )

    @pytest.mark.parametrize(
        ("filters", "first", "reason"),
        [
            (Filters(), None, wording.NO_DATED_INCIDENT),
            (Filters(date_from=date(2025, 1, 1)), FIRST, wording.PERIOD_AFTER_DATA),
            (Filters(date_from=date(2024, 1, 1)), FIRST, wording.data_begins(FIRST, "3 Mar – 31 Dec 2023")),
        ],
    )
    def test_why_not(self, filters: Filters, first: date | None, reason: str) -> None:
        assert compare(filters, first, LAST if first else None, AS_OF) == reason
