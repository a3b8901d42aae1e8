"""Errors that people are meant to read: each is one clear sentence that says what, where and what to do."""

from __future__ import annotations

from collections.abc import Sequence


class CivharmError(Exception):
    """Something a person can act on. The command line prints it and exits 1; the app shows it in a box."""


class InputError(CivharmError):
    """Input that cannot be loaded.

    All problems found are reported together, each as its own sentence with file, row, column and value.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class WarehouseError(CivharmError):
    """The warehouse is missing, locked, damaged or cannot be published."""


class OutdatedWarehouseError(WarehouseError):
    """A build of other code, which lacks something that this code asks for."""


class ValidationError(CivharmError):
    """An expectation of severity error was broken; nothing was published."""


class FilterError(CivharmError):
    """A filter names an unknown field or a value that the field cannot have."""


class ExtractError(CivharmError):
    """An extract cannot be written as asked."""


class NoticeError(CivharmError):
    """A notice was not delivered; it is kept and tried again with the next run."""


class QuestionError(CivharmError):
    """A question that there is not, or an argument that it does not take."""


class StoppedError(CivharmError):
    """A question was stopped before it was answered."""


class TimeLimitError(CivharmError):
    """A question took longer than it may."""


class GoneError(CivharmError):
    """What is asked for was there once and is no longer: a build, a link that was used or has expired."""


class BusyError(CivharmError):
    """More at once than the process serves; to be tried again later."""
