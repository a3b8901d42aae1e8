"""The route behind the page Extract: a signed link becomes the browser's own download."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pages import wording_service as words
from pages.components import settings
from pages.service import links, problems
from pages.service.jobs import JOBS, Job, State
from pages.service.links import Link
from pages.service.streaming import Streamed
from warehouse.connection import reader_of
from warehouse.errors import BusyError, CivharmError

NO_STORE = {"Cache-Control": "no-store"}


def routes() -> list[Route]:
    """The route of downloads, for the app."""
    return [Route(f"{links.PREFIX}/{{token}}", _download, methods=["GET"])]


def begun(link: Link, headers: Mapping[str, str] = NO_STORE) -> Streamed:
    """The answer that streams what a link stands for; a failure before the first piece is raised.

    Raises:
        BusyError: too many downloads run.
        GoneError: the link was used, or its build is no longer kept.
        CivharmError: the extract cannot be made.
    """
    opened = reader_of(settings.warehouse_folder(), link.build_id)
    JOBS.begin(link.job_id)
    job = None
    try:
        job = Job(link.job_id, opened, link.request, link.chosen, link.rows)
        JOBS.enter(job)
        first = job.next_piece() or b""
        return Streamed(job, first, link.file_name, link.media_type, headers, JOBS.slots.free)
    except BaseException:
        if job is not None:
            job.end(State.FAILED)
        JOBS.slots.free()
        raise


def _download(request: Request) -> Response:
    """A browser shows what is refused in a tab of its own: plain sentences."""
    if request.method != "GET":  # asking about a link must not use it up
        return PlainTextResponse(words.ONLY_GET, HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET"})
    try:
        return begun(links.opened(request.path_params["token"]))
    except links.ForgedError as error:
        return _refusal(error, HTTPStatus.FORBIDDEN)
    except CivharmError as error:
        return _refusal(error, problems.status_of(error))


def _refusal(error: CivharmError, status: HTTPStatus) -> Response:
    headers = dict(NO_STORE)
    if isinstance(error, BusyError):
        headers["Retry-After"] = str(problems.RETRY_AFTER_S)
    return PlainTextResponse(str(error), status, headers)
