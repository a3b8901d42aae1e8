"""The figure of an incident's timeline: what is drawn, where, and what its text says."""

from __future__ import annotations

from datetime import date

import polars as pl

from pages.charts import incident_timeline
from pages.charts.style import Caption
from warehouse.dossier_timeline import SCHEMA, Kind

CAPTION = Caption("Title", "Subtitle", "Nobody", date(2024, 6, 30), "b", 1, 1, synthetic=False)
WHAT = "<b>x</b>"


def entry(kind: str, day: date | None, day_end: date | None, known: date) -> dict[str, object]:
    precision = "unknown" if day is None else "day" if day == day_end else "range"
    row = {"kind": kind, "day": day, "day_end": day_end, "date_precision": precision, "known_from": known, "what": WHAT}
    return dict.fromkeys(SCHEMA) | row


ENTRIES = pl.DataFrame(
    [
        entry("event", date(2024, 1, 1), date(2024, 1, 31), date(2024, 3, 1)),
        entry("report", date(2024, 2, 2), date(2024, 2, 2), date(2024, 2, 2)),
        entry("report", None, None, date(2024, 2, 3)),
    ],
    schema=SCHEMA,
)


def test_a_dot_for_each_dated_entry_a_bar_for_possible_days_a_line_until_known() -> None:
    figure = incident_timeline.lanes(ENTRIES, CAPTION, Kind.labels(), Kind.colours())
    dots = [(x, y) for trace in figure.data if trace.mode == "markers" for x, y in zip(trace.x, trace.y, strict=True)]
    assert dots == [(date(2024, 1, 1), "Event"), (date(2024, 2, 2), "Report")]
    lines = [tuple(trace.x[:2]) for trace in figure.data if trace.mode == "lines"]
    assert lines == [(date(2024, 1, 31), date(2024, 3, 1)), (date(2024, 1, 1), date(2024, 1, 31))]
    assert list(figure.layout.yaxis.categoryarray) == ["Report", "Event"]
    assert "<b>x</b>" not in figure.data[-1].text[0]


def test_its_text_counts_the_dated_entries() -> None:
    assert incident_timeline.alt(ENTRIES, Kind.labels()) == (
        "Timeline of 2 entries, 1 Jan 2024 to 1 Mar 2024: event 1, report 1."
    )
