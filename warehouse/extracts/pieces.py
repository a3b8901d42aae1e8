"""A file that is taken away piece by piece while it is written, so that writers of files can feed a stream."""

from __future__ import annotations


class Pieces:
    """A file that is only written to, and whose content is taken away while it grows."""

    closed = False

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._position = 0

    def write(self, data: bytes) -> int:
        """Keep what is written until it is taken."""
        self._held.append(bytes(data))
        self._position += len(data)
        return len(data)

    def tell(self) -> int:
        """Bytes written so far."""
        return self._position

    def flush(self) -> None:
        """Nothing waits: what is written can be taken."""

    def close(self) -> None:
        """Nothing to close."""

    def seekable(self) -> bool:
        """What was taken away cannot be changed any more."""
        return False

    def readable(self) -> bool:
        """It is only written to."""
        return False

    def writable(self) -> bool:
        """It is written to."""
        return True

    def taken(self) -> bytes:
        """What was written since the last time."""
        piece = b"".join(self._held)
        self._held.clear()
        return piece
