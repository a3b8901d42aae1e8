"""Every expectation holds on a small correct warehouse, and each one alone notices what it is there for."""

from __future__ import annotations

import json
import socket
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from expectations.docs import NO_REQUESTS, write_data_docs
from expectations.run import all_rules, problems, run
from warehouse.ddl import create_all, insert
from warehouse.errors import WarehouseError
from warehouse.schema import FACT_TABLES, TABLE, TABLES, Column, Table

TODAY = date(2025, 1, 10)
KNOWN_ON = date(2025, 1, 1)
FACT = {"known_from": KNOWN_ON, "known_to": None, "dataset_id": "d", "data_origin": "recorded"}
UNKNOWN_ID = "nowhere"

Rows = dict[str, list[dict[str, Any]]]


def incident(incident_id: str = "i1", **values: Any) -> dict[str, Any]:
    """A correct incident without casualties, with one report."""
    return {
        "incident_id": incident_id,
        "country": "PSE",
        "latitude": 31.5,
        "longitude": 34.5,
        "geo_precision": "town",
        "geo_radius_m": 2500,
        "country_distance_m": 0.0,
        "date_start": date(2024, 3, 1),
        "date_end": date(2024, 3, 1),
        "date_precision": "day",
        "belligerent": ["A military"],
        "belligerent_basis": "suspected",
        "strike_type": ["airstrike"],
        "strike_status": "likely",
        "harm_status": "fair",
        "weapon_system": ["unknown"],
        "munition": ["unattributed"],
        "us_origin_confidence": "unattributed",
        "source_type": ["media"],
        "report_count": 1,
        "private_report_count": 0,
        "stage": "no_review_record",
        "stage_reached": "no_review_record",
        "response_count": 0,
        "search_text": "",
    } | values


def casualty(incident_id: str = "i1", group: str = "civilians", **values: Any) -> dict[str, Any]:
    return {"incident_id": incident_id, "group": group, "harm": "killed", "low": 1, "best": 2, "high": 3} | values


def link(incident_id: str = "i1", report_id: str = "r1", **values: Any) -> dict[str, Any]:
    return {"incident_id": incident_id, "report_id": report_id, "method": "stated", "is_shared": False} | values


def report(report_id: str = "r1", **values: Any) -> dict[str, Any]:
    return {
        "report_id": report_id,
        "source_type": "media",
        "access": "public",
        "account_kind": "not_social_media",
        "published_on": date(2024, 3, 2),
    } | values


def step(transition_id: str, from_stage: str | None, to_stage: str, **values: Any) -> dict[str, Any]:
    return {
        "transition_id": transition_id,
        "incident_id": "i1",
        "from_stage": from_stage,
        "to_stage": to_stage,
        "occurred_on": date(2024, 4, 1),
    } | values


def response(response_id: str = "p1", **values: Any) -> dict[str, Any]:
    return {
        "response_id": response_id,
        "incident_id": "i1",
        "response_type": "training",
        "target": "government",
        "status": "implemented",
        "recommended_on": date(2024, 6, 1),
        "decided_on": date(2024, 7, 1),
        "implemented_on": date(2024, 8, 1),
    } | values


def dataset(dataset_id: str = "d", **values: Any) -> dict[str, Any]:
    return {
        "dataset_id": dataset_id,
        "source_module": "test",
        "title": "Test",
        "publisher": "Test",
        "licence": "none",
        "redistributable": True,
        "retrieved_on": KNOWN_ON,
        "known_on": KNOWN_ON,
        "sha256": "0",
        "rows_read": 0,
        "rows_loaded": 0,
        "rows_quarantined": 0,
        "exports": 1,
        "synthetic": False,
    } | values


def input_file(dataset_id: str = "d", file: str = "a.csv", **values: Any) -> dict[str, Any]:
    counts = {"rows_read": 0, "rows_loaded": 0, "rows_quarantined": 0}
    row = {"dataset_id": dataset_id, "known_on": KNOWN_ON, "file": file, "sha256": "0", "size_bytes": 1}
    return row | counts | values


def quarantined(row_number: int, dataset_id: str = "d", file: str = "a.csv", **values: Any) -> dict[str, Any]:
    row = {"dataset_id": dataset_id, "known_on": KNOWN_ON, "file": file, "row_number": row_number}
    return row | {"rule": "a.b", "reason": "Bad."} | values


def engagement(engagement_id: str = "e1", **values: Any) -> dict[str, Any]:
    row = {"engagement_id": engagement_id, "incident_id": "i1", "post": "Embassy", "held_on": date(2024, 5, 1)}
    return row | {"channel": "call"} | values


def attribution(attribution_id: str = "t1", **values: Any) -> dict[str, Any]:
    row = {"attribution_id": attribution_id, "incident_id": "i1", "weapon_id": "w1", "confidence": "possible"}
    return row | {"basis": "source_claim"} | values


