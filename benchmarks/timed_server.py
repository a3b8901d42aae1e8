"""The dashboard as it is served, with the seconds of each query written to a file, one line each."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from pages.components import data
from pages.components.serving import serve

answer_question = data.run


def main(port: int, warehouse: Path, log: Path) -> None:
    """Serve until stopped."""

    def timed(*arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return answer_question(*arguments)
        finally:
            with log.open("a", encoding="utf-8") as lines:
                lines.write(f"{time.perf_counter() - started}\n")

    data.run = timed
    serve(port, warehouse, print)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
