"""Sends a download as fast as it is taken, and stops making it when nobody takes it any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import quote

import anyio
from anyio import CapacityLimiter, to_thread
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pages.service.jobs import AT_ONCE, Job, State
from warehouse.errors import CivharmError

TIME_LIMIT_S = 3_600
"""Ten million rows take some minutes; whoever takes longer can narrow the filter."""
STALL_S = 60
"""Whoever takes nothing for so long has gone without saying so."""


class Streamed(Response):
    """A download under way; its first piece is there, so that what fails at once was told as a problem."""

    def __init__(
        self,
        job: Job,
        first: bytes,
        name: str,
        media_type: str,
        headers: Mapping[str, str],
        on_end: Callable[[], None],
    ) -> None:
        super().__init__(
            status_code=HTTPStatus.OK,
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
                "Content-Type": media_type,
                **headers,
                # A proxy that collects the file first would take its memory or disk.
                "X-Accel-Buffering": "no",
            },
        )
        del self.headers["content-length"]
        self._job, self._first, self._on_end = job, first, on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all pieces; a dropped connection interrupts the query at once."""
        state = State.FAILED
        try:
            with anyio.move_on_after(TIME_LIMIT_S):
                async with anyio.create_task_group() as group:
                    group.start_soon(self._watch, receive)
                    if await self._send(send):
                        state = State.DONE
                    group.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(self._end, state, limiter=_limiter())

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._job.cancel()

    async def _send(self, send: Send) -> bool:
        """Whether all was sent; without the last message the client sees that the file is not whole."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        piece: bytes | None = self._first
        while piece is not None and not self._job.is_stopped:
            with anyio.move_on_after(STALL_S) as waiting:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            if waiting.cancelled_caught:
                return False
            try:
                piece = await to_thread.run_sync(self._job.next_piece, limiter=_limiter())
            except Exception as error:
                # The query cannot go on, or was interrupted: that comes as whatever waited for it says it.
                if self._job.is_stopped or isinstance(error, CivharmError):
                    return False
                raise
        if not self._job.complete():
            return False
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return True

    def _end(self, state: State) -> None:
        try:
            self._job.end(state)
        finally:
            self._on_end()


_limiters: list[CapacityLimiter] = []


def _limiter() -> CapacityLimiter:
    """Threads of downloads alone, so that they never hold up pages."""
    if not _limiters:
        _limiters.append(CapacityLimiter(2 * AT_ONCE))
    return _limiters[0]
