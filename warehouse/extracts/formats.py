"""What a download format is, and those that are lines of text: CSV and JSON Lines."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Protocol

from warehouse.connection import Reader
from warehouse.extracts.disarm import flat
from warehouse.extracts.request import Request
from warehouse.extracts.rows import opened
from warehouse.queries import CONTENTS

Manifest = dict[str, Any]


class Format(Protocol):
    """A download format."""

    @property
    def title(self) -> str:
        """Name for people."""

    @property
    def suffix(self) -> str:
        """File name suffix with its dot."""

    @property
    def media_type(self) -> str:
        """Media type (RFC 6838)."""

    @property
    def contents(self) -> tuple[str, ...]:
        """What it can hold, names of `warehouse.extracts.request.CONTENTS`."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that it has whatever was chosen."""

    @property
    def carries_manifest(self) -> bool:
        """Whether the manifest is inside, so that none lies beside."""

    def chunks(self, request: Request, reader: Reader, manifest: Manifest) -> Iterator[bytes]:
        """The file, a piece per batch; the same request to the same build gives the same rows in the same order.

        Raises:
            ExtractError: more than the format holds, or the warehouse could not answer.
        """


class Csv:
    """UTF-8 with a byte order mark, so that spreadsheets show Arabic and Hebrew right; lists joined by "; "."""

    title = "CSV"
    suffix = ".csv"
    media_type = "text/csv"
    contents = tuple(CONTENTS)
    needs: tuple[str, ...] = ()
    carries_manifest = False

    def chunks(self, request: Request, reader: Reader, manifest: Manifest) -> Iterator[bytes]:
        """Text that could be a formula is disarmed."""
        with opened(request, reader) as batches:
            for number, frame in enumerate(batches.frames):
                piece = io.BytesIO()
                flat(frame).write_csv(piece, include_header=number == 0, include_bom=number == 0)
                yield piece.getvalue()


class JsonLines:
    """One JSON object per line: lists as lists, dates as ISO text, text as it is, null where unknown."""

    title = "JSON Lines"
    suffix = ".jsonl"
    media_type = "application/jsonl"
    contents = tuple(CONTENTS)
    needs: tuple[str, ...] = ()
    carries_manifest = False

    def chunks(self, request: Request, reader: Reader, manifest: Manifest) -> Iterator[bytes]:
        """One line per row."""
        with opened(request, reader) as batches:
            for frame in batches.frames:
                piece = io.BytesIO()
                frame.write_ndjson(piece)
                yield piece.getvalue()
