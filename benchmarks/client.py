"""A reader without a browser: speaks Streamlit's websocket protocol and times reruns on the server's side."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from benchmarks.rows import p95

LARGEST_MESSAGE_BYTES = 256 * 2**20
ANSWER_S = 600
"""Longest wait for a message: a naive page of a million rows under load takes minutes."""
SETTLE_RERUNS, SETTLE_S = 4, 180
"""Reruns compared with those before, and the longest time for them."""
STEADY = 0.8
"""Less than this share of the time before is still getting faster."""
FIELDS = ("text_input", "multiselect", "date_input")
"""Elements whose value a session can change."""

Value = str | Sequence[str]
"""Of a text input a text; of a multiselect its options and of a date input its day (2024-01-31), each a sequence."""


class Session:
    """One session of one page."""

    def __init__(self, port: int, query_string: str = "", page: str = "", cookie: str = "") -> None:
        self._closing = ExitStack()
        connection = connect(  # type: ignore[call-overload]  # websockets has types of text of its own
            f"ws://127.0.0.1:{port}/_stcore/stream",
            origin=f"http://127.0.0.1:{port}",
            subprotocols=["streamlit"],
            additional_headers={"Cookie": cookie} if cookie else None,
            max_size=LARGEST_MESSAGE_BYTES,
        )
        self.socket = self._closing.enter_context(connection)
        # Without it small packets wait for acknowledgements: 40 ms that are nobody's work.
        self.socket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.query_string = query_string
        self.page = page
        self.widgets: dict[str, str] = {}
        self.page_hash = ""
        self.received_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the session."""
        self._closing.close()

    def settle(self, changes: Iterator[Mapping[str, Value]]) -> None:
        """Change the filter until that takes no less time than before: on a first visit rows are put into memory."""
        end = time.monotonic() + SETTLE_S
        self.rerun()
        before = float("inf")
        while True:
            now = statistics.median(self.rerun(next(changes)) for _ in range(SETTLE_RERUNS))
            if now > before * STEADY or time.monotonic() > end:
                return
            before = now

    def rerun(self, values: Mapping[str, Value] | None = None) -> float:
        """Run the page with the given values of widgets (label -> value); seconds until the script has ended.

        Raises:
            RuntimeError: the page showed an exception.
        """
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self.query_string
        state.page_script_hash = self.page_hash
        state.page_name = "" if self.page_hash else self.page
        for label, value in (values or {}).items():
            given = state.widget_states.widgets.add(id=self.widgets[label])
            if isinstance(value, str):
                given.string_value = value
            else:
                given.string_array_value.SetInParent()  # no option at all is a value too
                given.string_array_value.data.extend(value)
        found: dict[str, str] = {}
        started = time.perf_counter()
        self.socket.send(message.SerializeToString())
        while True:
            received = ForwardMsg()
            data = self.socket.recv(timeout=ANSWER_S)
            self.received_bytes += len(data)
            received.ParseFromString(data if isinstance(data, bytes) else data.encode())
            kind = received.WhichOneof("type")
            if kind == "script_finished":
                # The filters come first: a field of the page with the same label is another one.
                self.widgets |= found
                return time.perf_counter() - started
            if kind == "navigation":
                self.page_hash = received.navigation.page_script_hash
            if kind == "delta" and received.delta.WhichOneof("type") == "new_element":
                element = received.delta.new_element
                name = element.WhichOneof("type")
                if name in FIELDS:
                    widget = getattr(element, name)
                    found.setdefault(widget.label, widget.id)
                if name == "exception":
                    raise RuntimeError(f"the page failed: {element.exception.message}")


def busy(sessions: Sequence[Session], label: str, words: Iterator[str], seconds: float) -> tuple[float, float]:
    """Reruns per second of all readers together, and the 95th percentile of one, in seconds.

    Each reader types another word into a field as soon as the page is there. What has begun when the round ends is
    waited for, and counts. The sessions are closed.
    """
    for session in sessions:
        session.rerun()
    times: list[float] = []
    lock = threading.Lock()
    end = time.monotonic() + seconds

    def read(session: Session) -> None:
        while not times or time.monotonic() < end:
            with lock:
                word = next(words)
            times.append(session.rerun({label: word}))

    threads = [threading.Thread(target=read, args=(session,)) for session in sessions]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - started
    for session in sessions:
        session.close()
    return len(times) / elapsed, p95(times)
