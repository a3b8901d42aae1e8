"""Linkage of a million made-up reports with made-up incidents: `python -m benchmarks.linkage [reports] [incidents]`.

Prints what was compared, seconds and the process's largest memory. The data is random and about nothing.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import date

import numpy as np
import polars as pl

from transforms.decisions import no_decisions
from transforms.linkage import candidate_pairs
from transforms.linkage_records import records
from warehouse.schema import TABLE

REPORTS = 1_000_000
INCIDENTS = 20_000
SEED = 7
FIRST_DAY = date(2020, 1, 1)
DAYS = 4 * 365
JITTER_DEGREES = 0.004
"""Standard deviation of a report's point around its incident's, about 400 m."""


def made_up(reports: int, incidents: int) -> dict[str, pl.DataFrame]:
    """Incidents spread over four years and a country of about 300 by 300 km, and reports near some of them."""
    random = np.random.default_rng(SEED)
    day = random.integers(0, DAYS, incidents)
    latitude, longitude = random.uniform(33, 36, incidents), random.uniform(36, 39, incidents)
    killed = random.poisson(3, incidents)
    incident = pl.DataFrame(
        {
            "incident_id": pl.Series([f"incidents:{n}" for n in range(incidents)]),
            "dataset_id": "incidents",
            "country": "SYR",
            "latitude": latitude,
            "longitude": longitude,
            "geo_precision": "within_1km",
            "geo_radius_m": 1_000,
            "day": day,
            "date_precision": "day",
            "civilians_killed_low": killed,
            "civilians_killed_high": killed + random.integers(0, 3, incidents),
        }
    ).with_columns(date_start=pl.lit(FIRST_DAY) + pl.duration(days="day"), known_from=pl.lit(FIRST_DAY))
    about = random.integers(0, incidents, reports)
    report = pl.DataFrame(
        {
            "report_id": pl.Series([f"reports:{n}" for n in range(reports)]),
            "dataset_id": "reports",
            "latitude": latitude[about] + random.normal(0, JITTER_DEGREES, reports),
            "longitude": longitude[about] + random.normal(0, JITTER_DEGREES, reports),
            "day": day[about] + random.integers(0, 2, reports),
        }
    ).with_columns(event_on=pl.lit(FIRST_DAY) + pl.duration(days="day"), known_from=pl.lit(FIRST_DAY))
    return {
        "incident": _complete("incident", incident),
        "report": _complete("report", report),
        "incident_report": TABLE["incident_report"].empty(),
    }


def _complete(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema = TABLE[table].polars_schema()
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in schema.items())


def main() -> None:
    """Time the linkage once."""
    reports, incidents = (int(a) for a in (*sys.argv[1:], *(str(REPORTS), str(INCIDENTS))[len(sys.argv) - 1 :]))
    frames = made_up(reports, incidents)
    start = time.perf_counter()
    rows = records(frames, no_decisions())
    prepared = time.perf_counter()
    print(f"{rows.height:,} records prepared in {prepared - start:.1f} s")
    pairs = candidate_pairs(frames, no_decisions())
    seconds = time.perf_counter() - prepared
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    linked = int(pairs["is_linked"].sum())
    print(f"{compared(rows):,} pairs compared, {pairs.height:,} kept, {linked:,} linked in {seconds:.1f} s")
    print(f"largest memory of the process: {memory_gb:.2f} GB")


def compared(rows: pl.DataFrame) -> int:
    """Pairs that share a key, an incident in each."""
    keys = rows.select("unique_id", "kind", "block_key").explode("block_key").drop_nulls("block_key").lazy()
    left = keys.filter(pl.col("kind") == "incident").drop("kind")
    pairs = left.join(keys.drop("kind"), on="block_key").filter(pl.col("unique_id") < pl.col("unique_id_right"))
    count: int = (
        pairs.select("unique_id", "unique_id_right").unique().select(pl.len()).collect(engine="streaming").item()
    )
    return count


if __name__ == "__main__":
    main()
