"""Values out of a table of a TOML file that people write: every fault is gathered, none is guessed around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Values:
    """Takes values out of one table of a TOML file; each fault is a phrase in `faults`, and the value then empty."""

    def __init__(self, entry: Mapping[str, Any], faults: list[str]) -> None:
        self.entry, self.faults = entry, faults
        self._known: set[str] = set()

    def text(self, key: str, choices: Sequence[str] = (), *, required: bool = True) -> str:
        """One line of text; with `choices`, one of them."""
        value = self._value(key, required=required)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.faults.append(f"{key} is no text, or an empty one")
            return ""
        if any(not character.isprintable() for character in value):
            self.faults.append(f"{key} holds a line break or another character that cannot be printed")
            return ""
        if choices and value not in choices:
            self.faults.append(f"{key}: {value!r} is not known; choose from {', '.join(choices)}")
            return ""
        return value

    def texts(self, key: str, choices: Sequence[str] = (), *, required: bool = True) -> tuple[str, ...]:
        """A list of texts; with `choices`, of these."""
        value = self._value(key, required=required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value) or (required and not value):
            self.faults.append(f'{key} is no list of texts; write it as {key} = ["..."]')
            return ()
        if choices and (wrong := [item for item in value if item not in choices]):
            self.faults.append(f"{key}: {wrong[0]!r} is not known; choose from {', '.join(choices)}")
            return ()
        return tuple(value)

    def number(self, key: str, *, most: int, least: int = 0, default: int | None = None) -> int:
        """A whole number in a range."""
        value = self._value(key, required=default is None)
        if value is None:
            return default or 0
        if type(value) is not int or not least <= value <= most:
            self.faults.append(f"{key} is no whole number from {least} to {most:,}")
            return 0
        return value

    def variable(self, key: str, *, required: bool = True) -> str:
        """The name of an environment variable."""
        value = self.text(key, required=required)
        if value and not (value.isidentifier() and value.isascii()):
            self.faults.append(f"{key} is no name of an environment variable, such as WATCH_SECRET")
            return ""
        return value

    def address(self, key: str) -> str:
        """One mail address."""
        value = self.text(key)
        if value and not is_mail_address(value):
            self.faults.append(f"{key}: {value!r} is no mail address")
        return value

    def refuse_others(self) -> None:
        """Call what was not asked for unknown."""
        known = ", ".join(sorted(self._known))
        self.faults.extend(
            f"{key} is not known here; choose from {known}" for key in self.entry if key not in self._known
        )

    def _value(self, key: str, *, required: bool) -> Any:
        self._known.add(key)
        if key not in self.entry and required:
            self.faults.append(f"{key} is missing")
        return self.entry.get(key)


def is_mail_address(value: str) -> bool:
    """Good enough to keep line breaks and several addresses in one out; the server decides on the rest."""
    name, at, host = value.rpartition("@")
    return bool(name and at and host) and value.isascii() and value.isprintable() and not set(value) & set(' ,;<>"()')
