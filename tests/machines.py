"""Programs beside Python that the tests of several machines need: found, else installed. `make machines` runs this."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PACKAGES = {"java": "openjdk-17-jre-headless", "nginx": "nginx-light"}
"""Program -> Debian's package."""


def found(program: str) -> str | None:
    """Path of a program; Debian keeps nginx where a user's PATH does not look."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")


def require(program: str) -> str:
    """Path of a program, which is installed if it is missing.

    Raises:
        RuntimeError: it is not there and cannot be installed; a test must fail then, not pass without having run.
    """
    if not found(program) and (failed := install([PACKAGES[program]])):
        raise RuntimeError(f"{program} is missing; on Debian: apt-get install {PACKAGES[program]} ({failed})")
    path = found(program)
    if path is None:
        raise RuntimeError(f"{program} is missing; on Debian: apt-get install {PACKAGES[program]}")
    return path


def install(packages: list[str]) -> str:
    """Install Debian's packages; why not, empty if all is well."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "only root can install it, and only where there is apt-get"
    print(f"Installing {', '.join(packages)} ...", flush=True)
    for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", *packages]):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
            return f"'{' '.join(command)}' failed: {lines[-1]}"
    return ""


def main() -> int:
    """Make sure that every program is there; 0 if so."""
    for program in PACKAGES:
        try:
            print(f"{program}: {require(program)}")
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
