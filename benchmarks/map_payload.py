"""What a map takes: from the incidents to the text that is sent, against the naive app's way with stock pydeck."""

from __future__ import annotations

from contextlib import redirect_stderr
from io import StringIO

from benchmarks.questions import interleaved
from benchmarks.rows import Part, Row, milliseconds
from benchmarks.server_load import export
from benchmarks.stage import Stage
from pages.charts.density import hexagons
from pages.charts.maps import MOST_POINTS, points
from warehouse import queries
from warehouse.engine import ask
from warehouse.filters import Filters
from warehouse.vocabulary import HarmStatus

MUST_BYTES, MUST_TIME = 0.3, 0.1


def part(stage: Stage) -> Part:
    """Measure the map of all incidents: hexagons, or points where they are few, as both apps draw them."""
    with redirect_stderr(StringIO()):  # Streamlit says that its cache is used without a server
        from benchmarks import naive

        export(stage)
        loaded = naive.load(str(stage.folder))
    reader = stage.reader()
    stage.say("  the map's payload ...")
    totals = ask(queries.totals, (Filters(),), reader).row(0, named=True)
    located = totals["incidents"] - totals["without_coordinates"]

    def ours() -> str:
        if located <= MOST_POINTS:
            rows = ask(queries.located, (Filters(), "harm_status"), reader)
            return points(rows, HarmStatus.labels(), HarmStatus.colours()).deck.to_json()
        return hexagons(ask(queries.places, (Filters(),), reader)).deck.to_json()

    def stock() -> str:
        return str(naive.deck(loaded).to_json())

    seconds, stock_seconds = interleaved(ours, stock)
    size, stock_size = (len(text.encode()) / 2**20 for text in (ours(), stock()))
    kind = "points" if located <= MOST_POINTS else "hexagons"
    reader.close()
    return Part(
        "Map payload",
        [
            Row(
                f"map payload ({kind} of {located:,} incidents), bytes / stock pydeck",
                f"≤ {MUST_BYTES}",
                f"{size / stock_size:.2f}",
                f"{size:.2f} MB / {stock_size:.2f} MB",
            ),
            Row(
                f"map payload ({kind} of {located:,} incidents), time from incidents to text / stock pydeck",
                f"≤ {MUST_TIME}",
                f"{seconds / stock_seconds:.2f}",
                f"{milliseconds(seconds)} / {milliseconds(stock_seconds)}",
            ),
        ],
    )
