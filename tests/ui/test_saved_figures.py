"""What leaves with a figure: the table behind it, on every page that has one."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date

import polars as pl
from page_parts import unfold
from streamlit.testing.v1 import AppTest

from pages import wording_figures
from pages.charts import style
from pages.components import figure
from warehouse.connection import Reader

OpenPage = Callable[..., AppTest]
PAGES = ("overview", "trends", "weapons", "pipeline", "waits", "outlook", "outcomes", "findings", "responses",
         "sources", "changes", "revisions", "quality")  # fmt: skip
"""Pages that draw figures of the demo."""


def test_every_figure_has_its_picture_and_its_table(demo_reader: Reader, open_page: OpenPage) -> None:
    app = open_page("map.py", demo_reader.folder)
    assert tables_offered(app) == 1
    for page in PAGES:
        app.switch_page(f"{page}.py").run(timeout=60)
        unfold(app)
        assert not app.exception
        charts = app.get("plotly_chart")
        assert charts, page
        # The overview has a map, too.
        assert tables_offered(app) == len(charts) + (page == "overview"), page
        formats = [c for c in app.segmented_control if c.label == wording_figures.PICTURE_FORMAT]
        assert len(formats) == len(charts), page
        names = [json.loads(chart.proto.config)["toImageButtonOptions"]["filename"] for chart in charts]
        assert len(set(names)) == len(names)
        for name in names:
            assert name.startswith("SYNTHETIC-")
            assert name.endswith(demo_reader.build_id)


def tables_offered(app: AppTest) -> int:
    return sum(button.proto.label == wording_figures.TABLE_BUTTON for button in app.get("download_button"))


def test_the_table_says_where_it_is_from_and_no_cell_is_a_formula() -> None:
    caption = style.Caption(
        title="t", subtitle="", source="A & B", as_of=date(2024, 1, 2), build_id="b1", shown=1, total=2, synthetic=True
    )
    drawn = style.figure([], caption, 100, left_px=4)
    numbers = pl.DataFrame({"=Place": ["=1+1", None], "Incidents": [-1, 2], "Lists": [["+a", "b"], []]})
    content = figure.table_file(numbers, figure.footer(drawn))
    assert content.startswith(b"\xef\xbb\xbf")
    back = pl.read_csv(io.BytesIO(content))
    assert back["'=Place"].to_list() == ["'=1+1", None]
    assert back["Incidents"].to_list() == [-1, 2]
    assert back["Lists"][0] == "'+a; b"
    assert back[wording_figures.SOURCE_COLUMN].unique().to_list() == [caption.footer]
