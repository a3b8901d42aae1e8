"""Answers about gaps in the record of the review. See the questions of the same names.

No filter changes whether a record breaks a rule, for the rules look at no other incident. So what is held are the
records that break any, and of every incident how many records were checked.
"""

from __future__ import annotations

import operator
from functools import reduce

import ibis
import polars as pl
from ibis.expr.types import Table

from warehouse.cubes.held import Held
from warehouse.filters import Filters
from warehouse.queries import record
from warehouse.queries.base import NUMBER, incidents, numbered
from warehouse.schema import TABLE

KEYS = {name: TABLE[name].key[0] for name in ("stage_transition", "assessment", "response", "engagement")}
"""Table that is checked -> its column that names a record."""
ALL = Filters()


def gap_rows(name: str) -> Table:
    """Every record of a table that breaks a rule.

    Columns: number of the incident's row, record (number of its own row), place (in the order of a list), day, what,
    and a boolean for each rule of the table.
    """
    rows, rules = record.judged(incidents(ALL))[name]
    broken = rows.filter(reduce(operator.or_, (rows[rule] for rule in rules)))
    records = numbered(name)
    records = records.select(record_id=records[KEYS[name]], record=records[NUMBER].cast("uint32"))
    of_incidents = numbered("incident").select("incident_id", NUMBER)
    found = broken.inner_join(records, "record_id").inner_join(of_incidents, "incident_id")
    place = ibis.row_number().over(order_by=record.NEWEST_FIRST).cast("uint32")
    return found.select(NUMBER, "record", "day", "what", *rules, place=place)


def checked_rows(name: str) -> Table:
    """What was checked of each incident's records in a table. Columns: incident_id, those of `queries.records_checked`
    that count its records."""
    rows, counted = record.checked(incidents(ALL))[name]
    return rows.group_by("incident_id").aggregate(**{column: n.cast("int32") for column, n in counted.items()})


def records_checked(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.records_checked`."""
    sums = [held.of(filters, checked_rows, name).select(pl.all().exclude(NUMBER).cast(pl.Int64).sum()) for name in KEYS]
    return pl.concat(pl.collect_all(sums), how="horizontal")


def gap_counts(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.gap_counts`."""
    counts = []
    for name in KEYS:
        rows = held.of(filters, gap_rows, name)
        counts += [
            rows.filter(rule).select(rule=pl.lit(rule), records=pl.len(), incidents=pl.col(NUMBER).n_unique())
            for rule in _rules(held, name)
        ]
    return pl.concat(counts).filter(pl.col("records") > 0).sort("rule").collect()


def incidents_with_gaps(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.incidents_with_gaps`."""
    found = [
        held.of(filters, gap_rows, name)
        .filter(pl.any_horizontal(rule for rule in _rules(held, name) if rule != record.REOPENED))
        .select(NUMBER)
        for name in KEYS
    ]
    return pl.concat(found).select(incidents=pl.col(NUMBER).n_unique()).collect()


def gaps_of_rule(held: Held, filters: Filters, rule: str, limit: int) -> pl.DataFrame:
    """See `queries.gaps_of_rule`."""
    name = next(name for name in KEYS if rule in _rules(held, name))
    rows = held.of(filters, gap_rows, name).filter(rule).select(NUMBER, "record", "day", "what", "place")
    first = rows.sort("place").head(limit).collect()
    records = held.look_up(first["record"], KEYS[name], table=name)
    of_incidents = held.look_up(first[NUMBER], "incident_id", "public_code", "stage")
    texts = of_incidents.with_columns(records[KEYS[name]].alias("record_id"), rule=pl.lit(rule)).drop(NUMBER)
    return pl.concat([first, texts], how="horizontal")


def _rules(held: Held, name: str) -> list[str]:
    """Rules that records of a table can break."""
    return [rule for rule, kind in held.everything(gap_rows, name).schema.items() if kind == pl.Boolean]
