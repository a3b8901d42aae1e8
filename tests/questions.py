"""Every question of the warehouse with representative arguments, for tests that ask them all."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.operations as ops
import polars as pl
from ibis.expr.types import Table
from polars.testing import assert_frame_equal

from warehouse import queries
from warehouse import vocabulary as v
from warehouse.connection import Reader
from warehouse.engine import remember, run
from warehouse.filters import Filters
from warehouse.queries import base, changes, extraction, packaging, record

ALL = Filters()
FILTERS = (
    ALL,
    Filters(date_from=date(2023, 11, 1), date_to=date(2024, 5, 31), source_type=("media", "civil_society")),
    Filters(minimum_civilians_killed=2, stage=tuple(s.value for s in queries.OPEN_STAGES), text="strike"),
)
TURNS = 2
"""Times that a question is asked; what only its arguments tell apart is asked by other questions too."""
PAST_DAY = date(2024, 9, 30)
BEFORE, AFTER = date(2024, 6, 30), date(2025, 3, 31)

NO_QUESTIONS = {
    base.table, base.chosen_later, base.numbered, extraction.numbered_between, extraction.numbers,
    changes.all_changes, changes.withdrawn_records, packaging.packaged, packaging.packaged_elsewhere,
}  # fmt: skip
"""Functions that give a table for other questions to use (a name in `chosen_later` is no table that there is, only
DuckDB numbers rows), and those of data packages, which are written from DuckDB alone."""


@dataclass(frozen=True)
class Asked:
    """A question with its arguments, and the day of knowledge for which it is asked."""

    question: Callable[..., Table]
    arguments: dict[str, Any]
    as_known_on: date | None

    def __str__(self) -> str:
        return f"{self.question.__name__}({self.arguments}) as known on {self.as_known_on}"


def questions() -> list[Callable[..., Table]]:
    """Every public function of `warehouse.queries` that gives a table and does not take one."""
    found = {}
    for module in pkgutil.iter_modules(queries.__path__, f"{queries.__name__}."):
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            if name.startswith("_") or function.__module__ != module.name or function in NO_QUESTIONS:
                continue
            kinds = {p.annotation for p in inspect.signature(function).parameters.values()}
            if inspect.signature(function).return_annotation == "Table" and not kinds & {"Table", "Any"}:
                found[f"{module.name.rpartition('.')[2]}.{name}"] = function
    return [found[name] for name in sorted(found)]


def asked(question: Callable[..., Table], reader: Reader, first: int = 0) -> Iterator[Asked]:
    """A question as it is asked by people: with filters and values in turn, on today's knowledge and a past day's.

    Args:
        question: what is asked.
        reader: the warehouse that values are taken from.
        first: number of the first turn; neighbours that begin at different ones share all filters and values.

    Raises:
        LookupError: nothing is known of an argument; add it to `_values`.
    """
    values = _values(reader) | OWN.get(question.__name__, {})
    names = inspect.signature(question).parameters
    if missing := [name for name in names if name not in values and name != "filters"]:
        raise LookupError(f"{question.__name__} takes {', '.join(missing)}: give a value in tests/questions.py")
    for turn in range(first, first + TURNS):
        arguments = {name: values[name][turn % len(values[name])] for name in names if name != "filters"}
        if "filters" in names:
            arguments = {"filters": FILTERS[turn % len(FILTERS)], **arguments}
        yield Asked(question, arguments, PAST_DAY if turn % 2 else None)


OWN: dict[str, dict[str, tuple[Any, ...]]] = {
    "attributed": {"dimension": ("weapon_system", "munition", "basis", "confidence")},
    "counts": {"dimension": ("country", "weapon_system", "harm_status", "munition")},
    "distinct_values": {"column": ("country", "munition", "dataset_id")},
    "extract": {"columns": ((), ("known_from", "dataset_id"))},
    "extract_first": {"columns": ((), ("known_from", "dataset_id"))},
    "extract_streamed": {"columns": ((), ("known_from", "dataset_id"))},
    "incidents_of_rows": {"name": ("stage_transition",), "column": ("transition_id",)},
    "listed_changes": {"name": ("added", "casualties", "steps")},
    "located": {"dimension": (None, "strike_type", "weapon_system")},
    "of_incident": {"name": ("casualty", "stage_transition", "assessment", "response", "engagement")},
    "page": {"after": (None, "demo:")},
    "overdue": {"days": (60, 30)},
    "over_time": {"dimension": (None, "strike_type", "country", "source_type")},
    "progress": {
        "by": ("us_origin_confidence", "weapon_system", None),
        "named": (("possible", "unknown"), ("missile", "air_delivered_bomb"), ()),
    },
    "reports_by": {"dimension": ("source_type", "account_kind", "language", "platform")},
    "versions_of_rows": {"name": ("assessment", "stage_transition", "response")},
}
"""Arguments that mean something of its own in one question."""


def _values(reader: Reader) -> dict[str, tuple[Any, ...]]:
    """Argument -> values that are taken in turn."""
    ids = _texts(
        reader, "SELECT DISTINCT incident_id FROM response JOIN casualty USING (incident_id) ORDER BY 1 LIMIT 3"
    )
    return {
        "as_of": (date(2026, 10, 31), date(2024, 9, 30), date(2025, 1, 31)),
        "at_least": (5, 1),
        "before": (BEFORE,),
        "after": (AFTER,),
        "first": (BEFORE,),
        "last": (AFTER,),
        "first_day": (date(2023, 10, 7),),
        "last_day": (date(2024, 3, 31),),
        "day": (date(2025, 1, 31), PAST_DAY),
        "days": ((BEFORE, PAST_DAY, AFTER),),
        "by": (None, "strike_type", "source_type"),
        "by_highest": (False, True),
        "column": ("country",),
        "contents": ("incidents", "reports", "stages"),
        "left_out": ((), ("demo",)),
        "named": ((), ("airstrike",), ("media", "civil_society")),
        "dataset_id": (None, "demo"),
        "descending": (True, False),
        "designation": _texts(
            reader, "SELECT DISTINCT weapon.designation FROM transfer JOIN weapon USING (weapon_id) ORDER BY 1 LIMIT 2"
        ),
        "findings": (("likely_violation", "possible_violation"),),
        "from_receipt": (True, False),
        "incident_id": ids,
        "incident_ids": (ids,),
        "limit": (7, 1_000),
        "offset": (0, 20),
        "on_map": (False, True),
        "outcome": ("harm_status", "stage", "response"),
        "period": ("day", "week", "month", "year"),
        "recipient_key": (None, "ISR"),
        "response_type": tuple(v.ResponseType.values()),
        "rule": record.RULES,
        "side": (queries.AFTER, queries.BEFORE),
        "series_id": _texts(reader, "SELECT series_id FROM series ORDER BY 1"),
        "show_private": (False, True),
        "sort": ("date_start", "civilians_killed_high", "public_code"),
        "statuses": (("recommended", "approved"),),
        "suite": _texts(reader, "SELECT DISTINCT suite FROM validation_result ORDER BY 1 LIMIT 2"),
        "text": ids[:1],
        "unit_ids": (_texts(reader, "SELECT DISTINCT unit_id FROM incident_unit ORDER BY 1 LIMIT 12"),),
        "values": (_texts(reader, "SELECT transition_id FROM stage_transition ORDER BY 1 LIMIT 5"),),
        "with_restricted": (False, True),
        "within_days": (30,),
        "within_m": (20_000,),
        "name": ("incident", "report"),
    }


def _texts(reader: Reader, sql: str) -> tuple[str, ...]:
    found = reader.frame(sql)
    return tuple(found[found.columns[0]].to_list())


def is_ordered(question: Table) -> bool:
    """Whether an expression states the order of its rows."""
    node: Any = question.op()
    while isinstance(node, ops.Project | ops.Limit | ops.Filter | ops.DropColumns):
        node = node.parent
    return isinstance(node, ops.Sort)


def answered(question: Callable[..., Table], arguments: tuple[Any, ...], reader: Reader) -> pl.DataFrame:
    """The answer of the database, which is that from memory."""
    found = run(question(*arguments), reader)
    assert_frame_equal(remember(question, arguments, reader), found)
    return found
