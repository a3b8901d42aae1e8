"""The web app: Streamlit's pages with security headers and a health check around them.

Start it with `civharm serve`, `streamlit run app.py`, or an ASGI server (`uvicorn app:app`).
"""

from __future__ import annotations

import base64
import gc
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import config

import pages.charts
import pages.components
from pages import wording
from pages.components import settings
from pages.service import api, downloads
from warehouse import engine
from warehouse.connection import reader
from warehouse.errors import CivharmError

ROOT = Path(__file__).resolve().parent

CLOSED_PATHS = {"/_stcore/metrics"}
"""Streamlit's own pages that tell strangers about the server: answered with 404."""


def inline_script_hashes() -> str:
    """CSP sources for the inline scripts of Streamlit's index.html, space-separated."""
    html = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            # Plotly and Vega compile functions, DuckDB-free data grids load WebAssembly.
            f"script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval' {inline_script_hashes()}",
            "style-src 'self' 'unsafe-inline'",  # Streamlit styles its widgets at run time
            "img-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "connect-src 'self' ws: wss: data: blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # sources' sites must not learn which incident is being read
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """ASGI middleware: the headers above on every response, and the closed paths."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        if scope["type"] == "http" and scope["path"].rstrip("/") in CLOSED_PATHS:
            await PlainTextResponse("Not found.", status_code=404)(scope, receive, send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)


class SameOrigin:
    """ASGI middleware: refuses whatever a page of another site asks for, websockets too.

    Streamlit would refuse most of it itself, but finds out the server's public address first by asking the internet.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != headers.get("host"):
                refusal = PlainTextResponse("Requests from other sites are refused.", status_code=403)
                await (refusal if scope["type"] == "http" else WebSocketClose(code=1008))(scope, receive, send)
                return
        await self.app(scope, receive, send)


def health(_request: Request) -> JSONResponse:
    """200 with the build that is served, 503 with a sentence if there is none that can be read."""
    try:
        build_id = reader(settings.warehouse_folder()).build_id
    except CivharmError as error:
        return JSONResponse({"status": "unavailable", "message": str(error)}, status_code=503)
    return JSONResponse({"status": "ok", "build_id": build_id})


def show_error(error: Exception) -> bool:
    """Say what failed in a box; Streamlit has already logged it. True keeps Streamlit from adding its own box."""
    st.error(str(error) if isinstance(error, CivharmError) else wording.UNEXPECTED_ERROR)
    return True


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Load at start what the pages need, so that the first visitor does not wait, and settle the garbage collector."""
    for package in (pages.charts, pages.components):
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    gc.collect()
    # Modules live as long as the process. Freezing takes their 140,000 objects out of every later full collection,
    # 30 ms each on two cores, which would hold up reruns; what reruns leave behind is collected as before.
    gc.freeze()
    with suppress(CivharmError):  # no warehouse yet: pages say so
        engine.warm(reader(settings.warehouse_folder()))
    yield
    gc.unfreeze()  # the last collection at exit must see everything, or DuckDB reports leaks


# An ASGI server started from another folder would miss .streamlit/config.toml, and with it the theme and the
# security settings: Streamlit looks beside the main script, and under `streamlit run` that is this file already.
config._main_script_path = config._main_script_path or __file__

app = st.App(
    ROOT / "pages" / "router.py",
    routes=[Route("/healthz", health), *api.routes(), *downloads.routes()],
    middleware=[
        Middleware(SecurityHeaders),
        # Streamlit checks the host of websockets only; this holds pages, files and downloads to the same list.
        Middleware(
            TrustedHostMiddleware,
            allowed_hosts=config.get_option("server.allowedHosts") or ["*"],
            www_redirect=False,
        ),
        Middleware(SameOrigin),
    ],
    lifespan=lifespan,
    on_script_error=show_error,
)
