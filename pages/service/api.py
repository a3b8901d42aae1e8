"""The interface for programs below /api/v1/: the pages' rows, read only, page by page. Off unless a setting says so.

What private reports say is never among them, whatever the settings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial, wraps
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from pages import wording_service as words
from pages.components import settings
from pages.service import openapi, parameters, problems
from pages.service.downloads import begun
from pages.service.links import Link
from pages.service.slots import Slots
from warehouse import queries
from warehouse.asking_files import json_rows
from warehouse.connection import limited, reader, reader_of
from warehouse.engine import run
from warehouse.errors import CivharmError, ExtractError
from warehouse.extracts import Request as Extract
from warehouse.extracts import counts, download_name, formats_of
from warehouse.publish import record_of
from warehouse.version import code_version

PREFIX = "/api/v1"
LISTS = ("incidents", "reports", "stages")
"""Contents that have an address of their own."""
TIME_LIMIT_S = 20
"""Far above what a page of rows takes, far below what programs wait for."""
EXTRACT_ROWS = 20_000_000
"""Rows of a file: what leaves in some minutes; ten million were tried."""
AT_ONCE = 4
"""Requests that are answered at once; the pages' readers come first."""

_slots = Slots(AT_ONCE)
_FOREIGN = {"cross-site", "same-site"}
"""How a browser says that a page of another site asks: it could not read the answer, but could keep us busy."""

Handler = Callable[[Request], Response]


def routes() -> list[Mount]:
    """The routes of the interface, for the app."""
    lists = [Route(f"/{name}", _answering(partial(_list, name)), methods=["GET"]) for name in LISTS]
    described = Route("/openapi.json", _answering(_description), methods=["GET"])
    # A download has places of its own.
    extract = Route("/extract", _answering(_extract, nullcontext), methods=["GET"])
    handlers = {HTTPException: problems.of_http, Exception: problems.of_http}
    return [Mount(PREFIX, app=Starlette(routes=[*lists, extract, described], exception_handlers=handlers))]


def _answering(handler: Handler, slot: Callable[[], AbstractContextManager[None]] = _slots.taken) -> Handler:
    """Answer only where the interface is on, and errors that people can act on as problems."""

    @wraps(handler)
    def answered(request: Request) -> Response:
        try:
            if not settings.has_api():
                return problems.problem(HTTPStatus.NOT_FOUND, words.API_OFF)
            if request.headers.get("sec-fetch-site") in _FOREIGN:
                return problems.problem(HTTPStatus.FORBIDDEN, words.OTHER_SITE)
            with slot():
                return handler(request)
        except CivharmError as error:
            return problems.of_error(error)

    return answered


def _list(contents: str, request: Request) -> Response:
    """A page of rows."""
    asked = parameters.read(request.query_params.multi_items(), openapi.LIST_PARAMETERS)
    limit, with_restricted, cursor = asked.limit(), asked.switch("with_restricted"), asked.cursor(contents)
    folder = settings.warehouse_folder()
    opened = reader_of(folder, cursor.build_id) if cursor else reader(folder)
    tag = _tag(request, opened.build_id)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if _is_known(request, tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    filters, key = asked.filters, queries.key_column(contents)
    with limited(opened, TIME_LIMIT_S) as own:
        # One row more tells whether there is another page.
        question = queries.page(contents, filters, cursor.after if cursor else None, limit + 1, with_restricted)
        found = run(question, own, filters.as_known_on)
        counts = run(queries.extract_counts(filters, contents), own, filters.as_known_on).row(0, named=True)
    rows = found.head(limit)
    following = asked.next_cursor(contents, opened.build_id, rows[key][-1]) if found.height > limit else None
    if following:
        address = request.url.include_query_params(cursor=following)
        headers["Link"] = f'<{address.path}?{address.query}>; rel="next"'
    answer = {
        "build_id": opened.build_id,
        "synthetic": record_of(folder, opened.build_id).synthetic,
        "filter": filters.sentence(),
        "row_count": counts["rows"] + (counts["rows_restricted"] if with_restricted else 0),
        "left_out_restricted": 0 if with_restricted else counts["rows_restricted"],
        "next_cursor": following,
        "rows": list(json_rows(rows)),
    }
    return JSONResponse(answer, headers=headers)


def _extract(request: Request) -> Response:
    """A file of the current build, streamed."""
    asked = parameters.read(request.query_params.multi_items(), openapi.EXTRACT_PARAMETERS)
    contents = asked.single("contents", "incidents")
    wanted = Extract(asked.filters, tuple(asked.own.get("column", ())), contents, asked.switch("with_restricted"))
    offered = {chosen.suffix[1:]: chosen for chosen in formats_of(contents)}
    kind = asked.single("format", next(iter(offered)))
    if kind not in offered:
        raise parameters.ParameterError(words.wrong_choice(f"format of {contents}", kind, list(offered)))
    chosen = offered[kind]
    wanted.question()  # says which column cannot be
    opened = reader(settings.warehouse_folder())
    tag = _tag(request, opened.build_id)
    # The manifest says when it was written: the same in content, not in bytes.
    headers = {"ETag": f"W/{tag}", "Cache-Control": "private, no-cache"}
    if _is_known(request, tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    with limited(opened, TIME_LIMIT_S) as own:
        held = counts(wanted, own)
    if held.rows > EXTRACT_ROWS:
        raise ExtractError(words.too_many_rows(held.rows, EXTRACT_ROWS))
    synthetic = record_of(opened.folder, opened.build_id).synthetic
    named = download_name(wanted, held, opened.build_id, chosen, synthetic=synthetic)
    if request.method == "HEAD":
        return Response(headers={**headers, "Content-Type": named[1]})
    return begun(Link(wanted, opened.build_id, chosen, held.rows, *named), headers)


def _description(_request: Request) -> Response:
    return JSONResponse(openapi.document(), headers={"Cache-Control": "private, no-cache"})


def _tag(request: Request, build_id: str) -> str:
    """Changes with the build, the question and the code that answers."""
    about = [build_id, code_version(), request.url.path, sorted(request.query_params.multi_items())]
    return f'"{hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]}"'


def _is_known(request: Request, tag: str) -> bool:
    """Whether the program holds this answer already (RFC 9110, If-None-Match; weak comparison)."""
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in given.split(",")}
