"""The dashboard as it is served, with the seconds of each query written to a file, one line each.

With `beside` a line has a second number: the same SQL, put together before, run on the tables alone. Whatever the app
does to answer sooner or later than that (answers made ready at the build, Ibis, types) lies between the two.
"""

# mypy: disable-error-code="attr-defined"

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pages.components import data
from pages.components.serving import serve
from warehouse.engine import to_sql


def main(port: int, warehouse: Path, log: Path, *, beside: bool) -> None:
    """Serve until stopped."""

    def timed(answer: Callable[..., Any], sql_of: Callable[..., tuple[str, Any]]) -> Callable[..., Any]:
        def answered(*arguments: Any) -> Any:
            started = time.perf_counter()
            try:
                return answer(*arguments)
            finally:
                seconds = [time.perf_counter() - started]
                if beside:
                    sql, reader = sql_of(*arguments)
                    started = time.perf_counter()
                    reader.frame(sql)
                    seconds.append(time.perf_counter() - started)
                with log.open("a", encoding="utf-8") as lines:
                    lines.write(" ".join(map(str, seconds)) + "\n")

        return answered

    data.run = timed(data.run, lambda question, reader, day=None: (to_sql(question, day), reader))
    data.ask = timed(data.ask, lambda question, given, reader, day=None: (to_sql(question(*given), day), reader))
    serve(port, warehouse, print)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), beside="beside" in sys.argv[4:])
