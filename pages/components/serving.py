"""Starts the app's server on this machine: what `civharm serve` does."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn

from pages import wording
from pages.components import settings
from warehouse.errors import CivharmError, WarehouseError
from warehouse.publish import current_build_id

HOST = "127.0.0.1"
"""The app has no sign-in, so it is never bound to more than this machine."""
SHUTDOWN_S = 2
"""Open pages hold a connection for good; stopping does not wait for them longer than this."""


def serve(port: int, warehouse: Path, say: Callable[[str], None]) -> None:
    """Serve the app on HOST until stopped by Ctrl-C or SIGTERM; works from any folder.

    Args:
        port: 0 takes a free one.
        warehouse: folder of the warehouse; one that is built later is picked up without a restart.
        say: receives the address, and a sentence if there is no warehouse yet.

    Raises:
        CivharmError: the port cannot be had, or a setting cannot be.
    """
    settings.check()
    with socket.socket() as listener:
        # Without it a restart has to wait a minute for the old connections' states to end.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen()
        except OSError as error:
            raise CivharmError(_why_not(port, error)) from error
        os.environ[settings.WAREHOUSE] = str(warehouse.resolve())
        try:
            current_build_id(warehouse)
        except WarehouseError as error:
            say(str(error))
        say(f"{wording.TITLE}: http://{HOST}:{listener.getsockname()[1]} (stop with Ctrl-C)")
        # Addresses hold filters and incident ids: no access log.
        config = uvicorn.Config(
            "app:app", log_level="warning", access_log=False, timeout_graceful_shutdown=SHUTDOWN_S, server_header=False
        )
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def _why_not(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return f"Port {port} is in use by another program; choose another one, as in: civharm serve --port {other}"
    if error.errno == errno.EACCES:
        return f"Port {port} needs an administrator's rights; choose one above 1023, as in: civharm serve --port 8501"
    return f"Port {port} cannot be opened: {error.strerror}."