def unit_attribution(attribution_id: str = "n1", **values: Any) -> dict[str, Any]:
    row = {"attribution_id": attribution_id, "incident_id": "i1", "unit_id": "u1", "confidence": "possible"}
    return row | {"basis": "source_claim"} | values


def assessment(assessment_id: str = "s1", **values: Any) -> dict[str, Any]:
    row = {"assessment_id": assessment_id, "incident_id": "i1", "kind": "distinction", "finding": "consistent"}
    return row | {"assessed_on": date(2024, 6, 1)} | values


def correct() -> Rows:
    """A small warehouse in which everything holds; every table has rows."""
    return {
        "dataset": [dataset(rows_read=10, rows_loaded=8, rows_quarantined=2)],
        "input_file": [input_file(rows_read=10, rows_loaded=8, rows_quarantined=2)],
        "incident": [
            incident(
                civilians_killed_low=1,
                civilians_killed_best=2,
                civilians_killed_high=3,
                report_count=2,
                stage="closed",
                stage_reached="department_response_coordination",
            ),
            incident("i2", latitude=None, longitude=None, geo_precision="unknown", country=None),
            # Two versions of one incident, known without and with its range of dates.
            incident("i3", date_start=None, date_end=None, date_precision="unknown", known_to=date(2025, 1, 2)),
            incident("i3", date_end=date(2024, 3, 9), date_precision="range", known_from=date(2025, 1, 2)),
            # The current year ends after the day of the build.
            incident("i4", date_start=date(2025, 1, 1), date_end=date(2025, 12, 31), date_precision="year"),
        ],
        "casualty": [
            casualty(),
            casualty(group="children", low=None, best=None, high=None),
            casualty(group="women", low=1, best=None, high=9),
        ],
        "report": [report(), report("r2", access="private", published_on=None)],
        "incident_report": [link(), link("i1", "r2"), link("i2"), link("i3"), link("i4", match_probability=0.5)],
        "weapon": [
            {"weapon_id": "w1", "designation": "MK-84", "weapon_system": "air_delivered_bomb", "us_origin": "yes"},
            {"weapon_id": "w2", "designation": "No name", "weapon_system": "mortar", "us_origin": "unknown"},
        ],
        "incident_weapon": [attribution()],
        "stage_transition": [
            step("1", None, "received"),
            step("2", "received", "incident_analysis"),
            step("3", "incident_analysis", "policy_impact_assessment", occurred_on=date(2024, 5, 1)),
            step("4", "policy_impact_assessment", "department_response_coordination", occurred_on=date(2024, 6, 1)),
            step("5", "department_response_coordination", "closed", occurred_on=date(2024, 9, 1)),
        ],
        "assessment": [
            assessment(),
            assessment("s2", kind="avoidability", finding="pending", assessed_on=None),
        ],
        "unit": [{"unit_id": "u1", "name": "Unit", "country": "ISR", "parent_unit_id": None}],
        "incident_unit": [unit_attribution()],
        "response": [
            response(),
            response("p2", target="unit", unit_id="u1"),
            response("p3", target="licence", case_number="00-00"),
        ],
        "engagement": [engagement()],
        "transfer": [
            {
                "transfer_id": "f1",
                "record_type": "transfer",
                "recipient": "ISR",
                "recipient_raw": "Israel",
                "supplier": "USA",
                "supplier_raw": "United States",
                "weapon_id": "w1",
                "designation": "MK-84",
                "order_year": 2023,
                "channel": "fms",
            }
        ],
        "series": [
            {
                "series_id": name,
                "title": "Alerts",
                "country": "PSE",
                "unit": "alerts",
                "is_cumulative": False,
                "method": "reported",
            }
            for name in ("c", "c-ahead", "origin", "empty", "ahead", "twice", "after")
        ],
        "context_series": [{"series_id": "c", "date": date(2024, 1, 1), "value": None}],
        "candidate_pair": [
            {
                "left_id": "i2",
                "left_kind": "incident",
                "incident_id": "i1",
                "left_dataset_id": "d",
                "dataset_id": "d",
                "apart_days": 0,
                "distance_m": 0.0,
                "match_probability": 0.5,
                "reasons": "[]",
                "decision": "undecided",
                "is_linked": False,
            }
        ],
        "linkage_measure": [
            {
                "truth": "footage",
                "sample": "chosen on",
                "threshold": 0.5,
                "stated": 1,
                "found": 1,
                "unstated": 0,
                "precision": 1.0,
                "recall": 1.0,
            }
        ],
        "correction": [
            {
                "incident_id": "i1",
                "field": "place",
                "reason": "Mistyped.",
                "evidence": "A note.",
                "corrected_by": "A",
                "corrected_on": KNOWN_ON,
            }
        ],
        "quarantine": [quarantined(1), quarantined(2)],
        "validation_result": [
            {
                "suite": "incident",
                "expectation": "incident.x",
                "description": "X.",
                "reason": "X.",
                "severity": "error",
                "is_met": True,
                "evaluated": 1,
                "unexpected": 0,
            }
        ],
        "build": [
            {
                "build_id": "b",
                "built_at": datetime(2025, 1, 10),  # noqa: DTZ001 (UTC, stored without a zone)
                "code_version": "1",
                "input_hashes": "{}",
                "row_counts": "{}",
                "synthetic": False,
            }
        ],
    }


