"""The incidents of a large intake: corrected, derived and written, on the file that `large_intake` fills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa

from transforms.corrections import Correction, corrected
from transforms.derive import BELONGING, SAID, derived_block
from transforms.large_intake import Connection, Rows, append, listed, place
from transforms.linkage_addresses import normal_address
from transforms.linkage_records import OWN_ADDRESS
from transforms.source import ROW
from warehouse.ddl import in_order
from warehouse.schema import TABLE, Table

BLOCK_INCIDENTS = 20_000
"""Incidents derived at a time: with their versions about 300 MB."""
COMPARED = {
    "incident": (
        "incident_id",
        "public_code",
        "country",
        "place",
        "latitude",
        "longitude",
        "geo_radius_m",
        "date_start",
        "date_end",
        "date_precision",
        "weapon_system",
        "civilians_killed_low",
        "civilians_killed_high",
        "known_from",
        "known_to",
        "dataset_id",
        "data_origin",
    ),
    "report": (
        "report_id",
        "url",
        "published_on",
        "event_on",
        "place",
        "latitude",
        "longitude",
        "reviewed_latitude",
        "reviewed_longitude",
        "known_from",
        "known_to",
        "dataset_id",
    ),
    "incident_report": ("incident_id", "report_id", "method", "known_from", "known_to", "dataset_id"),
}
"""Columns that the linkage takes."""
ADDRESSED_ROWS = 500_000
"""Reports whose addresses are brought into one form at a time."""
# Queries are made of declared names and of positions only, never of data.
# ruff: noqa: S608


def correct(connection: Connection, corrections: Sequence[Correction]) -> pl.DataFrame:
    """Apply corrections in the tables; the table `correction` as a frame."""
    connection.register("corrected_ids", pl.DataFrame({"incident_id": [c.incident_id for c in corrections]}).to_arrow())
    held = {
        name: connection.sql(
            f'SELECT {listed(TABLE[name].column_names)} FROM "{place(name)}"'
            " WHERE incident_id IN (SELECT incident_id FROM corrected_ids)"
        ).pl()
        for name in ("incident", "casualty")
    }
    frames = corrected(held, corrections)
    for name in held if corrections else ():
        connection.execute(f'DELETE FROM "{place(name)}" WHERE incident_id IN (SELECT incident_id FROM corrected_ids)')
        append(connection, place(name), frames[name])
    connection.unregister("corrected_ids")
    return frames["correction"]


def count(connection: Connection, name: str) -> int:
    """Identities in a table: incidents, not their versions."""
    identity = TABLE[name].key[0]
    ((number,),) = connection.sql(f'SELECT count(DISTINCT "{identity}") FROM "{place(name)}"').fetchall()
    return int(number)


def taken(connection: Connection, name: str) -> pl.DataFrame:
    """All rows of a small table, which is empty afterwards."""
    rows: pl.DataFrame = connection.sql(f'SELECT {listed(TABLE[name].column_names)} FROM "{name}"').pl()
    connection.execute(f'DELETE FROM "{name}"')
    return rows


def records(connection: Connection, folder: Path, decisions: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What the linkage compares: the current rows, with the columns that it looks at only.

    Of reports, and of their links, those that can matter to it: that state a day or a point of the event, that people
    decided about, and those whose address another record has too. Of addresses that only one incident has, it counts
    alone that there are any: `OWN_ADDRESS`.

    Args:
        connection: to the file that `load` filled.
        folder: of `derive`.
        decisions: as `transforms.decisions.read_decisions` returns them.
    """
    _addresses(connection)
    connection.register("decided", pl.concat([decisions["left_id"], decisions["right_id"]]).to_frame("id").to_arrow())
    connection.execute(
        # Hashes stand in for the identifiers: where two are the same, a report too many is kept.
        "CREATE TEMP TABLE _told AS SELECT hash(report_id) AS report FROM report WHERE known_to IS NULL"
        " AND (event_on IS NOT NULL OR latitude IS NOT NULL OR reviewed_latitude IS NOT NULL"
        " OR report_id IN (SELECT id FROM decided));"
        " CREATE TEMP TABLE _cited AS SELECT a.*, l.incident, a.report IN (SELECT report FROM _told) AS told"
        " FROM _address AS a LEFT JOIN (SELECT hash(report_id) AS report, hash(incident_id) AS incident"
        " FROM incident_report WHERE known_to IS NULL AND method = 'stated') AS l USING (report);"
        " CREATE TEMP TABLE _shared AS SELECT address FROM _cited GROUP BY address"
        " HAVING min(incident) <> max(incident) OR bool_or(told);"
        " CREATE TEMP TABLE _own AS SELECT DISTINCT report FROM _cited ANTI JOIN _shared USING (address);"
        " CREATE TEMP TABLE _wanted AS SELECT report FROM _told"
        " UNION SELECT report FROM _cited SEMI JOIN _shared USING (address)"
    )
    connection.unregister("decided")
    frames = {
        name: connection.sql(
            f"SELECT {listed(COMPARED[name])} FROM {name} WHERE known_to IS NULL"
            " AND hash(report_id) IN (SELECT report FROM _wanted)"
        ).pl()
        for name in ("report", "incident_report")
    }
    own = connection.sql(
        "SELECT DISTINCT incident_id FROM incident_report WHERE known_to IS NULL AND method = 'stated'"
        " AND hash(report_id) IN (SELECT report FROM _own)"
    ).pl()
    for table in ("_address", "_told", "_cited", "_shared", "_own", "_wanted"):
        connection.execute(f"DROP TABLE {table}")
    # A title counts only where it is the code of another data set's incident; here is one data set.
    frames["report"] = frames["report"].with_columns(title=pl.lit(None, pl.String))
    derived = pl.scan_parquet(sorted(folder.glob("*.parquet"))).select(COMPARED["incident"])
    incident = derived.filter(pl.col("known_to").is_null()).collect(engine="streaming")
    has_own = incident["incident_id"].is_in(own["incident_id"].implode()).alias(OWN_ADDRESS)
    return frames | {"incident": incident.with_columns(has_own)}


