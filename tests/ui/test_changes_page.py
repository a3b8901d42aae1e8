"""The page What changed: a day in the address, the numbers of plain code, links, and what it says where nothing is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import review_versions
from page_parts import tables
from streamlit.testing.v1 import AppTest

from pages import wording_changes as wording
from pages import wording_revisions
from warehouse.changes import Kind
from warehouse.connection import Reader

OpenPage = Callable[..., AppTest]
PAGE = "changes.py"
BEFORE, AFTER = date(2024, 10, 23), date(2024, 10, 30)
"""The week before the demo's newest day."""


@pytest.fixture(scope="module")
def versions(once: Callable[..., Path]) -> Path:
    return once("review-versions", review_versions.make)


def metrics(app: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in app.metric}


def said(app: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*app.info, *app.error, *app.warning, *app.text))


def listed(app: AppTest, column: str) -> pl.DataFrame:
    return next(t for t in tables(app) if column in t.columns and "incident" in t.columns)


def rows_of_figure(app: AppTest) -> dict[str, int]:
    table = next(t for t in tables(app) if wording.FIGURE_COLUMNS["label"] in t.columns)
    return dict(table.select(wording.FIGURE_COLUMNS["label"], wording.FIGURE_COLUMNS["incidents"]).iter_rows())


def test_the_last_week_of_the_demo(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse)
    assert app.date_input(key="since").value == BEFORE

    def came(name: str) -> pl.DataFrame:
        rows = demo_reader.frame(f"SELECT * FROM {name} WHERE known_to IS NULL")
        return rows.filter(pl.col("known_from") > BEFORE)

    versions = demo_reader.frame("SELECT incident_id, known_from FROM incident")
    new = versions.group_by("incident_id").agg(pl.col("known_from").min()).filter(pl.col("known_from") > BEFORE)
    steps, findings = came("stage_transition"), came("assessment").filter(pl.col("finding") != "pending")
    assert metrics(app) == {
        wording.METRICS["added"]: str(new.height),
        wording.METRICS["moved"]: str(steps["incident_id"].n_unique()),
        wording.METRICS["back"]: "0",
        wording.METRICS["finding"]: str(findings["incident_id"].n_unique()),
    }
    figure = rows_of_figure(app)
    assert list(figure.values()) == [
        new.height, 0,
        steps.filter(pl.col("from_stage").is_null()).height,
        steps.filter(pl.col("from_stage").is_not_null(), pl.col("to_stage") != "closed").height, 0, 0,
        steps.filter(to_stage="closed").height,
        findings["incident_id"].n_unique(),
        came("response")["incident_id"].n_unique(),
        came("engagement")["incident_id"].n_unique(), 0, 0,
    ]  # fmt: skip
    for column, rows in (("occurred_on", steps), ("assessed_as", findings), ("held_on", came("engagement"))):
        assert listed(app, column).height == rows.height > 0
    assert wording.period(BEFORE, AFTER) in said(app)
    (spec,) = [json.dumps(json.loads(c.proto.spec)) for c in app.get("plotly_chart")]
    assert "SYNTHETIC DATA" in spec


def test_sums_before_and_after(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse, country="Nigeria", since="2024-03-01")
    table = next(t for t in tables(app) if "difference" in t.columns)
    incidents = demo_reader.frame("SELECT * FROM incident WHERE country = 'NGA'")
    sums = []
    for day in (date(2024, 3, 1), AFTER):
        held = incidents.filter(pl.col("known_from") <= day, pl.col("known_to").is_null() | (pl.col("known_to") > day))
        assert held["cluster_id"].null_count() == held.height
        low, high = (held[f"civilians_killed_{part}"].sum() for part in ("low", "high"))
        sums.append((held.height, low, high, held["civilians_killed_low"].null_count()))
    (n, low, high, unknown), (n2, low2, high2, unknown2) = sums
    assert table.drop(table.columns[0]).rows()[:3] == [
        (str(n), str(n2), f"+{n2 - n}"),
        (f"{low}–{high}", f"{low2}–{high2}", f"+{low2 - low}, +{high2 - high}"),
        (str(unknown), str(unknown2), f"+{unknown2 - unknown}" if unknown2 != unknown else "0"),
    ]


