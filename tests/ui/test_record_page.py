"""The page Integrity of the record shows the numbers that other code finds in the warehouse's tables."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
from made_up import step, warehouse
from streamlit.testing.v1 import AppTest

from pages import wording, wording_record
from pages.components import record
from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.filters import Filters

OpenPage = Callable[..., AppTest]
PAGE = "record.py"
COLUMNS = wording_record.COLUMNS
HOSTILE = "=HYPERLINK(1) <img src=x onerror=alert(1)>"


def said(app: AppTest) -> str:
    return "\n".join(e.value for e in (*app.caption, *app.text, *app.info))


def rules(app: AppTest) -> dict[str, str]:
    """Rule -> what was found, as the table says."""
    (table,) = (pl.from_pandas(t.value) for t in app.table)
    assert table.columns == [COLUMNS[name] for name in ("title", "found", "reason")]
    return {title: found for title, found, _ in table.iter_rows()}


def listed(app: AppTest) -> pl.DataFrame:
    return next(
        t for d in app.dataframe if "record_id" in (t := pl.from_pandas(d.value.reset_index(drop=True))).columns
    )


def test_every_rule_has_words_and_something_that_it_was_checked_on() -> None:
    assert tuple(wording_record.RULES) == queries.RULES
    assert set(wording_record.CHECKED) < set(queries.RULES)
    assert set(wording_record.CHECKED.values()) < set(wording_record.UNITS)


def test_every_rule_is_listed_with_what_it_found_of_how_many(demo_reader: Reader, open_page: OpenPage) -> None:
    app = open_page(PAGE, demo_reader.folder)
    shown = rules(app)
    assert list(shown) == [title for title, _ in wording_record.RULES.values()]
    steps = demo_reader.frame("SELECT * FROM stage_transition WHERE known_to IS NULL")
    without = steps.filter(pl.col("bureau").is_null())
    assert shown["Step without a bureau"] == (
        f"{without.height} of {steps.height:,} steps, on {without['incident_id'].n_unique()} incidents"
    )
    responses = demo_reader.frame("SELECT * FROM response WHERE known_to IS NULL")
    undated = responses["recommended_on"].null_count()
    assert shown["Response without a day of recommendation"].startswith(f"{undated} of {responses.height} responses, ")
    licence = responses.filter(target="licence")
    assert shown["Response at a licence that is not named"].startswith(
        f"{licence['case_number'].null_count()} of {licence.height} responses at a licence, on "
    )
    third = steps.filter(to_stage="department_response_coordination").height
    assert f" of {third} steps into the third stage, on " in shown["Third stage entered without a dated finding"]
    assert shown["Step dated before the incident"] == f"0 of {steps.height:,} steps"


def test_the_records_of_a_rule_are_listed_with_links(demo_reader: Reader, open_page: OpenPage) -> None:
    app = open_page(PAGE, demo_reader.folder)
    steps = demo_reader.frame("SELECT * FROM stage_transition WHERE known_to IS NULL AND bureau IS NULL")
    assert set(listed(app)["record_id"]) == set(steps["transition_id"])
    assert listed(app)["incident"].str.starts_with("/incident?id=").all()
    assert wording_record.listed(steps.height, steps.height) in said(app)
    app.selectbox(key="rule").set_value("pending_though_closed").run()
    assert not app.exception
    pending = demo_reader.frame(
        "SELECT a.* FROM assessment AS a JOIN incident AS i USING (incident_id) WHERE a.known_to IS NULL"
        " AND i.known_to IS NULL AND i.stage = 'closed' AND a.finding = 'pending'"
    )
    assert set(listed(app)["record_id"]) == set(pending["assessment_id"])
    app.selectbox(key="rule").set_value("step_before_incident").run()
    assert wording_record.RULE_NOT_BROKEN in said(app)


def test_a_filter_and_a_rule_stand_in_the_address(demo_reader: Reader, open_page: OpenPage) -> None:
    app = open_page(PAGE, demo_reader.folder, stage="Closed", rule="Reopened after closing")
    closed = demo_reader.frame("SELECT incident_id FROM incident WHERE known_to IS NULL AND stage = 'closed'")
    steps = demo_reader.frame("SELECT * FROM stage_transition WHERE known_to IS NULL").join(
        closed, on="incident_id", how="semi"
    )
    assert f" of {steps.height} steps" in rules(app)["Reopened after closing"]
    assert app.selectbox(key="rule").value == "reopened"


def test_the_summary_counts_incidents(demo_reader: Reader, open_page: OpenPage) -> None:
    gaps = run(queries.record_gaps(Filters()), demo_reader).filter(pl.col("rule") != "reopened")
    assert wording_record.summary(gaps["incident_id"].n_unique(), 650) in said(open_page(PAGE, demo_reader.folder))


class TestDownload:
    def test_it_has_every_record_with_its_reason(self, demo_reader: Reader) -> None:
        gaps = run(queries.record_gaps(Filters()), demo_reader)
        frame = pl.read_csv(io.BytesIO(record.file_of(gaps, synthetic=True)))
        assert frame.columns == list(wording_record.FILE_COLUMNS.values())
        assert frame.height == gaps.height
        assert set(frame["data_origin"]) == {"SYNTHETIC"}
        assert (
            frame.select("rule", "record_id")
            .sort("rule", "record_id")
            .equals(gaps.select("rule", "record_id").sort("rule", "record_id"))
        )
        reasons = {rule: reason for rule, (_, reason) in wording_record.RULES.items()}
        assert all(reasons[rule] == reason for rule, reason in frame.select("rule", "why_it_matters").iter_rows())

    def test_formulas_are_disarmed(self, tmp_path: Path) -> None:
        folder = warehouse(
            tmp_path / "w",
            incident=[{"incident_id": "i", "public_code": HOSTILE}],
            stage_transition=[step("i", 1, "", "received", "2024-01-05")],
        )
        gaps = run(queries.record_gaps(Filters()), reader(folder))
        frame = pl.read_csv(io.BytesIO(record.file_of(gaps, synthetic=False)))
        assert set(frame["public_code"]) == {f"'{HOSTILE}"}
        assert set(frame["data_origin"]) == {"Recorded"}

    def test_the_button_is_there(self, demo_reader: Reader, open_page: OpenPage) -> None:
        (button,) = open_page(PAGE, demo_reader.folder).get("download_button")
        assert button.proto.label == wording_record.DOWNLOAD


class TestWithout:
    def test_published_assessments_have_no_review(self, airwars_warehouse: Path, open_page: OpenPage) -> None:
        app = open_page(PAGE, airwars_warehouse)
        assert wording.NO_REVIEW_RECORDS in said(app)
        assert not app.table

    def test_a_filter_that_leaves_nothing_says_so(self, demo_reader: Reader, open_page: OpenPage) -> None:
        app = open_page(PAGE, demo_reader.folder, text="nowhere at all")
        assert wording.empty_state("incidents", has_filter=True) in said(app)

    def test_a_record_without_a_gap(self, open_page: OpenPage, tmp_path: Path) -> None:
        whole = step("i", 1, "", "received", "2024-01-05") | {"bureau": "Office"}
        folder = warehouse(tmp_path / "w", incident=[{"incident_id": "i"}], stage_transition=[whole])
        app = open_page(PAGE, folder)
        assert {found.split(" of ")[0] for found in rules(app).values()} == {"0"}
        assert wording_record.RULE_NOT_BROKEN in said(app)


def test_hostile_text_is_text(open_page: OpenPage, tmp_path: Path) -> None:
    folder = warehouse(
        tmp_path / "w",
        incident=[{"incident_id": HOSTILE, "public_code": HOSTILE}],
        stage_transition=[step(HOSTILE, 1, "", "received", "2024-01-05")],
    )
    app = open_page(PAGE, folder)
    assert listed(app)["record_id"].to_list() == [f"made-up:{HOSTILE}-1"]
    assert not [m.value for m in (*app.markdown, *app.caption) if re.search(r"(?<!\\)<img", m.value)]