def _addresses(connection: Connection) -> None:
    """The table `_address`: hashes of each current report that has one, and of its address in one form."""
    reader = connection.cursor()
    rows = reader.sql(
        "SELECT hash(report_id) AS report, url FROM report WHERE known_to IS NULL AND url IS NOT NULL"
    ).to_arrow_reader(ADDRESSED_ROWS)

    def hashed() -> Iterator[pa.RecordBatch]:
        for batch in rows:
            frame = pl.DataFrame(pl.from_arrow(batch)).with_columns(address=normal_address(pl.col("url")))
            frame = frame.filter(pl.col("address").str.len_chars() > 0)
            yield from frame.select("report", pl.col("address").hash()).to_arrow().to_batches()

    schema = pa.schema({"report": pa.uint64(), "address": pa.uint64()})
    connection.register("hashed", pa.RecordBatchReader.from_batches(schema, hashed()))
    connection.execute("CREATE TEMP TABLE _address AS SELECT * FROM hashed")
    connection.unregister("hashed")
    reader.close()


def derive(connection: Connection, weapons: pl.DataFrame, folder: Path) -> None:
    """Write the incidents with their derived columns, but for `cluster_id`, into Parquet files of a folder."""
    both = "greatest(l.known_from, r.known_from)", "least(l.known_to, r.known_to)"
    connection.execute(
        "CREATE TABLE _linked AS SELECT l.incident_id, " + ", ".join(f"r.{c}" for c in SAID) + ","
        f" {both[0]} AS known_from, {both[1]} AS known_to FROM incident_report AS l JOIN report AS r USING (report_id)"
        f" WHERE {both[1]} IS NULL OR {both[0]} < {both[1]} ORDER BY l.incident_id"
    )
    connection.execute('CREATE TABLE _ids AS SELECT DISTINCT incident_id FROM "_incident" ORDER BY 1')
    bounds: pl.DataFrame = connection.sql(
        "SELECT min(incident_id) AS first, max(incident_id) AS last FROM"
        f" (SELECT incident_id, (row_number() OVER (ORDER BY incident_id) - 1) // {BLOCK_INCIDENTS} AS block FROM _ids)"
        " GROUP BY block ORDER BY block"
    ).pl()
    places = {name: place(name) for name in ("incident", *BELONGING)} | {"incident_report": "_linked"}
    folder.mkdir(exist_ok=True)
    for number, (first, last) in enumerate(bounds.iter_rows()):
        block = {
            name: connection.sql(
                f'SELECT * FROM "{where}" WHERE incident_id BETWEEN $first AND $last',
                params={"first": first, "last": last},
            ).pl()
            for name, where in places.items()
        }
        block["incident"] = block["incident"].select(TABLE["incident"].column_names)
        derived_block(block, weapons).write_parquet(folder / f"{number:06d}.parquet", compression="lz4")
    connection.execute("DROP TABLE _linked; DROP TABLE _ids")


def finish(connection: Connection, loaded: Sequence[Rows], folder: Path, clusters: pl.DataFrame) -> None:
    """Write the derived incidents, with the cluster of each, in their order; drop what only the load needed."""
    connection.register("clusters", clusters.to_arrow())
    columns = ", ".join("c.cluster_id" if c == "cluster_id" else f'd."{c}"' for c in TABLE["incident"].column_names)
    connection.execute(
        f"INSERT INTO incident SELECT {columns} FROM read_parquet($files) AS d LEFT JOIN clusters AS c USING"
        f" (incident_id) ORDER BY {in_order(TABLE['incident'], 'd.')}",
        {"files": [str(path) for path in sorted(folder.glob("*.parquet"))]},
    )
    connection.unregister("clusters")
    connection.execute('DROP TABLE "_incident"')
    # As `derive.shared` does for whole frames.
    connection.execute("UPDATE incident_report SET is_shared = false WHERE is_shared IS NULL")
    connection.execute(
        "UPDATE incident_report SET is_shared = true WHERE report_id IN (SELECT report_id FROM incident_report"
        " GROUP BY report_id HAVING min(incident_id) <> max(incident_id))"
    )
    for rows in loaded:
        if rows.table.name not in ("dataset", "incident"):
            _in_order(connection, rows.table)
            connection.execute(f'ALTER TABLE "{rows.table.name}" DROP {ROW}')


def _in_order(connection: Connection, table: Table) -> None:
    """Write a table anew in its order if rows were appended to it, which have no number."""
    if connection.sql(f'SELECT 1 FROM "{table.name}" WHERE {ROW} IS NULL LIMIT 1').fetchall():
        connection.execute(
            f'CREATE TEMP TABLE _sorted AS SELECT * FROM "{table.name}" ORDER BY {in_order(table)};'
            f' DELETE FROM "{table.name}"; INSERT INTO "{table.name}" FROM _sorted; DROP TABLE _sorted'
        )
