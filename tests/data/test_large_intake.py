"""An intake that is built in blocks gives the same warehouse, row for row, as one that is built whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from transforms import large_incidents, large_intake
from transforms.pipeline import Source, build
from transforms.sources.demo import write
from warehouse.connection import Reader, reader
from warehouse.errors import InputError
from warehouse.schema import TABLES

INCIDENTS = 120
CORRECTION = """
[[correction]]
incident_id = "demo:{incident}"
field = "place"
expected = "{place}"
value = "Elsewhere"
reason = "It was elsewhere."
evidence = "https://example.org/note"
by = "A. Analyst"
on = 2024-11-02
"""


def changed(folder: Path, table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    file = folder / f"{table}.parquet"
    change(pl.read_parquet(file)).write_parquet(file)


def spoiled(folder: Path) -> None:
    """A demo with every kind of fault, with rows that have several versions, and with a file as CSV."""
    write(folder, INCIDENTS, form="parquet")
    row = pl.int_range(pl.len())

    def incidents(frame: pl.DataFrame) -> pl.DataFrame:
        frame = frame.with_columns(
            latitude=pl.when(row == 3).then(99.0).otherwise("latitude"),
            harm_status=pl.when(row == 4).then(pl.lit("guessed")).otherwise("harm_status"),
            geo_precision=pl.when(row == 5).then(pl.lit("")).otherwise("geo_precision"),
            longitude=pl.when(row == 6).then(float("nan")).otherwise("longitude"),
            known_from=pl.when(row < 20).then(None).otherwise("known_from"),
        )
        # A later version that differs, one that does not, and a row given twice.
        later = frame[30:40].with_columns(known_from=pl.lit(date(2024, 10, 20)))
        differing = later.with_columns(
            summary=pl.when(row < 5).then(pl.lit("SYNTHETIC: seen anew")).otherwise("summary")
        )
        return pl.concat([frame, differing, frame[50:52]])

    changed(folder, "incident", incidents)
    exact = pl.read_parquet(folder / "incident.parquet").filter(geo_precision="exact_location", date_precision="day")
    near = exact.row(-1, named=True)
    changed(
        folder,
        "report",
        lambda f: f.with_columns(
            published_on=pl.when(row == 9)
            .then(date(999, 1, 1))
            .when(row % 10 == 0)
            .then(pl.lit(near["date_start"]))
            .otherwise("published_on"),
            # What the linkage compares: reports of the day and point of an incident, and addresses that several cite.
            event_on=pl.when(row % 10 == 0).then(pl.lit(near["date_start"])),
            latitude=pl.when(row.is_in([40, 60, 80])).then(near["latitude"]),
            longitude=pl.when(row.is_in([40, 60, 80])).then(near["longitude"]),
            url=pl.when(row % 4 == 1).then(pl.format("https://www.example.org/{}?t=1", row // 30)).otherwise("url"),
        ),
    )
    ended = pl.when(row.is_between(100, 120)).then(date(2024, 10, 25)).alias("known_to")
    changed(folder, "incident_report", lambda f: f.with_columns(ended))
    changed(folder, "casualty", lambda f: f.with_columns(low=pl.when(row == 8).then(-1).otherwise("low")))
    changed(folder, "stage_transition", lambda f: pl.concat([f, f[10:11]]))
    changed(
        folder,
        "incident_weapon",
        lambda f: f.with_columns(weapon_id=pl.when(row == 2).then(pl.lit("none-such")).otherwise("weapon_id")),
    )
    changed(folder, "weapon", lambda f: pl.concat([f, f[:1], f[1:2].with_columns(weapon_id=pl.lit("own-weapon"))]))
    text = pl.read_parquet(folder / "engagement.parquet").cast(pl.String)
    text.with_columns(held_on=pl.when(row == 1).then(pl.lit("soon")).otherwise("held_on")).write_csv(
        folder / "engagement.csv"
    )
    (folder / "engagement.parquet").unlink()


def built(folder: Path, intake: Path, monkeypatch: pytest.MonkeyPatch, *, in_blocks: bool) -> tuple[Reader, list[str]]:
    monkeypatch.setattr(large_intake, "LARGE_ROWS", 0 if in_blocks else 10**9)
    monkeypatch.setattr(large_intake, "BLOCK_ROWS", 300)
    monkeypatch.setattr(large_incidents, "BLOCK_INCIDENTS", 50)
    said: list[str] = []
    folder.mkdir()
    incident, place = pl.read_parquet(intake / "incident.parquet").select("incident_id", "place").row(-60)
    (folder / "corrections.toml").write_text(CORRECTION.format(incident=incident, place=place), encoding="utf-8")
    build(folder, [Source("chirg_intake", intake)], said.append)
    return reader(folder), said


def test_in_blocks_and_whole_give_the_same_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = tmp_path / "intake"
    spoiled(intake)
    blocks, said = built(tmp_path / "blocks", intake, monkeypatch, in_blocks=True)
    whole, said_whole = built(tmp_path / "whole", intake, monkeypatch, in_blocks=False)
    assert any("in blocks" in line for line in said)
    assert not any("in blocks" in line for line in said_whole)
    quarantine = blocks.frame("SELECT rule FROM quarantine")["rule"].to_list()
    assert {
        "incident.latitude_within_bounds",
        "incident.harm_status_in_vocabulary",
        "incident.longitude_is_number",
    } <= set(quarantine)
    assert {"incident.key_is_unique", "casualty.incident_id_references_incident", "engagement.held_on_is_date"} <= set(
        quarantine
    )
    assert blocks.frame("SELECT is_linked FROM candidate_pair WHERE left_kind = 'report'")["is_linked"].any()
    assert not blocks.frame("SELECT * FROM linkage_measure").is_empty()
    for table in TABLES:
        if table.name == "build":
            continue
        order = f'SELECT * FROM "{table.name}" ORDER BY ALL'
        assert_frame_equal(blocks.frame(order), whole.frame(order))
        in_file = ", ".join(f'"{c}"' for c in (table.sort or table.key))
        key = f'SELECT {in_file} FROM "{table.name}"'
        assert_frame_equal(blocks.frame(key), whole.frame(key))


def test_a_fault_of_a_file_is_told_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = tmp_path / "intake"
    write(intake, 80, form="parquet")
    changed(intake, "incident", lambda f: f.with_columns(observations=pl.lit(["one; two"])))
    with pytest.raises(InputError, match=r"incident\.parquet, row 1, column observations: an item of the list holds"):
        built(tmp_path / "blocks", intake, monkeypatch, in_blocks=True)
    assert not list((tmp_path / "blocks").glob(".building-*"))
