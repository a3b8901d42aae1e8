"""Responses to incidents: how far they came and how long their decisions took; engagements and their answers."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl

from pages.charts.formatting import counted, number
from pages.charts.rows import bar_rows
from pages.charts.style import SEQUENTIAL, Caption
from warehouse.vocabulary import BLUE, GREY, ORANGE, ResponseStatus, ResponseType

NO_RESPONSE, NO_RESPONSE_COLOUR = "No response", ORANGE
LADDER = tuple(ResponseType)
"""The order of the guidance, from working with the partner to withheld approvals; the bar above them is no response."""
BANDS_DAYS = ((0, 30), (31, 60), (61, 120), (121, None))
"""Bands of days from recommendation to decision: months, then longer ones."""
WAITING, UNDATED = "undecided so far", "days unknown"


def ladder(frame: pl.DataFrame, without: int, whole: int, detail: str, caption: Caption) -> go.Figure:
    """Incidents without a response first, then those of each type of response by how far it came, all types.

    Args:
        frame: `response_type`, `status`, `incidents`.
        without: incidents without any response, of `whole`; `detail` says where they stand. They are so many that
            their bar has a scale of its own.
    """
    count = {(kind, status): n for kind, status, n in frame.select("response_type", "status", "incidents").iter_rows()}
    totals = [sum(count.get((kind.value, s.value), 0) for s in ResponseStatus) for kind in LADDER]
    parts: list[tuple[str, str, list[int]]] = [(NO_RESPONSE.lower(), NO_RESPONSE_COLOUR, [without, *[0] * len(LADDER)])]
    for status in ResponseStatus:
        parts.append(
            (status.label.lower(), status.colour, [0, *[count.get((k.value, status.value), 0) for k in LADDER]])
        )
    details = [
        ", ".join(
            f"{number(count[kind.value, status.value])} {status.label.lower()}"
            for status in ResponseStatus
            if (kind.value, status.value) in count
        )
        for kind in LADDER
    ]
    return bar_rows(
        [NO_RESPONSE, *(kind.label for kind in LADDER)],
        [f"{number(without)} of {counted(whole, 'incident')}", *(counted(n, "incident") for n in totals)],
        [detail, *details],
        parts,
        caption,
        whole=whole,
    )


def ladder_text(frame: pl.DataFrame, without: int) -> str:
    """One sentence for `ladder`, from the same frame."""
    totals: dict[str, int] = dict(frame.group_by("response_type").agg(pl.col("incidents").sum()).iter_rows())
    parts = [f"{kind.label} {number(totals.get(kind.value, 0))}" for kind in LADDER]
    return f"Stacked bar chart. Incidents by response: {NO_RESPONSE} {number(without)}, {', '.join(parts)}."


def decisions(frame: pl.DataFrame, medians: dict[str, str], caption: Caption) -> go.Figure:
    """Responses of each type by the days that their decision took; undecided ones and unknown days last.

    Args:
        frame: as `banded` gives it.
        medians: type -> its median in words.
    """
    count = {(kind, band): n for kind, band, n in frame.select("response_type", "band", "responses").iter_rows()}
    kinds = [kind for kind in LADDER if any(of == kind.value for of, _ in count)]
    colours = [*SEQUENTIAL[: len(BANDS_DAYS)], ORANGE, GREY]
    parts = [
        (band, colour, [count.get((kind.value, band), 0) for kind in kinds])
        for band, colour in zip(band_labels(), colours, strict=True)
        if any((kind.value, band) in count for kind in kinds)
    ]
    totals = [sum(n for (of, _), n in count.items() if of == kind.value) for kind in kinds]
    return bar_rows(
        [kind.label for kind in kinds],
        [counted(n, "response") for n in totals],
        [medians[kind.value] for kind in kinds],
        parts,
        caption,
    )


def decisions_text(frame: pl.DataFrame) -> str:
    """One sentence for `decisions`, from the same frame."""
    totals: dict[str, int] = dict(frame.group_by("band").agg(pl.col("responses").sum()).iter_rows())
    parts = [f"{band} {number(totals[band])}" for band in band_labels() if band in totals]
    return f"Stacked bar chart. Responses by days from recommendation to decision: {', '.join(parts)}."


def banded(frame: pl.DataFrame) -> pl.DataFrame:
    """`response_type`, `is_decided`, `days`, `responses` -> response_type, band (of `band_labels`), responses."""
    days = pl.col("days")
    band = pl.when(days.is_null()).then(pl.lit(UNDATED)).when(~pl.col("is_decided")).then(pl.lit(WAITING))
    for (_, last), label in zip(BANDS_DAYS, band_labels(), strict=False):
        band = band.when(days <= last).then(pl.lit(label)) if last is not None else band
    frame = frame.with_columns(band=band.otherwise(pl.lit(band_labels()[len(BANDS_DAYS) - 1])))
    return frame.group_by("response_type", "band", maintain_order=True).agg(pl.col("responses").sum())


def band_labels() -> tuple[str, ...]:
    """Labels of the bands, in order: decided within these days, undecided, days unknown."""
    named = [f"{first}–{last} days" if last is not None else f"over {first - 1} days" for first, last in BANDS_DAYS]
    return (*named, WAITING, UNDATED)


def posts(frame: pl.DataFrame, caption: Caption, details: Sequence[str]) -> go.Figure:
    """Engagements of each post, answered and unanswered.

    Args:
        frame: at least one row of `post`, `engagements`, `unanswered`.
        details: a sentence each.
    """
    held, unanswered = frame["engagements"].to_list(), frame["unanswered"].to_list()
    return bar_rows(
        frame["post"].to_list(),
        [f"{counted(n, 'engagement')}, {number(no)} unanswered" for n, no in zip(held, unanswered, strict=True)],
        details,
        [
            ("answered", BLUE, [n - no for n, no in zip(held, unanswered, strict=True)]),
            ("unanswered", ORANGE, unanswered),
        ],
        caption,
    )


def posts_text(frame: pl.DataFrame) -> str:
    """One sentence for `posts`, from the same frame."""
    rows = frame.select("post", "engagements", "unanswered").iter_rows()
    parts = [f"{post} {number(n)}, of which {number(no)} unanswered" for post, n, no in rows]
    return f"Stacked bar chart. Engagements by post: {'; '.join(parts)}."
