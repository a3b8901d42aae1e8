"""Questions about sources, against cases worked out by hand and against other code on the demo's tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import step, warehouse

from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import ask, run
from warehouse.filters import Filters

EVERYTHING = Filters()
KENYA = Filters(country=("KEN",))
Row = dict[str, str]


def incident(name: str, **columns: str) -> Row:
    return {"incident_id": name, "date_start": "2024-01-10", "date_end": "2024-01-10", **columns}


def report(name: str, **columns: str) -> Row:
    plain = {"source_type": "media", "access": "public", "account_kind": "not_social_media"}
    return {"report_id": name, **plain, **columns}


def link(incident_id: str, report_id: str) -> Row:
    return {"incident_id": incident_id, "report_id": report_id, "method": "stated"}


INCIDENTS = [
    # Its report came before it; assessed after 20 days.
    incident("early", published_on="2024-01-30"),
    # The same day, and 7 days later: the first one counts.
    incident("same-day", country="NGA"),
    # Known to the month: there is no day to count from.
    incident("month", date_start="2024-01-01", date_end="2024-01-31", date_precision="month",
             published_on="2024-02-01"),
    # One report, without a day.
    incident("undated-report", published_on="2025-01-10"),
    incident("no-report", harm_status="fair"),
]  # fmt: skip
REPORTS = [
    report("a", publisher="Post", published_on="2024-01-07", language="English", archive_url="https://archive.example/a"),
    report("b", publisher="Post", published_on="2024-01-10", language="English"),
    report("c", source_type="social_media", account_kind="personal", publisher="A person", platform="Telegram",
           published_on="2024-01-17"),
    report("d", access="private", publisher="Secret", source_type="civil_society"),
    # About two incidents: one report.
    report("e", source_type="unknown", publisher="Other", published_on="2024-02-01"),
    # Linked to nothing.
    report("alone", publisher="Nobody's", published_on="2024-01-01"),
]  # fmt: skip
LINKS = [
    link("early", "a"),
    link("same-day", "b"),
    link("same-day", "c"),
    link("undated-report", "d"),
    link("early", "e"),
    link("month", "e"),
]
STEPS = [step("early", 1, "", "received", "2024-01-20"), step("month", 1, "", "received", "2024-02-20")]
RESPONSE = {
    "response_id": "r",
    "incident_id": "early",
    "response_type": "training",
    "target": "government",
    "status": "approved",
    "recommended_on": "2024-03-01",
    "decided_on": "2024-03-02",
}


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    """The cases as a warehouse."""

    def make(folder: Path) -> None:
        warehouse(
            folder,
            incident=INCIDENTS,
            report=REPORTS,
            incident_report=LINKS,
            stage_transition=STEPS,
            response=[RESPONSE],
        )

    return reader(once("sources-cases", make))


def one_row(question: Any, of: Reader) -> dict[str, Any]:
    (row,) = run(question, of).to_dicts()
    return row


class TestReports:
    def test_by_type_each_report_counts_once(self, cases: Reader) -> None:
        found = run(queries.reports_by(EVERYTHING, "source_type"), cases)
        assert found.columns == ["category", "reports", "archived", "dated", "private", "incidents"]
        assert found.rows() == [
            ("media", 2, 1, 2, 0, 2),
            ("civil_society", 1, 0, 0, 1, 1),
            ("social_media", 1, 0, 1, 0, 1),
            ("unknown", 1, 0, 1, 0, 2),
        ]

    def test_what_is_not_stated_is_a_category_and_stands_last_among_equals(self, cases: Reader) -> None:
        found = run(queries.reports_by(EVERYTHING, "language"), cases)
        assert found.select("category", "reports").rows() == [(None, 3), ("English", 2)]
        platforms = run(queries.reports_by(KENYA, "platform"), cases)
        assert platforms.select("category", "reports").rows() == [(None, 3)]

    def test_by_month_and_type(self, cases: Reader) -> None:
        assert run(queries.reports_by_month(EVERYTHING), cases).rows() == [
            (date(2024, 1, 1), "media", 2),
            (date(2024, 1, 1), "social_media", 1),
            (date(2024, 2, 1), "unknown", 1),
            (None, "civil_society", 1),
        ]

    def test_only_publishers_that_may_be_named(self, cases: Reader) -> None:
        names = {
            show_private: run(queries.publishers(EVERYTHING, show_private, 10), cases)
            .select("publisher", "reports")
            .rows()
            for show_private in (False, True)
        }
        assert names == {False: [("Post", 2), ("Other", 1)], True: [("Post", 2), ("Other", 1), ("Secret", 1)]}
        assert run(queries.publishers(EVERYTHING, True, 1), cases)["publisher"].to_list() == ["Post"]

    def test_publisher_totals(self, cases: Reader) -> None:
        totals = {"publishers": 2, "reports": 5, "personal": 1, "unnamed": 1, "archived": 1, "incidents": 4}
        assert one_row(queries.publisher_totals(EVERYTHING, False), cases) == totals
        shown = one_row(queries.publisher_totals(EVERYTHING, True), cases)
        assert shown == totals | {"publishers": 3, "unnamed": 0}

    def test_reports_that_no_filter_reaches(self, cases: Reader) -> None:
        assert one_row(queries.reports_without_incident(), cases) == {"reports": 1}


class TestIncidents:
    def test_how_many_reports_they_rest_on(self, cases: Reader) -> None:
        # no-report; month and undated-report; early and same-day.
        assert run(queries.resting_on(EVERYTHING), cases).rows() == [(0, 1), (1, 2), (2, 2)]
        assert [queries.band_label(*band) for band in queries.REPORT_BANDS] == ["0", "1", "2", "3–5", "6–10", "over 10"]
        narrow = {"no_report": 1, "one_report": 2, "one_type": 0, "incidents": 5}
        assert one_row(queries.narrow_base(EVERYTHING), cases) == narrow

    def test_lags_show_what_is_negative_and_what_is_unknown(self, cases: Reader) -> None:
        found = run(queries.lags(EVERYTHING), cases).rows()
        assert found == [
            ("assessment", "3", 1),  # early: 20 days
            ("assessment", "6", 1),  # undated-report: 366 days
            ("assessment", "no_day", 2),
            ("assessment", "no_event_day", 1),
            ("first_report", "0", 1),  # same-day
            ("first_report", "before_event", 1),  # early: -3 days
            ("first_report", "no_day", 2),  # undated-report and no-report
            ("first_report", "no_event_day", 1),
        ]
        assert [queries.band_label(*band) for band in queries.LAG_BANDS_DAYS][3:] == [
            "8–30",
            "31–90",
            "91–365",
            "over 365",
        ]

    def test_medians_count_negative_lags(self, cases: Reader) -> None:
        columns = ["kind", "incidents", "timed", "median_days", "before_event", "no_event_day", "no_day"]
        found = run(queries.lag_medians(EVERYTHING), cases)
        assert found.columns == columns
        assert found.rows() == [("assessment", 5, 2, 193.0, 0, 1, 2), ("first_report", 5, 2, -1.5, 1, 1, 2)]

    def test_no_median_where_no_lag_is_known(self, cases: Reader) -> None:
        found = run(queries.lag_medians(Filters(harm_status=("fair",))), cases)
        assert found["median_days"].to_list() == [None, None]
        assert found["timed"].to_list() == [0, 0]

    def test_what_they_became_counts_in_each_type(self, cases: Reader) -> None:
        assert run(queries.outcomes(EVERYTHING, "response"), cases).rows() == [
            ("civil_society", "no_review_record", 1),
            ("media", "no_review_record", 1),
            ("media", "with_response", 1),
            ("social_media", "no_review_record", 1),
            ("unknown", "no_review_record", 1),  # no-report
            ("unknown", "with_response", 1),  # early
            ("unknown", "without_response", 1),  # month
        ]
        assert run(queries.outcomes(Filters(harm_status=("fair",)), "harm_status"), cases).rows() == [
            ("unknown", "fair", 1)
        ]


FILTERS = [EVERYTHING, Filters(country=("NGA",)), Filters(source_type=("media",), date_from=date(2024, 3, 1))]


@pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)
class TestDemo:
    """The same numbers in Polars, from the tables."""

    @pytest.fixture
    def linked(self, demo_reader: Reader, filters: Filters) -> pl.DataFrame:
        chosen = run(queries.incidents(filters), demo_reader).select("incident_id")
        links = demo_reader.frame("SELECT incident_id, report_id FROM incident_report WHERE known_to IS NULL")
        reports = demo_reader.frame("SELECT * FROM report WHERE known_to IS NULL")
        return links.join(chosen, on="incident_id", how="semi").join(reports, on="report_id", how="inner")

    @pytest.mark.parametrize("dimension", ["source_type", "account_kind", "language", "platform"])
    def test_reports_by(self, demo_reader: Reader, filters: Filters, linked: pl.DataFrame, dimension: Any) -> None:
        reports = linked.unique("report_id")
        expected = {
            kind: (part.height, part["archive_url"].count())
            for (kind,), part in reports.group_by(dimension, maintain_order=True)
        }
        found = ask(queries.reports_by, (filters, dimension), demo_reader)
        assert {c: (n, a) for c, n, a in found.select("category", "reports", "archived").iter_rows()} == expected
        assert sum(n for n, _ in expected.values()) == reports.height > 0

    def test_by_month_loses_nobody(self, demo_reader: Reader, filters: Filters, linked: pl.DataFrame) -> None:
        found = ask(queries.reports_by_month, (filters,), demo_reader)
        assert found["reports"].sum() == linked["report_id"].n_unique()
        undated = found.filter(pl.col("period_start").is_null())["reports"].sum()
        assert undated == linked.unique("report_id")["published_on"].null_count() > 0

    def test_lags(self, demo_reader: Reader, filters: Filters) -> None:
        rows = run(queries.incidents(filters), demo_reader)
        days = rows.filter(date_precision="day").select(
            days=(pl.col("first_reported_on") - pl.col("date_start")).dt.total_days()
        )["days"]
        (found,) = ask(queries.lag_medians, (filters,), demo_reader).filter(kind="first_report").to_dicts()
        assert (found["incidents"], found["timed"], found["median_days"]) == (rows.height, days.count(), days.median())
        bands = ask(queries.lags, (filters,), demo_reader).group_by("kind").agg(pl.col("incidents").sum())
        assert dict(bands.iter_rows()) == {"assessment": rows.height, "first_report": rows.height}

    def test_outcomes(self, demo_reader: Reader, filters: Filters) -> None:
        rows = run(queries.incidents(filters), demo_reader).explode("source_type")
        for outcome in ("stage", "harm_status"):
            expected = {(t, c): n for t, c, n in rows.group_by("source_type", outcome).len().iter_rows()}
            found = ask(queries.outcomes, (filters, outcome), demo_reader)
            assert {(t, c): n for t, c, n in found.iter_rows()} == expected
        responses = ask(queries.outcomes, (filters, "response"), demo_reader)
        with_response = responses.filter(category="with_response")["incidents"].sum()
        assert with_response == rows.filter(pl.col("response_count") > 0).height

    def test_the_base_is_that_of_every_incident(self, demo_reader: Reader, filters: Filters) -> None:
        rows = run(queries.incidents(filters), demo_reader)
        assert ask(queries.resting_on, (filters,), demo_reader)["incidents"].sum() == rows.height
        narrow = ask(queries.narrow_base, (filters,), demo_reader).row(0, named=True)
        several = rows.filter(pl.col("report_count") > 1)
        assert narrow == {
            "no_report": rows.filter(report_count=0).height,
            "one_report": rows.filter(report_count=1).height,
            "one_type": several.filter(pl.col("source_type").list.len() == 1).height,
            "incidents": rows.height,
        }


def test_every_airwars_report_is_counted(airwars_warehouse: Path) -> None:
    airwars = reader(airwars_warehouse)
    by_kind = run(queries.reports_by(EVERYTHING, "account_kind"), airwars)
    reports = airwars.frame("SELECT account_kind, archive_url FROM report WHERE known_to IS NULL")
    expected = {(kind, part.height, part["archive_url"].count()) for (kind,), part in reports.group_by("account_kind")}
    assert set(by_kind.select("category", "reports", "archived").iter_rows()) == expected
    assert by_kind["reports"].sum() == 22247
    # The export states no day of publication.
    assert by_kind["dated"].sum() == 0
    assert one_row(queries.narrow_base(EVERYTHING), airwars) == {
        "no_report": 1,
        "one_report": 1,
        "one_type": 22,
        "incidents": 939,
    }
