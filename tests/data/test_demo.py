"""The demonstration data keeps its promises: counts, vocabulary, dates, references, and that a build can read it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from frictionless import Package
from polars.testing import assert_frame_equal

from transforms.demo.cast import GAZA_START, KNOWN_ON, OTHERS_START
from transforms.geography import country_distance_m
from transforms.sources import chirg_intake, demo
from warehouse import vocabulary as v
from warehouse.errors import InputError
from warehouse.intake_format import columns
from warehouse.row_rules import ROW_RULES
from warehouse.schema import INTAKE_TABLES, TABLE

Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return demo.generate()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "intake"
    demo.write(path)
    return path


@pytest.fixture(scope="module")
def countries(tables: Tables) -> pl.DataFrame:
    return tables["incident"].select("incident_id", "country")


def test_same_arguments_same_frames(tables: Tables) -> None:
    again = demo.generate()
    assert list(again) == list(tables)
    for name, frame in tables.items():
        assert_frame_equal(frame, again[name])


def test_the_generated_rows_are_the_same_everywhere(tables: Tables) -> None:
    # Held as figures, so that a new numpy or polars, or another machine, cannot change the demo unnoticed.
    heights = {name: frame.height for name, frame in tables.items()}
    assert heights == {
        "dataset": 1,
        "incident": 650,
        "casualty": 2118,
        "report": 6424,
        "incident_report": 6640,
        "weapon": tables["weapon"].height,  # the reference list grows
        "incident_weapon": 299,
        "stage_transition": 1567,
        "assessment": 692,
        "unit": 80,
        "incident_unit": 276,
        "response": 89,
        "engagement": 242,
        "transfer": 96,
        "series": 2,
        "context_series": 780,
    }
    civilians = tables["casualty"].filter(pl.col("group") == "civilians")
    totals = civilians.group_by("harm").agg(pl.col("low", "high").sum())
    assert {harm: (low, high) for harm, low, high in totals.iter_rows()} == {
        "killed": (3280, 3869),
        "injured": (5602, 6275),
    }


def test_another_seed_gives_other_rows(tables: Tables) -> None:
    other = demo.generate(seed=1)
    for name in ("incident", "casualty", "report", "incident_report", "incident_weapon", "stage_transition"):
        assert not tables[name].equals(other[name]), name
    assert other["incident"].filter(pl.col("country") == "PSE").height == 500


@pytest.mark.parametrize("table", INTAKE_TABLES, ids=lambda table: table.name)
def test_columns_and_types_are_the_declared_ones(tables: Tables, table: object) -> None:
    declared = TABLE[getattr(table, "name", "")]
    schema = declared.polars_schema()
    assert dict(tables[declared.name].schema) == {c.name: schema[c.name] for c in columns(declared)}


@pytest.mark.parametrize("table", [t.name for t in INTAKE_TABLES])
def test_cells_are_allowed(tables: Tables, table: str) -> None:
    frame = tables[table]
    for column in columns(TABLE[table]):
        values = frame[column.name]
        if column.required and column.name != "known_from":
            assert values.null_count() == 0, column.name
        if column.allowed:
            found = values.list.explode(empty_as_null=False) if values.dtype == pl.List else values
            assert set(found.drop_nulls()) <= set(column.allowed), column.name
        if column.minimum is not None:
            assert values.drop_nulls().ge(column.minimum).all(), column.name
    assert not frame.select(k for k in TABLE[table].key if k in frame.columns).is_duplicated().any()


def test_references_resolve(tables: Tables) -> None:
    for table in INTAKE_TABLES:
        for column in columns(table):
            if column.references and not column.references.startswith("dataset."):
                target, key = column.references.split(".")
                missing = set(tables[table.name][column.name].drop_nulls()) - set(tables[target][key])
                assert not missing, f"{table.name}.{column.name}"


def test_no_row_breaks_a_row_rule(tables: Tables) -> None:
    for rule in ROW_RULES:
        if rule.table in tables:
            broken = tables[rule.table].filter(rule.expression(KNOWN_ON))
            assert broken.height == 0, f"{rule.name}: {broken.head(3)}"


def test_nothing_is_later_than_the_day_of_knowledge_or_earlier_than_the_incidents(tables: Tables) -> None:
    for name, frame in tables.items():
        for column in frame.select(pl.col(pl.Date)).columns:
            latest = frame[column].max()
            assert latest is None or latest <= KNOWN_ON, f"{name}.{column}"  # type: ignore[operator]
    gaza = pl.col("country") == "PSE"
    incident = tables["incident"]
    assert incident.filter(gaza)["date_start"].min() >= GAZA_START  # type: ignore[operator]
    assert incident["date_start"].min() >= OTHERS_START  # type: ignore[operator]
    first_half = pl.col("date_start") < date(2024, 4, 19)
    assert incident.filter(gaza, first_half).height > 2 * incident.filter(gaza, ~first_half).height
    reported = tables["report"].select("report_id", "published_on")
    links = (
        tables["incident_report"].join(reported, on="report_id").join(incident.drop("published_on"), on="incident_id")
    )
    dated = links.filter(pl.col("date_precision") == "day")
    days = (dated["published_on"] - dated["date_start"]).dt.total_days()
    assert days.min() == 0
    assert dated["published_on"].null_count() > 0


def test_incidents_lie_in_gaza_and_five_other_countries(tables: Tables) -> None:
    incident = tables["incident"]
    gaza = incident.filter(pl.col("country") == "PSE")
    others = incident.filter(pl.col("country") != "PSE")
    assert (gaza.height, others.height) == (500, 150)
    assert set(gaza["partner_country"]) == {"ISR"}
    assert set(gaza["admin1"].drop_nulls()) == {"Gaza Strip"}
    assert set(gaza["belligerent"].list.first()) == {"Israeli Military"}
    assert others["partner_country"].n_unique() >= 6
    assert "ISR" not in set(others["partner_country"])


def test_no_incident_in_gaza_reaches_the_third_stage(tables: Tables, countries: pl.DataFrame) -> None:
    steps = tables["stage_transition"].join(countries, on="incident_id")
    gaza = pl.col("country") == "PSE"
    third = (v.Stage.DEPARTMENT_RESPONSE_COORDINATION.value, v.Stage.CLOSED.value)
    assert not steps.filter(gaza)["to_stage"].is_in(third).any()
    now = steps.group_by("incident_id", "country", maintain_order=True).last()
    stages = dict(now.filter(gaza).group_by("to_stage").len().iter_rows())
    assert stages["incident_analysis"] > 250
    assert 20 < stages["policy_impact_assessment"] < stages["incident_analysis"]
    elsewhere = set(steps.filter(~gaza)["to_stage"])
    assert elsewhere == {stage.value for stage in v.STAGE_ORDER}


def test_steps_follow_each_other(tables: Tables) -> None:
    steps = tables["stage_transition"]
    order = {stage.value: i for i, stage in enumerate(v.STAGE_ORDER)}
    grouped = steps.with_columns(
        previous=pl.col("to_stage").shift(1).over("incident_id"),
        days=pl.col("occurred_on").diff().over("incident_id").dt.total_days(),
        moved=pl.col("to_stage").replace_strict(order) - pl.col("from_stage").replace_strict(order, default=None),
    )
    assert grouped["previous"].equals(grouped["from_stage"], null_equal=True)
    assert grouped["days"].drop_nulls().min() >= 1  # type: ignore[operator]
    assert set(grouped.filter(pl.col("from_stage").is_null())["to_stage"]) == {"received"}
    assert grouped.filter(pl.col("from_stage").is_null()).height == 650
    moves = set(grouped["moved"].drop_nulls())
    assert min(moves) < 0
    assert max(moves) > 1
    received = grouped.filter(pl.col("from_stage").is_null()).join(tables["incident"], on="incident_id")
    delay = received.filter(pl.col("date_precision") == "day").select(
        (pl.col("occurred_on") - pl.col("date_start")).dt.total_days()
    )
    assert 1 <= delay.min().item() <= delay.max().item() <= 45


def test_assessments_are_of_incidents_past_the_analysis(tables: Tables) -> None:
    later = tables["stage_transition"].filter(~pl.col("to_stage").is_in(["received", "incident_analysis"]))
    found = tables["assessment"]
    assert set(found["incident_id"]) <= set(later["incident_id"])
    pending = found["finding"] == v.Finding.PENDING.value
    assert found["assessed_on"].is_null().equals(pending)


def test_responses_only_where_the_third_stage_was_reached(tables: Tables, countries: pl.DataFrame) -> None:
    response = tables["response"].join(countries, on="incident_id")
    assert "PSE" not in set(response["country"])
    third = tables["stage_transition"].filter(pl.col("to_stage") == "department_response_coordination")
    entered = third.group_by("incident_id").agg(pl.col("occurred_on").min())
    joined = response.join(entered, on="incident_id", how="left")
    assert (joined["recommended_on"] >= joined["occurred_on"]).all()
    assert 0 < joined["recommended_on"].null_count() < 10  # a gap that real records have
    assert joined.filter(pl.col("recommended_on").is_null())["decided_on"].null_count() == 0
    has_case = response["case_number"].is_not_null()
    assert set(response.filter(has_case)["target"]) == {"licence"}
    assert set(response["case_number"].drop_nulls()) <= set(tables["transfer"]["case_number"])
    has_unit = response["unit_id"].is_not_null()
    assert has_unit.equals(response["target"] == "unit")
    assert response.filter(pl.col("status") == "implemented")["implemented_on"].null_count() == 0
    assert (
        response.filter(pl.col("status") == "recommended")["decided_on"].null_count()
        == response.filter(pl.col("status") == "recommended").height
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("incident", "strike_status"),
        ("incident", "harm_status"),
        ("incident", "geo_precision"),
        ("incident", "belligerent_basis"),
        ("incident", "strike_type"),
        ("casualty", "group"),
        ("casualty", "harm"),
        ("report", "source_type"),
        ("report", "access"),
        ("report", "account_kind"),
        ("incident_weapon", "confidence"),
        ("incident_weapon", "basis"),
        ("stage_transition", "to_stage"),
        ("assessment", "kind"),
        ("assessment", "finding"),
        ("response", "response_type"),
        ("response", "target"),
        ("response", "status"),
        ("engagement", "channel"),
        ("incident_unit", "basis"),
        ("transfer", "channel"),
        ("transfer", "record_type"),
    ],
)
def test_every_value_of_the_vocabulary_occurs(tables: Tables, table: str, column: str) -> None:
    values = tables[table][column]
    found = set(values.list.explode(empty_as_null=False) if values.dtype == pl.List else values)
    allowed = set(TABLE[table][column].allowed or ())
    assert found == allowed - {v.Stage.NO_REVIEW_RECORD.value}


def test_casualties_are_consistent_and_unknown_is_null(tables: Tables) -> None:
    casualty = tables["casualty"]
    civilians = casualty.filter(pl.col("group") == "civilians")
    assert civilians.height == 2 * 650
    for harm in v.Harm.values():
        unknown = civilians.filter(pl.col("harm") == harm)["low"].null_count()
        assert 0.05 < unknown / 650 < 0.15
    assert civilians["low"].is_null().equals(civilians["high"].is_null())
    killed = civilians.filter(pl.col("harm") == "killed")
    assert killed.filter((pl.col("low") == 0) & (pl.col("high") > 0)).height > 0
    assert killed.filter(pl.col("low") < pl.col("high")).height > 100
    assert killed["high"].max() > 20 * killed["high"].median()  # type: ignore[operator]
    parts = casualty.filter(pl.col("group").is_in(["children", "women", "men"]))
    for end in ("low", "high"):
        together = parts.group_by("incident_id", "harm").agg(pl.col(end).sum().alias("together"))
        against = together.join(civilians, on=["incident_id", "harm"], how="left")
        assert (against["together"] <= against["high"]).all(), end
    assert casualty.filter(pl.col("high").is_null())["raw_text"].str.starts_with("An unknown number").all()


def test_locations_are_no_finer_than_their_precision(tables: Tables) -> None:
    incident = tables["incident"]
    without = incident["latitude"].is_null()
    assert without.equals(incident["geo_precision"].is_in(["country", "unknown"]))
    assert 0.12 < np.mean(without.to_numpy()) < 0.28
    coarse = incident.filter(pl.col("geo_precision").is_in(["village", "town", "city", "subdistrict", "district"]))
    name = pl.col("place").str.replace(r" \(.*\)$", "")
    points = coarse.group_by("country", name).agg(pl.struct("latitude", "longitude").n_unique().alias("points"))
    assert points["points"].max() == 1
    exact = incident.filter(pl.col("geo_precision") == "exact_location")
    assert exact.select(pl.struct("latitude", "longitude").n_unique()).item() == exact.height
    assert incident.filter(pl.col("geo_precision") == "country")["admin1"].null_count() > 0
    assert incident["place"].str.contains(r"\p{Arabic}").sum() > 20


def test_places_lie_in_their_country(tables: Tables) -> None:
    # The borders of the base map hold to about 1 km; Gaza's eastern towns lie that close to them.
    distance = country_distance_m(tables["incident"])
    assert distance.null_count() == tables["incident"]["latitude"].null_count()
    assert distance.max() < 1_000  # type: ignore[operator]


def test_reports(tables: Tables) -> None:
    links = tables["incident_report"]
    per_incident = links.group_by("incident_id").len()
    assert per_incident.height == 650
    assert per_incident["len"].min() == 1
    assert 20 < per_incident["len"].max() <= 40  # type: ignore[operator]
    assert links.group_by("report_id").len()["len"].max() > 1  # type: ignore[operator]
    assert links.select((pl.col("method") == "linked") == pl.col("match_probability").is_not_null()).to_series().all()
    report = tables["report"]
    assert set(report["report_id"]) == set(links["report_id"])
    private = report.filter(pl.col("access") == "private")
    assert private.height > 100
    assert private["submitted_by"].null_count() == private["raw_text"].null_count() == 0
    assert private["url"].drop_nulls().is_empty()
    personal = report.filter(pl.col("account_kind") == "personal")
    assert personal["account_name"].null_count() == 0
    assert personal["url"].drop_nulls().is_empty()
    assert report.filter(pl.col("account_kind") != "personal")["account_name"].drop_nulls().is_empty()
    shown = report.filter(pl.col("url").is_not_null())
    assert 0.7 < shown["archive_url"].is_not_null().mean() < 1  # type: ignore[operator]


def test_weak_and_single_source_claims_have_one_report(tables: Tables) -> None:
    counted = tables["incident_report"].group_by("incident_id").len().join(tables["incident"], on="incident_id")
    single = counted["len"] == 1
    assert single.equals(counted["harm_status"] == "weak")
    assert single.equals(counted["strike_status"] == "single_source_claim")


def test_weapons_are_mostly_unattributed(tables: Tables) -> None:
    attributions = tables["incident_weapon"]
    assert 0.5 < 1 - attributions["incident_id"].n_unique() / 650 < 0.7
    several = attributions.group_by("incident_id").agg(pl.len(), pl.col("confidence"))
    assert not several.filter(pl.col("len") > 1)["confidence"].list.contains("unattributed").any()
    assert 0 < attributions["report_id"].null_count() < attributions.height
    cited = attributions.drop_nulls("report_id").join(tables["incident_report"], on=["incident_id", "report_id"])
    assert cited.height == attributions["report_id"].is_not_null().sum()


def test_everything_says_that_it_is_synthetic(tables: Tables) -> None:
    dataset = tables["dataset"].row(0, named=True)
    assert dataset["dataset_id"] == "demo"
    assert dataset["synthetic"] is True
    assert dataset["title"] == "SYNTHETIC demonstration data"
    assert dataset["retrieved_on"] == dataset["known_on"] == KNOWN_ON
    report = tables["report"]
    assert tables["incident"]["summary"].str.starts_with("SYNTHETIC:").all()
    for values in (report["publisher"], report["submitted_by"], tables["unit"]["name"], tables["engagement"]["post"]):
        assert values.drop_nulls().str.contains("Synthetic").all()
    for values in (report["title"], report["raw_text"]):
        assert values.drop_nulls().str.starts_with("SYNTHETIC:").all()
    for values in (tables["incident"]["url"], report["url"], report["archive_url"]):
        assert values.drop_nulls().str.contains(r"^https://example\.(org|com)/").all()
    assert tables["context_series"]["series_id"].str.contains("synthetic").all()


def test_an_engagement_is_known_from_its_last_step(tables: Tables) -> None:
    engagement = tables["engagement"]
    answered = engagement["answered_on"].is_not_null()
    assert 40 < answered.sum() < 200
    assert answered.equals(engagement["outcome"] != "No answer so far")
    assert engagement["known_from"].equals(engagement.select(pl.coalesce("answered_on", "held_on")).to_series())
    assert engagement.filter(pl.col("answered_on") == pl.col("held_on")).height > 0


def test_units_are_named_again_after_a_recommendation_about_them(tables: Tables) -> None:
    happened = tables["incident"].select("incident_id", "partner_country", "date_start")
    units = tables["unit"].select("unit_id", of="country")
    named = tables["incident_unit"].join(happened, on="incident_id").join(units, on="unit_id")
    assert (named["partner_country"] == named["of"]).all()
    assert set(named["confidence"]) == set(v.Confidence.values()) - {"unattributed"}
    assert not named.filter(pl.col("basis") == "source_claim")["confidence"].is_in(["confirmed", "probable"]).any()
    cited = named.drop_nulls("report_id")
    assert cited.join(tables["incident_report"], on=["incident_id", "report_id"]).height == cited.height > 0
    first = tables["response"].drop_nulls("unit_id").group_by("unit_id").agg(on=pl.col("recommended_on").min())
    again = named.filter(pl.col("confidence") != "excluded").join(first, on="unit_id")
    assert again.filter(pl.col("date_start") > pl.col("on")).height > 10


def test_some_findings_change_and_some_steps_name_no_bureau(tables: Tables) -> None:
    dated = tables["assessment"].drop_nulls("assessed_on").sort("assessed_on")
    pairs = dated.group_by("incident_id", "kind").agg("finding")
    assert pairs.filter(pl.col("finding").list.n_unique() > 1).height > 10
    for table in ("stage_transition", "assessment"):
        assert 0 < tables[table]["bureau"].null_count() < tables[table].height / 10, table


def test_units_form_a_hierarchy(tables: Tables) -> None:
    unit = tables["unit"]
    joined = unit.join(unit, left_on="parent_unit_id", right_on="unit_id", suffix="_above")
    assert (joined["country"] == joined["country_above"]).all()
    assert joined["parent_unit_id_above"].is_not_null().any()  # three levels
    assert set(unit["country"]) == set(tables["incident"]["partner_country"])


@pytest.mark.parametrize("incidents", [1, 2, 13, 100])
def test_few_incidents_work(incidents: int) -> None:
    tables = demo.generate(incidents)
    assert tables["incident"].height == incidents
    assert tables["incident_report"]["incident_id"].n_unique() == incidents


def test_it_scales_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "BLOCK_INCIDENTS", 6_500)
    tables = demo.generate(20_000)
    incident = tables["incident"]
    assert incident.height == incident["incident_id"].n_unique() == 20_000
    assert incident["incident_id"].last() == "SYN-20000"
    assert abs(incident.filter(pl.col("country") == "PSE").height - 20_000 * 10 / 13) < 5
    assert tables["report"].height > 150_000
    assert tables["dataset"].height == 1
    test_references_resolve(tables)
    for name in (
        "report",
        "incident_weapon",
        "incident_unit",
        "stage_transition",
        "response",
        "engagement",
        "assessment",
    ):
        assert not tables[name][TABLE[name].key[0]].is_duplicated().any(), name


@pytest.mark.parametrize(("incidents", "seed"), [(0, 1), (-5, 1), (10, -1)])
def test_impossible_arguments_are_refused(incidents: int, seed: int) -> None:
    with pytest.raises(InputError, match=r"must be|at least"):
        demo.generate(incidents, seed)


def test_the_folder_is_a_valid_data_package(folder: Path) -> None:
    validated = Package(str(folder / "datapackage.json")).validate()
    assert validated.valid, validated.flatten(["title", "rowNumber", "fieldName", "note"])[:10]


def test_the_folder_reads_back_as_generated(folder: Path, tables: Tables) -> None:
    canonical = chirg_intake.transform(chirg_intake.read(folder))
    assert canonical.refused.height == 0
    assert canonical.dataset.dataset_id == "demo"
    assert canonical.dataset.synthetic
    for name, frame in tables.items():
        if name != "dataset":
            read = canonical.tables[name].select(frame.columns)
            own = [c for c in frame.columns if c.endswith("_id") and c != "weapon_id"]
            expected = frame.with_columns((pl.lit("demo:") + pl.col(c)).alias(c) for c in own)
            assert_frame_equal(read, expected)
