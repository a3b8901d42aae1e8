"""The pages' questions by name, with arguments given as text: for the command line and other programs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import ibis
import polars as pl

from warehouse import queries
from warehouse import vocabulary as v
from warehouse.connection import Reader
from warehouse.engine import Question, run
from warehouse.errors import QuestionError
from warehouse.filters import LARGEST_NUMBER, Filters
from warehouse.queries.changes import LISTS
from warehouse.schema import TABLE

SHOWN_CHOICES = 8
"""Choices named in one line."""

NOT_ASKED = frozenset(
    {"extract_streamed", "incidents", "incidents_of_rows", "packaged", "packaged_elsewhere", "page", "shown", "table"}
)
"""Parts of questions: they give rows as they are stored, what private reports say included."""

_INCIDENT = TABLE["incident"]
_COLUMNS = queries.extractable_columns()
_DIMENSIONS = tuple(name for name in _COLUMNS if name in queries.LIST_DIMENSIONS or _INCIDENT[name].type == "text")
_REVIEW_TABLES = ("casualty", "stage_transition", "assessment", "response", "engagement")
_CHOICES: dict[str, tuple[str, ...]] = {
    "by": _DIMENSIONS,
    "dimension": _DIMENSIONS,
    "sort": _COLUMNS,
    "column": _COLUMNS,
    "rule": queries.RULES,
    "response_type": v.ResponseType.values(),
}
"""Closed sets that a signature leaves open as text, by the argument's name."""
_TABLES = {"listed_changes": tuple(LISTS), "of_incident": _REVIEW_TABLES, "versions_of_rows": _REVIEW_TABLES}
"""What `name` may be, by question. Tables that quote reports are not among them."""
_OPEN_RULES = frozenset({"quarantined"})
"""Questions whose `rule` is one of any source's, not of the record's."""


@dataclass(frozen=True)
class Argument:
    """An argument beside the filter.

    Attributes:
        kind: str, int, bool, date.
        several: a tuple of the kind.
        choices: closed set; empty means open.
        default: `inspect.Parameter.empty` where it must be given.
    """

    name: str
    kind: type
    several: bool
    choices: tuple[str, ...]
    default: Any

    @property
    def required(self) -> bool:
        """Whether it must be given; a missing `as_of` is the day that the pages count to."""
        return self.default is inspect.Parameter.empty and self.name != "as_of"

    def described(self) -> str:
        """NAME=VALUE for people, such as "period=day|week|month|year"; in brackets where it may be left out."""
        values = "|".join(self.choices) if 0 < len(self.choices) <= SHOWN_CHOICES else _KINDS[self.kind]
        text = f"{self.name}={values}{' ...' if self.several else ''}"
        return text if self.required else f"[{text}]"

    def read(self, texts: Sequence[str]) -> Any:
        """The value that texts stand for.

        Raises:
            QuestionError: it cannot be one.
        """
        if self.several:
            return tuple(self._one(text) for text in texts)
        if len(texts) != 1:
            raise QuestionError(f"{self.name} takes one value, not {len(texts)}.")
        return self._one(texts[0])

    def _one(self, text: str) -> Any:
        if self.choices and text not in self.choices:
            raise QuestionError(f"{text!r} is no {self.name}; {_nearest(text, self.choices)}")
        if self.kind is date:
            try:
                return date.fromisoformat(text)
            except ValueError as error:
                raise QuestionError(f"{self.name}: {text!r} is no date; write it as 2024-01-31.") from error
        if self.kind is bool:
            if text not in {"true", "false"}:
                raise QuestionError(f"{self.name}: {text!r} is neither true nor false.")
            return text == "true"
        if self.kind is int:
            # isdecimal() alone takes digits of other scripts; int() alone takes underscores, signs and blanks.
            if not (text.isascii() and text.isdecimal()) or int(text[:20]) > LARGEST_NUMBER:
                raise QuestionError(f"{self.name}: {text!r} is no whole number from 0 to {LARGEST_NUMBER:,}.")
            return int(text)
        return text


_KINDS: dict[type, str] = {str: "TEXT", int: "NUMBER", bool: "true|false", date: "YYYY-MM-DD"}


@dataclass(frozen=True)
class Asked:
    """A question that can be asked by name.

    Attributes:
        takes_filter, tells_private: whether it takes the filter; whether it answers differently where the content of
            private reports may be shown.
        arguments: those that whoever asks gives.
    """

    name: str
    question: Question
    takes_filter: bool
    tells_private: bool
    arguments: tuple[Argument, ...]

    @property
    def summary(self) -> str:
        """First line of the question's description."""
        return (inspect.getdoc(self.question) or "").split("\n")[0]


