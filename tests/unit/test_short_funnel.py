"""The overview's funnel is narrow: no number may run out of it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pages.charts.leadership import short_funnel
from pages.charts.style import Caption
from warehouse.vocabulary import Stage

CAPTION = Caption("Title", "", "Source", date(2024, 10, 31), "build", 1, 1, synthetic=False)
STAGES = ("received", "department_response_coordination")


@pytest.mark.parametrize(("third", "between"), [(75, "  "), (114_692, "<br>")])
def test_a_long_number_stands_below_its_stage(third: int, between: str) -> None:
    reached = pl.DataFrame({"stage": STAGES, "reached": [1_000_000, third]})
    texts = [note.text for note in short_funnel(reached, CAPTION).layout.annotations]
    (text,) = (text for text in texts if Stage.DEPARTMENT_RESPONSE_COORDINATION.label in text)
    before, after = text.split("</b>", 1)
    assert before.endswith(Stage.DEPARTMENT_RESPONSE_COORDINATION.label)
    assert after.strip().startswith(between.strip()) and f"{third:,}" in after
