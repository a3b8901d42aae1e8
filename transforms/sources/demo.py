"""The demonstration data: a deterministic SYNTHETIC intake, in the tables and columns of the intake format.

About 500 of 650 incidents lie in Gaza, the others in eight more countries where seven recipients of US arms fight; no
row is about a real event. Any number of incidents keeps these proportions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Literal

import polars as pl
import pyarrow.parquet as pq

from transforms.demo import actions, attributions, background, casualties, incidents, reports, review, units
from transforms.demo.cast import cast
from transforms.weapons import reference_list
from warehouse.errors import InputError
from warehouse.intake_format import DESCRIPTOR, descriptor
from warehouse.schema import INTAKE_TABLES, LIST_SEPARATOR

INCIDENTS: Final = 650
SEED: Final = 20231007

BLOCK_INCIDENTS: Final = 20_000
"""Incidents made at a time: a block with its reports takes about 300 MB. The size is part of the result."""


def generate(incidents: int = INCIDENTS, seed: int = SEED) -> dict[str, pl.DataFrame]:
    """Every intake table: name -> frame with exactly its intake columns, lists as lists.

    The same arguments give the same frames everywhere. For millions of incidents use `write`, which never holds all.

    Raises:
        InputError: incidents is not positive, or seed is negative.
    """
    parts: dict[str, list[pl.DataFrame]] = {table.name: [] for table in INTAKE_TABLES}
    for block in blocks(incidents, seed):
        for name, frame in block.items():
            parts[name].append(frame)
    return {name: pl.concat(frames) for name, frames in parts.items()}


def write(folder: Path, incidents: int = INCIDENTS, seed: int = SEED, form: Literal["csv", "parquet"] = "csv") -> None:
    """Write the intake folder: one file per table and its description. Existing files of these names are replaced.

    Args:
        folder: made if it does not exist.
        incidents: how many; a million have about ten million reports.
        seed: another one gives other rows.
        form: Parquet keeps the types, which saves a large build the parsing.

    Raises:
        InputError: incidents is not positive, or seed is negative.
    """
    folder.mkdir(parents=True, exist_ok=True)
    started: set[str] = set()
    with ExitStack() as open_files:
        tables: dict[str, pq.ParquetWriter] = {}
        for block in blocks(incidents, seed):
            for name, frame in block.items():
                if form == "parquet":
                    rows = frame.to_arrow()
                    if name not in started:
                        writer = pq.ParquetWriter(
                            folder / f"{name}.parquet", rows.schema, compression="zstd", write_page_checksum=True
                        )
                        tables[name] = open_files.enter_context(writer)
                    tables[name].write_table(rows)
                else:
                    with (folder / f"{name}.csv").open("ab" if name in started else "wb") as handle:
                        _flat(frame).write_csv(handle, include_header=name not in started)
                started.add(name)
    description = json.dumps(descriptor(), indent=2, ensure_ascii=False)
    (folder / DESCRIPTOR).write_text(description + "\n", encoding="utf-8", newline="\n")


def blocks(incidents: int, seed: int) -> Iterator[dict[str, pl.DataFrame]]:
    """The tables of up to BLOCK_INCIDENTS incidents at a time; those that do not grow come with the first block only.

    Raises:
        InputError: incidents is not positive, or seed is negative.
    """
    if incidents < 1:
        raise InputError(f"The demonstration needs at least 1 incident, not {incidents}.")
    if seed < 0:
        raise InputError(f"The seed must be 0 or more, not {seed}.")
    for block, first in enumerate(range(0, incidents, BLOCK_INCIDENTS)):
        tables = _block(seed, block, first + 1, min(BLOCK_INCIDENTS, incidents - first))
        if block == 0:
            tables |= {
                "dataset": background.dataset(),
                "weapon": reference_list(),
                "unit": units.unit(),
                "transfer": background.transfer(seed),
                "series": background.series(),
                "context_series": background.context_series(seed),
            }
        yield tables


def _block(seed: int, block: int, first: int, size: int) -> dict[str, pl.DataFrame]:
    here = cast(seed, block, first, size)
    counts = casualties.counts(seed, block, here)
    incident = incidents.incident(seed, block, here, counts)
    report = reports.report(seed, block, here)
    transitions = review.stage_transition(seed, block, here)
    attributed = units.incident_unit(seed, block, here, report)
    return {
        "incident": incident,
        "casualty": casualties.casualty(seed, block, here, counts),
        "report": report,
        "incident_report": reports.incident_report(seed, block, here, report),
        "incident_weapon": attributions.incident_weapon(seed, block, here, incident, report),
        "stage_transition": transitions,
        "assessment": review.assessment(seed, block, transitions),
        "incident_unit": attributed,
        "response": actions.response(seed, block, here, transitions, attributed, background.transfer(seed)),
        "engagement": actions.engagement(seed, block, here),
    }


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as one text each, as a CSV cell holds them."""
    return frame.with_columns(pl.col(pl.List(pl.String)).list.join(LIST_SEPARATOR))
