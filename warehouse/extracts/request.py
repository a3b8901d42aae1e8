"""What an extract is asked to hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis

from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import ask
from warehouse.errors import ExtractError
from warehouse.filters import Filters

ALL = "all"
"""Contents: everything that belongs to the filtered incidents, as one data package."""
CONTENTS = (*queries.CONTENTS, ALL)
"""What an extract may hold."""


@dataclass(frozen=True)
class Request:
    """What an extract holds.

    Attributes:
        filters: which incidents.
        columns: the chosen columns; all when empty.
        contents: the incidents, or what belongs to them: a name of `CONTENTS`.
        with_restricted: whether rows of data sets that may not be passed on are included; they are counted always.
        show_private: whether it holds what private reports say and who sent them; such a report is listed always.
    """

    filters: Filters
    columns: tuple[str, ...] = ()
    contents: str = "incidents"
    with_restricted: bool = False
    show_private: bool = False

    def __post_init__(self) -> None:
        if self.contents not in CONTENTS:
            raise ExtractError(f"{self.contents!r} cannot be extracted; choose from {', '.join(CONTENTS)}.")
        if self.contents == ALL and self.columns:
            raise ExtractError("A data package always holds all columns; leave the choice of columns out.")

    def question(self, left_out: tuple[str, ...] = ()) -> ibis.expr.types.Table:
        """The rows, but for those of the data sets that are left out.

        Raises:
            FilterError: a column may not be extracted.
        """
        return queries.extract_streamed(self.filters, self.columns, self.contents, left_out, self.show_private)

    def to_values(self) -> dict[str, Any]:
        """The request as JSON values, for a manifest."""
        return {
            "contents": self.contents,
            "filter_values": {name: list(values) for name, values in self.filters.to_params().items()},
            "chosen_columns": list(self.columns),
            "with_restricted": self.with_restricted,
            "with_private": self.show_private,
        }

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Request:
        """The request of a manifest.

        Raises:
            ExtractError: it states none, or one that cannot be.
        """
        try:
            return cls(
                Filters.from_params(values["filter_values"]),
                tuple(values["chosen_columns"]),
                values["contents"],
                values["with_restricted"],
                values["with_private"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ExtractError(f"The manifest does not say what was extracted: {error} is missing or wrong.") from error


@dataclass(frozen=True)
class Counts:
    """Rows of an extract, known before it is made.

    Attributes:
        rows: rows that it holds.
        restricted: of these, rows of data sets that may not be passed on.
        left_out: rows that it does not hold because their data set may not be passed on.
        without_coordinates: incidents among its rows that have none.
    """

    rows: int
    restricted: int
    left_out: int
    without_coordinates: int


def counts(request: Request, reader: Reader) -> Counts:
    """How many rows the extract will hold, and how many are left out.

    A data package also holds the history of its rows and reference lists: there, rows of `queries.CONTENTS` that hold.

    Raises:
        WarehouseError: the warehouse could not answer.
    """
    if request.contents == ALL:
        parts = [counts(replace(request, contents=name), reader) for name in queries.CONTENTS]
        return Counts(
            sum(p.rows for p in parts),
            sum(p.restricted for p in parts),
            sum(p.left_out for p in parts),
            parts[0].without_coordinates,
        )
    asked = (request.filters, request.contents)
    found = ask(queries.extract_counts, asked, reader, request.filters.as_known_on).row(0, named=True)
    if not request.with_restricted:
        return Counts(found["rows"], 0, found["rows_restricted"], found["without_coordinates"])
    return Counts(
        found["rows"] + found["rows_restricted"],
        found["rows_restricted"],
        0,
        found["without_coordinates"] + found["without_coordinates_restricted"],
    )
