"""What the parameters of a request ask for: the pages' filters, and the few that only programs have."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from pages import wording_service as words
from warehouse.errors import CivharmError
from warehouse.filters import Filters

PAGE_ROWS = 100
"""Rows of a page unless asked otherwise."""
MOST_PAGE_ROWS = 1_000
"""About 1 MB of incidents."""
FILTERS = tuple(f.name for f in fields(Filters))


class ParameterError(CivharmError):
    """A parameter that there is not, or one that cannot be."""


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after this key, in the answer of this build."""

    build_id: str
    after: str


@dataclass(frozen=True)
class Asked:
    """What a program asks for."""

    filters: Filters
    own: dict[str, list[str]]
    """Parameters that are no filter."""

    def single(self, name: str, default: str = "") -> str:
        """The one value of a parameter, the default if it is not given; an empty one is a value.

        Raises:
            ParameterError: it is given more than once.
        """
        texts = self.own.get(name, [])
        if len(texts) > 1:
            raise ParameterError(words.once(name))
        return texts[0] if texts else default

    def switch(self, name: str) -> bool:
        """Whether a parameter is true; false if it is not given.

        Raises:
            ParameterError: it is neither true nor false.
        """
        text = self.single(name, "false")
        if text not in {"true", "false"}:
            raise ParameterError(words.wrong_switch(name, text))
        return text == "true"

    def limit(self) -> int:
        """Rows of a page.

        Raises:
            ParameterError: no whole number within bounds.
        """
        text = self.single("limit", str(PAGE_ROWS))
        # isdecimal() alone takes digits of other scripts.
        if not (text.isascii() and text.isdecimal() and 1 <= int(text[:20]) <= MOST_PAGE_ROWS):
            raise ParameterError(words.wrong_limit(text, MOST_PAGE_ROWS))
        return int(text)

    def digest(self, contents: str) -> str:
        """What a cursor is bound to beside its build: contents, filters, restricted rows or not."""
        about = [contents, sorted(self.filters.to_params().items()), self.switch("with_restricted")]
        return hashlib.sha256(json.dumps(about).encode()).hexdigest()[:16]

    def cursor(self, contents: str) -> Cursor | None:
        """Where the page begins; None: with the first row of the current build.

        Raises:
            ParameterError: the cursor is none of ours, or was given for another question.
        """
        if "cursor" not in self.own:
            return None
        build_id, after, digest = _unpacked(self.single("cursor"))
        if digest != self.digest(contents):
            raise ParameterError(words.OTHER_CURSOR)
        return Cursor(build_id, after)

    def next_cursor(self, contents: str, build_id: str, after: str) -> str:
        """The cursor of the page after the one that ends with this key. Nothing secret: it need not be signed."""
        packed = json.dumps([build_id, after, self.digest(contents)], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read(items: Iterable[tuple[str, str]], own: tuple[str, ...]) -> Asked:
    """What the parameters of an address ask for.

    Args:
        items: (name, value) in order.
        own: names beside the filters'.

    Raises:
        ParameterError: a name that is neither.
        FilterError: a filter that cannot be.
    """
    filters: dict[str, list[str]] = defaultdict(list)
    others: dict[str, list[str]] = defaultdict(list)
    for name, value in items:
        if name not in FILTERS and name not in own:
            raise ParameterError(words.unknown_parameter(name, [*own, *FILTERS]))
        if "\0" in value:
            raise ParameterError(words.no_such_text(name))
        (filters if name in FILTERS else others)[name].append(value)
    return Asked(Filters.from_params(filters), dict(others))


def _unpacked(text: str) -> tuple[str, str, str]:
    try:
        found: Any = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        build_id, after, digest = found
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise ParameterError(words.WRONG_CURSOR) from error
    if not all(isinstance(part, str) and "\0" not in part for part in (build_id, after, digest)):
        raise ParameterError(words.WRONG_CURSOR)
    return build_id, after, digest
