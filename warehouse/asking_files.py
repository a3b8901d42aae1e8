"""An answer to a question as a file: CSV or JSON, marked where the data is synthetic or tells private content."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from warehouse import asking
from warehouse import vocabulary as v
from warehouse.connection import Reader
from warehouse.errors import QuestionError
from warehouse.extracts import flat
from warehouse.filters import Filters
from warehouse.publish import record_of

UNKNOWN = "unknown"
"""How a missing value is said to people; in CSV it is an empty cell, in JSON null."""


@dataclass(frozen=True)
class Answered:
    """An answer with what it is an answer to."""

    asked: asking.Asked
    given: Mapping[str, Sequence[str]]
    filters: Filters
    frame: pl.DataFrame
    build_id: str
    synthetic: bool
    shows_private: bool

    @property
    def about(self) -> str:
        """What was asked of which build, in a line."""
        rows = (
            f"{self.frame.height:,}{' SYNTHETIC' if self.synthetic else ''} row{'' if self.frame.height == 1 else 's'}"
        )
        scope = f" ({self.filters.sentence()})" if self.asked.takes_filter or self.filters.as_known_on else ""
        return f"{rows} of build {self.build_id}{scope}"

    @property
    def marks(self) -> str:
        """What is put before the name of a file."""
        return ("SYNTHETIC-" if self.synthetic else "") + ("PRIVATE-" if self.shows_private else "")


def ask(
    reader: Reader, name: str, filters: Filters, given: Mapping[str, Sequence[str]], *, show_private: bool
) -> Answered:
    """Ask a question by its name; see `asking.answer` for arguments and errors."""
    asked = asking.named(name)
    frame = asking.answer(asked, reader, filters, given, show_private=show_private)
    synthetic = record_of(reader.folder, reader.build_id).synthetic
    private = show_private and asked.tells_private
    return Answered(asked, dict(given), filters, frame, reader.build_id, synthetic, private)


def to_csv(answered: Answered) -> bytes:
    """The rows as CSV that spreadsheets open safely; the last column tells where the data is synthetic."""
    frame = answered.frame
    if answered.synthetic and "data_origin" not in frame.columns:
        frame = frame.with_columns(data_origin=pl.lit(v.DataOrigin.SYNTHETIC.value))
    return flat(frame).write_csv(include_bom=True).encode()


def to_json(answered: Answered) -> bytes:
    """What was asked, of which build, and the rows, as one JSON object."""
    about = {
        "question": answered.asked.name,
        "description": answered.asked.summary,
        "arguments": answered.given,
        "filter": answered.filters.sentence(),
        "filter_values": answered.filters.to_params(),
        "build_id": answered.build_id,
        "synthetic": answered.synthetic,
        "rows": list(json_rows(answered.frame)),
    }
    return json.dumps(about, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"


FILES: dict[str, Callable[[Answered], bytes]] = {".csv": to_csv, ".json": to_json}
"""Suffix -> how an answer is written."""


def named(path: Path | None, *, as_csv: bool, as_json: bool) -> Callable[[Answered], bytes] | None:
    """How the answer is to be written; None: as a table for people.

    Raises:
        QuestionError: more than one way, a suffix that is none of `FILES`, or a folder that does not exist.
    """
    if (path is not None) + as_csv + as_json > 1:
        raise QuestionError("Choose one of --csv, --json and -o FILE.")
    if path is None:
        return to_csv if as_csv else to_json if as_json else None
    if path.suffix.lower() not in FILES:
        raise QuestionError(f"{path.name}: the suffix must be one of {', '.join(FILES)}.")
    if not path.parent.is_dir():
        raise QuestionError(f"The folder {path.parent} does not exist; make it first.")
    return FILES[path.suffix.lower()]


def write(answered: Answered, path: Path) -> Path:
    """Write the answer by the suffix of `path`, aside first; returns where it is, marks put before its name.

    Raises:
        QuestionError: the file cannot be written.
    """
    target = path if path.name.startswith(answered.marks) else path.with_name(f"{answered.marks}{path.name}")
    aside = target.with_name(f".{target.name}.part")
    try:
        aside.write_bytes(FILES[path.suffix.lower()](answered))
        aside.replace(target)
    except OSError as error:
        raise QuestionError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        aside.unlink(missing_ok=True)
    return target


def json_rows(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Rows as JSON holds them: days and times in ISO 8601, null for a missing value."""
    timed = frame.with_columns(
        pl.col(pl.Date).dt.to_string("iso"), pl.col(pl.Datetime).dt.to_string("%Y-%m-%dT%H:%M:%S%.f")
    )
    # JSON knows no infinity and no "not a number"; neither is a value of the warehouse.
    return timed.with_columns(pl.col(pl.Float64).replace([float("inf"), float("-inf")], None).fill_nan(None)).iter_rows(
        named=True
    )


def lines(frame: pl.DataFrame) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """(headings, rows) as texts for people; a missing value is said to be unknown, one row stands upright."""
    names = tuple(frame.columns)
    rows = [tuple(_cell(*pair) for pair in zip(names, row, strict=True)) for row in frame.iter_rows()]
    return (("", ""), [*zip(names, rows[0], strict=True)]) if len(rows) == 1 else (names, rows)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, list):
        return "; ".join(map(str, value))
    is_amount = isinstance(value, int) and not isinstance(value, bool) and not name.endswith("year")
    return f"{value:,}" if is_amount else str(value)
