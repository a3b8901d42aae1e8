"""How long extracts take beside DuckDB's own COPY, as ratios: `python -m benchmarks.extracts [ROWS]`.

Made-up reports in a database of the declared form, read by the app's locked-down reader; what is compared is written
to a file by both. Runs are interleaved and the best of several counts, for a busy machine is only ever slower.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb

from warehouse.connection import Reader
from warehouse.ddl import create_all
from warehouse.extracts import Request, write_files
from warehouse.filters import Filters
from warehouse.publish import file_of

ROWS = 1_000_000
RUNS = 3
BUILD_ID = "bench"
MUST = {".csv": 1.3, ".parquet": 1.1}
"""Highest ratio to COPY: escaping for CSV, page checksums for Parquet."""


def main() -> None:
    """Print a line per format: seconds of both, ratio, peak memory of this process."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory(prefix="civharm-bench-") as name:
        folder = Path(name)
        _made(folder, rows)
        reader = Reader(folder, BUILD_ID)
        request = Request(Filters(), contents="reports", show_private=True)
        before = _peak_mb()
        for suffix, must in MUST.items():
            ours, copy = [], []
            for _ in range(RUNS):
                path = folder / f"ours{suffix}"
                ours.append(_seconds(partial(write_files, request, reader, path)))
                copy.append(_copied(folder, suffix))
            best, beside = min(ours), min(copy)
            print(f"{suffix}: {best:.2f} s, COPY {beside:.2f} s, ratio {best / beside:.2f} (must be {must} or less)")
        print(f"{rows:,} reports; peak memory {before:.0f} MB before, {_peak_mb():.0f} MB after")


def _made(folder: Path, rows: int) -> None:
    connection = duckdb.connect(str(file_of(folder, BUILD_ID)))
    create_all(connection)
    columns = {
        "report_id": "'demo:R' || i",
        "source_type": "['media', 'civil_society', 'medical'][1 + i % 3]",
        "access": "'public'",
        "account_kind": "['not_social_media', 'personal', 'organisation'][1 + i % 3]",
        "publisher": "'Publisher ' || (i % 500)",
        "title": "CASE WHEN i % 50 = 0 THEN '=SUM(1)' ELSE 'A report on the strike of day ' || (i % 900) END",
        "url": "'https://example.org/reports/' || i",
        "language": "'English'",
        "published_on": f"DATE '2023-10-07' + (i // (1 + {rows} // 900))::INTEGER",
        "place": "'رفح ' || (i % 70)",
        "latitude": "31 + (i % 1000) / 7000",
        "longitude": "34 + (i % 900) / 7000",
        "raw_text": "'A strike on a house, reported by \"neighbours\"; ' || (i % 977) || ' people were inside.'",
        "known_from": "DATE '2024-10-30'",
        "dataset_id": "'demo'",
        "data_origin": "'synthetic'",
    }
    chosen = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
    connection.execute(f"INSERT INTO report BY NAME SELECT {chosen} FROM range({rows}) t(i)")  # noqa: S608 (our own)
    connection.execute(
        "INSERT INTO dataset BY NAME SELECT 'demo' AS dataset_id, 'x' AS source_module, 'x' AS title, 'x' AS publisher,"
        " 'CC0' AS licence, true AS redistributable, DATE '2024-10-30' AS retrieved_on, DATE '2024-10-30' AS known_on,"
        " 1 AS exports, 'x' AS sha256, 1 AS rows_read, 1 AS rows_loaded, 0 AS rows_quarantined, true AS synthetic"
    )
    connection.close()
    record = {
        "build_id": BUILD_ID,
        "built_at": "2024-10-30T00:00:00+00:00",
        "code_version": "bench",
        "synthetic": True,
        "row_counts": {},
        "input_hashes": {},
        "quarantined": 0,
        "expectations": {},
        "suites": {},
    }
    (folder / f"build-{BUILD_ID}.json").write_text(json.dumps(record), encoding="utf-8")


def _copied(folder: Path, suffix: str) -> float:
    """Seconds of DuckDB's own COPY of the same columns, from a connection that may write files."""
    copy = folder / "copy.duckdb"
    if not copy.exists():
        copy.hardlink_to(file_of(folder, BUILD_ID))  # DuckDB opens one file once per process and configuration
    options = "FORMAT csv, HEADER" if suffix == ".csv" else "FORMAT parquet, COMPRESSION zstd"
    with duckdb.connect(str(copy), read_only=True) as connection:
        sql = f"COPY (SELECT * EXCLUDE (account_name) FROM report) TO '{folder}/copy{suffix}' ({options})"  # noqa: S608 (our own)
        return _seconds(lambda: connection.execute(sql))


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
