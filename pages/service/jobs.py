"""Downloads of this process: how far each has come, and how to stop it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Generator, Iterator
from enum import StrEnum

from pages import wording_service as words
from pages.service.slots import Slots
from warehouse.connection import DOWNLOAD_MEMORY_LIMIT, SORTING_MEMORY_LIMIT, Bounded, Reader
from warehouse.errors import GoneError
from warehouse.extracts import ALL, Format, Request, stream
from warehouse.extracts.rows import BATCH_ROWS

AT_ONCE = 4
"""Downloads at once: each takes up to 300 MB and a good part of a core."""
REMEMBERED = 10_000
"""Downloads that are remembered so that no link works twice; a link expires long before so many are begun."""


class State(StrEnum):
    """What has become of a download."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Job:
    """One download, as the page that offered it sees it: counts and state may be read by any thread."""

    def __init__(self, job_id: str, reader: Reader, request: Request, chosen: Format, rows: int) -> None:
        self.job_id = job_id
        self.rows = rows
        self.rows_done = 0
        self.bytes_done = 0
        self.state = State.RUNNING
        self.is_stopped = False
        self._lock = threading.Lock()
        limit = SORTING_MEMORY_LIMIT if request.contents == ALL else DOWNLOAD_MEMORY_LIMIT
        self._reader: Bounded | None = Bounded(reader, limit)
        self._pieces: Generator[bytes] | None = self._counted(stream(request, self._reader, chosen))

    def next_piece(self) -> bytes | None:
        """The next piece of the file, None at its end or when it was stopped. For one thread at a time.

        Raises:
            CivharmError: the extract cannot be made, or its query was interrupted.
        """
        return None if self._pieces is None else next(self._pieces, None)

    def cancel(self) -> None:
        """Say that nobody wants the rest, and interrupt the query, whatever thread waits for it."""
        with self._lock:
            self.is_stopped = True
            if self.state is State.RUNNING:
                self.state = State.CANCELLED
            if self._reader is not None:
                self._reader.stop()

    def complete(self) -> bool:
        """Whether all was made and nobody stopped it; a connection that is closed afterwards changes nothing."""
        with self._lock:
            if self.is_stopped:
                return False
            self.state = State.DONE
            return True

    def end(self, state: State) -> None:
        """Close the query and let go of the build. For the thread that took the pieces, when it takes no more."""
        if self._pieces is not None:
            self._pieces.close()
        with self._lock:
            if self.state is State.RUNNING:
                self.state = state
            if self._reader is not None:
                self._reader.close()
            self._pieces = self._reader = None

    def _counted(self, pieces: Iterator[bytes]) -> Generator[bytes]:
        for piece in pieces:
            self.rows_done = min(self.rows, self.rows_done + BATCH_ROWS)
            self.bytes_done += len(piece)
            if self.is_stopped:
                return
            if piece:
                yield piece


class Jobs:
    """The downloads of a process."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self.slots = Slots(at_once)
        self._begun: OrderedDict[str, Job | None] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, job_id: str) -> None:
        """Take a place and use up the link of a download.

        Raises:
            BusyError: too many run; the link can be tried again.
            GoneError: the link was used before.
        """
        self.slots.take()
        with self._lock:
            if job_id not in self._begun:
                self._begun[job_id] = None
                while len(self._begun) > REMEMBERED:
                    self._begun.popitem(last=False)
                return
        self.slots.free()
        raise GoneError(words.USED)

    def enter(self, job: Job) -> None:
        """Let the page follow a download that was begun."""
        self._begun[job.job_id] = job

    def find(self, job_id: str) -> Job | None:
        """The download of a link; None if it was not begun here, or is not known any more."""
        return self._begun.get(job_id)


JOBS = Jobs()
"""Of this process."""
