"""read -> transform -> check -> derive -> write aside -> validate -> publish."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb
import polars as pl

from transforms import large_incidents, large_intake
from transforms.accounting import check_nothing_lost, dataset_row, heights, input_files, quarantine, report
from transforms.checks import refuse
from transforms.corrections import corrected, read_corrections
from transforms.decisions import no_decisions, read_decisions
from transforms.derive import declared, derived, shared
from transforms.revisions import Export, versions
from transforms.source import Canonical, Dataset, sha256_of
from transforms.sources import load
from transforms.sources.chirg_intake import large_tables
from transforms.weapons import reference_list
from warehouse import publish
from warehouse.connection import resting, writer
from warehouse.ddl import create_all, insert
from warehouse.errors import InputError, ValidationError, WarehouseError
from warehouse.publish import BuildRecord
from warehouse.schema import TABLE, TABLES, Table
from warehouse.version import code_version
from warehouse.vocabulary import Severity

if TYPE_CHECKING:
    from transforms.linkage import Linkage

Progress = Callable[[str], None]
Frames = dict[str, pl.DataFrame]

CORRECTIONS, DECISIONS = "corrections.toml", "decisions.toml"
"""Files of people's decisions, looked for in the warehouse folder."""
LISTS = ("weapon", "unit")
"""Tables of which several data sets may state the same row of a reference list."""
BUILD_TABLES = ("validation_result", "build")
"""Tables that the pipeline writes after all others."""


class Fill(Protocol):
    """Writes all tables but the build's own into a new file."""

    def __call__(self, connection: duckdb.DuckDBPyConnection, path: Path, progress: Progress) -> None:
        """`path` is that of the file; what is written beside it has its name and another suffix."""


@dataclass(frozen=True)
class Source:
    """One SOURCE=PATH of a build, or SOURCE=PATH@DAY where the export does not state its day of knowledge."""

    name: str
    path: Path
    known_on: date | None = None


@dataclass(frozen=True)
class Declared:
    """Files in which people decide: corrections of single values, and which records are the same event."""

    corrections: Path | None = None
    decisions: Path | None = None

    @classmethod
    def beside(cls, folder: Path) -> Declared:
        """Those that lie in the warehouse folder, where they survive every build."""
        return cls(*(path if (path := folder / name).is_file() else None for name in (CORRECTIONS, DECISIONS)))

    def hashes(self) -> dict[str, str]:
        """SHA-256 of each, by the name it has beside a warehouse."""
        files = {CORRECTIONS: self.corrections, DECISIONS: self.decisions}
        return {name: sha256_of(path) for name, path in files.items() if path}


def build(
    folder: Path,
    sources: Sequence[Source],
    progress: Progress,
    known_on: date | None = None,
    people: Declared | None = None,
    *,
    validate: bool = True,
) -> BuildRecord:
    """Build a warehouse from sources, validate it and make it the current one.

    Whatever fails, the build before keeps serving and no half-written file stays.

    Args:
        folder: the warehouse folder; made if it does not exist.
        sources: what to load; several exports of one data set become versions.
        progress: called with one line of text for each step.
        known_on: day of knowledge for sources that do not state one.
        people: corrections and decisions; those in the warehouse folder if not given.
        validate: false leaves out the expectations, for tests and measurements that are not about them; the record
            and the warehouse then hold no result of any. No command offers it.

    Raises:
        InputError: a source cannot be read, or sources do not go together.
        ValidationError: the finished tables break an expectation of severity error.
        WarehouseError: the warehouse cannot be written.
    """
    started = datetime.now(UTC)
    people = people or Declared.beside(folder)
    large = _large(sources)
    fill: Fill
    if large:
        hashes = {f"{large[0].dataset_id}/{file.name}": sha256_of(file) for file in large[1].values()}
        fill = partial(fill_in_blocks, dataset=large[0], files=large[1], today=started.date(), people=people)
    else:
        frames = canonical_frames(sources, progress, known_on, started.date(), people)
        hashes = {f"{r['dataset_id']}/{r['file']}": r["sha256"] for r in frames["input_file"].iter_rows(named=True)}
        fill = partial(_fill, frames=frames)
    try:
        with publish.build_lock(folder, progress):
            return _write(folder, hashes | people.hashes(), fill, started, progress, validate=validate)
    except (OSError, duckdb.Error) as error:
        raise WarehouseError(
            f"The warehouse in {folder} could not be written: {str(error).splitlines()[0]}. "
            "Nothing was published; the build before, if there is one, keeps serving."
        ) from error