@cache
def questions() -> Mapping[str, Asked]:
    """Questions by name, in order: every function of `warehouse.queries` that gives rows and takes plain values."""
    functions = {name: getattr(queries, name) for name in sorted(queries.__all__) if name not in NOT_ASKED}
    found = {name: _declared(name, f) for name, f in functions.items() if inspect.isfunction(f)}
    return {name: asked for name, asked in found.items() if asked is not None}


def named(name: str) -> Asked:
    """The question of a name.

    Raises:
        QuestionError: there is none; close names are told.
    """
    try:
        return questions()[name]
    except KeyError as error:
        raise QuestionError(f"{name!r} is no question; {_nearest(name, tuple(questions()))}") from error


def answer(
    asked: Asked, reader: Reader, filters: Filters, given: Mapping[str, Sequence[str]], *, show_private: bool
) -> pl.DataFrame:
    """The rows that the pages would be answered.

    Args:
        asked: the question.
        reader: the build that answers.
        filters: what to restrict to; its day of knowledge holds for questions without a filter too.
        given: argument -> texts.
        show_private: whether what private reports say may be told.

    Raises:
        QuestionError: an argument that the question does not have, a missing or a wrong one; or a filter that it
            does not take.
        WarehouseError: the warehouse could not answer.
    """
    if not asked.takes_filter and filters.to_params().keys() - {"as_known_on"}:
        raise QuestionError(f"{asked.name} takes no filter but as_known_on; it is about the whole build.")
    known = {argument.name: argument for argument in asked.arguments}
    if wrong := [name for name in given if name not in known]:
        has = f"it takes {', '.join(known)}" if known else "it takes none"
        raise QuestionError(f"{wrong[0]!r} is no argument of {asked.name}; {has}.")
    values: dict[str, Any] = {name: known[name].read(texts) for name, texts in given.items()}
    if "as_of" in known and "as_of" not in values:
        values["as_of"] = counted_to(reader, filters)
    values |= {a.name: a.default for a in asked.arguments if not a.required and a.name not in values}
    if missing := [a.described() for a in asked.arguments if a.required and a.name not in values]:
        raise QuestionError(f"{asked.name} needs {' '.join(missing)}.")
    if asked.takes_filter:
        values["filters"] = filters
    if asked.tells_private:
        values["show_private"] = show_private
    return run(asked.question(**values), reader, filters.as_known_on)


def counted_to(reader: Reader, filters: Filters) -> date:
    """The day that the pages count ages to: the filter's day of knowledge, the latest of the data sets at most."""
    latest: date = max(run(queries.datasets(), reader)["known_on"].to_list())
    return min(filters.as_known_on or latest, latest)


def _declared(name: str, function: Callable[..., Any]) -> Asked | None:
    """The question with its arguments; None if it is no question or takes what text cannot say."""
    hints = get_type_hints(function)
    if hints.get("return") is not ibis.expr.types.Table:
        return None
    parameters = inspect.signature(function).parameters
    arguments = []
    for parameter, declared in parameters.items():
        if parameter in {"filters", "show_private"}:
            continue
        hint, several = hints[parameter], False
        if get_origin(hint) is tuple:
            hint, several = get_args(hint)[0], True
        parts = [part for part in get_args(hint) if part is not NoneType]
        choices: tuple[str, ...] = ()
        if get_origin(hint) is Literal:
            hint, choices = str, get_args(hint)
        elif parts:
            hint = parts[0]
        if hint not in _KINDS:
            return None
        choices = choices or _choices(name, parameter)
        is_open = NoneType in get_args(hints[parameter]) and declared.default is inspect.Parameter.empty
        arguments.append(Argument(parameter, hint, several, choices, None if is_open else declared.default))
    return Asked(name, function, "filters" in parameters, "show_private" in parameters, tuple(arguments))


def _choices(question: str, parameter: str) -> tuple[str, ...]:
    if parameter == "name":
        return _TABLES[question]
    return () if parameter == "rule" and question in _OPEN_RULES else _CHOICES.get(parameter, ())


def _nearest(text: str, known: Sequence[str]) -> str:
    """What a wrong word may have meant, or what there is to choose from."""
    if close := get_close_matches(text, known, n=3):
        return f"perhaps you mean {' or '.join(close)}."
    more = f" ... ({len(known)} in all)" if len(known) > SHOWN_CHOICES else ""
    return f"choose from {', '.join(known[:SHOWN_CHOICES])}{more}."
