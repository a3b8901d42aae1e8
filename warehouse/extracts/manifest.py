"""What an extract says of itself: filter, build, sources with their licences, rows, columns, hashes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

from warehouse import queries
from warehouse.connection import Reader
from warehouse.datapackage import dictionary
from warehouse.engine import run
from warehouse.extracts.request import ALL, Request, counts
from warehouse.publish import record_of
from warehouse.queries import CONTENTS
from warehouse.schema import TABLE
from warehouse.version import code_version

Manifest = dict[str, Any]

VERSION = 2
"""Of the manifest's form; `civharm verify` reads this one."""

DISARMED_NOTE = (
    "In CSV and Excel, text that a spreadsheet could read as a formula starts with an added apostrophe; removing one "
    "leading apostrophe from every text restores it. All other formats hold the text as it is."
)
NEVER_HELD = (
    "Names of personal accounts and addresses that contain one are never extracted. What private reports say and who "
    "sent them is left out unless with_private is true; the reports themselves are listed."
)
WRITTEN = ("written_at", "extract_code_version", "file", "files", "sha256", "sha256_of")
"""What a manifest says of the writing, not of the rows."""

_SOURCE_COLUMNS = (
    "dataset_id",
    "title",
    "publisher",
    "url",
    "licence",
    "redistributable",
    "retrieved_on",
    "known_on",
    "sha256",
    "synthetic",
)


def facts(request: Request, reader: Reader) -> Manifest:
    """What holds of the rows, whenever they are written: the same request to the same build gives the same.

    Raises:
        WarehouseError: the warehouse could not answer, or the build's record is gone.
    """
    held = counts(request, reader)
    record = record_of(reader.folder, reader.build_id)
    datasets = run(queries.datasets(), reader)
    return {
        "manifest_version": VERSION,
        **request.to_values(),
        "filter": request.filters.sentence(),
        "as_known_on": str(request.filters.as_known_on) if request.filters.as_known_on else "current",
        "row_count": held.rows,
        "rows_not_to_be_passed_on": held.restricted,
        "rows_left_out": held.left_out,
        "incidents_without_coordinates": held.without_coordinates,
        "synthetic": record.synthetic,
        "build_id": reader.build_id,
        "built_at": record.built_at,
        "code_version": record.code_version,
        "disarmed": DISARMED_NOTE,
        "never_held": NEVER_HELD,
        "sources": [
            {name: str(row[name]) if name.endswith("_on") else row[name] for name in _SOURCE_COLUMNS}
            | {"is_included": row["redistributable"] or request.with_restricted}
            for row in datasets.iter_rows(named=True)
        ],
        "columns": described(request).to_dicts(),
    }


def written(held: Manifest, **of_the_file: Any) -> Manifest:
    """The facts with what is to be said of the writing: when, by which code, file and hash."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return held | {"written_at": now, "extract_code_version": code_version()} | of_the_file


def described(request: Request) -> pl.DataFrame:
    """The data dictionary of an extract, one row per column; of a data package none: its descriptor holds it."""
    table = TABLE[CONTENTS.get(request.contents, "incident")]
    names = () if request.contents == ALL else request.question().columns
    return dictionary(table, [c for c in table.columns if c.name in names])


def file_name(request: Request, build_id: str, suffix: str, *, synthetic: bool, restricted: bool) -> str:
    """Name of a downloaded file; what must be known before it is passed on is put in front."""
    return f"{marks(request, synthetic=synthetic, restricted=restricted)}{request.contents}-{build_id}{suffix}"


def marks(request: Request, *, synthetic: bool, restricted: bool) -> str:
    """SYNTHETIC-, PRIVATE- and NOT-TO-BE-PASSED-ON-, each where it holds."""
    said = {
        "SYNTHETIC-": synthetic,
        "PRIVATE-": request.show_private and may_hold_private(request.contents),
        "NOT-TO-BE-PASSED-ON-": restricted,
    }
    return "".join(mark for mark, holds in said.items() if holds)


def may_hold_private(contents: str) -> bool:
    """Whether these contents have columns that private reports fill."""
    return contents == ALL or any(c.private_content for c in TABLE[CONTENTS[contents]].columns)
