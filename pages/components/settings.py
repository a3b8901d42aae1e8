"""What the operator of the app may set, read from environment variables; `civharm serve` sets them for the app."""

from __future__ import annotations

import os
from pathlib import Path

from warehouse.errors import CivharmError

WAREHOUSE = "CIVHARM_WAREHOUSE"
"""Variable: folder of the warehouse; DEFAULT_WAREHOUSE below the current folder if unset."""
DEFAULT_WAREHOUSE = "data/warehouse"
SHOW_PRIVATE = "CIVHARM_SHOW_PRIVATE"
"""Variable: 1 shows and exports what private reports say and who sent them; 0 or unset counts them only."""


def warehouse_folder() -> Path:
    """Absolute path of the warehouse folder, which need not exist."""
    return Path(os.environ.get(WAREHOUSE) or DEFAULT_WAREHOUSE).resolve()


def shows_private() -> bool:
    """Whether the content of private reports may be shown and exported.

    Raises:
        CivharmError: the variable is neither 0 nor 1; a typing error must not decide about private reports.
    """
    value = os.environ.get(SHOW_PRIVATE, "").strip()
    if value not in {"", "0", "1"}:
        raise CivharmError(f"{SHOW_PRIVATE} is '{value}'; set it to 1 to show private reports, or to 0.")
    return value == "1"
