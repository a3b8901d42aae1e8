"""Errors as programs read them: RFC 9457, with the sentence that people would read."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from pages import wording
from pages import wording_service as words
from warehouse.errors import BusyError, CivharmError, GoneError, TimeLimitError, WarehouseError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 10
"""Most questions are answered sooner, and asking again costs little."""

_STATUS: tuple[tuple[type[CivharmError], HTTPStatus], ...] = (
    (GoneError, HTTPStatus.GONE),
    (BusyError, HTTPStatus.SERVICE_UNAVAILABLE),
    (TimeLimitError, HTTPStatus.SERVICE_UNAVAILABLE),
    (WarehouseError, HTTPStatus.SERVICE_UNAVAILABLE),
)
"""Every other error that people can act on is about what was asked."""


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """One sentence as an answer that programs tell from a right one."""
    about = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    return JSONResponse(about, status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


def of_error(error: CivharmError) -> JSONResponse:
    """The answer to a request that failed for a reason people can act on."""
    retry = {"Retry-After": str(RETRY_AFTER_S)} if isinstance(error, BusyError) else None
    return problem(status_of(error), str(error), retry)


def status_of(error: CivharmError) -> HTTPStatus:
    """Whose fault an error is, as HTTP says it."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)


def of_http(_request: Request, error: Exception) -> JSONResponse:
    """The answer where no address or method fits."""
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    details = {HTTPStatus.NOT_FOUND: words.NO_SUCH_ADDRESS, HTTPStatus.METHOD_NOT_ALLOWED: words.ONLY_GET}
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else None
    return problem(status, details.get(HTTPStatus(status), wording.UNEXPECTED_ERROR), headers)
