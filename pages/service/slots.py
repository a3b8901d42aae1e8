"""How many requests are served at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from pages import wording_service as words
from warehouse.errors import BusyError


class Slots:
    """A number of places; who finds none free is told so at once and does not wait."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._free = BoundedSemaphore(most)

    def take(self) -> None:
        """Take a place, to be given back by `free`.

        Raises:
            BusyError: none is free.
        """
        if not self._free.acquire(blocking=False):
            raise BusyError(words.busy(self.most))

    def free(self) -> None:
        """Give a place back."""
        self._free.release()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a place for a block.

        Raises:
            BusyError: none is free.
        """
        self.take()
        try:
            yield
        finally:
            self.free()