def _large(sources: Sequence[Source]) -> tuple[Dataset, dict[Table, Path]] | None:
    """The only source, if it is an intake so large that it is built in blocks."""
    if len(sources) != 1 or sources[0].name != "chirg_intake":
        return None
    found = large_tables(sources[0].path, large_intake.LARGE_ROWS)
    if found:
        _check_known_on(sources[0], found[0])
    return found


def _check_known_on(source: Source, dataset: Dataset) -> None:
    if source.known_on and source.known_on != dataset.known_on:
        raise InputError(
            f"{source.path} states its own day of knowledge, {dataset.known_on}, which is not the given "
            f"{source.known_on}; leave out @{source.known_on}, or correct what the source states."
        )


def canonical_frames(
    sources: Sequence[Source],
    progress: Progress,
    known_on: date | None,
    today: date,
    people: Declared | None = None,
) -> Frames:
    """Every table of the warehouse but the build's own, from all sources together."""
    people = people or Declared()
    loaded: list[Canonical] = []
    modules = [load(source.name) for source in sources]
    for source, module in zip(sources, modules, strict=True):
        progress(f"Reading {source.name} from {source.path} ...")
        canonical = module.transform(module.read(source.path, source.known_on or known_on))
        _check_known_on(source, canonical.dataset)
        rows = sum(f.frame.height for f in canonical.files)
        progress(f"  {canonical.dataset.title}: {rows:,} rows in {len(canonical.files)} files")
        loaded.append(canonical)
    _check_together(loaded)
    weapons = reference_list()
    known: Frames = {"weapon": weapons}
    parts: list[Frames] = []
    for exports in _by_dataset(loaded):
        part = _one_dataset(exports, known, today, progress)
        if "incident" in part:
            identifiers = part["incident"].select("incident_id").unique()
            _check_in_one_dataset(identifiers, known.get("incident"))
            known["incident"] = pl.concat([known["incident"], identifiers]) if "incident" in known else identifiers
        parts.append(part)
    parts.append({"weapon": weapons})
    frames = {table.name: _stacked(table.name, parts) for table in TABLES if table.name not in BUILD_TABLES}
    frames = corrected(frames, read_corrections(people.corrections))
    return _linked(frames, read_decisions(people.decisions) if people.decisions else no_decisions(), progress)


def _linked(frames: Frames, decisions: pl.DataFrame, progress: Progress) -> Frames:
    """Derive the incidents, find records that may be about the same event, and mark those that likely are."""
    frames = frames | {"incident": derived(frames, frames["weapon"])}
    added, linkage = _compared(frames, decisions, progress)
    if added is not None:
        frames = frames | {"incident_report": pl.concat([frames["incident_report"], added])}
        frames = frames | {"incident": derived(frames, frames["weapon"])}
    incident = (
        frames["incident"].drop("cluster_id").join(linkage.clusters, on="incident_id", how="left", validate="m:1")
    )
    return frames | {
        "incident_report": shared(frames["incident_report"]),
        "incident": incident.select(TABLE["incident"].column_names),
        "candidate_pair": linkage.pairs.select(TABLE["candidate_pair"].column_names),
        "linkage_measure": linkage.measures.select(TABLE["linkage_measure"].column_names),
    }


