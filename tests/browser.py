"""The browser of the browser tests: found on this machine, else installed. `make browser` runs this file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ARGS = (
    "--no-sandbox",  # containers run as root, where Chromium's sandbox refuses to start
    "--use-gl=angle",  # these three draw WebGL (the maps) without a graphics card
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",  # these four keep Chromium from asking the internet for anything of its own
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",  # /dev/shm is tiny in containers
)
"""Flags that every browser of the tests is started with."""

FLAT = "--disable-gpu-compositing"
"""Puts pages together without WebGL, which saves a machine without a graphics card half of the work. Maps are still
drawn by WebGL; but the land, which is large, then takes longer than a test waits."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """Path of a Chromium: $CHROMIUM, else one on PATH, else Playwright's own; None if there is none."""
    if stated := os.environ.get("CHROMIUM"):
        return shutil.which(stated)
    for name in NAMES:
        if found := shutil.which(name):
            return found
    with sync_playwright() as tools:
        own = Path(tools.chromium.executable_path)
    return str(own) if own.is_file() else None


def install() -> list[str]:
    """Install a Chromium, Debian's package first, then Playwright's download; returns what failed, empty if none."""
    attempts: list[tuple[str, list[list[str]]]] = []
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        packages = [["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]]
        attempts.append(("Debian's package", packages))
    attempts.append(("Playwright's download", [[sys.executable, "-m", "playwright", "install", "chromium"]]))
    failed = []
    for title, commands in attempts:
        print(f"Installing Chromium ({title}) ...", flush=True)
        for command in commands:
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
                failed.append(f"{title}: '{' '.join(command)}' failed ({lines[-1]})")
                break
        else:
            return []
    return failed


def main() -> int:
    """Make sure that there is a browser; 0 if so."""
    if found := executable():
        print(f"Browser: {found}")
        return 0
    if stated := os.environ.get("CHROMIUM"):
        print(f"CHROMIUM={stated} is not a program; name a Chromium or unset the variable.", file=sys.stderr)
        return 1
    failed = install()
    if found := executable():
        print(f"Browser: {found}")
        return 0
    print(
        "The browser tests need Chromium and none could be installed; install chromium or google-chrome, "
        f"or name one in CHROMIUM. {'; '.join(failed)}",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