def test_everything_that_can_change(open_page: OpenPage, versions: Path) -> None:
    app = open_page(PAGE, versions)
    figure = rows_of_figure(app)
    assert list(figure.values()) == [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1]
    assert metrics(app)[wording.METRICS["back"]] == "2"
    assert wording.withdrawn({"step": 1}) in said(app)
    steps = listed(app, "occurred_on")
    assert steps["kind"].to_list()[:2] == [wording.KINDS[Kind.REOPENED], wording.KINDS[Kind.BACK]]
    assert steps["from_stage"].to_list()[1] == "Stage 2: policy impact assessment"
    revised = next(t for t in tables(app) if "harm" in t.columns)
    assert sorted(revised.select("harm", "before", "after").rows()) == [
        ("Reported injured", "5–9", "5–7"), ("Reported killed", "2–3", "2–5"),
        ("Reported killed", "unknown", "at least 7"),
    ]  # fmt: skip
    findings = listed(app, "assessed_as")
    assert sorted(findings.select("finding_before", "finding").rows()) == [
        ("Pending", "Likely violation"), ("Possible violation", "Pending"),
    ]  # fmt: skip


def test_a_retracted_incident_is_shown_as_it_was_known(open_page: OpenPage, versions: Path) -> None:
    app = open_page(PAGE, versions, since="2024-07-01")
    gone = listed(app, "known_to")
    assert gone["incident"][0].startswith("/incident?since=") or "as_known_on=2024-07-01" in gone["incident"][0]
    assert "as_known_on=2024-07-01&id=made-up%3Agone" in gone["incident"][0]
    assert "as_known_on" not in listed(app, "occurred_on")["incident"][0]


def test_the_day_in_the_address_is_the_day_of_the_page(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, since="2024-10-28", as_known_on="2024-10-29")
    assert wording.period(date(2024, 10, 28), date(2024, 10, 29)) in said(app)
    assert "the day of “As known on”" in said(app)
    late = open_page(PAGE, demo_warehouse, since="2024-10-29", as_known_on="2024-10-29")
    assert [e.value for e in late.error] == [wording.too_late(date(2024, 10, 29))]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [(wording.LAST_30_DAYS, date(2024, 9, 30)), (wording.DAY_BEFORE, date(2024, 10, 29))],
)
def test_quick_choices(open_page: OpenPage, demo_warehouse: Path, choice: str, expected: date) -> None:
    app = open_page(PAGE, demo_warehouse)
    app.button_group(key="quick_since").set_value(choice).run()
    assert not app.exception
    assert app.date_input(key="since").value == expected
    assert wording.period(expected, AFTER) in said(app)


def test_no_change_is_said(open_page: OpenPage, versions: Path) -> None:
    app = open_page(PAGE, versions, as_known_on="2024-07-30", since="2024-07-20")
    # One day of knowledge alone lies before that day.
    assert wording_revisions.one_day_by(date(2024, 7, 30), known=True) in said(app)
    quiet = open_page(PAGE, versions, text="nowhere at all")
    assert wording.nothing(date(2024, 7, 24), date(2024, 7, 31)) in said(quiet)
    assert not quiet.get("plotly_chart")


def test_data_without_a_review_says_so(open_page: OpenPage, shared_data: Path, once: Callable[..., Path]) -> None:
    from transforms.pipeline import Source, build

    folder = shared_data / "bellingcat_ukraine"
    sources = [Source("timemap", folder / f"ukr-civharm-{day}.json") for day in ("2023-08-04", "2024-06-02")]
    pair = once("timemap-pair", lambda made: build(made, sources, lambda _: None))
    app = open_page(PAGE, pair)
    assert wording.NO_REVIEW in said(app)
    assert metrics(app) == {wording.METRICS["added"]: "572"}
    assert rows_of_figure(app)["Retracted by their source"] == 1
    assert not any(label.startswith("Went back") for label in rows_of_figure(app))


def test_one_export_cannot_have_changed(open_page: OpenPage, airwars_warehouse: Path) -> None:
    assert wording_revisions.ONE_DAY in said(open_page(PAGE, airwars_warehouse))


def test_texts_of_sources_are_text(open_page: OpenPage, versions: Path) -> None:
    app = open_page(PAGE, versions)
    assert listed(app, "known_from")["place"].to_list() == [review_versions.IMAGE]
    assert not [m.value for m in app.markdown if "<img" in m.value]
    assert not any("<img" in chart.proto.spec for chart in app.get("plotly_chart"))
