"""What a build holds, in a few numbers, for the command line and for tests."""

from __future__ import annotations

from typing import Any

from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.filters import Filters
from warehouse.publish import record_of


def summarise(reader: Reader) -> dict[str, Any]:
    """Counts over all incidents of the build.

    Returns:
        incidents, reports, links, civilians_killed and civilians_injured (each low, high and unknown; low and high are
        None when no incident states a figure), without_coordinates, by_stage, synthetic, build_id, quarantined.
    """
    everything = Filters()
    totals = run(queries.totals(everything), reader).row(0, named=True)
    reports = run(queries.report_count(everything), reader).row(0, named=True)
    record = record_of(reader.folder, reader.build_id)

    def estimate(name: str) -> dict[str, int | None]:
        return {part: totals[f"{name}_{part}"] for part in ("low", "high", "unknown")}

    return {
        "incidents": totals["incidents"],
        "reports": reports["reports"],
        "links": reports["links"],
        "civilians_killed": estimate("civilians_killed"),
        "civilians_injured": estimate("civilians_injured"),
        "without_coordinates": totals["without_coordinates"],
        "by_stage": dict(run(queries.by_stage(everything), reader).iter_rows()),
        "synthetic": record.synthetic,
        "build_id": reader.build_id,
        "quarantined": record.quarantined,
    }
