"""Numbers stand beside their bars' names, and nothing runs out of a phone's figure."""

from __future__ import annotations

from datetime import date

import pytest

from pages.charts.rows import bar_rows
from pages.charts.style import Caption
from warehouse.vocabulary import Stage

CAPTION = Caption("Title", "", "Source", date(2024, 10, 31), "build", 1, 1, synthetic=False)
LONG = Stage.DEPARTMENT_RESPONSE_COORDINATION.label


@pytest.mark.parametrize(
    ("label", "value", "between"),
    [
        (LONG, "75 (12%)", "  "),
        (LONG, "75 incidents", "<br>"),
        (LONG, "114,692 (11%)", "<br>"),
        ("Received", "1,000,000 incidents", "  "),
    ],
)
def test_a_number_that_does_not_fit_stands_below_its_name(label: str, value: str, between: str) -> None:
    drawn = bar_rows([label, "Closed"], [value, "1"], ["", ""], [("Incidents", "#0072B2", [2, 1])], CAPTION)
    texts = [note.text for note in drawn.layout.annotations]
    assert f"<b>{label}</b>{between}{value}" in texts


def test_a_row_with_two_lines_is_higher() -> None:
    short, long = (
        bar_rows([LONG], [value], [""], [("Incidents", "#0072B2", [1])], CAPTION).layout.height
        for value in ("75 (12%)", "75 incidents")
    )
    assert long > short
