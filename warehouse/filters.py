"""The shared filters: one frozen value gives the predicate, the sentence for people, and the URL parameters.

Unknown is never dropped in silence: whoever applies a filter on dates, casualties or places also counts the incidents
that it leaves out only because the value is unknown (`Filters.without_unknowns`, `queries.left_out_unknown`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Any

import ibis

from warehouse import vocabulary as v
from warehouse.countries import country_labels
from warehouse.errors import FilterError
from warehouse.schema import TABLE
from warehouse.text import fold_text

UNATTRIBUTED = "unattributed"
"""Value of the munition filter for incidents without a named munition."""

LARGEST_NUMBER = 2**63 - 1
"""What a whole number of the warehouse can be."""

MULTIPLE: dict[str, tuple[str, Callable[[], Mapping[str, str]]]] = {
    "country": ("country", country_labels),
    "weapon_system": ("weapon system", v.WeaponSystem.labels),
    "munition": ("munition", dict),
    "us_origin_confidence": ("US-origin confidence", v.Confidence.labels),
    "source_type": ("source type", v.SourceType.labels),
    "harm_status": ("harm status", v.HarmStatus.labels),
    "strike_type": ("strike type", v.StrikeType.labels),
    "stage": ("stage", v.Stage.labels),
    "geo_precision": ("location precision", v.GeoPrecision.labels),
    "dataset_id": ("data set", dict),
}
"""Fields that take several values -> (name in the sentence, value -> label). Munitions and data sets are open text."""


@dataclass(frozen=True)
class Filters:
    """What to show. Empty means no restriction.

    Attributes:
        date_from, date_to: incidents whose range of possible days overlaps these, both included.
        country, stage, harm_status, us_origin_confidence, geo_precision, dataset_id: any of these values.
        weapon_system, munition, source_type, strike_type: incidents that have at least one of these values.
        minimum_civilians_killed: the lowest estimate is at least this; unknown is left out and counted.
        text: every word occurs in code, place or summary; accents, case and Arabic letter forms are folded.
        as_known_on: what was known by the end of this day; whoever runs a question passes it on (`warehouse.engine`).
    """

    date_from: date | None = None
    date_to: date | None = None
    country: tuple[str, ...] = ()
    weapon_system: tuple[str, ...] = ()
    munition: tuple[str, ...] = ()
    us_origin_confidence: tuple[str, ...] = ()
    source_type: tuple[str, ...] = ()
    harm_status: tuple[str, ...] = ()
    strike_type: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    minimum_civilians_killed: int | None = None
    geo_precision: tuple[str, ...] = ()
    dataset_id: tuple[str, ...] = ()
    text: str = ""
    as_known_on: date | None = None

    def __post_init__(self) -> None:
        for name, (label, labels) in MULTIPLE.items():
            chosen = tuple(dict.fromkeys(getattr(self, name)))
            object.__setattr__(self, name, chosen)
            known = labels()
            if known and (wrong := [value for value in chosen if value not in known]):
                raise FilterError(f"{wrong[0]!r} is no {label}; choose from {_choices(known)}.")
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise FilterError(f"The first day {self.date_from} is after the last day {self.date_to}; exchange them.")
        if self.minimum_civilians_killed is not None and self.minimum_civilians_killed < 0:
            raise FilterError("The minimum of civilians killed cannot be negative.")
        if self.minimum_civilians_killed is not None and self.minimum_civilians_killed > LARGEST_NUMBER:
            raise FilterError(f"The minimum of civilians killed is too large; the largest is {LARGEST_NUMBER:,}.")
        object.__setattr__(self, "text", " ".join(self.text.split()))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is restricted."""
        return self == Filters()

    @cached_property
    def conditions(self) -> Filters:
        """The same without a day of knowledge, which chooses versions of incidents, not incidents."""
        return self if self.as_known_on is None else replace(self, as_known_on=None)

    @cached_property
    def restricts(self) -> bool:
        """Whether any incident can be left out; a day of knowledge alone leaves out none that was known."""
        return not self.conditions.is_empty

    def predicate(self, incident: ibis.expr.types.Table) -> Any:
        """Boolean Ibis expression over the incident table."""
        parts = []
        if self.date_from:
            parts.append(incident.date_end >= ibis.literal(self.date_from))
        if self.date_to:
            parts.append(incident.date_start <= ibis.literal(self.date_to))
        for name in MULTIPLE:
            if chosen := getattr(self, name):
                column = incident[name]
                if TABLE["incident"][name].type == "text_list":
                    parts.append(ibis.or_(*(column.contains(ibis.literal(value)) for value in chosen)))
                else:
                    parts.append(column.isin(chosen))
        if self.minimum_civilians_killed is not None:
            parts.append(incident.civilians_killed_low >= self.minimum_civilians_killed)
        parts.extend(incident.search_text.contains(word) for word in fold_text(self.text).split())
        return ibis.and_(*parts) if parts else ibis.literal(True)

    @property
    def compares_unknowns(self) -> bool:
        """Whether a date or number is compared, so that rows of unknown value are left out."""
        return self.date_from is not None or self.date_to is not None or self.minimum_civilians_killed is not None

    def without_unknowns(self) -> Filters:
        """The same filter without its restrictions on date and number, which rows of unknown value cannot meet."""
        return replace(self, date_from=None, date_to=None, minimum_civilians_killed=None)

    def sentence(self) -> str:
        """The filter in words, such as "1 Jan 2024 to 31 Mar 2024; strike type: Airstrike; Artillery"."""
        parts = []
        if self.date_from and self.date_to:
            parts.append(f"{_day(self.date_from)} to {_day(self.date_to)}")
        elif self.date_from:
            parts.append(f"from {_day(self.date_from)}")
        elif self.date_to:
            parts.append(f"until {_day(self.date_to)}")
        for name, (label, labels) in MULTIPLE.items():
            if chosen := getattr(self, name):
                known = labels()
                parts.append(f"{label}: {' or '.join(known.get(value, value) for value in chosen)}")
        if self.minimum_civilians_killed is not None:
            people = "civilian" if self.minimum_civilians_killed == 1 else "civilians"
            parts.append(f"at least {self.minimum_civilians_killed:,} {people} reported killed (lowest estimate)")
        if self.text:
            parts.append(f"text: “{self.text}”")
        sentence = "; ".join(parts) if parts else "All incidents"
        return f"{sentence}; as known on {_day(self.as_known_on)}" if self.as_known_on else sentence

    def to_params(self) -> dict[str, tuple[str, ...]]:
        """URL parameters, a value each or several; fields at their default are left out."""
        params = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if value != f.default:
                params[f.name] = value if isinstance(value, tuple) else (str(value),)
        return params

    @classmethod
    def from_params(cls, params: Mapping[str, Sequence[str]]) -> Filters:
        """The filter that URL parameters or FIELD=VALUE pairs stand for; a value may also be given by its label.

        Raises:
            FilterError: an unknown field, a value that the field cannot have, or two values for a single one.
        """
        names = {f.name for f in fields(cls)}
        values: dict[str, Any] = {}
        for name, given in params.items():
            if name not in names:
                raise FilterError(f"{name!r} is no filter; choose from {', '.join(sorted(names))}.")
            if name in MULTIPLE:
                by_label = {label: value for value, label in MULTIPLE[name][1]().items()}
                values[name] = tuple(by_label.get(item, item) for item in given)
                continue
            if len(given) != 1:
                raise FilterError(f"{name} takes one value, not {len(given)}.")
            values[name] = _SINGLE[name](name, given[0])
        return cls(**values)


def _date(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FilterError(f"{name}: {text!r} is no date; write it as 2024-01-31.") from error


def _whole_number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise FilterError(f"{name}: {text!r} is no whole number.") from error


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _choices(known: Iterable[str], most: int = 15) -> str:
    names = list(known)
    return ", ".join(names[:most]) + (f" ... ({len(names)} values)" if len(names) > most else "")


_SINGLE: dict[str, Callable[[str, str], Any]] = {
    "date_from": _date,
    "date_to": _date,
    "as_known_on": _date,
    "minimum_civilians_killed": _whole_number,
    "text": lambda _, text: text,
}
"""How a field that takes one value is read from text."""
