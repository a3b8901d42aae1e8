"""What a map takes: from rows to the text that is sent, against the naive app's way with stock pydeck.

Two maps: that of all incidents, as both apps draw it; and one of `PLACES` made-up places, for the demo has few.
"""

from __future__ import annotations

import random
from contextlib import redirect_stderr
from io import StringIO
from typing import Any

import h3
import polars as pl

from benchmarks.questions import interleaved
from benchmarks.rows import Part, Row, milliseconds
from benchmarks.server_load import export
from benchmarks.stage import Stage
from pages.charts.density import hexagons
from pages.charts.maps import MOST_POINTS, points
from warehouse import queries
from warehouse.engine import remember, run
from warehouse.filters import Filters
from warehouse.vocabulary import HarmStatus

MUST_BYTES, MUST_TIME = 0.3, 0.1
PLACES = 20_001
"""More than are drawn as points."""
NORTH, EAST, DEGREES = 13.0, 42.0, 6.0
"""A corner of Yemen, and how far the made-up places are spread."""


def part(stage: Stage) -> Part:
    """Measure both."""
    with redirect_stderr(StringIO()):  # Streamlit says that its cache is used without a server
        from benchmarks import naive

        export(stage)
        loaded = naive.load(str(stage.folder))
    reader = stage.reader()
    stage.say("  the map's payload ...")
    totals = run(queries.totals(Filters()), reader).row(0, named=True)
    located = totals["incidents"] - totals["without_coordinates"]

    def ours() -> str:
        if located <= MOST_POINTS:
            rows = run(queries.located(Filters(), "harm_status"), reader)
            return points(rows, HarmStatus.labels(), HarmStatus.colours()).deck.to_json()
        return hexagons(remember(queries.places, (Filters(),), reader)).deck.to_json()

    spread, for_naive = _spread()
    rows = [
        *_rows(
            f"map payload ({'points' if located <= MOST_POINTS else 'hexagons'} of {located:,} incidents)",
            ours,
            lambda: str(naive.deck(loaded).to_json()),
        ),
        *_rows(
            f"map payload (hexagons of {PLACES:,} places)",
            lambda: hexagons(spread).deck.to_json(),
            lambda: str(naive.deck(for_naive).to_json()),
        ),
    ]
    reader.close()
    return Part("Map payload", rows)


def _rows(what: str, ours: Any, stock: Any) -> list[Row]:
    size, stock_size = (len(write().encode()) / 2**20 for write in (ours, stock))
    seconds, stock_seconds = interleaved(ours, stock)
    times = f"{milliseconds(seconds)} / {milliseconds(stock_seconds)}"
    return [
        Row(
            f"{what}, bytes / stock pydeck",
            f"≤ {MUST_BYTES}",
            f"{size / stock_size:.2f}",
            f"{size:.2f} MB / {stock_size:.2f} MB",
        ),
        Row(f"{what}, time to text / stock pydeck", f"≤ {MUST_TIME}", f"{seconds / stock_seconds:.2f}", times),
    ]


def _spread() -> tuple[pl.DataFrame, Any]:
    """Made-up places with an incident each: as `queries.places` gives them, and as the naive app holds them."""
    from benchmarks.naive import RESOLUTION

    chance = random.Random(0)  # noqa: S311 (no secret)
    where = [(NORTH + DEGREES * chance.random(), EAST + DEGREES * chance.random()) for _ in range(PLACES)]
    killed = [chance.randrange(9) for _ in where]
    latitude, longitude = zip(*where, strict=True)
    frame = pl.DataFrame(
        {
            "latitude": latitude,
            "longitude": longitude,
            "geo_radius_m": [100] * PLACES,
            "cluster_id": [None] * PLACES,
            "incidents": [1] * PLACES,
            "civilians_killed_low": killed,
            "civilians_killed_high": killed,
            "civilians_killed_unknown": [0] * PLACES,
        },
        schema_overrides={"cluster_id": pl.String},
    )
    held = frame.with_columns(
        incident_id=pl.int_range(PLACES).cast(pl.String),
        cell=pl.Series([h3.latlng_to_cell(y, x, RESOLUTION) for y, x in where]),
    )
    return frame, held.to_pandas()
