"""The page Data quality shows what the build recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from made_up import warehouse
from streamlit.testing.v1 import AppTest

from pages import wording, wording_matches
from pages.components import intake
from warehouse.connection import Reader, reader
from warehouse.publish import records

OpenPage = Callable[..., AppTest]
PAGE = "quality.py"
REFUSED = 7


def texts(app: AppTest) -> str:
    return "\n".join(t.value for t in app.text)


def table(app: AppTest, *columns: str) -> pl.DataFrame:
    return next(pl.from_pandas(d.value) for d in app.dataframe if {*columns} <= {*d.value.columns})


@pytest.fixture(scope="module")
def refusing(once: Callable[..., Path]) -> Path:
    """A warehouse that refused rows for two reasons, one of them a private report's."""

    def make(folder: Path) -> None:
        report = {"source_type": "media", "account_kind": "not_social_media"}
        warehouse(
            folder,
            incident=[
                {"incident_id": "good"},
                *({"incident_id": f"bad{n}", "latitude": "91", "longitude": "0"} for n in range(REFUSED)),
            ],
            report=[
                report | {"report_id": "r", "access": "public"},
                report | {"report_id": "p", "access": "private", "raw_text": "Confidential words",
                          "published_on": "2099-01-01"},
            ],
            incident_report=[{"incident_id": "good", "report_id": "r", "method": "stated"}],
        )  # fmt: skip

    return once("refusing-warehouse", make)


def test_outcomes_by_suite_are_those_of_the_build(
    open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader
) -> None:
    app = open_page(PAGE, demo_warehouse)
    results = demo_reader.frame("SELECT suite, is_met, severity FROM validation_result")
    suites = table(app, "suite", "failed")
    assert suites["expectations"].sum() == results.height
    assert suites["passed"].sum() == results["is_met"].sum()
    assert suites["warning"].sum() == results.filter(~pl.col("is_met"), severity="warning").height > 0
    assert suites["failed"].sum() == 0
    record = records(demo_warehouse)[0]
    history = table(app, "build", "state").row(0, named=True)
    assert (history["build"], history["state"]) == (record.build_id, wording.STATE_CURRENT)
    assert {o: history[o] for o in wording.OUTCOMES} == record.expectations


def test_a_suite_lists_all_its_expectations(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse)
    app.selectbox(key="suite").set_value("stage_transition").run()
    found = table(app, "outcome", "reason")
    expected = demo_reader.frame("SELECT expectation FROM validation_result WHERE suite = 'stage_transition'")
    assert set(found["expectation"]) == set(expected["expectation"])
    assert found["outcome"].to_list()[:2] == [wording.OUTCOMES["warning"]] * 2


def test_what_is_not_met_is_explained_and_leads_to_the_incidents(
    open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader
) -> None:
    app = open_page(PAGE, demo_warehouse)
    unmet = demo_reader.frame("SELECT * FROM validation_result WHERE NOT is_met")
    for expectation in unmet["expectation"]:
        app.session_state[f"unmet_{expectation}"] = True  # open its box
    app.run()
    for row in unmet.iter_rows(named=True):
        assert row["description"] in texts(app)
        assert row["reason"] in texts(app)
        assert wording.unmet_heading("Warning", row["expectation"], row["unexpected"], row["evaluated"]) in [
            e.label for e in app.expander
        ]
    samples = table(app, "incident", "transition_id")
    skipped = json.loads(unmet.filter(expectation="stage_transition.no_stage_skipped")["sample"][0])
    assert samples["transition_id"].to_list() == [key["transition_id"] for key in skipped]
    owners = dict(demo_reader.frame("SELECT transition_id, incident_id FROM stage_transition").iter_rows())
    for link, key in zip(samples["incident"], skipped, strict=True):
        assert link.startswith(f"/incident?id={owners[key['transition_id']].replace(':', '%3A')}#")


def test_counts_add_up_and_files_have_their_hash(
    open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader
) -> None:
    app = open_page(PAGE, demo_warehouse)
    files = demo_reader.frame("SELECT file, sha256, rows_read FROM input_file")
    assert set(table(app, "sha256", "size_bytes").select("file", "sha256").rows()) == set(
        files.select("file", "sha256").rows()
    )
    total = int(files["rows_read"].sum())
    assert wording.adds_up(total, total, 0) in texts(app)
    assert wording.QUARANTINE_EMPTY in texts(app)


def test_refused_rows_are_browsed_by_rule_and_page(
    open_page: OpenPage, refusing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "QUARANTINE_ROWS", 5)
    app = open_page(PAGE, refusing)
    refused = reader(refusing).frame("SELECT * FROM quarantine ORDER BY dataset_id, file, row_number")
    assert refused.height == REFUSED + 1
    assert wording.quarantine_page(1, 5, refused.height) in texts(app)
    assert table(app, "raw", "reason")["raw"].to_list() == refused["raw"].head(5).to_list()
    rule = refused.filter(file="report.csv")["rule"][0]
    app.selectbox(key="quarantine_rule").set_value(rule).run()
    one = table(app, "raw", "reason")
    assert one["file"].to_list() == ["report.csv"]
    assert wording.quarantine_page(1, 1, 1) in texts(app)
    assert wording.adds_up(12, 12 - refused.height, refused.height) in texts(app)


def test_private_words_of_a_refused_row_are_not_shown(open_page: OpenPage, refusing: Path) -> None:
    app = open_page(PAGE, refusing)
    shown = " ".join(str(d.value.to_dict()) for d in app.dataframe) + texts(app)
    assert "Confidential words" not in shown
    assert "[restricted]" in shown


def test_filters_do_not_apply_and_the_page_says_so(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, country="Kenya")
    assert wording.WHOLE_BUILD in texts(app)
    assert table(app, "build", "state")["incidents"][0] == 650


def test_hostile_text_is_text(open_page: OpenPage, hostile_warehouse: Path) -> None:
    app = open_page(PAGE, hostile_warehouse)
    assert "<img src=x onerror=alert(1)>" in table(app, "raw", "reason")["raw"][0]
    assert not [e.label for e in app.expander if "**" in e.label or "<img" in e.label]
    assert not [m.value for m in app.markdown if "<img" in m.value or "**bold**" in m.value]


def test_the_worth_of_the_links_stands_beside_the_checks(open_page: OpenPage, airwars_warehouse: Path) -> None:
    app = open_page(PAGE, airwars_warehouse)
    assert wording_matches.QUALITY_HEADING in [h.value for h in app.header]
    measures = next(pl.from_pandas(d.value) for d in app.dataframe if "recall" in d.value.columns)
    stored = reader(airwars_warehouse).frame("SELECT stated FROM linkage_measure")
    assert sorted(measures["stated"]) == sorted(stored["stated"])
    assert stored.height > 0
