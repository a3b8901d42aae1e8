"""Trends as small as a word, pictures in SVG: five plotly figures in a row would take longer than the page."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

WIDTH, HEIGHT = 200, 30
_EDGE = 2
_COLOUR = "#3A8FC4"
"""Over 3:1 on the light and on the dark page."""

Points = Sequence[float | None]
_T = TypeVar("_T")


def sparkline(first: Points, second: Points | None, text: str, *, is_range: bool = False) -> str:
    """One or two lines from zero on one scale, for `st.html`; a gap where a value is unknown.

    Args:
        first, second: the values, equally spaced in time; as long as each other.
        text: the same in words, for those who do not see it.
        is_range: the two are the ends of a range, so that the space between is filled; else `second` is dashed.
    """
    lines = [first] if second is None else [first, second]
    highest = max((value for line in lines for value in line if value is not None), default=0)
    parts = []
    if is_range and second is not None:
        ends = [None if low is None or high is None else (low, high) for low, high in zip(first, second, strict=True)]
        for band in _runs(ends):
            edge = [(x, low) for x, (low, _) in band] + [(x, high) for x, (_, high) in reversed(band)]
            points = _points(edge, len(first), highest)
            parts.append(f'<polygon points="{points}" fill="{_COLOUR}" fill-opacity="0.22"/>')
    for line, dash in zip(lines, ("", "" if is_range else "4 3"), strict=False):
        for run in _runs(line):
            # A single month between unknown ones would have no length.
            (x, value), *more = run
            points = _points(run if more else [(x - 0.1, value), (x + 0.1, value)], len(first), highest)
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{_COLOUR}" stroke-width="1.5" '
                f'stroke-dasharray="{dash}" vector-effect="non-scaling-stroke"/>'
            )
    zero = f'<line x1="0" y1="{HEIGHT}" x2="{WIDTH}" y2="{HEIGHT}" stroke="#8C8C8C" stroke-width="1"/>'
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f"{zero}{''.join(parts)}</svg>"
    )
    # As the source of a picture: Streamlit takes SVG elements out of HTML.
    source = base64.b64encode(picture.encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{source}" alt="{html.escape(text)}" '
        f'style="display:block;width:100%;height:{HEIGHT}px">'
    )


def _runs(values: Sequence[_T | None]) -> Iterator[list[tuple[float, _T]]]:
    """(place, value) of neighbours that are known."""
    known = [(float(place), value) for place, value in enumerate(values) if value is not None]
    ends = [0, *(at + 1 for at, (one, two) in enumerate(pairwise(known)) if two[0] - one[0] > 1), len(known)]
    yield from (known[start:end] for start, end in pairwise(ends) if start < end)


def _points(way: Sequence[tuple[float, float]], count: int, highest: float) -> str:
    step, scale = WIDTH / max(count - 1, 1), (HEIGHT - 2 * _EDGE) / max(highest, 1)
    return " ".join(f"{place * step:.1f},{HEIGHT - _EDGE - value * scale:.1f}" for place, value in way)
