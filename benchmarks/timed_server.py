"""The dashboard as it is served, with the seconds of each query written to a file, one line each."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pages.components import data
from pages.components.serving import serve


def main(port: int, warehouse: Path, log: Path) -> None:
    """Serve until stopped."""

    def timed(answer: Callable[..., Any]) -> Callable[..., Any]:
        def answered(*arguments: Any) -> Any:
            started = time.perf_counter()
            try:
                return answer(*arguments)
            finally:
                with log.open("a", encoding="utf-8") as lines:
                    lines.write(f"{time.perf_counter() - started}\n")

        return answered

    data.run, data.ask = timed(data.run), timed(data.ask)
    serve(port, warehouse, print)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
