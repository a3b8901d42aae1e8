"""Shared fixtures. Real data sets lie beside the repository in the project's own workplace, never in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data sets; a public clone has none and skips the tests that need it."""
    folder = Path(os.environ.get("CIVHARM_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data sets are not part of a public clone: {folder} does not exist")
    return folder
