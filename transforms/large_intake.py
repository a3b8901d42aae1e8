"""An intake of any size, table by table and block by block: what grows with the number of reports is never held whole.

The same checks and derivations as `transforms.pipeline` applies to whole frames, one block of rows at a time; what
needs all rows at once (keys, references, the order of the rows) DuckDB does in the new file, spilling to disk.
Only incidents that are corrected, and rows of which several versions are given, are taken into memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from transforms.checks import dangling_faults, key_faults, per_row, row_faults
from transforms.derive import declared
from transforms.intake_files import as_text, is_disarmed, is_parquet, parquet_blocks, read_table, restricted
from transforms.revisions import Export, versions
from transforms.source import FILE, REFUSED_SCHEMA, RETRACTED_SCHEMA, ROW, Dataset, RawFile, sha256_of
from transforms.sources.chirg_intake import REPEATED, canonical_rows
from warehouse.ddl import in_order
from warehouse.errors import InputError
from warehouse.schema import Table

Connection = duckdb.DuckDBPyConnection
Files = dict[Table, Path]

LARGE_ROWS = 1_000_000
"""An intake with more rows in Parquet files is built in blocks; below, one pass over whole frames is as fast."""
BLOCK_ROWS = 200_000
"""Rows that are checked at a time: with their text about 300 MB."""
# Queries are made of declared names and of positions only, never of data.
# ruff: noqa: S608


@dataclass
class Rows:
    """What became of the rows of one file.

    Attributes:
        table: whose rows they are.
        read: rows in the file.
        columns: those that the file holds.
        faults: lines with `REFUSED_SCHEMA`.
    """

    table: Table
    file: Path
    read: int = 0
    columns: tuple[str, ...] = ()
    faults: list[pl.DataFrame] = field(default_factory=list)


def load(connection: Connection, dataset: Dataset, files: Files, today: date, weapons: pl.DataFrame) -> list[Rows]:
    """Write every table but those of the build into the new file, each in its declared order; refuse what breaks rules.

    `incident` is left in the table `_incident`, without its derived columns; see `derive`. Every table keeps a column
    ROW until `finish`.

    Args:
        connection: to the new file with its empty declared tables.
        dataset: of the intake.
        files: of the intake, by table.
        today: no date of an event may be later.
        weapons: the reference list, which references may point to.

    Returns:
        The rows of each file, with every line of refusal.
    """
    connection.execute(f'CREATE TABLE "_incident" AS SELECT * FROM incident; ALTER TABLE "_incident" ADD {ROW} BIGINT')
    loaded = []
    for table, file in files.items():
        rows = Rows(table, file)
        if table.name not in ("dataset", "incident"):
            connection.execute(f'ALTER TABLE "{table.name}" ADD {ROW} BIGINT')
        _write(connection, rows, dataset, today)
        loaded.append(rows)
    parts = [rows for rows in loaded if rows.table.name != "dataset"]
    several = {rows.table.name: _repeated(connection, rows) for rows in parts}
    for rows in parts:
        _delete(connection, rows.table, pl.concat([pl.DataFrame(schema=REFUSED_SCHEMA), *rows.faults]))
    is_whole = False
    while not is_whole:
        is_whole = _refuse_dangling(connection, parts, weapons)
    _check_nothing_lost(connection, parts, refused_of(parts))
    for rows in parts:
        if not several[rows.table.name].is_empty():
            _collapse(connection, rows.table, several[rows.table.name], dataset)
    return loaded


def _write(connection: Connection, rows: Rows, dataset: Dataset, today: date) -> None:
    """Check a file block by block and append what is typed to its table, sorted; faulty rows are deleted later."""
    name, columns = rows.table.name, rows.table.column_names

    wrong: list[InputError] = []

    def checked() -> Iterator[pa.RecordBatch]:
        try:
            for block in _blocks(rows):
                typed, refused = canonical_rows(rows.table, dataset, rows.file.name, block)
                rows.faults += [refused, row_faults(rows.table, typed, today)]
                whole = declared({name: typed}, dataset)[name]
                if "known_from" in whole.columns:
                    whole = whole.with_columns(pl.col("known_from").fill_null(dataset.known_on))
                if "is_shared" in whole.columns:
                    whole = whole.with_columns(is_shared=pl.lit(value=False))  # until `finish` knows better
                yield from whole.with_columns(typed[ROW]).to_arrow().to_batches()
        except InputError as error:
            wrong.append(error)
            raise

    if name == "dataset":
        for _ in checked():
            pass
        return
    schema = rows.table.empty().with_columns(pl.lit(None, pl.Int64).alias(ROW)).to_arrow().schema
    connection.register("checked_rows", pa.RecordBatchReader.from_batches(schema, checked()))
    shown = ", ".join(f'"{c}"' for c in (*columns, ROW))
    order = ROW if name == "incident" else in_order(rows.table)
    try:
        connection.execute(f'INSERT INTO "{place(name)}" SELECT {shown} FROM checked_rows ORDER BY {order}')
    except duckdb.Error:
        if wrong:  # DuckDB only says that its input failed
            raise wrong[0] from None
        raise
    finally:
        connection.unregister("checked_rows")


def _blocks(rows: Rows) -> Iterator[pl.DataFrame]:
    whole = (
        []
        if is_parquet(rows.file)
        else [read_table(rows.table, rows.file, disarmed=is_disarmed(rows.file.parent)).frame]
    )
    for block in whole or parquet_blocks(rows.table, rows.file, BLOCK_ROWS):
        rows.read += block.height
        rows.columns = tuple(c for c in block.columns if c != ROW)
        yield block


def place(name: str) -> str:
    """Where the rows of a table are while it is loaded."""
    return "_incident" if name == "incident" else name


def _identity(table: Table) -> list[str]:
    return [c for c in table.key if c != "known_from"]


def listed(names: Sequence[str]) -> str:
    """Columns as a SQL list."""
    return ", ".join(f'"{name}"' for name in names)


def _repeated(connection: Connection, rows: Rows) -> pl.DataFrame:
    """Identities that stand in several rows; rows that repeat a whole key are noted as faults."""
    table, where, identity = rows.table, place(rows.table.name), listed(_identity(rows.table))
    # Equal keys have equal hashes: as many hashes as rows prove that no key comes twice, for a tenth of the memory.
    counted = f'SELECT count(*), count(DISTINCT h) FROM (SELECT hash({identity}) AS h FROM "{where}")'
    ((total, distinct),) = connection.sql(counted).fetchall()
    if total == distinct:
        return table.empty().select(_identity(table))
    found: pl.DataFrame = connection.sql(
        f'SELECT {identity} FROM "{where}" GROUP BY {identity} HAVING count(*) > 1'
    ).pl()
    if table.name not in REPEATED:
        several = _of_identities(connection, table, found)
        rows.faults.append(key_faults(table, several.with_columns(pl.lit(rows.file.name).alias(FILE))))
    return found


def _of_identities(connection: Connection, table: Table, identities: pl.DataFrame) -> pl.DataFrame:
    connection.register("identities", identities.to_arrow())
    same = " AND ".join(f't."{c}" IS NOT DISTINCT FROM i."{c}"' for c in _identity(table))
    query = f'SELECT t.* FROM "{place(table.name)}" AS t SEMI JOIN identities AS i ON {same} ORDER BY t.{ROW}'
    rows: pl.DataFrame = connection.sql(query).pl()
    connection.unregister("identities")
    return rows


def _delete(connection: Connection, table: Table, refused: pl.DataFrame) -> None:
    if refused.is_empty():
        return
    connection.register("refused", refused.select(ROW).unique().to_arrow())
    connection.execute(f'DELETE FROM "{place(table.name)}" WHERE {ROW} IN (SELECT {ROW} FROM refused)')
    connection.unregister("refused")


def _refuse_dangling(connection: Connection, parts: Sequence[Rows], weapons: pl.DataFrame) -> bool:
    """Refuse rows that refer to what is not there (any more); whether there were none."""
    connection.register("listed_weapons", weapons.select("weapon_id").to_arrow())
    dangling = [_dangling(connection, rows) for rows in parts]
    connection.unregister("listed_weapons")
    for rows, refused in zip(parts, dangling, strict=True):
        rows.faults.append(refused)
        _delete(connection, rows.table, refused)
    return not any(refused.height for refused in dangling)


def _dangling(connection: Connection, rows: Rows) -> pl.DataFrame:
    found = [pl.DataFrame(schema=REFUSED_SCHEMA)]
    for column in rows.table.columns:
        target, _, target_column = (column.references or "").partition(".")
        if target in ("", "dataset") or column.name not in rows.columns:
            continue
        in_list = f' AND "{column.name}" NOT IN (SELECT weapon_id FROM listed_weapons)' if target == "weapon" else ""
        broken: pl.DataFrame = connection.sql(
            f'SELECT {ROW}, "{column.name}" FROM "{place(rows.table.name)}" AS t'
            f' WHERE "{column.name}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{place(target)}" AS r'
            f' WHERE r."{target_column}" = t."{column.name}"){in_list} ORDER BY {ROW}'
        ).pl()
        named = broken.with_columns(pl.lit(rows.file.name).alias(FILE))
        found.append(dangling_faults(rows.table, column, named, pl.lit(value=True)))
    return pl.concat(found)


def _collapse(connection: Connection, table: Table, several: pl.DataFrame, dataset: Dataset) -> None:
    """Rows of which several are given become versions; of a list without versions the first one stands."""
    rows = _of_identities(connection, table, several)
    _delete(connection, table, rows)
    if table.name in REPEATED:
        kept = rows.unique(_identity(table), keep="first", maintain_order=True).drop(ROW)
    else:
        whole = {table.name: rows.drop(ROW)}
        export = Export(dataset.known_on, dataset.is_snapshot, whole, pl.DataFrame(schema=RETRACTED_SCHEMA))
        kept = versions([export])[table.name]
    append(connection, place(table.name), kept)


def append(connection: Connection, table: str, rows: pl.DataFrame) -> None:
    """Append rows whose columns may stand in any order; they have no ROW."""
    connection.register("appended", rows.to_arrow())
    connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM appended')
    connection.unregister("appended")


def refused_of(loaded: Sequence[Rows]) -> pl.DataFrame:
    """One line per refused input row, with `REFUSED_SCHEMA`."""
    return per_row(pl.concat([pl.DataFrame(schema=REFUSED_SCHEMA), *(f for rows in loaded for f in rows.faults)]))


def _check_nothing_lost(connection: Connection, loaded: Sequence[Rows], refused: pl.DataFrame) -> None:
    """Every input row is in its table or refused, before rows become versions of one another."""
    for rows in loaded:
        ((kept,),) = connection.sql(f'SELECT count(*) FROM "{place(rows.table.name)}"').fetchall()
        gone = refused.filter(pl.col(FILE) == rows.file.name).height
        if kept + gone != rows.read:
            raise InputError(
                f"{rows.file.name}: of {rows.read} rows {kept} were loaded and {gone} refused; this is a fault of the "
                "program, please report it."
            )


def raw_files(loaded: Sequence[Rows], refused: pl.DataFrame) -> tuple[tuple[RawFile, ...], dict[str, int]]:
    """The files with their refused rows only, as text, and how many rows each one holds."""
    files = []
    for rows in loaded:
        wanted = refused.filter(pl.col(FILE) == rows.file.name)[ROW].implode()
        parts = [
            as_text(rows.table, part) if is_parquet(rows.file) else part
            for block in (_blocks(Rows(rows.table, rows.file)) if len(wanted[0]) else ())
            if (part := block.filter(pl.col(ROW).is_in(wanted))).height
        ]
        frame = pl.concat(parts) if parts else pl.DataFrame(schema={ROW: pl.Int64})
        size = rows.file.stat().st_size
        files.append(RawFile(rows.file.name, sha256_of(rows.file), size, frame, restricted(rows.table)))
    return tuple(files), {rows.file.name: rows.read for rows in loaded}
