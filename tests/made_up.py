"""Small intake folders of made-up rows, for tests that need a case of their own in a real warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from transforms.intake import write_template
from transforms.pipeline import Source, build
from warehouse.intake_format import columns
from warehouse.schema import TABLE

Row = dict[str, str]

KNOWN_ON = "2024-06-30"
"""Day of knowledge of every folder made here."""

_DATASET = {
    "dataset_id": "made-up",
    "title": "Made-up rows",
    "publisher": "Nobody",
    "licence": "CC0-1.0",
    "redistributable": "true",
    "retrieved_on": KNOWN_ON,
    "known_on": KNOWN_ON,
    "synthetic": "true",
}
_INCIDENT = {
    "country": "KEN",
    "geo_precision": "unknown",
    "date_start": "2024-01-01",
    "date_end": "2024-01-01",
    "date_precision": "day",
    "belligerent_basis": "unknown",
    "strike_type": "unknown",
    "strike_status": "unknown",
    "harm_status": "not_assessed",
}


def step(incident_id: str, number: int, from_stage: str, to_stage: str, day: str, waiting_on: str = "") -> Row:
    """A row of stage_transition."""
    return {
        "transition_id": f"{incident_id}-{number}",
        "incident_id": incident_id,
        "from_stage": from_stage,
        "to_stage": to_stage,
        "occurred_on": day,
        "waiting_on": waiting_on,
    }


def intake(folder: Path, dataset: Row | None = None, **tables: Sequence[Row]) -> Path:
    """Write a folder of the intake format; rows of incident need only what differs from an unknown one in Kenya."""
    write_template(folder)
    given: dict[str, Sequence[Row]] = {"dataset": [_DATASET | (dataset or {})], **tables}
    given["incident"] = [_INCIDENT | row for row in tables.get("incident", [])]
    for table, rows in given.items():
        names = [c.name for c in columns(TABLE[table])]
        cells = [[row.get(name) or None for name in names] for row in rows]
        frame = pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String), orient="row")
        frame.write_csv(folder / f"{table}.csv")
    return folder


def warehouse(folder: Path, dataset: Row | None = None, *, validate: bool = False, **tables: Sequence[Row]) -> Path:
    """Build a warehouse of such rows in `folder`.

    Its expectations, two thirds of the time of so small a build, are left out unless the test is about them.
    """
    source = intake(folder.with_name(f"{folder.name}-intake"), dataset, **tables)
    build(folder, [Source("chirg_intake", source)], lambda _: None, validate=validate)
    return folder
