"""Questions alone: sorted against unsorted tables, made ready against raw ones, and all those of the overview."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.client import Session
from benchmarks.reruns import logged
from benchmarks.rows import Part, Row, milliseconds, p95
from benchmarks.servers import timed
from benchmarks.stage import KINDS, Stage
from warehouse import queries
from warehouse.connection import Reader, writer
from warehouse.ddl import in_order
from warehouse.engine import asked_sql, remember
from warehouse.filters import Filters
from warehouse.publish import current_build_id, file_of
from warehouse.schema import TABLE

ROUNDS = 9
VISITS = 12
"""Filter changes of each kind on the overview."""
YEARS = 10
"""The demo covers little more than one year, of which a one-year filter would leave almost all."""
YEAR = Filters(date_from=date(2020, 1, 1), date_to=date(2020, 12, 31))
MUST_SORTED, MUST_READY, MUST_OVERVIEW_MS, MUST_OVERVIEW = 0.4, 0.06, 50, 0.3
RAW = (
    # Trends: by month, from the figures of each incident as they were loaded.
    """SELECT date_trunc('month', date_start), count(*), sum(killed.low), sum(killed.high)
    FROM incident LEFT JOIN (
        SELECT incident_id, sum(low) AS low, sum(high) AS high FROM casualty
        WHERE known_to IS NULL AND harm = 'killed' AND "group" = 'civilians' GROUP BY incident_id
    ) AS killed USING (incident_id)
    WHERE known_to IS NULL GROUP BY 1 ORDER BY 1""",
    # Funnel: incidents that reached each stage, and after how many days, from the steps as they were loaded.
    """SELECT to_stage, entered - received, count(*) FROM (
        SELECT incident_id, to_stage, min(occurred_on) AS entered,
            min(min(occurred_on)) OVER (PARTITION BY incident_id) AS received
        FROM stage_transition SEMI JOIN (SELECT incident_id FROM incident WHERE known_to IS NULL) AS chosen
            USING (incident_id)
        WHERE known_to IS NULL GROUP BY incident_id, to_stage
    ) GROUP BY ALL""",
)


def part(stage: Stage) -> Part:
    """Measure all three."""
    reader = stage.reader()
    as_of = reader.frame("SELECT max(known_on) AS day FROM dataset").item()

    def ready() -> None:
        # From memory, as the app does after the first visit: the first turn, which fetches the rows, does not count.
        remember(queries.over_time, (Filters(), "month"), reader)
        remember(queries.progress, (Filters(), as_of), reader)

    def raw() -> None:
        for sql in RAW:
            reader.frame(sql)

    stage.say("  a year in the sorted and in an unsorted table ...")
    by_date, by_chance = _spread_copy(stage, in_order(TABLE["incident"])), _spread_copy(stage, "hash(incident_id)")
    sorted_s, unsorted_s = interleaved(lambda: _year(by_date), lambda: _year(by_chance))
    for copy in (by_date, by_chance):
        copy.close()
        shutil.rmtree(copy.folder)
    stage.say("  trends and funnel ...")
    asked, scanned = interleaved(ready, raw)
    reader.close()
    return Part(
        "Questions",
        [
            Row(
                f"one of {YEARS} years (totals, by month, by stage) / the same on an unsorted table",
                f"≤ {MUST_SORTED}",
                f"{sorted_s / unsorted_s:.2f}",
                f"{milliseconds(sorted_s)} / {milliseconds(unsorted_s)}",
            ),
            Row(
                "trends and funnel over all years / the tables as loaded, by hand-written SQL",
                f"≤ {MUST_READY}",
                f"{asked / scanned:.2f}",
                f"{milliseconds(asked)} / {milliseconds(scanned)}",
            ),
            *_overview(stage),
        ],
    )


def _year(reader: Reader) -> None:
    for question, more in ((queries.totals, ()), (queries.over_time, ("month",)), (queries.by_stage, ())):
        reader.frame(asked_sql(question, (YEAR, *more)))


def _spread_copy(stage: Stage, order: str) -> Reader:
    """A copy of the large warehouse with its incidents spread over YEARS years, in an order."""
    folder = Path(mkdtemp(dir=stage.folder))
    build_id = current_build_id(stage.large)
    file = file_of(folder, build_id)
    shutil.copy(file_of(stage.large, build_id), file)
    earlier = f"to_years((hash(incident_id) % {YEARS})::INTEGER)"
    with writer(file) as connection:
        connection.execute(
            f"CREATE TABLE spread AS SELECT * REPLACE ((date_start - {earlier})::DATE AS date_start,"  # noqa: S608 (ours)
            f" (date_end - {earlier})::DATE AS date_end) FROM incident ORDER BY {order}"
        )
        connection.execute("DROP TABLE incident")
        connection.execute("ALTER TABLE spread RENAME TO incident")
    return Reader(folder, build_id)


def _overview(stage: Stage) -> list[Row]:
    """All queries of a visit of the overview, after each kind of change."""
    log = stage.folder / "beside.txt"
    ours: dict[str, list[float]] = {kind: [] for kind in KINDS}
    raw: dict[str, list[float]] = {kind: [] for kind in KINDS}
    changes = stage.changes()
    with timed(stage.large, log, beside=True) as server, Session(server.port) as session:
        stage.say("  the queries of the overview ...")
        for kind in KINDS:
            session.settle(changes[kind])
        for kind in KINDS * VISITS:
            before = log.stat().st_size
            session.rerun(next(changes[kind]))
            own, beside = zip(*logged(log, before), strict=True)
            ours[kind].append(sum(own))
            raw[kind].append(sum(beside))
    rows = []
    for kind in KINDS:
        of_kind, of_tables = ours[kind], raw[kind]
        rows += [
            Row(
                f"all queries of the overview after {kind}, one reader, p95 of {len(of_kind)}, ms",
                f"≤ {MUST_OVERVIEW_MS} ms",
                f"{p95(of_kind) * 1000:.0f}",
                f"median {milliseconds(statistics.median(of_kind))}",
            ),
            Row(
                f"all queries of the overview after {kind}, p95 / the same questions on the tables themselves",
                f"≤ {MUST_OVERVIEW}",
                f"{p95(of_kind) / p95(of_tables):.2f}",
                f"{milliseconds(p95(of_kind))} / {milliseconds(p95(of_tables))}",
            ),
        ]
    return rows


def interleaved(*runs: Callable[[], object]) -> list[float]:
    """Median seconds of each, taken in turn; the first turn does not count."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(ROUNDS + 1):
        for run, taken in zip(runs, times, strict=True):
            started = time.perf_counter()
            run()
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken[1:]) for taken in times]