def _compared(frames: Frames, decisions: pl.DataFrame, progress: Progress) -> tuple[pl.DataFrame | None, Linkage]:
    """(links to reports that the linkage adds, if any; everything that it found)."""
    # Splink takes seconds to import: only a build pays for it.
    from transforms.linkage import link, linked_reports

    progress("Looking for records of the same event ...")
    linkage = link(frames, decisions)
    likely = int(linkage.pairs["is_linked"].sum())
    progress(f"  {linkage.pairs.height:,} pairs may be the same event, {likely:,} likely are")
    for note in linkage.notes:
        progress(f"  {note}")
    added = linked_reports(linkage.pairs, frames)
    return (_as_rows(added, frames) if added.height else None), linkage


def _as_rows(added: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Links that the linkage adds, known from the day on which both ends are."""
    incident = _current(frames["incident"]).select("incident_id", "data_origin", incident_from="known_from")
    report = _current(frames["report"]).select("report_id", report_from="known_from")
    return (
        added.join(incident, on="incident_id")
        .join(report, on="report_id")
        .with_columns(
            known_from=pl.max_horizontal("incident_from", "report_from"),
            known_to=pl.lit(None, dtype=pl.Date),
            is_shared=pl.lit(None, dtype=pl.Boolean),
        )
        .select(TABLE["incident_report"].column_names)
    )


def _check_together(loaded: Sequence[Canonical]) -> None:
    kinds = {c.dataset.synthetic for c in loaded}
    if len(kinds) > 1:
        real = ", ".join(c.dataset.title for c in loaded if not c.dataset.synthetic)
        made = ", ".join(c.dataset.title for c in loaded if c.dataset.synthetic)
        raise InputError(
            f"Synthetic data ({made}) and recorded data ({real}) never stand in one warehouse; build them apart, "
            "each with its own --warehouse."
        )
    exports = Counter((c.dataset.dataset_id, c.dataset.known_on) for c in loaded)
    if repeated := [export for export, n in exports.items() if n > 1]:
        dataset_id, day = repeated[0]
        raise InputError(
            f"The data set {dataset_id} is given twice as of {day}; give each of its exports once, and each with a day "
            "of its own (SOURCE=PATH@YYYY-MM-DD where the export does not state it)."
        )


def _check_in_one_dataset(identifiers: pl.DataFrame, earlier: pl.DataFrame | None) -> None:
    twice = identifiers.join(earlier, on="incident_id", how="semi") if earlier is not None else identifiers.clear()
    if twice.height:
        first = twice["incident_id"].sort()[0]
        raise InputError(
            f"{twice.height:,} incidents stand in two data sets, the first is {first}; an extract and the whole that "
            "it is taken from count the same incidents twice, so give only one of them."
        )


def _by_dataset(loaded: Sequence[Canonical]) -> list[list[Canonical]]:
    """Exports by data set, oldest first; data sets with incidents before those that only refer to them."""
    groups: dict[str, list[Canonical]] = {}
    for canonical in loaded:
        groups.setdefault(canonical.dataset.dataset_id, []).append(canonical)
    ordered = [sorted(exports, key=lambda export: export.dataset.known_on) for exports in groups.values()]
    return sorted(ordered, key=lambda exports: all("incident" not in export.tables for export in exports))


def _one_dataset(exports: Sequence[Canonical], known: Frames, today: date, progress: Progress) -> Frames:
    """Tables of one data set with their versions, and what became of every row of its files."""
    checked, of_files, quarantines = [], [], []
    for canonical in exports:
        tables, refused = refuse(canonical, today, known)
        check_nothing_lost(canonical, tables, refused)
        of_files.append(input_files(canonical.dataset, canonical.files, heights(canonical), refused))
        quarantines.append(quarantine(canonical.dataset, canonical.files, refused))
        incidents = tables["incident"]["incident_id"].n_unique() if "incident" in tables else 0
        report(canonical.dataset.dataset_id, incidents, of_files[-1], refused, progress)
        tables.pop("dataset", None)  # the intake's own row about itself, which became `canonical.dataset`
        checked.append(
            Export(
                canonical.dataset.known_on,
                canonical.dataset.is_snapshot,
                declared(tables, canonical.dataset),
                canonical.retracted,
            )
        )
    files = pl.concat(of_files)
    return versions(checked) | {
        "input_file": files,
        "dataset": dataset_row(exports[-1].dataset, files, len(exports)),
        "quarantine": pl.concat(quarantines),
    }


def _stacked(name: str, parts: Sequence[Frames]) -> pl.DataFrame:
    columns = TABLE[name].column_names
    frame = pl.concat([TABLE[name].empty(), *(p[name].select(columns) for p in parts if name in p)])
    # Data sets may name the same weapon or unit of a reference list; the list of weapons, which comes last, stands.
    return frame.reverse().unique(TABLE[name].key, keep="first", maintain_order=True) if name in LISTS else frame


def _fill(connection: duckdb.DuckDBPyConnection, path: Path, progress: Progress, frames: Frames) -> None:
    """Write whole frames into a new file."""
    progress("Writing the tables ...")
    for name, frame in frames.items():
        insert(connection, TABLE[name], frame)


def fill_in_blocks(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    progress: Progress,
    *,
    dataset: Dataset,
    files: dict[Table, Path],
    today: date,
    people: Declared,
    is_linked: bool = True,
) -> None:
    """Write a large intake into a new file, block by block.

    Args:
        connection: to the file, with its empty tables.
        path: of the file.
        progress: as in `build`.
        dataset: of the intake.
        files: of the intake, by table.
        today: the day of the build (UTC).
        people: corrections and decisions.
        is_linked: whether records are compared with each other; the bench measures the build without it.
    """
    weapons = reference_list()
    progress(f"Reading {dataset.title} in blocks ...")
    loaded = large_intake.load(connection, dataset, files, today, weapons)
    refused = large_intake.refused_of(loaded)
    raw, rows = large_intake.raw_files(loaded, refused)
    input_file = input_files(dataset, raw, rows, refused)
    incidents = large_incidents.count(connection, "incident")
    report(dataset.dataset_id, incidents, input_file, refused, progress)
    insert(connection, TABLE["input_file"], input_file)
    insert(connection, TABLE["dataset"], dataset_row(dataset, input_file, 1))
    insert(connection, TABLE["quarantine"], quarantine(dataset, raw, refused))
    weapon = _stacked("weapon", [{"weapon": large_incidents.taken(connection, "weapon")}, {"weapon": weapons}])
    insert(connection, TABLE["correction"], large_incidents.correct(connection, read_corrections(people.corrections)))
    scratch = path.with_suffix(".derived")
    try:
        progress("Deriving the incidents ...")
        large_incidents.derive(connection, weapon, scratch)
        clusters = pl.DataFrame(schema={"incident_id": pl.String, "cluster_id": pl.String})
        if is_linked:
            decisions = read_decisions(people.decisions) if people.decisions else no_decisions()
            frames = large_incidents.records(connection, scratch, decisions)
            with resting(connection):
                added, linkage = _compared(frames, decisions, progress)
            clusters = linkage.clusters
            if added is not None:
                large_intake.append(connection, "incident_report", added)
                large_incidents.derive(connection, weapon, scratch)
            insert(connection, TABLE["candidate_pair"], linkage.pairs)
            insert(connection, TABLE["linkage_measure"], linkage.measures)
        progress("Writing the incidents ...")
        large_incidents.finish(connection, loaded, scratch, clusters)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    insert(connection, TABLE["weapon"], weapon)


def _write(
    folder: Path, hashes: dict[str, str], fill: Fill, started: datetime, progress: Progress, *, validate: bool
) -> BuildRecord:
    content = json.dumps([sorted(hashes.items()), code_version()])
    build_id = f"{started:%Y%m%dT%H%M%SZ}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"
    path = publish.aside(folder, build_id)
    try:
        with writer(path) as connection:
            create_all(connection)
            fill(connection, path, progress)
            held = _held(connection)
        results = _validated(path, started.date(), progress) if validate else TABLE["validation_result"].empty()
        record = _record(build_id, started, held, hashes, results)
        with writer(path) as connection:
            insert(connection, TABLE["validation_result"], results)
            insert(connection, TABLE["build"], _build_row(record, started))
        publish.publish(folder, path, record)
    finally:
        for leftover in (path, path.with_name(path.name + ".wal")):
            leftover.unlink(missing_ok=True)
    warned = record.expectations["warning"]
    progress(f"Published build {build_id}: {sum(record.expectations.values())} expectations, {warned} warnings.")
    return record


def _validated(path: Path, today: date, progress: Progress) -> pl.DataFrame:
    """The table `validation_result` of a written file; raises ValidationError where the data breaks what must hold."""
    # Great Expectations takes seconds to import: only a build that validates pays for it.
    from expectations import run

    progress("Validating ...")
    results = run.run(path, today, progress)
    if problems := run.problems(results):
        raise ValidationError(
            "The data breaks what must hold; nothing was published:\n" + "\n".join(f"  {p}" for p in problems)
        )
    return results


def _held(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, int], bool]:
    """(rows of each table that hold today, whether all data is synthetic) of a finished file."""
    counts = " UNION ALL ".join(
        f"SELECT '{t.name}', count(*) FROM \"{t.name}\""  # noqa: S608 (declared names)
        + (" WHERE known_to IS NULL" if "known_to" in t.column_names else "")
        for t in TABLES
        if t.name not in BUILD_TABLES
    )
    ((synthetic,),) = connection.sql("SELECT coalesce(bool_and(synthetic), false) FROM dataset").fetchall()
    return dict(connection.sql(counts).fetchall()), synthetic


def _record(
    build_id: str,
    started: datetime,
    held: tuple[dict[str, int], bool],
    hashes: dict[str, str],
    results: pl.DataFrame,
) -> BuildRecord:
    row_counts, synthetic = held
    outcome = (
        pl.when("is_met")
        .then(pl.lit("passed"))
        .when(pl.col("severity") == Severity.WARNING.value)
        .then(pl.lit("warning"))
        .otherwise(pl.lit("failed"))
    )
    nothing = {"passed": 0, "warning": 0, "failed": 0}
    suites: dict[str, dict[str, int]] = {}
    for suite, kind, n in (
        results.group_by("suite", outcome.alias("outcome")).len().sort("suite", "outcome").iter_rows()
    ):
        suites.setdefault(suite, dict(nothing))[kind] = n
    return BuildRecord(
        build_id=build_id,
        built_at=started.isoformat(timespec="seconds"),
        code_version=code_version(),
        synthetic=synthetic,
        row_counts=row_counts | {"validation_result": results.height},
        input_hashes=hashes,
        quarantined=row_counts["quarantine"],
        expectations={kind: sum(suite[kind] for suite in suites.values()) for kind in nothing},
        suites=suites,
    )


def _current(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows that hold today: without the earlier versions."""
    return frame.filter(pl.col("known_to").is_null()) if "known_to" in frame.columns else frame


def _build_row(record: BuildRecord, started: datetime) -> pl.DataFrame:
    row = {
        "build_id": record.build_id,
        "built_at": started.replace(tzinfo=None),
        "code_version": record.code_version,
        "input_hashes": json.dumps(record.input_hashes, sort_keys=True),
        "row_counts": json.dumps(record.row_counts, sort_keys=True),
        "synthetic": record.synthetic,
    }
    return pl.DataFrame([row], schema=TABLE["build"].polars_schema())