def complete(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row with every column: fact columns filled in, others empty unless given."""
    facts = FACT if table in FACT_TABLES else {}
    return dict.fromkeys(table.column_names) | facts | row


def write(path: Path, rows: Rows) -> Path:
    with duckdb.connect(str(path)) as connection:
        create_all(connection)
        for name, given in rows.items():
            table = TABLE[name]
            frame = pl.DataFrame([complete(table, row) for row in given], schema=table.polars_schema())
            insert(connection, table, frame)
    return path


@dataclass(frozen=True)
class Outcome:
    """What a result says of one unmet rule: severity, how many rows, and the first key column of its sample."""

    severity: str
    unexpected: int
    sample: tuple[Any, ...]


def unmet(results: pl.DataFrame) -> dict[str, Outcome]:
    return {
        row["expectation"]: Outcome(
            row["severity"],
            row["unexpected"],
            tuple(next(iter(key.values())) for key in json.loads(row["sample"] or "[]")),
        )
        for row in results.filter(~pl.col("is_met")).iter_rows(named=True)
    }


def test_a_correct_warehouse_meets_every_expectation(tmp_path: Path) -> None:
    lines: list[str] = []
    results = run(write(tmp_path / "odd $name, 100% é#?.duckdb", correct()), TODAY, lines.append)
    assert unmet(results) == {}
    assert problems(results) == ()
    assert results.schema == TABLE["validation_result"].polars_schema()
    assert results.select("suite", "expectation").is_unique().all()
    assert set(results["suite"]) == set(TABLE)
    rows = results.filter(expectation="incident.dates_ordered")["evaluated"].to_list()
    columns = results.filter(expectation="incident.columns_match_declaration")["evaluated"].to_list()
    assert (rows, columns) == ([len(correct()["incident"])], [len(TABLE["incident"].columns)])
    assert results.null_count().drop("sample").row(0) == (0,) * 8
    assert len(lines) == len(TABLES)


@dataclass(frozen=True)
class Break:
    """Rows that break some rules, and no others, when added to the correct warehouse.

    Attributes:
        rules: rule -> first key column of the rows that break it.
        rows: the added rows; near misses that must not be counted are among them.
    """

    rules: dict[str, tuple[str, ...]]
    rows: Rows


def with_report(*incidents: dict[str, Any]) -> Rows:
    """Incidents with a link to the report r1."""
    links = [link(i["incident_id"], **{k: v for k, v in i.items() if k in FACT}) for i in incidents]
    return {"incident": list(incidents), "incident_report": links}


def with_incident(dataset_row: dict[str, Any], **values: Any) -> Rows:
    """A data set with one incident and one file, whose counts are the data set's."""
    name = dataset_row["dataset_id"]
    counts = {k: v for k, v in dataset_row.items() if k.startswith("rows_")}
    rows = with_report(incident(f"i-{name}", dataset_id=name, **values))
    return rows | {"dataset": [dataset_row], "input_file": [input_file(name, **counts)]}


def one_of_each(name: str, **facts: Any) -> Rows:
    """One more row in every fact table, correct but for the given fact columns."""
    incident_id, report_id = f"i-{name}", f"r-{name}"
    rows: Rows = {
        "incident": [incident(incident_id)],
        "casualty": [casualty(incident_id, "belligerents")],
        "report": [report(report_id)],
        "incident_report": [link(incident_id, report_id)],
        "incident_weapon": [attribution(name)],
        "stage_transition": [step(name, None, "received", incident_id=incident_id)],
        "assessment": [assessment(name)],
        "incident_unit": [unit_attribution(name)],
        "response": [response(name)],
        "engagement": [engagement(name)],
        "transfer": [correct()["transfer"][0] | {"transfer_id": name}],
        "context_series": [{"series_id": name, "date": date(2024, 1, 1), "value": 1.0}],
    }
    assert set(rows) == {table.name for table in FACT_TABLES}
    return {table: [row | facts for row in given] for table, given in rows.items()}


def on_each_fact_table(rule: str, name: str) -> dict[str, tuple[str, ...]]:
    return {f"{table}.{rule}": (given[0][TABLE[table].key[0]],) for table, given in one_of_each(name).items()}


def merged(*parts: Rows) -> Rows:
    return {name: [row for part in parts for row in part.get(name, ())] for part in parts for name in part}


TOMORROW, DAY_AFTER = date(2025, 1, 11), date(2025, 1, 12)
CROWD = tuple(f"i-crowd{n:02}" for n in range(26))

BREAKS = (
    Break(
        {"dataset.rows_add_up": ("d-sum",), "input_file.rows_add_up": ("d-sum",)},
        with_incident(dataset("d-sum", rows_read=3, rows_loaded=1)),
    ),
    Break(
        {"dataset.rows_are_those_of_its_files": ("d-files",)},
        with_incident(dataset("d-files", rows_read=2, rows_loaded=2)) | {"input_file": []},
    ),
    Break(
        {
            "dataset.quarantine_holds_what_was_refused": ("d-refused",),
            "input_file.quarantine_holds_what_was_refused": ("d-refused",),
        },
        with_incident(dataset("d-refused", rows_read=2, rows_loaded=1, rows_quarantined=1)),
    ),
    Break(
        {"dataset.has_incidents": ("d-empty", "d-lost")},
        merged(
            # Both reports belong to an incident of another data set.
            {"incident": [incident("i-shared", report_count=2)]},
            {"incident_report": [link("i-shared", "r-lost"), link("i-shared", "r-footage")]},
            {"dataset": [dataset("d-empty"), dataset("d-lost")]},
            {"report": [report("r-lost", dataset_id="d-lost")]},
            # Not so: transfers alone, a series alone, reports alone that say where and when.
            {"dataset": [dataset("d-arms"), dataset("d-series"), dataset("d-footage")]},
            {"transfer": [correct()["transfer"][0] | {"transfer_id": "f-arms", "dataset_id": "d-arms"}]},
            {"context_series": [{"series_id": "c", "date": date(2024, 1, 2), "value": 1.0, "dataset_id": "d-series"}]},
            {"report": [report("r-footage", dataset_id="d-footage", event_on=date(2024, 3, 1))]},
        ),
    ),
    Break(
        {"dataset.synthetic_stands_alone": ("d-made",)},
        merged(
            {"incident": [incident("i-made", dataset_id="d-made", data_origin="synthetic", report_count=1)]},
            {"incident_report": [link("i-made", dataset_id="d-made", data_origin="synthetic")]},
            {"dataset": [dataset("d-made", synthetic=True)]},
        ),
    ),
    Break(
        {"dataset.known_on_not_after_retrieved_on": ("d-late",)},
        with_incident(dataset("d-late", known_on=date(2025, 1, 2))),
    ),
    Break(
        {"input_file.share_of_refused_rows": ("d-share",)},
        merged(
            with_incident(dataset("d-share", rows_read=49, rows_loaded=39, rows_quarantined=10)),
            {"quarantine": [quarantined(n, "d-share") for n in range(1, 11)]},
            # Not so: a fifth exactly, and a small file of which all but one row were refused.
            with_incident(dataset("d-fifth", rows_read=50, rows_loaded=40, rows_quarantined=10)),
            {"quarantine": [quarantined(n, "d-fifth") for n in range(1, 11)]},
            with_incident(dataset("d-small", rows_read=4, rows_loaded=1, rows_quarantined=3)),
            {"quarantine": [quarantined(n, "d-small") for n in range(1, 4)]},
        ),
    ),
    Break(on_each_fact_table("origin_agrees_with_dataset", "origin"), one_of_each("origin", data_origin="synthetic")),
    Break(on_each_fact_table("known_to_after_known_from", "empty"), one_of_each("empty", known_to=KNOWN_ON)),
    Break(on_each_fact_table("known_not_in_future", "ahead"), one_of_each("ahead", known_from=DAY_AFTER)),
    Break(
        on_each_fact_table("versions_do_not_overlap", "twice"),
        merged(
            one_of_each("twice", known_to=date(2025, 1, 5)),
            one_of_each("twice", known_from=date(2025, 1, 3)),
            one_of_each("after", known_to=date(2025, 1, 3)),
            one_of_each("after", known_from=date(2025, 1, 3)),
        ),
    ),
    Break(
        {
            "incident.civilians_killed_ordered": ("i-killed",),
            "incident.civilians_injured_ordered": ("i-injured",),
            "casualty.low_best_high_ordered": ("i-injured", "i-killed"),
        },
        merged(
            with_report(incident("i-killed", civilians_killed_low=4, civilians_killed_high=3)),
            with_report(incident("i-injured", civilians_injured_low=2, civilians_injured_best=1)),
            {"casualty": [casualty("i-killed", low=4, best=None, high=3)]},
            {"casualty": [casualty("i-injured", harm="injured", low=2, best=1, high=None)]},
        ),
    ),
    Break(
        {
            # Unknown is not zero.
            "incident.civilians_killed_agree_with_casualties": ("i-zero",),
            "incident.civilians_injured_agree_with_casualties": ("i-lost",),
        },
        merged(
            with_report(incident("i-zero", civilians_killed_low=0), incident("i-lost")),
            {"casualty": [casualty("i-zero", low=None, best=None, high=None), casualty("i-lost", harm="injured")]},
        ),
    ),
    Break(
        {"incident.report_count_agrees_with_links": ("i-count",)},
        with_report(incident("i-count", report_count=2)),
    ),
    Break(
        {"incident.has_a_report": ("i-alone", "i-withdrawn")},
        {
            "incident": [incident("i-alone", report_count=0), incident("i-withdrawn", report_count=0)],
            "incident_report": [link("i-withdrawn", known_to=date(2025, 1, 5))],
        },
    ),
    Break(
        {"incident.in_or_near_country": ("i-far",)},
        with_report(incident("i-far", country_distance_m=25_001.0), incident("i-near", country_distance_m=25_000.0)),
    ),
    Break(
        {"incident.latitude_and_longitude_both_or_none": ("i-half1", "i-half2")},
        with_report(incident("i-half1", latitude=None), incident("i-half2", longitude=None)),
    ),
    Break(
        {"incident.date_precision_agrees_with_dates": ("i-day", "i-nodate", "i-range", "i-unknown")},
        with_report(
            incident("i-day", date_end=date(2024, 3, 2)),
            incident("i-nodate", date_start=None, date_end=None),
            incident("i-range", date_precision="range"),
            incident("i-unknown", date_precision="unknown"),
            incident("i-open", date_end=None),
        ),
    ),
    Break(
        {"incident.date_range_not_long": ("i-32",)},
        with_report(
            incident("i-32", date_precision="range", date_end=date(2024, 4, 2)),
            incident("i-31", date_precision="range", date_end=date(2024, 4, 1)),
            incident("i-month", date_precision="month", date_end=date(2024, 5, 1)),
        ),
    ),
    Break(
        {"incident.published_not_before_it_happened": ("i-too-soon",)},
        with_report(
            incident("i-too-soon", published_on=date(2024, 2, 29)),
            incident("i-same-day", published_on=date(2024, 3, 1)),
        ),
    ),
    Break(
        {"incident.date_not_long_ago": ("i-0024",)},
        with_report(
            incident("i-0024", date_start=date(24, 3, 1), date_end=date(24, 3, 1)),
            incident("i-2000", date_start=date(2000, 1, 1), date_end=date(2000, 1, 1)),
        ),
    ),
    Break(
        {
            "incident.date_not_in_future": ("i-ahead1", "i-ahead2"),
            "incident.date_start_not_after_known_on": ("i-ahead1", "i-tomorrow"),
        },
        with_report(
            incident("i-ahead1", date_start=DAY_AFTER, date_end=DAY_AFTER),
            incident("i-ahead2", date_start=date(2024, 12, 31), date_end=DAY_AFTER, date_precision="range"),
            incident("i-tomorrow", date_start=TOMORROW, date_end=TOMORROW),
            incident("i-year", date_start=date(2025, 1, 1), date_end=date(2025, 12, 31), date_precision="year"),
        ),
    ),
    Break(
        {"incident.dates_ordered": ("i-reverse",)},
        with_report(incident("i-reverse", date_end=date(2024, 2, 28), date_precision="range")),
    ),
    Break(
        {"incident.published_on_not_in_future": ("i-published",)},
        with_report(incident("i-published", published_on=DAY_AFTER), incident("i-today", published_on=TODAY)),
    ),
    Break(
        {"incident.exact_point_not_crowded": CROWD},
        with_report(
            *(incident(i, geo_precision="exact_location", latitude=33.0) for i in CROWD),
            *(incident(f"i-row{n}", geo_precision="exact_location", latitude=34.0) for n in range(25)),
            *(incident(f"i-town{n}", geo_precision="town", latitude=35.0) for n in range(26)),
        ),
    ),
    Break(
        {"casualty.not_a_total": ("i-total",)},
        merged(
            with_report(incident("i-total"), incident("i-thousand")),
            {"casualty": [casualty("i-total", "all_people", best=None, high=1_001)]},
            {"casualty": [casualty("i-thousand", "all_people", best=None, high=1_000)]},
        ),
    ),
    Break(
        {"casualty.part_not_above_civilians": ("i-part",)},
        merged(
            with_report(incident("i-part", civilians_killed_low=1, civilians_killed_high=3)),
            {"casualty": [casualty("i-part", best=None), casualty("i-part", "children", low=4, best=4, high=5)]},
            # Not so: as many as all civilians, and another harm.
            {"casualty": [casualty("i-part", "men", low=3, best=3)]},
            {"casualty": [casualty("i-part", "women", harm="injured", low=4, best=None, high=None)]},
        ),
    ),
    Break(
        {
            "report.published_on_not_in_future": ("r-soon",),
            "report.published_on_not_after_known_on": ("r-soon", "r-tomorrow"),
            "report.belongs_to_an_incident": ("r-lonely",),
        },
        {
            "incident": [incident("i-reports", report_count=2)],
            "incident_report": [
                link("i-reports", "r-soon"),
                link("i-reports", "r-tomorrow"),
                link("i-reports", "r-lonely", known_to=date(2025, 1, 5)),
            ],
            "report": [
                report("r-soon", published_on=DAY_AFTER),
                report("r-tomorrow", published_on=TOMORROW),
                report("r-lonely"),
            ],
        },
    ),
    Break(
        {"incident_weapon.claim_is_no_finding": ("t-sure",)},
        {
            "incident_weapon": [
                attribution("t-sure", confidence="confirmed"),
                attribution("t-other", confidence="excluded"),
            ]
        },
    ),
    Break(
        {"weapon.named_munition_has_an_origin": ("w2",)},
        {"incident_weapon": [attribution("t-origin", weapon_id="w2")]},
    ),
    Break(
        {"stage_transition.no_stage_skipped": ("skip2", "skip3")},
        merged(
            with_report(incident("i-skip"), incident("i-shut")),
            {
                "stage_transition": [
                    step("skip1", None, "incident_analysis", incident_id="i-skip"),
                    step("skip2", "incident_analysis", "department_response_coordination", incident_id="i-skip"),
                    step("skip3", "received", "closed", incident_id="i-shut"),
                ]
            },
        ),
    ),
    Break(
        {"stage_transition.no_step_back": ("back3",)},
        merged(
            with_report(incident("i-back")),
            {
                "stage_transition": [
                    step("back1", None, "incident_analysis", incident_id="i-back"),
                    step("back2", "incident_analysis", "closed", incident_id="i-back", occurred_on=date(2024, 5, 1)),
                    step("back3", "closed", "incident_analysis", incident_id="i-back", occurred_on=date(2024, 6, 1)),
                ]
            },
        ),
    ),
    Break(
        {"stage_transition.steps_are_connected": ("gap2", "gap3"), "stage_transition.stage_changes": ("same",)},
        merged(
            with_report(incident("i-gap"), incident("i-first"), incident("i-same")),
            {
                "stage_transition": [
                    step("gap1", None, "received", incident_id="i-gap"),
                    step("gap2", "incident_analysis", "policy_impact_assessment", incident_id="i-gap"),
                    step("gap3", "incident_analysis", "policy_impact_assessment", incident_id="i-first"),
                    step("same", "received", "received", incident_id="i-same"),
                ]
            },
        ),
    ),
    Break(
        {
            "stage_transition.not_before_the_incident": ("early",),
            "stage_transition.occurred_on_not_in_future": ("ahead1",),
        },
        merged(
            with_report(incident("i-early"), incident("i-late")),
            {
                "stage_transition": [
                    step("early", None, "received", incident_id="i-early", occurred_on=date(2024, 2, 29)),
                    step("ahead1", None, "received", incident_id="i-late", occurred_on=DAY_AFTER),
                ]
            },
        ),
    ),
    Break(
        {"stage_transition.stages_belong_to_the_process": ("silent",)},
        merged(
            with_report(incident("i-silent")),
            # Beyond the last stage, so it counts as a skipped one to nobody.
            {"stage_transition": [step("silent", None, "no_review_record", incident_id="i-silent")]},
        ),
    ),
    Break(
        {
            "assessment.date_agrees_with_finding": ("s-dated", "s-undated"),
            "assessment.finding_answers_kind": ("s-law", "s-avoid"),
            "assessment.assessed_on_not_in_future": ("s-ahead",),
        },
        {
            "assessment": [
                assessment("s-dated", finding="pending"),
                assessment("s-undated", assessed_on=None),
                assessment("s-law", finding="avoidable"),
                assessment("s-avoid", kind="avoidability", finding="consistent"),
                assessment("s-fine", kind="avoidability", finding="insufficient_information"),
                assessment("s-ahead", assessed_on=DAY_AFTER),
            ]
        },
    ),
    Break(
        {
            "response.dates_ordered": ("p-reverse",),
            "response.dates_not_in_future": ("p-ahead",),
            "response.dates_agree_with_status": ("p-declined", "p-early"),
            "response.incident_reached_third_stage": ("p-stage",),
            "response.unit_is_named": ("p-unit",),
            "response.licence_is_named": ("p-licence",),
            "response.recommendation_is_dated": ("p-undated",),
        },
        {
            "response": [
                response("p-reverse", implemented_on=date(2024, 5, 1)),
                response("p-ahead", implemented_on=DAY_AFTER),
                response("p-declined", status="declined", decided_on=None, implemented_on=None),
                response("p-early", status="recommended", implemented_on=None),
                response("p-open", status="recommended", decided_on=None, implemented_on=None),
                response("p-stage", incident_id="i2"),
                response("p-unit", target="unit"),
                response("p-licence", target="licence"),
                response("p-undated", recommended_on=None),
            ]
        },
    ),
    Break(
        {
            "engagement.held_on_not_in_future": ("e-ahead",),
            "engagement.not_before_the_incident": ("e-early",),
            "engagement.answered_on_not_in_future": ("e-answer",),
            "engagement.dates_ordered": ("e-reverse",),
        },
        {
            "engagement": [
                engagement("e-ahead", held_on=DAY_AFTER),
                engagement("e-early", held_on=date(2024, 2, 1)),
                engagement("e-answer", answered_on=DAY_AFTER),
                engagement("e-reverse", answered_on=date(2024, 4, 30)),
                engagement("e-same-day", answered_on=date(2024, 5, 1)),
            ]
        },
    ),
    Break(
        {
            "incident_unit.names_a_unit": ("n-none",),
            "incident_unit.claim_is_no_finding": ("n-sure",),
            "incident_unit.unit_is_the_partners": ("n-other",),
        },
        merged(
            with_report(incident("i-partner", partner_country="KEN")),
            {
                "incident_unit": [
                    unit_attribution("n-none", confidence="unattributed"),
                    unit_attribution("n-sure", confidence="confirmed"),
                    unit_attribution("n-other", incident_id="i-partner"),
                    unit_attribution("n-not", incident_id="i-partner", confidence="excluded"),
                ]
            },
        ),
    ),
    Break(
        {"transfer.notified_on_not_in_future": ("f-ahead",)},
        {"transfer": [correct()["transfer"][0] | {"transfer_id": "f-ahead", "notified_on": DAY_AFTER}]},
    ),
    Break(
        {"context_series.date_not_in_future": ("c-ahead",)},
        {"context_series": [{"series_id": "c-ahead", "date": DAY_AFTER, "value": 1.0}]},
    ),
)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Results on a warehouse with all breaks at once."""
    path = tmp_path_factory.mktemp("broken") / "broken.duckdb"
    return run(write(path, merged(correct(), *(b.rows for b in BREAKS))), TODAY)


@pytest.mark.parametrize(("rule", "keys"), [(rule, keys) for b in BREAKS for rule, keys in b.rules.items()])
def test_a_rule_counts_the_rows_that_break_it_and_names_ten(
    broken: pl.DataFrame, rule: str, keys: tuple[str, ...]
) -> None:
    severity = next(r.severity for r in all_rules(TODAY) if r.name == rule)
    assert unmet(broken).get(rule) == Outcome(severity, len(keys), tuple(sorted(keys)[:10]))


def test_a_break_is_noticed_by_its_own_rules_only(broken: pl.DataFrame) -> None:
    assert set(unmet(broken)) == {rule for b in BREAKS for rule in b.rules}


def test_each_unmet_error_is_told_in_a_sentence_and_no_warning_is(broken: pl.DataFrame) -> None:
    sentences = problems(broken)
    errors = [name for name, outcome in unmet(broken).items() if outcome.severity == "error"]
    assert [s.partition(":")[0] for s in sentences] == errors
    (sentence,) = (s for s in sentences if s.startswith("incident.dates_ordered"))
    assert sentence == (
        "incident.dates_ordered: The dates follow each other: date_start <= date_end. "
        f"Broken by 1 of {broken.filter(expectation='incident.dates_ordered')['evaluated'][0]:,}, "
        "such as incident_id i-reverse known_from 2025-01-01."
    )


def wrong(column: Column) -> Any:
    """A value that the column's declaration forbids, None if there is none."""
    if column.allowed or column.references:
        return [UNKNOWN_ID, None] if column.type == "text_list" else UNKNOWN_ID
    if column.minimum is not None:
        return column.minimum - 1 if column.type == "float" else int(column.minimum) - 1
    return None


@pytest.fixture(scope="module")
def undeclared(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Results on a warehouse where each table holds two empty rows and one of forbidden values."""
    path = tmp_path_factory.mktemp("undeclared") / "undeclared.duckdb"
    rows = correct()
    for table in TABLES:
        empty = dict.fromkeys(table.column_names)
        rows[table.name] += [empty, empty, {c.name: wrong(c) for c in table.columns}]
    return run(write(path, rows), TODAY)


def declared_rules(table: Table) -> dict[str, int]:
    """Rule -> rows that break it in the warehouse `undeclared`."""
    expected = {f"{table.name}.key_is_unique": 1}
    for c in table.columns:
        name = f"{table.name}.{c.name}"
        if c.required:
            expected[f"{name}_required"] = 3 if wrong(c) is None else 2
        if c.allowed:
            expected[f"{name}_in_vocabulary"] = 1
        if c.minimum is not None or c.maximum is not None:
            expected[f"{name}_within_bounds"] = 1
        if c.references:
            expected[f"{name}_references_{c.references.partition('.')[0]}"] = 1
    return expected


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_what_a_column_declares_is_expected_of_the_database(undeclared: pl.DataFrame, table: Table) -> None:
    found = unmet(undeclared)
    rules = declared_rules(table)
    assert {rule: found[rule].unexpected for rule in rules if rule in found} == rules
    assert {found[rule].severity for rule in rules} == {"error"}


def test_the_largest_allowed_value_is_allowed_and_no_larger_one(tmp_path: Path) -> None:
    rows = correct()
    rows["incident_report"][0]["match_probability"] = 1.0
    rows["incident_report"][1]["match_probability"] = 1.01
    assert unmet(run(write(tmp_path / "w.duckdb", rows), TODAY)) == {
        "incident_report.match_probability_within_bounds": Outcome("error", 1, ("i1",))
    }


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Results on a warehouse where each table has a column too many."""
    path = write(tmp_path_factory.mktemp("drifted") / "drifted.duckdb", correct())
    with duckdb.connect(str(path)) as connection:
        for table in TABLES:
            connection.execute(f'ALTER TABLE "{table.name}" ADD COLUMN surplus VARCHAR')
    return run(path, TODAY)


def test_a_column_that_is_not_declared_is_noticed(drifted: pl.DataFrame) -> None:
    assert unmet(drifted) == {
        f"{table.name}.{what}_match_declaration": Outcome("error", 1, ("surplus",))
        for table in TABLES
        for what in ("columns", "types")
    }


def test_every_rule_is_broken_by_a_test(broken: pl.DataFrame, undeclared: pl.DataFrame, drifted: pl.DataFrame) -> None:
    noticed = set(unmet(broken)) | set(unmet(undeclared)) | set(unmet(drifted))
    assert {rule.name for rule in all_rules(TODAY)} - noticed == set()


def test_a_rule_whose_column_is_gone_is_not_met(tmp_path: Path) -> None:
    path = write(tmp_path / "w.duckdb", correct())
    with duckdb.connect(str(path)) as connection:
        connection.execute("ALTER TABLE report DROP COLUMN access")
        connection.execute("ALTER TABLE casualty ALTER COLUMN low TYPE VARCHAR")
    results = run(path, TODAY)
    found = unmet(results)
    assert {"report.columns_match_declaration", "report.access_required", "report.access_in_vocabulary"} <= set(found)
    assert found["report.columns_match_declaration"] == Outcome("error", 1, ("access",))
    assert found["casualty.types_match_declaration"] == Outcome("error", 1, ("low",))
    assert results.filter(expectation="report.access_required")["evaluated"].to_list() == [0]
    assert any(s.startswith("report.access_required could not be checked: ") for s in problems(results))


def test_the_file_is_released_and_nothing_is_left_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    path = write(tmp_path / "w.duckdb", correct())
    before = path.read_bytes()
    run(path, TODAY)
    with duckdb.connect(str(path)) as connection:  # a writer excludes every other connection
        connection.execute("CREATE TABLE more (x INTEGER)")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["temporary", "w.duckdb"]
    assert list(temporary.iterdir()) == []
    assert path.read_bytes() != before


def test_a_file_that_is_no_warehouse_is_refused_with_a_sentence(tmp_path: Path) -> None:
    text, empty = tmp_path / "text.duckdb", tmp_path / "empty.duckdb"
    text.write_text("no database")
    duckdb.connect(str(empty)).close()
    with pytest.raises(WarehouseError, match=r"text\.duckdb is no readable DuckDB database"):
        run(text, TODAY)
    with pytest.raises(WarehouseError, match=r"missing\.duckdb does not exist"):
        run(tmp_path / "missing.duckdb", TODAY)
    with pytest.raises(WarehouseError, match="lacks the tables dataset, input_file"):
        run(empty, TODAY)


def test_data_docs_show_every_suite_and_ask_no_other_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("validation opened a connection to another host")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    path = write(tmp_path / "w.duckdb", correct())
    index = write_data_docs(path, tmp_path / "docs", TODAY)
    text = index.read_text(encoding="utf-8")
    pages = list((tmp_path / "docs").rglob("*.html"))
    assert len(pages) == 1 + 2 * len(TABLES)
    linked = {page for page in pages if page.relative_to(tmp_path / "docs").as_posix() in text}
    assert linked == set(pages) - {index}
    assert all(NO_REQUESTS in page.read_text(encoding="utf-8") for page in pages)
    with pytest.raises(WarehouseError, match="not empty"):
        write_data_docs(path, tmp_path / "docs", TODAY)
