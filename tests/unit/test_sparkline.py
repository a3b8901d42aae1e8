"""Trends as small as a word."""

from __future__ import annotations

import base64
import re

from pages.charts.sparkline import HEIGHT, WIDTH, sparkline


def picture(html: str) -> str:
    """The SVG in the HTML."""
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    assert found
    return base64.b64decode(found[1]).decode()


def lines(html: str, element: str = "polyline") -> list[list[tuple[float, float]]]:
    """Points of each line."""
    return [
        [(float(x), float(y)) for x, y in (point.split(",") for point in points.split())]
        for points in re.findall(rf'<{element} points="([^"]+)"', picture(html))
    ]


def test_a_line_from_zero_over_the_whole_width() -> None:
    ((first, middle, last),) = lines(sparkline([0, 10, 5], None, "three months"))
    assert (first[0], middle[0], last[0]) == (0, WIDTH / 2, WIDTH)
    assert first[1] > last[1] > middle[1]
    assert abs((first[1] + middle[1]) / 2 - last[1]) < 0.11
    assert all(0 <= y <= HEIGHT for _, y in (first, middle, last))


def test_unknown_is_a_gap() -> None:
    html = sparkline([1, None, 3, 4], None, "")
    alone, together = lines(html)
    assert len(alone) == len(together) == 2
    assert {y for _, y in alone} == {alone[0][1]}


def test_a_range_is_filled_where_both_ends_are_known() -> None:
    html = sparkline([1, 2, None], [3, 4, 5], "", is_range=True)
    ((*edge,),) = lines(html, "polygon")
    assert len(edge) == 4
    assert [len(line) for line in lines(html)] == [2, 3]


def test_the_second_of_two_lines_is_dashed_and_on_the_same_scale() -> None:
    html = sparkline([10, 10], [5, 5], "")
    whole, half = lines(html)
    assert whole[0][1] < half[0][1]
    assert re.findall(r'stroke-dasharray="([^"]*)"', picture(html)) == ["", "4 3"]


def test_all_zero_and_texts() -> None:
    html = sparkline([0, 0], None, 'said "so" <b>')
    assert lines(html)[0][0][1] == lines(html)[0][1][1]
    assert 'alt="said &quot;so&quot; &lt;b&gt;"' in html
