"""Which code wrote a build or an extract."""

from __future__ import annotations

import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

DISTRIBUTION = "civilian-harm-dashboard"


@cache
def code_version() -> str:
    """The package's version, and in a git checkout the commit; `modified` where the checkout differs from it."""
    root = Path(__file__).resolve().parents[1]
    released = version(DISTRIBUTION)
    if not (root / ".git").exists():
        return released
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty=-modified", "--abbrev=12"],  # noqa: S607 (the user's own git)
            cwd=root,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return released  # no git on this machine, or not a repository of ours: the released version still holds
    return f"{released}+{described}"
