"""What the operator of the app may set, read from environment variables; `civharm serve` sets them for the app."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_bytes

from warehouse.errors import CivharmError

WAREHOUSE = "CIVHARM_WAREHOUSE"
"""Variable: folder of the warehouse; DEFAULT_WAREHOUSE below the current folder if unset."""
DEFAULT_WAREHOUSE = "data/warehouse"
SHOW_PRIVATE = "CIVHARM_SHOW_PRIVATE"
"""Variable: 1 shows and exports what private reports say and who sent them; 0 or unset counts them only."""
API = "CIVHARM_API"
"""Variable: 1 answers programs below /api/v1/; 0 or unset does not."""
SECRET = "CIVHARM_SECRET"  # noqa: S105 (a name)
"""Variable: what download links are signed with, the same in every process that shares readers; unset: its own."""
SECRET_LENGTH = 32
"""Characters of a secret; shorter ones can be guessed."""

_own_secret = token_bytes(SECRET_LENGTH)


def warehouse_folder() -> Path:
    """Absolute path of the warehouse folder, which need not exist."""
    return Path(os.environ.get(WAREHOUSE) or DEFAULT_WAREHOUSE).resolve()


def shows_private() -> bool:
    """Whether the content of private reports may be shown and exported.

    Raises:
        CivharmError: the variable is neither 0 nor 1; a typing error must not decide about private reports.
    """
    return _is_on(SHOW_PRIVATE, "to show private reports")


def has_api() -> bool:
    """Whether programs are answered.

    Raises:
        CivharmError: the variable is neither 0 nor 1.
    """
    return _is_on(API, "to answer programs")


def secret() -> bytes:
    """What download links are signed with: the operator's, or one that this process made and keeps to itself.

    Raises:
        CivharmError: the operator's is too short.
    """
    value = os.environ.get(SECRET, "")
    if not value:
        return _own_secret
    if len(value) < SECRET_LENGTH:
        raise CivharmError(f"{SECRET} is shorter than {SECRET_LENGTH} characters; 'openssl rand -hex 32' makes one.")
    return value.encode()


def check() -> None:
    """Read every setting once, before anybody waits for an answer.

    Raises:
        CivharmError: one cannot be.
    """
    for read in (shows_private, has_api, secret):
        read()


def _is_on(variable: str, purpose: str) -> bool:
    value = os.environ.get(variable, "").strip()
    if value not in {"", "0", "1"}:
        raise CivharmError(f"{variable} is '{value}'; set it to 1 {purpose}, or to 0.")
    return value == "1"
